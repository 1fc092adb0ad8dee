#include "page/markup.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"

#define ISOLATE "\xe2\x81\xa8"
#define END_ISOLATE "\xe2\x81\xa9"
#define ELLIPSIS "\xe2\x80\xa6"
#define REPLACEMENT "\xef\xbf\xbd"

static void put(struct lt_markup *markup, const void *bytes, size_t n)
{
	if (!markup->failed && !lt_buffer_append(&markup->out, bytes, n))
		markup->failed = true;
}

void lt_mark(struct lt_markup *markup, const char *text)
{
	put(markup, text, strlen(text));
}

void lt_markf(struct lt_markup *markup, const char *fmt, ...)
{
	char text[512];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof text)
		markup->failed = true;
	else
		put(markup, text, (size_t)n);
}

/* One character of n bytes. */
static void put_character(struct lt_markup *markup, const char *text, size_t n)
{
	static const struct {
		char is;
		const char *reference;
	} special[] = {
		{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (size_t i = 0; n == 1 && i < sizeof special / sizeof special[0]; i++)
		if (special[i].is == *text) {
			lt_mark(markup, special[i].reference);
			return;
		}
	put(markup, text, n);
}

/* At most `most` characters; returns what is left. */
static const char *put_some(struct lt_markup *markup, const char *text, int most)
{
	size_t n;

	for (; *text && most > 0; most--, text += n ? n : 1) {
		n = lt_printable(text);
		if (n > 0)
			put_character(markup, text, n);
		else
			lt_mark(markup, REPLACEMENT);
	}
	return text;
}

void lt_mark_text(struct lt_markup *markup, const char *text)
{
	put_some(markup, text, INT_MAX);
}

/* ASCII needs no isolates: it has no letters that are written from right to left. */
static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 128)
		text++;
	return !*text;
}

void lt_mark_short(struct lt_markup *markup, const char *name, int most)
{
	bool ascii = is_ascii(name);
	const char *end = name;

	for (int i = 0; i < most && *end; i++) {
		size_t n = lt_printable(end);

		end += n ? n : 1;
	}
	if (!ascii)
		lt_mark(markup, ISOLATE);
	put_some(markup, name, *end ? most - 1 : most);
	if (*end)
		lt_mark(markup, ELLIPSIS);
	if (!ascii)
		lt_mark(markup, END_ISOLATE);
}

void lt_mark_name(struct lt_markup *markup, const char *name)
{
	lt_mark_short(markup, name, INT_MAX);
}

int lt_name_cells(const char *name, int most)
{
	int cells = 0;

	for (int i = 0; i < most && *name; i++) {
		size_t n = lt_printable(name);

		/* From U+1100 on, about: Hangul, kana, ideographs. */
		cells += n >= 3 && (unsigned char)*name >= 0xe1 ? 2 : 1;
		name += n ? n : 1;
	}
	return cells;
}

/* *whole and *part of |value|, part in units of 10^-decimals; false where it has no text. */
static bool cut(double value, int decimals, uint64_t *whole, uint64_t *part, uint64_t *scale)
{
	double scaled;

	*scale = 1;
	for (int i = 0; i < decimals; i++)
		*scale *= 10;
	if (!(fabs(value) <= 1e9))
		return false;
	scaled = floor(fabs(value) * (double)*scale + 0.5);
	*whole = (uint64_t)scaled / *scale;
	*part = (uint64_t)scaled % *scale;
	return true;
}

static void put_number(struct lt_markup *markup, double value, int decimals, bool brief)
{
	uint64_t whole, part, scale;

	if (!cut(value, decimals, &whole, &part, &scale)) {
		lt_mark(markup, "-");
		return;
	}
	for (; brief && decimals > 0 && part % 10 == 0; decimals--)
		part /= 10;
	lt_markf(markup, "%s%" PRIu64, value < 0 && (whole || part) ? "-" : "", whole);
	if (decimals > 0)
		lt_markf(markup, ".%0*" PRIu64, decimals, part);
}

void lt_mark_real(struct lt_markup *markup, double value, int decimals)
{
	put_number(markup, value, decimals, false);
}

void lt_mark_brief(struct lt_markup *markup, double value, int decimals)
{
	put_number(markup, value, decimals, true);
}

void lt_mark_share(struct lt_markup *markup, double share)
{
	lt_mark_real(markup, 100 * share, 1);
	if (isfinite(share))
		lt_mark(markup, "&#160;%");
}

void lt_mark_count(struct lt_markup *markup, uint64_t count)
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%" PRIu64, count);

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			put(markup, ",", 1);
		put(markup, &digits[i], 1);
	}
}

void lt_mark_base64(struct lt_markup *markup, const void *bytes, size_t n)
{
	static const char digit[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *at = bytes;

	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t three = (uint32_t)at[i] << 16;
		char four[4];

		three |= left > 1 ? (uint32_t)at[i + 1] << 8 : 0;
		three |= left > 2 ? at[i + 2] : 0;
		for (int k = 0; k < 4; k++)
			four[k] = digit[three >> (18 - 6 * k) & 63];
		if (left < 3)
			four[3] = '=';
		if (left < 2)
			four[2] = '=';
		put(markup, four, 4);
	}
}

void lt_markup_free(struct lt_markup *markup)
{
	lt_buffer_free(&markup->out);
	*markup = (struct lt_markup){0};
}
