#!/usr/bin/env python3
"""scores.py FILE [NAME=VALUE ...]: a stream of scores made up for tests of lt report.

  classes=10     how many, or their names with commas between ("\\u0416" and the like are read)
  rows=20        of each class
  ratio=100      of the training counts of the largest and smallest class; 0: no counts
  largest=500    training rows of the largest class
  skill=2        how far the logit of the true class stands above the others
  labels=1       0: y is -1 everywhere
  xy=0           1: a column xy beside
  nan=0          so many rows get a logit that is no number
  first_id=0     id of the first row
  images=FILE    rows with 8x8 images of the same ids, a stream of its own
  seed=1

Logits favour large classes, so that the tail is worse, as it is after training.
"""
import math
import random
import struct
import sys

import msgpack

from stream_edit import crc32c, frame_bytes

def body(columns):
    out = b''
    for column in columns:
        out += b'\0' * (-len(out) % 64) + column
    return out


def write(name, header, frames, counted=None):
    raw = [frame_bytes('LTS1', 0, header, b'')]
    at = 0
    for n, data in frames:
        raw.append(frame_bytes('ROWS', len(raw), {'n': n, 'at': at}, data))
        at += n
    done = {'frames': len(raw), 'rows': at, 'bytes': sum(map(len, raw)),
            'crcs': crc32c(b''.join(r[-4:] for r in raw))}
    if counted:
        done['class_counts'] = counted
    done['inputs'] = []
    with open(name, 'wb') as out:
        out.write(b''.join(raw) + frame_bytes('DONE', len(raw), done, b''))


def main():
    name, *rest = sys.argv[1:]
    o = dict(classes='10', rows='20', ratio='100', largest='500', skill='2', labels='1', xy='0',
             nan='0', first_id='0', images='', seed='1')
    o.update(word.split('=', 1) for word in rest)
    random.seed(int(o['seed']))
    names = o['classes'].encode().decode('unicode_escape').split(',')
    if names[0].isdigit():
        names = ['class %d' % (i + 1) for i in range(int(names[0]))]
    classes = len(names)
    ratio = float(o['ratio'])
    counts = [max(1, int(int(o['largest']) * (ratio or 1) ** (-c / max(1, classes - 1))))
              for c in range(classes)]
    rows = [c for _ in range(int(o['rows'])) for c in range(classes)]
    cols = [('id', '<i8', [], 'id'), ('y', '<i4', [], 'label'), ('logits', '<f4', [classes], 'input')]
    if o['xy'] == '1':
        cols.append(('xy', '<f4', [2], 'info'))
    header = {'v': [1, 0], 'kind': 'scores', 'classes': names, 'split': 'test', 'prov': [
        {'prog': 'ltsynth', 'version': '1.0.0', 'opts': ['--split=test', '--a=<b> & \'c\''],
         'seed': 0, 'out': 'stdout', 'in': []}]}
    header['cols'] = [dict(zip(('name', 'dtype', 'shape', 'role'), c)) for c in cols]
    if ratio:
        header['train_counts'] = counts
    out = {c[0]: b'' for c in cols}
    logits, points = [], []
    for i, c in enumerate(rows):
        line = [random.gauss(0, 1) + 0.6 * math.log(counts[k] / counts[0] + 0.05) for k in range(classes)]
        line[c] += float(o['skill']) + math.log(classes) / 2
        if i < int(o['nan']):
            line[0] = float('nan')
        logits += line
        points += [math.cos(c * 2.4) * math.sqrt(c + 1) * 9 + random.gauss(0, 4),
                   math.sin(c * 2.4) * math.sqrt(c + 1) * 9 + random.gauss(0, 4)]
    first = int(o['first_id'])
    n = len(rows)
    frames = []
    step = 1 << 20
    step = max(1, step // (4 * classes + 64))
    for a in range(0, n, step):
        b = min(n, a + step)
        data = [struct.pack('<%dq' % (b - a), *range(first + a, first + b)),
                struct.pack('<%di' % (b - a), *(c if o['labels'] == '1' else -1 for c in rows[a:b])),
                struct.pack('<%df' % ((b - a) * classes), *logits[a * classes:b * classes])]
        if o['xy'] == '1':
            data.append(struct.pack('<%df' % (2 * (b - a)), *points[2 * a:2 * b]))
        frames.append((b - a, body(data)))
    write(name, header, frames)
    if o['images']:
        cols = [('image', '|u1', [8, 8, 3], 'input'), ('y', '<i4', [], 'label'), ('id', '<i8', [], 'id')]
        pixels = bytes((c * 37 + k * 3 + random.randrange(40)) % 256 for c in rows for k in range(192))
        data = [pixels, struct.pack('<%di' % n, *rows), struct.pack('<%dq' % n, *range(first, first + n))]
        write(o['images'], {'v': [1, 0], 'kind': 'rows', 'classes': names,
                            'cols': [dict(zip(('name', 'dtype', 'shape', 'role'), c)) for c in cols],
                            'prov': []}, [(n, body(data))],
              [rows.count(c) for c in range(classes)])


main()
