import type { CoreV1Event, V1Deployment, V1EndpointSlice, V1Pod } from "@kubernetes/client-node";

import type { PodTimeline, ReplicaCount } from "../../record/model.ts";
import type { WatchEvent } from "../kube/watch.ts";
import { FUNCTION_CONTAINER } from "./manifests.ts";
import { PodObserver, podReady } from "./pod-observer.ts";

/**
 * What becomes of a function's replicas, told by the news of its Deployment, pods, endpoints and images: what the
 * autoscaler wants, and the way of every new pod. `at` is when the news arrived, so that everything is on one clock.
 */
export class ScaleStory {
  private readonly observer: PodObserver;
  private readonly live = new Map<string, V1Pod>();
  private readonly images = new Map<string, number>();
  private readonly endpoints = new Map<string, number>();
  private readonly serving = new Map<string, ReadonlySet<string>>();
  /** Desired replicas by Deployment: a layer may have one a revision. */
  private readonly wanted = new Map<string, number>();
  private readonly wishes: { at: number; desired: number }[] = [];
  private askedAt = Number.NaN;
  private before = 0;

  constructor(classOf: (node: string) => string) {
    this.observer = new PodObserver(classOf);
  }

  /** From now on, new pods are on the account of what happens at `at`. */
  asked(at: number): void {
    this.askedAt = at;
    this.before = this.desired;
    this.observer.begin(at);
  }

  /** Pods that exist, those that are ending included. */
  get podCount(): number {
    return this.live.size;
  }

  get readyCount(): number {
    return this.steady.filter(podReady).length;
  }

  /** Ready endpoints that lead to a pod of the function. */
  get endpointCount(): number {
    const uids = [...this.serving.values()].flatMap((pods) => [...pods]);
    return new Set(uids.filter((uid) => this.live.has(uid))).size;
  }

  get desired(): number {
    return [...this.wanted.values()].reduce((sum, replicas) => sum + replicas, 0);
  }

  /** Most replicas that were wanted since it was asked. */
  get mostDesired(): number {
    const since = this.wishes.filter(({ at }) => at >= this.askedAt);
    return Math.max(this.before, ...since.map(({ desired }) => desired));
  }

  count(at: number): ReplicaCount {
    return { at, desired: this.desired, actual: this.steady.length, ready: this.readyCount };
  }

  /** New pods in the order in which they were made, with all that is known of each. */
  get pods(): PodTimeline[] {
    return this.observer.pods.map((pod, index): PodTimeline => {
      const decision = this.wishes.find(
        ({ at, desired }) => at >= this.askedAt && desired > this.before + index,
      );
      // The news of a pod may overtake that of the wish for it: they come by two connections.
      const decidedAt = decision && Math.min(decision.at, pod.createdAt ?? decision.at);
      const imageAt = this.images.get(pod.uid);
      const endpointAt = this.endpoints.get(pod.uid);
      return {
        ...pod,
        ...(decidedAt === undefined ? {} : { decidedAt }),
        ...(imageAt === undefined ? {} : { imageAt }),
        ...(endpointAt === undefined ? {} : { endpointAt }),
      };
    });
  }

  onPod(event: WatchEvent, pod: V1Pod, at: number): void {
    const uid = pod.metadata?.uid ?? "";
    if (event === "DELETED") this.live.delete(uid);
    else this.live.set(uid, pod);
    this.observer.observe(event, pod, at);
  }

  onDeployment(event: WatchEvent, { metadata, spec }: V1Deployment, at: number): void {
    const uid = metadata?.uid ?? "";
    if (event === "DELETED") this.wanted.delete(uid);
    else this.wanted.set(uid, spec?.replicas ?? 0);
    if (this.wishes.at(-1)?.desired !== this.desired) this.wishes.push({ at, desired: this.desired });
  }

  onSlice(event: WatchEvent, { metadata, endpoints }: V1EndpointSlice, at: number): void {
    // The API sends null for none, whatever the type says.
    const all = endpoints as V1EndpointSlice["endpoints"] | null;
    const ready = (all ?? []).flatMap(({ conditions, targetRef }) =>
      conditions?.ready && targetRef?.uid !== undefined ? [targetRef.uid] : [],
    );
    this.serving.set(metadata?.uid ?? "", new Set(event === "DELETED" ? [] : ready));
    for (const uid of ready) if (!this.endpoints.has(uid)) this.endpoints.set(uid, at);
  }

  /** The kubelet says that the image of the function itself is there; those of sidecars are not of interest. */
  onImage({ uid = "", fieldPath = "" }: CoreV1Event["involvedObject"], at: number): void {
    if (fieldPath.includes(`{${FUNCTION_CONTAINER}}`) && !this.images.has(uid)) this.images.set(uid, at);
  }

  private get steady(): V1Pod[] {
    return [...this.live.values()].filter(({ metadata }) => !metadata?.deletionTimestamp);
  }
}
