#!/bin/sh
# pseudolabel: predictions as labels, the selection of rows, and the score.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
learn train --epochs 5 --batch 16 all.lts -o model.lts
pl() { "$LT_BIN/pseudolabel" --model model.lts --threads 1 "$@"; }

# ---------------------------------------------------------------- columns

ok 'pseudolabel' pl du.lts -o p.lts
is 'columns' "$(show '[(c["name"], c["dtype"], c["shape"]) for c in h["cols"]]' p.lts)" \
	"[('image', '|u1', [8, 8, 3]), ('id', '<i8', []), ('y_true', '<i4', []), ('y', '<i4', []), ('y_src', '|u1', []), ('y_conf', '<f4', [])]"
for name in image id y_true; do
	is "$name is kept" "$(show "rows['$name']" p.lts)" "$(show "rows['$name']" du.lts)"
done
is 'y_src is 1' "$(show 'set(rows["y_src"])' p.lts)" '{1}'
is 'labels are classes, confidences probabilities' \
	"$(show 'all(0 <= y < 3 for y in rows["y"]) and all(1 / 3 <= c <= 1 for c in rows["y_conf"])' p.lts)" True
is 'classes and split are kept' "$(show 'h["classes"], h["split"]' p.lts)" "$(show 'h["classes"], h["split"]' du.lts)"
is 'DONE counts the new labels' "$(show 'd["class_counts"] == [rows["y"].count(c) for c in range(3)], d["rows"]' p.lts)" \
	"(True, $(show 'd["rows"]' du.lts))"
is 'provenance' "$(show '[i[0] for i in h["prov"][-1]["in"]], h["prov"][-1]["prog"]' p.lts)" "(['model', 'data'], 'pseudolabel')"
is 'DONE lists model and rows' "$(show 'd["inputs"]' p.lts)" \
	"[$(show '{k: d[k] for k in ("rows", "crcs")}' model.lts), $(show '{k: d[k] for k in ("rows", "crcs")}' du.lts)]"

pl <du.lts >stdin.lts
same 'from stdin: same bytes' p.lts stdin.lts
cat model.lts du.lts >both.lts
ok 'the model, then rows, on one stdin' sh -c 'lt pseudolabel <both.lts >one.lts'
same 'same bytes' p.lts one.lts
for threads in 3 8; do
	pl --threads $threads du.lts >t.lts
	same "--threads $threads: same bytes" p.lts t.lts
done
pl --batch 16 du.lts >t.lts
same '--batch 16: same bytes' p.lts t.lts
pl p.lts -o twice.lts
is 'labels that are there are replaced' "$(show 'rows["y"], [c["name"] for c in h["cols"]]' twice.lts)" \
	"$(show 'rows["y"], [c["name"] for c in h["cols"]]' p.lts)"
lt eval --model model.lts --format tsv --predictions e.tsv du.lts >e.out
is 'eval predicts the same' "$(column predicted e.tsv | tr '\n' ' ')" "$(show '" ".join(h["classes"][y] for y in rows["y"]) + " "' p.lts)"
lt cat --slice :10 du.lts -o a.lts
lt cat --slice 10: du.lts -o b.lts
pl a.lts b.lts -o ab.lts
# The last bit of a row may depend on the other rows in its matrix product.
close() { show '" ".join("%d:%d:%.3f" % t for t in zip(rows["id"], rows["y"], rows["y_conf"]))' "$1"; }
is 'rows in two files' "$(close ab.lts)" "$(close p.lts)"

ok '--soft' pl --soft du.lts -o soft.lts
is '--soft: q has a probability a class' "$(show '[c["shape"] for c in h["cols"] if c["name"] == "q"]' soft.lts)" '[[3]]'
is '--soft: they sum to 1' "$(show 'all(abs(sum(q) - 1) < 1e-6 for q in rows["q"])' soft.lts)" True
is '--soft: the largest is y'\''s, and y_conf' \
	"$(show 'all(q.index(max(q)) == y and max(q) == c for q, y, c in zip(rows["q"], rows["y"], rows["y_conf"]))' soft.lts)" True

# ---------------------------------------------------------------- fewer rows

# A threshold that excludes some rows: the median confidence.
middle=$(show '"%.9g" % sorted(rows["y_conf"])[len(rows["y"]) // 2]' p.lts)
ok '--min-conf' pl --min-conf "$middle" du.lts -o sure.lts
cp err notice
is '--min-conf: the rows from there on' "$(show 'rows["id"]' sure.lts)" \
	"$(show "[i for i, c in zip(rows['id'], rows['y_conf']) if c >= $middle]" p.lts)"
is '--min-conf: says how many' "$(cat notice)" "pseudolabel: $(show 'd["rows"]' sure.lts) rows kept"
ok '--min-conf 1 may drop all' pl --min-conf 1 du.lts -o none.lts
ok '--min-conf 1: a stream all the same' lt cat --check none.lts

for quota in 1 3 1000; do
	pl --per-class-quota $quota du.lts -o quota.lts 2>notice
	is "--per-class-quota $quota: the surest of each class, in their order" "$(show 'rows["id"]' quota.lts)" \
		"$(show "(lambda r: [rows['id'][i] for i in sorted(
			k for c in range(3) for k in sorted((j for j in r if rows['y'][j] == c),
			key=lambda j: (-rows['y_conf'][j], j))[:$quota])])(range(len(rows['y'])))" p.lts)"
done
pl --soft --per-class-quota 1000 du.lts -o quota.lts 2>notice
is '--per-class-quota keeps columns as they are' "$(show 'rows' quota.lts)" "$(show 'rows' soft.lts)"
pl --per-class-quota 4 --min-conf "$middle" du.lts -o quota.lts 2>notice
is '--per-class-quota with --min-conf' "$(show "max(d['class_counts']) <= 4 and min(rows['y_conf']) >= $middle" quota.lts)" True
fails_with 64 '--per-class-quota 0' pl --per-class-quota 0 du.lts
fails_with 64 '--min-conf 2' pl --min-conf 2 du.lts

# ---------------------------------------------------------------- quotas by frequency

# by_rank [POWER]: the ids that CReST keeps of p.lts, in input order; the share of a class depends on
# the rank of its count in the model.  Counts must differ.
counts_of() { show 'h["train_counts"]' "$1"; }
by_rank() {
	show "(lambda n, y, p: [rows['id'][i] for i in sorted(k for c in range(3) for k in
		sorted((j for j in range(len(y)) if y[j] == c), key=lambda j: (-p[j], j))
		[:int(y.count(c) * (sorted(n)[sorted(n, reverse=True).index(n[c])] / max(n)) ** (${1-1 / 3}) + 1e-9)])])(
		$(counts_of "$model"), rows['y'], rows['y_conf'])" "$2"
}
edit 'if kind == "LTS1": meta["train_counts"] = [16, 8, 4]' <model.lts >long-model.lts
lpl() { lt pseudolabel --model "$model" --threads 1 "$@"; }
model=long-model.lts
ok '--quota crest' lpl --quota crest du.lts -o crest.lts
cp err notice
is '--quota crest: by hand' "$(show 'rows["id"]' crest.lts)" "$(by_rank '1 / 3' p.lts)"
is '--quota crest: not all rows' "$(show 'd["rows"]' crest.lts | awk -v all="$(show 'd["rows"]' p.lts)" '{ print ($1 > 0 && $1 < all) }')" 1
is '--quota crest: says how many' "$(head -n 1 notice)" "pseudolabel: $(show 'd["rows"]' crest.lts) rows kept"
is '--quota crest: and of each class' "$(tail -n 1 notice)" "pseudolabel: kept of the rows predicted: $(show \
	'", ".join("%s %d of %d" % t for t in zip(h["classes"], d["class_counts"], '"$(show 'd["class_counts"]' p.lts)"'))' crest.lts)"
is '--quota crest: provenance' "$(opts_of crest.lts)" '--min-conf=0 --quota=crest --quota-power=0.3333333333333333'
for threads in 3 8; do
	lpl -q --quota crest --align 0.5 --soft --threads 1 du.lts >one.lts
	lpl -q --quota crest --align 0.5 --soft --threads $threads du.lts >t.lts
	same "--quota crest --threads $threads: same bytes" one.lts t.lts
done
lpl -q --quota crest --quota-power 2 du.lts -o crest.lts
is '--quota-power' "$(show 'rows["id"]' crest.lts)" "$(by_rank 2 p.lts)"
lpl -q --quota crest --quota-power 0 du.lts -o crest.lts
is '--quota-power 0: all' "$(show 'rows["id"]' crest.lts)" "$(show 'rows["id"]' p.lts)"
lpl -q --quota crest --min-conf "$middle" du.lts -o crest.lts
is '--quota crest with --min-conf: those of both' "$(show 'rows["id"]' crest.lts)" \
	"$(show "[i for i in $(by_rank '1 / 3' p.lts) if i in set($(show 'rows["id"]' sure.lts))]" p.lts)"

# The same with classes that are not sorted by count: the second is the rarest.
edit 'if kind == "LTS1": meta["train_counts"] = [8, 1, 64]' <model.lts >mixed.lts
model=mixed.lts
lpl -q --quota crest du.lts -o crest.lts
is 'classes in another order: by rank' "$(show 'rows["id"]' crest.lts)" "$(by_rank '1 / 3' p.lts)"
is 'a half, all and a quarter, rounded down' "$(show 'd["class_counts"]' crest.lts)" \
	"$(show '[int(d["class_counts"][0] / 2), d["class_counts"][1], int(d["class_counts"][2] / 4)]' p.lts)"

# A class that is never predicted keeps no rows and does not affect the others.
lt retrain --method adjust --prior 1,1,1e-25 --model long-model.lts -o never.lts
model=never.lts
lpl -q du.lts -o never-p.lts
is 'a class that nobody predicts' "$(show 'd["class_counts"][2]' never-p.lts)" 0
ok 'a class that nobody predicts: --quota crest' lpl --quota crest du.lts -o crest.lts
cp err notice
ok 'a class that nobody predicts: is said' grep -q ', house 0 of 0$' notice
is 'a class that nobody predicts: the others' "$(show 'rows["id"]' crest.lts)" "$(by_rank '1 / 3' never-p.lts)"

fails_with 64 'two quotas' pl --quota crest --per-class-quota 3 du.lts -o none.out
err_is 'two quotas, message' 'pseudolabel: --quota and --per-class-quota exclude each other'
fails_with 64 '--quota-power alone' lpl --quota-power 1 du.lts -o none.out
err_is '--quota-power alone, message' 'pseudolabel: --quota-power needs --quota crest'
fails_with 64 'another quota' lpl --quota most du.lts -o none.out
edit 'meta.pop("train_counts", None)' <model.lts >countless.lts
for option in '--quota crest' '--align 1'; do
	# shellcheck disable=SC2086 # words
	fails_with 65 "a model without counts, $option" lt pseudolabel --model countless.lts $option du.lts -o none.out
	err_is "a model without counts, $option, message" \
		"pseudolabel: countless.lts: ${option% *}: the model does not say how many rows its classes had"
done
ok 'a model without counts, other quotas' lt pseudolabel --model countless.lts --per-class-quota 3 du.lts -o quota.lts

# ---------------------------------------------------------------- alignment

model=long-model.lts
# The probabilities of all rows, times the target shares, divided by their mean.
aligned() {
	show "(lambda q, n: (lambda f: [[x * g / sum(a * b for a, b in zip(r, f)) for x, g in zip(r, f)] for r in q])(
		[(c ** $1 / sum(k ** $1 for k in n) + 1e-6) / (sum(r[i] for r in q) / len(q) + 1e-6) for i, c in enumerate(n)]))(
		rows['q'], [16, 8, 4])" soft.lts
}
for power in 0 0.5 1; do
	ok "--align $power" lpl -q --align $power --soft du.lts -o aligned.lts
	is "--align $power: probabilities" "$(show "max(abs(a - b) for r, s in zip(rows['q'], $(aligned $power)) for a, b in zip(r, s)) < 1e-6" aligned.lts)" True
	is "--align $power: their largest is the label" \
		"$(show 'all(q.index(max(q)) == y and max(q) == c for q, y, c in zip(rows["q"], rows["y"], rows["y_conf"]))' aligned.lts)" True
	lpl -q --align $power du.lts -o hard.lts
	is "--align $power: the same labels without --soft" "$(show 'rows["y"], rows["y_conf"]' hard.lts)" "$(show 'rows["y"], rows["y_conf"]' aligned.lts)"
done
differ '--align changes labels' "$(lpl -q --align 0 du.lts | lt cat --count)" "$(lpl -q --align 1 du.lts | lt cat --count)"
lpl -q --align 0 du.lts -o hard.lts
lpl -q --align 0 --quota crest du.lts -o crest.lts
is '--align, then the quota' "$(show 'rows["id"]' crest.lts)" "$(by_rank '1 / 3' hard.lts)"
fails_with 64 '--align 2' lpl --align 2 du.lts

# Key columns, which have variable lengths, are kept while the quota is computed.
mkdir -p tree/a tree/b
for c in a b; do
	for i in 1 2 3; do
		{ printf 'P6 8 8 255\n'; yes $i$c | head -c 192; } >tree/$c/picture$i.ppm
	done
done
lt import tree -o keyed.lts
learn train --epochs 1 keyed.lts -o keyed-model.lts
lt pseudolabel --model keyed-model.lts --per-class-quota 1000 -q keyed.lts -o keyed-p.lts
is 'keys are kept' "$(lt cat --take key keyed-p.lts)" "$(lt cat --take key keyed.lts)"

# ---------------------------------------------------------------- generations

# Self-training from a weak base, as in the manual: each model learns from the labels that the
# adjusted head of the previous model predicts and the quota keeps.
recall() { lt eval --model "$1" --format tsv --groups thirds tail-test.lts | awk -F '\t' -v of="$2" '$1 == of && $2 == "-" { print $3 }'; }
more() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > b) }'; }
# With a sanitizer, 60 epochs take minutes and run no additional code.
if [ -z "$LT_SAN" ]; then
	lt synth --size 8 --classes 4 --per-class 300 -o tail-all.lts
	lt synth --size 8 --classes 4 --per-class 50 --split test -o tail-test.lts
	lt split --max 80 --ratio 20 --unlabeled-factor 2 --unlabeled-ratio 1 --unlabeled tail-du.lts tail-all.lts -o tail.lts
	learn train --epochs 20 --batch 16 tail.lts -o generation0.lts
	for g in 1 2; do
		lt retrain --method adjust --counts loss --model generation$((g - 1)).lts |
			lt pseudolabel -q --model - --quota crest tail-du.lts |
			learn train --epochs 20 --batch 16 --unlabeled - tail.lts -o generation$g.lts
	done
	base=$(recall generation0.lts few) second=$(recall generation2.lts few)
	ok "the second generation recalls more of the rarest class: $second for $base" more "$second" "$base"
	base=$(recall generation0.lts accuracy) second=$(recall generation2.lts accuracy)
	ok "and more of all rows: $second for $base" more "$second" "$base"
	is 'the rates are those of the labelled rows' "$(show 'h["train_counts"]' generation2.lts)" "$(show 'h["train_counts"]' generation0.lts)"
fi

# ---------------------------------------------------------------- no classes

# A user's photographs: the classes are those of the model.
mkdir photos
n=0
for picture in tree/a/* tree/b/*; do
	n=$((n + 1))
	cp "$picture" photos/$n.ppm
done
lt import --no-labels photos -o photos.lts
lt import --no-labels --classes keyed-model.lts photos -o named.lts
photo() { lt pseudolabel --model keyed-model.lts --threads 1 "$@"; }
ok 'photographs' photo --soft photos.lts -o photos-p.lts
ok 'photographs: a stream' lt cat --check photos-p.lts
is 'photographs: classes of the model, a probability for each' \
	"$(show 'h["classes"], [c["shape"] for c in h["cols"] if c["name"] == "q"]' photos-p.lts)" "(['a', 'b'], [[2]])"
photo --soft named.lts -o named-p.lts
is 'photographs: labels as with --classes' "$(show 'rows' photos-p.lts)" "$(show 'rows' named-p.lts)"
ok 'photographs with a quota' photo --per-class-quota 1000 photos.lts -o photos-q.lts
is 'photographs with a quota: all of them' "$(show 'd["rows"]' photos-q.lts)" 6
ok 'photographs teach' learn train --epochs 1 --unlabeled photos-p.lts keyed.lts -o semi.lts
ok 'photographs before rows with classes' photo photos.lts keyed.lts -o both.lts
is 'photographs before rows with classes: all are labelled' "$(show 'd["rows"], sum(d["class_counts"])' both.lts)" '(12, 12)'
# Labels are not read, so their classes do not matter.
edit 'meta.pop("classes", None); meta.pop("class_counts", None)' <keyed.lts >numbers.lts
ok 'labels of no list' photo numbers.lts -o numbers-p.lts
is 'labels of no list: replaced' "$(show 'rows["y"]' numbers-p.lts)" "$(show 'rows["y"]' keyed-p.lts)"
edit 'meta.pop("classes", None); meta.pop("class_counts", None)' <du.lts >untold.lts
fails_with 65 '--score of truths of no list' pl --score score.tsv untold.lts -o none.out
err_is '--score of truths of no list, message' 'pseudolabel: untold.lts: --score needs rows with a class list'
ok '--score of truths of no list: nothing is left' sh -c '! ls -A | grep -q -e score.tsv -e none.out -e "^\.lt-"'

# ---------------------------------------------------------------- --score

# by_hand FILE: the figures, computed from the kept rows and all rows.
by_hand() {
	lt cat --take y,y_true p.lts | awk -F '\t' '{ truly[$2]++ } END { for (c = 0; c < 3; c++) print truly[c] + 0 }' >truly
	lt cat --take y,y_true "$1" | awk -F '\t' -v all="$(show 'd["rows"]' p.lts)" '
		# Elements are given as numbers, as in eval.t.
		function share(a, b) { return b ? sprintf("%.12g", a / b) : "-" }
		BEGIN { while ((getline line <"truly") > 0) truly[n++] = line; split("mug tree house", names, " ") }
		{ kept++; as[$1]++; if ($1 == $2) { right[$1]++; good++ } if ($2 < 0) other++ }
		END {
			print "accuracy", "-", share(good, kept), kept + 0
			print "kept", "-", share(kept, all), all
			print "irrelevant", "-", share(other, kept), kept + 0
			for (c = 0; c < 3; c++) print "precision", names[c + 1], share(right[c] + 0, as[c] + 0), as[c] + 0
			for (c = 0; c < 3; c++) print "recall", names[c + 1], share(right[c] + 0, truly[c] + 0), truly[c]
		}'
}
score() { awk -F '\t' 'NR > 1 { print $1, $2, ($3 == "-" ? $3 : sprintf("%.12g", $3)), $4 }' score.tsv; }
ok '--score' pl --score score.tsv du.lts -o scored.lts
same '--score changes no byte of the output' p.lts scored.lts
is '--score: heading' "$(head -n 1 score.tsv | tr '\t' ' ')" 'metric class value count'
is '--score: by hand' "$(score)" "$(by_hand p.lts)"
pl -q --min-conf "$middle" --score score.tsv du.lts -o sure.lts
is '--score with --min-conf' "$(score)" "$(by_hand sure.lts)"
pl -q --per-class-quota 3 --score score.tsv du.lts -o quota.lts
is '--score with --per-class-quota' "$(score)" "$(by_hand quota.lts)"
edit '
if kind == "ROWS":
    for col, start, size in places(header, meta["n"], body):
        if col["name"] == "y_true":
            for i in range(0, size, 8): body[start + i:start + i + 4] = b"\xff\xff\xff\xff"' <du.lts >irrelevant.lts
pl irrelevant.lts -o p2.lts
cp p.lts p.kept
cp p2.lts p.lts
pl --score score.tsv irrelevant.lts -o scored.lts
is '--score with rows of no class' "$(score)" "$(by_hand p2.lts)"
is '--score: half of them' "$(awk '$1 == "irrelevant" { print $3 }' score.tsv)" 0.5
cp p.kept p.lts
ok '--score on stderr' sh -c 'lt pseudolabel --model model.lts --score /dev/stderr du.lts 2>&1 >scored.lts | grep -q ^precision'
rm -f score.tsv
lt cat --drop y_true du.lts -o untrue.lts
fails_with 65 '--score without y_true' pl --score score.tsv untrue.lts -o none.out
err_is '--score without y_true, message' "pseudolabel: untrue.lts: --score needs a column 'y_true'"
ok '--score without y_true: nothing is left' sh -c '! ls -A | grep -q -e score.tsv -e none.out -e "^\.lt-"'
ok 'without --score y_true is not needed' pl untrue.lts -o other.lts
is 'and makes no difference' "$(show 'rows["y"], rows["y_conf"]' other.lts)" "$(show 'rows["y"], rows["y_conf"]' p.lts)"

# ---------------------------------------------------------------- models

learn train --epochs 1 --loss ldam all.lts -o ldam.lts
lt pseudolabel --model ldam.lts --soft du.lts -o soft.lts
lt eval --model ldam.lts --scores scores.lts du.lts -o report.txt
is 'a cosine head: probabilities are the softmax of scale × cosine' "$(show "(lambda e: all(
	abs(x / sum(r) - q) < 1e-5 for r, p in zip(e, $(show 'rows["q"]' soft.lts)) for x, q in zip(r, p)))(
	[[2.718281828459045 ** v for v in z] for z in rows['logits']])" scores.lts)" True
is 'and cosines are cosines' "$(show 'max(abs(v) for z in rows["logits"] for v in z) <= 30.0001' scores.lts)" True
edit 'if kind == "TENS" and meta["name"] == "fc.bias": body[:4] = b"\0\0\xc0\x7f"' <model.lts >nan.lts
fails_with 65 'a model that is not finite' lt pseudolabel --model nan.lts du.lts -o none.out
err_is 'a model that is not finite, message' "pseudolabel: nan.lts: the model's logits are not finite"
fails_with 64 'no model' lt pseudolabel du.lts -o none.out
err_is 'no model, message' 'pseudolabel: no model: use --model FILE'
learn pretrain-rot --epochs 1 all.lts -o rot.lts
fails_with 65 'an encoder' lt pseudolabel --model rot.lts du.lts -o none.out
err_has 'an encoder, message' 'rot.lts: a pre-trained encoder, not a classifier'
lt synth --per-class 2 --classes 4 --size 8 -o four.lts
fails_with 65 'other classes' pl four.lts -o none.out
err_is 'other classes, message' 'pseudolabel: four.lts has 4 classes, model.lts has 3; lt import --classes model.lts gives images that list'
fails_with 65 'scores instead of rows' pl scores.lts -o none.out
fails_with 65 'a model and no rows' sh -c 'lt pseudolabel <model.lts'
fails_with 65 'a model twice' sh -c 'cat model.lts model.lts du.lts | lt pseudolabel'
ok 'nothing is left' test ! -e none.out
(pl du.lts du.lts du.lts 2>noise; echo $? >code) | true
ok 'a reader that leaves' grep -qx -e 0 -e 141 code
is 'a reader that leaves: silence' "$(cat noise)" ''

# ---------------------------------------------------------------- memory

# peak FILE: the program's peak memory for these rows, in KiB.
peak() {
	"$PYTHON" -c '
import resource, subprocess, sys
subprocess.run([sys.argv[1], "--model", "model.lts", "--threads", "1", sys.argv[2], "-o", "many.out"], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // (1024 if sys.platform == "darwin" else 1))' \
		"$LT_BIN/pseudolabel" "$1"
}
# Eight megabytes of images, of which a few frames are in memory; a sanitizer keeps freed memory.
if [ -z "$LT_SAN" ]; then
	lt synth --per-class 14000 --classes 3 --size 8 -o many.lts
	few=$(peak du.lts) many=$(peak many.lts)
	ok "memory does not grow with the rows: $few and $many KiB" test "$((many - few))" -lt 5120
fi

done_testing
