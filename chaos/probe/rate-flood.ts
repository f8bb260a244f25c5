import type { LinkParams } from "../../harness/config/model.ts";
import type { ReceiptCheck } from "../../harness/record/model.ts";
import type { LinkStack } from "../wan/link-stack.ts";
import { linkPeriods } from "../wan/link-history.ts";
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
/** A rate of this share of the flood was not limited. */
const DRAIN_MS = 300;

export interface RateAsk {
  direction: ProbePair;
  rateBps: number;
}

export interface RateResult {
  check: ReceiptCheck;
  /** Differs from what there would be without the layer. */
  told: boolean;
}

/** Sends more than a link lets through, for a moment, and sees what comes: one group of directions after the other. */
export async function measureRates(
  asks: readonly RateAsk[],
  runtime: string,
  stack: LinkStack,
  layer: string | undefined,
): Promise<RateResult[]> {
  const results: RateResult[] = [];
  for (const group of grouped(asks)) {
    const bytes = Math.min(
      PAYLOAD,
      ...group.map(({ direction }) => payload(stack.effective(named(direction)))),
    );
    const graceMs =
      DRAIN_MS + Math.max(...group.map(({ direction }) => longestMs(stack.effective(named(direction)))));
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
    const to = Date.now();
    for (const { direction } of group) stack.disturbed(named(direction), { from, to });
    series.forEach((one, index) =>
      results.push(judge(one, group[index]!.rateBps, bytes, stack, layer, from, to)),
    );
  }
  return results;
}

const payload = ({ mtuBytes }: LinkParams): number =>
  Math.max(LEAST_PAYLOAD, Math.min(PAYLOAD, (mtuBytes || 1500) - UDP_OVERHEAD));

function grouped(asks: readonly RateAsk[]): RateAsk[][] {
  const groups: RateAsk[][] = [];
  let room = 0;
  for (const ask of asks) {
    const need = OVERLOAD * ask.rateBps;
    if (need > room || groups.length === 0) {
      groups.push([]);
      room = Math.max(BUDGET_BPS, need);
    }
    groups.at(-1)!.push(ask);
    room -= need;
  }
  return groups;
}

function judge(
  { request, flood }: MeterSeries,
  rateBps: number,
  bytes: number,
  stack: LinkStack,
  layer: string | undefined,
  from: number,
  to: number,
): RateResult {
  const direction = { from: request.from.name, to: request.to.name };
  const period = linkPeriods(stack.history, [direction], layer).find(
    (one) => one.from <= from && one.to >= to,
  );
  const offered = OVERLOAD * rateBps;
  const expected = (params: LinkParams | undefined): number => arriving(params ?? {}, offered);
  const asked = expected(period?.params[0]);
  const { bps, otherBps, samples } = achieved(flood, bytes);
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
  return { check, told: check.held && !near(expected(period?.without[0])) };
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

/** Bits per second from the IP header on, between the first reports after the start and the last arrival. */
function achieved(
  reports: readonly FloodReport[],
  bytes: number,
): { bps: number; otherBps: number; samples: number } {
  const first = reports.find(({ lastAt }) => lastAt - reports[0]!.lastAt >= SETTLE_MS);
  const last = reports.findLast(({ count }, index) => count > (reports[index - 1]?.count ?? 0));
  if (!first || !last || last.lastAt <= first.lastAt) return { bps: 0, otherBps: 0, samples: 0 };
  const packets = last.count + last.dropped - first.count - first.dropped;
  const bits = packets * (bytes + UDP_OVERHEAD) * 8;
  const all = (last.interfaceBytes - first.interfaceBytes) * 8;
  return {
    bps: bits / ((last.lastAt - first.lastAt) / 1000),
    otherBps: Math.max(0, (all - bits) / ((last.at - first.at) / 1000)),
    samples: packets,
  };
}
