#!/bin/sh
# ltimport: MNIST's files as they are found: packed beside unpacked ones, under other names, in
# archives that pack them twice, and several sets side by side.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'ltimport of IDX files' 'needs python3 with msgpack'
	done_testing
fi

. "$here/../import.sh"

cat >make.py <<'END'
import gzip, os, struct, tarfile, zipfile
def images(n, k): return struct.pack('>4I', 0x803, n, 2, 2) + bytes((k + i) % 256 for i in range(n * 4))
def labels(*l): return struct.pack('>2I', 0x801, len(l)) + bytes(l)
def put(path, data, packed=False):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, 'wb').write(gzip.compress(data, mtime=0) if packed else data)
train, test = (images(3, 1), labels(1, 0, 1)), (images(2, 100), labels(0, 1))
def mnist(path, packed=False, forms='%s-%s'):
    for part, (x, y) in ('train', train), ('t10k', test):
        put(path + '/' + forms % (part + '-images', 'idx3-ubyte') + '.gz' * packed, x, packed)
        put(path + '/' + forms % (part + '-labels', 'idx1-ubyte') + '.gz' * packed, y, packed)
def tar(path, top, mode='w'):
    with tarfile.open(path, mode) as t: t.add(top)
mnist('plain')
mnist('both/MNIST/raw')
# The packed ones hold something else, so that it shows which are read.
for name in sorted(os.listdir('both/MNIST/raw')): put('both/MNIST/raw/%s.gz' % name, b'no images', True)
mnist('packed', True)
mnist('dots', forms='%s.%s')
mnist('dots-packed', True, '%s.%s')
# An archive with each file twice: beside, and in a directory of its own name.
mnist('twice', forms='%s.%s')
for name in sorted(os.listdir('twice')):
    name = name.replace('.idx', '-idx')
    put('twice/%s/%s' % (name, name), b'no images')
for top in 'both', 'packed', 'dots-packed', 'twice': tar(top + '.tar', top)
tar('packed.tgz', 'packed', 'w:gz')
with zipfile.ZipFile('packed.zip', 'w') as z:
    for name in sorted(os.listdir('packed'), reverse=True): z.write('packed/' + name)
with zipfile.ZipFile('twice.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    for top, dirs, files in os.walk('twice'):
        for name in files: z.write(top + '/' + name)
# A directory for each file, and nothing else.
for name in sorted(os.listdir('plain')): put('own/%s/%s' % (name, name), open('plain/' + name, 'rb').read())
# EMNIST, and two sets under the same names.
for k, name in enumerate(['letters', 'digits']):
    put('emnist/emnist-%s-train-images-idx3-ubyte.gz' % name, images(2, 10 * k), True)
    put('emnist/emnist-%s-train-labels-idx1-ubyte.gz' % name, labels(k, 1), True)
tar('emnist.tar', 'emnist')
mnist('sets/MNIST/raw')
mnist('sets/FashionMNIST/raw')
put('mixed/emnist-letters-train-images-idx3-ubyte', images(2, 1))
put('mixed/emnist-digits-train-labels-idx1-ubyte', labels(1, 1))
# Damaged: cut, another thing, packed twice.
def damaged(name, data):
    put(name + '/train-labels-idx1-ubyte.gz', train[1], True)
    put(name + '/train-images-idx3-ubyte.gz', data)
    tar(name + '.tar', name)
damaged('cut', gzip.compress(train[0])[:-12])
damaged('other', gzip.compress(b'something else'))
damaged('deep', gzip.compress(gzip.compress(b'something else')))
damaged('bare', train[0])
# QMNIST: labels with eight columns, and those of test in both forms.
def array(kind, shape, data): return bytes([0, 0, kind, len(shape)]) + struct.pack('>%dI' % len(shape), *shape) + data
def columns(*l, width=8): return array(0xC, (len(l), width), b''.join(struct.pack('>%di' % width, *([y] + [90 + i for i in range(1, width)])) for y in l))
def qmnist(path):
    put(path + '/qmnist-train-images-idx3-ubyte.gz', images(3, 1), True)
    put(path + '/qmnist-train-labels-idx2-int.gz', columns(1, 0, 1), True)
    put(path + '/qmnist-test-images-idx3-ubyte.gz', images(2, 100), True)
    put(path + '/qmnist-test-labels-idx2-int.gz', columns(0, 1), True)
qmnist('qmnist')
put('qmnist/qmnist-train-labels.tsv.gz', b'1\t90\n', True)
tar('qmnist.tar', 'qmnist')
qmnist('both-forms')
put('both-forms/qmnist-test-labels-idx1-ubyte.gz', labels(0, 1), True)
qmnist('short')
put('short/qmnist-train-labels-idx2-int.gz', columns(1, 0, 1)[:-3], True)
qmnist('few')
put('few/qmnist-train-labels-idx2-int.gz', columns(1, 0), True)
qmnist('negative')
put('negative/qmnist-train-labels-idx2-int.gz', columns(1, -2, 1), True)
qmnist('seven')
put('seven/qmnist-train-labels-idx2-int.gz', columns(1, 0, 1, width=7), True)
os.makedirs('xnist')
import lzma
open('xnist/xnist-images-idx3-ubyte.xz', 'wb').write(lzma.compress(images(2, 100)))
open('xnist/xnist-labels-idx2-int.xz', 'wb').write(lzma.compress(columns(0, 1)))
# Four axes; the channels of a pixel differ.
def pixel(k, y, x, c): return 100 * k + 40 * y + 10 * x + c
def colour(path, last, label, height=2):
    shape = (2, height, 2, 3) if last else (2, 3, height, 2)
    rgb = [pixel(k, y, x, c) for k in range(2) for y in range(height) for x in range(2) for c in range(3)] if last else \
          [pixel(k, y, x, c) for k in range(2) for c in range(3) for y in range(height) for x in range(2)]
    put(path + '/train-images-idx4-ubyte', array(8, shape, bytes(rgb)))
    put(path + '/' + label[0], label[1])
ubytes = ('train-labels-idx1-ubyte', labels(1, 0))
colour('last', True, ubytes)
colour('first', False, ubytes)
colour('ints', False, ('train-labels-idx1-int', array(0xC, (2,), struct.pack('>2i', 1, 300))))
colour('both-axes', True, ubytes, height=3)
colour('cut4', True, ubytes)
open('cut4/train-images-idx4-ubyte', 'r+b').truncate(40)
put('four/train-images-idx4-ubyte', array(8, (2, 2, 2, 4), bytes(32)))
put('four/train-labels-idx1-ubyte', labels(1, 0))
put('flat/train-images-idx2-ubyte', array(8, (2, 4), bytes(8)))
put('flat/train-labels-idx1-ubyte', labels(1, 0))
put('float/train-images-idx3-float', array(0xD, (2, 2, 2), bytes(32)))
put('float/train-labels-idx1-ubyte', labels(1, 0))
put('huge/train-images-idx4-ubyte', array(8, (1 << 31, 1 << 31, 1 << 31, 3), bytes(32)))
put('huge/train-labels-idx1-ubyte', labels(1, 0))
with tarfile.open('inner.tar', 'w') as t: t.add('plain')
damaged('tar-in-it', gzip.compress(open('inner.tar', 'rb').read()))
END
"$PYTHON" make.py || exit 1
cat >frames.py <<'END'
import msgpack, sys, zlib
for f in msgpack.Unpacker(open(sys.argv[1], 'rb'), max_buffer_size=1 << 28):
    meta = msgpack.unpackb(f[2])
    meta.pop('prov', None)
    if f[0] == 'DONE':
        meta = {k: meta[k] for k in ('rows', 'class_counts')}
    print(f[0], meta, '%08x' % zlib.crc32(f[3]))
END
# equal NAME FILE SPLIT: the rows of that split.
equal() {
	"$PYTHON" frames.py "$2" >got && "$PYTHON" frames.py "want-$3.lts" >want && same "$1" got want
}

for split in train test all; do
	ok "unpacked, $split" ltimport --split $split plain -o want-$split.lts
done
[ ! -s err ]
tap $? 'without a word'
is 'its labels' "$(ltcat --take y want-all.lts | tr '\n' ' ')" '1 0 1 0 1 '

ok 'packed and unpacked side by side' ltimport both -o 1.lts
err_has 'which is said' 'both: 4 files exist both packed and unpacked, or under two names: MNIST/raw/t10k-images-idx3-ubyte is read and MNIST/raw/t10k-images-idx3-ubyte.gz is not, and so on'
equal 'the unpacked ones are read' 1.lts train
for form in packed dots dots-packed own; do
	ok "form $form" ltimport $form -o 1.lts
	[ ! -s err ]
	tap $? 'without a word'
	equal 'the same rows' 1.lts train
done
ok 'files twice, in directories of their names' ltimport twice -o 1.lts
err_has 'which is said' 'twice: 4 files exist'
equal 'the shorter names are read' 1.lts train
for file in both.tar packed.tar packed.tgz packed.zip dots-packed.tar twice.tar twice.zip; do
	for split in train test all; do
		ok "$file, $split" ltimport --split $split $file -o 1.lts
		equal 'the same rows' 1.lts $split
	done
done
ok 'packed in a pipe' sh -c 'cat packed.zip | ltimport -o 1.lts'
equal 'the same rows' 1.lts train
ok 'one of them' ltimport dots/train-images.idx3-ubyte -o 1.lts
equal 'finds its labels' 1.lts train

fails_with 65 'two sets in a directory' ltimport emnist
err_has 'what to do' 'more than one set; name the images file of one'
fails_with 65 'two sets in an archive' ltimport emnist.tar
err_has 'what to do' 'more than one set; unpack it and name the images file of one'
ok 'one of two sets' ltimport emnist/emnist-digits-train-images-idx3-ubyte.gz -o 1.lts
is 'its labels' "$(ltcat --take y 1.lts | tr '\n' ' ')" '1 1 '
told '1 of 2 classes has no row: 0'
ok 'images are as in the file' ltimport emnist/emnist-letters-train-images-idx3-ubyte.gz -o 1.lts
err_has 'which is said' "EMNIST's files have the rows and columns of each image exchanged"
fails_with 65 'two sets under the same names' ltimport sets
err_has 'both are named' 'MNIST/raw/t10k-images-idx3-ubyte: more than one set'
fails_with 65 'images of one and labels of another' ltimport mixed
err_has 'both are named' 'mixed: emnist-letters-train-images-idx3-ubyte and emnist-digits-train-labels-idx1-ubyte: more than one set'
ok 'images alone' ltimport --no-labels mixed -o 1.lts

ok 'a name that says packed where it is not' ltimport bare.tar -o 1.lts
"$PYTHON" frames.py 1.lts >got
is 'three rows' "$(ltcat --take y 1.lts | tr '\n' ' ')" '1 0 1 '
for bad in cut other deep tar-in-it; do
	fails_with 65 "damaged: $bad" ltimport $bad.tar
	err_has 'the file is named' "$bad.tar: $bad/train-images-idx3-ubyte.gz"
done

# ---------------------------------------------------------------- QMNIST

for form in qmnist qmnist.tar; do
	for split in train test all; do
		ok "$form, $split" ltimport --split $split $form -o 1.lts
		equal 'the rows of MNIST' 1.lts $split
	done
done
told 'qmnist-train-labels-idx2-int.gz: the first of 8 columns is the class, as in QMNIST'
ok 'one of the files' ltimport qmnist/qmnist-train-images-idx3-ubyte.gz -o 1.lts
equal 'finds its labels' 1.lts train
ok 'labels as an operand' ltimport qmnist/qmnist-train-images-idx3-ubyte.gz \
	both-forms/qmnist-train-labels-idx2-int.gz -o 1.lts
equal 'are read' 1.lts train
ok 'labels of test in both forms' ltimport --split test both-forms -o 1.lts
equal 'are read once' 1.lts test
told 'both-forms: 1 file exists both packed and unpacked, or under two names'
ok 'NIST, packed with xz' ltimport xnist -o 1.lts
is 'its labels' "$(ltcat --take y 1.lts | tr '\n' ' ')" '0 1 '
fails_with 65 'truncated labels' ltimport short
err_has 'are named' 'qmnist-train-labels-idx2-int.gz: truncated'
fails_with 65 'too few labels' ltimport few
err_has 'are counted' '3 images and 2 labels'
fails_with 65 'a label that is no class' ltimport negative
err_has 'is named' 'qmnist-train-labels-idx2-int.gz: label 1 is not a whole number from 0 to'
fails_with 65 'other columns' ltimport seven
err_has 'are not guessed' 'shape (3, 7): several labels per image'
fails_with 65 'images for labels' ltimport qmnist/qmnist-train-images-idx3-ubyte.gz qmnist/qmnist-test-images-idx3-ubyte.gz
err_has 'are named' 'qmnist-test-images-idx3-ubyte.gz: not an IDX file of labels'
fails_with 65 'labels for images' ltimport --no-labels qmnist/qmnist-train-labels-idx2-int.gz
err_has 'are named too' 'shape (3, 8): not images, which are (n, height, width)'

# ---------------------------------------------------------------- four axes

want="$("$PYTHON" -c '
for k in range(2): print(" ".join(str(100 * k + 40 * y + 10 * x + c) for y in range(2) for x in range(2) for c in range(3)))')"
pixels() {
	"$PYTHON" -c '
import msgpack, sys
for f in msgpack.Unpacker(open(sys.argv[1], "rb"), max_buffer_size=1 << 28):
    if f[0] == "ROWS":
        for k in range(2): print(*f[3][12 * k:12 * k + 12])' "$1"
}
for form in last first ints; do
	ok "channels $form" ltimport $form -o 1.lts
	is 'the pixels' "$(pixels 1.lts)" "$want"
done
is 'labels of 32 bits' "$(ltcat --take y 1.lts | tr '\n' ' ')" '1 300 '
ok 'an operand of four axes' ltimport first/train-images-idx4-ubyte first/train-labels-idx1-ubyte -o 1.lts
is 'its pixels' "$(pixels 1.lts)" "$want"
ok 'its labels are found' ltimport ints/train-images-idx4-ubyte -o 1.lts
fails_with 65 'channels first or last' ltimport both-axes
err_has 'are not guessed' 'shape (2, 3, 2, 3): the channels may be first or last'
fails_with 65 'truncated' ltimport cut4
err_has 'is named' 'train-images-idx4-ubyte: truncated'
fails_with 65 'four channels' ltimport four
err_has 'are refused' 'shape (2, 2, 2, 4): not images, which are (n, height, width), (n, height, width, 3) or (n, 3, height, width)'
fails_with 65 'flat rows' ltimport flat
err_has 'are refused too' 'shape (2, 4): not images'
fails_with 65 'fractions' ltimport float
err_has 'what to do' 'save them as uint8'
fails_with 65 'a size beyond all files' ltimport huge
err_has 'is refused' 'too large'
done_testing
