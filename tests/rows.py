"""rows.py [--keys] FILE: the rows of a stream that ltimport wrote.

A line a row: id, y, split, class name, key, the image's shape and CRC-32.  With --keys the
split and the classes, then "y key" of each row.
"""
import msgpack, struct, sys, zlib

def cells(header, count, body):
    """One list of cells a column: an image's bytes, a number, or a key."""
    at, out = 0, []
    for col in header['cols']:
        at = (at + 63) // 64 * 64
        if col['dtype'] == 'bytes':
            offs = struct.unpack_from('<%dQ' % (count + 1), body, at)
            at += 8 * (count + 1)
            out.append([body[at + a:at + b].decode() for a, b in zip(offs, offs[1:])])
            at += offs[-1]
            continue
        size = {'|u1': 1, '<i4': 4, '<i8': 8}[col['dtype']]
        for side in col['shape']:
            size *= side
        part = [body[at + i * size:at + (i + 1) * size] for i in range(count)]
        at += size * count
        out.append(part if col['shape'] else [int.from_bytes(p, 'little', signed=True) for p in part])
    return {c['name']: o for c, o in zip(header['cols'], out)}

short = sys.argv[1] == '--keys'
for frame in msgpack.Unpacker(open(sys.argv[-1], 'rb'), max_buffer_size=1 << 28):
    if frame[0] == 'LTS1':
        header = msgpack.unpackb(frame[2])
        if short:
            print(header.get('split', '-'), ','.join(header.get('classes', ['-'])))
    if frame[0] == 'ROWS':
        n = msgpack.unpackb(frame[2])['n']
        cols = cells(header, n, frame[3])
        for i in range(n):
            if short:
                print(cols['y'][i], cols['key'][i])
                continue
            name = header['classes'][cols['y'][i]] if cols['y'][i] >= 0 else '-'
            shape = 'x'.join(map(str, header['cols'][0]['shape']))
            key = cols['key'][i] if 'key' in cols else '-'
            print(cols['id'][i], cols['y'][i], header.get('split', '-'), name, key, shape,
                  '%08x' % zlib.crc32(cols['image'][i]))
