import type { LinkParams } from "../../../harness/config/model.ts";
import { EgressRig } from "../../netns/egress-rig.ts";
import type { ImpairedRig } from "../../netns/impaired-rig.ts";
import { NetnsRig, whyNoNetns } from "../../netns/netns-rig.ts";
import { sendDatagrams, sendToEach, type Arrival, type Datagrams } from "../../netns/udp-meter.ts";
import type { LinkCounters, WanBackend } from "../wan-engine.ts";
import type { WanHandle } from "../wan-handle.ts";

/** Where links are impaired: by a router that all packets pass, or by each machine in what it sends. */
export type Layout = "router" | "egress";

const MACHINES = ["a", "b", "c"];

/** Three machines a, b and c whose links one back end impairs. */
export class Bench {
  readonly rig: ImpairedRig;
  readonly backend: WanBackend;
  private client: WanHandle | undefined;

  /** No service is started yet: see `start`. */
  static async create(backend: WanBackend, layout: Layout): Promise<Bench> {
    const rig = layout === "router" ? NetnsRig.create(MACHINES) : EgressRig.create(MACHINES);
    return new Bench(await rig, backend);
  }

  private constructor(rig: ImpairedRig, backend: WanBackend) {
    this.rig = rig;
    this.backend = backend;
  }

  async start(): Promise<void> {
    this.client = await this.rig.startWan(this.backend);
  }

  get wan(): WanHandle {
    if (!this.client) throw new Error("the WAN service was not started");
    return this.client;
  }

  async destroy(): Promise<void> {
    await this.client?.close();
    await this.rig.destroy();
  }

  /** Replaces the parameters of a -> b. */
  apply(params: LinkParams): Promise<void> {
    return this.wan.apply([{ from: "a", to: "b", params }]);
  }

  async send(datagrams: Datagrams, from = "a", to = "b"): Promise<Sent> {
    const { arrivals } = await sendDatagrams(this.rig.node(from), this.rig.node(to), datagrams);
    return new Sent(datagrams.count, arrivals);
  }

  /** What came at each target of datagrams that were sent to all of them at the same time. */
  async sendToEach(datagrams: Datagrams, from: string, targets: readonly string[]): Promise<Sent[]> {
    const nodes = targets.map((name) => this.rig.node(name));
    const all = await sendToEach(this.rig.node(from), nodes, datagrams);
    return all.map((arrivals) => new Sent(datagrams.count, arrivals));
  }

  async counters(from = "a", to = "b"): Promise<LinkCounters> {
    const found = (await this.wan.counters()).find((link) => link.from === from && link.to === to);
    if (!found) throw new Error(`no counters of ${from} -> ${to}`);
    return found;
  }
}

/** Datagrams of one sender, and what became of them. */
export class Sent {
  readonly count: number;
  readonly arrivals: readonly Arrival[];

  constructor(count: number, arrivals: readonly Arrival[]) {
    this.count = count;
    this.arrivals = arrivals;
  }

  get delays(): number[] {
    return this.arrivals.map(({ delayMs }) => delayMs);
  }

  /** Numbers that came, each once. */
  get numbers(): Set<number> {
    return new Set(this.arrivals.map(({ number }) => number));
  }

  get lost(): number {
    return this.count - this.numbers.size;
  }

  /** Mean time between arrivals while there was always one more in the queue: sent before the last one came. */
  get meanGapWhenQueuedMs(): number {
    let sum = 0;
    let count = 0;
    for (const [index, { atMs, delayMs }] of this.arrivals.entries()) {
      const last = this.arrivals[index - 1]?.atMs ?? -Infinity;
      if (atMs - delayMs >= last) continue;
      sum += atMs - last;
      count++;
    }
    return sum / count;
  }

  /** Lengths of the runs of lost datagrams. */
  get bursts(): number[] {
    const { numbers } = this;
    const lengths: number[] = [];
    let length = 0;
    for (let number = 0; number <= this.count; number++) {
      if (number < this.count && !numbers.has(number)) length++;
      else if (length > 0) {
        lengths.push(length);
        length = 0;
      }
    }
    return lengths;
  }
}

/** Skips the tests where namespaces or the back end's kernel parts cannot be had, and says why. */
export async function skipWithout(backend: WanBackend, context: Mocha.Context): Promise<void> {
  const reason = await whyNoNetns(backend);
  if (!reason) return;
  console.log(`skipped: ${reason}`);
  context.skip();
}
