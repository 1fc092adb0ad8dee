#!/bin/sh
# tsne: points in the plane from features, as a stream and as text; errors.  t_tsne tests the
# quality of the points.
. "$(dirname "$0")/../lib.sh"
. "$here/../learn.sh"

tiny_streams || exit 1
learn train --epochs 1 long.lts -o model.lts
"$LT_BIN/eval" --threads 1 --model model.lts --scores from-model.lts all.lts -o report
# Features of 120 rows in three classes: 20 along the axis of the class, plus the model's features.
edit '
for col, at0, size in places(header, meta["n"], body) if kind == "ROWS" else []:
    if col["name"] == "feature":
        cells = memoryview(body)[at0:at0 + size].cast("f")
        width = col["shape"][0]
        scale = max(abs(v) for v in cells)
        for i in range(meta["n"]):
            for k in range(width):
                cells[i * width + k] = cells[i * width + k] / scale + 20 * (k == y[i])' <from-model.lts >scores.lts
ts() { "$LT_BIN/tsne" --threads 1 --iterations 300 "$@"; }

# ------------------------------------------------------------------------------ a stream

ok 'a stream' ts scores.lts -o xy.lts
mv err notice
ok 'and a notice with the divergence' grep -Eqx 'tsne: 120 rows, KL divergence [0-9.]+' notice
ok 'the stream is whole' lt cat --check xy.lts
is 'one more column, of two floats' "$(show '[(c["name"], c["dtype"], c["shape"]) for c in h["cols"]][-2:], h["kind"]' xy.lts)" \
	"([('feature', '<f4', [64]), ('xy', '<f4', [2])], 'scores')"
lt cat --drop xy xy.lts -o without.lts
for column in id y logits feature; do
	lt cat --take $column --raw scores.lts >one
	lt cat --take $column --raw without.lts >two
	same "$column is unchanged" one two
done
is 'provenance' "$(show '[p["prog"] for p in h["prov"]][-2:], h["prov"][-1]["in"][0][0], len(d["inputs"])' xy.lts)" "(['eval', 'tsne'], 'data', 1)"
is 'its options' "$(opts_of xy.lts)" \
	'--column=feature --perplexity=30 --theta=0.5 --exaggeration=12 --iterations=300 --rate=50 --init=pca'
noted=$(show '["%.4f" % n["kl_divergence"] for n in notes]' xy.lts)
is 'the divergence is noted in the stream' "$noted" "['$(sed 's/.* //' notice)']"
ok 'scores remain scores' sh -c '"$LT_BIN/eval" xy.lts >one && "$LT_BIN/eval" scores.lts >two && cmp one two'

for threads in 2 3; do
	ts -q --threads $threads scores.lts -o threads.lts
	same "$threads threads: the same bytes" xy.lts threads.lts
done
ts -q <scores.lts >stdin.lts
same 'from stdin to stdout: the same bytes' xy.lts stdin.lts
ts -q --seed 1 scores.lts -o seed.lts
differ 'another seed' "$(lt cat --take xy xy.lts)" "$(lt cat --take xy seed.lts)"
ts -q xy.lts -o again.lts
is 'a column xy is replaced' "$(show '[c["name"] for c in h["cols"]].count("xy")' again.lts)" 1
is 'by the same points' "$(lt cat --take xy again.lts)" "$(lt cat --take xy xy.lts)"
lt cat --slice 0:50 scores.lts -o first.lts
lt cat --slice 50: scores.lts -o rest.lts
ok 'two files' ts first.lts rest.lts -o two.lts
is 'are one set of rows' "$(lt cat --take xy two.lts)" "$(lt cat --take xy xy.lts)"
ok 'another column' ts --column logits scores.lts -o logits.lts
differ 'another column is embedded' "$(lt cat --take xy logits.lts)" "$(lt cat --take xy xy.lts)"

# ------------------------------------------------------------------------------ text

ok 'text' ts --format tsv scores.lts
cp out tsv
is 'heading' "$(head -n 1 tsv | tr '\t' ' ')" 'x y label key'
is 'the same points, labels by name, the id' "$(sed 1d tsv | tr '\t' ' ')" \
	"$(lt cat --take xy,y,id xy.lts | awk '{ print $1, $2, ($3 == 0 ? "mug" : $3 == 1 ? "tree" : "house"), $4 }')"
# Distant classes remain separate: the nearest neighbour of every point is of its class.
right='NR > 1 { x[NR] = $1; y[NR] = $2; label[NR] = $3 }
END {
	for (i = 2; i <= NR; i++) {
		least = 1e30
		for (j = 2; j <= NR; j++) {
			d = (x[i] - x[j]) ^ 2 + (y[i] - y[j]) ^ 2
			if (j != i && d < least) { least = d; best = label[j] }
		}
		right += best == label[i]
	}
	print right
}'
is 'nearest neighbours are of the same class' "$(awk -F '\t' "$right" tsv)" 120
for options in '--theta 0' '--init random' '--perplexity 1.5 --rate 10'; do
	# shellcheck disable=SC2086 # they are words
	ts --format tsv $options scores.lts >other 2>err
	is "and so with $options" "$(awk -F '\t' "$right" other)" 120
	differ "and are others with $options" "$(cat other)" "$(cat tsv)"
done
edit 'if kind == "LTS1": meta["cols"][0].update(name="key", dtype="bytes")
if kind == "ROWS":
    import struct
    n = meta["n"]
    keys = [b"a\tb" if i == 0 else b"%d.png" % i for i in range(n)]
    ends = [sum(map(len, keys[:i])) for i in range(n + 1)]
    new = struct.pack("<%dQ" % (n + 1), *ends) + b"".join(keys)
    new += bytes(-len(new) % 64)
    old = (8 * n + 63) // 64 * 64
    body = bytearray(new + bytes(body[old:]))' <scores.lts >keyed.lts
ok 'rows with keys' ts --format tsv keyed.lts
is 'give their keys, on one line each' "$(sed -n '2,3p' out | cut -f 4 | tr '\n' ' ')$(wc -l <out)" 'a\tb 1.png 121'
edit 'if kind == "ROWS": y[0] = -1' <scores.lts >unlabelled.lts
ok 'no label' ts --format tsv unlabelled.lts
is 'no label: a dash' "$(sed -n 2p out | cut -f 3)" -

# --------------------------------------------------------------------------- equal rows

edit '
for col, at0, size in places(header, meta["n"], body) if kind == "ROWS" else []:
    if col["name"] == "feature":
        body[at0:at0 + size] = bytes(size)' <scores.lts >zero.lts
ok 'all features zero' ts --format tsv zero.lts
is 'all features zero: finite points' "$(sed 1d out | cut -f 1,2 | grep -Evc '^-?[0-9.e-]+	-?[0-9.e-]+$')" 0

# ----------------------------------------------------------------------------- refusals

fails_with 64 'a perplexity for more rows' ts --perplexity 40 scores.lts -o bad.out
err_is 'a perplexity for more rows, message' 'tsne: --perplexity: 40 is too large for 120 rows; at most 39'
lt cat --slice 0:3 scores.lts -o three.lts
fails_with 64 'three rows' ts three.lts -o bad.out
err_is 'three rows, message' 'tsne: --perplexity: 3 rows are too few for any value'
lt cat --slice 0:0 scores.lts -o none.lts
fails_with 64 'no rows' ts none.lts -o bad.out
fails_with 64 'a perplexity below 1' ts --perplexity 0.5 scores.lts -o bad.out
fails_with 65 'images' ts all.lts -o bad.out
err_is 'images, message' "tsne: all.lts: no column 'feature' of <f4, a vector a row; lt eval --scores writes features, --column names another column"
fails_with 65 'a column of numbers' ts --column y scores.lts -o bad.out
fails_with 65 'a model' ts model.lts -o bad.out
fails_with 65 'files of other columns' ts scores.lts xy.lts -o bad.out
learn train --epochs 1 --seed 1 long.lts -o another.lts
"$LT_BIN/eval" --threads 1 --model another.lts --scores another-scores.lts test.lts -o report
fails_with 65 'scores of two models' ts scores.lts another-scores.lts -o bad.out
err_is 'scores of two models, message' 'tsne: another-scores.lts: scores of another model than scores.lts'
for value in '00 00 c0 7f' '00 00 80 ff'; do
	edit '
for col, at0, size in places(header, meta["n"], body) if kind == "ROWS" else []:
    if col["name"] == "feature":
        body[at0 + 4 * 64 * 7 + 12:at0 + 4 * 64 * 7 + 16] = bytes.fromhex("'"$value"'")' <scores.lts >bad.lts
	fails_with 65 "not finite: $value" ts bad.lts -o bad.out
	err_is "not finite: $value, message" "tsne: bad.lts: row 7: a value of 'feature' is not finite"
done
for bytes in 100 5000 $(($(wc -c <scores.lts) - 1)); do
	head -c "$bytes" scores.lts >cut.lts
	fails_with 65 "cut after $bytes bytes" ts cut.lts -o bad.out
	err_has "cut after $bytes bytes, message" 'tsne: cut.lts:'
done
set -- scores.lts scores.lts scores.lts scores.lts scores.lts
lt cat "$@" "$@" -o many.lts
fails_with 71 'little memory' ts --max-memory 1M many.lts -o bad.out
err_has 'little memory, message' 'more memory than --max-memory 1M would be needed'
fails_with 71 'little memory for all pairs' ts --theta 0 --max-memory 8M many.lts -o bad.out
ok 'little memory suffices for the tree' ts --iterations 10 --max-memory 8M many.lts -o tree.lts
fails_with 74 'a full disk' ts scores.lts -o /dev/full
ok 'nothing is left' sh -c '! ls -A | grep -q -e bad.out -e "^\.lt-"'
ok 'a failure goes downstream' sh -c '"$LT_BIN/tsne" bad.lts 2>err | lt cat --check 2>said; grep -q "upstream tsne failed: bad.lts: row 7" said'

done_testing
