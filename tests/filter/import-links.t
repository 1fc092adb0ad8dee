#!/bin/sh
# Links: class directories that are symbolic links, loops, hard links in tar files.
. "$(dirname "$0")/../lib.sh"

pic() {
	mkdir -p "$(dirname "$1")"
	printf 'P6\n2 2\n255\n%012d' "$2" >"$1"
}

# rows FILE: each row's class and the number in its pixels.
rows() {
	ltimport "$1" >rows.lts 2>notices || return
	"$PYTHON" - rows.lts <<'END'
import msgpack, sys
unpacker = msgpack.Unpacker(open(sys.argv[1], 'rb'), strict_map_key=False)
for kind, seq, meta, body, crc in unpacker:
    meta = msgpack.unpackb(meta)
    if kind == 'LTS1':
        names = meta['classes']
    if kind == 'ROWS':
        n = meta['n']
        size = lambda at: (at + 63) // 64 * 64
        at = size(n * 12)
        y = [int.from_bytes(body[at + 4 * i:at + 4 * i + 4], 'little') for i in range(n)]
        pixels = [body[12 * i:12 * i + 12].decode().lstrip('0') for i in range(n)]
        print(*('%s:%s' % (names[c], p) for c, p in zip(y, pixels)))
END
}

[ -n "$PYTHON" ] || {
	skip 'links' 'no Python with msgpack'
	done_testing
}

# ---------------------------------------------------------------- directories

pic all/cat/1.ppm 1
pic all/cat/deep/2.ppm 2
pic all/dog/1.ppm 3
pic all/eel/1.ppm 4
mkdir subset
ln -s ../all/cat ../all/dog subset/
ln -s ../all/dog subset/hound
is 'class directories that are links, one of them twice' "$(rows subset)" 'cat:1 cat:2 dog:3 hound:3'
is 'and nothing is passed over' "$(cat notices)" ''
ln -s ../all subset/cat/deep/up 2>/dev/null
ln -s .. all/dog/up
ln -s nowhere subset/lost
is 'a loop, which costs no class' "$(rows all)" 'cat:1 cat:2 dog:3 eel:4'
[ -s notices ]
tap $? 'is told'
rm all/dog/up all/cat/deep/up
ln -s all whole
is 'an operand that is a link' "$(rows whole)" 'cat:1 cat:2 dog:3 eel:4'
mkdir farm
i=0
while [ $i -lt 24 ]; do
	pic farm/$i/1.ppm 5
	ln -s ../$((i + 1)) farm/$i/one
	ln -s ../$((i + 1)) farm/$i/two
	i=$((i + 1))
done
fails_with 65 'links whose paths are without number' ltimport farm -o none.lts
err_has 'end' 'symbolic links lead to more than 262144 directories'

# ---------------------------------------------------------------- hard links in tar files

cat >tars.py <<'END'
import io, tarfile
def pic(k):
    return b'P6\n2 2\n255\n%012d' % k
def write(path, entries):
    with tarfile.open(path, 'w') as t:
        for name, what in entries:
            info = tarfile.TarInfo(name)
            if isinstance(what, str):
                info.type, info.linkname = tarfile.LNKTYPE, what
                t.addfile(info)
            else:
                info.size = len(pic(what))
                t.addfile(info, io.BytesIO(pic(what)))
write('hard.tar', [('b/1.ppm', 1), ('a/1.ppm', 'b/1.ppm'), ('c/1.ppm', 'a/1.ppm'), ('a/2.ppm', 2)])
write('later.tar', [('a/1.ppm', 'b/1.ppm'), ('b/1.ppm', 1)])
write('lost.tar', [('a/1.ppm', 'b/1.ppm'), ('c/1.ppm', 1)])
write('bare.tar', [('a/1', 1), ('b/one', 'a/1'), ('c/1.ppm', 2), ('LICENSE.txt', 3), ('c/LICENSE', 'LICENSE.txt'), ('d/one', 'b/one')])
write('round.tar', [('a/1.ppm', 'b/1.ppm'), ('b/1.ppm', 'a/1.ppm'), ('c/1.ppm', 1)])
END
"$PYTHON" tars.py
is 'a hard link is a row' "$(rows hard.tar)" 'a:1 a:2 b:1 c:1'
is 'and not passed over' "$(cat notices)" ''
# shellcheck disable=SC2016
ok 'from a pipe' sh -c 'ltimport hard.tar >1.lts; cat hard.tar | ltimport >2.lts'
same 'it is the same' 1.lts 2.lts
is 'a hard link to nothing' "$(rows lost.tar)" 'c:1'
grep -q 'passed over: .*a/1.ppm' notices
tap $? 'is passed over and named'
is 'hard links to each other' "$(rows round.tar)" 'c:1'
grep -q 'passed over: 2 links' notices
tap $? 'too'
is 'a hard link to what comes later' "$(rows later.tar)" 'b:1'
is 'hard links without a suffix, whose targets are images' "$(rows bare.tar)" 'a:1 b:1 c:2 d:1'
grep -q 'passed over: 1 link or special file .*c/LICENSE' notices
tap $? 'one to a text is passed over'
ok 'all that from a pipe' sh -c 'ltimport bare.tar >1.lts; cat bare.tar | ltimport >2.lts'
same 'is the same' 1.lts 2.lts
done_testing
