#!/bin/sh
# ltimport: MAT files, SVHN's above all.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'mat' 'no Python'
	done_testing
fi

# ---------------------------------------------------------------- making them

# MAT files of level 5 by the published description of the format.
cat >mat.py <<'END'
import struct, zlib
kinds = dict(i1=(1, 8, 'b'), u1=(2, 9, 'B'), i2=(3, 10, 'h'), u2=(4, 11, 'H'), i4=(5, 12, 'i'), u4=(6, 13, 'I'),
             f4=(7, 7, 'f'), f8=(9, 6, 'd'), i8=(12, 14, 'q'), u8=(13, 15, 'Q'))
class Mat:
    def __init__(self, big=False, packed=True, version=0x100, text=b'MATLAB 5.0 MAT-file, Platform: posix'):
        self.e, self.packed = '<>'[big], packed
        self.out = text.ljust(116) + b'\0' * 8 + struct.pack(self.e + 'H', version) + (b'MI' if big else b'IM')
    def element(self, kind, body):
        if 0 < len(body) <= 4:
            return struct.pack(self.e + 'I', len(body) << 16 | kind) + body.ljust(4, b'\0')
        return struct.pack(self.e + 'II', kind, len(body)) + body + b'\0' * (-len(body) % 8)
    def matrix(self, name, values, shape, kind='u1', own=None, flags=0):
        stored, cls, code = kinds[kind]
        if own: cls = kinds[own][1] if own in kinds else own
        body = (self.element(6, struct.pack(self.e + 'II', cls | flags, 0)) +
                self.element(5, struct.pack(self.e + '%di' % len(shape), *shape)) + self.element(1, name.encode()) +
                self.element(stored, struct.pack(self.e + '%d' % len(values) + code, *values)))
        return struct.pack(self.e + 'II', 14, len(body)) + body
    def struct(self, name, fields, size=32, shape=(1, 1), more=b''):
        """fields: names and the matrices that the methods give."""
        body = (self.element(6, struct.pack(self.e + 'II', 2, 0)) +
                self.element(5, struct.pack(self.e + '%di' % len(shape), *shape)) + self.element(1, name.encode()) +
                self.element(5, struct.pack(self.e + 'i', size)) +
                self.element(1, b''.join(f.encode().ljust(size, b'\0') for f, _ in fields)) + b''.join(m for _, m in fields) + more)
        return struct.pack(self.e + 'II', 14, len(body)) + body
    def add(self, *matrix, **how):
        return self.put(self.matrix(*matrix, **how))
    def put(self, body):
        if self.packed:
            packed = zlib.compress(body)
            body = struct.pack(self.e + 'II', 15, len(packed)) + packed
        self.out += body
        return self
    def write(self, path):
        open(path, 'wb').write(self.out)
def pixel(i, y, x, c):
    return (i * 1009 + y * 67 + x * 13 + c * 101) % 251
def pixels(n, side=32, c=3):
    """As MATLAB stores [side, side, c, n]: the first axis fastest."""
    return [pixel(i, y, x, k) for i in range(n) for k in range(c) for x in range(side) for y in range(side)]
def want(n, side=32, c=3):
    return bytes(pixel(i, y, x, k if c == 3 else 0) for i in range(n) for y in range(side) for x in range(side) for k in range(3))
def svhn(path, labels, **how):
    n = len(labels)
    Mat(**how).add('X', pixels(n), (32, 32, 3, n)).add('y', labels, (n, 1)).write(path)
END
make() { "$PYTHON" -c "from mat import *
$1"; }
images() { lt cat --take image --raw "$1"; }
labels() { lt cat --take y "$1" | tr '\n' ' '; }

# ---------------------------------------------------------------- SVHN

mkdir svhn
make '
svhn("svhn/train_32x32.mat", [1, 9, 2, 10, 2])
svhn("svhn/test_32x32.mat", [10, 3])
svhn("svhn/extra_32x32.mat", [4, 10, 1])
svhn("big.mat", [1, 9, 2, 10, 2], big=True)
svhn("stored.mat", [1, 9, 2, 10, 2], packed=False)
svhn("few_32x32.mat", [1, 2])
open("train.want", "wb").write(want(5))
'
ok 'a directory' ltimport svhn -o train.lts
is 'train; label 10 is the digit 0' "$(labels train.lts)" '1 9 2 0 2 '
err_is 'and that is said' 'ltimport: svhn: SVHN: label 10 is the digit 0
ltimport: svhn: train: 6 of 10 classes have no row: 3, 4, 5, 6, 7, 8'
images train.lts >got
same 'the pixels' got train.want
lt cat --json train.lts | head -n 1 >header
ok 'the norm of the published code' grep -qF '"norm":{"mean":[0.5,0.5,0.5],"std":[0.5,0.5,0.5]}' header
ok 'the classes' grep -qF '"classes":["0","1","2","3","4","5","6","7","8","9"]' header
ok 'the split' grep -qF '"split":"train"' header
ok 'test' ltimport --split test svhn -o out.lts
is 'its rows' "$(labels out.lts)" '0 3 '
ok 'extra' ltimport --split extra svhn -o out.lts
is 'its rows' "$(labels out.lts)" '4 0 1 '
ok 'all' ltimport --split all svhn -o out.lts
is 'train, test, extra' "$(labels out.lts)" '1 9 2 0 2 0 3 4 0 1 '
ok 'a file' ltimport svhn/test_32x32.mat -o out.lts
is 'its split is in its name' "$(labels out.lts)" '0 3 '
lt cat --json out.lts | head -n 1 >header
ok 'and in the header' grep -qF '"split":"test"' header
ok 'operands' ltimport svhn/extra_32x32.mat svhn/train_32x32.mat --split extra -o out.lts
is 'the rows' "$(labels out.lts)" '4 0 1 '
tar -cf svhn.tar svhn
ok 'a tar' ltimport svhn.tar -o out.lts
is 'the same labels' "$(labels out.lts)" "$(labels train.lts)"
is 'the same pixels' "$(images out.lts | cksum)" "$(cksum <train.want)"
gzip -c svhn.tar >svhn.tgz
ok 'a compressed tar from a pipe' sh -c 'exec ltimport <svhn.tgz >out.lts; cat svhn.tgz | ltimport >out.lts'
is 'the same pixels' "$(images out.lts | cksum) $(labels out.lts)" "$(cksum <train.want) $(labels train.lts)"
for file in big stored; do
	ok "$file" ltimport $file.mat -o out.lts
	is 'the same rows' "$(images out.lts | cksum) $(labels out.lts)" "$(cksum <train.want) $(labels train.lts)"
done
ok 'a pipe has no name' sh -c 'cat big.mat | ltimport >out.lts'
is 'and is known by its numbers' "$(labels out.lts)" "$(labels train.lts)"
ok 'no label 10 but the name' ltimport few_32x32.mat -o out.lts
is 'ten classes' "$(lt cat --count out.lts | wc -l | tr -d ' ')" 11
ok '--no-labels' ltimport --no-labels svhn -o out.lts
is 'are not read' "$(labels out.lts)" '-1 -1 -1 -1 -1 '
ok '--dry-run' ltimport --dry-run svhn
is 'counts all splits' "$(sed -n 's/  */ /g; s/^ //; /^label/p; /^all/p' out)" 'label train test extra together class
all 5 2 3 10'
ok '--size and --channels' ltimport --size 16 --channels 1 svhn -o out.lts
is 'the shape' "$(images out.lts | wc -c | tr -d ' ')" $((5 * 256))

# The order of classes of the published code: digit 1 is the head, digit 0 the tail.
make 'svhn("many_32x32.mat", [1 + i % 10 for i in range(200)])'
ltimport many_32x32.mat -q | ltsplit -q --max 20 --ratio 10 --order 1,2,3,4,5,6,7,8,9,0 -o lt.lts
is 'ltsplit --order' "$(lt cat --count lt.lts | cut -f2,3 | tr '\t\n' ': ')" '78 0:2 1:20 2:15 3:11 4:9 5:7 6:5 7:4 8:3 9:2 '

# ---------------------------------------------------------------- others

make '
n = 4
x = pixels(n, 8), (8, 8, 3, n)
Mat().add("images", *x).add("labels", [1, 2, 3, 1], (1, n), "u1", own="f8").write("own.mat")
Mat().add("train_x", *x).add("train_y", [0, 1, 0, 1], (n, 1)).add("test_y", [2], (1, 1)).add("test_x", pixels(1, 8), (8, 8, 3, 1)).add("meanImage", [1.5], (1, 1), "f8").write("both.mat")
Mat().add("X", pixels(n, 8, 1), (8, 8, n), "i2").add("y", [0, 1, 0, 1], (n, 1), "f8").write("grey.mat")
# int16 that MATLAB stored as bytes: 200 is 200.
Mat().add("X", pixels(n, 8, 1), (8, 8, n), "u1", own="i2").add("y", [0, 1, 0, 1], (n, 1), "f8").write("narrow.mat")
y = [0, 1, 0, 1], (n, 1)
Mat().add("X", *x, own="f8").add("y", *y).write("x-double.mat")
Mat().add("X", [v / 255 for v in x[0]], x[1], "f4").add("y", *y).write("x-single.mat")
Mat().add("X", *x, flags=0x200).add("y", *y).write("x-logical.mat")
Mat().add("X", *x, flags=0x800).add("y", *y).write("x-complex.mat")
Mat().add("X", *x, own=2).add("y", *y).write("x-struct.mat")
Mat().add("X", [0] * 784 * n, (n, 784)).add("y", *y).write("x-flat.mat")
Mat().add("X", [300] * 64, (8, 8, 1), "u2").add("y", [1], (1, 1)).write("x-above.mat")
Mat().add("X", *x).add("y", [0, 1, 0], (3, 1)).write("x-few.mat")
Mat().add("X", *x).write("x-unlabelled.mat")
Mat().add("y", *y).write("x-none.mat")
Mat().add("X", *x).add("y", [.5, 1, 0, 1], (n, 1), "f8").write("x-half.mat")
Mat(version=0x200, text=b"MATLAB 7.3 MAT-file, Platform: GLNXA64").write("x-hdf5.mat")
Mat().add("X", *x).add("X", *x).add("y", *y).write("x-twice.mat")
open("x-text.mat", "w").write("no such thing, but named so")
open("grey.want", "wb").write(want(n, 8, 1))
'
ok 'other names, labels of MATLAB' ltimport own.mat -o out.lts
is 'are as they are' "$(labels out.lts)" '1 2 3 1 '
err_has 'and class 0 is named' 'own.mat: 1 of 4 classes has no row: 0'
ok 'both splits in a file' ltimport --split all both.mat -o out.lts
is 'train, test' "$(labels out.lts)" '0 1 0 1 2 '
for file in grey narrow; do
	ok "$file" ltimport $file.mat -o out.lts
	images out.lts >got
	same 'the pixels' got grey.want
done
refused() {
	fails_with 65 "$1" ltimport "x-$1.mat" -o never.lts
	err_has 'the message' "$2"
}
refused double 'x-double.mat: X: the pixels are float64, whose range is unknown'
refused single 'x-single.mat: X: the pixels are float32, whose'
refused logical 'the pixels are bool; save them as uint8'
refused complex 'the pixels are not plain numbers'
refused struct 'x-struct.mat: X: the pixels are not plain numbers'
refused flat 'shape (4, 784): not images; save it reshaped'
refused above 'element 0 is not between 0 and 255'
refused few 'shape (8, 8, 3, 4): 4 images, but there are 3 labels'
refused unlabelled 'X: there are no labels for these images'
refused none 'no variable is named as images are'
refused half 'x-half.mat: y: label 0 is not a whole number'
refused hdf5 'x-hdf5.mat: a MAT file of version 7.3, which is HDF5 and not supported; save it with -v7'
refused twice "x-twice.mat: X: this split's images were there before"
fails_with 65 'a text of that name' ltimport --format mat x-text.mat
err_has 'is none' 'x-text.mat: not a MAT file of MATLAB 5 or later'
is 'nothing was written' "$(find . -name 'never*')" ''

# A folder of images with a stray MAT file stays one.
mkdir -p folder/a folder/b
printf 'P5 1 1 255\nx' | tee folder/a/1.pgm >folder/b/1.pgm
cp own.mat folder
ok 'a folder with a stray MAT file' ltimport folder -o out.lts
is 'is a folder' "$(lt cat --take key out.lts | tr '\n' ' ')" 'a/1.pgm b/1.pgm '

# Cuts and damage: 65, or for a pipe too, never other pixels.
make '
body = open("own.mat", "rb").read()
for k, at in enumerate(range(1, len(body), len(body) // 50)):
    open("cut-%02d" % k, "wb").write(body[:at])
    open("flip-%02d" % k, "wb").write(body[:at] + bytes([body[at] ^ 0x24]) + body[at + 1:])
'
ltimport -q own.mat | lt cat --take image,y >good
wrong=
for file in cut-*; do
	ltimport --format mat "$file" >out 2>err
	[ $? = 65 ] || wrong="$wrong $file"
	ltimport --format mat <"$file" 2>err | cat >out
	lt cat --check out 2>err && wrong="$wrong $file|"
done
is 'every cut is told' "$wrong" ''
wrong=
for file in flip-*; do
	ltimport -q --format mat "$file" >out 2>err
	case $? in
	0) lt cat --take image,y out | cmp -s - good || wrong="$wrong $file" ;;
	65) ;;
	*) wrong="$wrong $file" ;;
	esac
done
is 'damage is told, or changes nothing' "$wrong" ''

make 'Mat().add("X", pixels(5), (32, 32, 3, 5)).add("y", [1, 2, 3, 4, 5], (5,) + (1,) * 14).write("axes.mat")'
fails_with 65 'labels of 15 axes' ltimport axes.mat -o x.lts
err_has 'of which nothing is kept' 'axes.mat: y: the labels are not plain numbers'

# ---------------------------------------------------------------- EMNIST

cat >>mat.py <<'END'
def emnist_pixels(first, n):
    """[n, 784] in MATLAB's order: the images of a pixel side by side, each image column by column."""
    return [pixel(first + i, y, x, 0) for x in range(28) for y in range(28) for i in range(n)]
letters = [(1, 65, 97), (2, 66, 98), (3, 67, 99)]
def mapping(m, rows):
    return m.matrix('', [r[c] for c in range(len(rows[0])) for r in rows], (len(rows), len(rows[0])))
def emnist(path, train=(2, 1, 3, 2), test=(3, 1), rows=letters, few=0, more=b'', extra=lambda m: [], size=32, **how):
    m = Mat(**how)
    def part(first, y):
        n = len(y)
        return m.struct('', [('images', m.matrix('', emnist_pixels(first, n), (n, 784))),
                             ('labels', m.matrix('', y[few:], (n - few, 1), 'f8')),
                             ('writers', m.matrix('', [7] * n, (n, 1), 'u2'))], size)
    fields = [('train', part(0, train)), ('test', part(50, test))] + ([('mapping', mapping(m, rows))] if rows else [])
    m.put(m.struct('dataset', fields + extra(m), size, more=more)).write(path)
def upright(first, n):
    return bytes(pixel(first + i, y, x, 0) for i in range(n) for y in range(28) for x in range(28) for k in range(3))
END
make '
emnist("emnist-letters.mat")
emnist("emnist-big.mat", big=True)
emnist("emnist-stored.mat", packed=False)
emnist("emnist-other.mat", rows=[(1, 65), (3, 48), (2, 66)], size=8)
emnist("emnist-bare.mat", rows=None)
emnist("emnist-28.mat", train=[1 + i % 3 for i in range(28)])
open("emnist.want", "wb").write(upright(0, 4))
open("emnist-test.want", "wb").write(upright(50, 2))
open("emnist-28.want", "wb").write(upright(0, 28))
'
for file in letters big stored; do
	ok "EMNIST, $file" ltimport emnist-$file.mat -o out.lts
	err_is 'what is said' "ltimport: emnist-$file.mat: EMNIST: the images are upright, unlike those of its IDX files; the classes are those of dataset.mapping"
	images out.lts >got
	same 'the pixels' got emnist.want
	is 'the labels' "$(labels out.lts)" '1 0 2 1 '
	lt cat --json out.lts | head -n 1 >header
	ok 'the classes' grep -qF '"classes":["Aa","Bb","Cc"]' header
	ok 'the split' grep -qF '"split":"train"' header
	ok 'test' ltimport --split test emnist-$file.mat -o out.lts
	images out.lts >got
	same 'its pixels' got emnist-test.want
	is 'its labels' "$(labels out.lts)" '2 0 '
done
ok 'a mapping of two columns, in its order' ltimport --split all emnist-other.mat -o out.lts
is 'the labels' "$(labels out.lts)" '2 0 1 2 1 0 '
lt cat --json out.lts | head -n 1 >header
ok 'the classes' grep -qF '"classes":["A","0","B"]' header
ok 'without a mapping' ltimport emnist-bare.mat -o out.lts
is 'the labels of the file' "$(labels out.lts)" '2 1 3 2 '
grep -q 'there is no dataset.mapping' err
tap $? 'which is said'
ok 'as many images as an image has columns' ltimport emnist-28.mat -o out.lts
images out.lts >got
same 'are not taken for other axes' got emnist-28.want
ok 'without labels' ltimport --no-labels emnist-letters.mat -o out.lts
is 'none are read' "$(labels out.lts)" '-1 -1 -1 -1 '

make '
emnist("x-few-labels.mat", few=1)
emnist("x-unmapped.mat", rows=letters[:2])
emnist("x-same.mat", rows=letters + [(3, 68, 100)])
emnist("x-control.mat", rows=[(1, 65), (2, 7), (3, 67)])
emnist("x-mapping.mat", rows=[(1,), (2,), (3,)])
again = lambda m: [("train", m.struct("", [("images", m.matrix("", emnist_pixels(0, 4), (4, 784)))]))]
emnist("x-images-twice.mat", extra=again)
emnist("x-long.mat", packed=False, more=bytes(16))
m = Mat()
m.put(m.struct("dataset", [("train", m.struct("", [("images", m.matrix("", [0] * 400, (4, 100)))]))])).write("x-hundred.mat")
m = Mat()
deep = m.matrix("", [1], (1, 1))
for i in range(6): deep = m.struct("", [("a" * 31, deep), ("images", m.matrix("", [1], (1, 1)))])
m.put(deep).add("X", pixels(2, 8), (8, 8, 3, 2)).add("y", [0, 1], (2, 1)).write("deep.mat")
'
refused few-labels 'dataset.train.images: 4 images, but there are 3 labels'
refused unmapped 'dataset.train.images: the label of image 2 is 3, which has no row in dataset.mapping'
refused same 'dataset.mapping: rows 2 and 3 are of the same class'
refused control 'dataset.mapping: row 1, column 1 is not a character'
refused mapping 'dataset.mapping: shape (3, 1): not labels and their characters'
refused images-twice "x-images-twice.mat: dataset.train.images: this split's images were there before"
refused long 'damaged: a struct is longer than its fields'
refused hundred 'dataset.train.images: there are no labels for these images'
fails_with 65 'flat rows of another size' ltimport --no-labels x-hundred.mat
err_has 'are refused' 'shape (4, 100): not images'
ok 'structs in structs, and images beside them' ltimport deep.mat -o out.lts
is 'are passed over' "$(labels out.lts)" '0 1 '

make '
body = open("emnist-letters.mat", "rb").read()
plain = open("emnist-stored.mat", "rb").read()
for k, at in enumerate(range(130, len(body), len(body) // 25)):
    open("ecut-%02d" % k, "wb").write(body[:at])
# The heads of the structs and their first fields, and the last ones.
for k, at in enumerate(list(range(128, 520, 4)) + list(range(len(plain) - 300, len(plain), 4))):
    open("eflip-%03d" % k, "wb").write(plain[:at] + bytes([plain[at] ^ 0x24]) + plain[at + 1:])
'
wrong=
for file in ecut-*; do
	ltimport --format mat "$file" >out 2>err
	[ $? = 65 ] || wrong="$wrong $file"
done
is 'every cut is told' "$wrong" ''
wrong=
for file in eflip-*; do
	ltimport -q --format mat "$file" >out 2>err
	case $? in
	0 | 65) ;;
	*) wrong="$wrong $file" ;;
	esac
done
is 'damage ends in an error or in rows' "$wrong" ''

done_testing
