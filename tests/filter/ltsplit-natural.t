#!/bin/sh
# lt split of a set that is already long-tailed: the order by count, natural counts, and the
# notices about classes without rows.

. "$(dirname "$0")/../lib.sh"
[ -n "$PYTHON" ] || { skip 'lt split' 'no Python with msgpack'; done_testing; }
show() { "$PYTHON" "$here/../stream_edit.py" show "$@"; }
ids() { show "' '.join(map(str, rows['id']))" "$1"; }
counts() { show "' '.join(map(str, d['class_counts']))" "$1"; }

# natural.lts: 2, 40, 0, 40 and 12 rows of five classes, so that alphabetical order is not the order
# of the counts; selected by a file of counts from 50 rows per class.
lt synth --size 8 --classes 5 --per-class 50 -o even.lts
printf '0 2\n1 40\n2 0\n3 40\n4 12\n' >uneven
lt split --profile counts:uneven even.lts -o natural.lts 2>/dev/null
names=$(show "' '.join(h['classes'])" natural.lts)
# shellcheck disable=SC2086 # names without blanks
set -- $names
a=$1 b=$2 c=$3 d=$4 e=$5

# ---------------------------------------------------------------- by count

ok 'a ratio' lt split --ratio 4 natural.lts -o x.lts
# int(1 * 0.25 ** (k / 4)) of class 2 is 0, which its 0 rows serve; int(2 * ...) would be 1.
is 'is bound by the rare classes before the tail' "$(counts x.lts)" '1 0 0 0 0'
ok 'order by count' lt split --ratio 10 --order by-count --max 40 --allow-short natural.lts -o x.lts
# int(40 * 0.1 ** (k / 4)): 40 22 12 7 4 for classes 1, 3, 4, 0, 2 (equal counts: as numbered).
is 'puts the larger classes first' "$(counts x.lts)" '2 40 0 22 12'
ok 'that order by numbers' lt split --ratio 10 --order 1,3,4,0,2 --max 40 --allow-short natural.lts -o y.lts
is 'draws the same rows' "$(ids x.lts)" "$(ids y.lts)"
is 'and is recorded as what was said' "$(show "[x for x in h['prov'][-1]['opts'] if 'order' in x]" x.lts)" "['--order=by-count']"
for seed in 0 7; do
	lt split --ratio 2 --max 30 --seed $seed --order by-count even.lts -o x.lts
	lt split --ratio 2 --max 30 --seed $seed even.lts -o y.lts
	is "equal counts: the order of the list (seed $seed)" "$(ids x.lts)" "$(ids y.lts)"
done

# ---------------------------------------------------------------- natural counts

ok 'natural counts' lt split --profile natural --rest r.lts natural.lts -o x.lts
is 'are all rows' "$(counts x.lts)" "$(counts natural.lts)"
is 'in input order' "$(ids x.lts)" "$(ids natural.lts)"
is 'nothing is left' "$(show "d['rows']" r.lts)" 0
is 'no ratio is recorded' "$(show "' '.join(h['prov'][-1]['opts'])" x.lts)" '--profile=natural'
ok 'less what is held out' lt split --profile natural --val v.lts --val-per-class 5 --allow-short natural.lts -o x.lts
is 'of each class' "$(counts x.lts)" '1 35 0 35 7'
is 'the last row of a class stays in training' "$(counts v.lts)" '1 5 0 5 5'
is 'in all they are the input' "$({ ids x.lts; ids v.lts; } | tr ' ' '\n' | sort -n)" "$(ids natural.lts | tr ' ' '\n' | sort -n)"
fails_with 65 'a class too small for validation' lt split --profile natural --val v.lts --val-per-class 2 natural.lts -o x.lts
err_is 'is named, with what helps' "ltsplit: natural.lts: class '$a' has 2 rows, but 1 labelled, 0 unlabelled and 2 validation rows are asked for; a smaller --val-per-class or --allow-short would fit"
ok 'a pool' lt split --profile natural --pool even.lts --unlabeled u.lts --unlabeled-ratio 2 --unlabeled-factor 0.5 natural.lts -o x.lts
is 'gives unlabelled rows' "$(show "sorted(rows['y_true'].count(c) for c in range(5))" u.lts)" '[6, 7, 9, 10, 13]'
ok 'a uniform pool' lt split --profile natural --pool even.lts --unlabeled u.lts --unlabeled-profile uniform \
	--unlabeled-factor 0.5 natural.lts -o x.lts
is 'needs no ratio' "$(show "[rows['y_true'].count(c) for c in range(5)]" u.lts)" '[9, 9, 9, 9, 9]'
ok 'more threads and a pipe' sh -c 'lt cat natural.lts | lt split --profile natural --threads 3 -o y.lts'
is 'change no row' "$(ids y.lts)" "$(ids natural.lts)"

refused() {
	name=$1
	shift
	fails_with 64 "$name" lt split --profile natural "$@" natural.lts -o z.lts
}
refused 'natural and a ratio' --ratio 10
err_is 'says why' 'ltsplit: --ratio: --profile natural keeps the counts of the input'
refused 'natural and a head count' --max 10
err_is 'says why' 'ltsplit: --max: --profile natural keeps the counts of the input'
refused 'natural and unlabelled rows of its own' --unlabeled w.lts
err_is 'names the pool' 'ltsplit: --unlabeled: --profile natural leaves no rows for it; draw them from --pool FILE'
refused 'natural and a pool without a ratio' --unlabeled w.lts --pool even.lts
err_has 'names the options' 'needs --unlabeled-ratio RU or --unlabeled-profile uniform'

# ---------------------------------------------------------------- classes without a row

notices() { lt split "$@" -o x.lts 2>&1; }
is 'the head is too small: three notices' "$(notices --ratio 4 natural.lts)" \
	"ltsplit: head count 1: the largest that every class can serve; with --order by-count it is 3
ltsplit: 3 of 5 classes get no row: '$b', '$d', '$e'; --profile natural would give each a row
ltsplit: natural.lts: 1 of 5 classes has no row in it: '$c'"
is 'every way out' "$(notices --ratio 100 --max 20 even.lts)" \
	"ltsplit: 2 of 5 classes get no row: '$d', '$e'; --ratio 20 or less, or --profile natural would give each a row"
is 'the ratio that it names' "$(notices --ratio 20 --max 20 even.lts)" ''
is 'helps' "$(counts x.lts)" '20 9 4 2 1'
is 'the next one' "$(notices --ratio 21 --max 20 even.lts | cut -d: -f2)" ' 1 of 5 classes gets no row'
is 'a head count' "$(notices --ratio 49 --max 20 even.lts)" \
	"ltsplit: 1 of 5 classes gets no row: '$e'; --ratio 20 or less, --max 50 or more, or --profile natural would give each a row"
is 'that it names' "$(notices --ratio 49 --max 50 even.lts)" ''
# 1 / 49 times 49 is less than 1 in double precision.
is 'helps, and one less does not' "$(counts x.lts) $(notices --ratio 49 --max 49 even.lts | wc -l | tr -d ' ')" '50 18 7 2 1 1'
is 'step' "$(notices --profile step --ratio 40 --max 30 even.lts)" \
	"ltsplit: 3 of 5 classes get no row: '$c', '$d', '$e'; --ratio 30 or less, --max 40 or more, or --profile natural would give each a row"
is 'counts from a file' "$(notices --profile counts:uneven even.lts)" \
	"ltsplit: 1 of 5 classes gets no row: '$c'; their count is 0 in the file of --profile"
lt synth --size 8 --classes 64 --per-class 2 -o many.lts
is 'of many classes some are named, the others counted' \
	"$(notices --ratio 1e6 many.lts | grep -c "^ltsplit: 60 of 64 classes get no row: '.*' and [0-9]* more; --ratio 2 or less, or --profile natural")" 1
is 'in a line of bounded length' "$(test "$(notices --ratio 1e6 many.lts | wc -c)" -lt 600 && echo yes)" yes
is '--quiet' "$(notices --quiet --ratio 1e6 many.lts)" ''
lt synth --per-class 0 -o empty.lts
ok 'no rows at all' lt split --profile natural empty.lts -o x.lts
is 'give none' "$(show "d['rows']" x.lts)" 0

done_testing
