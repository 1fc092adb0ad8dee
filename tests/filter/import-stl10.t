#!/bin/sh
# ltimport: STL-10's binary files, in a directory, in archives and one by one.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'ltimport of STL-10' 'needs python3 with msgpack'
	done_testing
fi
. "$here/../import.sh"

cat >make.py <<'END'
import gzip, io, os, sys, tarfile, zipfile, zlib
SIDE = 96
names = 'airplane bird car cat deer dog horse monkey ship truck'.split()
def pixel(k, c, row, col):
    """Of image k of the set: a number that depends on each of the four."""
    return (31 * k + 101 * c + 3 * row + 7 * col + row * col // 11) % 256
def image(k):
    """In the file: planes, each column by column."""
    return bytes(pixel(k, c, row, col) for c in range(3) for col in range(SIDE) for row in range(SIDE))
def row(at, k, label, split, name):
    """As rows.py prints it, computed from rows of pixels."""
    p = bytes(pixel(k, c, row, col) for row in range(SIDE) for col in range(SIDE) for c in range(3))
    return '%d %d %s %s - 96x96x3 %08x\n' % (at, label, split, name, zlib.crc32(p))
labels = {'train': [3, 10, 1, 3], 'test': [1, 10]}
first = {'train': 0, 'test': 10, 'unlabeled': 20}
count = {'train': 4, 'test': 2, 'unlabeled': 3}
files = {s + '_X.bin': b''.join(image(first[s] + i) for i in range(count[s])) for s in first}
files.update({s + '_y.bin': bytes(labels[s]) for s in labels})
files['class_names.txt'] = ''.join(n + '\n' for n in names).encode()
files['fold_indices.txt'] = b'0 2 \n3 1 \n' * 5
published = ['test_X.bin', 'test_y.bin', 'train_X.bin', 'train_y.bin', 'unlabeled_X.bin',
             'class_names.txt', 'fold_indices.txt']
def tar(path, order, top='stl10_binary/', mode='w:gz'):
    with tarfile.open(path, mode) as t:
        for name in order:
            info = tarfile.TarInfo(top + name)
            info.size = len(files[name])
            t.addfile(info, io.BytesIO(files[name]))
def folder(path, without=(), **change):
    os.makedirs(path)
    for name, data in files.items():
        if name not in without:
            open(path + '/' + name, 'wb').write(change.get(name[:-4], data))
tar('stl10_binary.tar.gz', published)
tar('reversed.tar.gz', published[::-1])
tar('plain.tar', published, mode='w')
with zipfile.ZipFile('stl10.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    for name in published: z.writestr('data/' + name, files[name])
folder('stl10_binary')
folder('renamed', class_names=b'a\nb\r\n\nc\nd\ne\nf\ng\nh\ni\nj')
folder('nine', class_names=b'a\nb\n')
folder('unnamed', without=['class_names.txt', 'fold_indices.txt', 'unlabeled_X.bin'])
folder('no-labels', without=['train_y.bin'])
folder('alone', without=['train_X.bin', 'test_X.bin'])
folder('cut', train_X=files['train_X.bin'][:-1])
folder('long', unlabeled_X=files['unlabeled_X.bin'] + b'.')
folder('zero', train_y=bytes([3, 0, 1, 3]))
folder('eleven', test_y=bytes([1, 11]))
folder('few', train_y=bytes([3, 10, 1]))
folder('many', train_y=bytes([3, 10, 1, 3, 3]))
folder('huge', train_y=bytes([1]) * ((1 << 20) + 1))
os.makedirs('twice/a'), os.makedirs('twice/b')
for d in 'ab': open('twice/%s/train_X.bin' % d, 'wb').write(files['train_X.bin'])
os.makedirs('packed')
for name in 'train_X.bin', 'train_y.bin', 'unlabeled_X.bin':
    open('packed/%s.gz' % name, 'wb').write(gzip.compress(files[name], mtime=0))
open('packed/test_X.bin.gz', 'wb').write(gzip.compress(files['test_X.bin'] + b'.', mtime=0))
os.makedirs('pictures/cat'), os.makedirs('pictures/dog')
for d in 'cat', 'dog': open('pictures/%s/1.ppm' % d, 'wb').write(b'P6\n1 1\n255\n' + b'abc')
open('pictures/train_X.bin', 'wb').write(b'weights')

def folds(name, text): folder(name, without=['unlabeled_X.bin'], fold_indices=text)
folds('nine-folds', b'0 2\n' * 9)
folds('eleven-folds', b'0 2\n' * 11)
folds('uneven', b'0 2\n' * 4 + b'0\n' + b'0 2\n' * 5)
folds('beyond', b'0 2\n' * 9 + b'0 4\n')
folds('minus', b'0 -1\n' + b'0 2\n' * 9)
folds('word', b'0 2x\n' + b'0 2\n' * 9)
folds('vast', b'0 99999999999999999999999999\n' + b'0 2\n' * 9)
folds('again', b'2 2\n' + b'0 2\n' * 9)
folds('empty', b'')
def want(path, splits, split, bare=False):
    at, out = 0, ''
    for s in splits:
        for i in range(count[s]):
            y = -1 if bare or s == 'unlabeled' else labels[s][i] - 1
            out += row(at, first[s] + i, y, split, names[y] if y >= 0 else '-')
            at += 1
    open(path, 'w').write(out)
full = ''
for i in range(4): full += row(i, i, labels['train'][i] - 1, 'train', names[labels['train'][i] - 1])
for fold, of in ('even', (0, 2)), ('odd', (1, 3)):
    open('want-' + fold, 'w').write(''.join(full.splitlines(True)[i] for i in of))
want('want-train', ['train'], 'train')
want('want-test', ['test'], 'test')
want('want-extra', ['unlabeled'], '-')
want('want-all', ['train', 'test', 'unlabeled'], '-')
want('want-bare', ['train'], 'train', bare=True)
END
"$PYTHON" make.py || exit 1
# has NAME WANT ARGUMENTS…: the rows that ltimport makes of them.
has() {
	name=$1
	want=$2
	shift 2
	rm -f x.lts
	ok "$name" ltimport "$@" -o x.lts
	rows x.lts >got
	same "$name: rows" got "$want"
}
# silent TEXT: the last import printed no notice with it.
silent() {
	! grep -qF -- "$1" err
	tap $? "not told: $1"
}
ten='airplane,bird,car,cat,deer,dog,horse,monkey,ship,truck'

# ---------------------------------------------------------------- every container

for input in stl10_binary.tar.gz reversed.tar.gz plain.tar stl10.zip stl10_binary; do
	has "$input" want-train "$input"
	told "$input: 3 unlabelled images are left out; --split extra imports them, with label -1"
	told "$input: fold_indices.txt is not used; --fold imports one of its folds"
	silent 'passed over'
	is "$input: ten classes" "$(say x.lts '",".join(h["classes"])')" $ten
	is "$input: counts" "$(say x.lts 'h["class_counts"]')" '[1, 0, 2, 0, 0, 0, 0, 0, 0, 1]'
	has "$input, test" want-test --split test "$input"
	silent 'left out'
	has "$input, extra" want-extra --split extra "$input"
	is "$input, extra: ten classes" "$(say x.lts '",".join(h["classes"])')" $ten
	has "$input, all" want-all --split all "$input"
	silent 'left out'
	has "$input, --no-labels" want-bare --no-labels "$input"
done
# A pixel by its place, apart from the checksums: green of row 2, column 5 of the second image.
ltimport -q stl10_binary -o x.lts
is 'row 2, column 5' "$("$PYTHON" -c '
import msgpack
for f in msgpack.Unpacker(open("x.lts", "rb"), max_buffer_size=1 << 28):
    if f[0] == "ROWS": print(f[3][27648 + (2 * 96 + 5) * 3 + 1])')" "$((31 + 101 + 3 * 2 + 7 * 5))"
has 'from a redirected file' want-train - <stl10_binary.tar.gz
ltimport -q stl10_binary.tar.gz -o x.lts
ok 'through a pipe' sh -c 'cat stl10_binary.tar.gz | ltimport >pipe.lts'
same 'the same bytes' pipe.lts x.lts
for threads in 1 3; do
	ltimport -q --threads $threads --split all stl10_binary >$threads.lts
done
same 'threads change no byte' 1.lts 3.lts
has '--format stl10' want-train --format stl10 stl10_binary
ok 'a table of it' ltimport --dry-run stl10_binary.tar.gz
grep -q 'stl10' out && grep -q 'extra' out
tap $? 'names the format and the split'
ok 'resized to grey' ltimport --size 32 --channels 1 --split test stl10_binary -o x.lts
is 'its shape' "$(rows x.lts | sed -n 1p | cut -d' ' -f6)" 32x32x1
fails_with 64 'encoded images' ltimport --encoded stl10_binary

# ---------------------------------------------------------------- single files

has 'images and labels' want-train stl10_binary/train_X.bin stl10_binary/train_y.bin
has 'labels and images' want-test --split test stl10_binary/test_y.bin stl10_binary/test_X.bin
has 'images with labels beside them' want-train stl10_binary/train_X.bin
is 'both are in the provenance' "$(say x.lts '[i[0] for i in h["prov"][0]["in"]]')" "['data', 'labels']"
(cd stl10_binary && ltimport -q --split test test_X.bin -o ../x.lts)
rows x.lts >got
same 'without a directory' got want-test
has 'unlabelled images' want-extra stl10_binary/unlabeled_X.bin
has 'all files' want-all --split all stl10_binary/unlabeled_X.bin stl10_binary/train_X.bin \
	stl10_binary/test_X.bin
has 'compressed, with labels beside them' want-train packed/train_X.bin.gz
has 'compressed, unlabelled' want-extra packed/unlabeled_X.bin.gz
has 'compressed, with labels' want-train packed/train_X.bin.gz stl10_binary/train_y.bin
fails_with 65 'compressed, one byte too long' ltimport --no-labels packed/test_X.bin.gz
err_has 'is named' 'packed/test_X.bin.gz: 55297 bytes, not a multiple of 27648'

# ---------------------------------------------------------------- classes

ok 'other names' ltimport renamed -o x.lts
is 'are used' "$(say x.lts '",".join(h["classes"])')" a,b,c,d,e,f,g,h,i,j
has 'without a list of names' want-train unnamed
silent 'left out'
silent 'passed over'
printf '%s\n' truck ship monkey horse dog deer cat car bird airplane >reverse.txt
ok 'in the order of --classes' ltimport --classes reverse.txt stl10_binary -o x.lts
is 'its labels' "$(ltcat --take y x.lts | tr '\n' ' ')" '7 0 9 7 '
fails_with 65 'two names' ltimport nine
err_has 'are too few' 'nine: class_names.txt: 2 names, and the set has 10 classes'

# ---------------------------------------------------------------- what is wrong

fails_with 65 'images without their labels' ltimport no-labels
err_has 'are named' 'no-labels: train_X.bin: there is no train_y.bin with its labels; --no-labels imports it without labels'
has 'images without their labels, --no-labels' want-bare --no-labels no-labels
has 'images without labels of another split' want-test --split test no-labels
fails_with 65 'one image file without its labels' ltimport no-labels/train_X.bin
err_has 'is named' 'no-labels/train_X.bin: there is no train_y.bin'
has 'labels without their images' want-extra alone
fails_with 65 'half an image' ltimport cut
err_has 'is named' 'cut: train_X.bin: 110591 bytes, not a multiple of 27648, the bytes of an image of STL-10'
has 'half an image of another split' want-test --split test cut
fails_with 65 'more than unlabelled images' ltimport --split extra long
err_has 'is named' 'long: unlabeled_X.bin: 82945 bytes'
fails_with 65 'label 0' ltimport zero
err_has 'is named' 'zero: train_y.bin: image 1 has label 0, which is not 1 to 10'
fails_with 65 'label 11' ltimport --split test eleven
err_has 'is named' 'eleven: test_y.bin: image 1 has label 11, which is not 1 to 10'
fails_with 65 'a label too few' ltimport few
err_has 'is counted' 'few: train_y.bin: 3 labels for the 4 images of train_X.bin'
fails_with 65 'a label too many' ltimport many
err_has 'is counted' 'many: train_y.bin: 5 labels for the 4 images of train_X.bin'
fails_with 65 'far too many labels' ltimport huge
err_has 'are not kept' 'huge: train_y.bin: more than 1048576 bytes'
fails_with 65 'a file twice' ltimport twice
err_has 'is named' 'train_X.bin: this file of STL-10 occurs twice'
fails_with 65 'a split that is not there' ltimport --split extra unnamed
err_has 'is named' 'there is no split "extra" in it'
fails_with 65 'another data set' ltimport --format stl10 pictures/cat
err_has 'lacks the files' "none of STL-10's files is in it"
ok 'pictures beside a file of that name' ltimport pictures -o x.lts
is 'are a folder' "$(say x.lts '",".join(h["classes"])')" cat,dog

# ---------------------------------------------------------------- folds

for input in stl10_binary.tar.gz reversed.tar.gz stl10.zip stl10_binary stl10_binary/train_X.bin; do
	has "$input, fold 0: images keep their numbers" want-even --fold 0 "$input"
	silent 'passed over'
	silent 'is not used'
	is "$input, fold 0: counts" "$(say x.lts 'h["class_counts"]')" '[1, 0, 1, 0, 0, 0, 0, 0, 0, 0]'
	has "$input, fold 9" want-odd --fold 9 --split train "$input"
done
ok 'a table of a fold' ltimport --dry-run --fold 9 stl10_binary
grep -q '2 rows, split train' out
tap $? 'counts its rows'
fails_with 64 'a fold of test' ltimport --fold 1 --split test stl10_binary
err_has 'is an error' '--fold goes with the split train alone'
fails_with 64 'a fold of all' ltimport --fold 1 --split all stl10_binary
fails_with 64 'a fold of another data set' ltimport --fold 1 pictures
err_has 'is an error' '--fold goes with STL-10, not with format folder'
fails_with 64 'fold 10' ltimport --fold 10 stl10_binary
fails_with 65 'no file of folds' ltimport --fold 1 unnamed
err_has 'is named' 'unnamed: there is no fold_indices.txt for --fold'
# broken NAME TEXT: the error, also if the fold asked for is sound.
broken() {
	fails_with 65 "folds: $1" ltimport --fold 1 "$1"
	err_has 'are named' "$1: fold_indices.txt: $2"
}
broken nine-folds '9 folds, and STL-10 has 10'
broken eleven-folds '11 folds, and STL-10 has 10'
broken empty '0 folds, and STL-10 has 10'
broken uneven 'fold 4 has 1 images, and fold 0 has 2'
broken beyond 'fold 9: "4" is not the number of an image of train, which has 4'
broken minus 'fold 0: "-1" is not the number'
broken word 'fold 0: "2x" is not the number'
broken vast 'fold 0: "99999999999999999999999999" is not the number'
fails_with 65 'an image twice in a fold' ltimport --fold 0 again
err_has 'is named' 'again: fold_indices.txt: fold 0: image 2 occurs twice'
done_testing
