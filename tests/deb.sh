#!/bin/sh
# The Debian package: two builds in different directories and environments give the same bytes,
# lintian finds nothing, and in a fresh Debian the package installs, works and leaves no files
# when it is removed.  "make check-deb" runs this as root; debootstrap downloads that Debian
# (LT_SUITE, by default the release of this system) once and keeps it in
# build/deb/debian.tar.
. "$(dirname "$0")/lib.sh"
: "${LT_BUILD:?run by make check-deb}"
top=$(cd "$here/.." && pwd)
out=$top/build/deb
make=$(command -v make)
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS
PATH=$PATH:/usr/sbin:/sbin

for tool in dpkg-buildpackage dh lintian debootstrap; do
	command -v $tool >/dev/null || { skip 'the package' "no $tool"; done_testing; }
done
[ "$(id -u)" = 0 ] || { skip 'the package' 'not root'; done_testing; }

cd "$top" || exit 1
version=$(sed -n 's/^#define LT_VERSION "\(.*\)"/\1/p' libcore/cli/cli.h)
ok 'a package' "$make" deb
plain=$(echo "$PATH" | tr : '\n' | grep -v ccache | paste -sd : -)
ok 'another build, without a compiler cache' env PATH="$plain" TZ=Asia/Kolkata LANG=C.UTF-8 \
	HOME=/nonexistent VERSION="$version" sh -c "umask 077; pipelines/package/deb.sh $T/elsewhere/deeper"
cd "$T" || exit 1
for deb in "$out"/*.deb; do
	same "${deb##*/}: the same bytes" "$deb" "elsewhere/deeper/${deb##*/}"
done
ok 'lintian finds nothing' lintian --fail-on error,warning,info --allow-root "$out"/ltpipe_*.changes
is 'and prints nothing' "$(cat out err)" ''

suite=${LT_SUITE:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
mkdir root
if [ -f "$out/debian.tar" ]; then
	tar -xf "$out/debian.tar" -C root
elif debootstrap --variant=minbase "$suite" root >log 2>&1; then
	tar -cf "$out/debian.tar" -C root .
else
	sed 's/^/# /' log
	skip 'a fresh Debian' 'debootstrap failed'
	done_testing
fi
inside() {
	DEBIAN_FRONTEND=noninteractive chroot root "$@"
}
files() {
	inside dpkg-query -f '${Package}\n' -W
	inside find /usr /etc /bin /sbin -xdev ! -name ld.so.cache
}
cp "$out"/ltpipe_*.deb root/tmp/package.deb
ok 'its dependencies can be installed' inside sh -c 'apt-get update && apt-get install -y --no-install-recommends man-db /tmp/package.deb && apt-get remove -y ltpipe'
files >before
ok 'it installs' inside dpkg -i /tmp/package.deb
inside lt --version >version 2>err
is '--version has no commit, as the package is not built in a checkout' "$(cat version)" "lt (ltpipe) $version"
ok 'a pipeline' inside sh -c 'lt synth --per-class 40 --classes 3 --size 8 | lt split --ratio 4 | lt train --arch resnet20 --epochs 1 -o /tmp/model.lts && lt synth --split test --per-class 5 --classes 3 --size 8 | lt eval --model /tmp/model.lts'
ok 'import reads every format' sh -c '! chroot root ltimport --version | grep -q "built without"'
for page in lt lt-train ltimport lt-stream ltpipe; do
	ok "man $page" inside sh -c "man -w $page"
done
for file in bash-completion/completions/lt-train zsh/vendor-completions/_lt fish/vendor_completions.d/lt.fish; do
	ok "completion: $file" test -e "root/usr/share/$file"
done
ok 'it is removed' inside dpkg -P ltpipe
files >after
same 'and leaves nothing' before after
done_testing
