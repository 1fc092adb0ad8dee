#!/bin/sh
# verdict-table.sh GOAL DIRECTORY RUN...: make GOAL's table of predicted against measured gains,
# see verdict.mk.  A run is SEED/RELEVANCE-RATIO-PROFILE.  RUN-verdict.tsv is the output of lt
# verdict, RUN.tsv the measured result (lt eval); SEED/base.tsv is the result of the base
# classifier.
set -eu
goal=$1
directory=$2
shift 2
tab=$(printf '\t')

balanced() {
	awk -F '\t' '$1 == "balanced_accuracy" { print $3 }' "$directory/$1"
}

table() {
	for run; do
		seed=${run%%/*}
		cell=${run#*/}
		rest=${cell#*-}
		awk -F '\t' -v OFS='\t' -v seed="$seed" -v relevance="${cell%%-*}" -v ratio="${rest%-*}" \
			-v profile="${rest#*-}" -v base="$(balanced "$seed/base.tsv")" -v after="$(balanced "$run.tsv")" '
			$1 == "forecast" { forecast = $3 }
			$1 == "irrelevant_share" { irrelevant = sprintf("%.3f\t%.3f\t%.3f", $3, $4, $5) }
			$1 == "imbalance" { imbalance = sprintf("%.1f\t%.1f\t%.1f", $3, $4, $5) }
			$1 == "pseudo_label_accuracy" { accuracy = sprintf("%.3f", $3) }
			$1 == "pseudo_label_recall" { recall = sprintf("%.3f\t%.3f\t%.3f", $3, $4, $5) }
			$1 == "score" { score = sprintf("%.3f\t%.3f\t%.3f", $3, $4, $5) }
			END {
				print seed, relevance, ratio, profile, irrelevant, imbalance, accuracy, score, forecast,
					sprintf("%.2f", 100 * base), sprintf("%.2f", 100 * (after - base)), recall
			}' "$directory/$run-verdict.tsv"
	done
}

# Ranks of column $1 by value, with the mean rank for ties; then Pearson's correlation of two
# columns of ranks.
spearman() {
	awk -F '\t' -v x="$1" -v y="$2" '
	function rank(v, r, i, j, below, same) {
		for (i = 1; i <= n; i++) {
			below = same = 0
			for (j = 1; j <= n; j++) {
				below += v[j] < v[i]
				same += v[j] == v[i]
			}
			r[i] = below + (same + 1) / 2
		}
	}
	{ a[++n] = $x + 0; b[n] = $y + 0 }
	END {
		rank(a, p)
		rank(b, q)
		mean = (n + 1) / 2
		for (i = 1; i <= n; i++) {
			pq += (p[i] - mean) * (q[i] - mean)
			pp += (p[i] - mean) ^ 2
			qq += (q[i] - mean) ^ 2
		}
		if (pp > 0 && qq > 0)
			printf "%.2f", pq / sqrt(pp * qq)
		else
			printf "-"
	}'
}

lines=$(table "$@")
echo "# made by: make $goal (pipelines/verdict.mk); gains are points of balanced accuracy"
# Means over the seeds of a cell, which are less noisy than single runs.
means=$(printf '%s\n' "$lines" | awk -F '\t' -v OFS='\t' '
	{ key = $2 "-" $3 "-" $4; if (!(key in n)) order[++keys] = key; n[key]++; score[key] += $12; gain[key] += $17 }
	END { for (i = 1; i <= keys; i++) print score[order[i]] / n[order[i]], gain[order[i]] / n[order[i]] }')
printf "# Spearman's rank correlation of score and gain: %s over %d runs; of their means over seeds, %s over %d cells\n" \
	"$(printf '%s\n' "$lines" | spearman 12 17)" "$#" \
	"$(printf '%s\n' "$means" | spearman 1 2)" "$(printf '%s\n' "$means" | wc -l)"
printf 'seed relevance ratio profile irrelevant irrelevant_low irrelevant_high imbalance imbalance_low imbalance_high pseudo_label_accuracy score score_low score_high forecast base gain pseudo_label_recall recall_low recall_high\n' |
	tr ' ' "$tab"
printf '%s\n' "$lines"
