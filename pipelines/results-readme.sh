#!/bin/sh
# results-readme.sh DATA EPOCHS FLAGS FILES WORD…: lines of the README's table, in Markdown, for
# the cells in FILES (results.tsv) with these data, epochs and flags.
#
# A WORD is SETTING/METHOD=LABELLED|METHOD|UNLABELLED, a cell and the first columns of its line.
# Numbers are accuracies in percent, as means over the seeds.  With two or more seeds, the
# accuracy on all rows has its standard deviation (n - 1).  "-": no result yet.

set -eu

data=$1 epochs=$2 flags=${3:--} files=$4
shift 4

# shellcheck disable=SC2086 # a list of files
{
	for file in $files; do
		[ ! -f "$file" ] || sed 's/^/result	/' "$file"
	done
	for word; do
		printf 'word\t%s\n' "$word"
	done
} | awk -F "$(printf '\t')" -v data="$data" -v epochs="$epochs" -v flags="$flags" '
	function mean(key,    i, sum) {
		if (!count[key])
			return "-"
		for (i = 1; i <= count[key]; i++)
			sum += value[key, i]
		return sprintf("%.1f", sum / count[key])
	}
	function spread(key,    i, n, sum, square) {
		n = count[key]
		if (n < 2)
			return ""
		for (i = 1; i <= n; i++)
			sum += value[key, i]
		for (i = 1; i <= n; i++)
			square += (value[key, i] - sum / n) ^ 2
		return sprintf(" ± %.1f", sqrt(square / (n - 1)))
	}
	# A cell and seed in two files is counted once.
	$1 == "result" && $2 == data && $6 == epochs && $7 == flags && !seen[$3, $4, $5]++ {
		cell = $3 "/" $4
		seeds[cell] = seeds[cell] (seeds[cell] == "" ? "" : ", ") $5
		for (i = 8; i <= 11; i++)
			if ($i != "-")
				value[cell SUBSEP i, ++count[cell SUBSEP i]] = 100 - $i
	}
	$1 == "word" && !begun++ {
		print "| labelled rows | method | unlabelled rows | seeds | overall | many | medium | few |"
		print "| --- | --- | --- | --- | --- | --- | --- | --- |"
	}
	$1 == "word" {
		cell = substr($2, 1, index($2, "=") - 1)
		split(substr($2, index($2, "=") + 1), shown, "|")
		gsub(/--/, "", shown[1])
		printf "| %s | %s | %s | %s | %s%s |", shown[1], shown[2], shown[3],
			cell in seeds ? seeds[cell] : "-", mean(cell SUBSEP 8), spread(cell SUBSEP 8)
		for (i = 9; i <= 11; i++)
			printf " %s |", mean(cell SUBSEP i)
		print ""
	}'
