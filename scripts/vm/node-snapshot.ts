import type { SshTransport } from "../../harness/rig/driver/ssh/transport.ts";

/** What a machine is, by section, one line a fact: what must be the same after `down` as before `up`. */
export type NodeSnapshot = Readonly<Record<string, readonly string[]>>;

/**
 * Every path of the disk with its type, mode, owner and size, and the content of all that is configuration; what is
 * mounted, runs, is routed, filtered and set. Left out: what any machine that is logged in to changes by itself.
 */
const SCRIPT = `
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
section() { printf '\\001%s\\n' "$1"; }
section files
find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /dev -o -path /var/log -o -path /var/tmp -o -path /var/lib/systemd -o -path /home -o -path /root \\) -prune -o -printf '%p %y %m %U:%G %l\\n'
section contents; find /etc /usr/local /opt -xdev -type f -exec sha256sum {} +
section logs; find /var/log /var/tmp /tmp -mindepth 1 ! -path '/var/log/journal*' ! -path '/tmp/systemd-private*' ! -path '/var/tmp/systemd-private*' -printf '%p %y\\n'
section run; find /run -xdev -mindepth 1 ! -path '/run/systemd/*' ! -path '/run/udev/*' ! -path '/run/sudo*' ! -path '/run/user*' ! -path '/run/log/*' ! -path '/run/credentials*' -printf '%p %y %m\\n'
section units; systemctl list-unit-files --no-legend --no-pager; systemctl list-units --all --no-legend --no-pager --plain --type=service,socket,timer,mount,slice | awk '{print $1, $2, $3}'
section links; ip -o link | sed 's/^[0-9]*: //'
section addresses; ip -o addr | sed 's/^[0-9]*: //; s/valid_lft.*//'
section routes; ip route show table all; ip -6 route show table all
section rules; ip rule; ip -6 rule
section qdiscs; tc qdisc show
section nft; nft -s list ruleset
section iptables; iptables-save 2>/dev/null | grep -v '^#' | sed 's/\\[.*\\]//'
section sysctls; find /proc/sys/net/ipv4 /proc/sys/net/ipv6 /proc/sys/vm /proc/sys/kernel -type f ! -path '*/neigh/*' ! -path '*/random/*' ! -name '*_bytes' ! -name 'ns_last_pid' ! -name 'pty' ! -name 'nr_*' ! -name 'stat_refresh' ! -name 'drop_caches' ! -name 'compact_memory' ! -name 'flush' ! -name 'tcp_fastopen_key' ! -name 'stable_secret' -exec grep -aH '' {} + 2>/dev/null
section mounts; cut -d' ' -f2,3,4 /proc/self/mounts
section groups; find /sys/fs/cgroup -type d
section netns; ip netns list
section processes; ps -eo args --no-headers
`;

/** Come and go with logins, timers and the kernel's own work. */
const PASSING: Record<string, RegExp> = {
  files:
    /^\/(var\/lib\/(dpkg|apt|dbus)|var\/cache|var\/backups|var\/spool|etc\/(mtab|machine-id|\.pwd\.lock))/,
  units:
    /^(session-|user@|user-|user\.slice|user-runtime-dir|run-user|apt-|dpkg-|e2scrub|fstrim|logrotate|man-db|systemd-tmpfiles|systemd-fsckd|system-systemd|dev-|proc-sys-fs-binfmt)/,
  groups:
    /(user\.slice|session-|user@|init\.scope|proc-sys-fs-binfmt|dev-|systemd-tmpfiles|apt|dpkg|logrotate|fstrim|e2scrub)/,
  processes:
    /^(\[|\(udev-worker\)|ps -eo|\/bin\/sh -c|sh -c|sshd:|sudo|find |grep |cut |awk |sed |\(sd-|\/lib\/systemd\/systemd-udevd|\/lib\/systemd\/systemd-journald|cat)/,
  mounts: /^\/(proc\/sys\/fs\/binfmt_misc|run\/user)/,
  run: /\.(pid|sock|lock)$|^\/run\/(mount|utmp|systemd|sshd|initctl|dmeventd|blkid|motd)/,
  sysctls:
    /(dentry-state|inode-|file-nr|threads-max|cad_pid|perf_event_max_sample_rate|nf_conntrack|pid_max|seccomp)/,
  logs: /^\/var\/log\/(wtmp|btmp|lastlog|faillog|auth|dpkg|apt|alternatives|journal|private)/,
};

export async function takeNodeSnapshot(node: SshTransport): Promise<NodeSnapshot> {
  const { stdout } = await node.run(SCRIPT, [], { timeoutMs: 600_000, allowFailure: true });
  return Object.fromEntries(
    stdout
      .split("\u0001")
      .slice(1)
      .map((text) => {
        const [name = "", ...lines] = text.split("\n");
        const passing = PASSING[name];
        return [name, lines.filter((line) => line !== "" && !passing?.test(line)).toSorted()];
      }),
  );
}

/** What differs: `- gone`, `+ new`, by section. Empty where all is as before. */
export function diffNode(before: NodeSnapshot, after: NodeSnapshot): string[] {
  const sections = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return sections.flatMap((section) => {
    const [a, b] = [before[section] ?? [], after[section] ?? []];
    const [seenA, seenB] = [new Set(a), new Set(b)];
    return [
      ...a.filter((line) => !seenB.has(line)).map((line) => `${section}: - ${line}`),
      ...b.filter((line) => !seenA.has(line)).map((line) => `${section}: + ${line}`),
    ];
  });
}
