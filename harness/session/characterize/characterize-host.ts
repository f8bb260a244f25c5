import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

import { execa } from "execa";

import { keptCalibrations } from "../../characterize/calibrate.ts";
import { characterizedNode } from "../../characterize/characterized-node.ts";
import { keepHostScores } from "../../characterize/host-scores.ts";
import { readKernelReport } from "../../characterize/kernel-report.ts";
import { CHARACTERIZATION_SCHEMA, type Characterization } from "../../characterize/model.ts";
import type { ReferenceScores } from "../../characterize/reference-scores.ts";
import { timePlan } from "../../characterize/time-plan.ts";
import { rigError } from "../../errors.ts";
import { edgeproofVersion, projectFile } from "../../project.ts";
import { stateFolder } from "../../state-folder.ts";
import { buildGoProgram } from "../../toolchain/go-program.ts";
import { hostTarget } from "../../toolchain/node-target.ts";
import type { ToolchainOptions } from "../../toolchain/toolchain.ts";
import { kernelArguments } from "./run-kernels.ts";

/** How the machine that edgeproof runs on is called in what is measured of it. */
const THIS_HOST = "this host";
const LIMIT_MS = 120_000;

export interface CharacterizeHostOptions {
  /** ms; undefined: what the kernels need. */
  budgetMs: number | undefined;
  references: ReferenceScores;
  signal: AbortSignal;
  say: (message: string) => void;
  toolchain: ToolchainOptions;
}

/** Measures the machine that edgeproof runs on, without a rig, and keeps that for calibrating device classes. */
export async function characterizeHost(options: CharacterizeHostOptions): Promise<Characterization> {
  const { references, signal, say, toolchain } = options;
  const plan = timePlan(1, true, options.budgetMs);
  const program = await buildGoProgram(projectFile("fixtures/characterize"), hostTarget(), {
    ...toolchain,
    signal,
  });
  say("measuring this host: about 10 s, in which it should have nothing else to do");
  // On the disk where edgeproof keeps things, which a folder for temporary files need not be on.
  await mkdir(stateFolder(), { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(stateFolder(), "characterize-"));
  const startedAt = Date.now();
  try {
    const done = await execa(program, kernelArguments(plan, folder), {
      ...{ cancelSignal: signal, timeout: LIMIT_MS, reject: false },
    });
    signal.throwIfAborted();
    if (done.failed)
      throw rigError("characterize-host", "the kernels did not run on this host", {
        where: program,
        expected: `exit code 0 within ${LIMIT_MS / 1000} s`,
        fix: "run it again; if it stays so, report what it said",
        cause: new Error(done.stderr || done.shortMessage),
      });
    const measured = readKernelReport(done.stdout, THIS_HOST);
    const { machine, scores } = measured;
    await keepHostScores(scores, startedAt);
    return {
      schema: CHARACTERIZATION_SCHEMA,
      ...{ rig: "host", topology: "", startedAt, tookMs: Date.now() - startedAt, oneByOne: true },
      versions: { edgeproof: edgeproofVersion(), node: process.version },
      nodes: [characterizedNode({ node: THIS_HOST, deviceClass: "" }, measured, references)],
      pairs: [],
      calibrations: keptCalibrations(references, { scores, cores: machine.cores }),
      notes: [
        ...(machine.quotaCpus === undefined
          ? []
          : [`This process may use ${machine.quotaCpus} CPUs only: the scores are of that.`]),
        ...(references.size === 0 ? ["No class has measured scores, so nothing is calibrated."] : []),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
