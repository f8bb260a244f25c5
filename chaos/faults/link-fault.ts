import { rigError } from "../../harness/errors.ts";
import type { Receipt } from "../../harness/record/model.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import { LinkProbeSession, type ProbePair } from "../probe/link-probe-session.ts";
import { judgeLinkReceipt } from "../probe/link-receipt.ts";
import type { ProbeSeries } from "../probe/ping-output.ts";
import { roundTrip } from "../probe/round-trip.ts";
import { describeParams, sameParams } from "../wan/link-params.ts";
import { validateLinks } from "../wan/validate-links.ts";
import type { DirectedLink, WanEngine } from "../wan/wan-engine.ts";
import type { Fault } from "./fault.ts";

export interface LinkFaultOptions {
  name: string;
  /** Name of the phase, for the receipt. */
  phase: string;
  engine: WanEngine;
  /** Every machine of the WAN, tester included. */
  nodes: readonly NodeHandle[];
  /** What is put in force; each direction once. */
  links: readonly DirectedLink[];
  /** What is in force before, such as the run's profile; `heal` goes back to it. @default nothing */
  base?: readonly DirectedLink[];
  /** ms between the probes of a pair. @default 10 */
  intervalMs?: number;
  /** Machines that another fault takes down in the same window: no probe could come back from them. */
  unprobed?: readonly string[];
}

/** Least time for a lost answer, ms, besides the round trip asked for: a busy host's worst stall. */
const GRACE_MS = 500;

/** Impaired links or partitions, put in force by the WAN engine and proved by pings of every pair concerned. */
export class LinkFault implements Fault {
  readonly name: string;
  private readonly options: LinkFaultOptions;
  private readonly base: readonly DirectedLink[];
  private readonly session: LinkProbeSession;
  private readonly times = { askedAt: 0, injectedAt: 0, healedAt: 0 };
  private readonly troubles: string[] = [];
  private before: ProbeSeries[] = [];
  private during: ProbeSeries[] = [];
  private state: "new" | "changing" | "in force" | "healed" = "new";

  /** Refuses links that cannot be. */
  constructor(options: LinkFaultOptions) {
    const { name, nodes, links, intervalMs } = options;
    validateLinks(
      links,
      nodes.map((node) => node.name),
    );
    this.name = name;
    this.options = options;
    this.base = options.base ?? [];
    const unprobed = options.unprobed ?? [];
    const pairs = probePairs(
      links,
      nodes.filter((node) => !unprobed.includes(node.name)),
    );
    const graceMs = GRACE_MS + Math.max(0, ...pairs.map((pair) => this.longestRoundTrip(pair)));
    this.session = new LinkProbeSession(pairs, { graceMs, ...(intervalMs ? { intervalMs } : {}) });
  }

  describe(): string {
    const { links } = this.options;
    return `${this.name}: ${links.map(({ from, to, params }) => `${from} -> ${to} ${describeParams(params)}`).join("; ")}`;
  }

  /** Twice the round trip with 6 sd of jitter and full queues, of the fault or its base, ms. */
  private longestRoundTrip({ from, to }: ProbePair): number {
    const longest = [this.options.links, this.base].map((list) => {
      const params = (a: NodeHandle, b: NodeHandle) =>
        list.find((link) => link.from === a.name && link.to === b.name)?.params ?? {};
      const { delayMs, jitterMs, queueMs } = roundTrip(params(from, to), params(to, from));
      return delayMs + 6 * jitterMs + queueMs;
    });
    return 2 * Math.max(...longest);
  }

  async inject(): Promise<void> {
    if (this.state !== "new") throw rigError("fault-injected-twice", `${this.name} was injected already`);
    this.before = await this.session.burst();
    this.state = "changing";
    this.times.askedAt = Date.now();
    await this.options.engine.apply(this.options.links);
    this.times.injectedAt = Date.now();
    this.state = "in force";
    this.session.start();
  }

  async heal(): Promise<void> {
    if (this.state === "new" || this.state === "healed") return;
    if (this.state === "in force") await this.endWindow();
    await this.options.engine.apply(
      this.options.links.map(({ from, to }) => {
        const base = this.base.find((link) => link.from === from && link.to === to);
        return { from, to, params: base?.params ?? {} };
      }),
    );
    this.times.healedAt = Date.now();
    this.state = "healed";
  }

  /** Evidence up to here; trouble with it must not keep the fault from being healed. */
  private async endWindow(): Promise<void> {
    try {
      this.during = await this.session.stop();
      const inForce = await this.options.engine.inForce();
      for (const { from, to, params } of this.options.links) {
        const found = inForce.find((link) => link.from === from && link.to === to)?.params ?? {};
        if (sameParams(params, found)) continue;
        const is = `${from} -> ${to}: the engine has ${describeParams(found)} in force at the end`;
        this.troubles.push(`${is}, ${describeParams(params)} asked`);
      }
    } catch (error) {
      this.troubles.push(`the evidence of the window is incomplete: ${String(error)}`);
    }
    this.state = "changing";
  }

  async verify(): Promise<Receipt> {
    if (this.state !== "healed") {
      throw rigError("fault-not-healed", `${this.name} is ${this.state}, not healed`, {
        fix: "Inject and heal the fault before it is verified.",
      });
    }
    const after = await this.session.burst();
    const nothing = ({ from, to }: ProbeSeries): ProbeSeries => ({ from, to, probes: [], duplicates: 0 });
    return judgeLinkReceipt({
      fault: this.name,
      phase: this.options.phase,
      ...this.times,
      base: this.base,
      asked: this.options.links,
      troubles: this.troubles,
      observations: this.before.map((before, i) => {
        const during = this.during[i] ?? nothing(before);
        return { before, during, after: after[i] ?? nothing(before) };
      }),
    });
  }
}

/** Each pair of machines that a link concerns, once. */
function probePairs(links: readonly DirectedLink[], nodes: readonly NodeHandle[]): ProbePair[] {
  const pairs = nodes.flatMap((from, i) => nodes.slice(i + 1).map((to) => ({ from, to })));
  const concerns = (link: DirectedLink, a: NodeHandle, b: NodeHandle): boolean =>
    link.from === a.name && link.to === b.name;
  return pairs.filter(({ from, to }) =>
    links.some((link) => concerns(link, from, to) || concerns(link, to, from)),
  );
}
