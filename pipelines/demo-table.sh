#!/bin/sh
# demo-table.sh NAME REPORT STAGES …: the demo's table, with a column for each triple.
#
# REPORT is the output of "lt eval --format tsv --groups thirds".  STAGES, one word, lists the
# files that were made for it; FILE.seconds contains the time of each.  Rows: overall accuracy,
# that of the three groups and of each class in percent, and the seconds.

set -eu

need() {
	[ -f "$1" ] && [ -r "$1" ] && [ -s "$1" ] && return
	echo "demo-table.sh: $1: missing or empty" >&2
	exit 1
}

check() {
	while [ $# -ge 3 ]; do
		need "$2"
		for stage in $3; do
			need "$stage.seconds"
		done
		shift 3
	done
}

# Done before the pipeline, because a failure on the left of a pipe goes unnoticed.
check "$@"
tab=$(printf '\t')
while [ $# -ge 3 ]; do
	seconds=0
	for stage in $3; do
		seconds=$((seconds + $(cat "$stage.seconds")))
	done
	printf 'column\t%s\t%s\n' "$1" "$seconds"
	cat "$2"
	shift 3
done | awk -F "$tab" '
	BEGIN { longest = length("seconds") }
	function percent(value) {
		return value == "-" ? "-" : sprintf("%.1f", 100 * value)
	}
	# Rows appear in the order in which their names first occur.
	function put(row, text) {
		if (!known[row]++)
			name[++rows] = row
		if (length(row) > longest)
			longest = length(row)
		cell["row " row, columns] = text
	}
	$1 == "column" {
		column[++columns] = $2
		cell["title", columns] = $2
		cell["seconds", columns] = $3
	}
	$1 == "accuracy" && $2 == "-" { put("overall", percent($3)) }
	($1 == "many" || $1 == "medium" || $1 == "few") && $2 == "-" { put($1, percent($3)) }
	$1 == "accuracy" && $2 != "-" { put($2, percent($3)) }
	function line(title, row,    c, width) {
		printf "%-" longest "s", title
		for (c = 1; c <= columns; c++) {
			width = length(column[c]) > 6 ? length(column[c]) : 6
			printf "  %" width "s", cell[row, c]
		}
		print ""
	}
	END {
		line("", "title")
		for (r = 1; r <= rows; r++)
			line(name[r], "row " name[r])
		line("seconds", "seconds")
		print "Accuracy in percent on the test set; many, medium, few: thirds of the classes."
		print "Seconds: all training that the method needs (self-training includes the base)."
	}'
