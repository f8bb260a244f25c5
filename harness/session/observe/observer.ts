import type { Observation } from "../../record/model.ts";
import type { Rig } from "../../rig/rig.ts";

/** Watches one thing from the steady phase to the end of the healed one. Moments are ms since the epoch. */
export interface Observer {
  /** Begins to watch; resolves once the state before the fault is known. */
  start(): Promise<void>;
  /** The faults of the scenario are in force, measured from here. */
  injected(at: number): void;
  /** The last of them was undone. */
  healed(at: number): void;
  /** At the end of the healed phase: ends the watch and says what was seen. */
  stop(): Promise<Observation[]>;
}

export interface ObserverContext {
  rig: Rig;
  /** Names of the phases that observations belong to. */
  phases: { steady: string; fault: string; healed: string };
  /** Machines that the faults touch. */
  affected: readonly string[];
  /** Function under load; undefined where there is none. */
  fn: string | undefined;
  signal: AbortSignal;
}

export interface ObserverDefinition {
  /** Kebab-case; scenarios name it under `observe:`. */
  name: string;
  /** What it watches, one sentence. */
  summary: string;
  /** What it yields. A value that never came is an observation without a value, never a missing observation. */
  observables: readonly {
    name: string;
    unit: Observation["unit"];
    phase: "fault" | "healed";
    meaning: string;
  }[];
  create(context: ObserverContext): Observer;
}
