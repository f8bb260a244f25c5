import { chmod, writeFile } from "node:fs/promises";

import { rigError } from "../../../errors.ts";
import type { StoredImage } from "../../images/image-store.ts";
import type { NodeHandle, ServiceSpec } from "../../node-handle.ts";
import { applyClusterDns } from "../../cluster-dns.ts";
import { patienceOf } from "../../patience.ts";
import type { TaskGraph } from "../../task-graph.ts";
import { type ClusterNode, type Engine, type EngineContext, stage } from "../engine.ts";
import { namesOf, untilNodesReady } from "../nodes-ready.ts";
import { closeControlPorts } from "./control-ports.ts";
import { untilApiReady } from "./api-ready.ts";
import { type ClusterPki, createClusterPki } from "./cluster-pki.ts";
import * as controlPlane from "./control-plane.ts";
import * as worker from "./worker.ts";

const TOOLS = [
  "kine",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
] as const;

/** Upstream Kubernetes out of the parts that K3s packs: kine with SQLite, containerd, CNI, the five components. */
export class KubernetesEngine implements Engine {
  readonly name = "kubernetes";
  readonly version: string;
  readonly tools = TOOLS;
  readonly agentTools = ["kubelet", "kube-proxy"];
  readonly podNetwork = "overlay-routes";

  constructor(version: string) {
    this.version = version;
  }

  plan(graph: TaskGraph, context: EngineContext): void {
    const { nodes, topology } = context;
    const server = nodes.find(({ role }) => role === "server");
    if (!server) throw rigError("NO_SERVER", "the topology has no server node");
    const patience = patienceOf(topology);
    let pki: ClusterPki | undefined;
    const made = (): ClusterPki => {
      if (!pki) throw new Error("the cluster's certificates are not made yet");
      return pki;
    };
    const service = async (node: NodeHandle, tool: string, spec: ServiceSpec): Promise<void> => {
      await context.tool(tool, node.name);
      await node.startService(spec);
    };
    const load = async (node: ClusterNode, image: StoredImage): Promise<void> => {
      await context.placeImage(node.name, image);
      await worker.importImage(node, image);
    };

    graph.add("cluster pki", [stage.machine(server.name)], async () => {
      pki = await createClusterPki(server.overlay, await context.apiPort(), nodes);
      await writeFile(context.kubeconfigPath, pki.kubeconfigs.admin, { mode: 0o600 });
      await chmod(context.kubeconfigPath, 0o600);
    });
    graph.add("kine", [stage.machine(server.name)], async () => {
      await controlPlane.prepareDatastore(server.handle);
      await service(server.handle, "kine", controlPlane.datastore());
    });
    graph.add("control plane files", ["cluster pki"], () =>
      controlPlane.writeControlPlaneFiles(server.handle, made()),
    );
    const closed = (node: string): string => `control ports ${node}`;
    for (const node of nodes)
      graph.add(closed(node.name), [stage.machine(node.name)], () =>
        closeControlPorts(node.handle, node === server ? context.publishedFrom() : undefined),
      );
    const before = ["kine", "control plane files", closed(server.name), stage.overlay(server.name)];
    graph.add("kube-apiserver", before, () =>
      service(server.handle, "kube-apiserver", controlPlane.apiServer(server.overlay)),
    );
    graph.add(stage.apiReady, ["kube-apiserver"], () => untilApiReady(context.kubeconfigPath, patience));
    graph.add("kube-controller-manager", [stage.apiReady], () =>
      service(server.handle, "kube-controller-manager", controlPlane.controllerManager(topology.cluster)),
    );
    graph.add("kube-scheduler", [stage.apiReady], () =>
      service(server.handle, "kube-scheduler", controlPlane.scheduler()),
    );

    graph.add("dns image", [`containerd ${server.name}`], async () => {
      await load(server, await context.dnsImage());
    });
    // After those of every node, which nodes that are not the server wait for, too.
    graph.add(stage.serverImages, [`images ${server.name}`], async () => {
      for (const image of await context.serverImages()) await load(server, image);
    });
    graph.add("cluster dns", [stage.apiReady, "dns image"], async () => {
      await applyClusterDns(context.kubeconfigPath, (await context.dnsImage()).reference);
    });

    for (const node of nodes) {
      const { name } = node;
      graph.add(`containerd ${name}`, [stage.machine(name)], async () => {
        const images = await context.images(name);
        const pause = images.find((image) => image.name === "pause")?.reference ?? "";
        await worker.startContainerd(node, { pause });
      });
      graph.add(`images ${name}`, [`containerd ${name}`], async () => {
        // One after the other: containerd locks what imports have in common.
        for (const image of await context.images(name)) await load(node, image);
      });
      graph.add(stage.ownImages(name), [`images ${name}`], async () => {
        for (const image of await context.imagesOf(name)) await load(node, image);
      });
      graph.add(`worker files ${name}`, ["cluster pki", stage.machine(name)], () =>
        worker.writeWorkerFiles(node, made(), topology.cluster),
      );
      const needs = [stage.apiReady, stage.overlay(name), closed(name), `worker files ${name}`];
      graph.add(`kubelet ${name}`, [...needs, `containerd ${name}`], () =>
        service(node.handle, "kubelet", worker.kubelet(node)),
      );
      graph.add(`kube-proxy ${name}`, needs, () => service(node.handle, "kube-proxy", worker.proxy(node)));
    }
    graph.add(
      stage.nodesReady,
      nodes.flatMap(({ name }) => [`kubelet ${name}`, `images ${name}`]),
      () => untilNodesReady(context.kubeconfigPath, namesOf(context), patience),
    );
  }
}
