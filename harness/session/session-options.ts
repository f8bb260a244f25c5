import type { Fault } from "../../chaos/faults/fault.ts";
import type { Objective } from "../judge/objective.ts";
import type { ClosedLoad, OpenLoad } from "../load/k6-args.ts";
import type { Matrix } from "../matrix/load-matrix.ts";
import type { PhaseKind } from "../record/model.ts";
import type { RunRecorder } from "../record/run-folder.ts";
import type { Rig } from "../rig/rig.ts";
import type { Scenario } from "../scenario/model.ts";

export interface PhaseSpec {
  name: string;
  kind: PhaseKind;
  /** `lcl` for nothing at all. @default the topology's `wanProfile` with its `links` */
  profile?: string;
  /** In force from the beginning to the end of the phase. */
  faults?: readonly Fault[];
  /** Machines that faults which the body injects take down. */
  takesDown?: readonly string[];
  /** What is run otherwise than asked for. */
  note?: string | undefined;
}

/** A load of a function that is deployed; the path is below its own. */
export type FunctionLoad = (Omit<OpenLoad, "url"> | Omit<ClosedLoad, "url">) & {
  path?: string;
  signal?: AbortSignal;
};

export interface SessionOptions {
  rig: Rig;
  recorder: RunRecorder;
  objectives: readonly Objective[];
  /** What `suites/scenario.suite.ts` runs. @default none */
  scenarios?: readonly Scenario[];
  seed?: number;
  /** Aborted when the user interrupts: loads end, faults are healed. */
  signal: AbortSignal;
  say: (message: string) => void;
  /** Inconclusive objectives are skipped tests instead of broken ones. @default false */
  skipInconclusive?: boolean;
  /** Functions that take a share of their own time longer, on purpose. @default none */
  slow?: ReadonlyMap<string, number> | undefined;
  /** Share of the rates of suites' open loads that is offered, above 0 and at most 1. @default 1 */
  rate?: number | undefined;
  /** The rig was named by `--confirm`: faults may reach beyond its namespace on a cluster that others use. @default false */
  confirmed?: boolean;
  /** What `suites/benchfaas.suite.ts` runs. @default no cells */
  matrix?: SessionMatrix | undefined;
}

export interface SessionMatrix extends Pick<Matrix, "cells" | "all"> {
  /** Phases of the cells that an earlier run finished. */
  finished: ReadonlySet<string>;
  /** Cells may be made smaller than they are asked for. */
  fit: boolean;
}
