import type { V1Pod } from "@kubernetes/client-node";

import { podReady } from "../../rig/functions/pod-observer.ts";
import type { WatchEvent } from "../../rig/kube/watch.ts";

/** Something ended it on purpose, such as an eviction or a taint: the kubelet's word, or the control plane's. */
const wasEvicted = ({ status }: V1Pod): boolean =>
  status?.reason === "Evicted" ||
  (status?.conditions ?? []).some((one) => one.type === "DisruptionTarget" && one.status === "True");

/** Which pods there were when the watch began, which of them went, and what came in their place. */
export class PodLives {
  private readonly before = new Set<string>();
  private readonly gone = new Set<string>();
  private readonly disrupted = new Set<string>();
  private listed = false;
  private injectedAt: number | undefined;
  private firstReadyAt: number | undefined;

  /** All pods that there are were seen. */
  begin(): void {
    this.listed = true;
  }

  injected(at: number): void {
    this.injectedAt ??= at;
  }

  saw(event: WatchEvent, pod: V1Pod, at: number): void {
    const uid = pod.metadata?.uid ?? "";
    const ending = event === "DELETED" || pod.metadata?.deletionTimestamp !== undefined;
    if (!this.listed) {
      if (!ending) this.before.add(uid);
      return;
    }
    if (wasEvicted(pod)) this.disrupted.add(uid);
    if (ending && this.before.has(uid)) this.gone.add(uid);
    if (!ending && !this.before.has(uid) && podReady(pod)) this.firstReadyAt ??= at;
  }

  get replaced(): number {
    return this.gone.size;
  }

  get evictions(): number {
    return this.disrupted.size;
  }

  get known(): number {
    return this.before.size;
  }

  /** Of those before the fault; undefined where there were none. */
  get kept(): number | undefined {
    return this.known === 0 ? undefined : (this.known - this.gone.size) / this.known;
  }

  /** ms from injection to the first new pod's readiness, 0 where a slow injection had it before. */
  get replacementReady(): number | undefined {
    return this.firstReadyAt === undefined || this.injectedAt === undefined
      ? undefined
      : Math.max(0, this.firstReadyAt - this.injectedAt);
  }
}
