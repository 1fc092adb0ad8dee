# For tests of the Makefile, read after lib.sh: a project in $T/tree with the real Makefile and
# pipelines, empty files as sources, and stubs for commands.

top=$here/../..
make=$(command -v make)
# This make is independent of the one that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS

fake_tree() {
	mkdir -p tree/filters tree/libcore/base tree/libcore/cli tree/libcore/net tree/libcore/kernel tree/man/man1 tree/tests/filter
	cp -R "$top/Makefile" "$top/pipelines" tree/
	: >tree/tests/arm-root.sh
	for file in filters/ltx filters/train libcore/base/a libcore/base/b libcore/cli/commit libcore/net/c libcore/kernel/vector; do
		echo >"tree/$file.c"
	done
}

# stub DIRECTORY NAME TEXT: makes a command there.
stub() {
	printf '#!/bin/sh\n%s\n' "$3" >"$1/$2"
	chmod +x "$1/$2"
}

# fake_project TEXT: fake_tree, with a compiler and an lt that does TEXT in PATH; both write to
# $LOG.
fake_project() {
	fake_tree
	mkdir stubs
	stub_compiler stubs
	PATH=$T/stubs:$PATH
	LOG=$T/log
	export LOG
	stub stubs lt "program=\$1
[ \"\$program\" != cc ] || exit
$1"
}

# A compiler, which does not tell its target, and an archiver: they make empty files and write to
# $LOG.
stub_compiler() {
	stub "$1" ar 'for last; do case $last in *.a) : >"$last" ;; esac; done'
	stub "$1" cc 'case " $* " in *" -E "* | *" -dumpmachine "*) exit ;; esac
echo "cc $*" >>"$LOG"
while [ $# -gt 0 ]; do [ "$1" != -o ] || : >"$2"; shift; done'
}
