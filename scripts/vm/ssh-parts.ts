import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { parse, stringify } from "yaml";

import { EdgeproofError, messageOf, rigError, usageError } from "../../harness/errors.ts";
import { projectFile } from "../../harness/project.ts";
import { RIG, inventoryOf, rateOf, topologyOf } from "./lab.ts";
import { leasesWithoutAgent } from "./leases-without-agent.ts";
import { edgeproof, type LabRun, stateHome } from "./run-edgeproof.ts";
import { serveAndLoad } from "./serve-and-load.ts";
import { compareWithStock } from "./stock.ts";
import { untilMachines } from "./until-machines.ts";

interface Part {
  summary: string;
  /** The rig has to be up. */
  needsRig?: boolean;
  /** An emulated machine that reboots ends. */
  needsUml?: boolean;
  run(run: LabRun): Promise<void>;
}

const MINUTE = 60_000;
const UP_LIMIT_MS = 40 * MINUTE;
/** After the agents run, while programs are on their way and services start. */
const IN_THE_MIDDLE_MS = 20_000;
/** What an interrupted `up` may take until all is as it was. */
const ROLLBACK_LIMIT_MS = 6 * MINUTE;
/** Leases run for a minute or one and a half; the guard may be at a step, and an emulated processor takes its time. */
const LEASES_END_MS = 3 * MINUTE;

const WITHOUT_KNATIVE = [
  ...["rig", "exposure", "baseline", "wan-profiles", "stream-fault", "scale-out", "node-failure"],
];

/** Phases of `suites/serverless.suite.ts`. */
const OF_KNATIVE = ["cold-start", "load-scale-out", "scale-in"];

const confirmed = ["--confirm", RIG];
const up = ({ lab }: LabRun): string[] => ["up", topologyOf(lab), "--name", RIG, ...confirmed];

/** Kills edgeproof, as a power cut of the tester does, when `moment` has come. */
async function killed(run: LabRun, argv: readonly string[], moment: () => Promise<unknown>): Promise<void> {
  let at = 0;
  const ended = edgeproof(run, argv, {
    limitMs: UP_LIMIT_MS,
    ends: [],
    disturb: async (child) => {
      // Whatever becomes of the wait, it must not go on.
      await moment().finally(() => child.kill("SIGKILL"));
      at = performance.now();
    },
  });
  await ended.catch((error: unknown) => {
    if (at === 0 || !(error instanceof EdgeproofError) || error.code !== "VM_RIG") throw error;
  });
}

/**
 * The quickstart's; without Knative, those of its files that need no function that scales to nothing, and the objectives of
 * their phases.
 */
function suitesOf({ lab }: LabRun): string[] {
  if (lab.layer === "knative") return ["--suite", "quickstart"];
  const files = WITHOUT_KNATIVE.map((name) => projectFile("suites", `${name}.suite.ts`));
  const all = parse(readFileSync(projectFile("fixtures/objectives/quickstart.yaml"), "utf8")) as {
    objectives: { scope: { phase: string } }[];
  };
  const objectives = all.objectives.filter(({ scope: { phase } }) => !OF_KNATIVE.includes(phase));
  const file = join(lab.folder, "objectives.yaml");
  writeFileSync(file, stringify({ objectives }));
  return [...files, "--objectives", file];
}

/** A suite of this folder's, whose receipts all have to hold. */
function runOwnSuite(run: LabRun, name: string): Promise<void> {
  const file = projectFile("scripts/vm", `${name}.suite.ts`);
  const objectives = ["--objectives", projectFile("scripts/vm/answers-afterwards.yaml")];
  const argv = ["run", file, ...objectives, "--rate", rateOf(run.lab), "--rig", RIG, ...confirmed];
  return edgeproof(run, argv, { limitMs: 20 * MINUTE });
}

/** Resolves in the middle of bringing a rig up. */
async function inTheMiddle(run: LabRun): Promise<void> {
  await untilMachines(run, { question: "agent-runs", wanted: "all", limitMs: UP_LIMIT_MS });
  await delay(IN_THE_MIDDLE_MS, undefined, { signal: run.signal });
}

/** In the order in which they are run. */
export const PARTS: Record<string, Part> = {
  doctor: {
    summary: "`doctor --inventory`",
    run: (run) => edgeproof(run, ["doctor", "--inventory", inventoryOf(run.lab)], { limitMs: 5 * MINUTE }),
  },
  interrupt: {
    summary: "Ctrl-C in the middle of `up`, and the comparison",
    async run(run) {
      let pressedAt = 0;
      await edgeproof(run, up(run), {
        limitMs: UP_LIMIT_MS,
        ends: [130],
        disturb: async (child) => {
          await inTheMiddle(run);
          pressedAt = performance.now();
          child.kill("SIGINT");
        },
      });
      const tookMs = performance.now() - pressedAt;
      run.say(`all was taken back ${(tookMs / 1000).toFixed(0)} s after Ctrl-C`);
      if (tookMs > ROLLBACK_LIMIT_MS)
        throw rigError("VM_SLOW", "Ctrl-C took too long", {
          expected: `${ROLLBACK_LIMIT_MS / 1000} s at most`,
        });
      await compareWithStock(run.lab, "Ctrl-C in `up`");
    },
  },
  killed: {
    summary: "`kill -9` in the middle of `up`, `heal`, and the comparison",
    async run(run) {
      await killed(run, up(run), () => inTheMiddle(run));
      await edgeproof(run, ["heal"], { limitMs: 15 * MINUTE });
      await compareWithStock(run.lab, "a killed `up` and `heal`");
    },
  },
  up: {
    summary: "`up`, from bare machines",
    run: (run) => edgeproof(run, up(run), { limitMs: UP_LIMIT_MS }),
  },
  load: {
    summary: "a function with a replica on each node, loaded from the third machine",
    needsRig: true,
    run: ({ lab, say, signal }) => serveAndLoad(RIG, stateHome(lab), say, signal),
  },
  links: {
    summary: "link faults with nothing else going on; every receipt holds",
    needsRig: true,
    run: (run) => runOwnSuite(run, "idle-links"),
  },
  "machine-faults": {
    summary: "a reboot and a clock that is set off; every receipt holds (machines of --uml alone)",
    needsRig: true,
    needsUml: true,
    run: (run) => runOwnSuite(run, "machine-faults"),
  },
  suites: {
    summary: "the quickstart's suites; objectives may be missed or left open, nothing may break",
    needsRig: true,
    run: (run) =>
      edgeproof(run, ["run", ...suitesOf(run), "--rate", rateOf(run.lab), "--rig", RIG, ...confirmed], {
        limitMs: 60 * MINUTE,
        ends: [0, 1, 2],
      }),
  },
  leases: {
    summary:
      "links are restored by a node whose agent was killed with all of the rig on it, without a tester",
    needsRig: true,
    run: (run) => leasesWithoutAgent(run, LEASES_END_MS),
  },
  "dead-run": {
    summary:
      "`kill -9` of a run that impairs links: the machines restore them, `heal` finds nothing more to do",
    needsRig: true,
    async run(run) {
      const grep = ["--grep", "WAN profile typ"];
      const argv = ["run", "--rig", RIG, "--suite", "quickstart", ...grep, ...confirmed];
      await killed(run, argv, async () => {
        await untilMachines(run, { question: "impaired", wanted: "some", limitMs: 10 * MINUTE });
        await delay(5_000);
      });
      const limitMs = LEASES_END_MS;
      const seconds = await untilMachines(run, { question: "impaired", wanted: "none", limitMs });
      run.say(`no link was impaired any more within ${seconds} s of the kill`);
      await edgeproof(run, ["heal", RIG], { limitMs: 15 * MINUTE });
    },
  },
  status: {
    summary: "`status`",
    needsRig: true,
    run: (run) => edgeproof(run, ["status"], { limitMs: 5 * MINUTE }),
  },
  down: {
    summary: "`down`, and the comparison",
    async run(run) {
      await edgeproof(run, ["down", RIG, ...confirmed], { limitMs: 15 * MINUTE });
      await compareWithStock(run.lab, "`down`");
    },
  },
  comparison: {
    summary: "the comparison alone",
    run: ({ lab }) => compareWithStock(lab, "all of it"),
  },
};

/** The parts that were asked for, in their order. @throws EdgeproofError (usage) */
export function choose(only: string | undefined): string[] {
  if (only === undefined) return Object.keys(PARTS).filter((name) => name !== "comparison");
  const asked = only.split(",").filter(Boolean);
  const unknown = asked.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length === 0 && asked.length > 0)
    return Object.keys(PARTS).filter((name) => asked.includes(name));
  throw usageError("VM_PART", `there is no part ${unknown.join(", ") || only}`, {
    where: "--only",
    expected: Object.entries(PARTS)
      .map(([name, { summary }]) => `${name} (${summary})`)
      .join("; "),
  });
}

/** Runs them, each whatever became of the one before unless it needs the rig; says which passed, and whether all did. */
export async function runParts(run: LabRun, names: readonly string[]): Promise<boolean> {
  const results: string[] = [];
  let rigIsUp = !names.includes("up");
  let passed = true;
  for (const name of names) {
    const part = PARTS[name]!;
    if ((part.needsRig && !rigIsUp) || (part.needsUml && !run.lab.uml)) {
      results.push(`not run  ${name}`);
      continue;
    }
    run.signal.throwIfAborted();
    run.say(`PART ${name}: ${part.summary}`);
    const began = performance.now();
    const took = (): string => `(${((performance.now() - began) / 1000).toFixed(0)} s)`;
    try {
      await part.run(run);
      if (name === "up") rigIsUp = true;
      results.push(`passed   ${name} ${took()}`);
    } catch (error) {
      run.signal.throwIfAborted();
      passed = false;
      const text = error instanceof EdgeproofError ? error.format() : String(error);
      process.stdout.write(`${text}\n`);
      results.push(`FAILED   ${name} ${took()}: ${messageOf(error)}`);
    }
    run.say(results.at(-1)!);
  }
  process.stdout.write(`${results.join("\n")}\n`);
  if (results.length === 0) throw rigError("VM_PART", "no part was run");
  return passed;
}
