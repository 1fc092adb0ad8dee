#!/bin/sh
# ltimport: WebDataset.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'WebDataset' 'no Python with msgpack'
	done_testing
fi

. "$here/../import.sh"

# tar FILE NAME=TEXT…: an image where the name ends in .ppm.
cat >tar.py <<'END'
import io, sys, tarfile
with tarfile.open(sys.argv[1], 'w') as out:
    for k, arg in enumerate(sys.argv[2:]):
        name, _, text = arg.partition('=')
        data = text.replace('\\n', '\n').encode()
        if name.endswith('.ppm'):
            data = b'P6\n2 2\n255\n' + bytes((k * 31 + i) % 256 for i in range(12))
        info = tarfile.TarInfo(name)
        info.size = len(data)
        out.addfile(info, io.BytesIO(data))
END
tar() { "$PYTHON" tar.py "$@"; }

tar a-000.tar 000.ppm '000.cls=2\n' 001.cls=0 001.ppm
gives 'numbers in .cls' '- 0,1,2|2 000.ppm|0 001.ppm' a-000.tar
told '1 of 3 classes has no row: 1'
ok 'from a pipe' sh -c 'cat a-000.tar | ltimport >y.lts'
is 'the same rows' "$(keys y.lts | paste -sd'|' -)" '- 0,1,2|2 000.ppm|0 001.ppm'
tar a-001.tar 000.edge.ppm 000.ppm 000.cls=1 x/002.ppm 000.seg.ppm x/002.cls=1
gives 'two shards with the same keys' '- 0,1,2|2 000.ppm|0 001.ppm|1 000.ppm|1 x/002.ppm' \
	a-000.tar a-001.tar
told '1 samples have several images, of which one is taken: a-001.tar: 000.ppm'
told '2 files not of this format (such as 000.'
gives 'in another order of shards' '- 0,1,2|1 000.ppm|1 x/002.ppm|2 000.ppm|0 001.ppm' \
	a-001.tar a-000.tar
mkdir dir
(cd dir && /bin/tar xf ../a-000.tar)
gives 'a directory' '- 0,1,2|2 000.ppm|0 001.ppm' dir
gzip -k a-000.tar
gives 'a compressed shard' '- 0,1,2|2 000.ppm|0 001.ppm' a-000.tar.gz
tar names.tar 000.ppm 000.cls=dog 001.ppm '001.cls= red fox\n'
gives 'names in .cls' '- dog,red fox|0 000.ppm|1 001.ppm' names.tar
tar apart.tar 000.ppm 001.ppm 001.cls=1 000.cls=0 002.cls=3 002.ppm
gives 'files that are not beside each other' '- 0,1,2,3|0 000.ppm|1 001.ppm|3 002.ppm' apart.tar

# ---------------------------------------------------------------- JSON

json() {
	tar json.tar 000.ppm '000.json={"label": 3, "label_name": "dee", "w": 2}' 001.ppm \
		'001.json={"label": 0, "label_name": "aye"}'
	gives 'a class in .json, and its name' '- aye,1,2,dee|3 000.ppm|0 001.ppm' json.tar
	gives '--json-key' '- aye,dee|1 000.ppm|0 001.ppm' --json-key label_name json.tar
	tar deep.tar 000.ppm '000.json={"a": {"b": "three"}}' 001.ppm '001.json={"a": {"b": "two"}}'
	fails_with 65 'no key that means a class' ltimport deep.tar
	err_has 'the option is named' '000.json: no key that means a class, as "label"; --json-key says which'
	gives 'a key inside another' '- three,two|0 000.ppm|1 001.ppm' --json-key a.b deep.tar
	tar both.tar 000.ppm 000.cls=1 '000.json={"label": 0}' 001.ppm 001.cls=0 '001.json={"label": 1}'
	gives '.cls goes before .json' '- 0,1|1 000.ppm|0 001.ppm' both.tar
	gives 'but not before --json-key' '- 0,1|0 000.ppm|1 001.ppm' --json-key label both.tar
	tar many.tar 000.ppm '000.json={"label": [1, 2]}'
	fails_with 65 'several classes' ltimport many.tar
	err_has 'are refused' 'images of several classes are not supported'
	tar broken.tar 000.ppm '000.json={"label": 1'
	fails_with 65 'broken JSON' ltimport broken.tar
	err_has 'is named' 'broken.tar: 000.json: invalid JSON'
}
tar probe.tar 000.ppm '000.json={"label": 3}'
if ltimport probe.tar 2>&1 >x.lts | grep -q 'JSON needs libjansson'; then
	fails_with 64 'a build without JSON' ltimport probe.tar
else
	json
fi
tar text.tar 000.ppm '000.txt=three\n' 001.ppm 001.txt=two
fails_with 65 'texts are no classes by themselves' ltimport text.tar
gives 'but with --format webdataset' '- three,two|0 000.ppm|1 001.ppm' --format webdataset text.tar

# ---------------------------------------------------------------- names, splits

tar named.tar 000.ppm 000.cls=2 001.ppm 001.cls=0 'classnames.txt=ant\nbee\ncow\n'
gives 'classnames.txt in the shard' '- ant,bee,cow|2 000.ppm|0 001.ppm' named.tar
printf 'ape\nbat\ncat\n' >classnames.txt
gives 'and as an operand' '- ape,bat,cat|2 000.ppm|0 001.ppm' a-000.tar classnames.txt
cp a-000.tar set-train-000.tar
cp a-001.tar set-val-000.tar
gives 'shards of splits' 'train 0,1,2|2 000.ppm|0 001.ppm' set-train-000.tar set-val-000.tar
gives 'the other split' 'val 0,1,2|1 000.ppm|1 x/002.ppm' --split val set-train-000.tar set-val-000.tar
gives '--splits none' '- 0,1,2|2 000.ppm|0 001.ppm|1 000.ppm|1 x/002.ppm' --splits none \
	set-train-000.tar set-val-000.tar
fails_with 65 'a shard of no split among others' ltimport set-train-000.tar names.tar
err_has 'is named' 'names.tar: 000.ppm: it has no split, but other samples have one'
mkdir train test
cp a-000.tar train/0.tar
cp a-001.tar test/0.tar
gives 'directories that are splits' 'test 0,1,2|1 000.ppm|1 x/002.ppm' --split test train/0.tar test/0.tar
gives 'one directory alone says nothing' '- 0,1|1 000.ppm|1 x/002.ppm' test/0.tar
tar inner.tar train/0.ppm train/0.cls=0 val/0.ppm val/0.cls=1
gives 'directories in the shard' 'val 0,1|1 val/0.ppm' --split val inner.tar

# ---------------------------------------------------------------- refusals

tar none.tar 000.ppm 000.cls=1 001.ppm
fails_with 65 'a sample without a class' ltimport none.tar
err_has 'is named' 'none.tar: 001.ppm: neither .cls nor .json is beside it; --no-labels takes'
gives '--no-labels' '- -|-1 000.ppm|-1 001.ppm' --no-labels none.tar
tar empty.tar 000.ppm 000.cls= 001.ppm 001.cls=1
fails_with 65 'an empty class' ltimport empty.tar
err_has 'is named' 'empty.tar: 000.ppm: it has no class'
tar twice.tar 0.1.ppm 0.1.cls=1 0.2.ppm 0.2.cls=0
fails_with 65 'keys with a dot' ltimport twice.tar
err_has 'are refused' 'another .cls has this key, which ends at the first dot'
tar long.tar 000.ppm "000.cls=$("$PYTHON" -c 'print("x" * 2000)')"
fails_with 65 'a long class' ltimport long.tar
err_has 'is refused' 'too long for a class'
tar longname.tar 000.ppm "000.cls=$("$PYTHON" -c 'print("x" * 300)')"
fails_with 65 'a long name' ltimport longname.tar
err_has 'is refused' 'name is too long'
tar same.tar 000.ppm 000.cls=1 000.ppm
gives 'an image twice in a sample' '- 0,1|1 000.ppm' same.tar
told '1 samples have several images'
printf 'no archive' >operand.bin
fails_with 65 'an operand that is no shard' ltimport a-000.tar operand.bin
done_testing
