import { spread } from "./estimate.ts";
import { SCORES, type Characterization, type Estimate, type ScoreName } from "./model.ts";

/** Half-width of an interval, as a share, above which a rate says little. */
const NOISY_SPREAD = 0.25;

/** A figure as people read it: `5.2 k`, `3.1 G`, `0.98`. */
export function formatAmount(value: number): string {
  const size = Math.abs(value);
  const steps = ["", " k", " M", " G", " T"];
  const step = size < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(size) / 3));
  return `${Number((value / 1000 ** step).toPrecision(3))}${steps[step]}`;
}

/** `5.2 k [5.1 k, 5.3 k]`; without an interval the number of samples that did not suffice for one. */
export function estimateText(estimate: Estimate | undefined, format = formatAmount): string {
  if (!estimate) return "not measured";
  const { value, low, high, n } = estimate;
  if (low === undefined && high === undefined) return `${format(value)} (n=${n})`;
  return `${format(value)} [${low === undefined ? "?" : format(low)}, ${high === undefined ? "?" : format(high)}]`;
}

/** Rates that are known too badly to be used, in words. A disk's tail has too few writes for an interval, and says so. */
const noisyScores = ({ nodes }: Pick<Characterization, "nodes">): string[] =>
  nodes.flatMap(({ node, scores }) =>
    Object.entries(scores).flatMap(([name, estimate]) => {
      const rate = SCORES[name as ScoreName].unit.endsWith("/s");
      return rate && spread(estimate) > NOISY_SPREAD ? [`${node} ${name} ${estimateText(estimate)}`] : [];
    }),
  );

/** Kernels that came to something else on one node than on another: a machine that computes wrongly. */
export function differingChecksums({ nodes }: Pick<Characterization, "nodes">): string[] {
  const [first, ...others] = nodes;
  return others.flatMap(({ node, checksums }) =>
    Object.entries(checksums)
      .filter(([kernel, sum]) => first!.checksums[kernel] !== sum)
      .map(([kernel]) => `${kernel} on ${node} and ${first!.node}`),
  );
}

/** What the result leaves open, in words: rates that are too noisy, and what was not measured. */
export const openFigures = (found: Characterization): string[] => [
  ...noisyScores(found).map((which) => `not known to ${NOISY_SPREAD * 100} %: ${which}`),
  ...found.pairs.flatMap(({ from, to, notes }) => notes.map((note) => `${from} -> ${to}: ${note}`)),
];
