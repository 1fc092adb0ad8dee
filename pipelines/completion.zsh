#compdef lt ltcat ltimport ltplot ltsplit ltsynth lttheory ltverdict lt-eval lt-pretrain-jigsaw lt-pretrain-moco lt-pretrain-rot lt-pretrain-simclr lt-probe lt-pseudolabel lt-report lt-retrain lt-train lt-tsne
# Completion of ltpipe's programs for zsh: installed as _lt in a directory of $fpath.
# Options and their choices are asked of the program itself (--list-options, a line an
# option: --name -x KIND [WORD ...]), so nothing here changes when an option does.

local command=${words[1]/#\~\//$HOME/} name letter kind choices what line
local -a asked specs forms

if [[ ${command:t} == lt ]]; then
	if ((CURRENT == 2)) || [[ CURRENT -eq 3 && $words[2] == help ]]; then
		asked=(${(f)"$($command --list-programs 2>/dev/null)"} help --help --version)
		compadd -- $asked
		return
	fi
	asked=($words[2])
	shift words
	((CURRENT--))
fi

for line in ${(f)"$($command $asked --list-options 2>/dev/null)"}; do
	read -r name letter kind choices <<<$line
	case $kind in
	CHOICE) what=":choice:($choices)" ;;
	FILE) what=':file:_files' ;;
	WORD) what=':value: ' ;;
	*) what='' ;;
	esac
	# "=": the value is the next word or follows an equals sign; "+": or the letter itself.
	forms=($name${what:+=})
	[[ $letter == - ]] || forms+=($letter${what:+\+})
	for name in $forms; do
		specs+=("*$name$what")
	done
done
_arguments -s -S $specs '*:file:_files'
