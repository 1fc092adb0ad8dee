#!/bin/sh
# A name with a range is one stream of many files, in every program; lt cat writes such files.
# t_file_list tests the names.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
x='x-{00..06}.lts'
files='x-00.lts x-01.lts x-02.lts x-03.lts x-04.lts x-05.lts x-06.lts'
# The rows of a stream, without header, notes and totals.
rows() { lt cat --json "$@" | grep '"type":"row"' | sed 's/"row":[0-9]*,//'; }

# ------------------------------------------------------------------------ writing them

ok '--shards' lt cat --shards 7 -o "$x" all.lts
is '--shards: no output' "$(cat out err)" ''
is '--shards: these files' "$(echo x-*)" "$files"
is '--shards: and no temporary ones' "$(find . -name '.?*')" ''
is '--shards: floor(120 k / 7)' "$(for f in $files; do lt cat --count "$f" | sed -n 's/^rows.//p'; done | tr '\n' ' ')" \
	'17 17 17 17 17 17 18 '
for k in 0 3 6; do
	lt cat --shard $k/7 all.lts -o one.lts
	same "--shard $k/7: the same bytes" one.lts x-0$k.lts
	lt cat all.lts | lt cat --shard $k/7 >one.lts
	same "--shard $k/7 of a pipe: the same bytes" one.lts x-0$k.lts
	lt cat --shard $k/7 <all.lts >one.lts
	same "--shard $k/7 of a redirection: the same bytes" one.lts x-0$k.lts
done
is 'a note says which it is' "$(lt cat --json x-03.lts | sed -n 2p)" '{"type":"note","note":{"shard":3,"shards":7}}'
for f in $files; do lt cat --json "$f" | sed -n 1p; done | sort -u >headers
is 'all have one header' "$(wc -l <headers | tr -d ' ')" 1
lt cat "$x" -o joined.lts
ok 'joined again: the same rows' sh -c 'lt cat --take image --raw joined.lts | cmp - pixels' \
	"$(lt cat --take image --raw all.lts >pixels)"
is 'and all columns' "$(rows joined.lts | cksum)" "$(rows all.lts | cksum)"
is 'the shards are one input' "$(show '[len(p["in"]) for p in h["prov"]]' joined.lts)" '[0, 1, 1]'
is '--how' "$(lt cat --how joined.lts 2>err | sed 's/.*synth [^|]*| //')" 'lt cat --shards=7 | lt cat'
lt cat --shard 6/7 --take id all.lts >ids
is '--shard with --take' "$(tail -n 1 ids)" "$(lt cat --take id all.lts | tail -n 1)"
is '--shard with --only' "$(lt cat --shard 0/7 --only 0 all.lts | lt cat --take id | tr '\n' ' ')" \
	"$(lt cat --slice 0:17 --only 0 all.lts | lt cat --take id | tr '\n' ' ')"
ok 'more shards than rows' sh -c "lt cat --slice 0:2 all.lts | lt cat --shards 5 -o 'few-{1..5}.lts'"
is 'some are empty, and whole' "$(lt cat --check -v 'few-{1..5}.lts' 2>&1)" \
	'ltcat: few-{1..5}.lts: whole: segments 5, rows 2'
ok 'shards of shards' lt cat --shards 2 -o 'half-{1..2}.lts' "$x"
is 'the same rows' "$(rows 'half-{1..2}.lts' | cksum)" "$(rows all.lts | cksum)"

for wrong in '' / 1 /7 7/7 8/7 -1/7 1/0 1/7/2 ' 1/7' 1.0/7 0x1/7 1/16385 99999999999999999999/7; do
	fails_with 64 "--shard '$wrong'" lt cat --shard "$wrong" all.lts
done
err_has 'says so' 'is not K/N with K from 0 to N-1 and N up to 16384'
fails_with 64 '--shards 0' lt cat --shards 0 -o 'y-{1..3}.lts' all.lts
fails_with 64 '--shards without -o' lt cat --shards 3 all.lts
err_is 'says so' "ltcat: --shards needs --output 'x-{000..127}.lts'"
fails_with 64 '--shards, no range' lt cat --shards 3 -o y.lts all.lts
fails_with 64 '--shards, another number' lt cat --shards 3 -o 'y-{1..4}.lts' all.lts
err_is 'says so' 'ltcat: --shards 3, but y-{1..4}.lts names 4 files'
fails_with 64 '--shard and --slice' lt cat --shard 1/3 --slice 1:2 all.lts
fails_with 64 '--shard and --shards' lt cat --shard 1/3 --shards 3 -o 'y-{1..3}.lts' all.lts
fails_with 64 '--shards and --take' lt cat --take y --shards 3 -o 'y-{1..3}.lts' all.lts
fails_with 64 '--shards and --npz' lt cat --npz --shards 3 -o 'y-{1..3}.lts' all.lts
fails_with 64 '--shard and --salvage' lt cat --salvage --shard 1/3 all.lts
fails_with 64 'an input is an output' lt cat --shards 7 -o "$x" "$x"
err_is 'says so' "ltcat: -o $x: the same file as an operand"
is 'nothing was written' "$(echo y*)" 'y*'
lt cat "$x" >again.lts
same 'and the inputs are as they were' again.lts joined.lts
ln -s /dev/full full-1.lts
fails_with 74 'a full disk' lt cat --shards 3 -o 'full-{0..2}.lts' all.lts
err_is 'says so' 'ltcat: full-1.lts: No space left on device'
ok 'the shard before it is whole' lt cat --check full-0.lts
is 'and there is no other' "$(ls full-*)$(find . -name '.?*')" 'full-0.lts
full-1.lts'
head -c 20000 all.lts >cut.lts
fails_with 65 '--shards of a cut stream' lt cat --shards 3 -o 'y-{1..3}.lts' cut.lts
is 'nothing was written' "$(echo y*)" 'y*'
sh -c 'lt cat cut.lts 2>/dev/null' | lt cat --shard 0/2 2>err >out
is '--shard of a failure upstream' $? 65
err_has 'says so' 'upstream ltcat failed'

# ------------------------------------------------------------------------------ names

lt cat x-0?.lts >listed.lts
same 'quoted and written out: the same bytes' joined.lts listed.lts
ok 'a single one' lt cat 'x-{03..03}.lts'
same 'is copied' out x-03.lts
cp x-03.lts 'x-{03..04}.lts'
ok 'a file of exactly this name' lt cat 'x-{03..04}.lts'
same 'wins' out x-03.lts
rm 'x-{03..04}.lts'
mv x-03.lts away
fails_with 66 'a missing shard' lt cat --count "$x"
err_is 'is named' 'ltcat: x-03.lts: No such file or directory'
fails_with 66 'before anything is read' lt train "$x" -o m.lts
err_is 'is named' 'train: x-03.lts: No such file or directory'
mkdir x-03.lts
fails_with 66 'a directory' lt cat "$x"
rmdir x-03.lts
mkfifo x-03.lts
fails_with 66 'a FIFO' lt cat "$x"
err_is 'says so' 'ltcat: x-03.lts: a shard must be a file'
rm x-03.lts
if [ "$(id -u)" != 0 ]; then
	cp away x-03.lts
	chmod 000 x-03.lts
	fails_with 77 'an unreadable shard' lt cat --count "$x"
	rm -f x-03.lts
fi
fails_with 64 'a range that descends' lt cat 'x-{06..00}.lts'
fails_with 64 'two ranges' lt cat 'x-{0..6}{0..6}.lts'
fails_with 64 'too many' lt cat 'x-{0..16384}.lts'
fails_with 66 'no range' lt cat 'x-{a..c}.lts'

# ----------------------------------------------------------------------------- damage

for n in 0 700 3000; do
	head -c $n away >x-03.lts
	for command in 'cat --count' 'cat' 'split --ratio 2 --max 4' 'cat --shard 1/2'; do
		fails_with 65 "cut after $n bytes: lt $command" sh -c "lt $command '$x' >to"
		err_has "cut after $n bytes: lt $command names it" ": x-03.lts:$n: $([ $n = 0 ] && echo empty || echo truncated)"
	done
done
{ cat away && printf x; } >x-03.lts
fails_with 65 'trailing data' lt cat --check "$x"
err_has 'names it' ': x-03.lts:'
lt cat --drop id away >x-03.lts
for command in 'cat --count' 'cat --check' cat 'split --ratio 2 --max 4'; do
	fails_with 65 "other columns: lt $command" sh -c "lt $command '$x' >to"
	err_has "other columns: lt $command names both" ": x-03.lts has 2 columns, x-00.lts has 3"
done
lt cat --only 0,1 away >x-03.lts
fails_with 65 'other classes' lt cat --check "$x"
err_has 'names both' 'x-03.lts has 2 classes, x-00.lts has 3'
learn train --epochs 1 long.lts -o model.lts
cp model.lts x-03.lts
fails_with 65 'a model among them' lt cat --check "$x"
err_is 'names both' 'ltcat: x-03.lts is a model, x-00.lts is rows'
sh -c 'lt cat cut.lts 2>/dev/null' >x-03.lts
fails_with 65 'one that failed' lt cat --check "$x"
err_has 'is quoted' 'ltcat: x-03.lts:'
mv away x-03.lts

# ------------------------------------------------------------------------------ programs

# both AS NAME COMMAND: the same standard output from whole files and from shards, for which ALL
# and the other names in capitals stand.  AS is "model", "rows" or "text", as below.
lt cat --shards 3 -o 'l-{1..3}.lts' long.lts
lt cat --shards 3 -o 'u-{1..3}.lts' du.lts
lt cat --shards 3 -o 'v-{1..3}.lts' val.lts
lt cat --shards 3 -o 't-{1..3}.lts' test.lts
"$LT_BIN/eval" --threads 1 --model model.lts --scores s.lts test.lts >report
lt cat --shards 3 -o 's-{1..3}.lts' s.lts
whole() { echo "$1" | sed 's/ALL/all.lts/g; s/LONG/long.lts/g; s/DU/du.lts/g; s/VAL/val.lts/g; s/TEST/test.lts/g; s/SCORES/s.lts/g'; }
parts() { echo "$1" | sed "s/ALL/'$x'/g; s/LONG/'l-{1..3}.lts'/g; s/DU/'u-{1..3}.lts'/g; s/VAL/'v-{1..3}.lts'/g; s/TEST/'t-{1..3}.lts'/g; s/SCORES/'s-{1..3}.lts'/g"; }
listed() { parts "$1" | tr -d "'" | sed 's/x-{00..06}.lts/x-0?.lts/g; s/\([a-z]\)-{1..3}.lts/\1-?.lts/g'; }
# as TEXT: of streams the rows and tensors, of texts all of it.
as() {
	case $1 in
	model) digest "$2" ;;
	rows) rows "$2" ;;
	text) sed '/^  lt cat --shards=/d; s/ |$//' "$2" ;; # without the command that made the shards
	esac
}
both() {
	sh -c "$(whole "$3") >w" 2>err
	ok "$2" sh -c "$(parts "$3") >p"
	is "$2: the same" "$(as "$1" p | cksum)" "$(as "$1" w | cksum)"
}
# The same with the operands written out.
written_out() {
	sh -c "$(whole "$3") >w" 2>err
	ok "$2, operands written out" sh -c "$(listed "$3") >p"
	is "$2, operands written out: the same" "$(as "$1" p | cksum)" "$(as "$1" w | cksum)"
}
train='train --arch resnet20 --batch 8 --threads 1 --epochs 1'
both text 'cat --count' 'lt cat --count ALL'
both text 'cat --take' 'lt cat --take y,id ALL'
both text 'cat --head' 'lt cat --head -n 3 ALL 2>/dev/null | tail -n 3'
both rows 'split' 'lt split --ratio 4 --max 8 ALL'
written_out rows 'split' 'lt split --ratio 4 --max 8 ALL'
both rows 'split --pool' 'lt split --ratio 4 --max 8 --unlabeled-factor 1 --allow-short --pool ALL --unlabeled /dev/stdout -o /dev/null ALL'
both rows 'split --irrelevant' 'lt split --ratio 4 --max 8 --unlabeled-factor 1 --relevance 0.5 --irrelevant TEST --unlabeled /dev/stdout -o /dev/null ALL'
both model 'train' "lt $train LONG"
written_out model 'train' "lt $train LONG"
both model 'train --val --unlabeled' "lt $train --val VAL --keep best --unlabeled DU --method fixmatch LONG"
both model 'retrain' 'lt retrain --method crt --model model.lts --batch 8 --threads 1 --epochs 1 LONG'
both model 'pretrain-rot' 'lt pretrain-rot --arch resnet20 --batch 8 --threads 1 --epochs 1 ALL'
both rows 'pseudolabel' 'lt pseudolabel --threads 1 --model model.lts DU'
written_out rows 'pseudolabel' 'lt pseudolabel --threads 1 --model model.lts DU'
both text 'eval' 'lt eval --threads 1 --model model.lts TEST'
written_out text 'eval' 'lt eval --threads 1 --model model.lts TEST'
both rows 'eval --scores' 'lt eval --threads 1 --model model.lts --scores /dev/stdout -o /dev/null TEST'
both text 'eval of scores' 'lt eval --threads 1 SCORES'
both text 'report' 'lt report --names m --rows TEST SCORES'
written_out text 'report' 'lt report --names m --rows test.lts SCORES'
both rows 'probe' 'lt probe --threads 1 --train SCORES SCORES'
both rows 'tsne' 'lt tsne --threads 1 --perplexity 5 --iterations 20 SCORES'
both text 'verdict' 'lt verdict --threads 1 --bootstrap 20 --val SCORES SCORES'
lt cat --npz --slice 0:6 all.lts -o six.npz
both rows 'import --classes' 'lt import --classes ALL six.npz'

is 'an entry for each shard in DONE' "$(lt cat --shards 3 -o 'l-{1..3}.lts' long.lts && learn train --epochs 1 'l-{1..3}.lts' -o m.lts 2>err
	show '[i["rows"] for i in d["inputs"]]' m.lts)" '[9, 9, 10]'
is 'parts of different origins are all in the provenance' "$(
	lt cat --slice 0:9 long.lts -o o-1.lts
	lt cat --slice 9: long.lts -o o-2.lts
	learn train --epochs 1 'o-{1..2}.lts' -o m.lts 2>err
	show '[[i[0] for i in h["prov"][-1]["in"]], [o for p in h["prov"] for o in p["opts"] if "slice" in o]]' m.lts)" \
	"[['data', 'data'], ['--slice=0:9', '--slice=9:']]"
lt cat --shards 100 -o 'n-{00..99}.lts' long.lts
ok 'a hundred operands' sh -c "lt $train n-??.lts >p"
is 'a hundred operands: the same model' "$(digest p)" "$(learn train --epochs 1 long.lts >w 2>err && digest w)"
ok 'a hundred files with 16 descriptors' sh -c 'ulimit -n 16; lt cat n-??.lts >p'
is 'all rows' "$(rows p | cksum)" "$(rows long.lts | cksum)"
ok 'a hundred shards with 16 descriptors' sh -c "ulimit -n 16; lt split --ratio 2 --max 4 'n-{00..99}.lts' >p"

# Side outputs.
fails_with 64 'a side output is a shard' lt eval --threads 1 --model model.lts --scores t-2.lts 't-{1..3}.lts'
err_is 'says so' 'eval: --scores t-2.lts: the same file as an operand'
fails_with 64 'a side output is a shard of an option' lt train --val 'v-{1..3}.lts' --checkpoint ./v-3.lts long.lts
err_is 'says so' 'train: --checkpoint ./v-3.lts: the same file as --val'
fails_with 64 'stdin is one of several operands' lt split --ratio 2 x-00.lts - <x-01.lts
err_has 'says so' 'join them with lt cat first'
done_testing
