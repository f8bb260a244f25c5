import { CoreV1Api, type KubeConfig, type V1Node, type V1Pod } from "@kubernetes/client-node";

import { follow, type RunningWatch, untilListed } from "../../rig/kube/watch.ts";
import { Changes } from "./changes.ts";
import { SCALE_LABEL, SCALE_NAMESPACE, SCALE_SELECTOR } from "./scale-objects.ts";

/** Ready, and free of the taints that keep pods away from a node that is not. */
export function isUsable({ spec, status }: V1Node): boolean {
  const ready = status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True");
  return ready === true && (spec?.taints ?? []).every(({ key }) => key === SCALE_LABEL);
}

/** In the SLI's words "all its containers are reported as started": none waits, running or ended. */
export function allStarted({ spec, status }: V1Pod): boolean {
  const reported = status?.containerStatuses ?? [];
  return (
    reported.length === spec?.containers.length &&
    reported.every(({ state }) => state?.running !== undefined || state?.terminated !== undefined)
  );
}

/** What is known of the simulated nodes and pods, by watches that run all the time. */
export class Census {
  readonly changes = new Changes();
  /** Names. */
  readonly usable = new Set<string>();
  readonly existing = new Set<string>();
  /** When each pod's start was observed, `performance.now()`; those that went are left out. */
  readonly startedAt = new Map<string, number>();
  /** Why a watch had to begin anew. */
  readonly troubles: string[] = [];
  private readonly watches: RunningWatch[];
  private readonly onStarted = new Set<(pod: string, at: number) => void>();

  private constructor(kube: KubeConfig) {
    const core = kube.makeApiClient(CoreV1Api);
    const onError = (error: Error): void => void this.troubles.push(error.message);
    const labelSelector = SCALE_SELECTOR;
    this.watches = [
      follow<V1Node>(
        kube,
        "/api/v1/nodes",
        () => core.listNode({ labelSelector }),
        { onEvent: (event, node) => this.node(event === "DELETED", node), onError },
        { labelSelector },
      ),
      follow<V1Pod>(
        kube,
        `/api/v1/namespaces/${SCALE_NAMESPACE}/pods`,
        () => core.listNamespacedPod({ namespace: SCALE_NAMESPACE }),
        { onEvent: (event, pod) => this.pod(event === "DELETED", pod), onError },
      ),
    ];
  }

  static async begin(kube: KubeConfig): Promise<Census> {
    const census = new Census(kube);
    await untilListed(census.watches);
    return census;
  }

  /** Returns what ends it. */
  whenStarted(tell: (pod: string, at: number) => void): () => void {
    this.onStarted.add(tell);
    return () => void this.onStarted.delete(tell);
  }

  private node(gone: boolean, node: V1Node): void {
    const name = node.metadata?.name ?? "";
    if (gone) this.existing.delete(name);
    else this.existing.add(name);
    if (!gone && isUsable(node)) this.usable.add(name);
    else this.usable.delete(name);
    this.changes.tell();
  }

  private pod(gone: boolean, pod: V1Pod): void {
    const name = pod.metadata?.name ?? "";
    if (gone) this.startedAt.delete(name);
    else if (!this.startedAt.has(name) && allStarted(pod)) {
      const at = performance.now();
      this.startedAt.set(name, at);
      for (const tell of this.onStarted) tell(name, at);
    }
    this.changes.tell();
  }

  stop(): void {
    for (const watch of this.watches) watch.stop();
  }
}
