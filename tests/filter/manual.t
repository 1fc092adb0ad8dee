#!/bin/sh
# The manual pages against the programs: valid mdoc, SYNOPSIS as the usage, exactly the program's
# options with their defaults and choices, the exit codes of base/error.h, and references that
# exist.

. "$(dirname "$0")/../lib.sh"
man=$here/../../man
codes=$(sed -n 's/^[[:space:]]*LT_[A-Z]* = \([0-9]*\),.*/\1/p' "$here/../../libcore/base/error.h")

# A page as text, without mandoc's overstriking for bold.
text_of() {
	mandoc -T ascii -O width=1000 "$1" | sed "s/.$(printf '\b')//g"
}

# The numbers in a page's section EXIT STATUS.
codes_of() {
	awk '/^\.Sh / { on = $0 == ".Sh EXIT STATUS" } on && $1 == ".It" && $2 ~ /^[0-9]+$/ { print $2 }' "$1"
}

# The description of option --$2: the lines from its .It to that of the next option.
item_of() {
	awk -v name="-$2" '/^\.It Fl|^\.Sh/ {
		on = 0
		for (i = 3; i <= NF; i++) on = on || ($1 == ".It" && $i == name)
	} on' "$1"
}

# Words of stdin as lines, without punctuation at their ends.
words() {
	tr -s '[:blank:]' '\n' | sed 's/[.,;:()]*$//; s/^[(]*//'
}

if command -v mandoc >/dev/null; then
	for page in "$man"/man[157]/*; do
		ok "${page##*/}: clean for mandoc -T lint" mandoc -T lint -W warning "$page"
	done
else
	skip 'mdoc of the pages' 'no mandoc'
	done_testing
fi

# Most systems use groff for man, whose mdoc fails in other ways: it takes an author called Li for
# a macro and loses everything after the name.
whole_in_groff() {
	groff -mandoc -Tutf8 -P-cbou -ww "$1" >page 2>said || return 1
	[ ! -s said ] || { cat said >&2; return 1; }
	last=$(sed -n 's/^\.Sh //p' "$1" | tail -n 1)
	grep -qx "$last" page
}
if command -v groff >/dev/null; then
	for page in "$man"/man[157]/*; do
		ok "${page##*/}: whole and without warnings in groff" whole_in_groff "$page"
	done
else
	skip 'the pages in groff' 'no groff'
fi

# The options with a default in --help, as lines "name default"; two lines for an option with
# another default for large images.  Under "Fine:" and "Common:", options share lines, and
# "--gamma X (focal 1, vs 0.3)" has two defaults as well.
defaults_of() {
	"$1" --help | awk '
	/^(Fine|Common):/ { shared = 1; sub(/^[A-Z][a-z]*:/, "") }
	!NF { shared = 0 }
	{ n = shared ? split($0, part, /  +/) : 0 }
	{ for (i = 1; i <= n; i++) print part[i] }
	!n' | sed -n '
	s/^ *\(-., \)\{0,1\}--\([a-z-]*\) .*(default \([^ ),]*\)\(, above 64 pixels \([^ )]*\)\)\{0,1\})$/\2 \3 \5/p
	t
	s/^--\([a-z-]*\) [A-Z]* (\([a-z][a-z, -]* [0-9][^)]*\))$/\1 \2/p' |
		awk '{ for (i = 2; i <= NF; i++) { sub(/,$/, "", $i); if (i == 2 || $i ~ /^[0-9]/) print $1, $i } }'
}

check_options() {
	program=$1 page=$2
	"$program" --list-options >options
	missing=
	while read -r name letter kind choices; do
		item_of "$page" "${name#--}" >item
		[ -s item ] || missing="$missing $name"
		[ "$letter" = - ] || grep -q "^\.It Fl ${letter#-} , -${name#--}" item || missing="$missing $letter"
		for choice in $choices; do
			words <item | grep -qxF -- "$choice" || missing="$missing $name=$choice"
		done
	done <options
	is "${page##*/}: has every option and choice" "$missing" ''

	defaults_of "$program" >defaults
	wrong=
	while read -r name value; do
		item_of "$page" "$name" >item
		{ grep -q default item && words <item | grep -qxF -- "$value"; } || wrong="$wrong --$name=$value"
	done <defaults
	is "${page##*/}: has the defaults of --help" "$wrong" ''

	extra=
	grep '^\.It Fl' "$page" | grep -oE -- '(Fl|,) -[a-z][a-z-]+' | sed 's/.* -//' >named
	while read -r name; do
		grep -q -- "^--$name " options || extra="$extra --$name"
	done <named
	is "${page##*/}: has no other options" "$extra" ''
}

for program in "$LT_BIN"/*; do
	prog=${program##*/}
	page=$man/man1/$prog.1
	ok "$prog has a page" test -f "$page"
	[ -f "$page" ] || continue
	check_options "$program" "$page"
	synopsis=$(text_of "$page" | awk '/^[A-Z]/ { on = $1 == "SYNOPSIS"; next } on { $1 = $1; printf "%s%s", sep, $0; sep = NF ? " " : "" }' | sed 's/ $//')
	is "$prog.1: SYNOPSIS is the usage" "$synopsis" "$("$program" --help | sed -n '1s/^usage: //p')"
	is "$prog.1: NAME" "$(sed -n 's/^\.Nm //p' "$page" | head -n 1)" "$prog"
done

for page in "$man"/man1/*.1 "$man"/man7/ltpipe.7; do
	strange=
	for status in $(codes_of "$page"); do
		echo "$codes" | grep -qx "$status" || strange="$strange $status"
	done
	is "${page##*/}: exit codes are those of the library" "$strange" ''
	is "${page##*/}: begins with 0 and has 64" "$(codes_of "$page" | grep -xE '0|64' | tr '\n' ' ')" '0 64 '
done
is 'ltpipe.7 has all of them' "$(codes_of "$man/man7/ltpipe.7")" "$codes"

# Pages of other programs that ours refer to.
others='awk 1 cat 1 make 1 man 1 sh 1 sort 1 tar 1 xz 1 zstd 1 getopt_long 3 uselocale 3 msgpack 3'
dead=
for page in "$man"/man[157]/*; do
	while read -r name section; do
		[ -f "$man/man$section/$name.$section" ] && continue
		case " $others " in *" $name $section "*) continue ;; esac
		dead="$dead ${page##*/}:$name($section)"
	done <<-END
		$(sed -n 's/^\.Xr \([^ ]*\) \([0-9]\).*/\1 \2/p' "$page")
	END
done
is 'every reference leads to a page' "$dead" ''

unnamed=
for name in $(lt --list-programs); do
	grep -q "^\.It Cm $name\$" "$man/man1/lt.1" || unnamed="$unnamed lt.1:$name"
	[ -f "$man/man1/$name.1" ] || name=lt$name
	grep -q "^\.Xr $name 1" "$man/man7/ltpipe.7" || unnamed="$unnamed ltpipe.7:$name"
done
is 'lt.1 and ltpipe.7 name every program' "$unnamed" ''

done_testing
