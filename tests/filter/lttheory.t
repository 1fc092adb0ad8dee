#!/bin/sh
# lt theory: the sweeps agree with the formulas, with any number of threads; the check and its
# failure; errors.

. "$(dirname "$0")/../lib.sh"

# tsv SWEEP OPTION…: writes its lines without the header to $T/rows.
tsv() {
	sweep=$1
	shift
	lt theory --format tsv --sweep "$sweep" "$@" >table && sed 1d table >rows
}
# column NAME: its values as one line.
column() {
	awk -F '\t' -v name="$1" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
	{ printf "%s%s", sep, $at; sep = " " }' table
}
# holds CONDITION: checks every row; columns are the variables c["name"].
holds() {
	awk -F '\t' 'function abs(x) { return x < 0 ? -x : x }
	NR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
	{ for (i = 1; i <= NF; i++) c[name[i]] = $i; rows++ }
	!('"$1"') { print "# " $0; bad = 1 }
	END { exit bad || rows == 0 }' table
}
# rounds DIGITS NUMBER…: to so many places behind the point.
rounds() {
	digits=$1
	shift
	for x; do printf "%.${digits}f " "$x"; done
}

# ---------------------------------------------------------------- the check

ok 'the check' lt theory --check --trials 300
is 'the check: all values are good' "$(tail -n 1 out)" '117 values; 117 within 5 standard errors or the digits of the reference, 0 not'
is 'the check: one line per value' "$(grep -c ' good$' out)" 117
fails_with 1 'the check, when no error is allowed' lt theory --check --trials 300 --errors 0
err_has 'and the message' 'lttheory: --check: '
err_has 'names the first' 'values deviate, the first: Theorem 1, delta 0.2: theta, simulated'
is 'the failed check: deviations are printed' "$(grep -c ' OFF$' out)" "$(sed -n 's/.*--check: \([0-9]*\) of 117.*/\1/p' err)"
is 'the failed check: formulas do not deviate' "$(grep ' OFF$' out | grep -vc -e simulated -e reference -e allowed)" 0
fails_with 1 'the same into a file' lt theory --check --trials 300 --errors 0 -o check.txt
is 'the failed check into a file: no file' "$(ls check.txt* 2>/dev/null)" ''
ok 'of one theorem' lt theory --check --theorem 2 --trials 300 --format tsv
is 'has its lines' "$(sed 1d out | cut -d , -f 1 | sort -u)" 'Theorem 2'
is 'and five columns' "$(awk -F '\t' 'NF != 5' out)" ''
fails_with 64 'too few trials for it' lt theory --check --trials 99
err_has 'which it says' '--trials 99: --check needs 100 or more'

# ---------------------------------------------------------------- Theorem 1

tsv gap --trials 400
# shellcheck disable=SC2046 # words
is 'gap: the centre is the gap' "$(rounds 3 $(column centre))" '0.000 0.100 0.200 0.300 0.400 0.500 '
ok 'gap: theta is at the centre' holds 'abs(c["theta"] - c["centre"]) <= 5 * c["theta_se"]'
ok 'gap: the bound does not change' holds 'abs(c["bound"] - 0.26371) < 1e-5'
tsv delta --at 0.05,0.1,0.2 --trials 2000
ok 'delta: failures are as many as they should be' \
	holds 'abs(c["failed"] - c["exact"]) <= 5 * sqrt(c["exact"] * (1 - c["exact"]) / 2000) + 1 / 2000'
# shellcheck disable=SC2046 # words
is 'delta: bounds' "$(rounds 3 $(column bound))" '4.771 2.464 0.264 '
# shellcheck disable=SC2046
is 'delta: exact' "$(rounds 4 $(column exact))" '0.2198 0.0141 0.0000 '
ok 'delta: with their standard error' \
	holds 'abs(c["failed_se"] - sqrt(c["failed"] * (1 - c["failed"]) / 2000)) < 1e-12'
ok 'the bound holds' holds 'c["exact"] <= c["bound"]'
lt theory --sweep delta --at 0.1,0.2 --trials 10 >text
is 'text says which bound is vacuous' "$(awk '/vacuous/ { printf "%s %s;", $1, $(NF - 1) }' text)" '0.1 2.4643;'
is 'and what the settings are' "$(sed -n 2p text)" \
	'trials 10, mean-plus 1, mean-minus -1, sigma 1, p 0.9, q 0.6, n-plus 500, n-minus 500, seed 0'
tsv ratio --trials 10
is 'ratio: the sum stays' "$(column n_plus), $(column n_minus)" '500 250 100 50 20 10, 500 750 900 950 980 990'
tsv total --at 10,100 --n-plus 100 --n-minus 300 --trials 10
is 'total: the parts stay' "$(column n_plus), $(column n_minus)" '3 25, 7 75'
tsv total --at 2000000 --n-plus 1 --n-minus 1 --trials 2 2>/dev/null
is 'a sum that is too long is left out' "$(column exact)" -

tsv threshold --share 0.1 --trials 400
ok 'threshold: p, q and theta are those of the population' \
	holds 'abs(c["p"] - c["p_true"]) < 0.02 && abs(c["q"] - c["q_true"]) < 0.01 &&
		abs(c["theta"] - c["theta_true"]) <= 5 * c["theta_se"]'
# shellcheck disable=SC2046
is 'threshold: theta' "$(rounds 3 $(column theta_true))" '-0.232 -0.078 0.070 0.343 '
# shellcheck disable=SC2046
is 'threshold: the centre differs' "$(rounds 3 $(column centre))" '-0.609 -0.524 -0.430 -0.237 '
ok 'threshold: so the bound does not hold' holds 'c["failed"] > 0.99'
tsv threshold --share 0.5 --at 50 --n-plus 5 --n-minus 5 --trials 10
is 'threshold: nothing above it, no theta' "$(column p) $(column theta) $(column bound)" '- - -'
ok 'threshold: but precisions below it' holds 'abs(c["q"] - 0.5) < 0.25 && abs(c["q_true"] - 0.5) < 1e-12'
lt theory --sweep threshold --at 0 --trials 2 | tr '\n' ' ' >text
ok 'threshold: theta does not tend to the centre, as the page says' \
	grep -q "theta does not converge to Theorem 1's centre" text
tsv labels --share 0.5 --at 50,5 --trials 400
ok 'labels: rare positives move t, balanced points move it back' \
	holds 'c["positives"] == 50 ? abs(c["t"]) < 0.05 : c["t"] > 1 && c["theta"] < 0.75'

# ---------------------------------------------------------------- Theorems 2 and 3

tsv offset --p-plus 0.1 --at=-8,0,1.5 --trials 500
ok 'offset: as simulated' holds 'abs(c["simulated"] - c["error"]) <= 5 * c["simulated_se"]'
# shellcheck disable=SC2046
is 'offset: the trap' "$(rounds 4 $(column error))$(column least)" '0.1000 0.5000 0.7027 - 0.25 0.25'
# shellcheck disable=SC2046
is 'offset: its balanced error' "$(rounds 4 $(column balanced))" '0.5000 0.5000 0.4201 '
tsv best --p-plus 0.5 --at 4,10
# shellcheck disable=SC2046
is 'best' "$(rounds 2 $(column offset))$(rounds 4 $(column error))" '1.36 1.60 0.4193 0.3742 '
tsv dimension --at 16,64,256 --trials 300
# shellcheck disable=SC2046
is 'dimension: ideal' "$(rounds 7 $(column ideal))" '0.1201124 0.0072826 0.0000004 '
# shellcheck disable=SC2046
is 'dimension: bounds' "$(rounds 3 $(column bound))" '0.808 0.546 0.122 '
ok 'dimension: no more than allowed' holds 'c["exceeded"] <= c["allowed"]'
tsv positives --at 1,1000 --dimension 16 --trials 300
is 'positives: the bound is the same' "$(column bound | awk '{ print $1 == $2 }')" 1
# shellcheck disable=SC2046
is 'positives: more is allowed with few' "$(rounds 4 $(column allowed))" '1.8829 0.0366 '
# A bound that training sets do exceed: beta near 3 and delta near its upper limit.
tsv beta --at 3.5,10 --delta 0.5 --dimension 16 --trials 300
is 'beta: g near 0' "$(column bound | awk '{ print ($1 > 0.95), ($2 < 0.95) }')" '1 1'

# ---------------------------------------------------------------- threads, seeds, formats

lt theory --trials 70 --threads 1 >one
lt theory --trials 70 --threads 3 >three
same 'the same bytes on three threads' one three
is 'eleven sweeps' "$(grep -c '^Theorem [123], sweep ' one)" 11
lt theory --trials 70 --seed 1 >seed
is 'another seed, other draws' "$(cmp -s one seed; echo $?)" 1
lt theory --theorem 2 --trials 70 >two
is 'one theorem is a part of all' "$(sed -n '/^Theorem 2, sweep offset/,/tight/p' one)" "$(cat two)"
ok 'to a file' lt theory --theorem 2 --trials 70 -o two.txt
same 'has the same bytes' two two.txt
lt theory --trials 2 --format tsv >all.tsv
is 'tables of tsv are apart by two lines' "$(grep -c '^$' all.tsv) $(grep -c '^sweep' all.tsv)" '20 11'
is 'every line has the columns of its header' \
	"$(awk -F '\t' '$1 == "sweep" { n = NF } NF && NF != n' all.tsv)" ''
is 'no missing numbers' "$(grep -ciE 'nan|inf' all.tsv)" 0
for sweep in $(lt theory --list-options | sed -n 's/^--sweep - CHOICE all //p'); do
	tsv "$sweep" --trials 2
	is "--sweep $sweep is itself" "$(cut -f 1 rows | sort -u)" "$sweep"
done

# ---------------------------------------------------------------- what is refused

# refused TEXT OPTION…: expects one line with the text.
refused() {
	text=$1
	shift
	fails_with 64 "refused: $*" lt theory "$@"
	err_has "refused, and why: $*" "$text"
	is "refused without output: $*" "$(cat out)" ''
}
for bad in '--trials 1' '--trials 1000001' '--mean-plus 1001' '--mean-minus nan' '--sigma 0' '--p -0.1' '--q 1.1' \
	'--n-plus 0' '--n-minus 1000001' '--share 0' '--share 1' '--delta 0' '--delta inf' '--p-plus 0' \
	'--p-plus 0.51' '--beta 3' '--dimension 0' '--dimension 4097' '--positives 0' '--negatives 0' \
	'--errors -1' '--theorem 4' '--sweep none' '--format json'; do
	# shellcheck disable=SC2086 # an option and its value
	refused "${bad%% *}" $bad
done
refused '--mean-plus -2: it must be above --mean-minus, which is -1' --sweep gap --mean-plus -2
refused '--mean-plus -1: it must be above' --sweep threshold --mean-plus -1
refused '--p 0.3: a gap of 0.4 would make q negative' --sweep gap --p 0.3
refused '--delta 0.6: Theorem 3 with beta 4 needs delta below 0.6' --theorem 3 --delta 0.6
refused '--delta 0.501: Theorem 3 with beta 3.001 needs delta below 0.50012' --sweep beta --at 3.001,4 --dimension 1 --delta 0.501
refused 'one class would have none' --sweep ratio --n-plus 1 --n-minus 1 --at 0.1
refused 'one class would have none' --sweep total --at 2 --n-plus 1 --n-minus 999
refused '--at needs --sweep' --at 1
refused "--at: 'a' is not a list" --sweep gap --at a
refused "--at: '' is not a list" --sweep gap --at=
refused "--at: '0,' is not a list" --sweep gap --at 0,
refused "--at: '0.1 0.2' is not a list" --sweep gap --at '0.1 0.2'
refused '--at: 1.5 for gap is not from 0 to 1' --sweep gap --at 0,1.5
refused '--at: 2.5 for d is not a whole number from 1 to 4096' --sweep dimension --at 2.5
refused '--at: more than 256 numbers' --sweep gap --at "$(yes 0 | head -n 257 | paste -s -d , -)"
refused '--sweep gap belongs to Theorem 1, not 2' --sweep gap --theorem 2
refused '--q has no effect' --sweep gap --q 0.5
refused '--beta has no effect' --theorem 1 --beta 5
refused '--check uses fixed values' --check --sigma 2
refused '--sweep has no effect' --check --sweep gap
refused '--errors needs --check' --errors 4
refused "operand 'model.lts' is one too many" model.lts

fails_with 74 'a full disk' sh -c 'lt theory --theorem 2 --trials 2 >/dev/full'
fails_with 74 'a full disk when the check fails' sh -c 'lt theory --check --errors 0 --trials 100 --theorem 2 >/dev/full'
ok 'a closed pipe' sh -c 'lt theory --trials 2 | head -n 1 >/dev/null'

done_testing
