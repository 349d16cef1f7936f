# Sourced by the scripts beside it: finds Swift, installs the system packages that are missing, and says what it does.
# With nothing to do it takes a few hundredths of a second.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# What building needs; fonts are for the prompts on stand-in pictures, in whatever script they are written.
packages=(
  pkg-config binutils liblua5.4-dev libcurl4-openssl-dev libssl-dev libmicrohttpd-dev libsodium-dev libspng-dev zlib1g-dev
  libturbojpeg0-dev libwebp-dev libgif-dev libpango1.0-dev libsqlite3-dev libedit-dev libchafa0 libpq5 ca-certificates
  fonts-dejavu-core fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
)
# What only the tests need.
test_packages=(
  lua-check lua5.4 nginx openssl locales postgresql
  # Other programs that read what we write into pictures.
  libimage-exiftool-perl imagemagick python3-pil
  # The shells whose completion we write, and what formats the manual page.
  zsh fish groff-base
  # A terminal and a browser to look at.
  python3-pexpect python3-pyte chromium chromium-driver python3-selenium
)
# What scripts/package.sh needs besides; debootstrap is for its check.
package_packages=(dpkg-dev patchelf debootstrap fonts-dejavu-core)

# Of the whole project, from the one line that says it.
version() { sed -n 's/.*static let version = "\(.*\)"/\1/p' Sources/FluxClient/Version.swift; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Runs a command whose output is worth reading only when it fails.
logged() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    echo "setup: '$*' failed (see above)" >&2
    exit 1
  fi
  rm -f "$log"
}

install_missing() {
  local missing=() package
  if ! command -v dpkg-query >/dev/null; then
    command -v brew >/dev/null && return 0
    echo "setup: this is neither Debian nor a Mac with Homebrew; install by hand: $*" >&2
    return 0
  fi
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null)" = "ii " ] || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  echo "setup: installing ${missing[*]}" >&2
  logged as_root apt-get update -q
  logged as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

find_swift() {
  command -v swift >/dev/null && return 0
  local folder
  for folder in /opt/swift/usr/bin /usr/local/swift/usr/bin "$HOME/.local/share/swiftly/bin"; do
    if [ -x "$folder/swift" ]; then
      PATH="$folder:$PATH"
      return 0
    fi
  done
  echo "setup: Swift 6 is missing; see https://www.swift.org/install" >&2
  exit 1
}

# Debian's archive of Lua as one object file: in the shared library the interpreter is a twelfth slower. It is no archive
# any more, so that the program shows Lua's functions to modules in C, as Debian's own lua5.4 does. Prints its path;
# nothing where there is no such archive, and then the shared library serves.
lua_object() {
  local archive object=.build/lua5.4.o
  archive=$(pkg-config --variable=libdir lua5.4 2>/dev/null)/liblua5.4.a
  [ -f "$archive" ] && command -v ld >/dev/null || return 0
  if [ ! "$object" -nt "$archive" ]; then
    mkdir -p .build
    ld -r --whole-archive "$archive" -o "$object" || return 0
  fi
  echo "$PWD/$object"
}

# Builds the release binary unless it is newer than everything that it is made from; prints its path.
release_binary() {
  local binary=.build/release/fluxlua
  if [ ! -x "$binary" ] || [ -n "$(find Package.swift Sources stdlib -newer "$binary" -print -quit)" ]; then
    find_swift
    install_missing "${packages[@]}"
    echo "setup: building fluxlua (the first time takes a few minutes)" >&2
    local lua
    lua=$(lua_object)
    logged swift build -c release --static-swift-stdlib --product fluxlua ${lua:+-Xlinker "$lua"}
    # A build that had nothing to change leaves the binary's time as it was.
    touch "$binary"
  fi
  echo "$PWD/$binary"
}
