#!/bin/sh
# Every program with failing calls: no memory, no thread, a full or broken disk.  Two calls of each
# kind fail in the first scenario of a program and one in its others, in each scenario at another
# place; tests/long/faults.sh makes every call fail.
. "$(dirname "$0")/../lib.sh"

faults_dir=$here/../faults
if [ ! -x "${LT_BUILD:?run by make check}/faults/judge" ]; then
	tap 0 'faults # SKIP needs LD_PRELOAD, without sanitizers'
	done_testing
fi
. "$faults_dir/scenarios.sh"

fault_inputs || exit 1
# The first word of a scenario's name is its program.
begun=
for scenario in $(scenarios | cut -d ' ' -f 1); do
	runs=1
	case "$begun " in
	*" ${scenario%%-*} "*) ;;
	*) runs=2 begun="$begun ${scenario%%-*}" ;;
	esac
	fault_one "$scenario" -n $runs >"$T/out" 2>&1
	tap $? "$scenario"
	sed 's/^/# /' "$T/out"
done
done_testing
