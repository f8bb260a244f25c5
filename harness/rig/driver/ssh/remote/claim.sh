# Writes down how the machine is, and all that a rig may put on it, before anything is put: $1 is the rig. Prints
# `claimed`, `resumed`, `taken RIG` or `occupied PATH`. What is listed as absent was not there, and is removed in the end.
set -eu
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin"
rig=$1
home=/var/lib/edgeproof
manifest=$home/manifest
if [ -f "$manifest" ]; then
  owner=$(sed -n 's/^rig //p' "$manifest")
  if [ "$owner" = "$rig" ]; then echo resumed; else echo "taken $owner"; fi
  exit 0
fi
# A claim that was cut off left an empty folder.
rm -f "$home/manifest.new" 2>/dev/null || true
rmdir "$home" 2>/dev/null || true
for path in $home /opt/edgeproof /etc/edgeproof /var/log/edgeproof /run/edgeproof \
  /etc/systemd/system/edgeproof-agent.service /etc/systemd/system/edgeproof-guard.service; do
  if [ -e "$path" ]; then echo "occupied $path"; exit 0; fi
done
mkdir -m 0700 "$home"
{
  echo "rig $rig"
  for path in /opt /opt/edgeproof /etc/edgeproof /var/log/edgeproof /run/edgeproof \
    /etc/systemd/system/edgeproof-agent.service /etc/systemd/system/edgeproof-guard.service \
    /etc/systemd/system/multi-user.target.wants/edgeproof-agent.service \
    /opt/containerd /run/containerd /run/netns /run/xtables.lock /var/lib/cni /var/lib/kubelet /var/log/pods /var/log/containers \
    /etc/cni /etc/rancher /var/lib/rancher /run/k3s /run/flannel /usr/libexec/kubernetes; do
    [ -e "$path" ] || echo "absent $path"
  done
  for link in /sys/class/net/*; do echo "link ${link##*/}"; done
  for name in /run/netns/*; do [ -e "$name" ] && echo "netns ${name##*/}"; done
  nft list tables 2>/dev/null | sed 's/^/nft /'
  for file in /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv4/conf/*/* \
    /proc/sys/net/ipv6/conf/*/* /proc/sys/net/bridge/* /proc/sys/net/netfilter/nf_conntrack_* \
    /proc/sys/net/ipv4/ip_local_port_range /proc/sys/vm/overcommit_memory /proc/sys/vm/panic_on_oom \
    /proc/sys/kernel/panic /proc/sys/kernel/panic_on_oops /proc/sys/kernel/keys/root_max*; do
    case $file in */stable_secret | */nf_conntrack_count | */nf_conntrack_buckets) continue ;; esac
    [ -w "$file" ] && echo "$file"
  # Not by the shell: it reads byte by byte, and the kernel gives the first one only.
  done | xargs grep -aH '' /dev/null 2>/dev/null | sed 's/^\([^:]*\):/sysctl \1 /'
  true
} >"$manifest.new"
sync
mv "$manifest.new" "$manifest"
sync
echo claimed
