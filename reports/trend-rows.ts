import { formatValue } from "../harness/judge/format.ts";
import type { Trend, TrendRow } from "../harness/trend/model.ts";
import { signedChange } from "./signed-change.ts";

/** Sign, ANSI colour and class of each verdict; the word is always there too, colour only repeats it. */
export const TREND_STYLE: Record<TrendRow["verdict"], { sign: string; colour: number; className: string }> = {
  worse: { sign: "✗", colour: 31, className: "missed" },
  "too few runs": { sign: "?", colour: 33, className: "inconclusive" },
  better: { sign: "✓", colour: 32, className: "met" },
  same: { sign: "=", colour: 32, className: "met" },
};

/** The row's figure of each run of its group; undefined where it has none that counts. */
export const valuesByRun = ({ points, group }: TrendRow, { groups }: Trend): (number | undefined)[] => {
  const runs = groups.find(({ number }) => number === group)?.runs.length ?? 0;
  const values = new Map(points.map(({ run, value }) => [run, value]));
  return Array.from({ length: runs }, (_, index) => values.get(index + 1));
};

const bounded = ({ low, high }: { low: number; high: number }, text: (value: number) => string): string =>
  low === -Infinity && high === Infinity ? "" : ` [${text(low)}, ${text(high)}]`;

/** Such as `+12 % [+8.1 %, +15 %]`. */
export const changeText = ({ points, change, interval, unit }: TrendRow): string =>
  points.length < 2
    ? "none"
    : `${signedChange(change, unit)}${bounded(interval, (value) => signedChange(value, unit))}`;

/** First or last value in words. */
export const endText = ({ points, unit }: TrendRow, which: 0 | -1): string => {
  const point = points.at(which);
  return point === undefined ? "none" : formatValue(point.value, unit);
};

export const pText = (p: number | undefined): string =>
  p === undefined ? "" : p < 0.0001 ? "<0.0001" : p.toFixed(4);

/** Where the last run lies, in words that fit a column. */
export const lastText = ({ last }: TrendRow): string =>
  last === undefined ? "no figure" : last.place === "within" ? "in range" : last.place;
