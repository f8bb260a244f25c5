import { CHANGES, type Finding, type RunComparison } from "../compare/comparison.ts";
import { decide } from "../compare/decide.ts";
import { differences } from "../compare/differences.ts";
import { usageError } from "../errors.ts";
import type { Figure, RunFigures } from "../trend/model.ts";
import { ALPHA, FEWEST } from "./model.ts";
import { average, doubtsOf, effectFor, keyOf, mean, scaleOf, squares, tested } from "./values.ts";

type Side = "base" | "head";

/** Values of one quantity, of the runs in which it counts. */
interface Row {
  figure: Figure;
  values: Record<Side, number[]>;
  leftOut: string[];
}

/** Of shares of what went well the rest, so that more is worse of every quantity. */
const asWorse = (figure: Figure): Figure | undefined => {
  if (figure.worse === "higher") return figure;
  return figure.unit === "share"
    ? { ...figure, quantity: `missing ${figure.quantity}`, worse: "higher", value: 1 - figure.value }
    : undefined;
};

function rowsOf(sides: Record<Side, readonly RunFigures[]>): Row[] {
  const rows = new Map<string, Row>();
  // The newest run says under which load figures have to be: it comes first.
  for (const side of ["head", "base"] as const)
    for (const run of sides[side].toReversed())
      for (const raw of run.figures) {
        const figure = asWorse(raw);
        const scale = figure && scaleOf(figure);
        if (!figure || !scale) continue;
        const row = rows.get(keyOf(figure)) ?? { figure, values: { base: [], head: [] }, leftOut: [] };
        rows.set(keyOf(figure), row);
        const reasons = doubtsOf(run, figure);
        if (figure.conditions !== row.figure.conditions)
          reasons.push(`measured under ${figure.conditions}; the last under ${row.figure.conditions}`);
        const value = scale.to(figure.value);
        if (!Number.isFinite(value)) reasons.push("it never happened");
        if (reasons.length === 0) row.values[side].push(value);
        else row.leftOut.push(`left out of ${side}: ${run.header.id} (${reasons.join("; ")})`);
      }
  return [...rows.values()];
}

/** Student's test of two samples, for runs without a change scatter alike on either side. */
function findingOf({ figure, values: { base, head }, leftOut }: Row, effect: number): Finding {
  const { quantity, scope, unit } = figure;
  const scale = scaleOf(figure)!;
  const finding = {
    ...{ quantity, scope, unit, effect: effectFor(unit, effect), notes: leftOut },
    ...{
      base: average(base, scale),
      head: average(head, scale),
      samples: { base: base.length, head: head.length },
    },
  };
  const few = (["base", "head"] as const).filter((side) => finding.samples[side] < FEWEST);
  if (few.length > 0) {
    const doubts = few.map((side) => `${side}: ${finding.samples[side]} of at least ${FEWEST} runs`);
    return { ...finding, change: undefined, interval: undefined, p: undefined, doubts };
  }
  const freedom = base.length + head.length - 2;
  const variance = (squares(base) + squares(head)) / freedom;
  const error = Math.sqrt(variance * (1 / base.length + 1 / head.length));
  const difference = mean(head) - mean(base);
  const doubts = error === 0 && difference !== 0 ? ["the runs of each side do not differ at all"] : [];
  return { ...finding, ...tested(difference, { error, freedom, scale }), doubts };
}

const named = (runs: readonly RunFigures[]): string =>
  runs.length === 1
    ? runs[0]!.header.id
    : `${runs.length} runs, ${runs[0]!.header.id} to ${runs.at(-1)!.header.id}`;

const byStart = (runs: readonly RunFigures[]): RunFigures[] =>
  runs.toSorted((a, b) => a.header.startedAt - b.header.startedAt);

const whole = ({ broken }: RunFigures): boolean => broken.every(({ phase }) => phase !== undefined);

/** Runs of one side that differ in more than what was measured. */
const within = (side: Side, runs: readonly RunFigures[]): string[] => {
  const last = runs.at(-1)!.header;
  const found = new Set(runs.flatMap(({ header }) => differences(header, last)));
  return [...found].map((what) => `within ${side}: ${what}`);
};

/**
 * Holds many runs against many: of each quantity one value a run, so that the scatter between runs is in the verdict, which
 * two runs know nothing of. Times by the ratio of their geometric means, shares by their difference; 95 % intervals and p
 * values by Student's test of two samples with a common variance (Student 1908; Fisher 1925), Holm's correction over all
 * rows. Usage error (exit 64) for runs of different suites.
 */
export function compareGroups(
  bases: readonly RunFigures[],
  heads: readonly RunFigures[],
  { effect, alpha = ALPHA }: { effect: number; alpha?: number },
): RunComparison {
  const all = { base: byStart(bases), head: byStart(heads) };
  const suites = new Set([...bases, ...heads].map(({ header }) => header.suite));
  if (suites.size > 1)
    throw usageError("compare-suites", `these are runs of different suites: ${[...suites].join(", ")}`, {
      where: named([...all.base, ...all.head]),
      expected: "several runs of one suite on each side",
      fix: "name runs of one suite, such as 'reports/runs/*-functions'",
    });
  const sides = { base: all.base.filter(whole), head: all.head.filter(whole) };
  const comparisons = decide(
    rowsOf(sides).map((row) => findingOf(row, effect)),
    alpha,
  );
  const unfit = [...all.base, ...all.head].flatMap(({ header, broken }) =>
    broken.map(({ phase, reason }) => `left out: ${header.id}${phase ? `, ${phase}` : ""}: ${reason}`),
  );
  const empty = (["base", "head"] as const).filter((side) => sides[side].length === 0);
  return {
    ...{ base: named(all.base), head: named(all.head), effect, alpha, seed: 0 },
    differs: [
      ...differences(all.base.at(-1)!.header, all.head.at(-1)!.header),
      ...within("base", all.base),
      ...within("head", all.head),
    ],
    unmatched: unfit,
    broken: empty.map((side) => `${side}: no run of it counts`),
    comparisons: comparisons.toSorted((a, b) => CHANGES.indexOf(a.verdict) - CHANGES.indexOf(b.verdict)),
  };
}

/** Chance of even one false alarm in `lastAgainstEarlier`; larger than elsewhere, as in trends: few runs hardly reach 0.01. */
const STEP_ALPHA = 0.05;

/** Runs on either side of a step at most: the oldest, and the newest. */
const MOST = 12;

/**
 * Whether the last runs of a series, however many of them, differ from those before: each split that leaves three runs a side is
 * tested, with an equal part of the chance of a false alarm (Bonferroni). Resolves with the split that shows a change most
 * surely, or the last three runs against the earlier ones where none does. Undefined below six runs. Oldest first.
 */
export function lastAgainstEarlier(
  runs: readonly RunFigures[],
  { effect }: { effect: number },
): RunComparison | undefined {
  const splits = Math.min(MOST, runs.length - FEWEST) - FEWEST + 1;
  if (splits < 1) return undefined;
  const alpha = STEP_ALPHA / splits;
  const compared = Array.from({ length: splits }, (_, index) => {
    const heads = FEWEST + index;
    return compareGroups(runs.slice(0, -heads).slice(0, MOST), runs.slice(-heads), { effect, alpha });
  });
  const surest = ({ comparisons }: RunComparison): number =>
    Math.min(
      1,
      ...comparisons
        .filter(({ verdict }) => verdict === "worse" || verdict === "better")
        .map(({ p = 1 }) => p),
    );
  return compared.toSorted((a, b) => surest(a) - surest(b))[0];
}
