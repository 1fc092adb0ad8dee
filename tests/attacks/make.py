#!/usr/bin/python3
"""Makes the hostile streams beside it and their INDEX: make.py [DIRECTORY].

Only for changing the corpus; the tests read the files.  An INDEX line is the
file's name, the exit code of ltcat --check, a part of the message, and what the
file tries, with tabs between.
"""

import io
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../samples"))
from write_lts import CLASSES, Writer, column, crc32c, frame, prov  # noqa: E402
from write_lts import tiny_model, tiny_rows  # noqa: E402

import msgpack  # noqa: E402

Y = column("y", "<i4", [], "label")
KEY = column("key", "bytes", [], "info")
attacks = []


def attack(name, message, sentence, data, code=65):
    attacks.append((name + ".lts", code, message, sentence, data))


def made(make):
    out = io.BytesIO()
    make(out)
    return out.getvalue()


def header(**keys):
    """A header frame alone."""
    base = {"v": [1, 0], "kind": "rows", "cols": [Y], "classes": ["a", "b"]}
    base.update(keys)
    return frame("LTS1", 0, base)


def raw_header(pack):
    return frame("LTS1", 0, pack)


def frames_of(data):
    out, at = [], 0
    while at < len(data):
        meta = struct.unpack(">I", data[at + 16 : at + 20])[0]
        body = struct.unpack(">I", data[at + 21 + meta : at + 25 + meta])[0]
        size = 30 + meta + body
        out.append(data[at : at + size])
        at += size
    return out


def rows(seq, n, at, body):
    return frame("ROWS", seq, {"n": n, "at": at}, body)


def labels(*values):
    return struct.pack("<%di" % len(values), *values)


def done(data, n_rows, counts=None, **keys):
    """data and the DONE that its frames ask for, but for keys."""
    parts = frames_of(data)
    crcs = 0
    for part in parts:
        crcs = crc32c(part[-4:], crcs)
    meta = {"frames": len(parts), "rows": n_rows, "bytes": len(data), "crcs": crcs}
    if counts is not None:
        meta["class_counts"] = counts
    meta["inputs"] = []
    meta.update(keys)
    return data + frame("DONE", len(parts), {k: v for k, v in meta.items() if v is not None})


def tensor(seq, name, dtype, shape, part, body):
    return frame("TENS", seq, {"name": name, "dtype": dtype, "shape": shape, "part": part}, body)


def model_header():
    return frame("LTS1", 0, {"v": [1, 0], "kind": "model"})


def whole_streams():
    good = made(tiny_rows)
    parts = frames_of(good)
    h, r, d = parts
    flipped = bytearray(good)
    flipped[len(h) + 100] ^= 4
    attack("empty", "empty input", "no bytes at all", b"")
    attack("text", "not an LTS1 stream", "a text file", b"image,label\n1.png,cat\n")
    attack("gzip", "gzip data", "a compressed file", b"\x1f\x8b\x08\0\0\0\0\0\0\3")
    attack("zeros", "not an LTS1 stream", "a file of zeros, as after a crash", b"\0" * 4096)
    attack("magic-only", "truncated after 0 rows", "the first six bytes of a stream", good[:6])
    attack("cut-header", "truncated after 0 rows", "cut inside the header", good[:100])
    attack("cut-rows", "truncated after 0 rows", "cut inside a frame of rows", good[:-200])
    attack("cut-at-frame", "truncated after 12 rows", "cut between frames, before DONE", h + r)
    attack("cut-last-byte", "truncated after 12 rows", "the last byte is missing", good[:-1])
    attack("flipped-bit", "CRC does not match", "one bit of an image is flipped", bytes(flipped))
    attack("dropped-rows", "sequence number", "a frame of rows is missing", h + d)
    attack("doubled-rows", "sequence number", "a frame of rows comes twice", h + r + r + d)
    attack("swapped", "sequence number", "DONE and the rows have changed places", h + d + r)
    attack("no-header", "not an LTS1 stream", "begins with rows", r + d)
    attack("two-headers", "a second header", "a header inside a segment",
           h + frame("LTS1", 1, {"v": [1, 0], "kind": "rows"}))
    attack("newline-after", "trailing data", "a newline after DONE", good + b"\n")
    attack("frame-after", "trailing data", "a note after DONE", good + frame("note", 0, {}))
    attack("doubled-done", "trailing data", "DONE comes twice", good + d)
    attack("second-cut", "truncated after 12 rows", "a good segment, then a cut one", good + h)
    attack("second-mixed", "sequence number", "rows of one segment in another",
           good + h + frame("ROWS", 7, {"n": 1, "at": 0}, b""))


def failures():
    fail = {"prog": "train", "code": 71, "msg": "out of memory"}
    h = frames_of(made(tiny_rows))[0]
    attack("fail-first", "upstream train failed: out of memory",
           "failed before it wrote a header", frame("FAIL", 0, fail))
    attack("fail-inside", "upstream train failed: out of memory",
           "failed after the header", h + frame("FAIL", 1, fail))
    attack("fail-after", "upstream train failed: out of memory",
           "a second program failed after a good stream", made(tiny_rows) + frame("FAIL", 0, fail))
    attack("fail-escape", "control characters", "a failure message that would move the cursor",
           frame("FAIL", 0, {"prog": "x", "code": 1, "msg": "\x1b[2J\x1b[1;1Hall is well"}))
    attack("fail-empty", "prog or msg is missing", "FAIL without saying who",
           frame("FAIL", 0, {"code": 1}))


def lengths():
    h = header()
    head = b"\x95\xa4ROWS\xcf" + struct.pack(">Q", 1) + b"\xc6"
    attack("meta-4g", "the limit is 1048576", "a map that claims 4 GiB",
           h + head + b"\xff\xff\xff\xff")
    attack("meta-limit", "the limit is 1048576", "a map one byte over the limit",
           h + head + struct.pack(">I", (1 << 20) + 1))
    attack("body-4g", "the limit is 268435456", "a body that claims 4 GiB",
           h + head + b"\0\0\0\1\x80\xc6\xff\xff\xff\xff")
    attack("body-limit", "the limit is 268435456", "a body one byte over the limit",
           h + head + b"\0\0\0\1\x80\xc6" + struct.pack(">I", (256 << 20) + 1))
    attack("body-claim", "truncated", "a body of 256 MiB of which ten bytes come",
           h + head + b"\0\0\0\1\x80\xc6" + struct.pack(">I", 256 << 20) + b"ten bytes!")
    attack("seq-max", "sequence number", "the largest sequence number",
           h + frame("ROWS", (1 << 64) - 1, {"n": 1, "at": 0}, labels(0)))


def maps():
    v = b"\xa1v\x92\x01\x00\xa4kind\xa4rows"
    attack("map-array", "not a msgpack map", "the header is an array", raw_header(b"\x90"))
    attack("map-empty", "not a msgpack map", "a map of no bytes", raw_header(b""))
    attack("map-more", "bytes after the end", "two maps in one frame", raw_header(b"\x80\x80"))
    attack("map-short", "runs past", "a map with fewer pairs than it says",
           raw_header(b"\x83" + v))
    attack("map-4g-pairs", "runs past", "five bytes that claim 2^32-1 pairs",
           raw_header(b"\xdf\xff\xff\xff\xff"[:5]))
    attack("array-4g", "runs past", "five bytes that claim 2^32-1 elements",
           raw_header(b"\x83" + v + b"\xa4cols\xdd\xff\xff\xff\xff"))
    attack("text-4g", "runs past", "a text of 4 GiB",
           raw_header(b"\x83" + v + b"\xa5split\xdb\xff\xff\xff\xff"))
    attack("key-twice", 'key "kind" twice', "two values for one key, of which readers take either",
           raw_header(b"\x83" + v + b"\xa4kind\xa5model"))
    attack("key-twice-deep", 'key "a" twice', "the same, inside a value nobody looks at",
           raw_header(b"\x83" + v + b"\xa1z\x82\xa1a\x01\xd9\x01a\x02"))
    attack("key-number", "a map key is not text", "a number as key",
           raw_header(b"\x83" + v + b"\x01\x02"))
    attack("key-long", "a map key has over 255 bytes", "a key of 256 bytes",
           raw_header(b"\x83" + v + b"\xda\x01\x00" + b"k" * 256 + b"\x01"))
    attack("deep-9", "more than 8 deep", "nine maps and arrays inside one another",
           raw_header(b"\x83" + v + b"\xa1z" + b"\x91" * 8 + b"\xc0"))
    attack("deep-100000", "more than 8 deep", "a tower of arrays that would end the stack",
           raw_header(b"\x83" + v + b"\xa1z" + b"\x91" * 100000 + b"\xc0"))
    attack("ext", "begins no value", "an extension type",
           raw_header(b"\x83" + v + b"\xa1z\xd4\x01\x02"))
    attack("byte-c1", "begins no value", "the one byte that msgpack never uses",
           raw_header(b"\x83" + v + b"\xa1z\xc1"))
    attack("utf8-broken", "invalid UTF-8", "a class name cut inside a character",
           raw_header(b"\x83" + v + b"\xa7classes\x91\xa2\xc3("))
    attack("utf8-overlong", "invalid UTF-8", "a slash in two bytes",
           raw_header(b"\x83" + v + b"\xa7classes\x91\xa2\xc0\xaf"))
    attack("utf8-surrogate", "invalid UTF-8", "half of a surrogate pair",
           raw_header(b"\x83" + v + b"\xa7classes\x91\xa3\xed\xa0\x80"))
    attack("name-escape", "control characters", "a class name that recolours the terminal",
           header(classes=["\x1b[31mred", "b"]))
    attack("name-nul", "control characters", "a name that ends early in C",
           header(cols=[column("y\0", "<i4", [], "label")]))
    attack("name-c1", "control characters", "the one-character escape of C1",
           header(classes=["a\x9b2J", "b"]))


def headers():
    attack("version-2", "version 2 of the format", "a format to come", header(v=[2, 0]))
    attack("no-version", "without v or kind", "a header without version",
           frame("LTS1", 0, {"kind": "rows"}))
    attack("kind-unknown", "unknown kind of segment", "a kind of segment nobody knows",
           header(kind="tables"))
    attack("need", 'needs "sparse"', "a feature that must be known", header(need=["sparse"]))
    attack("dtype", 'unknown dtype "<c16"', "complex numbers",
           header(cols=[column("z", "<c16", [], "info")]))
    attack("dtype-big", 'unknown dtype ">i4"', "numbers with the wrong end first",
           header(cols=[column("y", ">i4", [], "label")]))
    attack("columns-65", "65 columns, the limit is 64", "one column over the limit",
           header(cols=[column("c%d" % i, "|u1", [], "info") for i in range(65)]))
    attack("columns-2g", "runs past", "a header that claims 2^31 columns",
           raw_header(b"\x83\xa1v\x92\x01\x00\xa4kind\xa4rows\xa4cols\xdd\x80\0\0\0"))
    attack("column-twice", "two columns named y", "two columns of one name", header(cols=[Y, Y]))
    attack("column-half", "a column without", "a column without dtype",
           header(cols=[{"name": "y", "shape": [], "role": "label"}]))
    attack("y-real", "y is not one integer a row", "labels that are not integers",
           header(cols=[column("y", "<f4", [], "label")]))
    attack("dims-9", "9 dimensions", "nine dimensions",
           header(cols=[column("c", "|u1", [1] * 9, "info")]))
    attack("dim-2g", "from 0 to 2147483647", "a dimension of 2^31",
           header(cols=[column("c", "|u1", [1 << 31], "info")]))
    attack("dim-0", "a dimension of 0", "rows without bytes, of which any number fits",
           header(cols=[column("c", "|u1", [0], "info")]))
    attack("dims-overflow", "beyond memory", "dimensions whose product is 0 modulo 2^64",
           header(cols=[column("c", "|u1", [1 << 30, 1 << 30, 16], "info")]))
    attack("dims-2-63", "beyond memory", "a cell of 2^63 bytes, which a signed size cannot hold",
           header(cols=[column("c", "<f8", [1 << 30, 1 << 30], "info"),
                        column("d", "|u1", [1 << 30, 1 << 30, 8], "info")]))
    attack("classes-65536", "65536 classes", "one class over the limit",
           header(classes=["c"] * 65536))
    attack("class-empty", "a text of 1 to 255", "a class without a name", header(classes=[""]))
    attack("class-long", "a text of 1 to 255", "a class name of 256 bytes",
           header(classes=["c" * 256]))
    attack("counts-short", "class_counts has 1", "counts for one of two classes",
           header(class_counts=[1]))
    attack("norm-nan", "norm is not finite", "a mean that is not a number",
           header(norm={"mean": [float("nan")], "std": [1.0]}))
    attack("norm-zero", "deviation not above 0", "a deviation to divide by that is 0",
           header(norm={"mean": [0.5], "std": [0.0]}))
    attack("prov-65", "prov: 65 entries", "one provenance entry over the limit",
           header(prov=prov("a") * 65))
    attack("prov-big", "prov: an entry of over 4096", "a provenance entry of 5 KB",
           header(prov=[dict(prov("a")[0], opts=["--x=" + "y" * 500] * 10)]))
    attack("prov-circle", "names a later one", "an entry that is its own input",
           header(prov=prov("a", [("data", 0)])))


def row_frames():
    h = header()
    attack("rows-n0", "0 rows at 0", "a frame of no rows", h + rows(1, 0, 0, b""))
    attack("rows-many", "from 0 to 16777216", "2^40 rows in a frame", h + rows(1, 1 << 40, 0, b""))
    attack("rows-claim", "runs past", "16 million rows without bytes",
           h + rows(1, 1 << 24, 0, b""))
    attack("rows-at", "expected some at 0", "rows that begin at 5", h + rows(1, 1, 5, labels(0)))
    attack("rows-short", "runs past", "a body one byte short", h + rows(1, 2, 0, labels(0, 1)[:-1]))
    attack("rows-long", "its columns take 4", "a body longer than its rows",
           h + rows(1, 1, 0, labels(0, 1)))
    attack("rows-no-n", "n or at is missing", "rows without a number",
           h + frame("ROWS", 1, {"at": 0}, labels(0)))
    attack("rows-negative", "from 0 to", "a negative number of rows",
           h + frame("ROWS", 1, {"n": -1, "at": 0}, labels(0)))
    attack("rows-none", "without columns", "rows of a table without columns",
           frame("LTS1", 0, {"v": [1, 0], "kind": "rows"}) + rows(1, 1 << 24, 0, b""))
    attack("label-high", "y is 2, with 2 classes", "a label beyond the classes",
           h + rows(1, 2, 0, labels(0, 2)))
    attack("label-low", "y is -2", "a label below -1", h + rows(1, 1, 0, labels(-2)))
    attack("label-min", "y is -2147483648", "the lowest label", h + rows(1, 1, 0, labels(-(1 << 31))))
    two = header(cols=[Y, column("w", "|u1", [], "weight")])
    attack("padding", "padding before it is not zero", "a message hidden between columns",
           two + rows(1, 1, 0, labels(0) + b"hidden".ljust(60, b"\0") + b"\1"))
    attack("padding-missing", "begins past", "columns without padding",
           two + rows(1, 1, 0, labels(0) + b"\1"))
    k = header(cols=[KEY])

    def key_rows(*offsets, text=b"abcde"):
        return k + rows(1, len(offsets) - 1, 0, struct.pack("<%dQ" % len(offsets), *offsets) + text)

    attack("offset-first", "first offset is not 0", "offsets that begin at 1", key_rows(1, 5))
    attack("offset-back", "offsets go backwards", "a cell of negative length", key_rows(0, 4, 2, 5))
    attack("offset-past", "the bytes run past", "a cell beyond the body", key_rows(0, 6))
    attack("offset-huge", "the bytes run past", "an offset of 2^64-1", key_rows(0, (1 << 64) - 1))
    attack("offset-less", "its columns take", "bytes that no cell owns", key_rows(0, 4))
    attack("offset-table", "the offsets run past", "more offsets than bytes",
           k + rows(1, 1 << 20, 0, b"\0" * 64))


def heads(lines, predicts):
    return frame("LTS1", 0, {"v": [1, 0], "kind": "model", "num_classes": 2, "head": "linear",
                             "scale": 1.0, "heads": lines, "predicts": predicts})


def tensors():
    m = model_header()
    fc = {"name": "fc", "kind": "linear", "outputs": 2, "scale": 1.0}
    attack("tensor-size", "its shape takes 12", "a tensor one number short",
           m + tensor(1, "w", "<f4", [3], [0, 1], b"\0" * 8))
    attack("tensor-huge", "beyond memory", "a tensor of 2^93 numbers",
           m + tensor(1, "w", "<f4", [(1 << 31) - 1] * 3, [0, 1], b""))
    attack("tensor-parts", "expected 0 of 1", "a part of a tensor that has one",
           m + tensor(1, "w", "<f4", [1], [1, 2], b"\0" * 4))
    attack("tensor-bytes", "a tensor of bytes", "a tensor of no fixed size",
           m + tensor(1, "w", "bytes", [1], [0, 1], b"\0" * 4))
    attack("tensor-half", "is missing", "a tensor without a shape",
           m + frame("TENS", 1, {"name": "w", "dtype": "<f4", "part": [0, 1]}, b"\0" * 4))
    attack("tensor-in-rows", "in a segment of rows", "weights among rows",
           header() + tensor(1, "w", "<f4", [1], [0, 1], b"\0" * 4))
    attack("rows-in-model", "without columns", "rows among weights", m + rows(1, 1, 0, b"\0" * 4))
    attack("heads-half", "a head without", "a head without a number of outputs",
           heads([{"name": "fc", "kind": "linear", "scale": 1.0}], 0))
    attack("heads-twice", "two heads named fc", "two heads of one name", heads([fc, fc], 0))
    attack("heads-predicts", "predicts 2 of 2 heads", "a head that predicts and is not there",
           heads([fc, dict(fc, name="abc")], 2))
    attack("scale-inf", "scale is not a finite", "an infinite scale of logits",
           frame("LTS1", 0, {"v": [1, 0], "kind": "model", "scale": float("inf")}))


def other_frames():
    h = header()
    attack("kind-critical", "unknown frame kind MORE", "a critical kind of frame nobody knows",
           h + frame("MORE", 1, {}))
    attack("kind-binary", "no frame begins here", "a kind that is no text",
           h + b"\x95\xa4\x1b[2J" + frame("note", 1, {})[6:])
    attack("note-body", "frame note has a body", "a note with a body", h + frame("note", 1, {}, b"x"))
    attack("mark-wrong", "a mark does not agree", "a mark of rows that did not come",
           h + frame("mark", 1, {"rows": 5, "crcs": 0}))
    attack("ancillary-map", "not a msgpack map", "an unknown frame whose map is none",
           h + frame("more", 1, b"\xc0"))


def totals():
    h = header()
    r = rows(1, 2, 0, labels(0, 1))
    attack("done-rows", "totals of DONE", "DONE counts a row too many", done(h + r, 3, [1, 1]))
    attack("done-frames", "totals of DONE", "DONE counts a frame too many",
           done(h + r, 2, [1, 1], frames=3))
    attack("done-bytes", "totals of DONE", "DONE counts other bytes", done(h + r, 2, [1, 1], bytes=1))
    attack("done-crcs", "totals of DONE", "DONE has another sum of CRCs",
           done(h + r, 2, [1, 1], crcs=0))
    attack("done-missing", "is missing", "DONE without a sum of CRCs",
           done(h + r, 2, [1, 1], crcs=None))
    attack("done-counts", "class 0 has 1 rows, DONE says 2", "DONE counts classes wrongly",
           done(h + r, 2, [2, 0]))
    attack("done-no-counts", "DONE has no class_counts", "DONE does not count classes",
           done(h + r, 2))
    attack("done-short-counts", "1 entries for 2 classes", "DONE counts one of two classes",
           done(h + r, 2, [2]))
    attack("header-counts", "the header says 2", "the header promised other class counts",
           done(header(class_counts=[2, 0]) + r, 2, [1, 1]))
    attack("done-inputs", "without rows or crcs", "an input that is not described",
           done(h + r, 2, [1, 1], inputs=[{"rows": 1}]))


def good_ones():
    """What must not be refused."""
    h = header()
    out = done(h + frame("more", 1, {"x": [1, None, True, b"bytes", 1.5]}, b"body"), 0, [0, 0])
    attack("good-ancillary", "", "an unknown ancillary frame with a body is passed over", out, 0)
    attack("good-minor", "", "a later minor version with a key of its own",
           done(header(v=[1, 9], colour="blue"), 0, [0, 0]), 0)
    attack("good-role", "", "a role nobody knows",
           done(header(cols=[column("c", "|u1", [], "mystery")]), 0, [0, 0]), 0)
    first = frames_of(h)[0]
    mark = frame("mark", 1, {"rows": 0, "crcs": crc32c(first[-4:])})
    attack("good-mark", "", "a mark that agrees", done(h + mark, 0, [0, 0]), 0)
    wide = b"\xdf\0\0\0\2\xdb\0\0\0\1v\xdd\0\0\0\2\xd3\0\0\0\0\0\0\0\1\xcd\0\0"
    wide += b"\xda\0\4kind\xd9\5model"
    attack("good-wide", "", "a map in the widest encodings", done(frame("LTS1", 0, wide), 0), 0)
    attack("good-deep", "", "eight maps and arrays inside one another",
           done(header(z=[[[[[[[None]]]]]]]), 0, [0, 0]), 0)
    attack("good-u1-label", "", "labels in single bytes",
           done(header(cols=[column("y", "|u1", [], "label")]) + rows(1, 3, 0, b"\0\1\1"), 3, [1, 2]), 0)
    attack("good-empty-tensor", "", "a tensor of no numbers",
           done(model_header() + tensor(1, "queue", "<f4", [0, 128], [0, 1], b""), 0), 0)
    attack("tensor-zero", "beyond memory", "a tensor of no numbers whose other dimensions are 2^93",
           model_header() + tensor(1, "queue", "<f4", [(1 << 31) - 1] * 3 + [0], [0, 1], b""))
    attack("good-columns-64", "", "as many columns as may be",
           done(header(cols=[column("c%d" % i, "|u1", [], "info") for i in range(64)]), 0, [0, 0]), 0)
    attack("good-two", "", "a model, then rows", made(tiny_model) + made(tiny_rows), 0)


def main():
    where = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for group in (whole_streams, failures, lengths, maps, headers, row_frames, tensors,
                  other_frames, totals, good_ones):
        group()
    with open(os.path.join(where, "INDEX"), "w", encoding="utf-8") as index:
        for name, code, message, sentence, data in attacks:
            index.write("%s\t%d\t%s\t%s\n" % (name, code, message or "-", sentence))
            with open(os.path.join(where, name), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    main()
