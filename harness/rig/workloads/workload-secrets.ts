import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { rigError } from "../../errors.ts";

export type WorkloadSecrets = Readonly<Record<string, string>>;

const fileOf = (rigFolder: string, kind: string): string => join(rigFolder, `workload-${kind}.json`);

/** Values for the names, made once for a rig and kept in its folder, mode 0600. */
export async function ensureSecrets(
  rigFolder: string,
  kind: string,
  names: readonly string[],
): Promise<WorkloadSecrets> {
  if (names.length === 0) return {};
  const secrets = Object.fromEntries(names.map((name) => [name, randomBytes(20).toString("hex")]));
  const file = fileOf(rigFolder, kind);
  try {
    await writeFile(file, JSON.stringify(secrets), { mode: 0o600, flag: "wx" });
    return secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return readSecrets(rigFolder, kind);
  }
}

/** @throws EdgeproofError where the rig has none of this workload */
export async function readSecrets(rigFolder: string, kind: string): Promise<WorkloadSecrets> {
  const file = fileOf(rigFolder, kind);
  try {
    return JSON.parse(await readFile(file, "utf8")) as WorkloadSecrets;
  } catch (cause) {
    throw rigError("NO_WORKLOAD_KEYS", `the keys of ${kind} cannot be read`, {
      where: file,
      expected: "the file that bringing up the rig made",
      fix: "take the rig down and bring it up again",
      cause,
    });
  }
}
