#!/bin/sh
# Checkpoints: a run that is interrupted anywhere and resumed gives the bytes of a complete run.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
EPOCHS=5

# The procedures, each with the options that give it the most state.
run_mean_teacher() { learn train --epochs $EPOCHS --method mean-teacher --unlabeled du.lts --val val.lts --keep best long.lts "$@"; }
run_self_training() { learn train --epochs $EPOCHS --omega 0.3 --rule drs --unlabeled pseudo.lts long.lts "$@"; }
run_train() { learn train --epochs $EPOCHS --loss ldam --rule drs --val val.lts --keep best long.lts "$@"; }
run_pretrain_rot() { learn pretrain-rot --epochs $EPOCHS long.lts "$@"; }
run_pretrain_jigsaw() { learn pretrain-jigsaw --epochs $EPOCHS --grid 3 --batch 24 long.lts "$@"; }
run_pretrain_moco() { learn pretrain-moco --epochs $EPOCHS --splits 2 --symmetric --queue 50 --knn 5 long.lts "$@"; }
run_pretrain_simclr() { learn pretrain-simclr --epochs $EPOCHS --knn 5 long.lts "$@"; }

learn train --epochs 1 all.lts -o base.lts
lt pseudolabel --model base.lts du.lts -o pseudo.lts
for p in train self_training mean_teacher pretrain_rot pretrain_jigsaw pretrain_moco pretrain_simclr; do
	run=run_$p
	rm -f c.lts log.tsv
	ok "$p: a whole run" $run --log whole.tsv -o whole.lts
	ok "$p: with a checkpoint, which is not there yet" $run --checkpoint c.lts --resume --log log.tsv -o made.lts
	same "$p: the same bytes" whole.lts made.lts
	ok "$p: the checkpoint is a stream" lt cat --check c.lts
	is "$p: and a model" "$(show 'h["kind"], h["epoch"]' c.lts)" "('model', $EPOCHS)"
	fails_with 64 "$p: no run is overwritten" $run --checkpoint c.lts -o none.lts
	err_has "$p: no run is overwritten, message" '--checkpoint c.lts is there already: go on from it with --resume, or remove it'
	ok "$p: resumed after the end" $run --checkpoint c.lts --resume --log log.tsv -o made.lts
	same "$p: the same bytes again" whole.lts made.lts
	same "$p: and the same log" whole.tsv log.tsv
done

# ---------------------------------------------------------------- signals

tiny="--arch resnet20 --batch 8 --threads 1"
for p in train vat mean-teacher flexmatch simpro darp abc acr daso cossl bcl pretrain-rot pretrain-jigsaw pretrain-moco pretrain-simclr; do
	prog=$p many="--epochs 7"
	case $p in
	train) what="--loss vs --rule resample --sampler progressive --augment crop-flip,randaugment,cutout,remix --val val.lts --keep best long.lts" ;;
	vat | mean-teacher | flexmatch | simpro | darp | abc | acr | daso | cossl) prog=train what="--method $p --unlabeled du.lts --unlabeled-batch 5 --val val.lts --keep best long.lts" ;;
	bcl) prog=train what="--method bcl --unlabeled pseudo.lts --val val.lts --keep best long.lts" ;;
	pretrain-rot) what="long.lts" ;;
	pretrain-jigsaw) what="--grid 3 --batch 7 long.lts" ;;
	pretrain-moco) what="--splits 4 --queue 5 long.lts" ;;
	pretrain-simclr) what="--temperature 0.2 long.lts" ;;
	esac
	# shellcheck disable=SC2086 # options without spaces
	"$LT_BIN/$prog" $tiny $many $what --log whole.tsv -o whole.lts
	rm -f c.lts log.tsv made.lts
	codes=
	# Stopped once by each signal.  The program may be faster than the signal: then it begins anew.
	for cut in TERM:1 INT:5 TERM:1 INT:5 TERM:1 INT:5; do
		case $codes in *75*75*) break ;; esac
		# shellcheck disable=SC2086
		cut_at "${cut%:*}" "${cut#*:}" "$LT_BIN/$prog" $tiny $many $what --checkpoint c.lts --resume --log log.tsv -o made.lts 2>cut.err
		code=$?
		codes="$codes $code"
		[ $code = 75 ] || { rm -f c.lts log.tsv made.lts; continue; }
		cp cut.err err
		err_has "$p: cut, message" "$prog: stopped at epoch "
		ok "$p: cut, the checkpoint" lt cat --check c.lts
		ok "$p: cut, no output and no temporary" sh -c '! ls -A | grep -q -e "^made" -e "^\.lt-"'
	done
	case $codes in
	*75*75*) tap 0 "$p: stopped with exit 75:$codes" ;;
	*) tap 1 "$p: stopped with exit 75:$codes" ;;
	esac
	rm -f made.lts
	# shellcheck disable=SC2086
	ok "$p: resumed on other threads" "$LT_BIN/$prog" $tiny $many $what --threads 2 --checkpoint c.lts --resume --log log.tsv -o made.lts
	same "$p: cut and resumed, the same bytes" whole.lts made.lts
	same "$p: cut and resumed, the same log" whole.tsv log.tsv
done

# Every loss, killed once; with rules that change after the kill.  A sanitizer sees each loss in train.t.
losses=$(lt train --list-options | sed -n 's/^--loss - CHOICE //p')
[ -z "$LT_SAN" ] || losses='ce focal'
for loss in $losses; do
	rule=drw
	[ "$loss" != focal ] || rule=drs
	whole() { "$LT_BIN/train" --arch resnet20 --batch 8 --threads 1 --epochs 5 --loss "$loss" --rule $rule long.lts "$@"; }
	whole --log whole.tsv -o whole.lts
	rm -f c.lts log.tsv made.lts
	cut_at KILL 3 "$LT_BIN/train" --arch resnet20 --batch 8 --threads 1 --epochs 5 --loss "$loss" --rule $rule long.lts \
		--checkpoint c.lts --log log.tsv -o made.lts 2>cut.err
	ok "--loss $loss: resumed" whole --checkpoint c.lts --resume --log log.tsv -o made.lts
	same "--loss $loss: the same bytes" whole.lts made.lts
done
rm -f c.lts
ok 'a checkpoint of logit adjustment' learn train --epochs 2 --loss logit-adjustment --checkpoint c.lts long.lts -o made.lts
fails_with 65 'another tau' learn train --epochs 2 --loss logit-adjustment --tau 2 --checkpoint c.lts --resume long.lts -o bad.lts
err_has 'another tau is named' 'made with --tau=1, not --tau=2'
fails_with 65 'another loss' learn train --epochs 2 --loss balanced-softmax --checkpoint c.lts --resume long.lts -o bad.lts
rm -f .lt-* # SIGKILL may leave a temporary

# In bfloat16 too, killed as well as stopped.
precisions='bf16 bf16-fast'
[ -z "$LT_SAN" ] || precisions=bf16
for p in $precisions; do
	what="--precision $p --val val.lts --keep best long.lts"
	case $p in
	bf16) many="--epochs 7" cuts="KILL:2 TERM:4" ;;
	*) many="--arch resnet10 --epochs 3" cuts="KILL:2" ;;
	esac
	# shellcheck disable=SC2086 # options without spaces
	"$LT_BIN/train" $tiny $many $what --log whole.tsv -o whole.lts
	rm -f c.lts log.tsv
	codes=
	for cut in $cuts; do
		rm -f made.lts
		# shellcheck disable=SC2086
		cut_at "${cut%:*}" "${cut#*:}" "$LT_BIN/train" $tiny $many $what --checkpoint c.lts --resume --log log.tsv -o made.lts 2>cut.err
		codes="$codes $?"
	done
	case $codes in
	*75* | *137*) tap 0 "$p: cut, exit$codes" ;;
	*) tap 1 "$p: cut, exit$codes" ;;
	esac
	# shellcheck disable=SC2086
	ok "$p: resumed on other threads" "$LT_BIN/train" $tiny $many $what --threads 2 --checkpoint c.lts --resume --log log.tsv -o made.lts
	same "$p: cut and resumed, the same bytes" whole.lts made.lts
	same "$p: cut and resumed, the same log" whole.tsv log.tsv
done
rm -f .lt-* # SIGKILL may leave a temporary

for signal in TERM:143 INT:130; do
	rm -f log.tsv
	# shellcheck disable=SC2086
	cut_at "${signal%:*}" 2 "$LT_BIN/train" $tiny --epochs 100000 long.lts --log log.tsv -o made2.lts 2>err
	is "SIG${signal%:*} without a checkpoint kills" "$?" "${signal#*:}"
	is "SIG${signal%:*} without a checkpoint: silence" "$(grep -v '^Terminated' err)" ''
	ok "SIG${signal%:*} without a checkpoint: nothing is left" sh -c '! ls -A | grep -q -e "^made2" -e "^\.lt-"'
done

# A program that reads the output of a stopped run fails too.
rm -f c.lts log.tsv
(
	# shellcheck disable=SC2086
	cut_at TERM 2 "$LT_BIN/pretrain-rot" $tiny --epochs 100000 all.lts --checkpoint c.lts --log log.tsv 2>stop.err
	echo $? >code
) | lt cat --check >out 2>err
is 'a stopped run in a pipe: exit 75' "$(cat code)" 75
err_has 'a stopped run in a pipe: the reader knows' 'upstream pretrain-rot failed: stopped at epoch '

# ---------------------------------------------------------------- kill -9

# "make check-long" does a hundred.
kills=2
[ -z "$LT_SAN" ] || kills=1
[ -z "$LT_LONG" ] || kills=100
ok "killed $kills times at random moments, resumed: the same bytes" "$here/../long/kill-resume.sh" $kills
sed 's/^/# /' out

# ---------------------------------------------------------------- another run's checkpoint

rm -f c.lts log.tsv
base() { learn train --epochs 3 --checkpoint c.lts --resume "$@"; }
learn train --epochs 3 --checkpoint c.lts long.lts --log log.tsv -o made.lts
cp c.lts kept.lts
cp log.tsv kept.tsv
refuse() {
	name=$1 text=$2
	shift 2
	fails_with 65 "$name" base --log log.tsv -o refused.lts "$@"
	err_has "$name, message" "$text"
}
refuse '--lr 0.2' 'c.lts: made with --lr=0.1, not --lr=0.2' --lr 0.2 long.lts
refuse '--batch 4' 'c.lts: made with --batch=8, not --batch=4' --batch 4 long.lts
refuse '--epochs 4' 'c.lts: made with --epochs=3, not --epochs=4' --epochs 4 long.lts
refuse '--rule drw' 'c.lts: made with --rule=none, not --rule=drw' --rule drw long.lts
refuse '--seed 1' 'c.lts: made with --seed 0, not 1' --seed 1 long.lts
refuse '--kernel ref' 'c.lts: made with --kernel=' --kernel ref long.lts
refuse '--schedule cosine' 'c.lts: made with --schedule=step, not --schedule=cosine' --schedule cosine long.lts
refuse '--precision bf16' 'c.lts: made with --precision=f32, not --precision=bf16' --precision bf16 long.lts
refuse 'other input' 'c.lts: made from other input' val.lts
refuse 'input in two files' 'c.lts: made from other input' long.lts val.lts
refuse '--val' 'c.lts: made from other input' --val val.lts long.lts
fails_with 65 'a checkpoint of another program' learn pretrain-rot --epochs 3 --checkpoint c.lts --resume long.lts -o refused.lts
err_is 'a checkpoint of another program, message' "pretrain-rot: c.lts: a checkpoint of 'train'"
same 'the checkpoint is as it was' c.lts kept.lts
same 'and so is the log' log.tsv kept.tsv
ok 'nothing else is left' sh -c '! ls -A | grep -q -e "^refused" -e "^\.lt-"'

cp made.lts c.lts
refuse 'a model' 'c.lts: a model, not a checkpoint' long.lts
cp long.lts c.lts
refuse 'rows' 'c.lts: rows, where a model is wanted' long.lts
head -c 100000 kept.lts >c.lts
refuse 'a cut checkpoint' 'c.lts:' long.lts
for at in 30 5000 700000; do
	{ head -c $at kept.lts; printf '\377\000'; tail -c +$((at + 3)) kept.lts; } >c.lts
	refuse "a damaged checkpoint, byte $at" 'c.lts:' long.lts
done
: >c.lts
refuse 'an empty checkpoint' 'c.lts:0: empty input' long.lts
edit 'if kind == "TENS" and meta["name"] == "opt.bn1.bias": keep = False' <kept.lts >c.lts
refuse 'a checkpoint without a tensor' "c.lts: tensor 'opt.bn1.bias' is missing" long.lts
edit 'if kind == "TENS" and meta["name"] == "rng.position": body[0:8] = b"\0\0\0\0\0\0\0\x80"' <kept.lts >c.lts
refuse 'an impossible place' 'c.lts: impossible position' long.lts
cp kept.lts c.lts
ok 'the checkpoint itself' base --log log.tsv -o made2.lts long.lts
same 'gives the same bytes' made.lts made2.lts

fails_with 64 '--resume without --checkpoint' learn train --resume long.lts -o refused.lts
err_has '--resume without --checkpoint, message' '--resume needs --checkpoint FILE'
# A checkpoint is a model for other programs.
ok 'eval reads a checkpoint' lt eval --model kept.lts test.lts
ok '--init reads a checkpoint' learn train --epochs 1 --lr 0 --init kept.lts long.lts -o init.lts
same_weights 'and takes its encoder' -fc. -running_ init.lts kept.lts
fails_with 74 'a checkpoint on a full disk' learn train --epochs 1 --checkpoint /dev/full long.lts -o refused.lts
err_has 'a checkpoint on a full disk, message' 'train: /dev/full: '
ok 'nothing is left then' test ! -e refused.lts

done_testing
