#!/bin/sh
# ltimport: JSON whose members are splits, as CoOp's split_zhou_NAME.json.
. "$(dirname "$0")/../lib.sh"

if [ -z "$PYTHON" ]; then
	skip 'splits in JSON' 'no Python with msgpack'
	done_testing
fi

. "$here/../import.sh"

pic d/2750/Forest/F_1.ppm d/2750/Forest/F_2.ppm d/2750/River/R_1.ppm d/2750/River/R_2.ppm
list=d/split_zhou_EuroSAT.json
cat >$list <<'END'
{"train": [["River/R_1.ppm", 1, "Big River"], ["Forest/F_1.ppm", 0, "Forest"]],
 "val": [["Forest/F_2.ppm", 0, "Forest"]], "test": [["River/R_2.ppm", 1, "Big River"]]}
END
if ltimport $list d 2>&1 >x.lts | grep -q 'JSON needs libjansson'; then
	skip 'splits in JSON' 'a build without JSON'
	done_testing
fi

names='Forest,Big River'
train="train $names|1 2750/River/R_1.ppm|0 2750/Forest/F_1.ppm"
gives 'train, although there are class directories' "$train" d
told 'paths in column 1 path, classes in column 2 label'
told 'split_zhou_EuroSAT.json: the names of 2 classes'
gives 'val' "val $names|0 2750/Forest/F_2.ppm" --split val d
gives 'test' "test $names|1 2750/River/R_2.ppm" --split test d
gives 'all' "- $names|1 2750/River/R_1.ppm|0 2750/Forest/F_1.ppm|1 2750/River/R_2.ppm|0 2750/Forest/F_2.ppm" \
	--split all d
gives '--splits none: one set, in the order of the file' \
	"- $names|1 2750/River/R_1.ppm|0 2750/Forest/F_1.ppm|0 2750/Forest/F_2.ppm|1 2750/River/R_2.ppm" \
	--splits none d
gives 'without labels' 'train -|-1 2750/River/R_1.ppm|-1 2750/Forest/F_1.ppm' --no-labels d
tar cf d.tar d
gives 'an archive' "$(echo "$train" | sed 's|2750|d/2750|g')" d.tar
folder='- Forest,River|0 2750/Forest/F_1.ppm|0 2750/Forest/F_2.ppm|1 2750/River/R_1.ppm|1 2750/River/R_2.ppm'
gives '--format folder takes the directories' "$folder" --format folder d
gives 'so does --class-level' "$folder" --class-level 2 d
told 'split_zhou_EuroSAT.json may be a list of the images'
printf 'path,label\nForest/F_1.ppm,x\n' >d/other.csv
gives 'other lists beside it are not read' "$train" d
rm d/other.csv
gives 'the list as an operand' "$train" --root d $list

# edit FROM TO: the list as t.json.
edit() { sed "s|$1|$2|g" $list >t.json; }
edit '"test"' '"holdout"'
fails_with 65 'rows under another key' ltimport --root d t.json
err_has 'are not lost' 'value 4: a row under "holdout", which is not the name of a split; --splits says which it is'
gives '--splits reads them' "$train" --splits train=train,val=val,test=holdout --root d t.json
edit 'R_2.ppm", 1, "Big River"' 'R_2.ppm", 1'
fails_with 65 'a row that is too short' ltimport --root d t.json
err_has 'is named' 'value 4: it does not have as many values as the first row'
edit 'R_2.ppm' 'R_3.ppm'
fails_with 65 'an image that is missing, of a split that is not asked for' ltimport --root d t.json
err_has 'is named too' '1 of 4 paths are not in any input, the first is River/R_3.ppm'
edit 'R_2.ppm' 'R_1.ppm'
fails_with 65 'an image in two splits' ltimport --root d t.json
err_has 'is named' '"River/R_1.ppm" is in split test, and in an earlier row in split train'

printf '{"train": [{"path": "Forest/F_1.ppm", "label": "a"}], "test": [{"path": "River/R_2.ppm", "label": "b"}], "n": 2}' >t.json
gives 'objects under splits' 'test a,b|1 2750/River/R_2.ppm' --split test --root d t.json
printf '{"fold1": [["Forest/F_1.ppm", "a"]], "fold2": [["River/R_2.ppm", "b"]]}' >t.json
fails_with 65 'rows under several keys that are no splits' ltimport --root d t.json
err_has 'are not lost' 'a row under "fold2", and the rows before are under "fold1"; --splits train=fold1,… says which splits they are'
gives '--splits names them' 'test a,b|1 2750/River/R_2.ppm' --split test --splits train=fold1,test=fold2 --root d t.json

printf '{"pie": ["pie/1"], "soup": ["soup/1"]}' >t.json
fails_with 65 'JSON of another form' ltimport --root d t.json
err_has 'says what is read' 't.json: JSON in none of the forms of LISTS in ltimport(1); --path-column and --label-column give the keys of paths and classes in objects, and rows of both in a CSV file are read'
"$PYTHON" -c '
print("label," + ",".join("pixel%d" % i for i in range(100)))
for k in range(3): print(",".join([str(k)] + ["7"] * 100))' >mnist.csv
fails_with 65 'rows of pixels in a table' ltimport mnist.csv
err_has 'says what to do' 'mnist.csv: no column has names of images; if its rows are pixels, save them with numpy as x.npy'

done_testing
