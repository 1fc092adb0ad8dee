#include "page/confused.h"

#include <stdlib.h>

#include "base/memory.h"

static int by_cell(const void *a, const void *b)
{
	const struct lt_confused *x = a, *y = b;

	if (x->truth != y->truth)
		return x->truth < y->truth ? -1 : 1;
	return (x->predicted > y->predicted) - (x->predicted < y->predicted);
}

static int by_rows(const void *a, const void *b)
{
	const struct lt_confused *x = a, *y = b;

	if (x->rows != y->rows)
		return x->rows > y->rows ? -1 : 1;
	return by_cell(a, b);
}

int lt_confused_list(const struct lt_scores *scores, struct lt_confused **list, size_t *n,
		     struct lt_error *err)
{
	struct lt_confused *cell = lt_new_array(scores->n + 1, sizeof *cell);
	size_t rows = 0, at = 0;

	*list = NULL;
	if (!cell)
		return lt_fail_memory(err);
	for (size_t i = 0; i < scores->n; i++)
		if (scores->row[i].label >= 0 && scores->row[i].predicted >= 0)
			cell[rows++] = (struct lt_confused){scores->row[i].label,
							    scores->row[i].predicted, 1};
	qsort(cell, rows, sizeof *cell, by_cell);
	for (size_t i = 0; i < rows; i++)
		if (at > 0 && by_cell(&cell[at - 1], &cell[i]) == 0)
			cell[at - 1].rows++;
		else
			cell[at++] = cell[i];
	*list = cell;
	*n = at;
	return 0;
}

size_t lt_confused_worst(struct lt_confused *list, size_t n, size_t n_most)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].truth != list[i].predicted)
			list[wrong++] = list[i];
	qsort(list, wrong, sizeof *list, by_rows);
	return wrong < n_most ? wrong : n_most;
}
