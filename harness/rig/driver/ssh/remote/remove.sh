# Removes all that a rig put on the machine, and puts back what it changed, by the manifest: $1 is the rig. Any number of
# times, from any state. Prints `nothing`, `taken RIG` or `removed`; fails where something is left, with what it is.
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin"
home=/var/lib/edgeproof
manifest=$home/manifest
if [ ! -f "$manifest" ]; then
  rm -f "$home/manifest.new" 2>/dev/null
  rmdir "$home" 2>/dev/null
  echo nothing
  exit 0
fi
owner=$(sed -n 's/^rig //p' "$manifest")
if [ "$owner" != "$1" ]; then echo "taken $owner"; exit 0; fi
containerd_runs() { ls -l /proc/[0-9]*/exe 2>/dev/null | grep -q ' -> .*/\(containerd\|dockerd\)'; }
absent() { grep -qxF "absent $1" "$manifest"; }

# Copies that were cut off on the tester's side and are not done here: they would make folders anew.
copies='Takes a file of /opt'
for name in $(grep -laF "$copies/edgeproof from standard input" /proc/[0-9]*/cmdline 2>/dev/null); do
  pid=${name#/proc/}
  kill -KILL "${pid%/cmdline}" 2>/dev/null
done

for state in /sys/fs/cgroup/system.slice/edgeproof-agent.service /sys/fs/cgroup/kubepods*; do
  [ -f "$state/cgroup.freeze" ] && echo 0 >"$state/cgroup.freeze"
done

# Impaired links first: what is sent to other machines is theirs, too, and they are cleaned at the same time. By the WAN
# service where it answers, else behind its back.
runtime=/opt/edgeproof/runtime
bounded() { command -v timeout >/dev/null 2>&1 && set -- timeout -k 5 "$@" || shift; "$@"; }
clear_links() {
  [ -f $runtime/wan-control.mjs ] || return 0
  [ -f /run/edgeproof/wan.sock.qdiscs ] || tc qdisc show 2>/dev/null | grep -q 'htb ed00:' || return 0
  bounded 60 $runtime/node $runtime/wan-control.mjs clear >/dev/null 2>&1
}
clear_links

# The agent, which ends its services in their order; then the guard of leases.
if [ -d /run/systemd/system ]; then
  systemctl disable --now edgeproof-agent.service >/dev/null 2>&1
  systemctl stop edgeproof-guard.service >/dev/null 2>&1
fi
pid=$(cat /run/edgeproof/agent.pid 2>/dev/null) && kill "$pid" 2>/dev/null && {
  n=0
  while [ -e "/proc/$pid/exe" ] && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
}

# Without systemd the guard is a process of its own; with it, one that was started in another way.
for name in $(grep -lazx "$runtime/agent.mjs" /proc/[0-9]*/cmdline 2>/dev/null); do
  pid=${name#/proc/}
  kill -KILL "${pid%/cmdline}" 2>/dev/null
done

# Faults that the tester could not undo, and that nobody will any more: the latest first. What one of them failed at is said.
not_undone=
if [ -f $runtime/agent.mjs ] && ls $home/leases/*.json >/dev/null 2>&1; then
  not_undone=$(bounded 120 $runtime/node $runtime/agent.mjs undo 2>&1 >/dev/null)
fi
# Of a service that did not end by itself.
clear_links

# What it left: our programs, the shims of our containerd, and what runs in pods.
of_ours() {
  ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n 's|.* /proc/\([0-9]*\)/exe -> /opt/edgeproof/.*|\1|p'
  ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n 's|.* /proc/\([0-9]*\)/exe -> .*/containerd-shim.*|\1|p' |
    while read -r shim; do grep -qa edgeproof/containerd "/proc/$shim/cmdline" 2>/dev/null && echo "$shim"; done
  absent /var/lib/rancher &&
    ls -l /proc/[0-9]*/exe 2>/dev/null | sed -n 's|.* /proc/\([0-9]*\)/exe -> /var/lib/rancher/.*|\1|p'
  find /sys/fs/cgroup -maxdepth 6 -path '*kubepods*' -name cgroup.procs -exec cat {} + 2>/dev/null
}
n=0
while pids=$(of_ours | sort -u | tr '\n' ' ') && [ -n "${pids% }" ] && [ $n -lt 50 ]; do
  kill -KILL $pids 2>/dev/null
  sleep 0.2
  n=$((n + 1))
done

# Mounts below what was not there before, the innermost first; then the network of pods.
mounts() {
  while read -r _ at _; do
    case $at in
    /opt/edgeproof/* | /run/edgeproof/* | $home/* | /run/netns/cni-* | /var/lib/rancher/* | /run/k3s/* | /var/lib/kubelet/*) echo "$at" ;;
    esac
  done </proc/self/mounts | sort -r
}
n=0
while [ -n "$(mounts)" ] && [ $n -lt 5 ]; do
  mounts | while read -r at; do umount "$at" 2>/dev/null || umount -l "$at" 2>/dev/null; done
  n=$((n + 1))
done
for name in /run/netns/cni-*; do
  [ -e "$name" ] && ! grep -qxF "netns ${name##*/}" "$manifest" && rm -f "$name"
done
# An end of a pod's link goes with the pod's namespace, which a busy kernel takes away later.
for link in /sys/class/net/cni0/brif/*; do
  [ -e "$link" ] && ! grep -qxF 'link cni0' "$manifest" && ip link delete "${link##*/}" 2>/dev/null
done
for link in nebula1 cni0 flannel.1; do
  [ -e "/sys/class/net/$link" ] && ! grep -qxF "link $link" "$manifest" && ip link delete "$link" 2>/dev/null
done
# The route of services (ROUTE_PROTOCOL in harness/agent/boot.ts).
ip route flush proto 237 2>/dev/null
# Impaired links, where the WAN engine did not end by itself: behind its root the kernel makes its own queue anew.
sed -n 's/^link //p' "$manifest" | while read -r link; do
  tc qdisc show dev "$link" root 2>/dev/null | grep -q 'htb ed00:' && tc qdisc del dev "$link" root
done

# Rules of kube-proxy, the kubelet and the pod network; then tables that only they had, and our own.
for tool in iptables ip6tables; do
  command -v $tool-save >/dev/null 2>&1 || continue
  rules=$($tool-save 2>/dev/null)
  case $rules in *KUBE-* | *CNI-* | *FLANNEL*)
    printf '%s\n' "$rules" | grep -v -e KUBE- -e CNI- -e FLANNEL -e flannel | $tool-restore 2>/dev/null ;;
  esac
done
if command -v nft >/dev/null 2>&1; then
  nft list tables 2>/dev/null | while read -r kind family table; do
    grep -qxF "nft $kind $family $table" "$manifest" && continue
    case $family/$table in
    */edgeproof-* | */rig-control-ports) nft delete table "$family" "$table" ;;
    ip/filter | ip/nat | ip/mangle | ip/raw | ip/security | ip6/filter | ip6/nat | ip6/mangle | ip6/raw | ip6/security)
      left=$(nft -s list table "$family" "$table" 2>/dev/null | sed 's/#.*//' |
        grep -vE '^[[:space:]]*(table .*|chain .*|type .*|policy .*|}|)[[:space:]]*$')
      [ -z "$left" ] && nft delete table "$family" "$table" ;;
    esac
  done
fi

# Kernel settings: those that are others now, read all at once, since a small machine starts no thousand programs in a second.
# Twice: forwarding, which comes first, resets others.
other_settings() {
  sed -n 's/^sysctl \([^ ]*\) .*/\1/p' "$manifest" | xargs grep -aH '' /dev/null 2>/dev/null |
    sed 's/^\([^:]*\):/sysctl \1 /' >"$home/settings"
  grep '^sysctl ' "$manifest" | grep -vxF -f "$home/settings"
}
for round in 1 2; do
  other_settings | while read -r _ file value; do
    [ -e "$file" ] && echo "$value" 2>/dev/null >"$file"
  done
done

# Cgroups of pods, which systemd or the kubelet made.
[ -d /run/systemd/system ] && systemctl stop kubepods.slice >/dev/null 2>&1
find /sys/fs/cgroup -maxdepth 8 -depth -type d -path '*kubepods*' -exec rmdir {} + 2>/dev/null

# Files that were not there; the manifest last.
if absent /etc/systemd/system/edgeproof-agent.service; then
  rm -f /etc/systemd/system/edgeproof-agent.service /etc/systemd/system/edgeproof-agent.service.new
  absent /etc/systemd/system/edgeproof-guard.service && rm -f /etc/systemd/system/edgeproof-guard.service
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl reset-failed edgeproof-agent.service edgeproof-guard.service >/dev/null 2>&1
  fi
fi
sed -n 's/^absent //p' "$manifest" | sort -r | while read -r path; do
  # Folders that others use by now, too, stay: of /opt only an empty one goes, containerd's while none runs.
  case $path in
  /opt) rmdir "$path" 2>/dev/null ;;
  /run/containerd) containerd_runs || rm -rf "$path" ;;
  *) rm -rf "$path" ;;
  esac
done
for path in "$home"/* "$home"/.[!.]*; do
  [ "$path" = "$manifest" ] || rm -rf "$path"
done
left=$(
  sed -n 's/^absent //p' "$manifest" | while read -r path; do
    case $path in /opt | /run/containerd) ;; *) [ -e "$path" ] && echo "$path" ;; esac
  done
  of_ours | sed 's/^/process /'
  mounts | sed 's/^/mount /'
)
if [ -n "$left$not_undone" ]; then
  printf 'left behind: %s\n' "$left" "$not_undone" | grep -v ': $' >&2
  exit 1
fi
rm -f "$manifest"
rmdir "$home"
echo removed
