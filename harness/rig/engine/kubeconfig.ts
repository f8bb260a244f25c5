import { stringify } from "yaml";

import type { KeyPair } from "../pki.ts";

/** A self-contained kubeconfig for one user. */
export function kubeconfig(server: string, ca: string, user: KeyPair): string {
  const base64 = (pem: string): string => Buffer.from(pem).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "edgeproof", cluster: { server, "certificate-authority-data": base64(ca) } }],
    users: [
      {
        name: "user",
        user: { "client-certificate-data": base64(user.cert), "client-key-data": base64(user.key) },
      },
    ],
    contexts: [{ name: "edgeproof", context: { cluster: "edgeproof", user: "user" } }],
    "current-context": "edgeproof",
  });
}
