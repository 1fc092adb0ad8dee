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
refused outer 'a zip file inside another input; unpack the outer one'
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
done_testing
