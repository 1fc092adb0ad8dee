#!/bin/sh
# ltimport: MNIST's files as they are found: packed beside unpacked ones, under other names, in
# archives that pack them twice, and several sets side by side.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'ltimport of IDX files' 'needs python3 with msgpack'
	done_testing
fi

cat >make.py <<'END'
import gzip, os, struct, tarfile, zipfile
def images(n, k): return struct.pack('>4I', 0x803, n, 2, 2) + bytes((k + i) % 256 for i in range(n * 4))
def labels(*l): return struct.pack('>2I', 0x801, len(l)) + bytes(l)
def put(path, data, packed=False):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, 'wb').write(gzip.compress(data, mtime=0) if packed else data)
train, test = (images(3, 1), labels(4, 0, 2)), (images(2, 100), labels(1, 4))
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
is 'its labels' "$(ltcat --take y want-all.lts | tr '\n' ' ')" '4 0 2 1 4 '

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
ok 'images are as in the file' ltimport emnist/emnist-letters-train-images-idx3-ubyte.gz -o 1.lts
err_has 'which is said' "EMNIST's files have the rows and columns of each image exchanged"
fails_with 65 'two sets under the same names' ltimport sets
err_has 'both are named' 'MNIST/raw/t10k-images-idx3-ubyte: more than one set'
fails_with 65 'images of one and labels of another' ltimport mixed
err_has 'both are named' 'mixed: emnist-letters-train-images-idx3-ubyte and emnist-digits-train-labels-idx1-ubyte: more than one set'
ok 'images alone' ltimport --no-labels mixed -o 1.lts

ok 'a name that says packed where it is not' ltimport bare.tar -o 1.lts
"$PYTHON" frames.py 1.lts >got
is 'three rows' "$(ltcat --take y 1.lts | tr '\n' ' ')" '4 0 2 '
for bad in cut other deep tar-in-it; do
	fails_with 65 "damaged: $bad" ltimport $bad.tar
	err_has 'the file is named' "$bad.tar: $bad/train-images-idx3-ubyte.gz"
done
done_testing
