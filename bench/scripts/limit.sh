#!/usr/bin/env bash
# Runs a command inside limits on CPU and memory, as a container would (cgroup version 1 or 2; needs root).
#   limit.sh run GROUP CPUS MEGABYTES COMMAND…   CPUS such as 1.5; commands of one GROUP share its limits
#   limit.sh peak GROUP                          peak memory of the group in megabytes
#   limit.sh throttled GROUP                     seconds in which the group had to wait for CPU it was not granted
#   limit.sh remove GROUP                        once all its processes have ended
# Exit code 3 where this machine allows no cgroup.
set -euo pipefail

die() { echo "limit.sh: $2" >&2; exit "$1"; }

# Where the hierarchy of a version 1 controller is mounted; mounts it below /run if it is nowhere.
controller() {
  local mounted
  mounted=$(awk -v kind="$1" '$3 == "cgroup" && $4 ~ "(^|,)" kind "(,|$)" { print $2; exit }' /proc/mounts)
  if [[ -z $mounted || ! -w $mounted ]]; then
    mounted=/run/espora-bench/$1
    mountpoint -q "$mounted" || { mkdir -p "$mounted" && mount -t cgroup -o "$1" none "$mounted"; } 2>/dev/null \
      || die 3 "no cgroup controller '$1' here (root is needed)"
  fi
  echo "$mounted"
}

if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then
  version=2 cpu=/sys/fs/cgroup memory=/sys/fs/cgroup
else
  version=1 cpu=$(controller cpu) memory=$(controller memory)
fi

usage() { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
(($# >= 2)) || usage
action=$1 group=espora-bench-$2

case $action in
  run)
    (($# >= 5)) || usage
    cpus=$3 megabytes=$4
    shift 4
    mkdir -p "$cpu/$group" "$memory/$group" 2>/dev/null || die 3 "no cgroup can be made (root is needed)"
    quota=$(awk -v cpus="$cpus" 'BEGIN { printf "%d", cpus * 100000 }')
    if ((version == 2)); then
      # Fails harmlessly where the controllers are on already.
      echo "+cpu +memory" > "$cpu/cgroup.subtree_control" 2>/dev/null || true
      [[ -f $cpu/$group/cpu.max && -f $cpu/$group/memory.max ]] || die 3 "the cpu and memory controllers are not available"
      echo "$quota 100000" > "$cpu/$group/cpu.max"
      echo "${megabytes}M" > "$cpu/$group/memory.max"
      echo $$ > "$cpu/$group/cgroup.procs"
    else
      echo 100000 > "$cpu/$group/cpu.cfs_period_us"
      echo "$quota" > "$cpu/$group/cpu.cfs_quota_us"
      echo "${megabytes}M" > "$memory/$group/memory.limit_in_bytes"
      echo $$ > "$cpu/$group/cgroup.procs"
      echo $$ > "$memory/$group/cgroup.procs"
    fi
    exec "$@"
    ;;
  peak)
    file=$memory/$group/memory.max_usage_in_bytes
    ((version == 1)) || file=$memory/$group/memory.peak
    awk '{ printf "%.0f\n", $1 / 1048576 }' "$file"
    ;;
  throttled)
    awk '$1 == "throttled_time" { printf "%.1f\n", $2 / 1e9 } $1 == "throttled_usec" { printf "%.1f\n", $2 / 1e6 }' "$cpu/$group/cpu.stat"
    ;;
  remove)
    rmdir "$cpu/$group" 2>/dev/null || true
    [[ ! -d $memory/$group ]] || rmdir "$memory/$group"
    ;;
  *) usage ;;
esac
