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
import type { ReplicaCount } from "../../record/model.ts";
import { follow, type RunningWatch, untilListed, type WatchHandlers } from "../kube/watch.ts";
import { LABEL_FUNCTION, NAMESPACE } from "./manifests.ts";
import { ScaleStory } from "./scale-story.ts";

const SAMPLE_MS = 1_000;

/** Watches all that becomes of a function's replicas. */
export class ScaleWatch {
  readonly story: ScaleStory;
  /** Once a second since it was asked. */
  readonly replicas: ReplicaCount[] = [];
  private readonly watches: RunningWatch[] = [];
  private readonly waiting = new Set<() => void>();
  private timer: NodeJS.Timeout | undefined;

  private constructor(classOf: (node: string) => string) {
    this.story = new ScaleStory(classOf);
  }

  /** Resolves when every watch has its first list. */
  static async begin(
    config: KubeConfig,
    name: string,
    classOf: (node: string) => string,
    namespace = NAMESPACE,
  ): Promise<ScaleWatch> {
    const watch = new ScaleWatch(classOf);
    watch.follow(config, name, namespace);
    try {
      await untilListed(watch.watches);
    } catch (error) {
      watch.stop();
      throw error;
    }
    return watch;
  }

  /** From now on, new pods are on the account of what happens now; a sample of the replicas is taken every second. */
  asked(): void {
    this.story.asked(Date.now());
    const sample = (): void => void this.replicas.push(this.story.count(Date.now()));
    sample();
    this.timer = setInterval(sample, SAMPLE_MS);
  }

  /** Resolves when the story `holds` so, asked after every piece of news. @throws EdgeproofError at the time limit */
  async until(
    holds: (story: ScaleStory) => boolean,
    what: string,
    { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
  ): Promise<void> {
    if (holds(this.story)) return;
    let check: () => void = () => undefined;
    const limit = AbortSignal.timeout(timeoutMs);
    const stop = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      await new Promise<void>((resolve, reject) => {
        check = () => holds(this.story) && resolve();
        this.waiting.add(check);
        const give = (): void => reject(stop.reason as Error);
        stop.addEventListener("abort", give, { once: true });
        if (stop.aborted) give();
      });
    } catch (error) {
      if (!limit.aborted) throw error;
      const { desired, podCount, readyCount, endpointCount } = this.story;
      throw rigError("FUNCTION_NOT_SCALED", `${what} did not come`, {
        where: `${desired} desired, ${podCount} pods, ${readyCount} ready, ${endpointCount} endpoints`,
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

  private follow(config: KubeConfig, name: string, namespace: string): void {
    const { story, watches } = this;
    const apps = config.makeApiClient(AppsV1Api);
    const core = config.makeApiClient(CoreV1Api);
    const discovery = config.makeApiClient(DiscoveryV1Api);
    const labelSelector = `${LABEL_FUNCTION}=${name}`;
    const fieldSelector = "involvedObject.kind=Pod,reason=Pulled";
    const telling = <T>(tell: WatchHandlers<T>["onEvent"]): WatchHandlers<T> => ({
      onEvent: (event, object, at) => {
        tell(event, object, at);
        for (const check of this.waiting) check();
      },
    });
    watches.push(
      follow<V1Pod>(
        config,
        `/api/v1/namespaces/${namespace}/pods`,
        () => core.listNamespacedPod({ namespace, labelSelector }),
        telling((...news) => story.onPod(...news)),
        { labelSelector },
      ),
      follow<V1Deployment>(
        config,
        `/apis/apps/v1/namespaces/${namespace}/deployments`,
        () => apps.listNamespacedDeployment({ namespace, labelSelector }),
        telling((...news) => story.onDeployment(...news)),
        { labelSelector },
      ),
      follow<V1EndpointSlice>(
        config,
        `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
        () => discovery.listNamespacedEndpointSlice({ namespace }),
        telling((...news) => story.onSlice(...news)),
      ),
      follow<CoreV1Event>(
        config,
        `/api/v1/namespaces/${namespace}/events`,
        () => core.listNamespacedEvent({ namespace, fieldSelector }),
        telling((_, { involvedObject }, at) => story.onImage(involvedObject, at)),
        { fieldSelector },
      ),
    );
  }
}
