#!/bin/sh
# Pages of lt report in a browser: few, some and many classes, two models, unusual names, each at
# 1,280 and 400 pixels, light and dark.  "make check-pages" runs it.
. "$(dirname "$0")/lib.sh"
[ -n "$PYTHON" ] || { skip 'pages' 'no Python with msgpack'; done_testing; }
selenium=
for python in "$PYTHON" /usr/bin/python3 python3; do
	[ -n "$selenium" ] || ! "$python" -c 'import selenium' 2>/dev/null || selenium=$python
done
[ -n "$selenium" ] || { skip 'pages' 'no Python with selenium'; done_testing; }
command -v chromedriver >/dev/null || { skip 'pages' 'no chromedriver'; done_testing; }
made() { "$PYTHON" "$here/scores.py" "$@"; }

printf 'epoch\tloss\taccuracy\tval_accuracy\n' >log.tsv
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	echo "$i 0.$((99 - 2 * i)) 0.$((10 + 2 * i)) 0.$((10 + i))"
done | tr ' ' '\t' >>log.tsv
long=$(printf '%0250d' 0)
made three.lts "classes=<b>&\"x\",\\u05e9\\u05dc\\u05d5\\u05dd \\u05e2\\u05d5\\u05dc\\u05dd,$long" ratio=0 nan=2 xy=1 images=three-rows.lts &&
	made ten.lts rows=60 xy=1 images=ten-rows.lts && made other.lts rows=60 skill=3 &&
	made many.lts classes=200 rows=20 ratio=50 xy=1 && made bare.lts labels=0 && made one.lts classes=1
tap $? 'streams'
all='summary accuracy groups confusion tsne reliability curves classes mistakes pipeline'
ok 'three classes' report --rows three-rows.lts --log log.tsv three.lts -o three.html
ok 'ten classes, two models' report --rows ten-rows.lts --log log.tsv,"other=log.tsv" --against other.lts \
	--title 'Two models on the same rows' ten.lts -o ten.html
ok '200 classes' report --log log.tsv many.lts -o many.html
ok 'no label' report bare.lts -o bare.html
ok 'one class' report one.lts -o one.html
for page in three ten many; do echo "$page.html $all"; done >pages
echo 'bare.html summary classes pipeline' >>pages
echo 'one.html summary accuracy groups confusion reliability classes mistakes pipeline' >>pages
# A page that breaks the rules, to test that they are checked.
sed 's|</main>|<p style="width:2000px">wide</p><img src="https://localhost:9/x.png" alt=""><script src="nonesuch.js"></script></main>|; s|id="curves"|id="gone"|; /Content-Security-Policy/d' \
	three.html >broken.html

while read -r page sections; do
	# shellcheck disable=SC2086 # the list is a list
	"$selenium" "$here/pages.py" "$page" "${LT_SHOTS-}" $sections >seen 2>&1
	is "$page in a browser" "$(cat seen)" 'good'
done <pages
# shellcheck disable=SC2086
"$selenium" "$here/pages.py" broken.html '' $all >seen 2>&1
for fault in overflow request console 'missing section'; do
	grep -q "$fault" seen
	tap $? "what is broken is found: $fault"
done

if command -v rsvg-convert >/dev/null; then
	for figure in accuracy groups confusion tsne reliability; do
		ok "$figure as PNG" report --figure $figure three.lts -o $figure.png
		is "$figure is one" "$(head -c 4 $figure.png | tail -c 3)" PNG
	done
else
	skip 'PNG' 'no rsvg-convert'
fi
done_testing
