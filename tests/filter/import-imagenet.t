#!/bin/sh
# ltimport: ILSVRC as on Kaggle, whose split val has no class directories, and the column
# PredictionString.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'ILSVRC' 'no Python with msgpack'
	done_testing
fi

. "$here/../import.sh"

sets=ILSVRC/Data/CLS-LOC
d=k/$sets
pic $d/train/n01/n01_1.ppm $d/train/n02/n02_1.ppm $d/val/v_1.ppm $d/val/v_2.ppm $d/val/v_3.ppm $d/test/t_1.ppm
mkdir -p k/ILSVRC/ImageSets/CLS-LOC
printf 'v_1 1\nv_2 2\nv_3 3\n' >k/ILSVRC/ImageSets/CLS-LOC/val.txt
printf 'n01 tench, Tinca tinca\nn02 crab\n' >k/LOC_synset_mapping.txt
printf 'ImageId,PredictionString\nn01_1,n01 1 2 3 4 \nn02_1,n02 1 2 3 4 \n' >k/LOC_train_solution.csv
printf 'ImageId,PredictionString\nt_1,n01 1 2 3 4 \n' >k/LOC_sample_submission.csv
printf 'ImageId,PredictionString\nv_3,n02 85 1 499 272 \nv_1,n02 1 2 3 4 n02 10 20 30 40 \nv_2,n01 1.5 2 3 4 \n' >val.csv
cp val.csv k/LOC_val_solution.csv

gives 'train' "train n01,n02|0 $sets/train/n01/n01_1.ppm|1 $sets/train/n02/n02_1.ppm" k
is 'its tables are not said to be lists of other classes' "$(grep -c 'may be a list' err)" 0
val="val n01,n02|0 $sets/val/v_2.ppm|1 $sets/val/v_1.ppm|1 $sets/val/v_3.ppm"
gives 'val' "$val" --split val k
tar czf k.tar.gz k
gives 'an archive' "$(echo "$val" | sed 's|ILSVRC|k/ILSVRC|g')" --split val k.tar.gz
gives '--format folder reads the table too' "$val" --format folder --split val k
fails_with 65 'test has no classes' ltimport --split test k
err_has 'and no list of another split is named' 't_1.ppm: it has no class; --no-labels takes images without classes'
gives 'test without labels' "test -|-1 $sets/test/t_1.ppm" --split test --no-labels k

rm k/LOC_val_solution.csv
fails_with 65 'without the table' ltimport --split val k
err_has 'there is no class' 'v_1.ppm: it has no class'
# solution LINES: the table of val with them.
solution() { printf 'ImageId,PredictionString\n%b' "$1" >k/LOC_val_solution.csv; }
solution 'v_1,n02 1 2 3 4\nv_2,n01 1 2 3 4\n'
gives 'an image that the table does not name' "val n01,n02|0 $sets/val/v_2.ppm|1 $sets/val/v_1.ppm" --split val k
told '1 image that no list names ('
solution 'v_1,n02 1 2 3 4\nv_2,n01 1 2 3 4\nv_3,n02 1 2 3 4\nv_4,n02 1 2 3 4\nv_5,n01 1 2 3 4\n'
gives 'images that are not there' "val n01,n02|0 $sets/val/v_2.ppm|1 $sets/val/v_1.ppm|1 $sets/val/v_3.ppm" --split val k
told 'LOC_val_solution.csv: 2 of 5 images are not there, the first is v_4'
cp -R k sorted
mkdir sorted/$sets/val/n01 sorted/$sets/val/n02
mv sorted/$sets/val/v_2.ppm sorted/$sets/val/n01
mv sorted/$sets/val/v_*.ppm sorted/$sets/val/n02
gives 'val sorted into class directories' \
	"val n01,n02|0 $sets/val/n01/v_2.ppm|1 $sets/val/n02/v_1.ppm|1 $sets/val/n02/v_3.ppm" --split val sorted
told 'LOC_val_solution.csv: 2 of 5 images are not there, the first is v_4'
solution 'v_1,n02 1 2 3 4\nv_1,n02 1 2 3 4\n'
fails_with 65 'an image twice' ltimport --split val k
err_has 'is named' 'LOC_val_solution.csv: v_1 occurs twice'
solution 'v_1,n02 1 2 3 4\nv_2,n02 1 2 3 4 n01 1 2 3 4\n'
fails_with 65 'two classes of an image' ltimport --split val k
err_has 'are named' 'LOC_val_solution.csv:3: objects of several classes; images of several classes are not supported'
solution 'v_1,n02 1 2 3\n'
fails_with 65 'a box without its fourth side' ltimport --split val k
err_has 'is named' 'LOC_val_solution.csv:2: not a class and four numbers for each object'
solution 'v_1,\n'
fails_with 65 'no object' ltimport --split val k
err_has 'is named' 'LOC_val_solution.csv:2: no object, so no class'
printf 'ImageId,Label\nv_1,n02\n' >k/LOC_val_solution.csv
fails_with 65 'another table of this name' ltimport --split val k
err_has 'is not guessed' 'LOC_val_solution.csv:1: the second column is not PredictionString'

# ---------------------------------------------------------------- as a list

list='val n01,n02|1 v_3.ppm|1 v_1.ppm|0 v_2.ppm'
cp val.csv k/LOC_val_solution.csv
gives 'val alone, and the table as an operand' "$list" --root $d/val k/LOC_val_solution.csv
rm -r $d/train $d/test
fails_with 65 'val alone, and few images with their numbers' ltimport k
err_has 'are not read in silence' '"v_3" is of class "n02", and in an earlier list of class "3"'
rm -r k/ILSVRC/ImageSets
gives 'val alone, in the whole tree' "$(echo "$list" | sed "s|v_|$sets/val/v_|g")" k
gives '--label-column' "$list" --root $d/val --label-column PredictionString k/LOC_val_solution.csv
printf 'ImageId,PredictionString\nv_1,n02 1 2 3 4 n01 1 2 3 4\n' >t.csv
fails_with 65 'two classes in a list' ltimport --root $d/val t.csv
err_has 'are named' 't.csv:2: "n02 1 2 3 4 n01 1 2 3 4": objects of several classes'

# ---------------------------------------------------------------- numbers of images

for i in 1 2 3 4 5 6 7 8; do
	pic n/a_$i.ppm
	echo a_$i.ppm $i
done >t.txt
fails_with 65 'a list that numbers the images' ltimport --root n t.txt
err_has 'is none of classes' 't.txt: column 2 numbers the rows, which no class does; --label-column 2 says that it is one'
ok 'unless the option says so' ltimport --root n --label-column 2 t.txt -o x.lts
sed '4s/4$/3/' t.txt >u.txt
ok 'other numbers are classes' ltimport --root n u.txt -o x.lts

done_testing
