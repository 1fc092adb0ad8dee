#!/bin/sh
# ltimport: every format in every kind of input gives the canonical rows.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'ltimport' 'no Python with msgpack'
	done_testing
fi

. "$here/../import.sh"

# ---------------------------------------------------------------- CIFAR

cat >cifar.py <<'END'
import io, sys, tarfile
def record(label, k):
    return bytes(label) + bytes((k * 7 + i // 5) % 256 for i in range(3072))
def batch(b, n=3):
    return b''.join(record([(b + i) % 10], b * n + i) for i in range(n))
names = 'airplane automobile bird cat deer dog frog horse ship truck'.split()
ten = {'batches.meta.txt': ('\n'.join(names) + '\n\n').encode(), 'readme.html': b'<html>',
       'test_batch.bin': batch(6, 2)}
for b in range(1, 6):
    ten['data_batch_%d.bin' % b] = batch(b)
hundred = {'train.bin': b''.join(record([i % 20, 5 * i], i) for i in range(4)),
           'test.bin': record([19, 99], 9),
           'fine_label_names.txt': ''.join('fine%d\n' % i for i in range(100)).encode(),
           'coarse_label_names.txt': ''.join('coarse%d\n' % i for i in range(20)).encode()}
def write(path, top, files, order):
    with tarfile.open(path, 'w:gz') as t:
        for name in order:
            info = tarfile.TarInfo(top + '/' + name)
            info.size = len(files[name])
            t.addfile(info, io.BytesIO(files[name]))
write('cifar10.tar.gz', 'cifar-10-batches-bin', ten, sorted(ten))
write('mixed.tar.gz', 'cifar-10-batches-bin', ten, sorted(ten, key=lambda n: 'data_batch_43251.meta'.find(n[11:12]) if '_batch_' in n else 99))
write('cifar100.tar.gz', 'cifar-100-binary', hundred, sorted(hundred))
ten['data_batch_3.bin'] = ten['data_batch_3.bin'][:-1]
write('short.tar.gz', 'cifar-10-batches-bin', ten, sorted(ten))
ten['data_batch_3.bin'] = b'\x0a' + ten['data_batch_3.bin'][1:] + b'.'
write('label.tar.gz', 'cifar-10-batches-bin', ten, sorted(ten))
# The rows that must come out, from the definition of the format.
import zlib
at = 0
for b in range(1, 6):
    for i in range(3):
        p = record([0], b * 3 + i)[1:]
        hwc = bytes(p[c * 1024 + j] for j in range(1024) for c in range(3))
        print(at, (b + i) % 10, 'train', names[(b + i) % 10], '-', '32x32x3', '%08x' % zlib.crc32(hwc))
        at += 1
END
"$PYTHON" cifar.py >want

ok 'CIFAR-10' ltimport cifar10.tar.gz -o ten.lts
rows ten.lts >got
same 'its rows, by batch and record' got want
is 'the norm of the published code' "$(say ten.lts 'h["norm"]')" \
	"$(printf "{'mean': [0.4914, 0.4822, 0.4465], 'std': [0.2023, 0.1994, 0.201]}")"
is 'provenance: bytes of the archive' "$(say ten.lts 'h["prov"][0]["in"][0][1]["bytes"]')" \
	"$(($(wc -c <cifar10.tar.gz)))"
ok 'CIFAR-10 from a pipe' sh -c 'cat cifar10.tar.gz | ltimport >pipe.lts'
same 'gives the same bytes' pipe.lts ten.lts
ok 'CIFAR-10 from a redirected file' sh -c 'ltimport - <cifar10.tar.gz >pipe.lts'
same 'gives the same bytes too' pipe.lts ten.lts
ok 'batches out of order' ltimport mixed.tar.gz -o mixed.lts
rows mixed.lts >got
same 'are put in order' got want
ok 'and so from a pipe' sh -c 'cat mixed.tar.gz | ltimport >pipe.lts'
same 'with the same bytes' pipe.lts mixed.lts
ok 'the test split' ltimport --split test cifar10.tar.gz -o test.lts
is 'has the test batch' "$(rows test.lts | cut -d' ' -f1-4)" "$(printf '0 6 test frog\n1 7 test horse')"
ok 'all splits' ltimport --split all cifar10.tar.gz -o all.lts
is 'train before test' "$(rows all.lts | tail -n 1 | cut -d' ' -f1-4)" '16 7 - horse'
fails_with 65 'a split that is not there' ltimport --split extra cifar10.tar.gz
err_has 'is named' 'there is no split "extra" in it'
mkdir plain
tar xzf cifar10.tar.gz -C plain
ok 'CIFAR-10 from a directory' ltimport plain -o plain.lts
rows plain.lts >got
same 'its rows' got want
err_has 'of which only the page is told' 'passed over: 1 file of another kind (cifar-10-batches-bin/readme.html)'
cp -r plain less && rm less/*/data_batch_2.bin less/*/data_batch_5.bin
rm less/*/readme.html
ok 'CIFAR-10 without two batches' ltimport less -o less.lts
err_has 'they are named' 'less: of the 5 batches of CIFAR-10 these are missing: 2, 5'
ok 'its test split' ltimport --split test less -o less.lts
is 'needs none of them' "$(cat err)" ''
ok 'grey and resized' ltimport --channels 1 --size 16 cifar10.tar.gz -o grey.lts
is 'the shape' "$(rows grey.lts | sed -n 1p | cut -d' ' -f6)" 16x16x1
fails_with 65 'a batch without its last byte' ltimport short.tar.gz
err_has 'is named' 'short.tar.gz: cifar-10-batches-bin/data_batch_3.bin: truncated after 2 records'
fails_with 65 'label 10' ltimport label.tar.gz
err_has 'is named' 'record 0 has label 10 of 10 classes'
fails_with 64 'a format of later' ltimport --format svhn cifar10.tar.gz
fails_with 64 'encoded images' ltimport --encoded cifar10.tar.gz

ok 'CIFAR-100' ltimport cifar100.tar.gz -o hundred.lts
is 'fine labels' "$(rows hundred.lts | cut -d' ' -f1-4)" \
	"$(printf '0 0 train fine0\n1 5 train fine5\n2 10 train fine10\n3 15 train fine15')"
ok 'CIFAR-100, coarse' ltimport --coarse --split test cifar100.tar.gz -o coarse.lts
is 'coarse labels' "$(rows coarse.lts | cut -d' ' -f1-4)" '0 19 test coarse19'
fails_with 64 'CIFAR-10 has no coarse labels' ltimport --coarse cifar10.tar.gz

# ---------------------------------------------------------------- class directories

cat >folder.py <<'END'
import io, os, sys, tarfile, zipfile
def ppm(k, w=2, h=2):
    return b'P6\n%d %d\n255\n' % (w, h) + bytes((k * 31 + i) % 256 for i in range(w * h * 3))
files = {}
k = 0
for split, classes in (('train', ('b', 'B', 'a-b', 'a', 'zebra')), ('test', ('a', 'late'))):
    for c in classes:
        for n in ('10.ppm', '9.ppm', 'sub/1.PPM', 'A.ppm'):
            files['set/%s/%s/%s' % (split, c, n)] = ppm(k)
            k += 1
extra = {'set/README': b'x', 'set/train/a/Thumbs.db': b'x', 'set/train/a/._9.ppm': b'x',
         '__MACOSX/set/train/a/9.ppm': b'x', 'set/.git/9.ppm': b'x', 'set/train/a/movie.mp4': b'x'}
def tar(path, names, mode='w'):
    with tarfile.open(path, mode) as t:
        for n in names:
            info = tarfile.TarInfo(n)
            info.size = len({**files, **extra}[n])
            t.addfile(info, io.BytesIO({**files, **extra}[n]))
tar('sorted.tar', sorted(files), 'w')
every = sorted({**files, **extra}, key=lambda n: hash(n) * 0 + sum(map(ord, n)) * 7919 % 101)
for kind in ('gz', 'xz', 'bz2'):
    tar('mixed.tar.' + kind, every, 'w:' + kind)
with zipfile.ZipFile('set.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    for n in every:
        z.writestr(n, {**files, **extra}[n])
for n in every:
    os.makedirs('tree/' + os.path.dirname(n), exist_ok=True)
    open('tree/' + n, 'wb').write({**files, **extra}[n])
import zlib
train = [n for n in files if n.startswith('set/train/')]
classes = sorted({n.split('/')[2] for n in files})
for i, n in enumerate(sorted(train, key=lambda n: (n.split('/')[2], n))):
    c = n.split('/')[2]
    print(i, classes.index(c), 'train', c, n, '2x2x3', '%08x' % zlib.crc32(files[n][11:]))
END
"$PYTHON" folder.py >want
for input in sorted.tar mixed.tar.gz mixed.tar.xz mixed.tar.bz2 set.zip tree tree/set; do
	ok "folder: $input" ltimport "$input" -o folder.lts
	rows folder.lts >got
	[ "$input" != tree/set ] || sed 's| train/| set/train/|' got >got2
	[ "$input" != tree/set ] || mv got2 got
	same "$input: canonical rows" got want
	[ -d "$input" ] && continue
	# shellcheck disable=SC2016
	ok "folder, from a pipe: $input" sh -c 'cat "$1" | ltimport >pipe.lts' sh "$input"
	rows pipe.lts >got
	same "$input: canonical rows from a pipe" got want
done
ok 'a compressed tar file from a pipe' sh -c 'ltimport mixed.tar.gz >1.lts; cat mixed.tar.gz | ltimport >2.lts'
same 'gives the same bytes as the file' 1.lts 2.lts
is 'class counts are in the header' "$(say 1.lts 'h["class_counts"] == d["class_counts"] == [4,4,4,4,0,4]')" True
ok 'what was passed over' ltimport mixed.tar.gz -o 1.lts
grep -q 'passed over: 4 hidden files (such as .*), 2 files of other kinds (such as ' err
tap $? 'is counted'
ok 'a directory that contains the output' sh -c 'cp -R tree tree3; cd tree3 && ltimport . -o rows.lts 2>err && ltimport . -o rows.lts 2>again'
is 'whose temporary file is not counted' "$(grep -o '[0-9]* hidden' tree3/err)" "$(ltimport tree -o 1.lts 2>&1 | grep -o '[0-9]* hidden')"
ok 'a directory twice' sh -c 'ltimport tree >1.lts; cp -R tree tree2; ltimport tree2 >2.lts'
same 'has a CRC of its contents' 1.lts 2.lts
printf 'P6\n2 2\n255\n............' >tree2/set/test/a/9.ppm
ok 'a directory changed' sh -c 'ltimport tree2 >2.lts'
[ "$(say 1.lts 'h["prov"][0]["in"]')" != "$(say 2.lts 'h["prov"][0]["in"]')" ]
tap $? 'has another CRC'
ok 'the test split' ltimport --split test sorted.tar -o test.lts
is 'has the classes of both' "$(rows test.lts | cut -d' ' -f2,4 | uniq)" "$(printf '1 a\n4 late')"
ok 'a class list in another order' ltimport --split test --classes 1.lts sorted.tar -o test2.lts
same 'that of a stream' test.lts test2.lts
printf 'late\r\nzebra\na\n\nb\nB\na-b\n' >names
head -c $(($(wc -c <1.lts) - 20)) 1.lts >cut-list.lts
fails_with 65 'a class list in a cut stream' ltimport --split test --classes cut-list.lts sorted.tar -o none.lts
err_has 'is said' 'ltimport: cut-list.lts:'
{ head -c $(($(wc -c <1.lts) - 20)) 1.lts; printf 'damaged'; tail -c 13 1.lts; } >damaged.lts
fails_with 65 'a class list in a damaged stream' ltimport --split test --classes damaged.lts sorted.tar -o none.lts
err_has 'is said too' 'ltimport: damaged.lts:'
ok 'a class list in a text' ltimport --split test --classes names sorted.tar -o test2.lts
is 'gives the labels' "$(rows test2.lts | cut -d' ' -f2,4 | uniq)" "$(printf '2 a\n0 late')"
printf 'late\nzebra\nb\n' >names
fails_with 65 'a class that the list lacks' ltimport --classes names sorted.tar
err_has 'is named' 'class "B" is not in --classes'
ok 'links to files are followed' sh -c 'mkdir -p links/a && ln -s ../../tree/set/train/a/9.ppm links/a/x.ppm && ltimport links >1.lts'
is 'by their own names' "$(rows 1.lts | cut -d' ' -f5)" a/x.ppm

# ---------------------------------------------------------------- images without classes

ok 'images without classes' ltimport --no-labels tree/set/train/a -o 1.lts
is 'have label -1' "$(rows 1.lts | cut -d' ' -f1-5)" \
	"$(printf '0 -1 - - 10.ppm\n1 -1 - - 9.ppm\n2 -1 - - A.ppm\n3 -1 - - sub/1.PPM')"
fails_with 65 'without --no-labels' ltimport tree/set/train/a
err_has 'the advice' '--no-labels takes images without classes'
ok 'one image' ltimport --no-labels tree/set/train/a/9.ppm -o 1.lts
is 'is one row' "$(rows 1.lts | cut -d' ' -f1-6)" '0 -1 - - 9.ppm 2x2x3'
printf 'x\ny\n' >names
ok 'under a class list' ltimport --no-labels --classes names tree/set/train/a -o 1.lts
is 'the list is kept' "$(say 1.lts 'h["classes"]')" "['x', 'y']"

# ---------------------------------------------------------------- sizes and broken images

mkdir -p sizes/a
for i in 1 2 3 4; do printf 'P5\n%d 2\n255\n........' "$i" >sizes/a/$i.pgm; done
fails_with 65 'images of several sizes' ltimport sizes
err_has 'the option is named' 'sizes: a/2.pgm: 2 × 2 pixels, and the images before have 1 × 2; --size S makes'
ok 'one size for all' ltimport --size 3 sizes -o 1.lts
is 'grey became colour' "$(rows 1.lts | cut -d' ' -f6 | uniq)" 3x3x3
printf 'P5\n2 2\n255\n.' >sizes/a/2.pgm
printf 'P5\n65500 65500\n255\n.' >sizes/a/3.pgm
fails_with 65 'a broken image' ltimport --size 3 sizes
err_is 'is named' 'ltimport: sizes: a/2.pgm: truncated PPM image'
fails_with 65 'two broken images, one allowed' ltimport --size 3 --skip-bad 1 sizes
err_has 'the second is named' 'sizes: a/3.pgm: 65500 × 65500 pixels are more than --max-pixels 100000000'
ok 'two broken images, two allowed' ltimport --size 3 --skip-bad 2 sizes -o 1.lts
is 'the others keep their numbers' "$(rows 1.lts | cut -d' ' -f1,5)" "$(printf '0 a/1.pgm\n3 a/4.pgm')"
is 'the broken ones are told' "$(grep -v 'are of one class' err)" 'ltimport: sizes: 2 broken images left out:
ltimport: a/2.pgm: truncated PPM image
ltimport: a/3.pgm: 65500 × 65500 pixels are more than --max-pixels 100000000'
fails_with 65 'a limit of one pixel' ltimport --max-pixels 1 --size 3 sizes
err_has 'holds' '1 × 2 pixels are more than --max-pixels 1'

# ---------------------------------------------------------------- 16 bits, names, children

mkdir -p deep/train/a deep/test/a
printf 'P5\n2 1\n65535\n\000\000\001\000' >deep/train/a/1.pgm
printf 'P5\n2 1\n65535\n\017\377\000\001' >deep/test/a/1.pgm
printf 'P5\n2 1\n255\n\001\377' >deep/train/a/2.pgm
ok '16 bits of which 12 are used' ltimport --channels 1 deep -o 1.lts
is 'the range of all splits is told' "$(grep -v 'are of one class' err)" 'ltimport: deep: samples of 16 bits go up to 4095: range 0:4095 is spread to 0 to 255'
crc() { "$PYTHON" -c 'import sys, zlib; print("%08x" % zlib.crc32(bytes(map(int, sys.argv[1:]))))' "$@"; }
is 'and holds for 16 bits alone' "$(rows 1.lts | cut -d' ' -f7)" "$(crc 0 16; crc 1 255)"
tar cf deep.tar deep
ok 'the same from a file' ltimport --channels 1 deep.tar -o 2.lts
is 'gives the same pixels' "$(rows 2.lts | cut -d' ' -f7)" "$(rows 1.lts | cut -d' ' -f7)"
ok 'and from a pipe' sh -c 'cat deep.tar | ltimport --channels 1 >2.lts'
is 'too' "$(rows 2.lts | cut -d' ' -f7)" "$(rows 1.lts | cut -d' ' -f7)"
printf 'P5\n2 1\n65535\n\377\377\000\001' >deep/test/a/1.pgm
ok '16 bits, all used' ltimport --channels 1 deep -o 1.lts
is 'in silence but for its one class' "$(grep -v 'are of one class' err)" ''

seeds=$here/../fuzz/import
mkdir -p kinds/a
for seed in "$seeds"/*.webp "$seeds"/gif-*.gif "$seeds"/tiff-*.tif "$seeds"/bmp*.bmp; do
	name=${seed##*/}
	cp "$seed" "kinds/a/${name%.*}.jfif"
done
if ltimport kinds -o 1.lts 2>err; then
	is 'frames after the first are told' "$(grep frames err)" \
		'ltimport: kinds: 1 file has several pages or frames, such as a/webp-film.jfif; the first is used'
	is 'the content decides, not the name' "$(rows 1.lts | cut -d' ' -f6 | uniq -c | tr -d ' ')" '156x8x3'
else
	err_has 'a library that the build lacks is named' 'and this build lacks'
fi

# Bands of a TIFF file; kinds are those of the samples after the first, or after three of RGB.
"$PYTHON" - <<'END'
import os, struct
def tiff(name, photometric, bits, pixel, kinds):
    data = struct.pack('<%d%s' % (len(pixel), 'BH'[bits // 16]), *pixel)
    entries = [(256, 3, 1, 1), (257, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, photometric),
               (277, 3, 1, len(pixel)), (278, 3, 1, 1), (279, 4, 1, len(data))]
    blobs = {258: [bits] * len(pixel), 338: kinds}
    at = 8 + 2 + 12 * (len(entries) + 1 + (2 if kinds else 1)) + 4
    body = b''
    for tag, values in blobs.items():
        if len(values) > 2:
            entries.append((tag, 3, len(values), at + len(body)))
            body += struct.pack('<%dH' % len(values), *values)
        elif values:
            entries.append((tag, 3, len(values), sum(v << 16 * i for i, v in enumerate(values))))
    entries.append((273, 4, 1, at + len(body)))
    os.makedirs(os.path.dirname(name), exist_ok=True)
    with open(name, 'wb') as f:
        f.write(b'II*\0' + struct.pack('<IH', 8, len(entries)))
        for entry in sorted(entries):
            f.write(struct.pack('<HHII', *entry))
        f.write(bytes(4) + body + data)
tiff('bands3/a/1.tif', 1, 16, [60000, 30000, 1000], [0, 0])
tiff('bands2/a/1.tif', 1, 8, [200, 100], [0])
tiff('bands5/a/1.tif', 0, 8, [200, 100, 50, 25, 12], [0, 0, 0, 0])
tiff('alpha/a/1.tif', 1, 8, [200, 100], [2])
tiff('nir/a/1.tif', 2, 8, [200, 100, 50, 25], [0])
END
if ltimport alpha -o 1.lts 2>err; then
	is 'grey and alpha' "$(rows 1.lts | cut -d' ' -f6-)" "1x1x3 $(crc 200 200 200)"
	ok 'RGB and another band' ltimport nir -o 1.lts
	is 'which is dropped' "$(rows 1.lts | cut -d' ' -f6-)" "1x1x3 $(crc 200 100 50)"
	for n in 2 3 5; do
		fails_with 65 "$n bands that are not colours" ltimport bands$n
		err_has 'are not a picture' "1.tif: a TIFF image of $n bands, none of which is marked as red, green or blue"
	done
else
	err_has 'libtiff is named' 'and this build lacks libtiff'
fi

# ---------------------------------------------------------------- IDX

"$PYTHON" - <<'END'
import gzip, struct
def images(n, k): return struct.pack('>4I', 0x803, n, 3, 2) + bytes((k + i) % 256 for i in range(n * 6))
def labels(*l): return struct.pack('>2I', 0x801, len(l)) + bytes(l)
import os
os.makedirs('mnist')
open('mnist/train-images-idx3-ubyte', 'wb').write(images(3, 1))
open('mnist/train-labels-idx1-ubyte', 'wb').write(labels(4, 0, 2))
gzip.open('mnist/t10k-images-idx3-ubyte.gz', 'wb').write(images(2, 100))
gzip.open('mnist/t10k-labels-idx1-ubyte.gz', 'wb').write(labels(1, 5))
open('odd.idx', 'wb').write(images(3, 1))
open('two.idx', 'wb').write(labels(4, 0))
open('long-images-idx3-ubyte', 'wb').write(images(3, 1) + b'x')
END
ok 'IDX' ltimport mnist/train-images-idx3-ubyte -o 1.lts
is 'labels from beside it' "$(rows 1.lts | cut -d' ' -f1-6)" \
	"$(printf '0 4 train 4 - 3x2x3\n1 0 train 0 - 3x2x3\n2 2 train 2 - 3x2x3')"
is 'both files are in the provenance' "$(say 1.lts '[i[0] for i in h["prov"][0]["in"]]')" "['data', 'labels']"
ok 'IDX, grey' ltimport --channels 1 --classes 1.lts mnist/train-images-idx3-ubyte -o 2.lts
is 'keeps its bytes' "$(rows 2.lts | sed -n 1p | cut -d' ' -f6-)" "3x2x1 $("$PYTHON" -c 'import zlib; print("%08x" % zlib.crc32(bytes(range(1, 7))))')"
ok 'IDX, compressed' ltimport mnist/t10k-images-idx3-ubyte.gz -o 1.lts
is 'is the test split' "$(rows 1.lts | cut -d' ' -f1-4)" "$(printf '0 1 test 1\n1 5 test 5')"
ok 'IDX, a directory' ltimport --split all mnist -o 1.lts
is 'train before test' "$(rows 1.lts | cut -d' ' -f1-4)" "$(printf '0 4 - 4\n1 0 - 0\n2 2 - 2\n3 1 - 1\n4 5 - 5')"
is 'classes of both' "$(say 1.lts 'h["classes"]')" "['0', '1', '2', '3', '4', '5']"
ok 'IDX, labels named' sh -c 'cat odd.idx | ltimport - mnist/train-labels-idx1-ubyte >1.lts'
is 'three rows' "$(rows 1.lts | cut -d' ' -f2)" "$(printf '4\n0\n2')"
fails_with 66 'IDX without labels' ltimport odd.idx
ok 'unless they are not wanted' ltimport --no-labels odd.idx -o 1.lts
fails_with 65 'too few labels' ltimport odd.idx two.idx
err_has 'both counts' '3 images and 2 labels'
fails_with 65 'bytes after the last image' ltimport --no-labels long-images-idx3-ubyte
tar cf mnist.tar mnist/train-images-idx3-ubyte mnist/train-labels-idx1-ubyte
ok 'IDX in an archive' ltimport mnist.tar -o 1.lts
is 'images may come first' "$(rows 1.lts | cut -d' ' -f2)" "$(printf '4\n0\n2')"

# ---------------------------------------------------------------- refusals

fails_with 66 'no such file' ltimport nowhere.tar
fails_with 65 'no bytes' ltimport /dev/null
err_has 'empty input' '/dev/null: empty input'
mkdir nothing
fails_with 65 'a directory without images' ltimport nothing
err_has 'are missed' 'there are no JPEG, PNG, PPM, BMP, WebP, TIFF or GIF images in it'
echo 'train/a.jpg 0' >list.txt
fails_with 65 'a list file without its images' ltimport list.txt
err_has 'names --root' '1 of 1 paths are not in any input, the first is train/a.jpg (list.txt:1); --root'
fails_with 65 'an operand without images beside a folder' ltimport sorted.tar names
err_has 'is named' 'names: no column has names of images'
size=$(wc -c <mixed.tar.gz)
for missing in 1 8 9 20 300; do
	head -c $((size - missing)) mixed.tar.gz >cut.tar.gz
	fails_with 65 "an archive without its last $missing bytes" ltimport cut.tar.gz -o cut.lts
done
[ ! -e cut.lts ]
tap $? 'leaves nothing behind'
ok 'a path is never written' sh -c 'cd nothing && ltimport --no-labels "$1"/../attacks/images/up.tar; [ $? = 65 ] && [ -z "$(ls -A)" ]' sh "$here"
mkdir spool
TMPDIR=$T/spool
export TMPDIR
ok 'the spool is unlinked' sh -c 'cat mixed.tar.gz | ltimport >1.lts && [ -z "$(ls -A "$TMPDIR")" ]'

attacks=$here/../attacks/images
for file in "$attacks"/*.*; do
	fails_with 65 "attack: ${file##*/}" ltimport --no-labels "$file"
	is "one line: ${file##*/}" "$(wc -l <err)" 1
	grep -q "^${file##*/} " "$attacks/INDEX"
	tap $? "described: ${file##*/}"
done
done_testing
