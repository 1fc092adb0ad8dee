#include "page/page_style.h"

#include <stdbool.h>
#include <string.h>

static const char style[] =
	":root{--bg:#f4f6f8;--card:#fff;--text:#1f2328;--quiet:#57606a;--line:#d8dee4}\n"
	"@media screen and (prefers-color-scheme:dark){"
	":root{--bg:#0d1013;--card:#16191d;--text:#e6e9ec;--quiet:#a3acb6;--line:#343b42}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;max-width:78rem;padding:1rem;background:var(--bg);"
	"color:var(--text);font:1rem/1.5 system-ui,-apple-system,\"Segoe UI\",\"DejaVu "
	"Sans\",sans-serif;overflow-wrap:anywhere}\n"
	"h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0 1rem}\n"
	"h2{font-size:1.15rem;margin:0 0 .6rem}\n"
	"h3{font-size:1rem;margin:1rem 0 .4rem}\n"
	"main{display:grid;gap:1rem;"
	"grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr))}\n"
	"section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;"
	"padding:1rem;min-width:0}\n"
	"section.wide{grid-column:1/-1}\n"
	".pair{display:grid;gap:1.5rem;"
	"grid-template-columns:repeat(auto-fit,minmax(min(100%,27rem),1fr))}\n"
	".pair>div{min-width:0}\n"
	"figure{margin:0}\nsvg{display:block;width:100%;max-width:36rem;height:auto;margin:0 "
	"auto}\n"
	"p{margin:.5rem 0}.note,footer,small{color:var(--quiet);font-size:.875rem}\n"
	".which{font-weight:600;text-align:center}\n"
	".scroll{overflow-x:auto}\n"
	"table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9375rem}\n"
	"th,td{padding:.25rem .7rem;text-align:right;border-bottom:1px solid var(--line);"
	"white-space:nowrap}\n"
	"th:first-child,td:first-child{padding-left:0}\n"
	"thead th{color:var(--quiet);font-weight:600;vertical-align:bottom}\n"
	"tbody th{font-weight:400}\n"
	".name{text-align:left;white-space:normal;min-width:7rem;max-width:18rem}\n"
	"pre{white-space:pre-wrap;font-size:.8125rem;line-height:1.45;margin:.5rem 0}\n"
	"summary{cursor:pointer;margin:.5rem 0}\n"
	".pictures{display:grid;gap:1rem .8rem;padding:0;margin:.5rem 0;list-style:none;"
	"grid-template-columns:repeat(auto-fill,minmax(7rem,1fr))}\n"
	".pictures li{font-size:.8125rem;line-height:1.35;min-width:0;break-inside:avoid}\n"
	".pictures img{display:block;width:6rem;height:6rem;object-fit:contain;"
	"image-rendering:pixelated;margin-bottom:.3rem;background:var(--bg)}\n"
	".pictures small{font-size:inherit}\n"
	"footer{margin:1rem 0}\n"
	"@media (max-width:34rem){body{padding:.5rem}section{padding:.75rem .6rem}"
	"th,td{padding:.25rem .45rem}.name{min-width:6.3rem}}\n"
	"@media print{body{max-width:none;padding:0;background:#fff;font-size:10pt}"
	"main{display:block}section{border:0;padding:0;margin:0 0 1.2rem}"
	"figure,tr{break-inside:avoid}h2{break-after:avoid}"
	"svg{max-width:13cm}.scroll{overflow:visible}table{font-size:8pt}"
	"th,td{padding:.1rem .3rem}thead th{white-space:normal}.name{min-width:2rem}}\n";

void lt_page_style(struct lt_markup *markup)
{
	lt_mark(markup, style);
}

/* Bytes to the next blank outside of quotes. */
static size_t word_length(const char *text)
{
	bool quoted = false;
	size_t n = 0;

	for (; text[n] && text[n] != '\n' && (quoted || text[n] != ' '); n++)
		if (text[n] == '\'')
			quoted = !quoted;
	return n;
}

static void mark_word(struct lt_markup *markup, const char *text, size_t n)
{
	char word[256];

	for (size_t at = 0; at < n;) {
		size_t part = n - at < sizeof word - 1 ? n - at : sizeof word - 1;

		/* Do not cut inside a character. */
		while (at + part < n && part > 1 &&
		       ((unsigned char)text[at + part] & 0xc0) == 0x80)
			part--;
		memcpy(word, text + at, part);
		word[part] = '\0';
		lt_mark_text(markup, word);
		at += part;
	}
}

void lt_page_commands(struct lt_markup *markup, const char *text)
{
	int column = 0;

	while (*text) {
		size_t n = word_length(text);

		if (n == 1 && *text == '|') {
			lt_mark(markup, "|\n  ");
			column = 2;
			text += text[1] == ' ' ? 2 : 1;
			continue;
		}
		if (column + (int)(n < 1000 ? n : 1000) > 88 && column > 6) {
			lt_mark(markup, "\\\n      ");
			column = 6;
		}
		mark_word(markup, text, n);
		column += (int)(n < 1000 ? n : 1000) + 1;
		text += n;
		if (*text == ' ') {
			lt_mark(markup, " ");
			text++;
		} else if (*text == '\n') {
			lt_mark(markup, "\n");
			column = 0;
			text++;
		}
	}
}
