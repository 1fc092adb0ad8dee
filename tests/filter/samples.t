#!/bin/sh
# The tiny streams of samples/ and the readers beside them, against each other, against
# ltcat and against Python's stock msgpack.

. "$(dirname "$0")/../lib.sh"
samples=$here/../../samples
py=${PYTHON:-/usr/bin/python3}
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

ok 'the reader in C compiles' "${CC:-cc}" -O1 -o read-lts "$samples/read-lts.c"
mkdir again
ok 'the streams are made again' "$py" "$samples/write_lts.py" again
for path in "$samples"/*.lts; do
	stream=${path##*/}
	same "$stream: the same bytes" "$path" "again/$stream"
	ok "$stream: whole" ltcat --check "$path"
	ok "$stream: read in C" ./read-lts "$path"
	mv out c.txt
	ok "$stream: read in Python" "$py" "$samples/read_lts.py" "$path"
	same "$stream: both saw the same" c.txt out
	ltcat "$path" >copy.lts
	same "$stream: a copy is the same bytes" "$path" copy.lts
done

# What C wrote, the others read; more rows than a frame holds.
ltcat --join "$samples/tiny-rows.lts" "$samples/tiny-rows.lts" >two.lts
i=0
set -- "$samples/tiny-rows.lts"
while [ $i -lt 10 ]; do
	set -- "$@" "$@"
	i=$((i + 1))
done
ltcat "$@" >many.lts
for stream in two many; do
	ok "$stream: read in C" ./read-lts $stream.lts
	mv out c.txt
	ok "$stream: read in Python" "$py" "$samples/read_lts.py" $stream.lts
	same "$stream: both saw the same" c.txt out
done
is 'rows of many' "$(tail -n 1 out)" 'done rows 12288'

# Nothing but msgpack's own Unpacker: five objects a frame, the last one DONE.
cat >stock.py <<'END'
import sys
import msgpack
frames = list(msgpack.Unpacker(open(sys.argv[1], "rb"), max_buffer_size=1 << 30))
assert all(len(f) == 5 for f in frames)
assert [f[1] for f in frames] == list(range(len(frames)))
assert frames[0][0] == "LTS1" and frames[-1][0] == "DONE"
maps = [msgpack.unpackb(f[2]) for f in frames]
n = sum(m["n"] for f, m in zip(frames, maps) if f[0] == "ROWS")
assert n == maps[-1]["rows"] == 12288
END
ok "Python's stock Unpacker reads it" "$py" stock.py many.lts

# Packed again by msgpack's own packer, every map is the bytes it was: the shortest ones.
cat >shortest.py <<'END'
import struct
import sys
import msgpack
data, at = open(sys.argv[1], "rb").read(), 0
while at < len(data):
    n = struct.unpack(">I", data[at + 16 : at + 20])[0]
    meta = data[at + 20 : at + 20 + n]
    assert msgpack.packb(msgpack.unpackb(meta)) == meta
    at += 30 + n + struct.unpack(">I", data[at + 21 + n : at + 25 + n])[0]
END
ok 'maps are written in the shortest encodings' "$py" shortest.py many.lts
done_testing
