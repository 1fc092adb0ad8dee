#!/bin/sh
# lt split: the rows of each output, and errors.  tests/unit/t_split.c checks the draws against
# numpy; here one of them goes through the whole program.

. "$(dirname "$0")/../lib.sh"
[ -n "$PYTHON" ] || { skip 'lt split' 'no Python with msgpack'; done_testing; }
edit() { "$PYTHON" "$here/../stream_edit.py" edit "$1"; }
show() { "$PYTHON" "$here/../stream_edit.py" show "$@"; }
ids() { show "' '.join(map(str, rows['id']))" "$1"; }
rows() { show "sum(x['rows'] for x in [d])" "$1"; }
counts() { show "' '.join(map(str, d['class_counts']))" "$1"; }

# 50 small images a class; row r is of class r mod 10.
lt synth --size 8 --per-class 50 -o all.lts

# ---------------------------------------------------------------- the draw

# numpy 1.24: seed(3); for each class shuffle(arange(class, 500, 10)); the first
# int(50.0 * pow(0.1, class / 9.0)) of each.
ok 'a subset' lt split --ratio 10 --seed 3 all.lts -o a.lts
is 'its counts' "$(counts a.lts)" '50 38 29 23 17 13 10 8 6 5'
is 'its rows are those of the published selection' \
	"$(show "__import__('zlib').crc32('\n'.join(map(str, rows['id'] + [''])).encode())" a.lts)" 4145264890
is 'in input order' "$(show "rows['id'] == sorted(rows['id'])" a.lts)" True
is 'labels are kept' "$(show "[i % 10 for i in rows['id']] == rows['y']" a.lts)" True
is 'the header says split and counts' "$(show "h['split'], h['class_counts'] == d['class_counts']" a.lts)" "('train', True)"
is 'provenance of input and draw' "$(show "[(p['prog'], p['out'], p['seed'], p['in']) for p in h['prov']]" a.lts)" \
	"[('ltsynth', 'stdout', 0, []), ('ltsplit', 'stdout', 3, [['data', 0]])]"
is 'options in provenance' "$(show "' '.join(h['prov'][1]['opts'])" a.lts)" '--ratio=10 --profile=exp'
is 'images are those rows' "$(lt cat all.lts | "$PYTHON" -c "
import subprocess, sys
show = lambda f: eval(subprocess.check_output([sys.executable, '$here/../stream_edit.py', 'show', \"dict(zip(rows['id'], rows['image']))\", f]))
a, b = show('all.lts'), show('a.lts')
print(all(a[k] == v for k, v in b.items()))")" True

ok 'from a pipe' sh -c 'cat all.lts | lt split --ratio 10 --seed 3 -o pipe.lts'
same 'the same bytes' a.lts pipe.lts
ok 'from stdin that is a file' sh -c 'lt split --ratio 10 --seed 3 <all.lts >file.lts'
same 'the same bytes' a.lts file.lts
ok 'more threads' lt split --ratio 10 --seed 3 --threads 3 all.lts -o threads.lts
same 'change nothing' a.lts threads.lts

# ---------------------------------------------------------------- profiles and order

counts_of() { lt split "$@" all.lts -o c.lts && counts c.lts; }
is 'step' "$(counts_of --profile step --ratio 10)" '50 50 50 50 50 5 5 5 5 5'
is 'none' "$(counts_of --profile none --max 7)" '7 7 7 7 7 7 7 7 7 7'
is 'the default ratio is 100' "$(counts_of --max 50)" '50 29 17 10 6 3 2 1 0 0'
is 'order by number' "$(counts_of --ratio 10 --order 1,2,3,4,5,6,7,8,9,0)" '5 50 38 29 23 17 13 10 8 6'
is 'order by name' "$(counts_of --ratio 10 --order tree,house,car,boat,bottle,chair,lamp,mushroom,umbrella,mug)" \
	'5 50 38 29 23 17 13 10 8 6'
printf '# a comment\n\numbrella 3\nmug\t2\n1 4\n' >counts
for c in 2 3 4 5 6 7 8; do echo "$c  1"; done >>counts
is 'counts from a file' "$(counts_of --profile counts:counts)" '2 4 1 1 1 1 1 1 1 3'
is 'whose name is not told' "$(show "[x for x in h['prov'][1]['opts'] if 'profile' in x], h['prov'][1]['in'][1][0]" c.lts)" \
	"(['--profile=counts'], 'counts')"
# 30 rows of class 1 suffice for a head count of 40: int(40 * 0.1 ** (1 / 9)) is 30; 41 needs 31.
edit 'kind == "LTS1" and meta.pop("class_counts")
y[:] = type(y)(__import__("array").array("i", [-1 if (at + i) % 10 == 1 and at + i < 200 else v for i, v in enumerate(y)])) if kind == "ROWS" else y' \
	<all.lts >fewer.lts
ok 'a head count that all can serve' lt split --ratio 10 fewer.lts -o c.lts
is 'is found' "$(counts c.lts)" '40 30 23 18 14 11 8 6 5 4'
is 'and said' "$(cat err)" \
	'ltsplit: head count 40: the largest that every class can serve; with --order by-count it is 48'

# ---------------------------------------------------------------- all outputs

ok 'all outputs' lt split --ratio 10 --max 20 --seed 3 --unlabeled u.lts --unlabeled-factor 1.2 --val v.lts \
	--val-per-class 4 --rest r.lts --manifest m.txt all.lts -o l.lts
is 'labelled counts' "$(counts l.lts)" '20 15 11 9 7 5 4 3 2 2'
is 'unlabelled rows' "$(rows u.lts)" 87
is 'have no label' "$(show "set(rows['y'])" u.lts)" '{-1}'
is 'and a hidden one' "$(show "[i % 10 for i in rows['id']] == rows['y_true']" u.lts)" True
is 'unlabelled counts' "$(show "[rows['y_true'].count(c) for c in range(10)]" u.lts)" '[26, 17, 14, 11, 8, 5, 2, 2, 2, 0]'
is 'the split of each' "$(for f in l u v r; do show "h['split']" $f.lts; done | tr '\n' ' ')" 'train unlabeled val train '
is 'the name of each in provenance' "$(for f in l u v r; do show "h['prov'][-1]['out']" $f.lts; done | tr '\n' ' ')" \
	'stdout unlabeled val rest '
is 'validation counts' "$(counts v.lts)" '4 4 4 4 4 4 4 4 4 4'
is 'each row is in one output' "$(for f in l u v r; do ids $f.lts; done | tr ' ' '\n' | sort -n | tr '\n' ' ')" \
	"$(seq -s ' ' 0 499) "
ok 'the same without the others' lt split --ratio 10 --max 20 --seed 3 all.lts -o l2.lts
is 'labels the same rows' "$(ids l2.lts)" "$(ids l.lts)"
is 'the input is recorded' "$(show "d['inputs'][0]['rows'], d['inputs'][0]['crcs'] == $(show "d['crcs']" all.lts)" u.lts)" '(500, True)'
is 'reversed' "$(lt split --max 10 --ratio 5 --unlabeled w.lts --unlabeled-factor 1 --unlabeled-profile reversed all.lts -o c.lts &&
	show "[rows['y_true'].count(c) for c in range(10)]" w.lts)" '[0, 0, 3, 3, 3, 3, 6, 6, 9, 12]'
is 'uniform' "$(lt split --max 10 --ratio 5 --unlabeled w.lts --unlabeled-factor 1 --unlabeled-profile uniform all.lts -o c.lts &&
	show "[rows['y_true'].count(c) for c in range(10)]" w.lts)" '[4, 4, 4, 4, 4, 4, 4, 4, 4, 4]'

# ---------------------------------------------------------------- manifest and replay

is 'the manifest names the input' "$(head -n 1 m.txt)" "$(printf 'lt-split-manifest 1\tdata\t500\t%08x' "$(show "d['crcs']" all.lts)")"
is 'and every drawn row' "$(cut -f 1 m.txt | sort | uniq -c | tr -s ' \n' ' ')" ' 1 lt-split-manifest 1 78 train 87 unlabeled 40 val '
is 'in draw order' "$(awk -F '\t' '$1 == "train" && $2 == "umbrella" { print $3 }' m.txt | tr '\n' ' ')" '439 99 '
ok 'replay' lt split --replay m.txt --unlabeled u3.lts --val v3.lts --rest r3.lts all.lts -o l3.lts
for f in l u v r; do
	is "gives the same rows ($f)" "$(ids ${f}3.lts)" "$(ids $f.lts)"
done
is 'without options of a draw' "$(show "h['prov'][1]['opts'], h['prov'][1]['in'][1][0]" l3.lts)" "([], 'manifest')"
lt synth --size 8 --per-class 50 --seed 1 -o other.lts
fails_with 65 'replay on another input' lt split --replay m.txt other.lts -o x.lts
err_has 'says so' 'other.lts: not the stream that m.txt was made from'
fails_with 64 'replay with options of a draw' lt split --replay m.txt --ratio 10 all.lts -o x.lts
bad_manifest() {
	fails_with 65 "a manifest with $1" lt split --replay bad.txt all.lts -o x.lts
	err_has 'is refused' "$2"
}
sed '2s/[0-9]*$/500/' m.txt >bad.txt && bad_manifest 'a row too many' 'bad.txt:2: no such row'
sed '2p' m.txt >bad.txt && bad_manifest 'a row twice' 'bad.txt:3: a row for the second time'
sed '2s/mug/tree/' m.txt >bad.txt && bad_manifest 'a row of another class' 'bad.txt:2: the row is of another class'
sed '2s/train/rest/' m.txt >bad.txt && bad_manifest 'a wrong output' 'bad.txt:2: no such output'
sed '2s/$/	1/' m.txt >bad.txt && bad_manifest 'a field too many' 'bad.txt:2: not an output, a class and a row'
: >bad.txt && bad_manifest 'nothing in it' 'bad.txt: not a manifest of lt split'
printf 'lt-split-manifest 1\tdata\t500\n' >bad.txt && bad_manifest 'half a first line' 'bad.txt:1: not the first line of a manifest'
head -c 3000 /dev/zero >bad.txt && bad_manifest 'zero bytes' 'bad.txt:1: a zero byte'

# ---------------------------------------------------------------- pool and irrelevant rows

lt synth --size 8 --split unlabeled --per-class 100 -o pool.lts
lt synth --size 8 --classes 16 --per-class 20 --seed 5 -o strange.lts
ok 'a pool' lt split --ratio 10 --pool pool.lts --unlabeled u.lts --unlabeled-factor 2 all.lts -o p.lts
is 'gives unlabelled rows' "$(show "[rows['y_true'].count(c) for c in range(10)]" u.lts)" '[99, 76, 58, 45, 35, 25, 20, 15, 12, 7]'
is 'in its own order and numbers' "$(show "rows['id'] == sorted(rows['id']), [i % 10 for i in rows['id']] == rows['y_true']" u.lts)" '(True, True)'
is 'with the provenance of both' "$(show "[p['prog'] for p in h['prov']], h['prov'][-1]['in']" u.lts)" \
	"(['ltsynth', 'ltsynth', 'ltsplit'], [['data', 0], ['pool', 1]])"
is 'which the labelled rows do not have' "$(show "len(h['prov'])" p.lts)" 2
lt split --ratio 10 all.lts -o alone.lts
is 'and they are the same' "$(ids p.lts)" "$(ids alone.lts)"
ok 'a pool with labels' sh -c 'lt split --ratio 10 --pool other.lts --unlabeled w.lts --unlabeled-factor 0.5 all.lts -o c.lts'
is 'loses them' "$(show "set(rows['y']), [i % 10 for i in rows['id']] == rows['y_true']" w.lts)" '({-1}, True)'
ok 'irrelevant rows' lt split --ratio 10 --pool pool.lts --unlabeled i.lts --unlabeled-factor 2 --relevance 0.6 \
	--irrelevant strange.lts --manifest im.txt all.lts -o c.lts
is 'the total is kept' "$(rows i.lts)" "$(rows u.lts)"
is 'a share of each class' "$(show "[rows['y_true'].count(c) for c in range(-1, 10)]" i.lts)" '[159, 59, 45, 34, 27, 21, 15, 12, 9, 7, 4]'
is 'the others come last' "$(show "rows['y_true'].index(-1)" i.lts)" 233
is 'and are listed' "$(grep -c '^irrelevant	-	' im.txt)" 159
is 'relevant rows are among those without' \
	"$(show "set(r for r, t in zip(rows['id'], rows['y_true']) if t >= 0) <= set($(show "rows['id']" u.lts))" i.lts)" True
ok 'replay of all three' lt split --replay im.txt --pool pool.lts --irrelevant strange.lts --unlabeled i2.lts all.lts -o c.lts
is 'gives the same' "$(ids i2.lts)" "$(ids i.lts)"
fails_with 64 'replay without the pool' lt split --replay im.txt --unlabeled i2.lts all.lts -o c.lts
err_has 'says so' "im.txt: the manifest draws from a pool"

# Several streams of irrelevant rows are treated as one, whatever the names of their classes.
lt synth --size 8 --classes 16 --per-class 30 --seed 6 -o strange2.lts
cat strange.lts strange2.lts >both.lts
some() {
	out=$1 manifest=$2
	shift 2
	lt split --ratio 10 --max 10 --unlabeled "$out" --unlabeled-factor 2 --relevance 0.5 --manifest "$manifest" --rest "r$out" \
		"$@" all.lts -o "c$out"
}
cells() { show "__import__('zlib').crc32(repr([rows[c] for c in ('image', 'id', 'y', 'y_true')]).encode())" "$1"; }
ok 'two streams of irrelevant rows' some s2.lts sm2.txt --irrelevant strange.lts --irrelevant strange2.lts -q
ok 'one that is both' some s1.lts sm1.txt --irrelevant both.lts
is 'gives the same rows' "$(cells s1.lts)" "$(cells s2.lts)"
same 'leaves the same rest' rs1.lts rs2.lts
is 'and lists them alike' "$(sed 1d sm1.txt | cksum)" "$(sed 1d sm2.txt | cksum)"
is 'the manifest names both' "$(head -n 1 sm2.txt | cut -f 5-)" "$(for f in strange strange2; do
	printf 'irrelevant\t%d\t%08x\n' "$(rows $f.lts)" "$(show "d['crcs']" $f.lts)"; done | paste - -)"
is 'so does provenance' "$(show "h['prov'][-1]['in'], [p['seed'] for p in h['prov']]" s2.lts)" \
	"([['data', 0], ['irrelevant', 1], ['irrelevant', 2]], [0, 5, 6, 0])"
is 'and the inputs that are recorded' "$(show "[i['rows'] for i in d['inputs']]" s2.lts)" '[500, 320, 480]'
is 'they keep the id of their own stream' \
	"$(awk -F '\t' '$1 == "irrelevant" { print ($3 < 320 ? "1 " $3 : "2 " $3 - 320) }' sm2.txt | sort -k 1,1n -k 2,2n | cut -d ' ' -f 2 | tr '\n' ' ')" \
	"$(show "' '.join(str(i) for i, t in zip(rows['id'], rows['y_true']) if t < 0)" s2.lts) "
ok 'what each gives' some s2.lts sm2.txt --irrelevant strange.lts --irrelevant strange2.lts
is 'is said' "$(cat err)" "$(awk -F '\t' '$1 == "irrelevant" { n[$3 < 320]++ } END {
	print "ltsplit: strange.lts gives " n[1] " irrelevant rows, strange2.lts " n[0] }' sm2.txt)"
replay() { lt split --replay sm2.txt --unlabeled s3.lts "$@" all.lts -o c.lts; }
ok 'replay of both' replay --irrelevant strange.lts --irrelevant strange2.lts
is 'gives the same rows' "$(cells s3.lts)" "$(cells s2.lts)"
fails_with 65 'replay in another order' replay --irrelevant strange2.lts --irrelevant strange.lts
err_has 'says so' 'strange2.lts: not the stream that sm2.txt was made from'
fails_with 64 'replay without the second' replay --irrelevant strange.lts
err_has 'says so' 'sm2.txt: the manifest draws from 2 streams of irrelevant rows'
fails_with 65 'replay with a third' replay --irrelevant strange.lts --irrelevant strange2.lts --irrelevant pool.lts
err_has 'says so' 'pool.lts: the manifest sm2.txt was made without it'
fails_with 65 'the same stream twice' some x.lts xm.txt --irrelevant strange.lts --irrelevant ./strange.lts -q
err_has 'is refused' './strange.lts: the same rows as strange.lts'
lt synth --size 9 --per-class 50 -o nine.lts
fails_with 65 'a second one of another size' some x.lts xm.txt --irrelevant strange.lts --irrelevant nine.lts -q
err_has 'is refused' 'nine.lts: no column image like that of all.lts'
fails_with 65 'a pool of another image size' lt split --max 5 --pool nine.lts --unlabeled w.lts all.lts -o x.lts
err_has 'is refused' 'nine.lts: no column image like that of all.lts'
fails_with 65 'a pool of other classes' lt split --max 5 --pool strange.lts --unlabeled w.lts all.lts -o x.lts

# ---------------------------------------------------------------- shortages

fails_with 65 'too few rows' lt split --ratio 10 --max 60 all.lts -o x.lts
err_is 'the class and what would fit' "ltsplit: all.lts: class 'mug' has 50 rows, but 60 labelled, 0 unlabelled and 0 validation rows are asked for; the largest that would fit: --max 50"
ok 'that head count' lt split --ratio 10 --max 50 all.lts -o c.lts
fails_with 65 'too few rows left over' lt split --ratio 10 --max 40 --unlabeled w.lts all.lts -o x.lts
err_has 'names both ways out' 'the largest that would fit: --max 9 or --unlabeled-factor 0.13'
ok 'the head count fits' lt split --ratio 10 --max 9 --unlabeled w.lts all.lts -o c.lts
ok 'the factor fits' lt split --ratio 10 --max 40 --unlabeled w.lts --unlabeled-factor 0.13 all.lts -o c.lts
ok '--allow-short' lt split --ratio 10 --max 60 --allow-short --unlabeled w.lts all.lts -o c.lts
is 'gives what there is' "$(counts c.lts)" '50 46 35 27 21 16 12 10 7 6'
fails_with 65 'too few irrelevant rows' lt split --max 40 --unlabeled w.lts --pool pool.lts --relevance 0 --irrelevant all.lts \
	--unlabeled-factor 6 all.lts -o x.lts
err_has 'says how many there are' 'all.lts: 500 rows, but '
fails_with 65 'too few irrelevant rows in two streams' lt split --max 40 --unlabeled w.lts --pool pool.lts --relevance 0 \
	--irrelevant strange.lts --irrelevant strange2.lts --unlabeled-factor 9 all.lts -o x.lts
err_has 'says how many both have' 'strange.lts and 1 other: 800 rows, but '

# ---------------------------------------------------------------- other inputs

edit 'for c in meta.get("cols", []): c["name"] = "number" if c["name"] == "id" else c["name"]' <all.lts >noid.lts
ok 'without ids' lt split --ratio 10 --seed 3 noid.lts -o c.lts
is 'the row becomes the id' "$(ids c.lts)" "$(ids a.lts)"
edit 'y[:] = type(y)(__import__("array").array("i", [-1] * len(y))) if kind == "ROWS" else y' <all.lts >none.lts
fails_with 65 'no labels at all' lt split --max 5 none.lts -o x.lts
lt synth --per-class 0 -o empty.lts
ok 'no rows' lt split --unlabeled w.lts --manifest m0.txt empty.lts -o c.lts
is 'give none' "$(rows c.lts) $(rows w.lts)" '0 0'
ok 'two segments' sh -c 'cat all.lts all.lts | lt split --ratio 10 -o two.lts'
is 'are one table' "$(counts two.lts)" '100 77 59 46 35 27 21 16 12 10'
is 'recorded as two' "$(show "len(d['inputs'])" two.lts)" 2
is 'one origin' "$(show "h['prov'][1]['in']" two.lts)" "[['data', 0]]"
sh -c 'cat all.lts all.lts | lt split --ratio 10 --manifest m2.txt -o c.lts'
ok 'replay of two segments' sh -c 'cat all.lts all.lts | lt split --replay m2.txt -o two2.lts'
is 'gives the same' "$(ids two2.lts)" "$(ids two.lts)"
fails_with 65 'two segments that differ' sh -c 'cat all.lts nine.lts | lt split -o x.lts'
fails_with 65 'no class list' sh -c "\"$PYTHON\" '$here/../stream_edit.py' edit 'meta.pop(\"classes\", 0); meta.pop(\"class_counts\", 0)' <all.lts | lt split -o x.lts"
head -c 40000 all.lts >cut.lts
fails_with 65 'a cut file' lt split cut.lts -o x.lts
err_has 'says so' 'cut.lts:40000: truncated after '
fails_with 65 'a cut pipe' sh -c 'lt split -o x.lts <cut.lts'
fails_with 65 'empty input' sh -c 'lt split -o x.lts </dev/null'
err_is 'says so' 'ltsplit: <stdin>:0: empty input'
fails_with 65 'text' sh -c 'yes hello | lt split -o x.lts'
fails_with 65 'a failure upstream' sh -c 'lt split --max 9999 all.lts 2>/dev/null | lt split -o x.lts'
err_has 'is quoted' 'upstream ltsplit failed'
fails_with 66 'no such file' lt split nothing.lts -o x.lts
fails_with 66 'a directory' lt split . -o x.lts
fails_with 74 'a full disk' sh -c 'lt split all.lts >/dev/full'
fails_with 73 'no such directory' lt split all.lts --unlabeled no/u.lts --max 5 -o x.lts
fails_with 73 'no place to spool' sh -c 'TMPDIR=/nonexistent/either; export TMPDIR; cat all.lts | lt split -o x.lts'

# ---------------------------------------------------------------- options

refused() {
	name=$1
	shift
	fails_with 64 "$name" lt split "$@" all.lts -o x.lts
}
refused 'an unknown profile' --profile linear
refused 'a factor without unlabelled rows' --unlabeled-factor 2
refused 'a pool without unlabelled rows' --pool pool.lts
refused 'relevance without irrelevant rows' --unlabeled w.lts --relevance 0.5
refused 'irrelevant rows without relevance' --unlabeled w.lts --irrelevant strange.lts
refused 'validation without a count' --val v.lts
refused 'a count without validation' --val-per-class 3
refused 'a ratio under 1' --ratio 0.5
refused 'a head count beside counts' --profile counts:counts --max 5
refused 'a seed over 32 bits' --seed 4294967296
refused 'an order that lacks a class' --order 0,1,2
refused 'an order with a class twice' --order 0,1,2,3,4,5,6,7,8,8
refused 'an order with an unknown class' --order 0,1,2,3,4,5,6,7,8,house2
refused 'one file for two outputs' --unlabeled x.lts --max 5
echo 'mug 1' >few
fails_with 65 'counts that lack a class' lt split --profile counts:few all.lts -o x.lts
err_has 'names it' "few: no count for class 'tree'"
echo 'mug -1' >few
fails_with 65 'a negative count' lt split --profile counts:few all.lts -o x.lts
err_has 'names the line' 'few:1: not a class and its count'
is 'nothing is left behind' "$(ls x.lts* no ./*.tmp 2>/dev/null)" ''

# ---------------------------------------------------------------- memory

# 16 bytes per row, without the images: 180,000 more rows take at most 2.9 MB more.  The peak is
# read while the program is blocked, because only the first frame of its output is read.
if [ -z "$LT_SAN" ] && [ -r /proc/self/status ]; then
	lt synth --size 8 --per-class 2000 -o small.lts
	lt synth --size 8 --per-class 20000 -o large.lts
	peak() {
		"$PYTHON" -c "import re, subprocess, sys
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
p.stdout.read(1200000)
print(re.search('VmHWM:\\s*([0-9]+)', open('/proc/%d/status' % p.pid).read()).group(1))
p.kill()" lt split --profile none --max 1900 "$1" --val v.lts --val-per-class 10
	}
	small=$(peak small.lts) large=$(peak large.lts)
	echo "# $small KiB for 20,000 rows, $large for 200,000"
	ok 'memory grows by 16 bytes a row at most' test $((large - small)) -le 2900
fi

done_testing
