import { stat } from "node:fs/promises";
import { join } from "node:path";
import { targetName, type Target } from "./node-target.ts";

/** Where a built program is kept: a path that holds the whole program or nothing. */
export const storePath = (cache: string, target: Target, name: string, key: string): string =>
  join(cache, "store", targetName(target), `${name}-${key}`, executableName(name, target));

/** The program's file name on its target. */
export const executableName = (name: string, target: Target): string =>
  target.goos === "windows" ? `${name}.exe` : name;

export const isFile = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile() && found.size > 0,
    () => false,
  );
