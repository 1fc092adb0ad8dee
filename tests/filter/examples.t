#!/bin/sh
# Every example of every manual page is run: the literal blocks of its section EXAMPLES, as
# sh or, where one begins with targets, as a makefile.  They run in a directory of small
# streams whose names and classes are those of the examples, and through an lt that trains
# for one epoch in small batches, on small images, and draws small subsets: the commands
# themselves take hours.

. "$(dirname "$0")/../lib.sh"
pages=$here/../../man
# The makefile is run by a make that is independent of the one that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS

# ---------------------------------------------------------------- the small lt

mkdir wrap base
cat >wrap/lt <<'END'
#!/bin/sh
# If an option is given twice, the last one counts.
case $1 in
train | pretrain-*)
	case " $* " in *' --input '*) set -- "$@" --input 72 ;; esac
	exec "$LT_BIN/lt" "$@" --epochs 1 --arch resnet20 --batch 32 --threads 1
	;;
split) case " $* " in *' --max '*) exec "$LT_BIN/lt" "$@" --max 10 ;; esac ;;
theory) case " $* " in *' --check '*) exec "$LT_BIN/lt" "$@" --trials 200 ;; esac ;;
tsne) exec "$LT_BIN/lt" "$@" --perplexity 5 --iterations 20 ;;
synth) exec "$LT_BIN/lt" "$@" --per-class 60 ;;
esac
exec "$LT_BIN/lt" "$@"
END
chmod +x wrap/lt
PATH=$T/wrap:$PATH

# ---------------------------------------------------------------- the small data

names='airplane automobile bird cat deer dog frog horse ship truck'

# pixels CLASS VARIANT: a colour image of 32 by 32 as bytes.
pixels() {
	yes "$1 $2 a pattern of class $1" | head -c 3072
}

# A CIFAR-10 archive in the published form: a record is a label byte and the pixels.
make_cifar() {
	dir=cifar-10-batches-bin
	mkdir $dir
	for batch in 1 2 3 4 5; do
		for class in 0 1 2 3 4 5 6 7 10 11; do # octal
			printf '%b' "\\0$class"
			pixels "$class" "$batch"
		done >ten
		cat ten ten ten ten >forty
		cat forty forty forty forty forty forty forty forty forty forty forty >$dir/data_batch_$batch.bin
	done
	cat ten ten ten ten ten ten >$dir/test_batch.bin
	echo "$names" | tr ' ' '\n' >$dir/batches.meta.txt
	tar -czf base/cifar-10-binary.tar.gz $dir
}

# little NUMBER…: four bytes each, the lowest first.
little() {
	for number; do
		for shift in 0 8 16 24; do
			printf '%b' "\\0$(printf %o $((number >> shift & 255)))"
		done
	done
}

# SVHN's training set, a MAT file with 40 images of each digit; digit 0 is label 10.
make_svhn() {
	n=400
	mkdir base/svhn
	{
		printf '%-124s' 'MATLAB 5.0 MAT-file'
		printf '\000\001IM'
		little 14 $((56 + 3072 * n)) 6 8 9 0 5 16 32 32 3 $n
		printf '\001\000\001\000X\000\000\000'
		little 2 $((3072 * n))
		cat pixels-400
		little 14 $((48 + n)) 6 8 9 0 5 8 $n 1
		printf '\001\000\001\000y\000\000\000'
		little 2 $n
		cat labels-400
	} >base/svhn/train_32x32.mat
}

# Two labelled and two unlabelled images as STL-10 is published.
make_stl10() {
	mkdir stl10_binary
	head -c 55296 pixels-400 >stl10_binary/train_X.bin
	head -c 55296 pixels-400 >stl10_binary/unlabeled_X.bin
	printf '\001\012' >stl10_binary/train_y.bin
	tar -czf base/stl10_binary.tar.gz stl10_binary
}

# The same numbers as .npy files, in numpy's order.
make_arrays() {
	for array in 'x (400, 32, 32, 3)' 'y (400,)'; do
		printf '\223NUMPY\001\000\166\000%-117s\n' \
			"{'descr': '|u1', 'fortran_order': False, 'shape': ${array#* }, }" \
			>base/"${array%% *}"_train.npy
	done
	cat pixels-400 >>base/x_train.npy
	cat labels-400 >>base/y_train.npy
}

make_digits() {
	for class in 1 2 3 4 5 6 7 10 11 12; do # octal
		for variant in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
			21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
			pixels "$class" "$variant"
			printf '%b' "\\0$class" >&3
		done
	done >pixels-400 3>labels-400
}

# The same classes as directories of images.
make_images() {
	for class in $names; do
		for part in train test; do
			mkdir -p $part/"$class"
			for n in 1 2 3; do
				{ printf 'P6 32 32 255\n' && pixels "$class" $n; } >$part/"$class"/$n.ppm
			done
		done
	done
	tar -czf base/images.tar.gz train test
	mkdir base/photos
	for class in $names; do
		cp test/"$class"/1.ppm base/photos/IMG_"$class".ppm
	done
}

make_streams() {
	lt import base/cifar-10-binary.tar.gz -o base/cifar10.lts &&
		lt split --max 10 --ratio 10 --unlabeled base/du.lts \
		--unlabeled-factor 1 --val base/val.lts --val-per-class 4 base/cifar10.lts -o base/lt100.lts &&
		lt import --split test base/cifar-10-binary.tar.gz -o base/test.lts &&
		lt train base/lt100.lts -o base/base.lts
}

ok 'an archive like CIFAR-10' make_cifar
ok 'an archive of directories' make_images
ok 'digits' make_digits
ok 'as SVHN' make_svhn
ok 'as STL-10' make_stl10
ok 'as arrays of numpy' make_arrays
ok 'small streams' make_streams

# ---------------------------------------------------------------- the examples

# extract PAGE: writes its literal blocks to block.1, block.2, …, without mdoc's escapes.
extract() {
	awk '
	/^\.Sh / { on = $2 == "EXAMPLES" }
	on && /^\.Bd .*-literal/ { file = sprintf("block.%d", ++n); next }
	/^\.Ed/ && file { close(file); file = "" }
	file { gsub(/\\e/, "\\"); gsub(/\\-/, "-"); sub(/^\\&/, ""); print >file }' "$1"
}

# A makefile starts with only the archive.
run_block() {
	if grep -q '^[a-z0-9.]*: ' "$1"; then
		rm -f ./*.lts && make -f "$1"
	else
		sh -e "$1"
	fi
}

# The examples of a page run one after another in one directory: later ones may use what
# earlier ones made.
for page in "$pages"/man1/*.1 "$pages"/man7/*.7; do
	name_of=${page##*/}
	[ "$name_of" != ltpipe-tutorial.7 ] || continue # tutorial.t runs it
	cp -R base "$name_of"
	cd "$name_of" || exit 1
	extract "$page"
	for block in block.*; do
		if [ -f "$block" ]; then
			ok "$name_of: $(head -n 1 "$block")" run_block "$block"
		else
			tap 1 "$name_of has examples"
		fi
	done
	cd "$T" || exit 1
	rm -rf "$name_of"
done

done_testing
