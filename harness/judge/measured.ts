import type { Phase } from "../record/model.ts";
import type { Evidence } from "./evidence.ts";
import type { Objective } from "./objective.ts";
import type { Unit } from "./format.ts";

/** What a run says about one quantity in one place, before it is held against the limit. */
export interface Measured {
  function: string;
  deviceClass: string;
  /** Where a scope named a node or a site. */
  node?: string;
  site?: string;
  /** Undefined when nothing was measured. */
  value: number | undefined;
  /** Ends of the 95 % interval; undefined for a single observation, where the value alone decides. */
  interval: { low: number; high: number } | undefined;
  n: number;
  /** Fewest samples that can meet the limit. */
  needed: number;
  /** Facts to be told beside the verdict. */
  notes: string[];
  /** Why this cannot be judged at all. */
  broken: string[];
  /** Why this cannot decide. */
  inconclusive: string[];
}

/** How one quantity is measured and shown. */
export interface Quantity<O extends Objective> {
  unit: (objective: O) => Unit;
  /** Whether the limit is an upper or a lower one, or the only value that is right. */
  limitIs: (objective: O) => "upper" | "lower" | "exact";
  /** Whether a saturated host makes the verdict inconclusive. */
  timing: (objective: O) => boolean;
  /** Whether it needs the offered load to be the planned one. */
  load: boolean;
  /** Such as `p95`. */
  title: (objective: O) => string;
  measure: (objective: O, evidence: Evidence, phase: Phase) => Measured[];
}

export type ObjectiveOf<Q extends Objective["quantity"]> = Extract<Objective, { quantity: Q }>;

export const measured = (changes: Partial<Measured>): Measured => ({
  function: "",
  deviceClass: "",
  value: undefined,
  interval: undefined,
  n: 0,
  needed: 1,
  notes: [],
  broken: [],
  inconclusive: [],
  ...changes,
});

/** What `*`, a name or nothing stands for: one entry for each result; an empty text covers all. */
export const expand = (wanted: string | undefined, known: readonly string[]): string[] =>
  wanted === "*" ? [...known] : [wanted ?? ""];
