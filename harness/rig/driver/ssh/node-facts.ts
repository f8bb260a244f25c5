import { rigError } from "../../../errors.ts";
import type { NodePlatform } from "../node-platform.ts";

/** What `remote/facts.sh` says of a machine. */
export interface NodeFacts {
  architecture: string;
  kernel: string;
  cpus: number;
  systemd: boolean;
  cgroup: 1 | 2;
  /** Path by program, of those that are there. */
  programs: ReadonlyMap<string, string>;
  /** Folder of the container network's programs. */
  cni: string | undefined;
  resolv: string | undefined;
  /** Rig that the machine belongs to. */
  claimed: string | undefined;
  /** A kubelet that is not the rig's has lived here. */
  kubelet: boolean;
}

export function parseFacts(text: string): NodeFacts {
  const lines = text.split("\n").map((line) => line.trim().split(" "));
  const value = (key: string): string | undefined => lines.find(([found]) => found === key)?.[1];
  return {
    architecture: value("architecture") ?? "",
    kernel: value("kernel") ?? "",
    cpus: Number(value("cpus") ?? 0),
    systemd: value("systemd") === "yes",
    cgroup: value("cgroup") === "2" ? 2 : 1,
    programs: new Map(
      lines.flatMap(([key, name = "", path = ""]) => (key === "program" ? [[name, path] as const] : [])),
    ),
    cni: value("cni"),
    resolv: value("resolv"),
    claimed: value("claimed"),
    kubelet: value("kubelet") !== undefined,
  };
}

/** Packages of Debian by program; other distributions name them alike. */
const PACKAGES: Record<string, string> = {
  ip: "iproute2",
  tc: "iproute2",
  nft: "nftables",
  iptables: "iptables",
  ping: "iputils-ping",
  fping: "fping",
  conntrack: "conntrack",
  containerd: "containerd",
  ctr: "containerd",
  runc: "runc",
  ps: "procps",
  mount: "mount",
  sha256sum: "coreutils",
  gzip: "gzip",
  tar: "tar",
  setsid: "util-linux",
  cni: "containernetworking-plugins",
};
const ALL = ["ip", "tc", "nft", "ping", "fping", "ps", "mount", "sha256sum", "gzip", "tar"];
const CLUSTER = ["iptables", "conntrack"];
const RUNTIME = ["containerd", "ctr", "runc"];

/** Programs that the machine's distribution has to bring for its role; K3s brings its own runtime. */
export function missingPrograms(facts: NodeFacts, cluster: boolean, k3s: boolean): string[] {
  const needed = [...ALL, ...(facts.systemd ? [] : ["setsid"]), ...(cluster ? CLUSTER : [])];
  const runtime = cluster && !k3s ? RUNTIME : [];
  const missing = [...needed, ...runtime].filter((program) => !facts.programs.has(program));
  return cluster && !k3s && facts.cni === undefined ? [...missing, "cni"] : missing;
}

export const packagesOf = (programs: readonly string[]): string[] =>
  [...new Set(programs.map((program) => PACKAGES[program] ?? program))].toSorted();

/** @throws EdgeproofError where the machine cannot be a node of the rig; nothing was put on it. */
export function ensureUsable(
  where: string,
  rig: string,
  facts: NodeFacts,
  cluster: boolean,
  k3s: boolean,
): void {
  if (facts.claimed !== undefined && facts.claimed !== rig)
    throw rigError("NODE_IN_USE", `it belongs to the rig ${facts.claimed}`, {
      where,
      fix: `take that rig down first: \`edgeproof down ${facts.claimed} --confirm ${facts.claimed}\``,
    });
  if (cluster && facts.kubelet)
    throw rigError("NODE_HAS_KUBELET", "a kubelet of its own lives there (/var/lib/kubelet)", {
      where,
      expected: "a machine that is no node of another cluster",
      fix: "take another machine, or remove that cluster from it",
    });
  const missing = missingPrograms(facts, cluster, k3s);
  if (missing.length > 0)
    throw rigError("NODE_PROGRAMS", `${missing.join(", ")} missing`, {
      where,
      expected: "what the node's distribution has to bring (docs/real-nodes.md)",
      fix: `on the node: \`apt-get install ${packagesOf(missing).join(" ")}\` (Debian), or its like`,
    });
}

/** Where things lie on a real machine: apart from what else runs there, and below what is removed in the end. */
export const platformOf = (facts: NodeFacts): NodePlatform => ({
  kernel: "own",
  // The kubelet's documentation: where systemd keeps the cgroups of version 2, it alone writes them.
  cgroupDriver: facts.systemd && facts.cgroup === 2 ? "systemd" : "cgroupfs",
  containerd: {
    program: facts.programs.get("containerd") ?? "/usr/bin/containerd",
    ctr: facts.programs.get("ctr") ?? "/usr/bin/ctr",
    config: "/etc/edgeproof/containerd/config.toml",
    root: "/var/lib/edgeproof/containerd",
    state: "/run/edgeproof/containerd",
    socket: "/run/edgeproof/containerd.sock",
  },
  cni: {
    programs: facts.cni ?? "/usr/lib/cni",
    config: "/etc/edgeproof/cni/net.d",
    data: "/var/lib/edgeproof/cni",
  },
  kubeletRoot: "/var/lib/edgeproof/kubelet",
  resolvConf: facts.resolv ?? "/etc/resolv.conf",
});
