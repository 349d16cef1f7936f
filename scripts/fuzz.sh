#!/usr/bin/env bash
# Hands the readers of what comes from outside whatever libFuzzer comes up with, under the address sanitizer: the
# service's JSON, heads of answers, pictures, tables, prompt templates, and arguments from Lua to Swift.
#   scripts/fuzz.sh                    a million inputs each
#   scripts/fuzz.sh --seconds 60       so many seconds each
#   scripts/fuzz.sh json images        only these
# It starts from Tests/Fuzz/Corpus and keeps what it finds on the way in .build/fuzz. An input that breaks something is
# left there as crash-…, slow-… or timeout-…; put it into the corpus with the repair.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
find_swift
install_missing "${packages[@]}"

limit=-runs=1000000
names=()
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) limit=-max_total_time=$2; shift 2 ;;
    *) names+=("$1"); shift ;;
  esac
done
[ ${#names[@]} -gt 0 ] || names=(json heads images csv prompts arguments)

export FLUXLUA_FUZZERS=1
# The address sanitizer's own look for leaks needs a process that may be traced, and Lua keeps memory until the end.
export ASAN_OPTIONS=detect_leaks=0
swift build -c release --product fuzzers --scratch-path .build/fuzz --sanitize=fuzzer --sanitize=address \
  -Xswiftc -enable-testing
for name in "${names[@]}"; do
  corpus=Tests/Fuzz/Corpus/$name
  [ -d "$corpus" ] || { echo "fuzz.sh: no corpus $corpus" >&2; exit 2; }
  found=.build/fuzz/$name
  mkdir -p "$found"
  log=$found.log
  if FUZZER=$name .build/fuzz/release/fuzzers "$limit" -max_len=4096 -timeout=10 -rss_limit_mb=3000 \
    -artifact_prefix=".build/fuzz/" "$found" "$corpus" >"$log" 2>&1; then
    echo "$name: $(tail -n 1 "$log")"
  else
    tail -n 40 "$log"
    echo "fuzz.sh: $name broke; all it said is in $log" >&2
    exit 1
  fi
done
