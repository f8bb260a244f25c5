import { join } from "node:path";

import { writeComparisonResults } from "../../reports/allure-comparison.ts";
import { generateAllureReport } from "../../reports/allure-report.ts";
import type { Baseline } from "../../reports/html-report.ts";
import { runSummary, type RunSummary } from "../../reports/run-summary.ts";
import { differences } from "../compare/differences.ts";
import { formatShare } from "../judge/format.ts";
import { judge } from "../judge/judge.ts";
import { type Judgement, overallVerdict, verdictExitCode } from "../judge/judgement.ts";
import { ExitCode } from "../exit-codes.ts";
import { ensureSameRig } from "../matrix/resume.ts";
import { carryOver } from "../record/carry-over.ts";
import type { Reachability, RecordedRun } from "../record/model.ts";
import { readRun } from "../record/read-run.ts";
import { RunRecorder } from "../record/run-folder.ts";
import { patienceOf } from "../rig/patience.ts";
import type { Rig } from "../rig/rig.ts";
import { lockRig } from "../rig/rig-lock.ts";
import { rigFolder } from "../rig/rig-state.ts";
import { ensureNoSecrets } from "../rig/secrets/find-secrets.ts";
import { rigSecrets } from "../rig/secrets/rig-secrets.ts";
import { collectEvents } from "../session/collect-events.ts";
import { collectLogs } from "../session/collect-logs.ts";
import { commit, runHeader } from "../session/run-header.ts";
import { type SuitesOutcome, runSuites } from "../session/run-suites.ts";
import { clockOffsets } from "../measure/clock-offset.ts";
import { measureReachability } from "../measure/reachability.ts";
import { Session, setCurrentSession } from "../session/session.ts";
import { wanFacts } from "../session/wan-facts.ts";
import { writeReports } from "../session/write-reports.ts";
import type { Suite } from "../session/load-suite.ts";
import { EdgeproofError, messageOf } from "../errors.ts";
import { againstEarlier, baselineFor, comparedLine, tooFewLine } from "./baseline.ts";
import { type MatrixRun, matrixSettings } from "./matrix-run.ts";

export interface RunOnRigOptions {
  suite: Suite;
  /** Factor on the durations of scenarios; a run at another pace than 1 is a rehearsal. */
  pace: number;
  seed: number;
  reportsRoot: string;
  signal: AbortSignal;
  say: (message: string) => void;
  /** Print mocha's progress. */
  spec: boolean;
  /** Inconclusive objectives are skipped tests instead of broken ones. */
  skipInconclusive: boolean;
  /** Only tests whose whole title contains it. */
  grep?: string | undefined;
  /** Functions that are made slower on purpose, by which share of their own time. */
  slow?: ReadonlyMap<string, number> | undefined;
  /** Share of the rates of open loads that is offered. */
  rate?: number | undefined;
  /** Folder of a run of the same suite, which the page holds this one against. */
  baseline?: string | undefined;
  /** The rig was named by `--confirm`. */
  confirmed?: boolean | undefined;
  /** Cells of the suite's matrix, to begin with those that an earlier run finished. */
  matrix?: MatrixRun | undefined;
}

export interface RunOutcome {
  folder: string;
  judgements: Judgement[];
  summary: RunSummary;
  /** What became of its quantities since the baseline, in a line. */
  against?: string;
  tests: SuitesOutcome;
  exitCode: ExitCode;
  /** Path of the Allure report's index.html, or undefined where it could not be made. */
  allure: string | undefined;
}

/** Runs a suite on a rig that is up: record, judge, report. The rig stays. */
export async function runOnRig(rig: Rig, options: RunOnRigOptions): Promise<RunOutcome> {
  const { suite, seed, reportsRoot, signal, say, pace, rate = 1 } = options;
  const { objectives, scenarios } = suite;
  await using _lock = lockRig(rig.name, `run --suite ${suite.name}`);
  const header = await runHeader(rig, suite.name, seed, await wanFacts(rig));
  if (suite.file !== undefined) header.settings.scenario = suite.file;
  Object.assign(header.settings, suite.own);
  if (pace !== 1) header.settings.pace = pace;
  if (rate !== 1) header.settings.rate = formatShare(rate);
  if (options.grep !== undefined) header.settings.grep = options.grep;
  for (const [name, share] of options.slow ?? []) header.settings[`slow ${name}`] = formatShare(share);
  const { matrix: asked } = options;
  if (suite.matrix) Object.assign(header.settings, matrixSettings(suite.matrix, asked));
  const resumed = asked?.resumed;
  if (resumed) ensureSameRig(differences(resumed.header, { ...resumed.header, ...header }), resumed.folder);
  const recorder = new RunRecorder({ root: reportsRoot, header, sha: await commit() });
  if (resumed) {
    carryOver(resumed.folder, resumed.kept, recorder);
    say(`going on with ${resumed.header.id}: ${resumed.finished.size} cells are finished`);
  }
  const resultsFolder = join(recorder.folder, "allure-results");

  // Before anything is broken: every machine answers now.
  const { secrets, unread } = await rigSecrets(rigFolder(rig.name), rig.agents);

  let tests: SuitesOutcome;
  const { skipInconclusive } = options;
  const matrix = suite.matrix && {
    ...suite.matrix,
    finished: resumed?.finished ?? new Set<string>(),
    fit: asked?.fit ?? false,
  };
  const session = await Session.open({
    ...{ rig, recorder, objectives, scenarios, seed, signal, say, skipInconclusive, matrix },
    ...{ rate, slow: options.slow, confirmed: options.confirmed ?? false },
  });
  setCurrentSession(session);
  try {
    recorder.event({ type: "note", at: Date.now(), text: await clockOffsets(rig.agents) });
    if (unread.length > 0) session.trouble(`the secrets of ${unread.join(", ")} could not be read`);
    await recordReachability(rig, recorder, "start");
    tests = await runSuites({
      ...{ files: suite.files, resultsFolder, spec: options.spec, grep: options.grep },
      patience: patienceOf(rig.topology) / rate,
    });
    if (tests.passed + tests.failed + tests.skipped === 0) session.trouble("no test was run");
    if (!signal.aborted) await recordReachability(rig, recorder, "end");
    recorder.end(signal.aborted ? "interrupted" : "finished");
  } catch (error) {
    recorder.event({ type: "trouble", at: Date.now(), what: String(error) });
    recorder.end("failed");
    throw error;
  } finally {
    setCurrentSession(undefined);
    await session.close();
    await collectLogs(rig.answering, (node) => recorder.logs(node));
    await collectEvents(rig, recorder.logs("cluster"));
  }

  say("judging and writing reports");
  const run = readRun(recorder.folder);
  const judgements = judge(run, objectives);
  const baseline = options.baseline === undefined ? undefined : heldAgainst(run, options.baseline, say);
  writeReports(run, judgements, baseline);
  // Allure's trends show what became worse, so they have to know: without a baseline since earlier runs of the kind.
  const against = baseline ? baseline.compared : againstEarlier(run, reportsRoot);
  if (typeof against === "object") writeComparisonResults(resultsFolder, against, run.header.startedAt);
  const allure = await generateAllureReport({
    resultsFolder,
    reportFolder: join(recorder.folder, "allure-report"),
    historyFolder: join(reportsRoot, "allure-history"),
    header: recorder.header,
  }).catch((error: unknown) => {
    say(`no Allure report: ${messageOf(error)}`);
    return undefined;
  });
  await ensureNoSecrets(recorder.folder, secrets);
  const verdict = verdictExitCode(overallVerdict(judgements));
  // A failed test that no objective explains is trouble of the rig, whatever the objectives say.
  const exitCode = signal.aborted
    ? ExitCode.interrupted
    : verdict === ExitCode.met && tests.failed > 0
      ? ExitCode.broken
      : verdict;
  return {
    ...{ folder: recorder.folder, judgements, tests, exitCode, allure, summary: runSummary(run) },
    ...(against !== undefined && {
      against: typeof against === "object" ? comparedLine(against) : tooFewLine(against),
    }),
  };
}

/** Who reaches whom over the overlay, while no fault is in force. */
async function recordReachability(
  rig: Rig,
  recorder: RunRecorder,
  moment: Reachability["moment"],
): Promise<void> {
  const pairs = await measureReachability(rig.agents);
  recorder.event({ type: "reachability", at: Date.now(), reachability: { moment, pairs } });
}

/** A run that cannot be compared is a run all the same. */
function heldAgainst(run: RecordedRun, folder: string, say: (message: string) => void): Baseline | undefined {
  try {
    return baselineFor(run, folder);
  } catch (error) {
    if (!(error instanceof EdgeproofError)) throw error;
    say(`not held against ${folder}: ${error.message}`);
    return undefined;
  }
}
