import type { Command } from "commander";

import type { ExitCode } from "../exit-codes.ts";
import { chosen } from "./arguments.ts";
import type { RunFlags, Shared } from "./flags.ts";

/** What `run` and `plan` take to say which suite is meant. */
export const withSuite = (command: Command): Command =>
  command
    .argument("[suite...]", "suites' files, or the name of one, in place of --suite")
    .option("--suite <name>", "a suite by its name", "quickstart")
    .option("--objectives <file>", "objectives, instead of the suite's own")
    .option("--topology <name or file>", "topology, instead of the suite's own");

/** What `run`, `plan` and `up` take in place of a topology: a cluster that exists. */
export const withCluster = (command: Command): Command =>
  command
    .option("--kubeconfig <file>", "a cluster that exists, in place of a topology; docs/existing-cluster.md")
    .option("--context <name>", "context of the kubeconfig; its current one by default")
    .option("--namespace <name>", "namespace that is made there and removed; edgeproof-RIG by default")
    .option("--images <registry/path>", "where its nodes pull functions from; by default they have them")
    .option("--gateway <way>", "auto, node, forward, or an address where the nodes' ports answer");

/** Options and action of `plan`. */
export function registerPlan(plan: Command, done: (code: ExitCode) => void): void {
  withCluster(withSuite(plan))
    .option("--cells <pattern>", "only cells of a matrix that are like this")
    .option("--small", "the small form of a matrix")
    .action(async (named: string[], options: Shared & RunFlags) =>
      done(await (await import("./commands/plan.ts")).plan({ ...options, ...chosen(named, options.suite) })),
    );
}
