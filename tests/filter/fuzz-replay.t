#!/bin/sh
# Every fuzz target runs its seed inputs and the attacks, without mutation: none may crash.
. "$(dirname "$0")/../lib.sh"

tests=$here/..
for target in "$LT_BUILD"/fuzz/f_*; do
	case $target in *.d | *.o | *'*') continue ;; esac
	name=${target##*/f_}
	set -- "$tests/attacks"
	[ ! -d "$tests/fuzz/$name" ] || set -- "$@" "$tests/fuzz/$name"
	ok "replay: $name" "$target" --seconds 0 "$@"
done
[ "$count" -gt 0 ]
tap $? 'there are targets'
done_testing
