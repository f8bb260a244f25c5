import type { LinkParams } from "../../harness/config/model.ts";
import type { ReceiptCheck } from "../../harness/record/model.ts";
import type { LinkStack } from "../wan/link-stack.ts";
import { linkPeriods, type Span } from "../wan/link-history.ts";
import { UDP_OVERHEAD, type FloodReport } from "./link-meter-protocol.ts";
import { LinkMeter, type MeterSeries } from "./link-meter.ts";
import { named } from "./link-plan.ts";
import type { ProbePair } from "./link-probe-session.ts";
import { longestMs } from "./round-trip.ts";

/** Sent per rate asked for. */
const OVERLOAD = 1.2;
const FLOOD_MS = 1200;
/** The first of it fills the queue and may start late. */
const SETTLE_MS = 200;
/** Bits per second that all floods of a moment may take together: what a small host sends without trouble. */
const BUDGET_BPS = 60e6;
const PAYLOAD = 1200;
const LEAST_PAYLOAD = 500;
/** Besides the link-layer header, which netem counts and others do not. */
const TOLERANCE = 0.05;
const ETHERNET_HEADER = 14;
/** Until what was sent has come or is lost, besides the link's own queue. */
const DRAIN_MS = 300;
const TRIES = 3;

export interface RateAsk {
  direction: ProbePair;
  rateBps: number;
}

export interface RateResult {
  check: ReceiptCheck;
  /** Differs from what there would be without the layer. */
  told: boolean;
}

/**
 * Sends more than a link lets through, for a moment, and sees what comes: one group of directions after the other. Those
 * where something else came between (a busy host sends less) are measured again, fewer at a time.
 */
export async function measureRates(
  asks: readonly RateAsk[],
  runtime: string,
  stack: LinkStack,
  layer: string | undefined,
): Promise<RateResult[]> {
  const results = new Map<RateAsk, RateResult>();
  for (let time = 0; time < TRIES; time++) {
    const open = asks.filter((ask) => !results.get(ask)?.check.held);
    for (const group of grouped(open, BUDGET_BPS / 2 ** time)) {
      const measured = await flood(group, runtime, stack, layer);
      group.forEach((ask, index) => results.set(ask, measured[index]!));
    }
  }
  return asks.flatMap((ask) => results.get(ask) ?? []);
}

async function flood(
  group: readonly RateAsk[],
  runtime: string,
  stack: LinkStack,
  layer: string | undefined,
): Promise<RateResult[]> {
  const params = group.map(({ direction }) => stack.effective(named(direction)));
  const bytes = Math.min(PAYLOAD, ...params.map(payload));
  const graceMs = DRAIN_MS + Math.max(...params.map(longestMs));
  const meter = await LinkMeter.start(
    runtime,
    group.map(({ direction, rateBps }) => ({
      ...direction,
      intervalMs: ((bytes + UDP_OVERHEAD) * 8000) / (OVERLOAD * rateBps),
      bytes: [bytes],
      durationMs: FLOOD_MS,
      flood: true,
    })),
  );
  const from = meter.startedAt;
  const series = await meter.finish(graceMs);
  const span = { from, to: Date.now() };
  for (const { direction } of group) stack.disturbed(named(direction), span);
  return series.map((one, index) => {
    const beside = series.filter((other) => other !== one && other.request.to === one.request.to);
    const found = achieved(
      one.flood,
      beside.map((other) => other.flood),
      bytes,
    );
    return judge(one, group[index]!.rateBps, bytes, found, stack, layer, span);
  });
}

const payload = ({ mtuBytes }: LinkParams): number =>
  Math.max(LEAST_PAYLOAD, Math.min(PAYLOAD, (mtuBytes || 1500) - UDP_OVERHEAD));

function grouped(asks: readonly RateAsk[], budgetBps: number): RateAsk[][] {
  const groups: RateAsk[][] = [];
  let room = 0;
  for (const ask of asks) {
    const need = OVERLOAD * ask.rateBps;
    if (need > room || groups.length === 0) {
      groups.push([]);
      room = Math.max(budgetBps, need);
    }
    groups.at(-1)!.push(ask);
    room -= need;
  }
  return groups;
}

function judge(
  { request }: MeterSeries,
  rateBps: number,
  bytes: number,
  { bps, otherBps, samples }: Achieved,
  stack: LinkStack,
  layer: string | undefined,
  { from, to }: Span,
): RateResult {
  const direction = { from: request.from.name, to: request.to.name };
  const period = linkPeriods(stack.history, [direction], layer).find(
    (one) => one.from <= from && one.to >= to,
  );
  const offered = OVERLOAD * rateBps;
  const expected = (params: LinkParams | undefined): number => arriving(params ?? {}, offered);
  const asked = expected(period?.params[0]);
  const share = TOLERANCE + ETHERNET_HEADER / (bytes + UDP_OVERHEAD);
  const near = (wanted: number): boolean =>
    samples > 0 && bps <= wanted * (1 + share) && bps + otherBps >= wanted * (1 - share);
  const subject = `${direction.from} -> ${direction.to}${period ? "" : " (changed under way)"}`;
  const check: ReceiptCheck = {
    subject,
    quantity: "rate-bps",
    asked: Math.round(asked),
    measured: samples > 0 ? Math.round(bps) : -1,
    tolerance: Math.round(asked * share),
    samples,
    held: period !== undefined && near(asked),
  };
  return { check, told: check.held && bps < expected(period?.without[0]) * (1 - share) };
}

/** Of what is offered, first some is lost, then the rest waits for its turn. */
function arriving(
  { loss = 0, duplicate = 0, corrupt = 0, burst, rateBps }: LinkParams,
  offered: number,
): number {
  const bad = burst && burst.enter > 0 ? burst.enter / (burst.enter + burst.leave) : 0;
  const into = offered * (1 - loss) * (1 - bad) * (1 + duplicate);
  return Math.min(into, rateBps || Infinity) * (1 - corrupt);
}

interface Achieved {
  bps: number;
  /** What else came in at the receiver, floods beside this one left out. */
  otherBps: number;
  samples: number;
}

/** Bits per second from the IP header on, between the first reports after the start and the last arrival. */
function achieved(
  reports: readonly FloodReport[],
  beside: readonly FloodReport[][],
  bytes: number,
): Achieved {
  const first = reports.find(({ lastAt }) => lastAt - reports[0]!.lastAt >= SETTLE_MS);
  const last = reports.findLast(({ count }, index) => count > (reports[index - 1]?.count ?? 0));
  if (!first || !last || last.lastAt <= first.lastAt) return { bps: 0, otherBps: 0, samples: 0 };
  const came = (list: readonly FloodReport[]): number => {
    const upTo = (at: number): number => list.findLast((report) => report.at <= at)?.count ?? 0;
    return upTo(last.at) - upTo(first.at);
  };
  // The socket is that of all floods to this receiver: whose datagrams found it full is known only of one alone.
  const packets = came(reports) + (beside.length === 0 ? last.dropped - first.dropped : 0);
  const bits = (bytes + UDP_OVERHEAD) * 8;
  const known = bits * beside.reduce((total, list) => total + came(list), packets);
  const all = (last.interfaceBytes - first.interfaceBytes) * 8;
  return {
    bps: (packets * bits) / ((last.lastAt - first.lastAt) / 1000),
    otherBps: Math.max(0, (all - known) / ((last.at - first.at) / 1000)),
    samples: packets,
  };
}
