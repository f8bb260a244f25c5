import { open } from "node:fs/promises";
import { usageError } from "../errors.ts";
import { targetName, type Target } from "./node-target.ts";

/** e_machine of the ELF header (System V ABI). */
const machines: Record<number, string> = { 62: "linux-amd64", 183: "linux-arm64", 40: "linux-armv7" };

/** The target that an ELF file is for; undefined for anything else. */
const elfTarget = (header: Buffer): string | undefined => {
  if (header.length < 20 || header.toString("latin1", 0, 4) !== "\x7fELF") return undefined;
  return machines[header.readUInt16LE(18)] ?? "another machine";
};

/**
 * Checks that a program that the user named can run on the nodes.
 *
 * @throws EdgeproofError (usage)
 */
export const checkNodeExecutable = async (path: string, target: Target, where: string): Promise<void> => {
  const header = Buffer.alloc(20);
  try {
    const file = await open(path, "r");
    try {
      await file.read(header, 0, header.length, 0);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw usageError("tool-unreadable", `\`${path}\` cannot be read`, {
      where,
      fix: "check the path",
      cause,
    });
  }
  const found = elfTarget(header);
  if (found === targetName(target)) return;
  throw usageError("tool-wrong-target", `\`${path}\` is ${found ? `for ${found}` : "no Linux program"}`, {
    where,
    expected: `a static program for ${targetName(target)}, the nodes' system`,
    fix: "name another file, or leave it out and let edgeproof build it",
  });
};
