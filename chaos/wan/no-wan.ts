import { usageError } from "../../harness/errors.ts";
import type { Realtime } from "./backend-driver.ts";
import type { DirectedLink, LinkCounters, WanEngine } from "./wan-engine.ts";

/** What a session asks of whatever impairs its links. */
export interface SessionWan extends WanEngine {
  readonly realtime: Realtime;
  onDeath(callback: (error: Error) => void): void;
  watch(watcher: { onSilence?: () => void; onAnswer?: (afterMs: number) => void }): () => void;
}

export const noWanError = (where: string): Error =>
  usageError("NO_WAN", "this rig has no WAN engine: its links are what they are", {
    where,
    expected: "a rig between whose machines edgeproof's own router stands",
    fix: "use the profile `lcl` and no link faults on real machines, or a topology of containers",
  });

/** Links of machines that meet on a network that is not the rig's: nothing is in force, and nothing can be. */
export class NoWan implements SessionWan {
  readonly backend = "none";
  readonly realtime = "kernel";

  apply(links: readonly DirectedLink[]): Promise<void> {
    const impaired = links.some(({ params }) => Object.keys(params).length > 0);
    return impaired ? Promise.reject(noWanError("WAN")) : Promise.resolve();
  }

  clear(): Promise<void> {
    return Promise.resolve();
  }

  inForce(): Promise<DirectedLink[]> {
    return Promise.resolve([]);
  }

  counters(): Promise<LinkCounters[]> {
    return Promise.resolve([]);
  }

  onDeath(): void {}

  watch(): () => void {
    return () => undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
