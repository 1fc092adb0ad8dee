#!/bin/sh
# lt plot: points, lines, intervals and axes where they should be; words, several tables; what
# cannot be drawn is refused.

. "$(dirname "$0")/../lib.sh"

# hints FILE: the tooltips of the marks, in their order.
hints() { grep -o '<title>[^<]*: [^<]*</title>' "$1" | sed 's/<[^>]*>//g; s/[⁨⁩]//g' | paste -sd';' -; }
# marks CLASS FILE: how many elements have this class.
marks() { grep -o "class=\"$1\"" "$2" | wc -l | tr -d ' '; }
is_xml() { "$PYTHON" -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1"; }

cat >table.tsv <<'END'
# errors of two methods
share	method	error	low	high
0	a	30	29	31
0.5	a	20	-	-
0	b & c	25	24	26.5
1	a	10	9	11
0.5	b & c	-	-	-
1	b & c	nan	1	2
END
ok 'two lines' lt plot --y error --by method --low low --high high table.tsv -o a.svg
ok 'XML' is_xml a.svg
is 'the points of each' "$(hints a.svg)" 'a: 0, 30;a: 0.5, 20;a: 1, 10;b &amp; c: 0, 25'
is 'two lines, three intervals' "$(marks 'c0 l' a.svg) $(marks 'c1 l' a.svg) $(marks 'c0 w' a.svg) $(marks 'c1 w' a.svg)" '1 1 2 1'
lt plot --y error --by method --low low --high high <table.tsv >b.svg
same 'from stdin to stdout' a.svg b.svg

# Positions: x from left to right, y upwards, halfway in the middle.
places() { "$PYTHON" - "$1" <<'END'
import re, sys
text = open(sys.argv[1]).read()
circles = re.findall(r'<circle [^>]*cx="([-0-9.]+)" cy="([-0-9.]+)"', text)
# A mark of the legend comes first where there is one.
print(' '.join('%s,%s' % c for c in circles))
END
}
printf 'x\ty\n0\t0\n5\t50\n10\t100\n' >line.tsv
lt plot --y y line.tsv -o line.svg
is 'a linear axis' "$(places line.svg | "$PYTHON" -c '
a, b, c = [tuple(map(float, p.split(","))) for p in input().split()]
print(abs(a[0] + c[0] - 2 * b[0]) < 0.02, abs(a[1] + c[1] - 2 * b[1]) < 0.02, a[0] < c[0], a[1] > c[1])')" 'True True True True'
printf 'x\ty\n1\t1e-20\n10\t1e-10\n100\t1\n1000\t0\n' >powers.tsv
ok 'logarithmic axes' lt plot --y y --log xy powers.tsv -o powers.svg
err_is 'a point that is 0' 'ltplot: powers.tsv: 1 points are not above 0, where a logarithmic axis begins'
is 'a logarithmic axis' "$(places powers.svg | "$PYTHON" -c '
a, b, c = [tuple(map(float, p.split(","))) for p in input().split()]
print(abs(a[0] + c[0] - 2 * b[0]) < 0.02, abs(a[1] + c[1] - 2 * b[1]) < 0.02)')" 'True True'
is 'ticks far from 1' "$(grep -o '>1e-[0-9]*<' powers.svg | tr -d '<>' | sort -u | paste -sd' ' -)" '1e-10 1e-15 1e-20 1e-5'
printf 'x\ty\n-2000\t-1\n2000\t1\n' | lt plot --y y -o signs.svg
is 'ticks below 0' "$(grep -o '>-[0-9,]*<' signs.svg | tr -d '<>' | paste -sd' ' -)" '-1 -2,000 -1,500 -1,000 -500'
is 'both axes at 0' "$(marks d signs.svg)" 2

printf 'task\terror\nnone\t3\nrotation\t2\n10\t1\nnone\t4\n' >words.tsv
lt plot --points --y error words.tsv -o words.svg
is 'words' "$(hints words.svg)" 'error: none, 3;error: rotation, 2;error: 10, 1;error: none, 4'
is 'words: no lines' "$(marks 'c0 l' words.svg)" 0

printf 'x\ta\tb\n1\t2\t3\n\n\nx\ta\n7\t8\n' >two.tsv
ok 'two columns, two tables' lt plot --y a,b two.tsv -o two.svg
err_is 'two tables' 'ltplot: two.tsv: the first of 2 tables; --table N draws another'
is 'two columns' "$(hints two.svg)" 'a: 1, 2;b: 1, 3'
ok 'the second table' lt plot --table 2 --y a two.tsv -o second.svg
is 'the second table: its points' "$(hints second.svg) $(cat "$T/err")" 'a: 7, 8 '
ok 'labels' lt plot --y a --title 'T<1>' --x-label across --y-label upwards two.tsv -o labels.svg
is 'labels are in it' "$(grep -c 'T&lt;1&gt;' labels.svg) $(grep -c across labels.svg) $(grep -c upwards labels.svg)" '2 1 1'

printf 'x\tk\ta\tb\n1\t2\t3\t4\n' | lt plot --y a,b --by k -o named.svg
is 'a line for a number' "$(hints named.svg)" 'k 2, a: 1, 3;k 2, b: 1, 4'
awk 'BEGIN { print "x\ty"; for (i = 0; i < 5000; i++) print i "\t" i % 7 }' | lt plot --y y -o long.svg
ok 'a long line: a few marks' test "$(marks 'c0 f' long.svg)" -le 25

# refuses CODE NAME MESSAGE TABLE OPTION…
refuses() {
	code=$1 name=$2 message=$3
	printf %b "$4" >bad.tsv
	shift 4
	fails_with "$code" "$name" lt plot "$@" bad.tsv -o none.svg
	err_is "$name, message" "ltplot: $message"
}
refuses 64 'no y' '--y COLUMN: the column to draw is missing' 'x\ty\n1\t2\n'
refuses 64 'no such column' "bad.tsv: no column 'z'; there are: x, y" 'x\ty\n1\t2\n' --y z
refuses 64 'one end' 'an interval has two ends: --low and --high' 'x\ty\n1\t2\n' --y y --low x
refuses 64 'an interval of two' '--low and --high belong to one column: --y has several' 'x\ty\n1\t2\n' --y x,y --low x --high y
refuses 65 'a word upwards' "bad.tsv:3: 'much' is not a number" 'x\ty\n1\t2\n2\tmuch\n' --y y
refuses 65 'a short line' 'bad.tsv:2: fewer values than columns' 'x\ty\n1\n' --y y
refuses 65 'nothing' 'bad.tsv: no table: it has no line of names' '' --y y
refuses 65 'no points' 'the table has no points to draw' 'x\ty\n1\t-\n' --y y
refuses 65 'nothing above 0' 'no point is above 0 on a logarithmic axis' 'x\ty\n0\t1\n' --y y --log x
refuses 65 'too few tables' 'bad.tsv: 1 table, number 3 is wanted' 'x\ty\n1\t2\n' --y y --table 3
refuses 65 'too many lines' 'bad.tsv:10: more than 8 series' \
	'x\ty\tm\n1\t2\ta\n1\t2\tb\n1\t2\tc\n1\t2\td\n1\t2\te\n1\t2\tf\n1\t2\tg\n1\t2\th\n1\t2\ti\n' --y y --by m
refuses 65 'intervals of words' 'bad.tsv: some values of x are not numbers, so they have no intervals' \
	'x\ty\na\t2\n' --y y --x-low y --x-high y
awk 'BEGIN { print "x\ty"; for (i = 0; i < 17; i++) print "w" i "\t1" }' >bad.tsv
fails_with 65 'too many words' lt plot --y y bad.tsv -o none.svg
err_is 'too many words, message' 'ltplot: bad.tsv:18: more than 16 values of x, some of which are not numbers'
fails_with 66 'no file' lt plot --y y absent.tsv -o none.svg
ok 'nothing is left' test ! -e none.svg

done_testing
