import { RUNTIME_PATH } from "../driver/runtime-folder.ts";
import type { NodeHandle } from "../node-handle.ts";
import { type Facts, sorted } from "./facts.ts";
import { nftFacts } from "./nft-facts.ts";
import { networkLines } from "./network-lines.ts";

/** Marks the beginning of a section in the output. */
const MARK = "\u0001";
/** Asks every toxiproxy at the control port of its command line. */
const PROXIES = `
for (const [, port] of process.argv[1].matchAll(/toxiproxy-server.* -port[ =]([0-9]+)/g))
  fetch("http://127.0.0.1:" + port + "/proxies").then((answer) => answer.json())
    .then((all) => { for (const proxy of Object.values(all)) console.log(JSON.stringify(proxy)); }, () => {});
`;

/** One call a machine: thirty would disturb it more than some faults do. */
const SCRIPT = `
section() { printf '\\001%s\\n' "$1"; }
section shell; echo $$
section links; ip -d -o link
section qdiscs; tc qdisc show
section filters; for dev in $(ls /sys/class/net); do tc filter show dev $dev 2>/dev/null | sed "s/^/$dev /"; done
section nft; nft -s list ruleset 2>/dev/null
section routes; ip route show table all; ip -6 route show table all
section rules; ip rule; ip -6 rule
section addresses; ip -o addr
section sysctls; sysctl -a 2>/dev/null | grep -E '^(net\\.(ipv4|ipv6|core|netfilter)|vm\\.|kernel\\.(pid_max|threads-max))'
section processes; ps -eo pid,ppid,stat,args
section mounts; cut -d' ' -f5,6 /proc/self/mountinfo
section files; find /run/edgeproof /var/lib/edgeproof /tmp /etc/edgeproof -type f -exec sha256sum {} + 2>/dev/null
section specials; find /run/edgeproof /var/lib/edgeproof /tmp /etc/edgeproof ! -type f ! -type d 2>/dev/null
section names; cat /etc/hosts /etc/resolv.conf
section groups; find /sys/fs/cgroup -maxdepth 4 -type d -name '*edgeproof*' 2>/dev/null
section proxies; servers=$(pgrep -ax toxiproxy-serv) && "$RUNTIME/node" -e '${PROXIES}' "$servers"
true
`;

/** Written all the time by those that own them, or gone by themselves. */
const LIVELY_FILE = /\/kine\.db|\/guard\.sock$|\.log$/;
/** Counters, and what the kernel sets by load. */
const LIVELY_SYSCTL = /nf_conntrack_count|\.netdev_|neigh\.|\.conf\.(veth|cni)|random|vm\.(stat|drop)|nr_/;
const LIVELY_MOUNT =
  /^\/(var\/lib\/kubelet\/pods|run\/containerd|run\/k3s|run\/netns|var\/lib\/containerd\/|var\/lib\/rancher\/)/;

function sectionsOf(output: string): Map<string, string[]> {
  return new Map(
    output
      .split(MARK)
      .slice(1)
      .map((text) => {
        const [name = "", ...lines] = text.split("\n");
        return [name, lines.filter(Boolean)] as const;
      }),
  );
}

interface Process {
  pid: string;
  parent: string;
  line: string;
}

/** Pods come and go with their shims; what `docker exec` or this snapshot runs is gone with it. */
function processLines(lines: readonly string[], shell: string): string[] {
  const all = lines.slice(1).map((line): Process => {
    const [pid = "", parent = "", stat = "", ...argv] = line.trim().split(/\s+/);
    // Frozen by a signal: the one state that stays.
    return { pid, parent, line: `${stat.startsWith("T") ? "STOPPED " : ""}${argv.join(" ")}` };
  });
  const hidden = new Set<string>();
  for (const { pid, parent, line } of all) {
    const passing = line.includes("containerd-shim") || /agent\.mjs (guard|pipe)/.test(line);
    if (pid === shell || passing || (parent === "0" && pid !== "1") || hidden.has(parent)) hidden.add(pid);
  }
  return all.filter(({ pid }) => !hidden.has(pid)).map(({ line }) => line);
}

/** Everything on a machine that a fault could have left, and that does not change by itself. */
export async function machineFacts(node: NodeHandle): Promise<Facts> {
  const [{ stdout }, services] = await Promise.all([
    node.exec(["sh", "-c", SCRIPT], { env: { RUNTIME: RUNTIME_PATH }, timeoutMs: 30_000 }),
    node.services(),
  ]);
  const sections = sectionsOf(stdout);
  const of = (name: string): string[] => sections.get(name) ?? [];
  const without = (name: string, lively: RegExp): string[] => of(name).filter((line) => !lively.test(line));
  return sorted({
    ...networkLines(of),
    nft: nftFacts(of("nft")),
    sysctls: without("sysctls", LIVELY_SYSCTL).map((line) => line.replace(/\beth\d+/, "eth")),
    processes: processLines(of("processes"), of("shell")[0] ?? ""),
    services: services.map(
      ({ name, held, pid }) => `${name}${held ? " held" : ""}${pid === undefined ? "" : " runs"}`,
    ),
    mounts: without("mounts", LIVELY_MOUNT),
    files: [...without("files", LIVELY_FILE), ...without("specials", LIVELY_FILE)],
    names: of("names"),
    groups: of("groups"),
    proxies: of("proxies"),
  });
}
