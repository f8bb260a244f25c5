import { rigError } from "../errors.ts";
import { type Search, type SearchPlan, searchEdge } from "./edge-search.ts";
import type { RecordedTrial, SweepHeader } from "./model.ts";
import type { SweepFolder } from "./sweep-folder.ts";

/** What is tried: one question that is answered with yes or no, at a value of the axis. */
export interface SweepTrial {
  /** Puts the value in force, or says what it is for the trials to come. */
  prepare(x: number): Promise<void>;
  run(): Promise<TrialReport>;
  /** Takes back what `prepare` did, also where it did only half of it. */
  restore(): Promise<void>;
}

export interface TrialReport {
  ok: boolean;
  /** Of what the sweep measures beside; finite. */
  value?: number;
  /** Why the trial says nothing; it is made again. */
  excluded?: string;
  /** For people, one line. */
  detail: string;
}

/** Excluded trials after which there is no use in trying on. */
const MOST_EXCLUDED_AT_ONCE = 5;

export const planOf = (
  { axis, resolution, cap, confidence }: Pick<SweepHeader, "axis" | "resolution" | "cap" | "confidence">,
  budget: number,
): SearchPlan => ({
  ...{ low: axis.low, high: axis.high, whole: axis.whole },
  ...{ resolution, cap, confidence, budget },
});

/** The search as far as recorded trials take it: those that say nothing are left out. */
export const searchOf = (plan: SearchPlan, trials: readonly RecordedTrial[]): Search =>
  searchEdge(
    plan,
    trials.filter(({ excluded }) => excluded === undefined),
  );

export interface SweepOptions {
  folder: SweepFolder;
  /** Trials in all, those of before included; excluded ones come on top, at most half as many. */
  budget: number;
  trial: SweepTrial;
  signal: AbortSignal;
  onTrial?: (trial: RecordedTrial, search: Search) => void;
  now?: () => number;
}

/** Trials without a result, from the last one that had one. */
const excludedAtOnce = (trials: readonly RecordedTrial[]): number =>
  trials.length - 1 - trials.findLastIndex(({ excluded }) => excluded === undefined);

function ensureTelling(trials: readonly RecordedTrial[], budget: number): void {
  const excluded = trials.filter((trial) => trial.excluded !== undefined).length;
  if (excludedAtOnce(trials) < MOST_EXCLUDED_AT_ONCE && excluded <= budget / 2) return;
  throw rigError("SWEEP_EXCLUDED", `${excluded} trials said nothing about the edge`, {
    where: trials.at(-1)?.excluded ?? "",
    expected: `fewer than ${MOST_EXCLUDED_AT_ONCE} in a row, at most half as many as trials in all`,
    fix: "mend what the last one says, then go on with `--resume`",
  });
}

/**
 * Tries until the search is at its end or the signal is aborted, and returns how far it came. Every trial is in the
 * folder before the next begins. Whatever happens, the last value is taken back.
 *
 * @throws EdgeproofError (rig trouble) where too many trials say nothing.
 */
export async function sweep({
  folder,
  budget,
  trial,
  signal,
  onTrial,
  now = Date.now,
}: SweepOptions): Promise<Search> {
  const plan = planOf(folder.header, budget);
  const before = folder.trials.length;
  let prepared: number | undefined;
  let search = searchOf(plan, folder.trials);
  try {
    while (search.next !== undefined && !signal.aborted) {
      const x = search.next;
      if (prepared !== x) {
        if (prepared !== undefined) await trial.restore();
        prepared = x;
        await trial.prepare(x);
      }
      const { ok, value, excluded, detail } = await trial.run();
      const recorded: RecordedTrial = {
        ...{ at: now(), x, ok },
        ...(value === undefined || !Number.isFinite(value) ? {} : { value }),
        ...(excluded === undefined ? {} : { excluded }),
        detail,
      };
      folder.append(recorded);
      search = searchOf(plan, folder.trials);
      onTrial?.(recorded, search);
      ensureTelling(folder.trials.slice(before), budget);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (prepared !== undefined) await trial.restore();
  }
  return search;
}
