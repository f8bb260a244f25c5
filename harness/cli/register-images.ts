import type { Command } from "commander";

import type { ExitCode } from "../exit-codes.ts";
import type { Shared } from "./flags.ts";

/** Options and action of `images`. */
export function registerImages(command: Command, done: (code: ExitCode) => void): void {
  command
    .option("--arch <list>", "architectures of the nodes, such as amd64,arm64; this machine's by default")
    .option("--to <folder>", "where the archives are written", "edgeproof-images")
    .action(async (options: Pick<Shared, "json" | "quiet"> & { arch?: string; to: string }) =>
      done(await (await import("./commands/images.ts")).images(options)),
    );
}
