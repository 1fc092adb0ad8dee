#!/bin/sh
# results-add.sh RESULTS FILE…: adds the lines of FILEs to RESULTS, which is created with its
# header if it does not exist.  A line replaces an existing one of the same cell, seed, epochs,
# flags and data; lines are sorted.  RESULTS is replaced atomically, by one process at a time,
# so no line is ever lost.

set -eu
LC_ALL=C
export LC_ALL

results=$1
shift
tab=$(printf '\t')
mkdir -p "$(dirname "$results")"
waited=0
until mkdir "$results.lock" 2>/dev/null; do
	waited=$((waited + 1))
	[ $waited -lt 60 ] || {
		echo "results-add.sh: $results.lock: is there since a minute; remove it if nothing runs" >&2
		exit 1
	}
	sleep 1
done
trap 'rm -rf "$results.lock"' EXIT
trap 'exit 1' HUP INT TERM

new=$results.lock/new
printf 'data\tsetting\tmethod\tseed\tepochs\tflags\terror\tmany\tmedium\tfew\tclasses\tseconds\tprovenance\n' >"$new"
[ -f "$results" ] && set -- "$results" "$@"
awk -F "$tab" '
	$1 == "data" && $2 == "setting" { next }
	NF != 13 { print "results-add.sh: " FILENAME ": line " FNR " has " NF " columns, not 13" >"/dev/stderr"; bad = 1; exit 1 }
	{ line[$1, $2, $3, $4, $5, $6] = $0 }
	END { if (!bad) for (key in line) print line[key] }' "$@" >"$results.lock/lines"
sort -t "$tab" -k 1,1 -k 2,2 -k 3,3 -k 5,5n -k 6,6 -k 4,4n "$results.lock/lines" >>"$new"
mv "$new" "$results"
