import { usageError } from "../../errors.ts";
import type { ClusterApi } from "./cluster-api.ts";

interface Right {
  verbs: readonly string[];
  group: string;
  resource: string;
  subresource?: string;
  /** In the rig's namespace alone. */
  inside: boolean;
}

const right = (
  verbs: string,
  group: string,
  resource: string,
  inside = true,
  subresource?: string,
): Right => ({
  ...{ verbs: verbs.split(" "), group, resource, inside },
  ...(subresource === undefined ? {} : { subresource }),
});

/** What a run needs on a cluster; docs/existing-cluster.md has it as a ClusterRole. */
export const RIGHTS: readonly Right[] = [
  right("list watch", "", "nodes", false),
  right("get create delete", "", "namespaces", false),
  right("get list watch create update delete", "apps", "deployments"),
  right("update patch", "apps", "deployments", true, "scale"),
  right("get create delete", "", "services"),
  right("get list watch delete", "", "pods"),
  // Over a websocket it is a GET to the API, of which later versions want both.
  right("get create", "", "pods", true, "portforward"),
  right("list watch", "", "events"),
  right("list watch", "discovery.k8s.io", "endpointslices"),
  right("create update delete", "autoscaling", "horizontalpodautoscalers"),
];

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

const nameOf = ({ group, resource, subresource }: Right): string =>
  `${resource}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}`;

/** Asks the API for every right, changes nothing. @throws EdgeproofError (usage) that lists those that are missing */
export async function ensureRights(api: ClusterApi, namespace: string): Promise<void> {
  const asked = RIGHTS.flatMap((one) => one.verbs.map((verb) => ({ ...one, verb })));
  const answers = await Promise.all(
    asked.map(async ({ verb, group, resource, subresource, inside }) => {
      const resourceAttributes = {
        ...{ verb, group, resource },
        ...(subresource === undefined ? {} : { subresource }),
        ...(inside
          ? { namespace }
          : resource === "namespaces" && verb !== "create"
            ? { name: namespace }
            : {}),
      };
      const body = {
        ...{ apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" },
        spec: { resourceAttributes },
      };
      return (await api.post<{ status?: { allowed?: boolean } }>(REVIEWS, body)).status?.allowed ?? false;
    }),
  );
  const missing = asked.filter((_, index) => !answers[index]);
  if (missing.length === 0) return;
  const inside = (where: boolean): string =>
    missing
      .filter((one) => one.inside === where)
      .map((one) => `${one.verb} ${nameOf(one)}`)
      .join(", ");
  const parts = [
    ...(inside(false) === "" ? [] : [`cluster-wide: ${inside(false)}`]),
    ...(inside(true) === "" ? [] : [`in the namespace ${namespace}: ${inside(true)}`]),
  ];
  throw usageError("CLUSTER_RIGHTS", `the kubeconfig lacks ${missing.length} of ${asked.length} rights`, {
    where: api.server,
    expected: parts.join("; "),
    fix: "give its user the ClusterRole of docs/existing-cluster.md",
  });
}
