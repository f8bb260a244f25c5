import type { ColdStart, Phase } from "../record/model.ts";
import type { Evidence } from "./evidence.ts";
import { expand, measured, type Measured, type ObjectiveOf, type Quantity } from "./measured.ts";
import { PERCENTILES } from "./measure-requests.ts";
import { estimateQuantile, minimumSamples, sorted } from "./quantile.ts";

type Objective = ObjectiveOf<"cold-start">;

const timeOf = ({ outcome, durationMs }: ColdStart): number =>
  outcome === "completed" ? durationMs : Infinity;

/**
 * One that was not answered has no device class: it counts against each class, as it may have been any's.
 */
function measureOne(
  { percentile }: Objective,
  all: readonly ColdStart[],
  fn: string,
  deviceClass: string,
): Measured {
  const within = all.filter(
    (one) =>
      (fn === "" || one.fn === fn) &&
      (deviceClass === "" || one.deviceClass === deviceClass || one.deviceClass === ""),
  );
  const own = within.filter(({ excluded }) => excluded === "");
  const labels = { function: fn, deviceClass };
  const notes: string[] = [];
  const others = within.length - own.length;
  if (others > 0)
    notes.push(
      `${others} of ${within.length} were no cold starts: ${within.find(({ excluded }) => excluded !== "")?.excluded}`,
    );
  const lost = own.filter(({ outcome }) => outcome !== "completed").length;
  if (lost > 0) notes.push(`${lost} of ${own.length} were not answered`);
  if (own.length === 0) return measured({ ...labels, notes, inconclusive: ["there was no cold start"] });
  const times = sorted(own.map(timeOf));
  if (percentile === "worst") return measured({ ...labels, value: times.at(-1)!, n: own.length, notes });
  const q = PERCENTILES[percentile];
  const { value, low, high, n } = estimateQuantile(times, q);
  return measured({ ...labels, value, interval: { low, high }, n, needed: minimumSamples(q), notes });
}

/** Time of requests that found no pod, those aside that a pod older than the request answered. */
export const coldStartTime: Quantity<Objective> = {
  unit: () => "ms",
  limitIs: () => "upper",
  timing: () => true,
  load: false,
  title: ({ percentile }) => `${percentile} cold start`,
  measure: (objective, evidence: Evidence, phase: Phase) => {
    const own = evidence.coldStarts.filter((one) => one.phase === phase.name);
    if (own.length === 0) return [measured({ broken: [`no cold start was recorded in ${phase.name}`] })];
    const functions = expand(objective.scope.function, [...new Set(own.map(({ fn }) => fn))].toSorted());
    // A class on which no pod was started has no cold start to be judged.
    const classes = expand(
      objective.scope.deviceClass,
      [...new Set(own.map(({ deviceClass }) => deviceClass))].filter((name) => name !== "").toSorted(),
    );
    return functions.flatMap((fn) =>
      (classes.length === 0 ? [""] : classes).map((name) => measureOne(objective, own, fn, name)),
    );
  },
};
