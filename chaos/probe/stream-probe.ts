import type { NodeHandle } from "../../harness/rig/node-handle.ts";
import type { StreamPlan, StreamReading, StreamTalk } from "./stream-plan.ts";

/** Where a probe looks from, and at what. */
export interface StreamWayEnd {
  from: NodeHandle;
  /** File of the network namespace on that machine, where it is not the machine's own. */
  netns?: string;
  host: string;
  port: number;
  tls: boolean;
  path: string;
  /** What is said instead of HTTP. */
  talk?: StreamTalk;
}

export interface RuntimePaths {
  readonly runtime: string;
}

/** Readings of the connections that ended, in the order of their ends; those still open when `signal` comes are left out. */
export async function streamProbe(
  end: StreamWayEnd,
  shape: Omit<StreamPlan, "host" | "port" | "tls" | "path" | "talk">,
  { runtime }: RuntimePaths,
  signal?: AbortSignal,
): Promise<StreamReading[]> {
  const { from, netns, ...where } = end;
  const plan: StreamPlan = { ...where, ...shape };
  const argv = [`${runtime}/node`, `${runtime}/stream-probe.mjs`, JSON.stringify(plan)];
  const readings: StreamReading[] = [];
  await from.exec(netns === undefined ? argv : ["nsenter", `--net=${netns}`, ...argv], {
    timeoutMs: shape.count * shape.everyMs + shape.limitMs + 10_000,
    onLine: (line) => readings.push(JSON.parse(line) as StreamReading),
    ...(signal ? { signal } : {}),
  });
  return readings;
}
