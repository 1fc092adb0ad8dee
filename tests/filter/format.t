#!/bin/sh
# The test vectors printed in lt-stream(5), against the programs.

. "$(dirname "$0")/../lib.sh"
page=$here/../../man/man5/lt-stream.5
py=${PYTHON:-/usr/bin/python3}

# The hexadecimal lines of the section VECTORS, one file per block.
awk '
/^\.Sh / { on = $2 == "VECTORS" }
on && /^\.Bd/ { n++ }
on && /^[0-9a-f][0-9a-f]( [0-9a-f][0-9a-f])*$/ { print >(n ".hex") }' "$page"
for n in 1 2; do
	"$py" -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' <$n.hex >$n.bin
done
is 'the note has 31 bytes' "$(wc -c <1.bin)" 31
ok 'the stream is whole' ltcat --check 2.bin
is 'its rows' "$(ltcat --take w,y,key 2.bin | tr '\t\n' ';.')" '1 2 3;1;x.4 5 6;-1;yz.'
is 'its columns' "$(ltcat --json 2.bin | head -n 1)" '{"type":"header","kind":"rows","cols":[{"name":"w","dtype":"|u1","shape":[3],"role":"input"},{"name":"y","dtype":"<i4","shape":[],"role":"label"},{"name":"key","dtype":"bytes","shape":[],"role":"info"}],"classes":["a","b"],"prov":[]}'

# The note is frame 1 of a segment.  Between header and rows it makes the later numbers wrong, so
# the reader accepts it and stops at the next frame.
{ head -c 177 2.bin; cat 1.bin; tail -c +178 2.bin; } >noted.bin
fails_with 65 'the note is a whole frame' ltcat --check noted.bin
err_is 'after which the order is wrong' \
	'ltcat: noted.bin:208: frame ROWS has sequence number 1, 2 was expected'
done_testing
