import type { Evidence } from "../../../harness/judge/evidence.ts";
import { sorted } from "../../../harness/judge/quantile.ts";
import { groupBy } from "../../../harness/record/group-by.ts";
import type { LoadModel, Sample } from "../../../harness/record/model.ts";

/** Completed requests of one phase, of one device class or of all. */
export interface Curve {
  /** Device class; `all` or `baseline` else. */
  name: string;
  /** Ascending, ms. */
  durations: Float64Array;
  /** What the shares are of: of `all` every request, so that its curve ends below 100 % where some did not complete. */
  n: number;
}

/** One function in one phase. */
export interface Distribution {
  phase: string;
  profile: string;
  model: LoadModel;
  all: Curve;
  classes: Curve[];
  /** The same of the baseline's run, where it has the phase. */
  baseline: Curve | undefined;
}

const curve = (name: string, samples: readonly Sample[]): Curve => {
  const completed = samples.filter(({ outcome }) => outcome === "completed");
  return { name, durations: sorted(completed.map(({ durationMs }) => durationMs)), n: samples.length };
};

const classCurves = (samples: readonly Sample[]): Curve[] =>
  [...groupBy(samples, ({ deviceClass }) => deviceClass)]
    .filter(([name]) => name !== "")
    .map(([name, own]) => curve(name, own))
    // A request that did not complete has no class, so shares of a class are of its completed ones.
    .map(({ name, durations }) => ({ name, durations, n: durations.length }))
    .filter(({ n }) => n > 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** By function: the distributions of its phases, in the order of the run. A closed load is apart from an open one. */
export const distributionsOf = (
  evidence: Evidence,
  samples: readonly Sample[],
  baseline: readonly Sample[] = [],
): Map<string, Distribution[]> => {
  const keyOf = ({ phase, fn, model }: Sample): string => `${fn} ${phase} ${model ?? "open"}`;
  const own = groupBy(samples, keyOf);
  const before = groupBy(baseline, keyOf);
  const functions = [...new Set(samples.map(({ fn }) => fn))].toSorted();
  return new Map(
    functions.map((fn) => [
      fn,
      evidence.phases.flatMap(({ name: phase, profile }) =>
        (["open", "closed"] as const).flatMap((model): Distribution[] => {
          const found = own.get(`${fn} ${phase} ${model}`);
          if (!found) return [];
          const all = curve("all", found);
          if (all.durations.length === 0) return [];
          const other = before.get(`${fn} ${phase} ${model}`);
          const base = other && curve("baseline", other);
          return [
            {
              ...{ phase, profile, model, all, classes: classCurves(found) },
              baseline: base && base.durations.length > 0 ? base : undefined,
            },
          ];
        }),
      ),
    ]),
  );
};
