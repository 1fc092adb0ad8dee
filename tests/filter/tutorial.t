#!/bin/sh
# The commands of ltpipe-tutorial(7) and of README's section on a folder of one's own, taken
# out of the pages and run on the folders that the tutorial describes.  What the tutorial
# shows is compared: to the byte, or where figures depend on the machine by the form of each
# line.  Training takes one epoch here.
. "$(dirname "$0")/../lib.sh"
page=$here/../../man/man7/ltpipe-tutorial.7
readme=$here/../../README.md

# If an option is given twice, the last one counts.
mkdir wrap
cat >wrap/lt <<'END'
#!/bin/sh
case $1 in
train) exec "$LT_BIN/lt" "$@" --epochs 1 --arch resnet20 --batch 32 --threads 1 ;;
import) case " $* " in *' --size '*) exec "$LT_BIN/lt" "$@" --size 32 ;; esac ;;
esac
exec "$LT_BIN/lt" "$@"
END
chmod +x wrap/lt
PATH=$T/wrap:$PATH

# ---------------------------------------------------------------- the folders

# draw SPLIT N: N rows of each of five classes of the sample data, as files SPLIT.aaaa and so
# on, with alternating classes.
draw() {
	lt synth --split "$1" --per-class "$2" --classes 5 --size 40 | lt cat --take image --raw |
		split -b 4800 -a 4 - "$1."
}
# A long tail of pictures in directories, and a file that is not a picture.
make_pictures() {
	draw train 480
	mkdir -p pictures/mug pictures/tree pictures/house pictures/car pictures/boat
	set -- mug 480 tree 240 house 120 car 60 boat 30
	i=0
	for raw in train.*; do
		n=$((i / 5 + 1))
		[ $n -gt "$2" ] || cat ppm-head "$raw" >"pictures/$1/$n.ppm"
		set -- "$3" "$4" "$5" "$6" "$7" "$8" "$9" "${10}" "$1" "$2"
		i=$((i + 1))
	done
	echo 'from the market' >pictures/notes.txt
}
make_unsorted() {
	mkdir unsorted
	draw unlabeled 60
	n=1000
	for raw in unlabeled.*; do
		n=$((n + 1))
		cat ppm-head "$raw" >unsorted/IMG_$n.ppm
	done
}
printf 'P6 40 40 255\n' >ppm-head
ok 'a folder of pictures' make_pictures
ok 'unsorted pictures' make_unsorted
rm ppm-head train.* unlabeled.*

# ---------------------------------------------------------------- the tutorial

# command.N: a command; want.N: its output, without mdoc's escapes; varies.N exists if figures
# depend on the machine.
awk '
/^\.\\" The figures depend on the machine\./ { varies = 1; next }
/^\.Bd .*-literal/ { on = 1; next }
/^\.Ed/ { on = varies = 0 }
!on { next }
{ gsub(/\\e/, "\\"); gsub(/\\-/, "-"); sub(/^\\&/, "") }
/^\$ / { n++; sub(/^\$ /, ""); more = 1 }
more { print >("command." n); more = /\\$/; printf "" >("want." n); if (varies) printf "" >("varies." n); next }
{ print >("want." n) }' "$page"
steps=$(find . -name 'command.*' | wc -l)
ok "the tutorial has commands: $steps" test "$steps" -gt 15

# The words of a line, with N for each figure, for "-", and for the names of groups, files and classes.
form() {
	sed "s/ %//g; s/$(printf '\t')/ /g; s/  */ /g" "$1" |
		awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^(-|[0-9.]+|many|medium|few|IMG_[0-9]+\.ppm|mug|tree|house|car|boat)$/) $i = "N" } 1'
}
step=0
while [ $step -lt "$steps" ]; do
	step=$((step + 1))
	title=$(head -n 1 command.$step)
	sh -e command.$step >got.$step 2>&1
	is "$title: exit" $? 0
	if [ -e varies.$step ]; then
		is "$title: output except figures" "$(form got.$step)" "$(form want.$step)"
	else
		is "$title: output" "$(cat got.$step)" "$(cat want.$step)"
	fi
done

# ---------------------------------------------------------------- README

# The same programs as in the tutorial: a sanitizer would see nothing new.
[ -z "$LT_SAN" ] || done_testing
mkdir readme
mv pictures unsorted readme
cd readme || exit 1
awk '/^## / { on = $0 == "## Your own folder" } on && /^```/ { block = !block; next } on && block && NF' "$readme" >commands
is 'README: ten commands' "$(wc -l <commands | tr -d ' ')" 10
while read -r line; do
	ok "README: $line" sh -ec "$line" </dev/null
done <commands
is 'README: a prediction for each picture' "$(cut -f 2 unsorted.tsv | sed 1d | sort)" "$(cd unsorted && printf '%s\n' * | sort)"
ok 'README: the last model' lt eval --model semi.lts test.lts

done_testing
