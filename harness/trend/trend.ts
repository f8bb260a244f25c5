import { SHARE_EFFECT } from "../compare/comparison.ts";
import { formatShare } from "../judge/format.ts";
import { CONFIDENCE, quantile, sorted } from "../judge/quantile.ts";
import { groupBy } from "../record/group-by.ts";
import { holm } from "../statistics/holm.ts";
import { mannKendall } from "../statistics/mann-kendall.ts";
import { theilSen } from "../statistics/theil-sen.ts";
import { groupRuns, type GroupedRuns } from "./groups.ts";
import { TREND_VERDICTS, type Figure, type RunFigures, type Trend, type TrendRow } from "./model.ts";

/** Chance of even one false alarm in a report. Larger than that of two runs: a few runs can never reach 0.01. */
const ALPHA = 0.05;

/** Below, the slope has no interval of 95 %: all pairs of four runs rise by chance in 4.2 % of series. */
const FEWEST_RUNS = 5;

/** Values that the base is the median of, so that one odd first run does not set the scale. */
const BASE_RUNS = 3;

/** A row before the others of its report are known. */
type Tested = Omit<TrendRow, "verdict" | "reason">;

interface Numbered {
  run: number;
  figure: Figure;
}

/** `value / base`, where an unchanged 0 is no change, and what comes down from infinity comes down by all of it. */
const relative = (value: number, base: number): number => {
  const share = value === 0 ? 0 : value / base;
  return Number.isNaN(share) ? Math.sign(value) : share;
};

function placeOf(points: TrendRow["points"], runs: number, worse: TrendRow["worse"]): TrendRow["last"] {
  const newest = points.at(-1);
  const before = points.slice(0, -1).map(({ value }) => value);
  if (newest?.run !== runs || before.length === 0) return undefined;
  const [low, high] = [Math.min(...before), Math.max(...before)];
  const higher = newest.value > high;
  if (!higher && newest.value >= low) return { place: "within", low, high };
  const isWorse = higher === (worse === "higher");
  return { place: isWorse ? "worse than all before" : "better than all before", low, high };
}

function rowOf(group: GroupedRuns, figures: readonly Numbered[], effect: number): Tested {
  const { figure: newest } = figures.at(-1)!;
  const leftOut: TrendRow["leftOut"] = [];
  const kept = figures.filter(({ run, figure }) => {
    const reasons = [...figure.doubts];
    if (figure.conditions !== newest.conditions)
      reasons.push(`measured under ${figure.conditions}; the last under ${newest.conditions}`);
    if (reasons.length > 0) leftOut.push({ run, reason: reasons.join("; ") });
    return reasons.length === 0;
  });
  const points = kept.map(({ run, figure: { value, interval, n } }) => ({ run, value, interval, n }));
  const [x, y] = [points.map(({ run }) => run), points.map(({ value }) => value)];
  const base = quantile(sorted(y.slice(0, BASE_RUNS)), 0.5);
  const range = (x.at(-1) ?? 0) - (x[0] ?? 0);
  const share = newest.unit === "share";
  const over = (slope: number): number => (share ? slope * range : relative(slope * range, base));
  const slope = points.length < 2 ? { slope: 0, low: -Infinity, high: Infinity } : theilSen(x, y, CONFIDENCE);
  // A series that never changes cannot be called anything but the same, so it needs no correction (Tarone 1990).
  const testable = points.length >= FEWEST_RUNS && new Set(y).size > 1;
  return {
    group: group.number,
    quantity: newest.quantity,
    scope: newest.scope,
    unit: newest.unit,
    worse: newest.worse,
    points,
    leftOut,
    base,
    change: over(slope.slope),
    interval:
      points.length < FEWEST_RUNS
        ? { low: -Infinity, high: Infinity, confidence: CONFIDENCE }
        : { low: over(slope.low), high: over(slope.high), confidence: CONFIDENCE },
    p: testable ? mannKendall(y).p : undefined,
    effect: share ? SHARE_EFFECT : effect,
    last: placeOf(points, group.runs.length, newest.worse),
  };
}

function decided(row: Tested, p: number | undefined): Pick<TrendRow, "verdict" | "reason"> {
  const { points, interval, change, effect, worse } = row;
  const few = (reason: string): Pick<TrendRow, "verdict" | "reason"> => ({ verdict: "too few runs", reason });
  if (points.length < FEWEST_RUNS) return few(`${points.length} of at least ${FEWEST_RUNS}`);
  if (interval.low >= -effect && interval.high <= effect) return { verdict: "same", reason: "" };
  if (Math.abs(change) <= effect)
    return few(`the interval reaches across ${formatShare(effect)}, the slope does not`);
  if (p === undefined || p >= ALPHA)
    return few(`p = ${(p ?? 1).toPrecision(2)} after correction, ${ALPHA} would decide`);
  return { verdict: change > 0 === (worse === "higher") ? "worse" : "better", reason: "" };
}

const keyOf = ({ quantity, scope }: Figure): string =>
  JSON.stringify([quantity, scope.phase, scope.profile, scope.function, scope.deviceClass]);

function rowsOf(group: GroupedRuns, effect: number): Tested[] {
  const figures = group.members.flatMap((run, index) =>
    run.figures.map((figure): Numbered => ({ run: index + 1, figure })),
  );
  return [...groupBy(figures, ({ figure }) => keyOf(figure)).values()].map((own) =>
    rowOf(group, own, effect),
  );
}

/**
 * What became worse, better or stayed the same over many runs, by their own figures: pure. `same` needs the whole
 * interval of the change within the smallest effect that matters; `worse` and `better` a change beyond it and a p value
 * below 0.05 after Holm's correction over all rows. Whatever is neither has too few runs.
 *
 * @param unread Folders that could not be read as runs, and why.
 */
export function trendOf(
  runs: readonly RunFigures[],
  { effect, unread = [] }: { effect: number; unread?: Trend["excluded"] },
): Trend {
  const whole = ({ broken }: RunFigures): boolean => broken.every(({ phase }) => phase !== undefined);
  const groups = groupRuns(runs.filter(whole));
  const rows = groups.flatMap((group) => rowsOf(group, effect));
  const tested = rows.filter(({ p }) => p !== undefined);
  const corrected = holm(tested.map(({ p }) => p!));
  const pOf = new Map(tested.map((row, index) => [row, corrected[index]!]));
  const order = ({ verdict }: TrendRow): number => TREND_VERDICTS.indexOf(verdict);
  const size = ({ change, unit, worse }: TrendRow): number =>
    (worse === "higher" ? change : -change) * (unit === "share" ? 5 : 1) || 0;
  return {
    effect,
    alpha: ALPHA,
    groups: groups.map(({ members: _members, ...group }) => group),
    excluded: [
      ...unread,
      ...runs.flatMap(({ header, broken }) =>
        broken.map(({ phase, reason }) => ({
          run: header.id,
          reason: phase === undefined ? reason : `${phase}: ${reason}`,
        })),
      ),
    ],
    rows: rows
      .map((row): TrendRow => {
        const p = pOf.get(row);
        return { ...row, p, ...decided(row, p) };
      })
      .toSorted((a, b) => order(a) - order(b) || (size(a) === size(b) ? 0 : size(b) - size(a))),
  };
}
