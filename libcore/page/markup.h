/*
 * The text of an HTML page or an SVG figure in a growing buffer.  A failure is recorded, so
 * callers check only at the end.
 *
 * Foreign text (names of classes, titles, keys) is written only with lt_mark_text.  It escapes
 * &, <, > and both quotes, for content and for attributes in double quotes, and replaces
 * control characters and bytes that are not UTF-8 by U+FFFD.  Numbers have a fixed number of
 * decimals and are formatted with integers, independently of the locale.
 */
#ifndef LT_PAGE_MARKUP_H
#define LT_PAGE_MARKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/memory.h"

struct lt_markup {
	struct lt_buffer out;
	bool failed; /* no memory: the text is incomplete */
};

/* Appends markup unchanged. */
void lt_mark(struct lt_markup *markup, const char *text);
void lt_markf(struct lt_markup *markup, const char *fmt, ...) LT_PRINTF(2, 3);
void lt_mark_text(struct lt_markup *markup, const char *text);
/*
 * The same within Unicode isolates (U+2068, U+2069), so that a right-to-left name does not
 * change the order of the text around it.
 */
void lt_mark_name(struct lt_markup *markup, const char *name);
/*
 * The first `most` characters of a name (at least 1), with "…" for the rest; isolated as by
 * lt_mark_name.
 */
void lt_mark_short(struct lt_markup *markup, const char *name, int most);
/* Rounded to 0 … 9 decimals; "-" for values that are not finite or exceed 1e9. */
void lt_mark_real(struct lt_markup *markup, double value, int decimals);
/* The same without trailing zeros: 12.5, 3, -0.25. */
void lt_mark_brief(struct lt_markup *markup, double value, int decimals);
/* A fraction as a percentage with one decimal, "73.1 %"; "-" for NaN. */
void lt_mark_share(struct lt_markup *markup, double share);
/* Digits in groups of three: 12,406. */
void lt_mark_count(struct lt_markup *markup, uint64_t count);
/* RFC 4648. */
void lt_mark_base64(struct lt_markup *markup, const void *bytes, size_t n);

/* The width of a name, cut to `most` characters; wide characters count two. */
int lt_name_cells(const char *name, int most);

void lt_markup_free(struct lt_markup *markup);

#endif
