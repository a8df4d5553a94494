#!/usr/bin/env bash
# Handoff, relay and HAProxy in front of the same two instances of the bank, in turns.
#   balancers.sh [--rounds 5] [--seconds 8] [--warmup 15] [--port 19990]
# Each measurement: wrk with one thread and 64 connections, kept alive, and then with a new connection for each request.
# Prints medians with minimum and maximum, and the CPU seconds of the balancer's process per 100,000 requests.
# Needs wrk, curl and haproxy (left out if it is missing). ESPORA names the program, BENCH_DIR the disk.
set -euo pipefail
rounds=5 seconds=8 warmup=15 port=19990
while (($# > 0)); do
  case $1 in
    --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;;
    --warmup) warmup=$2 ;;
    --port) port=$2 ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
source "$(dirname "$0")/lib.sh"
need wrk curl awk

declare -A balancer ports
order=(handoff relay)

start_instances() {
  local name
  for name in a b; do
    start "instance-$name" "$espora" serve bank --data "$work/data" \
      --listen "unix:$work/$name.sock" --listen "handoff:$work/$name.handoff"
  done
  for name in a b; do
    local deadline=$((SECONDS + 60))
    until [[ -S $work/$name.sock && -S $work/$name.handoff ]]; do
      ((SECONDS < deadline)) || { cat "$work/instance-$name.log" >&2; fail "instance $name did not start"; }
      sleep 0.05
    done
  done
}

start_balancers() {
  ports=([handoff]=$port [relay]=$((port + 1)) [haproxy]=$((port + 2)))
  start handoff "$espora" balance --listen "127.0.0.1:${ports[handoff]}" \
    --upstream "handoff:$work/a.handoff" --upstream "handoff:$work/b.handoff"
  balancer[handoff]=$pid
  start relay "$espora" balance --listen "127.0.0.1:${ports[relay]}" --upstream "unix:$work/a.sock" --upstream "unix:$work/b.sock"
  balancer[relay]=$pid
  if command -v haproxy > /dev/null; then
    cat > "$work/haproxy.cfg" <<CONFIG
global
  maxconn 4000
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen bank
  bind 127.0.0.1:${ports[haproxy]}
  balance roundrobin
  server a unix@$work/a.sock
  server b unix@$work/b.sock
CONFIG
    start haproxy haproxy -db -f "$work/haproxy.cfg"
    balancer[haproxy]=$pid
    order+=(haproxy)
  else
    echo "haproxy is not installed: left out"
  fi
}

# load NAME SECONDS keep|close
load() {
  wrk -t1 -c64 "-d${2}s" --timeout 10s -s "$here/bank.lua" "http://127.0.0.1:${ports[$1]}" -- "$3" | grep '^requests_per_second='
}

# Appends "requests/s, CPU seconds per 100,000 requests, bad answers and socket errors" to the results of a side.
measure() {
  local name=$1 connections=$2 before after line
  before=$(cpu_seconds "${balancer[$name]}")
  line=$(load "$name" "$seconds" "$connections")
  after=$(cpu_seconds "${balancer[$name]}")
  awk -v rate="$(value requests_per_second "$line")" -v n="$(value requests "$line")" -v cpu="$(awk "BEGIN { print $after - $before }")" \
    -v wrong="$(($(value bad "$line") + $(value socket_errors "$line")))" \
    'BEGIN { printf "%d %.4f %d\n", rate, (n > 0 ? cpu * 100000 / n : 0), wrong }' >> "$work/$name.$connections"
}

"$espora" --version > /dev/null # builds it first
start_instances
start_balancers
for name in "${order[@]}"; do await_http "http://127.0.0.1:${ports[$name]}/clientes/1/extrato" 60; done
echo "About $((${#order[@]} * (warmup + 2 * rounds * (seconds + 1)))) s: $rounds rounds of $seconds s for each side, alternating."
for name in "${order[@]}"; do load "$name" "$warmup" keep > /dev/null; done
for ((round = 0; round < rounds; round++)); do
  for connections in keep close; do
    for ((i = 0; i < ${#order[@]}; i++)); do
      # Every other round goes backwards: nobody is always the one after a rest.
      if ((round % 2 == 0)); then name=${order[i]}; else name=${order[${#order[@]} - 1 - i]}; fi
      measure "$name" "$connections"
    done
  done
done

printf '%-12s %-9s %12s %10s %10s %18s %8s\n' connections balancer requests/s min max "CPU s per 100,000" errors
for connections in keep close; do
  for name in "${order[@]}"; do
    read -r median min max < <(cut -d' ' -f1 "$work/$name.$connections" | spread)
    read -r cpu _ _ < <(cut -d' ' -f2 "$work/$name.$connections" | spread)
    errors=$(awk '{ sum += $3 } END { print sum }' "$work/$name.$connections")
    printf '%-12s %-9s %12.0f %10.0f %10.0f %18.3f %8d\n' "$connections" "$name" "$median" "$min" "$max" "$cpu" "$errors"
  done
done
