#!/bin/sh
# ltcat: copies, looks, joins, slices and saves.

. "$(dirname "$0")/../lib.sh"
samples=$here/../../samples
for name in rows model scores empty two; do
	cp "$samples/tiny-$name.lts" $name.lts
done
tab=$(printf '\t')
nl='
'

# A copy verifies.
ok 'a copy' ltcat rows.lts
same 'a copy: the same bytes' out rows.lts
ok 'two segments stay two' ltcat two.lts
same 'byte for byte' out two.lts
ltcat -o copy.lts <two.lts
same 'to a file' copy.lts two.lts
head -c 1000 rows.lts >cut.lts
fails_with 65 'a cut stream' ltcat cut.lts
err_is 'says where' 'ltcat: cut.lts:1000: truncated after 0 rows'
fails_with 65 'a cut stream to a file' ltcat cut.lts -o none.lts
ok 'a cut stream: no file is left' test ! -e none.lts
is 'a cut stream: nothing else is left' "$(find . -name '.?*')" ''
fails_with 65 'an empty input' ltcat /dev/null
err_is 'says so' 'ltcat: /dev/null:0: empty input'
fails_with 66 'a missing file' ltcat none.lts
err_is 'says so' 'ltcat: none.lts: No such file or directory'
fails_with 66 'a directory' ltcat .
fails_with 74 'a full disk' sh -c 'exec ltcat rows.lts >/dev/full'
err_is 'says so' 'ltcat: <stdout>: No space left on device'
fails_with 64 'an unknown option' ltcat --nonesuch
sh -c 'ltcat cut.lts; ltcat rows.lts' 2>/dev/null | ltcat --check 2>err
is 'a failure upstream reaches the end' "$?" 65
err_is 'and is quoted' 'ltcat: <stdin>:394: upstream ltcat failed: cut.lts:1000: truncated after 0 rows'
ltcat none.lts 2>/dev/null | ltcat --check 2>err
err_is 'nor is one before the header' \
	'ltcat: <stdin>:0: upstream ltcat failed: none.lts: No such file or directory'
fails_with 65 'damage within a pipeline' sh -c 'ltcat cut.lts 2>/dev/null | ltcat >/dev/null'

# --check
ok '--check' ltcat --check rows.lts model.lts two.lts
is '--check: no output' "$(cat out err)" ''
ok '--check -v' ltcat --check -v two.lts
is '--check -v: one line per file' "$(cat err)" 'ltcat: two.lts: whole: segments 2, rows 12'

# --count
ok '--count' ltcat --count rows.lts
is '--count: rows and classes' "$(cat out)" "rows${tab}12${nl}0${tab}cat${tab}6${nl}1${tab}dog${tab}3${nl}2${tab}naïve owl${tab}1${nl}-1${tab}-${tab}2"
ok '--count of two' ltcat --count rows.lts rows.lts
is '--count of two: the sum' "$(sed -n 1,2p out)" "rows${tab}24${nl}0${tab}cat${tab}12"
ok '--count of a model' ltcat --count model.lts
is '--count of a model: tensors' "$(cat out)" "tensors${tab}3${nl}numbers${tab}148"

# --head
ok '--head' ltcat --head -n 2 rows.lts
is '--head: rows' "$(tail -n 2 out)" \
	"0  image=[4x4x3: 0 5 10 15 ...]  y=0 (cat)  key=train/0000.png${nl}1  image=[4x4x3: 17 22 27 32 ...]  y=0 (cat)  key=train/0001.png"
is '--head: the header' "$(sed -n 1p out)" 'rows, split train'
ok '--head of a model' ltcat --head model.lts
is '--head of a model: tensors' "$(grep -c '^[fo][cp][t.]' out)" 3
ok '--head stops when it has its rows' sh -c '{ head -c 1400 rows.lts; echo junk; } | ltcat --head -n 1'
notice='ltcat: what follows was not checked; --check reads a stream to its end'
err_is 'and says what it did not check' "$notice"
ok '--head that comes to the end' ltcat --head -n 100 rows.lts
is '--head that comes to the end: everything is checked' "$(cat err)" ''
ok '--head -q stops as well' ltcat --head -n 1 -q rows.lts
is 'without a notice' "$(cat err)" ''

# --how
ok '--how' ltcat --how rows.lts rows.lts
err_is '--how says once what it did not check' "$notice"
ok '--how' ltcat --how rows.lts
is 'is a command' "$(tail -n 1 out)" 'lt import --size=4 source1'
is 'with the source' "$(head -n 1 out)" '# source1: 1234 bytes, CRC-32C 1234abcd'
ltcat --slice 0:6 rows.lts | ltcat --drop key >sliced.lts
ok '--how of a pipeline' ltcat --how sliced.lts
is 'is a pipeline' "$(tail -n 1 out)" 'lt import --size=4 source1 | lt cat --slice=0:6 | lt cat --drop=key'
ltcat sliced.lts sliced.lts >double.lts
ok '--how of a stream read twice' ltcat --how double.lts
is 'uses a file' "$(tail -n 1 out)" 'lt cat s3.lts s3.lts'
ltcat --slice 0:6 rows.lts >part.lts
ltcat part.lts rows.lts >joined.lts
ok '--how of a pipe and a file' ltcat --how joined.lts
is 'keeps the place of the pipe' "$(tail -n 1 out)" 'lt cat --slice=0:6 s1.lts | lt cat - s1.lts'
ltcat rows.lts part.lts >joined.lts
ok '--how of a file and a pipe' ltcat --how joined.lts
is 'in their order' "$(tail -n 1 out)" 'lt cat --slice=0:6 s1.lts | lt cat s1.lts -'

# learned PROG OPTION [ROLE, ENTRY]…: sliced.lts, its last step as if PROG had made it.
learned() {
	"$PYTHON" "$here/../stream_edit.py" edit "
if kind == 'LTS1':
	p = meta['prov'][2]
	p['prog'], p['opts'] = '$1', ['$2']
	p['in'] = [type(p['in'][0])((role, entry, *p['in'][0][2:])) for role, entry in ($3,)]" <sliced.lts >learned.lts
	ltcat --how learned.lts >out || return
	sed -n '$p' out
}
if [ -n "$PYTHON" ]; then
	is 'a kernel set by its name alone' \
		"$(learned eval --kernel=v4+openblas-0.3.21-SkylakeX "('model', 1)")" \
		'lt import --size=4 source1 | lt cat --slice=0:6 | lt eval --kernel=v4 --model -'
	is 'a model from the pipe, rows from a file' "$(learned eval --batch=2 "('model', 1), ('data', 0)")" \
		'lt cat --slice=0:6 s1.lts | lt eval --batch=2 --model - s1.lts'
	is 'a start from the pipe' "$(learned train --epochs=1 "('init', 1), ('data', 0)")" \
		'lt cat --slice=0:6 s1.lts | lt train --epochs=1 --init - s1.lts'
	is 'a start before the rows on one pipe' "$(learned train --epochs=1 "('model', 1), ('data', 0)")" \
		'lt cat --slice=0:6 s1.lts | lt train --epochs=1 --init - s1.lts'
else
	skip '--how of learning programs' 'no Python with msgpack'
fi

# --json
ok '--json' ltcat --json two.lts
is '--json: one line per event' "$(wc -l <out)" 21
is '--json: rows with their small cells' "$(sed -n 9p out)" '{"type":"row","row":0,"y":0,"key":"train/0000.png"}'
ok '--json: all lines are JSON' "${PYTHON:-/usr/bin/python3}" -c 'import json, sys; [json.loads(line) for line in open("out", encoding="utf-8")]'

# --take
ok '--take' ltcat --take y rows.lts
is '--take: one line per row' "$(tr '\n' ' ' <out)" '0 0 1 0 2 0 1 0 0 1 -1 -1 '
ok '--take of two columns' ltcat --take id,logits scores.lts
is '--take of two columns: separated by tabs' "$(sed -n 2p out)" "101${tab}0.25 0.75 0.5"
ok '--take --slice' ltcat --take key --slice 10: rows.lts
is 'some rows' "$(tr '\n' ' ' <out)" 'train/0010.png train/0011.png '
ok '--take --raw' ltcat --take image --raw --slice 0:1 rows.lts
is 'is bytes' "$(od -An -tu1 -N4 out | tr -s ' ')" ' 0 5 10 15'
is 'of one image' "$(wc -c <out)" 48
fails_with 65 '--take of no column' ltcat --take nope rows.lts
err_is 'names it' 'ltcat: rows.lts: no column nope'

# --slice, --drop, --split, joins
ok '--slice' ltcat --slice 2:5 rows.lts -o some.lts
ok 'is a stream' ltcat --check some.lts
ltcat --slice 2:5 rows.lts | ltcat --take key >keys
is 'of those rows' "$(tr '\n' ' ' <keys)" 'train/0002.png train/0003.png train/0004.png '
is ':B' "$(ltcat --slice :2 rows.lts | ltcat --count | head -n 1)" "rows${tab}2"
is 'beyond the end' "$(ltcat --slice 11:99 rows.lts | ltcat --count | head -n 1)" "rows${tab}1"
is 'nothing' "$(ltcat --slice 3:3 rows.lts | ltcat --count | head -n 1)" "rows${tab}0"
fails_with 65 'rows behind the slice are verified' ltcat --slice 0:1 cut.lts
for slice in 5:2 x: 1 : -1:2 1:2:3 ''; do
	[ "$slice" != : ] || continue
	fails_with 64 "--slice '$slice'" ltcat --slice "$slice" rows.lts
done
is '--drop' "$(ltcat --drop image,key rows.lts | ltcat --json | sed -n 2p)" '{"type":"row","row":0,"y":0}'
fails_with 64 '--drop of every column' ltcat --drop image,y,key rows.lts
is '--split' "$(ltcat --split val rows.lts | ltcat --head | head -n 1)" 'rows, split val'
is 'a join is one segment' "$(ltcat rows.lts rows.lts | ltcat --json | grep -c '"type":"header"')" 1
is 'with all rows' "$(ltcat rows.lts rows.lts | ltcat --count | head -n 1)" "rows${tab}24"
is 'cat keeps segments' "$(cat rows.lts rows.lts | ltcat --json | grep -c '"type":"header"')" 2
is '--join joins them' "$(cat rows.lts rows.lts | ltcat --join | ltcat --json | grep -c '"type":"header"')" 1
ltcat rows.lts --slice 0:24 >a.lts
cat rows.lts >b.lts
ltcat rows.lts rows.lts >once.lts
ltcat rows.lts rows.lts >twice.lts
same 'equal input, equal bytes' once.lts twice.lts
fails_with 65 'other columns do not join' ltcat rows.lts scores.lts
err_has 'names both' 'column 0 is logits in scores.lts, image in rows.lts'
fails_with 65 'a model does not join' ltcat model.lts rows.lts
fails_with 65 'a join of a cut stream' ltcat rows.lts cut.lts
fails_with 64 'two modes' ltcat --head --check rows.lts
fails_with 64 '--raw alone' ltcat --raw rows.lts

# --only: rows are 0 0 1 0 2 0 1 0 0 1 -1 -1.
ok '--only' ltcat --only 'naïve owl,0' rows.lts -o some.lts
is 'the rows of these classes, numbered anew' "$(ltcat --take y some.lts | tr '\n' ' ')" '1 1 1 0 1 1 1 '
is '--only: the new class list' "$(ltcat --count some.lts | tail -n 2)" "0${tab}naïve owl${tab}1${nl}1${tab}cat${tab}6"
is 'in the provenance' "$(ltcat --how some.lts 2>/dev/null | tail -n 1)" "lt import --size=4 source1 | lt cat '--only=naïve owl,0'"
is '--only of a slice' "$(ltcat --only 1 --slice 3: rows.lts | ltcat --take key | tr '\n' ' ')" 'train/0006.png train/0009.png '
ltsplit --ratio 1 --max 1 --unlabeled du.lts --unlabeled-factor 1 --unlabeled-ratio 1 --allow-short rows.lts >/dev/null 2>&1
is 'hidden labels' "$(ltcat --take y,y_true du.lts | tr '\t\n' ' ;')" '-1 1;-1 0;'
is 'select rows too' "$(ltcat --only 1 du.lts | ltcat --take y,y_true | tr '\t\n' ' ;')" '-1 0;'
fails_with 64 '--only of no class' ltcat --only cat,cow rows.lts
err_is 'names it' "ltcat: --only: no class 'cow'"
fails_with 64 '--only twice' ltcat --only cat,0 rows.lts
err_is 'names that' "ltcat: --only: class '0' comes twice"
fails_with 65 '--only with a value for each class' ltcat --only 0 scores.lts
err_has 'names the column' 'column logits has a value for each class'
fails_with 65 '--only without labels' sh -c 'ltcat --drop y rows.lts | ltcat --only 0'
err_has 'says so' 'no column y, which --only needs'
fails_with 64 '--take with --only' ltcat --take y --only 0 rows.lts

# --salvage: frames of rows before the damage.
i=0
set -- rows.lts
while [ $i -lt 11 ]; do
	set -- "$@" "$@"
	i=$((i + 1))
done
ltcat "$@" >big.lts
head -c 1500000 big.lts >bigcut.lts
ok '--salvage' ltcat --salvage bigcut.lts -o saved.lts
mv err said
rows=$(ltcat --count saved.lts | sed -n "1s/rows$tab//p")
ok 'saves whole frames' test "$rows" -gt 10000 -a "$rows" -lt 24576
is '--salvage: the number of rows' "$(sed 's/.*; //' said)" "$rows rows before that were saved"
ltcat --take key big.lts | head -n "$rows" >want
ltcat --take key saved.lts >got
same '--salvage: the right rows' want got
ok '--salvage of a whole stream' ltcat --salvage rows.lts -o saved.lts
is 'has all rows' "$(ltcat --count saved.lts | head -n 1)" "rows${tab}12"
fails_with 65 '--salvage without a header' ltcat --salvage /dev/null
fails_with 65 '--max-frame' ltcat --max-frame 100 rows.lts
err_has 'is a limit' 'a body of 912 bytes, the limit is 100'

# A reader that closes the pipe is not an error.
{ ltcat big.lts; echo $? >code; } | head -c 10 >/dev/null
is 'a closed pipe is death by SIGPIPE' "$(cat code)" 141
done_testing
