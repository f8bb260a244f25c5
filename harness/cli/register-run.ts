import { resolve } from "node:path";

import { type Command, Option } from "commander";

import type { ExitCode } from "../exit-codes.ts";
import { chosen, pace, rateShare } from "./arguments.ts";
import { CONFIRM, type RunFlags, type Shared } from "./flags.ts";
import { withCluster, withSuite } from "./register-plan.ts";

/** Options and action of `run`. */
export function registerRun(command: Command, done: (code: ExitCode) => void): void {
  withCluster(withSuite(command))
    .option("--rig <name>", "use this rig, and leave it up")
    .option("--list", "list the suites", false)
    .option("--confirm <rig>", CONFIRM)
    .option("--grep <text>", "only tests whose whole title contains this, such as a fault's name")
    .option("--cells <pattern>", "only cells of a matrix that are like this, such as payload-*-typ*")
    .option("--small", "the small form of a matrix")
    .option("--fit", "fewer users where this host cannot carry those of a cell; said and recorded")
    .option("--resume <run>", "go on with this run of a matrix: cells that it finished are taken over")
    .option("--baseline <run>", "an earlier run of the suite, which the page holds this one against")
    .option("--all", "every objective in the end, not only what fits on the screen")
    .option(
      "--slow <function=share>",
      "plant a regression: a function takes longer by a share, such as fib=20%",
    )
    .addOption(
      new Option(
        "--rate <share>",
        "offer a share of the rate of every open load, such as 10%, to machines that cannot carry it; it lasts longer",
      ).argParser(rateShare),
    )
    .addOption(
      // Documented in docs/scenarios.md: a rehearsal decides nothing.
      new Option("--pace <factor>", "factor on the durations of scenarios").argParser(pace).hideHelp(),
    )
    .action(async (named: string[], { list, ...options }: Shared & RunFlags) =>
      done(
        list
          ? (await import("./commands/suites.ts")).suites(options.json)
          : await (
              await import("./commands/run.ts")
            ).run({ ...options, ...chosen(named, options.suite), output: resolve(options.output) }),
      ),
    );
}
