import type { DirectedLink, LinkCounters, WanBackend } from "./wan-engine.ts";

/** Whether the packet thread got real-time priority; `kernel` where the kernel itself moves the packets. */
export type Realtime = "granted" | "denied" | "kernel";

/** Packets that belong to no direction. */
export interface WanTotals {
  /** From or to an address that is no member: dropped (userspace) or let through (netem). */
  unknown: number;
  /** The kernel would not take them back. */
  writeErrors: number;
}

/** A back end as the WAN service drives it, on its machine. Links are validated before. */
export interface BackendDriver {
  readonly backend: WanBackend;
  readonly realtime: Realtime;
  apply(links: readonly DirectedLink[]): Promise<void>;
  /** Back to no impairment, where that is more than to `apply` none everywhere. */
  clear?(): Promise<void>;
  inForce(): Promise<DirectedLink[]>;
  counters(): Promise<{ links: LinkCounters[]; totals: WanTotals }>;
  /** Rejects within half a second if it does not move packets any more, or not by its own rules. */
  alive(): Promise<void>;
  /** Called once when the back end stops by itself. */
  onDeath(callback: (error: Error) => void): void;
  /** Removes everything it made. */
  close(): Promise<void>;
}
