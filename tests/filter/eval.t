#!/bin/sh
# eval: the figures in every format, against figures computed here; predictions, scores, errors.
# "eval" is also a shell builtin, so the program is called by its path.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
learn train --epochs 8 --batch 4 --lr 0.05 long.lts -o model.lts
ev() { "$LT_BIN/eval" --threads 1 "$@"; }

# ---------------------------------------------------------------- figures

ok 'text' ev --model model.lts test.lts
cp out text
ok 'TSV' ev --model model.lts --format tsv --predictions p.tsv --scores scores.lts test.lts
cp out tsv
ok 'JSON' ev --model model.lts --format json test.lts
cp out json

# Counted from the lines of --predictions.
cat >by_hand.awk <<'END2'
NR == 1 { next }
{ rows++; of[$3]++; as[$4]++; if ($3 == $4) { good++; right[$3]++ } }
# Arguments are given as numbers: gawk 5.2.1 passes an element that does not
# exist yet as some other number.
function share(a, b) { return b ? sprintf("%.10g", a / b) : "-" }
END {
	n = split("mug tree house", names, " ")
	print "accuracy", "-", share(good, rows), rows
	for (i = 1; i <= n; i++) sum += right[names[i]] / of[names[i]]
	print "balanced_accuracy", "-", sprintf("%.10g", sum / n), rows
	for (i = 1; i <= n; i++) print "accuracy", names[i], share(right[names[i]] + 0, of[names[i]] + 0), of[names[i]]
	for (i = 1; i <= n; i++) print "precision", names[i], share(right[names[i]] + 0, as[names[i]] + 0), as[names[i]] + 0
}
END2
is 'TSV: heading' "$(head -n 1 tsv | tr '\t' ' ')" 'metric class value count'
is 'TSV: accuracy, balanced accuracy, recall and precision by hand' \
	"$(awk -F '\t' '$1 ~ /^(accuracy|balanced_accuracy|precision)$/ { print $1, $2, ($3 == "-" ? $3 : sprintf("%.10g", $3)), $4 }' tsv)" \
	"$(awk -F '\t' -f by_hand.awk p.tsv)"
is 'TSV: log loss by hand' "$(awk -F '\t' '$1 == "nll" { printf "%.5f", $3 }' tsv)" "$(show '"%.5f" % (sum(
	__import__("math").log(sum(2.718281828459045 ** (v - max(z)) for v in z)) + max(z) - z[y] for z, y in zip(rows["logits"], rows["y"])) / len(rows["y"]))' scores.lts)"
is 'TSV: calibration error by hand' "$(awk -F '\t' '$1 == "ece" { printf "%.6f", $3 }' tsv)" \
	"$(awk -F '\t' 'NR > 1 { b = int($5 * 15); if (b == $5 * 15) b--; sum[b] += ($3 == $4) - $5; n++ } END { for (b in sum) e += sum[b] < 0 ? -sum[b] : sum[b]; printf "%.6f", e / n }' p.tsv)"
is 'TSV: no top-5 below 6 classes' "$(grep -c top5 tsv)" 0
# The same figures in the other formats.
is 'JSON is JSON, with the same figures' "$("$PYTHON" - <<'END2'
import json
figures = json.load(open('json'))
lines = [line.rstrip('\n').split('\t') for line in open('tsv')][1:]
def find(metric, name='-'):
    value = [l[2] for l in lines if l[0] == metric and l[1] == name][0]
    return None if value == '-' else float(value)
wrong = [k for k in ('accuracy', 'balanced_accuracy', 'geometric_mean', 'nll', 'ece') if figures[k] != find(k)]
for c in figures['classes']:
    wrong += [(c['name'], k) for k in ('accuracy', 'precision') if c[k] != find(k, c['name'])]
for g, v in figures['groups'].items():
    wrong += [g] if v['accuracy'] != find(g) or v['ece'] != find('ece_' + g) else []
print(wrong, figures['rows'], [c['train_count'] for c in figures['classes']])
END2
)" '[] 30 [16, 8, 4]'
percent=$(awk -F '\t' '$1 == "accuracy" && $2 == "-" { printf "%.2f", 100 * $3 }' tsv)
is 'text: accuracy in percent' "$(awk '$1 == "accuracy" { print $2 }' text)" "$percent"
for class in mug tree house; do
	is "text: $class" "$(awk -v c=$class '$1 == c { print $2 }' text)" \
		"$(awk -F '\t' -v c=$class '$1 == "accuracy" && $2 == c { printf "%.2f", 100 * $3 }' tsv)"
done
ok '-o' ev --model model.lts test.lts -o report
same '-o: the same bytes' text report
ev --model model.lts <test.lts >stdin
same 'rows from stdin: the same bytes' text stdin
cat model.lts test.lts | ev >one
same 'the model, then rows, on one stdin: the same bytes' text one
for threads in 2 3 8; do
	ev --threads $threads --model model.lts test.lts >t
	same "--threads $threads: the same bytes" text t
done
ev --batch 16 --model model.lts test.lts >t
same '--batch 16: the same bytes' text t
lt cat --slice :11 test.lts -o a.lts
lt cat --slice 11: test.lts -o b.lts
ev --model model.lts --format tsv a.lts b.lts >t
is 'rows in two files' "$(grep -e ^accuracy -e ^precision t)" "$(grep -e ^accuracy -e ^precision tsv)"

# Six classes: top-5, by hand from the logits.
lt synth --per-class 6 --classes 6 --size 8 -o six.lts
learn train --epochs 2 six.lts -o six-model.lts
ev --model six-model.lts --format tsv --scores six-scores.lts six.lts >six.tsv
is 'top-5' "$(awk -F '\t' '$1 == "top5" { printf "%.10g", $3 }' six.tsv)" \
	"$(show '"%.10g" % (sum(sorted(range(6), key=lambda c: (-z[c], c)).index(y) < 5 for z, y in zip(rows["logits"], rows["y"])) / len(rows["y"]))' six-scores.lts)"

# ---------------------------------------------------------------- confusion

ev --model model.lts --confusion --format tsv test.lts >confusion.tsv
is '--confusion: by hand' "$(awk -F '\t' '$1 == "confusion" { print $2, $4 }' confusion.tsv | sort)" \
	"$(awk -F '\t' 'NR > 1 { n[$3 " > " $4]++ } END { for (k in n) print k, n[k] }' p.tsv | sort)"
is '--confusion: fractions of a class' "$(awk -F '\t' '$1 == "confusion" { split($2, a, " "); s[a[1]] += $3 } END { for (k in s) printf "%.6g ", s[k] }' confusion.tsv)" '1 1 1 '
is '--confusion in JSON' "$(ev --model model.lts --confusion --format json test.lts | "$PYTHON" -c '
import json, sys
print([sum(row) for row in json.load(sys.stdin)["confusion"]])')" '[10, 10, 10]'
ok '--confusion in text' sh -c 'lt eval --model model.lts --confusion test.lts | grep -q "predicted as"'

# ---------------------------------------------------------------- groups

group() { ev --model model.lts --format tsv "$@" test.lts | awk -F '\t' '$1 ~ /^(many|medium|few)$/ { printf "%s=%s ", $1, ($3 == "-" ? $3 : sprintf("%.8g", $3)) }'; }
of() { awk -F '\t' -v c="$1" '$1 == "accuracy" && $2 == c { printf "%.8g", $3 }' tsv; }
is 'thirds: by rank of the training counts' "$(group --groups thirds)" "many=$(of mug) medium=$(of tree) few=$(of house) "
is 'thresholds: above and below' "$(group --groups 8,8)" "many=$(of mug) medium=$(of tree) few=$(of house) "
is 'thresholds: empty groups' "$(group --groups 100,20)" \
	"many=- medium=- few=$(awk -F '\t' '$1 == "balanced_accuracy" { printf "%.8g", $3 }' tsv) "
is 'an empty group in text' "$(awk '$1 == "many" { print $2, $3, $4, $5 }' text)" '0 - - 0'
is 'an empty group in JSON' "$("$PYTHON" -c 'import json; print(json.load(open("json"))["groups"]["many"])')" \
	"{'classes': 0, 'accuracy': None, 'ece': None, 'rows': 0}"
is 'the default is 100,20' "$(group)" "$(group --groups 100,20)"
for bad in 20,100 x 5 ',' 1,2,3 -1,0 ''; do
	fails_with 64 "--groups '$bad'" ev --model model.lts --groups "$bad" test.lts
done

# ---------------------------------------------------------------- predictions

is '--predictions: heading' "$(head -n 1 p.tsv | tr '\t' ' ')" 'row key true predicted confidence'
is '--predictions: a line a row' "$(column row p.tsv | tr '\n' ' ')" "$(seq 0 29 | tr '\n' ' ')"
is '--predictions: classes by name' "$(column true p.tsv | tr '\n' ' ')" "$(show '" ".join(h["classes"][y] for y in rows["y"]) + " "' test.lts)"
mkdir -p tree/a tree/b
for c in a b; do
	for i in 1 2; do
		{ printf 'P6 8 8 255\n'; yes $i$c | head -c 192; } >"tree/$c/one picture$i.ppm"
	done
done
lt import tree -o keyed.lts
learn train --epochs 1 keyed.lts -o keyed-model.lts
ev --model keyed-model.lts --predictions keyed.tsv keyed.lts >out
is '--predictions: keys' "$(column key keyed.tsv)" "$(lt cat --take key keyed.lts)"
ok '--predictions on stdout, the report elsewhere' ev --model model.lts --predictions - test.lts -o report
same '--predictions on stdout: the same' out p.tsv
fails_with 64 'two outputs on stdout' ev --model model.lts --predictions - test.lts
fails_with 64 'one name for two outputs' ev --model model.lts --predictions x --scores x test.lts

# ---------------------------------------------------------------- scores

is 'scores: kind and columns' "$(show 'h["kind"], [(c["name"], c["dtype"], c["shape"]) for c in h["cols"]]' scores.lts)" \
	"('scores', [('id', '<i8', []), ('y', '<i4', []), ('logits', '<f4', [3]), ('feature', '<f4', [64])])"
is 'scores: the training counts' "$(show 'h["train_counts"], h["classes"], h["split"]' scores.lts)" "([16, 8, 4], ['mug', 'tree', 'house'], 'test')"
is 'scores: provenance' "$(show '[i[0] for i in h["prov"][-1]["in"]], h["prov"][-1]["prog"]' scores.lts)" "(['model', 'data'], 'eval')"
is 'scores: id and y are the rows'\''' "$(show 'rows["id"], rows["y"]' scores.lts)" "$(show 'rows["id"], rows["y"]' test.lts)"
is 'scores: the logits are the head of the features' "$(show "all(abs(sum(w * f for w, f in zip($(show 'tensors["fc.weight"]' model.lts)[c * 64:c * 64 + 64], x)) + $(show 'tensors["fc.bias"]' model.lts)[c] - z[c]) < 1e-3 * (1 + abs(z[c])) for x, z in zip(rows['feature'], rows['logits']) for c in range(3))" scores.lts)" True
for format in text tsv json; do
	ok "a report of scores, $format" ev --format $format scores.lts
	same "a report of scores, $format: the same bytes" out $format
done
ok 'scores on stdin' sh -c '"$LT_BIN/eval" <scores.lts'
same 'scores on stdin: the same bytes' out text
is 'scores in two files: groups too' "$(ev --format tsv --groups thirds scores.lts scores.lts | awk -F '\t' '$1 == "few" { print $4 }')" 20
ok 'scores need no model' ev --model model.lts scores.lts
fails_with 64 'scores of scores' ev --scores again.lts scores.lts
ok 'scores of scores: nothing is left' test ! -e again.lts
ok 'scores on stdout, the report elsewhere' sh -c '"$LT_BIN/eval" --model model.lts --scores - -o report test.lts >s.lts'
same 'scores on stdout: the same bytes' s.lts scores.lts

# ---------------------------------------------------------------- labels

relabel -1 <test.lts >unlabelled.lts
for format in text tsv json; do
	ok "rows without labels, $format" ev --model model.lts --format $format unlabelled.lts
	cp out none.$format
done
is 'rows without labels: no accuracy in TSV' "$(tr '\t' ' ' <none.tsv)" 'metric class value count
without_label - - 30'
is 'rows without labels: no accuracy in JSON' "$("$PYTHON" -c 'import json; f = json.load(open("none.json")); print(f["accuracy"], f["rows"], f["without_label"])')" 'None 0 30'
is 'rows without labels: text' "$(cat none.text)" 'rows without a label: 30'
lt cat --drop y test.lts | ev -q --model model.lts --format tsv >dropped.tsv
same 'rows without the column y' none.tsv dropped.tsv
ev --model model.lts --predictions pu.tsv unlabelled.lts >out
is 'rows without labels: predictions' "$(column true pu.tsv | sort -u) $(column predicted pu.tsv | tr '\n' ' ')" "- $(column predicted p.tsv | tr '\n' ' ')"
relabel '-1 if row < 10 else y' <test.lts | ev --model model.lts --format tsv >some.tsv
is 'some rows without labels' "$(awk -F '\t' '$1 == "accuracy" && $2 == "-" || $1 == "without_label" { print $4 }' some.tsv | tr '\n' ' ')" '20 10 '
lt cat --slice 0:0 test.lts | ev --model model.lts --format tsv >empty.tsv
is 'no rows at all' "$(tr '\t' ' ' <empty.tsv)" 'metric class value count'
edit 'if kind == "TENS" and meta["name"] == "fc.bias": body[:4] = b"\0\0\xc0\x7f"' <model.lts >nan.lts
ok 'a model that is not finite is reported' ev --model nan.lts --format tsv test.lts
is 'a model that is not finite: rows are wrong' "$(awk -F '\t' '$1 == "accuracy" && $2 == "-" { print $3 } $1 == "not_finite" { print $4 }' out | tr '\n' ' ')" '0 30 '

# ---------------------------------------------------------------- no classes

# A user's photographs: pictures in one directory, imported with only --no-labels.
mkdir photos
n=0
for picture in tree/a/* tree/b/*; do
	n=$((n + 1))
	cp "$picture" photos/$n.ppm
done
lt import --no-labels photos -o photos.lts
lt import --no-labels --classes keyed-model.lts photos -o named.lts
is 'photographs have no classes' "$(show 'h.get("classes")' photos.lts) $(show 'h["classes"]' named.lts)" "None ['a', 'b']"
for format in text tsv json; do
	ok "photographs, $format" ev --model keyed-model.lts --format $format --predictions photos.rows photos.lts
	cp out photos.$format
	is "photographs, $format: no notice beside --predictions" "$(cat err)" ''
	ev --model keyed-model.lts --format $format --predictions named.rows named.lts >named.$format
	same "photographs, $format: as with --classes" photos.$format named.$format
done
is 'photographs: text' "$(cat photos.text)" 'rows without a label: 4'
same 'photographs: predictions as with --classes' photos.rows named.rows
is 'photographs: predictions by file name' "$(cut -f 2-4 photos.rows | tr '\t\n' ' ,')" \
	"key true predicted,$(cut -f 4 keyed.tsv | sed 1d | awk '{ printf "%s.ppm - %s,", NR, $1 }')"
ok 'photographs without any output' ev --model keyed-model.lts photos.lts
err_is 'photographs and nothing asked for: the remedy' 'eval: no row has a label, so there are no figures; --predictions FILE writes the predicted classes'
ev --model keyed-model.lts --scores photo-scores.lts photos.lts >out 2>err
is 'photographs: scores have the classes of the model' "$(show 'h["classes"], rows["y"]' photo-scores.lts)" "(['a', 'b'], [-1, -1, -1, -1])"
ev --format json photo-scores.lts >out
same 'photographs: a report of their scores' out photos.json
ok 'photographs before and after rows with classes' ev --model keyed-model.lts --format tsv photos.lts keyed.lts photos.lts
is 'photographs before and after rows with classes: both count' "$(awk -F '\t' '$1 == "accuracy" && $2 == "-" || $1 == "without_label" { print $4 }' out | tr '\n' ' ')" '4 8 '
edit 'meta.pop("classes", None); meta.pop("class_counts", None)' <keyed.lts >numbers.lts
ok 'labels without a class list are a valid stream' lt cat --check numbers.lts
fails_with 65 'labels without a class list' ev --model keyed-model.lts photos.lts numbers.lts -o bad.out
err_is 'labels of no list, message' 'eval: numbers.lts: row 4 has label 0, and no class list to compare with that of keyed-model.lts'

# ---------------------------------------------------------------- refusals

fails_with 65 'other classes' ev --model six-model.lts test.lts -o bad.out
err_is 'other classes, message' 'eval: test.lts has 3 classes, six-model.lts has 6; lt import --classes six-model.lts gives images that list'
edit 'if kind == "LTS1": meta["classes"][2] = "boat"' <test.lts >boat.lts
fails_with 65 'another class of the same number' ev --model model.lts boat.lts -o bad.out
err_is 'another class of the same number, message' 'eval: class 2 is "boat" in boat.lts, "house" in model.lts; lt import --classes model.lts gives images that list'
edit 'if kind == "LTS1": meta["classes"].reverse()' <keyed.lts >turned.lts
fails_with 65 'another order' ev --model keyed-model.lts turned.lts -o bad.out
err_has 'another order, message' 'class 0 is "b" in turned.lts, "a" in keyed-model.lts; lt import --classes keyed-model.lts'
fails_with 65 'another order, after photographs' ev --model keyed-model.lts photos.lts turned.lts -o bad.out
err_has 'another order, after photographs, message' 'lt import --classes keyed-model.lts'
fails_with 65 'other classes on stdin' sh -c 'cat model.lts six.lts | "$LT_BIN/eval" -o bad.out'
err_has 'other classes on stdin, message' '; lt import --classes FILE gives images that list'
lt synth --per-class 2 --classes 3 --size 12 -o twelve.lts
fails_with 65 'images of another size' ev --model model.lts twelve.lts -o bad.out
err_is 'images of another size, message' 'eval: twelve.lts: images of 12×12×3, where the model takes 8×8×3'
learn pretrain-rot --epochs 1 long.lts -o rot.lts
learn pretrain-moco --epochs 1 --splits 1 long.lts -o moco.lts
for encoder in rot moco; do
	fails_with 65 "an encoder, $encoder" ev --model $encoder.lts test.lts -o bad.out
	err_is "an encoder, $encoder, message" "eval: $encoder.lts: a pre-trained encoder, not a classifier; use it as --init of lt train"
	fails_with 65 "predictions of an encoder, $encoder" ev --model $encoder.lts --scores bad1.out --predictions bad2.out test.lts -o bad.out
	ok "features of an encoder, $encoder" ev --model $encoder.lts --scores encoded.lts test.lts
	err_is "features of an encoder, $encoder: a notice" "eval: $encoder.lts: a pre-trained encoder: --scores has its features, and there is no report"
	is "features of an encoder, $encoder: no report" "$(cat out)" ''
	is "features of an encoder, $encoder: the columns" "$(show '[c["name"] for c in h["cols"]], h["classes"], rows["y"] == [i % 3 for i in range(30)]' encoded.lts)" \
		"(['id', 'y', 'feature'], ['mug', 'tree', 'house'], True)"
	ev --model $encoder.lts --scores again.lts <photos.lts
	is "features of an encoder, $encoder: rows without classes" "$(show '[c["name"] for c in h["cols"]], h.get("classes"), set(rows["y"])' again.lts)" \
		"(['id', 'y', 'feature'], None, {-1})"
	fails_with 65 "features of an encoder, $encoder, are no scores" ev encoded.lts -o bad.out
	err_is "features of an encoder, $encoder, are no scores: message" "eval: encoded.lts: no column 'logits' of <f4 with a value for each class"
done
fails_with 64 'no model' ev test.lts -o bad.out
err_is 'no model, message' 'eval: no model: use --model FILE'
fails_with 65 'rows as --model' ev --model test.lts test.lts -o bad.out
fails_with 65 'a model and no rows' sh -c '"$LT_BIN/eval" <model.lts'
fails_with 65 'files of other columns' ev --model model.lts test.lts du.lts -o bad.out
err_has 'files of other columns: both' 'du.lts'
ok 'nothing is left' sh -c '! ls -A | grep -q -e bad.out -e "^\.lt-"'
fails_with 65 'a side file is removed too' ev --model model.lts --predictions bad1.out --scores bad2.out test.lts twelve.lts -o bad.out
ok 'a side file is removed too: nothing is left' sh -c '! ls -A | grep -q -e "bad..out" -e bad.out -e "^\.lt-"'
fails_with 74 'predictions on a full disk' ev --model model.lts --predictions /dev/full test.lts -o bad.out
fails_with 74 'scores on a full disk' ev --model model.lts --scores /dev/full test.lts -o bad.out
ok 'a full disk: nothing is left' test ! -e bad.out
(sleep 0.3; ev --model model.lts test.lts 2>noise; echo $? >code) | true
is 'a closed pipe' "$(cat code) $(cat noise)" '141 '

done_testing
