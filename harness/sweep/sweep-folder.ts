import { truncateSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { usageError } from "../errors.ts";
import { appendLines, writeFailure } from "../record/ndjson.ts";
import { stampedFolder } from "../record/stamped-folder.ts";
import { type RecordedSweep, type RecordedTrial, SWEEP_SCHEMA, type SweepHeader } from "./model.ts";
import { SWEEP_FILE, readSweep, wholeLines } from "./read-sweep.ts";

/** A sweep's folder while it is written: a line for each trial as soon as it is over. */
export class SweepFolder {
  readonly folder: string;
  readonly header: SweepHeader;
  private readonly known: RecordedTrial[];

  private constructor({ folder, header, trials }: RecordedSweep) {
    this.folder = folder;
    this.header = header;
    this.known = trials;
  }

  /** Makes `ROOT/sweeps/20260131T235959Z-cold-start` with its header. */
  static create(root: string, name: string, facts: Omit<SweepHeader, "schema">): SweepFolder {
    const folder = stampedFolder(join(root, "sweeps"), facts.startedAt, name);
    const header: SweepHeader = { schema: SWEEP_SCHEMA, ...facts };
    appendLines(join(folder, SWEEP_FILE), [header]);
    return new SweepFolder({ folder, header, trials: [] });
  }

  /** Goes on with a sweep; what was cut off in the middle of a line is cut off whole. */
  static resume(folder: string): SweepFolder {
    const sweep = readSweep(folder);
    const file = join(folder, SWEEP_FILE);
    try {
      truncateSync(file, wholeLines(file));
    } catch (cause) {
      throw writeFailure(file, cause);
    }
    return new SweepFolder(sweep);
  }

  append(trial: RecordedTrial): void {
    appendLines(join(this.folder, SWEEP_FILE), [trial]);
    this.known.push(trial);
  }

  get trials(): readonly RecordedTrial[] {
    return this.known;
  }

  get recorded(): RecordedSweep {
    return { folder: this.folder, header: this.header, trials: [...this.known] };
  }
}

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/**
 * Trials of two different questions, or rigs, are no sweep.
 *
 * @throws EdgeproofError (usage) where anything asked for is not what the recorded sweep says.
 */
export function ensureSameSweep(folder: string, recorded: SweepHeader, asked: Partial<SweepHeader>): void {
  const differing = (Object.keys(asked) as (keyof SweepHeader)[]).filter(
    (key) => asked[key] !== undefined && !isDeepStrictEqual(plain(asked[key]), plain(recorded[key])),
  );
  const [first] = differing;
  if (first === undefined) return;
  throw usageError(
    "sweep-differs",
    `the sweep that is to be resumed has another ${differing.join(" and ")}`,
    {
      where: join(folder, SWEEP_FILE),
      expected: `${first}: ${shown(recorded[first])}, not ${shown(asked[first])}`,
      fix: "leave out what the sweep knows itself, or begin a new one",
    },
  );
}

/** As it is after being written and read. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
