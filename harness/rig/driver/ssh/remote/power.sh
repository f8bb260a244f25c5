# The power switch of the rig's part of a machine: $1 is `kill`, `stop`, `start`, `pause`, `unpause` or `state`.
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
unit=edgeproof-agent.service
group=/sys/fs/cgroup/system.slice/$unit
groups() { for each in "$group" /sys/fs/cgroup/kubepods*; do [ -d "$each" ] && echo "$each"; done; }
write() { groups | while read -r each; do [ -f "$each/$1" ] && echo "$2" >"$each/$1"; done; }
case $1 in
kill)
  write cgroup.freeze 0
  write cgroup.kill 1
  # Before systemd starts it again.
  systemctl stop "$unit" 2>/dev/null
  write cgroup.kill 1
  ;;
stop)
  write cgroup.freeze 0
  systemctl stop "$unit"
  write cgroup.kill 1
  ;;
start) systemctl start "$unit" ;;
pause) write cgroup.freeze 1 ;;
unpause) write cgroup.freeze 0 ;;
state)
  [ -f /var/lib/edgeproof/manifest ] || { echo gone; exit 0; }
  if [ "$(cat "$group/cgroup.freeze" 2>/dev/null)" = 1 ]; then echo paused
  elif [ "$(systemctl is-active "$unit")" = active ]; then echo running
  else echo off; fi
  ;;
esac
