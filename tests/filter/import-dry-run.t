#!/bin/sh
# ltimport --dry-run: the table of what it would do, and what it writes: nothing.
. "$(dirname "$0")/../lib.sh"

pic() {
	for path; do
		mkdir -p "$(dirname "$path")"
		printf 'P6\n2 1\n255\nabcdef' >"$path"
	done
}
class() { awk -v class="$1" '$NF == class { $1 = $1; print }' out; }
row() { sed -n "s/^ *$1  *//p" out | tr -s ' '; }

pic in/train/cat/1.ppm in/train/cat/2.ppm in/train/dog/1.ppm in/test/cat/3.ppm in/test/dog/2.ppm in/Meta/1.ppm
printf 'P5\n5 4\n255\n%020d' 0 >in/test/dog/2.ppm
printf 'x' >in/notes.txt
tar cf in.tar in
for input in in in.tar; do
	ok "a folder: $input" ltimport --dry-run "$input"
	is 'its format' "$(row format)" 'folder'
	is 'a class' "$(class cat)" '0 2 1 3 cat'
	is 'another' "$(class dog)" '1 1 1 2 dog'
	is 'widths' "$(row width)" '2 2 5'
	is 'what is passed over' "$(grep -c '1  image in a directory beside the splits, [A-Za-z]' out)$(grep -c '1  file of another kind, [a-z]' out)" 11
	is 'what would be written' "$(tail -n 1 out)" 'without --dry-run: 3 rows, split train; --size S is needed, since sizes differ'
	is 'no notices' "$(cat err)" ''
done
ok 'on a terminal' "$PYTHON" -c '
import os, pty, sys
status = pty.spawn([sys.argv[1] + "/ltimport", "--dry-run", "in"], lambda fd: os.read(fd, 4096))
sys.exit(os.WEXITSTATUS(status))' "$LT_BIN" </dev/null
is 'the same text' "$(tr -d '\r' <out)" "$(ltimport --dry-run in)"
mkdir empty
fails_with 65 'an error' ltimport --dry-run empty
is 'no frame of a stream among text' "$(cat out)" ''
mv out out.old
ltimport --dry-run in.tar >out
mv out out.tar
ok 'to a file' ltimport --dry-run in.tar -o table
same 'the same text' out.tar table
ok 'from a pipe' sh -c 'ltimport --dry-run <in.tar >out.pipe; ltimport --dry-run in.tar >out.tar; cmp out.pipe out.tar'
for threads in 1 3; do
	ok "$threads threads" ltimport --dry-run --check-images --threads $threads in -o table.$threads
done
same 'the same table' table.1 table.3

printf 'P6\n2 1\n255\nabc' >in/train/dog/1.ppm
ok 'a cut image whose header is whole' ltimport --dry-run in
fails_with 65 'is found where all are decoded' ltimport --dry-run --check-images in
err_is 'counted' 'ltimport: 1 broken image'
is 'in text alone' "$(tail -n 1 out | cut -c 1-17)" 'without --dry-run'
grep -q 'train/dog/1.ppm' out
tap $? 'and named in the table'
ok 'or accepted' ltimport --dry-run --check-images --skip-bad 1 in
fails_with 64 '--check-images without --dry-run' ltimport --check-images in
ok 'a list of classes' sh -c 'printf "dog\ncow\ncat\n" >names; ltimport --dry-run --classes names in >out'
is 'gives its numbers' "$(class cat)" '2 2 1 3 cat'
is 'also to classes without an image' "$(class cow)" '1 0 0 0 cow'
ok 'without labels' ltimport --dry-run --no-labels in

"$PYTHON" - <<'END'
import os
os.makedirs('cifar', exist_ok=True)
def record(label): return bytes([label]) + bytes(3072)
for name, labels in (('data_batch_1', [3, 3, 5]), ('test_batch', [5])):
    with open('cifar/%s.bin' % name, 'wb') as out:
        for label in labels:
            out.write(record(label))
END
ok 'rows of arrays' ltimport --dry-run cifar
is 'their format' "$(row format)" 'cifar'
is 'their splits' "$(class dog)" '5 1 1 2 dog'
is 'their size' "$(row width)" '32 32 32'


# What the last line says is what the import does.
last() { sed -n '$s/^without --dry-run: //p' out; }
rm -rf in
pic in/test/cat/1.ppm in/test/dog/1.ppm
ok 'one split, which is not train' ltimport --dry-run in
is 'is the one that is written' "$(last)" '2 rows, split test'
is 'as without --dry-run' "$(ltimport in | ltcat --head | sed -n 1p)" 'rows, split test'
rm in/test/dog/1.ppm
ok 'one image' ltimport --dry-run in
is 'is one row' "$(last)" '1 row, split test'
pic in/train/cat/1.ppm in/val/2.ppm
for split in val extra; do
	ok "a split without rows: $split" ltimport --dry-run --split $split in
	is 'is an error' "$(last)" "an error, no row is of split $split"
	fails_with 65 'also without --dry-run' ltimport --split $split in
done
ok 'a split without classes, among all' ltimport --dry-run --split all in
is 'is an error' "$(last)" 'an error, a split has images without classes'
fails_with 65 'also without --dry-run' ltimport --split all in
rm -rf in
pic in/1.ppm
fails_with 65 'images without classes' ltimport --dry-run in
err_is 'the same error' 'ltimport: in: 1.ppm: it has no class; --no-labels takes images without classes'
fails_with 65 'as without --dry-run' ltimport in
err_is 'word for word' 'ltimport: in: 1.ppm: it has no class; --no-labels takes images without classes'

echo x >in/1.heic
fails_with 65 'what is passed over, with an error' ltimport --dry-run in
pic in/cat/1.ppm in/dog/1.ppm
ok 'what is known among files of other kinds' ltimport --dry-run --class-level 1 in
err_is 'is told with what helps' 'ltimport: in: 1.heic: an HEIC image; convert it to PNG, for example with heif-convert of libheif'
done_testing
