#include "report/counts.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"

int lt_counts_new(struct lt_counts *counts, int classes, struct lt_error *err)
{
	size_t n = (size_t)classes;

	*counts = (struct lt_counts){.classes = classes};
	counts->rows = lt_new_array(n, sizeof *counts->rows);
	counts->right = lt_new_array(n, sizeof *counts->right);
	counts->predicted = lt_new_array(n, sizeof *counts->predicted);
	return counts->rows && counts->right && counts->predicted ? 0 : lt_fail_memory(err);
}

void lt_counts_clear(struct lt_counts *counts)
{
	size_t bytes = (size_t)counts->classes * sizeof *counts->rows;

	memset(counts->rows, 0, bytes);
	memset(counts->right, 0, bytes);
	memset(counts->predicted, 0, bytes);
	counts->total = counts->hits = counts->none = 0;
}

void lt_counts_free(struct lt_counts *counts)
{
	lt_free(counts->rows);
	lt_free(counts->right);
	lt_free(counts->predicted);
	*counts = (struct lt_counts){0};
}

double lt_counts_accuracy(const struct lt_counts *counts)
{
	return counts->total ? (double)counts->hits / (double)counts->total : NAN;
}

double lt_counts_recall(const struct lt_counts *counts, int c)
{
	return counts->rows[c] ? (double)counts->right[c] / (double)counts->rows[c] : NAN;
}

double lt_counts_mean_recall(const struct lt_counts *counts, const uint8_t *group_of, int group)
{
	double sum = 0;
	int present = 0, c;

	for (c = 0; c < counts->classes; c++) {
		if ((group_of && group_of[c] != group) || counts->rows[c] == 0)
			continue;
		sum += lt_counts_recall(counts, c);
		present++;
	}
	return present ? sum / present : NAN;
}

double lt_counts_geometric(const struct lt_counts *counts)
{
	double sum = 0;
	int present = 0, c;

	for (c = 0; c < counts->classes; c++)
		present += counts->rows[c] > 0;
	for (c = 0; c < counts->classes; c++) {
		if (counts->rows[c] == 0)
			continue;
		if (counts->right[c] > 0)
			sum += lt_log(lt_counts_recall(counts, c));
		else
			sum -= lt_log(100.0 * present);
	}
	return present ? lt_exp(sum / present) : NAN;
}
