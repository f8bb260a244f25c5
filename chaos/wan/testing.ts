import type { BackendDriver } from "./backend-driver.ts";
import type { DirectedLink } from "./wan-engine.ts";

/** A back end that keeps its links in memory. */
export class MemoryDriver implements BackendDriver {
  readonly backend = "userspace";
  readonly realtime = "denied";
  applied = 0;
  private readonly links = new Map<string, DirectedLink>();
  onApply: () => Promise<void> = () => Promise.resolve();

  async apply(links: readonly DirectedLink[]): Promise<void> {
    this.applied++;
    await this.onApply();
    for (const link of links) this.links.set(`${link.from} ${link.to}`, link);
  }
  inForce(): Promise<DirectedLink[]> {
    return Promise.resolve([...this.links.values()].filter(({ params }) => Object.keys(params).length > 0));
  }
  counters = () => Promise.resolve({ links: [], totals: { unknown: 3, writeErrors: 0 } });
  alive: () => Promise<void> = () => Promise.resolve();
  onDeath(): void {}
  close = () => Promise.resolve();
}
