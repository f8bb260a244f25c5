import { existsSync, readFileSync } from "node:fs";
import { request } from "node:https";

/** Names the fault that made a node unschedulable: without it, it was somebody else. */
export const CORDON_ANNOTATION = "edgeproof.dev/cordoned-by";

/** Where kubelets keep theirs: this rig's, K3s's and kubeadm's. */
const KUBECONFIGS = [
  "/etc/edgeproof/kubernetes/kubelet.kubeconfig",
  "/var/lib/rancher/k3s/agent/kubelet.kubeconfig",
  "/etc/kubernetes/kubelet.conf",
];
const TIMEOUT_MS = 10_000;

export interface ApiAccess {
  server: string;
  ca: Buffer;
  cert: Buffer;
  key: Buffer;
}

/**
 * The API's address and the certificates of a kubelet's kubeconfig, which holds one cluster and one user, a field a line:
 * `KEY-data` holds base64, `KEY` names a file. A YAML parser would be most of the program.
 */
export function accessOf(kubeconfig: string): ApiAccess {
  const field = (key: string): string | undefined =>
    new RegExp(`^[ -]*${key}: *["']?([^"'\\s]+)`, "m").exec(kubeconfig)?.[1];
  const bytes = (key: string): Buffer => {
    const data = field(`${key}-data`);
    if (data !== undefined) return Buffer.from(data, "base64");
    const path = field(key);
    if (path === undefined) throw new Error(`the kubelet's kubeconfig has no ${key}`);
    return readFileSync(path);
  };
  return {
    server: field("server") ?? "",
    ca: bytes("certificate-authority"),
    cert: bytes("client-certificate"),
    key: bytes("client-key"),
  };
}

function ask(
  { server, ...tls }: ApiAccess,
  method: "GET" | "PATCH",
  node: string,
  body?: object,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const url = `${server}/api/v1/nodes/${encodeURIComponent(node)}`;
    const headers = { accept: "application/json", "content-type": "application/merge-patch+json" };
    const asked = request(url, { method, headers, ...tls, timeout: TIMEOUT_MS }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("error", reject);
      answer.once("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (answer.statusCode === 200) resolve(JSON.parse(text) as Record<string, unknown>);
        else reject(new Error(`${method} ${url}: ${answer.statusCode} ${text.slice(0, 300)}`));
      });
    });
    asked.once("timeout", () => asked.destroy(new Error(`${url}: no answer in ${TIMEOUT_MS} ms`)));
    asked.once("error", reject);
    asked.end(body && JSON.stringify(body));
  });
}

/** The change of a node that lets pods be scheduled there again, and forgets who forbade it. */
export const UNCORDON = {
  spec: { unschedulable: null },
  metadata: { annotations: { [CORDON_ANNOTATION]: null } },
};

/** Makes this machine's node schedulable, with its kubelet's own right to, if edgeproof had made it unschedulable. */
export async function uncordon(node: string): Promise<void> {
  const path = KUBECONFIGS.find((candidate) => existsSync(candidate));
  if (!path) throw new Error(`this machine has no kubelet's kubeconfig: ${KUBECONFIGS.join(", ")}`);
  const access = accessOf(readFileSync(path, "utf8"));
  const found = (await ask(access, "GET", node)) as {
    metadata?: { annotations?: Record<string, string> };
  };
  if (found.metadata?.annotations?.[CORDON_ANNOTATION] === undefined) return;
  await ask(access, "PATCH", node, UNCORDON);
}
