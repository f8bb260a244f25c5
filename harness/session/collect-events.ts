import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { CoreV1Api } from "@kubernetes/client-node";

import { loadKubeconfig } from "../rig/kube/kube-client.ts";
import type { Rig } from "../rig/rig.ts";

/** Of a cluster whose machines' logs nobody reaches: what Kubernetes tells of the rig's namespace. Left out if it does not. */
export async function collectEvents(rig: Rig, folder: string): Promise<void> {
  if (rig.parts.driver.kind !== "cluster") return;
  const core = loadKubeconfig(rig.kubeconfig).makeApiClient(CoreV1Api);
  const found = await core.listNamespacedEvent({ namespace: rig.namespace }).catch(() => undefined);
  if (!found) return;
  const lines = found.items
    .map(({ lastTimestamp, eventTime, type, reason, involvedObject, message }) => ({
      at: new Date(lastTimestamp ?? eventTime ?? 0).toISOString(),
      text: `${type} ${reason} ${involvedObject.kind}/${involvedObject.name}: ${message}`,
    }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ at, text }) => `${at} ${text}\n`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "events.log"), lines.join(""));
}
