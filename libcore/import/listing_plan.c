/*
 * Reads the entries of a listing in a planned order, from the inputs or from the spool.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "import/listing_parts.h"

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
	entry->at.spooled = start;
	entry->size = listing->spool.size - start;
	entry->in_spool = true;
	return 0;
}

/* ------------------------------------------------------------------ the plan */

/* Is the entry read as its archive goes by? */
static bool goes_by(const struct lt_listing *listing, const struct lt_listed *entry)
{
	return !entry->in_spool && !is_tree(input_of(listing, entry));
}

/* Says for each input whether what is planned of it comes in its own order. */
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

/* Goes on to the wanted entry of that number, which must bear the same name as before. */
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

/* What is planned of an input to the spool, in the input's order: of links what they lead to.
 */
static int spool_planned(struct lt_listing *listing, int input, struct lt_error *err)
{
	struct lt_listed **sorted = lt_new_array(listing->planned, sizeof *sorted), *entry;
	size_t i, n = 0;
	int status = sorted ? lt_listing_open_spool(listing, err) : lt_fail_memory(err);

	for (i = 0; status == 0 && i < listing->planned; i++) {
		entry = &listing->entry[listing->plan[i]];
		if (entry->input == input && goes_by(listing, entry))
			sorted[n++] = &listing->entry[entry->same];
	}
	if (status == 0)
		qsort(sorted, n, sizeof *sorted, by_number);
	for (i = 0; status == 0 && i < n; i++) {
		if (sorted[i]->in_spool)
			continue;
		status = advance(listing, sorted[i], err);
		if (status == 0)
			status = lt_listing_spool_entry(listing, sorted[i], err);
	}
	lt_free(sorted);
	return status;
}

int lt_listing_plan(struct lt_listing *listing, const uint32_t *plan, size_t n,
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
		if (status == 0 && !in_order(listing, i)) {
			status = spool_planned(listing, i, err);
			if (status == 0)
				status = lt_archive_rewind(input->archive, err);
		}
	}
	return status;
}

int lt_listing_next(struct lt_listing *listing, const struct lt_listed **entry,
		    struct lt_error *err)
{
	struct lt_listed *next, *same;
	uint64_t size;
	int status = 0;

	*entry = NULL;
	if (listing->done == listing->planned)
		return 0;
	next = &listing->entry[listing->plan[listing->done++]];
	same = &listing->entry[next->same];
	listing->open = same;
	listing->taken = 0;
	if (is_tree(input_of(listing, same))) {
		status = lt_archive_open_entry(input_of(listing, same)->archive,
					       own_name(listing, same), &size, err);
		if (status == 0 && size != same->size)
			status = changed(input_of(listing, same), err);
	} else if (!same->in_spool) {
		status = advance(listing, same, err);
	}
	if (status == 0)
		*entry = next;
	return status;
}

int lt_listing_read(struct lt_listing *listing, void *bytes, size_t room, size_t *got,
		    struct lt_error *err)
{
	const struct lt_listed *entry = listing->open;
	uint64_t left;
	int status;

	if (!entry->in_spool)
		return lt_archive_read(input_of(listing, entry)->archive, bytes, room, got,
				       err);
	left = entry->size - listing->taken;
	*got = room < left ? room : (size_t)left;
	status = lt_spool_read(&listing->spool, entry->at.spooled + listing->taken, bytes, *got,
			       err);
	listing->taken += *got;
	return status;
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
		/* Room for what has come and as much again: a size is only a word. */
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
