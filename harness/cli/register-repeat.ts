import type { Command } from "commander";

import type { ExitCode } from "../exit-codes.ts";
import { positive } from "./arguments.ts";
import { REPEAT_EXIT_CODES } from "./exit-code-help.ts";
import type { RepeatFlags, Shared } from "./flags.ts";

/** Options and action of `repeat`. */
export function registerRepeat(command: Command, done: (code: ExitCode) => void): void {
  command
    .option("--suite <name>", "suite to run", "functions")
    .option("--topology <name or file>", "topology of the base, instead of the suite's own")
    .option("--head-topology <name or file>", "compare with runs of this topology, in turn")
    .option(
      "--head-slow <function=share>",
      "compare with runs in which a function is slower, such as fib=20%",
    )
    .option("--times <n>", "most repetitions", positive("--times"), 20)
    .option("--budget <minutes>", "no repetition begins after so long", positive("--budget"), 60)
    .option(
      "--within <share>",
      "smallest change that matters; of one side, how exactly it is to be known",
      "5%",
    )
    .option("--rig <name>", "all runs on this rig, which stays up; by default each has a rig of its own")
    .option("--confirm <rig>", "name of a rig of real machines, which may be broken")
    .addHelpText("after", REPEAT_EXIT_CODES)
    .action(async (options: Shared & RepeatFlags) =>
      done(await (await import("./commands/repeat.ts")).repeat(options)),
    );
}
