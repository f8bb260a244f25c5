import type { Command } from "commander";

import type { ExitCode } from "../exit-codes.ts";

interface InitFlags {
  force: boolean;
  json: boolean;
  package?: string;
}

/** Adds the command `init`. */
export const registerInit = (
  command: (name: string, text: string, usage: string) => Command,
  done: (code: ExitCode) => void,
): void =>
  void command(
    "init [folder]",
    "write a project of one's own: topology, objectives, a suite, a workflow",
    "init my-edge",
  )
    .option("--force", "in a folder that is not empty: add what is missing, change nothing", false)
    .option("--package <spec>", "how npm gets edgeproof; by default the way it was installed itself")
    .option("--json", "machine-readable result on standard output", false)
    .action(async (folder: string | undefined, options: InitFlags) =>
      done((await import("./commands/init.ts")).init(folder ?? ".", options)),
    );
