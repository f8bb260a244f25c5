import type { RunFigures } from "../trend/model.ts";
import { evaluate, firstSide } from "./evaluate.ts";
import {
  FEWEST,
  isDecided,
  type Repetition,
  type RepeatEnd,
  type RepeatPlan,
  type RepeatResult,
} from "./model.ts";

type Side = "base" | "head";

export interface RepeatOptions {
  plan: RepeatPlan;
  signal: AbortSignal;
  /** Makes one run of a side, and resolves with its folder and figures. */
  run(side: Side, repetition: number): Promise<RunFigures>;
  /** After each repetition, with what is known then. */
  onRepetition(result: RepeatResult): void;
  /** ms since the epoch. @default Date.now */
  now?: () => number;
}

function sidesOf({ head }: RepeatPlan, repetition: number): Side[] {
  if (!head) return ["base"];
  return firstSide(repetition) === "base" ? ["base", "head"] : ["head", "base"];
}

/** Repeats until all rows are decided, or what may be spent is. */
export async function repeat(options: RepeatOptions): Promise<RepeatResult> {
  const { plan, signal, now = Date.now } = options;
  const bases: RunFigures[] = [];
  const heads: RunFigures[] = [];
  const repetitions: Repetition[] = [];
  const result = (ended: RepeatEnd | undefined): RepeatResult => ({
    ...{ plan, repetitions: [...repetitions], ended },
    rows: evaluate(plan, bases, plan.head ? heads : undefined),
  });
  for (let number = 0; number < plan.most; number++) {
    if (now() - plan.startedAt > plan.budgetMs) return result("time spent");
    const made: Partial<Record<Side, RunFigures>> = {};
    for (const side of sidesOf(plan, number)) {
      if (signal.aborted) return result("interrupted");
      made[side] = await options.run(side, number);
    }
    if (signal.aborted) return result("interrupted");
    bases.push(made.base!);
    if (made.head) heads.push(made.head);
    repetitions.push({ base: made.base!.folder, ...(made.head ? { head: made.head.folder } : {}) });
    const so = result(undefined);
    options.onRepetition(so);
    if (number + 1 >= FEWEST && so.rows.length > 0 && so.rows.every(isDecided))
      return { ...so, ended: "decided" };
  }
  return result("repetitions spent");
}
