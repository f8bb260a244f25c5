import { estimateQuantile, sorted } from "../../judge/quantile.ts";
import type { ApiRequests } from "../../rig/kube/api-request.ts";
import type { NodeHandle } from "../../rig/node-handle.ts";
import { type ScaleStep, type TailFigure, tailFigure } from "../../scale/model.ts";
import { SLI_QUANTILE } from "../../scale/slo.ts";
import { windowFigures, type WindowRoles } from "../../scale/window.ts";
import type { Census } from "./census.ts";
import { type GrowTo, grow } from "./grow.ts";
import { atConstantRate, churnPods } from "./pod-churn.ts";
import { nodeName } from "./scale-objects.ts";
import { takeReading } from "./take-reading.ts";

const tailOf = (ms: readonly number[]): TailFigure =>
  ms.length === 0
    ? { value: null, low: 0, high: null, n: 0 }
    : tailFigure(estimateQuantile(sorted(ms), SLI_QUANTILE));

/** Reads single objects, as users do: without them there were hardly any calls of that kind to judge. */
async function readNodes(
  api: ApiRequests,
  {
    nodes,
    perSecond,
    durationMs,
    signal,
  }: { nodes: number; perSecond: number; durationMs: number; signal: AbortSignal },
): Promise<void> {
  const calls: Promise<unknown>[] = [];
  await atConstantRate(perSecond, durationMs, signal, (index) => {
    calls.push(api.send({ method: "GET", path: `/api/v1/nodes/${nodeName(index % nodes)}` }));
  });
  await Promise.all(calls);
}

export interface SizeOptions extends GrowTo {
  windowMs: number;
  podsPerSecond: number;
  roles: WindowRoles;
  /** Whose processes are read. */
  machines: readonly NodeHandle[];
  /** The SLI's calls have a connection each, so that none waits for another. */
  api: ApiRequests;
  census: Census;
  onTrouble: (what: string) => void;
}

/** Grows to one size and measures there. Undefined where a process of the rig was restarted meanwhile. */
export async function measureSize(options: SizeOptions): Promise<ScaleStep | undefined> {
  const { api, census, nodes, podsPerNode, windowMs, podsPerSecond, roles, machines, signal, onTrouble } =
    options;
  const { nodesReadyMs, podsRunningMs, podStartsMs } = await grow(api, census, options);
  const before = await takeReading(api, machines);
  const [churn] = await Promise.all([
    churnPods(api, census, {
      ...{ perSecond: podsPerSecond, durationMs: windowMs, prefix: `churn-${nodes}`, signal },
    }),
    readNodes(api, { nodes, perSecond: podsPerSecond, durationMs: windowMs, signal }),
  ]);
  const after = await takeReading(api, machines);
  const figures = windowFigures(before, after, roles);
  for (const what of new Set(churn.refused)) onTrouble(`at ${nodes} nodes: ${what}`);
  if (typeof figures === "string") {
    onTrouble(`at ${nodes} nodes: ${figures}`);
    return undefined;
  }
  return {
    ...{ nodes, pods: nodes * podsPerNode, nodesReadyMs, podsRunningMs },
    ...figures,
    podStart: tailOf(churn.startsMs),
    growthPodStart: tailOf(podStartsMs),
  };
}
