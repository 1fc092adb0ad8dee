#!/bin/sh
# results-table.sh TITLE COMMAND DIRECTORY SEEDS WORD…: finished cells as a table in Markdown.
#
# A WORD is ROW=TEXT, a row and what it is, or #TEXT, a heading of the rows after it.
# DIRECTORY/sSEED/ROW.tsv is what "lt eval --format tsv --groups thirds" wrote of a row,
# ROW.lts.seconds what its own last stage took.  A row shows the mean over the seeds that are
# finished and, from two on, the deviation (n - 1); "-" where none is.  COMMAND is what made it.

set -eu

title=$1 command=$2 directory=$3 seeds=$4
shift 4
tab=$(printf '\t')
for word; do
	case $word in
	'#'*)
		printf 'heading\t%s\n' "${word#?}"
		continue
		;;
	esac
	row=${word%%=*}
	printf 'row\t%s\t%s\n' "$row" "${word#*=}"
	for seed in $seeds; do
		file=$directory/s$seed/$row
		printf 'seed\t%s\n' "$seed"
		[ -f "$file.tsv" ] || continue
		[ -s "$file.lts.seconds" ] || {
			echo "results-table.sh: $file.lts.seconds: missing or empty" >&2
			kill $$
		}
		printf 'seconds\t-\t%s\n' "$(cat "$file.lts.seconds")"
		cat "$file.tsv"
	done
done | awk -F "$tab" -v title="$title" -v command="$command" -v seeds="$seeds" '
	function mean_of(name,    i, sum) {
		for (i = 1; i <= count[name]; i++)
			sum += value[name, i]
		return sum / count[name]
	}
	function cell(name,    i, n, mean, d, square) {
		n = count[name]
		if (n == 0)
			return "-"
		mean = mean_of(name)
		for (i = 1; i <= n; i++) {
			d = value[name, i] - mean
			square += d * d
		}
		return n == 1 ? sprintf("%.1f", mean) : sprintf("%.1f ± %.1f", mean, sqrt(square / (n - 1)))
	}
	function put(name, x) {
		value[name, ++count[name]] = x
	}
	function flush() {
		if (row == "")
			return
		printf "| %s | %s | %s | %s | %s | %s |%s | %s |\n", row, what, cell("accuracy"),
			cell("many"), cell("medium"), cell("few"), each,
			count["seconds"] ? sprintf("%.0f", mean_of("seconds")) : "-"
		split("", count)
		row = each = ""
	}
	function heads() {
		print "\n| row | what it is | overall | many | medium | few | seeds " seeds " | seconds |"
		print "| --- | --- | --- | --- | --- | --- | --- | --- |"
	}
	BEGIN {
		print "# " title "\n"
		print "    " command "\n"
		print "Accuracy in percent on the test set, mean ± deviation (n - 1) over the seeds that are finished; many, medium, few: thirds of the classes; seconds: of the last stage alone, where others came before it."
	}
	$1 == "heading" { flush(); print "\n## " $2; heads(); next }
	$1 == "row" { flush(); row = $2; what = $3; next }
	$1 == "seed" { each = each " -"; next }
	$1 == "accuracy" && $2 == "-" { put("accuracy", 100 * $3); sub(/-$/, sprintf("%.1f", 100 * $3), each) }
	$1 == "seconds" { put("seconds", $3) }
	($1 == "many" || $1 == "medium" || $1 == "few") && $2 == "-" && $3 != "-" { put($1, 100 * $3) }
	END { flush() }'
