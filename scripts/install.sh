#!/usr/bin/env bash
# Builds fluxlua and puts it on the PATH: scripts/install.sh [--prefix FOLDER]     (default: /usr/local)
set -euo pipefail

prefix=/usr/local
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?"--prefix needs a folder"}; shift 2 ;;
    --prefix=*) prefix=${1#--prefix=}; shift ;;
    -h | --help) sed -n '2s/^# //p' "$0"; exit 0 ;;
    *) echo "install.sh: unknown option '$1' (try --help)" >&2; exit 2 ;;
  esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
binary=$(release_binary)

install_into() { "$@" mkdir -p "$prefix/bin" && "$@" install -m 755 "$binary" "$prefix/bin/fluxlua"; }
if mkdir -p "$prefix/bin" 2>/dev/null && [ -w "$prefix/bin" ]; then install_into env; else install_into as_root; fi
echo "installed $prefix/bin/fluxlua"
case :$PATH: in *":$prefix/bin:"*) ;; *) echo "add $prefix/bin to your PATH to call it as 'fluxlua'" ;; esac
