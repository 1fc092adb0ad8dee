#!/bin/sh
# Inputs in which nothing is read: what they are, and what to do.
. "$(dirname "$0")/../lib.sh"

# refused FILE WORDS: 65, and one line with the words.
refused() {
	fails_with 65 "$1" ltimport "$1" -o none.lts
	err_has "is $2" "$2"
}

printf 'PAR1\25\4\25\20PAR1' >in.parquet
refused in.parquet 'a Parquet file; write its images to files'
cp in.parquet no-suffix
refused no-suffix 'a Parquet file'
printf '\211HDF\r\n\032\n\0\0' >in.h5
refused in.h5 'an HDF5 file; save its images and labels as arrays of an .npz file'
printf 'MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon HDF5 schema 1.00 .' >in.mat
refused in.mat 'a MAT file of version 7.3, which is HDF5 and not supported; save it with'
printf 'SQLite format 3\0' >in.db
refused in.db 'an SQLite database'
printf '\071\060\0\0\0\0\0\0\213\111\006\137ab' >shard-00000
refused shard-00000 'a TFRecord file'
printf '7z\274\257\047\034\0\4' >in.7z
refused in.7z 'a 7-Zip archive; unpack it'
printf '\0\0\0\040ftypisom\0\0\2\0isom' >in.mp4
refused in.mp4 'a video; save its frames as images, for example with ffmpeg'
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n' >images.tar
refused images.tar 'a pointer of Git LFS'

# Collections of nothing but them.
mkdir -p heic/cat heic/dog
printf '\0\0\0\030ftypheic\0\0\0\0mif1heic' >heic/cat/1.heic
cp heic/cat/1.heic heic/dog/2.HEIC
refused heic 'an HEIC image; convert it to PNG, for example with heif-convert'
mkdir outer
printf 'PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >outer/train.zip
refused outer 'outer: the archive train.zip in it is not read as part of a directory; lt import outer/train.zip reads it'
(cd outer && tar -cf ../outer.tar train.zip)
refused outer.tar 'a zip file inside another input'

# Beside images they are passed over and named.
mkdir -p mixed/cat
printf 'P6\n1 1\n255\nabc' >mixed/cat/1.ppm
cp heic/cat/1.heic mixed/cat/2.heic
ok 'among images' ltimport mixed -o 1.lts
grep -q 'cat/2.heic' err
tap $? 'it is named'
# An encrypted archive: the bit of encryption in both headers of the entry.
if [ -n "$PYTHON" ]; then
	"$PYTHON" -c '
import io, zipfile
out = io.BytesIO()
with zipfile.ZipFile(out, "w") as z:
    z.writestr("cat/1.ppm", b"P6\n1 1\n255\nabc" + b"x" * 20)
data = bytearray(out.getvalue())
data[6] |= 1
data[data.index(b"PK\1\2") + 8] |= 1
open("locked.zip", "wb").write(data)'
	fails_with 65 'an encrypted archive' ltimport locked.zip
	err_has 'what to do' 'cat/1.ppm: an encrypted archive; unpack it with its password and name the directory'
fi

# Archives beside their list, as from Kaggle.
mkdir -p kaggle pictures
for name in a b; do printf 'P6\n1 1\n255\nabc' >pictures/$name.ppm; done
(cd pictures && tar cf ../kaggle/train.tar ./*.ppm)
cp kaggle/train.tar kaggle/test.tar
printf 'id,label\na.ppm,cat\nb.ppm,dog\n' >kaggle/train.csv
printf 'id\na.ppm\n' >kaggle/test.csv
cp kaggle/train.csv kaggle/sample_submission.csv
for options in '' '--format list' '--dry-run'; do
	# shellcheck disable=SC2086 # the options are words
	fails_with 65 "an archive and its list in a directory $options" ltimport $options kaggle/
	err_has 'the command is named' 'kaggle/: the archive train.tar in it is not read as part of a directory; lt import kaggle/train.tar kaggle/train.csv reads it with the list'
done
fails_with 65 'from inside' sh -c 'cd kaggle && exec ltimport .'
err_has 'the command is named' '; lt import train.tar train.csv reads it'
ok 'the command works' ltimport kaggle/train.tar kaggle/train.csv -o x.lts
is 'with these rows' "$(ltcat --count x.lts | awk 'NR > 1 { print $2 }' | paste -sd' ' -)" 'cat dog'
mv kaggle "it's one"
mv "it's one/train.tar" "it's one/pictures.tar"
fails_with 65 'names for the shell' ltimport "it's one"
err_has 'are quoted' "lt import 'it'\\''s one/pictures.tar' 'it'\\''s one/train.csv' reads it with the list, and may name more archives"
mkdir zips
cp "it's one/test.tar" zips/dog.tar
fails_with 65 'an archive alone' ltimport zips
err_has 'is named' 'zips: the archive dog.tar in it is not read as part of a directory; lt import zips/dog.tar reads it'
cp zips/dog.tar zips/cat.tar
echo text >zips/README.txt
fails_with 65 'archives of classes' ltimport zips
err_has 'what to do' 'zips: the 2 archives in it (such as cat.tar) are not read as parts of a directory; if each is a class, unpack it to a directory of its name, else name the archives: lt import zips/cat.tar zips/dog.tar'
cp zips/dog.tar zips/eel.tar
fails_with 65 'three of them' ltimport zips
err_has 'are not all named' 'lt import zips/cat.tar zips/dog.tar …'
cp pictures/a.ppm zips
ok 'beside an image they are only told' ltimport --no-labels zips -o x.lts
done_testing
