#!/bin/sh
# Every fuzz target runs its seeds, its corpus and the attacks without mutation and must not
# crash.
. "$(dirname "$0")/../lib.sh"

for target in "$LT_BUILD"/fuzz/f_*; do
	case $target in *.d | *.o | *'*') continue ;; esac
	name=${target##*/f_}
	[ -f "$here/../fuzz/corpus/$name.tar.gz" ]
	tap $? "$name has a corpus"
	ok "replay: $name" env FUZZ_TARGETS="$name" FUZZ_WORK="$T" \
		"$here/../fuzz/run.sh" mutate "${target%/*}" 0 1
	sed 's/^/# /' "$T/out"
done
[ "$count" -gt 0 ]
tap $? 'there are targets'
is 'no input leaves a file behind' "$(find . -type f ! -path './seeds/*' ! -name out ! -name err)" ''
done_testing
