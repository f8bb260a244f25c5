import { rigError } from "../../errors.ts";
import { readCounters } from "../../measure/host-pressure.ts";
import { type ApiRequests, succeeded } from "../../rig/kube/api-request.ts";
import { complaint } from "../../rig/kube/apply.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { type MachineReading, parseMachine, procFiles } from "../../scale/proc-readings.ts";
import { parseMetrics } from "../../scale/prometheus-text.ts";
import { type Reading, WANTED_METRICS } from "../../scale/window.ts";

/** Services that run on a machine now, with what they had used; and its interfaces. */
async function readMachine(node: NodeHandle): Promise<MachineReading> {
  const running = (await node.services()).flatMap(({ name, pid }) =>
    pid === undefined ? [] : [[name, pid] as const],
  );
  const pids = new Map(running);
  // A process that ends meanwhile makes tail complain, and is left out.
  const argv = ["tail", "-n", "+1", ...procFiles([...pids.values()])];
  const { stdout } = await node.exec(argv, { allowFailure: true });
  return parseMachine(stdout, pids);
}

async function readMetrics(api: ApiRequests) {
  const answer = await api.send({ method: "GET", path: "/metrics" });
  if (succeeded(answer)) return parseMetrics(answer.body, WANTED_METRICS);
  throw rigError("NO_METRICS", `the API server gives no metrics: ${complaint(answer)}`, {
    where: "/metrics",
  });
}

/** Reads all that a window is measured by. */
export async function takeReading(api: ApiRequests, machines: readonly NodeHandle[]): Promise<Reading> {
  const [metrics, ...read] = await Promise.all([
    readMetrics(api),
    ...machines.map(async (node) => [node.name, await readMachine(node)] as const),
  ]);
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now(),
    metrics,
    machines: new Map(read),
    tester: { cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage().rss },
    host: readCounters(),
  };
}
