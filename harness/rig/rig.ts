import type { Topology, WorkloadKind } from "../config/model.ts";
import { rigError } from "../errors.ts";
import type { RigNode } from "./driver/rig-node.ts";
import type { RigDriver } from "./driver/driver.ts";
import { DeploymentLayer } from "./functions/deployment-layer.ts";
import type { FunctionsLayer } from "./functions/functions-layer.ts";
import { KnativeLayer } from "./functions/knative/knative-layer.ts";
import { OpenFaasLayer } from "./functions/openfaas/openfaas-layer.ts";
import { NAMESPACE } from "./functions/manifests.ts";
import { guestOptions } from "./cluster/guest-options.ts";
import { loadKubeconfig } from "./kube/kube-client.ts";
import { kubeconfigPath } from "./kubeconfig-path.ts";
import type { OverlayPair } from "./overlay/overlay-proof.ts";
import { patienceOf } from "./patience.ts";
import { TESTER, WAN } from "./rig-plan.ts";
import { removeRigFolder, rigFolder } from "./rig-state.ts";
import type { TaskTiming } from "./task-graph.ts";
import { Workload, type WorkloadAddress } from "./workloads/running-workload.ts";

export interface RigParts {
  name: string;
  topology: Topology;
  driver: RigDriver;
  nodes: ReadonlyMap<string, RigNode>;
  engine: { name: string; version: string };
  privileges: string;
  images: readonly { name: string; reference: string }[];
  overlay: readonly OverlayPair[];
  /** Whether each machine impairs what it sends itself. */
  egress: boolean;
  timings: readonly TaskTiming[];
}

/** A rig that is up. Disposing it takes it down. */
export class Rig implements AsyncDisposable {
  readonly parts: RigParts;
  readonly functions: FunctionsLayer;
  private downOnce: Promise<void> | undefined;

  constructor(parts: RigParts) {
    this.parts = parts;
    const { topology } = parts;
    const config = loadKubeconfig(this.kubeconfig);
    const { unreachableTolerationSeconds: toleration } = topology.cluster;
    const fixed = new DeploymentLayer(config, {
      tolerationSeconds: toleration,
      metrics: topology.metricsServer,
      patience: patienceOf(topology),
      classOf: (node) => topology.nodes.find(({ name }) => name === node)?.deviceClass ?? "",
      guest: topology.existing && guestOptions(topology, topology.existing, this.namespace),
    });
    const layers: Record<Topology["functionsLayer"], () => FunctionsLayer> = {
      deployment: () => fixed,
      knative: () =>
        new KnativeLayer(config, fixed, {
          tolerationSeconds: toleration,
          released: topology.knative.release !== undefined,
          patience: patienceOf(topology),
        }),
      openfaas: () =>
        new OpenFaasLayer(config, fixed, { entry: () => this.entry, rigFolder: rigFolder(this.name) }),
    };
    this.functions = layers[topology.functionsLayer]();
  }

  get name(): string {
    return this.parts.name;
  }

  get topology(): Topology {
    return this.parts.topology;
  }

  get kubeconfig(): string {
    return kubeconfigPath(this.name);
  }

  /** Where functions are. */
  get namespace(): string {
    return this.parts.driver.namespace ?? NAMESPACE;
  }

  /** Where probes make objects for themselves; on a cluster that others use it is the rig's own, too. */
  get probeNamespace(): string {
    return this.parts.driver.namespace ?? "default";
  }

  /** Where probes, messages and closed loads come from. */
  get tester(): RigNode {
    return this.node(TESTER);
  }

  /** All that open loads come from, `tester` first. */
  get testers(): [RigNode, ...RigNode[]] {
    const others = [...this.parts.nodes.values()].filter(
      ({ role, name }) => role === "tester" && name !== TESTER,
    );
    return [this.tester, ...others];
  }

  /** The router between all machines; undefined where they meet on a network that is not the rig's. */
  get wan(): RigNode | undefined {
    return this.parts.nodes.get(WAN);
  }

  /** Machine whose WAN engine impairs what `from` sends: the router, or the machine itself. Undefined where none can. */
  get wanHost(): ((from: string) => string) | undefined {
    if (this.wan) return () => WAN;
    return this.parts.egress ? (from) => from : undefined;
  }

  /** Machines where a WAN engine runs. */
  get wanHosts(): RigNode[] {
    if (this.wan) return [this.wan];
    return this.parts.egress ? this.machines : [];
  }

  /** Where the tester's requests enter the cluster: the server node; of a cluster that shows none, the first. */
  get entry(): RigNode {
    const { nodes } = this.topology;
    return this.node((nodes.find(({ role }) => role === "server") ?? nodes[0])?.name ?? "");
  }

  /** The machines of the cluster, without tester and router. */
  get clusterNodes(): RigNode[] {
    return this.topology.nodes.map(({ name }) => this.node(name));
  }

  /** Dedicated ones, else the server. They are the relays, too, where the topology has relays. */
  get lighthouses(): RigNode[] {
    const dedicated = [...this.parts.nodes.values()].filter(({ role }) => role === "lighthouse");
    return dedicated.length > 0 ? dedicated : [this.entry];
  }

  /** All that the WAN joins: nodes, testers, dedicated lighthouses. */
  get machines(): RigNode[] {
    return [
      ...this.clusterNodes,
      ...this.testers,
      ...this.lighthouses.filter(({ role }) => role === "lighthouse"),
    ];
  }

  /** Those of the machines that edgeproof's agent runs on: none of a cluster of which nothing but the API is reached. */
  get agents(): RigNode[] {
    return this.parts.driver.kind === "cluster" ? [] : this.machines;
  }

  /** All that answers commands of faults and `heal`, the router too. */
  get answering(): RigNode[] {
    return this.parts.driver.kind === "cluster" ? [] : [...this.parts.nodes.values()];
  }

  node(name: string): RigNode {
    const found = this.parts.nodes.get(name);
    if (found) return found;
    throw rigError("NO_SUCH_NODE", `the rig has no machine ${name}`, {
      expected: [...this.parts.nodes.keys()].join(", "),
    });
  }

  /** Image reference of a function that is on every node. */
  image(name: string): string {
    const found = this.parts.images.find((image) => image.name === name);
    if (found) return found.reference;
    throw rigError("NO_SUCH_IMAGE", `no image of ${name} was loaded into the nodes`);
  }

  /** A server of the topology's `workloads`. @throws EdgeproofError where there is none of that kind */
  workload(kind: WorkloadKind): Workload {
    const { workloads } = this.topology;
    if (workloads.some((one) => one.kind === kind))
      return new Workload(kind, loadKubeconfig(this.kubeconfig));
    throw rigError("NO_SUCH_WORKLOAD", `the rig has no ${kind}`, {
      expected: workloads.map((one) => one.kind).join(", ") || "a topology with `workloads:`",
      fix: `add { kind: ${kind}, node: ... } to the topology's workloads`,
    });
  }

  /** Where the tester reaches a workload: at its own node's overlay address, over that node's WAN link. */
  async workloadAtTester(kind: WorkloadKind, port?: string): Promise<WorkloadAddress> {
    const found = await this.workload(kind).onNode(port);
    return { host: this.node(found.node).overlay ?? "", port: found.port };
  }

  /** Ends the connections to the machines; the rig stays. */
  async disconnect(): Promise<void> {
    await Promise.all([...this.parts.nodes.values()].map((node) => node.disconnect()));
    await this.parts.driver.close();
  }

  /** Removes everything that the rig made, and says how far it is where that takes long; safe to call again. */
  down(say?: (message: string) => void): Promise<void> {
    this.downOnce ??= (async () => {
      await Promise.all([...this.parts.nodes.values()].map((node) => node.disconnect()));
      await this.parts.driver.remove(say);
      await this.parts.driver.close();
      await removeRigFolder(this.name);
    })();
    return this.downOnce;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }
}
