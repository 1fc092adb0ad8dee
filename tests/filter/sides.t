#!/bin/sh
# Common mistakes around a training run: files given twice, stdin used twice, a missing model, a
# rate that ruins the weights, images with odd sides.
. "$(dirname "$0")/../lib.sh"

lt synth --per-class 6 --classes 3 --size 8 -o rows.lts 2>noise
cp rows.lts copy.lts
ln rows.lts hard.lts
quick='--epochs 1 --arch resnet20 --batch 8 --threads 1'

# shellcheck disable=SC2086 # $quick is a list
{
	fails_with 64 'a log that is the input' lt train $quick --log rows.lts rows.lts -o m.lts
	err_has 'is named' '--log rows.lts: the same file as an operand'
	fails_with 64 'a log that is a link to the input' lt train $quick --log hard.lts rows.lts -o m.lts
	fails_with 64 'a checkpoint that is the input' lt train $quick --checkpoint ./rows.lts rows.lts -o m.lts
	same 'the input is unchanged' rows.lts copy.lts
	fails_with 64 'a checkpoint that is the output' lt train $quick --checkpoint m.lts rows.lts -o ./m.lts
	fails_with 64 'a log that is the checkpoint' lt train $quick --checkpoint c.lts --log c.lts rows.lts -o m.lts
	fails_with 64 'a log called -' lt train $quick --log - rows.lts -o m.lts
	fails_with 65 'no model where --init - needs one' sh -c "lt train $quick --init - <rows.lts -o m.lts"
	err_has 'is said' 'no model before the rows'
	fails_with 64 'pseudo-labels and rows on one stdin' sh -c "lt train $quick --unlabeled - <rows.lts -o m.lts"
	err_has 'says what stdin is' 'stdin is the labelled rows already'
	fails_with 1 'weights that a step ruined' \
		lt train --epochs 2 --arch resnet20 --batch 18 --lr 1e6 --decay 1e6 --threads 1 rows.lts -o m.lts
	err_has 'are told of' 'not finite'
	lt synth --per-class 6 --classes 3 --size 14 -o odd.lts 2>noise
	fails_with 64 'images of 14 pixels a side' lt train $quick odd.lts -o m.lts
	err_has 'and what to do' 'import with --size 32'
	ok 'no model was left by any of these' test ! -e m.lts
	ok 'a log on a terminal or pipe gets each epoch once' \
		sh -c "lt train $quick --epochs 2 --log /dev/stderr rows.lts -o good.lts 2>log && test \$(wc -l <log) -eq 3"
}

# In every program, a side output must not be an input or another output.
unchanged() { # name, file, command ...
	name=$1 file=$2
	shift 2
	cp "$file" before.lts
	fails_with 64 "$name" "$@"
	err_has "$name: is said" 'the same file as'
	same "$name: the file is unchanged" "$file" before.lts
}

# shellcheck disable=SC2086
lt train $quick rows.lts -o model.lts 2>noise
lt synth --split unlabeled --per-class 4 --classes 3 --size 8 -o pool.lts 2>noise
ln -s model.lts soft.lts
printf '2\n2\n2\n' >counts
unchanged 'scores over the model' model.lts lt eval --model model.lts rows.lts --scores model.lts
unchanged 'scores over a link to the model' model.lts lt eval --model model.lts rows.lts --scores soft.lts
unchanged 'predictions over the rows' rows.lts lt eval --model model.lts rows.lts --predictions hard.lts
unchanged 'predictions over the rows on stdin' rows.lts sh -c 'lt eval --model model.lts --predictions rows.lts <rows.lts'
unchanged 'a score over the rows' pool.lts lt pseudolabel --model model.lts pool.lts --score pool.lts -o o.lts
unchanged 'a score over the model' model.lts lt pseudolabel --model model.lts pool.lts --score model.lts -o o.lts
for side in rest val unlabeled manifest; do
	set --
	[ $side != val ] || set -- --val-per-class 1
	unchanged "--$side over the rows" rows.lts lt split --ratio 2 --max 4 rows.lts "--$side" rows.lts "$@" -o o.lts
	unchanged "--$side over the pool" pool.lts lt split --max 4 --pool pool.lts rows.lts "--$side" pool.lts "$@" -o o.lts
	unchanged "--$side over the counts" counts lt split --profile counts:counts rows.lts "--$side" counts "$@" -o o.lts
done
unchanged 'a side output that is stdout' rows.lts sh -c 'lt split --ratio 2 --max 4 --rest out.lts rows.lts >out.lts'
unchanged "a main output over the rows" copy.lts lt split --ratio 2 --max 4 copy.lts -o copy.lts
# shellcheck disable=SC2086
unchanged "a model over its rows" rows.lts lt train $quick rows.lts -o hard.lts
# shellcheck disable=SC2086
unchanged "a model over its validation rows" pool.lts lt train $quick --val pool.lts rows.lts -o pool.lts
# shellcheck disable=SC2086
unchanged "a model over its weights" model.lts lt train $quick --init model.lts rows.lts -o model.lts
unchanged "rows over their stdin" rows.lts sh -c "lt cat --only 0 -o rows.lts <rows.lts"
unchanged "rows over counts" counts lt split --profile counts:counts rows.lts -o counts
fails_with 64 "rows that the shell appends to themselves" sh -c "lt cat copy.lts >>copy.lts"
err_is "is said" "ltcat: stdout: the same file as an operand"
same "the rows are unchanged" copy.lts rows.lts
ok 'side outputs may be devices' lt eval --model model.lts rows.lts --scores /dev/null --predictions /dev/null -o /dev/null

done_testing
