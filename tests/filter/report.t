#!/bin/sh
# lt report: the page's structure, escaping, equal bytes, figures, errors.  "make check-pages"
# tests the page in a browser.
. "$(dirname "$0")/../lib.sh"
[ -n "$PYTHON" ] || { skip 'lt report' 'no Python with msgpack'; done_testing; }
made() { "$PYTHON" "$here/../scores.py" "$@"; }
edit() { "$PYTHON" "$here/../stream_edit.py" edit "$@"; }

# structure FILE: the ids of the sections in order, then anything that would load another resource.
# The file must be well-formed XML except for the doctype, void elements and entities of HTML.
cat >structure.py <<'END'
import html.parser, sys

VOID = {'meta', 'link', 'img', 'br'}

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.sections, self.text, self.faults = [], [], [], '', []
        self.alts, self.images = [], 0

    def handle_starttag(self, tag, attrs, closed=False):
        a = dict(attrs)
        if 'id' in a:
            self.ids.append(a['id'])
        if tag == 'section':
            self.sections.append(a['id'])
        if tag == 'script' or any(k.startswith('on') for k in a):
            self.faults.append('a script: ' + tag)
        for k in 'src', 'href', 'srcset', 'action', 'data':
            if not a.get(k, 'data:').startswith(('data:', '#')):
                self.faults.append('%s needs %s' % (tag, a[k]))
        for name in a.get('aria-labelledby', '').split():
            self.wanted = getattr(self, 'wanted', set()) | {name}
        if tag == 'img':
            self.images += 1
            self.alts.append(a['alt'])
        if tag not in VOID and not closed:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs, True)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append('not nested: ' + tag)

    def handle_data(self, data):
        self.text += data

page = Page()
text = open(sys.argv[1], encoding='utf-8').read()
page.feed(text)
if page.open:
    page.faults.append('open: ' + ' '.join(page.open))
if len(set(page.ids)) != len(page.ids):
    page.faults.append('an id twice')
if not getattr(page, 'wanted', set()) <= set(page.ids):
    page.faults.append('a label that is not there')
for word in 'url(', '@import', 'nan', 'inf"':
    if word in text.replace('not a number', '').replace('dominant', ''):
        page.faults.append(word)
print(eval(sys.argv[2]))
END
shows() { "$PYTHON" structure.py "$@"; }

all='summary accuracy groups confusion tsne reliability curves classes mistakes pipeline'
made ten.lts xy=1 images=rows.lts
printf 'epoch\trate\tloss\taccuracy\tval_accuracy\n1\t0.1\t2.5\t0.2\t0.25\n2\t0.1\t1.5\t0.5\t-\n' >log.tsv

# ---------------------------------------------------------------- the page

ok 'a page of everything' report --rows rows.lts --log log.tsv ten.lts -o page.html
is 'has all sections' "$(shows page.html '" ".join(page.sections)')" "$all"
is 'needs nothing, is nested, has its labels' "$(shows page.html page.faults)" '[]'
is 'pictures of mistakes' "$(shows page.html 'page.images > 0 and all(page.alts)')" True
ok 'forbids the network itself' grep -q "default-src 'none'" page.html
ok 'again' report --rows rows.lts --log log.tsv ten.lts -o again.html
same 'the same bytes' page.html again.html
ok 'by more threads' report --threads 3 --rows rows.lts --log log.tsv ten.lts -o again.html
same 'the same bytes by threads' page.html again.html
sh -c 'lt report --names ten --title ten --rows rows.lts --log log.tsv' <ten.lts >again.html
same 'from stdin, under the same name' page.html again.html
right=$("$LT_BIN/eval" --format tsv ten.lts | awk '$1 == "accuracy" && $2 == "-" { printf "%.1f", 100 * $3 }')
ok 'the accuracy is that of eval' grep -qF "$right&#160;%" page.html
lt cat --how ten.lts | tail -n 1 | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/'\''/\&#39;/g' >how
ok 'the pipeline is in it' grep -qFf how page.html

ok 'scores alone' report ten.lts -o plain.html
is 'what is not there is left out' "$(shows plain.html '" ".join(page.sections)')" "$(echo "$all" | sed 's/ curves//')"
ok 'and named' grep -q 'Not on this page: Learning curves (give a training log, --log FILE); images' plain.html
is 'no pictures' "$(shows plain.html page.images)" 0

made better.lts xy=0 skill=3 seed=1
ok 'two models' report --against better.lts ten.lts -o two.html
is 'two models: nested' "$(shows two.html page.faults)" '[]'
is 'a matrix of each' "$(shows two.html '[i for i in page.ids if i.startswith("figure-confusion") and i.endswith("title")]')" \
	"['figure-confusion-title', 'figure-confusion-2-title']"
ok 'and the test of their difference' grep -q "McNemar's test" two.html
ok 'both names' grep -q '<h1>ten against better</h1>' two.html

# ---------------------------------------------------------------- other people's text

nasty='<script>alert(1)</script>,a&b "c" \x27d\x27,\u05e9\u05dc\u05d5\u05dd,'$(printf '%0200d' 0)
made nasty.lts "classes=$nasty" nan=3 xy=1 images=nasty-rows.lts
ok 'names that are markup' report --title '<b>"&' --rows nasty-rows.lts nasty.lts -o nasty.html
is 'are text' "$(shows nasty.html page.faults)" '[]'
is 'which is whole' "$(shows nasty.html "'<script>alert(1)</script>' in page.text and '\"c\"' in page.text")" True
is 'the title too' "$(shows nasty.html "page.text.count('<b>\"&') >= 2")" True
ok 'a name from right to left is isolated' grep -q '<bdi>' nasty.html
ok 'logits that are not numbers are told of' grep -q '3 rows have logits that are not finite' nasty.html
for figure in accuracy groups confusion tsne reliability; do
	ok "$figure of them" report --figure $figure nasty.lts -o $figure.svg
	ok "$figure is XML" "$PYTHON" -c "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])" $figure.svg
done
ok 'a log with markup in its name' report --figure curves --log '<b>&=log.tsv' nasty.lts -o curves.svg
ok 'is XML' "$PYTHON" -c "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])" curves.svg
ok 'a value that is missing is no point' sh -c '! grep -q "nan\|inf" curves.svg'

# ---------------------------------------------------------------- few and many

made one.lts classes=only rows=5
ok 'one class' report one.lts -o one.html
is 'one class: nested' "$(shows one.html page.faults)" '[]'
made none.lts rows=0
ok 'no row' report none.lts -o none.html
is 'no row: nested' "$(shows none.html page.faults)" '[]'
made unlabelled.lts labels=0 xy=1
ok 'no label' report unlabelled.lts -o unlabelled.html
is 'leaves accuracy out' "$(shows unlabelled.html '" ".join(page.sections)')" 'summary tsne classes pipeline'
ok 'and says so' grep -q 'No row has a label' unlabelled.html
made uncounted.lts ratio=0
ok 'no training counts' report uncounted.lts -o uncounted.html
is 'no training counts: nested' "$(shows uncounted.html page.faults)" '[]'
made many.lts classes=450 rows=4
ok '450 classes' report many.lts -o many.html
is '450 classes: nested' "$(shows many.html page.faults)" '[]'
ok '450 classes: under a megabyte' [ "$(wc -c <many.html)" -lt 1000000 ]
is 'the long table is folded' "$(grep -c '<details>' many.html)" 1
made perfect.lts skill=90
ok 'no mistake' report --rows rows.lts perfect.lts -o perfect.html
ok 'has none' grep -q 'There are none' perfect.html

# ---------------------------------------------------------------- figures

report --figure accuracy ten.lts >a.svg
report --figure accuracy ten.lts -o b.svg
same 'a figure to stdout and to a file' a.svg b.svg
# The real one is tried by "make check-pages".
mkdir empty fake
printf '#!/bin/sh\necho "$*" && cat\n' >fake/rsvg-convert
chmod +x fake/rsvg-convert
ok 'a PNG' env PATH="$T/fake:$PATH" report --figure accuracy ten.lts -o a.png
is 'is what rsvg-convert makes' "$(head -n 1 a.png)" '--format=png --zoom=2'
tail -n +2 a.png >c.svg
same 'of the same figure' c.svg a.svg
fails_with 71 'no rsvg-convert' env PATH="$T/empty" "$LT_BIN/report" --figure groups ten.lts -o c.png
err_is 'no rsvg-convert: message' \
	'report: a PNG needs the program rsvg-convert (librsvg), which is not in PATH; SVG needs nothing'
printf '#!/bin/sh\nexit 3\n' >empty/rsvg-convert
chmod +x empty/rsvg-convert
fails_with 71 'an rsvg-convert that fails' env PATH="$T/empty:$PATH" report --figure groups ten.lts -o c.png
err_is 'an rsvg-convert that fails: message' 'report: rsvg-convert failed'
ok 'nothing is left' test ! -e c.png
fails_with 64 'a page as PNG' report ten.lts -o page.png
err_is 'a page as PNG: message' 'report: PNG output needs --figure NAME'
fails_with 65 'a figure without its data' report --figure curves ten.lts -o c.svg
err_is 'a figure without its data: message' 'report: --figure curves: give a training log, --log FILE'
fails_with 65 'no label, no accuracy' report --figure accuracy unlabelled.lts -o c.svg

# ---------------------------------------------------------------- what does not fit

head -c 5000 ten.lts >cut.lts
fails_with 65 'a cut stream' report cut.lts -o c.html
err_has 'a cut stream: message' 'report: cut.lts:'
fails_with 65 'a cut stream on stdin' sh -c 'lt report <cut.lts >out.html'
is 'has no page' "$(cat out.html)" ''
fails_with 65 'rows' report rows.lts -o c.html
err_is 'rows: message' \
	"report: rows.lts: no column 'logits'; the input must be scores, as lt eval --scores FILE writes them"
fails_with 66 'scores that are not there' report nonesuch.lts -o c.html
fails_with 66 'a log that is not there' report --log nonesuch.tsv ten.lts -o c.html
err_is 'a log that is not there: message' 'report: nonesuch.tsv: No such file or directory'
fails_with 66 'rows that are not there' report --rows nonesuch.lts ten.lts -o c.html
made others.lts images=other-rows.lts first_id=100000
fails_with 65 'rows of other ids' report --rows other-rows.lts ten.lts -o c.html
err_is 'rows of other ids: message' \
	'report: other-rows.lts: no row has the id of one of the mistakes in ten.lts'
edit 'y[:] = memoryview(bytes(4 * len(y))).cast("i")' <rows.lts >zero.lts
fails_with 65 'rows of other labels' report --rows zero.lts ten.lts -o c.html
err_has 'rows of other labels: message' 'not the rows that were scored'
fails_with 65 'rows without images' report --rows better.lts ten.lts -o c.html
err_is 'rows without images: message' \
	"report: better.lts: no column 'image' of |u1 [height, width, channels] or of encoded pictures"
fails_with 65 'points of other rows' report --xy others.lts ten.lts -o c.html
fails_with 65 'another model on other rows' report --against others.lts ten.lts -o c.html
err_is 'another model on other rows: message' \
	'report: row 0 differs in ten.lts (id 0, label 0) and others.lts (id 100000, label 0)'
fails_with 65 'another model with other classes' report --against one.lts ten.lts -o c.html
edit 'if kind == "ROWS": y[0] = 10' <ten.lts >label.lts
fails_with 65 'a label out of range' report label.lts -o c.html
err_is 'a label out of range: message' 'report: label.lts:421: row 0: y is 10, with 10 classes'

made points.lts xy=1
ok 'points of their own stream' report --figure tsne --xy points.lts better.lts -o own.svg
lt cat --slice 0:50 rows.lts -o some.lts
lt cat --slice 0:50 points.lts -o some-points.lts
ok 'points of some rows' report --figure tsne --xy some-points.lts better.lts -o own.svg
is 'are those' "$(grep -o 'h0\|l-4.6 0z' own.svg | wc -l)" 50

log_fails() {
	printf '%b' "$2" >bad.tsv
	fails_with 65 "$1" report --log bad.tsv ten.lts -o c.html
	err_is "$1: message" "report: bad.tsv$3"
}
log_fails 'an empty log' '' ': an empty file, not a log'
log_fails 'another table' 'a\tb\n1\t2\n' ':1: not a log as --log writes it: the first column is not epoch'
log_fails 'a short line' 'epoch\tloss\n1\n' ':2: fewer columns than names'
log_fails 'a long line' 'epoch\tloss\n1\t2\t3\n' ':2: more columns than names'
log_fails 'no epoch' 'epoch\tloss\nx\t2\n' ':2: the epoch is not a number'
printf 'epoch\tloss\n' >bad.tsv
fails_with 65 'a log without epochs' report --figure curves --log bad.tsv ten.lts -o c.svg
ok 'which a page does without' report --log bad.tsv ten.lts -o c.html
fails_with 64 'nine logs' report --log log.tsv,log.tsv,log.tsv,log.tsv,log.tsv,log.tsv,log.tsv,log.tsv,log.tsv ten.lts -o c.html
mkdir lr=0.1
cp log.tsv lr=0.1/log.tsv
ok 'a sign of equality in a directory' report --figure curves --log ./lr=0.1/log.tsv,b=lr=0.1/log.tsv ten.lts -o c.svg
fails_with 64 'a log without a name' report --log =log.tsv ten.lts -o c.html
fails_with 64 'a second name and no second model' report --names a,b ten.lts -o c.html
fails_with 64 'three names' report --names a,b,c --against better.lts ten.lts -o c.html
fails_with 64 'other groups' report --groups few ten.lts -o c.html
fails_with 64 'another figure' report --figure pie ten.lts -o c.html
fails_with 74 'a full disk' sh -c 'lt report ten.lts >/dev/full'
fails_with 71 'too little memory' report --max-memory 1M many.lts -o d.html
is 'nothing is left behind' "$(ls d.html* .lt-* 2>/dev/null)" ''

done_testing
