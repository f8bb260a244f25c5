import type { LoadModel, Phase } from "../record/model.ts";
import { startedOf, type RequestGroup } from "../record/request-groups.ts";
import type { Evidence } from "./evidence.ts";
import { formatShare } from "./format.ts";
import { expand, measured, type Measured, type ObjectiveOf, type Quantity } from "./measured.ts";
import { isAt, isEverywhere, type Place, places } from "./places.ts";
import { OrderedUnion } from "./ordered.ts";
import { minimumTrials, proportionInterval } from "./proportion.ts";
import { estimateQuantile, minimumSamples } from "./quantile.ts";

type Scoped = ObjectiveOf<"response-time" | "error-rate">;

interface Group {
  function: string;
  place: Place;
  /** Requests that are known to belong here. */
  own: RequestGroup[];
  started: number;
  errors: number;
  /** Requests that got no answer, hence come from no known node, and may belong here. */
  unattributed: number;
  broken: string[];
}

/** Functions that were under load in a phase. */
export const functionsIn = (evidence: Evidence, phase: Phase, model: LoadModel): string[] =>
  [...new Set(evidence.accountsOf(phase.name, model).map(({ fn }) => fn))].toSorted();

export const missingLoad = (functions: readonly string[], fn: string, phase: Phase): string[] => {
  if (functions.length === 0) return [`there was no load in ${phase.name}`];
  return fn === "" || functions.includes(fn) ? [] : [`there was no load on ${fn} in ${phase.name}`];
};

const addErrors = (sum: number, { failed, timedOut }: RequestGroup): number => sum + failed + timedOut;

const groups = ({ scope }: Scoped, evidence: Evidence, phase: Phase): Group[] => {
  const { model = "open" } = scope;
  const functions = functionsIn(evidence, phase, model);
  const names = functions.length === 0 ? [""] : expand(scope.function, functions);
  return names.flatMap((fn) => {
    const all = evidence.requestsOf(phase.name, model).filter((group) => fn === "" || group.fn === fn);
    const unattributed = all.filter((group) => group.deviceClass === "").reduce(addErrors, 0);
    return places(scope, evidence).map((place): Group => {
      const own = all.filter((group) => isAt(group, place, evidence));
      return {
        function: fn,
        place,
        own,
        started: own.reduce((sum, group) => sum + startedOf(group), 0),
        errors: own.reduce(addErrors, 0),
        unattributed: isEverywhere(place) ? 0 : unattributed,
        broken: missingLoad(functions, fn, phase),
      };
    });
  });
};

const notesOf = ({ started, errors, unattributed, place }: Group): string[] => {
  const notes: string[] = [];
  if (errors > 0) notes.push(`${errors} of ${started} did not complete`);
  if (unattributed > 0)
    notes.push(
      `${unattributed} without an answer, from an unknown ${place.deviceClass === "" ? "node" : "class"}, held against the upper end`,
    );
  return notes;
};

const labelsOf = ({ function: fn, place, broken }: Group) => ({ function: fn, ...place, broken });

export const ofModel = (title: string, { model = "open" }: { model?: LoadModel }): string =>
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
    groups(objective, evidence, phase).map((group): Measured => {
      const { own, errors, unattributed } = group;
      const q = PERCENTILES[objective.percentile];
      const durations = own.flatMap(({ completed }) => completed);
      const best = estimateQuantile(new OrderedUnion(durations, errors), q);
      const worst =
        unattributed === 0 ? best : estimateQuantile(new OrderedUnion(durations, errors + unattributed), q);
      return measured({
        ...labelsOf(group),
        value: best.n === 0 ? undefined : best.value,
        interval: { low: best.low, high: worst.high },
        n: best.n,
        needed: minimumSamples(q),
        notes: notesOf(group),
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
    groups(objective, evidence, phase).map((group): Measured => {
      const { started: n, errors, unattributed: lost } = group;
      return measured({
        ...labelsOf(group),
        value: n === 0 ? undefined : errors / n,
        interval: {
          low: proportionInterval(errors, n).low,
          high: proportionInterval(errors + lost, n + lost).high,
        },
        n,
        needed: minimumTrials(objective.limit),
        notes: notesOf(group),
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
