#!/bin/sh
# The Makefile's goals: help; check, and causes of its failure; install and uninstall.  Then the
# libraries of the real programs, which must work after installation.
. "$(dirname "$0")/../lib.sh"
. "$here/../tree.sh"

fake_tree
mkdir stubs
stub_compiler stubs
LOG=$T/log
export LOG

run_make() {
	PATH=$T/stubs:$PATH "$make" -C tree --no-print-directory CC=cc "$@"
}

has() {
	grep -qF -- "$2" "$3"
	tap $? "$1"
}

# ---------------------------------------------------------------- help

ok 'make help' run_make help
cp out help
for goal in all deps demo theory check check-long check-san check-static check-scale check-deb check-arm deb coverage fuzz bench lint install uninstall clean; do
	has "help names $goal" "$goal" help
	ok "$goal is a goal" run_make -n $goal
done

# ---------------------------------------------------------------- kernel sets

# Those of the compiler's target machine.
: >tree/libcore/kernel/vector_a.c
for machine in x86_64:x86-64 aarch64:neon arm64:neon riscv64:; do
	stub stubs dumping-cc "echo ${machine%:*}-none-os"
	is "kernel sets of ${machine%:*}" \
		"$(run_make -n CC=dumping-cc all | grep -o 'vector_a-[xn][a-z0-9-]*' | sort -u)" \
		"$(echo "${machine#*:}" | sed -n 's/^./vector_a-&/p')"
done
rm tree/libcore/kernel/vector_a.c

# ---------------------------------------------------------------- check

cat >tree/tests/filter/a.t <<'END'
#!/bin/sh
echo ok 1
echo 1..1
END
fails_with 2 'check fails when a test is not executable' run_make check
has 'and says which' 'tests/filter/a.t: not executable' err
chmod +x tree/tests/filter/a.t
ok 'check passes when all pass' run_make check
has 'with the closing lines of prove' 'Result: PASS' out
sed 's/ok 1/not ok 1/' tree/tests/filter/a.t >tree/tests/filter/b.t
chmod +x tree/tests/filter/b.t
fails_with 2 'check fails when one fails' run_make check
rm tree/tests/filter/b.t

cat >skip.t <<END
. "$here/../lib.sh"
skip something 'no such tool'
done_testing
END
LT_CI='' sh skip.t "$here" >out
has 'a skip passes' 'ok 1 - something # SKIP no such tool' out
LT_CI=1 sh skip.t >out
has 'but not in CI' 'not ok 1 - something: no such tool' out

# ---------------------------------------------------------------- install

cat >tree/man/man1/train.1 <<'END'
.Dt TRAIN 1
.Nm train
.Nm lt train
.Sh SEE ALSO
.Xr lt 1 ,
.Xr ltx 1 ,
.Xr train 1
END
sed '1,3d' tree/man/man1/train.1 >tree/man/man1/ltx.1
mkdir -p tree/man/man5 tree/man/man7
echo '.Xr train 1 ,' >tree/man/man7/ltpipe.7

ok 'install' run_make install DESTDIR="$T/dest" PREFIX=/opt/x
is 'puts everything under DESTDIR and PREFIX' "$(cd dest && find . ! -type d | sort)" './opt/x/bin/lt-train
./opt/x/bin/ltx
./opt/x/share/bash-completion/completions/lt
./opt/x/share/bash-completion/completions/lt-train
./opt/x/share/bash-completion/completions/ltx
./opt/x/share/fish/vendor_completions.d/lt-train.fish
./opt/x/share/fish/vendor_completions.d/lt.fish
./opt/x/share/fish/vendor_completions.d/ltx.fish
./opt/x/share/man/man1/lt-train.1
./opt/x/share/man/man1/ltx.1
./opt/x/share/man/man7/ltpipe.7
./opt/x/share/zsh/site-functions/_lt'
is 'a page has its new name, references to it follow and are in order' "$(cat dest/opt/x/share/man/man1/lt-train.1)" \
	'.Dt LT-TRAIN 1
.Nm lt-train
.Nm lt train
.Sh SEE ALSO
.Xr lt 1 ,
.Xr lt-train 1 ,
.Xr ltx 1'
is 'in other sections too' "$(cat dest/opt/x/share/man/man7/ltpipe.7)" '.Xr lt-train 1 ,'
is 'modes' "$(find dest/opt/x/bin -perm 755 -type f | wc -l)" 2
ok 'uninstall' run_make uninstall DESTDIR="$T/dest" PREFIX=/opt/x
is 'leaves no file' "$(find dest ! -type d)" ''
ok 'install with another prefix' run_make install DESTDIR="$T/dest" PREFIX=/opt/x PROGPREFIX=long-tail-
is 'names the program' "$(ls dest/opt/x/bin)" 'long-tail-train
ltx'
for file in bash-completion/completions/long-tail-train zsh/site-functions/_lt fish/vendor_completions.d/long-tail-train.fish; do
	has "completes it: ${file%%/*}" ' long-tail-train ' dest/opt/x/share/$file
done
rm -rf dest
ok 'install with an empty prefix' run_make install DESTDIR="$T/dest" PREFIX=/opt/x PROGPREFIX=
is 'keeps all names' "$(cd dest/opt/x && echo bin/* share/man/man1/*)" \
	'bin/ltx bin/train share/man/man1/ltx.1 share/man/man1/train.1'

# The dispatcher is compiled again when the prefix changes, and only then.
echo >tree/filters/lt.c
run_make all >/dev/null
: >log
run_make all >/dev/null
is 'nothing to do' "$(cat log)" ''
run_make all PROGPREFIX=p- >/dev/null
is 'another prefix is another dispatcher' "$(grep -c -- '-DLT_PROGPREFIX="p-"' log)" 1

# The commit is known only in a checkout, is in the programs and not in the library, and a new
# commit recompiles only the file that contains it.
is 'no checkout, no commit' "$(cat tree/build/commit)" ''
: >tree/.git
stub stubs git '[ "$1" = rev-parse ] && cat "$LOG.commit"; [ "$1" != diff ] || exit $(cat "$LOG.changed")'
commit_of() {
	echo "$1" >log.commit
	echo "$2" >log.changed
	: >log
	run_make all >/dev/null
	grep '^cc.* -c ' log | sed 's/.*-DLT_COMMIT=\([^ ]*\).*/\1/'
}
commit_of 0 0 >/dev/null
is 'a commit' "$(commit_of 0123abc 0)" '"0123abc"'
is 'the same' "$(commit_of 0123abc 0)" ''
is 'files that differ' "$(commit_of 0123abc 1)" '"0123abc+"'
is 'another' "$(commit_of 4567def 0)" '"4567def"'
stub stubs git 'exit 128'
is 'git fails: the old one stays' "$(commit_of 0 0)" ''

# ---------------------------------------------------------------- the real programs

"$LT_BIN/ltsynth" --version | sed -n 's/^commit \([0-9a-f]*\)+\{0,1\}$/\1/p' >commit
"$LT_BIN/ltsynth" --per-class 1 >stream
[ ! -s commit ] || ! grep -qaF -f commit stream
tap $? 'no stream says the commit'

if command -v readelf >/dev/null; then
	blas=
	for program in "$LT_BIN"/*; do
		case ${program##*/} in
		train | pretrain-* | retrain | pseudolabel | eval) ;;
		*) blas=$blas$(readelf -d "$program" | grep -i 'NEEDED.*blas') ;;
		esac
	done
	is 'no data filter links a BLAS' "$blas" ''
	has_blas=$(readelf -d "$LT_BIN/train" | grep -ci 'NEEDED.*blas')
	is 'train links one' "$has_blas" 1
else
	skip 'libraries of the programs' 'no readelf'
fi

# Everything is built already: with a failing compiler, nothing can be rebuilt with other flags.
ok 'the real install' "$make" -C "$top" --no-print-directory B="$LT_BUILD" -o "$LT_BUILD/commit" CC=false AR=false \
	install DESTDIR="$T/real" PREFIX=/usr
is 'as many programs as there are sources' "$(find real/usr/bin -type f | wc -l)" \
	"$(find "$top/filters" -name '*.c' | wc -l)"
installed() {
	env -i PATH="$T/real/usr/bin:/usr/bin:/bin" "$@"
}
ok 'installed: lt --version' installed lt --version
pipeline='lt synth --per-class 8 | lt split --ratio 4 | lt cat --count'
ok 'installed: a pipeline' installed sh -c "$pipeline"
cp out got
sh -c "$pipeline" >want
[ -s got ] && cmp -s got want
tap $? 'says what it says in the tree'
ok 'installed: a program with the prefix' installed lt train --help
ok 'installed: under its own name' installed lt-train --help
if command -v mandoc >/dev/null; then
	ok 'installed pages are clean' mandoc -T lint -W warning "$T"/real/usr/share/man/man*/*
else
	skip 'installed pages are clean' 'no mandoc'
fi

done_testing
