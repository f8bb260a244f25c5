import { readFile, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import { rigError } from "../../errors.ts";
import type { Secret } from "./secret.ts";

const unpack = promisify(gunzip);

/** What is a secret whoever made it: of a rig that is not known, or of a pod whose token came and went. */
const SHAPES: readonly (readonly [string, RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\s*(?:\\n)?[A-Za-z0-9+/=]{24}/],
  ["a token", /\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{32,}/],
];

/** The places of those secrets that a text gives away. */
export const knownSecretsInText = (text: string, secrets: readonly Secret[]): string[] => [
  ...new Set(
    secrets
      .filter(({ needles }) => needles.some((needle) => text.includes(needle)))
      .map(({ where }) => where),
  ),
];

/** What secrets a text gives away: where they are kept, or what they look like. */
export function secretsInText(text: string, secrets: readonly Secret[]): string[] {
  const shaped = SHAPES.filter(([, shape]) => shape.test(text));
  return [...knownSecretsInText(text, secrets), ...shaped.map(([what]) => what)];
}

export interface Leak {
  /** Relative to the folder. */
  file: string;
  /** Where the secret is kept, or what it looks like; never the secret. */
  secrets: string[];
}

/** Looks through every file of a folder, packed ones and names included. */
export async function findSecrets(folder: string, secrets: readonly Secret[]): Promise<Leak[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const leaks: Leak[] = [];
  // One after the other: a run may have large files, and each is read whole.
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const file = relative(folder, path);
    // As bytes: what is not text must not be changed by being read as text.
    const content = entry.isFile() ? await contentOf(path) : "";
    const found = secretsInText(`${entry.name}\n${content}`, secrets);
    if (found.length > 0) leaks.push({ file, secrets: found });
  }
  return leaks;
}

async function contentOf(path: string): Promise<string> {
  const raw = await readFile(path);
  return (path.endsWith(".gz") ? await unpack(raw) : raw).toString("latin1");
}

/** @throws EdgeproofError (broken) where a run's folder gives a secret away; it names files, and no secret. */
export async function ensureNoSecrets(folder: string, secrets: readonly Secret[]): Promise<void> {
  const leaks = await findSecrets(folder, secrets);
  if (leaks.length === 0) return;
  const told = leaks.map(({ file, secrets: found }) => `${file} (${found.join(", ")})`);
  throw rigError("SECRET_IN_RUN", `${leaks.length} files of the run give secrets of the rig away`, {
    where: `${folder}: ${told.join("; ")}`,
    expected: "no key, token or kubeconfig in a report or a log",
    fix: "do not publish this folder, remove it, take the rig down, and report this as a defect",
  });
}
