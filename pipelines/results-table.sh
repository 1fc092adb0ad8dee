#!/bin/sh
# results-table.sh TITLE DIRECTORY SEEDS ROW…: finished cells as a table in Markdown.
#
# DIRECTORY/sSEED/ROW.tsv is what "lt eval --format tsv --groups thirds" wrote of a row,
# ROW.lts.seconds what its own last stage took.  A row shows the mean over the seeds that are
# finished and, from two on, the deviation (n - 1); "-" where none is.

set -eu

title=$1 directory=$2 seeds=$3
shift 3
tab=$(printf '\t')
for row in "$@"; do
	printf 'row\t%s\n' "$row"
	for seed in $seeds; do
		file=$directory/s$seed/$row
		[ -f "$file.tsv" ] || continue
		printf 'seed\t%s\n' "$(cat "$file.lts.seconds")"
		cat "$file.tsv"
	done
done | awk -F "$tab" -v title="$title" -v seeds="$seeds" '
	function cell(name,    i, n, mean, square, d) {
		n = count[name]
		if (n == 0)
			return "-"
		for (i = 1; i <= n; i++)
			mean += value[name, i] / n
		for (i = 1; i <= n; i++) {
			d = value[name, i] - mean
			square += d * d
		}
		if (n == 1 || name == "seconds")
			return sprintf(name == "seconds" ? "%.0f" : "%.1f", mean)
		return sprintf("%.1f ± %.1f", mean, sqrt(square / (n - 1)))
	}
	function put(name, x) {
		value[name, ++count[name]] = x
	}
	function flush() {
		if (row != "")
			printf "| %s | %s | %s | %s | %s | %d | %s |\n", row, cell("accuracy"),
				cell("many"), cell("medium"), cell("few"), count["accuracy"], cell("seconds")
		split("", count)
	}
	BEGIN {
		print "# " title "\n"
		print "Accuracy in percent on the test set, mean ± deviation over the finished ones of the seeds " \
			seeds "; many, medium, few: thirds of the classes; seconds: of the last stage alone.\n"
		print "| row | overall | many | medium | few | seeds | seconds |"
		print "| --- | --- | --- | --- | --- | --- | --- |"
	}
	$1 == "row" { flush(); row = $2 }
	$1 == "seed" { put("seconds", $2) }
	$1 == "accuracy" && $2 == "-" { put("accuracy", 100 * $3) }
	($1 == "many" || $1 == "medium" || $1 == "few") && $2 == "-" && $3 != "-" { put($1, 100 * $3) }
	END { flush() }'
