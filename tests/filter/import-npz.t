#!/bin/sh
# ltimport: .npy and .npz, in every layout that is published, and ltcat --npz, which
# writes them.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'npz' 'no Python'
	done_testing
fi

# ---------------------------------------------------------------- making them

# npy.py holds numpy's formats without numpy.  Pixels are 251 numbers over and over: each
# place differs, so that a wrong order of axes shows.
cat >npy.py <<'END'
import io, struct, sys, zipfile
def npy(descr, shape, body, fortran=False, version=1, header=None):
    text = header or "{'descr': %r, 'fortran_order': %r, 'shape': %r, }" % (descr, fortran, shape)
    text = text.encode()
    room = 10 if version == 1 else 12
    text += b' ' * (-(room + len(text) + 1) % 64) + b'\n'
    return (b'\x93NUMPY' + bytes([version, 0]) + struct.pack('<H' if version == 1 else '<I', len(text))
            + text + body)
def pixel(i, y, x, c):
    return (i * 1009 + y * 67 + x * 13 + c * 101) % 251
def axes(shape):
    """All index tuples, the last axis fastest."""
    out = [()]
    for n in shape:
        out = [t + (k,) for t in out for k in range(n)]
    return out
def images(n, h, w, c, order='nhwc', fortran=False, code='B', big=False):
    """shape and bytes of pixel() in that order of axes."""
    size = dict(n=n, h=h, w=w, c=c)
    shape = tuple(size[a] for a in order)
    places = axes(shape[::-1]) if fortran else axes(shape)
    if fortran:
        places = [p[::-1] for p in places]
    at = {a: k for k, a in enumerate(order)}
    values = [pixel(p[at['n']], p[at['h']], p[at['w']], p[at['c']] if 'c' in at else 0) for p in places]
    return shape, struct.pack(('>' if big else '<') + '%d' % len(values) + code, *values)
def labels(values, code='B', big=False):
    return struct.pack(('>' if big else '<') + '%d' % len(values) + code, *values)
def npz(path, arrays, how=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, 'w', how) as z:
        for name, body in arrays:
            with z.open(zipfile.ZipInfo(name + '.npy'), 'w', force_zip64=True) if how == zipfile.ZIP_STORED \
                    else z.open(name + '.npy', 'w', force_zip64=True) as f:
                f.write(body)
def write(path, body):
    with open(path, 'wb') as f:
        f.write(body)
def want(n, h, w, c, first=0):
    """The pixels of the rows that must come out, colour or grey to colour."""
    return bytes(pixel(i, y, x, k if c == 3 else 0) for i in range(n) for y in range(h) for x in range(w)
                 for k in range(3))
END
make() { "$PYTHON" -c "from npy import *
$1"; }
pixels() { lt cat --take image --raw "$1"; }
labels() { lt cat --take y "$1" | tr '\n' ' '; }

# ---------------------------------------------------------------- layouts of images

make '
write("grey.want", want(6, 5, 4, 1)); write("colour.want", want(6, 5, 4, 3))
y = npy("|u1", (6,), labels([0, 1, 2, 0, 1, 2]))
for name, order in ("nhw", "nhw"), ("hwn", "hwn"), ("nhwc", "nhwc"), ("nchw", "nchw"), ("hwcn", "hwcn"):
    for fortran in False, True:
        shape, body = images(6, 5, 4, 3, order, fortran)
        npz("%s-%s.npz" % (name, "fc"[not fortran]), [("x", npy("|u1", shape, body, fortran)), ("y", y)])
shape, body = images(6, 5, 4, 1, "nhwc")
npz("one-c.npz", [("x", npy("|u1", shape, body)), ("y", y)])
shape, body = images(6, 5, 4, 3)
for descr, code, big in ("<i2", "h", 0), (">i2", "h", 1), ("<u2", "H", 0), (">u4", "I", 1), ("<i4", "i", 0), ("<u8", "Q", 0), (">i8", "q", 1):
    npz("type%s%s.npz" % ("lb"[big], descr[1:]), [("x", npy(descr, shape, images(6, 5, 4, 3, code=code, big=big)[1])), ("y", y)])
'
for layout in nhw hwn nhwc nchw hwcn one; do
	for order in c f; do
		[ -f $layout-$order.npz ] || continue
		ok "$layout-$order" ltimport $layout-$order.npz -o out.lts
		pixels out.lts >got
		case $layout in nhw | hwn | one) same 'its pixels' got grey.want ;; *) same 'its pixels' got colour.want ;; esac
		is 'its labels' "$(labels out.lts)" '0 1 2 0 1 2 '
		# Height, width and number differ here: only the number of labels tells these apart.
		case $layout-$order in
		hwn-c | nhw-f) err_has 'a notice' 'is ambiguous; read as 6 images' ;;
		*) is 'no notice' "$(cat err)" '' ;;
		esac
	done
done
for file in type*.npz; do
	ok "$file" ltimport "$file" -o out.lts
	pixels out.lts >got
	same 'its pixels' got colour.want
done

# Layouts that several readings fit.
make '
for n, h, w, order in (7, 3, 3, "nhwc"), (7, 3, 3, "nchw"):
    shape, body = images(n, h, w, 3, order)
    npz(order + "3.npz", [("x", npy("|u1", shape, body)), ("y", npy("|u1", (n,), labels([0] * n)))])
write("nhwc3.want", want(7, 3, 3, 3))
shape, body = images(5, 5, 5, 1, "nhw"); write("cube.npy", npy("|u1", shape, body)); write("cube.want", want(5, 5, 5, 1))
'
ok 'three channels and three columns' ltimport nhwc3.npz -o out.lts
pixels out.lts >got
same 'channels are last' got nhwc3.want
err_has 'and that is told' 'nhwc3.npz: x.npy: shape (7, 3, 3, 3) is ambiguous; read as 7 images (axis 0) of height 3 and width 3, channels last'
ok 'a cube' ltimport --no-labels cube.npy -o out.lts
pixels out.lts >got
same 'images are first' got cube.want
err_has 'and that is told' 'cube.npy: shape (5, 5, 5) is ambiguous; read as 5 images (axis 0)'

# ---------------------------------------------------------------- labels

make '
x = npy("|u1", *images(4, 2, 3, 3))
values = [3, 0, 1, 3]
for name, descr, code, big in ("u1", "|u1", "B", 0), ("i1", "|i1", "b", 0), ("i2", ">i2", "h", 1), ("u4", "<u4", "I", 0), ("i8", "<i8", "q", 0), ("u8", ">u8", "Q", 1), ("f4", "<f4", "f", 0), ("f8", ">f8", "d", 1):
    npz("y-%s.npz" % name, [("data", x), ("labels", npy(descr, (4, 1), labels(values, code, big)))])
bad = dict(half=("<f8", (4,), labels([0, 1, .5, 1], "d")), nan=("<f4", (4,), labels([0, 1, float("nan"), 1], "f")),
    minus=("<i4", (4,), labels([0, -2, 1, 1], "i")), large=("<i4", (4,), labels([0, 65535, 1, 1], "i")),
    truth=("|b1", (4,), b"\0\1\0\1"), text=("<U3", (4,), b"a" * 48), few=("|u1", (3,), b"\0\1\0"),
    many=("|u1", (5,), b"\0\1\0\1\0"), multi=("|u1", (4, 14), b"\0" * 56), cube=("|u1", (4, 1, 1), b"\0" * 4),
    huge=("<i8", (2 ** 62,), b"\0" * 40), over=("<i8", (2 ** 61 + 1, 8), b""), object=("|O", (4,), b"\x80\x02."),
    half_precision=("<f2", (4,), b"\0" * 8), cut=("<i8", (4,), b"\0" * 31), long=("<i8", (4,), b"\0" * 33))
for name, (descr, shape, body) in bad.items():
    npz("bad-%s.npz" % name, [("x", x), ("y", npy(descr, shape, body))])
npz("none.npz", [("x", x), ("y", npy("<i2", (4,), labels([-1] * 4, "h")))])
npz("some.npz", [("x", x), ("y", npy("<i2", (4,), labels([-1, 2, -1, 0], "h")))])
npz("unlabelled.npz", [("x", x)])
'
for type in u1 i1 i2 u4 i8 u8 f4 f8; do
	ok "labels of type $type" ltimport y-$type.npz -o out.lts
	is 'are read' "$(labels out.lts)" '3 0 1 3 '
done
err_has 'a class without rows is named' 'y-f8.npz: 1 of 4 classes has no row: 2'
refused() {
	fails_with 65 "labels: $1" ltimport "bad-$1.npz" -o never.lts
	err_has 'the message' "$2"
}
refused half 'bad-half.npz: y.npy: label 2 is not a whole number from 0 to 65534'
refused nan 'label 2 is not a whole number'
refused minus 'label 1 is not a whole number'
refused large 'label 1 is not a whole number'
refused truth 'the labels are bool; they must be whole numbers'
refused text 'the labels are text; they must be whole numbers, as numpy.unique(labels, return_inverse=True)[1] gives them'
refused few 'shape (4, 2, 3, 3): 4 images, but there are 3 labels'
refused many '4 images, but there are 5 labels'
refused multi 'bad-multi.npz: y.npy: shape (4, 14): several labels per image, but a row has one class'
refused cube 'shape (4, 1, 1): labels are (n,) or (n, 1)'
refused huge 'truncated'
refused over 'truncated'
refused object 'the labels are Python objects (a pickle, which is never read)'
refused half_precision 'the labels are floating-point numbers of neither 4 nor 8 bytes'
refused cut 'bad-cut.npz: y.npy: truncated'
refused long 'bad-long.npz: y.npy: longer than its header says'
ok 'none of the rows has a label' ltimport none.npz -o out.lts
is 'all are -1' "$(labels out.lts)" '-1 -1 -1 -1 '
ok 'some have' ltimport some.npz -o out.lts
is 'the others are -1' "$(labels out.lts)" '-1 2 -1 0 '
fails_with 65 'images without labels' ltimport unlabelled.npz
err_has 'what to do' 'unlabelled.npz: x.npy: there are no labels for these images; name their file too, or give --no-labels'
ok 'images without labels and --no-labels' ltimport --no-labels unlabelled.npz -o out.lts
is 'are rows' "$(labels out.lts)" '-1 -1 -1 -1 '
printf 'a\nb\nc\nd\n' >names
ok '--classes names them' ltimport --classes names y-u1.npz -o out.lts
is 'in their order' "$(lt cat --count out.lts | cut -f2,3 | tail -n 4 | tr '\t\n' ': ')" 'a:1 b:1 c:0 d:2 '

# ---------------------------------------------------------------- what is published

make '
x = lambda n, first=0: npy("|u1", *images(n, 4, 4, 3))
g = lambda n: npy("|u1", *images(n, 4, 4, 1, "nhw"))
y = lambda *v, two=True: npy("|u1", (len(v), 1) if two else (len(v),), labels(v))
npz("medmnist.npz", [("train_images", x(3)), ("train_labels", y(0, 1, 2)), ("val_images", x(2)), ("val_labels", y(1, 2)),
    ("test_images", x(1)), ("test_labels", y(3))], zipfile.ZIP_DEFLATED)
npz("chest.npz", [("train_images", x(3)), ("train_labels", npy("|u1", (3, 14), b"\0" * 42))])
npz("keras.npz", [("x_test", g(2)), ("x_train", g(3)), ("y_train", y(5, 0, 4, two=False)), ("y_test", y(7, 2, two=False))])
npz("bare.npz", [("X", g(3)), ("y", y(5, 0, 4, two=False)), ("X_test", g(2)), ("y_test", y(7, 2, two=False))])
npz("both.npz", [("images", g(1)), ("labels", y(6, two=False)), ("train_images", g(2)), ("train_labels", y(7, 2, two=False))])
npz("kmnist-train-imgs.npz", [("arr_0", g(3))], zipfile.ZIP_DEFLATED)
npz("kmnist-train-labels.npz", [("arr_0", y(1, 2, 0, two=False))], zipfile.ZIP_DEFLATED)
npz("kmnist-test-imgs.npz", [("arr_0", g(2))], zipfile.ZIP_DEFLATED)
npz("kmnist-test-labels.npz", [("arr_0", y(3, 1, two=False))], zipfile.ZIP_DEFLATED)
write("x.npy", x(3)); write("y.npy", y(2, 0, 1))
write("my-photos_train_X.npy", x(3)); write("my-photos_train_y.npy", y(2, 0, 1)); write("photos.npy", x(2))
npz("names.npz", [("images", x(3)), ("y", y(2, 0, 2)), ("id", npy("<i8", (3,), b"\0" * 24)),
    ("classes", npy("<U8", (3,), "owl\0\0\0\0\0naïve\0\0\0cat\0\0\0\0\0".encode("utf-32-le")))])
npz("py2.npz", [("X", npy("", (), images(3, 4, 4, 3)[1], header="{\"shape\": (3L, 4L, 4L, 3L), \"fortran_order\": False, \"descr\": \"|u1\"}")),
    ("Y", npy("|u1", (3,), b"\0\1\0", version=2))])
'
ok 'MedMNIST' ltimport medmnist.npz -o out.lts
is 'train by default' "$(labels out.lts)" '0 1 2 '
is 'classes are those of all splits' "$(lt cat --count out.lts | cut -f2 | tail -n 4 | tr '\n' ' ')" '0 1 2 3 '
ok 'MedMNIST, val' ltimport --split val medmnist.npz -o val.lts
is 'its rows' "$(labels val.lts)" '1 2 '
lt cat --json val.lts | head -n 1 >header
ok 'says so in the header' grep -q '"split":"val"' header
ok 'MedMNIST, all' ltimport --split all medmnist.npz -o all.lts
is 'train, test, val' "$(labels all.lts)" '0 1 2 3 1 2 '
ok 'MedMNIST from a pipe' sh -c 'ltimport <medmnist.npz --split val >pipe.lts'
same 'gives the same bytes' pipe.lts val.lts
ok 'and really from a pipe' sh -c 'cat medmnist.npz | ltimport --split val >pipe.lts'
same 'the same' pipe.lts val.lts
fails_with 65 'several labels per image' ltimport chest.npz
err_has 'the reason' 'chest.npz: train_labels.npy: shape (3, 14): several labels per image, but a row has one class'
ok 'Keras' ltimport keras.npz -o out.lts
is 'train' "$(labels out.lts)" '5 0 4 '
ok 'Keras, test' ltimport --split test keras.npz -o out.lts
is 'test' "$(labels out.lts)" '7 2 '
for split in '' '--split train'; do
	# shellcheck disable=SC2086 # no argument or two
	ok "X beside X_test $split" ltimport $split bare.npz -o out.lts
	is 'is train' "$(labels out.lts)" '5 0 4 '
	grep -qF 'ltimport: bare.npz: X.npy: its name gives no split, so it is taken for train' err
	tap $? 'and said so'
done
ok 'both' ltimport --split all bare.npz -o out.lts
is 'have all rows' "$(labels out.lts | wc -w)" 5
ok 'the same without rows' sh -c 'ltimport --dry-run bare.npz >out 2>/dev/null'
is 'says the same' "$(tail -n 1 out)" 'without --dry-run: 3 rows, split train'
ok 'images beside train_images' ltimport both.npz -o out.lts
is 'are passed over' "$(labels out.lts)" '7 2 '
grep -qF 'ltimport: both.npz: images.npy: its name gives no split, so it is passed over beside train; --split all takes it too' err
tap $? 'with a notice'
ok 'unless --split all' ltimport --split all both.npz -o out.lts
is 'takes all' "$(labels out.lts)" '7 2 6 '
mkdir kmnist plain two
cp kmnist-*.npz kmnist
cp x.npy y.npy plain
ok 'KMNIST' ltimport kmnist -o out.lts
is 'train' "$(labels out.lts)" '1 2 0 '
err_is 'the directory is what messages name' 'ltimport: kmnist: train: 1 of 4 classes has no row: 3'
ok 'KMNIST as operands' ltimport --split test kmnist-test-labels.npz kmnist-test-imgs.npz kmnist-train-labels.npz kmnist-train-imgs.npz -o out.lts
is 'test' "$(labels out.lts)" '3 1 '
ok 'two .npy files' ltimport x.npy y.npy -o operands.lts
is 'their rows' "$(labels operands.lts)" '2 0 1 '
ok 'in a directory' ltimport plain -o out.lts
is 'the same rows' "$(labels out.lts) $(pixels out.lts | cksum)" "$(labels operands.lts) $(pixels operands.lts | cksum)"
tar -cf plain.tar plain
ok 'in a tar' ltimport plain.tar -o out.lts
is 'the same rows' "$(labels out.lts)" '2 0 1 '
ok 'that is compressed, from a pipe' sh -c 'gzip -c plain.tar | ltimport >out.lts'
is 'the same rows' "$(labels out.lts)" '2 0 1 '
ok 'names with other words' ltimport my-photos_train_y.npy my-photos_train_X.npy -o out.lts
is 'their rows' "$(labels out.lts)" '2 0 1 '
ok 'one array of any name' ltimport --no-labels photos.npy -o out.lts
is 'its rows' "$(labels out.lts)" '-1 -1 '
fails_with 65 'but with labels' ltimport photos.npy
err_has 'is refused' 'photos.npy: no array is named as images are'
ok 'class names' ltimport names.npz -o out.lts
is 'are read' "$(lt cat --count out.lts | cut -f2,3 | tail -n 3 | tr '\t\n' ': ')" 'owl:1 naïve:0 cat:2 '
ok 'a header of Python 2, another order of keys, version 2' ltimport py2.npz -o out.lts
is 'is read' "$(labels out.lts)" '0 1 0 '
cp medmnist.npz two
tar -cf nested.tar two
fails_with 65 'an .npz file in a tar' ltimport nested.tar
err_has 'what to do' 'nested.tar: two/medmnist.npz: an .npz file inside an archive; unpack the archive'
cp keras.npz two
fails_with 65 'two sets in a directory' ltimport two
err_has 'are named' 'name the two that belong together'

# A folder of images with a stray array stays one.
mkdir -p folder/a folder/b
printf 'P5 1 1 255\nx' | tee folder/a/1.pgm >folder/b/1.pgm
cp x.npy folder/features.npy
ok 'a folder with a stray array' ltimport folder -o out.lts
is 'is a folder' "$(lt cat --take key out.lts | tr '\n' ' ')" 'a/1.pgm b/1.pgm '

# ---------------------------------------------------------------- what is refused

make '
y = npy("|u1", (4,), b"\0\1\0\1")
good = images(4, 2, 3, 3)
bad = dict(
    float=npy("<f4", (4, 2, 3, 3), b"\0" * 288), truth=npy("|b1", (4, 2, 3), b"\1" * 24), flat=npy("|u1", (4, 784), b"\0" * 3136),
    five=npy("|u1", (4, 2, 3, 5), b"\0" * 120), volume=npy("|u1", (4, 2, 2, 2, 3), b"\0" * 96), above=npy("<i2", (4, 1, 2), labels([0, 1, 2, 3, 4, 256, 6, 7], "h")),
    below=npy("<i8", (4, 1, 2), labels([0, 1, 2, 3, 4, -1, 6, 7], "q")), object=npy("|O", (4, 2, 3), b"\x80\x04cos\nsystem\n"),
    records=npy("", (), b"\0" * 64, header="{\x27descr\x27: [(\x27a\x27, \x27<i4\x27)], \x27fortran_order\x27: False, \x27shape\x27: (4,)}"),
    cut=npy("|u1", *good)[:-1], longer=npy("|u1", *good) + b"x", empty=b"", magic=b"\x93NUMPX" + npy("|u1", *good)[6:],
    version=b"\x93NUMPY\x04" + npy("|u1", *good)[7:], header=npy("|u1", *good)[:40], none=npy("|u1", (4, 0, 3), b""),
    product=npy("|u1", (4, 2 ** 31, 2 ** 31, 3), b"\0" * 99), product2=npy("|u1", (4, 2 ** 20, 2 ** 20), b"\0" * 99), large=npy("|u1", (4, 20000, 20000), b""),
    length=b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b" " * 99)
dicts = dict(twice="{\x27descr\x27: \x27|u1\x27, \x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: (4, 2, 3, 3)}",
    missing="{\x27descr\x27: \x27|u1\x27, \x27shape\x27: (4, 2, 3, 3)}", more="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: (4, 2, 3, 3), \x27x\x27: 1}",
    call="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: tuple((4, 2, 3, 3))}", sum="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: (2+2, 2, 3, 3)}",
    minus="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: (-4, 2, 3, 3)}", deep="{\x27descr\x27: " + "(" * 200 + "}", scalar="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: 4}",
    paren="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: (4)}", number="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: (99999999999999999999, 2, 3, 3)}",
    truth="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: 1, \x27shape\x27: (4, 2, 3, 3)}", type="{\x27descr\x27: \x27|u3\x27, \x27fortran_order\x27: False, \x27shape\x27: (4, 2, 3, 3)}", axes="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: (4, 1, 1, 1, 1, 1, 1, 1, 1)}",
    behind="{\x27descr\x27: \x27|u1\x27, \x27fortran_order\x27: False, \x27shape\x27: (4, 2, 3, 3)} or exit()", zero="{\x27descr\x27: \x27|u1\0\x27, \x27fortran_order\x27: False, \x27shape\x27: (4, 2, 3, 3)}")
for name, text in dicts.items():
    bad["dict-" + name] = npy("", (), good[1], header=text)
for name, body in bad.items():
    npz("x-%s.npz" % name, [("x", body), ("y", y)])
    print(name)
' >refused
while read -r bad; do
	fails_with 65 "images: $bad" ltimport "x-$bad.npz" -o never.lts
	case $bad in
	float) text="x-float.npz: x.npy: the pixels are float32, whose range is unknown; save them as uint8" ;;
	truth) text='the pixels are bool; save them as uint8' ;;
	flat) text='shape (4, 784): not images; save it reshaped to (n, height, width)' ;;
	five | volume) text='not images; they must be (n, height, width)' ;;
	above | below) text='element 5 is not between 0 and 255, as pixels are' ;;
	object) text='the pixels are Python objects (a pickle, which is never read)' ;;
	records) text='the pixels are not plain numbers' ;;
	cut | empty | header | product*) text='truncated' ;;
	longer) text='longer than its header says' ;;
	magic) text='not an .npy file' ;;
	version) text='version 4.0 of .npy is not known' ;;
	none) text='the image has no pixels' ;;
	large) text='truncated' ;;
	length) text='a header of 4294967295 bytes, the limit is 65536' ;;
	dict-*) text="x-$bad.npz: x.npy: the header of this .npy file is damaged" ;;
	esac
	err_has 'the message' "$text"
done <refused
is 'refused before anything is written' "$(find . -name 'never*')" ''

# Entries that lie about themselves, and cuts.
make '
import os
body = open("medmnist.npz", "rb").read()
# A cut in the directory at the end loses no array.
end = zipfile.ZipFile("medmnist.npz").start_dir
for k, at in enumerate(range(0, len(body), max(1, len(body) // 60))):
    if at < end: write("cut-%02d" % k, body[:at])
    write("flip-%02d" % k, body[:at] + bytes([body[at] ^ 0x55]) + body[at + 1:])
'
wrong=
for file in cut-*; do
	ltimport "$file" >out 2>err
	[ $? = 65 ] || wrong="$wrong $file"
	cat -- "$file" "$here/none" 2>/dev/null | ltimport >out 2>err
	[ $? = 65 ] || wrong="$wrong $file|"
done
is 'every cut is told' "$wrong" ''
wrong=
ltimport -q medmnist.npz >good.lts
for file in flip-*; do
	ltimport "$file" >out 2>err
	case $? in 0 | 65) ;; *) wrong="$wrong $file" ;; esac
done
is 'no damage crashes it' "$wrong" ''

# All black is told.
make 'npz("black.npz", [("x", npy("<i8", (2, 4, 4), labels([0, 1] * 16, "q"))), ("y", npy("|u1", (2,), b"\0\0"))])'
ok 'pixels of 0 and 1' ltimport black.npz -o out.lts
err_has 'are told' 'black.npz: x.npy: no pixel is above 1, where 255 is white: all images look black'

# ---------------------------------------------------------------- ltcat --npz

samples=$here/../../samples
cat >read.py <<'END'
import struct, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for info in z.infolist():
    body = z.read(info)
    assert info.compress_type == 0 and body[:8] == b'\x93NUMPY\1\0'
    n, = struct.unpack('<H', body[8:10])
    assert (10 + n) % 64 == 0 and body[9 + n:10 + n] == b'\n'
    header = eval(body[10:10 + n])
    assert sorted(header) == ['descr', 'fortran_order', 'shape'] and header['fortran_order'] is False
    size = int(header['descr'].lstrip('<|')[1:])
    for side in header['shape']:
        size *= side
    assert len(body) == 10 + n + size, (len(body), n, size)
    print(info.filename, header['descr'], header['shape'])
    open(info.filename + '.body', 'wb').write(body[10 + n:])
END
ok 'ltcat --npz' ltcat --npz "$samples/tiny-rows.lts" -o rows.npz
is 'the arrays' "$("$PYTHON" read.py rows.npz)" 'image.npy |u1 (12, 4, 4, 3)
y.npy <i4 (12,)
key.npy |S14 (12,)
classes.npy |S10 (3,)'
for column in image y; do
	lt cat --take $column --raw "$samples/tiny-rows.lts" >want
	same "$column: the same bytes" $column.npy.body want
done
is 'key: filled up with zeros' "$(tr '\0' '\n' <key.npy.body | head -n 2)" 'train/0000.pngtrain/0001.pngtrain/0002.pngtrain/0003.pngtrain/0004.pngtrain/0005.pngtrain/0006.pngtrain/0007.pngtrain/0008.pngtrain/0009.pngtrain/0010.pngtrain/0011.png'
ltcat --npz "$samples/tiny-rows.lts" >piped.npz
same 'to a pipe: the same bytes' piped.npz rows.npz
ok 'read back' ltimport rows.npz -o back.lts
is 'the same images' "$(pixels back.lts | cksum)" "$(pixels "$samples/tiny-rows.lts" | cksum)"
is 'labels' "$(labels back.lts)" "$(labels "$samples/tiny-rows.lts")"
is 'and classes' "$(lt cat --count back.lts)" "$(lt cat --count "$samples/tiny-rows.lts")"
ok 'of a pipe too' sh -c "ltcat --npz '$samples/tiny-rows.lts' | ltimport >back2.lts"
is 'the same rows' "$(pixels back2.lts | cksum) $(labels back2.lts)" "$(pixels back.lts | cksum) $(labels back.lts)"
ok 'two inputs, a slice and fewer columns' ltcat --npz --slice 10:14 --drop key "$samples/tiny-rows.lts" "$samples/tiny-rows.lts" -o part.npz
is 'their arrays' "$("$PYTHON" read.py part.npz)" 'image.npy |u1 (4, 4, 4, 3)
y.npy <i4 (4,)
classes.npy |S10 (3,)'
ok 'scores' ltcat --npz "$samples/tiny-scores.lts" -o scores.npz
is 'their arrays' "$("$PYTHON" read.py scores.npz | sed -n 1p)" 'logits.npy <f4 (6, 3)'
ok 'no rows' ltcat --npz "$samples/tiny-empty.lts" -o empty.npz
is 'arrays of none' "$("$PYTHON" read.py empty.npz | sed -n 1p)" 'y.npy <i4 (0,)'
fails_with 65 'a model' ltcat --npz "$samples/tiny-model.lts" -o never.npz
fails_with 64 'two modes' ltcat --npz --count "$samples/tiny-rows.lts"
fails_with 64 '--split' ltcat --npz --split test "$samples/tiny-rows.lts"
head -c 1000 "$samples/tiny-rows.lts" >cut.lts
fails_with 65 'a cut stream' ltcat --npz cut.lts -o never.npz
is 'writes nothing' "$(find . -name 'never*')" ''
fails_with 74 'a full disk' sh -c "exec ltcat --npz '$samples/tiny-rows.lts' >/dev/full"

done_testing
