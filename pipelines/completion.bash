# Completion of ltpipe's programs for bash.  In the tree: . pipelines/completion.bash
# Options and their choices are asked of the program itself (--list-options, a line an
# option: --name -x KIND [WORD ...]), so nothing here changes when an option does.
# shellcheck shell=bash

_lt() {
	local command=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} before='' asked=()
	local name letter kind words names=()

	command=${command/#\~\//$HOME/}
	COMPREPLY=()
	if [ "${command##*/}" = lt ]; then
		if [ "$COMP_CWORD" -eq 1 ] || { [ "$COMP_CWORD" -eq 2 ] && [ "${COMP_WORDS[1]}" = help ]; }; then
			words="$("$command" --list-programs 2>/dev/null) help --help --version"
			mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
			return
		fi
		asked=("${COMP_WORDS[1]}")
	fi

	# bash takes --name=value apart at the sign.
	[ "$COMP_CWORD" -ge 1 ] && before=${COMP_WORDS[COMP_CWORD - 1]}
	if [ "$current" = = ]; then
		current=''
	elif [ "$before" = = ]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi

	while read -r name letter kind words; do
		names+=("$name")
		[ "$kind" != FLAG ] || continue
		if [ "$before" = "$name" ] || { [ "$letter" != - ] && [ "$before" = "$letter" ]; }; then
			case $kind in
			CHOICE) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
			FILE) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
			esac
			return
		fi
	done < <("$command" "${asked[@]}" --list-options 2>/dev/null)

	case $current in
	-*) mapfile -t COMPREPLY < <(compgen -W "${names[*]}" -- "$current") ;;
	*) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	esac
}

complete -o filenames -F _lt lt ltcat ltimport ltplot ltsplit ltsynth lttheory ltverdict \
	lt-eval lt-pretrain-jigsaw lt-pretrain-moco lt-pretrain-rot lt-pretrain-simclr lt-probe lt-pseudolabel lt-report lt-retrain lt-train lt-tsne
