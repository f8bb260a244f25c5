import { setTimeout as delay } from "node:timers/promises";

import type { V1Namespace } from "@kubernetes/client-node";

import { rigError, usageError } from "../../errors.ts";
import { succeeded } from "../kube/api-request.ts";
import { complaint } from "../kube/apply.ts";
import type { ClusterApi } from "./cluster-api.ts";

/** Which rig a namespace is of, for people and for `kubectl get namespaces -l`. */
const LABEL_RIG = "edgeproof.dev/rig";
/** Holds what only the rig's own state knows: another tester's rig of the same name is another rig. */
const ANNOTATION_CLAIM = "edgeproof.dev/claim";
const GONE_LIMIT_MS = 180_000;
const INTERVAL_MS = 500;

export interface NamespaceClaim {
  namespace: string;
  rig: string;
  /** Random; in the rig's state before the namespace is made. */
  claim: string;
}

const pathOf = (namespace: string): string => `/api/v1/namespaces/${namespace}`;

const claimOf = ({ metadata }: V1Namespace): string | undefined => metadata?.annotations?.[ANNOTATION_CLAIM];

const taken = (found: V1Namespace, { namespace, rig }: NamespaceClaim, server: string): Error => {
  const owner = found.metadata?.labels?.[LABEL_RIG];
  return usageError("NAMESPACE_TAKEN", `the namespace ${namespace} is there, and not this rig's`, {
    where: server,
    expected: "none of that name: edgeproof makes its own, and removes it",
    fix:
      owner === undefined
        ? `choose another with \`--namespace\`, or \`namespace:\` in the topology`
        : `another edgeproof made it for its rig ${owner}; if nobody uses that any more, \`kubectl delete namespace ${namespace}\`, else choose another name than ${rig}`,
  });
};

/** @throws EdgeproofError (usage) where the namespace is somebody else's; nothing is changed */
export async function ensureFree(api: ClusterApi, claim: NamespaceClaim): Promise<void> {
  const found = await api.find<V1Namespace>(pathOf(claim.namespace));
  if (found) throw taken(found, claim, api.server);
}

/** @throws EdgeproofError (usage) where somebody else was faster */
export async function createNamespace(api: ClusterApi, own: NamespaceClaim): Promise<void> {
  const { namespace, rig, claim } = own;
  const body = {
    ...{ apiVersion: "v1", kind: "Namespace" },
    metadata: {
      name: namespace,
      labels: { [LABEL_RIG]: rig, "app.kubernetes.io/managed-by": "edgeproof" },
      annotations: { [ANNOTATION_CLAIM]: claim },
    },
  };
  const answer = await api.send({ method: "POST", path: "/api/v1/namespaces", body });
  if (succeeded(answer)) return;
  if (answer.status === 409) {
    const found = await api.find<V1Namespace>(pathOf(namespace));
    if (found && claimOf(found) === claim) return;
    if (found) throw taken(found, own, api.server);
  }
  throw rigError("CLUSTER_REFUSED", `the API did not make the namespace ${namespace}: ${complaint(answer)}`, {
    where: api.server,
  });
}

/** What Kubernetes says of why a namespace does not go. */
const stuckOn = ({ status }: V1Namespace): string =>
  (status?.conditions ?? [])
    .filter((one) => one.status === "True")
    .map(({ message }) => message)
    .filter(Boolean)
    .join("; ");

/**
 * Removes the namespace with all that is in it, and resolves when it is gone. Nothing where there is none, and nothing where
 * it is another's by now.
 *
 * @throws EdgeproofError where it does not go
 */
export async function removeNamespace(
  api: ClusterApi,
  { namespace, claim }: Omit<NamespaceClaim, "rig">,
  limitMs = GONE_LIMIT_MS,
): Promise<void> {
  const path = pathOf(namespace);
  const until = Date.now() + limitMs;
  for (;;) {
    const found = await api.find<V1Namespace>(path);
    if (!found || claimOf(found) !== claim) return;
    if (found.metadata?.deletionTimestamp === undefined) {
      const body = { preconditions: { uid: found.metadata?.uid } };
      const answer = await api.send({ method: "DELETE", path, body });
      if (!succeeded(answer) && answer.status !== 404 && answer.status !== 409)
        throw rigError(
          "CLUSTER_REFUSED",
          `the API did not remove the namespace ${namespace}: ${complaint(answer)}`,
          {
            where: api.server,
          },
        );
    }
    if (Date.now() > until)
      throw rigError("NAMESPACE_STAYS", `the namespace ${namespace} is still there`, {
        where: api.server,
        expected: `that it is gone within ${limitMs / 1000} s`,
        fix:
          stuckOn(found) ||
          `look at \`kubectl get namespace ${namespace} -o yaml\`, then run \`edgeproof heal\` again`,
      });
    await delay(INTERVAL_MS);
  }
}
