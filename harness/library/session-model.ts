import type { Fault } from "../../chaos/faults/fault.ts";
import type { Objective } from "../judge/objective.ts";
import type { Observation, PhaseKind, Receipt, RecordedRun } from "../record/model.ts";
import type { FunctionName } from "../rig/functions/function-images.ts";
import type { Autoscale } from "../rig/functions/functions-layer.ts";
import type { LiveRig } from "./live-rig.ts";
import type { LoadOutcome, LoadPlan } from "./load.ts";
import type { PlannedFault } from "./planned-fault.ts";

/** A stretch of the run with one network profile and a set of faults. */
export interface PhaseOptions {
  /** Unique within the run; objectives name it in their scope. */
  name: string;
  /** What the phase is for; objectives may name that, too. */
  kind: PhaseKind;
  /** Network profile between all machines; `lcl` for nothing at all. @default the topology's `wanProfile` with its `links` */
  profile?: string;
  /** In force from the beginning to the end of the phase. */
  faults?: readonly PlannedFault[];
  /** Recorded with the phase: what is run otherwise than asked for. */
  note?: string;
}

/** A phase that is going on. */
export interface ActivePhase {
  /** As it was named. */
  readonly name: string;
  /**
   * Offers a load to a deployed function from the tester, records every request, and resolves with them at its end.
   *
   * @throws EdgeproofError (exit code 3) when k6 fails, and the signal's reason when it was aborted
   */
  load(plan: LoadPlan): Promise<LoadOutcome>;
  /**
   * Begins a fault in the middle of the phase. It is healed by `heal`, or else at the phase's end.
   *
   * @throws ConfigError (exit code 64) where target or parameters cannot be had on this rig; nothing was touched then
   */
  inject(fault: PlannedFault): Promise<Fault>;
  /** Ends a fault that `inject` began. */
  heal(fault: Fault): Promise<void>;
}

/** What came of a phase. */
export interface PhaseOutcome {
  /** One for each fault, in the order of their injection: what was measured before, during and after. */
  receipts: Receipt[];
}

/** How a function that scales with its load is deployed. */
export interface AutoscaledOptions extends Autoscale {
  /** The function of edgeproof's that is served under the name. */
  image: FunctionName;
  /** Only on nodes of this device class. @default on all */
  deviceClass?: string;
}

/** One run on one rig: what suites use to break, to load and to record. */
export interface Session {
  /** The rig that the run is on. */
  readonly rig: LiveRig;
  /** What the run will be judged by. */
  readonly objectives: readonly Objective[];
  /** Seed of every random choice of the run. */
  readonly seed: number;
  /** Aborted when the user interrupts: loads end and faults are healed. */
  readonly signal: AbortSignal;
  /** Tells the user something, on standard error. */
  say(message: string): void;
  /** Records a remark with the run. */
  note(text: string): void;
  /** Records something that was observed; objectives of the quantity `observation` judge it. */
  observe(observation: Observation): void;
  /**
   * Deploys a function of edgeproof's, and resolves when all replicas are ready. Once a run, however often it is asked for.
   *
   * @param replicas Pods of it. @default one for each node
   */
  deploy(fn: FunctionName, replicas?: number): Promise<void>;
  /** Deploys a function under a name of its own that scales with its load; needs the functions layer `knative`. */
  deployAutoscaled(name: string, options: AutoscaledOptions): Promise<void>;
  /** Resolves when exactly so many pods of a function exist and all are ready; rejects at the time limit, in ms. */
  settle(fn: string, replicas: number, timeoutMs: number): Promise<void>;
  /** Resolves when the tester got 150 answers in a row from a function; rejects at the time limit, in ms. */
  untilAnswering(fn: string, timeoutMs: number): Promise<void>;
  /**
   * Runs `body` with the profile and the faults in force. The phase, the host's pressure and the receipts are recorded.
   * Whatever happens, faults are healed in reverse order before this settles, those that the body injected included.
   *
   * @throws ConfigError (exit code 64) where a fault cannot be had on this rig; nothing was touched then
   * @throws what `body` throws, once all is healed
   */
  phase(options: PhaseOptions, body: (phase: ActivePhase) => Promise<void>): Promise<PhaseOutcome>;
  /**
   * A fault that is not in force yet, for what `phase` is too coarse for: `inject`, `heal`, `verify`, `describe`, `plan`.
   *
   * @param phase Name of the phase that its receipt is about.
   * @throws ConfigError (exit code 64) where target or parameters cannot be had on this rig
   */
  fault(planned: PlannedFault, phase: string): Promise<Fault>;
  /** The run so far, as a judge reads it. @param phase only this phase's samples, where a run has very many */
  recorded(phase?: string): RecordedRun;
}
