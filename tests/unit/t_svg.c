/*
 * Text, numbers, axes and pictures of page/: escaping, rounding and counts, computed by
 * hand.
 */
#include "page/axis.h"
#include "page/confused.h"
#include "page/ids.h"
#include "page/markup.h"
#include "page/palette.h"
#include "page/svg.h"

#include "check.h"

/* The markup written since the last call. */
static const char *text(struct lt_markup *markup)
{
	static char copy[4096];
	size_t n = markup->out.size < sizeof copy - 1 ? markup->out.size : sizeof copy - 1;

	memcpy(copy, markup->out.data ? (char *)markup->out.data : "", n);
	copy[n] = '\0';
	markup->out.size = 0;
	return copy;
}

static const char *real(double value, int decimals, bool brief)
{
	static struct lt_markup markup;

	(brief ? lt_mark_brief : lt_mark_real)(&markup, value, decimals);
	return text(&markup);
}

static void test_text(void)
{
	struct lt_markup m = {0};

	lt_mark_text(&m, "<b a=\"1\" c='2'>&amp;</b>");
	check_text(text(&m), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;");
	lt_mark_text(&m, "a\x01"
			 "b\xff"
			 "c\xc3\xa9");
	check_text(text(&m), "a\xef\xbf\xbd"
			     "b\xef\xbf\xbd"
			     "c\xc3\xa9");
	lt_mark_name(&m, "cat");
	check_text(text(&m), "cat");
	lt_mark_name(&m, "\xd7\xa9");
	check_text(text(&m), "\xe2\x81\xa8\xd7\xa9\xe2\x81\xa9");
	lt_mark_short(&m, "abcdef", 6);
	check_text(text(&m), "abcdef");
	lt_mark_short(&m, "abcdefg", 6);
	check_text(text(&m), "abcde\xe2\x80\xa6");
	lt_mark_short(&m, "<<<<", 3);
	check_text(text(&m), "&lt;&lt;\xe2\x80\xa6");
	check_int(lt_name_cells("cat", 10), 3);
	check_int(lt_name_cells("abcdef", 4), 4);
	check_int(lt_name_cells("\xe7\x8c\xab\xc3\xa9", 10), 3);
	check(!m.failed);
	lt_markup_free(&m);
}

static void test_numbers(void)
{
	check_text(real(1.005, 1, false), "1.0");
	check_text(real(0.25, 1, false), "0.3");
	check_text(real(-0.04, 1, false), "0.0");
	check_text(real(-0.05, 1, false), "-0.1");
	check_text(real(9.999, 2, false), "10.00");
	check_text(real(NAN, 2, false), "-");
	check_text(real(INFINITY, 2, true), "-");
	check_text(real(2e9, 0, false), "-");
	check_text(real(12.5, 3, true), "12.5");
	check_text(real(100, 2, true), "100");
	check_text(real(-0.25, 2, true), "-0.25");
	check_text(real(0.001, 2, true), "0");
	check_text(real(7, 0, true), "7");
}

static void test_shares(void)
{
	struct lt_markup m = {0};

	lt_mark_share(&m, 0.7312);
	check_text(text(&m), "73.1&#160;%");
	lt_mark_share(&m, NAN);
	check_text(text(&m), "-");
	lt_mark_count(&m, 0);
	check_text(text(&m), "0");
	lt_mark_count(&m, 12406);
	check_text(text(&m), "12,406");
	lt_mark_count(&m, UINT64_MAX);
	check_text(text(&m), "18,446,744,073,709,551,615");
	/* RFC 4648, section 10. */
	lt_mark_base64(&m, "foobar", 6);
	check_text(text(&m), "Zm9vYmFy");
	lt_mark_base64(&m, "fooba", 5);
	check_text(text(&m), "Zm9vYmE=");
	lt_mark_base64(&m, "foob", 4);
	check_text(text(&m), "Zm9vYg==");
	lt_mark_base64(&m, "", 0);
	check_text(text(&m), "");
	lt_markup_free(&m);
}

static void test_axes(void)
{
	struct lt_axis axis = {0, 1, 0, 100, false}, logs = {1, 1000, 0, 90, true},
		       flat = {3, 3, 0, 1, false};
	double tick[LT_TICKS];

	check_near(lt_axis_at(&axis, 0.25), 25, 1e-12);
	check_near(lt_axis_at(&logs, 10), 30, 1e-9);
	check_int(lt_axis_ticks(&axis, 5, tick), 6);
	check_near(tick[1], 0.2, 1e-12);
	check_int(lt_axis_ticks(&logs, 4, tick), 4);
	check_near(tick[3], 1000, 1e-9);
	axis = (struct lt_axis){0.13, 0.88, 0, 1, false};
	lt_axis_round(&axis, 4);
	check_near(axis.low, 0, 1e-12);
	check_near(axis.high, 1, 1e-12);
	lt_axis_round(&flat, 4);
	check(flat.low < 3 && flat.high > 3);
	logs = (struct lt_axis){1, 1e6, 0, 1, true};
	check(lt_axis_ticks(&logs, 6, tick) <= 7);
	logs = (struct lt_axis){4, 6, 0, 1, true};
	check_int(lt_axis_ticks(&logs, 6, tick), 3);
}

static void test_svg(void)
{
	struct lt_markup m = {0};
	struct lt_svg svg = {.out = &m, .name = "x"};

	lt_svg_begin(&svg, 10, 20.5, "a<b", "\"d\"");
	check_text(text(&m), "<svg viewBox=\"0 0 10 20.5\" role=\"img\" "
			     "aria-labelledby=\"x-title x-text\">\n"
			     "<title id=\"x-title\">a&lt;b</title>"
			     "<desc id=\"x-text\">&quot;d&quot;</desc>\n");
	lt_svg_rect(&svg, "f", 1, NAN, 1.0 / 3, -1);
	check_text(text(&m), "<rect class=\"f\" x=\"1\" y=\"0\" width=\"0.33\" "
			     "height=\"0\"/>\n");
	lt_svg_path(&svg, "l");
	lt_svg_move(&svg, 0.004, 1);
	lt_svg_to(&svg, 0.008, 2);
	lt_svg_to(&svg, 0.012, 3);
	lt_svg_close_path(&svg);
	check_text(text(&m), "<path class=\"l\" d=\"M0 1l0.01 1l0 1\"/>\n");
	lt_svg_name(&svg, "t", 0, 0, "long name", 5);
	check_text(text(&m), "<text class=\"t\" x=\"0\" y=\"0\">long\xe2\x80\xa6</text>\n");
	svg.alone = true;
	lt_svg_begin(&svg, 10, 10, "a", "b");
	check(strstr(text(&m), "xmlns=\"http://www.w3.org/2000/svg\"") != NULL);
	lt_markup_free(&m);
}

static void test_ids(void)
{
	static const int64_t id[] = {7, -2, 7, 5, 7};
	struct lt_ids ids;

	check_int(lt_ids_new(&ids, 5, NULL), 0);
	for (size_t i = 0; i < 5; i++)
		ids.entry[i] = (struct lt_id){.id = id[i], .at = i};
	lt_ids_sort(&ids);
	check_int((long long)lt_ids_take(&ids, 7), 0);
	check_int((long long)lt_ids_take(&ids, -2), 1);
	check(lt_ids_take(&ids, -2) == LT_NO_ROW);
	check_int((long long)lt_ids_take(&ids, 7), 2);
	check_int((long long)lt_ids_take(&ids, 7), 4);
	check(lt_ids_take(&ids, 7) == LT_NO_ROW);
	check(lt_ids_take(&ids, 6) == LT_NO_ROW);
	check(lt_ids_take(&ids, 8) == LT_NO_ROW);
	lt_ids_free(&ids);
}

static void test_confused(void)
{
	static struct lt_page_row row[] = {
		{.label = 1, .predicted = 0}, {.label = 0, .predicted = 0},
		{.label = 1, .predicted = 0}, {.label = 2, .predicted = -1},
		{.label = 0, .predicted = 2}, {.label = -1, .predicted = 1}};
	struct lt_scores scores = {.row = row, .n = 6};
	struct lt_confused *list;
	size_t n;

	check_int(lt_confused_list(&scores, &list, &n, NULL), 0);
	check_int((long long)n, 3);
	check(list[0].truth == 0 && list[0].predicted == 0 && list[0].rows == 1);
	check(list[2].truth == 1 && list[2].predicted == 0 && list[2].rows == 2);
	check_int((long long)lt_confused_worst(list, n, 1), 1);
	check(list[0].truth == 1 && list[0].rows == 2);
	lt_free(list);
}

/*
 * Text on the page's backgrounds, and neighbouring series: contrasts as defined by the Web
 * Content Accessibility Guidelines 2.1, computed from the style sheet itself.
 */
static double channel(const char *hex)
{
	static const char digits[] = "0123456789abcdef";
	double v = (double)((strchr(digits, hex[0]) - digits) * 16 +
			    (strchr(digits, hex[1]) - digits)) /
		   255;

	return v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(const char *hex)
{
	return 0.2126 * channel(hex) + 0.7152 * channel(hex + 2) + 0.0722 * channel(hex + 4);
}

static double contrast(const char *a, const char *b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

/*
 * Machado et al., IEEE TVCG 15, 2009, table 1, severity 1, on linear RGB; the first is
 * normal vision.
 */
static const double sight[4][3][3] = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
				      {{0.152286, 1.052583, -0.204868},
				       {0.114503, 0.786281, 0.099216},
				       {-0.003882, -0.048116, 1.051998}},
				      {{0.367322, 0.860646, -0.227968},
				       {0.280085, 0.672501, 0.047413},
				       {-0.011820, 0.042940, 0.968881}},
				      {{1.255528, -0.076749, -0.178779},
				       {-0.078411, 0.930809, 0.147602},
				       {0.004733, 0.691367, 0.303900}}};

static double cube_root(double t)
{
	return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

/* CIE L*a*b* of a colour in this kind of vision. */
static void lab(const char *hex, int kind, double out[3])
{
	static const double xyz[3][3] = {{0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505},
					 {0.2126, 0.7152, 0.0722},
					 {0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089}};
	double rgb[3], t[3];

	for (int i = 0; i < 3; i++) {
		rgb[i] = 0;
		for (int k = 0; k < 3; k++)
			rgb[i] += sight[kind][i][k] * channel(hex + 2 * k);
		rgb[i] = fmin(1, fmax(0, rgb[i]));
	}
	for (int i = 0; i < 3; i++)
		t[i] = cube_root(xyz[i][0] * rgb[0] + xyz[i][1] * rgb[1] + xyz[i][2] * rgb[2]);
	out[0] = 116 * t[1] - 16;
	out[1] = 500 * (t[0] - t[1]);
	out[2] = 200 * (t[1] - t[2]);
}

/* The smallest distance between two series, in a style sheet from a given position on. */
static double smallest_distance(const char *style, int kind)
{
	double at[LT_SERIES][3], least = INFINITY;
	char selector[16];

	for (int i = 0; i < LT_SERIES; i++) {
		snprintf(selector, sizeof selector, ".c%d{color:#", i);
		lab(strstr(style, selector) + strlen(selector), kind, at[i]);
		for (int k = 0; k < i; k++)
			least = fmin(least, sqrt(pow(at[i][0] - at[k][0], 2) +
						 pow(at[i][1] - at[k][1], 2) +
						 pow(at[i][2] - at[k][2], 2)));
	}
	return least;
}

static void test_series(void)
{
	struct lt_markup m = {0};
	const char *dark;

	lt_palette_style(&m);
	check(lt_buffer_append(&m.out, "", 1));
	dark = strstr((char *)m.out.data, "dark");
	check(dark != NULL);
	for (int kind = 0; kind < 4; kind++) {
		check(smallest_distance((char *)m.out.data, kind) >= 16.9);
		check(smallest_distance(dark, kind) >= 16.9);
	}
	lt_markup_free(&m);
}

static void test_palette(void)
{
	static const struct {
		const char *selector, *background;
		double least;
		int which; /* the light or the dark rule */
	} asked[] = {{"svg .t{fill:#", "ffffff", 7, 0},	  {"svg .t{fill:#", "16191d", 7, 1},
		     {"svg .q{fill:#", "ffffff", 4.5, 0}, {"svg .q{fill:#", "16191d", 4.5, 1},
		     {".c0{color:#", "ffffff", 3, 0},	  {".c0{color:#", "16191d", 3, 1},
		     {".c1{color:#", "ffffff", 3, 0},	  {".c1{color:#", "16191d", 3, 1},
		     {".c2{color:#", "ffffff", 3, 0},	  {".c2{color:#", "16191d", 3, 1}};
	struct lt_markup m = {0};

	lt_palette_style(&m);
	check(lt_buffer_append(&m.out, "", 1));
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		const char *at = strstr((char *)m.out.data, asked[i].selector);

		if (asked[i].which)
			at = at ? strstr(at + 1, asked[i].selector) : NULL;
		check_named(at && contrast(at + strlen(asked[i].selector),
					   asked[i].background) >= asked[i].least,
			    asked[i].selector);
	}
	lt_markup_free(&m);
}

int main(void)
{
	test_text();
	test_numbers();
	test_shares();
	test_axes();
	test_svg();
	test_ids();
	test_confused();
	test_palette();
	test_series();
	return check_done();
}
