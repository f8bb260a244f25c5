import { randomBytes } from "node:crypto";
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import { rigError } from "../../harness/errors.ts";
import type { Undo } from "./change.ts";

/** A process that cannot be taken for a later one with the same id. */
export interface RunMark {
  pid: number;
  /** When it was started, in words of its system. */
  started: string;
}

export interface JournalEntry {
  /** Unique for ever; the lease on a node has the same. */
  id: string;
  fault: string;
  /** The change, for people. */
  what: string;
  undo: Undo;
  /** ms since the epoch. */
  at: number;
  run: RunMark;
}

type JournalRecord = ({ type: "undo" } & JournalEntry) | { type: "done"; id: string };

const journalFile = (folder: string): string => join(folder, "journal.ndjson");

function readText(folder: string): string {
  try {
    return readFileSync(journalFile(folder), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/**
 * What is still to be undone, in the order in which it was made. A last line without its end is a record whose change
 * was never begun: a change waits for its record to be on disk.
 */
export function readJournal(folder: string): JournalEntry[] {
  const pending = new Map<string, JournalEntry>();
  const lines = readText(folder).split("\n").slice(0, -1);
  lines.forEach((line, index) => {
    let record: JournalRecord;
    try {
      record = JSON.parse(line) as JournalRecord;
    } catch (cause) {
      throw rigError("JOURNAL_DAMAGED", "a line of the rig's journal cannot be read", {
        where: `${journalFile(folder)}:${index + 1}`,
        expected: "one JSON object a line, as edgeproof wrote it",
        fix: "take the rig down and bring it up again",
        cause,
      });
    }
    if (record.type === "done") return void pending.delete(record.id);
    const { type: _type, ...entry } = record;
    pending.set(record.id, entry);
  });
  return [...pending.values()];
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Removes a journal that has nothing pending. */
export function removeJournal(folder: string): void {
  rmSync(journalFile(folder), { force: true });
}

/**
 * The undo steps of a rig's faults in its folder, each on disk before its change is made. Append-only NDJSON; only one
 * process at a time may have it open (the rig's lock sees to that).
 */
export class Journal {
  private readonly folder: string;
  private readonly run: RunMark;
  private readonly file: number;
  private readonly open = new Map<string, JournalEntry>();

  /** @throws EdgeproofError where a killed run left changes: faults on top of them would prove nothing. */
  static begin(folder: string, run: RunMark): Journal {
    const left = readJournal(folder);
    if (left.length > 0)
      throw rigError("RIG_NOT_HEALED", "changes of a run that was killed are still in force", {
        where: left.map(({ fault, what }) => `${fault}: ${what}`).join("; "),
        fix: "run `edgeproof heal`, then try again",
      });
    return new Journal(folder, run);
  }

  /** For heal: to mark as done what a dead run left. */
  static resume(folder: string, run: RunMark): Journal {
    const journal = new Journal(folder, run);
    for (const entry of readJournal(folder)) journal.open.set(entry.id, entry);
    return journal;
  }

  private constructor(folder: string, run: RunMark) {
    this.folder = folder;
    this.run = run;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // What follows an unfinished line would be lost with it.
    const whole = Buffer.byteLength(readText(folder).replace(/[^\n]*$/, ""));
    this.file = openSync(journalFile(folder), "a", 0o600);
    ftruncateSync(this.file, whole);
    syncFolder(folder);
  }

  /** In the order in which they were made. */
  pending(): JournalEntry[] {
    return [...this.open.values()];
  }

  /** On disk when it returns; where it cannot be, nothing is recorded and the change must not be made. */
  add(fault: string, what: string, undo: Undo): JournalEntry {
    const { run } = this;
    const entry = { id: randomBytes(8).toString("hex"), fault, what, undo, at: Date.now(), run };
    try {
      this.append({ type: "undo", ...entry });
    } catch (cause) {
      throw rigError("JOURNAL_NOT_WRITTEN", `${fault} was not begun: its undo step cannot be written`, {
        where: journalFile(this.folder),
        fix: "make room on the disk of this machine",
        cause,
      });
    }
    this.open.set(entry.id, entry);
    return entry;
  }

  /** On a full disk the record stays open in the file: its undo is idempotent, and `heal` runs it once more. */
  done(id: string): void {
    if (!this.open.delete(id)) return;
    try {
      this.append({ type: "done", id });
    } catch {
      // Said above.
    }
  }

  /** Leaves no file behind if all was undone. */
  close(): void {
    closeSync(this.file);
    if (this.open.size === 0) removeJournal(this.folder);
  }

  private append(record: JournalRecord): void {
    const before = fstatSync(this.file).size;
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    try {
      for (let from = 0; from < line.length;) from += writeSync(this.file, line, from);
      fsyncSync(this.file);
    } catch (error) {
      ftruncateSync(this.file, before);
      throw error;
    }
  }
}
