import { judge as judgeRun } from "../judge/judge.ts";
import { type Judgement, overallVerdict } from "../judge/judgement.ts";
import { loadObjectives, type Objective, parseObjectives } from "../judge/objective.ts";
import type { RecordedRun, Verdict } from "../record/model.ts";
import { readRun } from "../record/read-run.ts";

/** Reads what `edgeproof run` recorded. */
export const recording = {
  /**
   * A run from its folder: header, events, samples. It is facts only; nothing in it is judged.
   *
   * @param folder Such as `reports/latest`, relative to the working folder.
   * @param samplesOf Phases whose samples are read. @default all of them
   * @throws EdgeproofError (exit code 64) with file and line where the folder is no run, or of another schema
   */
  read: (folder: string, samplesOf?: readonly string[]): RecordedRun => readRun(folder, samplesOf),
};

/** Reads objectives: named limits on measured quantities; see docs/objectives.md. */
export const objectives = {
  /** From a YAML file, relative to the working folder. @throws ConfigError (exit code 64) with everything that is wrong */
  load: (file: string): Objective[] => loadObjectives(file),
  /** From YAML text; `file` is its name in messages. @throws ConfigError (exit code 64) with everything that is wrong */
  parse: (yaml: string, file: string): Objective[] => parseObjectives(yaml, file),
};

/** A run's judgements and the worst of their verdicts. */
export interface Judged {
  /** In the order of the objectives, then of the phases, the functions and the device classes. */
  judgements: Judgement[];
  /** The worst of them: broken, then missed, inconclusive, met. */
  verdict: Verdict;
}

/**
 * Holds a run against objectives. Pure: the same run and objectives give the same judgements, whenever and wherever.
 *
 * @example
 * ```ts
 * const { verdict } = judge(recording.read("reports/latest"), objectives.load("objectives.yaml"));
 * ```
 */
export function judge(run: RecordedRun, wanted: readonly Objective[]): Judged {
  const judgements = judgeRun(run, wanted);
  return { judgements, verdict: overallVerdict(judgements) };
}
