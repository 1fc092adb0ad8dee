#!/bin/sh
# eval --figures: every figure in every format against a slow count in Python, which agrees with
# scikit-learn 1.9.1 on the same scores; and errors.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
learn train --epochs 8 --batch 4 --lr 0.05 long.lts -o model.lts
ev() { "$LT_BIN/eval" --threads 1 "$@"; }
ev --model model.lts --scores scores.lts test.lts >plain.text
ev --format tsv scores.lts >plain.tsv
ev --format json scores.lts >plain.json

# ---------------------------------------------------------------- the slow count

cat >slow.py <<'END2'
# Lines "metric class value" from scores on stdin, by the definitions.
import json, math, sys
names, train, z, y = json.load(sys.stdin)
K, n = len(names), len(y)
prob = []
for row in z:
    e = [math.exp(v - max(row)) for v in row]
    prob.append([v / sum(e) for v in e])
pred = [row.index(max(row)) for row in z]
t = [y.count(c) for c in range(K)]
p = [pred.count(c) for c in range(K)]
r = [sum(a == b == c for a, b in zip(y, pred)) for c in range(K)]
def show(metric, of, value):
    print(metric, of, '-' if value is None else '%.9g' % value)
def mean(values):
    values = [v for v in values if v is not None]
    return sum(values) / len(values) if values else None
f1 = [2 * r[c] / (t[c] + p[c]) if t[c] + p[c] else None for c in range(K)]
show('macro_f1', '-', mean(f1))
over = math.sqrt((n * n - sum(v * v for v in p)) * (n * n - sum(v * v for v in t)))
show('mcc', '-', (n * sum(r) - sum(a * b for a, b in zip(p, t))) / over if over else 0)
recall = [r[c] / t[c] if t[c] else None for c in range(K)]
def prior(weight):
    have = [c for c in range(K) if t[c]]
    return sum(weight[c] * recall[c] for c in have) / sum(weight[c] for c in have)
order = sorted(range(K), key=lambda c: (-train[c], c))
rank = [order.index(c) for c in range(K)]
show('prior_forward', '-', prior(train))
show('prior_forward_10', '-', prior([10 ** -(rank[c] / (K - 1)) for c in range(K)]))
show('prior_uniform', '-', mean(recall))
show('prior_backward', '-', prior([train[order[K - 1 - rank[c]]] for c in range(K)]))
show('prior_backward_10', '-', prior([10 ** -((K - 1 - rank[c]) / (K - 1)) for c in range(K)]))
def auroc(c):
    pos = [q[c] for q, l in zip(prob, y) if l == c]
    neg = [q[c] for q, l in zip(prob, y) if l != c]
    won = sum((a > b) + (a == b) / 2 for a in pos for b in neg)
    return won / (len(pos) * len(neg)) if pos and neg else None
def auprc(c):
    score = [q[c] for q in prob]
    total, before = 0, 0
    for cut in sorted(set(score), reverse=True):
        above = [l == c for s, l in zip(score, y) if s >= cut]
        total += (sum(above) - before) * sum(above) / len(above)
        before = sum(above)
    return total / t[c] if t[c] else None
show('auroc', '-', mean([auroc(c) for c in range(K)]))
show('auprc', '-', mean([auprc(c) for c in range(K)]))
for c in range(K): show('f1', names[c], f1[c])
for c in range(K): show('auroc', names[c], auroc(c))
for c in range(K): show('auprc', names[c], auprc(c))
def wilson(c, sign):
    if not t[c]: return None
    q = 1.959963984540054 ** 2
    root = math.sqrt(recall[c] * (1 - recall[c]) * q / t[c] + q * q / (4 * t[c] ** 2))
    return abs(recall[c] + q / (2 * t[c]) + sign * root) / (1 + q / t[c])
for c in range(K): show('accuracy_low', names[c], wilson(c, -1))
for c in range(K): show('accuracy_high', names[c], wilson(c, 1))
END2
slow() {
	show '__import__("json").dumps([h["classes"], h["train_counts"], rows["logits"], rows["y"]])' "$1" | "$PYTHON" slow.py
}
# The TSV lines that slow.py computes; the bootstrap bounds of overall figures are not among them.
quick() {
	awk -F '\t' 'NR > 1 && ($1 ~ /^(macro_f1|mcc|prior_[a-z_0-9]*[^wh]|auroc|auprc|f1)$/ || $2 != "-" && $1 ~ /_(low|high)$/) && $1 !~ /^(prior|mcc|macro).*_(low|high)$/ { print $1, $2, ($3 == "-" ? $3 : sprintf("%.9g", $3)) }' "$1"
}

ok 'all figures, TSV' ev --figures all --prior-ratios 10 --format tsv scores.lts
cp out all.tsv
is 'all figures by a slow count' "$(quick all.tsv)" "$(slow scores.lts)"
# A class without rows: its row gets another class; its training count does not change.
relabel '1 if y == 0 else y' <scores.lts >absent.lts
ev --figures all --prior-ratios 10 --format tsv absent.lts >absent.tsv
is 'a class without rows, by a slow count' "$(quick absent.tsv)" "$(slow absent.lts)"
is 'a class without rows: no figure' "$(awk -F '\t' '$2 == "mug" && $1 ~ /^(auroc|auprc|accuracy_low)$/ { print $3, $4 }' absent.tsv)" '- 0
- 0
- 0'
relabel 2 <scores.lts >one.lts
ev --figures all --prior-ratios 10 --format tsv one.lts >one.tsv
is 'all rows of one class, by a slow count' "$(quick one.tsv)" "$(slow one.lts)"
is 'all rows of one class: MCC 0, no AUROC, AUPRC 1' \
	"$(awk -F '\t' '$1 == "mcc" && $2 == "-" || $2 == "house" && $1 ~ /^au/ { print $1, $3 }' one.tsv)" 'mcc 0
auroc -
auprc 1'
lt cat --slice 4:5 scores.lts -o row.lts
ok 'one row' ev --figures all --format tsv row.lts
is 'one row: intervals of the bootstrap are that row' "$(awk -F '\t' '$1 ~ /^accuracy_(low|high)$/ && $2 == "-" { print $3 }' out | sort -u | wc -l)" 1

# Many equal scores: logits that are whole numbers.
edit '
for col, start, size in places(header, meta["n"], body) if kind == "ROWS" else []:
    if col["name"] == "logits":
        cells = memoryview(body)[start:start + size].cast("f")
        for i in range(len(cells)):
            cells[i] = round(cells[i])' <scores.lts >whole.lts
ev --figures all --prior-ratios 10 --format tsv whole.lts >whole.tsv
is 'ties, by a slow count' "$(quick whole.tsv)" "$(slow whole.lts)"

# ---------------------------------------------------------------- forms

head -n "$(wc -l <plain.tsv)" all.tsv >head.tsv
same 'TSV begins with the output without --figures' head.tsv plain.tsv
ev --figures all scores.lts >all.text
head -n "$(wc -l <plain.text)" all.text >head.text
same 'text begins with the output without --figures' head.text plain.text
ok 'rows give the text of their scores' ev --figures all --model model.lts test.lts
same 'rows give the text of their scores: the same bytes' out all.text
ev --figures all --prior-ratios 10 --format json scores.lts >all.json
is 'JSON is JSON, with the figures of TSV and the members without --figures' "$("$PYTHON" - <<'END2'
import json
figures, plain = json.load(open('all.json')), json.load(open('plain.json'))
lines = {tuple(l[:2]): l[2] for l in (l.rstrip('\n').split('\t') for l in open('all.tsv'))}
wrong = [k for k in plain if figures[k] != plain[k]]
def check(name, of, value):
    text = lines[name, of]
    return [] if value == (None if text == '-' else float(text)) else [(name, of)]
for name, f in figures['figures'].items():
    wrong += check(name, '-', f['value'])
    for bound in ('low', 'high'):
        wrong += check(name + '_' + bound, '-', f[bound]) if bound in f else []
for c in figures['class_figures']:
    for name in c:
        wrong += check(name, c['name'], c[name]) if name != 'name' else []
print(wrong, len(figures['figures']), figures['level'], figures['bootstrap'])
END2
)" '[] 15 0.95 1000'
is 'text: macro F1 in percent' "$(awk '$1 == "macro" { print $3 }' all.text)" \
	"$(awk -F '\t' '$1 == "macro_f1" { printf "%.2f", 100 * $3 }' all.tsv)"
is 'text: AUROC of a class' "$(awk '$1 == "figure" { on = 1 } on && $1 == "tree" { print $4 }' all.text)" \
	"$(awk -F '\t' '$1 == "auroc" && $2 == "tree" { printf "%.4f", $3 }' all.tsv)"
is 'only requested figures' "$(ev --figures mcc,f1 --format tsv scores.lts | awk -F '\t' 'NR > n { print $1 }' n="$(wc -l <plain.tsv)" | uniq | tr '\n' ' ')" 'macro_f1 mcc f1 '
is 'only MCC: no table of classes' "$(ev --figures mcc scores.lts | tail -n 2 | tr -s ' ')" 'figure value
Matthews correlation '"$(awk -F '\t' '$1 == "mcc" { printf "%.4f", $3 }' all.tsv)"

# ---------------------------------------------------------------- intervals

for threads in 2 5; do
	"$LT_BIN/eval" --threads $threads --figures all --prior-ratios 10 --format tsv scores.lts >t
	same "--threads $threads: the same bytes" t all.tsv
done
ev --figures intervals --seed 1 --format tsv scores.lts >seed.tsv
differ '--seed draws other rows' "$(grep _low seed.tsv)" "$(grep -e _low all.tsv)"
bound() { awk -F '\t' -v m="$2" '$1 == m && $2 == "-" { print $3 }' "$1"; }
ev --figures intervals --level 0.6 --format tsv scores.lts >narrow.tsv
ok '--level 0.6 is narrower than 0.95' awk -v a="$(bound narrow.tsv accuracy_low)" -v b="$(bound narrow.tsv accuracy_high)" \
	-v c="$(bound all.tsv accuracy_low)" -v d="$(bound all.tsv accuracy_high)" 'BEGIN { exit !(b - a < d - c && a > c) }'
ok '--level: in the heading' sh -c '"$LT_BIN/eval" --figures intervals --level 0.6 scores.lts | grep -q "60 % from"'
ok '--bootstrap 100' ev --figures intervals --bootstrap 100 --format json scores.lts
is '--bootstrap: in JSON' "$("$PYTHON" -c 'import json; print(json.load(open("out"))["bootstrap"])')" 100

# ---------------------------------------------------------------- odd inputs

edit 'if kind == "TENS" and meta["name"] == "fc.bias": body[:4] = b"\0\0\xc0\x7f"' <model.lts >nan.lts
ok 'logits that are not finite' ev --figures all --format tsv --model nan.lts test.lts
is 'logits that are not finite: no AUROC, F1 0' "$(awk -F '\t' '$2 == "mug" && $1 ~ /^(f1|auroc|auprc)$/ || $1 == "mcc" { print $1, $3 }' out)" 'mcc 0
f1 0
auroc -
auprc -'
relabel -1 <scores.lts >unlabelled.lts
for format in text tsv; do
	ev -q --figures all --format $format unlabelled.lts >with
	ev -q --format $format unlabelled.lts >without
	same "no labels, no figures: $format" with without
done
is 'no labels: JSON' "$(ev -q --figures all --format json unlabelled.lts | "$PYTHON" -c 'import json, sys; f = json.load(sys.stdin)["figures"]; print(set(v for k in f for v in f[k].values()))')" '{None}'
edit 'meta.pop("train_counts", None)' <scores.lts >bare.lts
ok 'no training counts' ev --figures priors --format tsv bare.lts
err_is 'no training counts: a notice' 'eval: bare.lts: no training counts, so only the uniform prior is used'
is 'no training counts: one prior' "$(awk -F '\t' '/^prior/ { print $1 }' out)" prior_uniform
fails_with 65 'no training counts for ratios' ev --prior-ratios 10 bare.lts -o bad.out
err_is 'no training counts for ratios, message' 'eval: bare.lts: no training counts, which --prior-ratios needs to order the classes'

fails_with 64 'an unknown figure' ev --figures f1,roc scores.lts -o bad.out
err_is 'a figure that is none, message' 'eval: figures "f1,roc" are neither "all" nor some of f1, mcc, auc, intervals and priors, with commas between'
fails_with 64 'no figure' ev --figures '' scores.lts -o bad.out
fails_with 64 'a ratio below 1' ev --prior-ratios 10,0.5 scores.lts -o bad.out
fails_with 64 'a ratio twice' ev --prior-ratios 10,10 scores.lts -o bad.out
fails_with 64 'a level without intervals' ev --level 0.9 --figures f1 scores.lts -o bad.out
err_is 'a level without intervals, message' 'eval: --level: intervals need --figures intervals or --against FILE'
fails_with 64 'replicates without intervals' ev --bootstrap 200 scores.lts -o bad.out
fails_with 64 'an invalid level' ev --figures intervals --level 1 scores.lts -o bad.out
# 54,000 rows: auc keeps 12 bytes a row and 4 a logit, and ranks with 32 a row.
set --
for i in $(seq 60); do set -- "$@" scores.lts; done
lt cat "$@" -o many.lts
set --
for i in $(seq 30); do set -- "$@" many.lts; done
ok 'figures of counts need no memory for rows' ev --figures f1,mcc,priors --max-memory 1M "$@"
fails_with 71 'too little memory for auc' ev --figures auc --max-memory 2M "$@" -o bad.out
err_is 'memory for what auc keeps: the limit' 'eval: more memory than --max-memory 2M would be needed'
ok 'enough memory for auc' ev --figures auc --max-memory 4M "$@"
ok 'nothing is left' sh -c '! ls -A | grep -q -e bad.out -e "^\.lt-"'

done_testing
