/* The table of classes of --dry-run. */
#include <inttypes.h>
#include <stdio.h>

#include "import/import_report_parts.h"

int lt_report_classes(const struct lt_report_page *page)
{
	int most = page->about->n_classes, s, n;

	for (s = 0; s < LT_REPORT_SPLITS; s++)
		for (n = page->report->split[s].n; n > most; n--)
			if (page->report->split[s].of_class[n - 1] > 0)
				most = n;
	return most;
}

/* ------------------------------------------------------------------ classes */

static const char *split_name(const struct lt_report_page *page, int s)
{
	if (page->about->splits && s < page->about->n_splits && page->about->splits[s])
		return page->about->splits[s];
	return "images";
}

/* The splits that have images; returns how many there are. */
static int list_splits(const struct lt_report *report, int listed[LT_REPORT_SPLITS])
{
	int n = 0, s;

	for (s = 0; s < LT_REPORT_SPLITS; s++)
		if (report->split[s].all > 0)
			listed[n++] = s;
	return n;
}

/* Bytes that do not continue a character. */
static int characters(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* A heading, right-aligned like its numbers; a long one widens its column. */
static int put_heading(struct lt_report_page *page, const char *name)
{
	int n = characters(name), pad = page->width > n ? page->width - n : 0;

	lt_report_put(page, "  %*s", pad, "");
	lt_report_name(page, name);
	return n + pad;
}

/* The columns of a table: one for each split, and their sum if there are several. */
struct columns {
	int label; /* width of the first */
	int split[LT_REPORT_SPLITS], width[LT_REPORT_SPLITS + 1], n;
	uint64_t value[LT_REPORT_SPLITS];
};

static void put_line(struct lt_report_page *page, const struct columns *columns,
		     const char *label, const char *name)
{
	uint64_t sum = 0;
	int i;

	lt_report_put(page, "%*s", columns->label, label);
	for (i = 0; i < columns->n; i++) {
		lt_report_put(page, "  %*" PRIu64, columns->width[i], columns->value[i]);
		sum += columns->value[i];
	}
	if (columns->n > 1)
		lt_report_put(page, "  %*" PRIu64, columns->width[columns->n], sum);
	lt_report_put(page, "%s", *name ? "  " : "");
	lt_report_name(page, name);
	lt_report_put(page, "\n");
}

static void put_class_lines(struct lt_report_page *page, struct columns *columns)
{
	const struct lt_report_about *about = page->about;
	const struct lt_report_counts *counts;
	int classes = lt_report_classes(page), label, i;
	uint64_t unlabelled = 0;
	char number[16];

	for (label = 0; label < classes && page->status == 0; label++) {
		for (i = 0; i < columns->n; i++) {
			counts = &page->report->split[columns->split[i]];
			columns->value[i] = label < counts->n ? counts->of_class[label] : 0;
		}
		snprintf(number, sizeof number, "%d", label);
		put_line(page, columns, number,
			 about->classes && label < about->n_classes ? about->classes[label]
								    : "");
	}
	for (i = 0; i < columns->n; i++) {
		columns->value[i] = page->report->split[columns->split[i]].unlabelled;
		unlabelled += columns->value[i];
	}
	if (unlabelled > 0)
		put_line(page, columns, "-1", "(no class)");
	for (i = 0; i < columns->n; i++)
		columns->value[i] = page->report->split[columns->split[i]].all;
	put_line(page, columns, "all", "");
}

void lt_report_table(struct lt_report_page *page)
{
	struct columns columns;
	int i;

	columns.label = snprintf(NULL, 0, "%d", lt_report_classes(page));
	if (columns.label < 5)
		columns.label = 5;
	columns.n = list_splits(page->report, columns.split);
	if (columns.n == 0)
		return;
	lt_report_put(page, "\n%*s", columns.label, "label");
	for (i = 0; i < columns.n; i++)
		columns.width[i] = put_heading(page, split_name(page, columns.split[i]));
	if (columns.n > 1)
		columns.width[columns.n] = put_heading(page, "together");
	lt_report_put(page, "  class\n");
	put_class_lines(page, &columns);
}
