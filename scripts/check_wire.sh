#!/usr/bin/env bash
# Points other people's clients at the local service: a walk in plain Node, and schemathesis with the interface description
# of Tests/Wire/openapi.json. schemathesis comes from PyPI into a folder outside of this one.
#   scripts/check_wire.sh [EXAMPLES]     (default 50: requests of each kind per call)
#   FLUXLUA=PATH                         the program to check (default: the release build)
set -euo pipefail

examples=${1:-50}
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
install_missing nodejs python3-venv
venv=${FLUXLUA_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/fluxlua/wire}
if [ ! -x "$venv/bin/st" ]; then
  echo "check_wire: installing schemathesis into $venv" >&2
  logged python3 -m venv "$venv"
  logged "$venv/bin/pip" install 'schemathesis==4.32.5'
fi
binary=${FLUXLUA:-$(release_binary)}
work=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  server=
}
trap 'stop; rm -rf "$work"' EXIT

# Serves with these options; $url is where. Webhooks and pictures elsewhere go nowhere: no proxy is there.
serve() {
  http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 \
    "$binary" serve --port 0 --key afk_wire_0123456789 --seed 1 "$@" >"$work/out" 2>"$work/err" &
  server=$!
  for _ in $(seq 100); do
    url=$(sed -n 's/.*listening on \(http[^ ]*\).*/\1/p' "$work/out")
    [ -z "$url" ] || return 0
    sleep 0.1
  done
  cat "$work/out" "$work/err" >&2
  return 1
}

echo "== a client in Node"
serve --credits 600 --fault 429:call=submit,every=3,retry-after=1 --fault "fail:prompt=broken,reason=out of paint" \
  --fault 503:call=account,times=1,retry-after-date=2
node Tests/Wire/walk.mjs "$url" afk_wire_0123456789
stop

echo "== schemathesis, $examples examples"
serve --speed instant --dialect description --credits 1000000000 --state "$work/state.sqlite"
wire=$PWD/Tests/Wire
cd "$work" # where it leaves what it remembers
SCHEMATHESIS_HOOKS=$wire/pictures.py PYTHONDONTWRITEBYTECODE=1 \
  "$venv/bin/st" --config-file "$wire/schemathesis.toml" run "$wire/openapi.json" --url "$url" \
  --header "X-API-Key: afk_wire_0123456789" --header "User-Agent: wire/1" \
  --max-examples "$examples" --seed 1 --continue-on-failure
kill -0 "$server"
stop
cat "$work/err"
