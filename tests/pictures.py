#!/usr/bin/env python3
"""Pictures for tests of encoded rows: makes them, and inspects those in a stream.

pictures.py png FILE WIDTH HEIGHT [SEED] [KIND…]  noise as PNG; KIND: grey alpha deep turned raw
                             (orientation 6; the pixels not packed), part (only half the file)
pictures.py ppm FILE WIDTH HEIGHT [SEED]
pictures.py flat FILE WIDTH HEIGHT   a JPEG of one grey; sides are multiples of 8
pictures.py centre SIZE FROM TO   the PNG files of colour below FROM, cut to their centre
pictures.py look STREAM      one line per picture: row, format, width x height, CRC-32
pictures.py files STREAM TO  the pictures as files TO/KEY
pictures.py lines            what the lines of stdin say, each as such arguments
"""
import os
import random
import struct
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import stream_edit

SIGNATURE = b'\x89PNG\r\n\x1a\n'
TURNED = b'MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0'


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(width, height, pixels, samples=3, deep=False, turned=False, level=6):
    row = width * samples * (2 if deep else 1)
    lines = b''.join(b'\0' + pixels[y * row:(y + 1) * row] for y in range(height))
    head = struct.pack('>IIBBBBB', width, height, 16 if deep else 8, {1: 0, 3: 2, 4: 6}[samples], 0, 0, 0)
    return (SIGNATURE + chunk(b'IHDR', head) + (chunk(b'eXIf', TURNED) if turned else b'') +
            chunk(b'IDAT', zlib.compress(lines, level)) + chunk(b'IEND', b''))


def save(path, data):
    os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
    with open(path, 'wb') as out:
        out.write(data)


def noise(width, height, samples, seed):
    """Classes differ by their seed's hundreds: some of the noise, and a level."""
    level = seed // 100 * 60 % 200
    return bytes(level + v % 56 for v in random.Random(seed).randbytes(width * height * samples))


def make_png(path, width, height, seed=1, *kinds):
    width, height, seed = int(width), int(height), int(seed)
    samples = 1 if 'grey' in kinds else 4 if 'alpha' in kinds else 3
    deep = 'deep' in kinds
    pixels = noise(width * (2 if deep else 1), height, samples, seed)
    if deep:
        pixels = b'\xff' + pixels[1:]
    data = png(width, height, pixels, samples, deep, 'turned' in kinds, 0 if 'raw' in kinds else 6)
    save(path, data[:len(data) // 2] if 'part' in kinds else data)


def make_ppm(path, width, height, seed=1):
    width, height = int(width), int(height)
    save(path, b'P6 %d %d 255\n' % (width, height) + noise(width, height, 3, int(seed)))


def make_flat(path, width, height):
    """Each table has one code, 0: no difference, no coefficients.  So all bits are 0."""
    width, height = int(width), int(height)
    data = b'\xff\xd8' + b'\xff\xdb\0\x43\0' + b'\1' * 64
    data += struct.pack('>BBHBHHB', 0xff, 0xc0, 17, 8, height, width, 3) + b'\1\x11\0\2\x11\0\3\x11\0'
    for table in b'\0\x10':
        data += b'\xff\xc4' + struct.pack('>HB', 20, table) + b'\1' + bytes(15) + b'\0'
    scan = b'\xff\xda\0\x0c\3\1\0\2\0\3\0\0\x3f\0'
    save(path, data + scan + bytes(-(-width * height // 64 * 6 // 8)) + b'\xff\xd9')


def centre(size, top, to):
    size = int(size)
    for folder, _, names in os.walk(top):
        for name in names:
            data = open(os.path.join(folder, name), 'rb').read()
            width, height = struct.unpack_from('>II', data, 16)
            at = data.index(b'IDAT')
            lines = zlib.decompress(data[at + 4:])
            x, y = (width - size) // 2, (height - size) // 2
            rows = [lines[i * (3 * width + 1) + 1 + 3 * x:][:3 * size] for i in range(y, y + size)]
            save(os.path.join(to, os.path.relpath(folder, top), name), png(size, size, b''.join(rows)))


def pictures(stream):
    """(key, bytes) of each row."""
    for kind, meta, body, _ in stream_edit.frames(open(stream, 'rb').read()):
        if kind == 'LTS1':
            header = meta
        if kind != 'ROWS':
            continue
        columns = {}
        for col, at, size in stream_edit.places(header, meta['n'], body):
            if col['dtype'] == 'bytes':
                ends = struct.unpack_from('<%dQ' % (meta['n'] + 1), body, at)
                first = at + 8 * (meta['n'] + 1)
                columns[col['name']] = [body[first + a:first + b] for a, b in zip(ends, ends[1:])]
        yield from zip((k.decode() for k in columns['key']), columns['image'])


def sides(data):
    if data.startswith(SIGNATURE):
        return 'PNG', struct.unpack_from('>II', data, 16)
    at = 2
    while data[at] == 0xff:
        if 0xc0 <= data[at + 1] <= 0xc2:
            height, width = struct.unpack_from('>HH', data, at + 5)
            return 'JPEG', (width, height)
        at += 2 + struct.unpack_from('>H', data, at + 2)[0]
    return '?', (0, 0)


def look(stream):
    for key, data in pictures(stream):
        print(key, sides(data)[0], '%dx%d' % sides(data)[1], '%08x' % zlib.crc32(data))


def files(stream, to):
    for key, data in pictures(stream):
        save(os.path.join(to, key), data)


def lines():
    for line in sys.stdin:
        run(*line.split())


def run(command, *args):
    {'png': make_png, 'ppm': make_ppm, 'flat': make_flat, 'centre': centre, 'look': look, 'files': files,
     'lines': lines}[command](*args)


if __name__ == '__main__':
    run(*sys.argv[1:])
