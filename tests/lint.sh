#!/bin/sh
# lint.sh: the checks of "make lint" besides the compilers' warnings.  Run it at the top of the
# tree.  It makes all checks before it fails.

set -u
faults=0
fault() {
	echo "lint: $*" >&2
	faults=1
}

sources=$(find filters libcore tests samples -name '*.[ch]' | sort)
scripts=$(find .ci pipelines tests samples \( -name '*.sh' -o -name '*.t' -o -name run \) -type f | sort)
pages=$(find man -name '*.[157]' | sort)

# Versions of clang-format differ; the sources are formatted with 14.
formatter=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
# shellcheck disable=SC2086 # the lists are lists
if [ "$formatter" = 14 ]; then
	[ -z "$sources" ] || clang-format --dry-run -Werror $sources || fault 'formatting: clang-format -i mends it'
elif [ -n "${LT_CI-}" ]; then
	fault "clang-format is version $formatter, not 14"
else
	echo "lint: clang-format is version $formatter, not 14: formatting is not checked" >&2
fi

# shellcheck disable=SC2086
[ -z "$pages" ] || mandoc -T lint -W warning $pages || fault 'manual pages'

for script in $scripts; do
	case $(head -n 1 "$script") in
	'#!'*bash*) shell=bash ;;
	*) shell="sh" ;;
	esac
	shellcheck -s $shell "$script" || fault "$script"
done

# Only one source file of libcore may include the header of each of these libraries.
for header in archive.h cblas.h gif_lib.h jpeglib.h msgpack.h png.h tiffio.h webp/decode.h zlib.h; do
	users=$(grep -rlE "^#[[:space:]]*include <$header>" filters libcore | tr '\n' ' ')
	case $users in
	*' '?*) fault "<$header> is included by more than one file: $users" ;;
	filters/*) fault "<$header> is included outside libcore: $users" ;;
	esac
done

# A room of libcore includes headers only from the rooms that the handbook's map lists for it.
map=$(sed -n 's/^| `\([a-z]*\)` | .* | *\([a-z ]*\)|$/\1 \2/p' libcore/README.md)
for path in libcore/*/; do
	room=$(basename "$path")
	uses=$(echo "$map" | sed -n "s/^$room / /p")
	[ -n "$uses" ] || fault "libcore/README.md: no line for $room in the map"
	others=$(grep -rhoE '^#include "[a-z]+/' "$path" | sed 's/.*"//; s|/||' | sort -u)
	for other in $others; do
		case "$room $uses " in
		"$other "* | *" $other "*) ;;
		*) fault "$room includes headers of $other, which libcore/README.md does not say" ;;
		esac
	done
done

# The library returns errors; only the programs and cli print and exit.
loud=$(find libcore -name '*.c' ! -path 'libcore/cli/*' -exec \
	grep -nE '(^|[^a-z_0-9])(printf|puts|perror|exit) ?\(|std(out|err)\)' {} +)
[ -z "$loud" ] || fault "libcore prints or exits: $loud"

# Only base/number.c parses numbers from outside.
unsafe=$(grep -rnE '(^|[^a-z_0-9])(setlocale|strcpy|strcat|sprintf|gets|atoi|atof|system) ?\(' filters libcore \
	--include='*.c' --exclude=number.c)
[ -z "$unsafe" ] || fault "not used here: $unsafe"

# Memory is allocated through the ledger of base/memory.h.  A line that frees another library's
# memory has the comment "not the ledger's".
uncounted=$(grep -rnE '(^|[^a-z_0-9>.*])(malloc|calloc|realloc|reallocarray|aligned_alloc|posix_memalign|free|strn?dup|v?asprintf|getline|getdelim|open_memstream) ?\(' \
	filters libcore --include='*.c' | grep -vE "^libcore/base/memory.c:|not the ledger's|: \*")
[ -z "$uncounted" ] || fault "memory that the ledger does not count: $uncounted"

twice=$(find filters libcore tests samples -name '*.[ch]' | sed 's|.*/||' | sort | uniq -d)
[ -z "$twice" ] || fault "file names that occur twice: $twice"

for top in *; do
	case $top in
	Makefile | README.md | LICENSE | filters | libcore | pipelines | man | tests | samples | build) ;;
	*) fault "$top does not belong at the top level" ;;
	esac
done

exit $faults
