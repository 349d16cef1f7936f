#!/usr/bin/env bash
# Everything that must hold, on a machine with nothing but Debian 12 and Swift 6: builds, tests, lints.
#   scripts/test.sh              all of it
#   scripts/test.sh --asan       the tests under the address sanitizer
# The packages are tried by themselves, since a release build takes minutes: scripts/package.sh --check
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
find_swift
install_missing "${packages[@]}" "${test_packages[@]}"
# nginx, which tests start themselves, is not on everybody's path.
PATH=$PATH:/usr/sbin

if [ "${1:-}" = --asan ]; then
  # Lua, GLib and fontconfig keep memory until the process ends; overflows and uses after free are what this looks for.
  export ASAN_OPTIONS=detect_leaks=0
  swift build --build-tests --sanitize=address --scratch-path .build/asan
  # The tests of the program take many times as long; so the program under the sanitizer is started from here.
  swift test --skip-build --sanitize=address --scratch-path .build/asan --skip ScriptTests
  root=$PWD work=$(mktemp -d)
  cd "$work"
  for script in "$root"/scripts/*.lua; do
    echo "$script"
    env -u APIFRAME_API_KEY "$root/.build/asan/debug/fluxlua" "$script"
  done
  rm -rf "$work"
  exit
fi

# As many tests at a time as two processors serve well: each may have threads, connections and programs of its own.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8

swift format lint --strict --recursive Package.swift Sources Tests stdlib
luacheck --quiet scripts stdlib Tests/Scripts
scripts/docs.sh --check
swift build --build-tests
# What passes says little, so that what fails is seen.
log=.build/tests.log
if swift test --skip-build >"$log" 2>&1; then
  tail -n 1 "$log"
else
  # Where the process itself ended, its last lines tell why.
  tail -n 30 "$log"
  grep -A 3 '^✘' "$log" || true
  echo "test.sh: the tests failed; all they said is in $log" >&2
  exit 1
fi

# The fuzzers, a few seconds each. Their build, with the sanitizer, takes minutes the first time.
scripts/fuzz.sh --seconds 3
