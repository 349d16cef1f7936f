#!/usr/bin/env bash
# Measures the release binary beside its peers, in turn and in one run, and prints medians as ratios. No test: machines
# are noisy.     scripts/bench.sh [RUNS]     (default 11)
set -euo pipefail

runs=${1:-11}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/setup.sh"
install_missing lua5.4 time
python=python3
python3 -c "import aiohttp" 2>/dev/null || { install_missing python3-aiohttp; python=/usr/bin/python3; }
command -v node >/dev/null || install_missing nodejs
binary=$(release_binary)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Wall seconds and peak kilobytes of each run of two commands in turn, then the line of the table.
compare() {
  local what=$1 limit=$2 ours=$3 theirs=$4
  : >ours.txt; : >theirs.txt
  for _ in $(seq "$runs"); do
    /usr/bin/time -a -o ours.txt -f '%e %M' sh -c "$ours" >/dev/null 2>&1
    [ -z "$theirs" ] || /usr/bin/time -a -o theirs.txt -f '%e %M' sh -c "$theirs" >/dev/null 2>&1
  done
  "$python" - "$what" "$limit" <<'PY'
import statistics, sys
what, limit = sys.argv[1:]
def median(file, column):
    rows = [line.split() for line in open(file)]
    return statistics.median(float(row[column]) for row in rows) if rows else None
ours, theirs = median("ours.txt", 0), median("theirs.txt", 0)
ratio = f"{ours / theirs:8.2f}" if theirs else "       -"
other = f"{theirs:8.2f} s" if theirs else "         -"
print(f"{what:44} {ours:8.2f} s {other} {ratio}   {limit:14} {median('ours.txt', 1) / 1024:6.0f} MB")
PY
}

# Start-up is too short for the clock of `time`: twenty starts in a row.
twenty() { echo "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do $1; done"; }

printf '%-44s %10s %10s %8s   %-14s %9s\n' "medians of $runs runs" fluxlua peer ratio asked memory
compare "20 starts, beside node -e 0" "at most 0.33" "$(twenty "$binary -e ''")" "$(twenty 'node -e 0')"
compare "20 starts, beside python3 -c 'import aiohttp'" "at most 0.10" "$(twenty "$binary -e ''")" \
  "$(twenty "$python -c 'import aiohttp'")"
for name in recursion tables strings; do
  compare "$name, beside lua5.4" "at most 1.05" "$binary $here/bench/$name.lua" "lua5.4 $here/bench/$name.lua"
done
compare "8 pictures, beside 1" "about 1" "$binary $here/bench/pictures.lua 8" "$binary $here/bench/pictures.lua 1"
compare "1,000,000 awaits of a finished task" "at most 0.6 s" "$binary $here/bench/awaits.lua" ""
compare "100,000 tasks that each sleep once" "1.5 s, 100 MB" "$binary $here/bench/sleeps.lua" ""
compare "10,000 tasks that wait at once, each 0.5 s" "" "$binary $here/bench/crowd.lua" ""
compare "100,000 lines with a task each" "" "$binary $here/bench/lines.lua" ""
