#!/usr/bin/python3
"""Writes LTS1 tensor streams, lt-stream(5), with msgpack and read_lts.py beside it.

    with open("x.lts", "wb") as f:
        w = Writer(f, {"kind": "rows", "cols": [...], "classes": [...]})
        w.rows({"image": [...], "y": [...]})
        w.done()

Run as a program it makes the tiny streams beside it: write_lts.py DIRECTORY.
Numbers are given as little-endian bytes, as lists, which struct packs, or as numpy
arrays: a column of n rows as one array of shape (n, ...).  An array is converted to the
column's type; integers that it cannot hold raise ValueError, and so does a wrong shape.
numpy is not needed for the rest.
"""

import io
import os
import struct
import sys

import msgpack

from read_lts import PART, count_elements, crc32c

ALIGN = 64
FRAME_BODY = 1 << 20  # rows are cut into frames of at most this many bytes
CODES = {"|u1": "B", "<i2": "h", "<i4": "i", "<i8": "q", "<f4": "f", "<f8": "d", "<bf2": "H"}


def frame(kind, seq, meta, body=b""):
    """The bytes of one frame; meta is a dict, or bytes that are packed already."""
    if not isinstance(meta, bytes):
        meta = msgpack.packb(meta, use_bin_type=True)
    data = b"\x95\xa4" + kind.encode("ascii") + b"\xcf" + struct.pack(">Q", seq)
    data += b"\xc6" + struct.pack(">I", len(meta)) + meta
    data += b"\xc6" + struct.pack(">I", len(body)) + body
    return data + b"\xce" + struct.pack(">I", crc32c(data))


def is_array(values):
    return hasattr(values, "astype") and hasattr(values, "shape")


def array_bytes(dtype, shape, values):
    if tuple(shape) != values.shape:
        raise ValueError("an array of shape %s, not %s" % (values.shape, tuple(shape)))
    if dtype == "<bf2":  # the nearest; of two the even one
        bits = values.astype("<f4").view("<u4").astype("<u8")
        rounded = bits + 0x7FFF + (bits >> 16 & 1) >> 16
        nan = values != values
        return (rounded * ~nan + 0x7FC0 * nan).astype("<u2").tobytes()
    cast = values.astype(dtype)
    if cast.dtype.kind in "iu" and not (cast == values).all():
        raise ValueError("numbers that are no %s" % dtype)
    return cast.tobytes()


def pack_numbers(dtype, shape, values):
    if is_array(values):
        return array_bytes(dtype, shape, values)
    if isinstance(values, (bytes, bytearray)):
        return bytes(values)
    if not isinstance(values, (list, tuple)):
        values = [values]
    return struct.pack("<%d%s" % (len(values), CODES[dtype]), *values)


class Writer:
    """One segment.  header holds everything but "v"; its order of keys is kept."""

    def __init__(self, out, header):
        self.out = out
        self.header = dict([("v", [1, 0])] + list(header.items()))
        self.frames = self.n = self.bytes = self.crcs = 0
        self.counts = None
        if header["kind"] == "rows" and "classes" in header:
            self.counts = [0] * len(header["classes"])
        self.put("LTS1", self.header)

    def put(self, kind, meta, body=b""):
        data = frame(kind, self.frames, meta, body)
        self.out.write(data)
        self.frames += 1
        self.bytes += len(data)
        self.crcs = crc32c(data[-4:], self.crcs)

    def body(self, cells):
        """The columns of some rows; cells[name] is a list of one bytes object a row."""
        out = io.BytesIO()
        for col in self.header["cols"]:
            out.write(b"\0" * (-out.tell() % ALIGN))
            column = cells[col["name"]]
            if col["dtype"] == "bytes":
                at = 0
                out.write(struct.pack("<Q", at))
                for cell in column:
                    at += len(cell)
                    out.write(struct.pack("<Q", at))
            out.write(b"".join(column))
        return out.getvalue()

    def rows(self, columns):
        """columns[name]: an array, or a list with a cell (a number, list, array or bytes) a row."""
        cells = {}
        for col in self.header["cols"]:
            column = columns[col["name"]]
            dtype, shape = col["dtype"], col["shape"]
            if dtype == "bytes":
                cells[col["name"]] = [bytes(cell) for cell in column]
            elif is_array(column):
                data = array_bytes(dtype, [len(column)] + shape, column)
                size = struct.calcsize("<" + CODES[dtype]) * count_elements(shape)
                cells[col["name"]] = [data[i : i + size] for i in range(0, len(data), size)]
            else:
                cells[col["name"]] = [pack_numbers(dtype, shape, cell) for cell in column]
        n = len(next(iter(cells.values())))
        start = 0
        while start < n:  # as many rows a frame as fit, at least one
            end = start + 1
            while end < n and self.size(cells, start, end + 1) <= FRAME_BODY:
                end += 1
            some = {name: column[start:end] for name, column in cells.items()}
            self.put("ROWS", {"n": end - start, "at": self.n}, self.body(some))
            self.n += end - start
            start = end
        for label in columns.get("y", []) if self.counts is not None else []:
            if label >= 0:
                self.counts[label] += 1

    def size(self, cells, start, end):
        at = 0
        for col in self.header["cols"]:
            at += -at % ALIGN
            if col["dtype"] == "bytes":
                at += 8 * (end - start + 1)
            at += sum(len(cell) for cell in cells[col["name"]][start:end])
        return at

    def tensor(self, name, dtype, shape, values):
        data = pack_numbers(dtype, shape, values)
        slices = shape[0] if shape else 1
        size = struct.calcsize("<" + CODES[dtype]) * count_elements(shape[1:])
        per = slices if size * slices <= PART else max(1, PART // size)
        parts = max(1, -(-slices // per)) if per else 1
        for k in range(parts):
            meta = {"name": name, "dtype": dtype, "shape": list(shape), "part": [k, parts]}
            self.put("TENS", meta, data[k * per * size : (k + 1) * per * size])

    def note(self, **values):
        self.put("note", values)

    def done(self):
        meta = {"frames": self.frames, "rows": self.n, "bytes": self.bytes, "crcs": self.crcs}
        if self.counts is not None:
            meta["class_counts"] = self.counts
        meta["inputs"] = []
        self.out.write(frame("DONE", self.frames, meta))


# The tiny streams.

CLASSES = ["cat", "dog", "naïve owl"]


def prov(prog, inputs=()):
    return [
        {
            "prog": prog,
            "version": "1.0.0",
            "opts": ["--size=4"],
            "seed": 0,
            "out": "stdout",
            "in": [list(i) for i in inputs],
        }
    ]


def column(name, dtype, shape, role):
    return {"name": name, "dtype": dtype, "shape": shape, "role": role}


def tiny_rows(out):
    header = {
        "kind": "rows",
        "cols": [
            column("image", "|u1", [4, 4, 3], "input"),
            column("y", "<i4", [], "label"),
            column("key", "bytes", [], "info"),
        ],
        "classes": CLASSES,
        "class_counts": [6, 3, 1],
        "split": "train",
        "norm": {"mean": [0.5, 0.25, 0.125], "std": [0.25, 0.5, 1.0]},
        "prov": prov("ltimport", [("data", {"bytes": 1234, "crc": 0x1234ABCD})]),
    }
    w = Writer(out, header)
    labels = [0, 0, 1, 0, 2, 0, 1, 0, 0, 1, -1, -1]
    images = [bytes((17 * i + 5 * k) % 256 for k in range(48)) for i in range(12)]
    w.rows({"image": images, "y": labels, "key": [b"train/%04d.png" % i for i in range(12)]})
    w.done()


def tiny_model(out):
    header = {
        "kind": "model",
        "classes": CLASSES,
        "norm": {"mean": [0.5, 0.25, 0.125], "std": [0.25, 0.5, 1.0]},
        "arch": "softmax",
        "num_classes": 3,
        "input": [4, 4, 3],
        "head": "linear",
        "scale": 1.0,
        "train_counts": [6, 3, 1],
        "loss_counts": [6, 3, 1],
        "epoch": 2,
        "prov": prov("train"),
    }
    w = Writer(out, header)
    w.note(epoch=1, loss=1.25)
    w.note(epoch=2, loss=0.75)
    w.tensor("fc.weight", "<f4", [3, 48], [(i % 7 - 3) / 8 for i in range(144)])
    w.tensor("fc.bias", "<f4", [3], [0.5, -0.25, 0.0])
    w.tensor("opt.step", "<i8", [], [96])
    w.done()


def tiny_scores(out):
    header = {
        "kind": "scores",
        "cols": [
            column("logits", "<f4", [3], "info"),
            column("y", "<i4", [], "label"),
            column("id", "<i8", [], "id"),
        ],
        "classes": CLASSES,
        "train_counts": [6, 3, 1],
        "prov": prov("eval"),
    }
    w = Writer(out, header)
    logits = [[i / 4, 1 - i / 4, 0.5] for i in range(6)]
    w.rows({"logits": logits, "y": [0, 1, 2, 0, 1, -1], "id": list(range(100, 106))})
    w.done()


def tiny_empty(out):
    Writer(
        out, {"kind": "rows", "cols": [column("y", "<i4", [], "label")], "classes": CLASSES}
    ).done()


def tiny_two(out):
    tiny_model(out)
    tiny_rows(out)


SAMPLES = {
    "tiny-rows.lts": tiny_rows,
    "tiny-model.lts": tiny_model,
    "tiny-scores.lts": tiny_scores,
    "tiny-empty.lts": tiny_empty,
    "tiny-two.lts": tiny_two,
}

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: write_lts.py DIRECTORY")
    for file_name, make in SAMPLES.items():
        with open(os.path.join(sys.argv[1], file_name), "wb") as f:
            make(f)
