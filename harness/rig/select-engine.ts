import type { Topology } from "../config/model.ts";
import type { Engine } from "./engine/engine.ts";
import { K3sEngine } from "./engine/k3s/k3s-engine.ts";
import { KubernetesEngine } from "./engine/kubernetes/kubernetes-engine.ts";

/** `auto` takes K3s where it can be had (a given binary, a local image, a registry that answers), else its parts. */
export async function selectEngine(
  topology: Topology,
  hasK3s: () => Promise<boolean>,
  kubernetesVersion: string,
): Promise<Engine> {
  const kubernetes = (): Engine => new KubernetesEngine(kubernetesVersion);
  if (topology.engine === "kubernetes") return kubernetes();
  const given = process.env.EDGEPROOF_K3S;
  if (topology.engine === "k3s" || given) return new K3sEngine();
  return (await hasK3s()) ? new K3sEngine() : kubernetes();
}
