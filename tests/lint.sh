#!/bin/sh
# lint.sh: what "make lint" looks for besides the compilers' warnings.  Run at the top of
# the tree.  Every kind of fault is looked for before it fails.

set -u
faults=0
fault() {
	echo "lint: $*" >&2
	faults=1
}

sources=$(find filters libcore tests samples -name '*.[ch]' | sort)
scripts=$(find .ci pipelines tests samples \( -name '*.sh' -o -name '*.t' -o -name run \) -type f | sort)
pages=$(find man -name '*.[157]' | sort)

# Another version of clang-format formats otherwise; 14 is what the sources were made with.
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

# Each of these libraries is known to one source file of libcore alone.
for header in archive.h cblas.h gif_lib.h jpeglib.h msgpack.h png.h tiffio.h webp/decode.h zlib.h; do
	users=$(grep -rlE "^#[[:space:]]*include <$header>" filters libcore | tr '\n' ' ')
	case $users in
	*' '?*) fault "<$header> is included by more than one file: $users" ;;
	filters/*) fault "<$header> is included outside libcore: $users" ;;
	esac
done

# The arrows: a room of libcore includes headers of those rooms that the handbook's map gives it.
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

# The library returns errors; printing and exiting are the programs' (and cli's) business.
loud=$(find libcore -name '*.c' ! -path 'libcore/cli/*' -exec \
	grep -nE '(^|[^a-z_0-9])(printf|puts|perror|exit) ?\(|std(out|err)\)' {} +)
[ -z "$loud" ] || fault "libcore prints or exits: $loud"

# Numbers from outside are parsed by base/number.c alone, which knows what it hands to atoi.
unsafe=$(grep -rnE '(^|[^a-z_0-9])(setlocale|strcpy|strcat|sprintf|gets|atoi|atof|system) ?\(' filters libcore \
	--include='*.c' --exclude=number.c)
[ -z "$unsafe" ] || fault "not used here: $unsafe"

# Memory goes through the ledger of base/memory.h.  What another library allocated is freed
# on a line that says so: "not the ledger's".
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
