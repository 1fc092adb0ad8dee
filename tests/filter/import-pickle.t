#!/bin/sh
# ltimport: CIFAR's archives for Python, images with predicted labels, and pickles that are
# not read.  Python's own pickle module writes the inputs; numpy is not needed, since modules
# of its names stand in for it.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'ltimport of pickles' 'needs python3 with msgpack'
	done_testing
fi

# ---------------------------------------------------------------- tools

cat >tools.py <<'END'
import copyreg, pickle, struct, sys, types

# Modules with the names of numpy's, so that pickle writes what numpy would have it write.
CORE = 'numpy.core'
def module(name, **members):
    m = sys.modules[name] = types.ModuleType(name)
    for key, value in members.items():
        value.__module__ = name
        value.__qualname__ = value.__name__ = key
        setattr(m, key, value)
class dtype:
    def __init__(self, code): self.code, self.size = code, int(code[1:])
    def __reduce__(self):
        order = '|' if self.size == 1 else '<'
        return dtype, (self.code, False, True), (3, order, None, None, None, -1, -1, 0)
    def __setstate__(self, state): pass
class ndarray:
    def __init__(self, data, shape, code='u1', fortran=False, axes=None):
        self.data, self.shape, self.dtype, self.fortran, self.axes = data, shape, dtype(code), fortran, axes
    def __reduce_ex__(self, protocol):
        if protocol < 5:
            return _reconstruct, (ndarray, (0,), b'b'), (1, self.shape, self.dtype, self.fortran, self.data)
        rest = ('K', self.axes) if self.axes else ('F' if self.fortran else 'C',)
        return (_frombuffer, (pickle.PickleBuffer(bytearray(self.data)), self.dtype, self.shape) + rest)
    def __setstate__(self, state): pass
def _reconstruct(*a): return ndarray(b'', ())
def _frombuffer(*a): return ndarray(b'', ())
def scalar(*a): pass
module('numpy', ndarray=ndarray, dtype=dtype)
for core in 'numpy.core', 'numpy._core':
    sys.modules[core] = types.ModuleType(core)
module('numpy.core.multiarray', _reconstruct=_reconstruct, scalar=scalar)
module('numpy._core.numeric', _frombuffer=_frombuffer)
class number:
    def __init__(self, value): self.value = value
    def __reduce__(self): return scalar, (dtype('i8'), struct.pack('<q', self.value))

# Python 2's pickles of dicts, lists, tuples, strings, integers and arrays.
def two(x, protocol):
    if protocol == 2: return b'\x80\x02' + old(x, True) + b'.'
    return old(x, False) + b'.'
def old(x, binary):
    o = lambda v: old(v, binary)
    if x is None: return b'N'
    if isinstance(x, bool): return (b'\x89\x88'[x:x + 1] if binary else b'I0%d\n' % x)
    if isinstance(x, int): return b'J' + struct.pack('<i', x) if binary else b'I%d\n' % x
    if isinstance(x, str): x = x.encode('latin1')
    if isinstance(x, (bytes, bytearray)):
        if binary: return b'U' + bytes([len(x)]) + x if len(x) < 256 else b'T' + struct.pack('<i', len(x)) + x
        return b'S' + repr(bytes(x))[1:].encode() + b'\n'
    if isinstance(x, tuple): return b'(' + b''.join(map(o, x)) + b't'
    if isinstance(x, list):
        if binary: return b'](' + b''.join(map(o, x)) + b'e'
        return b'(lp7\n' + b''.join(o(v) + b'a' for v in x)
    if isinstance(x, dict):
        if binary: return b'}q\x01(' + b''.join(o(k) + o(v) for k, v in x.items()) + b'u'
        return b'(dp1\n' + b''.join(o(k) + o(v) + b's' for k, v in x.items())
    if isinstance(x, dtype): return b'cnumpy\ndtype\n' + o((x.code, 0, 1)) + b'R' + o((3, '|', None, None, None, -1, -1, 0)) + b'b'
    return (b'cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n' + o((0,)) + o('b') + b'tR' +
            o((1, x.shape, x.dtype, x.fortran, x.data)) + b'b')

def dumps(x, protocol):
    return two(x, protocol - 20) if protocol >= 20 else pickle.dumps(x, protocol)
END
# What must be equal: all but provenance, and the frames' numbers and sums.
cat >frames.py <<'END'
import msgpack, sys, zlib
for f in msgpack.Unpacker(open(sys.argv[1], 'rb'), max_buffer_size=1 << 28):
    meta = msgpack.unpackb(f[2])
    meta.pop('prov', None)
    if f[0] == 'DONE':
        meta = {k: meta[k] for k in ('rows', 'class_counts') if k in meta}
    print(f[0], meta, '%08x' % zlib.crc32(f[3]))
END
equal() {
	"$PYTHON" frames.py "$2" >got && "$PYTHON" frames.py "$3" >want && same "$1" got want
}
say() {
	"$PYTHON" -c '
import msgpack, sys
for f in msgpack.Unpacker(open(sys.argv[1], "rb"), max_buffer_size=1 << 28):
    if f[0] == "LTS1": h = msgpack.unpackb(f[2])
    if f[0] == "DONE": d = msgpack.unpackb(f[2])
print(eval(sys.argv[2]))' "$1" "$2"
}

# ---------------------------------------------------------------- CIFAR

cat >cifar.py <<'END'
import io, os, tarfile
from tools import *
def pixels(k): return bytes((k * 7 + i // 5) % 256 for i in range(3072))
names = 'airplane automobile bird cat deer dog frog horse ship truck'.split()
def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, 'wb').write(data)
ten = {'data_batch_%d' % b: ([(b + i) % 10 for i in range(3)], [b * 3 + i for i in range(3)]) for b in range(1, 6)}
ten['test_batch'] = ([6, 7], [18, 19])
hundred = {'train': ([5 * i for i in range(4)], [i % 20 for i in range(4)], range(4)), 'test': ([99], [19], [9])}
fine, coarse = ['fine%d' % i for i in range(100)], ['coarse%d' % i for i in range(20)]

write('bin/cifar-10/batches.meta.txt', '\n'.join(names).encode())
for name, (labels, rows) in ten.items():
    write('bin/cifar-10/%s.bin' % name, b''.join(bytes([l]) + pixels(k) for l, k in zip(labels, rows)))
write('bin/cifar-100/fine_label_names.txt', '\n'.join(fine).encode())
write('bin/cifar-100/coarse_label_names.txt', '\n'.join(coarse).encode())
for name, (f, c, rows) in hundred.items():
    write('bin/cifar-100/%s.bin' % name, b''.join(bytes([c[i], f[i]]) + pixels(k) for i, k in enumerate(rows)))

def data(rows): return ndarray(b''.join(map(pixels, rows)), (len(rows), 3072))
def python(top, protocol, key=str):
    def put(name, items):
        write(top + name, dumps({key(k): v for k, v in items.items()}, protocol))
    for name, (labels, rows) in ten.items():
        put('/cifar-10-batches-py/' + name, {'batch_label': key('a batch'), 'labels': labels, 'data': data(rows),
                                          'filenames': [key('%d.png' % k) for k in rows]})
    put('/cifar-10-batches-py/batches.meta', {'num_cases_per_batch': 10000, 'label_names': [key(n) for n in names]})
    for name, (f, c, rows) in hundred.items():
        put('/cifar-100-python/' + name, {'fine_labels': f, 'data': data(rows), 'coarse_labels': c})
    put('/cifar-100-python/meta', {'fine_label_names': [key(n) for n in fine], 'coarse_label_names': [key(n) for n in coarse]})
for protocol in range(6): python('p%d' % protocol, protocol)
for protocol in (0, 2, 4): python('b%d' % protocol, protocol, str.encode)
for protocol in (20, 22): python('p%d' % protocol, protocol)

def tar(path, top, order):
    with tarfile.open(path, 'w:gz') as t:
        for name in order: t.add(top + '/' + name, 'x/' + name)
tar('mixed.tar.gz', 'p22/cifar-10-batches-py', ['data_batch_4', 'test_batch', 'data_batch_3', 'batches.meta', 'data_batch_2', 'data_batch_5', 'data_batch_1'])
with tarfile.open('hundred.tar', 'w') as t: t.add('p2/cifar-100-python', 'cifar-100-python')
write('short/data_batch_1', open('p3/cifar-10-batches-py/data_batch_1', 'rb').read()[:-1])
write('label/data_batch_1', dumps({'labels': [3, 10], 'data': data([1, 2])}, 4))
write('less/data_batch_1', dumps({'labels': [3], 'data': data([1, 2])}, 4))
write('none/data_batch_1', dumps({'data': data([1, 2])}, 4))
write('text/data_batch_1', b'#!/usr/bin/env python\n')
write('names/data_batch_1', dumps({'labels': [3, 9], 'data': data([1, 2])}, 4))
write('names/batches.meta', dumps({'label_names': names[:9]}, 4))
# Other sets under the same keys.
small = ndarray(bytes(range(2 * 4 * 4 * 3)), (2, 4, 4, 3))
write('own/small.pkl', dumps({'data': small, 'labels': [2, 0]}, 4))
write('own/named.pkl', dumps({'data': small, 'labels': [2, 0], 'label_names': ['ant', 'bee', 'cow']}, 4))
write('own/one.pkl', dumps({'data': small, 'labels': [3, 1], 'label_names': ['ant', 'bee', 'cow']}, 4))
write('own/ten.pkl', dumps({'data': data([1, 2]), 'labels': [9, 0]}, 4))
write('own/imagenet32', dumps({'data': data([1, 2]), 'labels': [1000, 1]}, 4))
write('own/pair.pkl', dumps({'images': small, 'labels': [2, 0]}, 4))
END
"$PYTHON" cifar.py || exit 1

for split in train test all; do
	ltimport --split "$split" bin/cifar-10 -o "10-$split.lts" &&
		ltimport --split "$split" bin/cifar-100 -o "100-$split.lts" &&
		ltimport --coarse --split "$split" bin/cifar-100 -o "coarse-$split.lts" || exit 1
done
for form in p0 p1 p2 p3 p4 p5 b0 b2 b4 p20 p22; do
	ok "CIFAR-10, form $form" ltimport $form/cifar-10-batches-py -o 1.lts
	equal 'is that of the binary form' 1.lts 10-train.lts
	ok "CIFAR-100, form $form" ltimport $form/cifar-100-python -o 1.lts
	equal 'is that of the binary form' 1.lts 100-train.lts
done
for split in test all; do
	ok "CIFAR-10, $split" ltimport --split $split p2/cifar-10-batches-py -o 1.lts
	equal 'is that of the binary form' 1.lts 10-$split.lts
	ok "CIFAR-100, $split" ltimport --split $split p2/cifar-100-python -o 1.lts
	equal 'is that of the binary form' 1.lts 100-$split.lts
done
for split in train test all; do
	ok "CIFAR-100, coarse, $split" ltimport --coarse --split $split hundred.tar -o 1.lts
	equal 'is that of the binary form' 1.lts coarse-$split.lts
done
ok 'an archive out of order' ltimport mixed.tar.gz -o mixed.lts
equal 'is put in order' mixed.lts 10-train.lts
ok 'from a pipe' sh -c 'cat mixed.tar.gz | ltimport -o 1.lts'
same 'the same bytes' 1.lts mixed.lts
ok 'a file alone' ltimport p4/cifar-10-batches-py/test_batch -o 1.lts
equal 'has the split of its name' 1.lts 10-test.lts
ok 'a compressed one from a pipe' sh -c 'gzip <p4/cifar-10-batches-py/test_batch | ltimport -o 1.lts'
is 'has no split' "$(say 1.lts 'h.get("split"), d["rows"]')" '(None, 2)'
ok 'its size is changed' ltimport --size 16 --channels 1 p20/cifar-10-batches-py -o 1.lts
ltimport --size 16 --channels 1 bin/cifar-10 -o 2.lts
equal 'as in the binary form' 1.lts 2.lts
ok 'without labels' ltimport --no-labels none -o 1.lts
is 'none has one' "$(say 1.lts 'd["rows"], h.get("classes")')" '(2, None)'
printf '%s\n' truck airplane bird cat deer dog frog horse ship automobile >classes
ok 'classes are matched by name' ltimport --classes classes p4/cifar-10-batches-py/test_batch -o 1.lts
is 'and counted so' "$(say 1.lts 'd["class_counts"]')" '[0, 0, 0, 0, 0, 0, 1, 1, 0, 0]'

fails_with 65 'a batch without its last byte' ltimport short
err_has 'is named' 'short: data_batch_1: byte'
err_has 'and truncated' 'truncated'
fails_with 65 'label 10' ltimport label
err_has 'is named' 'label: data_batch_1: record 1 has label 10 of 10 classes'
fails_with 65 'too few labels' ltimport less
err_has 'both counts' '2 images and 1 labels'
fails_with 65 'no labels' ltimport none
err_has 'the keys there are' 'there is no key "labels" in this pickle, and --no-labels is not given; it has: data'
fails_with 65 'no pickle' ltimport text
err_has 'is called so' 'text: data_batch_1: not a pickle'
mkdir sets && ln -s ../p2/cifar-10-batches-py/data_batch_1 ../p2/cifar-100-python/train sets
fails_with 65 'both sets in one directory' ltimport sets
err_has 'are not mixed' 'CIFAR-10 and CIFAR-100 are both in it; name the directory of one'
fails_with 65 'nine names' ltimport names
err_has 'are too few' 'names: batches.meta: label_names is not a list of 10 names'
fails_with 64 'CIFAR-10 has no coarse labels' ltimport --coarse p4/cifar-10-batches-py
fails_with 64 'nor has a batch of it' ltimport --coarse p4/cifar-10-batches-py/data_batch_1
fails_with 65 'a split that is not there' ltimport --split val p4/cifar-10-batches-py

# Downsampled ImageNet: rows of 3 * 4 * 4 in two batches, and one of another split.
"$PYTHON" - <<'END'
import os
from tools import *
os.makedirs('small')
for name, labels, first in (('train_data_batch_1', [1, 1000], 0), ('train_data_batch_2', [3], 2), ('val_data', [7], 3)):
    rows = b''.join(bytes(range(48 * i, 48 * (i + 1))) for i in range(first, first + len(labels)))
    open('small/' + name, 'wb').write(dumps({'data': ndarray(rows, (len(labels), 48)), 'labels': labels, 'mean': 0}, 2))
os.makedirs('zeros')
open('zeros/val_data', 'wb').write(dumps({'data': ndarray(bytes(48), (1, 48)), 'labels': [0]}, 2))
END
ok 'downsampled ImageNet' ltimport small -o 1.lts
is 'labels count from 0' "$(say 1.lts 'len(h["classes"]), h["split"]') $(ltcat --take y 1.lts | paste -sd' ' -)" "(1000, 'train') 0 999 2"
err_is 'what is missing and how labels count is told' 'ltimport: small: of the 10 batches of downsampled ImageNet these are missing: 3, 4, 5, 6, 7, 8, 9, 10
ltimport: small: labels 1 to 1000 are written as 0 to 999; --classes FILE names them'
crc=$("$PYTHON" -c 'import zlib; print("%08x" % zlib.crc32(bytes(16 * c + p for p in range(16) for c in range(3))))')
is 'planes become pixels' "$("$PYTHON" "$here/../rows.py" 1.lts | sed -n 1p | grep -o "4x4x3 $crc")" "4x4x3 $crc"
ok 'its other split' ltimport --split val small -o 1.lts
is 'is val' "$(say 1.lts 'h["split"]') $(ltcat --take y 1.lts)" 'val 6'
ok 'one of its files' ltimport small/train_data_batch_2 -o 1.lts
is 'counts from 0 too' "$(say 1.lts 'h["split"]') $(ltcat --take y 1.lts)" 'train 2'
ok 'without labels' ltimport --no-labels small -o 1.lts
fails_with 65 'label 0' ltimport zeros
err_has 'is refused' 'val_data: record 0 has label 0; those of downsampled ImageNet are 1 to 1000'
cp p4/cifar-10-batches-py/data_batch_1 zeros
fails_with 65 'beside CIFAR-10' ltimport zeros
err_has 'is not mixed' 'CIFAR-10 and downsampled ImageNet are both in it'

# A dict with the keys of CIFAR-10 need not be CIFAR-10.
classes_of() { say 1.lts '",".join(h["classes"][:12])'; }
ok 'images of 4 by 4' ltimport own/small.pkl -o 1.lts
is 'have no names of CIFAR-10' "$(classes_of)" 0,1,2
ok 'names in the pickle' ltimport own/named.pkl -o 1.lts
is 'are used' "$(classes_of) $(ltcat --take y 1.lts | paste -sd' ' -)" 'ant,bee,cow 2 0'
fails_with 65 'labels from 1 with names' ltimport own/one.pkl
err_has 'are told' 'own/one.pkl: label 3, and label_names has 3 names; --classes FILE names others'
printf '%s\n' none ant bee cow >four
ok 'and --classes names them' ltimport --classes four own/one.pkl -o 1.lts
is 'by number' "$(classes_of) $(ltcat --take y 1.lts | paste -sd' ' -)" 'none,ant,bee,cow 3 1'
ok 'images and labels that CIFAR-10 could have' ltimport own/ten.pkl -o 1.lts
err_is 'are said to be taken for it' "ltimport: own/ten.pkl: labels 0 to 9 are taken for CIFAR-10's classes, --classes FILE names others"
seq 10 >ten
ok 'unless --classes has other names' ltimport --classes ten own/ten.pkl -o 1.lts
is 'then by number' "$(classes_of) $(ltcat --take y 1.lts | paste -sd' ' -)" '1,2,3,4,5,6,7,8,9,10 9 0'
ok 'or all of CIFAR-10' ltimport --classes classes own/ten.pkl -o 1.lts
is 'then by name' "$(ltcat --take y 1.lts | paste -sd' ' -)" '0 1'
ok 'more than ten classes (downsampled ImageNet)' ltimport own/imagenet32 -o 1.lts
is 'have numbers' "$(say 1.lts 'len(h["classes"])') $(ltcat --take y 1.lts | paste -sd' ' -)" '1001 1000 1'
fails_with 65 'other keys' ltimport own/pair.pkl
err_has 'the keys that are wanted are named' 'own/pair.pkl: there is no key "data" in this pickle; it has: images, labels; save a dict of data (uint8, [n, height, width, 3]) and labels'

# ---------------------------------------------------------------- predicted labels

cat >predicted.py <<'END'
from tools import *
planes = bytes((i * 31 + i // 1024 * 7) % 256 for i in range(6 * 3072))
pixels = bytearray(len(planes))
for n in range(6):
    for c in range(3):
        pixels[n * 3072 + c:(n + 1) * 3072:3] = planes[n * 3072 + c * 1024:n * 3072 + (c + 1) * 1024]
pixels = bytes(pixels)
labels = [3, 1, 4, 1, 9, -1]
def i8(l): return ndarray(struct.pack('<%dq' % len(l), *l), (len(l),), 'i8')
hwc, chw = ndarray(pixels, (6, 32, 32, 3)), ndarray(planes, (6, 3, 32, 32))
def put(name, data, targets=i8(labels), protocol=4, **more):
    open(name + '.pickle', 'wb').write(dumps(dict(data=data, extrapolated_targets=targets, **more), protocol))
for p in 0, 2, 4, 5, 20, 22: put('hwc%d' % p, hwc, labels if p >= 20 else i8(labels), p)
put('chw', chw)
put('list', hwc, labels)
put('scalars', hwc, list(map(number, labels)), 3, prediction_model='resnet32', big=1 << 90, accuracy=.9, nothing=None)
put('view', ndarray(planes, (6, 3, 32, 32), axes=(0, 2, 3, 1)), protocol=5)
put('view-chw', ndarray(pixels, (6, 32, 32, 3), axes=(0, 3, 1, 2)), protocol=5)
put('wide', ndarray(pixels, (6, 16, 64, 3)), [0, 30, 2, 2, 2, 2])
# What is not read.
put('flat', ndarray(pixels, (6, 3072)))
put('both', ndarray(pixels[:54], (6, 3, 1, 3)))
put('grey', ndarray(pixels[:6 * 1024], (6, 32, 32)))
put('four', ndarray(pixels[:6 * 1024], (6, 16, 16, 4)))
put('fortran', ndarray(pixels, (6, 32, 32, 3), fortran=True))
put('turned', ndarray(pixels, (6, 32, 32, 3), axes=(0, 2, 1, 3)), protocol=5)
put('f8', ndarray(pixels * 8, (6, 32, 32, 3), 'f8'))
put('half', ndarray(pixels[:-1], (6, 32, 32, 3)))
put('strings', hwc, ['a'] * 6)
put('real', hwc, ndarray(bytes(48), (6,), 'f8'))
put('negative', hwc, [-2] * 6)
put('no-array', [1, 2], [1, 2])
open('labels.pickle', 'wb').write(dumps({'extrapolated_targets': i8(labels)}, 4))
open('no-dict.pickle', 'wb').write(dumps([1, 2], 4))
open('other.pickle', 'wb').write(dumps({'X': 1, b'y': 2}, 4))
import datetime, os
class Call:
    def __reduce__(self): return os.system, ('touch called',)
put('call', hwc, evil=Call())
put('date', hwc, when=datetime.date(2020, 9, 1), protocol=0)
put('class', hwc, what=types.SimpleNamespace(a=1), protocol=2)
END
"$PYTHON" predicted.py || exit 1
ok 'images with predicted labels' ltimport hwc4.pickle -o hwc.lts
err_has 'whose labels are said to be so' "the labels are those that a model gave (extrapolated_targets); 0 to 9 are taken for CIFAR-10's classes"
is 'classes, counts, split' "$(say hwc.lts 'h["classes"][9], h["class_counts"], h.get("split")')" \
	"('truck', [0, 2, 0, 1, 1, 0, 0, 0, 0, 1], None)"
is 'the labels' "$(ltcat --take y hwc.lts | tr '\n' ' ')" '3 1 4 1 9 -1 '
is 'the pixels' "$(ltcat --take image --raw hwc.lts | cksum)" \
	"$("$PYTHON" -c 'import predicted, sys; sys.stdout.buffer.write(predicted.pixels)' | cksum)"
for form in hwc0 hwc2 hwc5 hwc20 hwc22 chw list scalars view view-chw; do
	ok "form $form" ltimport $form.pickle -o 1.lts
	equal 'the same rows' 1.lts hwc.lts
done
ok 'from a pipe' sh -c 'cat chw.pickle | ltimport -o 1.lts'
equal 'the same rows' 1.lts hwc.lts
ok 'the extra split' ltimport --split extra chw.pickle -o 1.lts
fails_with 65 'no other split' ltimport --split train chw.pickle
ok 'without labels' ltimport --no-labels hwc4.pickle -o 1.lts
[ ! -s err ]
tap $? 'and none is spoken of'
is 'none has one' "$(ltcat --take y 1.lts | sort -u)" -1
ok 'with a list of classes' ltimport --classes classes hwc4.pickle -o 1.lts
is 'which is by number' "$(say 1.lts 'h["classes"][9]')" automobile
ok 'other sizes and classes' ltimport wide.pickle -o 1.lts
is 'have numbers for names, and no norm' "$(say 1.lts 'h["cols"][0]["shape"], len(h["classes"]), h["classes"][30], h.get("norm")')" \
	"([16, 64, 3], 31, '30', None)"

refusal() {
	fails_with 65 "$1" ltimport "$1.pickle"
	err_has 'what is wrong' "$2"
}
refusal flat 'does not determine whether colours are planar or interleaved'
refusal both 'does not determine whether colours are planar or interleaved'
refusal grey 'data must be of shape'
refusal four 'data must be of shape'
refusal fortran "in Fortran's or another order"
refusal turned "in Fortran's or another order"
refusal f8 'its data is of type f8; images are u1'
refusal half 'an array of 18431 bytes, and its shape is of 18432 numbers'
refusal strings 'extrapolated_targets is not a list of integers'
refusal real 'extrapolated_targets is not a list of integers'
refusal negative 'record 0 has label -2'
refusal no-array 'its data is not an array'
refusal labels "a model's labels without their images"
refusal no-dict 'a pickle that is not a dict'
refusal other 'there is no key "data" in this pickle; it has: X, y'
refusal call 'it would call posix.system; it is not read'
refusal date 'it would call datetime.date; it is not read'
refusal class 'it would call types.SimpleNamespace; it is not read'
[ ! -e called ]
tap $? 'nothing was called'

# ---------------------------------------------------------------- large ones

# 18 MB of pixels, more than is kept, in each way that they are written.
cat >large.py <<'END'
from tools import *
block = bytes(range(256)) * 12 * 500
data = ndarray(block * 12, (6000, 32, 32, 3))
for protocol in 2, 4, 20:
    open('large%d.pickle' % protocol, 'wb').write(dumps({'data': data, 'extrapolated_targets': [i % 10 for i in range(6000)]}, protocol))
sys.stdout.buffer.write(block * 12)
END
want=$("$PYTHON" large.py | cksum)
for form in 4 2 20; do
	ok "a large pickle, form $form" ltimport --max-memory 48M large$form.pickle -o large.lts
	is 'its pixels' "$(ltcat --take image --raw large.lts | cksum)" "$want"
done
ok 'the large one with little memory' ltimport --max-memory 8M large4.pickle -o large.lts
ok 'and from a pipe' sh -c 'cat large4.pickle | ltimport --max-memory 8M -o 1.lts'
equal 'the same rows' 1.lts large.lts
done_testing
