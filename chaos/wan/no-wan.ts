import { usageError } from "../../harness/errors.ts";
import type { DirectedLink, LinkCounters } from "./wan-engine.ts";
import type { WanHandle } from "./wan-handle.ts";

export const noWanError = (where: string): Error =>
  usageError("NO_WAN", "this rig has no WAN engine: its links are what they are", {
    where,
    expected: "a rig whose router, or each of whose machines, can impair packets",
    fix: "give every machine a kernel with netem (docs/links.md says which modules) and bring the rig up again, or use the profile `lcl` and no link faults",
  });

/** Links of machines that cannot impair them: nothing is in force, and nothing can be. */
export class NoWan implements WanHandle {
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
