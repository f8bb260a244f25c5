import type { V1Pod } from "@kubernetes/client-node";

import type { PodTimeline } from "../../record/model.ts";
import type { WatchEvent } from "../kube/watch.ts";
import { FUNCTION_CONTAINER } from "./manifests.ts";

export const podReady = (pod: V1Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

const functionRuns = (pod: V1Pod): boolean =>
  pod.status?.containerStatuses?.some(({ name, state }) => name === FUNCTION_CONTAINER && state?.running) ??
  false;

/**
 * Turns a watch of pods into timelines. Each stage is stamped with the moment its news reached the tester, so that all
 * stages are on one clock; the API's own stamps have whole seconds only.
 */
export class PodObserver {
  private readonly timelines = new Map<string, PodTimeline>();
  private readonly known = new Set<string>();
  private readonly classOf: (node: string) => string;
  private askedAt = Number.NaN;

  constructor(classOf: (node: string) => string) {
    this.classOf = classOf;
  }

  /** From now on, pods not seen before belong to the request made at `at`. */
  begin(at: number): void {
    this.askedAt = at;
  }

  /** Returns true if this made a new pod ready. */
  observe(event: WatchEvent, pod: V1Pod, at: number): boolean {
    const uid = pod.metadata?.uid ?? "";
    if (Number.isNaN(this.askedAt)) {
      this.known.add(uid);
      return false;
    }
    if (this.known.has(uid) || event === "DELETED") return false;
    const timeline = this.timelines.get(uid) ?? { pod: pod.metadata?.name ?? "", uid, askedAt: this.askedAt };
    this.timelines.set(uid, timeline);
    timeline.createdAt ??= at;
    const node = pod.spec?.nodeName;
    if (node && timeline.scheduledAt === undefined) {
      timeline.scheduledAt = at;
      timeline.node = node;
      timeline.deviceClass = this.classOf(node);
    }
    if (functionRuns(pod)) timeline.startedAt ??= at;
    if (!podReady(pod) || timeline.readyAt !== undefined) return false;
    timeline.readyAt = at;
    return true;
  }

  get pods(): PodTimeline[] {
    return [...this.timelines.values()];
  }

  get readyCount(): number {
    return this.pods.filter(({ readyAt }) => readyAt !== undefined).length;
  }
}
