import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { usageError } from "../errors.ts";
import { groupBy } from "./group-by.ts";
import { RUN_SCHEMA, type RunEvent, type RunHeader, type Sample } from "./model.ts";
import { appendLines, writeFailure } from "./ndjson.ts";
import { utcStamp } from "./stamped-folder.ts";

export interface RunRecorderOptions {
  /** Folder that holds `runs/` and `latest`, such as `reports`. */
  root: string;
  header: Omit<RunHeader, "schema" | "id">;
  /** Commit under test; absent outside a git checkout. */
  sha?: string | undefined;
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const checkedName = (what: string, name: string): string => {
  if (plainName.test(name)) return name;
  throw usageError("record-name", `\`${name}\` cannot be the name of a ${what}`, {
    expected: "letters, digits, `.`, `_` and `-`, starting with a letter or digit",
    fix: `rename the ${what}`,
  });
};

const attempt = <T>(file: string, write: () => T): T => {
  try {
    return write();
  } catch (cause) {
    throw writeFailure(file, cause);
  }
};

/** Makes the run's own folder; a second run in the same second gets `-2`, never another run's folder. */
const makeFolder = (runs: string, id: string): string => {
  for (let number = 1; ; number++) {
    const name = number === 1 ? id : `${id}-${number}`;
    try {
      mkdirSync(join(runs, name));
      return name;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw writeFailure(join(runs, name), cause);
    }
  }
};

/** Points `latest` at a run by renaming a new link over the old one: a reader never finds it missing. */
const pointLatest = (root: string, folder: string): void => {
  const latest = join(root, "latest");
  const fresh = `${latest}.${process.pid}`;
  attempt(latest, () => {
    rmSync(fresh, { force: true });
    symlinkSync(relative(root, folder), fresh);
    renameSync(fresh, latest);
  });
};

/** Writes a run while it happens. Writes are synchronous: what was recorded is there, whatever ends the process. */
export class RunRecorder {
  readonly folder: string;
  readonly header: RunHeader;

  /** Creates the run's folder, `run.json` and the `latest` link. */
  constructor(options: RunRecorderOptions) {
    const { root, header, sha } = options;
    const runs = join(root, "runs");
    attempt(runs, () => mkdirSync(runs, { recursive: true }));
    const commit = sha === undefined ? "nogit" : sha.slice(0, 8);
    const wanted = `${utcStamp(header.startedAt)}-${checkedName("commit", commit)}-${checkedName("suite", header.suite)}`;
    const id = makeFolder(runs, wanted);
    this.folder = join(runs, id);
    this.header = { schema: RUN_SCHEMA, id, ...header };
    const file = join(this.folder, "run.json");
    attempt(file, () => writeFileSync(file, `${JSON.stringify(this.header, undefined, 2)}\n`));
    attempt(this.folder, () => mkdirSync(join(this.folder, "samples")));
    pointLatest(root, this.folder);
  }

  /** Appends one fact to `events.ndjson`. */
  event(event: RunEvent): void {
    appendLines(join(this.folder, "events.ndjson"), [event]);
  }

  /** Appends samples to `samples/<phase>.ndjson`, each to its own phase's file. */
  samples(samples: readonly Sample[]): void {
    for (const [phase, group] of groupBy(samples, (sample) => sample.phase)) {
      const file = join(this.folder, "samples", `${checkedName("phase", phase)}.ndjson`);
      for (let start = 0; start < group.length; start += 1000) {
        appendLines(file, group.slice(start, start + 1000));
      }
    }
  }

  /** The folder `logs/<node>/`, made if it is not there. */
  logs(node: string): string {
    return this.#made("logs", checkedName("node", node));
  }

  /** Where k6 is to write its raw output for a phase: `k6/<phase>.ndjson.gz`. */
  rawLoad(phase: string): string {
    return join(this.#made("k6"), `${checkedName("phase", phase)}.ndjson.gz`);
  }

  /** Where what became of each message of a phase is written: `messages/<phase>.json`. */
  messages(phase: string): string {
    return join(this.#made("messages"), `${checkedName("phase", phase)}.json`);
  }

  /** Where the keys that a read-back found lost or wrong are written: `storage/<phase>-<store>.json`. */
  storageFindings(phase: string, store: string): string {
    return join(this.#made("storage"), `${checkedName("phase", phase)}-${checkedName("store", store)}.json`);
  }

  /** The last event of a run; without it the run counts as cut off. */
  end(status: "finished" | "interrupted" | "failed", at: number = Date.now()): void {
    this.event({ type: "end", at, status });
  }

  #made(...parts: string[]): string {
    const folder = join(this.folder, ...parts);
    attempt(folder, () => mkdirSync(folder, { recursive: true }));
    return folder;
  }
}
