#!/bin/sh
# A pipeline from drawing images to evaluating a model, with the programs of another processor in
# $LT_BIN, under an emulator, and those of this machine in $LT_NATIVE.  The output of data filters
# is the same to the byte; trained models are close, and do not depend on the number of threads.
. "$(dirname "$0")/lib.sh"
: "${LT_NATIVE:?run by make check-arm}"

native() {
	PATH=$LT_NATIVE:$PATH "$@"
}

# both NAME COMMAND: runs the command, which makes the file $1, with the programs of both builds.
both() {
	native sh -c "$2" sh native.out 2>err || {
		tap 1 "$1 by the native build"
		sed 's/^/# /' err
		return
	}
	ok "$1" sh -c "$2" sh arm.out
	same "$1: the same bytes as the native build's" arm.out native.out
}

# near NAME GOT WANT TOLERANCE: relative; fails for text and NaN.
near() {
	awk -v a="$2" -v b="$3" -v t="$4" 'BEGIN { if (a !~ /^[0-9.e+-]+$/ || b !~ /^[0-9.e+-]+$/) exit 1
		d = a - b; exit !((d < 0 ? -d : d) <= t * b) }'
	tap $? "$1"
	echo "# got $2, want $3"
}

# Byte 18 of an ELF file is the processor: 183 is AArch64.
machine() {
	od -An -tu1 -j18 -N1 "$1" | tr -d ' '
}
is 'the programs are those of the other processor' "$(machine "$LT_BIN/../bin/train")" 183

# ---------------------------------------------------------------- data

both 'drawing' 'lt synth --seed 1 --per-class 8 -o "$1"'
both 'drawing small rows' 'lt synth --seed 1 --per-class 16 --size 8 -o "$1"'
cp arm.out rows.lts
both 'a long-tailed subset' 'lt split --seed 3 --ratio 10 --manifest "$1" rows.lts >/dev/null'
both 'its rows' 'lt split --seed 3 --ratio 10 --rest rest.lts rows.lts >"$1"'
cp arm.out train.lts
both 'the rows it leaves' 'lt split --seed 3 --ratio 10 --rest "$1" rows.lts >/dev/null'
both 'a subset by profile and labels taken away' \
	'lt split --seed 4 --profile step --ratio 2 --max 4 --unlabeled "$1" --unlabeled-factor 2 rows.lts >/dev/null'
both 'as JSON' 'lt cat --json rows.lts >"$1"'
both 'checking' 'lt cat --check -v rows.lts >"$1"'
for seed in folder.tar folder.tar.xz folder.zip cifar10.tar.gz cifar100.tar.gz; do
	both "import of $seed" "lt import --size 8 \"$here/fuzz/import/$seed\" >\"\$1\""
done
mkdir -p images/class
cp "$here"/fuzz/import/*.jpg "$here"/fuzz/import/*.png images/class
both 'import of JPEG and PNG' 'lt import --skip-bad 9 --size 12 images >"$1"'

# ---------------------------------------------------------------- learning

lt synth --seed 2 --split test --per-class 6 --size 8 -o test.lts

# learn NAME OPTION…: makes NAME.model and NAME.tsv
learn() {
	made=$1
	shift
	lt train -q --epochs 1 --arch resnet20 --batch 16 --lr 0.02 --seed 5 --log "$made.tsv" \
		-o "$made.model" "$@" train.lts
}

# The last epoch's loss in a log.
loss() {
	awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "loss") c = i } END { print $c }' "$1.tsv"
}

# With contracted a × b + c, as in neon, and with bfloat16, values near 0 get other signs, and the
# network is hardly trained: only the reference in float32 is close.
for precision in f32 bf16 bf16-fast; do
	native learn native-$precision --precision $precision --kernel ref
	for set in ref neon; do
		tolerance=0.02
		[ $set-$precision != ref-f32 ] || tolerance=0.00001
		ok "an epoch by the kernel set $set in $precision" \
			learn $set-$precision --precision $precision --kernel $set
		near 'its loss is near that of the native reference' "$(loss $set-$precision)" \
			"$(loss native-$precision)" $tolerance
	done
done
ok 'an epoch by two threads' learn threads --threads 2
ok 'and by one' learn thread --threads 1
same 'the same bytes' threads.model thread.model
same 'neon is the set that is chosen' thread.tsv neon-f32.tsv
fails_with 71 'a kernel set of another processor' learn other --kernel v4

native lt eval --kernel ref --model native-f32.model --predictions native.txt test.lts >/dev/null
cut -f1-3 native.txt >want
for set in ref neon; do
	ok "evaluation by $set" lt eval --kernel $set --model native-f32.model --predictions arm.txt test.lts
	cut -f1-3 arm.txt >got
	same 'predicts what the native build does' got want
done

# ---------------------------------------------------------------- signals

ok 'two epochs' learn whole --epochs 2
lt train -q --epochs 2 --arch resnet20 --batch 16 --lr 0.02 --seed 5 --checkpoint half.lts \
	-o half.model train.lts 2>err &
pid=$!
for _ in $(seq 300); do
	[ ! -f half.lts ] || break
	sleep 0.1
done
kill -TERM $pid
wait $pid
is 'TERM after the first of them stops with a checkpoint' $? 75
ok 'going on' learn half --epochs 2 --checkpoint half.lts --resume
lt cat --json whole.model | grep -v '"prov"' >want
lt cat --json half.model | grep -v '"prov"' >got
same 'learns the same' got want
done_testing
