#!/bin/sh
# lt split: test and validation sets by share of each class.

. "$(dirname "$0")/../lib.sh"
[ -n "$PYTHON" ] || { skip 'lt split' 'no Python with msgpack'; done_testing; }
show() { "$PYTHON" "$here/../stream_edit.py" show "$@"; }
ids() { show "' '.join(map(str, rows.get('id', [])))" "$1"; }
counts() { show "' '.join(map(str, d['class_counts']))" "$1"; }
# all_counts FILE…: the counts of each.
all_counts() {
	for f; do counts "$f"; done | tr '\n' '|'
}
# one_place TABLE FILE…: checks that every id of the table is in exactly one of the files.
one_place() {
	table=$1
	shift
	is 'each row is in one output' "$(for f; do ids "$f"; done | tr ' ' '\n' | grep . | sort -n)" \
		"$(ids "$table" | tr ' ' '\n' | grep . | sort -n)"
}

# Classes with 40, 1, 0, 2, 3, 10 and 25 rows.
lt synth --size 8 --classes 7 --per-class 40 -o even.lts
printf '0 40\n1 1\n2 0\n3 2\n4 3\n5 10\n6 25\n' >uneven
lt split --profile counts:uneven even.lts -o all.lts 2>/dev/null
# shellcheck disable=SC2046 # names without blanks
set -- $(show "' '.join(h['classes'])" all.lts)
b=$2 d=$4

# ---------------------------------------------------------------- the shares

ok 'test and validation' lt split --profile natural --test t.lts --test-share 20% --val v.lts --val-share 10% \
	--rest r.lts --manifest m.txt all.lts -o x.lts
is 'what is held out is said' "$(cat err)" "ltsplit: all.lts: 1 of 7 classes has no row in it: '$3'
ltsplit: --test gets no row of 1 of 7 classes, which have too few rows: '$b'
ltsplit: --val gets no row of 2 of 7 classes, which have too few rows: '$b', '$d'"
# 20 % of 40, 1, 0, 2, 3, 10, 25 are 8, 0.2, 0, 0.4, 0.6, 2, 5; 10 % are 4, 0.1, 0, 0.2, 0.3, 1, 2.5.
is 'test: to the nearest, one of two, none of one' "$(counts t.lts)" '8 0 0 1 1 2 5'
is 'validation: halves up, what test leaves' "$(counts v.lts)" '4 0 0 0 1 1 3'
is 'training: the others' "$(counts x.lts)" '28 1 0 1 1 7 17'
one_place all.lts x.lts t.lts v.lts r.lts
is 'no row is left' "$(show "d['rows']" r.lts)" 0
is 'the split of each' "$(for f in x t v; do show "h['split'], h['prov'][-1]['out']" $f.lts; done | tr '\n' ' ')" \
	"('train', 'stdout') ('test', 'test') ('val', 'val') "
is 'in provenance: fractions' "$(show "' '.join(h['prov'][-1]['opts'])" x.lts)" '--profile=natural --val-share=0.1 --test-share=0.2'
is 'in input order' "$(show "rows['id'] == sorted(rows['id'])" t.lts)" True

# The permutation of the first class: training, test, validation from the end.
permutation() { awk -F '\t' -v what="$1" -v class="$2" '$1 == what && $2 == class { print $3 }' "$3" | tr '\n' ' '; }
lt split --profile natural --manifest whole.txt all.lts -o whole.lts
is 'validation ends the permutation, last row first' "$(permutation val "$1" m.txt)" \
	"$(permutation train "$1" whole.txt | awk '{ print $40, $39, $38, $37 }') "
is 'test rows come before it' "$(permutation test "$1" m.txt)" \
	"$(permutation train "$1" whole.txt | awk '{ print $36, $35, $34, $33, $32, $31, $30, $29 }') "
is 'training begins it' "$(permutation train "$1" m.txt)" \
	"$(permutation train "$1" whole.txt | cut -d ' ' -f 1-28) "

ok 'fractions' lt split --profile natural --test t2.lts --test-share 0.2 --val v2.lts --val-share .1 all.lts -o x2.lts
same 'are the same as percent: training' x.lts x2.lts
same 'test' t.lts t2.lts
same 'validation' v.lts v2.lts
ok 'from a pipe, more threads' sh -c 'lt cat all.lts | lt split --profile natural --test t2.lts --test-share 20% \
	--val v2.lts --val-share 10% --threads 4 -o x2.lts'
is 'the same rows' "$(ids x2.lts)|$(ids t2.lts)|$(ids v2.lts)" "$(ids x.lts)|$(ids t.lts)|$(ids v.lts)"
ok 'another seed' lt split --profile natural --seed 1 --test t2.lts --test-share 20% all.lts -o x2.lts
is 'as many' "$(counts t2.lts)" '8 0 0 1 1 2 5'
tap "$([ "$(ids t.lts)" != "$(ids t2.lts)" ]; echo $?)" 'other rows'
ok 'replay' lt split --replay m.txt --test t2.lts --val v2.lts --rest r2.lts all.lts -o x2.lts
is 'gives the same' "$(ids x2.lts)|$(ids t2.lts)|$(ids v2.lts)" "$(ids x.lts)|$(ids t.lts)|$(ids v.lts)"

# ---------------------------------------------------------------- with what else there is

ok 'a ratio' lt split --order by-count --ratio 4 --max 20 --allow-short --test t2.lts --test-share 20% --val v2.lts \
	--val-share 10% --rest r2.lts all.lts -o x2.lts
is 'gives the counts of its formula, of what is left' "$(counts x2.lts)" '20 1 0 1 1 7 15'
one_place all.lts x2.lts t2.lts v2.lts r2.lts
is 'the shares are of the input' "$(all_counts t2.lts v2.lts)" '8 0 0 1 1 2 5|4 0 0 0 1 1 3|'
ok 'another profile' lt split --profile none --max 3 --allow-short --test t2.lts --test-share 20% --val v2.lts --val-share 10% all.lts -o x2.lts
is 'holds out the same rows' "$(ids t2.lts)|$(ids v2.lts)" "$(ids t.lts)|$(ids v.lts)"
ok 'the default head count' lt split --ratio 4 --test t2.lts --test-share 20% even.lts -o x2.lts
is 'is that of what is left' "$(counts x2.lts)" '32 25 20 16 12 10 8'
ok 'without a test set' lt split --ratio 4 --max 32 even.lts -o y.lts
is 'the same rows are labelled' "$(ids y.lts)" "$(ids x2.lts)"
fails_with 65 'too many labelled rows' lt split --ratio 4 --max 33 --test t2.lts --test-share 20% even.lts -o z.lts
err_is 'says what is left' "ltsplit: even.lts: class '$1' has 32 rows that are not held out, but 33 labelled, 0 unlabelled and 0 validation rows are asked for; the largest that would fit: --max 32"
ok 'validation by number' lt split --profile natural --test t2.lts --test-share 20% --val v2.lts --val-per-class 5 even.lts -o x2.lts
is 'beside a share' "$(all_counts x2.lts t2.lts v2.lts)" '27 27 27 27 27 27 27|8 8 8 8 8 8 8|5 5 5 5 5 5 5|'
one_place even.lts x2.lts t2.lts v2.lts
ok 'unlabelled rows' lt split --max 10 --ratio 2 --unlabeled u.lts --unlabeled-factor 1 --test t2.lts --test-share 20% \
	--val v2.lts --val-share 10% --rest r2.lts even.lts -o x2.lts
one_place even.lts x2.lts t2.lts v2.lts r2.lts u.lts
is 'counts' "$(all_counts x2.lts t2.lts v2.lts)" '10 8 7 7 6 5 5|8 8 8 8 8 8 8|4 4 4 4 4 4 4|'

# ---------------------------------------------------------------- extremes

ok 'a share of 0' lt split --profile natural --test t2.lts --test-share 0% --val v2.lts --val-share 0 all.lts -o x2.lts
is 'holds out nothing' "$(all_counts x2.lts t2.lts)" '40 1 0 2 3 10 25|0 0 0 0 0 0 0|'
is 'and names no class but the absent one' "$(wc -l <err | tr -d ' ')" 1
ok 'nearly all' lt split --profile natural --test t2.lts --test-share 89.9% --val v2.lts --val-share 10% all.lts -o x2.lts
is 'leaves one to each' "$(all_counts x2.lts t2.lts v2.lts)" '1 1 0 1 1 1 1|36 0 0 1 1 8 22|3 0 0 0 1 1 2|'
ok 'nearly nothing' lt split --profile natural --test t2.lts --test-share 0.0001% all.lts -o x2.lts
is 'is one of each class' "$(counts t2.lts)" '1 0 0 1 1 1 1'

refused() {
	name=$1
	shift
	fails_with 64 "$name" lt split "$@" all.lts -o z.lts
}
refused '100 %' --profile natural --test w.lts --test-share 100%
err_is 'says what a share is' "ltsplit: --test-share: '100%' is not a share such as 20% or 0.2, less than all"
for share in 1 1.5 20 -1 -5% 120% 20%% % '' ' 5%' nan inf 0x1p-2 1e-12 99.99999999999%; do
	refused "a share of '$share'" --profile natural --val w.lts --val-share "$share"
done
refused 'two shares that are all' --test w.lts --test-share 60% --val z2.lts --val-share 40%
err_is 'says so' 'ltsplit: --test-share and --val-share leave no rows for training'
refused 'a share without its file' --test-share 5%
err_is 'names it' 'ltsplit: --test-share needs --test FILE'
refused 'the other' --val-share 5%
refused 'a test set without a share' --test w.lts
err_is 'names the option' 'ltsplit: --test needs --test-share P'
refused 'validation without a size' --val w.lts
err_is 'names both options' 'ltsplit: --val needs one of --val-per-class N and --val-share P'
refused 'validation with two sizes' --val w.lts --val-per-class 2 --val-share 5%
refused 'one file for two sets' --test w.lts --test-share 5% --val w.lts --val-share 5%
refused 'a share in a replay' --replay m.txt --test w.lts --test-share 5%
refused 'a test set over the input' --test all.lts --test-share 5%
is 'nothing is left behind' "$(ls w.lts z.lts z2.lts ./*.tmp 2>/dev/null)" ''

done_testing
