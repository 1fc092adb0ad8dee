#!/bin/sh
# Signals and limits: the exit status, at most one line on stderr, and no files left, whatever the
# program is doing and whichever thread gets the signal.
. "$(dirname "$0")/../lib.sh"

lt synth --per-class 8 --classes 3 --size 8 -o rows.lts
quick='--arch resnet20 --batch 8 --threads 1'
# shellcheck disable=SC2086 # a list
"$LT_BIN/train" $quick --epochs 1 rows.lts -o model.lts

# Executes program $p in directory w, with outputs to files there; for use in subshells.
become() {
	cd w || exit 1
	# shellcheck disable=SC2086
	case $p in
	ltcat) exec "$LT_BIN/ltcat" -o out.lts "$@" ;;
	ltsynth) exec "$LT_BIN/ltsynth" -o out.lts ;;
	ltsplit) exec "$LT_BIN/ltsplit" --ratio 2 --max 4 --rest rest.lts -o out.lts "$@" ;;
	eval) exec "$LT_BIN/eval" --threads 1 --model ../model.lts --scores scores.lts -o out "$@" ;;
	pseudolabel) exec "$LT_BIN/pseudolabel" --threads 1 --model ../model.lts -o out.lts "$@" ;;
	*) exec "$LT_BIN/$p" $quick --epochs 1 -o out.lts "$@" ;;
	esac
}

# await COMMAND…: waits until it succeeds, for up to 20 seconds.
await() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 2000 ] || return 1
		sleep 0.01
	done
}
has_temporary() {
	for file in w/.lt-*; do
		[ ! -e "$file" ] || return 0
	done
	return 1
}
# Without /proc the signal may come slightly earlier, which must not matter.
sleeps() { [ ! -r "/proc/$1/stat" ] || [ "$(cut -d' ' -f3 "/proc/$1/stat")" = S ]; }
# Ended, though perhaps still a zombie.
gone() { ! kill -0 "$1" 2>noise || { [ -r "/proc/$1/stat" ] && [ "$(cut -d' ' -f3 "/proc/$1/stat")" = Z ]; }; }
# shellcheck disable=SC2120 # they come through fails_with
limited_size() { (ulimit -f 1 && become "$@"); }
begin() {
	rm -rf w
	mkdir w
}
left() { is "$1: what is left" "$(ls -A w)" "${2-}"; }

# ---------------------------------------------------------------- while input is awaited

mkfifo fifo
half=$(($(wc -c <rows.lts) / 2))
for p in ltcat train pretrain-rot eval pseudolabel; do
	for signal in XCPU:71 TERM:143 HUP:129; do
		begin
		exec 3<>fifo
		(become - <fifo 2>err) &
		pid=$!
		head -c "$half" rows.lts >&3
		await has_temporary || echo "# $p: no temporary file"
		kill "-${signal%:*}" $pid
		wait $pid 2>noise
		is "$p: SIG${signal%:*}" "$?" "${signal#*:}"
		exec 3<&-
		left "$p: SIG${signal%:*}"
		[ "$signal" != XCPU:71 ] || err_is "$p: SIGXCPU, message" "$p: the limit on CPU time is reached"
	done
done

# A signal delivered to a library's thread while the program holds signals back.
if [ -z "$LT_SAN" ]; then
	for p in ltcat ltsplit train eval; do
		begin
		(FAULT_SIGNAL=15 LD_PRELOAD=$LT_BUILD/faults/foreign.so become ../rows.lts) &
		wait $! 2>noise
		is "$p: SIGTERM to another thread" "$?" 143
		left "$p: SIGTERM to another thread"
	done
fi

# ---------------------------------------------------------------- limits

# The unit of ulimit -f is 512 bytes or 1024.
for p in ltcat ltsynth ltsplit train pretrain-rot eval pseudolabel; do
	begin
	fails_with 74 "$p: a limit on file size" limited_size ../rows.lts
	err_has "$p: a limit on file size, message" ': the limit on file size (ulimit -f) is reached: '
	left "$p: a limit on file size"
done
p=ltsplit
begin
# shellcheck disable=SC2119
lt cat rows.lts | (TMPDIR=$T limited_size) 2>err
is 'ltsplit: a limit on the size of its spool' "$?" 74
err_has 'ltsplit: a limit on the size of its spool, message' 'writing a temporary file: the limit on file size'
p=train
for side in checkpoint log; do
	begin
	fails_with 74 "train: a limit on the size of its $side" limited_size "--$side" side -o /dev/null ../rows.lts --epochs 40
	err_has "train: a limit on the size of its $side, message" 'train: side: the limit on file size'
done

# shellcheck disable=SC3045 # not of POSIX, but of every sh
endless() { (ulimit -S -t 1 && become --epochs 100000 ../rows.lts "$@"); }
begin
fails_with 71 'train: a limit on CPU time' endless
err_is 'train: a limit on CPU time, message' 'train: the limit on CPU time is reached'
left 'train: a limit on CPU time'
begin
fails_with 75 'train: a limit on CPU time, with a checkpoint' endless --checkpoint c.lts
err_has 'train: a limit on CPU time, with a checkpoint, message' 'train: the limit on CPU time is reached; stopped at epoch '
left 'train: a limit on CPU time, with a checkpoint' c.lts
ok 'the checkpoint is whole' lt cat --check w/c.lts

# With little memory: success or 71, without delay.  OpenBLAS would start its own threads.
if [ -z "$LT_SAN" ]; then
	for p in train pretrain-moco eval pseudolabel; do
		for room in 150000 250000 350000 450000; do
			begin
			(
				# shellcheck disable=SC3045
				ulimit -v $room && OPENBLAS_NUM_THREADS=2 &&
					export OPENBLAS_NUM_THREADS && become ../rows.lts
			) >out 2>err &
			pid=$!
			await gone $pid || kill -KILL $pid
			wait $pid 2>noise
			code=$?
			case $room:$code in
			*:71)
				err_has "$p: in $room KiB" "$p: out of memory"
				left "$p: in $room KiB"
				;;
			150000:0) tap 1 "$p: in $room KiB" ;;
			*) is "$p: in $room KiB" "$code" 0 ;;
			esac
		done
	done
	ok '--version in 100000 KiB' sh -c 'ulimit -v 100000 && OPENBLAS_NUM_THREADS=2 "$LT_BIN/train" --version'
	ok 'workers with ulimit -s 64' sh -c 'ulimit -s 64 && "$LT_BIN/train" --arch resnet20 --epochs 1 --threads 2 rows.lts -o model2.lts'
fi

# ---------------------------------------------------------------- after the last epoch

# The model is larger than a pipe, and the pipe's reader sleeps.
for signal in TERM XCPU; do
	p=train
	begin
	exec 3<>fifo
	(become --arch resnet32 --checkpoint c.lts -o - ../rows.lts >fifo 2>err) &
	pid=$!
	await test -e w/c.lts
	await sleeps $pid
	kill -$signal $pid
	await gone $pid || kill -KILL $pid
	wait $pid 2>noise
	is "SIG$signal after the last epoch" "$?" 75
	exec 3<&-
	err_is "SIG$signal after the last epoch, message" 'train: stopped after the last epoch; go on with --resume and the same command'
	left "SIG$signal after the last epoch" c.lts
	ok "SIG$signal after the last epoch: resumed" sh -c '"$LT_BIN/train" --arch resnet32 --batch 8 --threads 1 --epochs 1 --checkpoint w/c.lts --resume rows.lts | lt cat --check'
done

done_testing
