#!/usr/bin/env bash
# Measures the release binary beside the best that one could use instead, in turn and in one run, and prints medians as ratios,
# with what is asked and how far apart the runs were. No test: machines are noisy. It fails when a program fails.
#   scripts/bench.sh [--only SECTION]... [--disk] [RUNS]     (default 11)
# Files are made on a memory file system, or in the usual folder for temporary files with --disk: there they cost what the
# machine did before, too. Sections:
#   start        an empty script beside node, python3 and lua5.4; the prompt beside node's
#   lua          pure Lua beside lua5.4
#   tasks        pictures at the same time, and Lua's tasks
#   jobs         1,000 jobs of a neutral server beside aiohttp, Node's fetch and libcurl in C
#   save         the same with flux.save, and once more when all is there
#   grown        a sweep of 1,000 that has grown to 1,100 beside aiohttp, which makes all
#   ledger       8 pictures that were made before
#   sheet        a contact sheet of 100 pictures beside ImageMagick's montage
#   thumbnails   a gallery of 100 pictures beside vipsthumbnail
#   templates    prompts of a template beside dynamicprompts
#   csv          100,000 rows beside Python's csv
#   watch        how many requests it takes to watch jobs, and how late they are noticed
#   many         10,000 jobs in flight
#   faults       jobs of a service that fails
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
# makes so many pictures (100,000) in one process: it may not grow, nor keep files open, nor leave a job behind, and the
# ledger and the pictures that it leaves must be whole.
#
#   scripts/bench.sh --growth [OPTIONS]
# tells what a job costs among 1,000, 10,000 and 100,000, and how long people wait for a ledger of that size (see
# bench/growth.py --help).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1:-} in -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$here/bench.sh"; exit 0 ;; esac
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
  "$binary" doctor --ledger
  exit
fi
if [ "${1:-}" = --team ]; then
  install_missing python3 postgresql
  find_swift
  binary=$(release_binary)
  exec python3 -B "$here/bench/team.py" "$binary" "${@:2}"
fi
if [ "${1:-}" = --growth ]; then
  install_missing python3
  find_swift
  binary=$(release_binary)
  exec python3 -B "$here/bench/growth.py" "$binary" "${@:2}"
fi
if [ "${1:-}" = --serve ]; then
  install_missing python3 wrk
  find_swift
  binary=$(release_binary)
  exec python3 -B "$here/bench/serve/load.py" "$binary" "${@:2}"
fi

runs=11
all=(start lua tasks jobs save grown ledger sheet thumbnails templates csv watch many faults)
sections=()
place=/dev/shm
while [ $# -gt 0 ]; do
  case $1 in
    --only)
      [ $# -gt 1 ] || { echo "bench.sh: --only takes the name of a section (try --help)" >&2; exit 2; }
      sections+=("$2")
      shift 2
      ;;
    --faults) sections+=(faults); shift ;;
    --disk) place=; shift ;;
    *[!0-9]*) echo "bench.sh: unknown option '$1' (try --help)" >&2; exit 2 ;;
    *) runs=$1; shift ;;
  esac
done
[ ${#sections[@]} -gt 0 ] || sections=("${all[@]}")
for section in "${sections[@]}"; do
  case " ${all[*]} " in
    *" $section "*) ;;
    *) echo "bench.sh: no section '$section' (try --help)" >&2; exit 2 ;;
  esac
done

install_missing lua5.4 time python3 python3-venv curl
command -v node >/dev/null || install_missing nodejs
# The peers of Python, in an environment of their own.
python=$PWD/.build/bench-python/bin/python
"$python" -c 'import aiohttp, dynamicprompts' 2>/dev/null || {
  python3 -m venv .build/bench-python
  logged "$python" -m pip install -q aiohttp dynamicprompts
}
binary=$(release_binary)
if [ -n "$place" ] && [ -w "$place" ]; then work=$(mktemp -d -p "$place"); else work=$(mktemp -d); fi
export XDG_DATA_HOME=$work/data
servers=()
count=0
failures=0
finish() {
  [ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
cd "$work"

line() { "$python" -B "$here/bench/line.py" "$@"; }

# Wall seconds and peak kilobytes of each run of two commands in turn, then the line of the table.
compare() {
  local what=$1 asked=$2 ours=$3 theirs=$4
  : >ours.txt; : >theirs.txt
  for _ in $(seq "$runs"); do
    measure ours.txt "$ours"
    [ -z "$theirs" ] || measure theirs.txt "$theirs"
  done
  line "$what" "$asked" ours.txt ${theirs:+theirs.txt}
}

# Each time in a new folder: nothing is answered from what was made before, but by a third argument, a command that is run
# first and not measured. A fourth is run last, and tells whether all is well. Its files are emptied and not removed, since
# ext4 looks through what was lately removed whenever it makes a file, and that would slow down whoever comes next; those
# that have another name elsewhere, such as the pictures of a gallery, stay whole.
measure() {
  count=$((count + 1))
  mkdir -p "$work/$count/out"
  if (
    cd "$work/$count" && export XDG_DATA_HOME=$PWD/data && succeeds "${3:-true}" &&
      succeeds "$2" /usr/bin/time -o time.txt -f '%e %M %U %S' && succeeds "${4:-true}"
  ); then
    cat "$work/$count/time.txt" >>"$work/$1"
  else
    echo failed >>"$work/$1"
    failures=$((failures + 1))
  fi
  find "$work/$count" -type f -size +0 -links 1 -exec truncate -s 0 {} +
}

# Whether a command succeeds, run by the program in the further arguments. If not, it says what the command said.
succeeds() {
  "${@:2}" sh -c "$1" >/dev/null 2>errors.txt && return 0
  echo "bench: failed: $1" >&2
  tail -n 5 errors.txt >&2
  return 1
}

# Whether two programs print the same, run once: else they have not done the same work.
same() {
  if ! succeeds "$2 >$work/same.ours" || ! succeeds "$3 >$work/same.theirs" || ! cmp -s same.ours same.theirs; then
    echo "bench: not the same results: $1" >&2
    failures=$((failures + 1))
  fi
}

# Waits until a command succeeds that shows that the server started last is there.
wait_for() {
  until "$@" >/dev/null 2>&1; do
    kill -0 "${servers[-1]}" 2>/dev/null || { echo "bench: a server ended at once; asked with: $*" >&2; exit 1; }
    sleep 0.1
  done
}

# Start-up is too short for the clock of `time`: twenty starts in a row.
twenty() { echo "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do $1 || exit 1; done"; }

# The same until a prompt is there, on a terminal.
twenty_prompts() {
  if TERM=xterm-256color "$python" -B "$here/bench/start/prompt.py" 20 "$2" >prompts.txt; then
    cat prompts.txt >>"$1"
  else
    echo failed >>"$1"
    failures=$((failures + 1))
  fi
}

bench_start() {
  local client
  for client in ours node python lua prompt node_prompt; do : >"$client.txt"; done
  for _ in $(seq "$runs"); do
    measure ours.txt "$(twenty "$binary -e ''")"
    measure node.txt "$(twenty 'node -e 0')"
    measure python.txt "$(twenty "$python -c 'import aiohttp'")"
    measure lua.txt "$(twenty "lua5.4 -e ''")"
    twenty_prompts prompt.txt "$binary"
    twenty_prompts node_prompt.txt node
  done
  line "20 starts, beside node -e 0" "at most 0.20" ours.txt node.txt
  line "20 starts, beside python3 -c 'import aiohttp'" "at most 0.10" ours.txt python.txt
  line "20 starts, beside lua5.4 -e ''" "" ours.txt lua.txt
  line "20 prompts, beside node" "at most 0.50" prompt.txt node_prompt.txt
}

bench_lua() {
  for name in recursion tables strings; do
    compare "$name, beside lua5.4" "at most 1.05" "$binary $here/bench/$name.lua" "lua5.4 $here/bench/$name.lua"
  done
}

bench_tasks() {
  compare "8 pictures, beside 1" "about 1" "$binary $here/bench/pictures.lua 8" "$binary $here/bench/pictures.lua 1"
  compare "1,000,000 awaits of a finished task" "at most 0.6 s" "$binary $here/bench/awaits.lua" ""
  compare "100,000 tasks that each sleep once" "at most 1.5 s, 100 MB" "$binary $here/bench/sleeps.lua" ""
  compare "10,000 tasks that wait at once, each 0.5 s" "" "$binary $here/bench/crowd.lua" ""
  compare "100,000 lines with a task each" "" "$binary $here/bench/lines.lua" ""
}

# The neutral server, and the loop in C. Sets `url` and `jobs`; starts once.
url=
jobs=$here/bench/jobs
start_jobs() {
  [ -z "$url" ] || return 0
  install_missing nginx gcc libcurl4-openssl-dev
  local port
  port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cc -O2 -Wall "$jobs/jobs_curl.c" -o jobs_curl -lcurl
  mkdir -p nginx/body nginx/pictures
  "$binary" --simulate -e 'flux.config { metadata = false } flux.save(flux.generate { prompt = "bench", seed = 1, resolution = "0.5MP" }, "small.jpg")' \
    2>/dev/null
  "$python" "$jobs/pictures.py" small.jpg nginx/pictures
  sed "s|FOLDER|$work/nginx|g; s|PORT|$port|g" "$jobs/nginx.conf" >nginx/nginx.conf
  PATH=$PATH:/usr/sbin nginx -c "$work/nginx/nginx.conf" &
  servers+=($!)
  url=http://127.0.0.1:$port
  wait_for curl -s "$url"
}

# A script against the neutral server.
against_jobs() { echo "FLUX_BASE_URL=$url APIFRAME_API_KEY=afk_bench $binary --quiet $jobs/$*"; }

# 1,000 jobs of a request, a look and 300 KB to disk, 200 in flight, beside clients that do the same.
bench_jobs() {
  start_jobs
  local program client memory=/dev/shm/fluxlua-bench-$$.sqlite
  program=$(against_jobs jobs.lua 1000)
  for client in ours memory aiohttp node curl; do : >"$client.txt"; done
  for _ in $(seq "$runs"); do
    measure ours.txt "$program"
    measure memory.txt "FLUX_LEDGER=$memory $program"
    rm -f "$memory"*
    measure aiohttp.txt "$python $jobs/jobs_aiohttp.py $url 1000 out"
    measure node.txt "node $jobs/jobs_fetch.mjs $url 1000 out"
    measure curl.txt "$work/jobs_curl $url 1000 out"
  done
  line "1,000 jobs, beside aiohttp" "at most 0.50, 80 MB" ours.txt aiohttp.txt
  line "1,000 jobs, beside Node's fetch" "at most 0.25, 80 MB" ours.txt node.txt
  line "1,000 jobs, beside a libcurl loop in C" "at most 1.60, 80 MB" ours.txt curl.txt
  line "1,000 jobs, beside a ledger in memory" "at most 1.50" ours.txt memory.txt
}

# The same with `flux.save`, which is what every script does, beside clients that write each file once; then the same script
# once more, where the ledger and the files are there: nothing may be sent then.
bench_save() {
  start_jobs
  # How many requests the server has had, this one included.
  local program client quantity asked="curl -sf $url/requests | sed -n 3p | cut -d' ' -f4"
  program=$(against_jobs save.lua 1000)
  for client in ours aiohttp curl again; do : >"$client.txt"; done
  for _ in $(seq "$runs"); do
    measure ours.txt "$program"
    measure aiohttp.txt "$python $jobs/jobs_aiohttp.py $url 1000 out"
    measure curl.txt "$work/jobs_curl $url 1000 out"
    measure again.txt "$program" "$program && $asked >before.txt" "test \$($asked) = \$((\$(cat before.txt) + 1))"
  done
  line "1,000 saved, beside aiohttp" "at most 0.65, 80 MB" ours.txt aiohttp.txt
  for quantity in user system; do line "  $quantity time" "" ours.txt aiohttp.txt --of "$quantity"; done
  line "  user and system time" "at most 0.80" ours.txt aiohttp.txt --of processor
  line "1,000 saved, beside a libcurl loop in C" "at most 2.20" ours.txt curl.txt
  line "  user and system time" "" ours.txt curl.txt --of processor
  line "1,000 saved again, nothing sent" "at most 0.25 s" again.txt
  line "  user and system time" "" again.txt --of processor
}

# A sweep that has grown sends what is new; who keeps no ledger makes all of it again.
bench_grown() {
  start_jobs
  : >ours.txt; : >theirs.txt
  for _ in $(seq "$runs"); do
    measure ours.txt "$(against_jobs grown.lua 1100 100)" "$(against_jobs grown.lua 1000 1000)"
    measure theirs.txt "$python $jobs/jobs_aiohttp.py $url 1100 out"
  done
  line "1,100 cells, 100 of them new, beside aiohttp" "" ours.txt theirs.txt
}

# The same script again, in the same folder: everything is answered from the ledger.
bench_ledger() {
  local service program
  "$binary" serve --port 0 --job-time 0 >serve.txt 2>/dev/null &
  servers+=($!)
  wait_for grep -q 'http://' serve.txt
  service=$(grep -o 'http://[^ ]*' serve.txt)
  mkdir -p again
  program="cd $work/again && XDG_DATA_HOME=$work/again/data FLUX_BASE_URL=$service APIFRAME_API_KEY=afk_bench \
    $binary $here/sweep_seeds.lua fox 1 2 3 4 5 6 7 8"
  succeeds "$program" || failures=$((failures + 1))
  compare "8 pictures of 2 MP that were made before" "at most 0.5 s" "$program" ""
}

# A hundred pictures of a megapixel, as JPEGs in `drawn/in` and in the ledger in `drawn/data`. Makes them once. Sets `sheet`,
# the script that asks for them.
sheet="XDG_DATA_HOME=$work/drawn/data $binary --quiet --simulate $here/bench/pictures/sheet.lua 100"
draw_pictures() {
  [ ! -d drawn ] || return 0
  mkdir -p drawn/in
  succeeds "$sheet drawn/sheet.jpg '$work/drawn/in/{seed}.jpg'"
}

# With what those who know ImageMagick give it: its decoder reduces each picture to no more than the cell needs.
bench_sheet() {
  install_missing imagemagick fonts-dejavu-core
  draw_pictures
  local label='a red fox in the snow at dawn\nflux-2-pro · seed %t'
  : >ours.txt; : >theirs.txt
  for _ in $(seq "$runs"); do
    measure ours.txt "$sheet sheet.jpg" "" "test -s sheet.jpg"
    measure theirs.txt "montage -define jpeg:size=384x384 -font DejaVu-Sans -label '$label' '$work/drawn/in/*.jpg' -tile 10x \
      -geometry 384x384+6+6 -quality 90 sheet.jpg" "" "test -s sheet.jpg"
  done
  line "sheet of 100 pictures, beside montage" "at most 0.33" ours.txt theirs.txt
  line "  memory" "at most 0.33" ours.txt theirs.txt --of memory
}

# The whole gallery, page and all, beside thumbnails of the same side, quality and colour resolution.
bench_thumbnails() {
  install_missing libvips-tools
  draw_pictures
  local client thumbnails
  thumbnails="vipsthumbnail --size 480 -o \"\$PWD/out/%s.jpg[Q=82,strip]\""
  for client in ours one each; do : >"$client.txt"; done
  for _ in $(seq "$runs"); do
    measure ours.txt "$binary gallery $work/drawn/in --to out" "" "test \$(ls out/thumbs | wc -l) = 100"
    measure one.txt "$thumbnails $work/drawn/in/*.jpg" "" "test \$(ls out | wc -l) = 100"
    measure each.txt "ls $work/drawn/in/*.jpg | xargs -P $(nproc) -n $((100 / $(nproc) + 1)) $thumbnails" \
      "" "test \$(ls out | wc -l) = 100"
  done
  line "gallery of 100, beside vipsthumbnail" "at most 1.00" ours.txt one.txt
  line "  beside one for each processor" "" ours.txt each.txt
}

bench_templates() {
  local words=$here/bench/words
  local ours="$binary $words/templates.lua $words" theirs="$python $words/templates.py $words"
  same "prompts of a template" "$ours all 28800 print | sort" "$theirs all 28800 print | sort"
  compare "28,800 combinations, beside dynamicprompts" "at most 0.10" "$ours all 28800" "$theirs all 28800"
  compare "20,000 at random, beside dynamicprompts" "at most 0.10" "$ours random 20000" "$theirs random 20000"
}

bench_csv() {
  local words=$here/bench/words
  local ours="$binary $words/rows.lua $work/table.csv 100000" theirs="$python $words/rows.py $work/table.csv 100000"
  "$python" "$words/table.py" 100000 table.csv
  same "rows of a table" "$ours print" "$theirs print"
  compare "100,000 rows of CSV, beside Python's csv" "" "$ours" "$theirs"
}

# Against the local service; these tell their own numbers, once.
bench_service() {
  PYTHONPATH=$here/bench "$python" -B "$here/bench/service/measure.py" "$binary" "$here/bench/service" "$1" ||
    failures=$((failures + 1))
}

line --head "medians of $runs runs"
for section in "${sections[@]}"; do
  case $section in
    watch | many | faults) bench_service "$section" ;;
    *) "bench_$section" ;;
  esac
done
if [ $failures -gt 0 ]; then
  echo "bench: not everything could be measured: see 'bench:' above" >&2
  exit 1
fi
