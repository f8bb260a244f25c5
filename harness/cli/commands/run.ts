import { relative } from "node:path";

import { screenOf, terminalSummary } from "../../../reports/terminal-summary.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { ensureBaseline } from "../baseline.ts";
import { ensureLinksPossible } from "../ensure-links-possible.ts";
import { judgementsJson } from "../../judge/judgement.ts";
import { readRigState, topologyOfRig } from "../../rig/rig-state.ts";
import { ensureConfirmed } from "../../scenario/confirm.ts";
import { isUnread } from "../../config/cluster-topology.ts";
import { usageError } from "../../errors.ts";
import type { ClusterFlags } from "../flags.ts";
import { topologyRead, withNodes } from "../given-topology.ts";
import { loadSuite } from "../../session/load-suite.ts";
import { planFaults } from "../../session/plan-faults.ts";
import { remainsOf } from "../heal/remains.ts";
import { watchInterrupts } from "../interrupt.ts";
import { Progress } from "../progress.ts";
import { rigFor } from "../rig-for.ts";
import { type RunOutcome, runOnRig } from "../run-on-rig.ts";
import { loadMatrixRun } from "../matrix-run.ts";
import { slowFunctions } from "../slow-functions.ts";
import { Undo } from "../undo.ts";

export interface RunOptions extends ClusterFlags {
  /** A suite by name, or the file of one. */
  suite: string;
  /** Further files of a suite that is named by its file. */
  files?: readonly string[];
  /** Instead of the suite's own objectives. */
  objectives?: string;
  topology?: string;
  /** Use a rig that is up, and leave it up. */
  rig?: string;
  seed: number;
  output: string;
  json: boolean;
  quiet: boolean;
  skipInconclusive?: boolean;
  /** Factor on the durations of scenarios, for rehearsals. @default 1 */
  pace?: number;
  /** Name of a rig of real machines that may be broken. */
  confirm?: string;
  /** Folder of an earlier run of the suite, which the page holds this one against. */
  baseline?: string;
  /** Every objective in the terminal, whatever its size. */
  all?: boolean;
  /** Only tests whose whole title contains it. */
  grep?: string;
  /** Only cells of the suite's matrix that are like it. */
  cells?: string;
  /** The small form of the suite's matrix. */
  small?: boolean;
  /** Cells may be made smaller than the matrix says, to fit this host. */
  fit?: boolean;
  /** Functions that are made slower on purpose: `fib=20%`. */
  slow?: string;
  /** Share of the rates of open loads that is offered. @default 1 */
  rate?: number;
  /** Folder of an earlier run, whose cells that are finished are not run again. */
  resume?: string;
}

/** Brings a rig up (or uses one), runs a suite on it, takes it down, and prints the verdicts last. */
export async function run(options: RunOptions): Promise<ExitCode> {
  const outcome = await execute(options);
  printOutcome(outcome, options);
  return outcome.exitCode;
}

/** As `run`, without the closing table. */
export async function execute(options: RunOptions): Promise<RunOutcome> {
  const [outcome] = await executeAll(options);
  return outcome!;
}

/** The same, and then further suites of the same topology on the same rig; an interrupt ends it after the suite it hits. */
export async function executeAll(
  options: RunOptions,
  further: readonly string[] = [],
): Promise<RunOutcome[]> {
  const { seed, pace = 1 } = options;
  const slow = options.slow === undefined ? undefined : slowFunctions(options.slow);
  // On a rig that is up, its own: that is where the scenario's targets have to be.
  const state = options.rig ? await readRigState(options.rig) : undefined;
  let given = (await topologyRead(options)) ?? (state && topologyOfRig(state));
  let loaded = loadMatrixRun({ ...options, topology: given });
  if (isUnread(loaded.suite.topology)) {
    given = await withNodes(loaded.suite.topology);
    loaded = loadMatrixRun({ ...options, topology: given });
  }
  const { matrix, suite } = loaded;
  const { topology } = suite;
  const others = further.map((name) => loadSuite(name, { topology: given, seed, pace }));
  const stranger = others.find((other) => other.topology.file !== topology.file);
  if (stranger)
    throw usageError("suites-topologies", `${stranger.name} and ${suite.name} need different rigs`, {
      expected: "suites of one topology",
    });
  if (options.baseline !== undefined) ensureBaseline(options.baseline, suite.name);
  ensureLinksPossible(topology);
  const rigName = options.rig ?? topology.name;
  ensureConfirmed(topology.driver, rigName, options.confirm);
  const confirmed = options.confirm === rigName;
  for (const { scenarios } of [suite, ...others])
    for (const scenario of scenarios) await planFaults(scenario, seed, { name: rigName, confirmed });
  const progress = new Progress(options.quiet);
  const interrupts = watchInterrupts(progress.say);
  interrupts.setRemains(() => remainsOf(rigName));
  const { signal } = interrupts;
  await using undo = new Undo();
  const rig = await rigFor(topology, { rig: options.rig, seed, signal, progress }, undo);
  const outcomes: RunOutcome[] = [];
  for (const one of [suite, ...others]) {
    if (signal.aborted) break;
    outcomes.push(
      await runOnRig(rig, {
        suite: one,
        pace,
        seed: options.seed,
        reportsRoot: options.output,
        signal,
        say: progress.say,
        spec: !options.json && !options.quiet,
        skipInconclusive: options.skipInconclusive ?? false,
        grep: options.grep,
        baseline: one === suite ? options.baseline : undefined,
        matrix: one === suite ? matrix : undefined,
        ...{ slow, confirmed, rate: options.rate },
      }),
    );
  }
  return outcomes;
}

export function printOutcome(
  { judgements, folder, allure, summary, against }: RunOutcome,
  { json, all = false }: { json: boolean; all?: boolean },
): void {
  if (json) return void process.stdout.write(judgementsJson(judgements));
  const shown = (path: string): string => relative(process.cwd(), path) || path;
  const text = terminalSummary(summary, judgements, {
    screen: screenOf(process.stdout),
    colour: wantsColour(process.stdout),
    all,
    closing: [
      ...(against === undefined ? [] : [against]),
      `report: ${shown(`${folder}/report.html`)}`,
      ...(allure ? [`allure: ${shown(allure)}`] : []),
    ],
  });
  process.stdout.write(`\n${text}`);
}
