#!/bin/sh
# Operands meant for lt import: every program that reads streams rejects a directory, an archive
# or a picture with one line that names lt import.
. "$(dirname "$0")/../lib.sh"

mkdir -p photos/cat photos/dog
for picture in cat/1 cat/2 dog/1; do
	{ printf 'P6 4 4 255\n'; yes $picture | head -c 48; } >photos/$picture.ppm
done
tar -cf photos.tar photos
lt import photos -o rows.lts
lt train --arch resnet20 --epochs 1 --threads 1 -q rows.lts -o model.lts

# refused CODE MESSAGE FILE COMMAND…
refused() {
	want=$1 message=$2 file=$3 program=$(basename "$4")
	shift 3
	shown="$program $(echo "$*" | cut -d ' ' -f 2-) $file"
	fails_with "$want" "$shown" "$@" "$file" -o out.lts
	err_is "$shown: the message" "$program: $message"
	ok "$shown: nothing is left" test ! -e out.lts
}
# refuses COMMAND…: a directory, and a file of another kind.
refuses() {
	refused 66 'photos: a directory; lt import photos makes rows of it' photos "$@"
	refused 65 'photos.tar:0: not an LTS1 stream but a tar archive; lt import photos.tar makes rows of it' \
		photos.tar "$@"
}
for look in '' --check --count --head --slice=0:1 --how --json --salvage; do
	# shellcheck disable=SC2086 # no option is none
	refuses ltcat $look
done
refuses ltsplit
refuses train
refuses train --init model.lts
refuses train rows.lts --val
refuses train rows.lts --unlabeled
refuses pretrain-rot
refuses pretrain-moco
refuses pretrain-jigsaw
refuses pretrain-simclr
refuses retrain --method crt --model model.lts
refuses pseudolabel --model model.lts
refuses pseudolabel rows.lts --model
refuses probe --train
refuses tsne
refuses ltverdict --val
refuses "$LT_BIN/eval" --model model.lts
refuses "$LT_BIN/eval" rows.lts --model
refuses report

# stdin has no name that could be imported.
fails_with 66 'a directory on stdin' sh -c 'lt train -o out.lts <photos'
err_is 'a directory on stdin: the message' 'train: <stdin>: a directory; lt import makes rows of it'
fails_with 65 'an archive from a pipe' sh -c 'tar -cf - photos | lt split -o out.lts'
err_is 'an archive from a pipe: the message' \
	'ltsplit: <stdin>:0: not an LTS1 stream but a tar archive; lt import makes rows of it'
mkfifo silent
sleep 60 >silent &
sleeper=$!
fails_with 66 'a directory, before stdin is read' timeout 20 lt train --init - photos -o out.lts <silent
kill $sleeper

# seen WHAT BYTES: recognised by its first bytes, but not by fewer.
seen() {
	printf %b "$2" >sample
	fails_with 65 "$1" ltcat --check sample
	err_is "$1: the message" "ltcat: sample:0: not an LTS1 stream but $1; ${3-lt import sample makes rows of it}"
	printf %b "$2" | head -c $(($(wc -c <sample) - 1)) >short
	fails_with 65 "$1, cut" ltcat --check short
	err_is "$1, cut: the message" 'ltcat: short:0: not an LTS1 stream'
}
unpack() { echo "$1 -d gives a stream back, lt import sample makes rows of an archive"; }
seen 'gzip data' '\0037\0213' "$(unpack gzip)"
seen 'zstd data' '\0050\0265\0057\0375' "$(unpack zstd)"
seen 'xz data' '\03757zXZ\0000' "$(unpack xz)"
seen 'bzip2 data' 'BZh' "$(unpack bzip2)"
seen 'lz4 data' '\0004\0042\0115\0030' "$(unpack lz4)"
seen 'a zip archive' 'PK\0003\0004'
seen 'a zip archive' 'PK\0005\0006'
seen 'a PNG image' '\0211PNG'
seen 'a JPEG image' '\0377\0330\0377'
seen 'a GIF image' 'GIF8'
seen 'a WebP image' 'RIFF1234WEBP'
seen 'a TIFF image' 'II*\0000'
seen 'a TIFF image' 'MM\0000*'
seen 'a BMP image' 'BM123456789012\0050\0000\0000\0000'
seen 'a BMP image' 'BM123456789012\0174\0000\0000\0000'
seen 'a PPM image' 'P6\n'
seen 'a PGM image' 'P5 '
seen 'an IDX file' '\0000\0000\0010\0003'
seen 'a MATLAB file' 'MATLAB 5.0'
seen 'a NumPy array' '\0223NUMPY'
seen 'a text' 'image,label\n1.png,1\n' 'lt import sample reads lists of images'

done_testing
