#!/bin/sh
# Hostile streams: ltcat, and then the sample readers, reject or accept each as listed in
# tests/attacks/INDEX, with one line on stderr.

. "$(dirname "$0")/../lib.sh"
attacks=$here/../attacks
samples=$here/../../samples
tab=$(printf '\t')

while IFS=$tab read -r file code message what; do
	fails_with "$code" "$file: $what" ltcat --check "$attacks/$file"
	[ "$code" = 0 ] || err_has "$file: says so" "$message"
	[ "$code" != 0 ] || is "$file: in silence" "$(cat err)" ''
done <"$attacks/INDEX"

# Copied from a pipe to a pipe: the failure reaches the end of the pipeline.
while IFS=$tab read -r file code message what; do
	ltcat <"$attacks/$file" 2>/dev/null | ltcat --check 2>err
	is "$file: through a copy" "$?" "$code"
done <"$attacks/INDEX"

strays=
for path in "$attacks"/*.lts; do
	grep -q "^${path##*/}$tab" "$attacks/INDEX" || strays="$strays ${path##*/}"
done
is 'every file is in the INDEX' "$strays" ''

# shellcheck disable=SC2086 # CC may be several words
ok 'the sample reader in C compiles' ${CC:-cc} -O1 -o read-lts "$samples/read-lts.c"
py=${PYTHON:-/usr/bin/python3}
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
wrong=
while IFS=$tab read -r file code message what; do
	./read-lts "$attacks/$file" >/dev/null 2>err
	[ $? = "$code" ] || wrong="$wrong $file"
done <"$attacks/INDEX"
is 'read-lts: agrees with ltcat on all of them' "$wrong" ''
# Its main for each file in one process: Python takes longer to start than to read a file.
cat >judge.py <<'END'
import contextlib, os, sys, traceback

sys.path.insert(0, sys.argv[2])
import read_lts

def judge(path):
    sys.argv[1:] = [path]
    try:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            read_lts.main()
    except SystemExit as end:
        return str(end.code)
    except BaseException:
        return traceback.format_exc()
    return "0"

attacks = sys.argv[1]
for line in open(os.path.join(attacks, "INDEX"), encoding="utf-8"):
    name, code = line.split("\t")[:2]
    print(name, code, judge(os.path.join(attacks, name)))
END
"$py" judge.py "$attacks" "$samples" >judged 2>err
is 'read_lts.py: agrees with ltcat on all of them' "$(cat judged)" "$(awk -F '\t' '{ print $1, $2, $2 }' "$attacks/INDEX")"
mkdir again
ok 'the corpus is made again' "$py" "$attacks/make.py" again
ok 'and is the same' diff -r -x images -x make.py again "$attacks"
done_testing
