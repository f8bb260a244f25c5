import { setMaxListeners } from "node:events";

import { rigError } from "../../harness/errors.ts";
import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import { onTesterClock } from "./node-clock.ts";
import type { FloodReport, MeterFlow, MeterReport } from "./link-meter-protocol.ts";

/** One direction to be measured, and how. */
export interface MeterRequest {
  from: NodeHandle;
  to: NodeHandle;
  intervalMs: number;
  bytes: number[];
  durationMs?: number;
  flood?: boolean;
  control?: boolean;
}

export interface Datagram {
  /** ms since the epoch, the tester's clock. */
  sentAt: number;
  /** Payload. */
  bytes: number;
  /** Difference of the two machines' monotonic clocks included; empty if it never came, more than one if it was duplicated. */
  transitsMs: number[];
}

export interface MeterSeries {
  request: MeterRequest;
  datagrams: Datagram[];
  flood: FloodReport[];
}

const START_LIMIT_MS = 30_000;
/** Bounds a program whose harness is gone. */
const MAX_MS = 3_600_000;

/** Sends numbered datagrams between machines, each direction by itself, and says what became of each. */
export class LinkMeter {
  private readonly runtime: string;
  private readonly stopping = new AbortController();
  private readonly running: Promise<unknown>[] = [];
  private readonly senders: Promise<unknown>[] = [];
  private readonly flows: {
    request: MeterRequest;
    sent: Map<number, Datagram>;
    flood: FloodReport[];
    begun: boolean;
  }[] = [];
  private failure: unknown;
  /** ms since the epoch; nothing was sent before. */
  startedAt = 0;
  private flowing: () => void = () => undefined;

  /** @param runtime folder of edgeproof's own programs on the machines */
  static async start(runtime: string, requests: readonly MeterRequest[]): Promise<LinkMeter> {
    const meter = new LinkMeter(runtime);
    try {
      await meter.begin(requests);
      return meter;
    } catch (error) {
      await meter.end();
      throw error;
    }
  }

  private constructor(runtime: string) {
    this.runtime = runtime;
  }

  private async begin(requests: readonly MeterRequest[]): Promise<void> {
    setMaxListeners(0, this.stopping.signal);
    const receivers = [...new Set(requests.map(({ to }) => to))];
    const ports = new Map(
      await Promise.all(receivers.map(async (node) => [node, await this.receive(node)] as const)),
    );
    const senders = new Map<NodeHandle, MeterFlow[]>();
    for (const [index, request] of requests.entries()) {
      this.flows.push({ request, sent: new Map(), flood: [], begun: false });
      const { from, to, ...how } = request;
      const flow = { ...how, flow: index, address: to.underlay, port: ports.get(to) ?? 0 };
      senders.set(from, [...(senders.get(from) ?? []), flow]);
    }
    this.startedAt = Date.now();
    const limit = rigError("probe-failed", `the link meter did not send within ${START_LIMIT_MS / 1000} s`);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(limit), START_LIMIT_MS);
      const settle = (error?: unknown): void => {
        clearTimeout(timer);
        if (error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error(String(error)));
      };
      this.flowing = settle;
      for (const [node, flows] of senders) {
        const sending = this.run(node, ["send", JSON.stringify(flows)]);
        this.senders.push(sending.catch(() => undefined));
        sending.then(() => settle(), settle);
      }
    });
  }

  /** The port at which the machine listens. */
  private receive(node: NodeHandle): Promise<number> {
    return new Promise((resolve, reject) => {
      const late = rigError(
        "probe-failed",
        `the link meter did not start within ${START_LIMIT_MS / 1000} s`,
        { where: node.name },
      );
      const timer = setTimeout(() => reject(late), START_LIMIT_MS);
      const settle = (port: number): void => {
        clearTimeout(timer);
        resolve(port);
      };
      this.run(node, ["receive", node.underlay], settle).catch((error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
  }

  private run(node: NodeHandle, args: string[], onPort?: (port: number) => void): Promise<void> {
    const done = node
      .exec([`${this.runtime}/node`, `${this.runtime}/link-meter.mjs`, ...args], {
        signal: this.stopping.signal,
        timeoutMs: MAX_MS,
        onLine: (line) => this.take(line, onPort),
      })
      .then(() => undefined);
    this.running.push(done);
    done.catch((error: unknown) => (this.failure ??= error));
    return done;
  }

  private take(line: string, onPort?: (port: number) => void): void {
    // The last line of a program that was killed may be half a line.
    const report = parse(line);
    if (!report) return;
    if ("port" in report) return onPort?.(report.port);
    const flow = this.flows[report.flow];
    if (!flow) return;
    if ("sent" in report) {
      flow.begun = true;
      for (const [number, at, bytes] of report.sent)
        Object.assign(datagram(flow.sent, number), { sentAt: onTesterClock(flow.request.from, at), bytes });
      if (this.flows.every(({ begun }) => begun)) this.flowing();
    } else if ("got" in report)
      for (const [number, transitMs] of report.got) datagram(flow.sent, number).transitsMs.push(transitMs);
    else flow.flood.push(report);
  }

  /** For flows that all have a duration: resolves when they were sent, and `graceMs` later. */
  async finish(graceMs: number): Promise<MeterSeries[]> {
    await Promise.all(this.senders);
    await pause(graceMs);
    return this.stop(graceMs);
  }

  /** Ends all; datagrams that did not have `graceMs` to arrive are left out. Rejects if a program could not run. */
  async stop(graceMs: number): Promise<MeterSeries[]> {
    const stoppedAt = Date.now();
    await this.end();
    return this.settled(stoppedAt - graceMs);
  }

  /** What was sent up to a moment, ms since the epoch, and what became of it. */
  settled(until: number): MeterSeries[] {
    if (this.failure) throw this.failure as Error;
    return this.flows.map(({ request, sent, flood }) => ({
      request,
      flood,
      datagrams: [...sent.entries()]
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one)
        // Those of which only the arrival was told were under way when the sender was stopped.
        .filter(({ sentAt }) => sentAt > 0 && sentAt <= until),
    }));
  }

  private async end(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.running);
  }
}

function datagram(known: Map<number, Datagram>, number: number): Datagram {
  const found = known.get(number) ?? { sentAt: 0, bytes: 0, transitsMs: [] };
  known.set(number, found);
  return found;
}

function parse(line: string): MeterReport | undefined {
  try {
    return JSON.parse(line) as MeterReport;
  } catch {
    return undefined;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
