#include "import/import_report.h"

#include <stdlib.h>
#include <string.h>

#include "archive/input_limits.h"
#include "import/import_report_parts.h"

#define ROOM_FOR_SIZES ((size_t)2 * LT_REPORT_SIZES)

int lt_report_new(struct lt_report **out, struct lt_error *err)
{
	*out = lt_new_array(1, sizeof **out);
	return *out ? 0 : lt_fail_memory(err);
}

/* ------------------------------------------------------------------ sizes */

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void lt_report_sort_sizes(struct lt_report *report)
{
	size_t i, n = 0;

	if (report->n_sizes == report->n_sorted)
		return;
	qsort(report->size, report->n_sizes, sizeof *report->size, by_value);
	for (i = 0; i < report->n_sizes; i++)
		if (n == 0 || report->size[i] != report->size[n - 1])
			report->size[n++] = report->size[i];
	report->n_sizes = report->n_sorted = n;
}

/* Sizes are sorted only when the array is full, so that adding one takes few comparisons. */
static int add_size(struct lt_report *report, const struct lt_image_facts *facts,
		    struct lt_error *err)
{
	uint64_t size = (uint64_t)facts->width << 32 | facts->height;

	if (report->many_sizes ||
	    (report->n_sizes && report->size[report->n_sizes - 1] == size))
		return 0;
	if (!report->size)
		report->size = lt_new_array(ROOM_FOR_SIZES, sizeof *report->size);
	if (!report->size)
		return lt_fail_memory(err);
	report->size[report->n_sizes++] = size;
	if (report->n_sizes < ROOM_FOR_SIZES)
		return 0;
	lt_report_sort_sizes(report);
	report->many_sizes = report->n_sizes > LT_REPORT_SIZES;
	return 0;
}

/* ------------------------------------------------------------------ rows */

/* Finds the counter by name; names without room for a counter share one. */
static void add_format(struct lt_report *report, const char *name, uint64_t times)
{
	int i;

	for (i = 0; i < LT_REPORT_FORMATS && report->format[i].name; i++)
		if (strcmp(report->format[i].name, name) == 0)
			break;
	if (i == LT_REPORT_FORMATS)
		return;
	report->format[i].name = name;
	report->format[i].n += times;
}

static int add_facts(struct lt_report *report, const struct lt_image_facts *facts,
		     uint64_t times, struct lt_error *err)
{
	unsigned bits = facts->mode == LT_MODE_PALETTE ? 0 : facts->bits;
	int orientation = facts->orientation;
	int status;

	if (facts->mode >= LT_MODES)
		return lt_fail(err, LT_BUG, "an image of an unknown mode");
	if (bits >= LT_REPORT_BITS)
		bits = LT_REPORT_BITS - 1;
	if (orientation < 1 || orientation > 8)
		orientation = 1;
	status = lt_tally_add(&report->width, facts->width, times, err);
	if (status == 0)
		status = lt_tally_add(&report->height, facts->height, times, err);
	if (status == 0)
		status = add_size(report, facts, err);
	if (status)
		return status;
	report->mode[facts->mode][bits][facts->alpha] += times;
	report->orientation[orientation] += times;
	report->more += facts->more ? times : 0;
	report->looked_at += times;
	add_format(report, facts->format, times);
	return 0;
}

static int count(struct lt_report_counts *counts, int label, uint64_t times,
		 struct lt_error *err)
{
	uint64_t *grown;
	size_t room;

	if (label >= counts->n) {
		/* Grows by half, since classes may come one by one. */
		room = (size_t)label + 1 + (size_t)counts->n / 2;
		if (room > INT32_MAX)
			room = (size_t)label + 1;
		grown = lt_grow_array(counts->of_class, room, sizeof *grown);
		if (!grown)
			return lt_fail_memory(err);
		memset(grown + counts->n, 0, (room - (size_t)counts->n) * sizeof *grown);
		counts->of_class = grown;
		counts->n = (int)room;
	}
	if (label < 0)
		counts->unlabelled += times;
	else
		counts->of_class[label] += times;
	counts->all += times;
	return 0;
}

int lt_report_add(struct lt_report *report, int split, int label, uint64_t times,
		  const struct lt_image_facts *facts, struct lt_error *err)
{
	int status;

	if (split < 0 || split >= LT_REPORT_SPLITS || label == INT32_MAX)
		return lt_fail(err, LT_BUG, "a row of split %d, class %d", split, label);
	if (times == 0)
		return 0;
	status = count(&report->split[split], label, times, err);
	if (status == 0 && facts)
		status = add_facts(report, facts, times, err);
	if (status == 0)
		report->all += times;
	return status;
}

/* ------------------------------------------------------------------ what is not a row */

/* The counter of a reason: an existing one, a new one, or the last one if the array is full;
 * NULL without memory. */
static struct lt_report_reason *find_reason(struct lt_report *report, const char *text)
{
	struct lt_report_reason *reason;
	int i;

	for (i = 0; i < report->n_passed; i++)
		if (strcmp(report->passed[i].text, text) == 0)
			return &report->passed[i];
	if (report->n_passed == LT_REPORT_REASONS)
		return &report->passed[LT_REPORT_REASONS - 1];
	reason = &report->passed[report->n_passed];
	reason->text = report->n_passed == LT_REPORT_REASONS - 1
			       ? "for other reasons"
			       : lt_arena_text(&report->arena, text);
	if (!reason->text)
		return NULL;
	report->n_passed++;
	return reason;
}

int lt_report_passed(struct lt_report *report, const char *reason, const char *name, uint64_t n,
		     struct lt_error *err)
{
	struct lt_report_reason *of;

	if (n == 0)
		return 0;
	of = find_reason(report, reason);
	if (!of)
		return lt_fail_memory(err);
	if (name && !of->name) {
		of->name = lt_arena_text(&report->arena, name);
		if (!of->name)
			return lt_fail_memory(err);
	}
	of->n += n;
	return 0;
}

int lt_report_broken(struct lt_report *report, const char *name, const char *why,
		     struct lt_error *err)
{
	/* Including its pointer in the list. */
	uint64_t bytes = (uint64_t)strlen(name) + strlen(why) + sizeof *report->broken;
	const char **grown;

	if (report->broken_bytes + bytes > LT_MAX_TEXT) {
		/* Later ones are not listed either, so that the list has no gaps. */
		report->broken_bytes = LT_MAX_TEXT;
		report->n_broken++;
		return 0;
	}
	grown = lt_grow_array(report->broken, (size_t)report->n_broken_kept + 1, sizeof *grown);
	if (!grown)
		return lt_fail_memory(err);
	report->broken = grown;
	grown[report->n_broken_kept] = lt_arena_printf(&report->arena, "%s: %s", name, why);
	if (!grown[report->n_broken_kept])
		return lt_fail_memory(err);
	report->broken_bytes += bytes;
	report->n_broken_kept++;
	report->n_broken++;
	return 0;
}

uint64_t lt_report_n_broken(const struct lt_report *report)
{
	return report->n_broken;
}

void lt_report_free(struct lt_report *report)
{
	int i;

	if (!report)
		return;
	for (i = 0; i < LT_REPORT_SPLITS; i++)
		lt_free(report->split[i].of_class);
	lt_tally_free(&report->width);
	lt_tally_free(&report->height);
	lt_free(report->size);
	lt_free(report->broken);
	lt_arena_free(&report->arena);
	lt_free(report);
}
