import type { InventoryNode } from "../../../../config/inventory.ts";
import { missingPrograms, packagesOf, type NodeFacts } from "../node-facts.ts";
import type { NodeReadings } from "./node-readings.ts";

/** One thing that a node has to have, and whether it does. */
export interface Finding {
  name: string;
  /** `warning`: a rig can be brought up, but figures may suffer, or a fault cannot be had. */
  state: "ok" | "warning" | "missing";
  detail: string;
  fix?: string;
}

/** Kubernetes' leases and certificates bear seconds; figures of one-way times bear less. */
const CLOCK_LIMIT_S = 5;
const CLOCK_NOTICE_S = 0.25;
/** Runtime, programs, images and their layers; the server's are more. */
const FREE_LIMIT_MIB = { server: 3_000, agent: 1_800, lighthouse: 400, tester: 600 };
const MEMORY_LIMIT_MIB = { server: 900, agent: 450, lighthouse: 100, tester: 250 };
/** What a write with fsync of 1 MiB may take: kine waits for one with every change. */
const SLOW_WRITE_MS = 150;
/** A Pi slows down at 80 degrees (raspberrypi.com/documentation, "Frequency management and thermal control"). */
const HOT_CELSIUS = 75;
const UNDERLAY_MTU = 1_400;
/** Bits of `vcgencmd get_throttled`: https://www.raspberrypi.com/documentation/computers/os.html#get_throttled */
const THROTTLE_BITS: [number, string][] = [
  [0x1, "under-voltage now"],
  [0x2, "frequency capped now"],
  [0x4, "throttled now"],
  [0x8, "soft temperature limit now"],
  [0x1_0000, "under-voltage since it was switched on"],
  [0x2_0000, "frequency was capped"],
  [0x4_0000, "was throttled"],
  [0x8_0000, "soft temperature limit was reached"],
];

const PORTS: Record<InventoryNode["role"], [string, string][]> = {
  server: [
    ["udp 4242", "Nebula"],
    ["tcp 6443", "API server"],
    ["tcp 10250", "kubelet"],
    ["tcp 10249", "kube-proxy"],
    ["tcp 10256", "kube-proxy"],
  ],
  agent: [
    ["udp 4242", "Nebula"],
    ["tcp 10250", "kubelet"],
    ["tcp 10249", "kube-proxy"],
    ["tcp 10256", "kube-proxy"],
  ],
  lighthouse: [["udp 4242", "Nebula"]],
  tester: [["udp 4242", "Nebula"]],
};

const ok = (name: string, detail: string): Finding => ({ name, state: "ok", detail });
const miss = (name: string, detail: string, fix: string): Finding => ({
  name,
  state: "missing",
  detail,
  fix,
});
const warn = (name: string, detail: string, fix: string): Finding => ({
  name,
  state: "warning",
  detail,
  fix,
});

function clock(offsetS: number | undefined, uncertainS: number): Finding {
  const fix = "run `timedatectl set-ntp true` there, or another time service";
  if (offsetS === undefined) return warn("clock", "the node does not tell its time", fix);
  const detail = `${offsetS >= 0 ? "+" : ""}${offsetS.toFixed(3)} s against this machine, known to ${uncertainS.toFixed(3)} s`;
  const least = Math.max(0, Math.abs(offsetS) - uncertainS);
  if (least > CLOCK_LIMIT_S) return miss("clock", detail, fix);
  return least > CLOCK_NOTICE_S ? warn("clock", detail, fix) : ok("clock", detail);
}

function cgroups({ cgroup, controllers, cmdline }: NodeReadings, cluster: boolean): Finding {
  const detail = `version ${cgroup}, ${controllers.join(" ")}`;
  if (controllers.includes("memory")) return ok("cgroup memory", detail);
  const fix =
    cmdline === undefined
      ? "boot the kernel with `cgroup_enable=memory`"
      : `add \`cgroup_enable=memory cgroup_memory=1\` to the one line of ${cmdline}, and reboot`;
  return cluster ? miss("cgroup memory", detail, fix) : ok("cgroup memory", `${detail}; not needed here`);
}

/** Modules by which links are impaired and connections are led elsewhere. */
const FAULT_MODULES = ["sch_netem", "sch_htb", "sch_tbf", "cls_u32", "nf_tables"];

function kernel({ modules, without }: NodeReadings, cluster: boolean, release: string): Finding[] {
  const needed = [
    "tun",
    ...(cluster ? ["overlay", "veth", "br_netfilter", "nf_conntrack", "nf_tables"] : []),
  ];
  const absent = [
    ...needed.filter((name) => !modules.includes(name)),
    ...(cluster ? without.map((option) => `CONFIG_${option}`) : []),
  ];
  const forFaults = FAULT_MODULES.filter((name) => !modules.includes(name));
  const fix = "install the kernel's whole package (Debian: linux-image-ARCH, Ubuntu: linux-modules-extra)";
  return [
    absent.length > 0
      ? miss("kernel", `${release} has no ${absent.join(", ")}`, fix)
      : ok("kernel", `${release} has ${needed.join(", ")}`),
    forFaults.length > 0
      ? warn("kernel for faults", `it has no ${forFaults.join(", ")}`, `${fix}; faults of links need it`)
      : ok("kernel for faults", `it has ${FAULT_MODULES.join(", ")}`),
  ];
}

function disk({ diskFreeKib, optFreeKib, write }: NodeReadings, role: InventoryNode["role"]): Finding[] {
  const free = Math.min(diskFreeKib ?? 0, optFreeKib ?? 0) / 1024;
  const limit = FREE_LIMIT_MIB[role];
  const space = `${Math.round(free)} MiB are free, ${limit} MiB are needed`;
  const each = write && write.ms / write.mebibytes;
  return [
    free < limit
      ? miss("disk space", space, "remove what is not needed, or take a larger disk")
      : ok("disk space", space),
    each === undefined
      ? warn(
          "disk speed",
          "it could not be measured: /var/tmp takes no file",
          "see that /var/tmp can be written",
        )
      : each > SLOW_WRITE_MS
        ? warn(
            "disk speed",
            `${each.toFixed(0)} ms for 1 MiB with fsync (${(1000 / each).toFixed(1)} MiB/s)`,
            "take a faster card or an SSD: the control plane waits for the disk with every change",
          )
        : ok("disk speed", `${each.toFixed(0)} ms for 1 MiB with fsync (${(1000 / each).toFixed(1)} MiB/s)`),
  ];
}

function heat({ temperature, throttled, throttleCount }: NodeReadings): Finding {
  const bits = THROTTLE_BITS.filter(([bit]) => ((throttled ?? 0) & bit) !== 0).map(([, what]) => what);
  if (throttled === undefined && throttleCount !== undefined && throttleCount > 0)
    bits.push(`a core was throttled ${throttleCount} times since it was switched on`);
  const degrees = temperature === undefined ? "no sensor" : `${temperature.toFixed(1)} degrees`;
  const detail = [degrees, ...bits].join(", ");
  const fix =
    "cool it and give it a power supply that is strong enough: figures of a throttled board say little";
  return bits.length > 0 || (temperature ?? 0) > HOT_CELSIUS
    ? warn("temperature", detail, fix)
    : ok("temperature", detail);
}

function memory({ memoryKib }: NodeReadings, role: InventoryNode["role"]): Finding[] {
  const available = (memoryKib.MemAvailable ?? 0) / 1024;
  const limit = MEMORY_LIMIT_MIB[role];
  const detail = `${Math.round(available)} of ${Math.round((memoryKib.MemTotal ?? 0) / 1024)} MiB are available, ${limit} MiB are needed`;
  const swap = (memoryKib.SwapTotal ?? 0) / 1024;
  return [
    available < limit
      ? miss("memory", detail, "end what else runs there, or take a larger machine")
      : ok("memory", detail),
    swap > 0
      ? warn(
          "swap",
          `${Math.round(swap)} MiB`,
          "`swapoff -a` for the time of a run: pods that swap are slow for no reason of theirs",
        )
      : ok("swap", "none"),
  ];
}

function ports({ listens }: NodeReadings, role: InventoryNode["role"]): Finding {
  const taken = PORTS[role].filter(([port]) => listens.includes(port));
  if (taken.length === 0) return ok("ports", PORTS[role].map(([port]) => port).join(", "));
  const detail = `${taken.map(([port, what]) => `${port} (${what})`).join(", ")} are in use`;
  return miss("ports", detail, "stop what listens there (`ss -ltunp`)");
}

function network(readings: NodeReadings, underlay: string): Finding[] {
  const { addresses, mtu, defaultLink } = readings;
  const own = addresses.find(({ address }) => address === underlay);
  const link = own?.link ?? defaultLink ?? "";
  const size = mtu[link];
  const mtuDetail = size === undefined ? "unknown" : `${size} bytes (${link})`;
  const isPrivate = (address: string): boolean =>
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address);
  const nat: Finding = own
    ? ok("NAT", `none: ${underlay} is the node's own address`)
    : isPrivate(underlay)
      ? miss(
          "NAT",
          `${underlay} is private and not an address of the node`,
          "correct `underlay` in the inventory",
        )
      : warn(
          "NAT",
          `${underlay} is not an address of the node: it is behind a NAT, of which kind one node alone cannot tell`,
          "forward UDP port 4242 to it; a lighthouse and the server have to be reached without a NAT, or by that",
        );
  return [
    size !== undefined && size < UNDERLAY_MTU
      ? warn(
          "MTU",
          mtuDetail,
          `Nebula's packets are up to ${UNDERLAY_MTU} bytes long; smaller links lose them`,
        )
      : ok("MTU", mtuDetail),
    nat,
  ];
}

/** What a node that ssh reaches has of what its role needs. Pure: facts in, findings out. */
export function judgeNode(
  node: InventoryNode,
  facts: NodeFacts,
  readings: NodeReadings,
  time: { offsetS: number | undefined; uncertainS: number },
  k3s: boolean,
): Finding[] {
  const { role } = node;
  const cluster = role === "server" || role === "agent";
  const absent = missingPrograms(facts, cluster, k3s);
  const taken =
    facts.claimed === undefined
      ? facts.kubelet && cluster
        ? miss(
            "free for a rig",
            "a kubelet of its own lives there",
            "take another machine, or remove that cluster",
          )
        : ok("free for a rig", "no rig and no other cluster")
      : miss(
          "free for a rig",
          `it belongs to the rig ${facts.claimed}`,
          `edgeproof down ${facts.claimed} --confirm ${facts.claimed}`,
        );
  const system = `${facts.architecture}, ${facts.cpus} CPUs${readings.model === undefined ? "" : `, ${readings.model}`}`;
  return [
    ok("ssh", `host key known, root ${readings.user === "root" ? "can be had" : "?"}`),
    taken,
    ok("architecture", system),
    clock(time.offsetS, time.uncertainS),
    cgroups(readings, cluster),
    ...kernel(readings, cluster, facts.kernel),
    absent.length > 0
      ? miss(
          "programs",
          `${absent.join(", ")} missing`,
          `apt-get install ${packagesOf(absent).join(" ")} (Debian), or its like`,
        )
      : ok("programs", "all that edgeproof does not bring"),
    facts.systemd
      ? ok("systemd", "runs")
      : warn(
          "systemd",
          "does not run",
          "the rig's services do not come back after a reboot, and machines cannot be switched off",
        ),
    ...disk(readings, role),
    ...memory(readings, role),
    heat(readings),
    ports(readings, role),
    ...network(readings, node.underlay),
  ];
}
