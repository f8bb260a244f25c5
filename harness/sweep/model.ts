import type { Unit } from "../judge/format.ts";
import type { Axis } from "./axis.ts";

/** The recorded sweep: a header and every trial as it happened. Times are ms since the Unix epoch. */
export const SWEEP_SCHEMA = 1;

/** What the figures of a trial are, where it has one. */
export interface TrialValue {
  /** Such as `first answer after a cold start`. */
  title: string;
  unit: Unit;
}

/** What decides whether trials belong to one sweep, and what is needed to understand them later. */
export interface SweepHeader {
  schema: typeof SWEEP_SCHEMA;
  suite: string;
  axis: Axis;
  /** In the axis' unit. */
  resolution: number;
  /** Trials of one point. */
  cap: number;
  /** Of the edge's interval. */
  confidence: number;
  seed: number;
  rig: { name: string; topology: string; engine: string; wanBackend: string };
  versions: Record<string, string>;
  value?: TrialValue;
  startedAt: number;
}

export interface RecordedTrial {
  at: number;
  /** In the axis' unit. */
  x: number;
  ok: boolean;
  /** In the header's unit; absent where there was nothing to measure. */
  value?: number;
  /** Why it says nothing about the edge; absent where it counts. */
  excluded?: string;
  /** For people: why it counts as a success or not. */
  detail: string;
}

export interface RecordedSweep {
  folder: string;
  header: SweepHeader;
  trials: RecordedTrial[];
}
