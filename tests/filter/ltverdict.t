#!/bin/sh
# ltverdict: formats, options, copies of test rows, errors.  t_prior and t_verdict test the
# estimates.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
lt split --max 8 --ratio 1 --val val.lts --val-per-class 12 all.lts -o other.lts
learn train --epochs 8 --batch 4 --lr 0.05 long.lts -o model.lts
for rows in long val du test; do
	"$LT_BIN/eval" --threads 1 --model model.lts --scores $rows-scores.lts $rows.lts -o report
done
ve() { "$LT_BIN/ltverdict" --threads 1 --bootstrap 40 "$@"; }

# ------------------------------------------------------------------------------- formats

ok 'text' ve --val val-scores.lts du-scores.lts -o text
is 'text: five lines' "$(sed 's/ .*//' text | tr '\n' ' ')" 'these classes: rows: labels: advice: '
is 'text: no notice' "$(cat err)" ''
ok 'tsv' ve --format tsv --val val-scores.lts du-scores.lts -o tsv
is 'tsv: five columns' "$(awk -F '\t' '{ print NF }' tsv | sort -u)" 5
is 'tsv: its metrics' "$(cut -f 1 tsv | uniq | tr '\n' ' ')" \
	'metric forecast strangeness rows irrelevant_share imbalance pseudo_label_accuracy pseudo_label_recall growth levelling score prior_inversion prior_likelihood pseudo_label_precision right_pseudo_labels score_with '
is 'tsv: rows' "$(awk -F '\t' '$1 == "rows" { print $2, $3 }' tsv | tr '\n' ' ')" 'labelled 36 unlabelled 26 '
for prior in prior_inversion prior_likelihood; do
	is "tsv: $prior sums to 1" "$(awk -F '\t' -v of=$prior '$1 == of { sum += $3; n++ } END { printf "%d %.6f", n, sum }' tsv)" '3 1.000000'
done
is 'tsv: every estimate has an interval' "$(awk -F '\t' '$1 ~ /prior|share|score$|imbalance/ && !($4 <= $5) { print }' tsv)" ''
ok 'json' ve --format json --val val-scores.lts du-scores.lts -o json
is 'json says the same' "$("$PYTHON" - <<'END'
import json
o = json.load(open('json'))
t = [l.rstrip('\n').split('\t') for l in open('tsv')]
of = {(l[0], l[1]): l[2:] for l in t}
same = o['forecast'] == of['forecast', '-'][0] and o['labelled_rows'] == 36
for name in 'irrelevant_share', 'imbalance', 'score', 'growth':
    same &= [o[name][k] for k in ('value', 'low', 'high')] == [float(x) for x in of[name, '-']]
for c in o['classes']:
    same &= c['prior_likelihood']['value'] == float(of['prior_likelihood', c['name']][0])
same &= [c['labelled'] for c in o['classes']] == [16, 8, 4]
same &= all(float(of['score_with', x['option']][0]) == x['score'] for x in o['options'])
print(same, len(o['options']), sum('advised' in x for x in o['options']) < 2)
END
)" 'True 7 True'

# -------------------------------------------------------------------------------- inputs

for threads in 2 3; do
	ve --threads $threads --format tsv --val val-scores.lts du-scores.lts -o threads
	same "$threads threads: the same bytes" tsv threads
done
ve --format tsv --val val-scores.lts <du-scores.lts >stdin
same 'unlabelled rows from stdin: the same bytes' tsv stdin
ve --format tsv --val - du-scores.lts <val-scores.lts >stdin
same 'validation rows from stdin: the same bytes' tsv stdin
lt cat --slice 0:11 du-scores.lts -o first.lts
lt cat --slice 11: du-scores.lts -o rest.lts
ve --format tsv --val val-scores.lts first.lts rest.lts -o two
same 'two files are one set of rows' tsv two
ve --format tsv --seed 1 --val val-scores.lts du-scores.lts -o seed
is 'a seed changes intervals alone' "$(cut -f 1-3 seed)" "$(cut -f 1-3 tsv)"
differ 'and it does change them' "$(cat seed)" "$(cat tsv)"
ve --format tsv --level 0.5 --val val-scores.lts du-scores.lts -o level
is 'a lower level: shorter intervals' "$(paste tsv level | awk -F '\t' '$1 == "score" { print ($5 - $4 > $10 - $9) }')" 1
ok 'another column' ve --format tsv --column logits --val val-scores.lts du-scores.lts -o logits
is 'another column: the plain pseudo-labels are the same' "$(grep '^levelling' logits)" "$(grep '^levelling' tsv)"
relabel 'y if row % 2 else -1' <val-scores.lts >half.lts
ok 'validation rows without labels' ve --val half.lts du-scores.lts -o half
err_is 'validation rows without labels, notice' 'ltverdict: half.lts: 18 rows without a label are left out'
ok 'training rows' ve --val long-scores.lts du-scores.lts -o long
err_is 'training rows, notice' \
	'ltverdict: long-scores.lts: training rows; if the model has learnt them, everything below is too good'

# -------------------------------------------------------------------------------- copies

# copies FILE: exact and near ones.
copies() {
	ve --format tsv --val val-scores.lts --test test-scores.lts "$1" | awk -F '\t' '$1 == "test_copies" { printf "%s %s ", $2, $3 }'
}
is 'no copies' "$(copies du-scores.lts)" 'exact 0 near 0 '
lt cat --slice 3:8 test-scores.lts -o five.lts
ok 'copies of test rows' ve --val val-scores.lts --test test-scores.lts du-scores.lts five.lts -o text
ok 'are counted' grep -q '^rows: .*; 5 are copies of test rows, ' text
ok 'and to be taken out' grep -q '^advice: take the copies of test rows out first' text
ok 'json has them' sh -c '"$LT_BIN/ltverdict" --bootstrap 20 --format json --val val-scores.lts --test test-scores.lts five.lts | "$PYTHON" -c "import json, sys; sys.exit(json.load(sys.stdin)[\"test_copies\"][\"exact\"] != 5)"'
# The features of five rows, a little off.
edit '
import struct
for col, at0, size in places(header, meta["n"], body) if kind == "ROWS" else []:
    if col["name"] == "feature":
        for k in range(at0, at0 + size, 8):
            v, = struct.unpack_from("<f", body, k)
            struct.pack_into("<f", body, k, v * 1.0001)' <five.lts >near.lts
is 'near copies' "$(copies near.lts)" 'exact 0 near 5 '

# ------------------------------------------------------------------------------ verdicts

# A made-up set: logits and features of three classes, labels, training counts.
made() {
	"$PYTHON" "$here/../scores.py" "$@"
}
# The verdict on a made-up set, with the logits as features.
forecast() {
	ve --format tsv --column logits --val made-val.lts "$@" | awk -F '\t' '$1 == "forecast" { print $3 }'
}
made made-val.lts classes=3 rows=100 ratio=10 largest=50 skill=4 seed=1
made made-du.lts classes=3 rows=300 ratio=10 largest=50 skill=4 labels=0 seed=2
made made-few.lts classes=3 rows=3 ratio=10 largest=50 skill=4 labels=0 seed=3
is 'help' "$(forecast made-du.lts)" help
is 'nothing' "$(forecast made-few.lts)" nothing
# Rows of no class: all logits are nearly equal.
edit '
import random, struct
random.seed(4)
for col, at0, size in places(header, meta["n"], body) if kind == "ROWS" else []:
    if col["name"] == "logits":
        for k in range(at0, at0 + size, 4):
            struct.pack_into("<f", body, k, random.gauss(0, 0.1) - 5)' <made-du.lts >made-none.lts
is 'harm' "$(forecast made-none.lts)" harm
fv() { ve --column logits --val made-val.lts "$@"; }
fails_with 1 'harm fails where it is asked to' fv --fail-if harmful made-none.lts
err_is 'harm, message' 'ltverdict: --fail-if harmful: the verdict is: harm'
is 'the report is there all the same' "$(wc -l <out)" 5
fails_with 1 'harm is no help' fv --fail-if unhelpful made-none.lts
fails_with 1 'nothing is no help' fv --fail-if unhelpful made-few.lts
ok 'nothing is no harm' fv --fail-if harmful made-few.lts
ok 'help does not fail' fv --fail-if unhelpful made-du.lts
ok 'harm is said in words' sh -c '"$LT_BIN/ltverdict" --column logits --val made-val.lts made-none.lts | grep -q "^these rows should do harm: "'

ok 'no option is advised that would do harm too' sh -c '"$LT_BIN/ltverdict" --format json --column logits --val made-val.lts made-none.lts | "$PYTHON" -c "
import json, sys
o = json.load(sys.stdin)[\"options\"]
sys.exit(any(x.get(\"advised\") and x[\"score\"] <= 0.25 for x in o))"'

# ------------------------------------------------------------------------------ refusals

# refused CODE NAME MESSAGE ARG…
refused() {
	want=$1 name=$2 text=$3
	shift 3
	fails_with "$want" "$name" ve "$@" -o bad.out
	err_is "$name, message" "ltverdict: $text"
}
refused 64 'no validation rows' '--val FILE: the scores of labelled rows are missing' du-scores.lts
refused 64 'stdin twice' 'only one of the inputs can be stdin' --val -
refused 64 'stdin twice, of tests' 'only one of the inputs can be stdin' --val val-scores.lts --test -
fails_with 64 'a level of 1' ve --level 1 --val val-scores.lts du-scores.lts
fails_with 64 'too few draws' ve --bootstrap 5 --val val-scores.lts du-scores.lts
fails_with 64 'an unknown format' ve --format html --val val-scores.lts du-scores.lts
fails_with 64 'an unknown failure' ve --fail-if bad --val val-scores.lts du-scores.lts
learn train --epochs 1 --seed 1 long.lts -o another.lts
for rows in du test; do
	"$LT_BIN/eval" --threads 1 --model another.lts --scores another-$rows.lts $rows.lts -o report
done
refused 65 'another model' 'another-du.lts: scores of another model than val-scores.lts' --val val-scores.lts another-du.lts
lt cat --slice 0:9 another-du.lts -o slice.lts
refused 65 'a slice of another model' 'slice.lts: scores of another model than val-scores.lts' --val val-scores.lts slice.lts
refused 65 'tests of another model' 'another-test.lts: scores of another model than val-scores.lts' --val val-scores.lts --test another-test.lts du-scores.lts
edit 'if kind == "LTS1": meta["train_counts"] = [16, 8, 5]; meta["prov"] = []' <du-scores.lts >counts.lts
refused 65 'other training counts' 'counts.lts: scores of another model than val-scores.lts' --val val-scores.lts counts.lts
edit 'if kind == "LTS1": meta.pop("train_counts", 0)' <val-scores.lts >uncounted.lts
edit 'if kind == "LTS1": meta.pop("train_counts", 0)' <du-scores.lts >uncounted-du.lts
refused 65 'no training counts' 'uncounted.lts: no training counts of the model, with which pseudo-labels are compared' --val uncounted.lts uncounted-du.lts
refused 65 'images' "du.lts: no column 'feature' of <f4, a vector a row; lt eval --scores writes features, --column names another column" --val val-scores.lts du.lts
lt cat --drop feature du-scores.lts -o bare.lts
refused 65 'no features' "bare.lts: no column 'feature' of <f4, a vector a row; lt eval --scores writes features, --column names another column" --val val-scores.lts bare.lts
lt cat --drop logits du-scores.lts -o blind.lts
refused 65 'no logits' "blind.lts: no column 'logits': scores of a classifier are wanted, as lt eval --scores writes them" --val val-scores.lts blind.lts
relabel '0 if y == 2 else y' <val-scores.lts >gap.lts
refused 65 'a class without validation rows' "gap.lts: class 'house' has no labelled row: how it is predicted is not known" --val gap.lts du-scores.lts
relabel -1 <val-scores.lts >none.lts
refused 65 'no labels' 'none.lts: no row has a label' --val none.lts du-scores.lts
lt cat --slice 0:0 du-scores.lts -o empty.lts
refused 65 'no unlabelled rows' 'empty.lts: no rows' --val val-scores.lts empty.lts
edit 'if kind == "LTS1": meta["classes"][2] = "barn"' <du-scores.lts >barn.lts
fails_with 65 'other classes' ve --val val-scores.lts barn.lts -o bad.out
err_has 'other classes, message' 'class 2 is "barn" in barn.lts, "house" in val-scores.lts'
for column in feature logits; do
	edit '
for col, at0, size in places(header, meta["n"], body) if kind == "ROWS" else []:
    if col["name"] == "'$column'":
        each = size // meta["n"]
        body[at0 + each * 7:at0 + each * 7 + 4] = bytes.fromhex("0000c07f")' <du-scores.lts >nan.lts
	refused 65 "not finite: $column" "nan.lts: row 7: a value of '$column' is not finite" --val val-scores.lts nan.lts
done
for bytes in 100 3000 $(($(wc -c <du-scores.lts) - 1)); do
	head -c "$bytes" du-scores.lts >cut.lts
	fails_with 65 "cut after $bytes bytes" ve --val val-scores.lts cut.lts -o bad.out
	err_has "cut after $bytes bytes, message" 'ltverdict: cut.lts:'
done
fails_with 66 'no such file' ve --val nonesuch.lts du-scores.lts -o bad.out
set -- du-scores.lts du-scores.lts du-scores.lts du-scores.lts du-scores.lts du-scores.lts du-scores.lts du-scores.lts
lt cat "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" -o many.lts
fails_with 71 'little memory' ve --max-memory 1M --val val-scores.lts many.lts -o bad.out
fails_with 74 'a full disk' sh -c '"$LT_BIN/ltverdict" --val val-scores.lts du-scores.lts >/dev/full'
ok 'nothing is left' sh -c '! ls -A | grep -q -e bad.out -e "^\.lt-"'

# ------------------------------------------------------------------------- a weak model

# A weak model: more than a third of the labels are wrong, but small classes get many.
made weak-val.lts classes=3 rows=100 ratio=10 largest=50 skill=0.5 seed=1
made weak-du.lts classes=3 rows=300 ratio=10 largest=50 skill=0.5 labels=0 seed=2
weak() { ve --column logits --val weak-val.lts "$@" weak-du.lts; }
weak --format tsv >weak.tsv
of() { awk -F '\t' -v of="$1" -v at="$2" '$1 == of { print $at }' weak.tsv; }
ok 'a weak model: recall below 2/3' test "$(of pseudo_label_recall 3 | awk '{ print ($1 < 2 / 3) }')" = 1
is 'a weak model: recall is the mean over the classes' \
	"$("$LT_BIN/eval" --format tsv weak-val.lts | awk -F '\t' '$1 == "balanced_accuracy" { printf "%.9f", $3 }')" \
	"$(of pseudo_label_recall 3 | awk '{ printf "%.9f", $1 }')"
ok 'a weak model: the score alone would say help' test "$(of score 4 | awk '{ print ($1 > 0.25) }')" = 1
is 'a weak model: no help is foretold' "$(of forecast 3)" nothing
weak >text
ok 'a weak model: which is said' grep -q '^these rows .*: too weak a model, which labels [0-9]* % of a class' text
ok 'a weak model: and what to try' grep -q '^advice: .*--quota crest, in generations$' text

done_testing
