#!/bin/sh
# run.sh mutate|libfuzzer BIN SECONDS SEED|JOBS: what "make fuzz" and "make fuzz-long" run.
#
# Every target BIN/f_NAME starts from tests/fuzz/NAME (inputs made by hand), its corpus
# tests/fuzz/corpus/NAME.tar.gz and tests/attacks.  With libFuzzer, JOBS targets run at a time,
# with limits on time and memory per input; the results are in BIN/..:
#
#	corpus/NAME/    inputs that reach new code
#	crashes/NAME-…  inputs on which a target crashed, took too long or too much memory
#	log/NAME        the output of libFuzzer
#	NAME.tar.gz     the smallest set of inputs with the same coverage, to be
#	                committed as tests/fuzz/corpus/NAME.tar.gz
#
# A line for the table of RESULTS.md is printed for each target.  Exit 1: a target crashed.
#
# Environment: FUZZ_TARGETS, names, by default all; FUZZ_WORK, another directory for the
# results; FUZZ_RUNS, the maximum number of mutations of "mutate" (20000): with the same seed,
# all machines that are fast enough make the same mutations, so that crashes are reproducible.

set -eu
mode=$1 seconds=$3 last=$4
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "$2" && pwd)
work=${FUZZ_WORK:-${bin%/*}}

# Limits per input: seconds, total megabytes, megabytes per allocation.
limits='-timeout=20 -rss_limit_mb=400 -malloc_limit_mb=300 -max_len=65536'

# seeds NAME: the directories that a target starts from.
seeds() {
	echo "$here/../attacks"
	[ ! -d "$here/$1" ] || echo "$here/$1"
	if [ -f "$here/corpus/$1.tar.gz" ]; then
		rm -rf "$work/seeds/$1"
		mkdir -p "$work/seeds/$1"
		tar -xzf "$here/corpus/$1.tar.gz" -C "$work/seeds/$1"
		echo "$work/seeds/$1"
	fi
}

# stat NAME WORD: a number from libFuzzer's final statistics.
stat() {
	sed -n "s/^stat::$2: *//p" "$work/log/$1" | tail -n 1
}

# smallest NAME: merges everything that was found into NAME.tar.gz, the same bytes for the same inputs.
smallest() {
	rm -rf "$work/merged/$1"
	mkdir -p "$work/merged/$1"
	# shellcheck disable=SC2046,SC2086 # lists of words
	(cd "$work/tmp" && "$bin/f_$1" -merge=1 $limits "$work/merged/$1" "$work/corpus/$1" \
		$(seeds "$1")) >"$work/log/$1.merge" 2>&1 || return 1
	(cd "$work/merged/$1" && tar --sort=name --owner=0 --group=0 --numeric-owner --mode=644 \
		--mtime=@0 -cf - -- *) | gzip -9n >"$work/$1.tar.gz"
}

row() {
	edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work/log/$1" | tail -n 1)
	found=$(find "$work/crashes" -name "$1-*" | wc -l)
	kept=$(find "$work/merged/$1" -type f | wc -l)
	echo "| $1 | $(stat "$1" number_of_executed_units) | $seconds | $edges |" \
		"$kept in $(wc -c <"$work/$1.tar.gz") bytes | $found | $(stat "$1" peak_rss_mb) |"
}

# One target by libFuzzer.  Leaves its verdict in $work/verdict/NAME.
fuzz_one() {
	mkdir -p "$work/corpus/$1" "$work/crashes"
	case $1 in encoded | rows | model | resume | sample) set -- "$1" "$here/stream.dict" ;; *) set -- "$1" "$here/$1.dict" ;; esac
	# shellcheck disable=SC2046,SC2086 # lists of words
	if (cd "$work/tmp" && "$bin/f_$1" -max_total_time="$seconds" $limits -print_final_stats=1 \
		-detect_leaks=1 $([ ! -f "$2" ] || echo "-dict=$2") \
		-artifact_prefix="$work/crashes/$1-" "$work/corpus/$1" $(seeds "$1")) \
		>"$work/log/$1" 2>&1 && smallest "$1"; then
		row "$1" && : >"$work/verdict/$1"
	else
		echo "fuzz-long: f_$1: see $work/log/$1 and $work/crashes" >&2
	fi
}

targets=${FUZZ_TARGETS-}
[ -n "$targets" ] || targets=$(cd "$here" && for t in f_*.c; do t=${t#f_}; echo "${t%.c}"; done)

if [ "$mode" = mutate ]; then
	for t in $targets; do
		echo "fuzz: f_$t"
		# shellcheck disable=SC2046 # a list of words
		"$bin/f_$t" --seconds "$seconds" --runs "${FUZZ_RUNS:-20000}" --seed "$last" $(seeds "$t") ||
			exit 1
	done
	exit 0
fi

rm -rf "$work/verdict" "$work/tmp"
mkdir -p "$work/log" "$work/verdict" "$work/tmp"
echo '| target | executions | seconds | edges | corpus | crashes | peak MB |'
echo '| --- | --- | --- | --- | --- | --- | --- |'
running=0
for t in $targets; do
	fuzz_one "$t" &
	running=$((running + 1))
	[ $((running % last)) -ne 0 ] || wait
done
wait
left=$(find "$work/tmp" -type f | wc -l)
[ "$left" -eq 0 ] || echo "fuzz-long: inputs left $left files behind in $work/tmp" >&2
for t in $targets; do
	[ -f "$work/verdict/$t" ] || exit 1
done
[ "$left" -eq 0 ]
