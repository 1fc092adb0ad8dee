#!/bin/sh
# estimate.sh TARGET FLAGS <COMMANDS: time, memory and disk that a target still needs.
#
# COMMANDS is the output of "make -n TARGET"; the rows that they read already exist.  Each kind
# of learning stage among them runs on some rows for $SECONDS_EACH (12) seconds; the images per
# second are those of the epochs it finished after the first.  Stages with only a forward pass
# (eval, pseudolabel, retrain) are assumed to be three times as fast as training, which also has
# a backward pass.  Other work on the machine at the same time increases the estimate.  $LT is
# the dispatcher.

set -eu

target=$1 flags=$2
lt=${LT:-lt}
work=$(mktemp -d "${TMPDIR:-/tmp}/estimate.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
SLICE=640

# One line per stage: kind, labelled or only rows, unlabelled rows ("-" for none), epochs,
# output.
sed -n "s/^echo '\(.* -o [^ ]*\)'; .*/\1/p" | awk '
	{
		for (i = 1; i < NF && $i !~ /(^|\/)lt$/; i++)
			;
		kind = program = $(i + 1)
		unlabelled = "-"
		epochs = 1
		for (i += 2; i <= NF; i++) {
			if ($i == "--unlabeled")
				unlabelled = $(i + 1)
			else if ($i == "--epochs")
				epochs = $(i + 1)
			else if (program == "train" && $i == "--method")
				kind = kind " --method " $(i + 1)
			else if ($i == "-o")
				output = $(i + 1)
			if ($(i + 1) == "-o" || $(i + 1) == "--checkpoint")
				rows = $i
		}
		gsub(/ /, "_", kind)
		if (program == "pseudolabel")
			draw[output] = rows
		if (unlabelled in draw)
			unlabelled = draw[unlabelled]
		if (program == "train" || program ~ /^pretrain-/ || program == "eval" || program == "pseudolabel" || program == "retrain")
			print kind, rows, unlabelled, epochs, output
	}' >"$work/stages"

[ -s "$work/stages" ] || {
	echo "$target: nothing is left to learn"
	exit
}

# rows_of FILE: the number of rows, counted once per file.
rows_of() {
	[ "$1" != - ] || { echo 0; return; }
	case $1 in *.lts) ;; *) echo 0; return ;; esac
	count=$(sed -n "s|^$1 ||p" "$work/counts")
	[ -n "$count" ] || {
		count=$("$lt" cat --count "$1" | sed -n '1s/rows[^0-9]*//p')
		echo "$1 $count" >>"$work/counts"
	}
	echo "$count"
}
: >"$work/counts"
bytes_of() {
	wc -c <"$1" | tr -d ' '
}

# measure KIND ROWS UNLABELLED: images per second, and the memory of the program in KiB without
# the rows.
measure() {
	options=$(echo "$1" | tr _ ' ')
	: >"$work/log"
	[ "$3" = - ] || [ "${1#train_--method}" = "$1" ] || {
		"$lt" cat --slice 0:$SLICE "$3" -o "$work/more.lts"
		options="$options --unlabeled $work/more.lts"
	}
	# shellcheck disable=SC2086 # options and flags are words
	"$lt" $options $flags --epochs 100000 --log "$work/log" "$work/some.lts" -o "$work/none" &
	pid=$!
	waited=0
	until [ "$(wc -l <"$work/log")" -ge 2 ]; do
		if ! kill -0 $pid 2>/dev/null || [ $waited -ge 600 ]; then
			echo "estimate.sh: lt $options $flags: did not finish an epoch" >&2
			exit 1
		fi
		waited=$((waited + 1))
		sleep 1
	done
	first=$(wc -l <"$work/log") start=$(date +%s)
	until [ $(($(date +%s) - start)) -ge "${SECONDS_EACH:-12}" ] && [ $(($(wc -l <"$work/log") - first)) -ge 3 ]; do
		sleep 1
	done
	epochs=$(($(wc -l <"$work/log") - first)) seconds=$(($(date +%s) - start))
	memory=$(ps -o rss= -p $pid 2>/dev/null | tr -d ' ')
	kill $pid
	wait $pid 2>/dev/null || :
	pid=
	rate=$((epochs * some / seconds))
	echo "$1 $rate ${memory:-0}" >>"$work/rates"
}

read -r kind rows unlabelled epochs output <"$work/stages"
learnt=$(awk '$1 ~ /train/ && $1 != "retrain" { print; exit }' "$work/stages")
# shellcheck disable=SC2086 # the words of a line
[ -z "$learnt" ] || { set -- $learnt; rows=$2; }
"$lt" cat --slice 0:$SLICE "$rows" -o "$work/some.lts"
some=$("$lt" cat --count "$work/some.lts" | sed -n '1s/rows[^0-9]*//p')
# shellcheck disable=SC2086
"$lt" train -q $flags --epochs 1 "$work/some.lts" -o "$work/model.lts"
model=$(bytes_of "$work/model.lts")
: >"$work/rates"
measure train "$rows" -
while read -r kind rows unlabelled epochs output; do
	case $kind in train | eval | pseudolabel | retrain) continue ;; esac
	grep -q "^$kind " "$work/rates" || measure "$kind" "$rows" "$unlabelled" </dev/null
done <"$work/stages"

while read -r kind rows unlabelled epochs output; do
	n=$(rows_of "$rows")
	more=$(rows_of "$unlabelled")
	held=$(bytes_of "$rows")
	[ "$unlabelled" = - ] || held=$((held + $(bytes_of "$unlabelled")))
	disk=$model
	case $kind in
	train_--method*) [ "$more" -le "$n" ] || n=$more ;;
	eval) disk=0 ;;
	pseudolabel) disk=$held ;;
	*) n=$((n + more)) ;;
	esac
	echo "$kind $n $epochs $held $disk"
done <"$work/stages" | awk -v target="$target" -v slice="$(bytes_of "$work/some.lts")" -v rates="$work/rates" '
	BEGIN {
		while ((getline line <rates) > 0) {
			split(line, part, " ")
			rate[part[1]] = part[2]
			memory[part[1]] = part[3] * 1024
		}
	}
	function time(seconds) {
		if (seconds < 90)
			return sprintf("%.0f s", seconds)
		return seconds < 5400 ? sprintf("%.0f min", seconds / 60) : sprintf("%.1f h", seconds / 3600)
	}
	function size(bytes) {
		return bytes < 1e9 ? sprintf("%.0f MB", bytes / 1e6) : sprintf("%.1f GB", bytes / 1e9)
	}
	{
		speed = $1 in rate ? rate[$1] : 3 * rate["train"]
		seconds = $2 * $3 / (speed > 0 ? speed : 1)
		if (!n[$1]++)
			kind[++kinds] = $1
		images[$1] += $2 * $3
		took[$1] += seconds
		used[$1] = speed
		total += seconds
		disk += $5
		most = memory[$1] + $4 - slice
		if (memory[$1] > 0 && most > peak)
			peak = most
	}
	END {
		print "| stage | how many | images | images a second | time |"
		print "| --- | --- | --- | --- | --- |"
		for (i = 1; i <= kinds; i++) {
			name = kind[i]
			gsub(/_/, " ", name)
			printf "| %s | %d | %d | %d | %s |\n", name, n[kind[i]], images[kind[i]], used[kind[i]], time(took[kind[i]])
		}
		printf "\n%s: %s, %s of memory, %s of disk\n", target, time(total), (peak > 0 ? size(peak) : "?"), size(disk)
	}'
