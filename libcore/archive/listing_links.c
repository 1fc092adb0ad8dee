/*
 * Hard links in tar files: entries that share the bytes of another.
 */
#include <stdlib.h>

#include "archive/listing_parts.h"
#include "base/memory.h"

/* A hard link and the name of the entry whose bytes it has. */
struct link {
	const char *to;
	uint32_t entry;
};

int lt_listing_note_link(struct lt_listing *listing, uint32_t entry, const char *to,
			 struct lt_error *err)
{
	struct link link = {.to = lt_arena_text(&listing->arena, to), .entry = entry};

	return link.to && lt_buffer_append(&listing->links, &link, sizeof link)
		       ? 0
		       : lt_fail_memory(err);
}

static int by_own_name(const void *a, const void *b)
{
	const struct link *one = a, *other = b;
	int order = strcmp(one->to, other->to);

	return order ? order : one->entry < other->entry ? -1 : one->entry > other->entry;
}

/* The input's entries by name. */
static struct link *index_names(const struct lt_listing *listing, const struct lt_input *input)
{
	struct link *index = lt_new_array(input->end - input->first + 1, sizeof *index);
	size_t i;

	for (i = input->first; index && i < input->end; i++)
		index[i - input->first] =
			(struct link){own_name(listing, &listing->entry[i]), (uint32_t)i};
	if (index)
		qsort(index, input->end - input->first, sizeof *index, by_own_name);
	return index;
}

/* The last entry of that name before the link; UINT32_MAX: there is none. */
static uint32_t find_target(const struct link *index, size_t n, const struct link *link)
{
	size_t low = 0, high = n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (by_own_name(&index[middle], link) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && strcmp(index[low - 1].to, link->to) == 0 ? index[low - 1].entry
								   : UINT32_MAX;
}

/* Removes the input's links without a wanted target, and renumbers the rest. */
static int drop_lost(struct lt_listing *listing, struct lt_input *input, struct lt_error *err)
{
	uint32_t *moved = lt_new_array(input->end - input->first, sizeof *moved);
	size_t i, kept = input->first;
	uint32_t same;

	if (!moved)
		return lt_fail_memory(err);
	for (i = input->first; i < input->end; i++) {
		same = listing->entry[i].same;
		if (same == UINT32_MAX) {
			lt_listing_pass(listing, LT_PASSED_LINK, listing->entry[i].name);
			continue;
		}
		/* Its target precedes it. */
		moved[i - input->first] = (uint32_t)kept;
		listing->entry[kept] = listing->entry[i];
		listing->entry[kept].number = (uint32_t)kept;
		listing->entry[kept++].same = moved[same - input->first];
	}
	listing->n = input->end = kept;
	lt_free(moved);
	return 0;
}

int lt_listing_resolve_links(struct lt_listing *listing, struct lt_input *input,
			     struct lt_error *err)
{
	const struct link *link = (const struct link *)(const void *)listing->links.data;
	size_t n = listing->links.size / sizeof *link, i;
	struct link *index;
	uint32_t target;
	bool lost = false;

	if (n == 0)
		return 0;
	index = index_names(listing, input);
	if (!index)
		return lt_fail_memory(err);
	for (i = 0; i < n; i++) {
		target = find_target(index, input->end - input->first, &link[i]);
		/* A name without a suffix may be a link to a text as well as to an image. */
		if (target != UINT32_MAX &&
		    listing->entry[target].want != listing->entry[link[i].entry].want)
			target = UINT32_MAX;
		listing->entry[link[i].entry].same =
			target == UINT32_MAX ? target : listing->entry[target].same;
		listing->entry[link[i].entry].size =
			target == UINT32_MAX ? LT_SIZE_UNKNOWN : listing->entry[target].size;
		lost = lost || listing->entry[link[i].entry].same == UINT32_MAX;
	}
	listing->links.size = 0;
	lt_free(index);
	return lost ? drop_lost(listing, input, err) : 0;
}
