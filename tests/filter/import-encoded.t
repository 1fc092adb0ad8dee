#!/bin/sh
# ltimport --encoded: rows are the bytes of pictures, as they are or as they must become.
. "$(dirname "$0")/../lib.sh"
. "$here/../import.sh"
[ -n "$PYTHON" ] || { skip "$(basename "$0")" 'no Python with msgpack'; done_testing; }

pictures() { "$PYTHON" "$here/../pictures.py" "$@"; }
look() { pictures look "$1" | cut -d' ' -f1-3 | paste -sd'|' -; }
# The CRCs of the files below a directory, in the order of rows.
crcs() { (cd "$1" && "$PYTHON" -c '
import glob, zlib
for path in sorted(glob.glob("*/*")): print(path, "%08x" % zlib.crc32(open(path, "rb").read()))'); }
crcs_of() { pictures look "$1" | cut -d' ' -f1,4; }

i=0
while [ $i -lt 8 ]; do
	pictures png "f/a/$i.png" $((20 + 9 * i)) $((70 - 7 * i)) $((100 + i))
	pictures png "f/b/$i.png" $((60 - 5 * i)) $((16 + 8 * i)) $((200 + i)) grey
	i=$((i + 1))
done

# ---------------------------------------------------------------- as they are

ok '--encoded' ltimport --encoded f -o e.lts
is 'nothing is said' "$(cat err)" ""
is 'the bytes of the files, in order' "$(crcs_of e.lts)" "$(crcs f)"
is 'a column of bytes' "$(say e.lts '[(c["name"], c["dtype"], c["shape"]) for c in h["cols"]]')" \
	"[('image', 'bytes', []), ('y', '<i4', []), ('id', '<i8', []), ('key', 'bytes', [])]"
is 'counts, and no normalisation' "$(say e.lts 'd["class_counts"], "norm" in h')" '([8, 8], False)'
for threads in 1 2 3; do
	ltimport --encoded --threads $threads f >t.lts 2>err
	same "--threads $threads: the same stream" e.lts t.lts
done
tar -cf f.tar f
ltimport --encoded f.tar -o t.lts
is 'of an archive, too' "$(crcs_of t.lts | sed 's|^f/||')" "$(crcs f)"
ltimport --encoded --no-labels f/a -o t.lts
is 'without labels' "$(say t.lts 'h.get("classes"), d["rows"]')" '(None, 8)'
ok '--dry-run' ltimport --encoded --dry-run f
is '--dry-run needs no --size' "$(tail -n 1 out)" 'without --dry-run: 16 rows, split all'

# ---------------------------------------------------------------- --size

ok '--encoded --size' ltimport --encoded --size 30 f -o s.lts
is 'nothing is said of --size' "$(cat err)" ""
is 'the shorter side is at most 30, the longer in proportion' "$(look s.lts)" \
	"a/0.png PNG 20x70|a/1.png PNG 29x63|a/2.png JPEG 30x44|a/3.png JPEG 30x31|a/4.png JPEG 40x30|a/5.png JPEG 55x30|a/6.png PNG 74x28|a/7.png PNG 83x21|b/0.png PNG 60x16|b/1.png PNG 55x24|b/2.png JPEG 46x30|b/3.png JPEG 33x30|b/4.png JPEG 30x36|b/5.png JPEG 30x48|b/6.png PNG 30x64|b/7.png PNG 25x72"
for threads in 1 3; do
	ltimport --encoded --size 30 --threads $threads f >t.lts 2>err
	same "--size, --threads $threads: the same stream" s.lts t.lts
done
pictures files s.lts made
is 'those that are small are as they were' "$(crcs made | grep -e a/0 -e a/1 -e a/6 -e a/7 -e b/0 -e b/1 -e b/7)" \
	"$(crcs f | grep -e a/0 -e a/1 -e a/6 -e a/7 -e b/0 -e b/1 -e b/7)"
ok 'and all are JPEG when they are large' ltimport --encoded --size 8 f -o j.lts
is 'none is a PNG' "$(look j.lts | grep -c PNG)" 0
pictures files j.lts jpeg
ok 'JPEG files are taken as they are' ltimport --encoded jpeg -o t.lts
is 'their bytes' "$(crcs_of t.lts)" "$(crcs_of j.lts)"

# ---------------------------------------------------------------- what becomes PNG

# as_pixels NAME OPTIONS…: what --encoded made of odd/ is what is otherwise imported of it.
as_pixels() {
	name=$1
	shift
	rm -rf back x.lts y.lts
	ok "$name" ltimport --encoded "$@" odd -o odd.lts
	pictures files odd.lts back
	ltimport "$@" odd -o x.lts 2>err.x
	ltimport back -o y.lts 2>err.y
	is "$name: the pixels are those of lt import" "$(rows y.lts)" "$(rows x.lts)"
	is "$name: $(look odd.lts)" "$(look odd.lts | grep -c 'JPEG\|?')" 0
}
pictures ppm odd/a/1.ppm 12 9 7
pictures png odd/a/2.png 12 9 8
pictures ppm odd/b/3.ppm 12 9 9
as_pixels 'PPM'
told '2 images written as PNG: not 8-bit JPEG or PNG, or changed by an option'
rm -rf odd
pictures png odd/a/1.png 12 9 7 deep
pictures png odd/a/2.png 12 9 8
as_pixels '16 bits'
told '1 image written as PNG'
as_pixels '16 bits with --range' --range 100:30000
rm -rf odd
pictures png odd/a/1.png 12 9 7 alpha
as_pixels 'alpha'
is 'alpha alone changes nothing' "$(crcs_of odd.lts)" "$(crcs odd)"
as_pixels 'alpha with --background' --background 200,10,60
told '1 image written as PNG'
rm -rf odd
pictures png odd/a/1.png 12 9 7 turned
pictures png odd/a/2.png 9 12 8
as_pixels 'a picture to be turned'
is 'it is turned when it is read' "$(crcs_of odd.lts)" "$(crcs odd)"
rm odd/a/2.png
as_pixels '--no-orient' --no-orient
told '1 image written as PNG'
pictures png photos/a/1.png 60 40 7 turned
ltimport --encoded --size 20 photos -o t.lts 2>noise
is 'with --size it is turned first' "$(look t.lts)" 'a/1.png JPEG 20x30'
pictures files t.lts turned
ltimport --size 20 turned -o x.lts 2>noise
ltimport --size 20 --no-orient turned -o y.lts 2>noise
is 'and once' "$(rows x.lts)" "$(rows y.lts)"
pictures ppm large/a/1.ppm 40 60 3
pictures ppm large/b/2.ppm 4 6 3
ok 'with --size it is JPEG' ltimport --encoded --size 20 large -o t.lts
is 'with --size it is JPEG: rows' "$(look t.lts)" 'a/1.ppm JPEG 20x30|b/2.ppm JPEG 4x6'
is 'with --size nothing is said' "$(cat err)" ""

# ---------------------------------------------------------------- refused

fails_with 64 '--channels' ltimport --encoded --channels 1 f -o none.lts
err_has '--channels, message' '--channels does not go with --encoded'
"$PYTHON" -c '
import os
os.mkdir("cifar")
for name in ["data_batch_%d.bin" % i for i in range(1, 6)] + ["test_batch.bin"]:
    open("cifar/" + name, "wb").write(bytes(3073))
open("cifar/batches.meta.txt", "w").write("".join("c%d\n" % i for i in range(10)))'
ok 'an array format' ltimport cifar -o cifar.lts
fails_with 64 'an array format with --encoded' ltimport --encoded cifar -o none.lts
err_has 'an array format with --encoded, message' 'its images are pixels already (format cifar); --encoded is for'
cp -R f bad
pictures png bad/a/3.png 40 40 9 part
pictures png bad/b/2.png 40 40 9 part
for threads in 1 3; do
	fails_with 65 "a damaged picture, --threads $threads" ltimport --encoded --threads $threads bad -o none.lts
	err_has "a damaged picture, --threads $threads, message" 'a/3.png: damaged PNG image'
done
ok '--skip-bad' ltimport --encoded --skip-bad 2 bad -o t.lts
told 'a/3.png'
is '--skip-bad: rows' "$(say t.lts 'd["rows"], d["class_counts"]')" '(14, [7, 7])'
: >bad/a/3.png
fails_with 65 'an empty file' ltimport --encoded bad -o none.lts
pictures ppm long/a/1.ppm 1000001 1
fails_with 65 'wider than PNG files may be' ltimport --encoded long -o none.lts
err_has 'wider than PNG files may be, message' 'a/1.ppm: cannot be written as PNG: '
# Grey of few bits: 100,010,000 pixels in some kilobytes.
"$PYTHON" -c '
import sys; sys.path.insert(0, sys.argv[1])
import pictures, struct, zlib
pack = zlib.compressobj(9)
data = b"".join(pack.compress(bytes(1251)) for y in range(10001)) + pack.flush()
head = struct.pack(">IIBBBBB", 10000, 10001, 1, 0, 0, 0, 0)
pictures.save("huge/a/1.png", pictures.SIGNATURE + pictures.chunk(b"IHDR", head) + pictures.chunk(b"IDAT", data) +
    pictures.chunk(b"IEND", b""))' "$here/.."
fails_with 65 'more pixels than learners decode' ltimport --encoded --max-pixels 200000000 huge -o none.lts
err_has 'more pixels than learners decode, message' 'more pixels than learning programs decode; --size S'
ok 'but not with --size' ltimport --encoded --max-pixels 200000000 --size 32 huge -o t.lts
is 'but not with --size: rows' "$(look t.lts)" 'a/1.png JPEG 32x32'
is 'no output is left' "$(ls none.lts 2>/dev/null)" ""
done_testing
