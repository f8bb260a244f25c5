import { z } from "zod";

import { usageError } from "../../../harness/errors.ts";
import { quantity } from "../../../harness/config/quantity-schema.ts";
import type { ReceiptCheck } from "../../../harness/record/model.ts";
import type { NodeHandle } from "../../../harness/rig/node-handle.ts";
import type { LoadReading, ResourceReading } from "../../pressure/probe.ts";
import { ChangeFault } from "../change-fault.ts";
import { type FaultContext, defineFault } from "../definition.ts";
import type { Evidence } from "../evidence.ts";
import { joinEvidence } from "./join-evidence.ts";
import { machineName, pressureChange, probeMachine } from "./machine-programs.ts";
import { checkNumber } from "./numbers.ts";
import { listNames, namesOf, nodesOf } from "./targets.ts";

/** Of CPU time asked for, and at least this many CPUs: readings have a grain of 10 ms. */
const TOLERANCE = 0.1;
const LEAST_TOLERANCE_CPUS = 0.05;
const MIN_WINDOW_MS = 1_000;

/** CPUs that a load used between two readings, against what was asked; what it stood in line for counts as wanted. */
export function judgeCpu(
  subject: string,
  asked: number,
  first: LoadReading | undefined,
  last: LoadReading | undefined,
): ReceiptCheck {
  const windowMs = first && last ? last.at - first.at : 0;
  const enough = first !== undefined && last !== undefined && windowMs >= MIN_WINDOW_MS;
  const tolerance = Math.max(LEAST_TOLERANCE_CPUS, TOLERANCE * asked);
  const used = enough ? (last.cpuMs - first.cpuMs) / windowMs : undefined;
  const waited = enough ? Math.max(0, last.waitedMs - first.waitedMs) / windowMs : 0;
  const short = used !== undefined && used < asked;
  return checkNumber({
    subject,
    quantity: "cpu-share",
    asked,
    measured: used,
    tolerance: short ? tolerance + waited : tolerance,
    samples: enough ? 2 : 0,
  });
}

function cpuEvidence(node: NodeHandle, asked: number, context: FaultContext): Evidence {
  const read = () => probeMachine<LoadReading>(context.rig, node, "load", machineName(context));
  const none = async (): Promise<ReceiptCheck[]> => {
    const found = await read().catch(() => undefined);
    const check = { subject: node.name, quantity: "cpu-share", asked: 0, tolerance: 0 } as const;
    return [checkNumber({ ...check, measured: found?.processes, samples: found ? 1 : 0 })];
  };
  return {
    before: none,
    during() {
      const first = read().catch(() => undefined);
      return {
        stop: async () => [judgeCpu(node.name, asked, await first, await read().catch(() => undefined))],
      };
    },
    after: none,
  };
}

/** The CPUs of each machine, and what this fault takes of them. */
async function workersOf(
  node: NodeHandle,
  wanted: number | undefined,
  { rig, name }: FaultContext,
): Promise<number> {
  const { cores } = await probeMachine<ResourceReading>(rig, node, "resources");
  const workers = wanted ?? Math.ceil(cores);
  if (workers <= Math.ceil(cores)) return workers;
  throw usageError("CPU_PRESSURE_TOO_LARGE", `${node.name} has ${cores} CPUs for ${workers} workers`, {
    where: `fault ${name}`,
    expected: `at most ${Math.ceil(cores)} workers`,
  });
}

export const cpuPressure = defineFault({
  name: "cpu-pressure",
  layer: "node",
  summary: "Processes keep CPUs of a machine busy.",
  target: "nodes",
  parameters: z.strictObject({
    workers: z
      .int()
      .min(0)
      .optional()
      .describe("Threads that compute, at most one a CPU of the machine. Default: one a CPU."),
    load: quantity("share", "Share of the time that each of them is busy. Default 100%.").default(1),
  }),
  proof: "CPU time that the load's process was given over the window (/proc), within 10 % of workers x load.",
  undo: "The load's process is killed; on its lease by the machine, and it ends by itself with the machine's agent.",
  limits: [
    "Where CPUs are scarce the load gets its part of them like any process; what it stood in line for counts as wanted.",
    "A machine with less CPU time than whole CPUs gives no more than its limit: fewer CPUs than asked are broken.",
  ],
  example: "- { fault: cpu-pressure, target: pi4-1, workers: 2, load: 80% }",
  async build({ workers, load }, target, context) {
    const { name, phase, guard, rig } = context;
    const nodes = nodesOf(target);
    const plans = await Promise.all(
      nodes.map(async (node) => ({ node, count: await workersOf(node, workers, context) })),
    );
    const evidence = plans.map(({ node, count }) => cpuEvidence(node, count * load, context));
    return new ChangeFault({
      name,
      phase,
      guard,
      description: `${workers ?? "all"} CPUs of ${listNames(nodes)} busy for ${load * 100} % of the time`,
      affects: namesOf(nodes),
      changes: plans.map(({ node, count }) =>
        pressureChange(rig, node, {
          what: `${count} threads, busy for ${load * 100} % of the time (pressure start)`,
          begin: () => ["start", machineName(context), JSON.stringify({ kind: "cpu", workers: count, load })],
          end: ["stop", machineName(context)],
        }),
      ),
      evidence: joinEvidence(evidence),
    });
  },
});
