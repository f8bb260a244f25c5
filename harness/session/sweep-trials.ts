import type { Topology } from "../config/model.ts";
import { didYouMean } from "../config/did-you-mean.ts";
import { usageError } from "../errors.ts";
import type { Rig } from "../rig/rig.ts";
import type { Axis } from "../sweep/axis.ts";
import type { TrialValue } from "../sweep/model.ts";
import type { SweepTrial } from "../sweep/sweep.ts";
import { coldStartSubject } from "./cold-start-trial.ts";
import { scenarioSubject } from "./scenario-trial.ts";
import { isScenarioFile, loadSuites } from "./suite-catalog.ts";

/** What a trial has of the sweep that it belongs to. */
export interface TrialContext {
  rig: Rig;
  axis: Axis;
  seed: number;
  /** The sweep's own, for whatever trials record. */
  folder: string;
  signal: AbortSignal;
  say: (message: string) => void;
}

export interface SubjectOptions {
  axis: Axis;
  seed: number;
  /** Of a rig that is up, instead of the suite's own. */
  topology?: string | Topology | undefined;
}

/** What can be swept: known before a rig is up, tried once it is. */
export interface SweepSubject {
  /** The suite's name; of a scenario's file, the scenario's. */
  name: string;
  /** What has to be up. */
  topology: Topology;
  /** What trials measure beside success or failure; undefined where nothing. */
  value: TrialValue | undefined;
  /** Makes the trial on the rig; called once a sweep. What it opens is closed by disposing it. */
  open(context: TrialContext): Promise<SweepTrial & Partial<AsyncDisposable>>;
}

type Sweepable = (options: SubjectOptions) => Promise<SweepSubject>;

/** Suites whose trials are code of their own, such as cold starts; all of one scenario share the generic trial. */
const OWN: Readonly<Record<string, Sweepable>> = { "cold-start": coldStartSubject };

/** Names of the suites that can be swept. */
export const sweepableSuites = (): string[] => [
  ...Object.keys(OWN),
  ...Object.entries(loadSuites()).flatMap(([name, entry]) =>
    "scenarios" in entry && entry.scenarios.length === 1 ? [name] : [],
  ),
];

/**
 * What is to be tried of a suite, or of the file of a scenario.
 *
 * @throws EdgeproofError (usage) where that cannot be swept, or not along this axis; nothing was touched.
 */
export async function sweepSubject(suite: string, options: SubjectOptions): Promise<SweepSubject> {
  const own = Object.hasOwn(OWN, suite) ? OWN[suite] : undefined;
  if (own) return own(options);
  const suites = sweepableSuites();
  if (isScenarioFile(suite) || suites.includes(suite)) return scenarioSubject(suite, options);
  const near = didYouMean(suite, suites);
  throw usageError("sweep-suite", `\`${suite}\` cannot be swept`, {
    where: "--suite",
    expected: `one of ${suites.join(", ")}, or the file of a scenario`,
    ...(near === undefined ? {} : { fix: near }),
  });
}
