#!/bin/sh
# lt synth: the contents of the stream, which are the same on every machine.

. "$(dirname "$0")/../lib.sh"
[ -n "$PYTHON" ] || { skip 'lt synth' 'no Python with msgpack'; done_testing; }
show() { "$PYTHON" "$here/../stream_edit.py" show "$@"; }
# A check sum of the images, or of the first $2 of them.
sum() { show "__import__('zlib').crc32(b''.join(map(bytes, rows['image'][:${2-100000}])))" "$1"; }

ok 'draws' lt synth --per-class 12 -o a.lts
is 'rows' "$(show "d['rows'], d['class_counts']" a.lts)" "(120, [12, 12, 12, 12, 12, 12, 12, 12, 12, 12])"
is 'counts are known before' "$(show "h['class_counts'] == d['class_counts'], h['split']" a.lts)" "(True, 'train')"
is 'columns' "$(show "[(c['name'], c['dtype'], c['shape'], c['role']) for c in h['cols']]" a.lts)" \
	"[('image', '|u1', [32, 32, 3], 'input'), ('y', '<i4', [], 'label'), ('id', '<i8', [], 'id')]"
is 'classes' "$(show "' '.join(h['classes'])" a.lts)" 'mug tree house car boat bottle chair lamp mushroom umbrella'
is 'classes take turns' "$(show "[i % 10 for i in range(120)] == rows['y'] and rows['id'] == list(range(120))" a.lts)" True
is 'provenance' "$(show "h['prov'][0]['prog'], ' '.join(h['prov'][0]['opts']), h['prov'][0]['in']" a.lts)" \
	"('ltsynth', '--split=train --per-class=12 --classes=10 --size=32', [])"

# The pictures must never change: published numbers depend on every byte of them.
is 'the same bytes everywhere' "$(sum a.lts)" 2597490477
lt synth --per-class 2 --classes 64 --size 17 --seed 18446744073709551615 -o odd.lts
is 'the same bytes at an odd size' "$(sum odd.lts)" 1630699610
is '64 classes with different names' "$(show "len(set(h['classes']))" odd.lts)" 64
lt synth --per-class 12 -o b.lts
same 'twice the same' a.lts b.lts
lt synth --per-class 5 -o few.lts
is 'a smaller set is the beginning of a larger one' "$(sum few.lts)" "$(sum a.lts 50)"

lt synth --split unlabeled --per-class 12 -o u.lts
is 'unlabelled rows' "$(show "set(rows['y']), [i % 10 for i in range(120)] == rows['y_true'], h['split']" u.lts)" \
	"({-1}, True, 'unlabeled')"
lt synth --split test --per-class 12 -o t.lts
is 'test rows' "$(show "d['class_counts'][0], h['split']" t.lts)" "(12, 'test')"
lt synth --seed 1 --per-class 12 -o s.lts
is 'no image in two splits or under two seeds' "$(
	"$PYTHON" -c "
import subprocess, sys
seen = []
for name in 'a.lts', 'u.lts', 't.lts', 's.lts':
    seen += eval(subprocess.check_output([sys.executable, '$here/../stream_edit.py', 'show', \"[bytes(i) for i in rows['image']]\", name]))
print(len(seen) - len(set(seen)))"
)" 0

# Only the object shows which way is up: the mean image does not change if it is rotated.
lt synth --per-class 400 --size 8 -o many.lts
is 'the mean of all images has no up' "$(
	show "(lambda m: max(abs(m[y][x] - m[7 - y][x]) for y in range(8) for x in range(8)) < 8)([[sum(i[24 * y + 3 * x] for i in rows['image']) / 4000 for x in range(8)] for y in range(8)])" many.lts
)" True

ok 'no rows at all' lt synth --per-class 0 -o none.lts
is 'no rows: a valid stream' "$(show "d['rows']" none.lts)" 0
fails_with 64 'one class' lt synth --classes 1 -o x.lts
fails_with 64 'too many classes' lt synth --classes 65 -o x.lts
fails_with 64 'too small' lt synth --size 7 -o x.lts
fails_with 64 'too large' lt synth --size 1025 -o x.lts
fails_with 64 'an operand' lt synth a.lts -o x.lts
fails_with 64 'another split' lt synth --split val -o x.lts
fails_with 74 'a full disk' sh -c 'lt synth >/dev/full'
ok 'a closed pipe' sh -c 'lt synth --per-class 100000 | head -c 1000 >/dev/null'
is 'nothing is left behind' "$(ls x.lts* 2>/dev/null)" ''

done_testing
