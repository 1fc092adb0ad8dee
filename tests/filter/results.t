#!/bin/sh
# The make targets that compare methods, with a dispatcher that only pretends: the stages
# and what they are given, going on after an interruption, other settings, the tables.
. "$(dirname "$0")/../lib.sh"
. "$here/../tree.sh"

# Writes its arguments to the log and makes its outputs.  The accuracy of a report is in
# $ACCURACY; a stage whose output's name ends with $CUT stops and leaves a checkpoint, after
# a second.
fake_project 'echo "$*" >>"$LOG"
[ "$program" != cat ] || { echo "{\"tau\":1.5}"; exit; }
while [ $# -gt 0 ]; do
	case $program:$1 in
	split:--unlabeled | split:--val) echo >"$2" ;;
	*:--checkpoint) checkpoint=$2 ;;
	*:-o) out=$2 ;;
	esac
	shift
done
if [ -n "${CUT-}" ]; then
	case $out in *"$CUT".new) echo >"$checkpoint"; sleep 1.1; exit 75 ;; esac
fi
[ -z "${checkpoint-}" ] || echo >"$checkpoint"
echo >"$out"
[ "$program" != eval ] || printf "metric\tclass\tvalue\tcount\naccuracy\t-\t%s\t80\nmany\t-\t0.75\t24\nmedium\t-\t0.5\t32\nfew\t-\t-\t0\naccuracy\tring\t1\t8\n" "${ACCURACY-0.5}" >"$out"'

goal() {
	"$make" -s -C tree --no-print-directory CC=cc LT=lt "$@"
}
# makes NAME ARG…: its table, if it prints one, is then in table.
makes() {
	name=$1
	shift
	ok "$name" goal "$@"
	cp out table
}
# says NAME TEXT: a line of what the goal that failed has said.
says() {
	cp err said
	ok "$1" grep -qF -- "$2" said
}
# row NAME: of the table, its cells with | between.
row() {
	sed -n "s/^| $1 | //p" table | sed 's/ | /|/g; s/ |$//'
}
# often WORD: how many stages have it.
often() {
	grep -c -e "$1" log
}

# ---------------------------------------------------------------- cifar10

fails_with 2 'no data' goal cifar10
says 'no data, message' 'make cifar10 needs DATA='
: >log
makes 'one seed' -j3 cifar10 DATA=a/images.tar CIFAR_SEEDS=0 CIFAR_FLAGS='--precision bf16'
rows='ce rot-ce ce-drw ce-drs resample rot-resample focal cb-focal ldam ldam-drw rot-ldam-drw balanced-softmax crt tau small-ce small-rot-ce small-du1 small-du50 small-du100 small-du200 small-vat small-mean-teacher'
is 'every row' "$(sed -n 's/^| \([a-z][a-z0-9-]*\) | .*/\1/p' table | grep -vx row | tr '\n' ' ')" "$rows "
is 'its accuracy' "$(row ce)" 'train|50.0|75.0|50.0|-|50.0|0'
is 'two headings' "$(grep -c '^## ' table)" 2
ok 'the command that made it' grep -qx '    make cifar10 DATA=images.tar CIFAR_EPOCHS=20 CIFAR_FLAGS="--precision bf16"' table
is 'what a row is' "$(row rot-ldam-drw | sed 's/|.*//')" 'pretrain-rot, train --loss ldam --rule drw'
is 'learning stages have the flags' "$(grep -E '^(train|pretrain-rot) ' log | grep -vc -e '--epochs 20 --precision bf16 --seed 0')" 0
is 'rotation is learnt once a set' "$(often ^pretrain-rot)" 2
is 'three rows begin with it' "$(often '^train .*--init build/cifar10/s0/rot.lts')" 3
is 'tau is that which validation rows chose' "$(often '^retrain --method tau --tau 1.5 --model build/cifar10/s0/ce.lts')" 1
is 'by a model of another draw' "$(often '^retrain --method tau --tau auto --val build/cifar10/val.lts --model build/cifar10/s0/choose-ce.lts')" 1
is 'pseudo-labels are of the small model' "$(often '^pseudolabel --model build/cifar10/s0/small-ce.lts build/cifar10/du')" 4
is 'unlabelled rows without labels' "$(often '--consistency .*--unlabeled build/cifar10/du100.lts')" 2
ok 'no checkpoint is left' sh -c '! ls tree/build/cifar10/s0 | grep -e checkpoint -e spent'
: >log
makes 'once more' cifar10 DATA=a/images.tar CIFAR_SEEDS=0 CIFAR_FLAGS='--precision bf16'
is 'does nothing' "$(cat log)" ''
ACCURACY=0.53
export ACCURACY
makes 'a second seed of two rows' cifar10 DATA=a/images.tar CIFAR_FLAGS='--precision bf16' CIFAR_ROWS='focal ce'
is 'makes those two' "$(often ^train) $(often ^eval)" '2 2'
is 'their mean and deviation' "$(row focal)" 'train --loss focal|51.5 ± 2.1|75.0 ± 0.0|50.0 ± 0.0|-|50.0 53.0|0'
is 'the others have one' "$(row ldam)" 'train --loss ldam|50.0|75.0|50.0|-|50.0 -|0'
: >log
fails_with 2 'other settings' goal cifar10 DATA=b/images.tar CIFAR_FLAGS='--precision bf16'
says 'other settings, message' 'remove it, or name another directory'
fails_with 2 'fewer epochs' goal cifar10 DATA=a/images.tar CIFAR_FLAGS='--precision bf16' CIFAR_EPOCHS=3
is 'nothing is thrown away' "$(cat log)" ''
makes 'another directory' cifar10 DATA=b/images.tar CIFAR_EPOCHS=3 CIFAR=build/other CIFAR_SEEDS=4 CIFAR_ROWS=ce
is 'with its own table' "$(row ce)" 'train|53.0|75.0|50.0|-|53.0|0'
is 'of what is there' "$(row ldam)" 'train --loss ldam|-|-|-|-|-|-'
rm tree/build/other/s4/ce.lts.seconds
fails_with 2 'a stage without seconds' goal cifar10-table DATA=b/images.tar CIFAR_EPOCHS=3 CIFAR=build/other CIFAR_SEEDS=4
says 'a stage without seconds, message' 's4/ce.lts.seconds: missing or empty'

# A stage that is cut goes on, and its seconds are of both parts.
one='cifar10 DATA=b/images.tar CIFAR_EPOCHS=3 CIFAR=build/cut CIFAR_SEEDS=0 CIFAR_ROWS=ce'
CUT=ce.lts
export CUT
# shellcheck disable=SC2086 # words
fails_with 2 'a stage that is cut' goal $one
ok 'leaves its checkpoint and the seconds so far' test -s tree/build/cut/s0/ce.lts.spent -a -f tree/build/cut/s0/ce.lts.checkpoint
echo 40 >tree/build/cut/s0/ce.lts.spent
# shellcheck disable=SC2086
fails_with 2 'and once more' goal $one
is 'they add up' "$(($(cat tree/build/cut/s0/ce.lts.spent) > 40))" 1
CUT=
: >log
# shellcheck disable=SC2086
makes 'the next one goes on there' $one
is 'with the checkpoint' "$(sed -n 's/^train .*\(--checkpoint.*--resume\).*/\1/p' log)" '--checkpoint build/cut/s0/ce.lts.checkpoint --resume'
is 'and has all seconds' "$(($(cat tree/build/cut/s0/ce.lts.seconds) > 40))" 1
rm tree/build/cut/s0/ce.lts
echo 99 >tree/build/cut/s0/ce.lts.spent
# shellcheck disable=SC2086
makes 'seconds without their checkpoint' $one
is 'are of nothing' "$(($(cat tree/build/cut/s0/ce.lts.seconds) < 99))" 1

# ---------------------------------------------------------------- selftrain

: >log
makes 'selftrain' selftrain SELF_SEEDS='0 1'
is 'every row' "$(sed -n 's/^| \([a-z][a-z0-9.-]*\) | .*/\1/p' table | grep -vx row | tr '\n' ' ')" \
	'base du0.5 du1 du5 du10 generation2 generation3 half half-du5 '
is 'amounts' "$(sed -n 's/^split .*--unlabeled-factor \([0-9.]*\) .*/\1/p' log | sort -n | tr '\n' ' ')" '0.5 1 5 10 '
is 'half of the labelled rows' "$(often '^split --max 250 ')" 1
is 'a generation is labelled by the one before' "$(sed -n 's/^pseudolabel --model \(build.selftrain.s1.generation[0-9]\.lts build[^ ]*\).*-o \(.*\)\.new/\1 \2/p' log | tr '\n' ';')" \
	'build/selftrain/s1/generation1.lts build/selftrain/unlabeled5.lts build/selftrain/s1/labels2.lts;build/selftrain/s1/generation2.lts build/selftrain/unlabeled5.lts build/selftrain/s1/labels3.lts;'
is 'and learnt with the same labelled rows' "$(often '^train --unlabeled build/selftrain/s1/labels3.lts .* build/selftrain/labelled5.lts')" 1
is 'half of the labels has the same unlabelled rows' "$(often '^train --unlabeled build/selftrain/s0/half-pseudo.lts .* build/selftrain/half.lts')" 1
: >log
makes 'once more' selftrain SELF_SEEDS='0 1'
is 'does nothing' "$(cat log)" ''
makes 'of an archive' selftrain SELF=build/own SELF_DATA=a/images.tar SELF_MAX=450
is 'no pool is drawn' "$(often '^synth') $(often '--pool')" '0 0'
is 'one archive serves both' "$(often '^split --max 450 --ratio 50 --unlabeled-factor 10 --unlabeled-ratio 50 --unlabeled build/own/unlabeled10.lts build/own/all.lts')" 1

done_testing
