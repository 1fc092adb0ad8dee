#!/bin/sh
# demo-table.sh NAME REPORT STAGES …: the demo's table, a row for each triple.
#
# REPORT is what "lt eval --format tsv --groups thirds" wrote, STAGES the files that had
# to be made for it, in one word; FILE.seconds holds what each took.  Columns: overall
# accuracy, that of the three groups and of each class in percent, and the seconds.

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

# Before the pipe: what fails on its left fails unheard.
check "$@"
tab=$(printf '\t')
while [ $# -ge 3 ]; do
	seconds=0
	for stage in $3; do
		seconds=$((seconds + $(cat "$stage.seconds")))
	done
	printf 'row\t%s\t%s\n' "$1" "$seconds"
	cat "$2"
	shift 3
done | awk -F "$tab" '
	function percent(value) {
		return value == "-" ? "-" : sprintf("%.1f", 100 * value)
	}
	# A column is known by its name; columns keep the order in which they first came.
	function put(column, text) {
		if (!(column in width)) {
			name[++columns] = column
			width[column] = length(column)
		}
		if (length(text) > width[column])
			width[column] = length(text)
		cell[rows, column] = text
	}
	$1 == "row" {
		row[++rows] = $2
		seconds[rows] = $3
		if (length($2) > longest)
			longest = length($2)
	}
	$1 == "accuracy" && $2 == "-" { put("overall", percent($3)) }
	($1 == "many" || $1 == "medium" || $1 == "few") && $2 == "-" { put($1, percent($3)) }
	$1 == "accuracy" && $2 != "-" { put($2, percent($3)) }
	END {
		for (r = 1; r <= rows; r++)
			cell[r, "seconds"] = seconds[r]
		name[++columns] = "seconds"
		width["seconds"] = 7
		for (r = 0; r <= rows; r++) {
			printf "%-" longest "s", r ? row[r] : ""
			for (c = 1; c <= columns; c++)
				printf "  %" width[name[c]] "s", r ? cell[r, name[c]] : name[c]
			print ""
		}
		print "Accuracy in percent on the test set; many, medium, few: thirds of the classes."
		print "Seconds: all learning that the row needed (self-training needs the base)."
	}'
