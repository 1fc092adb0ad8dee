#!/bin/sh
# lt report --text: its contents in different widths, characters and colours.
. "$(dirname "$0")/../lib.sh"
[ -n "$PYTHON" ] || { skip 'lt report --text' 'no Python with msgpack'; done_testing; }

lt synth --size 8 --classes 3 --per-class 40 | lt split --ratio 8 -o rows.lts
lt synth --size 8 --classes 3 --split test --per-class 20 -o test.lts
lt train --arch resnet20 --epochs 2 --batch 16 -q --log log.tsv rows.lts -o model.lts
lt train --arch resnet20 --epochs 1 --seed 1 --batch 16 -q rows.lts -o other.lts
lt eval --model model.lts --scores scores.lts test.lts >eval.txt
lt eval --model other.lts --scores others.lts test.lts >/dev/null
printf 'epoch\tloss\taccuracy\n1\t4\t0\n2\t3\t0.25\n3\t2\tnan\n4\t0.5\t1\n' >four.tsv

# text ENVIRONMENT… ARGUMENT…: the output to a pipe.
text() {
	env -u LC_ALL -u LC_CTYPE -u LANG -u COLUMNS "$@" scores.lts
}

text LANG=en_GB.UTF-8 lt report --text --log four.tsv >utf8.txt
ok 'the model and its rows' grep -qx 'scores: 60 labelled rows, 3 classes' utf8.txt
is "eval's accuracy" "$(sed -n 's/^accuracy \([0-9.]*\) %.*/\1/p' utf8.txt)" \
	"$("$PYTHON" -c 'import re, sys; print("%.1f" % (float(re.search(r"accuracy\s+([0-9.]+)", open("eval.txt").read()).group(1))))' 2>/dev/null)"
is 'loss as a line' "$(sed -n 's/^loss *//p' utf8.txt)" '█▆▄▁ 4.000 to 0.500 in 4 epochs'
is 'a gap where there is no number' "$(sed -n 's/^accuracy  *\([^0-9]*\) 0.000 to .*/\1/p' utf8.txt)" '▁▃ █'
is 'classes from the largest to the smallest' "$(sed -n '/^class /,$s/^[a-z]*  *\([0-9][0-9]*\) .*/\1/p' utf8.txt | tr '\n' ' ')" '40 14 5 '
text LC_ALL=C LANG=en_GB.UTF-8 lt report --text --log four.tsv >plain.txt
is 'ASCII where the environment does not say UTF-8' "$(LC_ALL=C tr -d '\n -~' <plain.txt | wc -c | tr -d ' ')" 0
is 'its line' "$(sed -n 's/^loss *//p' plain.txt)" '#+-_ 4.000 to 0.500 in 4 epochs'
ok 'no colours into a pipe' sh -c '! grep -q "$(printf "\033")" utf8.txt'

# The bar of a class is its accuracy times the width, for any width.
cat >bars.py <<'END'
import re, sys
columns, width = int(sys.argv[2]), set()
for line in open(sys.argv[1], encoding='utf-8').read().splitlines():
    assert len(line) <= columns, line
    found = re.match(r'\S+ +\d+  (.*) +(\d+\.\d)$', line)
    if found:
        bar, share = found.group(1), float(found.group(2)) / 100
        cells = sum(1 if c == '█' or c == '#' else '▏▎▍▌▋▊▉'.index(c) / 8 + 1 / 8 for c in bar if c != ' ')
        width.add((cells, share))
most = max(cells / share for cells, share in width if share > 0)
full = [cells / share for cells, share in width if share > 0.2]
assert len(width) >= 2 and full and max(full) - min(full) < 4, full
END
for columns in 50 60 132; do
	text LANG=C.UTF-8 COLUMNS=$columns lt report --text --log four.tsv >wide.txt
	ok "$columns columns" "$PYTHON" bars.py wide.txt $columns
	text COLUMNS=$columns lt report --text --log four.tsv >wide.txt
	ok "$columns columns of ASCII" "$PYTHON" bars.py wide.txt $columns
done
text COLUMNS=0 lt report --text >wide.txt
text COLUMNS=80 lt report --text >usual.txt
same 'no width is 80 columns' wide.txt usual.txt

# On a terminal of 70 columns.
cat >terminal.py <<'END'
import fcntl, os, pty, struct, sys, termios
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 70, 0, 0))
child = os.fork()
if child == 0:
    os.dup2(slave, 1)
    os.execvp(sys.argv[1], sys.argv[1:])
os.close(slave)
out = b''
while True:
    try:
        piece = os.read(master, 4096)
    except OSError:
        piece = b''
    if not piece:
        break
    out += piece
sys.stdout.buffer.write(out.replace(b'\r\n', b'\n'))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
END
on_terminal() {
	env -u LC_ALL -u LC_CTYPE -u COLUMNS -u NO_COLOR LANG=C.UTF-8 "$@" scores.lts
}
on_terminal TERM=xterm "$PYTHON" terminal.py lt report --text >colour.txt
is 'a terminal has colours: three bars and the names of their groups' "$(grep -c "$(printf '\033\[3[234]m')" colour.txt)" 4
is 'which end' "$(grep -c "$(printf '\033\[0m')" colour.txt)" 4
on_terminal TERM=xterm NO_COLOR=1 "$PYTHON" terminal.py lt report --text >none.txt
ok 'NO_COLOR' sh -c '! grep -q "$(printf "\033")" none.txt'
ok 'its own width' "$PYTHON" bars.py none.txt 70
on_terminal TERM=dumb "$PYTHON" terminal.py lt report --text >dumb.txt
same 'a terminal that is dumb' dumb.txt none.txt

lt report --text --against others.lts scores.lts >two.txt
is 'two models' "$(grep -c 'labelled rows' two.txt)" 2
is 'their difference' "$(grep -cE '^[a-z]+ .* [+-][0-9]+\.[0-9]$' two.txt)" 3
is 'to the second' "$(sed -n 's/^class .*, %, //p' two.txt)" 'and difference to others'
lt report --text others.lts >second.txt
is 'is the first accuracy minus the second' "$(sed -nE 's/^[a-z]+ .* ([0-9.]+) *([+-][0-9.]+)$/\1 \2/p' two.txt | awk '{ printf "%.1f ", $1 - $2 }')" \
	"$(sed -nE '/^class /,$s/^[a-z]+ .* ([0-9]+\.[0-9])$/\1/p' second.txt | awk '{ printf "%.1f ", $1 }')"
lt report --text --log log.tsv,four.tsv scores.lts >logs.txt
is 'each log under its name' "$(grep -cx 'log\|four' logs.txt)" 2
"$PYTHON" "$here/../stream_edit.py" edit 'if kind == "LTS1": meta["classes"] = ["\u4e2d\u6587 a very very long name", "b", "c"]' <scores.lts >long.lts
ok 'long names' sh -c 'COLUMNS=60 LANG=C.UTF-8 lt report --text long.lts >long.txt'
is 'are cut at 20 columns' "$(grep -c '^中文 a very very lo~  *40 ' long.txt)" 1
fails_with 64 'no figure beside it' lt report --text --figure accuracy scores.lts
fails_with 64 'nor pictures' lt report --text --rows test.lts scores.lts
fails_with 74 'a full disk' sh -c 'lt report --text scores.lts >/dev/full'
done_testing
