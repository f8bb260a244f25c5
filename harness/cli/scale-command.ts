import { resolve } from "node:path";

import type { Command } from "commander";

import type { ExitCode } from "../exit-codes.ts";
import { positive } from "./arguments.ts";
import { SCALE_EXIT_CODES } from "./exit-code-help.ts";
import type { ScaleFlags, Shared } from "./flags.ts";

/** Options and action of `edgeproof scale`. */
export const scaleCommand = (command: Command, done: (code: ExitCode) => void): Command =>
  command
    .option("--nodes <n>", "simulated nodes to grow to", positive("--nodes"), 1000)
    .option("--steps <list>", "sizes on the way, such as 10,50,100; six by default")
    .option("--pods-per-node <n>", "steady pods on each simulated node", positive("--pods-per-node"), 2)
    .option(
      "--window <seconds>",
      "time to measure at each size; the SLOs' own window is 300",
      positive("--window"),
      75,
    )
    .option(
      "--churn <pods>",
      "pods created a second while it measures, and as many deleted; 6 at most",
      positive("--churn"),
      5,
    )
    .option("--profile <name>", "network profile that heartbeats cross; the topology's by default")
    .option("--from <machine>", "agent (or tester) from which all simulated nodes speak")
    .option("--topology <name or file>", "topology of the rig; `scale` by default")
    .option("--rig <name>", "use this rig, and leave nothing on it")
    .addHelpText("after", SCALE_EXIT_CODES)
    .action(async (options: ScaleFlags & Shared) =>
      done(
        await (await import("./commands/scale.ts")).scale({ ...options, output: resolve(options.output) }),
      ),
    );
