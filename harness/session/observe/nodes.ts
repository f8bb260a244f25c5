import { CoreV1Api, type V1Node } from "@kubernetes/client-node";

import type { Observation } from "../../record/model.ts";
import { isReady } from "../../rig/engine/nodes-ready.ts";
import { loadKubeconfig } from "../../rig/kube/kube-client.ts";
import { type RunningWatch, follow, untilListed } from "../../rig/kube/watch.ts";
import { NodeReadiness } from "./node-readiness.ts";
import type { Observer, ObserverContext, ObserverDefinition } from "./observer.ts";

/** Follows what Kubernetes says of its nodes. */
class NodesObserver implements Observer {
  private readonly context: ObserverContext;
  private readonly nodes: Map<string, NodeReadiness>;
  private watch: RunningWatch | undefined;
  private injectedAt: number | undefined;
  private healedAt: number | undefined;

  constructor(context: ObserverContext) {
    this.context = context;
    this.nodes = new Map(context.rig.topology.nodes.map(({ name }) => [name, new NodeReadiness()]));
  }

  async start(): Promise<void> {
    const config = loadKubeconfig(this.context.rig.kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    this.watch = follow<V1Node>(config, "/api/v1/nodes", () => core.listNode(), {
      onEvent: (event, node, at) =>
        this.nodes.get(node.metadata?.name ?? "")?.saw(event !== "DELETED" && isReady(node), at),
    });
    await untilListed([this.watch]);
  }

  injected(at: number): void {
    this.injectedAt = at;
  }

  healed(at: number): void {
    this.healedAt = at;
  }

  stop(): Promise<Observation[]> {
    this.watch?.stop();
    const { affected } = this.context;
    const ofAffected = affected.flatMap((name) => {
      const readiness = this.nodes.get(name);
      return readiness ? this.ofOne(name, readiness) : [];
    });
    const elsewhere = [...this.nodes]
      .filter(([name]) => !affected.includes(name))
      .map(([name, readiness]) => ({ name, events: readiness.notReadyEvents }));
    const flapped = elsewhere.filter(({ events }) => events > 0);
    const count: Observation = {
      phase: this.context.phases.fault,
      observable: "not-ready-events-elsewhere",
      subject: "",
      deviceClass: "",
      unit: "count",
      value: elsewhere.reduce((sum, { events }) => sum + events, 0),
      detail: `${elsewhere.length} nodes that no fault touches${flapped.map(({ name, events }) => `, ${name}: ${events}`).join("")}`,
    };
    return Promise.resolve([...ofAffected, count]);
  }

  private ofOne(name: string, readiness: NodeReadiness): Observation[] {
    const { phases, rig } = this.context;
    const subject = { subject: name, deviceClass: rig.node(name).deviceClass };
    const ms = (
      phase: string,
      observable: string,
      value: number | undefined,
      detail: string,
    ): Observation => ({
      ...{ phase, observable, ...subject, unit: "ms", detail },
      ...(value === undefined ? {} : { value }),
    });
    return [
      {
        ...{ phase: phases.fault, observable: "not-ready-events", ...subject, unit: "count" },
        value: readiness.notReadyEvents,
        detail:
          "times that Kubernetes called it NotReady, from the steady phase to the end of the healed one",
      },
      ms(
        phases.fault,
        "node-not-ready",
        readiness.notReadyAfter(this.injectedAt),
        "NotReady after injection",
      ),
      ms(
        phases.healed,
        "node-ready",
        readiness.readyAfter(this.healedAt),
        "Ready for good after the fault's end",
      ),
    ];
  }
}

export const nodesObserver: ObserverDefinition = {
  name: "nodes",
  summary: "What Kubernetes says of its nodes: Ready or not, stamped when the news reaches the tester.",
  observables: [
    {
      name: "not-ready-events",
      unit: "count",
      phase: "fault",
      meaning:
        "times that a node which the fault touches was called NotReady, from the steady phase to the end of the healed one",
    },
    {
      name: "not-ready-events-elsewhere",
      unit: "count",
      phase: "fault",
      meaning: "the same, of all nodes that no fault touches",
    },
    {
      name: "node-not-ready",
      unit: "ms",
      phase: "fault",
      meaning: "from injection until a node which the fault touches was first called NotReady",
    },
    {
      name: "node-ready",
      unit: "ms",
      phase: "healed",
      meaning: "from the fault's end until it was called Ready for good; 0 where it was all the time",
    },
  ],
  create: (context) => new NodesObserver(context),
};
