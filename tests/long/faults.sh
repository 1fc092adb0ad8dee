#!/bin/sh
# faults.sh [SCENARIO [OPTION…]]: lets every call of malloc, open, write and the like fail
# in every program, once each, and every seventh from there on for ever; see the top of
# tests/faults/judge.c for what is counted as violated and for the options, and scenarios.sh
# beside it for the commands.  Prints a line a scenario and one for all.
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
