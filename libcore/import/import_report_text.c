/*
 * The text of --dry-run.  Numbers come first in a line and names last, so that columns are
 * aligned in any alphabet.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "import/import_report_parts.h"

void lt_report_put(struct lt_report_page *page, const char *fmt, ...)
{
	char text[256];
	va_list args;

	if (page->status)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	page->status = lt_output_write(page->out, text, strlen(text), page->err);
}

void lt_report_name(struct lt_report_page *page, const char *name)
{
	size_t n;

	for (; *name && page->status == 0; name += n ? n : 1) {
		n = lt_printable(name);
		page->status = lt_output_write(page->out, n ? name : "?", n ? n : 1, page->err);
	}
}

void lt_report_number(struct lt_report_page *page, uint64_t n)
{
	lt_report_put(page, "%*" PRIu64, page->width, n);
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* ------------------------------------------------------------------ all of it */

static void put_formats(struct lt_report_page *page)
{
	const struct lt_report *report = page->report;
	int i;

	lt_report_put(page, "%" PRIu64, report->all);
	if (report->format[0].name && report->format[0].n == report->all) {
		lt_report_put(page, ", all of them %s\n", report->format[0].name);
		return;
	}
	for (i = 0; i < LT_REPORT_FORMATS && report->format[i].name; i++)
		lt_report_put(page, "%s%" PRIu64 " %s", i ? ", " : " (", report->format[i].n,
			      report->format[i].name);
	lt_report_put(page, "%s\n", i ? ")" : "");
}

/* Images of a class in all splits. */
static uint64_t of_class(const struct lt_report *report, int label)
{
	uint64_t n = 0;
	int s;

	for (s = 0; s < LT_REPORT_SPLITS; s++)
		if (label < report->split[s].n)
			n += report->split[s].of_class[label];
	return n;
}

static void put_classes(struct lt_report_page *page)
{
	uint64_t least = UINT64_MAX, most = 0, n;
	int classes = lt_report_classes(page), empty = 0, i;

	if (classes == 0)
		return;
	for (i = 0; i < classes; i++) {
		n = of_class(page->report, i);
		empty += n == 0;
		if (n > 0 && n < least)
			least = n;
		if (n > most)
			most = n;
	}
	lt_report_put(page, "classes  %d", classes);
	if (most > 0 && least < most)
		lt_report_put(page, ", %" PRIu64 " to %" PRIu64 " images each", least, most);
	else if (most > 0)
		lt_report_put(page, ", %" PRIu64 " image%s each", most, plural(most));
	if (empty)
		lt_report_put(page, ", %d without any", empty);
	lt_report_put(page, "\n");
}

static void put_head(struct lt_report_page *page)
{
	lt_report_put(page, "format   %s\nimages   ", page->about->format);
	put_formats(page);
	put_classes(page);
}

/* ------------------------------------------------------------------ what the images are */

static void put_tally(struct lt_report_page *page, const char *what,
		      const struct lt_tally *tally)
{
	lt_report_put(page, "%-8s%10" PRIu32 "%10" PRIu32 "%10" PRIu32 "\n", what, tally->least,
		      lt_tally_median(tally), tally->most);
}

static void put_sizes(struct lt_report_page *page)
{
	const struct lt_report *report = page->report;
	size_t n = report->n_sizes;

	if (report->looked_at == 0)
		return;
	lt_report_put(page, "\n%-8s%10s%10s%10s\n", "pixels", "min", "median", "max");
	put_tally(page, "width", &report->width);
	put_tally(page, "height", &report->height);
	if (report->many_sizes)
		lt_report_put(page, "more than %d sizes\n", LT_REPORT_SIZES);
	else
		lt_report_put(page, "%zu size%s\n", n, plural(n));
}

/* "grey, 16 bits, alpha"; 8 bits go without saying, and a palette's do not count. */
static void put_mode(struct lt_report_page *page, int mode, unsigned bits, int alpha)
{
	static const char *const names[LT_MODES] = {[LT_MODE_GREY] = "grey",
						    [LT_MODE_COLOUR] = "colour",
						    [LT_MODE_PALETTE] = "palette",
						    [LT_MODE_CMYK] = "CMYK",
						    [LT_MODE_OTHER] = "other colours"};

	lt_report_number(page, page->report->mode[mode][bits][alpha]);
	lt_report_put(page, "  %s", names[mode]);
	if (bits != 8 && bits != 0)
		lt_report_put(page, ", %u bit%s", bits, plural(bits));
	lt_report_put(page, "%s\n", alpha ? ", alpha" : "");
}

static void put_modes(struct lt_report_page *page)
{
	const struct lt_report *report = page->report;
	unsigned bits;
	int mode, alpha;

	if (report->looked_at == 0)
		return;
	lt_report_put(page, "\n%*s  mode\n", page->width, "images");
	for (mode = 0; mode < LT_MODES; mode++)
		for (bits = 0; bits < LT_REPORT_BITS; bits++)
			for (alpha = 0; alpha < 2; alpha++)
				if (report->mode[mode][bits][alpha] > 0)
					put_mode(page, mode, bits, alpha);
	if (report->more == 0)
		return;
	lt_report_number(page, report->more);
	lt_report_put(page, "  of these the first of several in a file (animations, pages)\n");
}

static void put_orientations(struct lt_report_page *page)
{
	static const char *const names[9] = {[2] = "mirrored",
					     [3] = "upside down",
					     [4] = "mirrored, upside down",
					     [5] = "transposed",
					     [6] = "on its left side",
					     [7] = "transposed the other way",
					     [8] = "on its right side"};
	const struct lt_report *report = page->report;
	int i;

	if (report->looked_at == report->orientation[1])
		return;
	lt_report_put(page, "\n%*s  orientation tag (%s)\n", page->width, "images",
		      page->about->as_stored ? "not applied" : "applied");
	for (i = 2; i <= 8; i++) {
		if (report->orientation[i] == 0)
			continue;
		lt_report_number(page, report->orientation[i]);
		lt_report_put(page, "  %d, stored %s\n", i, names[i]);
	}
}

/* ------------------------------------------------------------------ what is not a row */

static void put_passed(struct lt_report_page *page)
{
	const struct lt_report_reason *reason = page->report->passed;
	int i;

	if (page->report->n_passed == 0)
		return;
	lt_report_put(page, "\n%*s\n", page->width, "passed over");
	for (i = 0; i < page->report->n_passed; i++, reason++) {
		lt_report_number(page, reason->n);
		lt_report_put(page, "  ");
		lt_report_name(page, reason->text);
		if (reason->name) {
			lt_report_put(page, reason->n == 1 ? ", " : ", such as ");
			lt_report_name(page, reason->name);
		}
		lt_report_put(page, "\n");
	}
}

static void put_broken(struct lt_report_page *page)
{
	const struct lt_report *report = page->report;
	uint64_t i;

	if (report->n_broken == 0) {
		lt_report_put(page, "%s", page->about->checked ? "\nno image is broken\n" : "");
		return;
	}
	lt_report_put(page, "\nbroken: %" PRIu64 " image%s\n", report->n_broken,
		      plural(report->n_broken));
	for (i = 0; i < report->n_broken_kept; i++) {
		lt_report_put(page, "  ");
		lt_report_name(page, report->broken[i]);
		lt_report_put(page, "\n");
	}
	if (report->n_broken > report->n_broken_kept)
		lt_report_put(page, "  and %" PRIu64 " more\n",
			      report->n_broken - report->n_broken_kept);
}

/* Wide enough for the largest number of the report. */
static int number_width(const struct lt_report *report)
{
	uint64_t most = report->all;
	char text[32];
	int i, n;

	for (i = 0; i < report->n_passed; i++)
		if (report->passed[i].n > most)
			most = report->passed[i].n;
	n = snprintf(text, sizeof text, "%" PRIu64, most);
	return n > 8 ? n : 8;
}

int lt_report_print(struct lt_report *report, const struct lt_report_about *about,
		    struct lt_output *output, struct lt_error *err)
{
	struct lt_report_page page = {report, about, output, err, 0, number_width(report)};

	lt_report_sort_sizes(report);
	report->many_sizes = report->many_sizes || report->n_sizes > LT_REPORT_SIZES;
	put_head(&page);
	put_sizes(&page);
	put_modes(&page);
	put_orientations(&page);
	lt_report_table(&page);
	put_passed(&page);
	put_broken(&page);
	return page.status;
}
