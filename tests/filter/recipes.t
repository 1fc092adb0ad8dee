#!/bin/sh
# Published recipes: the options that they need, and --recipe with its table.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1

# ---------------------------------------------------------------- schedules

# rates OPTION…: the rates of a run, relative to the first full rate, 0.1.
rates() {
	learn train --log rates.tsv "$@" long.lts -o rates.lts && column rate rates.tsv | awk '{ printf "%.4g ", $1 / 0.1 }'
}
is '--drops and --drop-factor: rates change after these epochs' \
	"$(rates --epochs 6 --warmup 0 --drops 2,4 --drop-factor 0.1)" '1 1 0.1 0.1 0.01 0.01 '
is '--drops 3 of 6: one drop to a hundredth, behind the usual warm-up' "$(rates --epochs 6 --drops 3)" '1 1 1 0.01 0.01 0.01 '
is '--drops none' "$(rates --epochs 3 --drops none)" '1 1 1 '
is '--drop-factor alone is of the usual drops' "$(rates --epochs 5 --drop-factor 0.5)" '1 1 1 1 0.5 '
is '--warmup' "$(rates --epochs 5 --warmup 4 --drops none)" '0.25 0.5 0.75 1 1 '
is '--schedule cosine after a warm-up' "$(rates --epochs 6 --warmup 2 --schedule cosine)" '0.5 1 1 0.8536 0.5 0.1464 '
is '--schedule cosine-early ends with 0' "$(rates --epochs 4 --schedule cosine-early)" '0.8536 0.5 0.1464 0 '
learn train --epochs 4 --drops 1,2 --warmup 0 long.lts -o dropped.lts
is 'they are recorded' "$(show 'sorted(o for o in h["prov"][-1]["opts"] if o[:6] in ("--drop", "--warm"))' dropped.lts)" \
	"['--drops=1,2', '--warmup=0']"
for list in 0,2 2,2 3,2 '2,' ',2' x 1,x '' 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17; do
	fails_with 64 "--drops '$list'" learn train --drops "$list" long.lts
done
fails_with 64 'a drop that no epoch follows' learn train --epochs 4 --drops 2,4 long.lts
fails_with 64 '--drops of a cosine' learn train --epochs 4 --drops 2 --schedule cosine long.lts
fails_with 64 '--drop-factor of a cosine' learn train --epochs 4 --drop-factor 0.1 --schedule cosine long.lts
fails_with 64 'a warm-up that leaves no epoch' learn train --epochs 4 --warmup 4 long.lts

# first EPOCHS OPTION…: the first epoch in which drw holds.
first() { lt train --rule drw --explain --class-counts 9,3 "$@" | sed -n 's/^rule *drw, from epoch \([0-9]* of [0-9]*\) on$/\1/p'; }
is '--defer-epoch' "$(first --epochs 90 --drops 30,60 --defer-epoch 60)" '61 of 90'
is 'drw changes with the first of --drops' "$(first --epochs 90 --drops 30,60)" '31 of 90'
is 'and without drops at 0.8 of the epochs' "$(first --epochs 90 --drops none)" '73 of 90'
learn train --epochs 3 --rule drw --defer-epoch 1 --log deferred.tsv long.lts -o deferred.lts
learn train --epochs 3 --rule drw --defer-epoch 2 --log later.tsv long.lts -o later.lts
is 'the first epoch is the same' "$(column loss deferred.tsv | sed -n 1p)" "$(column loss later.tsv | sed -n 1p)"
differ 'the second is weighed in one of them' "$(column loss deferred.tsv | sed -n 2p)" "$(column loss later.tsv | sed -n 2p)"
fails_with 64 '--defer-epoch without a deferred rule' learn train --defer-epoch 2 long.lts
fails_with 64 '--defer-epoch that no epoch follows' learn train --epochs 3 --rule drs --defer-epoch 3 long.lts
for task in rot jigsaw moco simclr; do
	ok "pretrain-$task: --warmup and --drops" learn pretrain-$task --epochs 3 --warmup 1 --schedule step --drops 2 --log $task.tsv long.lts -o $task.lts
	is "pretrain-$task: its last rate is a hundredth" "$(column rate $task.tsv | awk 'NR == 2 { r = $1 } NR == 3 { print $1 / r }')" 0.01
done

# ---------------------------------------------------------------- initial weights

# deviation TENSOR WANTED FILE: the root mean square of its values, divided by the wanted one.
deviation() { show '"%.1f" % (lambda t: (sum(v * v for v in t) / len(t)) ** .5 / ('"$2"'))(tensors["'"$1"'"])' "$3"; }
lt synth --per-class 1 --classes 30 --size 32 -o large.lts
# With rate 0 the weights do not change.
ok 'resnet10' lt train --arch resnet10 --epochs 1 --batch 32 --lr 0 large.lts -o new.lts
is 'conv1 is Kaiming-normal by fan-out' "$(deviation conv1.weight '(2 / (49 * 64)) ** .5' new.lts)" 1.0
is 'so are a 3x3 convolution and a projection' \
	"$(deviation layer2.0.conv1.weight '(2 / (9 * 128)) ** .5' new.lts) $(deviation layer2.0.downsample.0.weight '(2 / 128) ** .5' new.lts)" '1.0 1.0'
is "the head's weights are uniform in one over the root of 512" "$(deviation fc.weight '(1 / 3 / 512) ** .5' new.lts)" 1.0
is 'and its bias' "$(show 'all(0.9 < max(map(abs, tensors["fc." + p])) * 512 ** .5 <= 1 for p in ("weight", "bias"))' new.lts)" True
learn train --epochs 1 --lr 0 long.lts -o small.lts
is 'a network for small images: the head is Kaiming-normal as before' \
	"$(show 'max(map(abs, tensors["fc.weight"])) > 64 ** -.5 and abs((sum(v * v for v in tensors["conv1.weight"]) / 432) ** .5 - (2 / 27) ** .5) < 0.02' small.lts)" True

# ---------------------------------------------------------------- which epoch is kept

# Long-tailed validation rows: the best accuracy and the best mean recall are in different epochs.
lt synth --split test --per-class 40 --classes 3 --size 8 | lt split --max 20 --ratio 16 -o skewed.lts
best_of() { column "$1" kept.tsv | awk '$1 > best { best = $1; at = NR } END { print at }'; }
kept() { learn train --epochs 12 --warmup 0 --drops none --lr 0.05 --val skewed.lts --log kept.tsv --keep best long.lts "$@"; }
ok '--keep-by accuracy' kept --keep-by accuracy -o accuracy.lts
is 'is the epoch with the best accuracy' "$(show 'h["epoch"]' accuracy.lts)" "$(best_of val_accuracy)"
ok '--keep-by balanced' kept --keep-by balanced -o balanced.lts
is 'is that with the best balanced accuracy' "$(show 'h["epoch"]' balanced.lts)" "$(best_of val_balanced)"
differ 'these are two epochs' "$(best_of val_accuracy)" "$(best_of val_balanced)"
kept -o usual.lts
same_weights 'balanced is the default' usual.lts balanced.lts
fails_with 64 '--keep-by without --keep best' learn train --keep-by accuracy --val val.lts long.lts

# ---------------------------------------------------------------- mean and deviation

norm_of() { show 'h["norm"]["mean"], h["norm"]["std"]' "$1"; }
for prog in train pretrain-rot pretrain-jigsaw pretrain-moco pretrain-simclr; do
	ok "$prog: --norm imagenet" learn $prog --epochs 1 --norm imagenet long.lts -o imagenet.lts
	is "$prog: the model has it" "$(norm_of imagenet.lts)" '([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])'
	is "$prog: and its provenance" "$(show '"--norm=imagenet" in h["prov"][-1]["opts"]' imagenet.lts)" True
done
learn train --epochs 1 --norm half long.lts -o half.lts
is '--norm half' "$(norm_of half.lts)" '([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])'
learn train --epochs 1 --norm 0.5,0.5,0.5/0.5,0.5,0.5 long.lts -o numbers.lts
same_weights 'numbers' numbers.lts half.lts
learn train --epochs 1 long.lts -o measured.lts
other_weights 'it changes what is learnt' half.lts measured.lts
learn train --epochs 1 --init half.lts long.lts -o from.lts
is "without it --init's model is followed" "$(norm_of from.lts)" '([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])'
ok '--norm beside another one of --init' learn train --epochs 1 --init half.lts --norm imagenet long.lts -o from.lts
err_is 'is told' 'train: half.lts: its normalisation differs from --norm imagenet, which is used'
is 'and taken' "$(norm_of from.lts)" '([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])'
learn train --epochs 1 --init imagenet.lts --norm imagenet long.lts -o from.lts 2>said
is 'the same is not' "$(cat said)" ''
for norm in half/half imagenet/1 0.5 0.5,0.5,0.5 0.5,0.5,0.5/ 0.5,0.5/0.5,0.5,0.5 0.5,0.5,0.5/0.5,0.5,0 0.5,0.5,0.5/0.5,0.5,-1 \
	0.5,0.5,0.5/0.5,0.5,0.5/ 0.5,,0.5/1,1,1 nan,0,0/1,1,1 1/2/3 '' /; do
	fails_with 64 "--norm '$norm'" learn train --norm "$norm" long.lts
done
fails_with 64 '--norm of other channels' learn train --norm 0.5/0.5 long.lts

# ---------------------------------------------------------------- mixing every second batch

mixed() { learn train --epochs 2 --augment "$@" long.lts -o mixed.lts && digest mixed.lts; }
for mix in mixup remix cutmix; do
	is "$mix: --mix-probability 0 mixes none" "$(mixed crop-flip,$mix --mix-probability 0)" "$(mixed crop-flip)"
	is "$mix: 1 is the default" "$(mixed crop-flip,$mix --mix-probability 1)" "$(mixed crop-flip,$mix)"
	half=$(mixed crop-flip,$mix --mix-probability 0.5)
	differ "$mix: 0.5 is neither" "$half" "$(mixed crop-flip)"
	differ "$mix: nor this" "$half" "$(mixed crop-flip,$mix)"
done
fails_with 64 '--mix-probability without mixing' learn train --mix-probability 0.5 long.lts

# ---------------------------------------------------------------- puzzles of other crops

for task in rot jigsaw; do
	puzzle() { learn pretrain-$task --epochs 1 long.lts "$@" -o puzzle.lts && digest puzzle.lts; }
	usual=$(puzzle)
	is "$task: crop-flip is the default" "$(puzzle --augment crop-flip)" "$usual"
	crops=$(puzzle --augment resized-crop)
	differ "$task: --augment resized-crop" "$crops" "$usual"
	differ "$task: and jitter" "$(puzzle --augment resized-crop,jitter)" "$crops"
	differ "$task: and blur" "$(puzzle --augment resized-crop,jitter,blur)" "$(puzzle --augment resized-crop,jitter)"
	is "$task: --explain says so" "$(lt pretrain-$task --augment resized-crop,jitter --explain long.lts | sed -n 's/^augment *\([a-z-]*\):.*/\1/p')" resized-crop
	fails_with 64 "$task: mixing" learn pretrain-$task --augment mixup long.lts
	fails_with 64 "$task: a part that does not exist" learn pretrain-$task --augment crop long.lts
done

# ---------------------------------------------------------------- SimCLR's head

ok '--head mlp-norm' learn pretrain-simclr --epochs 3 --warmup 1 --head mlp-norm --checkpoint simclr.ckpt long.lts -o simclr.lts
is 'batch norm in both layers' "$(show 'h["head"], sorted((k, v) for k, v in shapes.items() if k[:2] == "fc")' simclr.lts)" \
	"('mlp', [('fc.0.weight', [64, 64]), ('fc.1.bias', [64]), ('fc.1.weight', [64]), ('fc.3.weight', [128, 64]), ('fc.4.weight', [128])])"
learn pretrain-simclr --epochs 3 --warmup 1 --head mlp-norm --threads 3 long.lts -o threads.lts
same_weights 'for any number of threads' threads.lts simclr.lts
ok 'a finished run is resumed' learn pretrain-simclr --epochs 3 --warmup 1 --head mlp-norm --checkpoint simclr.ckpt --resume long.lts -o again.lts
same_weights 'to the same' again.lts simclr.lts
learn pretrain-simclr --epochs 3 --warmup 1 long.lts -o plain.lts
learn pretrain-simclr --epochs 3 --warmup 1 --head mlp long.lts -o mlp.lts
same_weights 'mlp is the default' mlp.lts plain.lts
other_weights 'it is another head' -fc. simclr.lts plain.lts
ok 'train starts from it' learn train --init simclr.lts --epochs 1 long.lts -o from.lts
fails_with 65 'eval does not take it for a classifier' lt eval --model simclr.lts test.lts

# ---------------------------------------------------------------- second stages

learn train --epochs 4 --lr 0.02 --drops none long.lts -o base.lts
re() { lt retrain --threads 1 --model base.lts "$@"; }
encoder() { show '[(k, v) for k, v in tensors.items() if "fc." not in k and "running" not in k]' "$1"; }
running() { show '[(k, v) for k, v in tensors.items() if "running" in k]' "$1"; }
for method in crt lws; do
	ok "$method by the authors' procedure" re --method $method --procedure authors --batch 8 --epochs 3 -v long.lts -o authors.lts
	is "$method: the rate is an epoch early" "$(sed -n 's/.*rate \([^,]*\), loss.*/\1/p' err | tr '\n' ' ')" '0.15 0.05 0 '
	is "$method: the encoder's weights stay" "$(encoder authors.lts)" "$(encoder base.lts)"
	differ "$method: its running statistics move" "$(running authors.lts)" "$(running base.lts)"
	re --method $method --procedure authors --batch 8 --epochs 3 --threads 3 long.lts -o threads.lts
	same_weights "$method: for any number of threads" threads.lts authors.lts
	re --method $method --epochs 3 --batch 8 long.lts -o frozen.lts
	is "$method: else they stay" "$(running frozen.lts)" "$(running base.lts)"
	re --method $method --procedure frozen --epochs 3 --batch 8 long.lts -o named.lts
	same_weights "$method: which is what frozen says" named.lts frozen.lts
	re --method $method --procedure authors --augment none --batch 8 --epochs 3 long.lts -o plain.lts
	other_weights "$method: images are changed" plain.lts authors.lts
done
# The rate of a single epoch is 0, so the head of crt keeps its initial values, those of a new PyTorch layer.
re --method crt --procedure authors --epochs 1 long.lts -o new.lts
is 'the head begins as a linear layer of PyTorch' "$(show '[0.9 < max(map(abs, tensors["fc." + p])) * 8 <= 1 or (p, max(map(abs, tensors["fc." + p])) * 8) for p in ("weight",)], max(map(abs, tensors["fc.bias"])) * 8 <= 1' new.lts)" '([True], True)'
# Of images that are all alike every batch has the same mean, so that the running one tells of the steps: 28 rows
# are one batch of 28 or of 16, the other 12 left out, and two of 14.
edit 'if kind == "ROWS":
	for col, start, size in places(header, meta["n"], body):
		if col["name"] == "image": body[start:start + size] = bytes([200, 120, 40]) * (size // 3)' <long.lts >alike.lts
mean_after() {
	re --method crt --procedure authors --augment none --epochs 1 --batch "$1" alike.lts -o steps.lts
	show '[round(v, 4) for v in tensors["bn1.running_mean"]]' steps.lts
}
is 'the last partial batch is left out' "$(mean_after 16)" "$(mean_after 28)"
differ 'two batches are two steps' "$(mean_after 14)" "$(mean_after 28)"
ok 'with validation rows' re --method crt --procedure authors --batch 8 --epochs 8 --lr 0.5 --val skewed.lts -v long.lts -o best.lts
best=$(sed -n 's/^retrain: epoch \([0-9]*\): accuracy \([0-9.]*\) on.*/\1 \2/p' err | awk '$2 > best { best = $2; at = $1 } END { print at }')
is 'the epoch with the best accuracy is kept' "$(sed -n 's/^retrain: kept epoch //p' err) $(show 'int(notes[-1]["kept_epoch"])' best.lts)" "$best $best"
is 'and its figure is what eval finds' \
	"$(lt eval --model best.lts --format tsv skewed.lts 2>/dev/null | awk -F '\t' '$1 == "accuracy" && $2 == "-" { printf "%.4f", $3 }')" \
	"$(sed -n "s/^retrain: epoch $best: accuracy \([0-9.]*\) on.*/\1/p" err)"
cat base.lts long.lts | lt retrain --threads 1 --method crt --procedure authors --epochs 2 --batch 8 -o joined.lts
re --method crt --procedure authors --epochs 2 --batch 8 long.lts -o two.lts
same_weights 'the model before the rows on stdin' joined.lts two.lts
lt eval --model base.lts --scores scores.lts long.lts >text 2>&1
fails_with 65 'scores have no images' re --method crt --procedure authors scores.lts
lt synth --per-class 9 --classes 3 --size 16 -o wide.lts
fails_with 65 'images of another size' re --method crt --procedure authors wide.lts
fails_with 64 '--val without the procedure' re --method crt --val val.lts long.lts
fails_with 64 '--augment without the procedure' re --method crt --augment none long.lts
fails_with 64 '--views with it' re --method crt --procedure authors --views 2 long.lts
fails_with 64 'mixing' re --method crt --procedure authors --augment mixup long.lts
fails_with 64 '--procedure of another method' re --method tau --tau 1 --procedure authors

# Label-aware smoothing with a head that learns too; t_second_stage checks the step.
lws() { re --method lws --epochs 2 --batch 14 --lr 0.01 "$@" long.lts -o lws.lts; }
# parallel: for each class, whether the weights are a multiple of the base's.
show 'tensors["fc.weight"]' base.lts >old
parallel() { show '[all(abs(a * q[0] - b * p[0]) < 1e-5 for a, b in zip(p, q)) for w, o in [(tensors["fc.weight"], eval(open("old").read()))] for c in range(3) for p, q in [(w[64 * c:64 * c + 64], o[64 * c:64 * c + 64])]]' lws.lts; }
ok 'lws' lws
is 'its directions stay' "$(parallel)" '[True, True, True]'
plain=$(digest lws.lts)
ok '--loss smoothing' lws --loss smoothing
is 'directions stay' "$(parallel)" '[True, True, True]'
differ 'it is another loss' "$(digest lws.lts)" "$plain"
smooth=$(digest lws.lts)
lws --loss smoothing --smooth-head 0.4 --smooth-tail 0.1
is 'with the defaults of train' "$(digest lws.lts)" "$smooth"
lws --loss smoothing --smooth-head 0 --smooth-tail 0
is 'without smoothing it is cross-entropy' "$(show '[round(v, 5) for v in tensors["fc.weight"]]' lws.lts)" "$(lws && show '[round(v, 5) for v in tensors["fc.weight"]]' lws.lts)"
ok '--head-rate' lws --loss smoothing --smooth-head 0.3 --smooth-tail 0 --head-rate 0.5
is 'directions are learnt' "$(parallel)" '[False, False, False]'
is 'all is recorded' "$(opts_of lws.lts)" \
	'--method=lws --views=1 --epochs=2 --batch=14 --lr=0.01 --decay=0.0005 --head-rate=0.5 --loss=smoothing --smooth-head=0.3 --smooth-tail=0'
ok 'crt by smoothing' re --method crt --loss smoothing --epochs 2 long.lts -o crt.lts
fails_with 64 '--head-rate of crt' re --method crt --head-rate 0.5 long.lts
fails_with 64 '--smooth-head of cross-entropy' re --method crt --smooth-head 0.5 long.lts

# ---------------------------------------------------------------- a recipe as a word

names='yang-xu-cifar yang-xu-svhn imagenet-lt imagenet-lt-moco inaturalist ldam-inaturalist fixmatch'
page=$here/../../man/man7/ltpipe.7
# The settings of a recipe in a program, according to the page and according to --explain.
printed() {
	awk -v recipe="$1" -v program="$2" '
	/^\.Ss / { on = $2 == "Recipes" }
	on && $1 == ".It" && $2 == "Cm" { mine = $3 == recipe; its = 0 }
	on && mine && $1 == ".It" && $2 == "Xr" { its = $3 == program; next }
	/^\.El/ { its = 0 }
	on && mine && its' "$page"
}
explained() {
	case $2 in
	train) set -- "$1" "$2" --class-counts 9,3 ;;
	pretrain-*) set -- "$1" "$2" --batch 8 long.lts ;;
	esac
	recipe=$1 program=$2
	shift 2
	lt "$program" --recipe "$recipe" --explain "$@" >text 2>said || return 1
	is "$recipe, $program: --explain begins with it" "$(sed -n '1s/^recipe  *\([a-z-]*\):.*/\1/p' text)" "$recipe"
	is "$recipe, $program: the manual has what it sets" "$(printed "$recipe" "$program")" "$(sed -n '3s/^ *//p' text)"
}
parts=0
for word in $names; do
	for prog in train retrain pretrain-rot pretrain-moco; do
		if [ -z "$(printed "$word" $prog)" ]; then
			fails_with 64 "$word sets nothing in $prog" lt $prog --recipe "$word" long.lts
			continue
		fi
		parts=$((parts + 1))
		explained "$word" $prog || tap 0 "$word, $prog: --explain"
	done
done
is 'programs with a part in a recipe' $parts 16
is 'these are all recipes' "$(lt train --list-options | sed -n 's/^--recipe - CHOICE //p')" "$names"
is 'and all in the manual' "$(awk '/^\.Ss / { on = $2 == "Recipes" } on && $1 == ".It" && $2 == "Cm" { printf "%s%s", sep, $3; sep = " " }' "$page")" "$names"
fails_with 64 'a recipe that does not exist' lt train --recipe yang-xu long.lts
err_is 'names those that do' "train: --recipe: 'yang-xu' is none of $(echo "$names" | sed 's/ /, /g'); try 'lt train --help'"
fails_with 64 'none for this program' lt pretrain-moco --recipe ldam-inaturalist long.lts
err_is 'says for which it is' 'pretrain-moco: --recipe ldam-inaturalist sets nothing here: it is for train'

small() { lt train --arch resnet20 --batch 8 --threads 1 "$@"; }
small --recipe yang-xu-svhn --epochs 2 long.lts -o word.lts
small --epochs 2 --lr 0.1 --schedule step --momentum 0.9 --decay 0.0002 --augment crop-flip --norm half long.lts -o single.lts
same_weights 'a recipe is its options' word.lts single.lts
is 'provenance has the word and what resulted' "$(opts_of word.lts)" "--recipe=yang-xu-svhn $(opts_of single.lts)"
small --epochs 2 --norm imagenet --recipe yang-xu-svhn long.lts -o before.lts
small --recipe yang-xu-svhn --epochs 2 --norm imagenet long.lts -o after.lts
same 'what is given wins before the word and after it' before.lts after.lts
is 'and is what counts' "$(norm_of after.lts)" '([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])'
small --recipe ldam-inaturalist --epochs 4 --drops 1,2 --defer-epoch 2 long.lts -o ldam.lts
is 'ldam-inaturalist: the margin' "$(opts_of ldam.lts | tr ' ' '\n' | grep -e margin -e rule -e loss -e drop -e defer -e warm | tr '\n' ' ')" \
	'--loss=ldam --rule=drw --margin=0.3 --defer-epoch=2 --drops=1,2 --drop-factor=0.1 --warmup=0 '
small --recipe ldam-inaturalist --epochs 2 --loss ce --rule none --schedule cosine long.lts -o ce.lts
is 'of another loss, rule and schedule their settings are forgotten' "$(opts_of ce.lts | tr ' ' '\n' | grep -e margin -e drop -e defer)" ''
fails_with 64 'drops that no epoch follows are not forgotten' small --recipe ldam-inaturalist --epochs 4 long.lts
is '--explain says what was given' "$(lt train --recipe yang-xu-cifar --epochs 9 --explain --class-counts 9,3 | sed -n '4s/^ *//p')" 'but as given: epochs 9'

# Large images: the recipe's defaults, not the program's, and no fewer keys than the recipe has.
lt synth --per-class 8 --classes 3 --size 72 -o large.lts
ok 'imagenet-lt-moco: pretrain-moco' lt pretrain-moco --recipe imagenet-lt-moco --threads 1 --arch resnet20 --batch 8 --epochs 1 --knn 0 \
	--dim 16 --checkpoint moco.ckpt large.lts -o moco.lts
is 'its queue holds them all' "$(show 'shapes["queue.keys"], tensors["queue.head"], all(abs(sum(v * v for v in tensors["queue.keys"][16 * i:16 * i + 16]) - 1) < 1e-5 for i in (0, 23, 24, 65535))' moco.ckpt)" \
	'([65536, 16], [24], True)'
is 'as many keys as published, whatever the rows' "$(opts_of moco.lts | tr ' ' '\n' | grep queue)" --queue=65536
ok 'train' lt train --recipe imagenet-lt-moco --init moco.lts --batch 8 --epochs 1 --threads 1 large.lts -o ce.lts
err_is 'no rows to keep the best epoch by: a notice' 'train: --recipe imagenet-lt-moco keeps the best epoch by --val FILE; without it the last one is kept'
is "the network is --init's" "$(show 'h["arch"]' ce.lts) $(opts_of ce.lts | tr ' ' '\n' | grep -e arch -e keep -e lr -e sched -e decay -e augment -e norm | tr '\n' ' ')" \
	'resnet20 --keep=last --augment=resized-crop,jitter --arch=resnet20 --lr=0.2 --schedule=cosine-early --decay=0.0005 --norm=imagenet --decay-on=all '
ok 'retrain' lt retrain --recipe imagenet-lt-moco --model ce.lts --batch 8 --epochs 2 --threads 1 large.lts -o crt.lts
is 'crt as published' "$(opts_of crt.lts)" \
	'--recipe=imagenet-lt-moco --method=crt --epochs=2 --batch=8 --lr=0.2 --decay=0.0005 --procedure=authors --augment=resized-crop,jitter'
ok 'another method forgets what it does not have' lt retrain --recipe inaturalist --method tau --tau 1 --model ce.lts -o tau.lts
is 'and records the rest' "$(opts_of tau.lts)" '--recipe=inaturalist --method=tau --tau=1'
ok 'inaturalist: its crops' lt retrain --recipe inaturalist --model ce.lts --batch 8 --epochs 1 --threads 1 large.lts -o crt.lts
is 'have no jitter' "$(opts_of crt.lts | tr ' ' '\n' | grep augment)" --augment=resized-crop

done_testing
