#!/bin/sh
# Power cuts: at every moment each output is the complete old file or a complete new one, and
# after exit 0 it is the new one.  A training run can be resumed after a cut.
. "$(dirname "$0")/../lib.sh"

python=$(command -v "${PYTHON:-python3}" || command -v python3)
if [ -z "$python" ]; then
	skip 'power cuts' 'no Python'
	done_testing
fi
if [ -n "$LT_SAN" ] || [ ! -r /proc/self/stat ]; then
	tap 0 'power cuts # SKIP the recorder is preloaded, which neither sanitizers nor this system allow'
	done_testing
fi
T=$(pwd -P)

lt synth --per-class 12 --classes 3 --size 8 -o rows.lts
lt split --ratio 2 --max 6 --unlabeled du.lts --unlabeled-factor 1 rows.lts -o few.lts
quick='--arch resnet20 --batch 16 --threads 1'
# shellcheck disable=SC2086 # a list
"$LT_BIN/train" $quick --epochs 1 few.lts -o model.lts

# recorded PROGRAM ARG…: runs in w, which was copied to "before" and is then copied to "after".
recorded() {
	program=$1
	shift
	rm -rf before after record states
	cp -R w before
	(cd w && FAULT_RECORD=$T/record FAULT_DIRECTORY=$T/w LD_PRELOAD=$LT_BUILD/faults/record.so "$LT_BIN/$program" "$@") || return
	cp -R w after
}
replay() { "$python" "$here/../faults/replay.py" "$@"; }

# cut NAME 'OUTPUT…' PROGRAM ARG…: with old outputs in w, and without.
cut() {
	what=$1 outputs=$2
	shift 2
	for had in nothing old; do
		rm -rf w
		mkdir w
		for output in $outputs; do [ $had = nothing ] || cp few.lts "w/$output"; done
		ok "$what over $had: done" recorded "$@"
		# shellcheck disable=SC2086
		ok "$what over $had: each cut leaves whole files" replay record before after states $outputs
		sed 's/^/# /' out
		for lost in sync syncdir; do
			# shellcheck disable=SC2086
			fails_with 3 "$what over $had: without $lost a cut would not" replay --omit $lost record before after none $outputs
		done
		ok "$what over $had: whole streams" sh -c 'find states -name "*.lts" -exec "$LT_BIN/ltcat" --check {} +'
	done
}

cut ltcat 'out.lts' ltcat ../rows.lts -o out.lts
cut ltsplit 'out.lts du.lts val.lts rest.lts manifest' ltsplit --ratio 2 --max 4 --unlabeled du.lts --unlabeled-factor 1 \
	--val val.lts --val-per-class 2 --rest rest.lts --manifest manifest ../rows.lts -o out.lts
cut eval 'out scores.lts predictions' eval --threads 1 --model ../model.lts --scores scores.lts --predictions predictions ../few.lts -o out
cut pseudolabel 'out.lts score' pseudolabel --threads 1 --model ../model.lts --score score ../du.lts -o out.lts

# Training: after a cut, the run is resumed and gives the same bytes.
rm -rf w
mkdir w
# shellcheck disable=SC2086
ok 'train: done' recorded train $quick --epochs 3 --checkpoint c.lts --log log ../few.lts -o out.lts
ok 'train: each cut leaves whole files' replay record before after states c.lts log out.lts
sed 's/^/# /' out
for lost in sync syncdir; do
	fails_with 3 "train: without $lost a cut would not" replay --omit $lost record before after none c.lts log out.lts
done
for state in states/*; do
	# shellcheck disable=SC2086
	ok "train: resumed from $state" "$LT_BIN/train" $quick --epochs 3 --checkpoint "$state/c.lts" --resume \
		--log "$state/log" few.lts -o "$state/out.lts"
	for file in c.lts log out.lts; do same "train: resumed from $state: $file" "$state/$file" "after/$file"; done
done

done_testing
