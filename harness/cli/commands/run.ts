import { relative } from "node:path";

import { wantsColour, verdictTable } from "../../../reports/verdict-table.ts";
import { loadTopology } from "../../config/load.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { ensureLinksPossible } from "../ensure-links-possible.ts";
import { judgementsJson } from "../../judge/judgement.ts";
import { loadObjectives } from "../../judge/objective.ts";
import { projectFile } from "../../project.ts";
import { attachRig } from "../../rig/attach-rig.ts";
import { suiteNamed } from "../../session/suite-catalog.ts";
import { prepareHost } from "../../setup/prepare-host.ts";
import { onInterrupt } from "../interrupt.ts";
import { Progress } from "../progress.ts";
import { type RunOutcome, runOnRig } from "../run-on-rig.ts";
import { bringUp } from "./bring-up.ts";

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
}

/** Brings a rig up (or uses one), runs a suite on it, takes it down, and prints the verdicts last. */
export async function run(options: RunOptions): Promise<ExitCode> {
  const outcome = await execute(options);
  printOutcome(outcome, options.json);
  return outcome.exitCode;
}

/** As `run`, without the closing table. */
export async function execute(options: RunOptions): Promise<RunOutcome> {
  const suite = suiteNamed(options.suite);
  const topology = loadTopology(options.topology ?? suite.topology);
  loadObjectives(projectFile(suite.objectives));
  ensureLinksPossible(topology);
  const progress = new Progress(options.quiet);
  const signal = onInterrupt(progress.say);
  await using undo = new Undo();
  undo.add(await prepareHost(progress.say, signal));
  const rig = options.rig
    ? await attachRig(options.rig)
    : await bringUp(topology, progress, { seed: options.seed, signal });
  if (!options.rig)
    undo.add({
      async [Symbol.asyncDispose]() {
        progress.say("taking the rig down");
        await rig.down();
      },
    });
  return await runOnRig(rig, {
    suiteName: options.suite,
    suite,
    seed: options.seed,
    reportsRoot: options.output,
    signal,
    say: progress.say,
    spec: !options.json && !options.quiet,
    skipInconclusive: options.skipInconclusive ?? false,
  });
}

/** Undoes in reverse order; every step is tried, the first error is thrown. */
class Undo implements AsyncDisposable {
  private readonly steps: AsyncDisposable[] = [];

  add(step: AsyncDisposable): void {
    this.steps.unshift(step);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let failure: { error: unknown } | undefined;
    for (const step of this.steps)
      try {
        await step[Symbol.asyncDispose]();
      } catch (error) {
        failure ??= { error };
      }
    if (failure) throw failure.error;
  }
}

export function printOutcome({ judgements, folder, allure }: RunOutcome, json: boolean): void {
  if (json) return void process.stdout.write(judgementsJson(judgements));
  const shown = (path: string): string => relative(process.cwd(), path) || path;
  process.stdout.write(`\n${verdictTable(judgements, { colour: wantsColour(process.stdout) })}\n`);
  process.stdout.write(`report: ${shown(`${folder}/report.html`)}\n`);
  if (allure) process.stdout.write(`allure: ${shown(allure)}\n`);
}
