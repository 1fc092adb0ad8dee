#!/bin/sh
# Names of archives: zip names with and without their flag, encodings that are told, names
# that are there twice and differ, and tar files.
. "$(dirname "$0")/../lib.sh"

[ -n "$PYTHON" ] || {
	skip 'names of archives' 'no Python with msgpack'
	done_testing
}

cat >zips.py <<'END'
import io, struct, tarfile, zlib
PPM = b'P6\n1 1\n255\n'
UNIX, DOS, MACOS = 3, 0, 19

# entries: (name in the directory, flagged, maker, own name or None)
def write(path, entries):
    out = directory = b''
    for k, (name, flagged, maker, own) in enumerate(entries):
        own = name if own is None else own
        data = PPM + bytes([k, k, k])
        head = struct.pack('<HHHIIIIHH', 20, flagged << 11, 0, 0x210000, zlib.crc32(data), len(data),
                           len(data), len(own), 0)
        directory += b'PK\1\2' + bytes([20, maker]) + head[:-4] + struct.pack(
            '<HHHHHII', len(name), 0, 0, 0, 0, 0o100644 << 16 if maker == UNIX else 0, len(out)) + name
        out += b'PK\3\4' + head + own + data
    with open(path, 'wb') as f:
        f.write(out + directory + struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, len(entries), len(entries),
                                              len(directory), len(out), 0))

cat, dog = '猫/1.ppm', '犬/1.ppm'
write('flag.zip', [(cat.encode(), 1, DOS, None), (dog.encode(), 1, UNIX, None)])
write('macos.zip', [(cat.encode(), 0, UNIX, None), (dog.encode(), 0, MACOS, None),
                    (b'plain/1.ppm', 0, UNIX, None)])
write('gbk.zip', [(cat.encode('gbk'), 0, DOS, None), (dog.encode('gbk'), 0, DOS, None)])
write('gbk-unix.zip', [(cat.encode('gbk'), 0, UNIX, None)])
write('sjis.zip', [('表/1.ppm'.encode('shift_jis'), 0, DOS, None)])
write('latin.zip', [('für/1.ppm'.encode('latin-1'), 0, UNIX, None), (b'plain/1.ppm', 0, UNIX, None)])
write('mixed.zip', [(cat.encode(), 1, DOS, None), (dog.encode('gbk'), 0, DOS, None)])
write('broken.zip', [(b'\xe7\x8c/1.ppm', 1, UNIX, None)])
write('two.zip', [(b'cat/1.ppm', 0, UNIX, b'dog/1.ppm')])
write('up.zip', [(b'../../cat/1.ppm', 0, UNIX, None), (b'cat/1.ppm', 0, UNIX, None)])
for path, name, kind in (('latin.tar', 'für/1.ppm', tarfile.USTAR_FORMAT), ('pax.tar', cat, tarfile.PAX_FORMAT)):
    with tarfile.open(path, 'w', format=kind, encoding='latin-1' if kind == tarfile.USTAR_FORMAT else 'utf-8') as t:
        info = tarfile.TarInfo(name)
        info.size = len(PPM) + 3
        t.addfile(info, io.BytesIO(PPM + b'abc'))
END
"$PYTHON" zips.py

# The class names of a stream, with a space between.
cat >classes.py <<'END'
import msgpack, sys
header = next(msgpack.Unpacker(open(sys.argv[1], 'rb')))
sys.stdout.buffer.write(' '.join(msgpack.unpackb(header[2])['classes']).encode())
END
classes() {
	"$PYTHON" classes.py "$1"
}

# ---------------------------------------------------------------- zip

ok 'flagged names' ltimport flag.zip -o 1.lts
is 'are UTF-8, whoever made them' "$(classes 1.lts)" '犬 猫'
is 'and nothing is said' "$(cat err)" ''
ok 'names without a flag, from macOS' ltimport macos.zip -o 1.lts
is 'are UTF-8 where all of them are' "$(classes 1.lts)" 'plain 犬 猫'
grep -q 'such as 猫/1.ppm; --names-from ENCODING' err
tap $? 'which is said, with the option'
ok 'which is told' ltimport --names-from UTF-8 macos.zip -o 2.lts
is 'is not said' "$(cat err)" ''
is 'and is the same' "$(classes 2.lts)" 'plain 犬 猫'

fails_with 65 'GBK that is UTF-8 by chance, from DOS' ltimport gbk.zip -o none.lts
err_has 'names the option' '--names-from ENCODING'
ok 'GBK, told' ltimport --names-from GBK gbk.zip -o 1.lts
is 'is what was meant' "$(classes 1.lts)" '犬 猫'
is 'without a word' "$(cat err)" ''
# shellcheck disable=SC2016
ok 'from a pipe' sh -c 'cat gbk.zip | ltimport --names-from GBK >2.lts'
same 'it is the same' 1.lts 2.lts
ok 'GBK that is UTF-8 by chance, from Unix' ltimport gbk-unix.zip -o 1.lts
grep -q -e '--names-from ENCODING' err
tap $? 'is told at least'
ok 'a backslash that is half a character' ltimport --names-from SHIFT_JIS sjis.zip -o 1.lts
is 'is no slash' "$(classes 1.lts)" '表'
fails_with 65 'Latin-1 in zip' ltimport latin.zip -o none.lts
err_has 'names the option and the name' 'f\xfcr/1.ppm: this name is not UTF-8; --names-from ENCODING'
ok 'Latin-1, told' ltimport --names-from ISO-8859-1 latin.zip -o 1.lts
is 'is read' "$(classes 1.lts)" 'für plain'
ok 'flagged names beside others' ltimport --names-from GBK mixed.zip -o 1.lts
is 'stay what they are' "$(classes 1.lts)" '犬 猫'
fails_with 65 'a flag that is wrong' ltimport --names-from GBK broken.zip -o none.lts
err_has 'is said' 'flagged as UTF-8, and it is not'
fails_with 65 'names that are not in the encoding' ltimport --names-from UTF-8 latin.zip -o none.lts
err_has 'are refused' 'entry 1: its name is not UTF-8'
fails_with 64 'an encoding that nobody knows' ltimport --names-from KLINGON gbk.zip -o none.lts
err_has 'is said' 'does not support the encoding KLINGON'
fails_with 64 'an encoding with a way to lose characters' ltimport --names-from UTF-8//IGNORE gbk.zip -o none.lts
fails_with 65 'an entry of two names' ltimport two.zip -o none.lts
err_has 'is refused' '"cat/1.ppm" in the directory at its end is called "dog/1.ppm"'
ok 'a name that climbs' ltimport up.zip -o 1.lts
is 'is passed over' "$(classes 1.lts)" 'cat'

# ---------------------------------------------------------------- tar and directories

fails_with 65 'Latin-1 in tar' ltimport latin.tar -o none.lts
err_has 'names the option' '--names-from ENCODING'
ok 'Latin-1 in tar, told' ltimport --names-from ISO-8859-1 latin.tar -o 1.lts
is 'is read' "$(classes 1.lts)" 'für'
ok 'the pax format' ltimport --names-from ISO-8859-1 pax.tar -o 1.lts
is 'is UTF-8 whatever is told' "$(classes 1.lts)" '猫'
mkdir -p tree/猫
printf 'P6\n1 1\n255\nabc' >tree/猫/1.ppm
ok 'a directory' ltimport --names-from GBK tree -o 1.lts
is 'too' "$(classes 1.lts)" '猫'
done_testing
