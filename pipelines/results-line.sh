#!/bin/sh
# results-line.sh DATA SETTING METHOD SEED EPOCHS FLAGS REPORT MODEL SECONDS…: a cell and seed as
# a line of results.tsv, whose columns are
#
#	data setting method seed epochs flags    the run; flags "-" for none
#	error many medium few                    in percent; of all test rows and of thirds of the
#	                                         classes by their training rows, "-" for none
#	classes                                  NAME=ERROR of each class, with commas between them
#	seconds                                  of all learning stages, those shared with other
#	                                         cells included
#	provenance                               a check sum of all options, seeds and versions
#	                                         that made the model: "lt cat --json" lists them
#
# REPORT is what "lt eval --format tsv --groups thirds" wrote, SECONDS are files with a number.
# $LT is the dispatcher.

set -eu

data=$1 setting=$2 method=$3 seed=$4 epochs=$5 flags=${6:--} report=$7 model=$8
shift 8
for file; do
	[ -s "$file" ] || {
		echo "results-line.sh: $file: missing or empty" >&2
		exit 1
	}
done
seconds=$(cat "$@" | awk '{ sum += $1 } END { print sum }')
provenance=$("${LT:-lt}" cat --json "$model" | sed -n '1s/.*"prov"://p' | cksum | cut -d ' ' -f 1)
tab=$(printf '\t')

awk -F "$tab" -v begin="$data$tab$setting$tab$method$tab$seed$tab$epochs$tab$flags" \
	-v end="$seconds$tab$provenance" '
	function error_of(value) {
		return value == "-" || value == "" ? "-" : sprintf("%.6g", 100 * (1 - value))
	}
	$2 == "-" { all[$1] = $3 }
	$1 == "accuracy" && $2 != "-" {
		gsub(/[,= ]/, "_", $2)
		classes = classes (classes == "" ? "" : ",") $2 "=" error_of($3)
	}
	END {
		if (!("accuracy" in all)) {
			print "results-line.sh: the report has no accuracy" >"/dev/stderr"
			exit 1
		}
		printf "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", begin, error_of(all["accuracy"]), error_of(all["many"]),
			error_of(all["medium"]), error_of(all["few"]), classes, end
	}' "$report"
