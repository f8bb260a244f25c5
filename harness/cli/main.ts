import { resolve } from "node:path";

import { Command, CommanderError, Option } from "commander";

import { EdgeproofError } from "../errors.ts";
import { ExitCode } from "../exit-codes.ts";
import { edgeproofVersion } from "../project.ts";
import { number, pace, positive } from "./arguments.ts";
import {
  CHARACTERIZE_EXIT_CODES,
  COMPARE_EXIT_CODES,
  EXIT_CODES,
  SWEEP_EXIT_CODES,
  TREND_EXIT_CODES,
} from "./exit-code-help.ts";
import { BENCH_PARTS, benchCommand } from "./bench-command.ts";
import { scaleCommand } from "./scale-command.ts";
import { type CharacterizeFlags, CONFIRM, type Shared, type SweepFlags, type UpFlags } from "./flags.ts";
import { registerImages } from "./register-images.ts";
import { registerInit } from "./register-init.ts";
import { registerJudging } from "./register-judging.ts";
import { registerPlan, withCluster } from "./register-plan.ts";
import { registerRepeat } from "./register-repeat.ts";
import { registerRun } from "./register-run.ts";

const example = (lines: string): string => `Example:\n${lines}\n`;

/**
 * The command line. Data goes to standard output, progress to standard error. Each command is loaded when it is called:
 * Kubernetes' client alone takes half a second and 100 MB.
 */
function commandLine(done: (code: ExitCode) => void): Command {
  const program = new Command("edgeproof")
    .description("Brings up a serverless edge, breaks it on purpose, proves each fault, and judges SLOs.")
    .version(edgeproofVersion())
    .addHelpText(
      "before",
      example("  edgeproof quickstart        everything on this machine, from nothing to a report"),
    )
    .addHelpText("after", EXIT_CODES)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false });
  const command = (name: string, text: string, usage: string): Command =>
    program
      .command(name)
      .description(text)
      .exitOverride()
      .addHelpText("before", example(`  edgeproof ${usage}`));
  const json = (target: Command): Command =>
    target.option("--json", "machine-readable result on standard output", false);
  const quiet = (target: Command): Command => target.option("-q, --quiet", "no progress", false);
  const seed = (target: Command): Command =>
    target.option("--seed <n>", "seed of every random choice", number, 1);
  const output = (target: Command): Command =>
    target.addOption(
      new Option("-o, --output <folder>", "folder of run folders").default(resolve("reports"), "./reports"),
    );

  quiet(
    json(
      seed(
        output(
          command("quickstart", "rig, WAN, load, faults, verdict and report, then tear-down", "quickstart"),
        ),
      ),
    ),
  ).action(async (options: Shared) =>
    done(await (await import("./commands/run.ts")).run({ ...common(options), suite: "quickstart" })),
  );
  const run = command(
    "run",
    "run a suite on a new rig, or on one that is up",
    "run suites/edge.suite.ts --topology topology.yaml --objectives objectives.yaml",
  );
  registerRun(quiet(json(seed(output(run)))), done);
  const repeat = command(
    "repeat",
    "run a suite until its figures are known, or until two sides are told apart",
    "repeat --suite functions --head-topology new.yaml",
  );
  registerRepeat(quiet(json(seed(output(repeat)))), done);
  json(command("suites", "what `run --suite` knows", "suites")).action(async (options: Shared) =>
    done((await import("./commands/suites.ts")).suites(options.json)),
  );
  const faults = program.command("faults").description("the faults that there are").exitOverride();
  json(faults.command("list").description("one line a fault").exitOverride())
    .option("--layer <layer>", "link, stream, node, overlay or platform")
    .action(async (options: Shared & { layer?: string }) =>
      done((await import("./commands/faults.ts")).listFaults(options)),
    );
  json(
    faults.command("show <name>").description("target, parameters, proof and limits").exitOverride(),
  ).action(async (name: string, options: Shared) =>
    done((await import("./commands/faults.ts")).showFault(name, options.json)),
  );
  withCluster(
    quiet(json(seed(command("up [topology]", "bring a rig up and leave it", "up quickstart --name lab")))),
  )
    .option("--name <rig>", "name of the rig; the topology's by default")
    .option("--confirm <rig>", CONFIRM)
    .action(async (topology: string | undefined, options: Shared & UpFlags) =>
      done(await (await import("./commands/up.ts")).up(topology, options)),
    );
  json(command("down [rig]", "remove a rig, or all of them", "down lab"))
    .option("--confirm <rig>", CONFIRM)
    .action(async (rig: string | undefined, options: Shared & { confirm?: string }) =>
      done(await (await import("./commands/down.ts")).down(rig, options)),
    );
  json(command("heal [rig]", "undo everything that a killed run left", "heal")).action(
    async (rig: string | undefined, options: Shared) =>
      done(await (await import("./commands/heal.ts")).heal(rig, options.json)),
  );
  json(command("status", "what is in force now", "status --json")).action(async (options: Shared) =>
    done(await (await import("./commands/status.ts")).status(options.json)),
  );
  json(
    command("doctor", "what this machine needs, or the nodes of an inventory, and what is there", "doctor"),
  )
    .option("--inventory <file>", "the nodes of this inventory, instead of this machine")
    .action(async (options: Shared & { inventory?: string }) =>
      done(await (await import("./commands/doctor.ts")).doctor(options)),
    );
  const plan = command(
    "plan",
    "what `run` would make, change and judge; touches nothing",
    "plan --suite quickstart",
  );
  registerPlan(json(seed(plan)), done);
  registerInit(command, done);
  registerImages(
    quiet(json(command("images", "the functions' images, for nodes or a registry", "images --arch arm64"))),
    done,
  );
  registerJudging(
    json(command("report [run]", "judge a run folder again and write its reports", "report reports/latest")),
    json(command("judge [run]", "judge a run folder again, however large it is", "judge reports/latest")),
    done,
  );
  json(
    seed(
      command(
        "compare <base> <head>",
        "what became worse or better between recorded runs, or several (a folder or a pattern) and several",
        "compare 'reports/runs/20261124*-functions' 'reports/runs/20261125*-functions'",
      ),
    ),
  )
    .option("--effect <share>", "smallest change that matters", "5%")
    .addHelpText("after", COMPARE_EXIT_CODES)
    .action(async (base: string, head: string, options: Shared & { effect: string }) =>
      done((await import("./commands/compare.ts")).compare(resolve(base), resolve(head), options)),
    );
  json(
    output(
      command(
        "trend [runs...]",
        "what became worse or better over many recorded runs; all of reports/runs by default",
        "trend 'reports/runs/*-quickstart'",
      ),
    ),
  )
    .option("--effect <share>", "smallest change over the range that matters", "5%")
    .option("--all", "every row, not only what fits on the screen", false)
    .addHelpText("after", TREND_EXIT_CODES)
    .action(async (runs: string[], options: Shared & { effect: string; all: boolean }) =>
      done(
        (await import("./commands/trend.ts")).trend(runs, { ...options, output: resolve(options.output) }),
      ),
    );
  quiet(
    json(
      output(
        command(
          "sweep",
          "find the value of a fault or a load at which a suite stops to succeed",
          "sweep --suite wan-profile-burst --vary link-loss.loss=0.5..20%",
        ),
      ),
    ),
  )
    .option("--suite <name>", "suite, or file of a scenario, that is tried")
    .option("--vary <range>", "FAULT.PARAMETER=LOW..HIGH with a unit, or load.rate=LOW..HIGH")
    .option("--resolution <distance>", "how exactly the edge is to be known; a 25th of the range by default")
    .option("--trials <n>", "most trials in all", positive("--trials"), 120)
    .option("--cap <n>", "most trials of one point before another is tried; 13 by default", positive("--cap"))
    .option("--seed <n>", "seed of every random choice; 1 by default", number)
    .option("--rig <name>", "use this rig, and leave it up")
    .option("--confirm <rig>", CONFIRM)
    .option("--resume <folder>", "go on with this sweep; it knows what was asked")
    .addHelpText("after", SWEEP_EXIT_CODES)
    .action(async (options: SweepFlags & Omit<Shared, "seed">) =>
      done(
        await (await import("./commands/sweep.ts")).sweep({ ...options, output: resolve(options.output) }),
      ),
    );
  quiet(
    json(
      output(
        command(
          "characterize [rig]",
          "measure what each node computes, and the network between every pair",
          "characterize lab",
        ),
      ),
    ),
  )
    .option(
      "--budget <seconds>",
      "time for all of it; 56 by default, more for many nodes",
      positive("--budget"),
    )
    .option("--host", "this machine itself, without a rig: device classes are calibrated against it")
    .option("--node <name>", "only this node, without the network")
    .option("--parallel", "nodes at once, although they share one host")
    .option("--no-labels", "leave the nodes' labels and annotations as they are")
    .option("--save-class <class>", "keep the scores of the one node as those of its device class")
    .option("--scores <file>", "measured classes; fixtures/classes/scores.yaml by default")
    .addHelpText("after", CHARACTERIZE_EXIT_CODES)
    .action(async (rig: string | undefined, options: CharacterizeFlags & Omit<Shared, "seed">) =>
      done(
        await (
          await import("./commands/characterize.ts")
        ).characterize(rig, { ...options, output: resolve(options.output) }),
      ),
    );
  const grown = command(
    "scale",
    "what a cluster costs as it grows, by simulated nodes",
    "scale --nodes 1000",
  );
  scaleCommand(quiet(json(seed(output(grown)))), done);
  seed(output(command("test", "unit tests, then the quickstart's suites on a real rig", "test"))).action(
    async (options: Shared) => done(await (await import("./commands/test.ts")).test(options)),
  );
  json(
    seed(
      command(
        "test-kill [suites...]",
        "kill runs at random moments, heal, compare with before",
        "test-kill --points 10 underlay-blip",
      ),
    ),
  )
    .option("--points <n>", "runs to kill, over all suites", number, 100)
    .option("--pace <factor>", "factor on the durations of scenarios", pace, 0.2)
    .action(async (suites: string[], options: Shared & { points: number; pace: number }) =>
      done(await (await import("./commands/test-kill.ts")).testKill({ ...options, suites })),
    );
  const measured = command("bench [what...]", BENCH_PARTS, "bench wan");
  benchCommand(json(measured), done);
  return program;
}

const common = ({ json, quiet, seed, output }: Shared) => ({ json, quiet, seed, output: resolve(output) });

/** Runs the command; never throws. Its result is the process's exit code. */
export async function main(argv: string[]): Promise<number> {
  // Rigs outlive processes and are found by label, so testcontainers' own reaper (an image to be pulled) is not used.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= "true";
  let code: ExitCode = ExitCode.met;
  try {
    await commandLine((result) => (code = result)).parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.met : ExitCode.usage;
    if (error instanceof EdgeproofError) {
      process.stderr.write(`${error.format()}\n`);
      return error.exitCode;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`internal error (please report it):\n${text}\n`);
    return ExitCode.internal;
  }
}
