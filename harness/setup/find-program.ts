import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** Root's programs may lie outside a user's PATH. */
const EXTRA = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Absolute path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  const onPath = (process.env.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  for (const folder of [...onPath, ...EXTRA]) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
