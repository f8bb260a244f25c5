import type { Topology } from "../config/model.ts";
import { type Docker } from "./driver/container/engine-client.ts";
import { imageExists, registryHas } from "./driver/container/node-image.ts";
import type { Engine } from "./engine/engine.ts";
import { K3sEngine } from "./engine/k3s/k3s-engine.ts";
import { K3S_IMAGE } from "./engine/k3s/k3s-files.ts";
import { KubernetesEngine } from "./engine/kubernetes/kubernetes-engine.ts";

/** `auto` takes K3s where it can be had (a given binary, a local image, a registry that answers), else its parts. */
export async function selectEngine(
  topology: Topology,
  docker: Docker,
  kubernetesVersion: string,
): Promise<Engine> {
  const kubernetes = (): Engine => new KubernetesEngine(kubernetesVersion);
  if (topology.engine === "kubernetes") return kubernetes();
  const given = process.env.EDGEPROOF_K3S;
  if (topology.engine === "k3s" || given) return new K3sEngine();
  const available = (await imageExists(docker, K3S_IMAGE)) || (await registryHas(docker, K3S_IMAGE));
  return available ? new K3sEngine() : kubernetes();
}
