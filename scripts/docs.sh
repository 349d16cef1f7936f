#!/usr/bin/env bash
# Writes the documentation as a site, in .build/docs, a folder for each part: scripts/docs.sh
#   --check    only look for mistakes in the designers' pages, which takes a second and no build
# Any web server shows it: python3 -m http.server -d .build/docs/fluxlua, then http://localhost:8000/documentation/fluxlua
set -euo pipefail

check=
while [ $# -gt 0 ]; do
  case $1 in
    --check) check=yes; shift ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) echo "docs.sh: unknown option '$1' (try --help)" >&2; exit 2 ;;
  esac
done
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
find_swift
site=.build/docs

# convert NAME CATALOGUE [OPTION...]
convert() {
  local name=$1 catalogue=$2
  shift 2
  rm -rf "${site:?}/$name"
  mkdir -p "$site"
  docc convert "$catalogue" --output-path "$site/$name" --fallback-display-name "$name" \
    --fallback-bundle-identifier "$name" --fallback-bundle-version "$(version)" --warnings-as-errors "$@"
}

convert fluxlua Sources/fluxlua/Documentation.docc
[ -z "$check" ] || exit 0

# The libraries' pages name their types, so these need what the compiler knows of them.
install_missing "${packages[@]}"
swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members >/dev/null
graphs=$(find -L .build -type d -name symbolgraph -prune -print -quit)
for library in FluxClient FluxJobs LuaRuntime; do
  mkdir -p "$site/graphs/$library"
  cp "$graphs/$library".symbols.json "$site/graphs/$library/"
  convert "$library" "Sources/$library/$library.docc" --additional-symbol-graph-dir "$site/graphs/$library"
done
echo "the documentation is in $site"
