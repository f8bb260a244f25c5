import type { EdgeproofError } from "../../harness/errors.ts";
import { EgressEnd, type EgressEndTimes, type WanRoute } from "./egress-end.ts";
import { validateLinks } from "./validate-links.ts";
import type { DirectedLink, LinkCounters } from "./wan-engine.ts";
import type { WanHandle, WanWatcher } from "./wan-handle.ts";

/** The WAN services of all nodes as one engine: what goes from a node to another is that node's own service's. */
export class JoinedWanClient implements WanHandle {
  /** Only the kernel can impair what a machine itself sends. */
  readonly backend = "netem";
  readonly realtime = "kernel";
  readonly passesControlProbes = true;
  private readonly ends: ReadonlyMap<string, EgressEnd>;

  /** Connects to all; rejects with the node's name where one cannot be had. */
  static async connect(
    routes: readonly WanRoute[],
    times: Partial<EgressEndTimes> = {},
  ): Promise<JoinedWanClient> {
    const opened = await Promise.allSettled(routes.map((route) => EgressEnd.open(route, times)));
    const ends = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const failed = opened.find((one) => one.status === "rejected");
    if (!failed) return new JoinedWanClient(ends);
    await Promise.all(ends.map((end) => end.close()));
    throw failed.reason;
  }

  private constructor(ends: readonly EgressEnd[]) {
    this.ends = new Map(ends.map((end) => [end.name, end]));
  }

  /** All or nothing: where one node fails, the others get back what they had. */
  async apply(links: readonly DirectedLink[]): Promise<void> {
    validateLinks(links, [...this.ends.keys()]);
    const shares = [...this.ends.values()].flatMap((end) => {
      const own = links.filter(({ from }) => from === end.name);
      const before = own.map(({ from, to }) => ({ from, to, params: end.wantedTo(to) }));
      return own.length > 0 ? [{ end, own, before }] : [];
    });
    const done = await Promise.allSettled(shares.map(({ end, own }) => end.apply(own)));
    const failed = done.find((one) => one.status === "rejected");
    if (!failed) return;
    // The one that failed may have done a part of it.
    await Promise.allSettled(shares.map(({ end, before }) => end.apply(before)));
    throw failed.reason;
  }

  /** Every node is tried, whatever becomes of the others. */
  async clear(): Promise<void> {
    const done = await Promise.allSettled([...this.ends.values()].map((end) => end.clear()));
    const failed = done.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
  }

  async inForce(): Promise<DirectedLink[]> {
    return (await Promise.all([...this.ends.values()].map((end) => end.inForce()))).flat();
  }

  async counters(): Promise<LinkCounters[]> {
    return (await Promise.all([...this.ends.values()].map((end) => end.counters()))).flat();
  }

  watch(watcher: WanWatcher = {}): () => void {
    const stops = [...this.ends.values()].map((end) => end.watch(watcher));
    return () => stops.forEach((stop) => stop());
  }

  onDeath(callback: (error: EdgeproofError) => void): void {
    let told = false;
    for (const end of this.ends.values())
      end.onDeath((error) => {
        if (told) return;
        told = true;
        callback(error);
      });
  }

  /** Lets go of the services, which keep running with what is in force. */
  async close(): Promise<void> {
    await Promise.all([...this.ends.values()].map((end) => end.close()));
  }
}
