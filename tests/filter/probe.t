#!/bin/sh
# probe: scores from features by a simple classifier; streams, text, errors.  t_probe tests the
# results of the classifiers.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
learn train --epochs 8 --batch 4 --lr 0.05 long.lts -o model.lts
ev() { "$LT_BIN/eval" --threads 1 "$@"; }
ev --model model.lts --scores train.lts long.lts -o report
ev --model model.lts --scores scores.lts test.lts -o report
pr() { "$LT_BIN/probe" --threads 1 "$@"; }

# ---------------------------------------------------------------------- streams and text

for method in knn linear; do
	ok "$method: a stream" pr --method $method --train train.lts scores.lts -o $method.lts
	is "$method: no notice" "$(cat err)" ''
	ok "$method: the stream is whole" lt cat --check $method.lts
	is "$method: scores, with the counts that were learnt from" \
		"$(show 'h["kind"], h["train_counts"], sorted(c["name"] for c in h["cols"])' $method.lts)" \
		"('scores', [16, 8, 4], ['feature', 'id', 'logits', 'y'])"
	for column in id y feature; do
		lt cat --take $column --raw scores.lts >one
		lt cat --take $column --raw $method.lts >two
		same "$method: $column as it came" one two
	done
	is "$method: provenance" "$(show 'h["prov"][-1]["prog"], [i[0] for i in h["prov"][-1]["in"]], len(d["inputs"])' $method.lts)" \
		"('probe', ['train', 'data'], 2)"
	for threads in 2 3; do
		pr --method $method --threads $threads --train train.lts scores.lts -o threads.lts
		same "$method: $threads threads: the same bytes" $method.lts threads.lts
	done
	pr --method $method --train train.lts <scores.lts >stdin.lts
	same "$method: from stdin to stdout: the same bytes" $method.lts stdin.lts
	pr --method $method --train - scores.lts <train.lts >stdin.lts
	same "$method: training rows from stdin: the same bytes" $method.lts stdin.lts
	ok "$method: eval reads it" ev --groups 10,5 --format tsv $method.lts
	cp out figures
	is "$method: with groups" "$(grep -cE '^(many|medium|few)	' figures)" 3
	ok "$method: text" pr --method $method --format tsv --train train.lts scores.lts
	is "$method: text is what eval says" "$(cat out)" \
		"$(grep -E '^(metric|accuracy	-|balanced_accuracy)' figures)"
done
is 'options of knn' "$(opts_of knn.lts)" \
	'--method=knn --column=feature --neighbours=200 --vote=weighted --temperature=0.07'
is 'options of linear' "$(opts_of linear.lts)" '--method=linear --column=feature --l2=1 --iterations=1000'
pr --method linear --balance --train train.lts scores.lts -o balanced.lts
is 'and balanced' "$(opts_of balanced.lts)" '--method=linear --column=feature --l2=1 --balance --iterations=1000'
differ 'which changes the logits' "$(lt cat --take logits balanced.lts)" "$(lt cat --take logits linear.lts)"
pr --vote majority --neighbours 3 --train train.lts scores.lts -o majority.lts
is 'options of a majority' "$(opts_of majority.lts)" '--method=knn --column=feature --neighbours=3 --vote=majority'
is 'three votes are thirds' "$(lt cat --take logits majority.lts | tr ' ' '\n' | sort -u | tr '\n' ' ')" \
	'-0.4054651 -1.0986123 -27.631021 0 '
# If rows are compared with themselves, each is its own nearest neighbour.
pr --neighbours 1 --train train.lts train.lts -o own.lts
is 'one neighbour among its own' "$(ev --format tsv own.lts | awk -F '\t' '$1 == "accuracy" && $2 == "-" { print $3 }')" 1
pr --column logits --train train.lts scores.lts -o logits.lts
differ 'another column' "$(lt cat --take logits logits.lts)" "$(lt cat --take logits knn.lts)"
lt cat --slice 0:11 scores.lts -o first.lts
lt cat --slice 11: scores.lts -o rest.lts
pr --train train.lts first.lts rest.lts -o two.lts
is 'two files are one set of rows' "$(lt cat --take logits two.lts)" "$(lt cat --take logits knn.lts)"

# ----------------------------------------------------------------------- pre-trained ones

learn pretrain-rot --epochs 1 long.lts -o rot.lts
learn pretrain-moco --epochs 1 --splits 1 long.lts -o moco.lts
for encoder in rot moco; do
	ev --model $encoder.lts --scores encoded-train.lts long.lts -o report
	ev --model $encoder.lts --scores encoded.lts test.lts -o report
	is "features of an encoder, $encoder: no logits, no counts" \
		"$(show 'h["kind"], [c["name"] for c in h["cols"]], "train_counts" in h' encoded.lts)" \
		"('scores', ['id', 'y', 'feature'], False)"
	ok "features of an encoder, $encoder" pr --train encoded-train.lts encoded.lts -o encoded-knn.lts
	is "features of an encoder, $encoder: rows" "$(ev --format tsv encoded-knn.lts | awk -F '\t' '$1 == "accuracy" && $2 == "-" { print $4 }')" 30
done

# ------------------------------------------------------------------------------- notices

edit 'if kind == "ROWS": y[3] = y[5] = -1' <train.lts >part.lts
ok 'rows without a label' pr --train part.lts scores.lts -o part-knn.lts
err_is 'rows without a label, notice' 'probe: part.lts: omitted 2 training rows without a label'
is 'rows without a label: counts' "$(show 'sum(h["train_counts"])' part-knn.lts)" 26
relabel '0 if y == 1 else y' <train.lts >gap.lts
ok 'a class without rows' pr --train gap.lts scores.lts -o gap-knn.lts
err_is 'a class without rows, notice' "probe: gap.lts: class 'tree' has no rows"
ok 'test rows' pr --train scores.lts scores.lts -o other.lts
err_is 'test rows, notice' 'probe: scores.lts: test rows; what is learnt or chosen by them must be measured on others'
ok 'few iterations' pr --method linear --iterations 2 --train train.lts scores.lts -o other.lts
err_is 'few iterations, notice' 'probe: L-BFGS stopped after 2 iterations without converging'

# ------------------------------------------------------------------------------ refusals

# refused CODE NAME MESSAGE ARG…
refused() {
	want=$1 name=$2 text=$3
	shift 3
	fails_with "$want" "$name" pr "$@" -o bad.out
	err_is "$name, message" "probe: $text"
}
refused 64 'no training rows' '--train FILE is missing: the training rows' scores.lts
refused 64 'stdin twice' '--train -: stdin is already used for the other rows; name their file' --train -
refused 64 'an option of another method' '--l2 goes with --method linear' --l2 2 --train train.lts scores.lts
refused 64 'a vote with linear' '--vote goes with --method knn' --method linear --vote majority --train train.lts scores.lts
refused 64 'a temperature of a majority' '--temperature goes with --vote weighted' --vote majority --temperature 1 --train train.lts scores.lts
learn train --epochs 1 --seed 1 long.lts -o another.lts
ev --model another.lts --scores another-scores.lts test.lts -o report
refused 65 'another model' 'another-scores.lts: scores of another model than train.lts' --train train.lts another-scores.lts
lt cat --slice 0:9 another-scores.lts -o slice.lts
refused 65 'a slice of another model' 'slice.lts: scores of another model than train.lts' --train train.lts slice.lts
refused 65 'images' "test.lts: no column 'feature' of <f4, a vector a row; lt eval --scores writes features, --column names another column" --train train.lts test.lts
edit 'if kind == "LTS1": meta["classes"][2] = "barn"' <scores.lts >barn.lts
fails_with 65 'other classes' pr --train train.lts barn.lts -o bad.out
err_has 'other classes, message' 'class 2 is "barn" in barn.lts, "house" in train.lts'
edit 'if kind == "LTS1": meta.pop("train_counts", 0); meta.pop("classes")' <train.lts >nameless.lts
fails_with 65 'no class list' pr --train nameless.lts nameless.lts -o bad.out
edit 'if kind == "ROWS": y[0] = 7' <train.lts >seven.lts
fails_with 65 'a label beyond the classes' pr --train seven.lts scores.lts -o bad.out
relabel -1 <train.lts >none.lts
refused 65 'no labels' 'none.lts: no row has a label' --train none.lts scores.lts
edit '
for col, at0, size in places(header, meta["n"], body) if kind == "ROWS" else []:
    if col["name"] == "feature":
        body[at0 + 4 * 64 * 7 + 12:at0 + 4 * 64 * 7 + 16] = bytes.fromhex("0000c07f")' <scores.lts >nan.lts
refused 65 'not finite' "nan.lts: row 7: a value of 'feature' is not finite" --train train.lts nan.lts
refused 65 'not finite, learnt from' "nan.lts: row 7: a value of 'feature' is not finite" --train nan.lts scores.lts
for bytes in 100 5000 $(($(wc -c <train.lts) - 1)); do
	head -c "$bytes" train.lts >cut.lts
	fails_with 65 "training rows cut after $bytes bytes" pr --train cut.lts scores.lts -o bad.out
	err_has "training rows cut after $bytes bytes, message" 'probe: cut.lts:'
done
head -c 5000 scores.lts >cut.lts
fails_with 65 'cut scores' pr --train train.lts cut.lts -o bad.out
fails_with 65 'cut scores, as text' pr --format tsv --train train.lts cut.lts -o bad.out
fails_with 66 'no such file' pr --train nonesuch.lts scores.lts -o bad.out
set -- train.lts train.lts train.lts train.lts train.lts train.lts train.lts train.lts
lt cat "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" "$@" -o many.lts
for method in knn linear; do
	fails_with 71 "little memory, $method" pr --max-memory 2M --method $method --train many.lts scores.lts -o bad.out
done
fails_with 74 'a full disk' pr --train train.lts scores.lts -o /dev/full
ok 'nothing is left' sh -c '! ls -A | grep -q -e bad.out -e "^\.lt-"'
ok 'a failure goes downstream' sh -c '"$LT_BIN/probe" --train train.lts nan.lts 2>err | "$LT_BIN/eval" 2>said; grep -q "upstream probe failed: nan.lts: row 7" said'

done_testing
