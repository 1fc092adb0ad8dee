#!/bin/sh
# kill-resume.sh [N [PROGRAM]]: kills each learning program, or one, with SIGKILL N times (100)
# at random moments, resumes it each time, and compares the final model and log, byte for byte,
# with those of an undisturbed run.  A run has few epochs and is repeated as often as necessary.
# Prints one line per program; RESULTS.md has the latest results.
set -u
: "${LT_BIN:?the directory of the programs}"
wanted=${1:-100}
only=${2:-}
work=$(mktemp -d "${TMPDIR:-/tmp}/kill-resume.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

"$LT_BIN/ltsynth" --per-class 30 --classes 3 --size 8 -o rows.lts || exit 1
"$LT_BIN/ltsynth" --per-class 5 --classes 3 --size 8 --split test -o val.lts || exit 1
failures=0

# Milliseconds from 0 to $1.
random_below() {
	awk -v r="$(od -An -N2 -tu2 /dev/urandom)" -v most="$1" 'BEGIN { printf "%.3f", r / 65536 * most / 1000 }'
}

try() {
	name=$1
	shift
	[ "${only:-$name}" = "$name" ] || return
	set -- "$LT_BIN/$name" --arch resnet20 --epochs 5 --batch 16 --threads 1 "$@" rows.lts
	start=$(date +%s%N)
	"$@" --log whole.tsv -o whole.lts || exit 1
	took=$((($(date +%s%N) - start) / 1000000))
	kills=0 finished=0 wrong=0
	rm -f checkpoint.lts log.tsv made.lts
	while [ $kills -lt "$wanted" ]; do
		# On average in the middle of the remaining run.
		"$@" --checkpoint checkpoint.lts --resume --log log.tsv -o made.lts 2>err &
		pid=$!
		sleep "$(random_below $took)"
		kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
		code=$?
		case $code in
		137) kills=$((kills + 1)) ;;
		0)
			finished=$((finished + 1))
			cmp -s whole.lts made.lts && cmp -s whole.tsv log.tsv || wrong=$((wrong + 1))
			rm -f checkpoint.lts log.tsv made.lts
			;;
		*)
			echo "$name: exit $code: $(cat err)"
			wrong=$((wrong + 1))
			break
			;;
		esac
	done
	"$@" --checkpoint checkpoint.lts --resume --log log.tsv -o made.lts || wrong=$((wrong + 1))
	cmp -s whole.lts made.lts && cmp -s whole.tsv log.tsv || wrong=$((wrong + 1))
	echo "$name: $kills kills, $((finished + 1)) runs finished, $wrong wrong"
	[ $wrong = 0 ] || failures=1
}

try train --loss ldam --rule drw --val val.lts --keep best
try pretrain-rot
try pretrain-jigsaw --grid 3
try pretrain-moco --splits 2 --symmetric --queue 30
try pretrain-simclr
exit $failures
