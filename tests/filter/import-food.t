#!/bin/sh
# ltimport: JSON with the paths of each class, as Food-101's splits beside its class directories.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'paths of classes in JSON' 'no Python with msgpack'
	done_testing
fi

. "$here/../import.sh"

for name in waffles/1 waffles/2 waffles/3 apple_pie/1 apple_pie/4; do pic f/images/$name.ppm; done
mkdir f/meta
printf 'apple_pie\nwaffles\n' >f/meta/classes.txt
printf 'Apple pie\nWaffles\n' >f/meta/labels.txt
printf 'waffles/1\nwaffles/2\napple_pie/1\n' >f/meta/train.txt
printf '{"waffles": ["waffles/1", "waffles/2"], "apple_pie": ["apple_pie/1"]}' >f/meta/train.json
printf '{"waffles": ["waffles/3"], "apple_pie": ["apple_pie/4"]}' >f/meta/test.json
if ltimport --root f f/meta/train.json 2>&1 >x.lts | grep -q 'JSON needs libjansson'; then
	skip 'paths of classes in JSON' 'a build without JSON'
	done_testing
fi

names=apple_pie,waffles
train="train $names|1 images/waffles/1.ppm|1 images/waffles/2.ppm|0 images/apple_pie/1.ppm"
test="test $names|1 images/waffles/3.ppm|0 images/apple_pie/4.ppm"
gives 'train' "$train" f
gives 'test' "$test" --split test f
gives 'all' "- ${train#* }|${test#* *|}" --split all f
tar cf f.tar f
gives 'an archive' "$(echo "$test" | sed 's|images|f/images|g')" --split test f.tar
gives 'one list' "$train" --root f f/meta/train.json
all="- $names|0 images/apple_pie/1.ppm|0 images/apple_pie/4.ppm"
for i in 1 2 3; do all="$all|1 images/waffles/$i.ppm"; done
gives '--format folder takes the directories' "$all" --format folder f

# A class with more images than the rows that are examined first.
for i in $(seq 1 250); do pic "m/b/$i.ppm"; done
pic m/a/1.ppm
{
	printf '{"b": ["b/1"'
	for i in $(seq 2 250); do printf ', "b/%d"' "$i"; done
	printf '], "a": ["a/1"]}'
} >m.json
ok 'many images of the first class' ltimport --root m m.json -o x.lts
is 'and one of the second' "$(say x.lts 'h["class_counts"]')" '[1, 250]'
sed 's|"a/1"|"a/1", "b/1"|' m.json >t.json
fails_with 65 'an image of two classes' ltimport --root m t.json
err_has 'is named' '"b/1" is of class "a", and in an earlier row of class "b"'

# edit FROM TO: train as t.json.
edit() { sed "s|$1|$2|g" f/meta/train.json >t.json; }
edit '"waffles/2"' '2'
fails_with 65 'a number among the paths' ltimport --root f t.json
err_has 'is named' 't.json: value 2: neither a class with the paths of its images nor such a path'
edit '}' ', "year": 2014}'
fails_with 65 'something beside the classes' ltimport --root f t.json
err_has 'is named' 'value 4: neither a class with the paths of its images'
edit '"waffles/2"' '"waffles/9"'
fails_with 65 'an image that is missing' ltimport --root f t.json
err_has 'is named' '1 of 3 paths are not in any input, the first is waffles/9'
for title in images file_names Paths; do
	printf '{"%s": ["waffles/1", "apple_pie/1"]}' $title >t.json
	fails_with 65 "a title is no class: $title" ltimport --root f t.json
	err_has 'and the advice is another form' 't.json: JSON in none of the forms'
done
printf '{"train": ["waffles/1", "apple_pie/1"]}' >t.json
fails_with 65 'nor is a split' ltimport --root f t.json
echo '{"a": [1, 2]}' >f/meta/train.json
echo '{"a": ["x"]}' >f/meta/test.json
gives 'files of these names with something else' "$all" f

done_testing
