#!/bin/sh
# coverage.sh TREE: prints how many lines of each source ran, from gcov's output for the counts
# that the tests left in the build tree: files sorted by the number of lines that did not run, then
# rooms and the total.  "make coverage" runs this.
set -eu
tree=$1
[ -n "$(find "$tree/obj" -name '*.gcda' | head -n 1)" ] || { echo 'coverage: no counts' >&2; exit 1; }

# Inline functions in headers count for the source that includes them.  Kernel sources are compiled
# once for each instruction set; the set in which most lines ran counts.
find "$tree/obj/filters" "$tree/obj/libcore" -name '*.gcno' | sort |
	while read -r notes; do
		gcov -n -o "${notes%/*}" "${notes%.gcno}.o" 2>/dev/null
	done | awk '
	/^File / { file = $2; gsub(/\x27/, "", file) }
	/^Lines executed:/ && file ~ /^(filters|libcore)\/.*\.c$/ {
		split($0, part, /[:%]/)
		n = $NF
		ran = int(part[2] * n / 100 + 0.5)
		if (!(file in lines) || ran > covered[file])
			covered[file] = ran
		lines[file] = n
		file = ""
	}
	END {
		for (file in lines) {
			room = file
			sub(/\/[^\/]*$/, "", room)
			rooms[room] += lines[file]
			done[room] += covered[file]
			all += lines[file]
			ran_all += covered[file]
			printf "1 %06d %6d of %6d lines  %5.1f %%  %s\n", lines[file] - covered[file], covered[file], lines[file], 100 * covered[file] / lines[file], file
		}
		for (room in rooms)
			printf "2 %s %6d of %6d lines  %5.1f %%  %s/\n", room, done[room], rooms[room], 100 * done[room] / rooms[room], room
		printf "3 all %6d of %6d lines  %5.1f %%  all\n", ran_all, all, 100 * ran_all / all
	}' | sort -k1,1n -k2,2r | cut -d ' ' -f 3-
