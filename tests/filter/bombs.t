#!/bin/sh
# Small inputs that announce much data or expand to it: an error, with little memory and time.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'bombs' 'no Python with msgpack'
	done_testing
fi
bombs="$here/../bombs.py"
"$PYTHON" "$bombs" make || { tap 1 'the inputs are made'; done_testing; }

# Programs with sanitizers keep freed memory and its shadow.
limit=300000
[ -z "$LT_SAN" ] || limit=1500000

# bomb CODE TEXT COMMAND…: exits with CODE after one line with TEXT (or, with 0, none), with
# at most $limit KB at any time, in at most $seconds of CPU time.
seconds=10
bomb() {
	want=$1
	text=$2
	shift 2
	name=$*
	"$PYTHON" "$bombs" run "$@" >out 2>err
	code=$?
	read -r kb time <peak
	echo "# $kb KB, $time s: $name"
	is "$name: exit code" "$code" "$want"
	[ "$want" = 0 ] || err_has "$name: says why" "$text"
	[ "$kb" -lt "$limit" ]
	tap $? "$name: memory"
	[ "${time%.*}" -lt "$seconds" ]
	tap $? "$name: time"
}

# ---------------------------------------------------------------- archives

for input in texts.tar.gz texts.tar.bz2; do
	bomb 65 'lists of names of more than 4194304 bytes' ltimport -o o.lts $input
done
bomb 65 'a name of 1000000 bytes, the limit is 4096' ltimport -o o.lts names.tar.gz
bomb 65 'take more memory than the archive has bytes' sh -c 'cat index.tar.gz | ltimport -o o.lts'
bomb 65 '70000 classes, more than 65535' ltimport -o o.lts classes.tar.gz
bomb 65 '0/x.png: the image is empty' ltimport --no-labels -o o.lts classes.tar.gz
bomb 65 'train/a/0.png: the image is empty' ltimport -o o.lts annotations.tar.gz
bomb 65 'not JPEG, PNG, PPM' ltimport -o o.lts image.tar.gz
bomb 65 'truncated' ltimport -o o.lts announced.tar
bomb 65 'runcated' sh -c 'cat announced.tar | ltimport -o o.lts'
bomb 65 'truncated' ltimport -o o.lts 8gib.tar
bomb 65 'more than 268435456 bytes' ltimport -o o.lts 8gib-image.tar
bomb 65 'a.png' ltimport -o o.lts entries.zip
bomb 65 'zeros.gz' ltimport -o o.lts zeros.gz
bomb 65 'not an LTS1 stream but gzip data' ltcat zeros.gz

# ---------------------------------------------------------------- images

bomb 65 'wide.png' ltimport --no-labels -o o.lts wide.png
bomb 65 '20000 × 20000 pixels are more than --max-pixels' ltimport --no-labels -o o.lts many.png
bomb 0 '' ltimport --no-labels -o o.lts text.png
bomb 65 'wide.jpg' ltimport --no-labels -o o.lts wide.jpg
bomb 65 'wide.ppm' ltimport --no-labels -o o.lts wide.ppm
bomb 65 'truncated PPM image' ltimport --no-labels -o o.lts many.ppm
bomb 65 '1073741824 labels, the limit is 33554432' ltimport -o o.lts l-idx3-ubyte l-idx1-ubyte.gz
bomb 65 'truncated' ltimport -o o.lts 4gb-idx3-ubyte 4gb-idx1-ubyte
bomb 65 'truncated' ltimport -o o.lts sides-idx3-ubyte sides-idx1-ubyte

# ---------------------------------------------------------------- arrays

for input in sides images; do
	bomb 65 'truncated' ltimport --no-labels -o o.lts $input-x.npy
	bomb 65 'truncated' ltimport --no-labels -o o.lts $input-x.npy.gz
done
bomb 65 'a header of 4294967295 bytes, the limit is 65536' ltimport --no-labels -o o.lts header-x.npy
bomb 65 '1 images, but there are 33554432 labels' ltimport -o o.lts x.npy zeros-y.npy.gz
bomb 65 '33554433 labels, the limit is 33554432' ltimport -o o.lts x.npy many-y.npy.gz
bomb 65 'truncated' ltimport --no-labels -o o.lts sides.mat
bomb 65 'X: damaged: a variable ends too early' ltimport --no-labels -o o.lts packed.mat

# ---------------------------------------------------------------- pickles

for input in values marks tuples memo; do
	bomb 65 'more than 8388608 values in memory' ltimport -o o.lts $input.gz
done
for input in strings texts; do
	bomb 65 'strings of more than 67108864 bytes in memory' ltimport -o o.lts $input.gz
done
bomb 65 'truncated' ltimport -o o.lts claimed.gz

# ---------------------------------------------------------------- streams

for stream in cell columns number cut-classes deep provenance tensor data; do
	bomb 65 "$stream.lts" ltcat --check $stream.lts
done
bomb 65 'data.lts' ltsplit data.lts -o o.lts
bomb 65 'data.lts' train data.lts -o o.lts

# A model without the tensors of the network that it announces, and one with them.
bomb 0 '' ltsynth --split train --per-class 2 --classes 2 --size 32 -o rows.lts
bomb 65 "tensor 'conv1.weight' is missing" eval --model model.lts data.lts
bomb 65 "tensor 'conv1.weight' is missing" train --init model.lts --arch resnet50 rows.lts -o o.lts
bomb 65 "tensor 'conv1.weight' is missing" retrain --method tau --tau 0.5 model.lts -o o.lts
bomb 65 'tensor fc.weight' pseudolabel --model tensor.lts rows.lts -o o.lts

# ---------------------------------------------------------------- lines and lists

bomb 65 'line.txt:1: the line is too long' ltsplit --replay line.txt rows.lts -o o.lts
bomb 65 'line.txt:1: the line is too long' ltsplit --profile counts:line.txt rows.lts -o o.lts
bomb 65 'line.txt:1: the line is too long' ltimport --classes line.txt text.png -o o.lts
bomb 65 '/dev/zero:1: ' ltsplit --replay /dev/zero rows.lts -o o.lts
bomb 65 '/dev/zero:1: ' ltsplit --profile counts:/dev/zero rows.lts -o o.lts
bomb 65 '/dev/zero:1: ' ltimport --classes /dev/zero text.png -o o.lts

# 65,535 classes, each looked up by name.
seconds=2
bomb 0 '' ltimport --no-labels --classes names.txt text.png -o many.lts
bomb 0 '' ltsplit --profile counts:counts.txt many.lts -o o.lts

# ---------------------------------------------------------------- --max-memory

seconds=10
over='more memory than --max-memory'
bomb 71 "$over 4M would be needed" ltimport --max-memory 4M --classes names.txt --no-labels text.png -o o.lts
bomb 71 "$over 100M would be needed" ltimport --max-memory 100M --no-labels scans.jpg -o o.lts
bomb 71 "$over 20M would be needed" ltimport --max-memory 20M index.tar.gz -o o.lts
bomb 71 "$over 100M would be needed" ltimport --max-memory 100M image.tar.gz -o o.lts
bomb 71 "$over 10M would be needed" train --max-memory 10M --epochs 1 rows.lts -o o.lts

done_testing
