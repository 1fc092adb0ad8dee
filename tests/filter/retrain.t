#!/bin/sh
# retrain: a complete model with another head; rows and scores as input; settings chosen on
# validation rows; the errors of each method.  tests/unit/t_second_stage.c checks the heads' numbers.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
learn train --epochs 25 --batch 4 --lr 0.05 --augment none long.lts -o model.lts
# Validation rows that the model mostly predicts correctly, with a larger tail than it expects.
relabel '2 if row % 5 == 0 else y' <long.lts | edit 'if kind == "LTS1": meta["split"] = "val"' >val.lts
re() { "$LT_BIN/retrain" --threads 1 "$@"; }
ev() { "$LT_BIN/eval" --threads 1 "$@"; }
# A digest of a model's tensors without its head, and the tensors of the head as text.
encoder() { digest -fc. "$1"; }
head_of() { show '[(k, [round(v, 6) for v in t]) for k, t in sorted(tensors.items()) if k.startswith("fc.")]' "$1"; }
shapes() { show '[(k, s) for k, s in sorted(shapes.items()) if k.startswith("fc.")]' "$1"; }
ev --model model.lts --scores scores.lts long.lts >out
ev --model model.lts --scores val-scores.lts val.lts >out

# Arguments for a method: crt, lws and ncm learn from rows, the others are fitted to validation rows.
arguments() {
	case $1 in
	crt | lws | ncm) echo "--method $1 $2" ;;
	tau) echo "--method tau --val $3" ;;
	adjust) echo "--method adjust --prior 1,1,1000 --tau auto --val $3" ;;
	temperature) echo "--method temperature --val $3" ;;
	esac
}

# ---------------------------------------------------------------- a whole model

for method in crt lws tau ncm adjust temperature; do
	# shellcheck disable=SC2046 # words
	set -- $(arguments $method long.lts val.lts)
	ok "$method" re --model model.lts "$@" -o $method.lts
	is "$method: the encoder is the same to the byte" "$(encoder $method.lts)" "$(encoder model.lts)"
	differ "$method: the head is another" "$(head_of $method.lts)$(show 'h["scale"]' $method.lts)" \
		"$(head_of model.lts)$(show 'h["scale"]' model.lts)"
	is "$method: as many tensors, in the same order" "$(show '[k for k in tensors if "fc." not in k]' $method.lts)" \
		"$(show '[k for k in tensors if "fc." not in k]' model.lts)"
	is "$method: the header is the model's" "$(show '[h[k] for k in ("arch", "num_classes", "input", "norm", "classes", "train_counts", "epoch")]' $method.lts)" \
		"$(show '[h[k] for k in ("arch", "num_classes", "input", "norm", "classes", "train_counts", "epoch")]' model.lts)"
	ok "$method: eval takes it" ev --model $method.lts --format tsv --groups thirds test.lts
	is "$method: the groups are those of the encoder's training" \
		"$(awk -F '\t' '$1 ~ /^(many|medium|few)$/ { print $1, $3 }' out)" \
		"$(awk -F '\t' '$1 == "accuracy" && $2 == "mug" { print "many", $3 } $1 == "accuracy" && $2 == "tree" { print "medium", $3 } $1 == "accuracy" && $2 == "house" { print "few", $3 }' out)"
	ok "$method: pseudolabel takes it" sh -c "lt pseudolabel --model $method.lts du.lts >p.lts"
	re --threads 2 --model model.lts "$@" >t.lts
	same "$method: --threads 2, the same bytes" $method.lts t.lts
	# Features written by eval give the same head.
	# shellcheck disable=SC2046
	set -- $(arguments $method scores.lts val-scores.lts)
	ok "$method: from scores" re --model model.lts "$@" -o s.lts
	same_weights "$method: from scores, the same tensors" s.lts "$method.lts"
	is "$method: a note tells what was found" "$(show 'notes[-1]["method"], len(notes)' $method.lts)" "('$method', 26)"
	learn train --init $method.lts --epochs 1 long.lts -o again.lts 2>err
	ok "$method: train --init takes it" ltcat --check again.lts
done

is 'linear heads' "$(for m in crt lws tau adjust temperature; do shapes $m.lts; show 'h["head"], h["scale"]' $m.lts; done | sort -u)" \
	"('linear', 1.0)
[('fc.bias', [3]), ('fc.weight', [3, 64])]"
is 'ncm: a cosine head' "$(shapes ncm.lts) $(show 'h["head"], h["scale"]' ncm.lts)" "[('fc.weight', [64, 3])] ('cosine', 30.0)"
is 'counts of the loss: of the rows for methods that learn' "$(for m in crt lws ncm; do
	re --model model.lts --method $m val.lts | ltcat --json | sed -n '1s/.*"loss_counts":\(\[[^]]*\]\).*/\1/p'
done | sort -u) $(show 'h["train_counts"], h["loss_counts"]' crt.lts)" '[13,6,9] ([16, 8, 4], [16, 8, 4])'
is 'the model came first, then its rows' "$(show '[i[0] for i in h["prov"][-1]["in"]], h["prov"][-1]["prog"], len(d["inputs"])' crt.lts)" "(['model', 'data'], 'retrain', 2)"
is 'the model, then validation rows' "$(show '[i[0] for i in h["prov"][-1]["in"]], len(d["inputs"])' tau.lts)" "(['model', 'val'], 2)"
is 'provenance: the options of the method alone' "$(opts_of crt.lts; opts_of ncm.lts; opts_of tau.lts; opts_of adjust.lts; opts_of temperature.lts)" \
	'--method=crt --views=1 --epochs=10 --batch=512 --lr=0.2 --decay=0.0005
--method=ncm --scale=30 --views=1
--method=tau --tau=auto
--method=adjust --tau=auto --prior=1,1,1000 --counts=train
--method=temperature'
# lt cat --how prints a command that can be run: the last program with its inputs.
lt cat --how tau.lts | tail -n 1 | sed 's/.*| lt retrain/lt retrain/; s/--val [^ ]*/--val val.lts/' >how
ok 'lt cat --how prints a command that runs' sh how <model.lts
same 'and makes the same bytes' out tau.lts
is 'lws learns half as long' "$(opts_of lws.lts | tr ' ' '\n' | grep epochs)" --epochs=5

# ---------------------------------------------------------------- how it is called

re --model model.lts --method crt <long.lts >t.lts
same 'rows on stdin: the same bytes' crt.lts t.lts
cat model.lts long.lts | re --method crt >t.lts
same 'the model, then rows, on one stdin: the same bytes' crt.lts t.lts
re --model - --method crt long.lts <model.lts >t.lts
same 'the model on stdin, rows in a file: the same bytes' crt.lts t.lts
re --method tau --val val.lts <model.lts >t.lts
same 'tau: the model on stdin' tau.lts t.lts
re --method tau --val val.lts model.lts >t.lts
same 'tau: the model as operand' tau.lts t.lts
re --method tau --val val.lts --model - <model.lts >t.lts
same 'tau: --model -' tau.lts t.lts
re --method tau --val - --model model.lts <val.lts >t.lts
same 'tau: --val -' tau.lts t.lts
ok 'a pipeline' sh -c 'lt retrain --method adjust <model.lts | lt eval --model - test.lts'
lt cat --slice :11 long.lts -o a.lts
lt cat --slice 11: long.lts -o b.lts
re --model model.lts --method ncm a.lts b.lts -o ab.lts
is 'rows in two files' "$(show '[round(v, 4) for v in tensors["fc.weight"]]' ab.lts)" "$(show '[round(v, 4) for v in tensors["fc.weight"]]' ncm.lts)"
re --model model.lts --method crt --seed 1 long.lts -o t.lts
other_weights 'another seed' t.lts crt.lts
re --model model.lts --method adjust --tau 1 -o one.lts
re --model model.lts --method adjust -o t.lts
same 'adjust: --tau is 1 where it is not given' one.lts t.lts
re --model model.lts --method adjust --seed 1 -o t.lts
same_weights 'adjust: draws nothing' t.lts one.lts

# ---------------------------------------------------------------- what the heads are

# By hand from the counts 16, 8 and 4 of 28.
is 'adjust: the bias by hand' "$(show "' '.join('%.4f' % (a - b) for a, b in zip(tensors['fc.bias'], $(show 'tensors["fc.bias"]' model.lts)))" one.lts)" \
	"$(awk 'BEGIN { for (n = 16; n >= 4; n /= 2) printf "%s%.4f", n < 16 ? " " : "", -log(n / 28) + log(1 / 3) }')"
re --model model.lts --method adjust --prior 1,2,5 -o t.lts
is 'adjust: to a list of shares' "$(show "' '.join('%.4f' % (a - b) for a, b in zip(tensors['fc.bias'], $(show 'tensors["fc.bias"]' model.lts)))" t.lts)" \
	"$(awk 'BEGIN { printf "%.4f %.4f %.4f", -log(16 / 28) + log(1 / 8), -log(8 / 28) + log(2 / 8), -log(4 / 28) + log(5 / 8) }')"
re --model model.lts --method adjust --prior model -o t.lts
same_weights 'adjust: to the present prior, nothing changes' t.lts model.lts
re --model model.lts --method tau --tau 1 -o t.lts
is 'tau 1: lengths are 1, and no bias' "$(show "all(abs(sum(v * v for v in tensors['fc.weight'][c * 64:c * 64 + 64]) - 1) < 1e-6 for c in range(3)), set(tensors['fc.bias'])" t.lts)" '(True, {0.0})'
is 'ncm: the class means by hand' "$(show "all(abs(sum(x[f] for x, y in zip(rows['feature'], rows['y']) if y == c) / rows['y'].count(c) - $(show 'tensors["fc.weight"]' ncm.lts)[f * 3 + c]) < 1e-5 for c in range(3) for f in range(64))" scores.lts)" True
is 'lws: bias and directions do not change' "$(show "tensors['fc.bias'] == $(show 'tensors["fc.bias"]' model.lts), all(abs(a * $(show 'tensors["fc.weight"]' model.lts)[i // 64 * 64] - b * tensors['fc.weight'][i // 64 * 64]) < 1e-5 for i, (a, b) in enumerate(zip(tensors['fc.weight'], $(show 'tensors["fc.weight"]' model.lts))))" lws.lts)" '(True, True)'
is 'temperature: one factor for all' "$(show "len({round(a / b, 4) for a, b in zip(tensors['fc.weight'] + tensors['fc.bias'], $(show 'tensors["fc.weight"] + tensors["fc.bias"]' model.lts)) if abs(b) > 1e-3})" temperature.lts)" 1
predicted() { ev --model "$1" --predictions /dev/stdout test.lts -o none | column predicted /dev/stdin | tr '\n' ' '; }
is 'temperature: predictions do not change' "$(predicted temperature.lts)" "$(predicted model.lts)"
nll() { ev --model "$1" --format tsv "$2" | awk -F '\t' '$1 == "nll" { printf "%.5f", $3 }'; }
is 'temperature: the log loss agrees with the note' "$(nll temperature.lts val.lts) $(nll model.lts val.lts)" \
	"$(show '"%.5f %.5f" % (notes[-1]["nll"], notes[-1]["nll_before"])' temperature.lts)"
re --model ncm.lts --method temperature --val val.lts -o t.lts
is 'temperature of a cosine head: its scale' "$(show "abs(h['scale'] * notes[-1]['temperature'] - 30) < 1e-9, h['head']" t.lts) $(digest t.lts)" "(True, 'cosine') $(digest ncm.lts)"
# A second retraining: crt ignores the existing head.
re --model ncm.lts --method crt long.lts -o t.lts
same_weights 'crt after ncm: a linear head again' t.lts crt.lts

# ---------------------------------------------------------------- views

re --model model.lts --method ncm --views 3 long.lts -o views.lts
is '--views: the encoder is the same' "$(encoder views.lts)" "$(encoder model.lts)"
other_weights '--views: other features' views.lts ncm.lts
re --threads 2 --model model.lts --method ncm --views 3 long.lts -o t.lts
same '--views: --threads 2, the same bytes' views.lts t.lts
re --seed 1 --model model.lts --method ncm --views 3 long.lts -o t.lts
other_weights '--views: another seed, another head' views.lts t.lts

# ---------------------------------------------------------------- chosen by val alone

is 'tau: what was chosen is the best of the table, and the first of equals' "$(re -v --model model.lts --method tau --val val.lts 2>&1 >t.lts |
	sed -n 's/.*tau \([0-9.]*\): accuracy \([0-9.]*\),.*/\1 \2/p' | awk '$2 > best { best = $2; t = $1 } END { print NR, t + 0 }')" \
	"21 $(show '"%g" % notes[-1]["tau"]' tau.lts)"
relabel '(y + row) % 3' <val.lts >other-val.lts
re -v --model model.lts --method tau --val other-val.lts 2>table >t.lts
re -v --model model.lts --method tau --val val.lts 2>table2 >t.lts
differ 'tau: other validation labels, another table' "$(cat table)" "$(cat table2)"
for method in tau adjust; do
	fails_with 64 "$method: rows that are not validation rows" re --model model.lts --method $method --tau auto --val val.lts test.lts -o bad.out
	err_is "$method: rows that are not validation rows, message" \
		"retrain: 'test.lts': --method $method learns from no rows but those of --val; what it chooses by is --val FILE"
	fails_with 64 "$method: auto without validation rows" re --model model.lts --method $method --tau auto -o bad.out
	err_is "$method: auto without validation rows, message" 'retrain: --tau auto needs --val FILE, rows to choose it by'
done
fails_with 64 'tau: auto is the default, and needs them' re --model model.lts --method tau -o bad.out
ok 'test rows as validation rows' re --model model.lts --method tau --val test.lts -o t.lts
notice='retrain: test.lts: test rows; what is learnt or chosen by them must be measured on others'
err_is 'test rows as validation rows: a notice' "$notice"
ok 'temperature from the operands' re --model model.lts --method temperature test.lts -o t.lts
err_is 'temperature from test rows: a notice' "$notice"
ok 'a head from test rows' re --model model.lts --method crt test.lts -o t.lts
err_is 'a head from test rows: a notice' "$notice"
ok 'a head from labelled rows' re --model model.lts --method crt long.lts -o t.lts
is 'a head from labelled rows: no notice' "$(cat err)" ''

# ---------------------------------------------------------------- balanced twice

for loss in balanced-softmax vs ldam focal; do
	learn train --epochs 1 --loss $loss long.lts -o moved.lts 2>err
	model=moved.lts
	[ $loss != ldam ] || { model=again.lts && re --method crt --model moved.lts long.lts -o again.lts; }
	ok "adjust after --loss $loss" re --method adjust --model "$model" -o t.lts
	case $loss in
	focal) is 'focal balances nothing' "$(cat err)" '' ;;
	ldam) err_has 'adjust after crt: a notice' 'again.lts: made with --method=crt, which balances classes already' ;;
	*) err_has "adjust after --loss $loss: a notice" "moved.lts: made with --loss=$loss, which balances classes already" ;;
	esac
done
learn train --epochs 5 --rule drw long.lts -o moved.lts 2>err
ok 'adjust after a rule' re --method adjust --model moved.lts -o t.lts
err_has 'adjust after a rule: a notice' 'made with --rule=drw, which'
learn train --epochs 1 --method simpro --unlabeled test.lts long.lts -o moved.lts 2>err
ok 'adjust after a method for imbalanced data' re --method adjust --model moved.lts -o t.lts
err_has 'adjust after simpro: a notice' 'made with --method=simpro, which'
learn train --epochs 1 --method fixmatch --unlabeled test.lts long.lts -o moved.lts 2>err
ok 'adjust after another method' re --method adjust --model moved.lts -o t.lts
is 'fixmatch balances nothing' "$(cat err)" ''
ok 'adjust twice' re --method adjust --model adjust.lts -o t.lts
err_has 'adjust twice: a notice' 'made with --method=adjust, which'
re --method temperature --model model.lts --val val.lts -o cool.lts
ok 'adjust after temperature' re --method adjust --model cool.lts -o t.lts
is 'a temperature balances nothing' "$(cat err)" ''

# ---------------------------------------------------------------- refusals

refused() {
	code=$1 name=$2 text=$3
	shift 3
	fails_with "$code" "$name" re "$@" -o bad.out
	err_is "$name, message" "retrain: $text"
}
refused 64 'no method' 'no method: use --method NAME' --model model.lts long.lts
refused 64 'no model' 'no model: use --model FILE' --method crt long.lts
refused 64 'an option of another method' '--tau goes with --method tau or adjust' --model model.lts --method crt --tau 1 long.lts
refused 64 'even with its default' '--views goes with --method crt, lws or ncm' --model model.lts --method temperature --views 1 long.lts
refused 64 '--val without a choice' '--val FILE goes with --tau auto' --model model.lts --method tau --tau 1 --val val.lts
refused 64 'no number' "--tau: '1x' is neither auto nor from 0 to 100" --model model.lts --method tau --tau 1x
refused 64 'rows for temperature twice' "'long.lts': --method temperature learns from no rows but those of --val; what it chooses by is --val FILE" \
	--model model.lts --method temperature --val val.lts long.lts
refused 64 'stdin twice' '--val -: stdin is the model or the rows already' --method tau --val -
refused 64 'a short prior' '--prior: 2 numbers for 3 classes' --model model.lts --method adjust --prior 1,2
refused 64 'no prior' "--prior: 'even' is neither uniform nor model nor a list of numbers up to 1e30" --model model.lts --method adjust --prior even
refused 64 'a prior with a hole' "--prior: class 'tree' has a share of 0, and its logarithm does not exist" --model model.lts --method adjust --prior 1,0,1
refused 64 'a prior out of sight' "--prior: class 'tree' has a share of less than 1e-30" --model model.lts --method adjust --prior 1,1e-31,1
refused 64 'views of scores' '--views: scores.lts holds scores, which are of one view a row' --model model.lts --method crt --views 2 scores.lts
refused 65 'a cosine head has no bias' 'ncm.lts: a cosine head, which has no bias to adjust' --model ncm.lts --method adjust
refused 65 'nor lengths' 'ncm.lts: a cosine head, which has no lengths to normalise' --model ncm.lts --method tau --tau 1
refused 65 'nor factors' 'ncm.lts: a cosine head, which has no length a class to learn' --model ncm.lts --method lws long.lts
edit 'if kind == "LTS1": meta["train_counts"] = [16, 0, 4]' <model.lts >hole.lts
refused 65 'a class without rows in training' "hole.lts: class 'tree' had no rows in training, and the logarithm of its share does not exist" \
	--model hole.lts --method adjust
ok 'what the loss counted instead' re --model hole.lts --method adjust --counts loss -o t.lts
same_weights 'what the loss counted instead: the same head' t.lts one.lts
edit 'if kind == "LTS1": meta.pop("train_counts"); meta.pop("loss_counts")' <model.lts >uncounted.lts
refused 65 'no counts' 'uncounted.lts: the model does not say how many rows its classes had' --model uncounted.lts --method adjust
re --model uncounted.lts --method crt long.lts -o t.lts
is 'no counts: crt gives those of its rows' "$(show 'h["train_counts"]' t.lts)" '[16, 8, 4]'
relabel '0 if y == 1 else y' <long.lts >two.lts
refused 65 'a class without rows' "two.lts: class 'tree' has no rows to take the mean of" --model model.lts --method ncm two.lts
ok 'crt of a class without rows' re --model model.lts --method crt two.lts -o t.lts
err_is 'crt of a class without rows: a notice' "retrain: two.lts: class 'tree' has no rows"
relabel '-1 if row == 5 else y' <long.lts >hidden.lts
refused 65 'a row without a label' 'hidden.lts: row 5 has no label (y is -1)' --model model.lts --method crt hidden.lts
lt cat --drop y long.lts -o bare.lts
refused 65 'no labels' "bare.lts: no labels (no column 'y')" --model model.lts --method crt bare.lts
relabel '-1 if row == 5 else y' <val-scores.lts >hidden-scores.lts
refused 65 'a score without a label' 'hidden-scores.lts: row 5 has no label (y is -1)' --model model.lts --method tau --val hidden-scores.lts
lt cat --slice 0:0 long.lts -o nothing.lts
refused 65 'no rows' 'nothing.lts: no rows' --model model.lts --method crt nothing.lts
lt cat --drop feature scores.lts -o featureless.lts 2>err
refused 65 'scores without features' "featureless.lts: no column 'feature' of <f4, a vector a row" --model model.lts --method crt featureless.lts
# Scores of another model, of the same shape.
learn train --seed 1 --epochs 1 long.lts -o other.lts 2>err
ev --model other.lts --scores other-scores.lts long.lts >out
lt cat --slice 3:20 other-scores.lts -o other-slice.lts
for method in crt tau temperature; do
	# shellcheck disable=SC2046 # words
	refused 65 "$method: scores of another model" 'other-scores.lts: scores of another model than model.lts' \
		--model model.lts $(arguments $method other-scores.lts other-scores.lts)
done
refused 65 'a slice of them' 'other-slice.lts: scores of another model than model.lts' --model model.lts --method crt other-slice.lts
refused 65 'among others' 'other-scores.lts: scores of another model than model.lts' --model model.lts --method crt scores.lts other-scores.lts
refused 65 'of the model before its logits were adjusted' 'val-scores.lts: scores of another model than adjust.lts' \
	--model adjust.lts --method temperature --val val-scores.lts
lt cat --slice 0:20 scores.lts -o slice.lts
ok 'a slice of its own' re --model model.lts --method crt slice.lts -o t.lts
edit 'if kind == "LTS1": meta.pop("prov")' <scores.lts >nameless.lts
ok 'scores of unknown origin' re --model model.lts --method crt nameless.lts -o t.lts
lt train --arch wrn-16-2 --epochs 1 --batch 8 --threads 1 long.lts -o wide.lts
ev --model wide.lts --scores wide-scores.lts long.lts >out
refused 65 'features of another model' 'wide-scores.lts: 128 features a row, where model.lts has 64' --model model.lts --method crt wide-scores.lts
ok 'features of its own model' re --model wide.lts --method crt wide-scores.lts -o t.lts
edit 'if kind == "LTS1": meta["classes"][2] = "boat"' <scores.lts >boat.lts
refused 65 'scores of other classes' 'class 2 is "boat" in boat.lts, "house" in model.lts; lt import --classes model.lts gives images that list' --model model.lts --method crt boat.lts
edit 'if kind == "LTS1": meta["classes"][2] = "boat"' <val.lts >boat-val.lts
refused 65 'validation rows of other classes' 'class 2 is "boat" in boat-val.lts, "house" in model.lts; lt import --classes model.lts gives images that list' --model model.lts --method tau --val boat-val.lts
lt synth --per-class 2 --classes 3 --size 12 -o twelve.lts
refused 65 'images of another size' 'twelve.lts: images of 12×12×3, where the model takes 8×8×3' --model model.lts --method crt twelve.lts
learn pretrain-rot --epochs 1 long.lts -o rot.lts
for rows in long.lts scores.lts; do
	refused 65 "an encoder, $rows" 'rot.lts: a pre-trained encoder, not a classifier; use it as --init of lt train' --model rot.lts --method crt $rows
done
refused 65 'an encoder, no rows' 'rot.lts: a pre-trained encoder, not a classifier; use it as --init of lt train' --model rot.lts --method adjust
edit 'if kind == "TENS" and meta["name"] == "fc.bias": body[:4] = b"\0\0\xc0\x7f"' <model.lts >nan.lts
refused 65 'a head that is not finite' "nan.lts: the head's weights are not finite" --model nan.lts --method adjust
edit 'if kind == "TENS" and meta["name"] == "bn1.weight": body[:4] = b"\0\0\xc0\x7f"' <model.lts >nan.lts
refused 65 'an encoder that is not finite' "long.lts: row 0: the model's features or logits are not finite" --model nan.lts --method crt long.lts
edit 'if kind == "TENS" and meta["name"] == "bn1.running_mean": keep = False' <model.lts >part.lts
refused 65 'a model without a tensor, from scores' "part.lts: tensor 'bn1.running_mean' is missing" --model part.lts --method crt scores.lts
refused 65 'a model twice' 'model.lts: a model, where rows are wanted' --model model.lts --method crt model.lts
refused 65 'rows where a lone model is wanted' 'long.lts: rows, where a model is wanted' --method adjust long.lts
head -c 50000 model.lts >cut-model.lts
fails_with 65 'a cut model' re --model cut-model.lts --method crt long.lts -o bad.out
err_has 'a cut model, message' 'retrain: cut-model.lts:'
head -c 2500 val.lts >cut-val.lts
fails_with 65 'cut validation rows' re --model model.lts --method tau --val cut-val.lts -o bad.out
err_has 'cut validation rows, message' 'retrain: cut-val.lts:'
head -c 4000 scores.lts >cut-scores.lts
fails_with 65 'cut scores' re --model model.lts --method crt cut-scores.lts -o bad.out
err_has 'cut scores, message' 'retrain: cut-scores.lts:'
fails_with 66 'missing validation rows' re --model model.lts --method tau --val nonesuch.lts -o bad.out
fails_with 1 'a rate that is too high' re --model model.lts --method crt --lr 1e6 --decay 1e6 --epochs 99 long.lts -o bad.out
err_has 'a rate that is too high, message' 'retrain: training diverged: the loss is not finite in epoch '
ok 'nothing is left' sh -c '! ls -A | grep -q -e bad.out -e "^\.lt-"'

done_testing
