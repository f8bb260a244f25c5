import { type Measured, readKernelReport } from "../../characterize/kernel-report.ts";
import type { TimePlan } from "../../characterize/time-plan.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { NODE_FOLDER, NODE_PROGRAM } from "./node-program.ts";

/** A node that is slower than planned is waited for; one that hangs is not. */
const LIMIT_MS = 120_000;

type KernelPlan = Pick<TimePlan, "stretchMs" | "stretches" | "sustainedMs" | "fsyncMs">;

/** Arguments of the program; `folder` is on the disk that is measured. */
export const kernelArguments = (plan: KernelPlan, folder = NODE_FOLDER): string[] => [
  "measure",
  ...["-stretch", `${plan.stretchMs}ms`, "-count", String(plan.stretches)],
  ...["-sustained", `${plan.sustainedMs}ms`, "-fsync", `${plan.fsyncMs}ms`, "-folder", folder],
];

export interface RunKernelsOptions {
  plan: KernelPlan;
  /** One node after the other: nodes of one host would measure each other. */
  oneByOne: boolean;
  signal: AbortSignal;
  say: (message: string) => void;
}

/** Measures each node by itself; the order of the results is that of the nodes. */
export async function runKernels(
  nodes: readonly Pick<NodeHandle, "name" | "exec">[],
  { plan, oneByOne, signal, say }: RunKernelsOptions,
): Promise<Measured[]> {
  const measure = async (node: Pick<NodeHandle, "name" | "exec">): Promise<Measured> => {
    const { stdout } = await node.exec([NODE_PROGRAM, ...kernelArguments(plan)], {
      timeoutMs: LIMIT_MS,
      signal,
    });
    signal.throwIfAborted();
    const measured = readKernelReport(stdout, node.name);
    say(`measured ${node.name} in ${(measured.tookMs / 1000).toFixed(1)} s`);
    return measured;
  };
  if (!oneByOne) return Promise.all(nodes.map(measure));
  const results: Measured[] = [];
  for (const node of nodes) results.push(await measure(node));
  return results;
}
