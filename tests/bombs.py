#!/usr/bin/env python3
"""Small inputs that demand much memory, and the memory that a program uses for one.

bombs.py make          writes the inputs into the working directory
bombs.py run COMMAND…  runs the command, exits with its status (after a signal: 128 + its number), and
                       writes "KB SECONDS" to the file peak: the largest memory of one of its
                       processes, and its CPU time
"""
import bz2
import io
import os
import struct
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../samples'))
MIB = bytes(1 << 20)
MANY = (1 << 23) + 1


def run(command):
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    kb = usage.ru_maxrss // (1024 if sys.platform == 'darwin' else 1)
    with open('peak', 'w') as out:
        print(kb, '%.2f' % (usage.ru_utime + usage.ru_stime), file=out)
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))


def write(path, pieces):
    with open(path, 'wb') as out:
        out.writelines(pieces)


def member(data):
    """Of a gzip file, which may have many of them."""
    pack = zlib.compressobj(1, zlib.DEFLATED, 31)
    return pack.compress(data) + pack.flush()


def packed(path, pieces):
    pack = bz2.BZ2Compressor() if path.endswith('.bz2') else zlib.compressobj(1, zlib.DEFLATED, 31)
    write(path, (pack.compress(piece) for piece in pieces))
    with open(path, 'ab') as out:
        out.write(pack.flush())


def tar(name, size, kind=b'0'):
    """The header of an entry."""
    head = bytearray(512)
    head[:len(name)] = name
    head[100:108] = b'0000644\0'
    head[124:136] = b'%011o\0' % size if size < 8 << 30 else b'\x80' + size.to_bytes(11, 'big')
    head[136:148] = b'00000000000\0'
    head[156:157] = kind
    head[257:265] = b'ustar  \0'
    head[148:156] = b' ' * 8
    head[148:156] = b'%06o\0 ' % sum(head)
    return bytes(head)


def entry(name, data):
    return tar(name, len(data)) + data + bytes(-len(data) % 512)


def long_names(n, size):
    """Empty images whose names come before them, as GNU tar has it."""
    before, after = tar(b'././@LongLink', size + 1, b'L'), tar(b'x', 0)
    rest = b'a' * (size - 11) + b'.png' + bytes(512 - size % 512) + after
    return (before + b'%06d/' % i + rest for i in range(n))


def small_zip(path, n):
    """Empty files, named in the directory at the end alone."""
    local = struct.pack('<IHHHHHIIIHH', 0x04034b50, 20, 0, 0, 0, 33, 0, 0, 0, 5, 0) + b'a.png'
    names = [b'a/%06d.png' % i for i in range(n)]
    central = struct.pack('<IHHHHHHIIIHHHHHII', 0x02014b50, 20, 20, 0, 0, 0, 33, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0)
    size = n * (len(central) + 12)
    end = struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, n, n, size, len(local), 0)
    write(path, [local, b''.join(central + name for name in names), end])


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(width, height, data=b'', more=b''):
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) +
            more + chunk(b'IDAT', zlib.compress(data)) + chunk(b'IEND', b''))


def jpeg(width, height, start):
    """A header of three components; start 0xc2: progressive."""
    quant = b'\xff\xdb\0\x43\0' + b'\1' * 64
    frame = struct.pack('>BBHBHHB', 0xff, start, 17, 8, height, width, 3)
    scan = b'\xff\xda\0\x0c\3\1\0\2\0\3\0\0\0\0'
    return b'\xff\xd8' + quant + frame + b'\1\x11\0\2\x11\0\3\x11\0' + scan + b'\0\xff\xd9'


def idx(dims, size=0):
    return bytes([0, 0, 8, len(dims)]) + struct.pack('>%dI' % len(dims), *dims) + bytes(size)


def archives():
    zeros = member(MIB)
    write('texts.tar.gz', (x for i in range(330) for x in (member(tar(b'd%d/batches.meta.txt' % i, 1 << 20)), zeros)))
    write('texts.tar.bz2', [bz2.compress(tar(b'd%d/batches.meta.txt' % i, 1 << 20) + MIB) for i in range(6)])
    packed('names.tar.gz', long_names(330, 1000000))
    # Names within their limit, but nothing behind them.
    packed('index.tar.gz', long_names(20000, 4095))
    packed('classes.tar.gz', (tar(b'%d/x.png' % i, 0) for i in range(70000)))
    # Images of a split without classes, and texts elsewhere that could name them.
    packed('annotations.tar.gz', (tar(name % i, 0) for name in (b'train/a/%d.png', b'val/%d.png',
        b'z%d/val_annotations.txt') for i in range(30000)))
    write('image.tar.gz', [member(tar(b'a/x.png', 250 << 20))] + [zeros] * 250)
    write('announced.tar', [tar(b'a/x.png', 250 << 20), b'\x89PNG\r\n\x1a\n'])
    write('8gib.tar', [tar(b'data_batch_1.bin', 8 << 30), bytes(100)])
    write('8gib-image.tar', [tar(b'a/x.png', 8 << 30), bytes(100)])
    small_zip('entries.zip', 65000)
    write('zeros.gz', [zeros] * 1024)


def images():
    pack = zlib.compressobj(1)
    text = b''.join([pack.compress(MIB) for _ in range(330)]) + pack.flush()
    for name, data in [('wide.png', png(0x7fffffff, 0x7fffffff)), ('many.png', png(20000, 20000)),
                       ('text.png', png(8, 8, bytes(200), chunk(b'zTXt', b'a\0\0' + text))),
                       ('wide.jpg', jpeg(65535, 65535, 0xc0)), ('scans.jpg', jpeg(9000, 9000, 0xc2)),
                       ('wide.ppm', b'P6 60000 60000 255\n'), ('many.ppm', b'P6 9000 9000 255\nabc')]:
        write(name, [data])
    write('l-idx1-ubyte.gz', [member(idx([1 << 30]))] + [member(MIB)] * 1024)
    write('l-idx3-ubyte', [idx([1 << 30, 8, 8], 640)])
    write('4gb-idx3-ubyte', [idx([1 << 16, 256, 256], 640)])
    write('4gb-idx1-ubyte', [idx([1 << 16], 1 << 16)])
    write('sides-idx3-ubyte', [idx([1, 9000, 9000], 640)])
    write('sides-idx1-ubyte', [idx([1], 1)])


def pickles():
    """A few packed bytes that ask for values, places in the memo and strings without end."""
    write('values.gz', [member(b'\x80\2' + b'N' * MANY)])
    write('marks.gz', [member(b'\x80\2' + b'(' * MANY)])
    write('tuples.gz', [member(b'\x80\2' + b')0' * MANY)])
    write('memo.gz', [member(b'\x80\4' + b'N\x94' * MANY)])
    write('strings.gz', [member(b'\x80\2' + (b'B\0\0\0\1' + bytes(1 << 24)) * 5)])
    line = [member(b'V')] + [member(b'\xe9' * (1 << 16))] * 255 + [member(b'\n')]
    write('texts.gz', [member(b'(dp0\n')] + line * 3)
    write('claimed.gz', [member(b'\x80\2\x8e' + b'\xff' * 8)] + [member(MIB)] * 512)


def npy(descr, shape):
    text = repr({'descr': descr, 'fortran_order': False, 'shape': shape}).encode()
    return b'\x93NUMPY\1\0' + struct.pack('<H', len(text)) + text


def arrays():
    """Sides, numbers and headers of arrays that are not there, and labels that are zeros."""
    image = npy('|u1', (1, 4, 4)) + bytes(16)
    for name, shape in [('sides', (1, 9000, 9000, 3)), ('images', (1 << 30, 8, 8))]:
        write(name + '-x.npy', [npy('|u1', shape)])
        write(name + '-x.npy.gz', [member(npy('|u1', shape))])
    write('x.npy', [image])
    write('header-x.npy', [b'\x93NUMPY\2\0' + b'\xff' * 4, MIB])
    write('zeros-y.npy.gz', [member(npy('<f8', (1 << 25,)))] + [member(MIB)] * 256)
    write('many-y.npy.gz', [member(npy('|u1', ((1 << 25) + 1,)))] + [member(MIB)] * 33)
    # An image of MATLAB's with a side of 9000, and compressed numbers without end.
    head = (b'MATLAB 5.0 MAT-file').ljust(124) + b'\0\1IM'
    matrix = struct.pack('<14I', 14, 56 + 243000000, 6, 8, 9, 0, 5, 16, 9000, 9000, 3, 1, 1 << 16 | 1, ord('X'))
    matrix += struct.pack('<2I', 2, 243000000)
    write('sides.mat', [head, matrix])
    pack = zlib.compressobj(1)
    data = b''.join([pack.compress(matrix)] + [pack.compress(MIB) for _ in range(230)]) + pack.flush()
    write('packed.mat', [head, struct.pack('<2I', 15, len(data)), data])


def streams():
    from write_lts import column, frame
    label = column('y', '<i4', [], 'label')

    def rows(path, header, body, n):
        base = {'v': [1, 0], 'kind': 'rows', 'cols': [label], 'classes': ['a', 'b']}
        base.update(header)
        write(path, [frame('LTS1', 0, base), frame('ROWS', 1, {'n': n, 'at': 0}, body)])

    huge = column('image', '|u1', [2147483647, 2147483647, 1], 'input')
    rows('cell.lts', {'cols': [huge, label]}, bytes(64), 1)
    rows('columns.lts', {'cols': [column('c%d' % i, '<f8', [1 << 20], 'info') for i in range(64)]}, bytes(64), 1)
    rows('number.lts', {}, bytes(64), 1 << 24)
    image = column('image', '|u1', [32, 32, 3], 'input')
    header = {'v': [1, 0], 'kind': 'rows', 'cols': [image, label], 'classes': ['c%d' % i for i in range(65535)]}
    head = frame('LTS1', 0, header)
    write('cut-classes.lts', [head])
    nested = b'\x81\xa1x' + b'\x91' * 100000 + b'\xc0'
    write('deep.lts', [frame('LTS1', 0, nested)])
    entries = [{'prog': 'p' * 255, 'version': 'v' * 255, 'seed': i,
               'out': 'o' * 255, 'opts': ['--o%d=' % k + 'z' * 200 for k in range(10)],
               'in': [{'role': 'data', 'entry': i - 1 if i else None, 'bytes': 1, 'crc': 1}]} for i in range(300)]
    rows('provenance.lts', {'prov': entries}, bytes(64), 1)
    model = {'v': [1, 0], 'kind': 'model', 'arch': 'resnet50', 'num_classes': 2, 'input': [1024, 1024, 16],
             'head': 'linear', 'scale': 1.0, 'norm': {'mean': [0.0] * 16, 'std': [1.0] * 16},
             'classes': ['a', 'b']}
    out = io.BytesIO()
    done(out, [frame('LTS1', 0, model)], frame)
    write('model.lts', [out.getvalue()])
    out = io.BytesIO()
    part = {'name': 'fc.weight', 'dtype': '<f4', 'shape': [65535, 1 << 20], 'part': [0, 8192]}
    done(out, [frame('LTS1', 0, model), frame('TENS', 1, part, bytes(1024))], frame)
    write('tensor.lts', [out.getvalue()])
    image = column('image', '|u1', [1024, 1024, 16], 'input')
    rows('data.lts', {'cols': [image, label]}, bytes(64), 1)


def done(out, parts, frame):
    from write_lts import crc32c
    sums = 0
    for part in parts:
        sums = crc32c(part[-4:], sums)
        out.write(part)
    out.write(frame('DONE', len(parts), {'frames': len(parts), 'rows': 0, 'bytes': sum(map(len, parts)),
                                         'crcs': sums, 'inputs': []}))


def texts():
    names = ['n%d' % i for i in range(65535)]
    write('names.txt', [('\n'.join(names) + '\n').encode()])
    write('counts.txt', [('\n'.join(n + ' 0' for n in names) + '\n').encode()])
    write('order.txt', [','.join(names).encode()])
    write('line.txt', [b'x' * (1 << 24)])


def make():
    archives()
    images()
    pickles()
    arrays()
    streams()
    texts()


if sys.argv[1] == 'run':
    run(sys.argv[2:])
make()
