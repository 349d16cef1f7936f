# A Homebrew formula that builds fluxlua from a checkout on this machine, since the project has no public address yet.
# In the checkout:
#
#   brew tap-new --no-git fluxlua/local
#   cp scripts/packages/fluxlua.rb "$(brew --repository fluxlua/local)/Formula/"
#   HOMEBREW_FLUXLUA_CHECKOUT="$PWD" brew install --HEAD fluxlua/local/fluxlua
#
# It builds what is committed there. With a public address, `head` names that, and a release's `url` and `sha256` come beside it.
class Fluxlua < Formula
  desc "Lua scripts that make pictures with the Flux models"
  license "MIT"
  head "file://#{ENV.fetch("HOMEBREW_FLUXLUA_CHECKOUT", Dir.pwd)}", using: :git, branch: "main"

  depends_on "pkgconf" => :build
  depends_on xcode: ["26.0", :build]
  depends_on "chafa"
  depends_on "curl"
  depends_on "giflib"
  depends_on "jpeg-turbo"
  depends_on "libedit"
  depends_on "libmicrohttpd"
  depends_on "libpq"
  depends_on "libsodium"
  depends_on "libspng"
  depends_on "lua@5.4"
  depends_on macos: :sequoia
  depends_on "openssl@3"
  depends_on "pango"
  depends_on "sqlite"
  depends_on "webp"
  depends_on "zlib"

  def install
    giflib = Formula["giflib"]
    # Homebrew's own sandbox is around the build already. giflib has no pkg-config file.
    system "swift", "build", "--disable-sandbox", "--configuration", "release", "--product", "fluxlua",
           "-Xcc", "-I#{giflib.opt_include}", "-Xlinker", "-L#{giflib.opt_lib}"
    bin.install ".build/release/fluxlua"
    generate_completions_from_executable(bin/"fluxlua", "completion", shells: [:bash, :zsh, :fish])
    (man1/"fluxlua.1").write Utils.safe_popen_read(bin/"fluxlua", "help", "--man")
    doc.install "README.md", "CHANGELOG.md"
    pkgshare.install Dir["scripts/*.lua", "scripts/*.csv"]
  end

  test do
    ENV.delete "APIFRAME_API_KEY"
    system bin/"fluxlua", pkgshare/"sweep_seeds.lua", "a red fox", "1"
    assert_path_exists testpath/"out/1.jpg"
  end
end
