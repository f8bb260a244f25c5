import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { rigError, type EdgeproofError } from "../errors.ts";

/** A file of the run could not be written: the run cannot be evidence any more, so this is rig trouble. */
export const writeFailure = (file: string, cause: unknown): EdgeproofError =>
  rigError(
    "record-write",
    `cannot write the run: ${(cause as NodeJS.ErrnoException).code ?? "unknown error"}`,
    {
      where: file,
      expected: "a writable folder with free space",
      fix: "free some space on that disk (`df -h`) or choose another folder, then run again",
      cause,
    },
  );

const writeAll = (fd: number, bytes: Buffer): void => {
  let offset = 0;
  while (offset < bytes.length) offset += writeSync(fd, bytes, offset);
};

/** Appends values as lines, whole or not at all: a write that fails half-way is cut off again. */
export const appendLines = (file: string, values: readonly unknown[]): void => {
  let fd: number;
  try {
    fd = openSync(file, constants.O_CREAT | constants.O_APPEND | constants.O_WRONLY, 0o644);
  } catch (cause) {
    throw writeFailure(file, cause);
  }
  try {
    const before = fstatSync(fd).size;
    try {
      writeAll(fd, Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join("")));
    } catch (cause) {
      try {
        ftruncateSync(fd, before);
      } catch {
        // Not a regular file, such as /dev/full; the error that counts is the write's.
      }
      throw writeFailure(file, cause);
    }
  } finally {
    closeSync(fd);
  }
};
