#!/usr/bin/env python3
"""Inspects and changes streams, for tests that need streams that the programs do not write.

stream_edit.py edit CODE <in >out      CODE is run for every frame, see edit()
stream_edit.py digest [-PART] FILE…    one line per file: a digest of its tensors, see digest()
stream_edit.py show EXPRESSION FILE    EXPRESSION of h (first header), d (its DONE), notes,
                                       rows (name: list) and tensors (name: list of numbers)

It implements lt-stream(5) and needs only the package msgpack.
"""
import hashlib
import struct
import sys
from collections.abc import Mapping

import msgpack

CODES = {'|u1': 'B', '<i2': 'h', '<i4': 'i', '<i8': 'q', '<f4': 'f', '<f8': 'd'}


def crc_table():
    table = []
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0x82f63b78 if i & 1 else 0)
        table.append(i)
    return table


TABLE = crc_table()


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xffffffff


def frames(data):
    """Lists of kind, meta, body and the frame's bytes."""
    at = 0
    while at < len(data):
        kind = data[at + 2:at + 6].decode()
        meta_size, = struct.unpack_from('>I', data, at + 16)
        body_at = at + 20 + meta_size + 5
        body_size, = struct.unpack_from('>I', data, body_at - 4)
        end = body_at + body_size + 5
        meta = msgpack.unpackb(data[at + 20:at + 20 + meta_size])
        yield [kind, meta, data[body_at:body_at + body_size], data[at:end]]
        at = end


def frame_bytes(kind, number, meta, body):
    packed = meta if isinstance(meta, bytes) else msgpack.packb(meta)
    frame = b'\x95\xa4' + kind.encode() + b'\xcf' + struct.pack('>Q', number)
    frame += b'\xc6' + struct.pack('>I', len(packed)) + packed
    frame += b'\xc6' + struct.pack('>I', len(body)) + bytes(body)
    return frame + b'\xce' + struct.pack('>I', crc32c(frame))


def places(header, n, body):
    """(column, offset, bytes) of each column of a ROWS body."""
    at = 0
    for col in header['cols']:
        at = (at + 63) // 64 * 64
        if col['dtype'] == 'bytes':
            ends = struct.unpack_from('<%dQ' % (n + 1), body, at)
            size = 8 * (n + 1) + ends[-1]
        else:
            size = n * struct.calcsize(CODES[col['dtype']])
            for side in col['shape']:
                size *= side
        yield col, at, size
        at += size


def labels(header, n, body):
    """The column y of a ROWS body, to be changed in place where body is a bytearray."""
    for col, at, size in places(header, n, body):
        if col['name'] == 'y':
            return memoryview(body)[at:at + size].cast(CODES[col['dtype']][-1])
    return []


def edit(code):
    """
    CODE sees kind, meta, body (a bytearray), header (of the segment) and y (the labels of
    a ROWS frame, to be changed in place), at (its first row) and places(); keep = False drops
    the frame.  Changed frames get new checksums, and the totals at the end are corrected.
    """
    out = sys.stdout.buffer
    code = compile(code, 'edit', 'exec')
    for kind, meta, body, raw in frames(sys.stdin.buffer.read()):
        if kind == 'LTS1':
            header, number, sums, size, rows = meta, 0, b'', 0, 0
            counts = [0] * len(meta.get('classes') or [])
        scope = {'kind': kind, 'meta': meta, 'body': bytearray(body), 'header': header,
                 'at': rows, 'keep': True, 'y': [], 'places': places}
        if kind == 'ROWS':
            scope['y'] = labels(header, meta['n'], scope['body'])
        before = msgpack.packb(meta)
        exec(code, scope)
        if not scope['keep']:
            continue
        meta = scope['meta']
        if kind == 'DONE':
            meta.update(frames=number, rows=rows, bytes=size, crcs=crc32c(sums))
            if 'class_counts' in meta:
                meta['class_counts'] = counts
        if kind == 'ROWS':
            for label in scope['y']:
                if 0 <= label < len(counts):
                    counts[label] += 1
            rows += meta['n']
        same = scope['body'] == body and msgpack.packb(meta) == before
        if not same or kind == 'DONE' or raw[7:15] != struct.pack('>Q', number):
            raw = frame_bytes(kind, number, meta, scope['body'])
        out.write(raw)
        sums += raw[-4:]
        size += len(raw)
        number += 1


def numbers(dtype, body):
    return list(struct.unpack('<%d%s' % (len(body) // struct.calcsize(CODES[dtype]), CODES[dtype]), body))


def digest(names):
    """
    A digest of the network's tensors: those whose names do not contain "opt." and the like.  An
    argument that begins with "-", such as "-fc.", also leaves out the tensors that contain it.
    """
    skipped = ['opt.', 'ema.', 'queue.', 'rng.', 'best.']
    while names[0].startswith('-'):
        skipped.append(names.pop(0)[1:])
    for name in names:
        hashed = hashlib.sha256()
        for kind, meta, body, _ in frames(open(name, 'rb').read()):
            if kind == 'TENS' and not any(s in meta['name'] for s in skipped):
                hashed.update(meta['name'].encode() + bytes(body))
        print(hashed.hexdigest()[:16])


class Tensors(Mapping):
    """Lists of numbers by name, made when asked for: a network has millions."""

    def __init__(self):
        self.frames = {}

    def __getitem__(self, name):
        return numbers(*self.frames[name])

    def __iter__(self):
        return iter(self.frames)

    def __len__(self):
        return len(self.frames)


def show(expression, name):
    scope = {'h': None, 'd': None, 'notes': [], 'rows': {}, 'tensors': Tensors(), 'shapes': {}}
    for kind, meta, body, _ in frames(open(name, 'rb').read()):
        if kind == 'LTS1':
            header = meta
            scope['h'] = scope['h'] or meta
        elif kind == 'DONE':
            scope['d'] = scope['d'] or meta
        elif kind == 'note':
            scope['notes'].append(meta)
        elif kind == 'TENS':
            scope['tensors'].frames[meta['name']] = meta['dtype'], body
            scope['shapes'][meta['name']] = meta['shape']
        elif kind == 'ROWS':
            for col, at, size in places(header, meta['n'], body):
                if col['dtype'] == 'bytes':
                    continue
                cells, each = numbers(col['dtype'], body[at:at + size]), 1
                for side in col['shape']:
                    each *= side
                if col['shape']:
                    cells = [cells[i:i + each] for i in range(0, len(cells), each)]
                scope['rows'].setdefault(col['name'], []).extend(cells)
    print(eval(expression, scope))


if __name__ == '__main__':
    command, rest = sys.argv[1], sys.argv[2:]
    {'edit': lambda: edit(rest[0]), 'digest': lambda: digest(rest), 'show': lambda: show(*rest)}[command]()
