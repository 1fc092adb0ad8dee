#!/bin/sh
# train --method with pseudo-labels: each method runs, is what it says and no other, goes on
# from a checkpoint, and combines with the rest.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
usual="--epochs 3 --batch 14 --unlabeled-batch 9 --unlabeled du.lts long.lts"
# shellcheck disable=SC2086 # options
ours() { learn train $usual --method "$@"; }
learn train --epochs 3 --batch 14 long.lts -o alone.lts
: >digests
for method in pi fixmatch flexmatch freematch softmatch saw debiaspl simpro cdmad adello darp abc acr daso cossl; do
	ok "$method" ours $method --threads 1 --log log.tsv -o $method.lts
	is "$method: nothing is said" "$(cat err)" ''
	ours $method --threads 3 -o again.lts
	same "$method: --threads 3: same bytes" $method.lts again.lts
	other_weights "$method: not training on labelled rows alone" "$method.lts" alone.lts
	digest $method.lts | tr -d '\n' >>digests
	echo >>digests
	columns='epoch rate loss accuracy consistency kept'
	case $method in
	pi) columns='epoch rate loss accuracy consistency' ;;
	abc | acr) columns='epoch rate loss accuracy consistency second_consistency kept' ;;
	daso) columns='epoch rate loss accuracy consistency alignment kept' ;;
	cossl) columns='epoch rate loss accuracy consistency balanced_loss kept' ;;
	esac
	is "$method: columns of the log" "$(head -n 1 log.tsv | tr '\t' ' ')" "$columns"
	# Labels of prototypes are less sure.
	least=3
	[ $method != daso ] || least=1
	[ $method = pi ] || ok "$method: some rows count" test "$(column kept log.tsv | awk '$1 > 0' | wc -l)" -ge $least
	rm -f c.lts
	ok "$method: with a checkpoint" ours $method --checkpoint c.lts -o made.lts
	same "$method: the same bytes" $method.lts made.lts
	is "$method: the average of the checkpoint is the model" "$(show "tensors['ema.layer3.2.bn2.running_var']" c.lts)" "$(show "tensors['layer3.2.bn2.running_var']" $method.lts)"
done
is 'no two methods are the same' "$(sort digests | uniq -d)" ''
edit 'if kind == "TENS" and meta["name"] == "rng.numbers": keep = False' <c.lts >hurt.lts
fails_with 65 'a checkpoint without numbers' ours cossl --checkpoint hurt.lts --resume -o bad.out
err_is 'a checkpoint without numbers, message' "train: hurt.lts: tensor 'rng.numbers' or 'rng.kept' is missing"

# ---------------------------------------------------------------- options

options_of() { opts_of "$1" | tr ' ' '\n' | grep -e method -e consistency -e ema -e align -e strong -e thresh -e fair -e debias | tr '\n' ' '; }
is 'freematch: what was used' "$(options_of freematch.lts)" \
	'--method=freematch --align=none --strong=crop-flip,randaugment --consistency-weight=1 --ema=0.999 --fairness=0.01 '
is 'softmatch: what was used' "$(options_of softmatch.lts)" \
	'--method=softmatch --align=uniform --strong=crop-flip,randaugment --consistency-weight=1 --ema=0.999 '
is 'debiaspl: what was used' "$(options_of debiaspl.lts)" \
	'--method=debiaspl --align=none --strong=crop-flip,randaugment --consistency-weight=1 --ema=0.999 --threshold=0.95 --debias=0.4 '
# changes METHOD OPTION…: they change its weights.
changes() {
	ours "$@" -o changed.lts
	other_weights "$*" changed.lts "$1.lts"
}
changes softmatch --align labelled
changes softmatch --align none
changes softmatch --strong crop-flip,cutout
changes softmatch --loss logit-adjustment
changes softmatch --loss balanced-softmax --align labelled
changes freematch --fairness 1
changes freematch --ema 0.5
changes cdmad --consistency-weight 2
changes debiaspl --debias 1
changes fixmatch --threshold 0.5
changes abc --align labelled
changes abc --loss logit-adjustment
changes abc --loss ldam
changes abc --consistency-weight 2
changes abc --threshold 0.5
changes acr --align uniform
changes acr --rule reweight
changes daso --temperature 0.5
changes daso --align uniform
changes daso --loss ldam
changes daso --threshold 0.3
# At the usual threshold no row of this run counts, whatever the blend.
ours daso --threshold 0.3 --blend-root 0.1 -o root.lts
other_weights 'daso --blend-root 0.1' root.lts changed.lts
changes cossl --threshold 0.5
changes cossl --loss logit-adjustment
refused() {
	text=$1
	shift
	fails_with 64 "$*" ours "$@" -o bad.out
	err_is "$*, message" "train: $text"
}
refused '--loss logit-adjustment: --method simpro adjusts the loss itself; use ce' simpro --loss logit-adjustment
refused '--loss balanced-softmax: --method acr adjusts the loss itself; use ce' acr --loss balanced-softmax
refused '--loss ldam: --method cdmad needs a linear head' cdmad --loss ldam
refused '--loss ldam: --method cossl needs a linear head' cossl --loss ldam
fails_with 64 'a threshold of softmatch' ours softmatch --threshold 0.5 -o bad.out
err_has 'a threshold of softmatch, message' 'train: --threshold goes with --method fixmatch, flexmatch, '
refused '--debias goes with --method debiaspl' fixmatch --debias 1
refused '--strong crop-flip,mixup: a strong view mixes no images' fixmatch --strong crop-flip,mixup
fails_with 64 'no such part' ours fixmatch --strong nothing -o bad.out
ok 'nothing is left' test ! -e bad.out

# ---------------------------------------------------------------- what cdmad writes

# z(white) is 0: a white image has equal probabilities, but for rounding.
ok 'cdmad --val' ours cdmad --val val.lts --log val.tsv -o cdmad-val.lts
is 'cdmad: what --val measures is what eval finds' \
	"$(lt eval --model cdmad-val.lts --format tsv val.lts | awk '$1 == "accuracy" && $2 == "-" { print $3 }')" \
	"$(column val_accuracy val.tsv | tail -n 1)"
same_weights 'cdmad: --val changes no weight' cdmad-val.lts cdmad.lts

# ---------------------------------------------------------------- two heads

for method in abc acr cossl; do
	is "$method: the header names both heads, and which predicts" \
		"$(show '[(x["name"], x["kind"], x["outputs"]) for x in h["heads"]], h["predicts"], h["num_classes"]' $method.lts)" \
		"([('fc', 'linear', 3), ('$method', 'linear', 3)], 1, 3)"
	ok "$method --val" ours $method --val val.lts --log val.tsv -o val-$method.lts
	same_weights "$method: --val changes no weight" "val-$method.lts" "$method.lts"
	is "$method: what --val measures is what eval finds" \
		"$(lt eval --model $method.lts --format tsv val.lts | awk '$1 == "accuracy" && $2 == "-" { print $3 }')" \
		"$(column val_accuracy val.tsv | tail -n 1)"
	# The second head's bias decides: every row gets the class with the largest one.
	edit "
if kind == 'TENS' and meta['name'] == '$method.bias':
    import struct
    body[:] = struct.pack('<3f', 0, 0, 1e6)" <$method.lts >second.lts
	is "$method: eval predicts by the second head" \
		"$(lt eval --model second.lts --format tsv val.lts | awk '$1 == "accuracy" && $2 != "-" { print $3 }' | tr '\n' ' ')" '0 0 1 '
	edit "
if kind == 'TENS' and meta['name'] == 'fc.bias':
    import struct
    body[:] = struct.pack('<3f', 0, 0, 1e6)" <$method.lts >first.lts
	is "$method: and not by the first" "$(lt eval --model first.lts val.lts)" "$(lt eval --model $method.lts val.lts | sed "s/$method.lts/first.lts/")"
	ok "$method: a second stage takes its head" lt retrain -q --method crt --epochs 1 --model $method.lts long.lts -o crt.lts
	ok "$method: and eval the result" lt eval -q --model crt.lts val.lts
	ok "$method: its encoder begins another run" learn train -q --epochs 1 --init $method.lts long.lts -o init.lts
	ok "$method: and its own" ours $method -q --init $method.lts -o init.lts
done
ours abc --loss ldam -o cosine.lts
is 'abc with a cosine head and its own' "$(show '[x["kind"] for x in h["heads"]], h["head"]' cosine.lts)" "(['cosine', 'linear'], 'linear')"

# A head without parameters is in no model.
is 'daso: the header is that of a network with one head' "$(show 'h.get("heads"), h["head"], h["num_classes"]' daso.lts)" "(None, 'linear', 3)"
ok 'daso: a second stage' lt retrain -q --method crt --epochs 1 --model daso.lts long.lts -o crt.lts
ok 'daso: its encoder begins another run' learn train -q --epochs 1 --init daso.lts long.lts -o init.lts

# cossl in the first of three epochs is FixMatch on two views, and its second head is the first.
ok 'cossl --keep best' ours cossl --val val.lts --keep best --log val.tsv -o best.lts
kept=$(show 'h["epoch"]' best.lts)
is 'cossl: what --keep best measured is what eval finds' \
	"$(lt eval --model best.lts --format tsv val.lts | awk '$1 == "balanced_accuracy" { print $3 }')" \
	"$(column val_balanced val.tsv | sed -n "${kept}p")"
ours cossl --epochs 1 -o one.lts
differ 'cossl: the last epoch is after the turn' "$(digest -fc. one.lts)" "$(digest -cossl. one.lts)"
steps() { learn train --batch 14 --unlabeled-batch 9 --unlabeled du.lts --method cossl long.lts --steps "$@"; }
steps 4 -o four.lts
is 'cossl: a run without a turn predicts by the classifier' \
	"$(show "tensors['cossl.weight'] == tensors['fc.weight'], tensors['cossl.bias'] == tensors['fc.bias']" four.lts)" '(True, True)'
steps 20 -o twenty.lts
is 'cossl: one with a turn by its own head' "$(show "tensors['cossl.weight'] == tensors['fc.weight']" twenty.lts)" False

# ---------------------------------------------------------------- bcl

# shellcheck disable=SC2086 # options
bcl() { learn train --epochs 3 --batch 14 --method bcl "$@"; }
ok 'bcl' bcl --log log.tsv long.lts -o bcl.lts
is 'bcl: nothing is said' "$(cat err)" ''
is 'bcl: columns of the log' "$(head -n 1 log.tsv | tr '\t' ' ')" 'epoch rate loss accuracy contrast'
bcl --threads 3 long.lts -o again.lts
same 'bcl: --threads 3: same bytes' bcl.lts again.lts
bcl --loss ce --consistency-weight 0 long.lts -o nothing.lts
other_weights 'bcl: the contrast changes the encoder' -projection. bcl.lts nothing.lts
differ 'bcl: not training on labelled rows alone' "$(digest -projection. bcl.lts)" "$(digest alone.lts)"
is 'bcl: the header names both heads' \
	"$(show '[(x["name"], x["kind"], x["outputs"]) for x in h["heads"]], h["predicts"], h["num_classes"]' bcl.lts)" \
	"([('fc', 'linear', 3), ('projection', 'prototypes', 131)], 0, 3)"
is 'bcl: what was used' "$(opts_of bcl.lts | tr ' ' '\n' | grep -e method -e weight -e strong -e temper | tr '\n' ' ')" \
	'--method=bcl --strong=crop-flip,randaugment --consistency-weight=0.35 --temperature=0.1 '
for option in '--temperature 0.5' '--strong crop-flip,cutout' '--rule resample' '--consistency-weight 1'; do
	# shellcheck disable=SC2086
	bcl $option long.lts -o changed.lts
	other_weights "bcl $option" changed.lts bcl.lts
done
bcl --val val.lts --log val.tsv long.lts -o val-bcl.lts
is 'bcl: what --val measures is what eval finds' \
	"$(lt eval --model bcl.lts --format tsv val.lts | awk '$1 == "accuracy" && $2 == "-" { print $3 }')" \
	"$(column val_accuracy val.tsv | tail -n 1)"
lt pseudolabel -q --model alone.lts du.lts -o pseudo.lts
ok 'bcl with pseudo-labels' bcl --unlabeled pseudo.lts long.lts -o with.lts
bcl --unlabeled pseudo.lts --omega 0.1 long.lts -o omega.lts
other_weights 'bcl --omega' with.lts omega.lts
fails_with 64 'bcl --loss ldam' bcl --loss ldam long.lts -o bad.out
err_is 'bcl --loss ldam, message' 'train: --loss ldam: --method bcl adjusts the loss itself; use ce'
fails_with 64 'bcl with mixed images' bcl --augment crop-flip,mixup long.lts -o bad.out
err_is 'bcl with mixed images, message' 'train: --augment crop-flip,mixup: --method bcl mixes no images'
fails_with 64 'bcl --align' bcl --align uniform long.lts -o bad.out
fails_with 64 'bcl --unlabeled-batch' bcl --unlabeled-batch 3 long.lts -o bad.out
fails_with 64 'a temperature of fixmatch' ours fixmatch --temperature 1 -o bad.out
err_is 'a temperature of fixmatch, message' 'train: --temperature goes with --method daso or bcl'

done_testing
