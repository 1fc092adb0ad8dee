#!/bin/sh
# train --method vat and mean-teacher: learning from unlabelled rows, whose labels are not read;
# methods.t tests the methods with pseudo-labels.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1

# ours METHOD OPTION…: trains for three epochs.
ours() {
	which=$1
	shift
	learn train --epochs 3 --method "$which" --unlabeled du.lts long.lts "$@"
}
# The header without provenance.
header_of() { show '{k: v for k, v in h.items() if k != "prov"}' "$1"; }

# ---------------------------------------------------------------- rows without labels

is 'no unlabelled row has a label' "$(show 'set(rows["y"])' du.lts)" '{-1}'
fails_with 65 'unlabelled rows without --method need pseudo-labels' learn train --unlabeled du.lts long.lts -o none.lts
err_is 'pseudo-labels are wanted, message' 'train: du.lts: row 0 has no label (y is -1)'
learn train --epochs 3 long.lts -o alone.lts
lt pseudolabel --model alone.lts du.lts -o pseudo.lts
learn train --epochs 3 --batch 16 --unlabeled pseudo.lts long.lts -o pseudo-model.lts
relabel '(y + row) % 3' <pseudo.lts >wrong.lts
lt cat --drop y du.lts -o bare.lts
edit 'if kind == "LTS1": meta["classes"] = ["a", "b", "c"]' <du.lts >others.lts
for method in vat mean-teacher; do
	ok "$method" ours $method --threads 1 --log log.tsv -o $method.lts
	is "$method: no notice" "$(cat err)" ''
	ours $method --threads 3 >again.lts
	same "$method: --threads 3: same bytes" $method.lts again.lts
	other_weights "$method: differs from training on labelled rows" "$method.lts" alone.lts
	other_weights "$method: differs from training with pseudo-labels" "$method.lts" pseudo-model.lts
	for rows in pseudo wrong bare others; do
		learn train --epochs 3 --method $method --unlabeled $rows.lts long.lts -o $rows-model.lts
		same_weights "$method: $rows labels, same weights" "$rows-model.lts" "$method.lts"
		is "$method: $rows labels, same header" "$(header_of $rows-model.lts)" "$(header_of $method.lts)"
	done
	is "$method: counts are of labelled rows" "$(show 'h["train_counts"], h["loss_counts"]' $method.lts)" '([16, 8, 4], [16, 8, 4])'
	is "$method: provenance" "$(show '[i[0] for i in h["prov"][-1]["in"]]' $method.lts)" "['data', 'unlabeled']"
	is "$method: columns of the log" "$(head -n 1 log.tsv | tr '\t' ' ')" 'epoch rate loss accuracy consistency'
	is "$method: figures of each epoch" "$(column consistency log.tsv | awk '$1 > 0' | wc -l)" 3
	lt synth --per-class 2 --classes 3 --size 8 | learn train --epochs 3 --method $method --unlabeled - long.lts -o other.lts
	other_weights "$method: other unlabelled rows, other weights" other.lts "$method.lts"
	learn train --epochs 3 --method $method --unlabeled - long.lts -o again.lts <du.lts
	same "$method: unlabelled rows from stdin" $method.lts again.lts
done
other_weights 'vat is not mean-teacher' vat.lts mean-teacher.lts
lt synth --per-class 4 --classes 3 --size 12 -o twelve.lts
fails_with 65 'unlabelled rows of another size' learn train --method vat --unlabeled twelve.lts long.lts -o none.lts
err_has 'unlabelled rows of another size, message' 'twelve.lts: images of 12×12×3'
lt cat --slice 0:0 du.lts -o empty.lts
fails_with 65 'no unlabelled rows' learn train --method vat --unlabeled empty.lts long.lts -o none.lts
err_is 'no unlabelled rows, message' 'train: no unlabelled rows to learn from'

# ---------------------------------------------------------------- steps

# 28 labelled and 26 unlabelled rows.
steps_with() {
	lt train --arch resnet20 --threads 1 --epochs 1 --method vat --unlabeled du.lts -v -o none.lts long.lts "$@" 2>&1 |
		sed -n 's/^train: 28 labelled, 26 unlabelled: \(.*\) steps an epoch$/\1/p'
}
is 'an epoch is a pass over the labelled rows' "$(steps_with --batch 8 --unlabeled-batch 16)" 4
is 'or over the unlabelled ones' "$(steps_with --batch 8 --unlabeled-batch 4)" 7
is '--unlabeled-batch is --batch without it' "$(steps_with --batch 4)" 7
is 'which is 128 without it' "$(steps_with)" 1

# ---------------------------------------------------------------- options and defaults

options_of() { opts_of "$1" | tr ' ' '\n' | grep -e method -e consistency -e ema -e vat -e omega -e counts -e unlabeled | tr '\n' ' '; }
lt train --arch resnet20 --epochs 1 --method vat --unlabeled du.lts long.lts -o default.lts
is 'vat: recorded options' "$(options_of default.lts)" \
	'--method=vat --unlabeled-batch=128 --consistency-weight=0.3 --vat-epsilon=6 --counts=labelled '
lt train --arch resnet20 --epochs 1 --method mean-teacher --batch 32 --unlabeled du.lts long.lts -o default.lts
is 'mean-teacher: recorded options' "$(options_of default.lts)" \
	'--method=mean-teacher --unlabeled-batch=32 --consistency-weight=8 --ema=0.999 --counts=labelled '
is 'none: recorded options' "$(options_of alone.lts)" '--method=none '
# lt cat --how prints a command that can be run.
sh -c "$(opts_of vat.lts | sed 's/^/lt train --unlabeled du.lts long.lts -o how.lts --threads 1 /')"
same 'the recorded options give the same model' vat.lts how.lts

# changes METHOD OPTION…: the options change the weights.
changes() {
	ours "$@" -o changed.lts
	other_weights "$*" changed.lts "$1.lts"
}
changes vat --consistency-weight 0
mv changed.lts without.lts
changes vat --consistency-weight 0.6
changes vat --vat-epsilon 3
changes vat --unlabeled-batch 4
changes vat --seed 1
changes mean-teacher --consistency-weight 0
changes mean-teacher --ema 0.5
# Only the term of the entropy remains, which is not 0.
other_weights 'vat also reduces entropy' without.lts alone.lts

refused() {
	text=$1
	shift
	fails_with 64 "$*" learn train "$@" long.lts -o bad.out
	err_is "$*, message" "train: $text"
}
refused '--method vat needs --unlabeled FILE' --method vat
refused '--unlabeled-batch goes with a --method for unlabelled rows' --unlabeled-batch 8
fails_with 64 '--consistency-weight without a method' learn train --consistency-weight 1 --unlabeled du.lts long.lts -o bad.out
err_has '--consistency-weight without a method, message' '--consistency-weight goes with --method vat, mean-teacher, '
fails_with 64 '--ema, 1' learn train --ema 0.9 long.lts -o bad.out
err_has '--ema, 1, message' '--ema goes with --method mean-teacher, pi, '
fails_with 64 '--ema, 2' learn train --ema 0.9 --method vat --unlabeled du.lts long.lts -o bad.out
err_has '--ema, 2, message' '--ema goes with --method mean-teacher, pi, '
refused '--vat-epsilon goes with --method vat' --vat-epsilon 1 --method mean-teacher --unlabeled du.lts
refused '--counts all: --method vat reads no labels of --unlabeled' --counts all --method vat --unlabeled du.lts
refused '--omega weighs pseudo-labels, which --method vat does not read; its loss has --consistency-weight' \
	--omega 1 --method vat --unlabeled du.lts
fails_with 64 'a method that does not exist' learn train --method nothing --unlabeled du.lts long.lts -o bad.out
err_has 'a method that does not exist, message' "--method: 'nothing' is none of none, vat, mean-teacher"
for bad in '--ema 1.1' '--ema nan' '--consistency-weight -1' '--vat-epsilon inf' '--unlabeled-batch 0'; do
	# shellcheck disable=SC2086 # two words
	fails_with 64 "$bad" ours mean-teacher $bad -o bad.out
done
refused '--consistency is a name of --method: give one' --consistency vat --method vat --unlabeled du.lts
refused '--align: --method vat makes no pseudo-labels' --align uniform --method vat --unlabeled du.lts
refused '--strong: --method pi has no strong view' --strong crop-flip --method pi --unlabeled du.lts
ok 'nothing is left' test ! -e bad.out
learn train --epochs 3 --consistency vat --unlabeled du.lts --threads 1 long.lts -o alias.lts
same '--consistency is --method' vat.lts alias.lts

# ---------------------------------------------------------------- the teacher is the model

ok 'mean-teacher with a checkpoint' ours mean-teacher --checkpoint c.lts -o made.lts
same 'the same bytes' mean-teacher.lts made.lts
for name in conv1.weight bn1.running_mean layer3.2.conv2.weight fc.bias; do
	is "the checkpoint's teacher is the model: $name" "$(show "tensors['ema.$name']" c.lts)" "$(show "tensors['$name']" made.lts)"
	differ "the network that learnt differs: $name" "$(show "tensors['$name']" c.lts)" "$(show "tensors['$name']" made.lts)"
done
ours mean-teacher --ema 0 --checkpoint c0.lts -o ema0.lts
is '--ema 0: the teacher is the network that learns' "$(show 'tensors["conv1.weight"]' ema0.lts)" "$(show 'tensors["conv1.weight"]' c0.lts)"
ok 'mean-teacher --keep best' ours mean-teacher --epochs 8 --keep best --val val.lts --log best.tsv -o best.lts
best=$(column val_balanced best.tsv | awk '$1 > most || NR == 1 { most = $1; at = NR } END { print at }')
is 'its epoch' "$(show 'h["epoch"]' best.lts)" "$best"
is 'its balanced accuracy agrees with eval' \
	"$(lt eval --model best.lts --format tsv val.lts | awk '$1 == "balanced_accuracy" { print $3 }')" \
	"$(column val_balanced best.tsv | sed -n "${best}p")"
ours mean-teacher --val val.lts --log last.tsv -o last.lts
same_weights '--val does not affect the weights' last.lts mean-teacher.lts
is 'the last epoch'\''s accuracy is what eval finds' \
	"$(lt eval --model last.lts --format tsv val.lts | awk '$1 == "accuracy" && $2 == "-" { print $3 }')" \
	"$(column val_accuracy last.tsv | tail -n 1)"
edit 'if kind == "TENS" and meta["name"] == "ema.conv1.weight": keep = False' <c.lts >hurt.lts
fails_with 65 'a checkpoint without a teacher' ours mean-teacher --checkpoint hurt.lts --resume -o bad.out
err_is 'a checkpoint without a teacher, message' "train: hurt.lts: tensor 'ema.conv1.weight' is missing"
edit 'if kind == "TENS" and meta["name"] == "rng.terms": keep = False' <c.lts >hurt.lts
fails_with 65 'a checkpoint without sums' ours mean-teacher --checkpoint hurt.lts --resume -o bad.out
err_is 'a checkpoint without sums, message' "train: hurt.lts: tensor 'rng.terms' is missing"
fails_with 65 'a checkpoint of another method' learn train --epochs 3 --method vat --unlabeled du.lts --checkpoint c.lts --resume long.lts -o bad.out
err_has 'a checkpoint of another method, message' 'c.lts: made with --method=mean-teacher, not --method=vat'

# ---------------------------------------------------------------- with everything else

for method in vat mean-teacher; do
	ok "$method with LDAM-DRS" ours $method --epochs 5 --loss ldam --rule drs --val val.lts --keep best -o ldam.lts
	ok "$method: eval" lt eval --model ldam.lts val.lts
	ok "$method with --init" ours $method --init alone.lts -o init.lts
	other_weights "$method: --init has an effect" init.lts "$method.lts"
	for p in bf16 bf16-fast; do
		ok "$method --precision $p" ours $method --precision $p --threads 1 -o one.lts
		ours $method --precision $p --threads 3 -o three.lts
		same "$method --precision $p: --threads 3, the same bytes" one.lts three.lts
		other_weights "$method --precision $p: other weights" one.lts "$method.lts"
	done
	ok "$method --kernel ref" learn train --steps 2 --method $method --unlabeled du.lts --kernel ref long.lts -o ref.lts
done
lt synth --per-class 2 --classes 3 --size 72 -o large.lts
for method in vat mean-teacher; do
	ok "$method, images of 72 pixels" lt train --epochs 1 --batch 6 --method $method --unlabeled large.lts large.lts -o big.lts
	is "$method, images of 72 pixels: the network" "$(show 'h["arch"]' big.lts)" resnet10
done
fails_with 1 'a loss that is not finite' ours vat --epochs 30 --lr 1e6 --decay 1 -o bad.out
err_has 'a loss that is not finite, message' 'train: training diverged: the '

done_testing
