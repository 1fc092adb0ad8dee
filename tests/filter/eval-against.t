#!/bin/sh
# eval --against: two models on the same rows, compared with their separate reports and a count
# of their predictions; McNemar's test in integers; the first model's report is unchanged.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
learn train --epochs 8 --batch 4 --lr 0.05 long.lts -o model.lts
learn train --epochs 4 --batch 4 --lr 0.05 --seed 3 long.lts -o other.lts
ev() { "$LT_BIN/eval" --threads 1 "$@"; }
ev --model model.lts --format tsv --figures f1,mcc,priors --predictions p.tsv test.lts >this.tsv
ev --model other.lts --format tsv --figures f1,mcc,priors --predictions q.tsv test.lts >that.tsv
ev --model model.lts test.lts >plain.text

# ---------------------------------------------------------------- figures

ok 'two models' ev --model model.lts --against other.lts --format tsv --figures f1,mcc,priors test.lts
cp out tsv
head -n "$(wc -l <this.tsv)" tsv >head.tsv
same 'TSV begins with the report of the first model' head.tsv this.tsv
overall='accuracy balanced_accuracy geometric_mean macro_f1 mcc many medium few prior_forward prior_uniform prior_backward'
of() { awk -F '\t' -v m="$2" -v c="${3:--}" '$1 == m && $2 == c { print $3 }' "$1"; }
for metric in $overall; do
	is "the second model's $metric is that of its own report" "$(of tsv "other_$metric")" "$(of that.tsv "$metric")"
	is "difference of $metric" "$(of tsv "difference_$metric")" \
		"$("$PYTHON" -c 'import sys; a, b = sys.argv[1:]; print("-" if a == "-" else "%r" % (float(a) - float(b)))' \
			"$(of this.tsv "$metric")" "$(of that.tsv "$metric")" | sed 's/^\(-\{0,1\}\)0\.0$/\10/; s/^-0$/0/')"
done
for class in mug tree house; do
	is "accuracy of $class" "$(of tsv other_accuracy $class)" "$(of that.tsv accuracy $class)"
done
# Rows that only one model predicts correctly, by class, then in all.
is 'rows that only one model predicts correctly' \
	"$(awk -F '\t' '$1 ~ /^(this|other)_only$/ { print $1, $2, $4 } $1 == "mcnemar_p" { print "discordant", $4 }' tsv | sort)" \
	"$("$PYTHON" - <<'END2' | sort
def read(name):
    return [l.rstrip('\n').split('\t')[2:4] for l in open(name)][1:]
p, q = read('p.tsv'), read('q.tsv')
a = [c for (c, x), (_, y) in zip(p, q) if c == x != y]
b = [c for (c, x), (_, y) in zip(p, q) if c == y != x]
for word, rows in ('this', a), ('other', b):
    for c in ('mug', 'tree', 'house'):
        print('%s_only' % word, c, rows.count(c))
    print('%s_only' % word, '-', len(rows))
print('discordant', len(a) + len(b))
END2
)"
# The test in integers.  Comparing digits would not do: p is an integer over a power of two, and
# with 14 discordant rows its thirteenth and last digit is a 5.
only() { awk -F '\t' -v m="$1_only" '$1 == m && $2 == "-" { print $4 }' tsv; }
ok 'the test' "$PYTHON" -c '
import math, sys
a, b = map(int, sys.argv[1:3])
p, log10_p = map(float, sys.argv[3:])
want = min(1, 2 * sum(math.comb(a + b, k) for k in range(min(a, b) + 1)) / 2 ** (a + b))
sys.exit(not (abs(p - want) <= 1e-12 * want and abs(log10_p - math.log10(want)) <= 1e-12))
' "$(only this)" "$(only other)" "$(of tsv mcnemar_p)" "$(of tsv mcnemar_log10_p)"
low=$(of tsv difference_accuracy_low) high=$(of tsv difference_accuracy_high)
ok 'the difference lies in its interval' awk -v a="$low" -v b="$high" -v d="$(of tsv difference_accuracy)" 'BEGIN { exit !(a < d && d < b) }'

# A model compared with itself: no difference in any sample.
ok 'a model against itself' ev --model model.lts --against model.lts --format tsv test.lts
is 'a model against itself: no difference, p 1' \
	"$(awk -F '\t' '/^difference/ && $3 != "-" { print $3 } $1 == "mcnemar_p" { print "p", $3, $4 }' out | sort -u | tr '\n' ' ')" '0 p 1 0 '

# ---------------------------------------------------------------- forms

ok 'text' ev --model model.lts --against other.lts test.lts
cp out text
head -n "$(wc -l <plain.text)" text >head.text
same 'text begins with the report of the first model' head.text plain.text
is 'text: accuracy of both, and the difference' "$(awk '/^against/ { on = 1 } on && $1 == "accuracy" { print $2, $4, $6 }' text)" \
	"$(awk -F '\t' '$2 == "-" { of[$1] = $3 } END { printf "%.2f %.2f %.2f", 100 * of["accuracy"], 100 * of["other_accuracy"], 100 * of["difference_accuracy"] }' tsv)"
ok 'text: the test' grep -q "^McNemar's test, exact and two-sided: p = $(of tsv mcnemar_p | awk '{ printf "%.4f", $1 }')\$" text
is 'text: rows by class' "$(awk '$1 == "tree" && $3 == "%" && $7 == "%" { print $(NF - 1), $NF }' text)" \
	"$(awk -F '\t' '$2 == "tree" && /_only/ { printf "%s%s", sep, $4; sep = " " }' tsv)"
ok 'JSON' ev --model model.lts --against other.lts --format json test.lts
is 'JSON is JSON, with the figures of TSV' "$("$PYTHON" - <<'END2'
import json
f = json.load(open('out'))['against']
lines = {tuple(l[:2]): l[2:] for l in (l.rstrip('\n').split('\t') for l in open('tsv'))}
wrong = []
for name, v in f['figures'].items():
    for key, metric in ('other', 'other_' + name), ('difference', 'difference_' + name), ('low', 'difference_%s_low' % name), ('high', 'difference_%s_high' % name):
        text = lines[metric, '-'][0]
        wrong += [] if v[key] == (None if text == '-' else float(text)) else [metric]
for c in f['classes']:
    wrong += [] if str(c['this_only']) == lines['this_only', c['name']][1] else [c['name']]
print(wrong, f['model'], sorted(f['figures'])[:2], f['mcnemar_p'] == float(lines['mcnemar_p', '-'][0]))
END2
)" "[] other.lts ['accuracy', 'balanced_accuracy'] True"
cp out json
for threads in 2 5; do
	"$LT_BIN/eval" --threads $threads --model model.lts --against other.lts --format json test.lts >t
	same "--threads $threads: the same bytes" t json
done
ev --batch 16 --model model.lts --against other.lts --format json test.lts >t
same '--batch 16: the same bytes' t json
ev --model model.lts --against other.lts --format json <test.lts >t
same 'rows from stdin: the same bytes' t json
cat model.lts test.lts | ev --against other.lts --format json >t
same 'the model, then rows, on one stdin: the same bytes' t json
lt cat --slice :11 test.lts -o a.lts
lt cat --slice 11: test.lts -o b.lts
ev --model model.lts --against other.lts --format json a.lts b.lts >t
is 'rows in two files: the same figures' "$(grep -A 3 mcnemar t)" "$(grep -A 3 mcnemar json)"
cp other.lts "$(printf 'a\tb.lts')"
ev --model model.lts --against "$(printf 'a\tb.lts')" test.lts >t
is 'a file name with a tab' "$(grep ^against t)" 'against a?b.lts'
ev --model model.lts --against other.lts --scores s.lts test.lts >t
is '--scores are those of the first model' "$(digest_rows() { show 'rows["logits"]' "$1"; }; digest_rows s.lts)" \
	"$(ev --model model.lts --scores s2.lts test.lts >t; show 'rows["logits"]' s2.lts)"
is '--scores: provenance has both models' "$(show '[i[0] for i in h["prov"][-1]["in"]]' s.lts)" "['model', 'against', 'data']"
ok '--scores: accepted by the first model' ev --model model.lts s.lts
fails_with 65 '--scores: rejected by the second model' ev --model other.lts s.lts -o bad.out

# ---------------------------------------------------------------- odd inputs

edit 'if kind == "TENS" and meta["name"] == "fc.bias": body[:4] = b"\0\0\xc0\x7f"' <other.lts >nan.lts
ok 'a second model that is not finite' ev --model model.lts --against nan.lts --format tsv test.lts
is 'a second model that is not finite: wrong in every row' "$(of out other_accuracy) $(awk -F '\t' '$1 == "other_only" && $2 == "-" { print $4 }' out)" '0 0'
relabel -1 <test.lts >unlabelled.lts
ok 'no labels' ev -q --model model.lts --against other.lts unlabelled.lts
is 'no labels: no comparison' "$(cat out)" 'rows without a label: 30'

lt synth --per-class 6 --classes 6 --size 8 -o six.lts
learn train --epochs 1 six.lts -o six-model.lts
fails_with 65 'other classes' ev --model model.lts --against six-model.lts test.lts -o bad.out
err_is 'other classes, message' 'eval: six-model.lts has 6 classes, model.lts has 3: models of the same classes are compared'
edit 'if kind == "LTS1": meta["classes"][2] = "boat"' <other.lts >boat.lts
fails_with 65 'another class' ev --model model.lts --against boat.lts test.lts -o bad.out
err_is 'another class, message' 'eval: class 2 is "boat" in boat.lts, "house" in model.lts: models of the same classes are compared'
lt synth --per-class 4 --classes 3 --size 12 -o twelve.lts
learn train --epochs 1 twelve.lts -o twelve-model.lts
fails_with 65 'images of another size' ev --model model.lts --against twelve-model.lts test.lts -o bad.out
err_is 'images of another size, message' 'eval: twelve-model.lts takes other images than model.lts'
learn pretrain-rot --epochs 1 long.lts -o rot.lts
fails_with 65 'an encoder' ev --model model.lts --against rot.lts test.lts -o bad.out
err_is 'an encoder, message' 'eval: rot.lts: a pre-trained encoder, not a classifier; use it as --init of lt train'
fails_with 65 'rows as a model' ev --model model.lts --against test.lts test.lts -o bad.out
fails_with 66 'no file' ev --model model.lts --against nothing.lts test.lts -o bad.out
fails_with 64 'scores' ev --against other.lts s.lts -o bad.out
err_is 'scores, message' 'eval: --against: the input holds scores; two models are compared on rows with images'
fails_with 64 'stdin is the rows' sh -c '"$LT_BIN/eval" --model model.lts --against - <test.lts -o bad.out'
err_has 'stdin is the rows, message' '--against -: stdin is'
fails_with 64 'both models from stdin' sh -c '"$LT_BIN/eval" --model - --against - test.lts <model.lts -o bad.out'
ok 'the second model from stdin' sh -c '"$LT_BIN/eval" --threads 1 --model model.lts --against - test.lts <other.lts'
ok 'nothing is left' sh -c '! ls -A | grep -q -e bad.out -e "^\.lt-"'

done_testing
