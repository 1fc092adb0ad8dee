#!/bin/sh
# ltimport --threads: the same rows, the same errors, and not more memory than the rows need.
. "$(dirname "$0")/../lib.sh"

pic() {
	mkdir -p "$(dirname "$1")"
	printf 'P6\n1 1\n255\n%s' "$2" >"$1"
}

# Two directories: an image of the first is broken, those of the second are read ahead.
for i in 1 2 3; do pic one/cat/$i.ppm abc; done
for i in 1 2 3 4 5 6 7 8; do pic two/dog/$i.ppm abc; done
pic one/cat/2.ppm a
for threads in 1 4; do
	fails_with 65 "a broken image, $threads threads" ltimport --threads $threads one two
	err_is 'is of its own input' 'ltimport: one: one/cat/2.ppm: truncated PPM image'
done
printf 'P6\n1 2\n255\nabcdef' >one/cat/2.ppm
for threads in 1 4; do
	fails_with 65 "an image of another size, $threads threads" ltimport --threads $threads one two
	err_has 'too' 'ltimport: one: one/cat/2.ppm: 1 × 2 pixels'
done

if [ -z "$PYTHON" ]; then
	skip 'what cannot be read behind what is broken' 'no Python'
	done_testing
fi

# The third image's bytes are not those of its check sum; the second is cut.
"$PYTHON" - <<'END'
import zipfile
with zipfile.ZipFile('sum.zip', 'w') as z:
    for name, size in ('a/1.ppm', 3), ('a/2.ppm', 2), ('a/3.ppm', 3):
        z.writestr(name, b'P6\n1 1\n255\n' + b'abc'[:size])
data = bytearray(open('sum.zip', 'rb').read())
data[data.rindex(b'abc', 0, data.index(b'PK\1\2'))] ^= 1
open('sum.zip', 'wb').write(data)
END
for threads in 1 4; do
	fails_with 65 "what cannot be read behind what is broken, $threads threads" ltimport --range 0:65535 --threads $threads sum.zip
	err_has 'comes second' 'a/2.ppm: truncated PPM image'
	fails_with 65 "and first where that is skipped, $threads threads" ltimport --threads $threads --skip-bad 1 --range 0:65535 sum.zip
	err_has 'is told' 'a/3.ppm: '
done

# Rows that are much larger than their files.
"$PYTHON" - <<'END'
import os, struct, zlib
def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
n = 2000
with open('white.png', 'wb') as f:
    f.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', n, n, 1, 0, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress((b'\0' + b'\xff' * (n // 8)) * n)) + chunk(b'IEND', b''))
os.makedirs('scans/page')
for i in range(40):
    os.symlink('../../white.png', 'scans/page/%d.png' % i)
END
ok 'forty large rows on four threads' sh -c 'ltimport --threads 4 --max-memory 320M scans | ltcat --count'
is 'are all there' "$(sed -n 's/^rows[^0-9]*//p' out)" 40

# Small files are kept from the first reading, unless there is little memory; large ones are read again.
"$PYTHON" - <<'END'
import os
for i in range(200):
    os.makedirs('kept/%d' % (i % 3), exist_ok=True)
    with open('kept/%d/%03d.ppm' % (i % 3, i), 'wb') as f:
        f.write(b'P6\n16 16\n255\n' + bytes([i]) * 768)
    with open('kept/%d/%03d.pgm' % (i % 3, i), 'wb') as f:
        f.write(b'P5\n#' + b'x' * 20000 + b'\n16 16\n255\n' + bytes([i]) * 256)
END
ok 'small and large files' ltimport --threads 1 kept -o kept.lts
for threads in 2 3; do
	ok "with $threads threads" ltimport --threads $threads kept -o some.lts
	same "the rows are those of one, of $threads threads" kept.lts some.lts
done
ok 'with little memory' ltimport --threads 2 --max-memory 24M kept -o some.lts
same 'the rows are the same' kept.lts some.lts
done_testing
