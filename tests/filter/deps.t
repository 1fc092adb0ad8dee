#!/bin/sh
# "make deps" in a fake root: a PATH of stubs without pkg-config and the libraries, and package
# managers that record their calls.  The compiler and pkg-config write to the same log, so that
# the order of the calls can be checked.
. "$(dirname "$0")/../lib.sh"

. "$here/../tree.sh"

fake_tree

# The stub of every package manager: it writes its call to the log and installs pkg-config and
# each tool that has the name of a package.
installer='
echo "$(basename "$0") $*" >>"$LOG"
case " $* " in
*" install "* | *" add "* | *" -S "*)
	[ -z "$STALE" ] || [ -f "$ROOT/updated" ] || exit 100
	sleep 0.2
	for name in pkg-config "$@"; do
		case $name in -* | install | add | */*) continue ;; perl) name=prove ;; groff-base) name=groff ;; diffutils) name=cmp ;; coreutils) name=timeout ;; gcc-aarch64-linux-gnu) name=aarch64-linux-gnu-gcc ;; qemu-user) name=qemu-aarch64 ;; dpkg-dev) name=dpkg-buildpackage ;; openmpi-bin) name=mpirun ;; slurm-client) name=srun ;; parallel) name=sem ;; munge) name=munged ;; iproute2) name=ip ;; util-linux) name=unshare ;; debhelper) name=dh ;; esac
		printf "#!/bin/sh\necho pkg-config \"\$*\" >>\"\$LOG\"\n" >"$ROOT/$name.new"
		chmod +x "$ROOT/$name.new"
		mv "$ROOT/$name.new" "$ROOT/$name"
	done ;;
*" update "*) : >"$ROOT/updated" ;;
esac'

# fresh MANAGER USER: a root without packages, the manager's stub in it.
fresh() {
	rm -rf root log tree/build
	mkdir root
	: >log
	for tool in sh cat sed grep mkdir rm mv chmod dirname basename env touch sleep uname; do
		ln -s "$(command -v $tool)" "root/$tool"
	done
	stub root id "echo $2"
	stub root true exit
	stub_compiler root
	stub root python-with-msgpack exit
	[ "$1" = none ] || stub root "$1" "$installer"
	[ "$1" != apt-get ] || stub root apt-cache 'exit 100'
	STALE=
}

# run_make ARGUMENT…: make in the fake root.
run_make() {
	env -i PATH="$T/root" ROOT="$T/root" LOG="$T/log" STALE="$STALE" \
		"$make" -C tree --no-print-directory PYTHON=python-with-msgpack "$@"
}

# has NAME REGULAR-EXPRESSION FILE
has() {
	grep -q "$2" "$3"
	tap $? "$1"
}

# The program that wrote the first line of the log.
order() {
	sed -n '1s/ .*//p' log
}

for jobs in -j1 -j4; do
	fresh apt-get 0
	ok "$jobs: deps before anything else" run_make $jobs deps all
	is "$jobs: nothing is compiled and no flags are asked for before the installation" "$(order)" apt-get
	is "$jobs: one installation" "$(grep -c '^apt-get' log)" 1
	is "$jobs: both programs were linked" "$(ls tree/build/bin)" "ltx
train"
	is "$jobs: no error message" "$(cat err)" ''
done
for package in libopenblas-dev libarchive-dev libjpeg-dev libpng-dev zlib1g-dev libmsgpack-dev libwebp-dev libtiff-dev libgif-dev libjansson-dev libutf8proc-dev pkg-config; do
	has "asks for $package" "^apt-get install.* $package\( \|\$\)" log
done

: >log
ok 'again, with all there' run_make -s -j4 deps all
is 'nothing missing: no output' "$(cat out err)" ''
is 'nothing missing: no package manager is called' "$(grep apt-get log)" ''

fresh apt-get 0
stub root apt-cache 'exit 0'
ok "with apt lists that know it" run_make deps
has "the C library has a package of its own" 'libmsgpack-c-dev' log

fresh apt-get 0
STALE=1
ok 'a system without package lists' run_make deps
is 'refreshes them once and tries again' "$(sed -n 's/^apt-get \(update\|install\).*/\1/p' log)" 'install
update
install'

fresh apt-get 1000
fails_with 2 'neither root nor sudo' run_make -j4 deps all
has 'prints the command to type' "su -c 'apt-get update && .*apt-get install.* libopenblas-dev" err
is 'and neither installs nor compiles' "$(cat log)" ''

fresh apt-get 1000
stub root sudo 'exit 1'
fails_with 2 'sudo with a password' run_make -j4 deps all
has 'prints the command with sudo' "sudo sh -c 'apt-get update && .*apt-get install.* libopenblas-dev" err
is 'sudo with a password: does not wait for it' "$(cat log)" ''

fresh apt-get 1000
stub root sudo '[ "$1" = -n ] || exit 1; shift; exec "$@"'
ok 'sudo without a password' run_make -j4 deps all
is 'installs first' "$(order)" apt-get

# The tools of other goals, none of which the demo needs.
fresh apt-get 0
ok 'deps for a demo' run_make deps -o demo demo
is 'deps for a demo: no test tools' "$(grep -cE 'shellcheck|mandoc|groff|perl|clang' log)" 0
fresh apt-get 0
ok 'deps for all checks' run_make deps -o check check -o lint lint -o check-san check-san -o fuzz fuzz
for package in perl mandoc groff-base shellcheck clang clang-format; do
	has "asks for $package" "^apt-get install.* $package\( \|\$\)" log
done

# Only its own goal needs libFuzzer, which is found by linking with it.
has_not() {
	! grep -q "$2" "$3"
	tap $? "$1"
}
fresh apt-get 0
ok 'deps for a long fuzzing' run_make deps -o fuzz-long fuzz-long
has 'asks for clang' '^apt-get install.* clang\( \|$\)' log
has_not 'and no library that apt does not know' 'libclang-rt-dev' log
fresh apt-get 0
stub root apt-cache 'exit 0'
stub root clang 'case "$*" in *-fsanitize=fuzzer*) [ -f "$ROOT/libclang-rt-dev" ] ;; esac'
ok 'clang without the library' run_make deps -o fuzz-long fuzz-long
has 'asks for the library' '^apt-get install.* libclang-rt-dev\( \|$\)' log
: >log
ok 'again, with the library' run_make -s deps -o fuzz-long fuzz-long
is 'then nothing is installed' "$(grep '^apt-get' log)" ''


# MPI is asked for by a variable or by the goal whose tests need it.
fresh apt-get 0
ok 'deps for MPI=1' run_make deps MPI=1 -o all all
has 'asks for Open MPI' '^apt-get install.* libopenmpi-dev\( \|$\)' log
has_not 'and not for Slurm' 'slurmctld' log
fresh apt-get 0
ok 'deps for check-scale' run_make deps -o check-scale check-scale
for package in libopenmpi-dev openmpi-bin slurm-client parallel iproute2; do
	has "asks for $package" "^apt-get install.* $package\( \|\$\)" log
done

# The tools for the other processor come from Debian.
fresh apt-get 0
stub root dpkg-deb exit
ok 'deps for check-arm' run_make deps -o check-arm check-arm
for package in gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user; do
	has "asks for $package" "^apt-get install.* $package\( \|\$\)" log
done
is 'the first use of a compiler or pkg-config is later' "$(order)" apt-get
fresh dnf 0
fails_with 2 'deps for check-arm on another system' run_make deps -o check-arm check-arm
is 'is one line' "$(grep -c '^deps:' err)" 1
has 'with what it needs' 'check-arm needs Debian' err
is 'and installs nothing' "$(cat log)" ''

# A static build needs more of libarchive's libraries, and says so if it knows no packages.
fresh apt-get 0
stub root cc 'case " $* " in *" -dumpmachine "*) exit ;; *" -static "*) [ -f "$ROOT/liblz4-dev" ] ;; esac'
ok 'deps of a static build' run_make deps STATIC=1
has 'asks for what libarchive uses in turn' '^apt-get install.* liblz4-dev\( \|$\)' log
: >log
ok 'again, with them' run_make -s deps STATIC=1
is 'then nothing is installed' "$(cat out; grep '^apt-get' log)" ''
fresh dnf 0
stub root cc 'case " $* " in *" -static "*) exit 1 ;; esac'
fails_with 2 'deps of a static build on another system' run_make deps STATIC=1
has 'says that it knows none' 'deps: STATIC=1 needs static archives' err
fresh apt-get 0
ok 'deps for a package' run_make deps -o deb deb
has 'asks for its tools' '^apt-get install.* dpkg-dev debhelper fakeroot' log

# Package names of the other systems.
try() {
	fresh "$1" 0
	ok "$1" run_make deps
	is "$1 is called once, with its own names" "$(sed -n "/^$1/p" log)" "$2"
}
try dnf 'dnf install -y pkgconf-pkg-config openblas-devel libarchive-devel libjpeg-turbo-devel libpng-devel zlib-devel msgpack-devel libwebp-devel libtiff-devel giflib-devel jansson-devel utf8proc-devel'
try pacman 'pacman -S --needed --noconfirm pkgconf openblas libarchive libjpeg-turbo libpng zlib msgpack-c libwebp libtiff giflib jansson libutf8proc'
try apk 'apk add pkgconf openblas-dev libarchive-dev libjpeg-turbo-dev libpng-dev zlib-dev msgpack-c-dev libwebp-dev tiff-dev giflib-dev jansson-dev utf8proc-dev'
try brew 'brew install pkgconf openblas libarchive jpeg-turbo libpng zlib msgpack webp libtiff giflib jansson utf8proc'

fresh none 0
fails_with 2 'a system without a known package manager' run_make deps
has 'names what is missing' 'missing: pkg-config openblas' err

fresh apt-get 0
stub root cc 'exit 1'
fails_with 2 'a compiler that stays broken' run_make deps
has 'is reported as still missing' 'compiler: still not found' err

done_testing
