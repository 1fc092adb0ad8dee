#!/bin/sh
# lt split --group: rows of one group stay on one side.  The algorithm itself is tested in
# tests/unit/t_split_groups.c.

. "$(dirname "$0")/../lib.sh"
[ -n "$PYTHON" ] || { skip 'lt split' 'no Python with msgpack'; done_testing; }
show() { "$PYTHON" "$here/../stream_edit.py" show "$@"; }
# keys FILE: the names of its rows, from their ids, which number the files in order.
keys() {
	show "' '.join(open('names').read().split()[i] for i in rows.get('id', []))" "$1"
}
counts() { show "' '.join(map(str, d['class_counts']))" "$1"; }
# tracks FILE: the groups that have rows in it.
tracks() { keys "$1" | tr ' ' '\n' | sed -n 's/.*\(t[0-9]*\)_.*/\1/p' | sort -u | tr '\n' ' '; }

# Tracks of 1 to 6 frames.  Most tracks show only a or only b; t30 to t35 show both; c has two
# tracks, d one track, and e one frame.
frame() { { printf 'P5 8 8 255\n' && printf '%064d' "$3"; } >in/"$1"/"$2".pgm; }
mkdir -p in/a in/b in/c in/d in/e
n=0
while [ $n -lt 24 ]; do
	f=0
	while [ $f -le $((n % 6)) ]; do
		frame a t$((100 + n))_$f $n
		[ $((n % 2)) = 0 ] || frame b t$((200 + n))_$f $n
		f=$((f + 1))
	done
	n=$((n + 1))
done
for n in 30 31 32 33 34 35; do frame a t${n}_0 $n && frame b t${n}_1 $n && frame b t${n}_2 $n; done
for f in 0 1 2 3 4 5 6 7; do frame c t40_$f 1 && frame d t42_$f 3; done
frame c t41_0 2 && frame e t43_0 4
(cd in && find . -type f | cut -c 3- | sort) >names
lt import --channels 1 in -o all.lts
is 'the set' "$(counts all.lts)" '90 60 9 8 1'

# ---------------------------------------------------------------- a draw

ok 'groups by a pattern' lt split --profile natural --group 'key:(t[0-9]+)_' --test t.lts --test-share 20% \
	--val v.lts --val-share 10% --rest r.lts --manifest m.txt all.lts -o x.lts
cp err notices
is 'no group is on two sides' "$({ tracks x.lts; tracks t.lts; tracks v.lts; } | tr ' ' '\n' | grep . | sort | uniq -d)" ''
is 'all are on one' "$({ tracks x.lts; tracks t.lts; tracks v.lts; } | wc -w | tr -d ' ')" "$(tracks all.lts | wc -w | tr -d ' ')"
is 'each row is in one output' "$(for f in x t v r; do keys $f.lts; done | tr ' ' '\n' | grep . | sort)" "$(keys all.lts | tr ' ' '\n' | sort)"
near() {
	"$PYTHON" -c "import sys
share, off = float(sys.argv[1]), float(sys.argv[2])
a, b = ([float(x) for x in s.split()][:2] for s in sys.argv[3:])
sys.exit(not all(abs(x / y - share) <= off for x, y in zip(a, b)))" "$@"
}
ok 'the shares of large classes are near' near 0.2 0.03 "$(counts t.lts)" "$(counts all.lts)"
ok 'of validation too' near 0.1 0.03 "$(counts v.lts)" "$(counts all.lts)"
is 'two tracks: the small one is for testing' "$(counts t.lts | cut -d ' ' -f 3-)" '1 0 0'
is 'none is left for validation' "$(counts v.lts | cut -d ' ' -f 3-)" '0 0 0'
is 'a class in one track stays in training' "$(counts x.lts | cut -d ' ' -f 3-)" '8 8 1'
is 'a notice says what came of it' "$(sed -n '3s/[0-9.]* %/N %/g; 3s/has [0-9]* /has N /gp' notices)" \
	'ltsplit: --group: 46 groups; --test has N of them, N % of the rows (0.0 to N % of a class); --val has N of them, N % of the rows (0.0 to N % of a class)'
is 'which classes have too few' "$(sed -n 1,2p notices)" \
	"ltsplit: --test gets no row of 2 of 5 classes, which have too few groups: 'd', 'e'
ltsplit: --val gets no row of 3 of 5 classes, which have too few groups: 'c', 'd', 'e'"
is 'with numbers that are right' "$(sed -n '3s/.*--test has \([0-9]*\) of them, \([0-9.]* %\).*/\1 \2/p' notices)" \
	"$(tracks t.lts | wc -w | tr -d ' ') $("$PYTHON" -c "print('%.1f' % (100 * sum(map(int, '$(counts t.lts)'.split())) / 168))") %"
is 'provenance' "$(show "' '.join(h['prov'][-1]['opts'])" x.lts)" \
	'--profile=natural --val-share=0.1 --test-share=0.2 --group=key:(t[0-9]+)_'

again() {
	lt split --profile natural --group 'key:(t[0-9]+)_' --test t2.lts --test-share 20% --val v2.lts --val-share 10% \
		"$@" -o x2.lts 2>/dev/null
}
again --threads 4 all.lts
same 'more threads: the same training rows' x.lts x2.lts
same 'test rows' t.lts t2.lts
same 'validation rows' v.lts v2.lts
lt cat all.lts | again
is 'from a pipe' "$(keys t2.lts)|$(keys v2.lts)" "$(keys t.lts)|$(keys v.lts)"
again --seed 1 all.lts
tap "$([ "$(tracks t.lts)" != "$(tracks t2.lts)" ]; echo $?)" 'another seed draws other groups'
is 'whole ones' "$({ tracks x2.lts; tracks t2.lts; tracks v2.lts; } | tr ' ' '\n' | grep . | sort | uniq -d)" ''
ok 'replay' lt split --replay m.txt --test t2.lts --val v2.lts --rest r2.lts all.lts -o x2.lts
is 'gives the same' "$(keys x2.lts)|$(keys t2.lts)|$(keys v2.lts)" "$(keys x.lts)|$(keys t.lts)|$(keys v.lts)"
is 'the manifest lists every row' "$(cut -f 1 m.txt | sort | uniq -c | awk '{ s += $1 } END { print s }')" 169

ok 'a pattern without a subexpression' lt split --profile natural --group 'key:t[0-9]+_' --test t2.lts --test-share 20% \
	--val v2.lts --val-share 10% all.lts -o x2.lts
# The texts differ by a "_", so they are shuffled from another order.
is 'takes the whole match' "$({ tracks x2.lts; tracks t2.lts; tracks v2.lts; } | wc -w | tr -d ' ')" 46
ok 'a column of integers' lt split --profile natural --group id --test t2.lts --test-share 20% --val v2.lts --val-share 10% all.lts -o x2.lts
is 'each row by itself: as without groups' "$(counts t2.lts)|$(counts v2.lts)" '18 12 2 2 0|9 6 1 1 0'
ok 'a column of texts' lt split --profile natural --group key --test t2.lts --test-share 20% all.lts -o x2.lts
is 'alike' "$(counts t2.lts)" '18 12 2 2 0'

# ---------------------------------------------------------------- with what else there is

ok 'a ratio and unlabelled rows' lt split --order by-count --ratio 10 --max 20 --allow-short --unlabeled u.lts --unlabeled-factor 0.5 \
	--group 'key:(t[0-9]+)_' --test t2.lts --test-share 20% --val v2.lts --val-share 10% --rest r2.lts all.lts -o x2.lts
is 'hold out the same groups' "$(keys t2.lts)|$(keys v2.lts)" "$(keys t.lts)|$(keys v.lts)"
is 'and draw from the others' "$(for f in x2 u r2; do keys $f.lts; done | tr ' ' '\n' | grep . | sort)" "$(keys x.lts | tr ' ' '\n' | sort)"
is 'by the formula' "$(counts x2.lts)" '20 11 6 3 1'
is 'replay of that' "$(lt split --order by-count --ratio 10 --max 20 --allow-short --manifest m2.txt \
	--group 'key:(t[0-9]+)_' --test w.lts --test-share 20% all.lts -o w2.lts 2>/dev/null &&
	lt split --replay m2.txt --test w3.lts all.lts -o w4.lts && cmp -s w2.lts w4.lts; keys w3.lts)" "$(keys w.lts)"
"$PYTHON" "$here/../stream_edit.py" edit 'meta.pop("class_counts", 0) if kind == "LTS1" else 0
y[:] = type(y)(__import__("array").array("i", [-1 if v == 3 else v for v in y])) if kind == "ROWS" else y' <all.lts >some.lts
ok 'rows without a label' lt split --profile natural --group 'key:(t[0-9]+)_' --test t2.lts --test-share 20% --rest r2.lts some.lts -o x2.lts
is 'come in the rest' "$(tracks r2.lts)" 't42 '
ok 'two segments' sh -c 'cat all.lts all.lts | lt split --profile natural --group "key:(t[0-9]+)_" --test t2.lts --test-share 20% -o x2.lts'
is 'one group in both is one' "$({ tracks x2.lts; tracks t2.lts; } | tr ' ' '\n' | grep . | sort | uniq -d)" ''
is 'all rows' "$(show "d['rows']" x2.lts) $(show "d['rows']" t2.lts)" "$(echo "$(counts x2.lts)" "$(counts t2.lts)" |
	awk '{ print $1 + $2 + $3 + $4 + $5, $6 + $7 + $8 + $9 + $10 }')"

# ---------------------------------------------------------------- what is refused

bad() {
	fails_with "$1" "$2" lt split --profile natural --test w5.lts --test-share 20% --group "$3" all.lts -o w6.lts
	err_has 'says so' "$4"
}
bad 65 'a column that is not there' track "all.lts: no column 'track' for --group"
bad 65 'the beginning of a name' ke "all.lts: no column 'ke' for --group"
bad 65 'the image' image 'all.lts: column image is the image, no groups'
bad 65 'the label' y 'all.lts: column y is the label, no groups'
bad 65 'a pattern for integers' id:1 'all.lts: column id holds integers, which --group takes without a pattern'
bad 65 'a key that does not match' 'key:t1[0-9]+' "all.lts: row 84: no match of --group in 'a/t30_0.pgm'"
bad 65 'an empty match' 'key:x*' "all.lts: row 0: no match of --group in 'a/t100_0.pgm'"
bad 64 'a wrong pattern' 'key:(t' "ltsplit: --group: '(t': "
bad 64 'no pattern' key: "--group: no pattern behind the ':' of 'key:'"
bad 64 'no column' :x "--group: ':x' names no column"
bad 64 'nothing' '' "--group: '' names no column"
fails_with 64 'groups without shares' lt split --group key all.lts -o w6.lts
err_is 'says so' 'ltsplit: --group needs --test-share or --val-share'
fails_with 64 'groups and validation by number' lt split --group key --test w5.lts --test-share 20% --val w7.lts --val-per-class 2 all.lts -o w6.lts
err_is 'says so' 'ltsplit: --val-per-class: with --group use --val-share'
fails_with 64 'groups in a replay' lt split --replay m.txt --group key all.lts -o w6.lts
is 'nothing is left behind' "$(ls w5.lts w6.lts w7.lts ./*.tmp 2>/dev/null)" ''
lt synth --per-class 0 -o empty.lts
ok 'no rows' lt split --profile natural --group id --test t2.lts --test-share 20% empty.lts -o x2.lts
is 'no groups' "$(tail -n 1 err)" 'ltsplit: --group: 0 groups'

# ---------------------------------------------------------------- memory

# 40 bytes per row if each row is its own group: 180,000 more rows take at most 7.2 MB more.  The
# peak is read while the program is blocked, because only the first frame of its output is read.
if [ -z "$LT_SAN" ] && [ -r /proc/self/status ]; then
	lt synth --size 8 --per-class 2000 -o small.lts
	lt synth --size 8 --per-class 20000 -o large.lts
	peak() {
		"$PYTHON" -c "import re, subprocess, sys
p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
p.stdout.read(1200000)
print(re.search('VmHWM:\\s*([0-9]+)', open('/proc/%d/status' % p.pid).read()).group(1))
p.kill()" lt split -q --profile natural --group id --test t2.lts --test-share 20% "$1"
	}
	small=$(peak small.lts) large=$(peak large.lts)
	echo "# $small KiB for 20,000 rows, $large for 200,000"
	ok 'memory grows by 40 bytes a row at most' test $((large - small)) -le 7030
fi

done_testing
