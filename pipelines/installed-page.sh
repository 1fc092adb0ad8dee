#!/bin/sh
# installed-page.sh PREFIX PAGE NAME…: a manual page with the names under which the programs are
# installed.
#
# Programs NAME and their pages are installed as PREFIX + NAME.  This renames the references to
# them, sorts SEE ALSO again (by section, then name), and renames the program in the title and
# the NAME section of its own page.

set -eu
prefix=$1 page=$2
shift 2
own=${page##*/}
own=${own%.*}

awk -v prefix="$prefix" -v own="$own" -v names="$*" '
	function flush_references(i, j, line) {
		for (i = 2; i <= held; i++)
			for (j = i; j > 1 && key[j] < key[j - 1]; j--) {
				line = key[j]
				key[j] = key[j - 1]
				key[j - 1] = line
			}
		for (i = 1; i <= held; i++) {
			split(key[i], part, " ")
			print ".Xr " part[2] " " part[1] (i < held ? " ," : last)
		}
		held = 0
	}
	BEGIN {
		split(names, list, " ")
		for (i in list)
			prefixed[list[i]] = 1
	}
	{
		for (i = 1; i < NF; i++)
			if (($i == "Xr" || $i == ".Xr") && $(i + 1) in prefixed)
				$(i + 1) = prefix $(i + 1)
	}
	own in prefixed && $1 == ".Dt" { $2 = toupper(prefix) $2 }
	own in prefixed && $0 == ".Nm " own { $2 = prefix own }
	$1 == ".Sh" { references = $0 == ".Sh SEE ALSO" }
	references && $1 == ".Xr" {
		key[++held] = $3 " " $2
		last = NF > 3 ? " " $4 : ""
		next
	}
	held { flush_references() }
	{ print }
	END { if (held) flush_references() }
' "$page"
