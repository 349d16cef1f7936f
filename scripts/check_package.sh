#!/usr/bin/env bash
# Installs, uses and removes what scripts/package.sh made, in a clean Debian without Swift: scripts/check_package.sh [FOLDER]
#   --suite NAME     another release than bookworm (Debian 12), such as trixie (13)
#   --keep FILE      keep the clean system as a tarball, and start from that when it is there
# Needs root, and the mirror of Debian that this machine's apt has. Where either is missing it says so and its exit status is 77.
set -euo pipefail

suite=bookworm keep='' folder=''
while [ $# -gt 0 ]; do
  case $1 in
    --suite) suite=${2:?"--suite needs a name"}; shift 2 ;;
    --keep) keep=${2:?"--keep needs a file"}; shift 2 ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    -*) echo "check_package.sh: unknown option '$1' (try --help)" >&2; exit 2 ;;
    *) folder=$1; shift ;;
  esac
done
folder=$(readlink -f "${folder:-$(dirname "${BASH_SOURCE[0]}")/../.build/packages}")
seconds=$SECONDS

skip() {
  echo "check_package.sh: SKIPPED, the packages were NOT tried: $*" >&2
  exit 77
}
[ "$(id -u)" = 0 ] || skip "a clean system can only be made by root"
command -v debootstrap >/dev/null || skip "debootstrap is not installed"
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Identifier: Packages' 'Origin: Debian' |
  awk '$2 !~ /-/ { print $1; exit }')
[ -n "$mirror" ] || skip "this machine's apt knows no mirror of Debian"

work=$(mktemp -d)
root=$work/root
# /proc goes first, so that nothing of it is touched with the rest.
clean_up() {
  if mountpoint -q "$root/proc"; then umount "$root/proc"; fi
  rm -rf --one-file-system "$work"
}
trap clean_up EXIT

fail() {
  echo "check_package.sh: $*" >&2
  exit 1
}

echo "check_package.sh: a clean $suite" >&2
if [ -n "$keep" ] && [ -f "$keep" ]; then
  mkdir "$root"
  tar -C "$root" -xpf "$keep"
elif ! debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$work/log" 2>&1; then
  # A container that allows neither mount nor mknod is no place for this; anything else is a failure.
  if grep -qE 'Operation not permitted|noexec or nodev|cannot mount|Cannot install into target' "$work/log"; then
    skip "this container does not allow it: $(tail -n 1 "$work/log")"
  fi
  tail -n 20 "$work/log" >&2
  fail "debootstrap failed (see above)"
elif [ -n "$keep" ]; then
  tar -C "$root" --one-file-system --exclude=./proc/* --exclude=./sys/* -cpf "$keep" .
fi
if ! mountpoint -q "$root/proc"; then
  mount -t proc proc "$root/proc" 2>"$work/log" || skip "/proc cannot be mounted here: $(cat "$work/log")"
fi

# As root in the clean system, with nothing of this one's environment but the way out.
inside() {
  chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} "$@"
}
# As somebody who is not root, in a home of their own.
designer() {
  chroot --userspec=1000:1000 "$root" /usr/bin/env -i HOME=/home/designer PATH=/usr/bin:/bin LANG=C.UTF-8 "$@"
}
quietly() {
  if ! "$@" >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    fail "'$*' failed (see above)"
  fi
}
# Every file and folder, but for what processes and packages' tools write as they go, and the designer's home.
all_files() { (cd "$root" && find . -xdev \( -path ./proc -o -path ./home -o -path ./tmp \) -prune -o -print | sort); }

for program in swift swiftc; do
  if inside sh -c "command -v $program" >/dev/null; then fail "the clean system has $program"; fi
done
inside useradd --uid 1000 --create-home designer

# try COMMAND SCRIPTS: runs it as a designer would, without a network or a key, and looks at what it leaves.
try() {
  local command=$1 scripts=$2 error='' pictures
  designer sh -c "cd && rm -rf work && mkdir work && cd work && $command $scripts/sweep_seeds.lua 'a red fox' 1 2" \
    >"$work/output" 2>"$work/error" || fail "$command failed: $(cat "$work/error")"
  [ "$(sort "$work/output")" = "$(printf '1\tout/1.jpg\n2\tout/2.jpg')" ] || fail "$command printed $(cat "$work/output")"
  error=$(grep -vE '^fluxlua: (no APIFRAME_API_KEY: .*|2 jobs: 2 made, 0 reused, 0 failed; nothing was paid)$' "$work/error" || true)
  [ -z "$error" ] || fail "$command complained: $error"
  pictures=$(cd "$root/home/designer/work/out" && head -qc 3 1.jpg 2.jpg | od -An -tx1 | tr -d ' \n')
  [ "$pictures" = ffd8ffffd8ff ] || fail "$command made no JPEG pictures"
  # What is loaded late: text and drawing by Pango and Cairo.
  designer sh -c "cd ~/work && $command $scripts/compare_models.lua" >"$work/output" 2>"$work/error" ||
    fail "$command drew no sheet: $(cat "$work/error")"
  ! grep -qiE 'font|pango|cairo' "$work/error" || fail "$command complained: $(cat "$work/error")"
  designer sh -c "cd && rm -rf work .local .cache .config"
}
# How long it takes from its start to its end with nothing to do: the median of 21.
start_time() {
  designer bash -c 'for i in {1..21}; do t=${EPOCHREALTIME/[.,]/}; '"$1"' -e ""; echo $((${EPOCHREALTIME/[.,]/} - t)); done' |
    sort -n | sed -n 11p | awk '{ printf "%.1f ms", $1 / 1000 }'
}

deb=$(ls "$folder"/fluxlua_*.deb)
tarball=$(ls "$folder"/fluxlua-*.tar.gz)
(cd "$folder" && sha256sum --quiet -c SHA256SUMS) || fail "SHA256SUMS does not fit"

# The tarball first, while the system has none of the packages that the .deb brings.
name=$(basename "$tarball" .tar.gz)
designer tar -C /home/designer -xzf - <"$tarball"
inside mv "/home/designer/$name" "/home/designer/moved here"
ln -s "moved here" "$root/home/designer/tools"
try '"$HOME/moved here/bin/fluxlua"' "~/tools/share/doc/fluxlua/examples"
designer '/home/designer/moved here/bin/fluxlua' --version >/dev/null
tarball_start=$(start_time "'/home/designer/moved here/bin/fluxlua'")
tarball_size=$(du -sh --apparent-size "$root/home/designer/moved here" | cut -f1)
rm -rf "$root/home/designer/moved here" "$root/home/designer/tools"

cp "$deb" "$root/tmp/fluxlua.deb"
quietly inside apt-get update -q
quietly inside apt-get satisfy -q -y --no-install-recommends "$(dpkg-deb -f "$deb" Depends)"
quietly inside apt-get clean
before=$(all_files)
quietly inside apt-get install -q -y --no-install-recommends /tmp/fluxlua.deb
try fluxlua /usr/share/doc/fluxlua/examples
deb_start=$(start_time fluxlua)
deb_size=$(inside dpkg-query -W -f '${Installed-Size} KB' fluxlua)
version=$(dpkg-deb -f "$deb" Version)
[ "$(designer fluxlua --version)" = "fluxlua $version (Lua 5.4)" ] || fail "the program is not of version $version"
[ "$(gzip -dc "$root/usr/share/man/man1/fluxlua.1.gz" | grep -c '^\.TH FLUXLUA 1')" = 1 ] || fail "there is no manual page"
designer bash -c 'source /usr/share/bash-completion/completions/fluxlua && complete -p fluxlua' >/dev/null ||
  fail "the completion for bash completes nothing"
for file in usr/share/zsh/vendor-completions/_fluxlua usr/share/fish/vendor_completions.d/fluxlua.fish \
  usr/share/doc/fluxlua/copyright usr/share/doc/fluxlua/changelog.gz; do
  [ -s "$root/$file" ] || fail "there is no /$file"
done
quietly inside apt-get purge -q -y fluxlua
quietly inside apt-get clean
after=$(all_files)
[ "$before" = "$after" ] || fail "a trace is left: $(diff <(echo "$before") <(echo "$after") || true)"

printf '%-10s %-12s %-16s start\n' "$suite" size unpacked
printf '%-10s %-12s %-16s %s\n' .deb "$(du -h --apparent-size "$deb" | cut -f1)" "$deb_size" "$deb_start" \
  tarball "$(du -h --apparent-size "$tarball" | cut -f1)" "$tarball_size" "$tarball_start"
echo "installed, run and removed in $((SECONDS - seconds)) s"
