#!/bin/sh
# results-table.sh [--classes | --points] TITLE COMMAND TARGET DATA EPOCHS FLAGS FILES WORD…: a table in
# Markdown of the cells in FILES (results.tsv) with these data, epochs and flags, beside
# published results.
#
# A WORD is SETTING/METHOD=TEXT: a cell, the name of its method and, after a bar, its unlabelled
# rows; or #TEXT: a heading for the cells after it.  A cell preceded by ? is left out if it is
# not finished.  COMMAND is the command that produced them.  Errors are means over the seeds,
# with the standard deviation (n - 1) for two or more seeds.  published.tsv, beside this script,
# has the numbers of TARGET.  Those of a setting without "small-" or "large-" are shown beside
# the setting with the prefix; those of ten classes are shown beside "five-", without a
# difference.  "-": no number.  With --classes, each column is a class.
#
# With --points, the output is a table for lt plot: TEXT is a position, a bar and the name of a
# line, and cells that are not finished are left out.

set -eu

form=table
case $1 in
--classes | --points)
	form=${1#--}
	shift
	;;
esac
title=$1 command=$2 target=$3 data=$4 epochs=$5 flags=${6:--} files=$7
shift 7
published=$(dirname "$0")/published.tsv

# shellcheck disable=SC2086 # a list of files
{
	for file in $files; do
		[ ! -f "$file" ] || sed 's/^/result	/' "$file"
	done
	sed 's/^/published	/' "$published"
	for word; do
		printf 'word\t%s\n' "$word"
	done
} | awk -F "$(printf '\t')" -v title="$title" -v command="$command" -v target="$target" \
	-v data="$data" -v epochs="$epochs" -v flags="$flags" -v form="$form" '
	function remember(key, x) {
		if (x != "-")
			value[key, ++count[key]] = x
	}
	function mean_of(key,    i, sum) {
		for (i = 1; i <= count[key]; i++)
			sum += value[key, i]
		return sum / count[key]
	}
	function shown(key) {
		if (count[key] == 0)
			return "-"
		if (count[key] == 1)
			return sprintf("%.2f", mean_of(key))
		return sprintf("%.2f ± %.2f", mean_of(key), deviation(key))
	}
	# The key of a cell in published.tsv.
	function published_key(cell) {
		sub(/-(small|large)-/, "-", cell)
		sub(/[+][^\/]*/, "", cell)
		sub(/^five-/, "cifar10-", cell)
		return cell
	}
	function deviation(key,    i, n, mean, square) {
		n = count[key]
		mean = mean_of(key)
		for (i = 1; i <= n; i++)
			square += (value[key, i] - mean) ^ 2
		return sqrt(square / (n - 1))
	}
	function point(cell, what,    key, part, mean, spread) {
		split(what, part, "|")
		key = published_key(cell)
		if (key in error_of)
			print part[1] "\t" part[2] ", published\t" error_of[key] "\t-\t-"
		if (!count[cell])
			return
		mean = mean_of(cell)
		spread = count[cell] > 1 ? deviation(cell) : 0
		print part[1] "\t" part[2] "\t" mean (count[cell] > 1 ? "\t" mean - spread "\t" mean + spread : "\t-\t-")
	}
	function row(cell, what,    key, paper, difference, i, other) {
		if (sub(/^[?]/, "", cell) && !count[cell])
			return
		if (form == "classes") {
			if (!count[cell])
				return
			printf "| %s | %s |", what, shown(cell)
			for (i = 1; i <= n_classes; i++)
				printf " %s |", shown(cell SUBSEP name[i])
			print ""
			return
		}
		key = published_key(cell)
		other = cell ~ /^five-/
		paper = key in error_of ? error_of[key] : "-"
		difference = paper == "-" || other || !count[cell] ? "-" : sprintf("%+.2f", mean_of(cell) - paper)
		printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", what, shown(cell), paper == "-" ? paper : sprintf("%.2f", paper),
			difference, shown(cell SUBSEP "many"), shown(cell SUBSEP "medium"), shown(cell SUBSEP "few"),
			seeds[cell] == "" ? "-" : substr(seeds[cell], 2), count[cell, "seconds"] ? sprintf("%.0f", mean_of(cell SUBSEP "seconds")) : "-"
		if (key in error_of)
			cite(key_source[key])
	}
	function cite(source) {
		if (!cited[source]++)
			sources = sources "\n- " source
	}
	function heads(    i) {
		if (form != "classes") {
			print "\n| method | unlabelled | ours | published | difference | many | medium | few | seeds | seconds |"
			print "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
			return
		}
		printf "\n| method | unlabelled | all |"
		for (i = 1; i <= n_classes; i++)
			printf " %s |", name[i]
		printf "\n| --- | --- | --- |"
		for (i = 1; i <= n_classes; i++)
			printf " --- |"
		print ""
	}
	# A cell in two files is counted once.
	$1 == "result" && $2 == data && $6 == epochs && $7 == flags && !seen[$3, $4, $5]++ {
		cell = $3 "/" $4
		remember(cell, $8)
		remember(cell SUBSEP "many", $9)
		remember(cell SUBSEP "medium", $10)
		remember(cell SUBSEP "few", $11)
		remember(cell SUBSEP "seconds", $13)
		seeds[cell] = seeds[cell] " " $5
		n = split($12, pair, ",")
		for (i = 1; i <= n; i++) {
			split(pair[i], part, "=")
			remember(cell SUBSEP part[1], part[2])
			if (!named[part[1]]++)
				name[++n_classes] = part[1]
		}
	}
	$1 == "published" && $2 == target {
		error_of[$3 "/" $4] = $5
		key_source[$3 "/" $4] = $6
	}
	form == "points" && $1 == "word" && !begun++ { print "position\tline\terror\tlow\thigh" }
	form == "points" && $1 == "word" { point(substr($2, 1, index($2, "=") - 1), substr($2, index($2, "=") + 1)) }
	form == "points" { next }
	$1 == "word" && !begun++ {
		print "# " title "\n\n    " command "\n"
		print "Error in percent on the test rows of " data ", " (epochs == "recipe" ? "epochs of the recipe" : epochs " epochs a stage") ", mean ± deviation (n - 1) over the seeds."
		if (form != "classes")
			print "Many, medium, few: " (target ~ /^table[34]$/ ? "classes with more than 100 labelled rows, the others, those with fewer than 20" : "thirds of the classes, by their labelled rows") ".  Seconds: all stages of a cell, including those shared with other cells."
	}
	$1 == "word" && $2 ~ /^#/ { print "\n## " substr($2, 2); heads(); next }
	$1 == "word" { row(substr($2, 1, index($2, "=") - 1), substr($2, index($2, "=") + 1)) }
	END {
		if (sources != "" && form != "points")
			print "\nPublished, for the original images and as many rows and epochs as the sources have:\n" sources
	}'
