import { join } from "node:path";

import { execa } from "execa";

import { projectFile } from "../project.ts";

/** Runs the command in a folder, as a user would, with a machine state of its own and without colours. */
export async function edgeproof(
  folder: string,
  ...argv: string[]
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [projectFile("scripts/edgeproof.mjs"), ...argv],
    {
      cwd: folder,
      env: { XDG_STATE_HOME: join(folder, "state"), EDGEPROOF_CACHE: join(folder, "cache"), NO_COLOR: "1" },
      reject: false,
    },
  );
  return { exitCode, stdout, stderr };
}
