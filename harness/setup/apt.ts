import { readFileSync } from "node:fs";

import { execa } from "execa";

import { rigError } from "../errors.ts";
import { findProgram } from "./find-program.ts";

/** A program that edgeproof needs on the tester, and the Debian package that brings it. */
export interface SystemProgram {
  program: string;
  debianPackage: string;
  /** What it is for, for `doctor`. */
  purpose: string;
}

/** Whether an os-release file is of Debian or of something made from it, such as Ubuntu. */
export const isDebian = (osRelease: string): boolean => /^ID(_LIKE)?=.*\bdebian\b/m.test(osRelease);

/** Debian or something made from it, and allowed to install packages. */
export function canInstall(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !findProgram("apt-get")) return false;
  try {
    return isDebian(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

export const missing = (programs: readonly SystemProgram[]): SystemProgram[] =>
  programs.filter(({ program }) => !findProgram(program));

/** Installs the packages of missing programs, all at once. Calls for `canInstall()` first. */
export async function installMissing(
  programs: readonly SystemProgram[],
  say: (message: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const packages = missing(programs).map(({ debianPackage }) => debianPackage);
  if (packages.length === 0) return;
  const options = {
    reject: false,
    env: { DEBIAN_FRONTEND: "noninteractive" },
    ...(signal ? { cancelSignal: signal } : {}),
  } as const;
  say(`installing ${packages.join(", ")} (apt-get)`);
  const update = await execa("apt-get", ["update", "-qq"], options);
  const install = await execa(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", ...packages],
    options,
  );
  if (install.failed)
    throw rigError("APT_INSTALL", `apt-get could not install ${packages.join(", ")}`, {
      expected: "Debian's packages to be reachable",
      fix: `run \`apt-get install ${packages.join(" ")}\` and see what it says`,
      cause: new Error((install.stderr || update.stderr || "").slice(-1500)),
    });
}
