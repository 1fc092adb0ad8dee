#!/bin/sh
# ltimport: layouts whose images, classes and splits are in lists of their own.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'joined lists' 'no Python with msgpack'
	done_testing
fi

. "$here/../import.sh"

# ---------------------------------------------------------------- CUB-200-2011

cub=CUB_200_2011
pic $cub/images/001.Albatross/a_1.ppm $cub/images/001.Albatross/a_2.ppm \
	$cub/images/002.Auklet/b_3.ppm $cub/images/002.Auklet/b_4.ppm
mkdir $cub/parts
printf '1 beak 3.0 4.0\n' >$cub/parts/part_locs.txt
printf '1 60.0 27.0 325.0 304.0\n' >$cub/bounding_boxes.txt
printf '1 001.Albatross/a_1.ppm\n2 001.Albatross/a_2.ppm\n30 002.Auklet/b_3.ppm\n4 002.Auklet/b_4.ppm\n' \
	>$cub/images.txt
printf '1 1\n2 1\n30 2\n4 2\n' >$cub/image_class_labels.txt
printf '1 001.Albatross\n2 002.Auklet\n' >$cub/classes.txt
printf '1 0\n2 1\n30 1\n4 0\n' >$cub/train_test_split.txt
train='train 001.Albatross,002.Auklet|0 images/001.Albatross/a_2.ppm|1 images/002.Auklet/b_3.ppm'
test='test 001.Albatross,002.Auklet|0 images/001.Albatross/a_1.ppm|1 images/002.Auklet/b_4.ppm'
gives 'CUB: the train split' "$train" $cub
told 'images.txt: the images, joined with classes.txt, joined with image_class_labels.txt, joined with train_test_split.txt'
gives 'the test split' "$test" --split test $cub
gives 'all of it' \
	'- 001.Albatross,002.Auklet|0 images/001.Albatross/a_2.ppm|1 images/002.Auklet/b_3.ppm|0 images/001.Albatross/a_1.ppm|1 images/002.Auklet/b_4.ppm' \
	--split all $cub
gives '--splits none: in the order of images.txt' \
	'- 001.Albatross,002.Auklet|0 images/001.Albatross/a_1.ppm|0 images/001.Albatross/a_2.ppm|1 images/002.Auklet/b_3.ppm|1 images/002.Auklet/b_4.ppm' \
	--splits none $cub
tar czf cub.tar.gz $cub
gives 'the archive' "$(echo "$train" | sed "s|images/|$cub/images/|g")" cub.tar.gz
gives 'the lists as operands' "$(echo "$train" | sed 's|images/||g')" --root $cub/images \
	$cub/images.txt $cub/image_class_labels.txt $cub/classes.txt $cub/train_test_split.txt
gives '--format folder takes the directories' \
	'- 001.Albatross,002.Auklet|0 images/001.Albatross/a_1.ppm|0 images/001.Albatross/a_2.ppm|1 images/002.Auklet/b_3.ppm|1 images/002.Auklet/b_4.ppm' \
	--format folder $cub
pic deep/d/001/a_1/1.ppm deep/d/001/a_2/1.ppm deep/d/002/b_3/1.ppm deep/d/002/b_4/1.ppm
cp $cub/images.txt $cub/image_class_labels.txt deep
gives 'and so does --class-level' '- a_1,a_2,b_3,b_4|0 d/001/a_1/1.ppm|1 d/001/a_2/1.ppm|2 d/002/b_3/1.ppm|3 d/002/b_4/1.ppm' \
	--class-level 3 deep

cp -r $cub whole
rm $cub/train_test_split.txt $cub/classes.txt
gives 'without the splits and the names' \
	'- 0,1,2|1 images/001.Albatross/a_1.ppm|1 images/001.Albatross/a_2.ppm|2 images/002.Auklet/b_3.ppm|2 images/002.Auklet/b_4.ppm' \
	$cub
printf '1 1\n2 1\n4 2\n' >$cub/image_class_labels.txt
fails_with 65 'an image without a class' ltimport $cub
err_has 'is named' 'images.txt:3: "30" has no row in image_class_labels.txt'
printf '1 1\n2 1\n2 2\n30 2\n4 2\n' >$cub/image_class_labels.txt
fails_with 65 'two classes of an image' ltimport $cub
err_has 'are named' 'image_class_labels.txt: "2" occurs twice'
printf '1 1\n2\n' >$cub/image_class_labels.txt
fails_with 65 'a line without a class' ltimport $cub
err_has 'is named' 'image_class_labels.txt:2: "2", "" cannot be a row'
seq 100 | sed 's/$/ 1/' >$cub/image_class_labels.txt
fails_with 65 'more rows than images' ltimport $cub
err_has 'are refused' 'image_class_labels.txt: more rows than the input has images'
printf '1 0\n2 1\n30 3\n4 0\n' >whole/train_test_split.txt
fails_with 65 'a split of no meaning' ltimport whole
err_has 'is named' 'train_test_split.txt:3: "30", "3" cannot be a row'

# NABirds has texts for ids and more classes than have images.
cp $cub/images.txt whole/images.txt
printf 'aa-1 001.Albatross/a_1.ppm\nbb-2 002.Auklet/b_3.ppm\n' >whole/images.txt
printf 'aa-1 817\nbb-2 5\n' >whole/image_class_labels.txt
printf '5 Oldsquaw\n12 Scoter\n817 Brant\n' >whole/classes.txt
printf 'aa-1 1\nbb-2 1\n' >whole/train_test_split.txt
gives 'NABirds' \
	'train Oldsquaw,Scoter,Brant|2 images/001.Albatross/a_1.ppm|0 images/002.Auklet/b_3.ppm' whole
told '1 of 3 classes has no row: Scoter'

# ---------------------------------------------------------------- CelebA

pic celeba/img_align_celeba/000001.ppm celeba/img_align_celeba/000002.ppm \
	celeba/img_align_celeba/000003.ppm
printf '3\nBald Male Young \n000001.ppm -1  1  1\n000002.ppm -1 -1  1\n000003.ppm  1  1 -1\n' \
	>celeba/list_attr_celeba.txt
printf '000001.ppm 0\n000002.ppm 0\n000003.ppm 2\n' >celeba/list_eval_partition.txt
printf '000001.ppm 2880\n000002.ppm 2937\n000003.ppm 8692\n' >celeba/identity_CelebA.txt
train='train not Male,Male|1 000001.ppm|0 000002.ppm'
faces() { echo "$1" | sed "s| 0000| $2/0000|g"; }
gives 'CelebA: an attribute is the class' "$(faces "$train" img_align_celeba)" \
	--label-column Male celeba
told 'list_attr_celeba.txt: the images, classes in column 3 Male, joined with list_eval_partition.txt'
gives 'the test split' 'test not Male,Male|1 img_align_celeba/000003.ppm' --split test \
	--label-column Male celeba
gives 'the attribute by number' 'train not Young,Young|1 img_align_celeba/000001.ppm|1 img_align_celeba/000002.ppm' \
	--label-column 4 celeba
ok '--keep an attribute' ltimport --label-column Male --keep Young,Bald celeba -o x.lts
is 'its column' "$(ltcat --take Young,Bald x.lts | paste -sd'|' -)" "$(printf '1\t-1|1\t-1')"
fails_with 65 'no attribute' ltimport celeba
err_has 'all are listed' 'any of its attributes may be the class; --label-column says which; it has 1 image, 2 Bald, 3 Male, 4 Young'
fails_with 65 'an attribute that is not there' ltimport --label-column Old celeba
err_has 'is named' 'no column "Old" for --label-column'
gives '--no-labels' 'train -|-1 img_align_celeba/000001.ppm|-1 img_align_celeba/000002.ppm' \
	--no-labels --format list celeba
gives 'the lists as operands' "$train" --root celeba/img_align_celeba --label-column Male \
	celeba/list_attr_celeba.txt celeba/list_eval_partition.txt
(cd celeba && tar cf ../faces.tar img_align_celeba)
gives 'the images in an archive' "$(faces "$train" img_align_celeba)" --root faces.tar \
	--label-column Male celeba/list_attr_celeba.txt celeba/list_eval_partition.txt
printf '3\nBald Male Young\n000001.ppm -1 2 1\n' >celeba/list_attr_celeba.txt
fails_with 65 'an attribute of another value' ltimport --label-column Male celeba
err_has 'is named' 'list_attr_celeba.txt:3: an attribute is neither 1 nor -1'

rm celeba/*.txt
printf 'image_id,Bald,Male,Young\n000001.ppm,-1,1,1\n000002.ppm,-1,-1,1\n000003.ppm,1,1,-1\n' \
	>celeba/list_attr_celeba.csv
printf 'image_id,partition\n000001.ppm,0\n000002.ppm,0\n000003.ppm,1\n' >celeba/list_eval_partition.csv
gives 'as tables (Kaggle)' "$(faces "$train" img_align_celeba)" --label-column Male celeba
gives 'its validation split' 'val not Male,Male|1 img_align_celeba/000003.ppm' --split val \
	--label-column Male celeba
done_testing
