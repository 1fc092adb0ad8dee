#!/bin/sh
# methods.sh [METHOD…]: trains each method that learns from unlabelled rows, and bcl, on
# synthetic images, and compares it with its baseline.  The model of each method must differ
# from that of its baseline.  Methods for imbalanced data must have a higher recall on the tail
# (the classes car and boat) than FixMatch; bcl, than labelled rows alone.  Prints one line per
# method; the status is 1 if one fails.  JOBS (2) methods train at a time.
#
# 5 classes of 12 by 12 pixels, the largest 20 times the smallest, four times as many unlabelled
# rows, 300 steps of ResNet-20.
set -u
: "${LT_BIN:?the directory of the programs}"
PATH=$LT_BIN:$PATH
STEPS=${STEPS:-300}
JOBS=${JOBS:-2}
SUPERVISED='vat mean-teacher pi fixmatch bcl'
# darp fits the pseudo-labels to the class distribution of the unlabelled rows, which is
# imbalanced here.
MATCHES='flexmatch freematch softmatch darp'
BALANCED='saw debiaspl simpro cdmad adello abc acr daso cossl logit-adjustment bcl'
# shellcheck disable=SC2086 # lists
[ $# -gt 0 ] || set -- $SUPERVISED $MATCHES ${BALANCED% bcl}
work=$(mktemp -d "${TMPDIR:-/tmp}/methods.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

lt synth -q --per-class 1200 --size 12 --classes 5 |
	lt split -q --ratio 20 --max 200 --unlabeled du.lts --unlabeled-factor 4 -o lt.lts || exit 1
lt synth -q --per-class 100 --size 12 --classes 5 --split test -o test.lts || exit 1

# learn NAME OPTION…: NAME.lts.
learn() {
	name=$1
	shift
	lt train -q --arch resnet20 --seed 1 --threads 1 --batch 32 --steps "$STEPS" --report-every "$STEPS" --lr 0.03 \
		--schedule cosine-7-16 --nesterov --decay 0.0005 lt.lts "$@" -o "$name.lts"
}
learn_as() {
	case $1 in
	supervised) learn supervised ;;
	bcl) learn bcl --method bcl ;;
	logit-adjustment) learn "$1" --method fixmatch --loss "$1" --unlabeled du.lts --unlabeled-batch 32 ;;
	*) learn "$1" --method "$1" --unlabeled du.lts --unlabeled-batch 32 ;;
	esac
}
started=0
for name in supervised fixmatch "$@"; do
	[ "$name" != fixmatch ] || [ $started = 1 ] || continue
	learn_as "$name" &
	started=$((started + 1))
	[ $((started % JOBS)) -ne 0 ] || wait
done
wait

# figures MODEL: balanced accuracy, and the mean recall of the tail.
figures() {
	lt eval -q --model "$1.lts" --format tsv test.lts | awk -F '\t' '
	$1 == "balanced_accuracy" { all = $3 }
	$1 == "accuracy" && ($2 == "car" || $2 == "boat") { tail += $3 / 2 }
	END { printf "%.3f %.3f\n", all, tail }'
}
# The weights without their provenance.
weights() {
	lt cat --safetensors "$1.lts" | tail -c +20000 | cksum
}
in_list() {
	case " $2 " in *" $1 "*) return 0 ;; esac
	return 1
}

bad=0
for name in supervised fixmatch "$@"; do
	[ "$name" != fixmatch ] || [ ! -f seen-fixmatch ] || continue
	: >"seen-$name"
	base=fixmatch said=
	! in_list "$name" "$SUPERVISED" || base=supervised
	[ -f "$name.lts" ] || { echo "$name: not trained"; bad=1; continue; }
	figures "$name" >"$name.figures"
	read -r all tail <"$name.figures"
	if [ "$name" != supervised ]; then
		read -r _ most <"$base.figures"
		[ "$(weights "$name")" != "$(weights $base)" ] || said=" FAILS: the model of $base"
		! in_list "$name" "$BALANCED" || awk -v a="$most" -v b="$tail" 'BEGIN { exit !(b > a) }' ||
			said="$said FAILS: no more of the tail than $base"
	fi
	printf '%-18s balanced %s, tail %s%s\n' "$name" "$all" "$tail" "$said"
	[ -z "$said" ] || bad=1
done
exit $bad
