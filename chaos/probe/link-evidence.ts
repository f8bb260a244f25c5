import type { LinkParams } from "../../harness/config/model.ts";
import type { ReceiptCheck } from "../../harness/record/model.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import type { Evidence, EvidenceWindow } from "../faults/evidence.ts";
import type { LinkStack } from "../wan/link-stack.ts";
import type { DirectedLink, LinkDirection } from "../wan/wan-engine.ts";
import { CONTROL_PING_BYTES } from "../wan/control-probes.ts";
import { LinkMeter, type MeterSeries } from "./link-meter.ts";
import {
  directionsOf,
  meterRequests,
  named,
  probedSizes,
  probeGraceMs,
  probeIntervalMs,
  probedPairs,
  probePairs,
} from "./link-plan.ts";
import { learnClocks } from "./node-clock.ts";
import { LinkProbeSession, type ProbePair } from "./link-probe-session.ts";
import { pathsOf, type Paths } from "./link-paths.ts";
import { judgeLinks, type JudgedLinks, type LinkReadings } from "./link-receipt.ts";
import { PING_BYTES, type ProbeSeries } from "./ping-output.ts";
import { watchOverlay } from "./overlay-probe.ts";
import { measureRates, type RateAsk, type RateResult } from "./rate-flood.ts";

export interface LinkEvidenceOptions {
  stack: LinkStack;
  /** The fault's layer in the stack. */
  layer: string;
  /** Everything that the layer will ask for, at any time. */
  links: readonly DirectedLink[];
  nodes: readonly NodeHandle[];
  /** Folder of edgeproof's own programs on the machines. */
  runtime: string;
  /** `pings`: round trips of pairs only, at little cost; `directions`: also what each direction does by itself. */
  depth: "pings" | "directions";
  /** Between datagrams of a direction, ms. @default 10 */
  intervalMs?: number;
  /** Share of the usual rate of probes: see `FaultRig.probeShare`. @default 1 */
  probeShare?: number;
}

/** Of a burst before or after, and for each size of datagrams that is sent in turn. */
const BURST_MS = { least: 800, eachSize: 400 };
const BURST_DATAGRAMS = 60;
const WARM_UP_MS = 300;
const BURST_PINGS = 60;
const TRIES = 3;

/** Probes of all pairs of machines that a layer of link parameters concerns. */
export class LinkEvidence implements Evidence {
  /** Why the fault did not hold, where no check says so. */
  readonly troubles: string[] = [];
  /** Which share of the pairs concerned is probed; empty where all are. */
  readonly sample: string;
  private readonly options: LinkEvidenceOptions;
  private readonly pairs: readonly ProbePair[];
  private readonly directions: readonly ProbePair[];
  private readonly sizes: readonly number[];
  private readonly rates: readonly RateAsk[];
  /** Whether control probes pass: twice as many probes, so. */
  private readonly control: boolean;
  private paths: Paths = { pairs: [], directions: [] };
  private meter: LinkMeter | undefined;

  constructor(options: LinkEvidenceOptions) {
    const { links, nodes, depth } = options;
    this.options = options;
    this.control = options.stack.engine.passesControlProbes ?? false;
    const probed = probedPairs(probePairs(links, nodes));
    this.pairs = probed.pairs;
    this.sample = probed.text;
    const deep = depth === "directions";
    this.directions = deep ? directionsOf(this.pairs) : [];
    this.sizes = deep ? probedSizes(links) : [];
    this.rates = this.directions.flatMap((direction) => {
      const asked = links
        .filter((link) => same(link, named(direction)))
        .map(({ params }) => params.rateBps || 0);
      const rateBps = Math.max(0, ...asked);
      return rateBps > 0 ? [{ direction, rateBps }] : [];
    });
  }

  /** Begins the probes, too, that go on through the window: programs need a while to start, and the window is short. */
  async before(): Promise<ReceiptCheck[]> {
    await learnClocks([...new Set(this.pairs.flatMap(({ from, to }) => [from, to]))]);
    const { control } = this;
    const requests = meterRequests(this.directions, this.intervalMs(), this.sizes, { control });
    if (requests.length > 0) this.meter = await LinkMeter.start(this.options.runtime, requests);
    return this.again("before");
  }

  during(): EvidenceWindow {
    const { runtime, stack, layer } = this.options;
    const begunAt = Date.now();
    const graceMs = this.graceMs();
    const pings = this.pings(graceMs);
    pings.forEach((session) => session.start());
    const rates =
      this.rates.length > 0 ? measureRates(this.rates, runtime, stack, layer) : Promise.resolve([]);
    rates.catch(() => undefined);
    const overlay = watchOverlay(this.cutPairs());
    return {
      stop: async () => {
        const judgedRates = await rates;
        const flows = (await this.endMeter(graceMs)).map((series) => ({
          ...series,
          datagrams: series.datagrams.filter(({ sentAt }) => sentAt >= begunAt),
        }));
        const pinged = await Promise.all(pings.map((session) => session.stop()));
        const readings = this.readings(pinged, flows);
        const facts = await overlay.stop();
        const judged = this.judge(readings, "during");
        this.explainUntold(judged, judgedRates);
        return [...judged.checks, ...judgedRates.map(({ check }) => check), ...facts];
      },
    };
  }

  after(): Promise<ReceiptCheck[]> {
    return this.again("after");
  }

  /** Ends probes that no window ended, because the fault could not be put in force. */
  async close(): Promise<void> {
    await this.endMeter(0);
  }

  private async endMeter(graceMs: number): Promise<MeterSeries[]> {
    const { meter } = this;
    this.meter = undefined;
    return (await meter?.stop(graceMs)) ?? [];
  }

  /** A burst, and another if something disturbed it: what is wrong for good stays wrong. */
  private async again(when: "before" | "after"): Promise<ReceiptCheck[]> {
    for (let left = TRIES - 1; ; left--) {
      const readings = await this.burst();
      if (when === "before") this.paths = pathsOf(readings, this.options.stack.history);
      const { checks } = this.judge(readings, when);
      if (left === 0 || checks.every(({ held }) => held)) return [...checks, ...(await this.flood())];
    }
  }

  private async burst(): Promise<LinkReadings> {
    const graceMs = this.graceMs();
    const bursts = Promise.all(this.pings(graceMs).map((session) => session.burst()));
    const [pinged, flowed] = await Promise.all([bursts, this.flows(graceMs)]);
    return this.readings(pinged, flowed);
  }

  /** Those of the fault, and the control beside them. */
  private pings(graceMs: number): LinkProbeSession[] {
    const options = { graceMs, intervalMs: this.pingIntervalMs(), burst: BURST_PINGS };
    return [PING_BYTES, ...(this.control ? [CONTROL_PING_BYTES] : [])].map(
      (bytes) => new LinkProbeSession(this.pairs, { ...options, bytes }),
    );
  }

  private readings([pings = [], control]: ProbeSeries[][], all: readonly MeterSeries[]): LinkReadings {
    const beside = all.filter(({ request }) => request.control);
    const flows = all.filter(({ request }) => !request.control);
    return { pings, flows, control: control && { pings: control, flows: beside } };
  }

  /** Of the meter that goes on, or of one of its own where there is none. The first of a new one comes late. */
  private async flows(graceMs: number): Promise<MeterSeries[]> {
    if (this.directions.length === 0) return [];
    const intervalMs = this.intervalMs();
    const burstMs = Math.max(
      BURST_MS.least,
      this.sizes.length * BURST_MS.eachSize,
      BURST_DATAGRAMS * intervalMs,
    );
    const requests = meterRequests(this.directions, intervalMs, this.sizes, {
      durationMs: WARM_UP_MS + burstMs,
      control: this.control,
    });
    const own = this.meter ? undefined : await LinkMeter.start(this.options.runtime, requests);
    const from = Date.now() + WARM_UP_MS;
    if (!own) await pause(WARM_UP_MS + burstMs + graceMs);
    const series = own ? await own.finish(graceMs) : this.meter!.settled(Date.now() - graceMs);
    return series.map((one) => ({
      ...one,
      datagrams: one.datagrams.filter(({ sentAt }) => sentAt >= from),
    }));
  }

  /** Pairs that the layer cuts in one direction or both. */
  private cutPairs(): ProbePair[] {
    const cut = this.options.links.filter(({ params }) => params.loss === 1);
    return this.pairs.filter((pair) =>
      directionsOf([pair]).some((direction) => cut.some((link) => same(link, named(direction)))),
    );
  }

  private async flood(): Promise<ReceiptCheck[]> {
    if (this.rates.length === 0) return [];
    const { runtime, stack } = this.options;
    return (await measureRates(this.rates, runtime, stack, undefined)).map(({ check }) => check);
  }

  private judge(readings: LinkReadings, when: "before" | "during" | "after"): JudgedLinks {
    const { stack, layer } = this.options;
    return judgeLinks({
      when,
      readings,
      paths: this.paths,
      history: stack.history,
      layer: when === "during" ? layer : undefined,
      disturbances: (directions) => stack.disturbances(directions),
      sizes: this.sizes,
    });
  }

  /** A fault that cannot be told from its absence was not proved: its back end may have done nothing. */
  private explainUntold({ untold, told }: JudgedLinks, rates: readonly RateResult[]): void {
    const byRate = rates.filter((rate) => rate.told).map(({ check }) => check.subject);
    const { depth } = this.options;
    if (depth === "pings" && told) return;
    const still = untold.filter((subject) => !byRate.includes(subject));
    for (const subject of still)
      this.troubles.push(
        `${subject}: what was measured would look the same without the fault; give it a longer window or a larger magnitude`,
      );
  }

  /** What may be in force on the probed directions: the layer's own parameters, and what lies below. */
  private possible(): LinkParams[] {
    const { stack, links } = this.options;
    const directions: LinkDirection[] = directionsOf(this.pairs).map(named);
    return [
      ...links.map(({ params }) => params),
      ...directions.map((direction) => stack.effective(direction)),
    ];
  }

  private graceMs(): number {
    return probeGraceMs(this.possible());
  }

  private intervalMs(): number {
    const { intervalMs, probeShare } = this.options;
    return probeIntervalMs(this.possible(), this.each(this.directions.length), intervalMs, probeShare);
  }

  private pingIntervalMs(): number {
    return probeIntervalMs(
      this.possible(),
      this.each(2 * this.pairs.length),
      undefined,
      this.options.probeShare,
    );
  }

  private each(ways: number): number {
    return this.control ? 2 * ways : ways;
  }
}

const same = (a: LinkDirection, b: LinkDirection): boolean => a.from === b.from && a.to === b.to;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
