/*
 * The index of an input's entries, and reading them in a planned order.
 */
#include "data/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "data/tree.h"
#include "stream/stream.h"

#define BLOCK ((size_t)256 << 10)
#define UNKNOWN UINT64_MAX

/* ------------------------------------------------------------------ the spool */

static int too_long(struct lt_listing *listing, const struct lt_listed *entry,
		    struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: %s: more than %" PRIu64 " bytes",
		       lt_archive_name(listing->archive), entry->name,
		       entry->want == LT_WANT_TEXT ? LT_MAX_TEXT : LT_MAX_ENCODED);
}

static bool fits(const struct lt_listed *entry, uint64_t size)
{
	return entry->want == LT_WANT_DATA ||
	       size <= (entry->want == LT_WANT_TEXT ? LT_MAX_TEXT : LT_MAX_ENCODED);
}

/* Copies the archive's current entry to the end of the spool. */
static int spool_entry(struct lt_listing *listing, struct lt_listed *entry, uint8_t *block,
		       struct lt_error *err)
{
	uint64_t start = listing->spool.size;
	size_t got;
	int status;

	do {
		status = lt_archive_read(listing->archive, block, BLOCK, &got, err);
		if (status)
			return status;
		if (!fits(entry, listing->spool.size - start + got))
			return too_long(listing, entry, err);
		if (listing->single && listing->spool.size == start) {
			listing->head_size =
				got < sizeof listing->head ? got : sizeof listing->head;
			memcpy(listing->head, block, listing->head_size);
		}
		status = lt_spool_append(&listing->spool, block, got, err);
		if (status)
			return status;
	} while (got == BLOCK);
	entry->at.spooled = start;
	entry->size = listing->spool.size - start;
	return 0;
}

/* ------------------------------------------------------------------ the index */

/* An entry's place in the index, which must be in proportion to the input. */
static int charge_index(struct lt_listing *listing, const char *name, struct lt_error *err)
{
	size_t size = strlen(name);

	if (size > LT_MAX_ENTRY_NAME)
		return lt_fail(err, LT_DATA, "%s: a name of %zu bytes, the limit is %d",
			       lt_archive_name(listing->archive), size, LT_MAX_ENTRY_NAME);
	listing->index_bytes += sizeof(struct lt_listed) + size + 1;
	if (listing->index_bytes > LT_FREE_INDEX &&
	    listing->index_bytes > lt_archive_input(listing->archive))
		return lt_fail(err, LT_DATA,
			       "%s: the names of %zu entries take more memory than the archive "
			       "has bytes",
			       lt_archive_name(listing->archive), listing->n);
	return 0;
}

static int add_entry(struct lt_listing *listing, const struct lt_entry *from, enum lt_want want,
		     struct lt_error *err)
{
	struct lt_listed *entry, *block;
	size_t room;
	int status = charge_index(listing, from->name, err);

	if (status)
		return status;
	if (listing->n == listing->room) {
		room = listing->room ? 2 * listing->room : 256;
		block = listing->n < UINT32_MAX / 2
				? lt_grow_array(listing->entry, room, sizeof *block)
				: NULL;
		if (!block)
			return lt_fail_memory(err);
		listing->entry = block;
		listing->room = room;
	}
	entry = &listing->entry[listing->n];
	*entry = (struct lt_listed){
		.size = from->size_known ? from->size : UNKNOWN,
		.number = (uint32_t)listing->n,
		.want = (uint8_t)want,
	};
	entry->name = lt_arena_text(&listing->arena, from->name);
	if (!entry->name)
		return lt_fail_memory(err);
	listing->n++;
	if (entry->size != UNKNOWN && !fits(entry, entry->size))
		return too_long(listing, entry, err);
	return 0;
}

static int keep_text(struct lt_listing *listing, struct lt_listed *entry, struct lt_error *err)
{
	char *text = lt_new_bytes(LT_MAX_TEXT + 1), *kept = NULL;
	size_t got = 0;
	int status;

	if (!text)
		return lt_fail_memory(err);
	status = lt_archive_read(listing->archive, text, LT_MAX_TEXT + 1, &got, err);
	if (status == 0 && !fits(entry, got))
		status = too_long(listing, entry, err);
	listing->text_bytes += got;
	if (status == 0 && listing->text_bytes > LT_MAX_TEXTS)
		status = lt_fail(err, LT_DATA,
				 "%s: %s: lists of names of more than %" PRIu64 " bytes",
				 lt_archive_name(listing->archive), entry->name, LT_MAX_TEXTS);
	if (status == 0) {
		kept = lt_arena_text_n(&listing->arena, text, got);
		if (!kept)
			status = lt_fail_memory(err);
	}
	lt_free(text);
	entry->at.text = kept;
	entry->size = got;
	return status;
}

/* What of the current entry has to be read while the index is made. */
static int take_bytes(struct lt_listing *listing, struct lt_listed *entry, uint8_t *block,
		      struct lt_error *err)
{
	if (listing->spool.fd >= 0 && entry->want != LT_WANT_TEXT)
		return spool_entry(listing, entry, block, err);
	if (lt_archive_kind(listing->archive) == LT_ARCHIVE_TREE)
		return 0;
	if (entry->want == LT_WANT_TEXT)
		return keep_text(listing, entry, err);
	if (listing->single)
		return lt_archive_read(listing->archive, listing->head, sizeof listing->head,
				       &listing->head_size, err);
	return 0;
}

static int note_unwanted(struct lt_listing *listing, const char *name, struct lt_error *err)
{
	if (listing->unwanted++ == 0 && strlen(name) <= LT_MAX_ENTRY_NAME) {
		listing->first_unwanted = lt_arena_text(&listing->arena, name);
		if (!listing->first_unwanted)
			return lt_fail_memory(err);
	}
	return 0;
}

static int scan(struct lt_listing *listing, lt_wants *wants, void *arg, uint8_t *block,
		struct lt_error *err)
{
	struct lt_entry entry;
	enum lt_want want;
	bool more;
	int status;

	for (;;) {
		status = lt_archive_next(listing->archive, &entry, &more, err);
		if (status || !more)
			return status;
		listing->single = lt_archive_is_single(listing->archive);
		if (!listing->single && lt_name_is_hidden(entry.name)) {
			listing->hidden++;
			continue;
		}
		want = listing->single ? LT_WANT_DATA : wants(arg, entry.name);
		if (want == LT_WANT_NOT) {
			status = note_unwanted(listing, entry.name, err);
		} else {
			status = add_entry(listing, &entry, want, err);
			if (status == 0)
				status = take_bytes(listing, &listing->entry[listing->n - 1],
						    block, err);
		}
		if (status)
			return status;
	}
}

/* ------------------------------------------------------------------ a directory */

static int by_name(const void *a, const void *b)
{
	const struct lt_listed *one = a, *other = b;

	return strcmp(one->name, other->name);
}

/* Reads one file of the tree for the sum, and keeps it where it is a text. */
static int sum_file(struct lt_listing *listing, struct lt_listed *entry, uint8_t *block,
		    struct lt_error *err)
{
	uint8_t size[8];
	size_t got;
	int status, i;

	status = lt_archive_open_entry(listing->archive, entry->name, &entry->size, err);
	if (status)
		return status;
	for (i = 0; i < 8; i++)
		size[i] = (uint8_t)(entry->size >> 8 * i);
	listing->crc = lt_crc32c(listing->crc, entry->name, strlen(entry->name) + 1);
	listing->crc = lt_crc32c(listing->crc, size, sizeof size);
	do {
		status = lt_archive_read(listing->archive, block, BLOCK, &got, err);
		if (status)
			return status;
		listing->crc = lt_crc32c(listing->crc, block, got);
		listing->bytes += got;
	} while (got == BLOCK);
	if (entry->want != LT_WANT_TEXT)
		return 0;
	status = lt_archive_open_entry(listing->archive, entry->name, &entry->size, err);
	return status ? status : keep_text(listing, entry, err);
}

static int sum_tree(struct lt_listing *listing, uint8_t *block, struct lt_error *err)
{
	size_t i;
	int status;

	if (listing->n > 1)
		qsort(listing->entry, listing->n, sizeof *listing->entry, by_name);
	for (i = 0; i < listing->n; i++) {
		listing->entry[i].number = (uint32_t)i;
		status = sum_file(listing, &listing->entry[i], block, err);
		if (status)
			return status;
	}
	return 0;
}

/* ------------------------------------------------------------------ opening */

static int fill(struct lt_listing *listing, lt_wants *wants, void *arg, struct lt_error *err)
{
	uint8_t *block = lt_new_bytes(BLOCK);
	int status = 0;

	if (!block)
		return lt_fail_memory(err);
	if (lt_archive_kind(listing->archive) == LT_ARCHIVE_PIPE)
		status = lt_spool_open(&listing->spool, err);
	if (status == 0)
		status = scan(listing, wants, arg, block, err);
	if (status == 0 && lt_archive_kind(listing->archive) == LT_ARCHIVE_TREE)
		status = sum_tree(listing, block, err);
	else if (status == 0)
		status = lt_archive_totals(listing->archive, &listing->bytes, &listing->crc,
					   err);
	listing->links = lt_archive_links(listing->archive);
	listing->hidden += lt_archive_hidden_directories(listing->archive);
	lt_free(block);
	return status;
}

int lt_listing_open_archive(struct lt_listing **out, struct lt_archive *archive,
			    lt_wants *wants, void *arg, struct lt_error *err)
{
	struct lt_listing *listing = lt_new_array(1, sizeof *listing);
	int status;

	if (!listing) {
		lt_archive_close(archive);
		return lt_fail_memory(err);
	}
	listing->archive = archive;
	listing->spool.fd = -1;
	status = fill(listing, wants, arg, err);
	if (status) {
		lt_listing_close(listing);
		return status;
	}
	*out = listing;
	return 0;
}

int lt_listing_open(struct lt_listing **out, const char *path, lt_wants *wants, void *arg,
		    struct lt_error *err)
{
	struct lt_archive *archive;
	int status = lt_archive_open(&archive, path, err);

	return status ? status : lt_listing_open_archive(out, archive, wants, arg, err);
}

const char *lt_listing_name(const struct lt_listing *listing)
{
	return lt_archive_name(listing->archive);
}

const char *lt_listing_where(struct lt_listing *listing, const char *entry)
{
	const char *input = lt_archive_name(listing->archive);

	if (listing->single)
		return input;
	snprintf(listing->where, sizeof listing->where, "%s: %s", input, entry);
	return listing->where;
}

/* ------------------------------------------------------------------ the plan */

static bool in_order(const struct lt_listing *listing)
{
	size_t i;

	for (i = 1; i < listing->planned; i++)
		if (listing->entry[listing->plan[i]].number <
		    listing->entry[listing->plan[i - 1]].number)
			return false;
	return true;
}

static int changed(const struct lt_listing *listing, struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: changed while it was read",
		       lt_archive_name(listing->archive));
}

/* Goes on to the wanted entry of that number, which must bear the same name as before. */
static int advance(struct lt_listing *listing, const struct lt_listed *to, struct lt_error *err)
{
	struct lt_entry entry;
	bool more;
	int status;

	do {
		status = lt_archive_next(listing->archive, &entry, &more, err);
		if (status)
			return status;
		if (!more)
			return changed(listing, err);
	} while (strcmp(entry.name, to->name) != 0);
	if (entry.size_known && to->size != UNKNOWN && entry.size != to->size)
		return changed(listing, err);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct lt_listed *const *one = a, *const *other = b;

	return (*one)->number < (*other)->number ? -1 : 1;
}

/* The planned entries to the spool, in the archive's order. */
static int spool_planned(struct lt_listing *listing, struct lt_error *err)
{
	struct lt_listed **sorted = lt_new_array(listing->planned, sizeof *sorted);
	uint8_t *block = lt_new_bytes(BLOCK);
	size_t i;
	int status =
		sorted && block ? lt_spool_open(&listing->spool, err) : lt_fail_memory(err);

	if (status == 0) {
		for (i = 0; i < listing->planned; i++)
			sorted[i] = &listing->entry[listing->plan[i]];
		qsort(sorted, listing->planned, sizeof *sorted, by_number);
	}
	for (i = 0; status == 0 && i < listing->planned; i++) {
		status = advance(listing, sorted[i], err);
		if (status == 0)
			status = spool_entry(listing, sorted[i], block, err);
	}
	lt_free(sorted);
	lt_free(block);
	return status;
}

int lt_listing_plan(struct lt_listing *listing, const uint32_t *plan, size_t n,
		    struct lt_error *err)
{
	int status;

	listing->plan = plan;
	listing->planned = n;
	listing->done = 0;
	if (listing->spool.fd >= 0 || lt_archive_kind(listing->archive) == LT_ARCHIVE_TREE)
		return 0;
	status = lt_archive_rewind(listing->archive, err);
	if (status == 0 && !in_order(listing))
		status = spool_planned(listing, err);
	return status;
}

int lt_listing_next(struct lt_listing *listing, const struct lt_listed **entry,
		    struct lt_error *err)
{
	struct lt_listed *next;
	uint64_t size;
	int status = 0;

	*entry = NULL;
	if (listing->done == listing->planned)
		return 0;
	next = &listing->entry[listing->plan[listing->done++]];
	listing->open = next;
	listing->taken = 0;
	if (lt_archive_kind(listing->archive) == LT_ARCHIVE_TREE) {
		status = lt_archive_open_entry(listing->archive, next->name, &size, err);
		if (status == 0 && size != next->size)
			status = changed(listing, err);
	} else if (listing->spool.fd < 0) {
		status = advance(listing, next, err);
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

	if (listing->spool.fd < 0)
		return lt_archive_read(listing->archive, bytes, room, got, err);
	left = entry->size - listing->taken;
	*got = room < left ? room : (size_t)left;
	status = lt_spool_read(&listing->spool, entry->at.spooled + listing->taken, bytes, *got,
			       err);
	listing->taken += *got;
	return status;
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
		more = bytes->size > BLOCK ? bytes->size : BLOCK;
		if (!lt_buffer_reserve(bytes, more))
			return lt_fail_memory(err);
		status = lt_listing_read(listing, bytes->data + bytes->size, more, &got, err);
		if (status)
			return status;
		bytes->size += got;
		if (!fits(entry, bytes->size))
			return too_long(listing, entry, err);
	} while (got == more);
	return 0;
}

void lt_listing_close(struct lt_listing *listing)
{
	if (!listing)
		return;
	lt_archive_close(listing->archive);
	if (listing->spool.fd >= 0)
		lt_spool_close(&listing->spool);
	lt_free(listing->entry);
	lt_arena_free(&listing->arena);
	lt_free(listing);
}
