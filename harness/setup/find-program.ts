import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Root's programs may lie outside a user's PATH. */
const EXTRA = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Absolute path of a program, or undefined. */
export function findProgram(name: string): string | undefined {
  for (const folder of [...(process.env.PATH ?? "").split(delimiter), ...EXTRA]) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
