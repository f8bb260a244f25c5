# What a machine has of what a rig needs, as `key value` lines. Changes nothing: the one file that it writes ($1 MiB, for
# the disk's speed) is removed, also where this is cut off.
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin"
echo "time $(date +%s.%N)"
echo "user $(id -un)"
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  echo "controllers $(cat /sys/fs/cgroup/cgroup.controllers)"
else
  echo "controllers $(awk '$4 == 1 { printf "%s ", $1 }' /proc/cgroups)"
fi
for file in /boot/firmware/cmdline.txt /boot/cmdline.txt; do
  [ -f "$file" ] && echo "cmdline $file" && break
done
[ -f /proc/device-tree/model ] && echo "model $(tr -d '\000' </proc/device-tree/model)"
# A module is there if it is loaded, built in, or can be found; nothing is loaded for this.
for module in tun sch_netem sch_htb sch_tbf cls_u32 nf_tables br_netfilter overlay veth nf_conntrack; do
  if grep -q "^$module " /proc/modules || [ -d "/sys/module/$module" ]; then echo "module $module"
  elif modinfo -n "$module" >/dev/null 2>&1 || grep -q "/$module.ko" "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; then
    echo "module $module"
  fi
done
[ -e /dev/net/tun ] && echo "module tun"
# What a kernel says that it was built without, where it says so: no module tells of these.
for config in /proc/config.gz "/boot/config-$(uname -r)" "/lib/modules/$(uname -r)/config"; do
  [ -r "$config" ] || continue
  gzip -cdf "$config" 2>/dev/null |
    sed -nE 's/^# CONFIG_(NF_TABLES_INET|NF_TABLES_IPV4|CFS_BANDWIDTH) is not set$/without \1/p'
  break
done
[ -f /sys/fs/cgroup/cgroup.controllers ] && echo "cgroup 2" || echo "cgroup 1"
df -Pk /var/lib 2>/dev/null | awk 'NR == 2 { print "disk", $4 }'
df -Pk /opt / 2>/dev/null | awk 'NR == 2 { print "opt", $4 }'
awk '/^MemTotal|^MemAvailable|^SwapTotal/ { sub(":", "", $1); print "memory", $1, $2 }' /proc/meminfo
if draft=$(mktemp /var/tmp/edgeproof-doctor.XXXXXX 2>/dev/null); then
  trap 'rm -f "$draft"' EXIT
  trap 'exit 1' HUP INT TERM PIPE
  began=$(date +%s%N)
  n=0
  # Small pieces, each on the disk before the next: what a database and an image store wait for.
  while [ $n -lt "$1" ]; do
    timeout 20 dd if=/dev/zero of="$draft" bs=1M count=1 seek=$n conv=notrunc,fsync 2>/dev/null || break
    n=$((n + 1))
    [ $((($(date +%s%N) - began) / 1000000000)) -lt 15 ] || break
  done
  ended=$(date +%s%N)
  [ $n -gt 0 ] && echo "write $n $(((ended - began) / 1000000))"
  rm -f "$draft"
fi
for zone in /sys/class/thermal/thermal_zone*/temp; do
  [ -r "$zone" ] && read -r now <"$zone" && echo "temperature $now"
done
command -v vcgencmd >/dev/null 2>&1 && echo "throttled $(vcgencmd get_throttled 2>/dev/null)"
for file in /sys/devices/system/cpu/cpu*/thermal_throttle/core_throttle_count; do
  [ -r "$file" ] && read -r now <"$file" && echo "throttlecount $now"
done
ss -Hltun 2>/dev/null | awk '{ n = split($5, part, ":"); print "listens", $1, part[n] }' | sort -u
ip -o link show 2>/dev/null | sed -n 's/^[0-9]*: \([^:@]*\).* mtu \([0-9]*\).*/mtu \1 \2/p'
ip -o -4 addr show 2>/dev/null | awk '{ split($4, part, "/"); print "address", $2, part[1] }'
ip -4 route show default 2>/dev/null | awk '{ for (i = 1; i < NF; i++) if ($i == "dev") { print "default", $(i + 1); exit } }'
ip -4 route get "$2" 2>/dev/null | awk '{ for (i = 1; i < NF; i++) if ($i == "src") { print "source", $(i + 1); exit } }'
true
