import {
  AppsV1Api,
  CoreV1Api,
  type CoreV1Event,
  DiscoveryV1Api,
  type KubeConfig,
  type V1Deployment,
  type V1EndpointSlice,
  type V1Pod,
} from "@kubernetes/client-node";

import { rigError } from "../../errors.ts";
import type { PodTimeline, ReplicaCount } from "../../record/model.ts";
import { follow, type RunningWatch, untilListed, type WatchEvent } from "../kube/watch.ts";
import { FUNCTION_CONTAINER, LABEL_FUNCTION, NAMESPACE } from "./manifests.ts";
import { PodObserver, podReady } from "./pod-observer.ts";

const SAMPLE_MS = 1_000;

/**
 * Watches all that becomes of a function's replicas: what the autoscaler wants, the pods on their way, their images and
 * their endpoints. Everything is stamped when its news arrives, so on one clock.
 */
export class ScaleWatch {
  private readonly observer: PodObserver;
  private readonly live = new Map<string, V1Pod>();
  private readonly images = new Map<string, number>();
  private readonly endpoints = new Map<string, number>();
  private readonly serving = new Map<string, ReadonlySet<string>>();
  /** Desired replicas by Deployment: a layer may have one a revision. */
  private readonly wanted = new Map<string, number>();
  private readonly wishes: { at: number; desired: number }[] = [];
  private readonly samples: ReplicaCount[] = [];
  private readonly watches: RunningWatch[] = [];
  private readonly waiting = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;
  private askedAt = Number.NaN;
  private before = 0;

  private constructor(classOf: (node: string) => string) {
    this.observer = new PodObserver(classOf);
  }

  /** Resolves when every watch has its first list. */
  static async begin(
    config: KubeConfig,
    name: string,
    classOf: (node: string) => string,
  ): Promise<ScaleWatch> {
    const watch = new ScaleWatch(classOf);
    const apps = config.makeApiClient(AppsV1Api);
    const core = config.makeApiClient(CoreV1Api);
    const discovery = config.makeApiClient(DiscoveryV1Api);
    const labelSelector = `${LABEL_FUNCTION}=${name}`;
    const fieldSelector = "involvedObject.kind=Pod,reason=Pulled";
    const namespace = NAMESPACE;
    watch.watches.push(
      follow<V1Pod>(
        config,
        `/api/v1/namespaces/${namespace}/pods`,
        () => core.listNamespacedPod({ namespace, labelSelector }),
        { onEvent: (event, pod, at) => watch.onPod(event, pod, at) },
        { labelSelector },
      ),
      follow<V1Deployment>(
        config,
        `/apis/apps/v1/namespaces/${namespace}/deployments`,
        () => apps.listNamespacedDeployment({ namespace, labelSelector }),
        { onEvent: (event, deployment, at) => watch.onDeployment(event, deployment, at) },
        { labelSelector },
      ),
      follow<V1EndpointSlice>(
        config,
        `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
        () => discovery.listNamespacedEndpointSlice({ namespace }),
        { onEvent: (event, slice, at) => watch.onSlice(event, slice, at) },
      ),
      follow<CoreV1Event>(
        config,
        `/api/v1/namespaces/${namespace}/events`,
        () => core.listNamespacedEvent({ namespace, fieldSelector }),
        { onEvent: (_, { involvedObject }, at) => watch.onImage(involvedObject, at) },
        { fieldSelector },
      ),
    );
    try {
      await untilListed(watch.watches);
    } catch (error) {
      watch.stop();
      throw error;
    }
    return watch;
  }

  /** From now on, new pods are on the account of what happens now; a sample of the replicas is taken every second. */
  asked(at: number): void {
    this.askedAt = at;
    this.before = this.desired;
    this.observer.begin(at);
    const sample = (): void => void this.samples.push(this.count(Date.now()));
    sample();
    this.timer = setInterval(sample, SAMPLE_MS);
  }

  /** Pods that exist, those that are ending included. */
  get podCount(): number {
    return this.live.size;
  }

  get readyCount(): number {
    return [...this.live.values()].filter((pod) => podReady(pod) && !pod.metadata?.deletionTimestamp).length;
  }

  /** Endpoints of the function's pods that are ready. */
  get endpointCount(): number {
    return [...this.serving.values()].reduce(
      (sum, pods) => sum + [...pods].filter((uid) => this.live.has(uid)).length,
      0,
    );
  }

  get desired(): number {
    return [...this.wanted.values()].reduce((sum, replicas) => sum + replicas, 0);
  }

  /** Most replicas that were wanted since it was asked. */
  get mostDesired(): number {
    return Math.max(
      this.before,
      ...this.wishes.filter(({ at }) => at >= this.askedAt).map(({ desired }) => desired),
    );
  }

  get replicas(): ReplicaCount[] {
    return this.samples;
  }

  /** New pods in the order in which they were made, with all that is known of each. */
  get pods(): PodTimeline[] {
    return this.observer.pods.map((pod, index): PodTimeline => {
      const decision = this.wishes.find(
        ({ at, desired }) => at >= this.askedAt && desired >= this.before + index + 1,
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

  /** Resolves when `holds`, asked after every piece of news. */
  async until(
    holds: (watch: this) => boolean,
    what: string,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<void> {
    if (holds(this)) return;
    let check: () => void = () => undefined;
    const limit = AbortSignal.timeout(timeoutMs);
    const stop = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      await new Promise<void>((resolve, reject) => {
        check = () => {
          if (holds(this)) resolve();
        };
        this.waiting.add(check);
        stop.addEventListener("abort", () => reject(stop.reason as Error), { once: true });
        if (stop.aborted) reject(stop.reason as Error);
      });
    } catch (error) {
      if (!limit.aborted) throw error;
      throw rigError("FUNCTION_NOT_SCALED", `${what} did not come`, {
        where: `${this.desired} desired, ${this.podCount} pods, ${this.readyCount} ready, ${this.endpointCount} endpoints`,
        expected: `it within ${timeoutMs / 1000} s`,
      });
    } finally {
      this.waiting.delete(check);
    }
  }

  stop(): void {
    clearInterval(this.timer);
    for (const watch of this.watches) watch.stop();
  }

  private count(at: number): ReplicaCount {
    const actual = [...this.live.values()].filter(({ metadata }) => !metadata?.deletionTimestamp).length;
    return { at, desired: this.desired, actual, ready: this.readyCount };
  }

  private news(): void {
    for (const check of this.waiting) check();
  }

  private onPod(event: WatchEvent, pod: V1Pod, at: number): void {
    const uid = pod.metadata?.uid ?? "";
    if (event === "DELETED") this.live.delete(uid);
    else this.live.set(uid, pod);
    this.observer.observe(event, pod, at);
    this.news();
  }

  private onDeployment(event: WatchEvent, { metadata, spec }: V1Deployment, at: number): void {
    const uid = metadata?.uid ?? "";
    if (event === "DELETED") this.wanted.delete(uid);
    else this.wanted.set(uid, spec?.replicas ?? 0);
    if (this.wishes.at(-1)?.desired !== this.desired) this.wishes.push({ at, desired: this.desired });
    this.news();
  }

  private onSlice(event: WatchEvent, { metadata, endpoints }: V1EndpointSlice, at: number): void {
    const ready = (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
      conditions?.ready && targetRef?.uid !== undefined ? [targetRef.uid] : [],
    );
    this.serving.set(metadata?.uid ?? "", new Set(event === "DELETED" ? [] : ready));
    for (const uid of ready) if (!this.endpoints.has(uid)) this.endpoints.set(uid, at);
    this.news();
  }

  private onImage({ uid = "", fieldPath = "" }: CoreV1Event["involvedObject"], at: number): void {
    if (fieldPath.includes(`{${FUNCTION_CONTAINER}}`) && !this.images.has(uid)) this.images.set(uid, at);
  }
}
