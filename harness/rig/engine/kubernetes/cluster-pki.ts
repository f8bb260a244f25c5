import { API_PORT, API_SERVICE_IP } from "../../addresses.ts";
import { Authority, type KeyPair, createSigningKey } from "../../pki.ts";
import { kubeconfig } from "../kubeconfig.ts";

export interface ClusterPki {
  ca: string;
  apiServer: KeyPair;
  /** What the API server shows to kubelets. */
  kubeletClient: KeyPair;
  /** What the API server shows to servers of a part of the API; an authority of its own, so that no user can. */
  frontProxy: { ca: string; client: KeyPair };
  serviceAccount: { publicKey: string; privateKey: string };
  /** Kubeconfig texts by component, each with the least that its default ClusterRole needs. */
  kubeconfigs: { admin: string; controllerManager: string; scheduler: string; proxy: string };
  kubelets: Map<string, KeyPair & { kubeconfig: string }>;
}

/** Common name of the API server's certificate as a proxy. */
export const FRONT_PROXY = "front-proxy-client";

async function createFrontProxy(): Promise<ClusterPki["frontProxy"]> {
  const authority = await Authority.create("edgeproof front proxy");
  return { ca: authority.cert, client: await authority.issue({ commonName: FRONT_PROXY }) };
}

/** All certificates of one cluster, made in memory and in parallel. */
export async function createClusterPki(
  serverOverlay: string,
  apiPort: number,
  nodes: readonly { name: string; overlay: string }[],
): Promise<ClusterPki> {
  const authority = await Authority.create("edgeproof cluster");
  const inside = `https://${serverOverlay}:${API_PORT}`;
  const user = async (commonName: string, organization?: string, server = inside): Promise<string> => {
    const pair = await authority.issue({ commonName, ...(organization ? { organization } : {}) });
    return kubeconfig(server, authority.cert, pair);
  };
  const kubelet = async ({ name, overlay }: { name: string; overlay: string }) => {
    const pair = await authority.issue({
      commonName: `system:node:${name}`,
      organization: "system:nodes",
      dnsNames: [name],
      addresses: [overlay],
    });
    return [name, { ...pair, kubeconfig: kubeconfig(inside, authority.cert, pair) }] as const;
  };
  const [
    apiServer,
    kubeletClient,
    frontProxy,
    serviceAccount,
    admin,
    controllerManager,
    scheduler,
    proxy,
    kubelets,
  ] = await Promise.all([
    authority.issue({
      commonName: "kube-apiserver",
      dnsNames: ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"],
      addresses: [API_SERVICE_IP, serverOverlay, "127.0.0.1"],
    }),
    authority.issue({ commonName: "kube-apiserver-kubelet-client", organization: "system:masters" }),
    createFrontProxy(),
    createSigningKey(),
    user("edgeproof-admin", "system:masters", `https://127.0.0.1:${apiPort}`),
    user("system:kube-controller-manager"),
    user("system:kube-scheduler"),
    user("system:kube-proxy"),
    Promise.all(nodes.map(kubelet)),
  ]);
  return {
    ca: authority.cert,
    apiServer,
    kubeletClient,
    frontProxy,
    serviceAccount,
    kubeconfigs: { admin, controllerManager, scheduler, proxy },
    kubelets: new Map(kubelets),
  };
}
