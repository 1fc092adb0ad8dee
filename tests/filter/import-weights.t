#!/bin/sh
# lt import --weights and lt cat --safetensors: files of safetensors and torch.save in, models out
# and in again, and files that are damaged or hostile.  ../weights.py writes the layouts;
# neither PyTorch nor safetensors is needed.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'weights' 'needs python3 with msgpack'
	done_testing
fi
make_weights() { "$PYTHON" "$here/../weights.py" "$@"; }

# All of a model but provenance: the header, and each tensor's name, shape and bytes.
cat >model.py <<'END'
import msgpack, sys, zlib
what = sys.argv[2:]
for f in msgpack.Unpacker(open(sys.argv[1], 'rb'), max_buffer_size=1 << 28):
    meta = msgpack.unpackb(f[2])
    if f[0] == 'LTS1':
        meta.pop('prov', None)
        if what:
            print(*(meta.get(k, '-') for k in what))
            break
        for k in ('epoch',):
            meta.pop(k, None)
    if f[0] in ('LTS1', 'TENS'):
        print(f[0], sorted(meta.items()), '%08x' % zlib.crc32(f[3]))
END
# says NAME FILE 'KEY …' VALUES
says() {
	# shellcheck disable=SC2086 # a list of words
	is "$1" "$("$PYTHON" model.py "$2" $3)" "$4"
}
equal() {
	"$PYTHON" model.py "$2" >got && "$PYTHON" model.py "$3" >want && same "$1" got want
}
import() { ltimport --norm imagenet --weights "$@"; }
# One of the notices.
notice() {
	grep -qxF "ltimport: $2" err
	tap $? "$1"
}

# ---------------------------------------------------------------- layouts and names

make_weights safetensors plain.safetensors resnet20
if import plain.safetensors 2>&1 >/dev/null | grep -q 'JSON needs libjansson'; then
	fails_with 64 'a build without JSON' import plain.safetensors
	make_weights zip plain.zip resnet20
	ok 'reads checkpoints all the same' sh -c 'ltimport --norm half --weights plain.zip >/dev/null'
	done_testing
fi
ok 'safetensors' import plain.safetensors -o plain.lts
says 'what the model says' plain.lts 'kind arch num_classes input head' 'model resnet20 10 [32, 32, 3] linear'
says 'the mean and deviation that were given' plain.lts norm \
	"{'mean': [0.485, 0.456, 0.406], 'std': [0.229, 0.224, 0.225]}"
ok 'the stream is whole' ltcat --check plain.lts

# layout NAME FORMAT KEY=VALUE…: the same tensors, otherwise stored and named.
layout() {
	name=$1
	form=$2
	shift 2
	make_weights "$form" other resnet20 "$@"
	ok "$name" import other -o other.lts
	equal "$name: the same model" other.lts plain.lts
}
layout 'the zip form of torch.save' zip
layout 'its older form' legacy
layout 'module. of DataParallel' legacy prefix=module. head=linear
layout 'a checkpoint with an optimizer' zip inside=state_dict prefix=module. counters=1
notice 'what was left out is named, counters are not' 'not taken: 2 tensors, best, optimizer.state.0.momentum_buffer'
layout 'counters of steps are no weights' safetensors counters=1
is 'they are not mentioned' "$(grep -c 'not taken' err)" 0
layout 'channels last' zip last=1
layout 'channels last in the older form' legacy last=1
layout 'numbers of 64 bits' safetensors type=f8
layout 'the highest byte first' zip big=1
layout 'the query encoder of MoCo' zip inside=state_dict prefix=module.encoder_q. other=module.encoder_k.
layout 'classifier-balancing' zip inside=state_dict_best parts=1

# Numbers of 16 bits are other numbers, but those of one layout are those of the others.
for type in f2 bf; do
	make_weights safetensors a resnet20 type=$type
	make_weights zip b resnet20 type=$type
	ok "numbers of type $type" import a -o a.lts
	ok "numbers of type $type in a zip file" import b -o b.lts
	equal "type $type in both" a.lts b.lts
done

make_weights zip cosine resnet32 kind=cosine head=linear classes=7
ok 'a head without a bias' import cosine -o cosine.lts
says 'is of cosines' cosine.lts 'arch num_classes head scale' 'resnet32 7 cosine 30.0'
notice 'their scale is said' 'torch-zip: resnet32, images of 32×32×3 (--size), cosine head of 7 outputs, cosines times 30 (--scale)'
ok 'another scale' import cosine --scale 16 -o cosine.lts
says 'is kept' cosine.lts scale 16.0
make_weights legacy moco resnet18 kind=mlp classes=128 prefix=encoder_q.
ok 'a projection' import moco --size 96 -o moco.lts
says 'is a head of its own' moco.lts 'arch num_classes input head' 'resnet18 128 [96, 96, 3] mlp'
ok 'the architecture by name' import plain.safetensors --arch resnet20 -o arch.lts
equal 'and it is the one that is found' arch.lts plain.lts

# ---------------------------------------------------------------- a model that works

ltsynth --per-class 12 --classes 3 --seed 1 -o train.lts
ltsynth --per-class 8 --classes 3 --split test -o test.lts
train --arch resnet20 --epochs 2 --batch 16 -q train.lts -o trained.lts
ok 'a model of ours goes out' ltcat --safetensors trained.lts -o trained.safetensors
ok 'and comes in without an option' ltimport --weights trained.safetensors -o again.lts
equal 'as it was' again.lts trained.lts
is 'equal models are equal bytes' "$(ltcat --safetensors again.lts | cksum)" "$(cksum <trained.safetensors)"
lt eval --model trained.lts test.lts >want
ok 'eval takes it' lt eval --model again.lts test.lts
same 'with the same result' out want
ok 'options go before what the file says' ltimport --weights trained.safetensors --norm half --size 40 -o half.lts
says 'as they are given' half.lts 'norm input' "{'mean': [0.5, 0.5, 0.5], 'std': [0.5, 0.5, 0.5]} [40, 40, 3]"
train --arch resnet20 --epochs 1 --batch 16 --loss ldam -q train.lts -o ldam.lts
ltcat --safetensors ldam.lts -o ldam.safetensors
ltimport -q --weights ldam.safetensors -o again.lts
equal 'a cosine head out and in' again.lts ldam.lts
pretrain-moco --arch resnet20 --epochs 1 --batch 16 -q train.lts -o own.lts
ltcat --safetensors own.lts -o own.safetensors
ltimport -q --weights own.safetensors -o again.lts
equal 'a projection out and in' again.lts own.lts
train --arch resnet20 --epochs 1 --batch 16 -q --checkpoint state.lts train.lts -o /dev/null
ok 'a checkpoint goes out' ltcat --safetensors state.lts -o state.safetensors
err_has 'without the state of training' "tensors of the training's state were left out"

cat >check.py <<'END'
import json, struct, sys
raw = open(sys.argv[1], 'rb').read()
n = struct.unpack('<Q', raw[:8])[0]
header = json.loads(raw[8:8 + n])
meta, at = header.pop('__metadata__'), 0
for name, t in header.items():
    size = 4
    for d in t['shape']:
        size *= d
    assert t['dtype'] == 'F32' and t['data_offsets'] == [at, at + size], name
    at += size
assert 8 + n + at == len(raw) and (8 + n) % 8 == 0
print(meta['format'], meta['ltpipe.arch'], meta['ltpipe.classes'].split('\n')[0], list(header)[0], list(header)[-1], len(header))
END
is 'the file is what the format wants' "$("$PYTHON" check.py trained.safetensors)" \
	"pt resnet20 $(ltcat --json trained.lts | sed -n 's/.*"classes": *\["\([^"]*\)".*/\1/p' | head -n 1) conv1.weight fc.bias 97"

# Another's weights with class names: every program takes them.
make_weights zip ten resnet20 classes=3
ok 'class names, and counts of the rows trained on' import ten --classes train.lts -o ten.lts
notice 'the counts are said' 'counts of the classes in training: those of train.lts'
says 'and kept' ten.lts 'train_counts' '[12, 12, 12]'
ok 'eval' lt eval --model ten.lts test.lts
ok 'pseudolabel' sh -c 'pseudolabel --model ten.lts test.lts >/dev/null'
ok 'retrain' sh -c 'retrain --model ten.lts --method ncm train.lts >/dev/null'
ok 'train --init' sh -c 'train --init ten.lts --epochs 1 --batch 16 -q train.lts >/dev/null'
ok 'class names of test rows' import ten --classes test.lts -o none.lts
says 'bring no counts' none.lts train_counts -
printf 'a\nb\nc\n' >names
ok 'class names line by line' import ten --classes names -o names.lts
says 'are kept' names.lts classes "['a', 'b', 'c']"
ok 'without names it is an encoder' import ten -o none.lts
notice 'which is said' 'no class names: an encoder for --init; with --classes FILE it is a classifier'
fails_with 65 'and no classifier' lt eval --model none.lts test.lts

if [ -z "$LT_SAN" ]; then
	make_weights safetensors fifty resnet50 classes=1000
	ok 'a ResNet-50' import fifty -o fifty.lts
	ltsynth --per-class 1 --classes 3 --size 66 -o large.lts
	ok 'begins train --init' sh -c 'train --init fifty.lts --epochs 1 --batch 3 -q large.lts -o trained50.lts'
	says 'as what it is' trained50.lts 'arch num_classes' 'resnet50 3'
fi

# ---------------------------------------------------------------- what does not fit

# refused CODE NAME TEXT KEY=VALUE…: of a ResNet-20 in a zip file.
refused() {
	code=$1
	name=$2
	text=$3
	shift 3
	make_weights zip bad resnet20 "$@"
	fails_with "$code" "$name" import bad
	err_is "$name, in words" "ltimport: bad: $text"
}
refused 65 'a tensor is missing' "tensor 'layer2.1.conv2.weight' is missing (resnet20)" drop=layer2.1.conv2.weight
refused 65 'a statistic is missing' "tensor 'bn1.running_var' is missing (resnet20)" drop=bn1.running_var
refused 65 'the head is missing' "tensor 'm.fc.weight' is missing (nor is there 'm.linear.weight')" drop=fc.weight prefix=m.
refused 65 'another shape' "tensor 'layer1.0.conv1.weight' is 16×16×1×1, where resnet20 has 16×16×3×3" shape=layer1.0.conv1.weight:16,16,1,1
refused 65 'a head of other features' "tensor 'fc.weight' is 10×32, where resnet20 has 10×64" shape=fc.weight:10,32
refused 65 'not a number' "tensor 'bn1.bias' has a number that is not finite" nan=bn1.bias
refused 65 'a negative variance' "tensor 'bn1.running_var' has a negative variance" negative=bn1.running_var
refused 65 'integers' "tensor 'bn1.bias' is of integers, not of real numbers" integer=bn1.bias
refused 65 'two networks' "weights of several networks, 'a.conv1.weight' and 'b.conv1.weight'; save the one that is meant" prefix=a. other=b.
make_weights zip bad resnet20 extra=fc.scale
ok 'a tensor too many' import bad -o other.lts
notice 'is named' 'not taken: 1 tensor, fc.scale'
make_weights zip bad resnet20 extra=linear.weight
fails_with 65 'two heads' import bad
err_is 'two heads are named' "ltimport: bad: two heads, 'fc.' and 'linear.'"
fails_with 65 'another architecture' import plain.safetensors --arch resnet32
err_is 'tells what it lacks' "ltimport: plain.safetensors: tensor 'layer1.3.conv1.weight' is missing (resnet32)"
fails_with 64 'a wide residual network' import plain.safetensors --arch wrn-28-2
fails_with 65 'a list of other length' sh -c 'printf "a\nb\n" >two; ltimport --norm half --weights ten --classes two'
err_is 'a list of other length, in words' 'ltimport: two: 2 classes, where the head of ten has 3 outputs'
fails_with 64 'no mean and deviation' ltimport --weights ten
err_has 'names the option' '--weights needs --norm imagenet|half|R,G,B/R,G,B'
fails_with 64 'those of grey images' ltimport --weights ten --norm 0.5/0.5
fails_with 64 'a mean above 1' ltimport --weights ten --norm 123,116,103/58,57,57
fails_with 64 '--scale of a linear head' import ten --scale 30
fails_with 64 '--norm without --weights' ltimport --norm half train.tar
err_is '--norm without --weights, in words' 'ltimport: --norm goes with --weights'
fails_with 64 'an option of rows' import ten --split test
fails_with 64 'an operand' import ten train.tar
fails_with 64 'a pipe' sh -c 'cat ten | ltimport --norm half --weights -'
ok 'a file as stdin' sh -c 'ltimport --norm half --weights - <ten >/dev/null'
fails_with 66 'no such file' import nowhere
fails_with 64 'two models at once' ltcat --safetensors plain.lts ten.lts
fails_with 65 'rows are no model' ltcat --safetensors train.lts
fails_with 64 '--safetensors and --slice' ltcat --safetensors --slice 0:1 plain.lts

# ---------------------------------------------------------------- hostile files

cat >hostile.py <<'END'
import json, os, pickle, struct, sys, zlib
from collections import OrderedDict
sys.path.insert(0, sys.argv[1])
import weights as w
def write(name, raw): open('h-' + name, 'wb').write(raw)
f4 = lambda n: struct.pack('<%df' % n, *range(n))
T = lambda shape, n: w.Tensor(shape, list(range(n)), 'f4')
st = lambda header, data=b'': w.raw_safetensors(header if isinstance(header, bytes) else json.dumps(header).encode(), data)
one = lambda shape, a, b, kind='F32': {'dtype': kind, 'shape': shape, 'data_offsets': [a, b]}

write('empty', b'')
write('text', b'not weights at all')
write('length', struct.pack('<Q', 1 << 40) + b'{' + bytes(100))
write('length2', struct.pack('<Q', 1 << 63) + b'{' + bytes(100))
write('cut', st({'a': one([2], 0, 8)}, f4(2))[:30])
write('beyond', st({'a': one([2], 4, 12)}, f4(2)))
write('huge-offset', st({'a': one([2], (1 << 62), (1 << 62) + 8)}, f4(2)))
write('backwards', st({'a': one([2], 8, 0)}, f4(2)))
write('overlap', st({'a': one([2], 0, 8), 'b': one([2], 4, 12)}, f4(3)))
write('same', st({'a': one([2], 0, 8), 'b': one([2], 0, 8)}, f4(2)))
write('gap', st({'a': one([1], 0, 4), 'b': one([1], 8, 12)}, f4(3)))
write('behind', st({'a': one([1], 0, 4)}, f4(2)))
write('huge-shape', st({'a': one([1 << 31], 0, 4)}, f4(1)))
write('product', st({'a': one([2147483647] * 8, 0, 4)}, f4(1)))
write('wraps', st({'a': one([1 << 30, 1 << 30, 16], 0, 0)}))
write('negative', st({'a': one([-1], 0, 4)}, f4(1)))
write('real', st({'a': one([1.0], 0, 4)}, f4(1)))
write('big-integer', st(b'{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}', f4(1)))
write('dims', st({'a': one([1] * 9, 0, 4)}, f4(1)))
write('type', st({'a': one([1], 0, 4, 'F128')}, f4(1)))
write('twice', st(b'{"a":%s,"a":%s}' % ((json.dumps(one([1], 0, 4)).encode(),) + (json.dumps(one([1], 4, 8)).encode(),)), f4(2)))
write('name', st({'a' * 300: one([1], 0, 4)}, f4(1)))
write('control', st({'a\x1b[31m': one([1], 0, 4)}, f4(1)))
write('array', st(b'[1]'))
write('array-in', st({'a': [1, 2]}))
write('deep', st(b'{"a":' + b'[' * 100000 + b']' * 100000 + b'}'))
write('no-json', st(b'{"a":'))
write('zero', st(b'{"a\0":1}'))
write('none', st({}))
write('meta', st({'__metadata__': {'ltpipe.norm': 'x'}, 'a': one([1], 0, 4)}, f4(1)))
write('said', w.safetensors([('a', 'F32', [1], f4(1))], {'ltpipe.train_counts': '1,2'}))
write('many', st(b'{' + b','.join(b'"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}' % i for i in range(70000)) + b'}'))

def zipped(name, obj=None, **how): write(name, w.torch_zip(obj if obj is not None else {'a': T((2,), 2)}, **how))
zipped('z-none', {})
zipped('z-list', [1, 2])
zipped('z-call', pickled=b'\x80\x02cposix\nsystem\nX\x02\0\0\0ls\x85R.')
zipped('z-build', pickled=b'\x80\x02cbuiltins\neval\nX\x03\0\0\x001+1\x85R.')
zipped('z-object', pickled=b'\x80\x02ccollections\nOrderedDict\n)\x81.')
zipped('z-id', pickled=b'\x80\x02X\x03\0\0\0abcQ.')
zipped('z-itself', pickled=b'\x80\x02}q\0X\1\0\0\0ah\0s.')
many = b'\x80\x02' + b''.join(b'}q' + bytes([i]) + b'(' + b''.join(b'X\x02\0\0\0%02dh' % k + bytes([i - 1]) for k in range(100)) + b'u' if i else b'}q\0'
                              for i in range(8)) + b'h\x07.'
zipped('z-bomb', pickled=many)
zipped('z-memo', pickled=b'\x80\x02Nr\xff\xff\xff\x7f.')
zipped('z-text', pickled=b'\x80\x02X\xff\xff\xff\x7f.')
zipped('z-stop', pickled=b'\x80\x02.')
zipped('z-cut', pickled=b'\x80\x02}')
zipped('z-missing', leave='0')
zipped('z-twice', twice='0')
zipped('z-short', short='0')
zipped('z-order', order=b'middle')
def tensor(name, legacy=False, claims=None, **set):
    t = T((2, 3), 6)
    for key, value in set.items(): setattr(t, key, value)
    if claims is not None: t.storage.claims = claims
    write(name, (w.torch_legacy if legacy else w.torch_zip)({'conv1.weight': t}))
tensor('z-offset', offset=1)
tensor('z-offset-huge', offset=1 << 62)
tensor('z-offset-negative', offset=-1)
tensor('z-shape', shape=(2, 4))
tensor('z-shape-huge', shape=(1 << 31, 1 << 31))
tensor('z-stride', stride=(4, 1))
tensor('z-stride-huge', stride=(1 << 63, 1 << 62))
tensor('z-stride-negative', stride=(-3, 1))
tensor('z-expanded', shape=(1 << 30,), stride=(0,))
tensor('z-uneven', shape=(2, 3), stride=(1,))
tensor('z-dims', shape=(1,) * 9, stride=(1,) * 9)
tensor('z-claims', claims=1 << 60)
tensor('l-claims', True, claims=1 << 60)
tensor('l-offset', True, offset=2)
write('l-length', w.torch_legacy({'a': T((2,), 2)}, lengths={'90000': 1 << 61}))
write('l-shorter', w.torch_legacy({'a': T((2,), 2)}, lengths={'90000': 1}))
write('l-keys', w.torch_legacy({'a': T((2,), 2)}, keys=['1']))
write('l-keys-none', w.torch_legacy({'a': T((2,), 2)}, keys=[]))
write('l-keys-twice', w.torch_legacy({'a': T((2,), 2)}, keys=['90000', '90000']))
write('l-keys-dict', w.torch_legacy({'a': T((2,), 2)}, keys={}))
write('l-version', w.torch_legacy({'a': T((2,), 2)}, version=1002))
whole = w.torch_legacy({'a': T((200,), 200)})
for n in 13, 16, 40, 200, 300, 400, len(whole) - 1: write('l-cut-%d' % n, whole[:n])
whole = w.torch_zip({'a': T((200,), 200)})
for n in 10, 100, 300, len(whole) - 30: write('z-cut-%d' % n, whole[:n])
flipped = bytearray(whole)
flipped[whole.index(struct.pack('<ff', 100, 101))] ^= 1
write('z-flipped', bytes(flipped))

# Of a whole network: two tensors upon the same numbers, and a storage that is packed.
state = w.tensors('resnet20', {}, '')
shared = state['layer1.0.conv1.weight']
for name in 'layer1.0.conv2.weight', 'layer1.1.conv1.weight': state[name] = shared
write('n-shared', w.torch_zip(state))
state = w.tensors('resnet20', {}, '')
for t in state.values(): t.data = t.storage.data = bytes(len(t.data))
write('n-packed', w.torch_zip(state, compressed=True))
END
"$PYTHON" -W ignore hostile.py "$here/.."
n=0
for file in h-*; do
	n=$((n + 1))
	fails_with 65 "hostile: $file" "$PYTHON" "$here/../bombs.py" run "$LT_BIN/ltimport" --norm half --weights "$file"
	is "hostile: $file: one line" "$(wc -l <err | tr -d ' ')" 1
	read -r kb seconds <peak
	[ -n "$LT_SAN" ] || [ "$kb" -lt 100000 ]
	tap $? "hostile: $file: $kb KB in $seconds s"
done
[ "$n" -gt 70 ]
tap $? "$n hostile files"
done_testing
