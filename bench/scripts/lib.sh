# Shared by the scripts beside it: start a program, wait for it, read its cost, stop it. Sourced by bash.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
espora=${ESPORA:-$here/../../espora}
limit=$here/../../cli/src/main/dist/bin/limit
work=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/espora-bench-XXXXXX")
started=()

fail() { echo "$(basename "$0"): $1" >&2; exit 1; }

need() {
  local program
  for program; do command -v "$program" > /dev/null || fail "'$program' is not installed"; done
}

# start NAME COMMAND…: in the background, output to $work/NAME.log; its process id is in $pid afterwards.
start() {
  local name=$1
  shift
  "$@" > "$work/$name.log" 2>&1 &
  pid=$!
  started+=("$pid")
}

# await_line NAME PATTERN SECONDS: until the output of NAME has a line that matches.
await_line() {
  local deadline=$((SECONDS + $3))
  until grep -qE "$2" "$work/$1.log"; do
    ((SECONDS < deadline)) || { cat "$work/$1.log" >&2; fail "no line '$2' from $1 within $3 s"; }
    sleep 0.01
  done
}

# await_http URL SECONDS: until it answers.
await_http() {
  local deadline=$((SECONDS + $2))
  until curl -sf -o /dev/null "$1"; do
    ((SECONDS < deadline)) || fail "no answer from $1 within $2 s"
    sleep 0.05
  done
}

# The process and all that it started, one id a line.
family() {
  local child
  echo "$1"
  for child in $(cat /proc/"$1"/task/*/children 2> /dev/null); do family "$child"; done
}

# CPU seconds of a process and its children so far, those that ended included.
cpu_seconds() {
  local member
  for member in $(family "$1"); do
    # Behind the name in parentheses, which may contain anything: user and system time are fields 14 to 17 of the line.
    sed 's/.*) //' "/proc/$member/stat" 2> /dev/null || true
  done | awk -v hertz="$(getconf CLK_TCK)" '{ ticks += $12 + $13 } END { printf "%.2f\n", ticks / hertz }'
}

# value NAME LINE: out of a line of name=value pairs.
value() { tr ' ' '\n' <<< "$2" | sed -n "s/^$1=//p"; }

# spread: reads numbers, prints median, minimum and maximum.
spread() {
  sort -n | awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2), v[1], v[NR] }'
}

stop() { kill -TERM "$1" 2> /dev/null || true; wait "$1" 2> /dev/null || true; }

cleanup() {
  local each
  for each in "${started[@]}"; do stop "$each"; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
