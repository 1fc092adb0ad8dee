#!/bin/sh
# methods.sh [METHOD…]: trains with each method that learns from unlabelled rows, on drawn
# pictures, and compares it with its baseline.  Every method must make another model than its
# baseline does, and those for imbalanced data must recall more of the tail (the classes car
# and boat) than FixMatch.  A line a training; status 1 if one fails.
#
# 5 classes of 16 by 16 pixels, the largest 20 times the smallest, four times as many unlabelled
# rows, 400 steps of ResNet-20.
set -u
: "${LT_BIN:?the directory of the programs}"
PATH=$LT_BIN:$PATH
STEPS=${STEPS:-400}
work=$(mktemp -d "${TMPDIR:-/tmp}/methods.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

lt synth -q --per-class 1200 --size 16 --classes 5 |
	lt split -q --ratio 20 --max 200 --unlabeled du.lts --unlabeled-factor 4 -o lt.lts || exit 1
lt synth -q --per-class 100 --size 16 --classes 5 --split test -o test.lts || exit 1

# The last rows of a model's accuracies by class: those of the tail.
tail_of() {
	lt eval -q --model "$1" --format tsv test.lts |
		awk -F '\t' '$1 == "accuracy" && ($2 == "car" || $2 == "boat") { sum += $3 } END { printf "%.3f", sum / 2 }'
}
balanced_of() {
	lt eval -q --model "$1" --format tsv test.lts | awk -F '\t' '$1 == "balanced_accuracy" { printf "%.3f", $3 }'
}

# learn NAME OPTION…: NAME.lts, and a line.
learn() {
	name=$1
	shift
	lt train -q --arch resnet20 --seed 1 --batch 32 --steps "$STEPS" --report-every "$STEPS" --lr 0.03 \
		--schedule cosine-7-16 --nesterov --decay 0.0005 lt.lts "$@" -o "$name.lts" || exit 1
	tail_of "$name.lts" >"$name.tail"
	printf '%-24s balanced %s, tail %s' "$name" "$(balanced_of "$name.lts")" "$(cat "$name.tail")"
}

# What the weights are, without where they came from.
digest() {
	lt cat --safetensors "$1.lts" | tail -c +20000 | cksum
}

bad=0
complain() {
	printf ': FAILS, %s' "$1"
	bad=1
}

# against BASE NAME: another model.  beats BASE NAME: more of the tail.
against() {
	[ "$(digest "$1")" != "$(digest "$2")" ] || complain "the same model as $1"
}
beats() {
	awk -v a="$(cat "$1.tail")" -v b="$(cat "$2.tail")" 'BEGIN { exit !(b > a) }' ||
		complain "no more of the tail than $1"
}

learn supervised
echo
learn fixmatch --method fixmatch --unlabeled du.lts --unlabeled-batch 64
against supervised fixmatch
echo
[ $# -gt 0 ] || set -- vat mean-teacher pi flexmatch freematch softmatch saw debiaspl simpro cdmad adello logit-adjustment
for method; do
	base=fixmatch
	case $method in
	vat | mean-teacher | pi) base=supervised ;;
	esac
	case $method in
	logit-adjustment) learn "$method" --method fixmatch --loss logit-adjustment --unlabeled du.lts --unlabeled-batch 64 ;;
	*) learn "$method" --method "$method" --unlabeled du.lts --unlabeled-batch 64 ;;
	esac
	against $base "$method"
	case $method in
	saw | debiaspl | simpro | cdmad | adello | logit-adjustment) beats $base "$method" ;;
	esac
	echo
done
exit $bad
