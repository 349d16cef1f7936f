#!/usr/bin/env bash
# Runs a Lua script with fluxlua, after doing all the set-up that is missing: scripts/run.sh SCRIPT [args]
set -euo pipefail

if [ $# = 0 ]; then
  echo "usage: scripts/run.sh SCRIPT [args]     (SCRIPT and args are passed on to fluxlua)" >&2
  exit 2
fi
here=$PWD
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
binary=$(release_binary)
cd "$here"
exec "$binary" "$@"
