import { relative } from "node:path";

import { wantsColour, verdictTable } from "../../../reports/verdict-table.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { ensureLinksPossible } from "../ensure-links-possible.ts";
import { judgementsJson } from "../../judge/judgement.ts";
import { readRigState } from "../../rig/rig-state.ts";
import { ensureConfirmed } from "../../scenario/confirm.ts";
import { loadSuite } from "../../session/load-suite.ts";
import { planFaults } from "../../session/plan-faults.ts";
import { journalRemains } from "../heal/remains.ts";
import { watchInterrupts } from "../interrupt.ts";
import { Progress } from "../progress.ts";
import { rigFor } from "../rig-for.ts";
import { type RunOutcome, runOnRig } from "../run-on-rig.ts";
import { Undo } from "../undo.ts";

export interface RunOptions {
  suite: string;
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
  /** Only tests whose whole title contains it. */
  grep?: string;
}

/** Brings a rig up (or uses one), runs a suite on it, takes it down, and prints the verdicts last. */
export async function run(options: RunOptions): Promise<ExitCode> {
  const outcome = await execute(options);
  printOutcome(outcome, options.json);
  return outcome.exitCode;
}

/** As `run`, without the closing table. */
export async function execute(options: RunOptions): Promise<RunOutcome> {
  const { seed, pace = 1 } = options;
  // On a rig that is up, its own: that is where the scenario's targets have to be.
  const own = options.rig ? (await readRigState(options.rig))?.topologyFile : undefined;
  const suite = loadSuite(options.suite, { topology: options.topology ?? own, seed, pace });
  const { topology } = suite;
  ensureLinksPossible(topology);
  ensureConfirmed(topology.driver, options.rig ?? topology.name, options.confirm);
  for (const scenario of suite.scenarios) await planFaults(scenario, seed);
  const progress = new Progress(options.quiet);
  const interrupts = watchInterrupts(progress.say);
  interrupts.setRemains(() => journalRemains(options.rig ?? topology.name));
  const { signal } = interrupts;
  await using undo = new Undo();
  const rig = await rigFor(topology, { rig: options.rig, seed, signal, progress }, undo);
  return await runOnRig(rig, {
    suite,
    pace,
    seed: options.seed,
    reportsRoot: options.output,
    signal,
    say: progress.say,
    spec: !options.json && !options.quiet,
    skipInconclusive: options.skipInconclusive ?? false,
    grep: options.grep,
  });
}

export function printOutcome({ judgements, folder, allure }: RunOutcome, json: boolean): void {
  if (json) return void process.stdout.write(judgementsJson(judgements));
  const shown = (path: string): string => relative(process.cwd(), path) || path;
  process.stdout.write(`\n${verdictTable(judgements, { colour: wantsColour(process.stdout) })}\n`);
  process.stdout.write(`report: ${shown(`${folder}/report.html`)}\n`);
  if (allure) process.stdout.write(`allure: ${shown(allure)}\n`);
}
