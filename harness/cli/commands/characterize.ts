import { relative, resolve } from "node:path";

import { characterizationTable } from "../../../reports/characterization-table.ts";
import { writeCharacterizationReport } from "../../../reports/characterization-report.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import { writeCharacterization } from "../../characterize/characterization-folder.ts";
import { keepMeasured } from "../../characterize/measured-nodes.ts";
import type { Characterization } from "../../characterize/model.ts";
import { differingChecksums, openFigures } from "../../characterize/outcome.ts";
import {
  readReferenceScores,
  referenceEntry,
  referenceScoresFile,
  saveReference,
  type ReferenceScores,
} from "../../characterize/reference-scores.ts";
import { sharesHost } from "../../characterize/shares-host.ts";
import { timePlan } from "../../characterize/time-plan.ts";
import { didYouMean } from "../../config/did-you-mean.ts";
import { loadClasses, loadTopology } from "../../config/load.ts";
import type { Topology } from "../../config/model.ts";
import { shownPath } from "../../config/yaml-file.ts";
import { beyondApiError } from "../../../chaos/faults/by-api.ts";
import { rigError, usageError } from "../../errors.ts";
import { ExitCode } from "../../exit-codes.ts";
import { attachRig } from "../../rig/attach-rig.ts";
import { lockRig } from "../../rig/rig-lock.ts";
import { knownRigs, readRigState, rigFolder } from "../../rig/rig-state.ts";
import { characterizeHost } from "../../session/characterize/characterize-host.ts";
import { characterizeRig, labelNodes } from "../../session/characterize/characterize-rig.ts";
import { onInterrupt } from "../interrupt.ts";
import { Progress } from "../progress.ts";

export interface CharacterizeCommandOptions {
  /** Seconds. */
  budget?: number;
  /** The machine that edgeproof runs on, and no rig. */
  host?: boolean;
  node?: string;
  parallel?: boolean;
  labels: boolean;
  saveClass?: string;
  /** File of measured classes. */
  scores?: string;
  output: string;
  json: boolean;
  quiet: boolean;
}

const UP = "bring one up with `edgeproof up NAME`";

/** The rig that is meant, with what its topology says. @throws EdgeproofError (usage) */
async function rigNamed(name: string | undefined): Promise<{ name: string; topology: Topology }> {
  const known = await knownRigs();
  const [only] = known;
  if (name === undefined && known.length !== 1)
    throw usageError("characterize-rig", known.length === 0 ? "no rig is up" : "more than one rig is up", {
      where: "edgeproof characterize",
      expected: known.length === 0 ? "a rig to measure" : `one of ${known.join(", ")}`,
      fix: known.length === 0 ? UP : "name the rig",
    });
  const chosen = name ?? only!;
  const state = await readRigState(chosen);
  if (!state)
    throw usageError("characterize-rig", `there is no rig ${chosen}`, {
      where: "edgeproof characterize",
      expected: `one of: ${known.join(", ") || "none is up"}`,
      fix: didYouMean(chosen, known) ?? UP,
    });
  if (state.driver.kind === "cluster") throw beyondApiError("`characterize`", "machines", `rig ${chosen}`);
  return { name: chosen, topology: loadTopology(state.topologyFile) };
}

/** The one node that is measured, where it is only one. @throws EdgeproofError (usage) */
export function onlyNode(
  { nodes, emulation, name }: Pick<Topology, "nodes" | "emulation" | "name">,
  { node, saveClass }: Pick<CharacterizeCommandOptions, "node" | "saveClass">,
): string | undefined {
  const names = nodes.map((one) => one.name);
  if (node !== undefined && !names.includes(node))
    throw usageError("characterize-node", `there is no node ${node}`, {
      where: "--node",
      expected: `one of ${names.join(", ")}`,
      fix: didYouMean(node, names) ?? "name a node of the cluster",
    });
  if (saveClass === undefined) return node;
  const classes = [...loadClasses().keys()];
  if (!classes.includes(saveClass))
    throw usageError("characterize-class", `there is no device class ${saveClass}`, {
      where: "--save-class",
      expected: `one of ${classes.join(", ")}`,
      fix: didYouMean(saveClass, classes) ?? "add the class to fixtures/classes/classes.yaml first",
    });
  if (emulation === "limits")
    throw usageError("characterize-emulated", "an emulated class is no reference for itself", {
      where: `topology ${name}, emulation: limits`,
      expected: "a node without CPU limits, on the real machine",
      fix: "bring the rig up on that machine with `emulation: none`",
    });
  if (node === undefined && names.length > 1)
    throw usageError("characterize-node", "it is not said whose scores are to be kept", {
      where: "--save-class",
      expected: `--node with one of ${names.join(", ")}`,
      fix: "add --node",
    });
  return node ?? names[0];
}

function save(found: Characterization, name: string, file: string): void {
  const { machine, scores } = found.nodes[0]!;
  if (machine.quotaCpus !== undefined)
    throw rigError("characterize-quota", `the node may use ${machine.quotaCpus} CPUs only`, {
      where: `node ${found.nodes[0]!.node}`,
      expected: "a node without a CPU quota, which is the machine itself",
      fix: "measure it without limits, then save again",
    });
  saveReference(
    file,
    name,
    referenceEntry(machine, scores, { at: found.startedAt, versions: found.versions }),
  );
}

function print(found: Characterization, more: object, { json }: CharacterizeCommandOptions): void {
  if (json) process.stdout.write(`${JSON.stringify({ ...found, ...more })}\n`);
  else process.stdout.write(characterizationTable(found, { colour: wantsColour(process.stdout) }));
}

const exitCodeOf = (found: Characterization): ExitCode => {
  if (differingChecksums(found).length > 0) return ExitCode.broken;
  return openFigures(found).length > 0 ? ExitCode.inconclusive : ExitCode.met;
};

const RIG_OPTIONS = ["node", "parallel", "saveClass"] as const;

async function onHost(
  rigName: string | undefined,
  options: CharacterizeCommandOptions,
  { references, budgetMs }: { references: ReferenceScores; budgetMs: number | undefined },
): Promise<ExitCode> {
  const more = [
    rigName && `the rig ${rigName}`,
    ...RIG_OPTIONS.filter((name) => options[name] !== undefined),
  ];
  const [other] = more.filter(Boolean);
  if (other)
    throw usageError(
      "characterize-host",
      `--host measures this machine, and goes with no other choice: ${other}`,
      {
        where: "edgeproof characterize",
        expected: "--host alone, or a rig",
        fix: "give one of the two",
      },
    );
  const progress = new Progress(options.quiet);
  const { say } = progress;
  const found = await characterizeHost({
    ...{ references, budgetMs, say, signal: onInterrupt(say), toolchain: { onProgress: progress.toolchain } },
  });
  print(found, {}, options);
  say("kept: rigs that come up from now on emulate measured classes by these scores");
  return exitCodeOf(found);
}

/** Measures the nodes of a rig that is up, and leaves it up; or this host. */
export async function characterize(
  rigName: string | undefined,
  options: CharacterizeCommandOptions,
): Promise<ExitCode> {
  const scoresFile = options.scores === undefined ? referenceScoresFile() : resolve(options.scores);
  const references = readReferenceScores(scoresFile);
  const budgetMs = options.budget === undefined ? undefined : options.budget * 1000;
  if (options.host === true) return onHost(rigName, options, { references, budgetMs });
  const { name, topology } = await rigNamed(rigName);
  const only = onlyNode(topology, options);
  const oneByOne = sharesHost(topology.driver) && options.parallel !== true;
  timePlan(only === undefined ? topology.nodes.length : 1, oneByOne, budgetMs);
  const progress = new Progress(options.quiet);
  const { say } = progress;
  const signal = onInterrupt(say);
  const rig = await attachRig(name);
  try {
    await using _lock = lockRig(name, "characterize");
    const toolchain = { onProgress: progress.toolchain };
    const asked = { budgetMs, oneByOne, only, references, signal, say, toolchain };
    const found = await characterizeRig(rig, asked);
    const folder = writeCharacterization(options.output, found);
    const page = writeCharacterizationReport(folder, found);
    keepMeasured(rigFolder(name), found);
    print(found, { folder }, options);
    if (!options.json) process.stdout.write(`report: ${relative(process.cwd(), page) || page}\n`);
    if (options.labels) await labelNodes(rig, found);
    if (options.saveClass !== undefined) {
      save(found, options.saveClass, scoresFile);
      say(`wrote ${options.saveClass} into ${shownPath(scoresFile)}`);
    }
    return exitCodeOf(found);
  } finally {
    await rig.disconnect();
  }
}
