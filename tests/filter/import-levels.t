#!/bin/sh
# ltimport: what the levels of a folder mean, and what is said about it.
. "$(dirname "$0")/../lib.sh"

pic() {
	for path; do
		mkdir -p "$(dirname "$path")"
		printf 'P6\n1 1\n255\nabc' >"$path"
	done
}
# Rows of each class of what was written last: "cat 2, dog 1".
counts() { ltcat --count 1.lts | awk 'NR > 1 { printf "%s%s %s", (NR > 2 ? ", " : ""), $2, $3 } END { print "" }'; }
# reads NAME WANT OPTIONS… INPUT: it is read as these rows.
reads() {
	name=$1
	want=$2
	shift 2
	if ltimport "$@" -o 1.lts 2>err; then
		is "$name" "$(counts)" "$want"
	else
		tap 1 "$name"
		sed 's/^/# /' err
	fi
}
# told NAME TEXT: the notices have it.
told() {
	grep -qF -- "$2" err
	tap $? "$1"
	grep -qF -- "$2" err || sed 's/^/# /' err
}
silent() { is "$1" "$(cat err)" ''; }
refuses() {
	fails_with 65 "$1" ltimport -o 1.lts "$3"
	err_has 'and names the option' "$2"
}

# ---------------------------------------------------------------- splits

for names in 'Train Test' 'TRAINING TESTING' 'train valid' 'Training dev' 'train unlabeled' 'train unlabelled'; do
	one=${names% *}
	other=${names#* }
	rm -rf in
	pic "in/$one/cat/1.ppm" "in/$one/dog/1.ppm" "in/$other/cat/2.ppm" "in/$other/dog/2.ppm"
	reads "splits are known: $names" 'cat 1, dog 1' in
	is 'the header says which' "$(ltcat --head 1.lts | grep -c '^rows, split train$')" 1
done
told 'names that are not the plain ones are told' 'split train is train, extra is unlabelled'
mv in/train train.old
for names in 'train test1' 'train2017 val2017' 'Train1 Test2'; do
	one=${names% *}
	other=${names#* }
	rm -rf in
	pic "in/$one/cat/1.ppm" "in/$one/dog/1.ppm" "in/$other/2.ppm"
	reads "numbers behind the names: $names" 'cat 1, dog 1' in
	told 'are told' "is $one"
done
rm -rf in
pic in/train/cat.1.ppm in/train/dog.1.ppm in/test1/1.ppm
refuses 'splits without classes (Dogs vs. Cats)' '--no-labels' in
fails_with 65 'and so with --dry-run' ltimport --dry-run in
err_has 'for the same reason' 'test1/1.ppm: it has no class; --no-labels'
rm -rf in
pic in/test1/1.ppm in/test2/1.ppm
reads 'numbers behind one split alone' 'test1 1, test2 1' in
rm -rf in
pic in/train1/1.ppm in/test2/1.ppm in/car/1.ppm
refuses 'numbers behind the names of two splits, beside another' 'splits or classes' in
reads 'as classes' 'car 1, test2 1, train1 1' --splits none in
rm -rf in
pic in/train/cat/1.ppm in/train/dog/1.ppm in/test/cat/1.ppm in/test/dog/1.ppm
reads 'plain names' 'cat 1, dog 1' in
silent 'are not'
reads 'the other split' 'cat 1, dog 1' --split test in

for names in 'asl_train asl_test' 'seg-train seg-test' 'train_images test_images' 'birds.train.set birds.test.set'; do
	one=${names% *}
	other=${names#* }
	rm -rf in
	pic "in/$one/cat/1.ppm" "in/$one/dog/1.ppm" "in/$other/cat/2.ppm" "in/$other/dog/2.ppm"
	reads "what all siblings share is left out: $names" 'cat 1, dog 1' in
done
rm -rf in
pic in/seg_train/seg_train/cat/1.ppm in/seg_train/seg_train/dog/1.ppm in/seg_test/seg_test/cat/1.ppm \
	in/seg_test/seg_test/dog/1.ppm in/seg_pred/seg_pred/1.ppm
reads 'a directory twice, and one beside the splits' 'cat 1, dog 1' in
told 'which is named' '1 image in a directory beside the splits (seg_pred/seg_pred/1.ppm)'

for beside in Meta/x sample dev/cat unlabeled copy/train/cat; do
	rm -rf in
	pic in/train/cat/1.ppm in/train/dog/1.ppm in/test/cat/1.ppm in/test/dog/1.ppm "in/$beside/1.ppm"
	reads "splits with $beside beside them" 'cat 1, dog 1' in
done

rm -rf in
pic in/a/cat/1.ppm in/a/dog/1.ppm in/b/cat/1.ppm in/b/dog/1.ppm
refuses 'splits under names of their own' '--in a reads that one' in
reads 'are named' 'cat 1, dog 1' --splits train=a,test=b in
told 'and told' 'split train is a, test is b'
reads 'or one is read' 'cat 1, dog 1' --in b in
fails_with 64 'a split of no such name' ltimport --splits rain=a in
fails_with 64 'a split without a directory' ltimport --splits train= in
rm -rf in
pic in/train/1.ppm in/bus/1.ppm in/car/1.ppm
reads 'a class called train' 'bus 1, car 1, train 1' in
silent 'in silence'
pic in/test/1.ppm
refuses 'train and test flat beside classes' '--splits none' in
reads 'are classes on request' 'bus 1, car 1, test 1, train 1' --splits none in
rm -rf in
pic in/train/a/1.ppm in/train/b/1.ppm in/other/a/1.ppm in/other/b/1.ppm
refuses 'train beside what looks like a split' '--splits' in
reads 'which can be named' 'a 1, b 1' --splits train=train in

# ---------------------------------------------------------------- a flat split

rm -rf in
pic in/train/cat/1.ppm in/train/dog/1.ppm in/test/1.ppm in/test/2.ppm
tar cf in.tar in
for input in in in.tar; do
	reads "a flat test directory: $input" 'cat 1, dog 1' "$input"
	told 'is named' '2 images of splits without class directories (such as '
	ok 'and read without labels' ltimport --split test --no-labels "$input" -o 2.lts
	is 'all of it' "$(ltcat --count 2.lts | sed -n '1s/.*[^0-9]//p')" 2
	fails_with 65 'but not with' ltimport --split test "$input"
	err_has 'which names the option' '--no-labels'
done
rm -rf in
pic in/train/n1/images/a_0.ppm in/train/n2/images/b_0.ppm in/val/images/v_0.ppm in/val/images/v_1.ppm in/test/images/t_0.ppm
printf 'v_0.ppm\tn2\t0\t0\t62\t62\r\nv_1.ppm\tn1\t0\t0\t62\t62\n' >in/val/val_annotations.txt
tar cf in.tar in
for input in in in.tar; do
	reads "Tiny ImageNet, train: $input" 'n1 1, n2 1' "$input"
	reads "Tiny ImageNet, val: $input" 'n1 1, n2 1' --split val "$input"
	fails_with 65 'Tiny ImageNet, test' ltimport --split test "$input"
done
printf 'v_0.ppm\tn2\nv_0.ppm\tn1\n' >in/val/val_annotations.txt
fails_with 65 'an image twice in the annotations' ltimport --split val in
printf 'v_0.ppm\n' >in/val/val_annotations.txt
fails_with 65 'an annotation without a class' ltimport --split val in
printf 'v_0.ppm\tn2\n' >in/val/val_annotations.txt
reads 'an image without annotation' 'n1 0, n2 1' --split val in
told 'is told' '1 image that no list names (val/images/v_1.ppm)'

rm -rf in
pic in/train/n1/1.ppm in/train/n2/1.ppm in/val/1.ppm in/val/z/2.ppm
printf '1.ppm\tn1\n' >in/val/val_annotations.txt
printf '2.ppm\tn2\n' >in/val/z/val_annotations.txt
reads 'the annotations of the nearest directory' 'n1 1, n2 1' --split val in

# ---------------------------------------------------------------- classes

rm -rf in
pic in/repo/Dataset/0/1.ppm in/repo/Dataset/1/1.ppm in/repo/Examples/a.ppm
tar cf in.tar in
refuses 'classes beside a directory of examples' '--in in/repo/Dataset reads that one, --class-level 3' in.tar
reads 'one directory of an archive' '0 1, 1 1' --in in/repo/Dataset in.tar
told 'what is outside is counted' '1 file outside --in (in/repo/Examples/a.ppm)'
reads 'one directory of a directory' '0 1, 1 1' --in ./repo//Dataset/ in
reads 'both as classes' 'Dataset 2, Examples 1' --class-level 3 in.tar
reads 'a level further down' '0 1, 1 1' --class-level 4 in.tar
told 'leaves images out' '1 image beside the class directories (in/repo/Examples/a.ppm)'
fails_with 65 'no such directory' ltimport --in in/rope in.tar
err_has 'is named' '--in in/rope: no such directory'
rm -rf in
pic in/cat/old/1.ppm in/cat/new/1.ppm
reads 'one class of two directories looks like two' 'new 1, old 1' in
reads 'and is one where the level is given' 'cat 2' --class-level 1 in
mkdir wrap
mv in wrap
reads 'or the directory' 'cat 2' --in in wrap
rm -rf in wrap
pic in/cat/1.ppm in/cat/more/2.ppm in/dog/1.ppm in/README.ppm
reads 'a picture beside the classes, and directories in them' 'cat 2, dog 1' in
told 'is told' '1 image beside the class directories (README.ppm)'
rm -rf in
pic in/1.ppm in/2.ppm in/cat/3.ppm
fails_with 65 'most pictures beside the only class' ltimport in
reads 'a class for all the same' 'cat 1' --class-level 1 in
rm -rf in
pic in/birds/owl/1.ppm in/birds/tit/1.ppm in/fish/cod/1.ppm in/fish/eel/1.ppm
reads 'classes of directories alone' 'birds 2, fish 2' in
told 'are told' '--class-level 2 takes'
reads 'and those below' 'cod 1, eel 1, owl 1, tit 1' --class-level 2 in
rm -rf in
pic in/cat/train/1.ppm in/cat/test/2.ppm in/dog/train/1.ppm in/dog/test/2.ppm
reads 'splits below the classes' 'cat 1, dog 1' in
told 'are told' 'each class has directories of its splits; the classes are cat, dog'
is 'and used' "$(ltcat --head 1.lts | grep -c '^rows, split train$')" 1
rm -rf in
for split in train test; do
	pic in/fold1/$split/cat/1$split.ppm in/fold1/$split/dog/1$split.ppm \
		in/fold2/$split/cat/2$split.ppm in/fold2/$split/dog/2$split.ppm
done
fails_with 65 'splits of folds' ltimport in
err_has 'are asked about' 'in: fold1/test and fold2/test hold directories of the same names (cat, dog): are these the classes, or fold1, fold2?  --class-level 3 takes the former, --class-level 1 the latter, --in fold1 reads that one'
reads 'the classes below them' 'cat 2, dog 2' --class-level 3 in
told 'are merged' 'in: directories of the same name are one class: fold1/train/cat and fold2/train/cat, and so are 3 more'
reads 'the folds for classes' 'fold1 4, fold2 4' --class-level 1 in
reads 'one fold' 'cat 1, dog 1' --in fold1 in
rm -rf in
pic in/fold0/train/cow/1.ppm in/fold0/train/eel/1.ppm
for fold in 1 2; do
	pic in/fold$fold/train/cat/$fold.ppm in/fold$fold/train/dog/$fold.ppm in/fold$fold/test/cat/$fold.ppm
done
fails_with 65 'folds whose first one has other classes' ltimport in
err_has 'are asked about too' 'in: fold1/train and fold2/train hold directories of the same names (cat, dog): are these the classes, or fold0, fold1, fold2?'
rm -rf in
for site in A B; do
	pic in/$site/train/cat/1.ppm in/$site/train/only$site/1.ppm in/$site/test/1.ppm
done
fails_with 65 'sites with one class in common' ltimport in
err_has 'and so are they' 'in: A/train and B/train hold directories of the same names (cat'
rm -rf in
for fold in 1 2; do
	pic in/x/fold$fold/d/train/cat/$fold.ppm in/x/fold$fold/d/train/dog/$fold.ppm \
		in/x/fold$fold/d/test/cat/$fold.ppm in/x/fold$fold/d/test/dog/$fold.ppm
done
fails_with 65 'splits further down in folds' ltimport in
err_has 'the level named is that of the classes' 'are these the classes, or fold1, fold2?  --class-level 5 takes the former'
reads 'and works' 'cat 2, dog 2' --class-level 5 in
pic in/x/fold1/d/1.ppm
fails_with 65 'also beside an image' ltimport in
err_has 'it is the same' '--class-level 5 takes the former'
rm -rf in
for split in train test; do
	pic in/cat/$split/tabby/1.ppm in/cat/$split/siamese/1.ppm in/dog/$split/pug/1.ppm in/dog/$split/husky/1.ppm
done
reads 'names that repeat in the splits of one class alone' 'cat 2, dog 2' in
told 'do not matter' 'each class has directories of its splits; the classes are cat, dog'
is 'and the splits are kept' "$(ltcat --head 1.lts | grep -c '^rows, split train$')" 1
rm -rf in
for class in cat dog; do
	pic in/$class/train/images/1.ppm in/$class/test/images/1.ppm
done
reads 'one directory of the same name in each' 'cat 1, dog 1' in
rm -rf in
pic in/a/shop/outdoor/1.ppm in/b/bar/outdoor/2.ppm in/c/abbey/hall/3.ppm
reads 'one name below two directories' 'hall 1, outdoor 2' --class-level 3 in
told 'is told' 'in: directories of the same name are one class: a/shop/outdoor and b/bar/outdoor'
rm -rf in
pic in/train/cat/1.ppm in/train/dog/1.ppm in/test/cat/1.ppm in/test/dog/1.ppm
reads 'the same name in two splits' 'cat 1, dog 1' --class-level 2 in
silent 'is one class without a word'
pic in/test/unlabeled/7.ppm
reads 'images without a class among those of test' 'cat 1, dog 1' in
told 'are told as well' 'in: test/unlabeled is not a class but the split extra'
is 'and not as a class of test' "$(grep -c 'only in split' err)" 0
rm -r in/test/unlabeled
for extra in unlabeled unlabelled extra; do
	pic in/train/$extra/7.ppm
	reads "images without a class among those of train: $extra" 'cat 1, dog 1' in
	told 'are told' "in: train/$extra is not a class but the split extra, which --split extra --no-labels imports; --class-level 2 takes it for a class"
	ok 'they can be read' ltimport --split extra --no-labels in -o 1.lts
	is 'alone' "$(lt cat --take key,y 1.lts | tr '\t' ' ')" "train/$extra/7.ppm -1"
	ltimport --class-level 2 in -o 1.lts 2>err
	is 'or as a class' "$(counts | tr ',' '\n' | grep -c "$extra 1")" 1
	rm -r "in/train/$extra"
done
rm -rf in
pic in/train/cat/1.ppm in/train/dog/1.ppm in/test/cat/1.ppm in/test/eel/1.ppm
reads 'a class of one split' 'cat 1, dog 1, eel 0' in
told 'is told' '1 class is only in split test, not in train: eel'
told 'and has no row' '1 of 3 classes has no row: eel'

# ---------------------------------------------------------------- lost and alike

rm -rf in
pic in/cat/1.ppm in/dog/1.ppm
pic deer/elk/1.ppm
mkdir -p in/heron in/owl deer/fawn
echo x >in/heron/1.heic
echo x >in/heron/2.heic
echo x >in/owl/notes.txt
reads 'classes without an image' 'cat 1, dog 1' in
told 'are named' 'without an image that can be read: heron (2 files, such as'
told 'all of them' 'owl (1 file, such as notes.txt)'
mkdir -p in/emu in/finch/nest
echo x >in/finch/.DS_Store
reads 'empty class directories' 'cat 1, dog 1' in
told 'are named' 'read: emu (empty), finch (empty), heron (2 files, such as'
tar cf in.tar in
reads 'the same in a tar' 'cat 1, dog 1' in.tar
told 'are named' 'read: emu (empty), finch (empty), heron (2 files, such as'
"$PYTHON" -m zipfile -c in.zip in
reads 'the same in a zip' 'cat 1, dog 1' in.zip
told 'are named' 'read: emu (empty), finch (empty), heron (2 files, such as'
reads 'in one of two folders' 'cat 1, dog 1, elk 1' --class-level 2 in deer
told 'is named, too' 'fawn (empty)'
reads 'none of what --in leaves out' 'cat 1, dog 1' --in in in.tar
told 'but of what it takes' 'emu (empty)'
pic in/Cat/1.ppm
reads 'names that look the same' 'Cat 1, cat 1, dog 1' in
told 'are named' 'Cat and cat'
rm -rf in
pic "$(printf 'in/caf\303\251/1.ppm')" "$(printf 'in/cafe\314\201/1.ppm')"
ok 'Unicode forms' ltimport in -o 1.lts
if ldd "$LT_BIN/ltimport" 2>/dev/null | grep -q utf8proc; then
	grep -q 'differ in case or Unicode form alone' err
	tap $? 'are told'
fi
rm -rf in
pic in/cat/1 in/cat/LICENSE.ppm in/dog/1
echo 'no image' >in/dog/LICENSE
tar cf in.tar in
for input in in in.tar; do
	reads "a name without a suffix: $input" 'cat 2, dog 1' "$input"
	told 'is looked at' '1 file of another kind'
	ok 'also from a pipe' sh -c 'cat in.tar | ltimport -o 1.lts'
	is 'with the same rows' "$(counts)" 'cat 2, dog 1'
done

rm -rf in
pic in/cat/1.ppm in/cat/2.ppm in/dog/1.ppm
printf 'P6\n1 1\n255\n' >in/dog/1.ppm
reads 'a class whose images are all broken' 'cat 2, dog 0' --skip-bad 1 in
told 'is named' 'class dog has no row: all of its images are broken'

printf '\000\000\000\030ftypheic\000\000\000\000mif1heic' >in/dog/1.jpg
rm in/dog/1.ppm
fails_with 65 'another kind of file under the name of a JPEG' ltimport in
err_has 'is known by its bytes' 'in: dog/1.jpg: an HEIC image'

rm in/dog/1.jpg
echo x >in/dog/2.heic
fails_with 65 'a failed import' ltimport --split val in
err_has 'says what was passed over, too' 'there is no split "val" in it, it has none; --split all takes all of it; passed over: 1 file of another kind (dog/2.heic)'

# ---------------------------------------------------------------- --in with a pattern

rm -rf in
pic in/COVID/images/1.ppm in/COVID/images/2.ppm in/COVID/masks/1.ppm in/COVID/masks/2.ppm \
	in/Normal/images/1.ppm in/Normal/masks/1.ppm
refuses 'masks beside the images of each class' "--in '*/images' takes images of each class" in
err_has 'with the reason' 'in: COVID holds images and masks, and masks are not images of a class'
mkdir wrap
mv in wrap
tar cf in.tar -C wrap in
refuses 'in an archive with a directory around' "--in 'in/*/images' takes" in.tar
reads 'which is read' 'COVID 2, Normal 1' --in 'in/*/images' in.tar
told 'without the masks' '3 files outside --in (such as in/COVID/masks/1.ppm)'
reads 'from a pipe' 'COVID 2, Normal 1' --in './in//*/images/' - <in.tar
mv wrap/in .
reads 'from a directory' 'COVID 2, Normal 1' --in '*/images' in
reads 'of one class' 'COVID 2' --in 'C*/image?' in
pic other/z.ppm
reads 'among several operands' 'COVID 2, Normal 1' --in '*/*/images' in other
fails_with 65 'a pattern that nothing matches' ltimport --in '*/image' in
err_has 'is told' 'in: --in */image: no such directory of images in it'
reads 'the other kind' 'COVID 2, Normal 1' --in '*/masks' in
reads 'a level that is given' 'COVID 2, Normal 1' --in '*/i*s' --class-level 1 in
rm -r in/Normal/masks
refuses 'masks in one class alone' "--in '*/images' takes" in
rm -rf top
mkdir top
mv in "top/it's"
refuses 'with a quotation mark' "--in 'it'\''s/*/images' takes" top
rm -rf in top
for split in Train Test; do
	pic "in/$split/flu/images/1.ppm" "in/$split/flu/lung masks/1.ppm" \
		"in/$split/none/images/2.ppm" "in/$split/none/lung masks/2.ppm"
done
pic in/Train/flu/images/3.ppm
refuses 'in splits' "--in '*/*/images' takes" in
reads 'which the pattern keeps' 'flu 2, none 1' --in '*/*/images' in
reads 'the other split' 'flu 1, none 1' --split test --in '*/*/images' in
rm -rf in
pic in/a/rgb/1.ppm in/a/nir/1.ppm in/b/rgb/1.ppm in/b/nir/1.ppm in/b/rgb/2.ppm
refuses 'a directory for each kind' "--in '*/nir' one of those names in each class" in
reads 'one kind' 'a 1, b 2' --in '*/rgb' in
reads 'the class is what the last * matches' 'rgb 3' --in '*/r*' in
rm -rf in
pic 'in/[x]/a/1.ppm' in/x/a/1.ppm in/x/a/2.ppm
reads 'without * nothing is a pattern' 'a 1' --in '[x]' in

# ---------------------------------------------------------------- several operands

rm -rf in
pic train/cat/1.ppm train/dog/1.ppm test/cat/2.ppm test/dog/2.ppm
reads 'two directories are one collection' 'cat 1, dog 1' train test
reads 'with their names' 'cat 1, dog 1' --split test train/ ./test/.
pic a/cat/1.ppm b/dog/1.ppm b/dog/2.ppm
tar cf a.tar a/cat
tar cf b.tar -C b dog
(cd a && tar cf ../a.tar cat)
reads 'two archives too' 'cat 1, dog 2' a.tar b.tar
reads 'and one from a pipe' 'cat 1, dog 2' a.tar - <b.tar
fails_with 65 'the same name in both' ltimport a.tar a.tar
err_has 'is told' 'cat/1.ppm: this name occurs twice; unpack each archive into a directory of its own and name the directories'
(cd a && tar cf ../dot.tar ./cat)
cat a.tar dot.tar >both.tar
for operands in 'a.tar dot.tar' both.tar; do
	# shellcheck disable=SC2086
	fails_with 65 "or a name that is another way to write it: $operands" ltimport $operands
	err_has 'is told too' 'cat/1.ppm: this name occurs twice'
done
fails_with 66 'one that is not there' ltimport a.tar c.tar
is 'inputs in the provenance' "$(ltimport a.tar b.tar | ltcat --how 2>/dev/null | grep -c '^# source')" 2

# ---------------------------------------------------------------- threads

rm -rf in
i=0
while [ $i -lt 150 ]; do
	mkdir -p "in/c$((i % 3))"
	printf 'P6\n2 2\n255\n%03d%03d%03d%03d' $i $i $((i * 7 % 1000)) $i >"in/c$((i % 3))/$i.ppm"
	i=$((i + 1))
done
printf 'P6\n2 2\n255\nx' >in/c1/7x.ppm
for threads in 1 2 5; do
	ok "$threads threads" ltimport --threads $threads --skip-bad 1 --size 3 in -o $threads.lts
	fails_with 65 "$threads threads, a broken image" ltimport --threads $threads in
	err_has 'the same one' 'c1/7x.ppm: truncated PPM image'
done
same '1 and 2 threads: the same bytes' 1.lts 2.lts
same '1 and 5 threads: the same bytes' 1.lts 5.lts
rm in/c1/7x.ppm
printf 'P6\n3 2\n255\n%018d' 1 >in/c2/98x.ppm
for threads in 1 3; do
	fails_with 65 "$threads threads, another size" ltimport --threads $threads in
	err_has 'names the image' 'c2/98x.ppm: 3 × 2 pixels, and the images before have 2 × 2'
done


# ---------------------------------------------------------------- several operands

rm -rf one two
pic one/x/cat/1.ppm one/x/dog/1.ppm one/y/cat/2.ppm two/cat/3.ppm
reads '--in has the name of an operand before its path' 'cat 1, dog 1' --in one/x one two
reads 'or that name alone' 'cat 1' --in ./two/ one two
told 'all else is passed over' '3 files outside --in (such as one/'
for in in x one/z on two/cat/1.ppm; do
	fails_with 65 "no such directory: $in" ltimport --in $in -o 1.lts one two
done

rm -rf in
pic in/cat/1.ppm in/dog/1.ppm
tar cf my_train.tar -C in cat dog
mv in/cat/1.ppm in/cat/2.ppm
tar cf my_test.tar.1 -C in cat
mkdir -p test
cp my_test.tar.1 test/all.tar
mv my_test.tar.1 my-Test.tar
for other in my-Test.tar test/all.tar; do
	fails_with 65 "archives named as two splits: my_train.tar $other" ltimport my_train.tar $other
	err_has 'and the option' "my_train.tar is named as split train and $other as split test, and no directory in them is a split: import each by itself, the second with --classes, or take them for one with --splits none"
done
reads 'they can be one' 'cat 2, dog 1' --splits none my_train.tar my-Test.tar
reads 'or one by one' 'cat 1, dog 1' my_train.tar
mv 1.lts my-train.lts
reads 'with the same classes' 'cat 1, dog 0' --classes my-train.lts my-Test.tar
cp my-Test.tar my_train_2.tar
reads 'two of the same split' 'cat 2, dog 1' my_train.tar my_train_2.tar

# ---------------------------------------------------------------- beside the splits

rm -rf in
pic in/train/cat/1.ppm in/test/cat/2.ppm in/other/cat/3.ppm
for split in train all; do
	reads "--class-level with a directory that is no split, --split $split" "cat $([ $split = all ] && echo 2 || echo 1)" --class-level 2 --split $split in
	told 'what lies there is passed over' '1 image in a directory beside the splits (other/cat/3.ppm)'
done

# ---------------------------------------------------------------- further down

rm -rf in
pic in/one/data/cat/1.ppm in/one/data/dog/1.ppm in/two/data/cat/2.ppm in/two/data/dog/2.ppm
refuses 'two collections behind a directory each' '--class-level 1 for classes, --class-level 3 what is in them' in
reads 'as splits' 'cat 1, dog 1' --splits train=one,test=two in
reads 'as classes' 'one 2, two 2' --class-level 1 in
reads 'what is in them' 'cat 2, dog 2' --class-level 3 in
rm -rf in/two
pic in/docs/1.ppm
refuses 'one of them beside images' 'in: one/data holds 2 directories, and docs holds images' in
rm -rf in/docs
pic in/two/photos/owl/1.ppm in/two/photos/cat/1.ppm
reads 'classes whose images lie further down' 'one 2, two 2' in
told 'are told' 'which --class-level 3 takes for classes'
reads 'and those below' 'cat 2, dog 1, owl 1' --class-level 3 in
rm -rf in
pic in/cat/raw/1.ppm in/dog/raw/1.ppm
reads 'classes of one directory each' 'cat 1, dog 1' in
silent 'need no notice'
pic in/eel/1.ppm
reads 'and one without' 'cat 1, dog 1, eel 1' in
told 'are told' '2 classes have images in directories below alone, unlike the others: cat, dog'
rm -rf in
pic in/owl/1.ppm in/owl/2.ppm
reads 'one class' 'owl 2' in
told 'is told' 'in: all images are of one class, owl; --no-labels takes them without classes'
mv in/owl in/JPEGImages
refuses 'the directory of all images as the only class' '--no-labels' in
err_has 'is named' 'in: all images are in directories called JPEGImages'
reads 'as a class' 'JPEGImages 2' --class-level 1 in
mkdir in/train in/valid
mv in/JPEGImages in/train/images
pic in/valid/images/1.ppm
printf '0 .5 .5 .1 .1\n' >in/train/1.txt
refuses 'images with boxes beside them, in two splits' '--no-labels' in
rm -rf in/train in/valid
pic in/bounding_box_test/1.ppm in/bounding_box_train/1.ppm in/query/1.ppm
refuses 'words of two splits among the names' '--splits none that all are classes' in
reads 'as classes' 'bounding_box_test 1, bounding_box_train 1, query 1' --splits none in
for class in a b c d e f g h; do
	pic in/$class/1.ppm
done
reads 'but not among many classes' 'a 1, b 1, bounding_box_test 1, bounding_box_train 1, c 1, d 1, e 1, f 1, g 1, h 1, query 1' in
rm -rf in
pic in/test1/1.ppm in/train/1.ppm in/train/2.ppm
refuses 'train beside test1' '--no-labels' in
reads 'as classes' 'test1 1, train 2' --splits none in

rm -rf in
pic "in/the birds/owl's/cat 1/1.ppm" "in/the birds/owl's/cat 2/1.ppm" in/the\ birds/tit/cat\ 1/1.ppm in/the\ birds/tit/cat\ 2/1.ppm
fails_with 65 'directories whose names a shell would take apart' ltimport in
in=$(sed 's/.*: --in \(.*\) reads that one.*/\1/' err)
ok 'are quoted, to be copied' sh -c "ltimport --in $in in | ltcat --count"
is 'and read' "$(sed -n 's/^rows[^0-9]*//p' out)" 2
fails_with 65 'the level, with --in' ltimport --in 'the birds' in
err_has 'is counted from there' '--class-level 1 for classes, --class-level 2 what is in them'

rm -rf in
pic in/train/Cat/1.ppm in/train/Dog/1.ppm in/test/cat/1.ppm in/test/dog/1.ppm
reads 'a split whose classes have other names' 'Cat 1, Dog 1' in
told 'is told' 'no directory of split test (cat, dog) is a class of train (Cat, Dog)'
reads 'and read as the notice says' 'Cat 1, Dog 1, cat 1, dog 1' --class-level 2 --split all in

# ---------------------------------------------------------------- what nobody asked for

# A file of macOS whose name ends with a carriage return, and its companion; a large file.
rm -rf in
pic in/cat/1.ppm in/dog/1.ppm "$(printf 'in/cat/Icon\r')" "$(printf 'in/__MACOSX/cat/._Icon\r')" "$(printf 'in/dog/._caf\351')"
tar cf in.tar -C in .
for input in in in.tar; do
	reads "names of files of the system: $input" 'cat 1, dog 1' $input
	told 'are passed over' "passed over: 3 hidden files"
done
rm -rf in
pic in/cat/1.ppm in/dog/1.ppm in/cat/@eaDir/SYNOPHOTO_THUMB_M.ppm "in/System Volume Information/2.ppm" \
	'in/$RECYCLE.BIN/3.ppm' in/lost+found/4.ppm in/dog/@__thumb/1.ppm in/#recycle/5.ppm
tar cf in.tar -C in .
for input in in in.tar; do
	reads "directories of systems and network storage: $input" 'cat 1, dog 1' $input
	told 'are passed over' 'passed over: 6 hidden files'
done
rm -rf in
pic 'in/benign/benign (1).ppm' 'in/benign/benign (1)_mask.ppm' 'in/benign/benign (1)_mask_1.ppm' \
	in/with_mask/1_with_mask.ppm in/with_mask/dog-mask.ppm
reads 'masks among the images (BUSI)' 'benign 3, with_mask 2' in
told 'are told' 'in: 2 images look like the mask of another and are each a row like it, such as benign/benign (1)_mask.ppm;'
rm -r in/benign
pic in/cat/1.ppm in/cat/masks/1.ppm in/masks/1.ppm
reads 'a directory of masks in a class' 'cat 2, masks 1, with_mask 2' in
told 'is told' 'in: 1 image looks like the mask of another and is a row like it, such as cat/masks/1.ppm;'
rm -r in/cat in/masks
reads 'images of masks' 'with_mask 2' in
is 'are not' "$(grep -c 'mask of another' err)" 0
for names in 'images masks' 'Images annotations' 'groundtruth img'; do
	rm -rf in
	pic "in/${names% *}/1.ppm" "in/${names#* }/1.ppm"
	refuses "a set for segmentation: $names" '--no-labels --in DIR' in
	reads 'as classes' "${names% *} 1, ${names#* } 1" --class-level 1 in
done
ok 'without labels' ltimport --no-labels --in img in -o 1.lts
pic in/owl/1.ppm
reads 'but not beside a class' 'groundtruth 1, img 1, owl 1' in
rm -rf in
pic in/cat/1.ppm
dd if=/dev/null of=in/blob bs=1 seek=300000000 2>/dev/null
reads 'a large file without a suffix' 'cat 1' in
told 'is passed over' '1 file of another kind (blob)'
rm in/blob

rm -rf in
pic in/a_train_a/1.ppm in/a_a/1.ppm in/a_test_a/1.ppm
reads 'a name shorter than what all share before and behind' 'a_a 1, a_test_a 1, a_train_a 1' --splits none in

rm -rf in
pic in/one/cat/1.ppm in/one/dog/1.ppm in/two/cat/1.ppm in/two/dog/1.ppm
for splits in train=One train=one,test=tow train=on; do
	fails_with 65 "--splits with a slip: $splits" ltimport --splits $splits -o 1.lts in
	err_has 'is told' "in: --splits: no directory of images is called ${splits##*=}"
done
done_testing
