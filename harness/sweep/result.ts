import { ExitCode } from "../exit-codes.ts";
import { proportionInterval } from "../judge/proportion.ts";
import { fitLogistic, type LogisticFit } from "../statistics/logistic.ts";
import { axisText, varyText, type Axis } from "./axis.ts";
import type { Ending, SearchPoint } from "./edge-search.ts";
import type { RecordedSweep } from "./model.ts";
import { planOf, searchOf } from "./sweep.ts";

/** The value at which the share of successes crosses one half, in the axis' unit. */
export interface Edge {
  estimate: number;
  low: number;
  high: number;
  /** That the edge lies from `low` to `high`. */
  confidence: number;
  direction: "falls" | "rises";
}

export interface SweepPoint extends SearchPoint {
  /** Exact 95 % interval of the share of successes, of this point by itself. */
  interval: { low: number; high: number };
}

export interface SweepResult {
  suite: string;
  axis: Axis;
  resolution: number;
  /** Undefined where the search is not at its end. */
  ending: Ending | undefined;
  edge: Edge | undefined;
  /** Of all points; for the curve. */
  fit: LogisticFit | undefined;
  points: SweepPoint[];
  trials: number;
  excluded: number;
}

/** What a recorded sweep says; pure, so that the same trials always give the same. */
export function sweepResult({ header, trials }: RecordedSweep, budget: number): SweepResult {
  const { suite, axis, resolution, confidence } = header;
  const { ending, points, bracket, direction } = searchOf(planOf(header, budget), trials);
  const fit = fitLogistic(points);
  const estimate = (low: number, high: number): number =>
    fit === undefined ? (low + high) / 2 : Math.min(high, Math.max(low, fit.middle));
  const excluded = trials.filter((trial) => trial.excluded !== undefined).length;
  return {
    ...{ suite, axis, resolution, ending },
    edge: bracket &&
      direction && { ...bracket, estimate: estimate(bracket.low, bracket.high), confidence, direction },
    points: points.map((point) => ({
      ...point,
      interval: proportionInterval(point.successes, point.trials),
    })),
    ...{ fit, trials: trials.length - excluded, excluded },
  };
}

/** An edge that was found to the resolution is what was asked for. */
export const sweepExitCode = ({ ending }: SweepResult): ExitCode =>
  ending === "found" ? ExitCode.met : ExitCode.inconclusive;

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** `92.3 % [64 %, 99.8 %]`. */
export const shareText = ({ trials, successes, interval }: SweepPoint): string =>
  `${percent(successes / trials)} [${percent(interval.low)}, ${percent(interval.high)}]`;

/** A value with no more digits than the resolution gives sense to. */
const roundedText = (axis: Axis, resolution: number, x: number): string =>
  axisText(axis, Number(x.toFixed(Math.min(9, Math.max(0, 1 - Math.floor(Math.log10(resolution)))))));

const WHY: Record<Exclude<Ending, "found" | "no-edge">, string> = {
  broad: "points between stay on neither side, however often they are tried",
  "open-end": "an end of the range lies on neither side: widen it",
  "out-of-trials": "the trials are spent: go on with --resume and more --trials",
};

/** One sentence for people. */
export function sweepVerdict(result: SweepResult): string {
  const { axis, resolution, ending, edge, points, trials } = result;
  const n = `${trials} trials`;
  const why =
    ending === undefined ? "the sweep was cut off" : ending in WHY ? WHY[ending as keyof typeof WHY] : "";
  if (edge) {
    const text = (x: number): string => roundedText(axis, resolution, x);
    const place = `${axis.what} ${text(edge.estimate)} [${axisText(axis, edge.low)}, ${axisText(axis, edge.high)}]`;
    const broader = edge.high - edge.low > resolution * (1 + 1e-9);
    const wide = broader ? `; broader than ${axisText(axis, resolution)}, as ${why}` : "";
    return `edge at ${place}: success ${edge.direction} there (${edge.confidence * 100} % confidence, ${n}${wide})`;
  }
  const ends = [points[0], points.at(-1)].filter((point) => point !== undefined);
  const shares = ends.map((point) => `${shareText(point)} at ${axisText(axis, point.x)}`).join(", ");
  if (ending === "no-edge") return `no edge in this range: success ${shares} (${n})`;
  return `no edge found in ${varyText(axis)}: ${why}${shares === "" ? "" : `; success ${shares}`} (${n})`;
}

/** JSON text with the same bytes for the same sweep. */
export const sweepJson = (result: SweepResult, folder: string): string =>
  `${JSON.stringify({ ...result, verdict: sweepVerdict(result), folder }, undefined, 2)}\n`;
