#!/bin/sh
# make estimate, with the real programs on drawn pictures: counts and measurements, without any
# training.
. "$(dirname "$0")/../lib.sh"

top=$(cd "$here/../.." && pwd)
make=$(command -v make)
# This make is independent of the one that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS
SECONDS_EACH=1
export SECONDS_EACH
goal() {
	"$make" -s -C "$top" --no-print-directory LT="$LT_BIN/lt" BINS= X="$T/x" RESULTS="$T/results.tsv" COMMITTED=/dev/null \
		DATA=sample SHRINK=125 RATIOS=100 EPOCHS=3 SEEDS='0 1' FLAGS='--arch resnet20 --threads 1' "$@"
}
rows() {
	ltcat --count "$T/x/$1" | sed -n '1s/rows[^0-9]*//p'
}

fails_with 2 'no target' goal estimate TARGET=cifar10
ok 'an estimate' goal estimate TARGET=ablation-semi ROWS='ce ce-du vat'
grep '^|' out >table
tail -n 1 out >last
l=$(rows cifar10-small-r100/rows.lts)
u=$(rows cifar10-small-r100/u100.lts)
t=$(rows cifar10/test.lts)
of() {
	sed -n "s/^| $1 | \([0-9]* | [0-9]*\) | .*/\1/p" table
}
is 'training: two seeds, three epochs, with and without unlabelled rows' "$(of train)" "4 | $((2 * 3 * (l + l + u)))"
is 'consistency: an epoch is one of the unlabelled rows' "$(of 'train --method vat')" "2 | $((2 * 3 * u))"
is 'labels, once a seed' "$(of pseudolabel)" "2 | $((2 * u))"
is 'reports' "$(of eval)" "6 | $((6 * t))"
is 'all stages were measured' "$(sed -n 's/^|.* | [1-9][0-9]* | [0-9.]* [a-z]* |$/x/p' table | wc -l)" 4
ok 'the sum' grep -Eqx 'ablation-semi: [0-9.]+ (s|min|h), ([0-9.]+ [MG]B|\?) of memory, [0-9.]+ [MG]B of disk' last
is 'nothing was trained' "$(find "$T/x" -name 's[01]')" ''
ok 'after a cell was made' goal ablation-semi ROWS=ce
ok 'another estimate' goal estimate TARGET=ablation-semi ROWS='ce ce-du'
grep '^|' out >table
is 'the other estimate leaves it out' "$(of train)" "2 | $((2 * 3 * (l + u)))"
ok 'the rest' goal ablation-semi ROWS='ce ce-du'
ok 'nothing is left' goal estimate TARGET=ablation-semi ROWS='ce ce-du'
is 'nothing is left: the message' "$(tail -n 1 out)" 'ablation-semi: nothing is left to learn'

done_testing
