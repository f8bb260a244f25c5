import { rigError, usageError } from "../../harness/errors.ts";
import type { Receipt, ReceiptCheck } from "../../harness/record/model.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import { httpProbe } from "../probe/http-probe.ts";
import { medianInterval } from "../probe/statistics.ts";
import type { Fault } from "./fault.ts";

/** What a stream fault needs of a toxiproxy proxy (toxiproxy-node-client's `Proxy`). */
export interface StreamProxy {
  readonly name: string;
  addToxic(toxic: {
    name: string;
    type: "latency";
    stream: "downstream";
    toxicity: number;
    attributes: { latency: number; jitter: number };
  }): Promise<{ remove(): Promise<void> }>;
}

export interface StreamLatencyOptions {
  phase: string;
  proxy: StreamProxy;
  /** The probe's machine, and a cheap answer behind the proxy. */
  from: NodeHandle;
  probeUrl: string;
  /** Added to the answers of every connection, ms. */
  latencyMs: number;
}

const BURST = 30;
const PROBE_INTERVAL_MS = 20;
const WINDOW_INTERVAL_MS = 100;
const WINDOW_LIMIT = 10_000;
/** A busy tester's scheduling shows in every answer; see docs/receipts.md. */
const TOLERANCE = { ms: 5, share: 0.1 };
/** A receipt raises a false alarm at most 1 in 1000. */
const ALPHA = 0.001;
const MIN_DURING = 20;

const median = (values: readonly number[]): number => {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.floor(ascending.length / 2)] ?? Number.NaN;
};
const answered = (values: readonly (number | undefined)[]): number[] =>
  values.filter((value) => value !== undefined);

/** Latency added to a TCP stream by toxiproxy. It delays bytes and cannot lose a packet: that is a link fault's work. */
export class StreamLatency implements Fault {
  readonly name = "stream-latency";
  private readonly options: StreamLatencyOptions;
  private toxic: { remove(): Promise<void> } | undefined;
  private window: { abort: AbortController; answers: Promise<(number | undefined)[]> } | undefined;
  private before: number[] = [];
  private during: number[] = [];
  private readonly times = { askedAt: 0, injectedAt: 0, healedAt: 0 };

  constructor(options: StreamLatencyOptions) {
    if (!(options.latencyMs >= 0 && options.latencyMs <= 60_000))
      throw usageError("stream-latency", `${options.latencyMs} ms cannot be added`, {
        expected: "0 to 60000 ms",
      });
    this.options = options;
  }

  describe(): string {
    return `${this.name}: ${this.options.latencyMs} ms on every answer through ${this.options.proxy.name}`;
  }

  async inject(): Promise<void> {
    this.before = await this.burst();
    this.times.askedAt = Date.now();
    this.toxic = await this.options.proxy.addToxic({
      name: "edgeproof-latency",
      type: "latency",
      stream: "downstream",
      toxicity: 1,
      attributes: { latency: this.options.latencyMs, jitter: 0 },
    });
    this.times.injectedAt = Date.now();
    const abort = new AbortController();
    const options = { intervalMs: WINDOW_INTERVAL_MS, count: WINDOW_LIMIT, signal: abort.signal };
    this.window = { abort, answers: httpProbe(this.options.from, this.options.probeUrl, options) };
    this.window.answers.catch(() => undefined);
  }

  async heal(): Promise<void> {
    const { window, toxic } = this;
    this.window = undefined;
    this.toxic = undefined;
    try {
      window?.abort.abort();
      if (window) this.during = answered(await window.answers);
    } finally {
      if (toxic) {
        await toxic.remove();
        this.times.healedAt = Date.now();
      }
    }
  }

  async verify(): Promise<Receipt> {
    if (this.toxic || this.times.healedAt === 0)
      throw rigError("fault-not-healed", `${this.name} is not healed`, { fix: "heal before verify" });
    const after = await this.burst();
    const base = median(this.before);
    const before = [this.check("before", this.before, base, base)];
    const during = [this.check("during", this.during, base + this.options.latencyMs, base)];
    const gone = [this.check("after", after, base, base)];
    const reasons = [...before, ...during, ...gone]
      .filter(({ held }) => !held)
      .map(
        ({ subject, asked, measured, tolerance, samples }) =>
          `${subject}: ${asked.toFixed(1)} ms expected within ${tolerance.toFixed(1)} ms, ${measured.toFixed(1)} ms measured (n=${samples})`,
      );
    return {
      fault: this.name,
      phase: this.options.phase,
      ...this.times,
      before,
      during,
      after: gone,
      held: reasons.length === 0,
      reasons,
    };
  }

  private check(when: string, values: readonly number[], asked: number, base: number): ReceiptCheck {
    const tolerance = Math.max(TOLERANCE.ms, TOLERANCE.share * this.options.latencyMs, base);
    const enough = values.length >= (when === "during" ? MIN_DURING : BURST);
    const interval = values.length > 0 ? medianInterval(values, ALPHA) : undefined;
    const near =
      interval !== undefined && interval.low <= asked + tolerance && interval.high >= asked - tolerance;
    return {
      subject: `${this.options.from.name} -> ${this.options.proxy.name} (${when})`,
      quantity: "latency-ms",
      asked,
      measured: median(values),
      tolerance,
      ...(interval ? { interval } : {}),
      samples: values.length,
      held: enough && near,
    };
  }

  private async burst(): Promise<number[]> {
    const { from, probeUrl } = this.options;
    return answered(await httpProbe(from, probeUrl, { intervalMs: PROBE_INTERVAL_MS, count: BURST }));
  }
}
