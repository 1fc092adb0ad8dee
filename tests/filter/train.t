#!/bin/sh
# train: its inputs, the effect of each option, and what options must not affect.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1

# ---------------------------------------------------------------- the same bytes

# Three ranges of 16 images per step, so that there is work for several threads.
wide() { learn train --batch 48 --epochs 1 all.lts "$@"; }
ok 'train' wide --threads 1 -o t1.lts
for threads in 3 8; do
	wide --threads $threads >t$threads.lts
	same "--threads $threads: same bytes" t1.lts t$threads.lts
done
wide >again.lts
same 'the same command twice: same bytes' t1.lts again.lts
wide --seed 1 -o other.lts
other_weights 'another seed, other weights' t1.lts other.lts

# ---------------------------------------------------------------- --recompute

# It takes less memory, and changes no byte: with projections and pooling (resnet10), rounded
# activations, fewer images than a range, and gradients of images (vat).  t_planes has more
# networks.
lt synth --per-class 10 --classes 4 --size 32 -o square.lts
for options in '--arch resnet10' '--arch resnet10 --precision bf16-fast --threads 3' \
	'--arch resnet20 --method vat --unlabeled square.lts'; do
	# shellcheck disable=SC2086 # several words
	lt train --steps 2 --batch 24 $options square.lts -o kept.lts
	# shellcheck disable=SC2086
	ok "$options --recompute" lt train --steps 2 --batch 24 $options --recompute square.lts -o again.lts
	same "$options --recompute: the same bytes" kept.lts again.lts
done
fits() { lt train --steps 1 --batch 64 --threads 2 --max-memory 137M "$@" square.lts -o o.lts; }
fails_with 71 'a batch that takes more memory than there is' fits
err_is 'and what takes less' \
	'train: more memory than --max-memory 137M would be needed; a smaller --batch or --recompute takes less'
ok 'with --recompute it fits' fits --recompute

# ---------------------------------------------------------------- what the model says

ok 'the defaults' lt train --epochs 1 long.lts -o model.lts
is 'architecture' "$(show 'h["arch"]' model.lts)" resnet32
lt synth --per-class 1 --classes 10 --size 8 | lt train --epochs 1 -o ten.lts
is 'ResNet-32 has 464,154 parameters for 10 classes' \
	"$(show 'sum(len(t) for n, t in tensors.items() if "running" not in n)' ten.lts)" 464154
is 'classes' "$(show 'h["num_classes"], len(h["classes"]), h["input"]' model.lts)" '(3, 3, [8, 8, 3])'
is 'a linear head' "$(show 'h["head"], h["scale"], shapes["fc.weight"], shapes["fc.bias"]' model.lts)" \
	"('linear', 1.0, [3, 64], [3])"
is 'counts' "$(show 'h["train_counts"], h["loss_counts"], h["epoch"]' model.lts)" '([16, 8, 4], [16, 8, 4], 1)'
is 'provenance' "$(show '[p["prog"] for p in h["prov"]], h["prov"][-1]["in"]' model.lts)" \
	"(['ltsynth', 'ltsplit', 'train'], [['data', 1]])"
usual='--loss=ce --rule=none --method=none --keep=last --augment=crop-flip'
is 'its options' "$(opts_of model.lts)" \
	"$usual --arch=resnet32 --epochs=1 --batch=128 --lr=0.1 --schedule=step --momentum=0.9 --decay=0.0002 --optimizer=sgd --decay-on=all --precision=f32"
is 'the kernel set among them' "$(show 'sum(o.startswith("--kernel=") for o in h["prov"][-1]["opts"])' model.lts)" 1
is 'the size of ranges among them' "$(show '"--range=16" in h["prov"][-1]["opts"]' model.lts)" True
is 'DONE lists the input' "$(show 'd["inputs"]' model.lts)" "$(show '[{k: d[k] for k in ("rows", "crcs")}]' long.lts)"
is 'mean and deviation of the rows' "$(show 'all(
	abs(h["norm"]["mean"][c] - m) < 1e-12 and abs(h["norm"]["std"][c] - s) < 1e-12
	for c, m, s in '"$(show '[(c, m / 255, (sum((v - m) ** 2 for v in p) / len(p)) ** .5 / 255)
	for c in range(3) for p in [[v for image in rows["image"] for v in image[c::3]]] for m in [sum(p) / len(p)]]' long.lts)"')' model.lts)" True
edit 'if kind == "LTS1": meta["norm"] = {"mean": [.5, .25, .125], "std": [.5, .25, .75]}' <long.lts >norm.lts
learn train --epochs 1 norm.lts -o normed.lts
is 'or the norm of the stream' "$(show 'h["norm"]["mean"]' normed.lts)" '[0.5, 0.25, 0.125]'

# ---------------------------------------------------------------- steps and optimisers

seven() { learn train --batch 7 long.lts "$@"; }
seven --epochs 3 -o epochs.lts
seven --steps 12 --report-every 4 --log steps.tsv -o steps.lts
same_weights '--steps: epochs of as many steps are the same' steps.lts epochs.lts
is '--steps is recorded, and no --epochs' "$(opts_of steps.lts | tr ' ' '\n' | grep -e steps -e report -e epochs | tr '\n' ' ')" '--steps=12 --report-every=4 '
seven --steps 10 --report-every 4 --schedule cosine-7-16 --log steps.tsv -o short.lts
is 'the last epoch may be shorter' "$(column epoch steps.tsv | tr '\n' ' ')$(show 'h["epoch"]' short.lts)" '1 2 3 3'
is 'cosine-7-16 changes at each step' "$(column rate steps.tsv | awk '{ printf "%.4f ", $1 }')" '0.0916 0.0572 0.0328 '
seven --steps 5 -o five.lts
is '500 steps are an epoch' "$(show 'h["epoch"], len(notes)' five.lts)" '(1, 1)'
for how in --nesterov '--optimizer adamw --lr 0.01 --decay 0.01' '--decay-on weights' '--schedule cosine-7-16'; do
	# shellcheck disable=SC2086 # several words
	seven --epochs 3 $how --threads 1 -o how.lts
	other_weights "$how: other weights" how.lts epochs.lts
	# shellcheck disable=SC2086
	seven --epochs 3 $how --threads 3 -o again.lts
	same "$how: --threads 3: same bytes" how.lts again.lts
done
seven --steps 10 --report-every 4 --optimizer adamw --lr 0.01 -o whole.lts
rm -f c.lts log.tsv
cut_at TERM 2 "$LT_BIN/train" --arch resnet20 --batch 7 --threads 1 --steps 10 --report-every 4 --optimizer adamw --lr 0.01 long.lts \
	--checkpoint c.lts --resume --log log.tsv -o made.lts 2>cut.err
rm -f made.lts
ok 'adamw: resumed' seven --steps 10 --report-every 4 --optimizer adamw --lr 0.01 --checkpoint c.lts --resume -o made.lts
same 'adamw: the same bytes' whole.lts made.lts
edit 'if kind == "TENS" and meta["name"] == "opt.square.bn1.bias": keep = False' <c.lts >hurt.lts
fails_with 65 'adamw: a checkpoint without squares' seven --steps 10 --report-every 4 --optimizer adamw --lr 0.01 --checkpoint hurt.lts --resume -o bad.out
err_is 'adamw: a checkpoint without squares, message' "train: hurt.lts: tensor 'opt.square.bn1.bias' is missing"
not_with() {
	text=$1
	shift
	fails_with 64 "$*" seven "$@" -o bad.out
	err_is "$*, message" "train: $text"
}
not_with '--steps and --epochs exclude each other' --steps 10 --epochs 2
not_with '--report-every goes with --steps' --report-every 2
not_with '--steps 1000000: more than 100000 reports; use --report-every' --steps 1000000 --report-every 1
not_with '--nesterov goes with --optimizer sgd, not adamw' --nesterov --optimizer adamw
not_with '--momentum goes with --optimizer sgd, not adamw' --momentum 0.5 --optimizer adamw

# ---------------------------------------------------------------- the log

ok '--log' learn train --epochs 10 --log log.tsv --val val.lts long.lts -o ten.lts
is 'its heading' "$(head -n 1 log.tsv | tr '\t' ' ')" 'epoch rate loss accuracy val_accuracy val_balanced'
is 'a line an epoch' "$(column epoch log.tsv | tr '\n' ' ')" '1 2 3 4 5 6 7 8 9 10 '
# Warm-up over min(5, E / 6) epochs, the full rate to 0.8 E, 1/100 of it to 0.9 E, then 1/10,000.
is 'the rate' "$(column rate log.tsv | awk '{ printf "%g ", $1 }')" '0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.001 1e-05 '
is 'notes hold the same' "$(show '[n["loss"] for n in notes] == [float(x) for x in "'"$(column loss log.tsv | tr '\n' ' ')"'".split()]' ten.lts)" True
learn train --epochs 18 --log warm.tsv long.lts -o warm.lts
is 'warm-up' "$(column rate warm.tsv | awk '{ printf "%.4g ", $1 }')" \
	'0.03333 0.06667 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.001 0.001 1e-05 '
learn train --epochs 4 --schedule cosine --log cosine.tsv long.lts -o cosine.lts
is '--schedule cosine' "$(column rate cosine.tsv | awk '{ printf "%.4g ", $1 }')" '0.1 0.08536 0.05 0.01464 '
fails_with 64 'a schedule that does not exist' learn train --schedule linear long.lts

# ---------------------------------------------------------------- losses and rules

losses='ce focal ldam margin balanced-softmax logit-adjustment vs cdt smoothing'
for loss in $losses; do
	for rule in none resample reweight drw drs; do
		ok "--loss $loss --rule $rule" learn train --epochs 1 --loss "$loss" --rule $rule long.lts -o "$loss-$rule.lts"
	done
	# shellcheck disable=SC2046 # five words
	set -- $(digest "$loss-none.lts" "$loss-resample.lts" "$loss-reweight.lts" "$loss-drw.lts" "$loss-drs.lts")
	is "$loss: drw has not begun in epoch 1 of 1" "$4" "$1"
	is "$loss: drs has not begun in epoch 1 of 1" "$5" "$1"
	differ "$loss: resample differs from none" "$1" "$2"
	differ "$loss: reweight differs from none" "$1" "$3"
	differ "$loss: reweight differs from resample" "$2" "$3"
done
is 'every choice of --loss is tried' "$losses" "$(lt train --list-options | sed -n 's/^--loss - CHOICE //p')"
# Logit adjustment with tau 1 is balanced softmax, except for rounding.
# shellcheck disable=SC2046 # files
digest $(for loss in $losses; do [ "$loss" = logit-adjustment ] || echo "$loss-none.lts"; done) | sort | uniq -d >alike
is 'no two losses give the same weights' "$(cat alike)" ''
other_weights 'logit adjustment differs from ce' logit-adjustment-none.lts ce-none.lts
is 'logits are the plain ones: a linear head' "$(show 'h["head"], h["scale"]' vs-none.lts)" "('linear', 1.0)"
is 'ldam has a cosine head and its scale' "$(show 'h["head"], h["scale"], shapes["fc.weight"], "fc.bias" in tensors' ldam-none.lts)" \
	"('cosine', 30.0, [64, 3], False)"
learn train --epochs 1 --loss ldam --scale 10 long.lts -o ldam10.lts
is '--scale' "$(show 'h["scale"]' ldam10.lts)" 10.0
# settings_of FILE: the settings of the loss among the recorded options.
settings_of() {
	opts_of "$1" | tr ' ' '\n' | grep -E '^--(gamma|tau|margin|scale|smooth)' | tr '\n' ' '
}
is 'provenance: the settings of focal' "$(settings_of focal-none.lts)" '--gamma=1 '
is 'provenance: the settings of ldam' "$(settings_of ldam10.lts)" '--margin=0.5 --scale=10 '
is 'provenance: the settings of margin' "$(settings_of margin-none.lts)" '--margin=0.5 --scale=30 '
is 'provenance: of ce' "$(settings_of ce-none.lts)" ''
is 'provenance: of logit adjustment' "$(settings_of logit-adjustment-none.lts)" '--tau=1 '
is 'provenance: of vs' "$(settings_of vs-none.lts)" '--gamma=0.3 --tau=1 '
is 'provenance: of cdt' "$(settings_of cdt-none.lts)" '--gamma=0.2 '
is 'provenance: of smoothing' "$(settings_of smoothing-none.lts)" '--smooth-head=0.4 --smooth-tail=0.1 '

# With five epochs, only the last comes after 0.8 E.
for rule in none drw drs; do
	learn train --epochs 5 --rule $rule --log $rule.tsv long.lts -o five-$rule.lts
done
for rule in drw drs; do
	is "$rule: four epochs as none" "$(head -n 5 $rule.tsv)" "$(head -n 5 none.tsv)"
	differ "$rule: the fifth differs" "$(tail -n 1 $rule.tsv)" "$(tail -n 1 none.tsv)"
	other_weights "$rule: and the weights" "five-$rule.lts" five-none.lts
done

# as_with NAME MODEL OPTION…: one epoch with these options gives the weights of the model; unlike_with: others.
as_with() {
	title=$1 model=$2
	shift 2
	learn train --epochs 1 long.lts "$@" -o with.lts
	same_weights "$title" with.lts "$model"
}
unlike_with() {
	title=$1 model=$2
	shift 2
	learn train --epochs 1 long.lts "$@" -o with.lts
	other_weights "$title" with.lts "$model"
}

# A sampler that the run ignored would change nothing.  With so few rows and beta 0.9999, the
# effective number is the count.
for sampler in effective balanced sqrt progressive; do
	set -- --sampler $sampler
	[ $sampler != effective ] || set -- --beta 0.9
	ok "--rule resample $*" learn train --epochs 1 --rule resample "$@" long.lts -o sampler-$sampler.lts
done
digest ce-none.lts sampler-*.lts | sort | uniq -d >alike
is 'all samplers draw differently' "$(cat alike)" ''
as_with '--sampler effective is the default' ce-resample.lts --rule resample --sampler effective
learn train --epochs 5 --rule drs --sampler sqrt --log drs-sqrt.tsv long.lts -o five-sqrt.lts
is 'drs with it: four epochs as none' "$(head -n 5 drs-sqrt.tsv)" "$(head -n 5 none.tsv)"
differ 'drs with it: the fifth differs' "$(tail -n 1 drs-sqrt.tsv)" "$(tail -n 1 drs.tsv)"

as_with 'focal with gamma 0 is ce' ce-none.lts --loss focal --gamma 0
as_with 'logit adjustment with tau 0 is ce' ce-none.lts --loss logit-adjustment --tau 0
as_with 'vs with gamma 0 is logit adjustment' logit-adjustment-none.lts --loss vs --gamma 0
as_with 'vs with tau 0 is cdt' cdt-none.lts --loss vs --tau 0 --gamma 0.2
unlike_with 'tau has an effect' vs-none.lts --loss vs --tau 2
unlike_with 'the head of smoothing has an effect' smoothing-none.lts --loss smoothing --smooth-head 0.5
unlike_with 'the tail of smoothing has an effect' smoothing-none.lts --loss smoothing --smooth-tail 0.2
as_with 'without weights --focal-authors is focal' focal-none.lts --loss focal --focal-authors
unlike_with 'with weights it is not' focal-reweight.lts --loss focal --focal-authors --rule reweight
unlike_with 'beta 0.9 draws differently' ce-resample.lts --rule resample --beta 0.9
as_with 'beta 0 gives all classes the same weight' ce-none.lts --rule reweight --beta 0
unlike_with 'beta 0.9 is not beta 0.9999' ce-reweight.lts --rule reweight --beta 0.9
unlike_with 'the margin of margin has an effect' margin-none.lts --loss margin --margin 0.2
learn train --epochs 1 --loss ldam --margin 0 long.lts -o ldam0.lts
other_weights 'the margin of ldam has an effect' ldam0.lts ldam-none.lts
as_with 'margin 0: margin is ldam' ldam0.lts --loss margin --margin 0
unlike_with '--augment none' ce-none.lts --augment none
unlike_with '--momentum' ce-none.lts --momentum 0
unlike_with '--decay' ce-none.lts --decay 0.1
unlike_with '--lr' ce-none.lts --lr 0.05

# The error for an option that the loss or the rule does not use says where it belongs.
unused() {
	message=$1
	shift
	fails_with 64 "$*" learn train "$@" long.lts -o bad.out
	err_is "$*: message" "train: $message"
}
unused '--focal-authors goes with --loss focal, not ce' --focal-authors
unused '--focal-authors goes with --loss focal, not ldam' --loss ldam --focal-authors
unused '--gamma goes with --loss focal, vs or cdt, not ce' --gamma 1
unused '--tau goes with --loss logit-adjustment or vs, not balanced-softmax' --loss balanced-softmax --tau 1
unused '--smooth-head goes with --loss smoothing, not ce' --smooth-head 0.4
unused '--smooth-tail goes with --loss smoothing, not cdt' --loss cdt --smooth-tail 0.1
unused '--margin goes with --loss ldam or margin, not focal' --loss focal --margin 0.5
unused '--scale goes with --loss ldam or margin, not ce' --scale 30
unused '--sampler goes with --rule resample or drs, not none' --sampler balanced
unused '--sampler goes with --rule resample or drs, not drw' --rule drw --sampler effective
unused '--beta goes with --sampler effective, not sqrt' --rule drs --sampler sqrt --beta 0.99
unused '--beta goes with --rule resample, reweight, drw or drs, not none' --beta 0.99
unused '--omega goes with --unlabeled' --omega 0.5
unused '--counts goes with --unlabeled' --counts labelled
ok 'nothing is written after an error in the options' test ! -e bad.out
fails_with 64 'a loss of another version' learn train --loss nonesuch long.lts

# A class without rows.
edit 'if kind == "LTS1":
    meta["classes"].append("none")
    meta["class_counts"].append(0)' <long.lts | edit 'if kind == "DONE": meta["class_counts"] = [16, 8, 4, 0]' >four.lts
for loss in $losses; do
	ok "a class without rows, $loss" learn train --epochs 1 --loss "$loss" --rule reweight four.lts -o four-model.lts
	ok "a class without rows, $loss: resample" learn train --epochs 1 --loss "$loss" --rule resample four.lts -o four-model.lts
done
# A class without labelled rows, if pseudo-labels do not count: losses that shift logits omit it.
relabel '3 if row < 8 else y' <four.lts >pseudo-four.lts
relabel '3 if row < 8 else (y + 1) % 3' <four.lts >pseudo-wrong.lts
for loss in $losses; do
	ok "pseudo-labels of an uncounted class, $loss" learn train --epochs 1 --loss "$loss" --omega 0.5 --counts labelled \
		--unlabeled pseudo-four.lts four.lts -o four-model.lts
	is "pseudo-labels of an uncounted class, $loss: weights" "$(show 'all(v == v for t in tensors.values() for v in t)' four-model.lts)" True
	learn train --epochs 1 --loss "$loss" --omega 0.5 --counts labelled --unlabeled pseudo-wrong.lts four.lts -o wrong-model.lts
	other_weights "omega 0.5, $loss: pseudo-labels count" four-model.lts wrong-model.lts
done
is 'its count' "$(show 'h["train_counts"], all(v == v for t in tensors.values() for v in t)' four-model.lts)" '([16, 8, 4, 0], True)'

# ---------------------------------------------------------------- --init

learn pretrain-rot --epochs 1 --seed 5 all.lts -o rot.lts
learn pretrain-moco --epochs 1 --splits 2 all.lts -o moco.lts
ok '--init from rotation, rate 0' learn train --epochs 1 --lr 0 --init rot.lts long.lts -o still.lts
is 'all tensors are loaded except the head and running statistics' \
	"$(digest -fc. -running_ still.lts)" "$(digest -fc. -running_ rot.lts)"
learn train --epochs 1 --lr 0 long.lts -o scratch.lts
is 'the head is new' "$(show 'tensors["fc.weight"]' still.lts)" "$(show 'tensors["fc.weight"]' scratch.lts)"
other_weights 'without --init the weights differ' -fc. -running_ scratch.lts rot.lts
edit 'if kind == "TENS" and "running_mean" in meta["name"]: body[:] = bytes(len(body))' <rot.lts >rot0.lts
learn train --epochs 1 --lr 0 --init rot0.lts long.lts -o still0.lts
other_weights 'running statistics are loaded too' still.lts still0.lts
ok '--init from MoCo' learn train --epochs 1 --lr 0 --init moco.lts long.lts -o from-moco.lts
same_weights 'its encoder is loaded' -fc. -running_ from-moco.lts moco.lts
ok '--init from a classifier' learn train --epochs 1 --lr 0 --init ten.lts long.lts -o from-ten.lts
is 'its encoder is loaded, not its head' \
	"$(digest -fc. -running_ from-ten.lts) $(show 'tensors["fc.weight"]' from-ten.lts)" \
	"$(digest -fc. -running_ ten.lts) $(show 'tensors["fc.weight"]' scratch.lts)"
is 'the model'\''s mean and deviation win' "$(show 'h["norm"]' still.lts)" "$(show 'h["norm"]' rot.lts)"
differ 'over those of the rows' "$(show 'h["norm"]' still.lts)" "$(show 'h["norm"]' scratch.lts)"
is 'provenance' "$(show '[p["prog"] for p in h["prov"]], [i[0] for i in h["prov"][-1]["in"]]' still.lts)" \
	"(['ltsynth', 'pretrain-rot', 'ltsplit', 'train'], ['init', 'data'])"
lt train --epochs 1 --init ten.lts long.lts -o named.lts
is 'the architecture is the model'\''s' "$(show 'h["arch"]' named.lts)" resnet20

learn train --epochs 1 --init rot.lts long.lts -o init.lts
ok 'the model on stdin, rows in a file' learn train --epochs 1 --init - long.lts -o piped.lts <rot.lts
same 'the same bytes' init.lts piped.lts
cat rot.lts long.lts >both.lts
ok 'the model, then rows on one stdin' learn train --epochs 1 --init - -o piped.lts <both.lts
same_weights 'the same weights' piped.lts init.lts
fails_with 65 'a model alone on stdin' learn train --epochs 1 --init - -o none.lts <rot.lts
err_is 'a model alone on stdin, message' 'train: <stdin>: a model, but no rows after it'
fails_with 64 '--init and --unlabeled both from stdin' learn train --init - --unlabeled - long.lts

edit 'if kind == "TENS" and meta["name"] == "layer2.1.conv1.weight": meta["name"] = "gone"' <rot.lts >bad.lts
fails_with 65 'a missing tensor' learn train --init bad.lts long.lts -o none.lts
err_is 'a missing tensor is named' "train: bad.lts: tensor 'layer2.1.conv1.weight' is missing"
edit 'if kind == "TENS" and meta["name"] == "layer3.0.bn1.running_var": meta["shape"] = [8, 8]' <rot.lts >bad.lts
fails_with 65 'a misshapen tensor' learn train --init bad.lts long.lts -o none.lts
err_is 'a misshapen tensor is named' "train: bad.lts: tensor 'layer3.0.bn1.running_var' has another shape than the network's"
fails_with 65 'another architecture' learn train --arch resnet32 --init rot.lts long.lts -o none.lts
err_is 'another architecture, message' "train: rot.lts: tensor 'layer1.3.conv1.weight' is missing"
fails_with 65 'rows as --init' learn train --init long.lts long.lts -o none.lts
fails_with 66 'a missing model' learn train --init nonesuch.lts long.lts -o none.lts

# ---------------------------------------------------------------- --unlabeled

lt pseudolabel --model ten.lts du.lts -o pseudo.lts
ok '--unlabeled' learn train --epochs 1 --unlabeled pseudo.lts long.lts -o semi.lts
is '--unlabeled: no notice' "$(cat err)" ''
is '--unlabeled: -v prints their number' "$(learn train -v --epochs 1 --unlabeled pseudo.lts long.lts 2>&1 >none.lts | grep -c '^train: 28 labelled, [0-9]* pseudo-labelled: [0-9]* steps an epoch$')" 1
fails_with 65 'pseudo-labelled rows among the labelled ones' learn train --epochs 1 long.lts pseudo.lts -o none.lts
err_is 'pseudo-labelled rows among the labelled ones, message' \
	'train: long.lts: the label of row 28 is a prediction (y_src is 1); such rows go with --unlabeled'
lt cat --slice 0:0 pseudo.lts -o no-pseudo.lts
ok 'no pseudo-labelled rows' learn train --epochs 1 --unlabeled no-pseudo.lts long.lts -o none.lts
err_is 'no pseudo-labelled rows: a notice' 'train: no-pseudo.lts: no rows, so only labelled rows are used'
ok '--val of test rows for the log only' learn train --epochs 1 --val test.lts long.lts -o none.lts
is '--val of test rows for the log only: no notice' "$(cat err)" ''
ok '--keep best by test rows' learn train --epochs 1 --val test.lts --keep best long.lts -o none.lts
err_is '--keep best by test rows: a notice' \
	'train: test.lts: test rows; what is learnt or chosen by them must be measured on others'
ok 'test rows as training rows' learn train --epochs 1 test.lts -o none.lts
err_has 'test rows to learn from: a notice' 'test.lts: test rows;'
is 'counts: labelled rows, and all' \
	"$(show 'h["train_counts"], h["loss_counts"]' semi.lts)" \
	"([16, 8, 4], $(show '[a + b for a, b in zip([16, 8, 4], d["class_counts"])]' pseudo.lts))"
is 'provenance' "$(show '[i[0] for i in h["prov"][-1]["in"]]' semi.lts)" "['data', 'unlabeled']"
lt pseudolabel --model ten.lts du.lts | learn train --epochs 1 --unlabeled - long.lts -o piped.lts
same 'from stdin: same bytes' semi.lts piped.lts
learn train --epochs 1 --counts labelled --rule reweight --unlabeled pseudo.lts long.lts -o labelled.lts
learn train --epochs 1 --rule reweight --unlabeled pseudo.lts long.lts -o counted.lts
is '--counts labelled' "$(show 'h["train_counts"], h["loss_counts"]' labelled.lts)" '([16, 8, 4], [16, 8, 4])'
other_weights '--counts labelled: other weights of classes' labelled.lts counted.lts
learn train --epochs 1 --omega 0 --unlabeled pseudo.lts long.lts -o omega0.lts
other_weights '--omega 0 differs from 1' omega0.lts semi.lts
other_weights '--omega 0 still sees the rows' omega0.lts ce-none.lts
relabel '(y + 1) % 3' <pseudo.lts >wrong.lts
learn train --epochs 1 --omega 0 --unlabeled wrong.lts long.lts -o wrong0.lts
same_weights '--omega 0: their labels have no effect' wrong0.lts omega0.lts
learn train --epochs 1 --unlabeled wrong.lts long.lts -o wrong1.lts
other_weights '--omega 1: their labels have an effect' wrong1.lts semi.lts
lt train --arch resnet20 --epochs 1 --unlabeled pseudo.lts long.lts -o semi.lts
is 'the default batch is 256 with pseudo-labels' "$(show '[o for o in h["prov"][-1]["opts"] if "batch" in o]' semi.lts)" "['--batch=256']"

fails_with 65 'unlabelled rows without labels' learn train --unlabeled du.lts long.lts -o none.lts
err_is 'unlabelled rows without labels, message' 'train: du.lts: row 0 has no label (y is -1)'
relabel '-1 if row == 20 else y' <long.lts >hole.lts
fails_with 65 'a labelled row without a label' learn train hole.lts -o none.lts
err_is 'a labelled row without a label is named' 'train: hole.lts: row 20 has no label (y is -1)'
lt synth --per-class 4 --classes 4 --size 8 | lt split --ratio 1 -o four.lts
lt synth --per-class 4 --classes 3 --size 12 | lt split --ratio 1 -o twelve.lts
for option in --unlabeled --val; do
	fails_with 65 "$option: other classes" learn train $option four.lts long.lts -o none.lts
	err_has "$option: other classes, the one" 'long.lts'
	err_has "$option: other classes, the other" 'four.lts'
	fails_with 65 "$option: other images" learn train $option twelve.lts long.lts -o none.lts
	err_has "$option: other images, message" 'twelve.lts: images of 12×12×3'
done
fails_with 65 'operands of other images' learn train long.lts twelve.lts -o none.lts

# ---------------------------------------------------------------- several operands

lt cat --slice :10 long.lts -o a.lts
lt cat --slice 10: long.lts -o b.lts
learn train --epochs 1 long.lts -o one.lts
learn train --epochs 1 a.lts b.lts -o two.lts
same_weights 'rows in two files are those in one' two.lts one.lts
cat a.lts b.lts | learn train --epochs 1 -o two.lts
same_weights 'and in two segments' two.lts one.lts
learn train --epochs 1 a.lts - <b.lts >two.lts
same_weights 'and a file and stdin' two.lts one.lts

# ---------------------------------------------------------------- --val and --keep

learn train --epochs 10 long.lts -o without.lts
same_weights '--val does not affect the weights' without.lts ten.lts
ok '--keep best' learn train --epochs 10 --keep best --val val.lts --log best.tsv long.lts -o best.lts
best=$(column val_balanced best.tsv | awk '$1 > most || NR == 1 { most = $1; at = NR } END { print at }')
is '--keep best: which epoch' "$(show 'h["epoch"]' best.lts)" "$best"
is '--keep best: its balanced accuracy agrees with eval' \
	"$(lt eval --model best.lts --format tsv val.lts | awk '$1 == "balanced_accuracy" { print $3 }')" \
	"$(column val_balanced best.tsv | sed -n "${best}p")"
is '--keep last: its accuracy agrees with eval' \
	"$(lt eval --model ten.lts --format tsv val.lts | awk '$1 == "accuracy" && $2 == "-" { print $3 }')" \
	"$(column val_accuracy log.tsv | tail -n 1)"
fails_with 64 '--keep best without --val' learn train --keep best long.lts
err_has '--keep best without --val, message' '--keep best needs --val FILE'
relabel -1 <val.lts >val0.lts
ok '--val without labels' learn train --epochs 1 --val val0.lts long.lts --log val0.tsv -o none.lts
is '--val without labels: no figures' "$(head -n 1 val0.tsv | tr '\t' ' ')" 'epoch rate loss accuracy'
fails_with 65 '--keep best on rows without labels' learn train --epochs 1 --keep best --val val0.lts long.lts -o bad.out
err_has '--keep best on rows without labels, message' 'val0.lts: no row has a label'

# ---------------------------------------------------------------- --precision

wide --threads 1 --precision f32 -o f32.lts
same '--precision f32 is the default' t1.lts f32.lts
# With a rate so small that steps do not amplify rounding.
slow() { wide --threads 1 --lr 0.001 "$@"; }
slow -o slow-f32.lts
loss=$(show 'notes[0]["loss"]' slow-f32.lts)
for p in bf16 bf16-fast; do
	ok "--precision $p" wide --threads 1 --precision $p --log $p.tsv --val val.lts -o $p.lts
	is "$p: no notice" "$(cat err)" ''
	wide --threads 3 --precision $p --val val.lts -o threads.lts
	same "$p: --threads 3, the same bytes" $p.lts threads.lts
	other_weights "$p: other weights than float32's" "$p.lts" f32.lts
	is "$p: provenance" "$(show '[o for o in h["prov"][-1]["opts"] if "precision" in o]' $p.lts)" "['--precision=$p']"
	is "$p: float32 in the model" "$(lt cat --json $p.lts | grep -cF '"dtype":"<bf2"')" 0
	ok "$p: eval reads it" lt eval --model $p.lts test.lts
	slow --precision $p -o slow.lts
	is "$p: nearly the loss of float32" "$(show 'abs(notes[0]["loss"] / '"$loss"' - 1) < 0.01' slow.lts)" True
done
for kernel in ref v4bf16 v4amx; do
	learn train --steps 1 --kernel $kernel --precision bf16-fast -v long.lts 2>noise -o fast.lts || continue
	said=$(grep -c "^train: --precision bf16-fast: kernel set $kernel has no bfloat16 instructions on this CPU, and converts\$" noise)
	case $kernel in
	ref) is 'bf16-fast without bfloat16 instructions: -v says so' "$said" 1 ;;
	*) is 'bf16-fast with them: it does not' "$said" 0 ;;
	esac
done
learn train --steps 1 --kernel ref --precision bf16 -v long.lts 2>noise -o fast.lts
is 'bf16 needs none' "$(grep -c bfloat16 noise)" 0

# ---------------------------------------------------------------- large images

# t_threads and t_kernel have the passes of large networks in every precision.
lt synth --per-class 6 --classes 3 --size 72 -o large.lts
usual_large=$(echo "$usual" | sed 's/=crop-flip/=resized-crop,jitter/')
ok 'images of 72 pixels' lt train -v --epochs 1 --threads 2 large.lts -o large-model.lts
is '72 pixels: -v says so' "$(grep -cx 'train: images of 72×72 pixels: defaults for large images' err)" 1
is '72 pixels: the network' "$(show 'h["arch"], h["input"], shapes["fc.weight"]' large-model.lts)" "('resnet10', [72, 72, 3], [3, 512])"
is '72 pixels: defaults for large images' "$(opts_of large-model.lts)" \
	"$usual_large --arch=resnet10 --epochs=1 --batch=128 --lr=0.2 --schedule=cosine --momentum=0.9 --decay=0.0005 --optimizer=sgd --decay-on=all --precision=f32"
ok '72 pixels: eval' lt eval --model large-model.lts large.lts
lt train --epochs 1 --threads 1 large.lts -o one.lts
same '72 pixels: the same bytes on one thread' large-model.lts one.lts
ok '72 pixels: 90 epochs' sh -c 'lt train -v --arch resnet20 large.lts 2>&1 >/dev/null | head -n 3 | grep -q "^train: epoch 1 of 90: "'
learn train --epochs 2 --lr 0.1 --schedule step --decay 0.0002 --momentum 0.8 large.lts -o given.lts
is '72 pixels: given options take precedence' "$(opts_of given.lts)" \
	"$usual_large --arch=resnet20 --epochs=2 --batch=8 --lr=0.1 --schedule=step --momentum=0.8 --decay=0.0002 --optimizer=sgd --decay-on=all --precision=f32"
lt train --epochs 1 --init given.lts large.lts -o named.lts
is '72 pixels: the network of --init takes precedence' "$(opts_of named.lts)" \
	"$usual_large --arch=resnet20 --epochs=1 --batch=128 --lr=0.2 --schedule=cosine --momentum=0.9 --decay=0.0005 --optimizer=sgd --decay-on=all --precision=f32"
lt train --epochs 1 --init given.lts --augment crop-flip large.lts -o cropped.lts
other_weights '72 pixels: crops of random size and changed colours' named.lts cropped.lts
lt synth --per-class 1 --classes 3 --size 64 | lt train --epochs 1 -o small-model.lts
is '64 pixels are not large' "$(opts_of small-model.lts)" "$(opts_of model.lts)"
# Images of 20 by 80 pixels, with the bytes of 40 by 40.
lt synth --per-class 2 --classes 3 --size 40 | edit 'if kind == "LTS1":
    for c in meta["cols"]:
        if c["name"] == "image": c["shape"] = [20, 80, 3]' | lt train --epochs 1 -o oblong.lts
is 'one long side is enough' "$(show 'h["arch"], h["input"]' oblong.lts)" "('resnet10', [20, 80, 3])"
# odd SIZE OPTION…: trains and evaluates on images of this odd size.
odd() {
	size=$1
	shift
	lt synth --per-class 2 --classes 3 --size "$size" -o odd.lts
	ok "$size×$size pixels, $*" lt train --epochs 1 "$@" odd.lts -o odd-model.lts
	ok "$size×$size pixels, $*: eval" lt eval --model odd-model.lts odd.lts
}
odd 67
is '67×67 pixels: the network' "$(show 'h["arch"]' odd-model.lts)" resnet10
odd 65 --arch resnet10 --precision bf16-fast
odd 33 --arch resnet10
# t_torch has the parameters of the others, and import-weights.t trains a ResNet-50.
odd 33 --arch resnet18
odd 33 --arch wrn-16-2
if [ -n "$LT_LONG" ]; then
	odd 33 --arch resnet34
	odd 33 --arch resnet50
fi
fails_with 64 '33×33 pixels without --arch' lt train --epochs 1 odd.lts -o bad.out
err_has '33×33 pixels without --arch, message' 'images of 33×33 pixels: not supported by resnet32 in this version (sides must be multiples of 4)'

# ---------------------------------------------------------------- what cannot be

fails_with 1 'a loss that is not finite' learn train --epochs 30 --lr 1e6 --decay 1 long.lts -o bad.out
err_has 'in one line' 'train: training diverged: the '
mv err message
ok 'the message names the step' grep -Eq 'the (loss is|weights are) not finite (at|after) epoch [0-9]+, step [0-9]+; ' message
ok 'a loss that is not finite: nothing is left' test ! -e bad.out
relabel 0 <long.lts | edit 'if kind == "LTS1": meta["classes"] = ["one"]
if kind == "DONE": meta["class_counts"] = [0]' | edit pass >one.lts
fails_with 65 'one class' learn train one.lts -o bad.out
lt cat --slice 0:0 long.lts -o empty.lts
fails_with 65 'no rows' learn train empty.lts -o bad.out
err_has 'no rows, message' 'no rows to learn from'
lt cat --drop y long.lts -o unlabelled.lts
fails_with 65 'no labels' learn train unlabelled.lts -o bad.out
fails_with 64 'a precision that does not exist' lt train --precision f16 long.lts -o bad.out
err_has 'a precision that does not exist, message' "--precision: 'f16' is none of f32, bf16, bf16-fast"
fails_with 64 'a network that does not exist' lt train --arch resnet21 long.lts -o bad.out
fails_with 71 'a kernel set of another CPU' sh -c 'case $(uname -m) in x86_64) k=neon ;; *) k=v4 ;; esac; lt train --kernel $k "$1"' sh long.lts
ok 'nothing is left' test ! -e bad.out

# ---------------------------------------------------------------- files are looked at before stdin

# early NAME CODE OPTION…: fails while stdin is still open and silent.
mkfifo silent
sleep 60 >silent &
sleeper=$!
early() {
	name=$1 want=$2
	shift 2
	fails_with "$want" "$name" timeout 20 "$LT_BIN/train" --arch resnet20 -o bad.out "$@" <silent
}
early 'an operand that is not there' 66 --init - nonesuch.lts
early '--unlabeled that is not there' 66 --unlabeled nonesuch.lts
early '--val that is not there' 66 --val nonesuch.lts
early '--log in no directory' 73 --log none/log.tsv
early '--checkpoint in no directory' 73 --checkpoint none/c.lts
early '-o in no directory' 73 -o none/m.lts
early '--resume without --checkpoint' 64 --resume
kill $sleeper

# ---------------------------------------------------------------- a reader that leaves

(learn train --epochs 100000 --checkpoint left.lts long.lts 2>noise; echo $? >code) | true
is 'a closed pipe: SIGPIPE' "$(cat code)" 141
is 'a closed pipe: no message' "$(cat noise)" ''
ok 'a closed pipe: the checkpoint' lt eval --model left.lts val.lts

done_testing
