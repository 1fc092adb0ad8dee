#!/bin/sh
# Options and errors that all programs have in common, for every program; then the dispatcher.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

top=$here/../..

# "lt split" for ltsplit, as in usage lines and advice.
shown() {
	case $1 in
	lt) echo lt ;;
	lt*) echo "lt ${1#lt}" ;;
	*) echo "lt $1" ;;
	esac
}

# The manual page with one line per paragraph, without overstriking.
page_text() {
	mandoc -T ascii -O width=1000 "$1" | sed "s/.$(printf '\b')//g"
}

help_is_good() {
	"$path" --help >help 2>noise || return
	[ ! -s noise ] && [ "$(wc -l <help)" -le 40 ] && grep -q default help || return
	head -n 1 help | grep -q "^usage: $(shown "$p") " || return
	# The last paragraph holds the pipelines.
	[ "$(awk 'NF { n++ } !NF { n = 0 } END { print n }' help)" -ge 2 ] || return
	[ "$(tail -n 2 help | grep -c '^  .*lt ')" -eq 2 ]
}

options_are_listed() {
	"$path" --list-options >options || return
	! grep -Evq '^--[a-z0-9-]+ (-|-[A-Za-z]) (FLAG|FILE|WORD|CHOICE( [^ ]+)+)$' options || return
	while read -r option rest; do
		grep -qE -e "(^|[^a-z-])$option([^a-z-]|\$)" help || { echo "# --help lacks $option" >&2; return 1; }
	done <options
	: "${rest-}"
	[ -s options ]
}

options_are_in_page() {
	while read -r option rest; do
		grep -qE -e "(^|[^a-z-])$option([^a-z-]|\$)" page || { echo "# the page lacks $option" >&2; return 1; }
	done <options
}

# "eval" is also a shell builtin: programs are called by their paths.
for path in "$LT_BIN"/*; do
	p=${path##*/}
	advice="; try '$(shown "$p") --help'"

	ok "$p --help" help_is_good
	ok "$p --list-options, and --help has all of them" options_are_listed
	"$path" --version >version
	is "$p --version" "$(head -n 1 version | sed 's/ [0-9.]*$//')" "$p (ltpipe)"

	fails_with 64 "$p: unknown option" "$path" --nonesuch
	err_is "$p: unknown option, message" "$p: unknown option '--nonesuch'$advice"
	is "$p: unknown option: nothing on stdout" "$(cat out)" ""
	fails_with 64 "$p: options are not abbreviated" "$path" --versio
	fails_with 74 "$p --help on a full disk" sh -c '"$1" --help >/dev/full' sh "$path"
	err_has "$p --help on a full disk, message" "$p: <stdout>: "
	fails_with 74 "$p --help on a closed stdout" sh -c '"$1" --help >&-' sh "$path"
	err_has "$p --help on a closed stdout, message" "$p: <stdout>: "

	if ! [ -e "$top/man/man1/$p.1" ]; then
		skip "$p: manual page" 'it is not written yet'
	elif ! command -v mandoc >/dev/null; then
		skip "$p: manual page" 'no mandoc'
	else
		page_text "$top/man/man1/$p.1" >page
		ok "$p: the manual page has every option" options_are_in_page
		is "$p: SYNOPSIS is the usage" \
			"$(sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' page | sed '1d;$d' | tr -s ' \n' ' ' | sed 's/^ //;s/ $//')" \
			"$(sed -n '1s/^usage: //p' help)"
	fi

	[ "$p" != lt ] || continue
	fails_with 64 "$p --threads 0" "$path" --threads 0
	fails_with 64 "$p --seed -1" "$path" --seed -1
	fails_with 64 "$p --progress maybe" "$path" --progress maybe
	# Some error: a missing option, an operand too many, or the file.
	"$path" none.lts -o made.lts >out 2>err
	code=$?
	case $code in 64 | 66) good=0 ;; *) good=1 ;; esac
	tap $good "$p: an input that is not there, exit $code"
	err_has "$p: and its message" "$p: "
	ok "$p: no output is left" sh -c '! ls -A | grep -q -e made -e tmp'
done

# ---------------------------------------------------------------- the dispatcher

is 'lt alone' "$(lt)" "$(lt help)"
is 'lt --help' "$(lt --help)" "$(lt help)"
is 'lt --list-programs' "$(lt --list-programs | wc -l)" "$(lt help | grep -c '^  [a-z][a-z-]*  ' | awk '{ print $1 - 1 }')"
fails_with 64 'an unknown program' lt nonesuch
err_is 'an unknown program, message' "lt: there is no program 'nonesuch'; try 'lt help'"
fails_with 64 'help for an unknown program' lt help nonesuch

for name in $(lt --list-programs); do
	p=
	[ ! -x "$LT_BIN/$name" ] || p=$name
	[ ! -x "$LT_BIN/lt$name" ] || p=lt$name
	[ -n "$p" ] || { skip "lt $name" 'it is not built'; continue; }
	is "lt $name is $p" "$(lt "$name" --version)" "$("$LT_BIN/$p" --version)"
	is "lt $p too" "$(lt "$p" --version)" "$("$LT_BIN/$p" --version)"
	is "lt help $name" "$(lt help "$name")" "$("$LT_BIN/$p" --help)"
	fails_with 64 "lt $name: its own exit code" lt "$name" --nonesuch
	err_has "lt $name: its own name" "$p: "
done

# Installed: a directory without a library above it.
mkdir -p inst/bin
cp "$LT_BIN/lt" inst/bin/lt
ln -s inst/bin/lt link
for name in ltsplit cat train lt-eval; do
	printf '#!/bin/sh\necho %s "$#" "$@"\nexit 3\n' "$name" >inst/bin/$name
	chmod +x inst/bin/$name
done
fails_with 3 'installed: ltNAME' inst/bin/lt split -x 'a b'
is 'installed: arguments are kept' "$(cat out)" 'ltsplit 2 -x a b'
fails_with 3 'installed: the prefix' inst/bin/lt eval
is 'installed: the right program' "$(cat out)" 'lt-eval 0'
fails_with 3 'through a link' ./link eval
fails_with 66 'installed: does not run cat of the system' inst/bin/lt cat
fails_with 66 'installed: does not run a train without prefix' inst/bin/lt train
err_has 'installed: which is missing' 'lt: train is not installed in '
chmod -x inst/bin/ltsplit
fails_with 77 'installed: not executable' inst/bin/lt split
err_has 'installed: not executable, message' 'Permission denied'
cp "$LT_BIN/lt" inst/lt
: >inst/liblt.a
fails_with 3 'a directory bin beside liblt.a is a build tree' inst/bin/lt train
PATH=$T/inst/bin:$PATH fails_with 3 'found by PATH' lt train

# ---------------------------------------------------------------- a reader that leaves

if [ -x "$LT_BIN/ltsynth" ]; then
	(ltsynth 2>noise; echo $? >code) | head -c 1 >one
	is 'a closed pipe: SIGPIPE' "$(cat code)" 141
	is 'a closed pipe: no message' "$(cat noise)" ""
	(trap '' PIPE; ltsynth 2>noise; echo $? >code) | head -c 1 >one
	is 'a closed pipe with SIGPIPE ignored' "$(cat code)" 141
	is 'a closed pipe with SIGPIPE ignored: no message' "$(cat noise)" ""
	fails_with 74 'a stream to a full disk' sh -c 'ltsynth >/dev/full'
	err_has 'a stream to a full disk: one line' 'ltsynth: <stdout>: '
	fails_with 74 'a stream to a closed stdout' sh -c 'ltsynth >&-'
	err_has 'a stream to a closed stdout: one line' 'ltsynth: <stdout>: '
else
	skip 'a closed pipe' 'no ltsynth'
fi

# ---------------------------------------------------------------- completion

for shell in bash zsh fish; do
	unnamed=
	for path in "$LT_BIN"/*; do
		p=${path##*/}
		case $p in lt*) ;; *) p=lt-$p ;; esac
		grep -qE "(^|[[:space:]])$p( |\$)" "$top/pipelines/completion.$shell" || unnamed="$unnamed $p"
	done
	is "completion.$shell names every program" "$unnamed" ''
done
: >file-one

if command -v bash >/dev/null; then
	cat >complete.bash <<'END'
. "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_lt
printf '%s\n' "${COMPREPLY[@]}"
END
	completes() {
		bash complete.bash "$top/pipelines/completion.bash" "$@" | tr '\n' ' '
	}
	is 'completion: programs' "$(completes lt pre)" 'pretrain-rot pretrain-jigsaw pretrain-moco pretrain-simclr '
	is 'completion: of help' "$(completes lt help ev)" 'eval '
	for name in $(lt --list-programs); do
		lt "$name" --list-options >options 2>/dev/null || continue
		is "completion: options of $name" "$(completes lt "$name" --prog)" '--progress '
		is "completion: choices of $name" "$(completes lt "$name" --progress a)" 'auto always '
		is "completion: after = in $name" "$(completes lt "$name" --progress = ne)" 'never '
	done
	is 'completion: file names' "$(completes lt nothing file-o)" 'file-one '
else
	skip completion 'no bash'
fi

if command -v fish >/dev/null; then
	offers() {
		HOME=$T fish --no-config -c "source $top/pipelines/completion.fish; complete -C '$1'" | tr '\n' ' '
	}
	is 'fish: programs' "$(offers 'lt pre')" 'pretrain-jigsaw pretrain-moco pretrain-rot pretrain-simclr '
	is 'fish: of help' "$(offers 'lt help ev')" 'eval '
	is 'fish: options' "$(offers 'lt train --prog')" '--progress '
	is 'fish: choices' "$(offers 'lt train --progress a')" 'always auto '
	is 'fish: after =' "$(offers 'lt train --progress=ne')" '--progress=never '
	is 'fish: the program itself' "$(offers 'ltcat --js')" '--json '
	is 'fish: a file as value' "$(offers 'lt train -o file-o')" 'file-one '
	is 'fish: a file after =' "$(offers 'lt train --output=file-o')" '--output=file-one '
	is 'fish: no suggestion for a number' "$(offers 'lt train --epochs file-o')" ''
	is 'fish: file names' "$(offers 'lt nothing file-o')" 'file-one '
else
	skip 'completion of fish' 'no fish'
fi

# zsh's completions work only in its line editor: lines are typed into it, each with a tab at
# its end, and the resulting lines are recorded.
if command -v zsh >/dev/null; then
	mkdir functions
	cp "$top/pipelines/completion.zsh" functions/_lt
	cat >type.zsh <<'END'
zmodload zsh/zpty || exit
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; fpath=($PWD/functions $fpath); autoload -U compinit; compinit -u -D; setopt no_beep
tell() { print -r -- $BUFFER >>typed; BUFFER= }; zle -N tell; bindkey "^X" tell; bindkey "^I" complete-word; : >typed'
until [[ -e typed ]] || ((SECONDS > 60)); do sleep 0.05; done
n=0
for line; do
	zpty -w -n shell "$line"$'\t\x18'
	((n++))
	until (($(wc -l <typed) >= n || SECONDS > 60)); do
		sleep 0.02
		zpty -r -t shell rest
	done
done
zpty -d shell
END
	set -- 'lt pretrain-s' 'lt help ev' 'lt train --prog' 'lt train --progress al' 'lt train --progress=ne' \
		'ltcat --js' 'lt train -o file-o' 'lt train --epochs file-o' 'lt train --quiet file-o'
	TERM=dumb HOME=$T zsh -f type.zsh "$@" >/dev/null 2>&1
	while read -r want; do
		# A complete word is followed by a space.
		is "zsh: $1" "$(sed -n 's/ $//;1p' typed)" "$want"
		sed -i 1d typed
		shift
	done <<'END'
lt pretrain-simclr
lt help eval
lt train --progress=
lt train --progress always
lt train --progress=never
ltcat --json
lt train -o file-one
lt train --epochs file-o
lt train --quiet file-one
END
else
	skip 'completion of zsh' 'no zsh'
fi

done_testing
