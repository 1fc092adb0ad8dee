#!/bin/sh
# Bad input and full disks, for every program that reads a stream: the exit code, one line on
# stderr, no files left, and the failure reaches the reader.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
learn train --epochs 1 long.lts -o model.lts

# Runs program $p with arguments that require only rows.
run() {
	case $p in
	ltcat) "$LT_BIN/ltcat" "$@" ;;
	ltsplit) "$LT_BIN/ltsplit" --ratio 2 --max 4 "$@" ;;
	train | pretrain-rot | pretrain-jigsaw | pretrain-simclr) learn "$p" --epochs 1 "$@" ;;
	pretrain-moco) learn "$p" --epochs 1 --splits 1 "$@" ;;
	pseudolabel | eval) "$LT_BIN/$p" --threads 1 --model "$T/model.lts" "$@" ;;
	retrain) "$LT_BIN/$p" --threads 1 --method crt --model "$T/model.lts" "$@" ;;
	esac
}

# refused CODE TEXT NAME ARG…: with -o and side files asked for, in an empty directory.
sides() {
	case $p in
	ltsplit) echo --rest rest.lts --manifest manifest ;;
	train | pretrain-*) echo --checkpoint checkpoint.lts --log log.tsv ;;
	pseudolabel) case $1 in *du*) echo --score score.tsv ;; esac ;;
	eval) echo --scores scores.lts --predictions predictions.tsv ;;
	esac
}
refused() {
	want=$1 text=$2 name="$p: $3"
	shift 3
	mkdir -p w
	cd w || exit 1
	# shellcheck disable=SC2046 # options without spaces
	fails_with "$want" "$name" run $(sides "$*") -o out.lts "$@"
	cd .. || exit 1
	err_has "$name, message" "$text"
	empty "$name, nothing is left" w
	rm -rf w
	mkdir w
}

size=$(wc -c <long.lts)
head -c 100 long.lts >cut-header.lts
head -c $((size / 2)) long.lts >cut-rows.lts
head -c $((size - 1)) long.lts >cut-end.lts
edit 'keep = kind != "DONE"' <long.lts >no-end.lts
{ head -c 3000 long.lts; printf '\377\000\377'; tail -c +3004 long.lts; } >flipped.lts
edit 'if kind == "LTS1": meta = b"\x83\xa1v\x92\x01\x00\xa4kind\xa4rows\xa4cols\xdd\x80\x00\x00\x00"' <long.lts >columns.lts
edit 'if kind == "LTS1": meta["v"] = [2, 0]' <long.lts >later.lts
cat long.lts model.lts >tail.lts
echo 'this is no stream' >text.lts
: >empty.lts
mkdir directory
"$LT_BIN/ltsplit" nonesuch.lts >failed.lts 2>err
is 'an upstream that failed wrote FAIL' "$(head -c 6 failed.lts | tail -c 4)" FAIL
cp long.lts secret.lts
chmod 000 secret.lts

for p in ltcat ltsplit train pretrain-rot pretrain-jigsaw pretrain-moco pretrain-simclr retrain pseudolabel eval; do
	refused 65 '../cut-header.lts:100: truncated after 0 rows' 'cut in the header' ../cut-header.lts
	refused 65 'truncated after ' 'cut in the rows' ../cut-rows.lts
	refused 65 'truncated after 28 rows' 'cut before the last byte' ../cut-end.lts
	refused 65 'truncated after 28 rows' 'no DONE' ../no-end.lts
	refused 65 '../flipped.lts:' 'damaged' ../flipped.lts
	refused 65 '../columns.lts:41: frame LTS1: a length of 2147483648 runs past the end' '2^31 columns' ../columns.lts
	refused 65 '../later.lts:26: frame LTS1: version 2 of the format' 'another major version' ../later.lts
	refused 65 '../empty.lts:0: empty input' 'empty' ../empty.lts
	refused 65 '../text.lts:0: ' 'text' ../text.lts
	refused 65 'upstream ltsplit failed: nonesuch.lts: No such file or directory' 'FAIL from upstream' ../failed.lts
	refused 66 '../nonesuch.lts: No such file or directory' 'not there' ../nonesuch.lts
	refused 66 '../directory: a directory; lt import ../directory makes rows of it' 'a directory' ../directory
	if [ "$(id -u)" = 0 ]; then
		tap 0 "$p: unreadable # SKIP root reads everything"
	else
		refused 77 '../secret.lts: Permission denied' 'unreadable' ../secret.lts
	fi
	[ "$p" = ltcat ] || refused 65 '../tail.lts: ' 'a model among the rows' ../tail.lts

	fails_with 65 "$p: empty stdin" run </dev/null
	err_is "$p: empty stdin, message" "$p: <stdin>:0: empty input"
	# The output on stdout informs the next program.
	if [ "$p" != eval ]; then
		run cut-rows.lts 2>err | "$LT_BIN/ltcat" --check >out 2>err2
		ok "$p: the failure reaches its reader" grep -q "^ltcat: <stdin>:[0-9]*: upstream $p failed: cut-rows.lts:" err2
	fi

	mkdir -p w
	fails_with 73 "$p: no directory for -o" run -o none/out.lts long.lts
	err_is "$p: no directory for -o, message" "$p: none/out.lts: No such file or directory"
	fails_with 74 "$p: -o on a full disk" run -o /dev/full long.lts
	err_has "$p: -o on a full disk, message" "$p: /dev/full: No space left on device"
	run long.lts 2>err >/dev/full
	is "$p: stdout on a full disk, exit" "$?" 74
	err_has "$p: stdout on a full disk, message" "$p: <stdout>: No space left on device"
	run long.lts 2>err >&-
	is "$p: stdout closed, exit" "$?" 74
	err_has "$p: stdout closed, message" "$p: <stdout>: "
done
ok 'no temporary file anywhere' sh -c '! find . -name ".lt-*" | grep -q .'

# ---------------------------------------------------------------- an old output stays

echo old >kept.lts
for p in train retrain pseudolabel eval ltcat; do
	run -o kept.lts cut-rows.lts 2>err
	is "$p: an existing output is unchanged" "$(cat kept.lts)" old
done

# ---------------------------------------------------------------- bad models

head -c 50000 model.lts >cut-model.lts
for p in pseudolabel eval; do
	fails_with 65 "$p: a cut model" "$LT_BIN/$p" --model cut-model.lts long.lts -o out.lts
	err_has "$p: a cut model, message" "$p: cut-model.lts:"
	fails_with 66 "$p: a missing model" "$LT_BIN/$p" --model nonesuch.lts long.lts -o out.lts
	err_is "$p: a model that is not there, message" "$p: nonesuch.lts: No such file or directory"
	edit 'if kind == "TENS" and meta["name"] == "bn1.weight": keep = False' <model.lts >hole.lts
	fails_with 65 "$p: a model without a tensor" "$LT_BIN/$p" --model hole.lts long.lts -o out.lts
	err_is "$p: a model without a tensor, message" "$p: hole.lts: tensor 'bn1.weight' is missing"
	edit 'if kind == "LTS1": meta["head"] = "spline"' <model.lts >head.lts
	fails_with 65 "$p: a head of a later version" "$LT_BIN/$p" --model head.lts long.lts -o out.lts
	err_is "$p: a head of later, message" "$p: head.lts: unknown kind of head 'spline'"
	edit 'if kind == "LTS1": meta["arch"] = "resnet9000"' <model.lts >arch.lts
	fails_with 64 "$p: an architecture of a later version" "$LT_BIN/$p" --model arch.lts long.lts -o out.lts
	err_has "$p: an architecture of later, message" 'not supported in this version'
done
fails_with 65 'train: a cut model' learn train --init cut-model.lts long.lts -o out.lts
fails_with 65 'train: cut pseudo-labels' learn train --unlabeled cut-rows.lts long.lts -o out.lts
fails_with 65 'train: cut validation rows' learn train --val cut-rows.lts long.lts -o out.lts
ok 'nothing is left' test ! -e out.lts

# ---------------------------------------------------------------- a pipeline without pipefail

fails_with 65 'the last program of a pipeline fails' \
	sh -c '"$LT_BIN/ltsplit" cut-rows.lts 2>noise | "$LT_BIN/pretrain-rot" --arch resnet20 2>>noise | "$LT_BIN/train" --arch resnet20 --init - long.lts -o out.lts'
err_has 'and who was the first' 'upstream ltsplit failed: cut-rows.lts:'
is 'one line from each program' "$(wc -l <noise)" 2

# ---------------------------------------------------------------- a lie in an image's header

mkdir -p tree/a tree/b
"$PYTHON" - <<'END2'
import struct, zlib
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
# 32768 × 32768 pixels of four bytes: 4 GiB.
lie = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 32768, 32768, 8, 6, 0, 0, 0))
lie += chunk(b'IDAT', zlib.compress(bytes(1000))) + chunk(b'IEND', b'')
open('tree/a/lie.png', 'wb').write(lie)
END2
{ printf 'P6 8 8 255\n'; yes | head -c 192; } >tree/b/true.ppm
tar cf lie.tar -C tree a b
p=ltimport
for input in lie.tar tree; do
	fails_with 65 "ltimport: a header of 4 GB in $input" sh -c '[ -n "$LT_SAN" ] || ulimit -v 1000000; "$LT_BIN/ltimport" -o out.lts "$1"' sh $input
	err_has "ltimport: a header of 4 GB in $input, message" 'a/lie.png'
	ok "ltimport: a header of 4 GB in $input, nothing is left" sh -c '! ls -A | grep -q -e "^out.lts" -e "^\.lt-"'
done
fails_with 74 'ltimport: stdout on a full disk' sh -c '"$LT_BIN/ltimport" tree/b --no-labels >/dev/full'
err_has 'ltimport: stdout on a full disk, message' 'ltimport: <stdout>: No space left on device'

done_testing
