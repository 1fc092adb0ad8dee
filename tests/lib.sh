# TAP for tests of the programs, read by "." from a script tests/filter/NAME.t.
# $LT_BIN holds the programs.  Each script runs in a directory of its own, $T,
# which is removed at the end.
#
#	ok NAME COMMAND…             passes when the command exits 0
#	fails_with CODE NAME COMMAND…  passes when it exits with exactly CODE, so a crash
#	                             does not pass; its stderr is then in $T/err
#	same NAME FILE FILE          byte for byte
#	is NAME GOT WANT             texts
#	err_is NAME TEXT             $T/err is exactly that one line
#	err_has NAME TEXT            $T/err is one line that contains TEXT
#	skip NAME WHY                a tool is missing; in CI (LT_CI set) a failure
#	done_testing                 prints the plan and exits
#
# A command with a pipe goes through sh: ok NAME sh -c 'lt … | lt …'.
#
# $PYTHON is a Python with msgpack, or empty.  "make check-long" sets LT_LONG: long training tests
# may run.  "make check-san" sets LT_SAN: its programs are several times slower, and training
# tests do less.

set -u
LC_ALL=C
export LC_ALL
: "${LT_BIN:?run by make check}"
PATH=$LT_BIN:$PATH
export PATH
: "${LT_CI=}" "${LT_LONG=}" "${LT_SAN=}"
find_python() {
	for python in "${PYTHON-}" /usr/bin/python3 python3; do
		[ -n "$python" ] && "$python" -c 'import msgpack' 2>/dev/null && echo "$python" && return
	done
}
PYTHON=$(find_python)
export PYTHON
here=$(cd "$(dirname "$0")" && pwd)
T=$(mktemp -d "${TMPDIR:-/tmp}/lt-test.XXXXXX") || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM
cd "$T" || exit 1
count=0
failed=0

# Prints one TAP line; $1 is 0 for a pass.
tap() {
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $2"
	fi
}

ok() {
	name=$1
	shift
	"$@" >"$T/out" 2>"$T/err"
	code=$?
	tap "$code" "$name"
	[ "$code" = 0 ] || { echo "# exit $code: $*"; sed 's/^/# /' "$T/err"; }
}

fails_with() {
	want=$1
	name=$2
	shift 2
	"$@" >"$T/out" 2>"$T/err"
	code=$?
	if [ "$code" = "$want" ]; then tap 0 "$name"; else
		tap 1 "$name"
		echo "# exit $code, want $want: $*"
		sed 's/^/# /' "$T/err"
	fi
}

same() {
	cmp -s "$2" "$3"
	tap $? "$1"
}

is() {
	if [ "$2" = "$3" ]; then tap 0 "$1"; else
		tap 1 "$1"
		printf 'got:  %s\nwant: %s\n' "$2" "$3" | sed 's/^/# /'
	fi
}

err_is() {
	is "$1" "$(cat "$T/err")" "$2"
}

err_has() {
	lines=$(wc -l <"$T/err")
	if [ "$lines" -eq 1 ] && grep -qF -- "$2" "$T/err"; then tap 0 "$1"; else
		tap 1 "$1"
		echo "# want one line with: $2"
		sed 's/^/# /' "$T/err"
	fi
}

skip() {
	if [ -n "$LT_CI" ]; then tap 1 "$1: $2"; else tap 0 "$1 # SKIP $2"; fi
}

done_testing() {
	echo "1..$count"
	[ "$failed" = 0 ]
	exit
}
