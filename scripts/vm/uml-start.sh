#!/bin/bash
# Runs the kernel that UML_KERNEL names. It restarts itself by this name when its system reboots, and would find its network
# cards taken: by files of its own that are still open.
for file in /proc/self/fd/*; do
  number=${file##*/}
  [ "$number" -gt 2 ] && eval "exec $number>&-"
done
exec -a "$0" "$UML_KERNEL" "$@"
