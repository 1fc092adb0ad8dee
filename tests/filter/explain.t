#!/bin/sh
# --explain: train's numbers for each class, from given counts and from rows; and for every method
# of every program its description and source, which must agree with its manual page.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
cifar=5000,2997,1796,1077,645,387,232,139,83,50

# explains NAME OPTION…: writes the text to $T/text.
explains() {
	name=$1
	shift
	ok "$name" lt train --explain "$@"
	cp out text
}
# of COLUMN: a column of the table, one word per class; the title may contain blanks ("drawn in 1").
of() {
	awk -v title="$1" '
	!on && /^class / {
		on = 1
		# Columns are 14 wide and end with their titles.
		at = index($0, " " title) + length(title)
		if (at == length(title) || substr($0, at + 1, 1) ~ /[^ ]/) exit
		next
	}
	on { s = substr($0, at - 12, 13); gsub(/ /, "", s); printf "%s%s", sep, s; sep = " " }' text
}
# said HEADING: the lines below a heading, joined.
said() {
	awk -v heading="$1" '
	!NF { exit }
	/^[a-z]/ { on = $1 == heading; sub(/^[a-z]* */, "") }
	on { sub(/^ */, ""); printf "%s%s", sep, $0; sep = " | " }' text
}
# rounds DIGITS NUMBER…: to so many places behind the point.
rounds() {
	digits=$1
	shift
	for x; do printf "%.${digits}f " "$x"; done
}

# ---------------------------------------------------------------- published values

explains 'LDAM-DRW' --class-counts $cifar --loss ldam --rule drw
is 'counts' "$(of count)" "$(echo $cifar | tr , ' ')"
# shellcheck disable=SC2046 # ten words
is 'class-balanced weights' "$(rounds 4 $(of weight))" \
	'0.0506 0.0769 0.1211 0.1950 0.3188 0.5246 0.8683 1.4426 2.4092 3.9927 '
# shellcheck disable=SC2046
is 'margins' "$(rounds 4 $(of margin))" '0.1581 0.1797 0.2042 0.2321 0.2638 0.2998 0.3407 0.3872 0.4405 0.5000 '
# shellcheck disable=SC2046
is 'every row is seen' "$(rounds 4 $(of drawn))" '0.4030 0.2416 0.1448 0.0868 0.0520 0.0312 0.0187 0.0112 0.0067 0.0040 '
is 'no columns of other losses' "$(of offset)$(of divisor)$(of smoothing)$(of rows)" ''
is 'the rule' "$(said rule)" 'drw, from epoch 161 of 200 on'
is 'the weights' "$(said weights)" \
	'from epoch 161 on, 1 before: in proportion to (1 - beta) / (1 - beta^n_c), their sum the number of classes | Cui et al., CVPR 2019, section 4 | beta 0.9999'
is 'the draws' "$(said draws)" 'every row once an epoch'
is 'the counts' "$(said counts)" '12406 in 10 classes'
ok 'the loss and its source' grep -q 'Cao et al., NeurIPS 2019' text
ok 'its settings' grep -qx ' *margin 0.5, scale 30' text
ok 'the margin is one of the cosine' grep -q 'the margin is of the cosine' text

explains 'logit adjustment' --class-counts $cifar --loss logit-adjustment
# shellcheck disable=SC2046
is 'offsets' "$(rounds 4 $(of offset))" \
	'-0.9087 -1.4206 -1.9326 -2.4440 -2.9567 -3.4675 -3.9792 -4.4915 -5.0071 -5.5139 '
is 'weights of 1' "$(of weight)" '1 1 1 1 1 1 1 1 1 1'
explains 'twice of it' --class-counts 30,10 --loss logit-adjustment --tau 2
# shellcheck disable=SC2046
is 'offsets with tau 2' "$(rounds 4 $(of offset))" '-0.5754 -2.7726 '
explains 'balanced softmax' --class-counts 30,10,1 --loss balanced-softmax
# shellcheck disable=SC2046
is 'logarithms of counts' "$(rounds 4 $(of offset))" '3.4012 2.3026 0.0000 '
explains 'vs' --class-counts $cifar --loss vs
# shellcheck disable=SC2046
is 'divisors' "$(rounds 3 $(of divisor))" '1.000 1.166 1.360 1.585 1.849 2.155 2.512 2.929 3.420 3.981 '
# shellcheck disable=SC2046
is 'and offsets' "$(rounds 4 $(of offset))" \
	'-0.9087 -1.4206 -1.9326 -2.4440 -2.9567 -3.4675 -3.9792 -4.4915 -5.0071 -5.5139 '
explains 'cdt' --class-counts 160,10 --loss cdt --gamma 0.5
is 'divisors of cdt' "$(of divisor)" '1 4'
explains 'smoothing' --class-counts $cifar --loss smoothing
# shellcheck disable=SC2046
is 'smoothing by class' "$(rounds 3 $(of smoothing))" '0.400 0.341 0.258 0.196 0.156 0.132 0.117 0.108 0.103 0.100 '
explains 'focal' --class-counts 9,1 --loss focal --gamma 2
ok 'its gamma' grep -qx ' *gamma 2' text
is 'its mean' "$(said batch)" 'sum of omega w_y l / sum of omega'
explains 'focal as the authors have it' --class-counts 9,1 --loss focal --focal-authors
is 'its mean' "$(said batch)" 'sum of omega l / sum of omega'
for loss in $(lt train --list-options | sed -n 's/^--loss - CHOICE //p'); do
	explains "--loss $loss" --class-counts 9,0,1 --loss "$loss"
	is "--loss $loss: is named" "$(said loss | grep -c "^$loss: .* | l = ")" 1
	is "--loss $loss: all numbers are finite" "$(grep -cE 'nan|inf' text)" 0
	is "--loss $loss: no numbers for the class without rows" "$(of weight)" '1 - 1'
done
is 'which is counted' "$(said counts)" '10 in 3 classes, 1 of them without rows'

# ---------------------------------------------------------------- rules and draws

explains 'a rule that never begins' --class-counts 9,1 --rule drw --epochs 1
is 'is said so' "$(said rule)" 'drw, but it would begin in epoch 2 of 1: as none'
is 'and has weights of 1' "$(of weight)" '1 1'
explains 'one of few epochs' --class-counts 9,1 --rule drw --epochs 3
is 'begins in the last' "$(said rule)" 'drw, from epoch 3 of 3 on'
explains 'one that begins in the last epoch' --class-counts 9,1 --rule drw --epochs 5 --beta 0
is 'is said too' "$(said rule)" 'drw, from epoch 5 of 5 on'
explains 'reweight' --class-counts 16,4 --rule reweight --beta 0.5
# 1 / (1 - .5^16) and 1 / (1 - .5^4), to a sum of 2.
# shellcheck disable=SC2046
is 'weights with beta 0.5' "$(rounds 3 $(of weight))" '0.968 1.032 '
explains 'drs' --class-counts 90,10 --rule drs --sampler balanced
is 'the shares before' "$(of 'drawn in 1')" '0.9 0.1'
is 'and after' "$(of 'drawn in 200')" '0.5 0.5'
is 'and when' "$(said draws)" \
	'from epoch 161 on, every row once before: balanced, with replacement: a row of class c in proportion to | 1 / n_c | Kang et al., ICLR 2020, section 3'
explains 'sqrt' --class-counts 90,10,0 --rule resample --sampler sqrt
is 'by the roots' "$(of drawn)" '0.75 0.25 0'
explains 'progressive' --class-counts 90,10 --rule resample --sampler progressive --epochs 10
is 'from the counts' "$(of 'drawn in 1')" '0.9 0.1'
is 'towards balance' "$(of 'drawn in 10')" '0.54 0.46'
explains 'effective' --class-counts 16,4 --rule resample --beta 0.5
# shellcheck disable=SC2046
is 'by the effective number' "$(rounds 4 $(of drawn))" '0.7895 0.2105 '
is 'with its beta' "$(said draws | sed 's/.* | //')" 'beta 0.5'

# ---------------------------------------------------------------- of rows

explains 'of rows' --loss cdt long.lts
is 'their counts' "$(of count)" '16 8 4'
is 'their names' "$(sed '1,/^class/d; s/ .*//' text | tr '\n' ' ')" "$(lt cat --json long.lts | "$PYTHON" -c '
import json, sys
print("".join(name + " " for name in json.loads(sys.stdin.readline())["classes"]))')"
explains 'from stdin' - <long.lts
is 'the same counts' "$(of count)" '16 8 4'
learn train --epochs 1 all.lts -o model.lts
lt pseudolabel --model model.lts du.lts -o pseudo.lts
both=$(learn train --epochs 1 --unlabeled pseudo.lts long.lts | show '" ".join(str(n) for n in h["loss_counts"])' /dev/stdin)
explains '--unlabeled' --unlabeled pseudo.lts long.lts
is 'both are counted, as in training' "$(of count)" "$both"
explains '--counts labelled' --unlabeled pseudo.lts --counts labelled --rule resample --sampler balanced long.lts
is 'labelled rows are counted' "$(of count)" '16 8 4'
is 'and all are drawn from' "$(of rows)" "$both"
is 'in proportion to both' "$(of drawn)" "$(echo "$both" | awk '{
	s = $1 / 16 + $2 / 8 + $3 / 4
	printf "%.6g %.6g %.6g", $1 / 16 / s, $2 / 8 / s, $3 / 4 / s }')"
cat model.lts long.lts >two.lts
ok 'a model before the rows' sh -c '"$1" --explain --init - <two.lts' sh "$LT_BIN/train"
lt synth --per-class 5 --classes 3 --size 72 -o large.lts
explains 'large images' --rule drw large.lts
is 'their defaults' "$(said rule)" 'drw, from epoch 73 of 90 on'

# ---------------------------------------------------------------- what methods are

man=$here/../../man
# cited PROGRAM NAME: the text names the authors of the method, and the program's page has the
# reference (for train's methods, ltpipe-methods(7)).
cited() {
	page=$man/man1/$1.1
	[ "$1" != train ] || page=$man/man7/ltpipe-methods.7
	grep -oE '[A-Z][A-Za-z]+ (et al\.|and [A-Z][a-z]+), ([A-Za-z]+ )*([0-9.]+, )?(workshops )?[0-9]{4}' text >sources
	ok "$2: the source" test -s sources
	missing=
	while read -r author _ rest; do
		year=${rest##* }
		# A reference in full, or the same words.
		awk -v author="$author" -v year="$year" '
		/^\.Rs/ { on = 1; a = y = 0 }
		on && /^\.%A/ && $NF == author { a = 1 }
		on && /^\.%D/ && $2 == year { y = 1 }
		/^\.Re/ { if (a && y) found = 1; on = 0 }
		END { exit !found }' "$page" || missing="$missing $author-$year"
	done <sources
	is "$2: the manual has the reference" "$missing" ''
}

lt train --explain --augment nothing --class-counts 2,1 2>names
parts=$(sed 's/.*is none of //; s/,//g' names)
ok 'parts of --augment' sh -c 'test $(echo $1 | wc -w) -ge 12' sh "$parts"
for part in $parts; do
	explains "--augment $part" --class-counts 2,1 --augment "$part"
	case $part in
	none) is 'none is none' "$(said augment)" none ;;
	moco) is 'moco is four' "$(said augment | grep -oE '(resized-crop|jitter|grey|blur): ' | tr -d '\n')" 'resized-crop: jitter: grey: blur: ' ;;
	*) is "$part: what it does" "$(said augment | grep -c "^$part: ")" 1 ;;
	esac
	[ "$part" = none ] || cited train "--augment $part"
done
explains 'a list' --class-counts 2,1 --augment crop-flip,cutout=8,remix --remix-kappa 5
is 'in its order, with numbers' "$(said augment | grep -oE '(crop-flip|cutout=8|remix): ' | tr -d '\n')" 'crop-flip: cutout=8: remix: '
is 'and its settings' "$(said augment | sed 's/.* | //')" 'mix-alpha 1, remix-kappa 5, remix-tau 0.5'
explains 'mixup' --class-counts 2,1 --augment mixup --mix-alpha 0.20
is 'numbers are spelled in one way' "$(said augment | sed 's/.* | //')" 'mix-alpha 0.2'

for loss in $(lt train --list-options | sed -n 's/^--loss - CHOICE //p'); do
	[ "$loss" = ce ] && continue
	explains "--loss $loss" --class-counts 9,1 --loss "$loss" --augment none
	cited train "--loss $loss"
done
for sampler in $(lt train --list-options | sed -n 's/^--sampler - CHOICE //p'); do
	explains "--sampler $sampler" --class-counts 9,1 --rule resample --sampler "$sampler" --augment none
	cited train "--sampler $sampler"
done
for method in $(lt train --list-options | sed -n 's/^--method - CHOICE none //p'); do
	[ "$method" != bcl ] || continue # below
	explains "--method $method" --augment none --method "$method" --unlabeled du.lts long.lts
	is "--method $method: is named" "$(said unlabeled | grep -c "^$method: .* term = mean of ")" 1
	is "--method $method: its weight" "$(said unlabeled | grep -c 'consistency-weight [0-9.]*, ')" 1
	cited train "--method $method"
done
explains 'bcl' --augment none --method bcl long.lts
is 'bcl: is named' "$(said method | grep -c '^bcl: .* term = mean of ')" 1
is 'bcl: its numbers' "$(said method | grep -o 'consistency-weight.*')" 'consistency-weight 0.35, temperature 0.1 | strong crop-flip,randaugment'
cited train 'bcl'
explains 'pseudo-labels' --augment none --unlabeled pseudo.lts --omega 0.5 long.lts
is 'pseudo-labels: how they count' "$(said unlabeled | sed 's/.* | //')" 'omega 0.5, counts all, batch 256'
cited train 'pseudo-labels'

# other NAME PROGRAM OPTION…: the text of another program.
other() {
	name=$1
	shift
	ok "$name" lt "$@"
	cp out text
}
for method in $(lt retrain --list-options | sed -n 's/^--method - CHOICE //p'); do
	case $method in
	tau) set -- --val none.lts ;;
	adjust) set -- --class-counts 9,1 ;;
	*) set -- ;;
	esac
	other "retrain --method $method" retrain --explain --method "$method" "$@"
	is "retrain --method $method: is named" "$(said method | grep -c "^$method: ")" 1
	cited retrain "retrain --method $method"
done
other 'adjust' retrain --explain --method adjust --class-counts 60,30,10 --prior 1,1,2
# shellcheck disable=SC2046 # log(q / pi)
is 'adjust: offsets' "$(rounds 4 $(of offset))" '-0.8755 -0.1823 1.6094 '
is 'adjust: shares' "$(of trained), $(of used)" '0.6 0.3 0.1, 0.25 0.25 0.5'
other 'adjust by half' retrain --explain --method adjust --class-counts 60,30,10 --prior 1,1,2 --tau 0.5
# shellcheck disable=SC2046
is 'adjust: half the offsets' "$(rounds 4 $(of offset))" '-0.4377 -0.0912 0.8047 '
other 'adjust of a model' retrain --explain --method adjust --model model.lts
is 'adjust: its counts' "$(of count)" "$(show '" ".join(str(n) for n in h["train_counts"])' model.lts)"
ok 'adjust of a model on stdin' sh -c 'lt retrain --explain --method adjust <model.lts >again && cmp again text'
fails_with 64 'no counts for crt' lt retrain --explain --method crt --class-counts 5,4
err_is 'no counts for crt: message' 'retrain: --class-counts goes with --method adjust'
fails_with 64 'a list and a model' lt retrain --explain --method adjust --class-counts 5,4 --model model.lts
err_is 'a list and a model: message' 'retrain: --class-counts and --model: give one of them'
fails_with 64 'retrain: no output' lt retrain --explain --method crt -o made.lts
fails_with 65 'adjust: no share, no offset' lt retrain --explain --method adjust --class-counts 5,0
err_has 'adjust: no share, no offset: message' "class '1' had no rows in training"

rows=$(lt cat --count all.lts | head -n 1 | grep -oE '[0-9]+' | head -n 1)
for task in $(lt --list-programs | grep ^pretrain-); do
	other "$task" "$task" --explain --batch 8 all.lts
	is "$task: is named" "$(said task | grep -c "^$task: .* | l.* = -log")" 1
	cited "$task" "$task"
	is "$task: reads the rows" "$(said rows)" "$rows images of 8 x 8 pixels"
	fails_with 64 "$task: no output" lt "$task" --explain -o made.lts all.lts
done
other 'moco' pretrain-moco --explain --batch 8 all.lts
is 'moco: a queue of half the rows' "$(said task | grep -o 'queue [0-9]*,')" "queue $((rows / 2)),"
is 'moco: no blur' "$(said augment | grep -c 'blur: ')" 0
other 'moco --blur' pretrain-moco --explain --batch 8 --blur on all.lts
is 'moco --blur: blur' "$(said augment | grep -c 'blur: ')" 1

# ---------------------------------------------------------------- encoded pictures

i=0
while [ $i -lt 4 ]; do
	"$PYTHON" "$here/../pictures.py" png "photos/c$((i % 2))/$i.png" 80 60 $((i % 2 * 100 + i))
	i=$((i + 1))
done
lt import --encoded photos -o photos.lts
bytes=$(($(cat photos/*/*.png | wc -c)))
explains 'encoded pictures' --input 56 --augment resized-crop photos.lts
is 'encoded pictures: how they become inputs' "$(said rows)" "4 images of 56 x 56 pixels, decoded from files each time they are used | learning: a part of the whole picture (resized-crop), resized to 56 x 56 | a JPEG is decoded at 1/2, 1/4 or 1/8 where the part keeps as many pixels | evaluation: the shorter side is resized to 64, and the central 56 x 56 are cut out | $bytes bytes of files in memory"
explains 'encoded pictures: another list' --augment crop-flip photos.lts
is 'encoded pictures: another list, the centre' "$(said rows)" "4 images of 224 x 224 pixels, decoded from files each time they are used | learning and evaluation: the shorter side is resized to 256, and the central 224 x 224 are cut out | $bytes bytes of files in memory"
other 'encoded pictures: moco' pretrain-moco --explain --input 56 --batch 2 --queue 2 --splits 1 photos.lts
is 'encoded pictures: moco crops' "$(said rows | grep -c 'learning: a part of the whole picture')" 1
explains 'pixels' long.lts
is 'pixels: their size' "$(said rows)" '28 images of 8 x 8 pixels'
explains 'no rows' --class-counts 5,4
is 'no rows: no lines about them' "$(said rows)" ''

# ---------------------------------------------------------------- what it does not do

mkfifo silent
sleep 60 >silent &
sleeper=$!
ok '--class-counts reads nothing' timeout 20 "$LT_BIN/train" --explain --class-counts 5,4 <silent
kill $sleeper
ok 'no checkpoint, no log' lt train --explain --checkpoint none/c.lts --log none/l.tsv --resume long.lts
cp out text
is 'but the table' "$(of count)" '16 8 4'
ok 'nothing is written' sh -c '! ls | grep -q -e ^c.lts -e ^l.tsv'
for stream in none.lts silent/none; do
	fails_with 66 "$stream: missing" lt train --explain $stream
	is "$stream: nothing on stdout" "$(wc -c <out | tr -d ' ')" 0
done
printf 'not a stream' >bad
fails_with 65 'no stream' sh -c 'lt train --explain <bad'
is 'no stream: nothing on stdout' "$(wc -c <out | tr -d ' ')" 0
relabel '-1 if row == 20 else y' <long.lts >hole.lts
fails_with 65 'a row without a label' lt train --explain hole.lts
is 'a row without a label: nothing on stdout' "$(wc -c <out | tr -d ' ')" 0
fails_with 74 'a full disk' sh -c 'lt train --explain --class-counts 5,4 >/dev/full'
ok 'a terminal' "$PYTHON" -c '
import os, pty, sys
status = pty.spawn([sys.argv[1] + "/train", "--explain", "--class-counts", "5,4"], lambda fd: os.read(fd, 4096))
sys.exit(os.WEXITSTATUS(status))' "$LT_BIN"
is 'shows the table' "$(grep -c '^class ' out)" 1

# wrong MESSAGE OPTION…
wrong() {
	message=$1
	shift
	fails_with 64 "$*" lt train "$@"
	err_is "$*: message" "train: $message"
}
wrong '--class-counts goes with --explain' --class-counts 5,4
wrong "--class-counts and 'long.lts': give one of them" --explain --class-counts 5,4 long.lts
wrong '--class-counts and --unlabeled: give one of them' --explain --class-counts 5,4 --unlabeled du.lts
wrong '--class-counts and --val: give one of them' --explain --class-counts 5,4 --val none.lts
wrong '--class-counts and --init: give one of them' --explain --class-counts 5,4 --init none.lts
wrong '--counts goes with --unlabeled' --explain --class-counts 5,4 --counts labelled
wrong '--gamma 100: the divisor of class 1 is too large' --explain --class-counts 4294967295,1 --loss cdt --gamma 100
wrong '--explain writes text to stdout, no model: leave out -o' --explain --class-counts 5,4 -o made.lts
ok 'no output then' test ! -e made.lts
wrong '--class-counts: 1 counts; a list of 2 to 65535 divided by commas is wanted' --explain --class-counts 5
range='is not a whole number from 0 to 4294967295'
wrong "--class-counts: '' $range" --explain --class-counts 5,,4
wrong "--class-counts: '' $range" --explain --class-counts 5,4,
wrong "--class-counts: '-1' $range" --explain --class-counts 5,-1
wrong "--class-counts: '1.5' $range" --explain --class-counts 1.5,4
wrong "--class-counts: ' 4' $range" --explain --class-counts '5, 4'
wrong "--class-counts: '4294967296' $range" --explain --class-counts 5,4294967296
wrong '--class-counts: no class has rows' --explain --class-counts 0,0
wrong '--tau goes with --loss logit-adjustment or vs, not ce' --explain --class-counts 5,4 --tau 1

done_testing
