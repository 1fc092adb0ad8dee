#!/bin/sh
# The make targets of the paper's experiments, with a stub for lt: the stages and their arguments,
# stages shared by cells, continuing after an interruption, existing results, the tables.
. "$(dirname "$0")/../lib.sh"
. "$here/../tree.sh"

# Writes its arguments to the log and makes its outputs.  The accuracy of a report is in
# $ACCURACY; a stage whose output's name ends with $CUT stops and leaves a checkpoint, after
# a second.
fake_project 'case $* in "cat --json "*) echo "{\"tau\":1.5,\"prov\":[$3]}"; exit ;; esac
echo "$*" >>"$LOG"
while [ $# -gt 0 ]; do
	case $program:$1 in
	split:--unlabeled | split:--val | split:--test) echo >"$2"; side=y ;;
	eval:--scores | train:--log) echo >"$2" ;;
	split:--val-per-class) held=y ;;
	*:--checkpoint) checkpoint=$2 ;;
	*:-o) out=$2 ;;
	esac
	shift
done
[ -z "${held-}" ] || [ "${side-}" ] || exit 64
if [ -n "${CUT-}" ]; then
	case $out in *"$CUT".new) echo >"$checkpoint"; sleep 1.1; exit 75 ;; esac
fi
[ -z "${checkpoint-}" ] || echo >"$checkpoint"
echo >"$out"
[ "$program" != plot ] || cat >"$out"
[ "$program" != eval ] || printf "metric\tclass\tvalue\tcount\naccuracy\t-\t%s\t80\nmany\t-\t0.75\t24\nmedium\t-\t0.5\t32\nfew\t-\t-\t0\naccuracy\tring, red\t1\t8\naccuracy\tsquare\t0.1\t8\n" "${ACCURACY-0.5}" >"$out"'
: >tree/none.tsv

goal() {
	"$make" -s -C tree --no-print-directory CC=cc LT=lt COMMITTED=none.tsv DATA=a/images.tar EPOCHS=20 RATIOS=100 "$@"
}
# makes NAME ARG…: its output, which ends with a table, is then in table.
makes() {
	name=$1
	shift
	: >log
	ok "$name" goal "$@"
	cp out table
}
# says NAME TEXT: expects a line in the output of the failed goal.
says() {
	cp err said
	ok "$1" grep -qF -- "$2" said
}
# row TITLE: the cells of a table's row after those of the unlabelled rows, separated by |.
row() {
	sed -n "s/^| $1 | [^|]* | //p" table | sed 's/ | /|/g; s/ |$//'
}
# untimed: a row with the word seconds instead of their number, which depends on the machine.
untimed() {
	sed 's/|[0-9][0-9]*$/|seconds/'
}
# often WORD: the number of stages with this word.
often() {
	grep -c -e "$1" log
}
# lines_of FILE METHOD: the number of its results.
lines_of() {
	cut -f 3 "tree/$1" | grep -cx "$2"
}
tab=$(printf '\t')
e=build/experiments

# ---------------------------------------------------------------- a table of labelled rows

: >log
fails_with 2 'no data' goal table2-cifar10 DATA=
says 'no data, message' 'make table2-cifar10 needs DATA='
fails_with 2 'no such row' goal table2-cifar10 ROWS=cee
says 'no such row, message' 'table2-cifar10 has no row of ROWS=cee'
is 'and nothing was run' "$(cat log)" ''

makes 'table 2' -j3 table2-cifar10 FLAGS='--precision bf16'
is 'its rows' "$(sed -n 's/^| \([A-Z][^|]*\) | .*/\1/p' table | grep -vx method | tr '\n' ';')" \
	'CE;CB-CE: re-weighted;CB-CE (theirs: resampled) + SSP;Focal;CB-Focal with their weight;CB-Focal with their weight + SSP;M-DRW: uniform margin;CE-DRS;CE-DRW + SSP;LDAM;LDAM-DRW;LDAM-DRW + SSP;CE (Uniform) + SSP;'
is 'ours, published, difference, thirds, seeds, seconds' "$(row CE | untimed)" '50.00|29.64|+20.36|25.00|50.00|-|0|seconds'
is 'a heading a setting' "$(grep '^## ' table)" '## split --ratio 100'
ok 'the command that made it' grep -qx '    make table2-cifar10 DATA=images.tar EPOCHS=20 FLAGS="--precision bf16"' table
ok 'where published numbers are from' grep -q '^- Cao et al., NeurIPS 2019, table 2, M-DRW' table
is 'learning stages have the flags' "$(grep -E '^(train|pretrain-rot) ' log | grep -vc -e '--epochs 20 --precision bf16 --seed 0')" 0
is 'rotation is learnt once' "$(often ^pretrain-rot)" 1
is 'five rows begin with it' "$(often "^train .*--init $e/cifar10-r100/20ep--precisionbf16/s0/rot.lts")" 5
ok 'no checkpoint is left' sh -c "! ls tree/$e/cifar10-r100/20ep--precisionbf16/s0 | grep -e checkpoint -e spent"
is 'a result' "$(grep "${tab}ldam-drw${tab}" tree/$e/results.tsv | cut -f 1-11)" \
	"images${tab}cifar10-r100${tab}ldam-drw${tab}0${tab}20${tab}--precision bf16${tab}50${tab}25${tab}50${tab}-${tab}ring__red=0,square=90"
makes 'once more' table2-cifar10 FLAGS='--precision bf16'
is 'does nothing' "$(cat log)" ''
is 'nor does make -n show a stage' "$(goal -n table2-cifar10 FLAGS='--precision bf16' AGAIN=1 | grep -c '^echo .lt ')" 0
is 'and says so in a line' "$(head -n 1 table)" 'table2-cifar10: 13 of 13 cells stand in the results and are not made again (AGAIN=1 makes them)'

ACCURACY=0.53
export ACCURACY
makes 'a second seed of two rows' table2-cifar10 FLAGS='--precision bf16' ROWS='focal ce' SEEDS='0 1'
is 'makes those two' "$(often ^train) $(often ^eval)" '2 2'
is 'their mean and deviation' "$(row Focal | untimed)" '48.50 ± 2.12|29.62|+18.88|25.00 ± 0.00|50.00 ± 0.00|-|0 1|seconds'
is 'the others have one' "$(row LDAM | cut -d '|' -f 1,7)" '50.00|0'
makes 'a row that is not among those by default' table2-cifar10 FLAGS='--precision bf16' ROWS='tau crt'
is 'is shown' "$(row 'CE then cRT' | cut -d '|' -f 1-3)" '47.00|25.01|+21.99'
is 'tau is that which validation rows chose' "$(often "^retrain --method tau --tau 1.5 --model $e/cifar10-r100/20ep--precisionbf16/s0/ce.lts")" 1
is 'by a model of another draw' "$(often "^retrain --method tau --tau auto --val $e/cifar10-r100/val.lts --model $e/cifar10-r100/20ep--precisionbf16/s0/choose-ce.lts")" 1
is 'which leaves out its validation rows' "$(often '^split --max 4900 --ratio 100 --val-per-class 100 --val /dev/null .*choose.lts')" 1
is 'the base is there' "$(often '^train')" 1

fails_with 2 'other images' goal table2-cifar10 DATA=b/images.tgz
says 'other images, message' 'remove it, or name another directory'
makes 'by class' classwise FLAGS='--precision bf16' ROWS=ce
ok 'a column a class' grep -qx '| method | unlabelled | all | ring__red | square |' table
is 'the same cells' "$(row CE | head -n 1)" '48.50 ± 2.12|0.00 ± 0.00|90.00 ± 0.00'

# ---------------------------------------------------------------- unlabelled rows

makes 'table 1' table1-cifar10 ROWS='ce ce-du ce-du-adjusted vat'
is 'the base is learnt once' "$(often "^train .*s0/ce.lts")" 1
is 'its labels serve four draws' "$(often "^pseudolabel --model $e/cifar10-small-r100/20ep/s0/ce.lts $e/cifar10-small-r100/u[0-9]*.lts")" 4
is 'those of its adjusted head too' "$(often "^pseudolabel --model $e/cifar10-small-r100/20ep/s0/adjust.lts")" 4
is 'unlabelled rows as they are' "$(often "^train --method vat --unlabeled $e/cifar10-small-r100/u")" 4
is 'each draw once' "$(often '^split .*--unlabeled ')" 4
ok 'which the row says' grep -q '^| CE + D_U | factor 2 ratio 50 | 47.00 | 18.42 | ' table
is 'published for more rows' "$(row 'CE + D_U' | head -n 1 | cut -d '|' -f 1-3)" '47.00|17.48|+29.52'
makes 'with a pool' table1-cifar10 ROWS=ce-du POOL=a/more.tar X=build/pool
is 'five for each labelled row' "$(often '^split --ratio 100 --unlabeled-factor 5 --unlabeled-ratio [0-9]* --pool build/pool/cifar10/pool+more.lts')" 4
is 'from there' "$(often '^import a/more.tar -o build/pool/cifar10/pool+more.lts')" 1
is 'which its name tells' "$(cut -f 2 tree/build/pool/results.tsv | tail -n 1)" 'cifar10-r100@u50+more'
makes 'SVHN' table1-svhn ROWS=ce-du X=build/svhn
is 'its order' "$(often '^split --max 1000 --ratio 100 --order 1,2,3,4,5,6,7,8,9,0 ')" 5
is 'its pool is a split' "$(often '^import --split extra a/images.tar')" 1
makes 'generations' ablation-generations
is 'each is labelled by the one before' "$(sed -n 's/^pseudolabel --model .*s0.\([^ ]*\) .*labels-\([^ ]*\)\.new$/\1 \2/p' log | tr '\n' ';')" \
	'ce.lts ce@x5.lts;ce-du@x5.lts ce-du@x5.lts;ce-du-2@x5.lts ce-du-2@x5.lts;'
makes 'self-training from a weak base' ablation-crest U_100=1 ROWS='ce ce-du-adjusted ce-du-adjusted-2 ce-du-adjusted-crest ce-du-adjusted-crest-2 ce-du-aligned-2'
d=$e/cifar10-small-r100
is 'quotas and alignment are options of the labels' "$(sed -n "s|^pseudolabel \\(.*\\)--model $d/20ep/s0/\\([^ ]*\\).lts $d/u1.lts -o $d/20ep/s0/\\([^ ]*\\)@u1.lts.new|\\1\\2 \\3|p" log | sort | tr '\n' ';')" \
	'--quota crest --align 0.667 ce-du-aligned@u1 labels-ce-du-aligned--quotacrest--align0.667;--quota crest --align 0.833 ce labels-ce--quotacrest--align0.833;--quota crest adjust labels-adjust--quotacrest;--quota crest ce-du-adjusted-crest-head@u1 labels-ce-du-adjusted-crest-head--quotacrest;ce-du-adjusted-head@u1 labels-ce-du-adjusted-head;'
is 'heads of later generations are adjusted for pseudo-labels, too' "$(often "^retrain --method adjust --counts loss --model $d/20ep/s0/ce-du-adjusted\(-crest\)*@u1.lts")" 2
is 'each generation is learnt from labelled rows and from its labels' \
	"$(often "^train --unlabeled $d/20ep/s0/labels-ce-du-adjusted-crest-head--quotacrest@u1.lts .* $d/rows.lts")" 1
makes 'half of the labels' ablation-labels
is 'has the same unlabelled rows' "$(often "^pseudolabel --model $e/cifar10-half-r50/20ep/s0/ce.lts $e/cifar10-amount-r50/x5.lts")" 1
is 'and its own labelled ones' "$(often "^train --unlabeled $e/cifar10-half-r50/20ep/s0/labels-ce@x5.lts .* $e/cifar10-half-r50/rows.lts")" 1
is 'the whole was there' "$(often "cifar10-amount-r50/20ep/s0/ce.lts.new")" 0
makes 'figure 2' fig2
is 'irrelevant rows' "$(often "^split --max 700 --ratio 50 .*--relevance 0.6 --irrelevant $e/five/others.lts")" 1
is 'of classes that are held out' "$(often "^cat --only 5,6,7,8,9 $e/cifar10/all.lts")" 1
makes 'figure 3' fig3 IRRELEVANT=b/other.tar
is 'or of another archive' "$(often "^import --size 32 b/other.tar -o $e/five/others+other.lts") $(often "^split .*--irrelevant $e/five/others+other.lts .*--unlabeled $e/five-r50/p0.6-u25+other.lts")" '1 1'
is 'and of it alone' "$(often '--irrelevant .*--irrelevant') $(often '^cat --only 5')" '0 0'
is 'published for ten classes: no difference' "$(row 'CE + D_U' | head -n 1 | cut -d '|' -f 1-3)" '47.00|18.10|-'

makes 'figure 2 with rows of both' fig2 IRRELEVANT='others b/new.lts c/more.tar' RELEVANCES='0 1'
both="--irrelevant $e/five/others.lts --irrelevant $e/five/others+new.lts --irrelevant $e/five/others+more.lts"
is 'draws from all' "$(often "^split .*--relevance 0 $both .*--unlabeled $e/five-r50/p0+others+new+more.lts")" 1
is 'streams as they are' "$(often "^cat b/new.lts -o $e/five/others+new.lts")" 1
is 'for the shares that were named' "$(often '^split .*--relevance')" 2
ok 'which its command says' grep -qx '    make fig2 DATA=images.tar EPOCHS=20 IRRELEVANT="others new.lts more.tar"' table
is 'the base is there' "$(often "^train .*five-r50/20ep/s0/ce.lts.new")" 0
is 'published beside it' "$(row 'CE + D_U' | cut -d '|' -f 2 | tr '\n' ' ')" '29.99 18.78 '
is 'the figure: ours and published, by share' "$(paste -sd' ' "tree/$e/fig2.svg" | tr '\t' ',')" \
	'position,line,error,low,high 0,CE, published,25.19,-,- 0,CE,47,-,- 1,CE, published,25.19,-,- 1,CE,47,-,- 0,CE + D_U, published,29.99,-,- 0,CE + D_U,47,-,- 1,CE + D_U, published,18.78,-,- 1,CE + D_U,47,-,-'
is 'the figure: how it is drawn' "$(grep -c '^plot --x position --y error --by line --low low --high high --title Error by .* --x-label relevant share of the unlabelled rows --y-label .* -o .*/fig2.svg' log)" 1
makes 'figure 3 with rows of both' fig3 IRRELEVANT='others b/new.lts' FIG3_RATIOS='1 50'
is 'at the ratios that were named' "$(often '^split .*--relevance') $(often "$e/five-r50/p0.6-u1+others+new.lts.new") $(often "$e/five-r50/p0.6+others+new.lts.new")" '2 1 1'
makes 'IRRELEVANT=others' fig2 IRRELEVANT=others
is 'is the default' "$(grep -v '^plot ' log)" ''
fails_with 2 'two sources of one name' goal fig2 IRRELEVANT='a/new.tar b/new.lts'
says 'two sources of one name, message' 'IRRELEVANT=a/new.tar b/new.lts: two have the same name'
makes 'a better base' ablation-base ROWS='ce ce-du'
is 'has its own rows' "$(often '^split --max 4000 --ratio 50 --unlabeled-factor 0.85 --unlabeled-ratio 1 ')" 1
ok 'pages' goal pages ROWS=ce-du
is 'are made of scores with places' "$(often "^report --title CE + D_U: images, split --max 1500 --ratio 100, unlabelled factor 2 ratio 1, 20 epochs a stage --groups thirds --log $e/cifar10-small-r100/20ep/s0/ce-du@u1.log.tsv --rows $e/cifar10/test.lts $e/cifar10-small-r100/20ep/s0/ce-du@u1.tsne-test.lts -o .*ce-du@u1.page.html")" 1

# ---------------------------------------------------------------- photographs

fails_with 2 'no lists' goal table3 EPOCHS=recipe
says 'no lists, message' 'make table3 needs LISTS=, the published lists'
makes 'ImageNet-LT' table3 EPOCHS=recipe LISTS='lt/train.txt lt/test.txt' ROWS='ce moco-ce crt'
is 'pictures of lists, encoded' "$(sed -n 's/^import \(.*\) -o .*/\1/p' log | tr '\n' ';')" \
	'--encoded --size 256 --root a/images.tar lt/train.txt;--encoded --size 256 --root a/images.tar lt/test.txt;'
is 'all rows' "$(often '^split --profile natural ')" 1
is 'epochs are those of the recipe' "$(grep -cE '^(train|pretrain-moco|retrain) .*--epochs' log)" 0
is 'which all programs that learn are given' "$(grep -cE '^(train --recipe imagenet-lt|pretrain-moco --recipe imagenet-lt-moco|retrain --recipe imagenet-lt --method crt) ' log)" 4
is 'the groups of the paper' "$(often '^eval .*--groups 100,20 ')" 3
is 'ResNet-50 beside it' "$(row 'CE (Uniform) + SSP (MoCo)' | cut -d '|' -f 2)" '54.40'
makes 'iNaturalist 2018' table4 EPOCHS=3 LISTS='lt/train.txt lt/test.txt' ROWS='ldam-drw'
is 'with other epochs' "$(often '^train --recipe inaturalist --loss ldam --rule drw --epochs 3 ')" 1
makes 'photographs that are balanced' photographs TEST_SPLIT=val RATIOS=20 FLAGS='--input 96' ROWS='moco-ce'
is 'are cut to a ratio' "$(often '^split --ratio 20 ') $(often '^import --split val --encoded ')" '1 1'
is 'no recipe' "$(often '--recipe')" 0
makes 'photographs as they are' own ROWS=ce
is 'a fifth is held out' "$(often '^split --profile natural --test-share 20% ')" 2

# ---------------------------------------------------------------- drawn pictures, other commands

makes 'small drawn pictures' table2-tiny DATA=sample SAMPLE_SIZE=12 ROWS=ce X=build/small
is 'of that size' "$(sed -n 's/^synth \(.*\) -o .*/\1/p' log | tr '\n' ';')" '--size 12 --per-class 50;--size 12 --split test --per-class 5;'
is 'which the result says' "$(sed -n 2p tree/build/small/results.tsv | cut -f 1)" 'sample-12/10'
ok 'and the command' grep -qx '    make table2-tiny DATA=sample SAMPLE_SIZE=12 EPOCHS=20' table
fails_with 2 'another size in the same place' goal table2-tiny DATA=sample SAMPLE_SIZE=16 ROWS='ce ldam' X=build/small
makes 'drawn pictures' table2-tiny DATA=sample SHRINK=25 ROWS=ce LAUNCH='env A=1' X=build/drawn
is 'fewer of them' "$(sed -n 's/^synth \(.*\) -o .*/\1/p' log | tr '\n' ';')" '--per-class 20;--split test --per-class 2;'
is 'no published number' "$(row CE | cut -d '|' -f 1-3)" '47.00|-|-'
is 'the result says of what' "$(sed -n 2p tree/build/drawn/results.tsv | cut -f 1)" 'sample/25'
goal -n table1-cifar10 ROWS='ce-du' X=build/shell >script
: >log
ok 'what make -n prints' sh -ec 'cd tree; . ../script'
cp log by-shell
makes 'runs as make does' table1-cifar10 ROWS='ce-du' X=build/shell2
sed 's/build.shell2/build\/shell/g' log >by-make
same 'the same stages' by-shell by-make
ok 'LAUNCH stands before a stage' sh -c "\"$make\" -n -C tree CC=cc LT=lt DATA=sample X=build/nice LAUNCH=nice ROWS=ce table2-tiny | grep -q 'nice lt train '"

# ---------------------------------------------------------------- results that are there

sed 's/image/photo/' tree/$e/results.tsv >tree/committed.tsv
makes 'committed results' table2-cifar10 DATA=a/photos.tar FLAGS='--precision bf16' ROWS='ce ldam reweight' X=build/photos COMMITTED=committed.tsv SEEDS='0 7'
is 'are not made again' "$(often '^eval')" 3
is 'seeds that are not there are' "$(often '^train .*--seed 7')" 3
is 'the table has both' "$(row CE | cut -d '|' -f 7)" '0 1 7'
makes 'but by AGAIN' table2-cifar10 DATA=a/photos.tar FLAGS='--precision bf16' ROWS='ce ldam' X=build/photos COMMITTED=committed.tsv AGAIN=1
is 'AGAIN makes them' "$(often '^eval')" 2
makes 'other epochs' table2-cifar10 DATA=a/photos.tar FLAGS='--precision bf16' ROWS=ce EPOCHS=3 X=build/photos COMMITTED=committed.tsv
is 'are another run' "$(often '^train --epochs 3 ')" 1
before=$(wc -l <tree/committed.tsv)
ok 'record' goal record X=build/photos COMMITTED=committed.tsv
is 'adds what is new' "$(($(wc -l <tree/committed.tsv) - before))" 4
cp tree/committed.tsv committed.tsv
ok 'record once more' goal record X=build/photos COMMITTED=committed.tsv
same 'changes nothing' tree/committed.tsv committed.tsv

sed '1!d' tree/committed.tsv >tree/one.tsv
for i in 0 1; do
	printf 'cifar10-jpeg\tcifar10-small-r100\tce-du\t%d\t200\t--precision bf16-fast\t4%d\t20\t30\t-\t-\t-\t-\n' $i $i
	printf 'cifar10-jpeg\tcifar10-r100\tce\t%d\t200\t-\t50\t20\t30\t-\t-\t-\t-\n' $i
done >>tree/one.tsv
sed -n '2s/r100/r100@u1/p' tree/one.tsv >tree/two.tsv
ok 'the table of the README' "$make" -s -C tree --no-print-directory readme-table COMMITTED=one.tsv RESULTS=two.tsv
cp out table
is 'has a line for each cell' "$(grep -c '^| [a-z]* [0-9]' table)" 17
is 'with what there is' "$(grep 'CE + D_U | factor 2 ratio 1 ' table)" '| max 1500 ratio 100 | CE + D_U | factor 2 ratio 1 | 0 | 60.0 | 80.0 | 70.0 | - |'
is 'and - for what there is not' "$(grep '^| ratio 100 | CE | ' table)" '| ratio 100 | CE | - | - | - | - | - | - |'
sed 's/r100	ce-du/r100@u100	ce-du/' tree/one.tsv >tree/two.tsv
ok 'two seeds' "$make" -s -C tree --no-print-directory readme-table COMMITTED=one.tsv RESULTS=two.tsv
cp out table
is 'their mean and deviation' "$(grep 'CE + D_U | factor 2 ratio 100 ' table)" '| max 1500 ratio 100 | CE + D_U | factor 2 ratio 100 | 0, 1 | 59.5 ± 0.7 | 80.0 | 70.0 | - |'

cd tree || exit 1
: >"$LOG"
for i in 1 2 3 4 5 6; do
	sed -n 2p $e/results.tsv | awk -F "$tab" -v OFS="$tab" -v i=$i '{ $4 = i; print }' >seed$i
	pipelines/results-add.sh together.tsv seed$i &
done
wait
cd ..
is 'six at once' "$(cut -f 4 tree/together.tsv | tr '\n' ' ')" 'seed 1 2 3 4 5 6 '
printf 'images\tonly\tthree\n' >tree/broken
fails_with 1 'a broken line' tree/pipelines/results-add.sh tree/together.tsv tree/broken
err_is 'a broken line, message' 'results-add.sh: tree/broken: line 1 has 3 columns, not 13'
is 'leaves the others' "$(wc -l <tree/together.tsv)" 7
ok 'and no lock' test ! -e tree/together.tsv.lock

# ---------------------------------------------------------------- a stage that is cut

one='table2-cifar10 EPOCHS=3 X=build/cut ROWS=ce'
s=build/cut/cifar10-r100/3ep/s0
CUT=ce.lts
export CUT
# shellcheck disable=SC2086 # words
fails_with 2 'a stage that is cut' goal $one
ok 'leaves its checkpoint and the seconds so far' test -s tree/$s/ce.lts.spent -a -f tree/$s/ce.lts.checkpoint
echo 40 >tree/$s/ce.lts.spent
# shellcheck disable=SC2086
fails_with 2 'and once more' goal $one
is 'they add up' "$(($(cat tree/$s/ce.lts.spent) > 40))" 1
CUT=
# shellcheck disable=SC2086
makes 'the next one goes on there' $one
is 'with the checkpoint' "$(sed -n 's/^train .*\(--checkpoint.*--resume\).*/\1/p' log)" "--checkpoint $s/ce.lts.checkpoint --resume"
is 'and has all seconds' "$(($(cat tree/$s/ce.lts.seconds) > 40)) $(($(sed -n 2p tree/build/cut/results.tsv | cut -f 12) > 40))" '1 1'
rm tree/$s/ce.lts tree/$s/ce.row
echo 99 >tree/$s/ce.lts.spent
# shellcheck disable=SC2086
makes 'seconds without their checkpoint' $one AGAIN=1
is 'are of nothing' "$(($(cat tree/$s/ce.lts.seconds) < 99))" 1
rm tree/$s/ce.lts.seconds tree/$s/ce.row
# shellcheck disable=SC2086
fails_with 2 'a stage without seconds' goal $one AGAIN=1
says 'a stage without seconds, message' 's0/ce.lts.seconds: missing or empty'

done_testing
