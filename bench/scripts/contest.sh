#!/usr/bin/env bash
# The bank under the contest's limits: 1.5 CPU and 550 MB over the balancer and both instances together.
#   contest.sh [--cpus 1.5] [--memory 550] [--warmup 30] [--seconds 20] [--rounds 3] [--port 19999] [-- OPTIONS OF up…]
# The load comes from outside of the limits: wrk with one thread and 64 kept-alive connections. Prints a line per round,
# then what the whole group used. Needs root for the limits, wrk and curl. ESPORA names the program, BENCH_DIR the disk.
set -euo pipefail
cpus=1.5 memory=550 warmup=30 seconds=20 rounds=3 port=19999
while (($# > 0)); do
  case $1 in
    --cpus) cpus=$2; shift 2 ;;
    --memory) memory=$2; shift 2 ;;
    --warmup) warmup=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --port) port=$2; shift 2 ;;
    --) shift; break ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
source "$(dirname "$0")/lib.sh"
need wrk curl awk

load() { wrk -t1 -c64 "-d${1}s" --timeout 10s -s "$here/bank.lua" "http://127.0.0.1:$port" | grep '^requests_per_second='; }

group=contest-$$
"$espora" --version > /dev/null # builds it, outside of the limits
echo "About $((warmup + rounds * seconds + 10)) s: warm-up $warmup s, $rounds rounds of $seconds s; limits $cpus CPU, $memory MB."
start up "$limit" run "$group" "$cpus" "$memory" "$espora" up bank --port "$port" --data "$work/data" --console off "$@"
up=$pid
await_line up '^ready ' 120
load "$warmup" > /dev/null
for ((round = 1; round <= rounds; round++)); do
  load "$seconds" | tee -a "$work/rounds"
done
echo "median requests/s, min, max: $(sed 's/^requests_per_second=\([0-9]*\).*/\1/' "$work/rounds" | spread)"
echo "peak memory: $("$limit" peak "$group") MB (page cache included), CPU refused for $("$limit" throttled "$group") s"
for member in $(family "$up"); do
  awk -v pid="$member" '$1 == "Name:" { name = $2 } $1 == "VmRSS:" { printf "resident: %s (%d) %.0f MB\n", name, pid, $2 / 1024 }' "/proc/$member/status"
done
stop "$up"
"$limit" remove "$group"
