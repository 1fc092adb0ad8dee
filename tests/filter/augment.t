#!/bin/sh
# train --augment: lists of parts, mixing, and what they must not affect.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
augmented() {
	list=$1
	shift
	learn train --epochs 1 --augment "$list" "$@" long.lts
}
weights() { augmented "$@" | digest /dev/stdin; }

# ---------------------------------------------------------------- every part

base=$(learn train --epochs 1 long.lts | digest /dev/stdin)
is 'crop-flip is the default' "$(weights crop-flip)" "$base"
is 'provenance' "$(augmented crop-flip,cutout=3,cutmix --mix-alpha 0.5 | show '[o for o in h["prov"][-1]["opts"] if "aug" in o or "mix" in o]' /dev/stdin)" \
	"['--augment=crop-flip,cutout=3,cutmix', '--mix-alpha=0.5']"
: >seen
for list in crop-flip none moco resized-crop jitter grey blur randaugment autoaugment cutout cutout=2 mixup remix cutmix \
	crop-flip,jitter jitter,crop-flip crop-flip,cutout crop-flip,randaugment randaugment,crop-flip crop-flip,mixup \
	crop-flip,remix crop-flip,cutmix resized-crop,jitter resized-crop,randaugment,cutout,mixup; do
	ok "--augment $list" augmented $list -o $list.lts
	digest $list.lts >>seen
done
is 'no two lists are the same' "$(sort seen | uniq -d)" ''
is 'all weights are finite' "$(show 'all(v - v == 0 for t in tensors.values() for v in t)' resized-crop,randaugment,cutout,mixup.lts)" True
is '--mix-alpha 1 is the default' "$(weights crop-flip,mixup --mix-alpha 1)" "$(digest crop-flip,mixup.lts)"
differ '--mix-alpha has an effect' "$(weights crop-flip,mixup --mix-alpha 0.2)" "$(digest crop-flip,mixup.lts)"
differ 'also above 1' "$(weights crop-flip,mixup --mix-alpha 2)" "$(digest crop-flip,mixup.lts)"

# The classes have 16, 8 and 4 rows: the largest ratio is four.
is 'remix with similar counts is mixup' "$(weights crop-flip,remix --remix-kappa 4.1)" "$(digest crop-flip,mixup.lts)"
is 'remix that gives no share away is mixup' "$(weights crop-flip,remix --remix-tau 0)" "$(digest crop-flip,mixup.lts)"
differ '--remix-kappa 4 finds a pair' "$(weights crop-flip,remix --remix-kappa 4)" "$(digest crop-flip,mixup.lts)"
differ '--remix-kappa has an effect' "$(weights crop-flip,remix --remix-kappa 2)" "$(digest crop-flip,remix.lts)"
differ '--remix-tau has an effect' "$(weights crop-flip,remix --remix-tau 1)" "$(digest crop-flip,remix.lts)"

# The same number of bytes per image.
edit 'if kind == "LTS1":
    for c in meta["cols"]:
        if c["name"] == "image": c["shape"] = [8, 24, 1]' <long.lts >grey.lts
for list in crop-flip,randaugment,cutout,cutmix moco resized-crop,jitter,remix; do
	ok "8×24 pixels of one channel, $list" lt train --arch resnet20 --epochs 1 --augment $list grey.lts -o grey-model.lts
done

# ---------------------------------------------------------------- losses, rules, pseudo-labels

for loss in ce focal ldam; do
	for rule in none resample reweight; do
		for mix in mixup cutmix; do
			ok "$loss, $rule, $mix" augmented $mix --loss $loss --rule $rule --log log.tsv -o mixed.lts
			is "$loss, $rule, $mix: accuracy is a share" "$(column accuracy log.tsv | awk '{ print ($1 >= 0 && $1 <= 1) }')" 1
		done
	done
	differ "$loss: weights apply to mixed images" \
		"$(weights mixup --loss $loss --rule reweight)" "$(weights mixup --loss $loss)"
done
lt pseudolabel --model mixed.lts du.lts -o pseudo.lts
relabel '(y + 1) % 3' <pseudo.lts >wrong.lts
semi() { weights mixup --counts labelled "$@"; }
is 'a label of weight 0 has no effect, mixed or not' \
	"$(semi --omega 0 --unlabeled wrong.lts)" "$(semi --omega 0 --unlabeled pseudo.lts)"
differ 'a label of weight 1 has' "$(semi --omega 1 --unlabeled wrong.lts)" "$(semi --omega 1 --unlabeled pseudo.lts)"

# ---------------------------------------------------------------- threads and breaks

for list in crop-flip,randaugment,cutout,cutmix resized-crop,jitter,mixup; do
	# Three ranges of 16 images a step, and a last batch of 24 rows.
	lt train --arch resnet20 --epochs 2 --batch 48 --threads 1 --augment $list all.lts -o one.lts
	for threads in 2 3; do
		lt train --arch resnet20 --epochs 2 --batch 48 --threads $threads --augment $list all.lts -o more.lts
		same "$list: --threads $threads, the same bytes" one.lts more.lts
	done
	for p in bf16 bf16-fast; do
		ok "$list: $p" lt train --arch resnet20 --epochs 1 --precision $p --augment $list long.lts -o p.lts
	done
done
whole() { learn train --epochs 2 --augment randaugment,cutmix long.lts "$@"; }
whole -o whole.lts
ok 'with a checkpoint' whole --checkpoint c.lts -o made.lts
same 'the same bytes' whole.lts made.lts
fails_with 65 'a checkpoint of another list' learn train --epochs 2 --augment randaugment,mixup --checkpoint c.lts --resume long.lts -o bad.out
err_has 'a checkpoint of another list, message' '--augment=randaugment,cutmix'

# ---------------------------------------------------------------- what cannot be

# wrong NAME LIST MESSAGE
wrong() {
	fails_with 64 "$1" lt train --augment "$2" long.lts -o bad.out
	err_is "$1, message" "train: --augment: $3"
}
all='crop-flip, resized-crop, jitter, grey, blur, randaugment, autoaugment, cutout, mixup, remix, cutmix, none, moco'
wrong 'no such part' crop "'crop' is none of $all"
wrong 'a blank' 'crop-flip, cutout' "' cutout' is none of $all"
wrong 'an empty list' '' 'an empty name in the list'
wrong 'a comma too many' crop-flip, 'an empty name in the list'
wrong 'two mixings' mixup,cutmix 'mixup and cutmix: a batch is mixed once'
wrong 'none with others' crop-flip,none 'none stands alone'
wrong 'others with none' none,cutout 'none stands alone'
wrong 'moco with others' moco,mixup 'moco stands alone'
wrong 'a mixed batch is not cropped' mixup,crop-flip 'crop-flip must come before mixup'
wrong 'nor is a normalised image' cutout,randaugment 'randaugment must come before cutout'
wrong 'a side of 0' cutout=0 "'cutout=0' is not cutout=N with N from 1 to 1024"
wrong 'a number for nothing' jitter=2 'jitter takes no number'
fails_with 64 '--mix-alpha without mixing' lt train --mix-alpha 0.5 long.lts -o bad.out
err_is '--mix-alpha without mixing, message' 'train: --mix-alpha goes with mixup, remix or cutmix in --augment'
for option in --remix-kappa --remix-tau; do
	fails_with 64 "$option without remix" lt train --augment mixup $option 1 long.lts -o bad.out
	err_is "$option without remix, message" 'train: --remix-kappa and --remix-tau go with remix in --augment'
done
fails_with 64 '--mix-alpha 0' lt train --augment mixup --mix-alpha 0 long.lts -o bad.out
fails_with 64 '--remix-kappa below 1' lt train --augment remix --remix-kappa 0.9 long.lts -o bad.out
fails_with 64 '--remix-tau above 1' lt train --augment remix --remix-tau 1.1 long.lts -o bad.out
mkfifo silent
sleep 60 >silent &
sleeper=$!
fails_with 64 'an error before anything is read' timeout 20 "$LT_BIN/train" --augment nonesuch -o bad.out <silent
kill $sleeper
ok 'nothing is left' test ! -e bad.out

done_testing
