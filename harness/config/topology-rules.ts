import type { ConfigProblem } from "./config-error.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { LinkWritten, TopologyWritten } from "./schema.ts";
import { parseQuantity } from "./units.ts";
import type { Path, YamlFile } from "./yaml-file.ts";

/**
 * A value as written, less what the schema refused: whatever is left is still checked, so that one run shows every
 * problem of a file.
 */
export type Partly<T> = T extends readonly (infer U)[]
  ? (Partly<U> | undefined)[]
  : T extends object
    ? { [K in keyof T]?: Partly<T[K]> | undefined }
    : T | undefined;
type TopologyPart = Partly<TopologyWritten>;
type Nodes = NonNullable<TopologyPart["nodes"]>;

/** Names of the rig's own machines and of their sites. */
const RESERVED = /^(wan|tester(-\d+)?|lighthouse|lighthouse-1)$/;

type Report = (path: Path, message: string, expected?: string, fix?: string) => void;

type Names = readonly (string | undefined)[];

const checkNames = (names: Names, what: string, pathOf: (index: number) => Path, report: Report) => {
  for (const [index, name] of names.entries()) {
    if (name === undefined) continue;
    if (RESERVED.test(name)) {
      report(pathOf(index), `\`${name}\` cannot be the name of a ${what}`, undefined, "choose another name");
    }
    const first = names.indexOf(name);
    if (first < index) {
      report(
        pathOf(index),
        `two ${what}s are called \`${name}\``,
        "unique names",
        "rename or remove one of them",
      );
    }
  }
};

const checkKnown = (name: string | undefined, names: Names, what: string, path: Path, report: Report) => {
  if (name === undefined || names.includes(name)) return;
  const known = names.filter((each) => each !== undefined);
  report(path, `there is no ${what} \`${name}\``, `one of ${known.join(", ")}`, didYouMean(name, known));
};

const checkRoles = (nodes: Nodes, report: Report) => {
  const servers = nodes.flatMap((node, index) => (node?.role === "server" ? [index] : []));
  const known = nodes.every((node) => node?.role !== undefined);
  if (known && servers.length === 0) {
    report(
      ["nodes"],
      "no node is the server",
      "exactly one node with `role: server`",
      "give one node `role: server`",
    );
  }
  for (const index of servers.slice(1)) {
    report(
      ["nodes", index, "role"],
      "several servers are not supported yet",
      "exactly one node with `role: server`",
      "make it an agent",
    );
  }
  if (servers.length === nodes.length) {
    report(
      ["nodes"],
      "no node is an agent",
      "at least one node with `role: agent`",
      "add an agent to `nodes`",
    );
  }
};

/** What no link can do: vary or reorder packets that are not delayed. */
const checkLinkParams = (link: Partly<LinkWritten>, path: Path, report: Report) => {
  const refused = "delay" in link && link.delay === undefined;
  const delayed = refused || parseQuantity("duration", link.delay ?? "0ms") !== 0;
  for (const key of ["jitter", "reorder"] as const) {
    const asked = link[key] !== undefined && !/^[0.]+\D/.test(link[key]);
    if (asked && !delayed) {
      report(
        [...path, key],
        `\`${key}\` without a delay has no effect`,
        "a `delay` above 0 beside it",
        "add `delay:`",
      );
    }
  }
};

const checkLinks = (links: NonNullable<TopologyPart["links"]>, ends: Names, report: Report) => {
  const seen = new Set<string>();
  for (const [index, link] of links.entries()) {
    if (!link) continue;
    const path = ["links", index];
    checkKnown(link.from, ends, "site", [...path, "from"], report);
    checkKnown(link.to, ends, "site", [...path, "to"], report);
    checkLinkParams(link, path, report);
    if (link.from === undefined || link.to === undefined) continue;
    if (link.from === link.to) {
      report(
        [...path, "to"],
        `a link from \`${link.from}\` to itself`,
        "two different ends",
        "change `from` or `to`",
      );
    }
    const pair = `${link.from} -> ${link.to}`;
    if (seen.has(pair)) report(path, `two links ${pair}`, "one link a direction", "remove one of them");
    seen.add(pair);
  }
};

const checkNodes = (nodes: Nodes, sites: Names | undefined, classes: readonly string[], report: Report) => {
  checkNames(
    nodes.map((node) => node?.name),
    "node",
    (index) => ["nodes", index, "name"],
    report,
  );
  for (const [index, node] of nodes.entries()) {
    if (sites) checkKnown(node?.site, sites, "site", ["nodes", index, "site"], report);
    checkKnown(node?.class, classes, "device class", ["nodes", index, "class"], report);
  }
  checkRoles(nodes, report);
};

const checkSites = (sites: Names, nodes: Nodes | undefined, report: Report) => {
  checkNames(sites, "site", (index) => ["sites", index], report);
  if (!nodes?.every((node) => node?.site !== undefined)) return;
  for (const [index, site] of sites.entries()) {
    if (site !== undefined && !nodes.some((node) => node?.site === site)) {
      report(
        ["sites", index],
        `no node is at site \`${site}\``,
        "a node at every site",
        "add a node or remove the site",
      );
    }
  }
};

/** One of a kind: it is found by its kind. */
const checkWorkloads = (
  workloads: NonNullable<TopologyPart["workloads"]>,
  nodes: Nodes | undefined,
  report: Report,
) => {
  const kinds = workloads.map((workload) => workload?.kind);
  for (const [index, workload] of workloads.entries()) {
    const names = nodes?.map((node) => node?.name);
    if (names) checkKnown(workload?.node, names, "node", ["workloads", index, "node"], report);
    if (workload?.kind === undefined || kinds.indexOf(workload.kind) === index) continue;
    const path = ["workloads", index, "kind"];
    report(path, `two workloads are \`${workload.kind}\``, "one of each kind at most", "remove one of them");
  }
};

const checkTimings = (cluster: NonNullable<TopologyPart["cluster"]>, report: Report) => {
  for (const key of ["nodeMonitorGracePeriod", "unreachableToleration"] as const) {
    const milliseconds = parseQuantity("duration", cluster[key] ?? "1s");
    // Kubernetes takes tolerations in whole seconds.
    if (milliseconds === 0 || (milliseconds ?? 0) % 1000 !== 0) {
      const path = ["cluster", key];
      report(path, `\`${key}\` is \`${cluster[key]}\``, "whole seconds, at least 1s", "round it, as in `8s`");
    }
  }
};

/** As Knative's own validation (pkg/autoscaler/config, v0.42), which a wrong setting would pass while nothing runs yet. */
const checkKnative = (knative: NonNullable<TopologyPart["knative"]>, report: Report) => {
  const bounds = { stableWindow: [6, 3600], scaleToZeroGracePeriod: [1, 3600] } as const;
  for (const [key, [least, most]] of Object.entries(bounds)) {
    const written = knative[key as keyof typeof bounds];
    const seconds = (parseQuantity("duration", written ?? `${least}s`) ?? least * 1000) / 1000;
    if (Number.isInteger(seconds) && seconds >= least && seconds <= most) continue;
    const expected = `whole seconds from ${least}s to ${most}s`;
    report(["knative", key], `\`${key}\` is \`${written}\``, expected, `choose one, as in \`${least}s\``);
  }
};

const checkDriver = ({ driver, inventory, emulation }: TopologyPart, report: Report) => {
  if (driver === "ssh" && inventory === undefined)
    report(
      ["driver"],
      "the driver `ssh` has no machines",
      "`inventory:` with the file that names them",
      "add it",
    );
  if (driver !== "ssh" && inventory !== undefined)
    report(["inventory"], "containers need no inventory", "`driver: ssh`", "change the driver, or remove it");
  if (driver === "ssh" && emulation === "limits")
    report(
      ["emulation"],
      "real machines are not made smaller than they are",
      "`emulation: none`",
      "remove it",
    );
};

const reporter =
  (file: YamlFile, problems: ConfigProblem[]): Report =>
  (path, message, expected, fix) =>
    problems.push({ where: file.whereValue(path), message, expected, fix });

/** Everything that a schema cannot say about a topology. */
export const topologyProblems = (
  topology: TopologyPart,
  file: YamlFile,
  known: { profiles: readonly string[]; classes: readonly string[] },
): ConfigProblem[] => {
  const { sites, nodes, links, wanProfile, overlay, knative, openfaas } = topology;
  const { functionsLayer, workloads, cluster } = topology;
  const problems: ConfigProblem[] = [];
  const report = reporter(file, problems);
  checkDriver(topology, report);
  if (sites) checkSites(sites, nodes, report);
  if (nodes) checkNodes(nodes, sites, known.classes, report);
  checkKnown(wanProfile, known.profiles, "profile", ["wanProfile"], report);
  const own = overlay?.lighthouse === "dedicated" ? ["tester", "lighthouse"] : ["tester"];
  if (links && sites) checkLinks(links, [...sites, ...own], report);
  if (functionsLayer === "openfaas" && openfaas === undefined)
    report(
      ["functionsLayer"],
      "OpenFaaS has no images",
      "`openfaas:` with `gateway` and `provider`, as the nodes can pull them",
      "add it, or choose another layer",
    );
  if (knative) checkKnative(knative, report);
  if (workloads) checkWorkloads(workloads, nodes, report);
  if (cluster) checkTimings(cluster, report);
  return problems;
};

/** The same for the links of a profile. */
export const profileProblems = (link: Partly<LinkWritten>, path: Path, file: YamlFile): ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  checkLinkParams(link, path, reporter(file, problems));
  return problems;
};
