#!/bin/sh
# Rows that are encoded pictures, in every program that takes rows: compared with the same
# pictures as pixels, with several threads, spooled, resumed, damaged.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

pictures() { "$PYTHON" "$here/../pictures.py" "$@"; }

# sq/: 32 x 32, which an input of 28 scales to round(28 * 256 / 224) = 32: unchanged.
# mixed/: any size, some grey.
i=0
while [ $i -lt 8 ]; do
	for class in 1 2 3; do
		kind=
		[ $((i % 3)) != 0 ] || kind=grey
		echo "png sq/c$class/$i.png 32 32 $((100 * class + i))"
		echo "png mixed/c$class/$i.png $((20 + 5 * i)) $((55 - 4 * i + class)) $((100 * class + i)) $kind"
	done
	i=$((i + 1))
done | pictures lines
pictures centre 28 sq cut
lt import --encoded sq -o enc.lts
lt import --encoded --size 24 mixed -o mixed.lts
# Encoded pictures are normalised by ImageNet's mean and deviation; pixels get them as an option.
imagenet='if kind == "LTS1": meta["norm"] = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}'
lt import cut -o cut.lts
edit "$imagenet" <cut.lts >pix.lts

# ---------------------------------------------------------------- beside pixels

# both PROGRAM ARG…: trains on encoded pictures (to e.out) and on their centres (to p.out).
both() {
	rm -f e.out p.out
	ok "$*: encoded" learn "$@" --input 28 enc.lts -o e.out
	ok "$*: pixels" learn "$@" pix.lts -o p.out
	same_weights "$*: the same weights" e.out p.out
}
both train --epochs 1 --augment none
both pretrain-jigsaw --epochs 1 --grid 2
both pretrain-rot --epochs 1
cp e.out rot.lts
both train --epochs 3 --augment crop-flip
is 'the model has its input and norm' "$(show 'h["input"], h["norm"]' e.out)" "$(show 'h["input"], h["norm"]' p.out)"
is '--input is in its provenance' "$(show '"--input=28" in h["prov"][-1]["opts"]' e.out)" True
mv e.out model.lts
ok '--init gives the size' learn train --epochs 1 --augment none --init rot.lts enc.lts -o e.out
is '--init gives the size: 28' "$(show 'h["input"], "--input=28" in h["prov"][-1]["opts"]' e.out)" '([28, 28, 3], True)'
ok '--init -' sh -c 'cat rot.lts enc.lts | lt train --arch resnet20 --batch 8 --threads 1 --epochs 1 --augment none --init - -o p.out'
same_weights '--init -: the same weights' p.out e.out
edit 'if kind == "LTS1": meta["norm"] = {"mean": [.5, .25, .125], "std": [.5, .25, .75]}' <enc.lts >norm.lts
ok "a stream's own norm" learn train --epochs 1 --input 28 norm.lts -o e.out
is "the norm of the stream takes precedence" "$(show 'h["norm"]["mean"]' e.out)" '[0.5, 0.25, 0.125]'

infers() { lt "$@" --threads 1; }
for rows in enc pix; do
	ok "eval of $rows" infers eval --model model.lts --format tsv --scores $rows.scores --predictions $rows.predictions $rows.lts -o $rows.tsv
	ok "pseudolabel of $rows" infers pseudolabel --model model.lts $rows.lts -o $rows.pseudo
	for method in crt lws ncm; do
		ok "retrain --method $method of $rows" infers retrain --method $method --views 2 --model model.lts $rows.lts -o $rows.$method
	done
	ok "retrain --method tau --val $rows" infers retrain --method tau --model model.lts --val $rows.lts -o $rows.tau
done
same 'eval: the same figures' enc.tsv pix.tsv
same 'eval: the same predictions' enc.predictions pix.predictions
is 'eval: the same scores' "$(show 'rows["logits"], rows["feature"]' enc.scores)" "$(show 'rows["logits"], rows["feature"]' pix.scores)"
is 'pseudolabel: the same labels' "$(show 'rows["y"], rows["y_conf"]' enc.pseudo)" "$(show 'rows["y"], rows["y_conf"]' pix.pseudo)"
is 'pseudolabel: the pictures are passed on' "$(pictures look enc.pseudo)" "$(pictures look enc.lts)"
for method in crt lws ncm tau; do
	same_weights "retrain --method $method: the same weights" "enc.$method" "pix.$method"
done
ok 'self-training' learn train --epochs 2 --input 28 --unlabeled enc.pseudo --val enc.lts --log e.tsv enc.lts -o e.out
ok 'self-training: pixels' learn train --epochs 2 --unlabeled pix.pseudo --val pix.lts --log p.tsv pix.lts -o p.out
same_weights 'self-training: the same weights' e.out p.out
same 'self-training: the same log' e.tsv p.tsv

# ---------------------------------------------------------------- any number of threads

# any NAME PROGRAM ARG…: 1 and 3 threads give the same bytes.
any() {
	name=$1
	shift
	rm -f one.out three.out
	ok "$name" lt "$@" --threads 1 mixed.lts -o one.out
	lt "$@" --threads 3 mixed.lts -o three.out 2>err
	same "$name: the same bytes from 3 threads" one.out three.out
}
small='--arch resnet20 --epochs 1 --input 20 --batch 20'
# shellcheck disable=SC2086 # options without spaces
{
	any 'train' train $small
	any 'train, resized crops' train $small --augment resized-crop,jitter,mixup
	cp one.out mixed-model.lts
	any 'train --val' train $small --val mixed.lts --keep best
	lt pseudolabel --model mixed-model.lts mixed.lts -o du.lts
	any 'train --unlabeled' train $small --unlabeled du.lts
	for method in vat mean-teacher fixmatch; do
		any "train --method $method" train $small --method "$method" --unlabeled du.lts
	done
	any 'pretrain-rot' pretrain-rot $small
	any 'pretrain-jigsaw' pretrain-jigsaw $small --grid 2
	any 'pretrain-moco' pretrain-moco $small --splits 2 --queue 40
	any 'pretrain-simclr' pretrain-simclr $small
	any 'retrain' retrain --method crt --model mixed-model.lts
	any 'pseudolabel' pseudolabel --model mixed-model.lts
	any 'eval' eval --model mixed-model.lts
}

# ---------------------------------------------------------------- other programs

ok 'lt split' lt split --max 6 --ratio 3 --val val.lts --val-per-class 1 --rest rest.lts mixed.lts -o long.lts
is 'lt split: no picture is lost' "$(for f in long val rest; do pictures look $f.lts; done | sort)" "$(pictures look mixed.lts | sort)"
ok 'lt split --group' lt split --profile natural --val val.lts --val-share 40% --group 'key:/(.)' mixed.lts -o long.lts
is 'lt split --group: no group on both sides' \
	"$( (pictures look long.lts; pictures look val.lts) | cut -c4-5 | sort -u | wc -l)" \
	"$( (pictures look long.lts | cut -c4-5 | sort -u; pictures look val.lts | cut -c4-5 | sort -u) | wc -l)"
ok 'lt cat --slice' lt cat --slice 5:9 mixed.lts -o slice.lts
is 'lt cat --slice: its pictures' "$(pictures look slice.lts)" "$(pictures look mixed.lts | sed -n 6,9p)"
ok 'lt cat --join' lt cat --join slice.lts mixed.lts -o join.lts
is 'lt cat --join: its pictures' "$(pictures look join.lts)" "$(pictures look slice.lts; pictures look mixed.lts)"
ok 'two operands' learn train --epochs 1 --input 20 slice.lts mixed.lts -o two.out
learn train --epochs 1 --input 20 join.lts -o one.out
same_weights 'two operands: as joined' two.out one.out
learn train --epochs 6 --input 28 mixed.lts -o larger.lts
for model in mixed-model larger; do
	lt eval --model $model.lts --predictions $model.tsv mixed.lts >figures
done
ok 'eval --against: models of other sizes' lt eval --model mixed-model.lts --against larger.lts --format tsv mixed.lts -o against.tsv
# A line: row key true predicted confidence.
only() { paste "$1" "$2" | awk -F '\t' '$1 != "row" && $3 == $4 && $8 != $9 { n++ } END { print n + 0 }'; }
is 'eval --against: rows that only one model predicts correctly' \
	"$(awk '$1 ~ /_only$/ && $2 == "-" { print $1, $4 }' against.tsv | paste -sd' ' -)" \
	"this_only $(only mixed-model.tsv larger.tsv) other_only $(only larger.tsv mixed-model.tsv)"
ok 'eval --against: there are such rows' test "$(only larger.tsv mixed-model.tsv)" -gt 0
lt eval --model mixed-model.lts --scores scores.lts mixed.lts >figures
ok 'lt report --rows' lt report --rows mixed.lts scores.lts -o report.html
ok 'lt report --rows: pictures' sh -c 'grep -c "data:image/png" report.html'

# ---------------------------------------------------------------- refused

# refused CODE NAME TEXT COMMAND…: leaves no output, either.
refused() {
	want=$1 name=$2 text=$3
	shift 3
	rm -f none.lts
	fails_with "$want" "$name" "$@" -o none.lts
	err_has "$name, message" "$text"
	is "$name, no output" "$(ls none.lts 2>/dev/null)" ""
}
refused 64 '--input with pixels' '--input is for encoded pictures' learn train --epochs 1 --input 28 pix.lts
refused 64 'pretrain-rot --input with pixels' '--input is for encoded pictures' learn pretrain-rot --epochs 1 --input 28 pix.lts
refused 65 'pixels beside encoded' 'import both in the same way' learn train --epochs 1 enc.lts pix.lts
refused 65 'encoded beside pixels' 'import both in the same way' learn train --epochs 1 pix.lts enc.lts
refused 65 '--unlabeled of pixels' 'import both in the same way' learn train --epochs 1 --unlabeled pix.pseudo enc.lts
refused 65 '--val of pixels' 'import both in the same way' learn train --epochs 1 --val pix.lts enc.lts
edit 'if kind == "LTS1": meta["input"] = [28, 20, 3]' <model.lts >high.lts
for program in eval pseudolabel 'retrain --method crt'; do
	# shellcheck disable=SC2086 # a program and its options
	refused 65 "${program%% *}: a model of images that are not square" 'square images in colour' lt $program --model high.lts enc.lts
done
refused 65 '--init of images that are not square' 'encoded pictures become square; --input S' \
	learn train --epochs 1 --init high.lts enc.lts
refused 64 '--input that the network does not take' 'use --input 32' lt train --arch resnet20 --epochs 1 --input 30 enc.lts
edit 'if kind == "LTS1": meta["cols"][0]["name"] = "photo"' <enc.lts >photo.lts
refused 65 'no column image' 'no column' learn train --epochs 1 photo.lts

# Rows 6, 13 and 20: the bytes in the middle of the file differ, with correct checksums.
edit '
if kind == "ROWS":
    import struct
    for col, at_byte, size in places(header, meta["n"], body):
        if col["name"] == "image":
            ends = struct.unpack_from("<%dQ" % (meta["n"] + 1), body, at_byte)
            for i in (20, 13, 6):
                first = at_byte + 8 * (meta["n"] + 1) + ends[i]
                body[first + 60:first + 70] = bytes(10)' <enc.lts >bad.lts
for threads in 1 3; do
	for program in train pretrain-rot pretrain-simclr; do
		refused 65 "$program: damaged pictures, --threads $threads" ': bad.lts: row ' \
			lt $program --arch resnet20 --epochs 1 --batch 24 --input 28 --threads $threads bad.lts
		err_has "$program: the least row is named" 'bad.lts: row 6: damaged PNG image'
	done
	for program in eval pseudolabel 'retrain --method ncm'; do
		# shellcheck disable=SC2086
		refused 65 "${program%% *}: damaged pictures, --threads $threads" 'bad.lts: row 6: damaged PNG image' \
			lt $program --model model.lts --threads $threads bad.lts
	done
	refused 65 "--val: damaged pictures, --threads $threads" 'bad.lts: row 6: damaged PNG image' \
		lt train --arch resnet20 --epochs 1 --batch 24 --input 28 --threads $threads --val bad.lts enc.lts
done
lt eval --model model.lts --scores scores.lts enc.lts >figures
refused 65 'lt report: a damaged picture' 'damaged PNG image' lt report --rows bad.lts scores.lts
edit '
if kind == "ROWS":
    for col, at_byte, size in places(header, meta["n"], body):
        if col["name"] == "image":
            body[at_byte + 8 * (meta["n"] + 1)] = 0' <enc.lts >other.lts
refused 65 'what is neither JPEG nor PNG' 'row 0 of column image is neither a JPEG nor a PNG image' learn train --epochs 1 other.lts
refused 65 'eval: what is neither JPEG nor PNG' 'row 0: neither a JPEG nor a PNG image' lt eval --model model.lts other.lts

# ---------------------------------------------------------------- spooled

i=0
while [ $i -lt 24 ]; do
	echo "png many/c$((i % 3))/$i.png 400 400 $((i % 3 * 100 + i)) raw"
	i=$((i + 1))
done | pictures lines
lt import --encoded many -o some.lts
lt cat --join some.lts some.lts some.lts some.lts some.lts some.lts -o many.lts
mkdir spool
TMPDIR=$T/spool
export TMPDIR
peak() { "$PYTHON" "$here/../bombs.py" run "$@"; }
large() { peak "$LT_BIN/train" --arch resnet20 --epochs 1 --batch 16 --input 20 --threads 1 "$@"; }
ok 'in memory' large many.lts -o memory.lts
read -r in_memory rest <peak
ok 'spooled' large --max-memory 24M many.lts -o spooled.lts
read -r in_spool rest <peak
same 'spooled: the same bytes' memory.lts spooled.lts
empty 'spooled: nothing is left in TMPDIR' spool
size=$(($(wc -c <many.lts) / 1024))
echo "# $size KiB of pictures: $in_memory KiB at most in memory, $in_spool KiB spooled"
# Sanitizers use additional memory.
if [ -z "$LT_SAN" ]; then
	ok 'spooled: less memory than the size of the pictures' test "$in_spool" -lt $((size * 2 / 3))
	ok 'in memory: more than their size' test "$in_memory" -gt "$size"
fi
# The unit of ulimit -f is 512 bytes or 1024.
full() { (ulimit -f 20000 && large --max-memory 24M "$@"); }
refused 74 'a full TMPDIR' 'writing a temporary file' full many.lts
empty 'a full TMPDIR: nothing is left' spool
nowhere() { (TMPDIR=$T/nowhere && export TMPDIR && large --max-memory 24M "$@"); }
refused 73 'no TMPDIR' 'nowhere: no temporary file can be made' nowhere many.lts
refused 71 'too little memory for one picture' 'more memory than --max-memory' large --max-memory 1M many.lts

# ---------------------------------------------------------------- frames

# The same pictures: a frame holds two of them or, packed, three.
unset TMPDIR
i=0
while [ $i -lt 12 ]; do
	echo "png raw/c$((i % 2))/$i.png 360 360 $((i % 2 * 100 + i)) raw"
	echo "png packed/c$((i % 2))/$i.png 360 360 $((i % 2 * 100 + i))"
	i=$((i + 1))
done | pictures lines
for rows in raw packed; do
	lt import --encoded $rows -o $rows.lts
	learn train --epochs 1 --input $((${#rows} * 4 + 8)) $rows.lts -o $rows.model
done
frames() { show 'd["frames"]' "$1"; }
ok 'packed: fewer frames' test "$(frames packed.lts)" -lt "$(frames raw.lts)"
for rows in raw packed; do
	lt eval --model raw.model --scores $rows.scores --predictions $rows.tsv $rows.lts >figures
	lt eval --model raw.model --batch 16 --threads 3 --scores $rows.small $rows.lts >figures
	lt eval --model raw.model --against packed.model --format tsv $rows.lts >$rows.against
	same "$rows: the same scores from small batches" $rows.scores $rows.small
done
is 'frames of any size: the same scores' "$(show 'rows["logits"], rows["feature"]' raw.scores)" \
	"$(show 'rows["logits"], rows["feature"]' packed.scores)"
same 'frames of any size: the same of two models' raw.against packed.against
ok 'little memory: frames do not wait' lt eval --model raw.model --threads 1 --max-memory 16M --scores tight.scores -o figures raw.lts
is 'little memory: the same scores' "$(show 'rows["logits"]' tight.scores)" "$(show 'rows["logits"]' raw.scores)"
# before MESSAGE NAME FILE N: N of the rows before the fault are written, in whole frames.
before() {
	fails_with 65 "$2" lt pseudolabel --model raw.model "$3"
	err_has "$2: message" "pseudolabel: $1"
	lt cat --salvage <out >salvaged.lts 2>notice
	lt pseudolabel --model raw.model raw.lts | lt cat --slice ":$4" >first.lts
	is "$2: the rows before it" "$(show 'rows["y"], rows["y_conf"]' salvaged.lts)" "$(show 'rows["y"], rows["y_conf"]' first.lts)"
}
head -c 3000000 raw.lts >cut.lts
before 'cut.lts:3000000: truncated after 6 rows' 'a cut stream' cut.lts 4
edit '
if kind == "ROWS" and meta["at"] == 6:
    import struct
    for col, at_byte, size in places(header, meta["n"], body):
        if col["name"] == "image":
            first = at_byte + 8 * (meta["n"] + 1) + struct.unpack_from("<Q", body, at_byte + 8)[0]
            body[first + 60:first + 70] = bytes(10)' <raw.lts >spoilt.lts
before 'spoilt.lts: row 7: damaged PNG image' 'a damaged picture in a later frame' spoilt.lts 4

# ---------------------------------------------------------------- large pictures

# 100 megapixels take 293 MiB; four threads hold one of them at a time.
for i in 1 2; do
	pictures flat "large/c$((i % 2))/$i.jpg" 10000 10000
	pictures flat "few/c$((i % 2))/$i.jpg" 64 64
done
lt import --encoded large -o large.lts
lt import --encoded few -o few.lts
learn train --epochs 1 --input 20 few.lts -o few.model
sees() { peak "$LT_BIN/eval" --model few.model -o figures "$@"; }
for threads in 1 4; do
	ok "100 megapixels, --threads $threads" sees --threads $threads --scores large$threads.scores large.lts
	read -r large rest <peak
	sees --threads $threads few.lts
	read -r small rest <peak
	echo "# --threads $threads: $large KiB at most, $small KiB without them"
	[ -n "$LT_SAN" ] || ok "100 megapixels, --threads $threads: one at a time" test $((large - small)) -lt 400000
	refused 71 "100 megapixels in 200M, --threads $threads" 'more memory than --max-memory' \
		lt eval --model few.model --threads $threads --max-memory 200M large.lts
done
is '100 megapixels: the same scores' "$(show 'rows["logits"]' large1.scores)" "$(show 'rows["logits"]' large4.scores)"

# ---------------------------------------------------------------- resumed

for p in train pretrain-moco; do
	what='--augment resized-crop'
	[ $p = train ] || what='--splits 1 --queue 24'
	tiny="--arch resnet20 --batch 8 --threads 1 --epochs 7 --input 20 $what mixed.lts"
	# shellcheck disable=SC2086 # options without spaces
	"$LT_BIN/$p" $tiny -o whole.lts
	rm -f c.lts log.tsv
	# shellcheck disable=SC2086
	cut_at TERM 2 "$LT_BIN/$p" $tiny --checkpoint c.lts --log log.tsv -o made.lts 2>err
	is "$p: stopped" "$?" 75
	# shellcheck disable=SC2086
	ok "$p: resumed" "$LT_BIN/$p" $tiny --checkpoint c.lts --resume --threads 3 --log log.tsv -o made.lts
	same "$p: the same bytes" whole.lts made.lts
done
fails_with 65 'resumed with another --input' "$LT_BIN/pretrain-moco" --arch resnet20 --batch 8 --epochs 7 --input 24 \
	--splits 1 --queue 24 --checkpoint c.lts --resume mixed.lts -o none.lts
err_has 'resumed with another --input, message' '--input=20'
done_testing
