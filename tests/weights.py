#!/usr/bin/env python3
"""Files of weights in the layouts of safetensors and torch.save, without either.

weights.py FORMAT FILE ARCH [KEY=VALUE ...]

FORMAT is safetensors, zip or legacy; ARCH resnet20 … resnet56 or resnet18 … resnet50.  The
numbers are a fixed sequence, the same for the same tensor whatever the layout is.  Keys:

prefix=TEXT     before every name; head=NAME (fc): what stands before the head's weight and bias
kind=linear|cosine|mlp  classes=N  type=f2|f4|f8|bf  counters=1: num_batches_tracked too
inside=KEY      the dict is the value of that key of another, beside an epoch and a number
parts=1         feat_model and classifier apart, each with module. before its names
other=PREFIX    a second network beside it, with other numbers
big=1           numbers with their highest byte first, as a zip file may say
last=1          channels last: the strides of convolutions are those of PyTorch's format
drop=NAME  shape=NAME:N,N  nan=NAME  negative=NAME  integer=NAME  extra=NAME: damage
"""
import io
import json
import math
import pickle
import struct
import sys
import types
import zipfile
import zlib
from collections import OrderedDict

# ------------------------------------------------------------------ networks

CIFAR = {'resnet20': 3, 'resnet32': 5, 'resnet44': 7, 'resnet56': 9}
LARGE = {'resnet10': (1, 1, 1, 1), 'resnet18': (2, 2, 2, 2), 'resnet34': (3, 4, 6, 3), 'resnet50': (3, 4, 6, 3)}


def conv(out, name, norm, o, i, k):
    out[name + '.weight'] = (o, i, k, k)
    for part in 'weight', 'bias', 'running_mean', 'running_var':
        out[norm + '.' + part] = (o,)
    out[norm + '.num_batches_tracked'] = ()


def cifar(out, blocks):
    conv(out, 'conv1', 'bn1', 16, 3, 3)
    width = 16
    for stage in range(3):
        for block in range(blocks):
            at, wide = 'layer%d.%d.' % (stage + 1, block), 16 << stage
            conv(out, at + 'conv1', at + 'bn1', wide, width, 3)
            conv(out, at + 'conv2', at + 'bn2', wide, wide, 3)
            width = wide
    return width


def large(out, blocks, bottleneck):
    conv(out, 'conv1', 'bn1', 64, 3, 7)
    width = 64
    for stage, count in enumerate(blocks):
        for block in range(count):
            at, narrow = 'layer%d.%d.' % (stage + 1, block), 64 << stage
            wide = 4 * narrow if bottleneck else narrow
            conv(out, at + 'conv1', at + 'bn1', narrow, width, 1 if bottleneck else 3)
            conv(out, at + 'conv2', at + 'bn2', narrow, narrow, 3)
            if bottleneck:
                conv(out, at + 'conv3', at + 'bn3', wide, narrow, 1)
            if block == 0 and (stage > 0 or bottleneck):
                conv(out, at + 'downsample.0', at + 'downsample.1', wide, width, 1)
            width = wide
    return width


def network(arch, key):
    out = OrderedDict()
    width = cifar(out, CIFAR[arch]) if arch in CIFAR else large(out, LARGE[arch], arch == 'resnet50')
    classes, head = int(key.get('classes', 10)), 'HEAD'
    if key.get('kind') == 'mlp':
        out.update({head + '.0.weight': (width, width), head + '.0.bias': (width,),
                    head + '.2.weight': (classes, width), head + '.2.bias': (classes,)})
    elif key.get('kind') == 'cosine':
        out[head + '.weight'] = (width, classes)
    else:
        out.update({head + '.weight': (classes, width), head + '.bias': (classes,)})
    return out


# ------------------------------------------------------------------ numbers

def numbers(name, n):
    """n floats: a block of them again and again, begun at a place that the name gives."""
    block = [((i * 2654435761 & 0xffff) - 32768) / 2 ** 19 for i in range(4099)]
    if name.endswith(('running_var', 'bn1.weight', 'bn2.weight', 'bn3.weight', 'downsample.1.weight')):
        block = [0.5 + abs(v) for v in block]
    first = zlib.crc32(name.encode()) % 4099
    block = block[first:] + block[:first]
    return block * (n // 4099) + block[:n % 4099]


def pack(values, kind):
    if kind == 'bf':
        raw = struct.pack('<%df' % len(values), *values)
        return b''.join(raw[i + 2:i + 4] for i in range(0, len(raw), 4))
    if kind == 'i8':
        return struct.pack('<%dq' % len(values), *map(int, values))
    return struct.pack('<%d%s' % (len(values), {'f2': 'e', 'f4': 'f', 'f8': 'd'}[kind]), *values)


class Tensor:
    def __init__(self, shape, values, kind, last=False):
        self.shape, self.kind = tuple(shape), kind
        self.n = math.prod(shape)
        stride, step = [], 1
        for d in reversed(self.shape):
            stride.insert(0, step)
            step *= d
        if last and len(shape) == 4:
            o, i, h, w = shape
            stride = [i * h * w, 1, w * i, i]
            values = [values[((a * i + d) * h + b) * w + c] for a in range(o) for b in range(h) for c in range(w)
                      for d in range(i)]
        self.stride, self.offset = tuple(stride), 0
        self.data = pack(values, kind)
        self.storage = Storage(self)


class Storage:
    def __init__(self, tensor):
        self.kind, self.data, self.n = tensor.kind, tensor.data, tensor.n


def tensors(arch, key, prefix, salt=''):
    out = OrderedDict()
    for name, shape in network(arch, key).items():
        counter = name.endswith('num_batches_tracked')
        plain = name.replace('HEAD.', 'fc.')
        if (counter and not key.get('counters')) or plain == key.get('drop'):
            continue
        if key.get('shape', '').startswith(plain + ':'):
            shape = tuple(map(int, key['shape'].split(':')[1].split(',')))
        values = [7] if counter else numbers(salt + plain, math.prod(shape))
        for what, value in ('nan', math.nan), ('negative', -1.0):
            if key.get(what) == plain:
                values[-1] = value
        kind = 'i8' if counter or key.get('integer') == plain else key.get('type', 'f4')
        named = name.replace('HEAD.', key.get('head', 'fc') + '.')
        out[prefix + named] = Tensor(shape, values, kind, key.get('last'))
    return out


# ------------------------------------------------------------------ safetensors

TYPES = {'f2': 'F16', 'f4': 'F32', 'f8': 'F64', 'bf': 'BF16', 'i8': 'I64'}


def safetensors(entries, meta=None):
    """entries: (name, type, shape, bytes)."""
    header, at, data = OrderedDict(), 0, []
    if meta:
        header['__metadata__'] = meta
    for name, kind, shape, raw in entries:
        header[name] = {'dtype': kind, 'shape': list(shape), 'data_offsets': [at, at + len(raw)]}
        at += len(raw)
        data.append(raw)
    return raw_safetensors(json.dumps(header).encode(), b''.join(data))


def raw_safetensors(header, data):
    return struct.pack('<Q', len(header)) + header + data


# ------------------------------------------------------------------ torch.save

def module(name, **members):
    made = sys.modules[name] = types.ModuleType(name)
    for key, value in members.items():
        value.__module__ = name
        value.__qualname__ = value.__name__ = key
        setattr(made, key, value)
    return made


def rebuild(*args):
    pass


torch = module('torch', **{n + 'Storage': type(n, (), {}) for n in ('Float', 'Double', 'Half', 'BFloat16', 'Long')})
module('torch._utils', _rebuild_tensor_v2=rebuild)
torch._utils = sys.modules['torch._utils']
STORAGES = {'f2': torch.HalfStorage, 'f4': torch.FloatStorage, 'f8': torch.DoubleStorage,
            'bf': torch.BFloat16Storage, 'i8': torch.LongStorage}


class Pickler(pickle._Pickler):
    def __init__(self, file, legacy, protocol=2):
        super().__init__(file, protocol)
        self.legacy, self.keys = legacy, OrderedDict()

    def persistent_id(self, obj):
        if not isinstance(obj, Storage):
            return None
        key = self.keys.setdefault(id(obj), (str(len(self.keys) + (90000 if self.legacy else 0)), obj))[0]
        place = ('storage', STORAGES[obj.kind], key, 'cpu', getattr(obj, 'claims', obj.n))
        return place + (None,) if self.legacy else place


def reduce_tensor(self, protocol):
    return rebuild, (self.storage, self.offset, self.shape, self.stride, False, OrderedDict())


Tensor.__reduce_ex__ = reduce_tensor


def object_pickle(obj, legacy):
    out = io.BytesIO()
    pickler = Pickler(out, legacy)
    pickler.dump(obj)
    return out.getvalue(), list(pickler.keys.values())


def torch_zip(obj, name='archive', pickled=None, order=None, compressed=False, leave=None, twice=None, short=None):
    body, storages = object_pickle(obj, False)
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as z:
        entry = lambda path, raw: z.writestr(zipfile.ZipInfo(path), raw, z.compression)
        entry(name + '/data.pkl', pickled or body)
        entry(name + '/byteorder', order or b'little')
        for key, storage in storages:
            if order == b'big':
                size = len(storage.data) // storage.n
                storage.data = b''.join(storage.data[i:i + size][::-1] for i in range(0, len(storage.data), size))
            if key != leave:
                entry(name + '/data/' + key, storage.data[:-4] if key == short else storage.data)
            if key == twice:
                entry(name + '/data/' + key, storage.data)
        entry(name + '/version', b'3\n')
    return out.getvalue()


MAGIC = 0x1950a86a20f9469cfc6c


def torch_legacy(obj, magic=MAGIC, version=1001, lengths=None, keys=None):
    body, storages = object_pickle(obj, True)
    parts = [pickle.dumps(magic, 2), pickle.dumps(version, 2),
             pickle.dumps({'protocol_version': 1001, 'little_endian': True, 'type_sizes': {'int': 4}}, 2), body,
             pickle.dumps(keys if keys is not None else [key for key, _ in storages], 2)]
    for key, storage in storages:
        parts.append(struct.pack('<Q', (lengths or {}).get(key, storage.n)) + storage.data)
    return b''.join(parts)


# ------------------------------------------------------------------ files

def main(form, path, arch, *options):
    key = dict(option.split('=', 1) for option in options)
    state = tensors(arch, key, key.get('prefix', ''))
    if key.get('other'):
        state.update(tensors(arch, dict(key, head='fc'), key['other'], 'other'))
    if key.get('extra'):
        state[key['extra']] = Tensor((2,), [1, 2], 'f4')
    if form == 'safetensors':
        raw = safetensors((n, TYPES[t.kind], t.shape, t.data) for n, t in state.items())
    else:
        obj = state
        if key.get('parts'):
            head = [n for n in state if n.startswith('fc.')]
            state = OrderedDict(classifier=OrderedDict(('module.' + n, state.pop(n)) for n in head),
                                feat_model=OrderedDict(('module.' + n, t) for n, t in state.items()))
        if key.get('inside'):
            obj = {'epoch': 3, 'arch': arch, 'best': Tensor((), [0.5], 'f4'), key['inside']: state,
                   'optimizer': {'state': {0: {'momentum_buffer': Tensor((3,), [1, 2, 3], 'f4')}},
                                 'param_groups': [{'lr': 0.1, 'params': [0, 1]}]}}
        raw = torch_zip(obj, order=b'big' if key.get('big') else None) if form == 'zip' else torch_legacy(obj)
    with open(path, 'wb') as out:
        out.write(raw)


if __name__ == '__main__':
    main(*sys.argv[1:])
