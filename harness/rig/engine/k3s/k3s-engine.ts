import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";

import { rigError } from "../../../errors.ts";
import { applyClusterDns } from "../../cluster-dns.ts";
import { IMAGES_PATH, type StoredImage } from "../../images/image-store.ts";
import type { NodeHandle, ServiceSpec } from "../../node-handle.ts";
import { patienceOf } from "../../patience.ts";
import type { TaskGraph } from "../../task-graph.ts";
import { type ClusterNode, type Engine, type EngineContext, stage } from "../engine.ts";
import { namesOf, untilNodesReady } from "../nodes-ready.ts";
import {
  IMAGES_FOLDER,
  K3S_FOLDER,
  K3S_VERSION,
  KUBECONFIG_FILE,
  TOKEN_FILE,
  agentConfig,
  serverConfig,
} from "./k3s-files.ts";

/** Where K3s's folder is mounted inside nodes. */
export const K3S_PATH = "/opt/edgeproof/k3s";

const service = (role: "server" | "agent"): ServiceSpec => ({
  name: "k3s",
  argv: [`${K3S_PATH}/k3s`, role],
  env: { PATH: `${K3S_PATH}:${K3S_PATH}/aux:/usr/sbin:/usr/bin:/sbin:/bin` },
  readyPattern: role === "server" ? "k3s is up and running" : "Starting k3s agent",
  readyTimeoutMs: 120_000,
});

/** Real K3s, by its release binary or its image. Never run where this was written: no registry answers there. */
export class K3sEngine implements Engine {
  readonly name = "k3s";
  readonly version = K3S_VERSION;
  readonly tools: readonly string[] = [];
  readonly agentTools: readonly string[] = [];
  readonly podNetwork = "flannel";

  plan(graph: TaskGraph, context: EngineContext): void {
    const { nodes } = context;
    const server = nodes.find(({ role }) => role === "server");
    if (!server) throw rigError("NO_SERVER", "the topology has no server node");
    const token = randomBytes(24).toString("hex");

    for (const node of nodes) {
      graph.add(`k3s files ${node.name}`, [stage.machine(node.name)], () =>
        this.writeFiles(context, node, server, token),
      );
    }
    graph.add("k3s server", [`k3s files ${server.name}`, stage.overlay(server.name)], () =>
      this.start(context, server),
    );
    // K3s itself imported what lay in its folder when it started.
    graph.add(stage.serverImages, ["k3s server"], () => Promise.resolve());
    for (const { name } of nodes)
      graph.add(stage.ownImages(name), [`k3s files ${name}`], () => Promise.resolve());
    graph.add(stage.apiReady, ["k3s server"], () => this.fetchKubeconfig(context, server.handle));
    for (const node of nodes.filter(({ role }) => role === "agent")) {
      const needs = [stage.apiReady, `k3s files ${node.name}`, stage.overlay(node.name)];
      graph.add(`k3s agent ${node.name}`, needs, () => this.start(context, node));
    }
    const agents = nodes.filter(({ role }) => role === "agent").map(({ name }) => `k3s agent ${name}`);
    graph.add("cluster dns", [stage.apiReady], async () => {
      await applyClusterDns(context.kubeconfigPath, (await context.dnsImage()).reference);
    });
    graph.add(stage.nodesReady, [stage.apiReady, ...agents], () =>
      untilNodesReady(context.kubeconfigPath, namesOf(context), patienceOf(context.topology)),
    );
  }

  /** Pods ask for images by the server's names; those of another architecture have names of their own. */
  private async start(context: EngineContext, { name, role, handle }: ClusterNode): Promise<void> {
    await handle.startService(service(role));
    for (const { reference, alias } of await context.images(name))
      if (alias !== undefined && alias !== reference)
        await handle.exec([
          `${K3S_PATH}/k3s`,
          "ctr",
          "-n",
          "k8s.io",
          "images",
          "tag",
          "--force",
          reference,
          alias,
        ]);
  }

  private async writeFiles(
    context: EngineContext,
    node: ClusterNode,
    server: ClusterNode,
    token: string,
  ): Promise<void> {
    const everywhere = await context.images(node.name);
    const images =
      node.role === "server"
        ? [...everywhere, await context.dnsImage(), ...(await context.serverImages())]
        : [...everywhere];
    images.push(...(await context.imagesOf(node.name)));
    const pauseImage = images.find(({ name }) => name === "pause")?.reference ?? "";
    const input = { node, cluster: context.topology.cluster, pauseImage };
    const config = node.role === "server" ? serverConfig(input) : agentConfig(input, server.overlay);
    await Promise.all([
      context.k3s(node.name),
      node.handle.writeFile(`${K3S_FOLDER}/config.yaml`, config, 0o600),
      node.handle.writeFile(TOKEN_FILE, token, 0o600),
      this.linkImages(context, node.handle, images),
    ]);
  }

  /** K3s imports what it finds in its own folder. */
  private async linkImages(
    context: EngineContext,
    node: NodeHandle,
    images: readonly StoredImage[],
  ): Promise<void> {
    await node.exec(["mkdir", "-p", IMAGES_FOLDER]);
    for (const image of images) {
      await context.placeImage(node.name, image);
      await node.exec(["ln", "-sf", `${IMAGES_PATH}/${image.file}`, `${IMAGES_FOLDER}/${image.file}`]);
    }
  }

  /** K3s writes an administrator's kubeconfig for its own loopback; the tester comes in by a published port. */
  private async fetchKubeconfig(context: EngineContext, server: NodeHandle): Promise<void> {
    const text = (await server.readFile(KUBECONFIG_FILE)).toString("utf8");
    const here = text.replace(/server: .*/, `server: https://127.0.0.1:${await context.apiPort()}`);
    await writeFile(context.kubeconfigPath, here, { mode: 0o600 });
  }
}
