/**
 * The SLOs that Kubernetes promises, in the words of SIG Scalability: kubernetes/community,
 * sig-scalability/slos/api_call_latency.md and pod_startup_latency.md.
 */
export const SLOS = {
  mutating: {
    title: "mutating API calls",
    limitMs: 1_000,
    sli: "Latency of mutating API calls for single objects for every (resource, verb) pair, measured as 99th percentile over last 5 minutes",
    slo: "In default Kubernetes installation, for every (resource, verb) pair, excluding virtual and aggregated resources and Custom Resource Definitions, 99th percentile per cluster-day <= 1s",
  },
  "read-resource": {
    title: "read-only API calls, scope resource",
    limitMs: 1_000,
    sli: "Latency of non-streaming read-only API calls for every (resource, scope) pair, measured as 99th percentile over last 5 minutes",
    slo: "In default Kubernetes installation, for every (resource, scope) pair, excluding virtual and aggregated resources and Custom Resource Definitions, 99th percentile per cluster-day: (a) <= 1s if `scope=resource`",
  },
  "read-more": {
    title: "read-only API calls, scope namespace or cluster",
    limitMs: 30_000,
    sli: "Latency of non-streaming read-only API calls for every (resource, scope) pair, measured as 99th percentile over last 5 minutes",
    slo: "In default Kubernetes installation, for every (resource, scope) pair, excluding virtual and aggregated resources and Custom Resource Definitions, 99th percentile per cluster-day: (b) <= 30s otherwise (if `scope=namespace` or `scope=cluster`)",
  },
  "pod-startup": {
    title: "pod start",
    limitMs: 5_000,
    sli: "Startup latency of schedulable stateless pods, excluding time to pull images and run init containers, measured from pod creation timestamp to when all its containers are reported as started and observed via watch, measured as 99th percentile over last 5 minutes",
    slo: "In default Kubernetes installation, 99th percentile per cluster-day <= 5s",
  },
} as const;

export type SloName = keyof typeof SLOS;
export const sloNames = Object.keys(SLOS) as SloName[];

/** The window of the SLIs' wording, ms. */
export const SLI_WINDOW_MS = 300_000;
/** The quantile of all of them. */
export const SLI_QUANTILE = 0.99;
/**
 * slos.md: "Cluster churn is <= 20, where churn is defined as: churn = #(Pod spec creations/updates/deletions) + #(user
 * originated requests) in a given second".
 */
export const MOST_CHURN = 20;

/** Groups of the API that are Kubernetes' own and stored: no custom, virtual or aggregated resources are in them. */
const STORED_GROUPS = new Set([
  ...["", "apps", "batch", "autoscaling", "policy"],
  ...[
    "admissionregistration",
    "certificates",
    "coordination",
    "discovery",
    "events",
    "networking",
    "node",
  ].map((name) => `${name}.k8s.io`),
  ...["rbac.authorization", "resource", "scheduling", "storage", "storagemigration"].map(
    (name) => `${name}.k8s.io`,
  ),
  ...["apiregistration.k8s.io", "flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io"],
]);

/** APPLY is a PATCH by server-side apply: the API server counts it apart. */
const MUTATING = new Set(["POST", "PUT", "DELETE", "PATCH", "APPLY"]);
const READING = new Set(["GET", "LIST"]);

/** What an API server's request metrics say of a call. */
export interface CallLabels {
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  scope?: string;
}

export interface CallKind {
  slo: Exclude<SloName, "pod-startup">;
  /** With its subresource and group: `pods/status`, `deployments.apps`. */
  resource: string;
  /** Verb of a mutating call, scope of a reading one: the other half of the pair. */
  of: string;
}

export const resourceOf = ({ group, resource = "", subresource }: CallLabels): string =>
  `${resource}${group ? `.${group}` : ""}${subresource ? `/${subresource}` : ""}`;

/** Which SLO a call falls under; undefined where under none, as for watches and custom resources. */
export function callKind(labels: CallLabels): CallKind | undefined {
  const { verb = "", group = "", resource = "", subresource = "", scope = "" } = labels;
  // A token is made, not stored: a virtual resource.
  if (resource === "" || subresource === "token" || !STORED_GROUPS.has(group)) return undefined;
  const name = resourceOf(labels);
  // A collection that is deleted is not a single object.
  if (MUTATING.has(verb))
    return scope === "resource" ? { slo: "mutating", resource: name, of: verb } : undefined;
  if (!READING.has(verb)) return undefined;
  return { slo: scope === "resource" ? "read-resource" : "read-more", resource: name, of: scope };
}
