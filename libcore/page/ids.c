#include "page/ids.h"

#include <stdlib.h>

#include "base/memory.h"

int lt_ids_new(struct lt_ids *ids, size_t n, struct lt_error *err)
{
	ids->n = n;
	ids->entry = lt_new_array(n + 1, sizeof *ids->entry);
	return ids->entry ? 0 : lt_fail_memory(err);
}

static int compare(const void *a, const void *b)
{
	const struct lt_id *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

void lt_ids_sort(struct lt_ids *ids)
{
	qsort(ids->entry, ids->n, sizeof *ids->entry, compare);
}

size_t lt_ids_take(struct lt_ids *ids, int64_t id)
{
	size_t low = 0, high = ids->n;
	struct lt_id *first;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ids->entry[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == ids->n || ids->entry[low].id != id)
		return LT_NO_ROW;
	first = &ids->entry[low];
	low += first->taken;
	if (low == ids->n || ids->entry[low].id != id)
		return LT_NO_ROW;
	first->taken++;
	return ids->entry[low].at;
}

void lt_ids_free(struct lt_ids *ids)
{
	lt_free(ids->entry);
	*ids = (struct lt_ids){0};
}
