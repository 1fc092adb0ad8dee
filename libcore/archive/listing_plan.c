/*
 * Reads the entries of a listing in a planned order, from the inputs or from the spool.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "archive/listing_parts.h"
#include "archive/tree.h"
#include "base/memory.h"

/* ------------------------------------------------------------------ the spool */

int lt_listed_too_long(struct lt_listing *listing, const struct lt_listed *entry,
		       struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: more than %" PRIu64 " bytes",
		       lt_listing_place(listing, entry),
		       entry->want == LT_WANT_TEXT ? LT_MAX_TEXT : LT_MAX_ENCODED);
}

bool lt_listed_fits(const struct lt_listed *entry, uint64_t size)
{
	return entry->want == LT_WANT_DATA ||
	       size <= (entry->want == LT_WANT_TEXT ? LT_MAX_TEXT : LT_MAX_ENCODED);
}

int lt_listing_open_spool(struct lt_listing *listing, struct lt_error *err)
{
	return listing->spool.fd >= 0 ? 0 : lt_spool_open(&listing->spool, err);
}

static void keep_head(struct lt_input *input, const uint8_t *bytes, size_t n)
{
	input->head_size = n < sizeof input->head ? n : sizeof input->head;
	memcpy(input->head, bytes, input->head_size);
}

/* Copies the archive's current entry to the end of the spool. */
int lt_listing_spool_entry(struct lt_listing *listing, struct lt_listed *entry,
			   struct lt_error *err)
{
	struct lt_input *input = input_of(listing, entry);
	uint64_t start = listing->spool.size;
	size_t got;
	int status;

	do {
		status = lt_archive_read(input->archive, listing->block, LT_LISTING_BLOCK, &got,
					 err);
		if (status)
			return status;
		if (!lt_listed_fits(entry, listing->spool.size - start + got))
			return lt_listed_too_long(listing, entry, err);
		if (input->single && listing->spool.size == start)
			keep_head(input, listing->block, got);
		status = lt_spool_append(&listing->spool, listing->block, got, err);
		if (status)
			return status;
	} while (got == LT_LISTING_BLOCK);
	entry->at.offset = start;
	entry->size = listing->spool.size - start;
	entry->place = LT_AT_SPOOL;
	return 0;
}

/* ------------------------------------------------------------------ the plan */

/* Is the entry read while its archive is read in order? */
static bool goes_by(const struct lt_listing *listing, const struct lt_listed *entry)
{
	return listing->entry[entry->same].place == LT_AT_ARCHIVE &&
	       !is_tree(input_of(listing, entry));
}

/* Are the planned entries of this input in the input's own order? */
static bool in_order(const struct lt_listing *listing, int input)
{
	const struct lt_listed *entry;
	int64_t before = -1;
	size_t i;

	for (i = 0; i < listing->planned; i++) {
		entry = &listing->entry[listing->plan[i]];
		if (entry->input != input || !goes_by(listing, entry))
			continue;
		if (entry->same != listing->plan[i] || entry->number <= before)
			return false;
		before = entry->number;
	}
	return true;
}

static int changed(const struct lt_input *input, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: changed while it was read",
		       lt_archive_name(input->archive));
}

/* Advances to the wanted entry of that number, which must have the same name as before. */
static int advance(struct lt_listing *listing, const struct lt_listed *to, struct lt_error *err)
{
	const struct lt_input *input = input_of(listing, to);
	struct lt_entry entry;
	bool more;
	int status;

	do {
		status = lt_archive_next(input->archive, &entry, &more, err);
		if (status)
			return status;
		if (!more)
			return changed(input, err);
	} while (strcmp(entry.name, own_name(listing, to)) != 0);
	if (entry.size_known && to->size != LT_SIZE_UNKNOWN && entry.size != to->size)
		return changed(input, err);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct lt_listed *const *one = a, *const *other = b;

	return (*one)->number < (*other)->number ? -1 : (*one)->number > (*other)->number;
}

/* Copies the planned entries of an input to the spool, in the input's order; for links, their
 * targets. */
static int spool_planned(struct lt_listing *listing, int input, struct lt_error *err)
{
	struct lt_listed **sorted = lt_new_array(listing->planned, sizeof *sorted), *entry;
	size_t i, n = 0;
	int status = 0;

	if (!sorted)
		return lt_fail_memory(err);
	for (i = 0; i < listing->planned; i++) {
		entry = &listing->entry[listing->plan[i]];
		if (entry->input == input && goes_by(listing, entry))
			sorted[n++] = &listing->entry[entry->same];
	}
	qsort(sorted, n, sizeof *sorted, by_number);
	if (n > 0)
		status = lt_listing_open_spool(listing, err);
	for (i = 0; status == 0 && i < n; i++) {
		if (sorted[i]->place == LT_AT_SPOOL)
			continue;
		status = advance(listing, sorted[i], err);
		if (status == 0)
			status = lt_listing_spool_entry(listing, sorted[i], err);
	}
	lt_free(sorted);
	return status;
}

/* again: the entries will be planned again. */
static int start(struct lt_listing *listing, const uint32_t *plan, size_t n, bool again,
		 struct lt_error *err)
{
	struct lt_input *input;
	int i, status = 0;

	listing->plan = plan;
	listing->planned = n;
	listing->done = 0;
	for (i = 0; status == 0 && i < listing->n_inputs; i++) {
		input = &listing->input[i];
		if (is_tree(input) || is_pipe(input))
			continue;
		status = lt_archive_rewind(input->archive, err);
		if (status == 0 && (again || !in_order(listing, i))) {
			status = spool_planned(listing, i, err);
			if (status == 0)
				status = lt_archive_rewind(input->archive, err);
		}
	}
	return status;
}

int lt_listing_plan(struct lt_listing *listing, const uint32_t *plan, size_t n,
		    struct lt_error *err)
{
	return start(listing, plan, n, false, err);
}

int lt_listing_plan_first(struct lt_listing *listing, const uint32_t *plan, size_t n,
			  struct lt_error *err)
{
	return start(listing, plan, n, true, err);
}

/* Entries that were read at offsets match the index only if the input did not change meanwhile.
 */
static int check_same(const struct lt_listing *listing, struct lt_error *err)
{
	int i, status = 0;

	for (i = 0; status == 0 && i < listing->n_inputs; i++)
		if (!is_tree(&listing->input[i]) && !is_pipe(&listing->input[i]))
			status = lt_archive_check_same(listing->input[i].archive, err);
	return status;
}

int lt_listing_next(struct lt_listing *listing, const struct lt_listed **entry,
		    struct lt_error *err)
{
	struct lt_listed *next, *same;
	int status = 0;

	*entry = NULL;
	if (listing->done == listing->planned)
		return check_same(listing, err);
	next = &listing->entry[listing->plan[listing->done++]];
	same = &listing->entry[next->same];
	listing->open = same;
	listing->file_open = false;
	listing->taken = 0;
	if (goes_by(listing, same))
		status = advance(listing, same, err);
	if (status == 0)
		*entry = next;
	return status;
}

int lt_listing_open_entry(struct lt_listing *listing, uint32_t index, struct lt_error *err)
{
	const struct lt_listed *entry;
	int status;

	listing->alone = index;
	status = lt_listing_plan(listing, &listing->alone, 1, err);
	return status ? status : lt_listing_next(listing, &entry, err);
}

/* Reads from memory or at an offset, whatever entry is open. */
static int read_at(const struct lt_listing *listing, const struct lt_listed *entry, uint64_t at,
		   void *bytes, size_t n, struct lt_error *err)
{
	switch (entry->place) {
	case LT_AT_KEPT:
		memcpy(bytes, entry->at.kept + at, n);
		return 0;
	case LT_AT_OFFSET:
		return lt_archive_read_at(input_of(listing, entry)->archive,
					  entry->at.offset + at, bytes, n, err);
	default:
		return lt_spool_read(&listing->spool, entry->at.offset + at, bytes, n, err);
	}
}

static int open_file(struct lt_listing *listing, const struct lt_listed *entry,
		     struct lt_error *err)
{
	const struct lt_input *input = input_of(listing, entry);
	uint64_t size;
	int status =
		lt_archive_open_entry(input->archive, own_name(listing, entry), &size, err);

	listing->file_open = true;
	return status || size == entry->size ? status : changed(input, err);
}

int lt_listing_read(struct lt_listing *listing, void *bytes, size_t room, size_t *got,
		    struct lt_error *err)
{
	const struct lt_listed *entry = listing->open;
	uint64_t left;
	int status = 0;

	*got = 0;
	if (entry->place == LT_AT_ARCHIVE) {
		if (is_tree(input_of(listing, entry)) && !listing->file_open)
			status = open_file(listing, entry, err);
		return status ? status
			      : lt_archive_read(input_of(listing, entry)->archive, bytes, room,
						got, err);
	}
	left = entry->size - listing->taken;
	*got = room < left ? room : (size_t)left;
	status = read_at(listing, entry, listing->taken, bytes, *got, err);
	listing->taken += *got;
	return status;
}

bool lt_listing_is_apart(const struct lt_listing *listing, const struct lt_listed *entry)
{
	return !goes_by(listing, entry);
}

static int fetch_file(const struct lt_listing *listing, const struct lt_listed *entry,
		      uint8_t *bytes, struct lt_error *err)
{
	const struct lt_input *input = input_of(listing, entry);
	const struct lt_tree *tree = lt_archive_tree(input->archive);
	struct lt_tree_file file;
	size_t got = 0;
	int status = lt_tree_open_file(tree, own_name(listing, entry), &file, err);

	if (status)
		return status;
	if (file.size == entry->size)
		status = lt_tree_read(tree, &file, bytes, (size_t)entry->size, &got, err);
	lt_tree_close_file(&file);
	return status || got == entry->size ? status : changed(input, err);
}

int lt_listing_fetch(const struct lt_listing *listing, const struct lt_listed *entry,
		     struct lt_buffer *buffer, const uint8_t **bytes, size_t *n,
		     struct lt_error *err)
{
	const struct lt_listed *same = &listing->entry[entry->same];

	*n = (size_t)same->size;
	if (same->place == LT_AT_KEPT) {
		*bytes = same->at.kept;
		return 0;
	}
	buffer->size = 0;
	if (!lt_buffer_reserve(buffer, *n))
		return lt_fail_memory(err);
	buffer->size = *n;
	*bytes = buffer->data;
	return same->place == LT_AT_ARCHIVE ? fetch_file(listing, same, buffer->data, err)
					    : read_at(listing, same, 0, buffer->data, *n, err);
}

int lt_listing_source(void *arg, void *bytes, size_t room, size_t *got, struct lt_error *err)
{
	return lt_listing_read(arg, bytes, room, got, err);
}

int lt_listing_read_all(struct lt_listing *listing, struct lt_buffer *bytes,
			struct lt_error *err)
{
	const struct lt_listed *entry = listing->open;
	size_t more, got;
	int status;

	bytes->size = 0;
	do {
		/* Grows by doubling, because the size in a header is not trusted. */
		more = bytes->size > LT_LISTING_BLOCK ? bytes->size : LT_LISTING_BLOCK;
		if (!lt_buffer_reserve(bytes, more))
			return lt_fail_memory(err);
		status = lt_listing_read(listing, bytes->data + bytes->size, more, &got, err);
		if (status)
			return status;
		bytes->size += got;
		if (!lt_listed_fits(entry, bytes->size))
			return lt_listed_too_long(listing, entry, err);
	} while (got == more);
	return 0;
}
