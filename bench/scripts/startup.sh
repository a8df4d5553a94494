#!/usr/bin/env bash
# How long `./espora up bank` takes to be ready, and how much memory its processes hold then.
#   startup.sh [--rounds 5] [--port 19980] [-- OPTIONS OF up…]
# The first round starts on an empty directory, the others on what is there. ESPORA names the program, BENCH_DIR the disk.
set -euo pipefail
rounds=5 port=19980
while (($# > 0)); do
  case $1 in
    --rounds) rounds=$2; shift 2 ;;
    --port) port=$2; shift 2 ;;
    --) shift; break ;;
    *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
source "$(dirname "$0")/lib.sh"
need curl awk

"$espora" --version > /dev/null # builds it first
for ((round = 1; round <= rounds; round++)); do
  before=${EPOCHREALTIME/./}
  start up "$espora" up bank --port "$port" --data "$work/data" --console off "$@"
  await_line up '^ready ' 120
  after=${EPOCHREALTIME/./}
  curl -sf -o /dev/null "http://127.0.0.1:$port/clientes/1/extrato" || fail "ready, but no answer"
  echo "$(((after - before) / 1000))" >> "$work/ready"
  printf 'round %d: ready after %d ms; resident' "$round" "$(((after - before) / 1000))"
  for member in $(family "$pid"); do
    # What it was started as says which part it is; the JVM's own name is `java` for all of them.
    part=$(tr '\0' '\n' < "/proc/$member/cmdline" | grep -m1 -xE 'up|serve|balance' || cat "/proc/$member/comm")
    awk -v part="$part" '$1 == "VmRSS:" { printf " %s %.0f MB", part, $2 / 1024 }' "/proc/$member/status"
  done
  echo
  stop "$pid"
done
echo "median ms to ready, min, max: $(spread < "$work/ready")"
