# What a machine is, as `key value` lines. Changes nothing.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin"
echo "architecture $(uname -m)"
echo "kernel $(uname -r)"
echo "cpus $(grep -c '^processor' /proc/cpuinfo)"
[ -d /run/systemd/system ] && echo "systemd yes" || echo "systemd no"
[ -f /sys/fs/cgroup/cgroup.controllers ] && echo "cgroup 2" || echo "cgroup 1"
for name in nebula1 cni0; do [ -e "/sys/class/net/$name" ] && echo "link $name"; done
for program in containerd ctr runc iptables ip nft tc conntrack mount sha256sum gzip tar ping fping ps setsid; do
  at=$(command -v "$program" 2>/dev/null) && echo "program $program $at"
done
for folder in /usr/lib/cni /opt/cni/bin /usr/libexec/cni; do
  [ -x "$folder/bridge" ] && [ -x "$folder/host-local" ] && [ -x "$folder/portmap" ] && echo "cni $folder" && break
done
if [ -s /run/systemd/resolve/resolv.conf ]; then echo "resolv /run/systemd/resolve/resolv.conf"
elif [ -s /etc/resolv.conf ]; then echo "resolv /etc/resolv.conf"; fi
[ -f /var/lib/edgeproof/manifest ] && sed -n 's/^rig /claimed /p' /var/lib/edgeproof/manifest
[ -d /var/lib/kubelet ] && ! grep -qx 'absent /var/lib/kubelet' /var/lib/edgeproof/manifest 2>/dev/null && echo "kubelet /var/lib/kubelet"
true
