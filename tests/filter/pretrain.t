#!/bin/sh
# pretrain-rot, pretrain-jigsaw, pretrain-moco and pretrain-simclr: encoders from images without labels.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
lt synth --per-class 20 --classes 3 --size 8 -o all.lts
relabel '(7 * row + 3) % 3' <all.lts >permuted.lts
relabel -1 <all.lts >unlabelled.lts
relabel '-1 if row % 2 else y' <all.lts >half.lts
lt cat --drop y all.lts -o without.lts

rot() { learn pretrain-rot "$@"; }
jigsaw() { learn pretrain-jigsaw "$@"; }
moco() { learn pretrain-moco --splits 2 "$@"; }
simclr() { learn pretrain-simclr "$@"; }
# Two ranges of 16 images per step, so that there is work for several threads.
wide() { $p --epochs 1 --batch 24 "$@"; }

# ---------------------------------------------------------------- all

learn train --epochs 1 --lr 0 long.lts -o scratch.lts
for p in rot jigsaw moco simclr; do
	ok "$p" wide all.lts -o t1.lts
	cp t1.lts $p-f32.lts
	for threads in 3 8; do
		wide --threads $threads all.lts -o t$threads.lts
		same "$p: --threads $threads, the same bytes" t1.lts t$threads.lts
	done
	wide <all.lts >again.lts
	same "$p: from stdin, the same bytes" t1.lts again.lts
	wide --seed 1 all.lts -o seed.lts
	other_weights "$p: another seed, other weights" t1.lts seed.lts
	# The labels of the rows do not affect the weights, nor does their absence.
	for rows in permuted half unlabelled without; do
		ok "$p: $rows" wide $rows.lts -o other.lts
		same_weights "$p: $rows labels, the same weights" other.lts t1.lts
	done
	wide du.lts -o hidden.lts
	lt cat --drop y_true du.lts | wide -o dropped.lts
	same_weights "$p: a hidden truth is not read" hidden.lts dropped.lts
	is "$p: a model without classes" "$(show 'h["kind"], h.get("classes") or [], h["arch"], h["input"], h["epoch"]' t1.lts)" \
		"('model', [], 'resnet20', [8, 8, 3], 1)"
	is "$p: no class counts" "$(show '[k for k in h if k.endswith("_counts")]' t1.lts)" '[]'
	is "$p: provenance" "$(show '[x["prog"] for x in h["prov"]], h["prov"][-1]["in"]' t1.lts)" \
		"(['ltsynth', 'pretrain-$p'], [['data', 0]])"
	ok "$p: train takes the encoder, rate 0" learn train --epochs 1 --lr 0 --init t1.lts long.lts -o still.lts
	same_weights "$p: all of it but the head" -fc. -running_ still.lts t1.lts
	other_weights "$p: without it the weights are others" -fc. -running_ scratch.lts t1.lts
done

for p in rot jigsaw moco simclr; do
	for precision in bf16 bf16-fast; do
		ok "$p: --precision $precision" wide --precision $precision all.lts -o $precision.lts
		wide --precision $precision --threads 3 all.lts -o t3.lts
		same "$p: $precision, --threads 3, the same bytes" $precision.lts t3.lts
		other_weights "$p: $precision, other weights than float32's" "$precision.lts" "$p-f32.lts"
	done
done

# The defaults of two programs fit together, for small images and for large ones.
lt synth --per-class 4 --classes 2 --size 32 -o small.lts
for p in rot jigsaw moco simclr; do
	ok "$p: an encoder of the defaults" lt pretrain-$p --epochs 1 --batch 8 small.lts -o small-encoder.lts
	ok "$p: is one for train's" lt train --epochs 1 --init small-encoder.lts small.lts -o small-model.lts
	is "$p: and the same network" "$(show 'h["arch"]' small-encoder.lts) $(show 'h["arch"]' small-model.lts)" 'resnet32 resnet32'
done

# Large images have other defaults.
lt synth --per-class 4 --classes 2 --size 68 -o large.lts
lt pretrain-rot --epochs 1 large.lts -o large-model.lts
is 'rotation: large images' "$(show 'h["arch"]' large-model.lts) $(opts_of large-model.lts)" \
	'resnet10 --augment=crop-flip --arch=resnet10 --epochs=1 --batch=128 --lr=0.1 --schedule=step --momentum=0.9 --decay=0.0002 --precision=f32'
lt pretrain-jigsaw --epochs 1 large.lts -o large-model.lts
is 'jigsaw: large images' "$(show 'h["num_classes"]' large-model.lts) $(opts_of large-model.lts)" \
	'100 --grid=3 --augment=crop-flip --arch=resnet10 --epochs=1 --batch=128 --lr=0.1 --schedule=step --momentum=0.9 --decay=0.0002 --precision=f32'
ok 'MoCo: large images' lt pretrain-moco --batch 8 --epochs 1 large.lts -o large-model.lts
is 'MoCo: defaults for them' "$(show 'h["arch"]' large-model.lts) $(opts_of large-model.lts)" \
	'resnet10 --queue=4 --key-momentum=0.999 --temperature=0.2 --dim=128 --splits=8 --crop-area=0.2 --blur=on --knn=200 --arch=resnet10 --epochs=1 --batch=8 --lr=0.015 --schedule=cosine --momentum=0.9 --decay=0.0001 --precision=f32'
lt pretrain-moco --batch 8 --epochs 1 --arch resnet20 --dim 16 --queue 65536 --key-momentum 0.99 --temperature 0.1 --crop-area 0.08 --decay 0.0005 large.lts -o given.lts
is 'MoCo: what is given wins' "$(opts_of given.lts)" \
	'--queue=65536 --key-momentum=0.99 --temperature=0.1 --dim=16 --splits=8 --crop-area=0.08 --blur=on --knn=200 --arch=resnet20 --epochs=1 --batch=8 --lr=0.015 --schedule=cosine --momentum=0.9 --decay=0.0005 --precision=f32'
ok 'SimCLR: large images' lt pretrain-simclr --batch 8 --epochs 1 large.lts -o large-simclr.lts
is 'SimCLR: defaults for them' "$(opts_of large-simclr.lts)" \
	'--temperature=0.1 --dim=128 --crop-area=0.08 --blur=on --knn=200 --arch=resnet10 --epochs=1 --batch=8 --lr=0.06 --schedule=cosine --momentum=0.9 --decay=0.0001 --precision=f32'
ok 'train takes an encoder for large images' lt train --epochs 1 --init large-model.lts large.lts -o tuned.lts

# ---------------------------------------------------------------- rotation

is 'rotation: a head of four' "$(rot --epochs 1 long.lts | show 'h["num_classes"], h["head"], shapes["fc.weight"]' /dev/stdin)" \
	"(4, 'linear', [4, 64])"
ok 'rotation: --log' rot --epochs 3 --log rot.tsv long.lts -o rot.lts
is 'rotation: its columns' "$(head -n 1 rot.tsv | tr '\t' ' ')" 'epoch rate loss rotation_accuracy'
is 'rotation: notes hold the same' "$(show '[n["rotation_accuracy"] for n in notes]' rot.lts | tr -d '[],')" \
	"$(column rotation_accuracy rot.tsv | tr '\n' ' ' | sed 's/ $//')"
ok 'rotation: with -v a line an epoch' sh -c '"$LT_BIN/pretrain-rot" --arch resnet20 --epochs 2 -v long.lts 2>&1 >rot.lts | grep -c "^pretrain-rot: epoch . of 2: rate 0[.01]*1, loss .*, rotation_accuracy " | grep -qx 2'
ok 'rotation: an odd batch' rot --epochs 1 --batch 5 long.lts -o odd.lts
# 28 = 3 × 9 + 1: a last batch of one image.
ok 'rotation: a batch of one image' rot --epochs 1 --batch 9 long.lts -o odd.lts
ok 'rotation: more rows a batch than there are' rot --epochs 1 --batch 100 long.lts -o odd.lts
# The task can be learnt: objects are upright.
if [ -n "$LT_LONG" ]; then
	lt synth --per-class 100 --classes 3 --size 16 -o upright.lts
	lt pretrain-rot --arch resnet20 --epochs 20 --batch 16 --lr 0.05 --log upright.tsv upright.lts -o odd.lts
	is 'rotation: better than chance' "$(column rotation_accuracy upright.tsv | awk 'END { print ($1 > 0.3) }')" 1
fi

# ---------------------------------------------------------------- jigsaw

for grid in 2 3; do
	classes=24
	[ $grid = 2 ] || classes=100
	ok "jigsaw: --grid $grid" jigsaw --grid $grid --epochs 1 --batch 24 all.lts -o grid$grid.lts
	is "jigsaw: --grid $grid, its head" "$(show 'h["num_classes"], h["head"], shapes["fc.weight"]' grid$grid.lts)" \
		"($classes, 'linear', [$classes, 64])"
	jigsaw --grid $grid --epochs 1 --batch 24 --threads 3 all.lts -o t3.lts
	same "jigsaw: --grid $grid, --threads 3, the same bytes" grid$grid.lts t3.lts
done
other_weights 'jigsaw: grids differ' -fc. grid2.lts grid3.lts
jigsaw --epochs 1 --batch 24 all.lts -o default.lts
same 'jigsaw: --grid 2 is the default' grid2.lts default.lts
ok 'jigsaw: --log' jigsaw --epochs 3 --log jigsaw.tsv long.lts -o jigsaw.lts
is 'jigsaw: its columns' "$(head -n 1 jigsaw.tsv | tr '\t' ' ')" 'epoch rate loss jigsaw_accuracy'
is 'jigsaw: notes hold the same' "$(show '" ".join("%.9f" % n["jigsaw_accuracy"] for n in notes)' jigsaw.lts) " \
	"$(column jigsaw_accuracy jigsaw.tsv | awk '{ printf "%.9f ", $1 }')"
for batch in 1 5 9 100; do
	ok "jigsaw: a batch of $batch" jigsaw --grid 3 --epochs 1 --batch $batch long.lts -o odd.lts
done
for grid in 1 4 2.5 two; do
	fails_with 64 "jigsaw: --grid $grid" jigsaw --grid $grid all.lts
	err_has "jigsaw: --grid $grid, message" "pretrain-jigsaw: --grid: '$grid' is not a whole number from 2 to 3"
done
fails_with 64 'rotation has no --grid' rot --grid 2 all.lts

# ---------------------------------------------------------------- MoCo

ok 'MoCo: --log' moco --epochs 4 --log moco.tsv all.lts -o moco.lts
is 'MoCo: its columns' "$(head -n 1 moco.tsv | tr '\t' ' ')" 'epoch rate loss contrast_accuracy knn_accuracy'
# rate (1 + cos(pi (e - 1) / E)) / 2
is 'MoCo: the rate is a cosine' "$(column rate moco.tsv | awk '{ printf "%.5f ", $1 / 0.015 }')" '1.00000 0.85355 0.50000 0.14645 '
is 'MoCo: the kNN accuracy is a note' "$(show '[n["knn_accuracy"] for n in notes]' moco.lts | tr -d '[],')" \
	"$(column knn_accuracy moco.tsv | tr '\n' ' ' | sed 's/ $//')"
for rows in unlabelled without; do
	moco --epochs 1 $rows.lts -o none.lts
	is "MoCo: $rows rows, no kNN accuracy" "$(show '[k for n in notes for k in n]' none.lts)" \
		"['epoch', 'rate', 'loss', 'contrast_accuracy']"
done
moco --epochs 1 --knn 0 all.lts -o none.lts
is 'MoCo: --knn 0' "$(show '[k for n in notes for k in n]' none.lts)" "['epoch', 'rate', 'loss', 'contrast_accuracy']"
moco --epochs 1 all.lts -o one.lts
same_weights 'MoCo: the report changes no weight' none.lts one.lts
is 'MoCo: an MLP head' "$(show 'h["head"], h["num_classes"], shapes["fc.0.weight"], shapes["fc.2.weight"]' moco.lts)" \
	"('mlp', 128, [64, 64], [128, 64])"
is 'MoCo: the queue is half the rows' "$(show '[o for o in h["prov"][-1]["opts"] if "queue" in o]' moco.lts)" "['--queue=30']"

# choices PROGRAM OPTION…: one epoch of 60 rows with each of these; every choice runs, and all differ.
choices() {
	program=$1
	shift
	rm -f choice-*
	$program --epochs 1 all.lts -o choice-0.lts
	for option in "$@"; do
		# shellcheck disable=SC2086
		ok "$program: $option" $program --epochs 1 $option all.lts -o "choice-$(find . -name 'choice-*' | wc -l | tr -d ' ').lts"
	done
	is "$program: the weights of all choices" "$(digest -fc. choice-*.lts | sort -u | wc -l | tr -d ' ')" $(($# + 1))
	for choice in choice-*.lts; do
		show 'all(v - v == 0 for t in tensors.values() for v in t)' "$choice"
	done | sort -u >numbers
	is "$program: all weights are numbers" "$(cat numbers)" True
}
choices moco '--symmetric' '--blur on' '--crop-area 0.2' '--crop-area 1' '--splits 1' '--splits 4' '--splits 8' '--dim 16' '--temperature 0.5' \
	'--key-momentum 0.5' '--queue 1' '--queue 3' '--queue 8' '--queue 31' '--queue 1000' '--queue 3 --symmetric' \
	'--batch 7' '--batch 17' '--batch 1 --splits 1' '--batch 59 --splits 3' '--batch 60 --splits 7'
fails_with 64 'MoCo: more splits than rows in a batch' moco --splits 9 all.lts
fails_with 65 'MoCo: fewer rows than a batch' moco --batch 200 all.lts
err_has 'MoCo: fewer rows than a batch, message' '60 rows are fewer than --batch 200'

# ---------------------------------------------------------------- SimCLR

ok 'SimCLR: --log' simclr --epochs 4 --log simclr.tsv all.lts -o simclr.lts
is 'SimCLR: its columns' "$(head -n 1 simclr.tsv | tr '\t' ' ')" 'epoch rate loss contrast_accuracy knn_accuracy'
is 'SimCLR: the rate is a cosine' "$(column rate simclr.tsv | awk '{ printf "%.5f ", $1 / 0.06 }')" '1.00000 0.85355 0.50000 0.14645 '
# 16 views: the loss of guessing is log 15.
is 'SimCLR: the loss is about that of guessing at first' "$(column loss simclr.tsv | awk 'NR == 1 { print ($1 > 2 && $1 < 3) }')" 1
is 'SimCLR: the kNN accuracy is a note' "$(show '[n["knn_accuracy"] for n in notes]' simclr.lts | tr -d '[],')" \
	"$(column knn_accuracy simclr.tsv | tr '\n' ' ' | sed 's/ $//')"
for rows in unlabelled without; do
	simclr --epochs 1 $rows.lts -o none.lts
	is "SimCLR: $rows rows, no kNN accuracy" "$(show '[k for n in notes for k in n]' none.lts)" \
		"['epoch', 'rate', 'loss', 'contrast_accuracy']"
done
simclr --epochs 1 all.lts -o one.lts
simclr --epochs 1 --knn 0 all.lts -o none.lts
same_weights 'SimCLR: the report changes no weight' none.lts one.lts
is 'SimCLR: an MLP head' "$(show 'h["head"], h["num_classes"], shapes["fc.0.weight"], shapes["fc.2.weight"]' simclr.lts)" \
	"('mlp', 128, [64, 64], [128, 64])"
choices simclr '--blur on' '--dim 16' '--temperature 0.1' '--batch 2' '--batch 7' '--batch 59' '--batch 60' '--decay 0.1'
fails_with 64 'SimCLR: one row a batch' simclr --batch 1 all.lts
err_has 'SimCLR: one row a batch, message' '--batch 1 leaves no other image to contrast with: at least 2'
fails_with 64 'SimCLR: no temperature' simclr --temperature 0 all.lts
fails_with 64 'SimCLR: a temperature that is no number' simclr --temperature nan all.lts
fails_with 64 'SimCLR has no --queue' simclr --queue 8 all.lts
# Before memory for such a batch is allocated.
fails_with 65 'SimCLR: fewer rows than a batch' simclr --batch 65536 all.lts
err_has 'SimCLR: fewer rows than a batch, message' '60 rows are fewer than --batch 65536'
fails_with 65 'SimCLR: fewer rows than a batch of 200' simclr --batch 200 all.lts
err_has 'SimCLR: fewer rows than a batch of 200, message' '60 rows are fewer than --batch 200'

# Rows whose classes alternate: a report on every fifth row would cover only two of ten classes.
lt synth --per-class 30 --classes 10 --size 8 -o turns.lts
for p in moco simclr; do
	$p --epochs 1 --batch 32 turns.lts -o turns-model.lts
	is "$p: the kNN accuracy of classes in turn" "$(show 'notes[0]["knn_accuracy"] > 0' turns-model.lts)" True
done

# ---------------------------------------------------------------- what cannot be

fails_with 65 'rotation: no rows' sh -c 'lt cat --slice 0:0 all.lts | lt pretrain-rot'
fails_with 65 'jigsaw: no rows' sh -c 'lt cat --slice 0:0 all.lts | lt pretrain-jigsaw'
err_has 'jigsaw: no rows, message' 'no rows to learn from'
fails_with 65 'MoCo: no rows' sh -c 'lt cat --slice 0:0 all.lts | lt pretrain-moco'
fails_with 65 'rotation: a model' rot rot.lts
err_has 'rotation: a model, message' 'pretrain-rot: rot.lts:'
fails_with 65 'SimCLR: no rows' sh -c 'lt cat --slice 0:0 all.lts | lt pretrain-simclr'
edit 'if kind == "LTS1":
    for c in meta["cols"]:
        if c["name"] == "image": c["shape"] = [4, 16, 3]' <all.lts >oblong.lts
fails_with 65 'rotation: images that are not square' rot oblong.lts
err_has 'rotation: images that are not square, message' 'rotation needs square ones'
ok 'jigsaw: images that are not square' jigsaw --epochs 1 oblong.lts -o oblong-model.lts
fails_with 65 'jigsaw: images too small for nine tiles' jigsaw --grid 3 oblong.lts
err_has 'jigsaw: images too small for nine tiles, message' 'images of 4×16 pixels: too small for --grid 3'
ok 'SimCLR: images that are not square' simclr --epochs 1 oblong.lts -o oblong-model.lts
ok 'MoCo: images that are not square' moco --epochs 1 oblong.lts -o oblong-model.lts
for p in rot jigsaw moco simclr; do
	(learn pretrain-$p --epochs 100000 all.lts 2>noise; echo $? >code) | true
	is "$p: a reader that leaves" "$(cat code) $(cat noise)" '141 '
done

done_testing
