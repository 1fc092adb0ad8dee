#!/bin/sh
# Every program with failing calls: no memory, no thread, a full or broken disk.  A few calls of
# each kind fail in each scenario; tests/long/faults.sh makes each of them fail.
. "$(dirname "$0")/../lib.sh"

faults_dir=$here/../faults
if [ ! -x "${LT_BUILD:?run by make check}/faults/judge" ]; then
	tap 0 'faults # SKIP needs LD_PRELOAD, without sanitizers'
	done_testing
fi
. "$faults_dir/scenarios.sh"

fault_inputs || exit 1
for scenario in $(scenarios | cut -d ' ' -f 1); do
	fault_one "$scenario" -n 2 >"$T/out" 2>&1
	tap $? "$scenario"
	sed 's/^/# /' "$T/out"
done
done_testing
