import { join, relative, resolve } from "node:path";

import { CATALOGUE } from "../../../chaos/faults/catalogue.ts";
import { writeSweepReport } from "../../../reports/sweep-report.ts";
import { sweepSummary } from "../../../reports/sweep-summary.ts";
import { wantsColour } from "../../../reports/verdict-table.ts";
import { usageError } from "../../errors.ts";
import { ExitCode } from "../../exit-codes.ts";
import { CONFIDENCE } from "../../judge/quantile.ts";
import { edgeproofVersion } from "../../project.ts";
import { lockRig } from "../../rig/rig-lock.ts";
import { ownTopology } from "../../rig/rig-state.ts";
import type { Rig } from "../../rig/rig.ts";
import { ensureConfirmed } from "../../scenario/confirm.ts";
import { collectLogs } from "../../session/collect-logs.ts";
import { isScenarioFile } from "../../session/suite-catalog.ts";
import { type SweepSubject, sweepSubject } from "../../session/sweep-trials.ts";
import { wanFacts } from "../../session/wan-facts.ts";
import { type Axis, axisText, parseAxis, parseResolution, varyText } from "../../sweep/axis.ts";
import { ensureSearchable } from "../../sweep/edge-search.ts";
import type { RecordedTrial, SweepHeader } from "../../sweep/model.ts";
import { readSweep } from "../../sweep/read-sweep.ts";
import { sweepExitCode, sweepJson, sweepResult } from "../../sweep/result.ts";
import { ensureSameSweep, SweepFolder } from "../../sweep/sweep-folder.ts";
import { planOf, searchOf, sweep as runSweep } from "../../sweep/sweep.ts";
import { ensureLinksPossible } from "../ensure-links-possible.ts";
import { journalRemains } from "../heal/remains.ts";
import { watchInterrupts } from "../interrupt.ts";
import { Progress } from "../progress.ts";
import { rigFor } from "../rig-for.ts";
import { Undo } from "../undo.ts";

export interface SweepCommandOptions {
  /** Absent where a sweep is resumed that has them. */
  suite?: string;
  vary?: string;
  resolution?: string;
  cap?: number;
  seed?: number;
  /** Trials in all. */
  trials: number;
  /** Use a rig that is up, and leave it up. */
  rig?: string;
  /** Name of a rig of real machines that may be broken. */
  confirm?: string;
  /** Folder of a sweep to go on with. */
  resume?: string;
  output: string;
  json: boolean;
  quiet: boolean;
}

/** Steps from one end to the other where no resolution is given. */
const STEPS = 25;
const CAP = 13;

/** What is asked for, before a rig is known. */
type Question = Pick<SweepHeader, "suite" | "axis" | "resolution" | "cap" | "confidence" | "seed">;

const required = (option: string, text: string | undefined): string => {
  if (text !== undefined) return text;
  throw usageError("sweep-usage", `\`${option}\` is missing`, {
    where: "edgeproof sweep",
    expected: "what to try and what to vary, or --resume with the folder of a sweep",
    fix: "`edgeproof sweep --help` begins with an example",
  });
};

function resolutionOf(axis: Axis, text: string | undefined): number {
  if (text !== undefined) return parseResolution(axis, text);
  const part = (axis.high - axis.low) / STEPS;
  return axis.whole ? Math.max(1, part) : Number(part.toPrecision(12));
}

function questionOf(options: SweepCommandOptions, known: SweepHeader | undefined): Question {
  const vary = options.vary ?? (known && varyText(known.axis));
  const axis = parseAxis(required("--vary", vary), CATALOGUE);
  const suite = required("--suite", options.suite ?? known?.suite);
  return {
    suite: isScenarioFile(suite) ? resolve(suite) : suite,
    axis,
    resolution:
      options.resolution === undefined && known ? known.resolution : resolutionOf(axis, options.resolution),
    cap: options.cap ?? known?.cap ?? CAP,
    confidence: CONFIDENCE,
    seed: options.seed ?? known?.seed ?? 1,
  };
}

async function headerOf(
  rig: Rig,
  { value }: SweepSubject,
  question: Question,
): Promise<Omit<SweepHeader, "schema">> {
  const { engine } = rig.parts;
  return {
    ...question,
    rig: {
      name: rig.name,
      topology: rig.topology.name,
      engine: `${engine.name} ${engine.version}`,
      wanBackend: (await wanFacts(rig)).backend,
    },
    versions: { edgeproof: edgeproofVersion(), node: process.version },
    ...(value ? { value } : {}),
    startedAt: Date.now(),
  };
}

const lineOf = (axis: Axis, { x, ok, excluded, detail }: RecordedTrial, count: number): string =>
  `trial ${count} at ${axisText(axis, x)}: ${excluded === undefined ? (ok ? "success" : "failure") : "excluded"} (${detail})`;

/** Prints what a sweep has found so far and writes its page. */
function conclude(folder: string, { trials, json }: SweepCommandOptions): ExitCode {
  const recorded = readSweep(folder);
  const result = sweepResult(recorded, trials);
  const page = writeSweepReport(recorded, result);
  if (json) process.stdout.write(sweepJson(result, folder));
  else {
    const shown = relative(process.cwd(), page) || page;
    const summary = sweepSummary(result, { colour: wantsColour(process.stdout) });
    process.stdout.write(`${summary}report: ${shown}\n`);
  }
  return sweepExitCode(result);
}

async function carryOut(
  subject: SweepSubject,
  question: Question,
  options: SweepCommandOptions,
): Promise<{ folder: string; interrupted: boolean }> {
  const { rig: name, seed, confirm, resume, trials, output } = { ...options, seed: question.seed };
  const { topology } = subject;
  ensureLinksPossible(topology);
  ensureConfirmed(topology.driver, name ?? topology.name, confirm);
  const progress = new Progress(options.quiet);
  const interrupts = watchInterrupts(progress.say);
  interrupts.setRemains(() => journalRemains(name ?? topology.name));
  const { signal } = interrupts;
  const { say } = progress;
  await using undo = new Undo();
  const rig = await rigFor(topology, { rig: name, seed, signal, progress }, undo);
  await using _lock = lockRig(rig.name, `sweep --suite ${question.suite}`);
  const facts = await headerOf(rig, subject, question);
  const folder =
    resume === undefined ? SweepFolder.create(output, subject.name, facts) : SweepFolder.resume(resume);
  if (resume !== undefined) {
    const { startedAt: _begun, ...asked } = facts;
    ensureSameSweep(resume, folder.header, asked);
  }
  say(`every trial is kept in ${folder.folder}; --resume goes on from there`);
  const { axis } = question;
  const trial = await subject.open({ rig, axis, seed, folder: folder.folder, signal, say });
  undo.add({ [Symbol.asyncDispose]: async () => trial[Symbol.asyncDispose]?.() });
  try {
    const onTrial = (one: RecordedTrial): void => say(lineOf(axis, one, folder.trials.length));
    await runSweep({ folder, budget: trials, trial, signal, onTrial });
  } finally {
    await collectLogs(rig.parts.nodes.values(), (node) => join(folder.folder, "logs", node));
    writeSweepReport(folder.recorded, sweepResult(folder.recorded, trials));
  }
  return { folder: folder.folder, interrupted: signal.aborted };
}

/** Finds the value at which a suite stops to succeed, on a rig that is up or on one of its own. */
export async function sweep(options: SweepCommandOptions): Promise<ExitCode> {
  const resume = options.resume === undefined ? undefined : resolve(options.resume);
  const known = resume === undefined ? undefined : readSweep(resume);
  const question = questionOf(options, known?.header);
  if (resume !== undefined && known) {
    ensureSameSweep(resume, known.header, question);
    if (searchOf(planOf(known.header, options.trials), known.trials).next === undefined)
      return conclude(resume, options);
  }
  ensureSearchable(planOf(question, options.trials));
  const own = options.rig ? await ownTopology(options.rig) : undefined;
  const subject = await sweepSubject(question.suite, { ...question, topology: own });
  const { folder, interrupted } = await carryOut(subject, question, {
    ...options,
    ...(resume ? { resume } : {}),
  });
  const code = conclude(folder, options);
  return interrupted ? ExitCode.interrupted : code;
}
