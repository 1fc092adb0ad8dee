#!/usr/bin/python3
"""Reads and verifies LTS1 tensor streams, lt-stream(5), with nothing but msgpack.

    for event in read(open("x.lts", "rb")):
        ...

gives ("header", dict), ("rows", {column name: list of one bytes object a row}),
("tensor", name, dtype, shape, bytes), ("note", dict) and ("done", dict).  A
stream that is cut, damaged or made by a failed program raises Bad.

With numpy, read(file, arrays=True) gives arrays: a column of n rows of shape [3, 2]
is one of shape (n, 3, 2), a tensor has its shape, bfloat16 becomes float32, and a
column of bytes stays a list.  CRCs then take a twentieth of the time.

Run as a program it prints what is in a stream: read_lts.py FILE.
"""

import struct
import sys

import msgpack

try:
    import numpy
except ImportError:
    numpy = None

SIZES = {"|u1": 1, "<i2": 2, "<i4": 4, "<i8": 8, "<f4": 4, "<f8": 8, "<bf2": 2}
INTEGERS = {"|u1": "B", "<i2": "h", "<i4": "i", "<i8": "q"}
KINDS = ("LTS1", "ROWS", "TENS", "note", "mark", "FAIL", "DONE")
MAX_META = 1 << 20
MAX_BODY = 256 << 20
PART = 32 << 20


class Bad(Exception):
    """Not a whole LTS1 stream."""


def make_table():
    table = []
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
        table.append(i)
    return table


TABLE = make_table()


LANE = 512  # bytes
TABLES = []


def after_four_zeros(states):
    """What the states of many sums become by four bytes of zeros."""
    table = numpy.array(TABLE, "u4")
    for _ in range(4):
        states = states >> 8 ^ table[states & 255]
    return states


def over_lanes(data, state):
    """The sum's state after data, a whole number of lanes.

    Lanes are summed side by side, each from zero, a word of four bytes at a time.  The state
    is linear in the bits, so look-ups by its parts say what a word, or a lane of zeros, does.
    """
    if not TABLES:
        low = numpy.arange(1 << 16, dtype="u4")
        TABLES[:] = after_four_zeros(low), after_four_zeros(low << 16)
        shift = (numpy.arange(256, dtype="u4") << numpy.array([[0], [8], [16], [24]], "u4")).ravel()
        for _ in range(LANE // 4):
            shift = after_four_zeros(shift)
        TABLES.append(shift.tolist())
    low, high, shift = TABLES
    words = numpy.ascontiguousarray(numpy.frombuffer(data, "<u4").reshape(-1, LANE // 4).T)
    sums = numpy.zeros(words.shape[1], "u4")
    for row in words:
        sums ^= row
        sums = low[sums & 0xFFFF] ^ high[sums >> 16]
    for lane in sums.tolist():
        at = state & 255, 256 + (state >> 8 & 255), 512 + (state >> 16 & 255), 768 + (state >> 24)
        state = shift[at[0]] ^ shift[at[1]] ^ shift[at[2]] ^ shift[at[3]] ^ lane
    return state


def crc32c(data, crc=0):
    crc ^= 0xFFFFFFFF
    if numpy and len(data) >= 16 * LANE:
        whole = len(data) - len(data) % LANE
        crc = over_lanes(data[:whole], crc)
        data = data[whole:]
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def need_numpy():
    if not numpy:
        raise ImportError("arrays need numpy: python3-numpy in Debian, or pip install numpy")


def as_array(dtype, shape, data):
    """An array of its own, which may be written to."""
    if dtype == "<bf2":
        return (numpy.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4").reshape(shape)
    return numpy.frombuffer(data, dtype).reshape(shape).copy()


def as_arrays(cols, cells):
    arrays = {}
    for col in cols:
        column = cells[col["name"]]
        if col["dtype"] != "bytes":
            shape = [len(column)] + col["shape"]
            column = as_array(col["dtype"], shape, b"".join(column))
        arrays[col["name"]] = column
    return arrays


def need(condition, what):
    if not condition:
        raise Bad(what)


def clean(value, depth=0):
    """Texts without control characters, keys that are texts, at most 8 deep."""
    if isinstance(value, str):
        need(not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in value), "control character")
    elif isinstance(value, dict):
        need(depth < 8, "too deep")
        for key, item in value.items():
            need(isinstance(key, str) and len(key.encode()) <= 255, "a key is not a name")
            clean(key)
            clean(item, depth + 1)
    elif isinstance(value, list):
        need(depth < 8, "too deep")
        for item in value:
            clean(item, depth + 1)
    else:
        need(value is None or isinstance(value, (bool, int, float, bytes)), "odd value")


def unique_pairs(pairs):
    need(all(isinstance(key, str) for key, _ in pairs), "a key is not text")
    result = dict(pairs)
    need(len(result) == len(pairs), "a key twice in one map")
    return result


def unpack(data):
    try:
        value = msgpack.unpackb(data, raw=False, object_pairs_hook=unique_pairs)
    except Bad:
        raise
    except Exception as error:
        raise Bad("meta is not one msgpack map: %s" % error)
    need(isinstance(value, dict), "meta is not a map")
    clean(value)
    return value


def is_int(value, least=0, most=(1 << 64) - 1):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_name(value, most=255):
    return isinstance(value, str) and 1 <= len(value.encode()) <= most


def count_elements(shape):
    n = 1
    for dim in shape:
        n *= dim
    return n


def check_shape(shape, least):
    need(isinstance(shape, list) and len(shape) <= 8, "over 8 dimensions")
    need(all(is_int(d, least, (1 << 31) - 1) for d in shape), "a dimension out of range")
    need(count_elements(d or 1 for d in shape) <= 1 << 60, "a shape beyond memory")


class Frames:
    """Frames one after another, with CRCs and sequence numbers verified."""

    def __init__(self, file):
        self.file = file
        self.rows = 0  # whole rows so far, for the message

    def exactly(self, n):
        data = b""
        while len(data) < n:  # in pieces: a false length must not cost memory
            piece = self.file.read(min(n - len(data), 1 << 20))
            need(piece, "truncated after %d rows" % self.rows)
            data += piece
        return data

    def head(self, first, after):
        """first: at the stream's start; after: after a DONE.  None at a good end."""
        magic = self.file.read(1)
        if not magic:
            need(not first, "empty input")
            need(after, "truncated after %d rows" % self.rows)
            return None
        while (first or after) and len(magic) < 6:
            ok = b"\x95\xa4LTS1".startswith(magic) or b"\x95\xa4FAIL".startswith(magic)
            need(ok, "not an LTS1 stream" if first else "trailing data")
            magic += self.exactly(1)
        ok = magic in (b"\x95\xa4LTS1", b"\x95\xa4FAIL") or not (first or after)
        need(ok, "not an LTS1 stream" if first else "trailing data")
        return magic + self.exactly(20 - len(magic))

    def next(self, seq, first, after):
        """(kind, meta, body, wire bytes, CRC) or None at the end."""
        data = self.head(first, after)
        if data is None:
            return None
        need(data[:2] == b"\x95\xa4" and data[6] == 0xCF and data[15] == 0xC6, "no frame here")
        number, length = struct.unpack(">Q", data[7:15])[0], struct.unpack(">I", data[16:20])[0]
        need(length <= MAX_META, "meta over its limit")
        meta = self.exactly(length)
        between = self.exactly(5)
        need(between[0] == 0xC6, "no body here")
        length = struct.unpack(">I", between[1:])[0]
        need(length <= MAX_BODY, "body over its limit")
        body = self.exactly(length)
        data += meta + between + body
        tail = self.exactly(5)
        crc = crc32c(data)
        need(tail == b"\xce" + struct.pack(">I", crc), "the CRC does not match")
        try:
            kind = data[2:6].decode("ascii")
        except UnicodeDecodeError:
            raise Bad("no frame here")
        need(number == seq, "frame %s has number %d, not %d" % (kind, number, seq))
        need(kind in KINDS or (kind[0].islower() and kind.isalnum()), "unknown kind %s" % kind)
        need(kind in ("ROWS", "TENS") or kind not in KINDS or not body, "%s has a body" % kind)
        return kind, unpack(meta), body, len(data) + 5, crc


def check_columns(cols):
    need(isinstance(cols, list) and len(cols) <= 64, "over 64 columns")
    names = set()
    for col in cols:
        need(isinstance(col, dict), "a column is not a map")
        need(is_name(col.get("name")) and is_name(col.get("role")), "a column without name")
        need(col["name"] not in names, "two columns named " + col["name"])
        names.add(col["name"])
        need(col.get("dtype") in SIZES or col.get("dtype") == "bytes", "unknown dtype")
        check_shape(col.get("shape"), 1)
        need(col["dtype"] != "bytes" or not col["shape"], "bytes have no shape")
        if col["name"] in ("y", "y_true", "id"):
            need(col["dtype"] in INTEGERS and not col["shape"], "labels are not integers")


def check_prov(prov):
    need(isinstance(prov, list) and len(prov) <= 64, "over 64 entries of provenance")
    for i, entry in enumerate(prov):
        need(isinstance(entry, dict), "a provenance entry is not a map")
        need(all(is_name(entry.get(k)) for k in ("prog", "version", "out")), "bad provenance")
        need(len(msgpack.packb(entry)) <= 4096, "a provenance entry over 4 KiB")
        for item in entry.get("in", []):
            need(isinstance(item, list) and len(item) == 2, "bad input in provenance")
            need(isinstance(item[1], dict) or is_int(item[1], 0, i - 1), "provenance in circles")


def is_real(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value - value == 0


def check_model(meta):
    norm = meta.get("norm", {"mean": [0], "std": [1]})
    need(isinstance(norm, dict), "norm is not a map")
    mean, std = norm.get("mean"), norm.get("std")
    need(isinstance(mean, list) and isinstance(std, list), "norm without mean or std")
    need(1 <= len(mean) == len(std) <= 16, "norm without mean or std")
    need(all(map(is_real, mean)) and all(is_real(x) and x > 0 for x in std), "norm not finite")
    need(is_name(meta.get("head", "linear")), "head is not a name")
    need(is_real(meta.get("scale", 1)) and meta.get("scale", 1) > 0, "scale not above 0")
    check_heads(meta)


def check_heads(meta):
    heads, predicts = meta.get("heads"), meta.get("predicts", 0)
    need(is_int(predicts, 0, 7) and (not predicts or heads is not None), "bad predicts")
    if heads is None:
        return
    need(isinstance(heads, list) and 1 <= len(heads) <= 8, "not 1 to 8 heads")
    for head in heads:
        need(isinstance(head, dict) and is_name(head.get("name")) and is_name(head.get("kind"))
             and len(head["name"].encode()) <= 31 and is_int(head.get("outputs"), 1, 65535)
             and is_real(head.get("scale")) and head["scale"] > 0, "a head is not whole")
    need(len({head["name"] for head in heads}) == len(heads), "two heads of one name")
    need(predicts < len(heads), "a head that predicts and is not there")


def check_header(meta):
    v = meta.get("v")
    need(isinstance(v, list) and len(v) == 2 and all(map(is_int, v)), "no version")
    need(v[0] == 1, "version %d of the format" % v[0])
    need(meta.get("kind") in ("rows", "model", "scores"), "unknown kind of segment")
    need(not meta.get("need"), "the stream needs what this reader does not know")
    check_columns(meta.setdefault("cols", []))
    classes = meta.get("classes")
    if classes is not None:
        need(isinstance(classes, list) and len(classes) <= 65535, "over 65535 classes")
        need(all(map(is_name, classes)), "a class without a name")
    for key in ("class_counts", "train_counts", "loss_counts"):
        if key in meta:
            need(isinstance(meta[key], list) and all(map(is_int, meta[key])), "bad " + key)
            need(classes is not None and len(meta[key]) == len(classes), "bad " + key)
    check_prov(meta.get("prov", []))
    check_model(meta)


def split_rows(header, n, body):
    """The cells of each column; the body must hold them and nothing else."""
    cells, at = {}, 0
    for col in header["cols"]:
        pad = -at % 64
        need(len(body) >= at + pad and not any(body[at : at + pad]), "wrong padding")
        at += pad
        if col["dtype"] == "bytes":
            end = at + 8 * (n + 1)
            need(len(body) >= end, "offsets past the end")
            offsets = struct.unpack("<%dQ" % (n + 1), body[at:end])
            need(offsets[0] == 0, "the first offset is not 0")
            need(all(a <= b for a, b in zip(offsets, offsets[1:])), "offsets go backwards")
            need(offsets[-1] <= len(body) - end, "bytes past the end")
            column = [body[end + a : end + b] for a, b in zip(offsets, offsets[1:])]
            at = end + offsets[-1]
        else:
            size = SIZES[col["dtype"]] * count_elements(col["shape"])
            need(len(body) >= at + n * size, "a column past the end")
            column = [body[at + i * size : at + (i + 1) * size] for i in range(n)]
            at += n * size
        cells[col["name"]] = column
    need(at == len(body), "a body longer than its columns")
    return cells


class Segment:
    """What the frames since the header have said."""

    def __init__(self, header):
        check_header(header)
        self.header = header
        self.frames = self.rows = self.bytes = self.crcs = 0
        self.counts = None
        if header["kind"] == "rows" and "classes" in header:
            self.counts = [0] * len(header["classes"])
        self.tensor = None  # name, dtype, shape, parts and data so far

    def count(self, cells):
        classes = self.header.get("classes")
        for col in self.header["cols"]:
            if col["name"] not in ("y", "y_true"):
                continue
            for cell in cells[col["name"]]:
                label = struct.unpack("<" + INTEGERS[col["dtype"]], cell)[0]
                need(label >= -1, "a label below -1")
                need(classes is None or label < len(classes), "a label beyond the classes")
                if col["name"] == "y" and label >= 0 and self.counts is not None:
                    self.counts[label] += 1

    def add_rows(self, meta, body):
        need(self.header["kind"] != "model" and self.header["cols"], "rows without columns")
        n = meta.get("n")
        need(is_int(n, 1, 1 << 24) and meta.get("at") == self.rows, "rows out of place")
        cells = split_rows(self.header, n, body)
        self.count(cells)
        self.rows += n
        return cells

    def add_tensor(self, meta, body):
        """The whole tensor with its last part, else None."""
        need(self.header["kind"] != "rows", "a tensor among rows")
        name, dtype, shape, part = (meta.get(k) for k in ("name", "dtype", "shape", "part"))
        need(is_name(name) and dtype in SIZES, "a tensor without name or dtype")
        check_shape(shape, 0)
        need(isinstance(part, list) and len(part) == 2 and all(map(is_int, part)), "no part")
        slices = shape[0] if shape else 1
        size = SIZES[dtype] * count_elements(shape[1:])
        per = slices if size * slices <= PART else max(1, PART // size)
        parts = -(-slices // per) if slices else 1
        want = [self.tensor[3] if self.tensor else 0, parts]
        need(part == want, "tensor %s: part %s, not %s" % (name, part, want))
        need(not self.tensor or self.tensor[:3] == [name, dtype, shape], "tensors mixed")
        need(len(body) == size * min(per, slices - part[0] * per), "a tensor of another size")
        data = (self.tensor[4] if self.tensor else b"") + body
        self.tensor = [name, dtype, shape, part[0] + 1, data]
        if part[0] + 1 < parts:
            return None
        self.tensor = None
        return name, dtype, shape, data

    def check_done(self, meta):
        for key, value in (
            ("frames", self.frames),
            ("rows", self.rows),
            ("bytes", self.bytes),
            ("crcs", self.crcs),
        ):
            need(is_int(meta.get(key)) and meta[key] == value, "DONE: wrong %s" % key)
        if self.counts is not None:
            need(meta.get("class_counts") == self.counts, "DONE: wrong class_counts")
            need(self.header.get("class_counts", self.counts) == self.counts, "wrong counts")
        for item in meta.get("inputs", []):
            need(isinstance(item, dict) and is_int(item.get("rows")), "DONE: wrong inputs")
            need(is_int(item.get("crcs"), 0, (1 << 32) - 1), "DONE: wrong inputs")


def read(file, arrays=False):
    if arrays:
        need_numpy()
    frames, segment, first = Frames(file), None, True
    while True:
        got = frames.next(segment.frames if segment else 0, first, segment is None and not first)
        if got is None:
            return
        kind, meta, body, size, crc = got
        if kind == "FAIL":
            need(is_name(meta.get("prog")) and is_name(meta.get("msg"), MAX_META), "bad FAIL")
            raise Bad("upstream %s failed: %s" % (meta["prog"], meta["msg"]))
        ready = segment is None or segment.tensor is None or kind == "TENS" or kind[0].islower()
        need(ready, "a tensor ends early")
        first = False
        if kind == "LTS1":
            need(segment is None, "a second header")
            segment = Segment(meta)
            yield "header", meta
        elif kind == "ROWS":
            cells = segment.add_rows(meta, body)
            frames.rows += meta["n"]
            yield "rows", as_arrays(segment.header["cols"], cells) if arrays else cells
        elif kind == "TENS":
            whole = segment.add_tensor(meta, body)
            if whole:
                name, dtype, shape, data = whole
                yield "tensor", name, dtype, shape, as_array(*whole[1:]) if arrays else data
        elif kind == "note":
            yield "note", meta
        elif kind == "mark":
            agrees = meta.get("rows") == segment.rows and meta.get("crcs") == segment.crcs
            need(agrees, "a mark does not agree")
        elif kind == "DONE":
            segment.check_done(meta)
            segment = None
            yield "done", meta
            continue
        segment.frames += 1
        segment.bytes += size
        segment.crcs = crc32c(struct.pack(">I", crc), segment.crcs)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: read_lts.py FILE")
    name = "<stdin>" if sys.argv[1] == "-" else sys.argv[1]
    sums = {}
    try:
        for event in read(sys.stdin.buffer if sys.argv[1] == "-" else open(sys.argv[1], "rb")):
            if event[0] == "header":
                sums = {col["name"]: 0 for col in event[1]["cols"]}
                print("segment", event[1]["kind"])
            elif event[0] == "rows":
                for column, cells in event[1].items():
                    sums[column] = crc32c(b"".join(cells), sums[column])
            elif event[0] == "tensor":
                shape = "x".join(map(str, event[3]))
                print("tensor", event[1], event[2], shape or "-", "%08x" % crc32c(event[4]))
            elif event[0] == "done":
                for column, crc in sums.items():
                    print("column", column, "%08x" % crc)
                print("done rows", event[1]["rows"])
    except Bad as error:
        sys.stderr.write("read_lts.py: %s: %s\n" % (name, error))
        sys.exit(65)


if __name__ == "__main__":
    main()
