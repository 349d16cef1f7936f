#!/usr/bin/env bash
# Measures the release binary beside its peers, in turn and in one run, and prints medians as ratios. No test: machines
# are noisy.
#   scripts/bench.sh [--only SECTION]... [--disk] [RUNS]     (default 11)
# Sections: start lua tasks jobs save ledger watch many faults
# Files are made on a memory file system, or in the usual folder for temporary files with --disk: there they cost what the
# machine did before, too.
#
#   scripts/bench.sh --kill [OPTIONS]
# kills a script at every transition and at 300 random moments, and takes disk and ledger away from it; then nothing may
# be paid twice and nothing be lost. That is a test, and takes long: see bench/kill.py and bench/damage.py --help.
#
#   scripts/bench.sh --team kill|watch|rate [OPTIONS]
# has several members of a team work on one ledger, in a PostgreSQL database of its own: killed and cut off at random, which
# is a test; or beside one member that does all (see bench/team.py --help).
#
#   scripts/bench.sh --serve [SECONDS]
# puts the local service under load and under nonsense (see bench/serve/load.py); it may make no error.
#
#   scripts/bench.sh --steady [JOBS]
# makes so many pictures (100,000) in one process: it may not grow, nor keep files open, nor leave a job behind.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/setup.sh"
if [ "${1:-}" = --kill ]; then
  install_missing python3
  find_swift
  binary=$(release_binary)
  failed=0
  python3 -B "$here/bench/kill.py" "$binary" "${@:2}" || failed=1
  python3 -B "$here/bench/damage.py" "$binary" || failed=1
  exit $failed
fi
if [ "${1:-}" = --steady ]; then
  find_swift
  binary=$(release_binary)
  work=$(mktemp -d)
  XDG_DATA_HOME=$work/service "$binary" serve --port 0 --key afk_bench --speed instant --credits 100000000 \
    >"$work/service.log" 2>&1 &
  trap 'kill $! 2>/dev/null || true; rm -rf "$work"' EXIT
  until address=$(grep -o 'http://[^ ]*' "$work/service.log"); do sleep 0.1; done
  export XDG_DATA_HOME=$work/data FLUX_BASE_URL=$address APIFRAME_API_KEY=afk_bench
  "$binary" --quiet "$here/bench/steady.lua" "${@:2}"
  exit
fi
if [ "${1:-}" = --team ]; then
  install_missing python3 postgresql
  find_swift
  binary=$(release_binary)
  exec python3 -B "$here/bench/team.py" "$binary" "${@:2}"
fi
if [ "${1:-}" = --serve ]; then
  install_missing python3 wrk
  find_swift
  binary=$(release_binary)
  exec python3 -B "$here/bench/serve/load.py" "$binary" "${@:2}"
fi

runs=11
sections=()
place=/dev/shm
while [ $# -gt 0 ]; do
  case $1 in
    --only) sections+=("$2"); shift 2 ;;
    --faults) sections+=(faults); shift ;;
    --disk) place=; shift ;;
    *) runs=$1; shift ;;
  esac
done
[ ${#sections[@]} -gt 0 ] || sections=(start lua tasks jobs save ledger watch many faults)

install_missing lua5.4 time python3 python3-venv
command -v node >/dev/null || install_missing nodejs
# The peers of Python, in an environment of their own.
environment=.build/bench-python
[ -x "$environment/bin/aiohttp" ] || {
  python3 -m venv "$environment"
  logged "$environment/bin/pip" install -q aiohttp
  touch "$environment/bin/aiohttp" && chmod +x "$environment/bin/aiohttp"
}
python=$PWD/$environment/bin/python
binary=$(release_binary)
if [ -n "$place" ] && [ -w "$place" ]; then work=$(mktemp -d -p "$place"); else work=$(mktemp -d); fi
export XDG_DATA_HOME=$work/data
server=
count=0
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
cd "$work"

# Wall seconds and peak kilobytes of each run of two commands in turn, then the line of the table.
compare() {
  local what=$1 limit=$2 ours=$3 theirs=$4
  : >ours.txt; : >theirs.txt
  for _ in $(seq "$runs"); do
    measure ours.txt "$ours"
    [ -z "$theirs" ] || measure theirs.txt "$theirs"
  done
  line "$what" "$limit" ours.txt theirs.txt
}

# Each time in a new folder: nothing is answered from what was made before, but by a third argument, a command that is run
# first and not measured. Its files are emptied and not removed, since
# ext4 looks through what was lately removed whenever it makes a file, and that would slow down whoever comes next.
measure() {
  count=$((count + 1))
  mkdir -p "$work/$count/out"
  (
    cd "$work/$count"
    export XDG_DATA_HOME=$PWD/data
    [ -z "${3:-}" ] || sh -c "$3" >/dev/null 2>&1 || echo "bench: failed: $3" >&2
    /usr/bin/time -a -o "$work/$1" -f '%e %M %U %S' sh -c "$2" >/dev/null 2>&1 || echo "bench: failed: $2" >&2
  )
  find "$work/$count" -type f -size +0 -exec truncate -s 0 {} +
}

line() {
  "$python" - "$@" <<'PY'
import statistics, sys
what, limit, ours, theirs = sys.argv[1:]
def median(file, column):
    rows = [line.split() for line in open(file) if line[0].isdigit()]
    return statistics.median(float(row[column]) for row in rows) if rows else None
memory, ours, theirs = median(ours, 1), median(ours, 0), median(theirs, 0)
ratio = f"{ours / theirs:8.2f}" if theirs else "       -"
other = f"{theirs:8.2f} s" if theirs else "         -"
print(f"{what:44} {ours:8.2f} s {other} {ratio}   {limit:20} {memory / 1024:6.0f} MB")
PY
}

# Start-up is too short for the clock of `time`: twenty starts in a row.
twenty() { echo "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do $1; done"; }

bench_start() {
  compare "20 starts, beside node -e 0" "at most 0.33" "$(twenty "$binary -e ''")" "$(twenty 'node -e 0')"
  compare "20 starts, beside python3 -c 'import aiohttp'" "at most 0.10" "$(twenty "$binary -e ''")" \
    "$(twenty "$python -c 'import aiohttp'")"
}

bench_lua() {
  for name in recursion tables strings; do
    compare "$name, beside lua5.4" "at most 1.05" "$binary $here/bench/$name.lua" "lua5.4 $here/bench/$name.lua"
  done
}

bench_tasks() {
  compare "8 pictures, beside 1" "about 1" "$binary $here/bench/pictures.lua 8" "$binary $here/bench/pictures.lua 1"
  compare "1,000,000 awaits of a finished task" "at most 0.6 s" "$binary $here/bench/awaits.lua" ""
  compare "100,000 tasks that each sleep once" "1.5 s, 100 MB" "$binary $here/bench/sleeps.lua" ""
  compare "10,000 tasks that wait at once, each 0.5 s" "" "$binary $here/bench/crowd.lua" ""
  compare "100,000 lines with a task each" "" "$binary $here/bench/lines.lua" ""
}

# The neutral server, and the loop in C. Sets `url` and `jobs`.
start_jobs() {
  install_missing nginx gcc
  local port
  jobs=$here/bench/jobs
  port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  url=http://127.0.0.1:$port
  cc -O2 -Wall "$jobs/jobs_curl.c" -o jobs_curl -lcurl
  mkdir -p nginx/body nginx/pictures
  "$binary" --simulate -e 'flux.config { metadata = false } flux.save(flux.generate { prompt = "bench", seed = 1, resolution = "0.5MP" }, "small.jpg")' \
    2>/dev/null
  "$python" "$jobs/pictures.py" small.jpg nginx/pictures
  sed "s|FOLDER|$work/nginx|g; s|PORT|$port|g" "$jobs/nginx.conf" >nginx/nginx.conf
  PATH=$PATH:/usr/sbin nginx -c "$work/nginx/nginx.conf" &
  server=$!
  until curl -s "$url" >/dev/null; do sleep 0.1; done
}

# 1,000 jobs of a request, a look and 300 KB to disk, 200 in flight, beside clients that do the same.
bench_jobs() {
  local url jobs client
  start_jobs
  local program="FLUX_BASE_URL=$url APIFRAME_API_KEY=afk_bench $binary $jobs/jobs.lua 1000"
  for client in ours memory aiohttp node curl; do : >"$client.txt"; done
  for _ in $(seq "$runs"); do
    measure ours.txt "$program"
    measure memory.txt "rm -f /dev/shm/fluxlua-bench*; FLUX_LEDGER=/dev/shm/fluxlua-bench.sqlite $program"
    measure aiohttp.txt "$python $jobs/jobs_aiohttp.py $url 1000 out"
    measure node.txt "node $jobs/jobs_fetch.mjs $url 1000 out"
    measure curl.txt "$work/jobs_curl $url 1000 out"
  done
  line "1,000 jobs, beside aiohttp" "at most 0.40, 80 MB" ours.txt aiohttp.txt
  line "1,000 jobs, beside Node's fetch" "at most 0.20, 80 MB" ours.txt node.txt
  line "1,000 jobs, beside a libcurl loop in C" "at most 1.60, 80 MB" ours.txt curl.txt
  line "1,000 jobs, beside a ledger in memory" "at most 1.50" ours.txt memory.txt
  rm -f /dev/shm/fluxlua-bench*
  kill "$server"
  server=
}

# As `line`, for wall, user and system time each; in place of memory how far apart the middle half of our runs and of theirs
# lies, in hundredths of a second.
times() {
  local name limit
  for name in "wall" "user" "system" "user and system"; do
    limit=
    [ "$name" != wall ] || limit=$2
    [ "$name" != "user and system" ] || limit=$3
    "$python" - "$1: $name" "$limit" "$name" "${@:4}" <<'PY'
import statistics, sys
what, limit, name, ours, theirs = sys.argv[1:]
columns = {"wall": [0], "user": [2], "system": [3], "user and system": [2, 3]}[name]
def summary(file):
    rows = [line.split() for line in open(file) if line[0].isdigit()]
    sums = [sum(float(row[column]) for column in columns) for row in rows]
    if not sums: return None, 0
    quarters = statistics.quantiles(sums, n=4) if len(sums) > 1 else [0, 0, 0]
    return statistics.median(sums), quarters[2] - quarters[0]
(ours, spread), (theirs, other_spread) = summary(ours), summary(theirs)
ratio = f"{ours / theirs:8.2f}" if theirs else "       -"
other = f"{theirs:8.2f} s" if theirs else "         -"
spreads = f"± {spread * 100:.0f}" + (f", {other_spread * 100:.0f}" if theirs else "")
print(f"{what:44} {ours:8.2f} s {other} {ratio}   {limit:20} {spreads:>9}")
PY
  done
}

# The same with `flux.save`, which is what every script does, beside clients that write each file once; then the same script
# once more, where the ledger and the files are there.
bench_save() {
  local url jobs client
  start_jobs
  local program="FLUX_BASE_URL=$url APIFRAME_API_KEY=afk_bench $binary $jobs/save.lua 1000"
  for client in ours aiohttp curl again; do : >"$client.txt"; done
  for _ in $(seq "$runs"); do
    measure ours.txt "$program"
    measure aiohttp.txt "$python $jobs/jobs_aiohttp.py $url 1000 out"
    measure curl.txt "$work/jobs_curl $url 1000 out"
    measure again.txt "$program" "$program"
  done
  times "1,000 saved, beside aiohttp" "at most 0.65" "at most 0.80" ours.txt aiohttp.txt
  times "1,000 saved, beside C" "at most 2.20" "" ours.txt curl.txt
  times "1,000 saved again, all reused" "at most 0.25 s" "" again.txt /dev/null
  kill "$server"
  server=
}

# The same script again: everything is answered from the ledger.
bench_ledger() {
  local url script="$here/sweep_seeds.lua fox 1 2 3 4 5 6 7 8"
  "$binary" serve --port 0 --job-time 0 >serve.txt 2>/dev/null &
  server=$!
  until url=$(grep -o 'http://[^ ]*' serve.txt); do sleep 0.1; done
  rm -rf "$XDG_DATA_HOME" out
  FLUX_BASE_URL=$url APIFRAME_API_KEY=afk_bench $binary $script >/dev/null 2>&1
  : >again.txt
  for _ in $(seq "$runs"); do
    FLUX_BASE_URL=$url APIFRAME_API_KEY=afk_bench /usr/bin/time -a -o again.txt -f '%e %M' $binary $script >/dev/null 2>&1
  done
  line "8 pictures of 2 MP that were made before" "at most 0.5 s" again.txt /dev/null
  kill "$server"
  server=
}

# Against the local service; these tell their own numbers, once.
bench_service() { "$python" "$here/bench/service/measure.py" "$binary" "$here/bench/service" "$1"; }

printf '%-44s %10s %10s %8s   %-20s %9s\n' "medians of $runs runs" fluxlua peer ratio asked memory
for section in "${sections[@]}"; do
  case $section in
    watch | many | faults) bench_service "$section" ;;
    start | lua | tasks | jobs | save | ledger) "bench_$section" ;;
    *) echo "bench: no section '$section'" >&2; exit 2 ;;
  esac
done
