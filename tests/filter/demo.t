#!/bin/sh
# The demo's make targets with a stub for lt: the order of the stages, continuing after an
# interruption, other settings, the table.
. "$(dirname "$0")/../lib.sh"
. "$here/../tree.sh"

# Writes its name to the log and makes its outputs; fails in the program $BROKEN.  After the
# program $DYING everything is killed: make and the shell of the stage.
fake_project 'echo "$program" >>"$LOG"
[ "$program" != "${BROKEN-}" ] || exit 1
while [ $# -gt 0 ]; do
	case $program:$1 in
	split:--unlabeled | train:--log | eval:--scores) echo >"$2" ;;
	*:-o) out=$2; echo >"$2" ;;
	esac
	shift
done
[ "$program" != eval ] || printf "metric\tclass\tvalue\tcount\naccuracy\t-\t0.5125\t80\nmany\t-\t0.75\t24\nmedium\t-\t0.5\t32\nfew\t-\t-\t0\naccuracy\tring\t1\t8\naccuracy\tlong name\t0.125\t8\nprecision\tring\t0.5\t8\n" >"$out"
[ "$program" != "${DYING-}" ] || kill -9 "$(cat "$LOG.make")" $PPID'

demo() {
	"$make" -s -C tree --no-print-directory CC=cc LT=lt "$@" demo
}

: >log
BROKEN=pretrain-moco
export BROKEN
fails_with 2 'a demo that is stopped half-way' demo
grep -v '^cc ' log >first
is 'a demo that is stopped half-way: finished stages' "$(tr '\n' ' ' <first)" 'synth synth split synth train pretrain-rot train pretrain-moco '

BROKEN=
: >log
ok 'the next demo continues' demo -j4
# The evaluations run beside each other, and the page needs two of them.
grep -v '^cc ' log >stages
is 'the next demo makes only the rest: models in order' "$(head -n 4 stages | tr '\n' ' ')" 'pretrain-moco train pseudolabel train '
is 'then their results' "$(sed 1,4d stages | sort | tr '\n' ' ')" 'eval eval eval eval report tsne '
sed -n '/base + rotation/,$p' out >table
is 'columns are the four methods' "$(sed -n '1s/   */,/gp' table)" ',base,base + rotation,base + MoCo,self-training'
is 'rows' "$(sed -n '2,8s/   *.*//p' table | tr '\n' ,)" 'overall,many,medium,few,ring,long name,seconds,'
is 'figures in percent' "$(awk 'NR > 1 && NR < 8 { print $(NF - 3) }' table | tr '\n' ' ')" '51.2 75.0 50.0 - 100.0 12.5 '
is 'the place of the page' "$(tail -n 1 out)" 'A page with figures of rotation beside the base: build/demo/report.html'
is 'columns are aligned' "$(sed -n '1,8p' table | awk '{ print length($0) }' | uniq | wc -l)" 1

# Sums of the stages' seconds.
for file in base rotation-encoder rotation moco-encoder moco pseudo self; do
	echo 7 >"tree/build/demo/$file.lts.seconds"
done
: >log
ok 'a finished demo prints its table again' demo
is 'a finished demo: no stage runs' "$(cat log)" ''
is 'seconds of all stages of a method' "$(sed -n 's/^seconds  *//p' out | tr -s ' ')" '7 14 14 21'

# Killed when the file exists but not its seconds.
DYING=pseudolabel
export DYING
rm tree/build/demo/pseudo.lts tree/build/demo/pseudo.lts.seconds
fails_with 137 'a demo that is killed' sh -c 'echo $$ >"$LOG.make"; exec "$@"' sh \
	"$make" -s -C tree --no-print-directory CC=cc LT=lt demo
DYING=
: >log
ok 'a killed demo continues with the killed stage' demo
is 'the killed stage runs again' "$(tr '\n' ' ' <log)" 'pseudolabel train eval report '
ok 'the killed stage has its seconds' test -s tree/build/demo/pseudo.lts.seconds

# The table with missing files.
echo 7 >stage.seconds
: >empty.tsv
fails_with 1 'a missing report' tree/pipelines/demo-table.sh base none.tsv stage
err_is 'a missing side file is named' 'demo-table.sh: none.tsv: missing or empty'
is 'a missing report: no table' "$(cat out)" ''
fails_with 1 'an empty report' tree/pipelines/demo-table.sh base empty.tsv stage
err_is 'a missing side file is named' 'demo-table.sh: empty.tsv: missing or empty'
fails_with 1 'a stage without seconds' tree/pipelines/demo-table.sh base stage.seconds 'stage none'
err_is 'a missing side file is named' 'demo-table.sh: none.seconds: missing or empty'

: >log
ok 'other settings' demo DEMO_EPOCHS=3
is 'other settings: all stages run' "$(grep -c . log)" 17
rm tree/build/demo/rotation-scores.lts
fails_with 2 'missing scores' demo DEMO_EPOCHS=3
is 'missing scores are named' "$(sed -n '1p' err)" 'build/demo/rotation-scores.lts is gone: remove build/demo/rotation.tsv to make both again'
echo >tree/build/demo/rotation-scores.lts
rm tree/build/demo/unlabeled.lts
fails_with 2 'a missing side file' demo DEMO_EPOCHS=3
is 'a missing side file is named' "$(sed -n '1p' err)" 'build/demo/unlabeled.lts is gone: remove build/demo/labelled.lts to make both again'

done_testing
