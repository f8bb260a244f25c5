import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import { rigError } from "../../harness/errors.ts";
import { ensureFolder } from "./cached-folder.ts";
import { chrooted, debootstrap } from "./debootstrap.ts";
import { SUITE } from "./recipe.ts";
import { runTool } from "./run-tool.ts";

/**
 * Debian has such a kernel as a package (user-mode-linux), but nftables in it knows no family but `bridge`; this one is built
 * of Debian's source, with what a node of Kubernetes and faults of links need. Of a source since 6.16, for its `seccomp=on`:
 * against 6.1's ptrace a system call costs 0.6 of the time, and a program's start 0.44.
 */
const SOURCE = "linux-source";
/** Newer than what it is built with, so that the kernel runs with this host's C library. */
const SOURCE_FROM = "trixie-backports";
const TOOLS = ["build-essential", "bc", "bison", "flex", "kmod", "xz-utils"];

const BUILT_IN = (
  "MODULES MODULE_UNLOAD HIGH_RES_TIMERS NO_HZ_IDLE SYSVIPC POSIX_MQUEUE TASKSTATS TASK_DELAY_ACCT PSI " +
  "IKCONFIG IKCONFIG_PROC CGROUPS MEMCG BLK_CGROUP CGROUP_SCHED FAIR_GROUP_SCHED CFS_BANDWIDTH " +
  "CGROUP_PIDS CGROUP_FREEZER CGROUP_DEVICE CGROUP_CPUACCT CGROUP_BPF NAMESPACES UTS_NS IPC_NS USER_NS " +
  "PID_NS NET_NS BPF_SYSCALL SECCOMP SECCOMP_FILTER KEYS FHANDLE EPOLL SIGNALFD TIMERFD EVENTFD AIO " +
  "IO_URING DEVTMPFS DEVTMPFS_MOUNT BLK_DEV_UBD EXT4_FS EXT4_USE_FOR_EXT2 EXT4_FS_POSIX_ACL " +
  "EXT4_FS_SECURITY AUTOFS_FS TMPFS TMPFS_POSIX_ACL TMPFS_XATTR INOTIFY_USER FANOTIFY HW_RANDOM " +
  "UML_RANDOM NET PACKET UNIX INET INET_DIAG_DESTROY IP_ADVANCED_ROUTER IP_MULTIPLE_TABLES IP_MULTICAST " +
  "SYN_COOKIES IPV6 IPV6_MULTIPLE_TABLES NETDEVICES UML_NET_VECTOR NETFILTER NETFILTER_ADVANCED " +
  "NETFILTER_INGRESS NF_CONNTRACK_MARK NF_CONNTRACK_ZONES NF_CONNTRACK_PROCFS NF_CONNTRACK_EVENTS " +
  "NF_CONNTRACK_TIMEOUT NF_TABLES_INET NF_TABLES_NETDEV NF_TABLES_IPV4 NF_TABLES_IPV6 NF_TABLES_ARP " +
  "NET_SCHED NET_CLS CLS_U32_PERF CLS_U32_MARK NET_CLS_ACT CGROUP_NET_PRIO CGROUP_NET_CLASSID"
).split(" ");
/** Loaded when needed, as on other machines: which are is a part of what a rig leaves there. */
const MODULES = (
  "BLK_DEV_LOOP OVERLAY_FS FUSE_FS CONFIGFS_FS PACKET_DIAG UNIX_DIAG INET_DIAG INET_TCP_DIAG " +
  "INET_UDP_DIAG TUN VETH DUMMY MACVLAN VXLAN IFB BRIDGE BRIDGE_NETFILTER VLAN_8021Q NETFILTER_NETLINK " +
  "NETFILTER_NETLINK_LOG NETFILTER_NETLINK_QUEUE NF_CONNTRACK NF_CT_NETLINK NF_LOG_SYSLOG NF_NAT " +
  "NF_TABLES NFT_NUMGEN NFT_CT NFT_CONNLIMIT NFT_LOG NFT_LIMIT NFT_MASQ NFT_REDIR NFT_NAT NFT_TUNNEL " +
  "NFT_QUOTA NFT_REJECT NFT_COMPAT NFT_HASH NFT_FIB NFT_FIB_INET NFT_FIB_IPV4 NFT_FIB_IPV6 " +
  "NFT_SOCKET NFT_TPROXY NFT_DUP_NETDEV NFT_DUP_IPV4 NFT_FWD_NETDEV NETFILTER_XTABLES NETFILTER_XT_MARK " +
  "NETFILTER_XT_CONNMARK NETFILTER_XT_SET NETFILTER_XT_NAT NETFILTER_XT_TARGET_MASQUERADE " +
  "NETFILTER_XT_TARGET_REDIRECT NETFILTER_XT_TARGET_CT NETFILTER_XT_TARGET_LOG " +
  "NETFILTER_XT_TARGET_TCPMSS NETFILTER_XT_TARGET_TPROXY NETFILTER_XT_MATCH_ADDRTYPE " +
  "NETFILTER_XT_MATCH_BPF NETFILTER_XT_MATCH_CGROUP NETFILTER_XT_MATCH_COMMENT " +
  "NETFILTER_XT_MATCH_CONNTRACK NETFILTER_XT_MATCH_HASHLIMIT NETFILTER_XT_MATCH_LIMIT " +
  "NETFILTER_XT_MATCH_MULTIPORT NETFILTER_XT_MATCH_NFACCT NETFILTER_NETLINK_ACCT " +
  "NETFILTER_XT_MATCH_PHYSDEV NETFILTER_XT_MATCH_RECENT NETFILTER_XT_MATCH_SOCKET " +
  "NETFILTER_XT_MATCH_STATE NETFILTER_XT_MATCH_STATISTIC NETFILTER_XT_MATCH_U32 IP_SET IP_SET_HASH_IP " +
  "IP_SET_HASH_IPPORT IP_SET_HASH_IPPORTIP IP_SET_HASH_IPPORTNET IP_SET_HASH_NET IP_SET_BITMAP_PORT " +
  "IP_NF_IPTABLES IP_NF_TARGET_REJECT IP_NF_MATCH_RPFILTER IP6_NF_IPTABLES IP6_NF_TARGET_REJECT " +
  "NET_SCH_NETEM NET_SCH_HTB NET_SCH_TBF NET_SCH_PRIO NET_SCH_SFQ NET_SCH_FQ " +
  "NET_SCH_CODEL NET_SCH_FQ_CODEL NET_SCH_INGRESS NET_CLS_U32 NET_CLS_FW NET_CLS_FLOWER " +
  "NET_CLS_MATCHALL NET_CLS_BPF NET_ACT_GACT NET_ACT_MIRRED NET_ACT_POLICE"
).split(" ");

const OPTIONS = [
  'CONFIG_LOCALVERSION="-edgeproof"',
  "# CONFIG_LOCALVERSION_AUTO is not set",
  ...BUILT_IN.map((name) => `CONFIG_${name}=y`),
  ...MODULES.map((name) => `CONFIG_${name}=m`),
];

/** Changes with anything that it is made of. */
export const umlKernelKey = (): string =>
  createHash("sha256")
    .update(JSON.stringify([3, SUITE, SOURCE_FROM, TOOLS, OPTIONS]))
    .digest("hex")
    .slice(0, 16);

export interface UmlKernel {
  /** The kernel, a program. */
  program: string;
  /** A folder to be a disk's /lib/modules. */
  modules: string;
}

/** User-mode Linux in the cache: that which is there, else built of its source (some minutes). */
export async function ensureUmlKernel(
  cache: string,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<UmlKernel> {
  const folder = join(cache, "uml-kernel", umlKernelKey());
  const make = (draft: string): Promise<void> => build(draft, say, signal);
  await ensureFolder(folder, make, { say, signal, what: "user-mode Linux" });
  return { program: join(folder, "linux"), modules: join(folder, "modules") };
}

/** Resolves with where it is in that root. */
async function unpackSource(root: string, inside: (...argv: string[]) => Promise<void>): Promise<string> {
  const sources = join(root, "etc/apt/sources.list");
  // From the same mirror as all else.
  const from = (await readFile(sources, "utf8")).replaceAll(` ${SUITE} `, ` ${SOURCE_FROM} `);
  await writeFile(join(root, "etc/apt/sources.list.d/source.list"), from);
  await inside("apt-get", "--quiet", "update");
  const install = ["install", "--yes", "--no-install-recommends", "--target-release", SOURCE_FROM, SOURCE];
  await inside("apt-get", "--quiet", ...install);
  const folder = "/usr/src";
  const archive = (await readdir(join(root, folder))).find((name) => /^linux-source-.*\.tar\.xz$/.test(name));
  if (archive === undefined)
    throw rigError("VM_KERNEL", `${SOURCE} of ${SOURCE_FROM} has no source`, {
      where: join(root, folder),
      expected: "linux-source-VERSION.tar.xz",
    });
  await inside("tar", "--extract", "--directory", folder, "--file", join(folder, archive));
  return join(folder, archive.replace(/\.tar\.xz$/, ""));
}

async function build(draft: string, say: (message: string) => void, signal: AbortSignal): Promise<void> {
  const root = join(draft, "root");
  const inside = (...argv: string[]): Promise<void> => runTool(chrooted(root, argv), signal);
  say(`building user-mode Linux: debootstrap ${SUITE} with a compiler, and ${SOURCE} of ${SOURCE_FROM}`);
  await debootstrap(root, { architecture: "amd64", packages: TOOLS }, signal);
  const source = await unpackSource(root, inside);
  await writeFile(join(root, source, "edgeproof.config"), `${OPTIONS.join("\n")}\n`);
  const make = (...targets: string[]): Promise<void> =>
    inside(
      "make",
      "--silent",
      "-C",
      source,
      `-j${availableParallelism()}`,
      "ARCH=um",
      "SUBARCH=x86_64",
      ...targets,
    );
  say("building user-mode Linux: its options");
  await make("x86_64_defconfig");
  const merge = ["env", "--chdir", source, "ARCH=um", "SUBARCH=x86_64", "scripts/kconfig/merge_config.sh"];
  await inside(...merge, "-m", ".config", "edgeproof.config");
  await make("olddefconfig");
  const taken = new Set((await readFile(join(root, source, ".config"), "utf8")).split("\n"));
  // What another option needs built in is built in, though it was asked for as a module.
  const refused = OPTIONS.filter((option) => !taken.has(option) && !taken.has(option.replace(/=m$/, "=y")));
  if (refused.length > 0)
    throw rigError("VM_KERNEL", `the kernel's source does not take ${refused.join(", ")}`, {
      where: source,
      expected: `options of ${SOURCE} in ${SOURCE_FROM}`,
      fix: "Take out of scripts/vm/uml-kernel.ts what a newer kernel has no more.",
    });
  say("building user-mode Linux: compiling");
  await make("linux", "modules");
  await make("INSTALL_MOD_PATH=/out", "modules_install");
  await copyFile(join(root, source, "linux"), join(draft, "linux"));
  await mkdir(join(draft, "modules"));
  await rename(join(root, "out/lib/modules"), join(draft, "modules"));
  await rm(root, { recursive: true, force: true });
}
