/**
 * What suites use: bring a rig up, break it, load it, record it, judge it. The tutorial is docs/tutorial.md, the examples
 * are in suites/examples. Times and durations are milliseconds unless a name or a unit says otherwise; errors that are
 * meant for users are `EdgeproofError`s, with a stable `code` and the exit code that the command would end with.
 *
 * @packageDocumentation
 */

export { rig, type RigUpOptions } from "./rig.ts";
export type { LiveRig } from "./live-rig.ts";
export type { Machine } from "./machine.ts";
export type { ExecOptions, ExecResult, NodeRole } from "../rig/node-handle.ts";
export type {
  EngineName,
  KnativeSettings,
  LinkParams,
  OverlayPlan,
  SiteLink,
  Topology,
  TopologyNode,
} from "../config/model.ts";

export { session, type FinishedRun, type OpenSession, type OpenSessionOptions } from "./open-session.ts";
export type { ActivePhase, AutoscaledOptions, PhaseOptions, PhaseOutcome, Session } from "./session-model.ts";
export type { FunctionName } from "../rig/functions/function-images.ts";
export type { Autoscale } from "../rig/functions/functions-layer.ts";
export { interruptSignal } from "./interrupt-signal.ts";

export { fault } from "./fault.ts";
export type { PlannedFault } from "./planned-fault.ts";
export type { Fault } from "../../chaos/faults/fault.ts";
export type { LinkTarget, MachineSelection, MachineTarget, StreamTarget } from "./targets.ts";
export type { Duration, MemorySize, Rate, Share, Size } from "./quantities.ts";
export type * from "./generated/link-faults.ts";
export type * from "./generated/node-faults.ts";
export type * from "./generated/overlay-faults.ts";
export type * from "./generated/platform-faults.ts";
export type * from "./generated/stream-faults.ts";

export { load, type ClosedLoadPlan, type LoadOutcome, type LoadPlan, type OpenLoadPlan } from "./load.ts";
export { measure } from "./measure.ts";
export type { ColdStartSpec } from "../session/cold-starts.ts";
export type { LoadStepSpec } from "../session/load-step.ts";
export type { OutageSpec } from "../session/measure-outage.ts";
export type { SaturationSpec } from "../session/saturation.ts";
export type { ScaleOutSpec } from "../session/scale-out.ts";

export { judge, objectives, recording, type Judged } from "./recording.ts";
export { expect } from "./expect.ts";
export { judgesPhase, type JudgesPhaseOptions } from "./judges-phase.ts";
export type { Judgement, JudgementScope } from "../judge/judgement.ts";
export type { Unit } from "../judge/format.ts";
export type { Objective } from "../judge/objective.ts";
export { NotJudgedError, type SloFailure } from "../judge/chai-slo.ts";
export type * from "../record/model.ts";

export { EdgeproofError, type ErrorDetails } from "../errors.ts";
export { ConfigError, type ConfigProblem } from "../config/config-error.ts";
export { ExitCode } from "../exit-codes.ts";
