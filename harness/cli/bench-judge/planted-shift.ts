import type { Measured } from "../../../chaos/bench/figure.ts";
import { compareRuns } from "../../compare/compare.ts";
import type { Comparison } from "../../compare/comparison.ts";
import { syntheticRun } from "./synthetic-run.ts";
import { syntheticTimes, type Kind } from "./synthetic-times.ts";

const PLANTED = 1.1;
const EFFECT = 0.05;

/** Seeds of a trial's two runs: no run is used twice. */
const compared = (kind: Kind, samples: number, trial: number, factor: number): Comparison[] => {
  const seed = 4 * trial + (factor === 1 ? 0 : 2);
  const base = syntheticRun(syntheticTimes(kind, samples, seed));
  const head = syntheticRun(syntheticTimes(kind, samples, seed + 1, factor));
  return compareRuns(base, head, { effect: EFFECT, seed: trial + 1 }).comparisons;
};

const count = (trials: number, holds: (trial: number) => boolean): number =>
  Array.from({ length: trials }, (_, trial) => holds(trial)).filter(Boolean).length;

/** In how many trials a median that is 10 % longer is called worse. */
export function foundShifts(kind: Kind, samples: number, trials: number, target: boolean): Measured {
  const found = count(trials, (trial) =>
    compared(kind, samples, trial, PLANTED).some(
      ({ quantity, verdict }) => quantity === "p50" && verdict === "worse",
    ),
  );
  const least = Math.ceil(0.95 * trials);
  return {
    group: "found",
    what: `+10 % of the median, ${kind}, ${samples} samples`,
    measured: found,
    unit: `of ${trials}`,
    ...(target ? { target: `at least ${least}`, met: found >= least } : {}),
  };
}

/** In how many trials without a change anything at all is called worse or better. */
export function falseAlarms(kind: Kind, samples: number, trials: number): Measured {
  const alarms = count(trials, (trial) =>
    compared(kind, samples, trial, 1).some(({ verdict }) => verdict === "worse" || verdict === "better"),
  );
  const most = Math.floor(trials / 100);
  return {
    group: "false alarm",
    what: `no change, ${kind}, ${samples} samples`,
    measured: alarms,
    unit: `of ${trials}`,
    target: `at most ${most}`,
    met: alarms <= most,
  };
}
