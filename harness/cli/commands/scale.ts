import { relative } from "node:path";

import { writeScaleReport } from "../../../reports/scale-report.ts";
import { scaleTable } from "../../../reports/scale-table.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import { didYouMean } from "../../config/did-you-mean.ts";
import { loadProfiles, loadTopology } from "../../config/load.ts";
import type { Topology } from "../../config/model.ts";
import { beyondApiError } from "../../../chaos/faults/by-api.ts";
import { usageError } from "../../errors.ts";
import { ExitCode } from "../../exit-codes.ts";
import { lockRig } from "../../rig/rig-lock.ts";
import { TESTER } from "../../rig/rig-plan.ts";
import { ownTopology } from "../../rig/rig-state.ts";
import { scaleExitCode, scaleOutcome } from "../../scale/outcome.ts";
import { createScaleFolder, writeScale } from "../../scale/scale-folder.ts";
import { MOST_CHURN } from "../../scale/slo.ts";
import { defaultSteps, parseSteps } from "../../scale/steps.ts";
import { scaleRig } from "../../session/scale/scale-rig.ts";
import { ensureLinksPossible } from "../ensure-links-possible.ts";
import type { ScaleFlags, Shared } from "../flags.ts";
import { journalRemains } from "../heal/remains.ts";
import { watchInterrupts } from "../interrupt.ts";
import { Progress } from "../progress.ts";
import { rigFor } from "../rig-for.ts";
import { Undo } from "../undo.ts";

export type ScaleCommandOptions = ScaleFlags & Shared;

const oneOf = (value: string, known: readonly string[], where: string, what: string): string => {
  if (known.includes(value)) return value;
  throw usageError("scale-usage", `there is no ${what} ${value}`, {
    where,
    expected: `one of ${known.join(", ")}`,
    fix: didYouMean(value, known) ?? `name a ${what} that there is`,
  });
};

async function topologyOf({ rig, topology }: ScaleCommandOptions): Promise<Topology> {
  const found = loadTopology((rig === undefined ? undefined : await ownTopology(rig)) ?? topology ?? "scale");
  if (found.driver === "cluster") throw beyondApiError("`scale`", "machines", found.file);
  return found;
}

/** Pods that kubelets allow on a node; the simulated ones, too. */
const MOST_PODS = 100;
/** A creation, a deletion, and the read of a node beside them. */
const CHANGES_PER_POD = 3;

function ensureSensible({ podsPerNode, churn, rig, topology }: ScaleCommandOptions): void {
  if (podsPerNode > MOST_PODS)
    throw usageError("scale-usage", `${podsPerNode} pods do not fit on a node`, {
      where: "--pods-per-node",
      expected: `at most ${MOST_PODS}`,
    });
  if (CHANGES_PER_POD * churn > MOST_CHURN)
    throw usageError("scale-usage", `${churn} pods a second are more than the SLOs are promised for`, {
      where: "--churn",
      expected: `at most ${Math.floor(MOST_CHURN / CHANGES_PER_POD)}: each is created and deleted and a node is read, and ${MOST_CHURN} requests a second are the most`,
    });
  if (rig !== undefined && topology !== undefined)
    throw usageError("scale-usage", "a rig that is up has its topology", {
      where: "--topology",
      expected: "either --rig or --topology",
    });
}

/** Grows a cluster by simulated nodes, on a rig of its own or on one that is up, and reports what that costs. */
export async function scale(options: ScaleCommandOptions): Promise<ExitCode> {
  ensureSensible(options);
  const { nodes, podsPerNode, churn: podsPerSecond, output, json, quiet } = options;
  const steps = options.steps === undefined ? defaultSteps(nodes) : parseSteps(options.steps, nodes);
  const topology = await topologyOf(options);
  const profile = oneOf(
    options.profile ?? topology.wanProfile,
    [...loadProfiles().keys()],
    "--profile",
    "profile",
  );
  const agent = topology.nodes.find(({ role }) => role === "agent")?.name;
  const machines = [...topology.nodes.filter(({ role }) => role === "agent").map(({ name }) => name), TESTER];
  const from = oneOf(options.from ?? agent ?? TESTER, machines, "--from", "machine");
  ensureLinksPossible(topology);

  const progress = new Progress(quiet);
  const { say } = progress;
  const interrupts = watchInterrupts(say);
  const { signal } = interrupts;
  interrupts.setRemains(() => journalRemains(options.rig ?? topology.name));
  await using undo = new Undo();
  const rig = await rigFor(topology, { rig: options.rig, seed: options.seed, signal, progress }, undo);
  if (options.rig !== undefined) undo.add({ [Symbol.asyncDispose]: () => rig.disconnect() });
  await using _lock = lockRig(rig.name, `scale --nodes ${nodes}`);
  let folder: string | undefined;
  const run = await scaleRig(rig, {
    ...{ steps, podsPerNode, podsPerSecond, windowMs: options.window * 1000, profile, from, signal, say },
    cleanUp: options.rig !== undefined,
    toolchain: { onProgress: progress.toolchain },
    onStep: (sofar) => writeScale((folder ??= createScaleFolder(output, rig.name, sofar.startedAt)), sofar),
  });
  folder ??= createScaleFolder(output, rig.name, run.startedAt);
  writeScale(folder, run);
  const outcome = scaleOutcome(run);
  const page = writeScaleReport(folder, run, outcome);
  if (json) process.stdout.write(`${JSON.stringify({ ...run, outcome, folder })}\n`);
  else {
    const table = scaleTable(run, outcome, { colour: wantsColour(process.stdout) });
    process.stdout.write(`${table}report: ${relative(process.cwd(), page) || page}\n`);
  }
  return signal.aborted ? ExitCode.interrupted : scaleExitCode(outcome);
}
