#!/bin/sh
# paper.sh: makes every table and figure of pipelines/tables.mk with two epochs per stage on drawn
# pictures, and checks that every cell exists and has a result with its provenance.  "make
# check-paper" runs it at the top of the tree; $LT_BIN holds the programs.

set -eu

x=${LT_BUILD:?run by make check-paper}/check-paper
rm -rf "$x"
run() {
	"${MAKE:-make}" -s --no-print-directory LT="$LT_BIN/lt" BINS= X="$x" RESULTS="$x/results.tsv" COMMITTED=/dev/null \
		DATA=sample SHRINK=15 RATIOS=100 SEEDS=0 EPOCHS=2 FLAGS='--arch resnet20' POOL= IRRELEVANT= ROWS= LAUNCH= AGAIN= "$@"
}
fail() {
	echo "paper.sh: $*" >&2
	exit 1
}

run list-tables list-looks >"$x.goals"
tables=$(sed -n 1p "$x.goals") looks=$(sed -n 2p "$x.goals")
# shellcheck disable=SC2086 # goals are words
run $tables $looks >"$x.log" 2>&1 || {
	tail -n 5 "$x.log" >&2
	fail "a stage failed; $x.log has all"
}
run theory >>"$x.log" 2>&1 || fail "theory failed; $x.log has all"
# Rows that are not made by default, for the two tables that have most of them.
more() {
	run "$1" ROWS="$2" >>"$x.log" 2>&1 || {
		tail -n 5 "$x.log" >&2
		fail "a stage of another row failed; $x.log has all"
	}
}
more table2-cifar10 'ce-drw resample cb-focal balanced-softmax logit-adjustment crt tau adjust rot-crt'
more ablation-labels-from 'ce-du-crt ce-du-adjust rot-ce-du'
for table in $tables; do
	rows=$(grep -c '^| [^-m]' "$x/$table.md") || fail "$table has no row"
	missing=$(grep -c '^| [^|]* | [^|]* | - |' "$x/$table.md") || :
	[ "$missing" = 0 ] || fail "$table lacks $missing of $rows cells"
	echo "$table: $rows rows"
done
for figure in fig2 fig3 ablation-amount ablation-generations ablation-omega ablation-ssp ablation-step; do
	[ "$(grep -c '<title>' "$x/$figure.svg")" -gt 1 ] || fail "$figure has no figure"
done
# Also with other pictures as irrelevant rows.
"$LT_BIN/lt" synth --classes 16 --per-class 100 | "$LT_BIN/lt" cat --only 10,11,12,13,14,15 -o "$x/strange.lts"
run fig2 fig3 IRRELEVANT="others $x/strange.lts" RELEVANCES='0 0.6' FIG3_RATIOS='1 50' >>"$x.log" 2>&1 ||
	fail "rows of two sources failed; $x.log has all"
[ "$(cut -f 2 "$x/results.tsv" | grep -c '+others+strange$')" = 3 ] || fail 'fig2 and fig3 lack cells with rows of two sources'
# shellcheck disable=SC2086
run $tables >"$x.again"
! grep -q 'lt train\|lt eval' "$x.again" || fail 'cells that are there were made again'
awk -F "$(printf '\t')" 'NR > 1 && ($7 !~ /^[0-9.]+$/ || $7 > 100 || $12 !~ /^[0-9]+$/ || $13 !~ /^[1-9][0-9]*$/) { print; bad = 1 } END { exit bad || NR < 2 }' \
	"$x/results.tsv" || fail 'a result is not whole'
echo "$(($(wc -l <"$x/results.tsv") - 1)) cells"
