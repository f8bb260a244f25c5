import type { LoadAccount, Phase } from "../record/model.ts";
import type { RequestGroup } from "../record/request-groups.ts";
import type { Evidence } from "./evidence.ts";
import { formatDuration, formatShare } from "./format.ts";
import { expand, measured, type Measured, type ObjectiveOf, type Quantity } from "./measured.ts";
import { functionsIn, missingLoad, ofModel } from "./measure-requests.ts";

/** Of a second's requests so many have to complete for the function to count as available in it. */
const GOOD = 0.99;

/** Below, a second without a request is no sign of anything. */
const EVERY_SECOND = 2;

interface Seconds {
  total: number;
  available: number;
  /** Longest time in a row in which it was not, s. */
  longest: number;
}

/**
 * Seconds of a load by when the requests in them were to start, from its first to its last. One without any request, where
 * the rate asked for at least two, was not available either: none could be started.
 */
function secondsOf(groups: readonly RequestGroup[], rate: number, good: number): Seconds {
  const all = new Map<number, { started: number; completed: number }>();
  for (const group of groups)
    for (const [second, { started, completed }] of group.seconds) {
      const known = all.get(second) ?? { started: 0, completed: 0 };
      all.set(second, { started: known.started + started, completed: known.completed + completed });
    }
  const result: Seconds = { total: 0, available: 0, longest: 0 };
  const [first, last] = [...all.keys()].reduce(
    ([low, high], second) => [Math.min(low, second), Math.max(high, second)],
    [Infinity, -Infinity],
  );
  let down = 0;
  for (let second = first; second <= last; second++) {
    const { started, completed } = all.get(second) ?? { started: 0, completed: 0 };
    if (started === 0 && rate < EVERY_SECOND) continue;
    const isAvailable = started > 0 && completed >= good * started;
    result.total++;
    if (isAvailable) result.available++;
    down = isAvailable ? 0 : down + 1;
    result.longest = Math.max(result.longest, down);
  }
  return result;
}

function availabilityOf(
  { total, available, longest }: Seconds,
  limit: number,
  good: number,
): Partial<Measured> {
  const needed = Math.ceil(1 / (1 - limit));
  const few = `${total} seconds cannot tell ${formatShare(limit)}: at least ${needed} are needed`;
  const gone = `${total - available} of ${total} seconds had fewer than ${formatShare(good)} completed`;
  return {
    value: total === 0 ? undefined : available / total,
    n: total,
    inconclusive: total > 0 && total < needed ? [few] : [],
    notes:
      available === total ? [] : [`${gone}, the longest time in a row ${formatDuration(longest * 1000)}`],
  };
}

/**
 * Share of a load's seconds in which a function was available, as windows of time are counted (Hauer et al., Meaningful
 * Availability, NSDI 2020). It is what happened in that phase, so it has no interval.
 */
export const availability: Quantity<ObjectiveOf<"availability">> = {
  unit: () => "share",
  limitIs: () => "lower",
  timing: () => false,
  load: true,
  title: ({ scope }) => ofModel("availability", scope),
  measure: ({ scope, limit, good = GOOD }, evidence: Evidence, phase: Phase) => {
    const { model = "open" } = scope;
    const functions = functionsIn(evidence, phase, model);
    const names = functions.length === 0 ? [""] : expand(scope.function, functions);
    return names.map((fn): Measured => {
      const isOwn = (one: RequestGroup | LoadAccount): boolean => fn === "" || one.fn === fn;
      const rate = evidence
        .accountsOf(phase.name, model)
        .filter(isOwn)
        .reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
      const seconds = secondsOf(evidence.requestsOf(phase.name, model).filter(isOwn), rate, good);
      return measured({
        function: fn,
        broken: missingLoad(functions, fn, phase),
        ...availabilityOf(seconds, limit, good),
      });
    });
  },
};
