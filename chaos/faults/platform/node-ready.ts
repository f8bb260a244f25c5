import { setTimeout as delay } from "node:timers/promises";

import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";

import { rigError } from "../../../harness/errors.ts";

const LIMIT_MS = 90_000;
const INTERVAL_MS = 250;

async function isReady(core: CoreV1Api, name: string): Promise<boolean> {
  const { status, spec } = await core.readNode({ name });
  const ready = status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
  // The controller takes the taint away a moment later; until then no pod is placed there.
  const shunned = spec?.taints?.some(({ key }) =>
    /^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(key),
  );
  return ready && !shunned;
}

/** Resolves when Kubernetes calls the node Ready and takes pods there; an API that does not answer is asked again. */
export async function untilNodeReady(kube: KubeConfig, name: string): Promise<void> {
  const core = kube.makeApiClient(CoreV1Api);
  const began = Date.now();
  while (!(await isReady(core, name).catch(() => false))) {
    if (Date.now() - began > LIMIT_MS)
      throw rigError(
        "NODE_NOT_READY",
        `${name} is not Ready ${LIMIT_MS / 1000} s after the fault was healed`,
      );
    await delay(INTERVAL_MS);
  }
}
