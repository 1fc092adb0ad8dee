/* Confusions between classes: the cells of the confusion matrix that are not empty. */
#ifndef LT_PAGE_CONFUSED_H
#define LT_PAGE_CONFUSED_H

#include "page/scores.h"

struct lt_confused {
	int truth, predicted;
	uint64_t rows;
};

/*
 * Counts rows with a label and a prediction, in n log n steps for n rows and any number of
 * classes.  Sorted by truth, then prediction.
 */
int lt_confused_list(const struct lt_scores *scores, struct lt_confused **list, size_t *n,
		     struct lt_error *err);
/* Keeps the n_most mistakes with the most rows, largest first; returns their number. */
size_t lt_confused_worst(struct lt_confused *list, size_t n, size_t n_most);

#endif
