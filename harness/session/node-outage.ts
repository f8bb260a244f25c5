import { CoreV1Api, type V1Node, type V1Pod } from "@kubernetes/client-node";

import type { NodeFailure, Sample } from "../record/model.ts";
import { isReady } from "../rig/engine/nodes-ready.ts";
import { LABEL_FUNCTION } from "../rig/functions/manifests.ts";
import { podReady } from "../rig/functions/pod-observer.ts";
import { loadKubeconfig } from "../rig/kube/kube-client.ts";
import { type RunningWatch, follow, untilListed } from "../rig/kube/watch.ts";
import type { Rig } from "../rig/rig.ts";

const REJOIN_TIMEOUT_MS = 90_000;

/** Watches what a node's failure does to the cluster; every stage is stamped when its news reached the tester. */
export class NodeOutage {
  readonly facts: NodeFailure;
  private readonly watches: RunningWatch[] = [];
  private readonly known = new Set<string>();
  private readonly waiting: (() => void)[] = [];
  private readonly patience: number;

  /** @param patience see `patienceOf` */
  constructor(phase: string, node: string, deviceClass: string, patience = 1) {
    this.patience = patience;
    this.facts = { phase, node, deviceClass, killedAt: 0 };
  }

  /** Begins to watch; resolves when the state before the failure is known. */
  async observe(rig: Rig, fn: string): Promise<void> {
    const config = loadKubeconfig(rig.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const labelSelector = `${LABEL_FUNCTION}=${fn}`;
    const { namespace } = rig;
    const pods = () => core.listNamespacedPod({ namespace, labelSelector });
    const podPath = `/api/v1/namespaces/${namespace}/pods`;
    this.watches.push(
      follow<V1Node>(config, "/api/v1/nodes", () => core.listNode(), {
        onEvent: (_, node, at) => this.onNode(node, at),
      }),
      follow<V1Pod>(
        config,
        podPath,
        pods,
        { onEvent: (event, pod, at) => event !== "DELETED" && this.onPod(pod, at) },
        {
          labelSelector,
        },
      ),
    );
    await untilListed(this.watches);
  }

  killed(at: number): void {
    this.facts.killedAt = at;
  }

  restarted(at: number): void {
    this.facts.restartedAt = at;
  }

  /** Resolves when the killed node is NotReady and a replacement pod is Ready elsewhere, or at the time limit. */
  untilReplaced(timeoutMs: number): Promise<boolean> {
    return this.until(
      () => this.facts.notReadyAt !== undefined && this.facts.replacementReadyAt !== undefined,
      timeoutMs,
    );
  }

  /** Resolves when the restarted node is Ready again. */
  async untilRejoined(): Promise<void> {
    await this.until(() => this.facts.nodeReadyAgainAt !== undefined, REJOIN_TIMEOUT_MS * this.patience);
  }

  /** First and last end, after the failure, of a request that did not complete; it may have begun before. */
  requests(samples: readonly Sample[]): void {
    const failed = samples
      .filter(({ outcome }) => outcome !== "completed")
      .map(({ intendedAt, durationMs }) => intendedAt + durationMs)
      .filter((endedAt) => endedAt >= this.facts.killedAt);
    if (failed.length === 0) return;
    this.facts.firstErrorAt = Math.min(...failed);
    this.facts.lastErrorAt = Math.max(...failed);
  }

  stop(): void {
    for (const watch of this.watches) watch.stop();
  }

  private onNode(node: V1Node, at: number): void {
    if (node.metadata?.name !== this.facts.node || this.facts.killedAt === 0) return;
    if (!isReady(node)) this.facts.notReadyAt ??= at;
    else if (this.facts.notReadyAt !== undefined && this.facts.restartedAt !== undefined)
      this.facts.nodeReadyAgainAt ??= at;
    this.wake();
  }

  private onPod(pod: V1Pod, at: number): void {
    const uid = pod.metadata?.uid ?? "";
    if (this.facts.killedAt === 0) return void this.known.add(uid);
    if (this.known.has(uid) || pod.spec?.nodeName === this.facts.node || !podReady(pod)) return;
    this.facts.replacementReadyAt ??= at;
    this.wake();
  }

  private wake(): void {
    for (const check of this.waiting) check();
  }

  private until(done: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!done()) return;
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.waiting.push(check);
      check();
    });
  }
}
