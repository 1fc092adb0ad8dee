#!/bin/sh
# deps.sh [GOAL…]: what "make deps" runs.  It finds and installs what is missing for the goals,
# which are the other goals on make's command line.  If it may not install (not root, and "sudo
# -n" needs a password), it prints the command to run and fails.  It looks for commands, headers
# and pkg-config modules and does not query the package manager, so it is silent and quick when
# nothing is missing.
#
# Environment: CC, FUZZ_CC, PKG_CONFIG, PYTHON, STATIC, MPI as make has them.

set -u
: "${CC:=cc}" "${FUZZ_CC:=clang}" "${PKG_CONFIG:=pkg-config}" "${PYTHON:=}" "${STATIC:=}" "${MPI:=}"

have() {
	command -v "$1" >/dev/null 2>&1
}

# The requirements, by our names for them.
libraries='compiler pkg-config openblas libarchive libjpeg libpng zlib msgpack libwebp libtiff giflib jansson utf8proc'
testing='matio prove python numpy mandoc groff bash zsh fish cmp timeout'
pages='prove python chromium chromedriver selenium rsvg-convert'
linting='gcc clang clang-format mandoc shellcheck'
packaging='dpkg-buildpackage dh fakeroot lintian debootstrap'

needs=$libraries
[ -z "$STATIC" ] || needs="$needs static"
[ -z "$MPI" ] || needs="$needs openmpi mpirun"
for goal; do
	case $goal in
	check | check-long) needs="$needs $testing" ;;
	check-arm) needs="$needs prove timeout aarch64-linux-gnu-gcc qemu-aarch64 apt-get dpkg-deb" ;;
	check-scale) needs="$needs openmpi mpirun prove python ip unshare slurmctld slurmd srun munged sem" ;;
	check-static) needs="$needs static prove chroot" ;;
	deb) needs="$needs dpkg-buildpackage dh fakeroot" ;;
	check-deb) needs="$needs $packaging prove" ;;
	check-pages) needs="$needs $pages" ;;
	check-san) needs="$needs $testing sanitizers" ;;
	fuzz) needs="$needs sanitizers" ;;
	fuzz-long) needs="$needs libfuzzer" ;;
	bench) needs="$needs python" ;;
	lint) needs="$needs $linting" ;;
	esac
done

# Is it installed?  $1 is one of the names above.
present() {
	case $1 in
	compiler)
		# A compiler is useless without the C library's headers; -E checks both.
		have "${CC%% *}" && echo '#include <stdio.h>' | $CC -E -x c - >/dev/null 2>&1
		;;
	pkg-config) have "${PKG_CONFIG%% *}" ;;
	openblas | libarchive | libjpeg | libpng | zlib | libwebp | matio | jansson)
		have "${PKG_CONFIG%% *}" && $PKG_CONFIG --exists "$1" 2>/dev/null
		;;
	utf8proc) have "${PKG_CONFIG%% *}" && $PKG_CONFIG --exists libutf8proc 2>/dev/null ;;
	openmpi) have "${PKG_CONFIG%% *}" && $PKG_CONFIG --exists ompi-c 2>/dev/null ;;
	libtiff) have "${PKG_CONFIG%% *}" && $PKG_CONFIG --exists libtiff-4 2>/dev/null ;;
	giflib)
		# Some systems have no pkg-config module for it.
		have "${PKG_CONFIG%% *}" && {
			$PKG_CONFIG --exists libgif 2>/dev/null ||
				echo '#include <gif_lib.h>' | $CC -E -x c - >/dev/null 2>&1
		}
		;;
	msgpack)
		# The module has been called msgpack-c since version 6; in older packages it is
		# msgpack.
		have "${PKG_CONFIG%% *}" && {
			$PKG_CONFIG --exists msgpack-c 2>/dev/null ||
				$PKG_CONFIG --exists msgpack 2>/dev/null
		}
		;;
	python)
		for python in "$PYTHON" /usr/bin/python3 python3; do
			[ -n "$python" ] && "$python" -c 'import msgpack' 2>/dev/null && return 0
		done
		return 1
		;;
	numpy)
		for python in "$PYTHON" /usr/bin/python3 python3; do
			[ -n "$python" ] && "$python" -c 'import msgpack, numpy' 2>/dev/null && return 0
		done
		return 1
		;;
	chromium) have chromium || have chromium-browser || have google-chrome ;;
	selenium)
		for python in "$PYTHON" /usr/bin/python3 python3; do
			[ -n "$python" ] && "$python" -c 'import selenium' 2>/dev/null && return 0
		done
		return 1
		;;
	sanitizers)
		# gcc prints the bare name if it has no such library; other compilers include
		# theirs.
		have "${CC%% *}" || return 1
		case $($CC --version 2>/dev/null) in *'Free Software Foundation'*) ;; *) return 0 ;; esac
		for library in libasan.so libubsan.so; do
			case $($CC -print-file-name=$library) in */*) ;; *) return 1 ;; esac
		done
		;;
	static)
		# The dependencies of libarchive; the other libraries' packages include their archives.
		# shellcheck disable=SC2046 # a list
		have "${CC%% *}" && have "${PKG_CONFIG%% *}" &&
			echo 'int main(void) { return 0; }' | $CC -static -x c -o /dev/null - \
				$($PKG_CONFIG --static --libs libarchive 2>/dev/null | sed 's/-l\(acl\|xml2\)//g') >/dev/null 2>&1
		;;
	chroot | debootstrap | slurmctld | slurmd | munged) have "$1" || [ -x "/usr/sbin/$1" ] ;;
	libfuzzer)
		# Its library is often in another package than the compiler, so only linking can
		# check for it.
		have "${FUZZ_CC%% *}" &&
			echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d[n - 1]; }' |
			$FUZZ_CC -fsanitize=fuzzer,address,undefined -x c -o /dev/null - >/dev/null 2>&1
		;;
	*) have "$1" ;;
	esac
}

missing=
for need in $needs; do
	case " $missing " in *" $need "*) continue ;; esac
	present "$need" || missing="${missing:+$missing }$need"
done
[ -n "$missing" ] || exit 0

manager=
for manager in apt-get dnf pacman apk brew none; do
	have $manager && break
done

# The packages of this manager that provide $1.
packages_of() {
	case $manager:$1 in
	*:cmp) echo diffutils ;;
	*:timeout) echo coreutils ;;
	apt-get:compiler | apt-get:gcc) echo gcc libc6-dev ;;
	apt-get:sanitizers) echo gcc ;;
	apt-get:pkg-config) echo pkg-config ;;
	apt-get:openblas) echo libopenblas-dev ;;
	apt-get:libarchive | apt-get:libjpeg | apt-get:libpng | apt-get:libwebp | apt-get:libtiff) echo "$1-dev" ;;
	apt-get:matio | apt-get:jansson | apt-get:utf8proc) echo "lib$1-dev" ;;
	apt-get:giflib) echo libgif-dev ;;
	apt-get:openmpi) echo libopenmpi-dev ;;
	apt-get:mpirun) echo openmpi-bin ;;
	apt-get:ip) echo iproute2 ;;
	apt-get:unshare) echo util-linux ;;
	apt-get:slurmctld | apt-get:slurmd) echo "$1" ;;
	apt-get:srun) echo slurm-client ;;
	*:sem) echo parallel ;;
	apt-get:munged) echo munge ;;
	dnf:openmpi | dnf:mpirun) echo openmpi-devel ;;
	pacman:mpirun | apk:mpirun | brew:mpirun | brew:openmpi | pacman:openmpi) echo openmpi ;;
	apk:openmpi) echo openmpi-dev ;;
	dnf:ip | apk:ip | pacman:ip) echo iproute2 ;;
	apt-get:zlib) echo zlib1g-dev ;;
	apt-get:msgpack)
		# Debian 13 has a separate package for the C library; apt's lists determine
		# which name exists.
		if apt-cache show libmsgpack-c-dev >/dev/null 2>&1; then
			echo libmsgpack-c-dev
		else
			echo libmsgpack-dev
		fi
		;;
	apt-get:libfuzzer)
		# If there is no such package, clang itself includes the library.
		echo clang
		! apt-cache show libclang-rt-dev >/dev/null 2>&1 || echo libclang-rt-dev
		;;
	dnf:libfuzzer | pacman:libfuzzer | apk:libfuzzer) echo clang compiler-rt ;;
	apt-get:chromium | apt-get:chromedriver)
		# The package names of Ubuntu and Debian differ.
		if apt-cache show chromium >/dev/null 2>&1; then
			echo chromium chromium-driver
		else
			echo chromium-browser chromium-chromedriver
		fi
		;;
	apt-get:selenium | dnf:selenium) echo python3-selenium ;;
	apt-get:static) echo liblz4-dev libzstd-dev nettle-dev liblzma-dev libbz2-dev ;;
	apt-get:dpkg-buildpackage) echo dpkg-dev ;;
	apt-get:dh) echo debhelper ;;
	*:chroot) echo coreutils ;;
	apt-get:numpy | dnf:numpy) echo python3-numpy ;;
	pacman:numpy) echo python-numpy ;;
	apk:numpy) echo py3-numpy ;;
	apt-get:rsvg-convert) echo librsvg2-bin ;;
	dnf:rsvg-convert) echo librsvg2-tools ;;
	pacman:rsvg-convert | brew:rsvg-convert) echo librsvg ;;
	pacman:chromedriver) echo chromium ;;
	pacman:selenium) echo python-selenium ;;
	apk:chromedriver) echo chromium-chromedriver ;;
	apk:selenium) echo py3-selenium ;;
	brew:selenium) echo python ;;
	apt-get:aarch64-linux-gnu-gcc) echo gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
	apt-get:qemu-aarch64) echo qemu-user ;;
	apt-get:groff | dnf:groff) echo groff-base ;;
	apt-get:prove) echo perl ;;
	apt-get:python) echo python3 python3-msgpack ;;
	dnf:compiler) echo gcc ;;
	dnf:sanitizers) echo libasan libubsan ;;
	dnf:pkg-config) echo pkgconf-pkg-config ;;
	dnf:libjpeg) echo libjpeg-turbo-devel ;;
	dnf:openblas | dnf:libarchive | dnf:libpng | dnf:zlib | dnf:msgpack | dnf:libwebp | dnf:libtiff | dnf:giflib | dnf:matio | dnf:jansson | dnf:utf8proc) echo "$1-devel" ;;
	dnf:prove) echo perl-Test-Harness ;;
	dnf:python) echo python3 python3-msgpack ;;
	dnf:clang-format) echo clang-tools-extra ;;
	dnf:shellcheck) echo ShellCheck ;;
	pacman:compiler | pacman:sanitizers) echo gcc ;;
	pacman:pkg-config) echo pkgconf ;;
	pacman:libjpeg) echo libjpeg-turbo ;;
	pacman:msgpack) echo msgpack-c ;;
	pacman:matio | pacman:utf8proc) echo "lib$1" ;;
	pacman:prove) echo perl ;;
	pacman:python) echo python python-msgpack ;;
	pacman:clang-format) echo clang ;;
	apk:compiler | apk:gcc) echo gcc musl-dev ;;
	apk:sanitizers) echo clang compiler-rt ;;
	apk:pkg-config) echo pkgconf ;;
	apk:openblas | apk:libarchive | apk:libpng | apk:zlib | apk:libwebp | apk:giflib | apk:matio | apk:jansson | apk:utf8proc) echo "$1-dev" ;;
	apk:libtiff) echo tiff-dev ;;
	apk:libjpeg) echo libjpeg-turbo-dev ;;
	apk:msgpack) echo msgpack-c-dev ;;
	apk:prove) echo perl-utils ;;
	apk:python) echo python3 py3-msgpack ;;
	apk:clang-format) echo clang-extra-tools ;;
	brew:compiler | brew:sanitizers) echo gcc ;;
	brew:pkg-config) echo pkgconf ;;
	brew:libjpeg) echo jpeg-turbo ;;
	brew:libwebp) echo webp ;;
	brew:matio) echo libmatio ;;
	brew:prove) echo perl ;;
	brew:clang | brew:libfuzzer) echo llvm ;;
	brew:python) echo python ;;
	*) echo "$1" ;;
	esac
}

# Sets "command" to the command that installs everything missing.
plan() {
	packages=
	for need in $missing; do
		for package in $(packages_of "$need"); do
			case " $packages " in *" $package "*) continue ;; esac
			packages="${packages:+$packages }$package"
		done
	done
	case $manager in
	apt-get) command="DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages" ;;
	dnf) command="dnf install -y $packages" ;;
	pacman) command="pacman -S --needed --noconfirm $packages" ;;
	apk) command="apk add $packages" ;;
	brew) command="brew install $packages" ;;
	esac
	# Homebrew has no formulas for these Python modules.
	case $manager:" $missing " in
	brew:*' python '*)
		command="$command && python3 -m pip install --user --break-system-packages msgpack"
		;;
	esac
	case $manager:" $missing " in
	brew:*' selenium '*)
		command="$command && python3 -m pip install --user --break-system-packages selenium"
		;;
	esac
}

# Updates the package lists, which a fresh system lacks, and whose entries may be gone from the
# servers.
refresh=
case $manager in
apt-get) refresh='apt-get update' ;;
pacman) refresh='pacman -Sy --noconfirm' ;;
apk) refresh='apk update' ;;
none)
	echo "deps: missing: $missing" >&2
	echo 'deps: no known package manager (apt-get, dnf, pacman, apk, brew): install them by hand' >&2
	exit 1
	;;
esac

# Its libraries come from Debian, and so do the tools that unpack them.
case " $missing " in
*" apt-get "* | *" dpkg-deb "*)
	echo 'deps: check-arm needs Debian: apt-get, dpkg-deb, gcc-aarch64-linux-gnu and qemu-user' >&2
	exit 1
	;;
esac

case $manager:" $missing " in
apt-get:*) ;;
*" dpkg-buildpackage "* | *" dh "*)
	echo 'deps: a package for Debian needs Debian: dpkg-dev, debhelper, fakeroot' >&2
	exit 1
	;;
*" static "*)
	echo 'deps: STATIC=1 needs static archives of all libraries, whose packages are known for Debian alone' >&2
	exit 1
	;;
esac

# How to become root: nothing (already root, or Homebrew), sudo, or impossible.
if [ "$manager" = brew ] || [ "$(id -u)" = 0 ]; then
	as_root='sh -c'
elif have sudo && sudo -n true 2>/dev/null; then
	as_root='sudo -n sh -c'
else
	plan
	case $manager in apt-get | apk) command="$refresh && $command" ;; esac
	echo "deps: missing: $missing" >&2
	echo 'deps: only root may install it; type this, then the same make again:' >&2
	if have sudo; then become='sudo sh -c'; else become='su -c'; fi
	echo "	$become '$command'" >&2
	exit 1
fi

plan
echo "deps: missing: $missing"
echo "deps: $command"
if ! $as_root "$command" </dev/null; then
	[ -n "$refresh" ] || exit 1
	echo "deps: $refresh"
	$as_root "$refresh" </dev/null || exit 1
	plan
	echo "deps: $command"
	$as_root "$command" </dev/null || exit 1
fi

for need in $missing; do
	if ! present "$need"; then
		echo "deps: $need: still not found after installing $(packages_of "$need")" >&2
		[ "$need" != sanitizers ] || echo 'deps: try CC=clang' >&2
		[ "$need" != libfuzzer ] || echo 'deps: name a clang that has it: FUZZ_CC=clang-18' >&2
		exit 1
	fi
done
