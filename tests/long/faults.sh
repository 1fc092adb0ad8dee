#!/bin/sh
# faults.sh [SCENARIO [OPTION…]]: makes every call of malloc, open, write and the like fail once
# in every program, and every seventh call permanently.  The top of tests/faults/judge.c defines
# violations and options; scenarios.sh there has the commands.  Prints one line per scenario and
# one for all.
set -u
: "${LT_BUILD:?the build tree}" "${LT_BIN:?the directory of the programs}"
faults_dir=$(cd "$(dirname "$0")/../faults" && pwd) || exit 1
if [ ! -x "$LT_BUILD/faults/judge" ]; then
	echo 'not run: there is no LD_PRELOAD here'
	exit 0
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/faults.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
# shellcheck source=/dev/null
. "$faults_dir/scenarios.sh"

fault_inputs || exit 1
{ if [ $# -gt 0 ]; then fault_one "$@"; else fault_all; fi || echo failed; } | tee lines
awk '
	/^failed$/ { bad = 1 }
	/ injected, [0-9]* violated/ { injected += $2; violated += $4 }
	END { printf "all: %d injected, %d violated\n", injected, violated; exit bad }' lines
