# A formula for Homebrew.  UNTRIED: nobody has run it yet.  There is no published archive either;
# "url" and "sha256" are to be filled in when there is one, and until then
#   brew install --build-from-source --HEAD ./ltpipe.rb
# wants "head" to name a repository.
class Ltpipe < Formula
  desc "Learn from imbalanced image data with filters over pipes"
  homepage "https://arxiv.org/abs/2006.07529"
  license "MIT"
  head "file:///path/to/ltpipe", using: :git, branch: "main"

  depends_on "make" => :build
  depends_on "pkgconf" => :build
  depends_on "giflib"
  depends_on "jansson"
  depends_on "jpeg-turbo"
  depends_on "libarchive"
  depends_on "libpng"
  depends_on "libtiff"
  depends_on "msgpack"
  depends_on "openblas"
  depends_on "utf8proc"
  depends_on "webp"

  uses_from_macos "zlib"

  # The Makefile needs GNU make 4; macOS has 3.81.
  def install
    system "gmake", "install", "PREFIX=#{prefix}", "FISHDIR=#{fish_completion}",
           "ZSHDIR=#{zsh_completion}", "BASHDIR=#{bash_completion}"
  end

  test do
    system bin/"lt", "synth", "--per-class", "8", "-o", "rows.lts"
    assert_match /^rows\s+80$/, shell_output("#{bin}/lt cat --count rows.lts")
  end
end
