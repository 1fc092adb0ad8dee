/*
 * Statistics of a table: rows per class, mean and standard deviation; and the removal of
 * labels.
 *
 * Pixels are summed as integers, so the results do not depend on the order of the rows,
 * and rounding occurs only in the last two divisions.
 */
#include "data/table.h"

#include <math.h>
#include <string.h>

__extension__ typedef unsigned __int128 lt_u128;

void lt_table_counts(const struct lt_table *table, uint64_t *counts)
{
	uint64_t i;

	for (i = 0; i < table->n; i++)
		if (table->label[i] >= 0 && table->label[i] < table->header.n_classes)
			counts[table->label[i]]++;
}

int lt_table_forget_labels(struct lt_table *table, const struct lt_header *classes,
			   struct lt_error *err)
{
	uint64_t i;

	for (i = 0; i < table->n; i++)
		table->label[i] = -1;
	table->header.class_counts = NULL;
	return lt_header_set_classes(&table->header, classes->classes, classes->n_classes, err);
}

/* Sum and sum of squares of each channel over one image. */
static void add_image(const uint8_t *image, size_t bytes, int channels, uint64_t *sum,
		      uint64_t *square)
{
	size_t i;
	int c;

	for (i = 0; i < bytes; i += (size_t)channels)
		for (c = 0; c < channels; c++) {
			sum[c] += image[i + (size_t)c];
			square[c] += (uint64_t)image[i + (size_t)c] * image[i + (size_t)c];
		}
}

/*
 * Exact except for the last two divisions: n · Σx² - (Σx)² is an integer of at most 128 bits.
 */
static void finish_norm(struct lt_norm *norm, uint64_t pixels, const uint64_t *sum,
			const uint64_t *square)
{
	lt_u128 spread;
	int c;

	for (c = 0; c < norm->channels; c++) {
		norm->mean[c] = 0;
		norm->std[c] = 1;
		if (pixels == 0)
			continue;
		norm->mean[c] = (double)sum[c] / (double)pixels / 255;
		spread = (lt_u128)pixels * square[c] - (lt_u128)sum[c] * sum[c];
		if (spread > 0)
			norm->std[c] = sqrt((double)spread) / (double)pixels / 255;
	}
}

void lt_table_norm(const struct lt_table *table, struct lt_norm *norm)
{
	uint64_t sum[LT_MAX_CHANNELS] = {0}, square[LT_MAX_CHANNELS] = {0}, i;
	size_t bytes = (size_t)table->height * (size_t)table->width * (size_t)table->channels;

	memset(norm, 0, sizeof *norm);
	norm->channels = table->channels;
	for (i = 0; i < table->n; i++)
		add_image(table->image + i * bytes, bytes, table->channels, sum, square);
	finish_norm(norm, table->n * (uint64_t)table->height * (uint64_t)table->width, sum,
		    square);
}
