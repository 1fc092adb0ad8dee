# Completion of ltpipe's programs for fish.  In the tree: source pipelines/completion.fish
# Options and their choices are asked of the program itself (--list-options, a line an
# option: --name -x KIND [WORD ...]), so nothing here changes when an option does.

function __lt_complete
	set -l words (commandline -opc)
	set -l current (commandline -ct)
	set -l command (string replace -r '^~/' "$HOME/" -- $words[1])
	set -l asked
	if string match -qr '(^|/)lt$' -- $command
		if test (count $words) -eq 1; or test (count $words) -eq 2 -a "$words[2]" = help
			$command --list-programs 2>/dev/null
			printf '%s\n' help --help --version
			return
		end
		set asked $words[2]
	end

	# An option before the word or, with an equals sign, at its start takes the value.
	set -l before $words[-1]
	set -l prefix ''
	set -l value $current
	if set -l parts (string match -r '^(--[^=]+)=(.*)$' -- $current)
		set before $parts[2]
		set prefix $parts[2]=
		set value $parts[3]
	end
	set -l names
	$command $asked --list-options 2>/dev/null | while read -la option
		set -a names $option[1]
		test $option[3] = FLAG; and continue
		if test "$before" != -; and contains -- "$before" $option[1..2]
			switch $option[3]
				case CHOICE
					printf '%s\n' $prefix$option[4..-1]
				case FILE
					for path in (__fish_complete_path $value)
						echo $prefix$path
					end
			end
			return
		end
	end

	if string match -q -- '-*' $current
		printf '%s\n' $names
	else
		__fish_complete_path $current
	end
end

for program in lt ltcat ltimport ltplot ltsplit ltsynth lttheory ltverdict \
	lt-eval lt-pretrain-jigsaw lt-pretrain-moco lt-pretrain-rot lt-pretrain-simclr lt-probe lt-pseudolabel lt-report lt-retrain lt-train lt-tsne
	complete -c $program -f -a '(__lt_complete)'
end
