#!/usr/bin/env bash
# Makes what others install, in .build/packages: scripts/package.sh [--check] [--to FOLDER]
#   fluxlua_VERSION_ARCH.deb            for Debian 12 and 13 and Ubuntu 24.04: apt install ./fluxlua_….deb
#   fluxlua-VERSION-linux-CPU.tar.gz    for the same and others of their age, without being root: unpack it anywhere
#   SHA256SUMS                          of both
# --check installs both in a clean Debian 12 and runs them there (scripts/check_package.sh).
#
# Swift's own library is linked into the binary, so neither needs Swift. Of the other libraries,
# - the .deb asks for Debian's packages, so that apt updates them. Those that are loaded late are named by hand: without
#   Pango and Cairo no stand-in is drawn, so it depends on them; without chafa only pictures in terminals are missing,
#   and without libpq only ledgers on servers.
# - the tarball has its own copies of all but glibc, in lib/fluxlua, and a font. Their file names are the same on the three
#   systems, but a fresh system has few of them, and a part of them would not do: Pango and zlib of one system beside
#   libraries of another miss symbols. glibc is the system's, since it belongs to the kernel, the user names and DNS; it is
#   2.36 or newer. Each library finds the others through a path relative to itself. What the tarball cannot have are
#   updates: those of libcurl and OpenSSL come with its next release. Certificates are the system's.
set -euo pipefail

to= check=
while [ $# -gt 0 ]; do
  case $1 in
    --check) check=yes; shift ;;
    --to) to=${2:?"--to needs a folder"}; shift 2 ;;
    -h | --help) sed -n '2,/^#$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "package.sh: unknown option '$1' (try --help)" >&2; exit 2 ;;
  esac
done
case $to in "" | /*) ;; *) to=$PWD/$to ;; esac
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
to=${to:-$PWD/.build/packages}
command -v dpkg-deb >/dev/null || { echo "package.sh: packages are made on Debian" >&2; exit 1; }
install_missing "${package_packages[@]}"
built=$(release_binary)
version=$(version)
architecture=$(dpkg --print-architecture)
# The same commit gives the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

# The program without what only debuggers read; names that modules in C look up stay.
strip --strip-all -o "$work/fluxlua" "$built"
patchelf --remove-rpath "$work/fluxlua"
# Where Lua is in the program, the shared library is only named, by Swift's package manager.
if [ "$(nm -D --defined-only "$work/fluxlua" | grep -c ' lua_newstate$')" = 1 ]; then
  patchelf --remove-needed liblua5.4.so.0 "$work/fluxlua"
fi

# The files that both have: common FOLDER ZSH_FOLDER
common() {
  local share=$1/share
  mkdir -p "$1/bin" "$share/man/man1" "$share/bash-completion/completions" "$share/$2" \
    "$share/fish/vendor_completions.d" "$share/doc/fluxlua/examples"
  install -m 755 "$work/fluxlua" "$1/bin/fluxlua"
  "$built" help --man | gzip -9n >"$share/man/man1/fluxlua.1.gz"
  "$built" completion bash >"$share/bash-completion/completions/fluxlua"
  "$built" completion zsh >"$share/$2/_fluxlua"
  "$built" completion fish >"$share/fish/vendor_completions.d/fluxlua.fish"
  install -m 644 scripts/*.lua scripts/*.csv "$share/doc/fluxlua/examples"
}

# Libraries that are loaded when they are used (Sources/CLate): no tool finds them in the program.
late=(libcurl.so.4 libmicrohttpd.so.12 libcrypto.so.3 libpangocairo-1.0.so.0)
late_files() { for file in "$@"; do ldconfig -p | awk -v name="$file" '$1 == name && !found++ { print $NF }'; done; }

# The Debian package that a library comes from.
package_of() { dpkg-query -S "$(readlink -f "$1")" 2>/dev/null || dpkg-query -S "$1"; }

make_deb() {
  local root=$work/debian/fluxlua depends file package
  local doc=$root/usr/share/doc/fluxlua
  common "$root/usr" zsh/vendor-completions
  gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
  {
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\n'
    sed -n 's/^Copyright (c) /Copyright: /p' LICENSE
    printf 'License: Expat\n'
    sed -n '/^Permission/,$p' LICENSE | sed 's/^$/./; s/^/ /'
  } >"$doc/copyright"

  mkdir -p "$root/DEBIAN"
  printf 'Source: fluxlua\n\nPackage: fluxlua\nArchitecture: any\n' >"$work/debian/control"
  depends=$(cd "$work" && dpkg-shlibdeps -O debian/fluxlua/usr/bin/fluxlua)
  for file in $(late_files "${late[@]}"); do
    package=$(package_of "$file")
    depends+=", ${package%%:*}"
  done
  # The names that Ubuntu and Debian 13 gave to the others are provided there under these too; this one is not.
  depends=$(sed -E 's/^shlibs:Depends=//; s/libturbojpeg0( \([^)]*\))?/& | libturbojpeg/' <<<"$depends")
  cat >"$root/DEBIAN/control" <<CONTROL
Package: fluxlua
Version: $version
Architecture: $architecture
Maintainer: The fluxlua authors <fluxlua@localhost>
Section: graphics
Priority: optional
Installed-Size: $(du -k --apparent-size -s "$root/usr" | cut -f1)
Depends: $depends, ca-certificates
Recommends: libchafa0, libpq5
Suggests: fonts-noto-core, fonts-noto-cjk, fonts-noto-color-emoji
Description: Lua scripts that make pictures with the Flux models
 fluxlua runs small Lua scripts that loop over prompts, vary seeds, branch on
 results and keep what is good. Many pictures are made at the same time, and
 none that was paid for is lost on the way. Without an API key a local service
 draws stand-in pictures for nothing.
CONTROL
  dpkg-deb --build --root-owner-group -Zxz "$root" "$to/fluxlua_${version}_$architecture.deb" >/dev/null
}

# Every library that a program or library needs, now or late, but for glibc's.
closure() {
  local file
  for file in "$@"; do ldd "$file"; done | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
    while read -r file; do
      case $(package_of "$file") in libc6:*) ;; *) echo "$file" ;; esac
    done
}

make_tarball() {
  local name=fluxlua-$version-linux-$(uname -m)
  local root=$work/$name
  local libraries=$root/lib/fluxlua files=() file package
  common "$root" zsh/site-functions
  cp CHANGELOG.md LICENSE README.md "$root/share/doc/fluxlua/"
  mkdir -p "$libraries/fonts"
  mapfile -t files < <(late_files "${late[@]}" libchafa.so.0 libpq.so.5)
  { closure "$built" "${files[@]}"; printf '%s\n' "${files[@]}"; } | sort -u >"$work/libraries"
  while read -r file; do
    install -m 644 "$file" "$libraries/$(basename "$file")"
    patchelf --set-rpath '$ORIGIN' "$libraries/$(basename "$file")"
    package=$(package_of "$file") package=${package%%:*}
    mkdir -p "$root/share/doc/fluxlua/licenses"
    cp -L "/usr/share/doc/$package/copyright" "$root/share/doc/fluxlua/licenses/$package"
  done <"$work/libraries"
  patchelf --set-rpath '$ORIGIN/../lib/fluxlua' "$root/bin/fluxlua"
  # Read where the system has no settings for fonts of its own.
  install -m 644 scripts/packages/fonts.conf /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf "$libraries/fonts"
  cp -L /usr/share/doc/fonts-dejavu-core/copyright "$root/share/doc/fluxlua/licenses/fonts-dejavu-core"

  # Nothing may come from this system but glibc.
  for file in "$root/bin/fluxlua" "$libraries"/*.so*; do ldd "$file"; done |
    awk '$2 == "=>" { print $1, $3 }' | sort -u |
    while read -r file place; do
      case $(readlink -m "$place") in "$(readlink -f "$libraries")"/*) continue ;; esac
      case $(package_of "$place") in libc6:*) ;; *) echo "package.sh: the tarball has no $file" >&2; exit 1 ;; esac
    done
  tar -C "$work" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - "$name" |
    gzip -9n >"$to/$name.tar.gz"
}

mkdir -p "$to"
rm -f "$to"/fluxlua_*.deb "$to"/fluxlua-*.tar.gz "$to/SHA256SUMS"
make_deb
make_tarball
(cd "$to" && sha256sum ./*.deb ./*.tar.gz | sed 's# \./# #' >SHA256SUMS)
for file in "$to"/*; do printf '%s  (%s)\n' "$file" "$(du -h --apparent-size "$file" | cut -f1)"; done
if [ -n "$check" ]; then scripts/check_package.sh "$to"; fi
