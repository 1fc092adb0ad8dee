#include "method/guess.h"

#include <stdlib.h>

#include "base/memory.h"

struct ranked {
	struct lt_guess guess;
	size_t row;
};

/* Sorted by class, then by decreasing confidence, then by row. */
static int by_confidence(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->guess.label != y->guess.label)
		return x->guess.label < y->guess.label ? -1 : 1;
	if (x->guess.confidence != y->guess.confidence)
		return x->guess.confidence > y->guess.confidence ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

int lt_guess_choose(const struct lt_guess *guess, size_t n, double min_conf, uint64_t quota,
		    bool *keep, struct lt_error *err)
{
	struct ranked *ranked;
	uint64_t in_class = 0;

	for (size_t i = 0; i < n; i++)
		keep[i] = guess[i].confidence >= min_conf;
	if (quota == 0 || n == 0)
		return 0;
	ranked = lt_new_array(n, sizeof *ranked);
	if (!ranked)
		return lt_fail_memory(err);
	for (size_t i = 0; i < n; i++)
		ranked[i] = (struct ranked){guess[i], i};
	qsort(ranked, n, sizeof *ranked, by_confidence);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && ranked[i].guess.label != ranked[i - 1].guess.label)
			in_class = 0;
		if (in_class++ >= quota)
			keep[ranked[i].row] = false;
	}
	lt_free(ranked);
	return 0;
}
