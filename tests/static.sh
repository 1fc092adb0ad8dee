#!/bin/sh
# Programs of "make STATIC=1" ($LT_STATIC) in a root that holds nothing else: no library, no shell,
# no /proc, no /dev.  Their output must equal that of the ordinary build.  "make check-static" runs
# this; it needs chroot(1), as root or with unshare(1).
. "$(dirname "$0")/lib.sh"
: "${LT_STATIC:?run by make check-static}"

mkdir -p root/bin root/tmp
cp "$LT_STATIC"/* root/bin/

inside() {
	if [ "$(id -u)" = 0 ]; then
		/usr/sbin/chroot root "$@"
	else
		PATH=/usr/sbin:$PATH unshare -r chroot root "$@"
	fi
}
if ! inside /bin/lt --help >out 2>err; then
	sed 's/^/# /' err
	skip 'the programs in an empty root' 'chroot does not work here'
	done_testing
fi

for path in "$LT_STATIC"/*; do
	program=${path##*/}
	ok "$program runs" inside "/bin/$program" --version
	is "$program is the whole version" "$(sed -n 1p out)" "$("$LT_BIN/$program" --version | sed -n 1p)"
done
inside /bin/ltimport --version >version
ok 'import says which formats this build lacks' \
	grep -q 'no WebP (built without libwebp); no TIFF (built without libtiff); no GIF (built without giflib)' version

# same_both NAME PROGRAM ARGUMENT…: the output in the empty root and that of the plain build.
same_both() {
	name=$1 program=$2
	shift 2
	inside "/bin/$program" "$@" >static.out 2>err
	code=$?
	tap $code "$name"
	[ $code = 0 ] || sed 's/^/# /' err
	(cd root && exec "$LT_BIN/$program" "$@") >plain.out 2>/dev/null
	[ -s static.out ] && cmp -s static.out plain.out
	tap $? "$name: what the plain build writes"
}

# Names in an archive that are not ASCII need a UTF-8 locale, which this root lacks.
mkdir -p 'root/tmp/pictures/Käfer' root/tmp/pictures/owl
for i in 1 2 3; do
	printf 'P6 2 2 255\n%012d' $i >"root/tmp/pictures/Käfer/ä$i.ppm"
	printf 'P6 2 2 255\n%012d' 7$i >"root/tmp/pictures/owl/$i.ppm"
done
(cd root/tmp && tar -czf pictures.tar.gz pictures)
ltsynth --per-class 30 --classes 3 --size 8 >root/tmp/rows.lts
ltsynth --split test --per-class 5 --classes 3 --size 8 >root/tmp/test.lts

same_both 'a folder' ltimport tmp/pictures
same_both 'an archive' ltimport tmp/pictures.tar.gz
same_both 'the dispatcher, without /proc' lt split --ratio 5 tmp/rows.lts
same_both 'a model' train --arch resnet20 --epochs 1 --threads 1 --kernel ref tmp/rows.lts
cp static.out root/tmp/model.lts
same_both 'its figures' eval --threads 1 --model tmp/model.lts tmp/test.lts
same_both 'the same by the best kernels' train --arch resnet20 --epochs 1 --threads 1 tmp/rows.lts
done_testing
