/* Look-up of rows by id: each row is returned once, rows with equal ids in order. */
#ifndef LT_PAGE_IDS_H
#define LT_PAGE_IDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct lt_id {
	int64_t id;
	size_t at;    /* result of lt_ids_take */
	size_t taken; /* in the first entry of an id: number of rows taken */
};

struct lt_ids {
	struct lt_id *entry;
	size_t n;
};

#define LT_NO_ROW SIZE_MAX

/* Allocates n entries; the caller fills id and at of each, then sorts. */
int lt_ids_new(struct lt_ids *ids, size_t n, struct lt_error *err);
void lt_ids_sort(struct lt_ids *ids);
/* The next row of this id that was not taken yet, or LT_NO_ROW. */
size_t lt_ids_take(struct lt_ids *ids, int64_t id);
void lt_ids_free(struct lt_ids *ids);

#endif
