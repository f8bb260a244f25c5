import type { KubernetesObject } from "@kubernetes/client-node";

import { rigError } from "../../errors.ts";
import { type ApiAnswer, type ApiRequests, succeeded } from "../../rig/kube/api-request.ts";
import { complaint } from "../../rig/kube/apply.ts";
import type { Census } from "./census.ts";
import { eachOf } from "./each-of.ts";
import { nodeName, SCALE_NAMESPACE, simulatedNode, simulatedPod } from "./scale-objects.ts";

/** Calls at a time: a burst, but no flood that only fills the API server's queues. */
const WIDTH = 16;
const READY_LIMIT_MS = 240_000;
const PODS = `/api/v1/namespaces/${SCALE_NAMESPACE}/pods`;
const CONFLICT = 409;
const TOO_MANY = 429;

/** As clients of Kubernetes do: an API server that is short of time says so, or says nothing. */
const TRIES = 4;

/** Creates an object; one that is there already, from a call whose answer was lost, is as good. */
async function create(api: ApiRequests, path: string, body: KubernetesObject): Promise<void> {
  let answer: ApiAnswer | undefined;
  for (let left = TRIES; left > 0; left--) {
    answer = await api.send({ method: "POST", path, body });
    if (succeeded(answer) || answer.status === CONFLICT) return;
    if (answer.status > 0 && answer.status < 500 && answer.status !== TOO_MANY) break;
  }
  throw rigError("SCALE_NOT_CREATED", `the API did not take it: ${answer ? complaint(answer) : ""}`, {
    where: `${path}, ${body.metadata?.name}`,
  });
}

export const createPod = (api: ApiRequests, name: string): Promise<void> =>
  create(api, PODS, simulatedPod(name));

export async function deletePod(api: ApiRequests, name: string): Promise<boolean> {
  return succeeded(await api.send({ method: "DELETE", path: `${PODS}/${name}` }));
}

export interface Growth {
  nodesReadyMs: number;
  podsRunningMs: number;
  /** From each pod's creation to its observed start, ms. */
  podStartsMs: number[];
}

export interface GrowTo {
  nodes: number;
  /** Simulated nodes that are there. */
  from: number;
  podsPerNode: number;
  signal: AbortSignal;
}

const steadyPod = (node: number, number: number): string => `steady-${node}-${number}`;

/** Adds nodes, waits until the cluster can use them, adds their pods, waits until all run. */
export async function grow(
  api: ApiRequests,
  census: Census,
  { nodes, from, podsPerNode, signal }: GrowTo,
): Promise<Growth> {
  const fresh = Array.from({ length: nodes - from }, (_, index) => from + index);
  const began = performance.now();
  await eachOf(fresh, WIDTH, async (index) => {
    signal.throwIfAborted();
    await create(api, "/api/v1/nodes", simulatedNode(index));
  });
  const usable = (): boolean => fresh.every((index) => census.usable.has(nodeName(index)));
  if (!(await census.changes.until(usable, READY_LIMIT_MS, signal)))
    throw notInTime(
      `${fresh.length} nodes Ready`,
      fresh.filter((index) => !census.usable.has(nodeName(index))).length,
    );
  const nodesReadyMs = performance.now() - began;

  const createdAt = new Map<string, number>();
  const names = fresh.flatMap((node) =>
    Array.from({ length: podsPerNode }, (_, number) => steadyPod(node, number)),
  );
  await eachOf(names, WIDTH, async (name) => {
    signal.throwIfAborted();
    createdAt.set(name, performance.now());
    await createPod(api, name);
  });
  let left = names.filter((name) => !census.startedAt.has(name));
  const running = (): boolean => (left = left.filter((name) => !census.startedAt.has(name))).length === 0;
  if (!(await census.changes.until(running, READY_LIMIT_MS, signal)))
    throw notInTime(`${names.length} pods running`, left.length);
  const podStartsMs = names.map((name) => census.startedAt.get(name)! - createdAt.get(name)!);
  return { nodesReadyMs, podsRunningMs: performance.now() - began, podStartsMs };
}

const notInTime = (what: string, missing: number) =>
  rigError("SCALE_NOT_REACHED", `not ${what} within ${READY_LIMIT_MS / 1000} s`, {
    expected: "every one of them",
    where: `${missing} are missing`,
  });
