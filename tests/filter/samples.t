#!/bin/sh
# The small streams of samples/ and the readers there, against each other, ltcat and Python's
# msgpack.

. "$(dirname "$0")/../lib.sh"
samples=$here/../../samples
py=${PYTHON:-/usr/bin/python3}
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

# shellcheck disable=SC2086 # CC may be several words
ok 'the reader in C compiles' ${CC:-cc} -O1 -o read-lts "$samples/read-lts.c"
mkdir again
ok 'the streams are made again' "$py" "$samples/write_lts.py" again
for path in "$samples"/*.lts; do
	stream=${path##*/}
	same "$stream: the same bytes" "$path" "again/$stream"
	ok "$stream: whole" ltcat --check "$path"
	ok "$stream: read in C" ./read-lts "$path"
	mv out c.txt
	ok "$stream: read in Python" "$py" "$samples/read_lts.py" "$path"
	same "$stream: both readers agree" c.txt out
	ltcat "$path" >copy.lts
	same "$stream: a copy is the same bytes" "$path" copy.lts
done

# Written in C, read by the others; more rows than a frame holds.
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
	same "$stream: both readers agree" c.txt out
done
is 'rows of many' "$(tail -n 1 out)" 'done rows 12288'

# With only msgpack's Unpacker: five objects per frame, the last frame is DONE.
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

# Packed again by msgpack's packer, every map has the same bytes: the shortest encoding.
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

# ---------------------------------------------------------------- numpy, PyTorch

mkdir without
echo 'raise ImportError("none")' >without/numpy.py
PYTHONPATH=$samples
export PYTHONPATH
cat >missing.py <<'END'
import sys
import read_lts
import torch_lts
for want in (lambda: next(read_lts.read(open(sys.argv[1], "rb"), arrays=True)), lambda: torch_lts.Rows(sys.argv[1])):
    try:
        want()
        sys.exit("no error")
    except ImportError as error:
        assert "numpy: python3-numpy in Debian" in str(error), error
assert list(read_lts.read(open(sys.argv[1], "rb")))[-1][0] == "done"
END
ok 'without numpy: an error for arrays, the rest works' env PYTHONPATH="$T/without:$samples" "$py" missing.py "$samples/tiny-rows.lts"

numpy=
for python in "$py" /usr/bin/python3 python3; do
	[ -n "$numpy" ] || ! "$python" -c 'import msgpack, numpy' 2>/dev/null || numpy=$python
done
[ -n "$numpy" ] || { skip 'arrays' 'no Python with msgpack and numpy'; done_testing; }

cat >sums.py <<'END'
import os
import read_lts
data = os.urandom(100_003)
for n in (0, 1, 8191, 8192, 8193, 16384, 99_999, 100_003):
    numpy, fast = read_lts.numpy, read_lts.crc32c(data[:n], 77)
    read_lts.numpy = None
    slow = read_lts.crc32c(data[:n], 77)
    read_lts.numpy = numpy
    assert fast == slow, n
END
ok 'CRCs by numpy are those without' "$numpy" sums.py

# To arrays and back: every column and tensor has the same bytes.
cat >arrays.py <<'END'
import sys
import read_lts
import write_lts
source, target = sys.argv[1:]
with open(target, "wb") as out:
    for event in read_lts.read(open(source, "rb"), arrays=True):
        if event[0] == "header":
            writer = write_lts.Writer(out, {k: v for k, v in event[1].items() if k != "v"})
        elif event[0] == "rows":
            writer.rows(event[1])
        elif event[0] == "tensor":
            writer.tensor(*event[1:])
        elif event[0] == "done":
            writer.done()
END
ltsynth --per-class 40 --classes 3 --size 16 >rows.lts
for path in "$samples"/tiny-*.lts rows.lts; do
	stream=${path##*/}
	ok "$stream: through arrays" "$numpy" arrays.py "$path" back.lts
	ok "$stream: whole" ltcat --check back.lts
	./read-lts "$path" >want
	./read-lts back.lts >got
	same "$stream: the same numbers" want got
done

cat >odd.py <<'END'
import io
import numpy
import read_lts
import write_lts
def column(name, dtype, shape):
    return {"name": name, "dtype": dtype, "shape": shape, "role": "info"}
def stream(cols, **columns):
    out = io.BytesIO()
    writer = write_lts.Writer(out, {"kind": "rows", "cols": cols})
    writer.rows(columns)
    writer.done()
    out.seek(0)
    return [event for event in read_lts.read(out, arrays=True) if event[0] == "rows"][0][1]
def refused(*arguments, **columns):
    try:
        stream(*arguments, **columns)
    except ValueError:
        return True
cols = [column("a", "<i2", [2]), column("b", "<bf2", [])]
back = stream(cols, a=numpy.array([[1, -2], [3, 4]], "i8")[::-1], b=numpy.array([1 + 2**-8, 1 + 3 * 2**-8]))
assert back["a"].tolist() == [[3, 4], [1, -2]] and back["a"].dtype == "i2"
assert back["b"].tolist() == [1, 1 + 2**-6] and back["b"].dtype == "f4"
assert numpy.isnan(stream(cols, a=numpy.zeros([1, 2]), b=numpy.array([numpy.nan]))["b"][0])
assert refused(cols, a=numpy.array([[40000, 0]]), b=numpy.zeros(1))
assert refused(cols, a=numpy.array([[0.5, 0]]), b=numpy.zeros(1))
assert refused(cols, a=numpy.zeros([1, 3]), b=numpy.zeros(1))
END
ok 'arrays of other types are converted, or refused where they cannot be' "$numpy" odd.py

cat >dataset.py <<'END'
import sys
import numpy
import torch_lts
rows = torch_lts.Rows("rows.lts")
assert "torch" not in sys.modules
assert len(rows) == 120 and len(rows.classes) == 3 and rows.counts().tolist() == [40, 40, 40]
x, y = rows[119]
assert x.shape == (3, 16, 16) and x.dtype == numpy.float32 and x.flags.c_contiguous
assert type(y) is int and y == rows[-1][1] == rows.labels[119]
for i in (120, -121):
    try:
        rows[i]
        sys.exit("no IndexError")
    except IndexError:
        pass
assert sum(1 for _ in rows) == 120
raw, _ = torch_lts.Rows("rows.lts", transform=lambda image: image)[119]
assert raw.shape == (16, 16, 3) and raw.dtype == numpy.uint8
assert (x == raw.transpose(2, 0, 1).astype("f4") / 255).all()
tiny = torch_lts.Rows(sys.argv[1])
raw, _ = torch_lts.Rows(sys.argv[1], transform=lambda image: image)[3]
assert tiny[10][1] == -1 and tiny.counts().tolist() == [6, 3, 1]
want = (raw[1, 2].astype("f4") / 255 - [0.5, 0.25, 0.125]) / [0.25, 0.5, 1]
assert numpy.abs(tiny[3][0][:, 1, 2] - want).max() < 1e-6
keys = torch_lts.Rows(sys.argv[1], transform=str.upper, decode=bytes.decode, column="key")
assert keys[4] == ("TRAIN/0004.PNG", 2)
END
ok 'a data set for PyTorch, without PyTorch: length, indices, pixels, labels' "$numpy" dataset.py "$samples/tiny-rows.lts"
ok 'a data set of a model is refused' "$numpy" -c '
import sys, read_lts, torch_lts
try: torch_lts.Rows(sys.argv[1])
except read_lts.Bad: sys.exit(0)
sys.exit(1)' "$samples/tiny-model.lts"

cat >weights.py <<'END'
import torch_lts
header, weights = torch_lts.load_weights("model.lts")
assert list(weights)[0] == "conv1.weight" and weights["conv1.weight"].shape == (16, 3, 3, 3)
torch_lts.save_weights("back.lts", header, weights)
weights["fc.bias"] += [0, 0, 1000]
torch_lts.save_weights("last.lts", header, weights)
END
ok 'a model' train --arch resnet20 --epochs 1 rows.lts -o model.lts
ok 'its weights, there and back' "$numpy" weights.py
for model in model back; do
	./read-lts $model.lts | grep ^tensor >$model.tensors
	eval=$LT_BIN/eval
	ok "$model: figures" "$eval" --model $model.lts rows.lts
	mv out $model.figures
done
same 'the same tensors' model.tensors back.tensors
same 'and figures' model.figures back.figures
ok 'weights that were changed' "$eval" --model last.lts --predictions last.tsv rows.lts
is 'changed weights have the given header' "$(cut -f 4 last.tsv | sed 1d | sort -u)" "$(ltcat --json rows.lts | sed -n '1s/.*"classes":\["[^"]*","[^"]*","\([^"]*\)"\].*/\1/p')"
ok 'train accepts changed weights' train --init back.lts --arch resnet20 --epochs 1 rows.lts
done_testing
