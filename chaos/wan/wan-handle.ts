import type { EdgeproofError } from "../../harness/errors.ts";
import type { Realtime } from "./backend-driver.ts";
import type { WanEngine } from "./wan-engine.ts";

/** What is told of an engine that does not answer. `node` is the machine concerned, where there is one engine a node. */
export interface WanWatcher {
  /** Within a second of its standing still. */
  onSilence?: (node?: string) => void;
  /** It answered after all, that many ms after it was asked. */
  onAnswer?: (afterMs: number, node?: string) => void;
  /** A node went away with its engine: it is off, boots, or cannot be reached. What it sends is not known meanwhile. */
  onAway?: (node: string) => void;
  /** It is back after that many ms, and what is to be in force there is. */
  onBack?: (node: string, afterMs: number, how: WanReturn) => void;
}

/**
 * `connected`: only the connection was lost. `rebooted`, `restarted`, `cleared`: it had lost what was in force there, for
 * which it had a reason, and got it again.
 */
export type WanReturn = "connected" | "rebooted" | "restarted" | "cleared";

/** An engine as a run holds it: one service of a router, or one on each node. */
export interface WanHandle extends WanEngine {
  /** Whether the packet thread has real-time priority: part of the run's settings. */
  readonly realtime: Realtime;
  /** Asks it again and again until stopped, and tells when it does not answer. */
  watch(watcher?: WanWatcher): () => void;
  /** Calls back once when it is gone, other than by `close`; at once if it is already. */
  onDeath(callback: (error: EdgeproofError) => void): void;
}
