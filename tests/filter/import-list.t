#!/bin/sh
# ltimport: lists of images in the layouts in which people publish them.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'lists' 'no Python with msgpack'
	done_testing
fi

. "$here/../import.sh"

pic flat/a.ppm flat/b.ppm 'flat/c d.ppm' flat/e.ppm

printf '{"a.ppm": "cat"}' >t.json
if ltimport --root flat t.json 2>&1 >x.lts | grep -q 'JSON needs libjansson'; then
	fails_with 64 'a build without JSON' ltimport --root flat t.json
	json=
else
	json=yes
fi

# ---------------------------------------------------------------- forms

printf 'filename,label\na.ppm,cat\n"b.ppm",dog\n"c d.ppm","dog"\n' >flat/labels.csv
gives 'a table beside the images' '- cat,dog|0 a.ppm|1 b.ppm|1 c d.ppm' flat
told 'labels.csv: paths in column 1 filename, classes in column 2 label'
told 'passed over: 1 image that no list names (e.ppm)'
cp x.lts flat.lts
tar cf flat.tar flat
gives 'the same in an archive' '- cat,dog|0 flat/a.ppm|1 flat/b.ppm|1 flat/c d.ppm' flat.tar
ok 'and from a pipe' sh -c 'cat flat.tar | ltimport >x.lts'
is 'with the same rows' "$(keys x.lts | paste -sd'|' -)" \
	'- cat,dog|0 flat/a.ppm|1 flat/b.ppm|1 flat/c d.ppm'
mv flat/labels.csv l.csv
gives 'the table alone, and --root' '- cat,dog|0 a.ppm|1 b.ppm|1 c d.ppm' --root flat l.csv
gives '--root may be an archive' '- cat,dog|0 flat/a.ppm|1 flat/b.ppm|1 flat/c d.ppm' \
	--root flat.tar l.csv
gives 'the table and the images as operands' '- cat,dog|0 flat/a.ppm|1 flat/b.ppm|1 flat/c d.ppm' \
	l.csv flat
ok 'the table from standard input' sh -c 'ltimport --root flat <l.csv >x.lts'
is 'its rows' "$(keys x.lts | sed 1d | paste -sd'|' -)" '0 a.ppm|1 b.ppm|1 c d.ppm'
gzip -k l.csv
gives 'compressed' '- cat,dog|0 a.ppm|1 b.ppm|1 c d.ppm' --root flat l.csv.gz

printf '\357\273\277Image,Class\r\na.ppm,"x, ""y"""\r\n\r\nb.ppm,z' >t.csv
gives 'a mark of UTF-8, CR LF, quotes, no end of the last line' \
	'- x, "y",z|0 a.ppm|1 b.ppm' --root flat t.csv
printf 'image;class\na.ppm;x\nb.ppm;y\n' >t.csv
gives 'semicolons' '- x,y|0 a.ppm|1 b.ppm' --root flat t.csv
printf 'image\tclass\na.ppm\tx\nc d.ppm\ty z\n' >t.tsv
gives 'tabs' '- x,y z|0 a.ppm|1 c d.ppm' --root flat t.tsv
printf 'flat/a.ppm 1\nflat/c d.ppm 0\n./flat//b.ppm 1\n' >t.txt
gives 'path and label, a path with a blank' '- 0,1|1 flat/a.ppm|0 flat/c d.ppm|1 flat/b.ppm' \
	--root . t.txt
printf 'a.ppm,0\nc d.ppm,2\n' >t.txt
gives 'path,label' '- 0,1,2|0 a.ppm|2 c d.ppm' --root flat t.txt
told '1 of 3 classes has no row: 1'
printf '3\ta.ppm\n1\tb.ppm\n' >t.txt
gives 'the label first' '- 0,1,2,3|3 a.ppm|1 b.ppm' --root flat t.txt
printf 'a.ppm\nc d.ppm\n' >t.txt
fails_with 65 'paths alone' ltimport --root flat t.txt
err_has 'need --no-labels' 't.txt: no column has classes; --label-column says which, --label-column / takes the directory of each image, --no-labels'
fails_with 65 'no directory to take' ltimport --root flat --label-column / t.txt
err_has 'which file it is' 't.txt:1: "a.ppm": it is in no directory, which would be its class'
pic deep/images/pie/p1.ppm deep/images/soup/s2.ppm deep/images/soup/s3.ppm
printf 'pie/p1\nsoup/s3\n' >train.txt
printf 'soup/s2\n' >test.txt
gives '--label-column /: the directories' 'train pie,soup|0 pie/p1.ppm|1 soup/s3.ppm' \
	--root deep/images --label-column / train.txt
gives 'of several lists' 'test pie,soup|1 soup/s2.ppm' --split test \
	--root deep/images --label-column / train.txt test.txt
gives 'and are taken with it' '- -|-1 a.ppm|-1 c d.ppm' --no-labels --root flat t.txt
pic numbered/0.ppm numbered/1.ppm numbered/2.ppm
printf '/home/me/0.ppm 0\n/home/me/1.ppm 1\n/home/me/2.ppm 0\n' >t.txt
fails_with 65 'labels that are also names of images' ltimport --root numbered t.txt
err_has 'are not taken for them' '"/home/me/0.ppm": absolute paths and ".." are refused; shorten'
rm -r numbered
printf 'image,class\na.ppm,01\nb.ppm,1\ne.ppm,2\n' >t.csv
gives 'numbers with leading zeros are names' '- 01,1,2|0 a.ppm|1 b.ppm|2 e.ppm' --root flat t.csv
printf 'image,class\na.ppm,2.000000\nb.ppm,0.0\n' >t.csv
gives 'numbers as pandas writes them' '- 0,1,2|2 a.ppm|0 b.ppm' --root flat t.csv
printf 'image,class\na.ppm,\nb.ppm,x\ne.ppm,\n' >t.csv
gives 'rows without a class' '- x|-1 a.ppm|0 b.ppm|-1 e.ppm' --root flat t.csv
told '2 of 3 rows have no class: their label is -1; lt split --profile natural --rest FILE writes them to FILE'
printf 'image,class\na.ppm,-1\nb.ppm,1\ne.ppm,0\n' >t.csv
gives 'the same by number' '- 0,1|-1 a.ppm|1 b.ppm|0 e.ppm' --root flat t.csv
told '1 of 3 rows have no class'
ok 'lt split separates them' lt split --profile natural --rest rest.lts x.lts -o drawn.lts
is 'labelled rows' "$(lt cat --take y drawn.lts | paste -sd' ' -)" '1 0'
is 'and the others' "$(lt cat --take y rest.lts)" -1
printf 'image,class\na.ppm,unlabeled\nb.ppm,x\ne.ppm,y\n' >t.csv
gives 'a class that says there is none' '- unlabeled,x,y|0 a.ppm|1 b.ppm|2 e.ppm' --root flat t.csv
told 'a class is called "unlabeled"; a row without a class has an empty cell'

for lines in '1 ant\n2 bee\n3 cow' 'ClassId,SignName\n0,ant\n1,bee\n2,cow' 'class index\nant 0\nbee 1\ncow 2'; do
	# shellcheck disable=SC2059 # with escapes
	printf "$lines\n" >names.txt
	printf 'path,label\na.ppm,1\nb.ppm,2\n' >t.csv
	fails_with 65 "--classes with numbers: $(head -n 1 names.txt)" ltimport --root flat --classes names.txt t.csv
	err_has 'are refused' 'in --classes is a number and a name; --classes takes one name per line, and a table of numbers and names is an operand beside the list'
	table=classes.txt
	! grep -q , names.txt || table=classes.csv
	mv names.txt $table
	ok 'as an operand they name the numbers' ltimport --root flat t.csv $table -o x.lts
	is 'in their order' "$(say x.lts 'h["classes"][-3:]')" "['ant', 'bee', 'cow']"
done
printf 'grade 1\ngrade 2\ngrade 3\n' >names.txt
gives 'names with numbers' '- grade 1,grade 2,grade 3|1 a.ppm|2 b.ppm' --root flat --classes names.txt t.csv

# ---------------------------------------------------------------- words

pic pets/Abyssinian_100.ppm pets/american_bulldog_2.ppm pets/Abyssinian_7.ppm
cat >t.txt <<'END'
#Image CLASS-ID SPECIES BREED ID
#ID: 1:37 Class ids
#SPECIES: 1:Cat 2:Dog

Abyssinian_100 1 1 1
american_bulldog_2 2 2 1
Abyssinian_7 1 1 1
END
fails_with 65 'columns of numbers, between blanks (Oxford-IIIT Pets)' ltimport --root pets t.txt
err_has 'are asked for' 'several columns could be the class; --label-column says which; it has 1 (Abyssinian_100), 2 (1), 3 (1), 4 (1)'
gives 'and given' '- 0,1,2|1 Abyssinian_100.ppm|2 american_bulldog_2.ppm|1 Abyssinian_7.ppm' \
	--label-column 2 --root pets t.txt
gives 'in another column' '- 0,1|1 Abyssinian_100.ppm|1 american_bulldog_2.ppm|1 Abyssinian_7.ppm' \
	--label-column 4 --root pets t.txt
gives 'with a column that is kept' \
	'- 0,1,2|1 Abyssinian_100.ppm|2 american_bulldog_2.ppm|1 Abyssinian_7.ppm' \
	--label-column 2 --keep 4 --root pets t.txt
printf 'Abyssinian_100 1 cat\namerican_bulldog_2 2 dog\n' >t.txt
fails_with 65 'a number and a word' ltimport --root pets t.txt
err_has 'are asked for, too' '--label-column says which; it has 1 (Abyssinian_100), 2 (1), 3 (cat)'
printf '1 Abyssinian_100 x\n2 american_bulldog_2 y\n' >t.txt
gives 'the path in the middle' '- x,y|0 Abyssinian_100.ppm|1 american_bulldog_2.ppm' \
	--label-column 3 --root pets t.txt
printf 'Abyssinian_100 cat train\namerican_bulldog_2 dog test\nAbyssinian_7 cat train\n' >t.txt
gives 'a column of splits' 'train cat,dog|0 Abyssinian_100.ppm|0 Abyssinian_7.ppm' --root pets t.txt
printf '1 Abyssinian_100 grey cat\n2 american_bulldog_2 dog\n' >t.txt
fails_with 65 'the path in the middle of lines that differ' ltimport --root pets t.txt
err_has 'is refused' 't.txt: the path is word 2 of a line, and lines differ in their number of words'

pic fgvc/1025794.ppm fgvc/1340192.ppm fgvc/0056978.ppm
printf '1025794 Boeing 737-200\n1340192 A300B4\n0056978 Boeing 737-200\n' >t.txt
gives 'a name, and a class with blanks (FGVC Aircraft)' \
	'- A300B4,Boeing 737-200|1 1025794.ppm|0 1340192.ppm|1 0056978.ppm' --root fgvc t.txt
told 't.txt: paths in column 1, classes in the rest of the line'
cp t.txt fgvc/images_variant.txt
gives 'beside the images' \
	'- A300B4,Boeing 737-200|1 1025794.ppm|0 1340192.ppm|1 0056978.ppm' fgvc
rm fgvc/images_variant.txt
printf '1025794 Boeing\n1340192 Airbus\n0056978  British  Aerospace \n' >t.txt
gives 'most of them of one word' \
	'- Airbus,Boeing,British  Aerospace|1 1025794.ppm|0 1340192.ppm|2 0056978.ppm' \
	--root fgvc t.txt
printf '1025794 Boeing\n1340192 Airbus\n0056978 2.ppm Boeing\n' >t.txt
fails_with 65 'a missing image with a blank' ltimport --root fgvc t.txt
err_has 'is not taken for another' 'the first is 0056978 2.ppm (t.txt:3'
printf '1025794 golden retriever\n1340192 border collie\n' >t.txt
gives 'each of two words' '- border collie,golden retriever|1 1025794.ppm|0 1340192.ppm' --root fgvc t.txt
gives 'unless a column is asked for' '- border,golden|1 1025794.ppm|0 1340192.ppm' \
	--label-column 2 --root fgvc t.txt
printf '1025794\n1340192 Boeing 737\n0056978 Boeing 737\n' >t.txt
fails_with 65 'a line without a class' ltimport --root fgvc t.txt
err_has 'is named' 't.txt:1: "1025794", and no column 2'
pic numbers/0.ppm numbers/1.ppm
printf '0.ppm 1\n1.ppm 0\n' >numbers/list.txt
printf '0 British Aerospace\n1 General Dynamics\n' >numbers/classes.txt
gives 'a table of classes is no list' '- British Aerospace,General Dynamics|1 0.ppm|0 1.ppm' numbers
rm -r numbers
for i in a b c d e f g h; do
	pic "told/$i$i.ppm"
	echo "$i$i.ppm a picture of $i"
done >t.txt
sed -i '1s/a picture of a/the first/' t.txt
fails_with 65 'a text for each image' ltimport --root told t.txt
err_has 'is no class' 'column 2 is another in every row, which no class is'

# ---------------------------------------------------------------- what precedes the rows

printf 'image|class\na.ppm|x, y\nc d.ppm|z\n' >t.csv
gives '| as a separator' '- x, y,z|0 a.ppm|1 c d.ppm' --root flat t.csv
printf 'sep=;\r\nimage;class\r\na.ppm;x\r\nb.ppm;y\r\n' >t.csv
gives 'sep=; of Excel' '- x,y|0 a.ppm|1 b.ppm' --root flat t.csv
printf '\357\273\277SEP=|\na.ppm|x;y\nb.ppm|z;y\n' >t.csv
gives 'which decides' '- x;y,z;y|0 a.ppm|1 b.ppm' --root flat t.csv
printf 'sep=:\na.ppm:x\n' >t.csv
fails_with 65 'another separator' ltimport --root flat t.csv
err_has 'is refused' 't.csv:1: "sep=:": a separator other than a comma, a semicolon, a tab or | is not read'
printf '# made by a program, 2020\n# see a.ppm\nimage,class\na.ppm,x\nz.ppm,y\n' >t.csv
fails_with 65 'comments count as lines' ltimport --root flat t.csv
err_has 'in messages' 'z.ppm (t.csv:5)'
sed 's/z.ppm/b.ppm/' t.csv >u.csv
gives 'comments' '- x,y|0 a.ppm|1 b.ppm' --root flat u.csv
printf 'sep=,\n\n# one\n#x,image,class\n1,a.ppm,x\n2,b.ppm,y\n' >t.csv
gives 'titles behind #' '- x,y|0 a.ppm|1 b.ppm' --root flat t.csv
pic 'hash/#1.ppm' hash/2.ppm 'hash/#3 b.ppm'
printf '#1.ppm,x\n2.ppm,y\n#3 b.ppm,x\n' >t.csv
gives 'names that begin with # are no comments' '- x,y|0 #1.ppm|1 2.ppm|0 #3 b.ppm' --root hash t.csv
printf '#3 b.ppm,x\n2.ppm,y\n' >t.csv
gives 'with a blank' '- x,y|0 #3 b.ppm|1 2.ppm' --root hash t.csv
printf '#4.ppm,x\n2.ppm,y\n' >t.csv
fails_with 65 'and are not passed over if they are missing' ltimport --root hash t.csv
err_has 'but named' '#4.ppm (t.csv:1)'

# ---------------------------------------------------------------- columns

printf ',size,filename,x\n0,7,a.ppm,cat\n1,7,b.ppm,dog\n' >t.csv
fails_with 65 'two columns that could be the class' ltimport --root flat t.csv
err_has 'are refused, and all are listed' \
	'several columns could be the class; --label-column says which; it has 1 , 2 size, 3 filename, 4 x'
gives '--label-column by name' '- cat,dog|0 a.ppm|1 b.ppm' --label-column x --root flat t.csv
gives 'and by number' '- cat,dog|0 a.ppm|1 b.ppm' --label-column 4 --root flat t.csv
fails_with 65 'a column that is not there' ltimport --label-column y --root flat t.csv
err_has 'is named' 'no column "y" for --label-column'
printf 'bild,vorschau,klasse\na.ppm,b.ppm,x\nb.ppm,a.ppm,y\n' >t.csv
fails_with 65 'two columns of names that are there' ltimport --root flat t.csv
err_has 'are refused' 'columns 1 and 2 both could be the images'\'' names; --path-column says which'
gives '--path-column' '- x,y|0 b.ppm|1 a.ppm' --path-column vorschau --label-column klasse \
	--root flat t.csv
printf 'bild,klasse\na.ppm,x\nb.ppm,y\n' >t.csv
gives 'names that no table knows, by what is in the columns' '- x,y|0 a.ppm|1 b.ppm' \
	--root flat t.csv
printf 'file_name,caption\n' >t.csv
for i in a b 'c d' e; do pic "more/$i.ppm" "more/${i}2.ppm"; done
for i in a b 'c d' e a2 b2 'c d2' e2; do printf '%s.ppm,a picture of %s\n' "$i" "$i"; done >>t.csv
fails_with 65 'captions are no classes' ltimport --root more t.csv
err_has 'the column is named' 'column 2 is another in every row, which no class is'
printf 'name,id\n1,a.ppm\n2,b.ppm\n' >t.csv
gives 'of several names of paths the one whose images are there' '- 0,1,2|1 a.ppm|2 b.ppm' \
	--label-column name --root flat t.csv
printf 'Filename,Label,Species\na.ppm,0,Chinee apple\nb.ppm,1,Lantana\ne.ppm,0,Chinee apple\n' >t.csv
gives 'numbers with names beside them (DeepWeeds)' \
	'- Chinee apple,Lantana|0 a.ppm|1 b.ppm|0 e.ppm' --root flat t.csv
printf 'path,class_id,class\na.ppm,2,zebra\nb.ppm,0,yak\n' >t.csv
gives 'and a number that no row has' '- yak,1,zebra|2 a.ppm|0 b.ppm' --root flat t.csv
printf 'Filename,Label,Species\na.ppm,0,x\nb.ppm,0,y\n' >t.csv
gives 'two names for a number' '- 0|0 a.ppm|0 b.ppm' --root flat t.csv
told 'share a number; classes keep their numbers'

# ---------------------------------------------------------------- layouts

mkdir isic
pic isic/ISIC_1.ppm isic/ISIC_2.ppm isic/ISIC_3.ppm
printf 'image,MEL,NV,BCC\nISIC_1,1.0,0.0,0.0\nISIC_2,0.0,0.0,1.0\nISIC_3,0.0,1.0,0.0\n' >t.csv
gives 'a column a class, names without suffix (ISIC)' \
	'- BCC,MEL,NV|1 ISIC_1.ppm|0 ISIC_2.ppm|2 ISIC_3.ppm' --root isic t.csv
sed 's/1\.0/True/; s/0\.0/False/g' t.csv >u.csv
gives 'with True and False (pandas)' \
	'- BCC,MEL,NV|1 ISIC_1.ppm|0 ISIC_2.ppm|2 ISIC_3.ppm' --root isic u.csv
printf 'image, MEL, NV, UNK, BCC\nISIC_1, 1, 0, 0, 0\nISIC_2, 0, 0, 0, 1\nISIC_3, 0, 0, 0, 0\n' >v.csv
gives 'blanks, a class without rows, a row without a class' \
	'- BCC,MEL,NV,UNK|1 ISIC_1.ppm|0 ISIC_2.ppm|-1 ISIC_3.ppm' --root isic v.csv
told '2 of 4 classes have no row: NV, UNK'
told '1 of 3 rows have no class'
printf 'image,MEL,NV\nISIC_1,1,0\nISIC_2,0,1\n' >w.csv
for _ in $(seq 200); do sed -n 2,3p w.csv; done >more.csv
for row in 1,1 1,2; do
	echo "ISIC_3,$row" | cat w.csv more.csv - >u.csv
	fails_with 65 "a row of $row" ltimport --root isic u.csv
done
err_has 'is named' 'u.csv:404: not all columns of classes are 0 or 1'
sed 's/ISIC_2,0.0/ISIC_2,1.0/' t.csv >u.csv
fails_with 65 'two classes of an image' ltimport --root isic u.csv
err_has 'are refused' 'row 2 has 2 classes'
printf 'lesion_id,image_id,dx,dx_type,age\nH1,ISIC_1,nv,histo,80\nH2,ISIC_3,mel,histo,70\n' >t.csv
gives 'HAM10000' '- mel,nv|1 ISIC_1.ppm|0 ISIC_3.ppm' --root isic t.csv

pic hf/train/1.ppm hf/train/2.ppm hf/test/1.ppm
printf 'file_name,label\n1.ppm,x\n2.ppm,y\n' >hf/train/metadata.csv
printf 'file_name,label\n1.ppm,y\n' >hf/test/metadata.csv
gives 'metadata.csv in the directories of splits' 'train x,y|0 train/1.ppm|1 train/2.ppm' hf
gives 'the test split' 'test x,y|1 test/1.ppm' --split test hf
rm hf/*/metadata.csv
jsonl() {
	printf '{"file_name": "train/1.ppm", "label": 1, "more": [1, {"a": 2}]}\n{"file_name": "train/2.ppm", "label": 0}\n' >hf/metadata.jsonl
	gives 'metadata.jsonl' '- 0,1|1 train/1.ppm|0 train/2.ppm' hf
	rm hf/metadata.jsonl
}
[ -z "$json" ] || jsonl
printf 'id,breed\n1,pug\n' >hf/labels.csv
printf 'id,pug,vizsla\nx,0.5,0.5\n' >hf/sample_submission.csv
mv hf/test/1.ppm hf/test/9.ppm
gives 'labels.csv with ids, flat train and test (Kaggle)' '- pug|0 train/1.ppm' hf
told 'name an image by the end of its name alone: "1" is train/1.ppm'
told '2 images that no list names'
rm -r hf

pic long/train/n1/n1_1.ppm long/train/n2/n2_1.ppm long/val/n1/v_1.ppm long/val/n2/v_2.ppm
printf 'train/n1/n1_1.ppm 0\n' >LT_train.txt
printf 'train/n2/n2_1.ppm 1\n' >LT_val.txt
printf 'val/n2/v_2.ppm 1\nval/n1/v_1.ppm 0\n' >LT_test.txt
gives 'three lists, which are the splits (ImageNet-LT)' \
	'- 0,1|0 train/n1/n1_1.ppm|1 val/n2/v_2.ppm|0 val/n1/v_1.ppm|1 train/n2/n2_1.ppm' \
	--split all --root long LT_train.txt LT_val.txt LT_test.txt
gives 'one of them' 'val 0,1|1 train/n2/n2_1.ppm' --split val --root long LT_train.txt \
	LT_val.txt LT_test.txt
mkdir top
mv long top/long
tar cf top.tar top
gives 'an archive whose images share more directories' 'train 0|0 top/long/train/n1/n1_1.ppm' \
	--root top.tar LT_train.txt
printf 'val/n1/v_1.ppm 0\n' >other.txt
fails_with 65 'a list of no split among lists of splits' ltimport --root top.tar LT_train.txt other.txt
err_has 'is refused' 'other.txt: it has no split'
printf 'train/n1/n1_1.ppm 0\n' >LT_val.txt
fails_with 65 'an image in two splits' ltimport --root top.tar LT_train.txt LT_val.txt
err_has 'is refused' '"train/n1/n1_1.ppm" is in split val, and in an earlier list in split train; give'
printf 'path,class,set\na.ppm,x,Train\nb.ppm,y,validation\ne.ppm,x,TEST\n' >t.csv
gives 'a column of splits' 'train x,y|0 a.ppm' --root flat t.csv
gives 'all of it' '- x,y|0 a.ppm|0 e.ppm|1 b.ppm' --split all --root flat t.csv
gives '--splits none' '- x,y|0 a.ppm|1 b.ppm|0 e.ppm' --splits none --label-column class --root flat t.csv
printf 'path,class,split\na.ppm,x,train\nb.ppm,y,holdout\ne.ppm,x,test\n' >t.csv
fails_with 65 'a split of another name' ltimport --root flat t.csv
err_has 'is named with the option' 't.csv:3: "holdout": not the name of a split; --splits says which'
gives 'and taken with it' 'train x,y|1 b.ppm' --root flat t.csv --splits train=holdout,test=test,val=train
printf 'path,class,split\na.ppm,x,1\nb.ppm,y,2\n' >t.csv
gives 'a column without names of splits' '- x,y|0 a.ppm|1 b.ppm' --label-column class --root flat t.csv
told 'column 3 split has no names of splits, so its rows are one set; --splits'
gives 'and what they mean' 'train x,y|0 a.ppm' --splits train=1,test=2 --root flat t.csv
printf 'path,class,Dataset Split\na.ppm,x,Train\nb.ppm,y,Valid\ne.ppm,x,Train\n' >t.csv
gives 'a title that contains the word' 'train x,y|0 a.ppm|0 e.ppm' --root flat t.csv
told 'classes in column 2 class, splits in column 3 Dataset Split'
printf 'path,class,Verwendung\na.ppm,x,train\nb.ppm,y,test\ne.ppm,x,train\n' >t.csv
gives 'names of splits under another title' 'train x,y|0 a.ppm|0 e.ppm' --root flat t.csv
sed 1d t.csv >u.csv
gives 'and without titles' 'train x,y|0 a.ppm|0 e.ppm' --root flat u.csv
gives 'unless they are the class' '- test,train|1 a.ppm|0 b.ppm|1 e.ppm' --label-column 3 --root flat u.csv
printf 'path,class,bus\na.ppm,train,1\ne.ppm,train,0\n' >t.csv
gives 'a class called train' '- train|0 a.ppm|0 e.ppm' --root flat t.csv
printf 'fname,label,is_valid\na.ppm,x,False\nb.ppm,y,True\ne.ppm,x,False\n' >t.csv
fails_with 65 'a column that says yes or no to one split (fastai)' ltimport --root flat t.csv
err_has 'asks' 'column 3 is_valid may be the split; --splits val=True,train=False says what its values mean, --splits none'
gives 'and the answer' 'train x,y|0 a.ppm|0 e.ppm' --splits val=True,train=False --root flat t.csv
gives 'or the other' '- x,y|0 a.ppm|1 b.ppm|0 e.ppm' --splits none --root flat t.csv
printf 'path,is_training_img,class\na.ppm,1,x\nb.ppm,0,y\n' >t.csv
fails_with 65 'a column of the training images' ltimport --root flat t.csv
err_has 'asks, too' '--splits train=1,test=0'

# Class directories for train, and a list for test (Kaggle's GTSRB).
for i in 0 1 2 10; do
	pic "gtsrb/Train/$i/t$i.ppm" "gtsrb/Test/e$i.ppm" "gtsrb/Meta/$i.ppm"
	echo "53,$i,Train/$i/t$i.ppm" >>Train.rows
	echo "53,$i,Test/e$i.ppm" >>Test.rows
	echo "53,$i,Meta/$i.ppm" >>Meta.rows
done
for i in Train Test Meta; do { echo Width,ClassId,Path && cat $i.rows; } >gtsrb/$i.csv; done
tar cf gtsrb.tar gtsrb
gives 'class directories beside lists' \
	'train 0,1,10,2|0 Train/0/t0.ppm|1 Train/1/t1.ppm|2 Train/10/t10.ppm|3 Train/2/t2.ppm' gtsrb
cp x.lts train.lts
fails_with 65 'a split that only a list gives classes' ltimport --split test gtsrb
err_has 'names the list' 'gtsrb: Test/e0.ppm: it has no class; lt import --root gtsrb gtsrb/Test.csv reads the list (--classes TRAIN.lts gives its rows the labels of others), --no-labels'
fails_with 65 'from inside' sh -c 'cd gtsrb && exec ltimport --split test .'
err_has 'names it, too' 'lt import --root . Test.csv reads the list'
fails_with 65 'in an archive' ltimport --split test gtsrb.tar
err_has 'names it, too' '--format list reads the lists, such as gtsrb/Test.csv, --no-labels'
gives 'whose numbers are the names of directories' \
	'test 0,1,10,2|0 Test/e0.ppm|1 Test/e1.ppm|3 Test/e2.ppm|2 Test/e10.ppm' \
	--root gtsrb --classes train.lts --split test gtsrb/Test.csv
sed -i 's/^53,2,/53,3,/' gtsrb/Test.csv
fails_with 65 'a number that is no name' ltimport --root gtsrb --classes train.lts gtsrb/Test.csv
err_has 'is told' 'class 3 is not in --classes'
printf 'ant\nbee\ncow\ndog\n' >classes.txt
printf 'Path,ClassId\nTest/e0.ppm,2\nTest/e1.ppm,0\n' >t.csv
gives 'other names are numbered' '- ant,bee,cow,dog|2 Test/e0.ppm|0 Test/e1.ppm' \
	--root gtsrb --classes classes.txt t.csv
rm -r gtsrb

# What needs JSON.
json_layouts() {
	cat >coco.json <<'END'
{"info": {"year": 2018}, "licenses": [],
 "annotations": [{"id": 1, "image_id": 7, "category_id": 5},
                 {"id": 2, "image_id": 8, "category_id": 3},
                 {"id": 3, "image_id": 7, "category_id": 5}],
 "images": [{"id": 7, "file_name": "flat/a.ppm", "width": 2}, {"id": 8, "file_name": "flat/b.ppm"},
            {"id": 9, "file_name": "flat/e.ppm"}],
 "categories": [{"id": 3, "name": "three", "supercategory": "odd"}, {"id": 5, "name": "five"},
                {"id": 8, "name": "eight"}]}
END
	gives 'images and annotations apart (COCO, iNaturalist)' \
		'- three,five,eight|1 flat/a.ppm|0 flat/b.ppm' --root . coco.json
	told '1 of 3 rows have no class and were left out: flat/e.ppm'
	told '1 of 3 rows name an image again and were left out: flat/a.ppm'
	gives 'without labels' '- -|-1 flat/a.ppm|-1 flat/b.ppm|-1 flat/e.ppm' --no-labels --root . coco.json
	sed 's/"id": 3, "image_id": 7, "category_id": 5/"id": 3, "image_id": 7, "category_id": 3/' coco.json >u.json
	fails_with 65 'two classes of an image' ltimport --root . u.json
	err_has 'are named' '"flat/a.ppm" is of class "3", and in an earlier row of class "5"'
	sed 's/"image_id": 8/"image_id": 80/' coco.json >u.json
	fails_with 65 'an annotation without its image' ltimport --root . u.json
	err_has 'is named' 'no image has the annotation'\''s image_id'
	printf '{"annotations": [{"fpath": "flat/a.ppm", "image_id": 0, "category_id": 1}, {"fpath": "flat/b.ppm", "image_id": 1, "category_id": 0}], "num_classes": 2}' >t.json
	gives 'annotations with paths (BBN)' '- 0,1|1 flat/a.ppm|0 flat/b.ppm' --root . t.json
	printf '{"a.ppm": "cat", "b.ppm": "dog"}' >t.json
	gives 'an object of paths and classes' '- cat,dog|0 a.ppm|1 b.ppm' --root flat t.json
	printf '{"labels": [["a.ppm", 1], ["b.ppm", 0]]}' >t.json
	gives 'arrays (StyleGAN)' '- 0,1|1 a.ppm|0 b.ppm' --root flat t.json
	printf '[{"image": "a.ppm", "label": [1]}, {"image": "b.ppm", "label": [0, 1]}]' >t.json
	fails_with 65 'an array of classes' ltimport --root flat t.json
	err_has 'is refused' 'images of several classes are not supported'
}
[ -z "$json" ] || json_layouts

# ---------------------------------------------------------------- names of numbers

pic named/a.ppm named/b.ppm
printf 'a.ppm 2\nb.ppm 0\n' >named/list.txt
printf 'ant\nbee\ncow bell\n' >named/classes.txt
gives 'names of numbers, a line each' '- ant,bee,cow bell|2 a.ppm|0 b.ppm' named
told 'classes.txt: the names of 3 classes'
printf 'a.ppm 3\nb.ppm 1\n' >named/list.txt
printf '1 ant\n2 bee\n3 cow\n' >named/classes.txt
gives 'with numbers from 1' '- ant,bee,cow|2 a.ppm|0 b.ppm' named
printf '/a/ant 1\n/b/bee 3\n' >named/classes.txt
gives 'with numbers behind' '- /a/ant,/b/bee|1 a.ppm|0 b.ppm' named
printf '1 ant\n2 bee\n' >named/classes.txt
gives 'a number without a name' '- 0,1,2,3|3 a.ppm|1 b.ppm' named
told 'no name for class 3; classes keep their numbers'

is 'of numbered lines none is told to be the first' "$(grep -c 'its first name' err)" 0
printf 'a.ppm 2\nb.ppm 1\n' >named/list.txt
printf 'ant\nbee\ncow\n' >named/classes.txt
gives 'lines of names, and labels from 1' '- ant,bee,cow|2 a.ppm|1 b.ppm' named
told 'classes.txt: its first name, "ant", is that of class 0, which no image has; if the classes count from 1, write lines of number and name'
rm named/classes.txt
printf 'a.ppm 1\nb.ppm 0\n' >named/list.txt
printf 'ClassId,Name\r\n0,"ant, red"\r\n1,"a ""b"""\r\n' >named/classes.csv
gives 'a table with a header' '- ant, red,a "b"|1 a.ppm|0 b.ppm' named
printf 'name,id,count\nant,0\nbee,1\n' >named/classes.csv
gives 'numbers behind' '- ant,bee|1 a.ppm|0 b.ppm' named
printf 'id,name,kind\n0,ant,x\n1,bee,y\n' >named/classes.csv
gives 'more columns' '- ant,bee|1 a.ppm|0 b.ppm' named
printf 'class\nant\nbee\n' >named/classes.csv
gives 'a header of names alone' '- ant,bee|1 a.ppm|0 b.ppm' named
printf 'background\nsign 1\nsign 2\n' >named/classes.csv
gives 'a first name that is no header' '- background,sign 1,sign 2|1 a.ppm|0 b.ppm' named
rm named/classes.csv
printf 'image, label\na.ppm, "cat"\nb.ppm, "dog" \n' >t.csv
gives 'blanks around quotation marks' '- cat,dog|0 a.ppm|1 b.ppm' --root flat t.csv
for nothing in NA None null; do
	printf 'path,label\na.ppm,cat\nb.ppm,%s\n' $nothing >t.csv
	ok "a class called $nothing" ltimport --root flat t.csv -o x.lts
	told "a class is called \"$nothing\""
done

printf 'path,label\na.ppm,scab\nb.ppm,rust\ne.ppm,scab rust\n' >t.csv
gives 'names with blanks between may be several classes' '- rust,scab,scab rust|1 a.ppm|0 b.ppm|2 e.ppm' \
	--root flat t.csv
told 'class names are put together from others, such as "scab rust" (1 in all)'
printf 'image_name,tags\na,haze primary\nb,clear primary\ne,cloudy\n' >t.csv
gives 'several words in a column called tags' '- clear primary,cloudy,haze primary|2 a.ppm|0 b.ppm|1 e.ppm' \
	--root flat t.csv
told 'class names are put together from 4 words, such as "clear primary" (2 in all); if they mean several classes, their images are not supported'
mkdir combined
echo path,label >t.csv
for a in x y z; do
	for b in x y z v w; do
		pic combined/$a$b.ppm combined/2$a$b.ppm
		printf '%s,%s\n' $a$b.ppm "$a $b" 2$a$b.ppm "$a $b t" >>t.csv
	done
done
ok 'many names of few words' ltimport --root combined t.csv -o x.lts
told 'class names are put together from 6 words, such as "x v" (30 in all)'
printf 'path,label\na.ppm,tabby cat\nb.ppm,red fox\ne.ppm,polar bear\n' >t.csv
ok 'names of several words' ltimport --root flat t.csv -o x.lts
is 'get no notice' "$(cat err)" 'ltimport: t.csv: paths in column 1 path, classes in column 2 label'
printf 'image_id,attribute_ids\na,147 616\nb,13\ne,616\n' >t.csv
fails_with 65 'numbers of several classes' ltimport --root flat t.csv
err_has 'are named' '"147 616" is the numbers of several classes; images of several classes are not supported'

printf '0,1\na.ppm,x\nb.ppm,y\n' >t.csv
gives 'columns with numbers for titles (pandas)' '- x,y|0 a.ppm|1 b.ppm' --root flat t.csv
printf ',0,1\n0,a.ppm,x\n1,b.ppm,y\n2,e.ppm,y\n' >t.csv
gives 'with an index before them' '- x,y|0 a.ppm|1 b.ppm|1 e.ppm' --root flat t.csv
gives 'and --label-column' '- x,y|0 a.ppm|1 b.ppm|1 e.ppm' --label-column 1 --root flat t.csv

printf 'images\na.ppm;x\nb.ppm;y\n' >t.csv
gives 'fewer titles than columns' '- x,y|0 a.ppm|1 b.ppm' --root flat t.csv

# ---------------------------------------------------------------- paths from the root

pic scenes/a/abbey/1.ppm scenes/b/bar/2.ppm
printf '/a/abbey/1.ppm\n/b/bar/2.ppm\n' >t.txt
gives 'a slash before each path' '- abbey,bar|0 a/abbey/1.ppm|1 b/bar/2.ppm' --label-column / --root scenes t.txt
silent=$(grep -c 'of the same name' err)
is 'different directories are not told' "$silent" 0
pic scenes/shop/outdoor/1.ppm scenes/shop/indoor/3.ppm scenes/bar/outdoor/2.ppm scenes/bar/indoor/4.ppm
printf '%s\n' shop/outdoor/1.ppm bar/outdoor/2.ppm shop/indoor/3.ppm bar/indoor/4.ppm a/abbey/1.ppm >s.txt
gives 'directories of the same name' '- abbey,indoor,outdoor|2 shop/outdoor/1.ppm|2 bar/outdoor/2.ppm|1 shop/indoor/3.ppm|1 bar/indoor/4.ppm|0 a/abbey/1.ppm' \
	--label-column / --root scenes s.txt
told 's.txt and 1 more: directories of the same name are one class: bar/indoor and shop/indoor, and so is 1 more'
printf '/a/abbey/1.ppm 5\n/b/bar/2.ppm 0\n' >t.txt
gives 'the same with labels' '- 0,1,2,3,4,5|5 a/abbey/1.ppm|0 b/bar/2.ppm' --root scenes t.txt
printf 'path,label\n/a/abbey/1.ppm,5\n/c/bar/2.ppm,0\n' >t.csv
fails_with 65 'but not to another path' ltimport --root scenes t.csv
err_has 'which is refused' 't.csv:3: "/c/bar/2.ppm": absolute paths'

# ---------------------------------------------------------------- several lists

pic several/train/a.ppm several/train/b.ppm several/test/c.ppm several/test/d.ppm
printf 'image_id,label\na,zebra\nb,ant\n' >several/train.csv
for columns in 'site|c,arm|d,leg' 'site,age|c,arm,3|d,leg,4'; do
	titles=${columns%%|*}
	echo "image_id,$columns" | tr '|' '\n' >several/test.csv
	gives "a list with other columns ($titles)" 'train ant,zebra|1 train/a.ppm|0 train/b.ppm' several
	told 'train.csv: paths in column 1 image_id, classes in column 2 label'
	told '1 list without classes, for --no-labels (test.csv)'
	fails_with 65 "its split ($titles)" ltimport --split test several
	err_has 'names the list' 'no split "test" in it; passed over: 1 list without classes, for --no-labels (test.csv)'
	gives "the same with --label-column ($titles)" 'train ant,zebra|1 train/a.ppm|0 train/b.ppm' --label-column label several
done
printf 'image_id,label,fold\na,zebra,1\nb,ant,2\n' >several/train.csv
printf 'image_id,label\nc,ant\nd,ant\n' >several/test.csv
printf 'image_id,label\na,ant\n' >again.csv
printf 'image_id,label\na,zebra\n' >once.csv
fails_with 65 'two lists that contradict each other' ltimport --root several again.csv once.csv
err_has 'are told apart' '"a" is of class "zebra", and in an earlier list of class "ant"; images of several classes are not supported'
printf 'image_id,label\na,ant\nb,\na,\n' >again.csv
fails_with 65 'a list that contradicts itself' ltimport --root several again.csv
err_has 'is refused' 'again.csv:4: "a" is of no class, and in an earlier row of class "ant"; images of several classes are not supported'
gives 'two lists of a set' '- ant,zebra|1 train/a.ppm|0 train/b.ppm|0 test/c.ppm|0 test/d.ppm' --split all several
printf 'fold,label,image_id\n1,zebra,a\n2,ant,b\n' >several/train.csv
ok 'with other columns' ltimport --split all several -o x.lts
told 'test.csv: paths in column 1 image_id, classes in column 2 label'
told 'train.csv: paths in column 3 image_id, classes in column 2 label'
printf 'image_id,kind\na,zebra\nb,ant\n' >several/train.csv
printf 'image_id,price\nc,ten\nd,two\n' >several/test.csv
fails_with 65 'classes in columns of other names' ltimport several
err_has 'are named' 'train.csv: its classes could be in column kind, and those of several: test.csv in column price; --label-column says which, and a list without that column is passed over'
gives 'and --label-column says which' 'train ant,zebra|1 train/a.ppm|0 train/b.ppm' --label-column kind several
fails_with 65 'a column of no list' ltimport --label-column nothing several
err_has 'is named' 'no column "nothing" for --label-column'
printf 'image_id,MEL,NV,BCC\na,1,0,0\nb,0,0,1\n' >several/train.csv
printf 'image_id,site,age\na,arm,3\nb,leg,4\n' >several/test.csv
gives 'a column for each class, and a table of other facts' 'train BCC,MEL,NV|1 train/a.ppm|0 train/b.ppm' \
	--split all several

# ---------------------------------------------------------------- what takes over, and what not

pic tree/cat/1.ppm tree/dog/2.ppm
printf 'filename,label\ncat/1.ppm,wild\ndog/2.ppm,tame\n' >tree/stray.csv
gives 'a stray table among class directories' '- cat,dog|0 cat/1.ppm|1 dog/2.ppm' tree
told 'stray.csv may be a list of the images; --format list reads it'
gives '--format list' '- tame,wild|1 cat/1.ppm|0 dog/2.ppm' --format list tree
gives '--label-column' '- tame,wild|1 cat/1.ppm|0 dog/2.ppm' --label-column label tree
printf 'See a.ppm.\n\nIt is\tgood.\n' >flat/README.txt
fails_with 65 'a flat directory with a README' ltimport flat
err_has 'has no classes' '--no-labels takes images without classes'
printf 'filename,label\na.ppm,cat\n' >flat/labels.csv
gives 'a table with a README beside it' '- cat|0 a.ppm' flat
told '1 file of another kind (README.txt)'
gives 'nothing but images with --no-labels' '- -|-1 a.ppm|-1 b.ppm|-1 c d.ppm|-1 e.ppm' --no-labels flat
printf 'filename,label,target\na.ppm,cat,1\n' >flat/labels.csv
fails_with 65 'a table beside the images that is not clear' ltimport flat
err_has 'says why' 'several columns could be the class'
rm flat/labels.csv flat/README.txt

# iNaturalist 2018: the names of the classes are a file of their own.
pic inat/train_val2018/1.ppm inat/train_val2018/2.ppm
printf '{"images": [{"id": 1, "file_name": "train_val2018/1.ppm"}, {"id": 2, "file_name": "train_val2018/2.ppm"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1}, {"id": 2, "image_id": 2, "category_id": 0}]}' >inat/train2018.json
printf '[{"id": 0, "kingdom": "Animalia", "name": "Anas"}, {"id": 1, "kingdom": "Animalia", "name": "Corvus"}]' >inat/categories.json
gives 'categories.json beside lists' 'train Anas,Corvus|1 train_val2018/1.ppm|0 train_val2018/2.ppm' inat
told 'categories.json: the names of 2 classes'
gives 'the same as operands' 'train Anas,Corvus|1 train_val2018/1.ppm|0 train_val2018/2.ppm' \
	--root inat inat/train2018.json inat/categories.json
"$PYTHON" -c 'print("[" + ",".join("{\"id\":%d,\"name\":\"x\"}" % i for i in range(270000)) + "]")' >inat/categories.json
fails_with 65 'more classes than there may be' ltimport inat
err_has 'is told' 'names of classes'

# Numbers and something else.
printf 'path,label\na.ppm,1.0\nb.ppm,nan\n' >t.csv
gives 'numbers and nan' '- 1.0,nan|0 a.ppm|1 b.ppm' --root flat t.csv
told 'all classes are names, since "nan" is not a number from 0 to 65534, though "1.0" is one'
told 'a class is called "nan"; a row without a class has an empty cell'
printf 'path,label\na.ppm,1\nb.ppm,65535\n' >t.csv
gives 'a number that is too great' '- 1,65535|0 a.ppm|1 b.ppm' --root flat t.csv
told 'since "65535" is not a number from 0 to 65534'
printf 'path,label\na.ppm,cat\nb.ppm,dog\n' >t.csv
gives 'names alone' '- cat,dog|0 a.ppm|1 b.ppm' --root flat t.csv
is 'of which nothing is told but the columns' "$(wc -l <err | tr -d ' ')" 1

# Lists of splits among class directories.
pic tree2/cat/1.ppm tree2/dog/2.ppm
printf 'dog/2.ppm 1\n' >tree2/ILSVRC_val.txt
printf 'pictures of cats\n' >tree2/notes.txt
gives 'a text of a split is no table' '- cat,dog|0 cat/1.ppm|1 dog/2.ppm' tree2
told 'ILSVRC_val.txt may be a list of the images; --format list reads it'
rm tree2/ILSVRC_val.txt
gives 'nor is another text' '- cat,dog|0 cat/1.ppm|1 dog/2.ppm' tree2
is 'of which nothing is told' "$(grep -c 'may be a list' err)" 0

# Directories that are parts of one set (HAM10000, ChestX-ray14).
pic ham/HAM_images_part_1/a.ppm ham/HAM_images_part_2/b.ppm
gives 'parts, and no table' '- HAM_images_part_1,HAM_images_part_2|0 HAM_images_part_1/a.ppm|1 HAM_images_part_2/b.ppm' ham
printf 'lesion_id,image_id,dx\nL1,a,nv\nL2,b,mel\n' >ham/metadata.csv
fails_with 65 'parts, and a table' ltimport ham
err_has 'asks' 'are HAM_images_part_1 and HAM_images_part_2 classes?  metadata.csv may be a list of the images; --format list'
gives 'and --format list is one answer' '- mel,nv|1 HAM_images_part_1/a.ppm|0 HAM_images_part_2/b.ppm' --format list ham
mv ham/HAM_images_part_2 ham/ham_IMAGES_part_2
fails_with 65 'parts in several cases' ltimport ham
err_has 'asks too' 'are HAM_images_part_1 and ham_IMAGES_part_2 classes?'
mv ham/ham_IMAGES_part_2 ham/HAM_images_part_2
pic ham/again/part_1/a.ppm
fails_with 65 'an image in two parts' ltimport --format list ham
err_has 'names the ways out' 'several images have this ending; a longer path or --root would distinguish them, or the list and the directories of its images as operands'
gives 'operands are one' '- mel,nv|1 HAM_images_part_1/a.ppm|0 HAM_images_part_2/b.ppm' \
	ham/metadata.csv ham/HAM_images_part_1 ham/HAM_images_part_2
rm -r ham/again
gives 'and --format folder another' '- HAM_images_part_1,HAM_images_part_2|0 HAM_images_part_1/a.ppm|1 HAM_images_part_2/b.ppm' \
	--format folder ham
mv ham/HAM_images_part_2 ham/cat
gives 'other directories are classes' '- HAM_images_part_1,cat|0 HAM_images_part_1/a.ppm|1 cat/b.ppm' ham
told 'metadata.csv may be a list'

# A table that names none of the images: not all of one class, "images".
pic lost/images/a.ppm lost/images/b.ppm
printf 'filename,label\n/home/me/a.ppm,cat\n/home/me/b.ppm,dog\n' >lost/labels.csv
fails_with 65 'a table of other paths beside one directory' ltimport lost
err_has 'names the options' 'labels.csv may be a list of the images, but names none of them; --format list says more, --class-level 1'
gives '--class-level takes the directory' '- images|0 images/a.ppm|0 images/b.ppm' --class-level 1 lost
fails_with 65 '--format list on it' ltimport --format list lost
err_has 'says more' 'labels.csv:2: "/home/me/a.ppm": absolute paths'
pic kaggle/train_images/a.ppm kaggle/train_images/b.ppm kaggle/test_images/c.ppm
printf 'image_id,label\na.ppm,0\nb.ppm,1\n' >kaggle/train.csv
printf 'image_id,label\nc.ppm,0\n' >kaggle/sampleSubmission.csv
gives 'directories of splits with more words' 'train 0,1|0 train_images/a.ppm|1 train_images/b.ppm' kaggle
told '1 image that no list names (test_images/c.ppm)'

# ---------------------------------------------------------------- refusals

# refused NAME TEXT MESSAGE: a list below flat.
refused() {
	# shellcheck disable=SC2059 # with escapes
	printf "$2" >bad.csv
	fails_with 65 "$1" ltimport --root flat bad.csv
	err_has "$1: message" "$3"
}
refused 'paths that are not there' 'path,label\nx.ppm,0\na.ppm,1\ny.ppm,1\n' \
	'2 of 3 paths are not in any input, the first is x.ppm (bad.csv:2); --root DIR or ARCHIVE'
ok 'up to --skip-bad' ltimport --skip-bad 2 --root flat bad.csv -o x.lts
is 'the others are there' "$(keys x.lts | sed 1d)" '1 a.ppm'
told '2 of 3 rows name images that are not there and were left out: x.ppm (bad.csv:2)'
fails_with 65 'beyond --skip-bad' ltimport --skip-bad 1 --root flat bad.csv
err_has 'beyond --skip-bad: message' '2 of 3 paths are not in any input, the first is x.ppm (bad.csv:2); --root DIR or ARCHIVE says where they begin, --skip-bad N leaves out up to N of them'
printf 'broken' >flat/b.ppm
printf 'path,label\na.ppm,1\nb.ppm,1\nx.ppm,0\n' >bad.csv
fails_with 65 'missing and broken images count together' ltimport --skip-bad 1 --root flat bad.csv
ok 'both are left out' ltimport --skip-bad 2 --root flat bad.csv -o x.lts
pic flat/b.ppm
refused 'an absolute path' 'path,label\na.ppm,0\n/etc/a.ppm,0\n' \
	'bad.csv:3: "/etc/a.ppm": absolute paths and ".." are refused; shorten the paths to what follows the directory that --root names'
refused 'a path up and out' 'path,label\na.ppm,0\nx/../../b.ppm,0\n' 'bad.csv:3: "x/../../b.ppm"'
refused 'a drive' 'path,label\na.ppm,0\nC:\\\\b.ppm,0\n' 'bad.csv:3: "C:'
refused 'other classes of the same image' 'path,label\na.ppm,0\nb.ppm,1\na.ppm,1\n' \
	'bad.csv:4: "a.ppm" is of class "1", and in an earlier row of class "0"'
refused 'a row too short' 'path,x,label\na.ppm,0,1\nb.ppm\n' 'bad.csv:3: "b.ppm", and no column 3'
refused 'no path' 'path,label\na.ppm,0\n,1\n' 'bad.csv:3: no path'
refused 'a quotation mark that stays open' 'path,label\na.ppm,"0\nb.ppm,1\n' 'is not closed'
refused 'a class that is no UTF-8' 'path,label\na.ppm,\377\n' 'is not UTF-8'
refused 'UTF-16' '\377\376p\000a\000' 'it is UTF-16; save it as UTF-8'
refused 'no names of images' 'x,y\n1,2\n3,4\n' 'no column has names of images'
refused 'nothing but a header' 'path,label\n' 'the list names no image'
refused 'no class in any row' 'path,label\na.ppm,\nb.ppm,-1\n' \
	'a.ppm: it has no class, because its cell is empty or -1; --no-labels'
refused 'several classes in a cell' 'path,label\na.ppm,mass|hernia\nb.ppm,mass\ne.ppm,hernia\n' \
	'"mass|hernia" names several classes'
refused 'a list in a cell' 'path,label\na.ppm,"['"'mass'"', '"'hernia'"']"\nb.ppm,x\n' \
	"\"['mass', 'hernia']\" is a list of classes; images of several classes are not supported"
refused 'a suffix in another case' 'path,label\na.PPM,1\nb.PPM,2\n' \
	'2 of 2 paths are not in any input, the first is a.PPM (bad.csv:2; a.ppm is there); --root'
"$PYTHON" -c 'print("path,label\na.ppm,1\n" + "b" * 5000 + ",1")' >bad.csv
fails_with 65 'a line of 5000 bytes' ltimport --root flat bad.csv
err_has 'its number is named' 'bad.csv:3: the line is too long'
"$PYTHON" -c 'print("label," + ",".join("pixel%d" % i for i in range(784)))' >bad.csv
fails_with 65 'pixels as text (Fashion-MNIST of Kaggle)' ltimport bad.csv
err_has 'are told' 'bad.csv:1: the line is too long; pixels in a table are not read'
mkdir beside
cp flat/a.ppm flat/b.ppm beside
printf 'image_id,dx\na,nv\nb,mel\n' >beside/metadata.csv
cp bad.csv beside/hmnist.csv
for options in '' '--format list' '--label-column dx'; do
	# shellcheck disable=SC2086 # several words
	gives "a table of pixels beside a list: $options" '- mel,nv|1 a.ppm|0 b.ppm' $options beside
	told '1 file of another kind (hmnist.csv)'
done
rm beside/metadata.csv
pic beside/cat/1.ppm beside/dog/2.ppm
rm beside/a.ppm beside/b.ppm
gives 'a table of pixels beside classes' '- cat,dog|0 cat/1.ppm|1 dog/2.ppm' beside
fails_with 65 'alone' ltimport --format list beside
err_has 'it is the reason' 'hmnist.csv:1: the line is too long; pixels in a table are not read'
pic twins/x/a.ppm twins/y/a.ppm
printf 'z/a.ppm,0\n' >bad.csv
fails_with 65 'two images of the same last part' ltimport --root twins bad.csv
err_has 'are not chosen from' 'several images have this ending'
json_refusals() {
	printf '{"images": [{"id": 1, "file_name": "a.ppm"}], "annotations": [{"image_id": 1, "category_id"' >bad.json
	fails_with 65 'JSON that is cut' ltimport --root flat bad.json
	err_has 'is named' 'the text ends in it'
	"$PYTHON" -c 'print("[" * 100000)' >bad.json
	fails_with 65 'deep JSON' ltimport --root flat bad.json
	err_has 'is named' 'its brackets are nested too deeply'
}
[ -z "$json" ] || json_refusals
printf 'a.ppm 0\na.ppm 0\nb.ppm 1\n' >t.txt
gives 'the same row twice' '- 0,1|0 a.ppm|1 b.ppm' --root flat t.txt
told '1 of 3 rows name an image again and were left out: a.ppm'
printf 'path,label\r\nsub\\\\a.ppm,0\r\n' >t.csv
pic win/sub/a.ppm
gives 'backslashes' '- 0|0 sub/a.ppm' --root win t.csv

refused 'a class in another encoding' 'path,label\na.ppm,K\344fer\n' 'save the list as UTF-8'

# The same names in two Unicode forms.
pic "$(printf 'forms/caf\303\251.ppm')" "$(printf 'forms/cafe\314\201 2.ppm')"
printf 'path,label\ncafe\314\201.ppm,x\ncaf\303\251 2.ppm,y\n' >t.csv
if ldd "$LT_BIN/ltimport" 2>/dev/null | grep -q utf8proc; then
	gives 'a path in another Unicode form' "$(printf -- '- x,y|0 caf\303\251.ppm|1 cafe\314\201 2.ppm')" \
		--root forms t.csv
fi

# ---------------------------------------------------------------- columns that are kept

printf 'image,dx,patient,site\na.ppm,nv,p1,"upper, back"\nb.ppm,mel,p2,\nc d.ppm,nv,p1,7\ne.ppm,mel,p3,arm\n' >t.csv
gives '--keep' '- mel,nv|1 a.ppm|0 b.ppm|1 c d.ppm|0 e.ppm' --keep patient,site --root flat t.csv
is 'the columns' "$(ltcat --take patient,site x.lts | paste -sd'|' -)" \
	"$(printf 'p1\tupper, back|p2\t|p1\t7|p3\tarm')"
is 'provenance says so' "$(say x.lts 'h["prov"][0]["opts"]' | grep -o 'keep=patient,site')" keep=patient,site
ok 'lt split takes one for groups' lt split --profile natural --group patient --test y.lts \
	--test-share 50% x.lts -o z.lts
both() { { ltcat --take patient z.lts | sort -u; ltcat --take patient y.lts | sort -u; } | sort; }
is 'a patient is on one side' "$(both | uniq -d)" ''
is 'no patient is lost' "$(both | paste -sd' ' -)" 'p1 p2 p3'
sed 1d t.csv | cut -d, -f1-3 >u.csv
gives '--keep by number, and what is kept is no class' '- mel,nv|1 a.ppm|0 b.ppm|1 c d.ppm|0 e.ppm' \
	--keep 3 --root flat u.csv
is 'the column' "$(ltcat --take 3 x.lts | paste -sd' ' -)" 'p1 p2 p1 p3'
ok 'with --encoded' ltimport --encoded --keep patient --root flat t.csv -o x.lts
is 'the same column' "$(ltcat --take patient x.lts | paste -sd' ' -)" 'p1 p2 p1 p3'
fails_with 65 'a column that is not there' ltimport --keep age --root flat t.csv
err_has 'is named' 'no column "age" for --keep; it has 1 image, 2 dx, 3 patient, 4 site'
fails_with 64 'a column that rows have' ltimport --keep y --root flat t.csv
err_has 'is named' '--keep: y is the name of another column'
fails_with 64 'a column twice' ltimport --keep site,site --root flat t.csv
fails_with 64 'an empty name' ltimport --keep site, --root flat t.csv
fails_with 64 'without a list' ltimport --keep site --format folder flat
err_has 'is told' '--keep goes with lists, not with format folder'
printf 'image,dx,patient\na.ppm,nv,p1\na.ppm,nv,p2\n' >t.csv
fails_with 65 'an image with two values' ltimport --keep patient --root flat t.csv
err_has 'is named' 't.csv:3: --keep patient: the image was listed before with another value'
done_testing
