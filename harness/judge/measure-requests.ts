import type { LoadModel, Phase, Sample } from "../record/model.ts";
import type { Evidence } from "./evidence.ts";
import { formatShare } from "./format.ts";
import { expand, measured, type Measured, type ObjectiveOf, type Quantity } from "./measured.ts";
import { minimumTrials, proportionInterval } from "./proportion.ts";
import { estimateQuantile, minimumSamples, sorted } from "./quantile.ts";

type Scoped = ObjectiveOf<"response-time" | "error-rate">;

interface Group {
  function: string;
  deviceClass: string;
  /** Samples that are known to belong here. */
  own: Sample[];
  /** Requests that got no answer, hence have no device class, and may belong here. */
  unattributed: number;
  broken: string[];
}

/** Functions that were under load in a phase. */
const functionsIn = (evidence: Evidence, phase: Phase, model: LoadModel): string[] =>
  [...new Set(evidence.accountsOf(phase.name, model).map(({ fn }) => fn))].toSorted();

const missingLoad = (functions: readonly string[], fn: string, phase: Phase): string[] => {
  if (functions.length === 0) return [`there was no load in ${phase.name}`];
  return fn === "" || functions.includes(fn) ? [] : [`there was no load on ${fn} in ${phase.name}`];
};

const groups = ({ scope }: Scoped, evidence: Evidence, phase: Phase): Group[] => {
  const { model = "open" } = scope;
  const functions = functionsIn(evidence, phase, model);
  const names = functions.length === 0 ? [""] : expand(scope.function, functions);
  return names.flatMap((fn) => {
    const samples = evidence.samplesOf(phase.name, model).filter((sample) => fn === "" || sample.fn === fn);
    return expand(scope.deviceClass, evidence.deviceClasses).map((deviceClass): Group => {
      const own = deviceClass === "" ? samples : samples.filter((one) => one.deviceClass === deviceClass);
      const nobodys = samples.filter((one) => one.deviceClass === "" && one.outcome !== "completed");
      return {
        function: fn,
        deviceClass,
        own,
        unattributed: deviceClass === "" ? 0 : nobodys.length,
        broken: missingLoad(functions, fn, phase),
      };
    });
  });
};

const notesOf = (own: readonly Sample[], unattributed: number): string[] => {
  const failed = own.filter(({ outcome }) => outcome !== "completed").length;
  const notes: string[] = [];
  if (failed > 0) notes.push(`${failed} of ${own.length} did not complete`);
  if (unattributed > 0)
    notes.push(`${unattributed} without an answer, from an unknown class, held against the upper end`);
  return notes;
};

const ofModel = (title: string, { model = "open" }: Scoped["scope"]): string =>
  model === "open" ? title : `${title} (closed model)`;

export const PERCENTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/**
 * A request that did not complete counts as infinitely slow: an objective on response time must not get better by
 * failing. Failures without an answer have no device class; a class is judged by the worst and the best case, all of
 * them its own or none of them, as bounds on a partly observed sample (Manski, Partial Identification of Probability
 * Distributions, 2003).
 */
export const responseTime: Quantity<ObjectiveOf<"response-time">> = {
  unit: () => "ms",
  limitIs: () => "upper",
  timing: () => true,
  load: true,
  title: ({ percentile, scope }) => ofModel(percentile, scope),
  measure: (objective, evidence, phase) =>
    groups(objective, evidence, phase).map(({ own, unattributed, ...labels }): Measured => {
      const q = PERCENTILES[objective.percentile];
      const durations = own.map((one) => (one.outcome === "completed" ? one.durationMs : Infinity));
      const best = estimateQuantile(sorted(durations), q);
      const lost = Array.from({ length: unattributed }, () => Infinity);
      const worst = unattributed === 0 ? best : estimateQuantile(sorted([...durations, ...lost]), q);
      return measured({
        ...labels,
        value: best.n === 0 ? undefined : best.value,
        interval: { low: best.low, high: worst.high },
        n: best.n,
        needed: minimumSamples(q),
        notes: notesOf(own, unattributed),
      });
    }),
};

/** Of the requests that were started; those that were not are in the throughput. */
export const errorRate: Quantity<ObjectiveOf<"error-rate">> = {
  unit: () => "share",
  limitIs: () => "upper",
  timing: () => false,
  load: true,
  title: ({ scope }) => ofModel("errors", scope),
  measure: (objective, evidence, phase) =>
    groups(objective, evidence, phase).map(({ own, unattributed: lost, ...labels }): Measured => {
      const n = own.length;
      const errors = own.filter(({ outcome }) => outcome !== "completed").length;
      return measured({
        ...labels,
        value: n === 0 ? undefined : errors / n,
        interval: {
          low: proportionInterval(errors, n).low,
          high: proportionInterval(errors + lost, n + lost).high,
        },
        n,
        needed: minimumTrials(objective.limit),
        notes: notesOf(own, lost),
      });
    }),
};

const perSecond = (rate: number): string => `${Number(rate.toFixed(2))}/s`;

export const throughput: Quantity<ObjectiveOf<"throughput">> = {
  unit: () => "share",
  limitIs: () => "lower",
  timing: () => false,
  load: true,
  title: () => "goodput",
  measure: (objective, evidence, phase) => {
    const functions = functionsIn(evidence, phase, "open");
    const names = functions.length === 0 ? [""] : expand(objective.scope.function, functions);
    return names.map((fn): Measured => {
      const accounts = evidence.accountsOf(phase.name).filter((account) => fn === "" || account.fn === fn);
      const total = (of: (account: (typeof accounts)[number]) => number): number =>
        accounts.reduce((sum, account) => sum + of(account), 0);
      const offered = total((account) => account.offered);
      const completed = total((account) => account.completed);
      const dropped = total((account) => account.dropped);
      const goodput = total((account) => (account.completed * 1000) / account.durationMs);
      const rate = total((account) => account.ratePerSecond);
      const notes = offered === 0 ? [] : [`${perSecond(goodput)} of ${perSecond(rate)}`];
      if (dropped > 0) notes.push(`${dropped} (${formatShare(dropped / offered)}) were never started`);
      return measured({
        function: fn,
        value: offered === 0 ? undefined : completed / offered,
        interval: proportionInterval(completed, offered),
        n: offered,
        needed: minimumTrials(1 - objective.limit),
        notes,
        broken: missingLoad(functions, fn, phase),
      });
    });
  },
};
