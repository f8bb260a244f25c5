import { renameSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

import { repeatLine, repeatTable } from "../../../reports/repeat-table.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import type { Topology } from "../../config/model.ts";
import { usageError } from "../../errors.ts";
import { ExitCode } from "../../exit-codes.ts";
import { writeFailure } from "../../record/ndjson.ts";
import { readRun } from "../../record/read-run.ts";
import { stampedFolder } from "../../record/stamped-folder.ts";
import { REPEAT_SCHEMA, repeatExitCode, type RepeatPlan, type RepeatResult } from "../../repeat/model.ts";
import { repeat as repeatRuns } from "../../repeat/repeat.ts";
import { attachRig } from "../../rig/attach-rig.ts";
import { ownTopology } from "../../rig/rig-state.ts";
import type { Rig } from "../../rig/rig.ts";
import { ensureConfirmed } from "../../scenario/confirm.ts";
import { loadSuite, type Suite } from "../../session/load-suite.ts";
import { prepareHost } from "../../setup/prepare-host.ts";
import { runFigures } from "../../trend/figures.ts";
import { effectOf } from "../effect.ts";
import { ensureLinksPossible } from "../ensure-links-possible.ts";
import type { RepeatFlags, Shared } from "../flags.ts";
import { journalRemains } from "../heal/remains.ts";
import { watchInterrupts } from "../interrupt.ts";
import { Progress } from "../progress.ts";
import { rigFor } from "../rig-for.ts";
import { runOnRig } from "../run-on-rig.ts";
import { slowFunctions } from "../slow-functions.ts";
import { Undo } from "../undo.ts";

interface Sides {
  base: Suite;
  head: Suite | undefined;
  plan: RepeatPlan;
}

async function sidesOf(options: RepeatFlags & Shared): Promise<Sides> {
  const { suite, seed, rig, headTopology, times, budget, within } = options;
  const own = rig ? await ownTopology(rig) : undefined;
  if (rig !== undefined && headTopology !== undefined)
    throw usageError("REPEAT_ONE_RIG", "one rig cannot have two topologies", {
      where: "--rig, --head-topology",
      expected: "either of them",
    });
  const base = loadSuite(suite, { topology: options.topology ?? own, seed });
  const slow = options.headSlow === undefined ? undefined : slowFunctions(options.headSlow, "--head-slow");
  const other = headTopology === undefined && slow === undefined;
  const head = other ? undefined : loadSuite(suite, { topology: headTopology ?? base.topology, seed });
  const plan: RepeatPlan = {
    schema: REPEAT_SCHEMA,
    ...{ suite, seed, most: times, budgetMs: budget * 60_000, effect: effectOf(within, "--within") },
    base: { topology: base.topology.name, slow: {} },
    ...(head ? { head: { topology: head.topology.name, slow: Object.fromEntries(slow ?? []) } } : {}),
    startedAt: Date.now(),
  };
  return { base, head, plan };
}

/** Makes `ROOT/repeats/20260131T235959Z-functions` and resolves with what writes the state of things into it. */
function resultFolder(root: string, { suite, startedAt }: RepeatPlan): (result: RepeatResult) => string {
  const folder = stampedFolder(join(root, "repeats"), startedAt, suite);
  const file = join(folder, "repeat.json");
  return (result) => {
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(result, undefined, 2)}\n`);
      renameSync(`${file}.new`, file);
    } catch (cause) {
      throw writeFailure(file, cause);
    }
    return file;
  };
}

/** Runs a suite again and again, of one side or of two in turn, until it is known what they are, or what is to be spent is. */
export async function repeat(options: RepeatFlags & Shared): Promise<ExitCode> {
  const { base, head, plan } = await sidesOf(options);
  const { rig: named, seed, confirm } = options;
  const topologies: Topology[] = [base.topology, ...(head ? [head.topology] : [])];
  for (const topology of topologies) {
    ensureLinksPossible(topology);
    ensureConfirmed(topology.driver, named ?? topology.name, confirm);
  }
  const progress = new Progress(options.quiet);
  const interrupts = watchInterrupts(progress.say);
  interrupts.setRemains(() => journalRemains(named ?? base.topology.name));
  const { signal } = interrupts;
  await using undo = new Undo();
  undo.add(await prepareHost(progress.say, signal));
  const kept: Rig | undefined = named === undefined ? undefined : await attachRig(named);
  const write = resultFolder(options.output, plan);

  const runOn = async (rig: Rig, suite: Suite, slow: Record<string, number>): Promise<string> => {
    const outcome = await runOnRig(rig, {
      ...{ suite, pace: 1, seed, reportsRoot: options.output, signal, say: progress.say },
      ...{ spec: false, skipInconclusive: false, slow: new Map(Object.entries(slow)) },
    });
    return outcome.folder;
  };
  const result = await repeatRuns({
    plan,
    signal,
    async run(side, repetition) {
      const suite = side === "head" && head ? head : base;
      const { slow } = plan[side] ?? plan.base;
      progress.say(`repetition ${repetition + 1} of at most ${plan.most}: ${side}`);
      if (kept) return runFigures(readRun(await runOn(kept, suite, slow)));
      await using own = new Undo();
      const rig = await rigFor(suite.topology, { seed, signal, progress }, own);
      return runFigures(readRun(await runOn(rig, suite, slow)));
    },
    onRepetition(so) {
      write(so);
      progress.say(repeatLine(so));
    },
  });
  const file = write(result);
  if (options.json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  else {
    process.stdout.write(repeatTable(result, { colour: wantsColour(process.stdout) }));
    process.stdout.write(`repetitions: ${relative(process.cwd(), file) || file}\n`);
  }
  return repeatExitCode(result);
}
