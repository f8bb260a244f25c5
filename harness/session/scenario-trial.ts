import { messageOf, rigError } from "../errors.ts";
import { evidenceOf } from "../judge/evidence.ts";
import { ACROSS_LIMIT, judge, objectiveUnit } from "../judge/judge.ts";
import { describeReceived, failsRun, type Judgement } from "../judge/judgement.ts";
import type { Objective } from "../judge/objective.ts";
import type { RecordedRun, RunHeader } from "../record/model.ts";
import { readRun } from "../record/read-run.ts";
import { RunRecorder } from "../record/run-folder.ts";
import type { Rig } from "../rig/rig.ts";
import type { Scenario } from "../scenario/model.ts";
import { withValue } from "../scenario/vary.ts";
import { axisText } from "../sweep/axis.ts";
import type { SweepTrial, TrialReport } from "../sweep/sweep.ts";
import { loadSuite, type Suite } from "./load-suite.ts";
import { planFaults } from "./plan-faults.ts";
import { commit, runHeader } from "./run-header.ts";
import { runScenario } from "./run-scenario.ts";
import { Session } from "./session.ts";
import type { SubjectOptions, SweepSubject, TrialContext } from "./sweep-trials.ts";
import { wanFacts } from "./wan-facts.ts";

/** Not met for a reason that has nothing to do with the rig or the host: its own figure was too scattered, or too large. */
const failed = (one: Judgement): boolean =>
  failsRun(one) &&
  (one.verdict === "missed" || (one.verdict === "inconclusive" && one.reason.startsWith(ACROSS_LIMIT)));

/** What is plotted beside the successes: the first objective about the fault phase, else the first of all. */
const plotted = ({ objectives, fault }: Scenario): Objective | undefined =>
  objectives.find(({ scope }) => scope.phase === fault.name) ?? objectives[0];

const valueOf = (judgements: readonly Judgement[], objective: string | undefined): { value?: number } => {
  const received = judgements.find((one) => one.objective === objective)?.received;
  return received !== undefined && Number.isFinite(received) ? { value: received } : {};
};

/**
 * A scenario's run as one trial. A success: every objective was met. A failure: one was missed or not shown to be met, or
 * a guard rail had to end it. Trouble, too few samples and a busy host say nothing.
 */
export function scenarioReport(
  run: RecordedRun,
  judgements: readonly Judgement[],
  objective: string | undefined,
): TrialReport {
  const [abort] = evidenceOf(run).aborts;
  const value = valueOf(judgements, objective);
  if (abort) return { ok: false, ...value, detail: `a guard rail ended it: ${abort.reason}` };
  const wrong = judgements.filter(failsRun);
  const said = (one: Judgement): string => `${one.objective}: ${describeReceived(one)}, ${one.expected}`;
  const unclear = wrong.find((one) => !failed(one));
  if (unclear) {
    const why = `${unclear.objective}: ${unclear.reason}`;
    return { ok: false, excluded: why, detail: why };
  }
  const [first] = wrong;
  return first
    ? { ok: false, ...value, detail: said(first) }
    : { ok: true, ...value, detail: judgements[0] ? said(judgements[0]) : "" };
}

/** Runs the scenario once for each trial, each in a run folder of its own below the sweep's. */
class ScenarioTrial implements SweepTrial {
  private readonly context: TrialContext;
  private readonly suiteAt: (x: number) => Suite;
  private readonly facts: { header: Omit<RunHeader, "schema" | "id">; sha: string | undefined };
  private suite: Suite | undefined;

  constructor(context: TrialContext, suiteAt: (x: number) => Suite, facts: ScenarioTrial["facts"]) {
    this.context = context;
    this.suiteAt = suiteAt;
    this.facts = facts;
  }

  prepare(x: number): Promise<void> {
    this.suite = this.suiteAt(x);
    const { axis } = this.context;
    this.facts.header.settings[axis.what] = axisText(axis, x);
    return Promise.resolve();
  }

  async run(): Promise<TrialReport> {
    const { rig, seed, signal, say, folder } = this.context;
    const scenario = this.suite?.scenarios[0];
    if (!scenario) throw rigError("NOT_PREPARED", "the trial has no value yet");
    const { header, sha } = this.facts;
    const recorder = new RunRecorder({ root: folder, header: { ...header, startedAt: Date.now() }, sha });
    const { objectives } = scenario;
    const session = await Session.open({
      rig,
      recorder,
      objectives,
      scenarios: [scenario],
      seed,
      signal,
      say,
    });
    try {
      await runScenario(session, scenario);
    } catch (error) {
      // It is in the record as trouble; an interrupted trial is none.
      if (signal.aborted) throw error;
      say(`  ${messageOf(error)}`);
    } finally {
      recorder.end(signal.aborted ? "interrupted" : "finished");
      await session.close();
    }
    const run = readRun(recorder.folder);
    return scenarioReport(run, judge(run, objectives), plotted(scenario)?.name);
  }

  /** A scenario heals what it broke. */
  restore(): Promise<void> {
    return Promise.resolve();
  }
}

async function factsOf(rig: Rig, name: string, { seed }: TrialContext): Promise<ScenarioTrial["facts"]> {
  return { header: await runHeader(rig, name, seed, await wanFacts(rig)), sha: await commit() };
}

/**
 * A suite of one scenario as something to sweep. Both ends of the axis are read and planned before anything is touched.
 *
 * @throws EdgeproofError (usage) where the scenario does not have, or cannot take, what is varied.
 */
export async function scenarioSubject(
  name: string,
  { axis, seed, topology }: SubjectOptions,
): Promise<SweepSubject> {
  const suiteAt = (x: number): Suite =>
    loadSuite(name, { seed, topology, change: (file) => withValue(file, axis, x) });
  const ends = [suiteAt(axis.low), suiteAt(axis.high)] as const;
  for (const { scenarios } of ends) for (const scenario of scenarios) await planFaults(scenario, seed);
  const [{ name: called, file, topology: needed, scenarios }] = ends;
  const figure = scenarios[0] && plotted(scenarios[0]);
  return {
    name: called,
    topology: needed,
    value: figure && { title: figure.name, unit: objectiveUnit(figure) },
    open: async (context) => {
      const facts = await factsOf(context.rig, called, context);
      if (file !== undefined) facts.header.settings.scenario = file;
      return new ScenarioTrial(context, suiteAt, facts);
    },
  };
}
