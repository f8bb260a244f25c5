import type { Command } from "commander";

import type { ExitCode } from "../exit-codes.ts";
import type { Shared } from "./flags.ts";

export const BENCH_PARTS =
  "rig: bring-up, tear-down, memory; wan: the WAN engine; functions: Knative, watches, k6; judge: comparing; harness: how its own cost grows; default the first three";

/** Action of `edgeproof bench`. */
export const benchCommand = (command: Command, done: (code: ExitCode) => void): Command =>
  command.action(async (what: string[], options: Shared) =>
    done(await (await import("./commands/bench.ts")).bench(what, options.json)),
  );
