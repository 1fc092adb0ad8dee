/* The streams of irrelevant rows: see split_others.h. */
#include "data/split_others.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"

/* A row that is in two streams could be drawn twice, so no stream may be given twice. */
static int check_new(const struct lt_split_others *others, const struct lt_split_source *source,
		     struct lt_error *err)
{
	const struct lt_split_source *other;
	int i;

	for (i = 0; i < others->n; i++) {
		other = &others->source[i];
		if (source->n > 0 && other->n == source->n &&
		    lt_split_source_crcs(other) == lt_split_source_crcs(source))
			return lt_fail(err, LT_DATA,
				       "%s: the same rows as %s; --irrelevant takes each once",
				       source->twice.name, other->twice.name);
	}
	return 0;
}

static void set_name(struct lt_split_others *others)
{
	const char *first = others->source[0].twice.name;

	others->name = others->n == 1 ? first : others->names;
	snprintf(others->names, sizeof others->names,
		 others->n == 2 ? "%.200s and 1 other" : "%.200s and %d others", first,
		 others->n - 1);
}

int lt_split_others_open(struct lt_split_others *others, const char *const *path, int n,
			 const struct lt_split_source *like, struct lt_header *lineage,
			 struct lt_error *err)
{
	struct lt_split_source *source;
	int code = 0;

	*others = (struct lt_split_others){0};
	if (n == 0)
		return 0;
	others->source = lt_new_array((size_t)n, sizeof *others->source);
	if (!others->source)
		return lt_fail_memory(err);
	while (others->n < n && code == 0) {
		source = &others->source[others->n];
		code = lt_split_source_open(source, &path[others->n], 1, "irrelevant", NULL,
					    lineage, err);
		if (code)
			break;
		code = lt_split_same_inputs(like, source, err);
		if (code == 0)
			code = check_new(others, source, err);
		others->n++;
		others->rows += source->n;
	}
	if (code == 0)
		set_name(others);
	return code;
}

void lt_split_others_close(struct lt_split_others *others)
{
	int i;

	for (i = 0; i < others->n; i++)
		lt_split_source_close(&others->source[i]);
	lt_free(others->source);
	*others = (struct lt_split_others){0};
}

struct lt_split_source *lt_split_others_find(const struct lt_split_others *others, uint64_t row,
					     uint64_t *at)
{
	int i;

	for (i = 0; i < others->n; i++) {
		*at = row;
		if (row < others->source[i].n)
			return &others->source[i];
		row -= others->source[i].n;
	}
	return NULL;
}

static uint64_t drawn_of(const struct lt_split_source *source)
{
	uint64_t i, n = 0;

	for (i = 0; i < source->n; i++)
		n += source->place[i] == LT_PLACE_UNLABELLED;
	return n;
}

void lt_split_others_tell(const struct lt_split_others *others, char *text, size_t size)
{
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; others->n > 1 && i < others->n && used < size; i++)
		used += (size_t)snprintf(text + used, size - used,
					 i == 0 ? "%.200s gives %" PRIu64 " irrelevant rows"
						: ", %.200s %" PRIu64,
					 others->source[i].twice.name,
					 drawn_of(&others->source[i]));
}
