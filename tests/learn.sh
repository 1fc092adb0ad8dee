# shellcheck shell=sh
# For tests of the learning programs, read by "." after lib.sh: small streams, and functions that
# inspect models.
#
#	learn PROGRAM ARG…    that program with a small network, batches of 8, one thread
#	digest [-PART] FILE…  a line a file: a digest of the network's tensors, without those
#	                      whose names contain PART
#	same_weights NAME [-PART…] A B   two models whose digests are equal
#	other_weights NAME [-PART…] A B  two models whose digests are not
#	differ NAME A B       texts that must not be equal
#	show EXPRESSION FILE  of a stream, see stream_edit.py
#	edit CODE <A >B       a changed stream, see stream_edit.py
#	opts_of FILE          its last program's options, without kernel set and range
#	relabel EXPR <A >B    other labels, see below
#	column NAME FILE      a column of a TSV file, without its heading
#	empty NAME DIRECTORY  checks that nothing was left there
#	cut_at SIGNAL LINES COMMAND…  a command that is sent a signal, see below

if [ -z "$PYTHON" ]; then
	skip "$(basename "$0")" 'no Python with msgpack'
	done_testing
fi

learn() {
	learner=$1
	shift
	"$LT_BIN/$learner" --arch resnet20 --batch 8 --threads 1 "$@"
}
digest() { "$PYTHON" "$here/../stream_edit.py" digest "$@"; }
show() { "$PYTHON" "$here/../stream_edit.py" show "$@"; }
edit() { "$PYTHON" "$here/../stream_edit.py" edit "$@"; }
opts_of() {
	show '" ".join(o for o in h["prov"][-1]["opts"] if not o.startswith(("--kernel=", "--range=")))' "$1"
}
column() {
	awk -F '\t' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "$2"
}

differ() {
	if [ "$2" != "$3" ]; then tap 0 "$1"; else
		tap 1 "$1"
		echo "# both are: $2"
	fi
}

# Both digests by one Python; a file that cannot be read is like no other.
same_weights() {
	name=$1
	shift
	# shellcheck disable=SC2046 # two words
	set -- $(digest "$@")
	is "$name" "${2-the second is no model}" "${1-the first is no model}"
}

other_weights() {
	name=$1
	shift
	# shellcheck disable=SC2046 # two words
	set -- $(digest "$@")
	if [ $# = 2 ]; then differ "$name" "$1" "$2"; else is "$name: digests" "$#" 2; fi
}

empty() {
	is "$1" "$(ls -A "$2")" ""
}

# long.lts: 16, 8 and 4 labelled rows; du.lts: as many with hidden labels; val.lts: 4 a
# class; all.lts: what they were drawn from; test.lts: other rows.
tiny_streams() {
	lt synth --per-class 40 --classes 3 --size 8 -o all.lts &&
		lt split --max 16 --ratio 4 --unlabeled du.lts --unlabeled-factor 1 --val val.lts --val-per-class 4 \
			all.lts -o long.lts &&
		lt synth --split test --per-class 10 --classes 3 --size 8 -o test.lts
}

# relabel EXPRESSION <A >B: sets labels to EXPRESSION, which may use y and the row at + i.
relabel() {
	edit "
meta.pop('class_counts', None) if kind == 'LTS1' else None
for i in range(len(y)):
    y[i] = (lambda y, row: $1)(y[i], at + i)"
}

# cut_at SIGNAL LINES COMMAND…: sends the signal when log.tsv has that many lines.  The command
# runs in the foreground, because shells ignore SIGINT in background commands.
cut_at() {
	(
		signal=$1 lines=$2
		shift 2
		me=$(sh -c 'echo $PPID')
		(
			while kill -0 "$me" && [ "$( (wc -l <log.tsv) 2>/dev/null || echo 0)" -lt "$lines" ]; do sleep 0.01; done
			kill -"$signal" "$me"
		) 2>/dev/null &
		exec "$@"
	)
}
