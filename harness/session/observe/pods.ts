import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";

import { usageError } from "../../errors.ts";
import type { Observation } from "../../record/model.ts";
import { LABEL_FUNCTION } from "../../rig/functions/manifests.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import { type RunningWatch, follow, untilListed } from "../../rig/kube/watch.ts";
import type { Observer, ObserverContext, ObserverDefinition } from "./observer.ts";
import { PodLives } from "./pod-lives.ts";

/** Follows the pods of the function under load. */
class PodsObserver implements Observer {
  private readonly context: ObserverContext;
  private readonly lives = new PodLives();
  private watch: RunningWatch | undefined;

  constructor(context: ObserverContext) {
    this.context = context;
  }

  async start(): Promise<void> {
    const { fn, rig } = this.context;
    if (fn === undefined)
      throw usageError(
        "OBSERVER_WITHOUT_FUNCTION",
        "`pods` watches the pods of a function, and none is under load",
        {
          where: "observe: pods",
          fix: "name a function under `load`, or leave the observer out",
        },
      );
    const config = loadKubeconfig(rig.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const labelSelector = `${LABEL_FUNCTION}=${fn}`;
    this.watch = follow<V1Pod>(
      config,
      `/api/v1/namespaces/${rig.namespace}/pods`,
      () => core.listNamespacedPod({ namespace: rig.namespace, labelSelector }),
      { onEvent: (event, pod, at) => this.lives.saw(event, pod, at) },
      { labelSelector },
    );
    await untilListed([this.watch]);
    this.lives.begin();
  }

  injected(at: number): void {
    this.lives.injected(at);
  }

  healed(): void {
    // What goes or comes is counted to the end of the healed phase.
  }

  stop(): Promise<Observation[]> {
    this.watch?.stop();
    const { lives } = this;
    const { fault } = this.context.phases;
    const detail = `${lives.known} pods of ${this.context.fn} before, ${lives.replaced} of them gone since`;
    const observed = (
      observable: string,
      unit: Observation["unit"],
      value: number | undefined,
    ): Observation => ({
      ...{ phase: fault, observable, subject: this.context.fn ?? "", deviceClass: "", unit, detail },
      ...(value === undefined ? {} : { value }),
    });
    return Promise.resolve([
      observed("pods-replaced", "count", lives.replaced),
      observed("evictions", "count", lives.evictions),
      observed("pod-uids-kept", "share", lives.kept),
      observed("replacement-ready", "ms", lives.replacementReady),
    ]);
  }
}

export const podsObserver: ObserverDefinition = {
  name: "pods",
  summary: "The pods of the function under load: which stay, which go and what comes in their place.",
  observables: [
    {
      name: "pods-replaced",
      unit: "count",
      phase: "fault",
      meaning:
        "pods of the steady phase's beginning that ended, to the end of the healed phase; a scale-down counts too",
    },
    {
      name: "evictions",
      unit: "count",
      phase: "fault",
      meaning: "pods that were ended on purpose: by eviction, a taint or the kubelet",
    },
    {
      name: "pod-uids-kept",
      unit: "share",
      phase: "fault",
      meaning:
        "share of the pods of the steady phase's beginning that are still there at the end of the healed phase",
    },
    {
      name: "replacement-ready",
      unit: "ms",
      phase: "fault",
      meaning: "from injection until the first pod that was not there before is Ready",
    },
  ],
  create: (context) => new PodsObserver(context),
};
