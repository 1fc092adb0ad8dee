/*
 * The index of the inputs' entries, and reading them in a planned order.
 */
#include "archive/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/listing_parts.h"
#include "archive/path.h"
#include "archive/tree.h"
#include "base/memory.h"
#include "image/image.h"
#include "stream/output.h"

#define MAX_INPUTS 65535

/* ------------------------------------------------------------------ the index */

void lt_listing_pass(struct lt_listing *listing, enum lt_passed_why why, const char *name)
{
	if (listing->passed[why]++ == 0)
		listing->first_passed[why] = name;
}

/* Counts the memory of a name in the index, which must be in proportion to the inputs. */
static int charge_index(struct lt_listing *listing, const struct lt_input *input,
			const char *name, size_t place, struct lt_error *err)
{
	size_t size = strlen(name);
	uint64_t all = 0, one;
	int i;

	if (size > LT_MAX_ENTRY_NAME)
		return lt_fail(err, LT_DATA, "%s: a name of %zu bytes, the limit is %d",
			       lt_archive_name(input->archive), size, LT_MAX_ENTRY_NAME);
	listing->index_bytes += place + size + 1;
	if (listing->index_bytes <= LT_FREE_INDEX)
		return 0;
	for (i = 0; i < listing->n_inputs; i++) {
		one = lt_archive_input(listing->input[i].archive);
		all = one > UINT64_MAX - all ? UINT64_MAX : all + one;
	}
	if (listing->index_bytes > all)
		return lt_fail(err, LT_DATA,
			       "%s: the names of %zu entries take more memory than the archive "
			       "has bytes",
			       lt_archive_name(input->archive), listing->n);
	return 0;
}

/* Makes room for one more element in an array that doubles; NULL without memory. */
static void *one_more(void *array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 256;
	void *block;

	if (n < *room)
		return array;
	block = n < UINT32_MAX / 2 ? lt_grow_array(array, more, size) : NULL;
	if (block)
		*room = more;
	return block;
}

/* The entry's name after the input's prefix; NULL without memory. */
static const char *full_name(struct lt_listing *listing, const struct lt_input *input,
			     const char *name)
{
	return *input->prefix ? lt_arena_printf(&listing->arena, "%s%s", input->prefix, name)
			      : lt_arena_text(&listing->arena, name);
}

static int add_entry(struct lt_listing *listing, const struct lt_entry *from, enum lt_want want,
		     struct lt_error *err)
{
	struct lt_input *input = &listing->input[listing->n_inputs - 1];
	struct lt_listed *entry, *block;
	int status = charge_index(listing, input, from->name, sizeof *entry, err);

	if (status)
		return status;
	block = one_more(listing->entry, listing->n, &listing->room, sizeof *block);
	if (!block)
		return lt_fail_memory(err);
	listing->entry = block;
	entry = &listing->entry[listing->n];
	*entry = (struct lt_listed){
		.size = from->size_known ? from->size : LT_SIZE_UNKNOWN,
		.number = (uint32_t)listing->n,
		.same = (uint32_t)listing->n,
		.input = (uint16_t)(listing->n_inputs - 1),
		.want = (uint8_t)(want == LT_WANT_MAYBE ? LT_WANT_IMAGE : want),
	};
	if (from->offset != UINT64_MAX && want != LT_WANT_TEXT) {
		entry->at.offset = from->offset;
		entry->place = LT_AT_OFFSET;
	}
	entry->name = full_name(listing, input, from->name);
	if (!entry->name)
		return lt_fail_memory(err);
	input->end = ++listing->n;
	if (from->link)
		return lt_listing_note_link(listing, (uint32_t)listing->n - 1, from->link, err);
	if (entry->size != LT_SIZE_UNKNOWN && !lt_listed_fits(entry, entry->size))
		return lt_listed_too_long(listing, entry, err);
	return 0;
}

int lt_listing_keep_text(struct lt_listing *listing, struct lt_listed *entry,
			 struct lt_error *err)
{
	struct lt_buffer *text = &listing->text;
	size_t got = 0;
	int status;

	text->size = 0;
	if (!lt_buffer_reserve(text, LT_MAX_TEXT + 1))
		return lt_fail_memory(err);
	status = lt_archive_read(input_of(listing, entry)->archive, text->data, LT_MAX_TEXT + 1,
				 &got, err);
	if (status == 0 && !lt_listed_fits(entry, got))
		status = lt_listed_too_long(listing, entry, err);
	listing->text_bytes += got;
	if (status == 0 && listing->text_bytes > LT_MAX_TEXTS)
		status = lt_fail(err, LT_DATA,
				 "%s: lists of names of more than %" PRIu64 " bytes",
				 lt_listing_place(listing, entry), LT_MAX_TEXTS);
	entry->at.text = NULL;
	entry->size = got;
	if (status)
		return status;
	entry->at.text = lt_arena_text_n(&listing->arena, (const char *)text->data, got);
	entry->place = LT_AT_KEPT; /* at.kept is the same pointer */
	return entry->at.text ? 0 : lt_fail_memory(err);
}

/* Reads the part of the current entry that is needed while the index is built. */
static int take_bytes(struct lt_listing *listing, struct lt_listed *entry, struct lt_error *err)
{
	struct lt_input *input = input_of(listing, entry);

	if (is_pipe(input) && entry->want != LT_WANT_TEXT)
		return lt_listing_spool_entry(listing, entry, err);
	if (is_tree(input))
		return 0;
	if (entry->want == LT_WANT_TEXT)
		return lt_listing_keep_text(listing, entry, err);
	if (input->single)
		return lt_archive_read(input->archive, input->head, sizeof input->head,
				       &input->head_size, err);
	return 0;
}

/* Examines the first bytes of the newest entry: is it an image, and within the size limit? */
static int look_at(struct lt_listing *listing, struct lt_listed *entry, bool *is_image,
		   struct lt_error *err)
{
	struct lt_input *input = input_of(listing, entry);
	uint8_t head[16];
	uint64_t size = 0;
	size_t got;
	int status = 0;

	if (entry->place == LT_AT_SPOOL) {
		got = entry->size < sizeof head ? (size_t)entry->size : sizeof head;
		status = lt_spool_read(&listing->spool, entry->at.offset, head, got, err);
	} else {
		if (is_tree(input))
			status = lt_archive_open_entry(input->archive, own_name(listing, entry),
						       &size, err);
		if (status == 0)
			status = lt_archive_read(input->archive, head, sizeof head, &got, err);
	}
	*is_image = status == 0 && size <= LT_MAX_ENCODED && lt_image_is_known(head, got);
	return status;
}

static int note_unwanted(struct lt_listing *listing, const struct lt_entry *from,
			 enum lt_passed_why why, struct lt_error *err)
{
	struct lt_input *input = &listing->input[listing->n_inputs - 1];
	const char **block, *name;
	int status;

	if (why != LT_PASSED_KIND) {
		name = listing->passed[why] ? NULL : full_name(listing, input, from->name);
		if (!name && listing->passed[why] == 0)
			return lt_fail_memory(err);
		lt_listing_pass(listing, why, name);
		return 0;
	}
	status = charge_index(listing, input, from->name, sizeof name, err);
	if (status)
		return status;
	block = one_more(listing->unwanted, listing->n_unwanted, &listing->room_unwanted,
			 sizeof *block);
	name = block ? full_name(listing, input, from->name) : NULL;
	if (block)
		listing->unwanted = block;
	if (!name)
		return lt_fail_memory(err);
	listing->unwanted[listing->n_unwanted++] = name;
	lt_listing_pass(listing, why, name);
	return 0;
}

/* Removes the newest entry again, because it is not an image. */
static int drop_newest(struct lt_listing *listing, const struct lt_entry *from,
		       struct lt_error *err)
{
	struct lt_listed *entry = &listing->entry[--listing->n];

	if (entry->place == LT_AT_SPOOL)
		listing->spool.size = entry->at.offset;
	input_of(listing, entry)->end = listing->n;
	return note_unwanted(listing, from, LT_PASSED_KIND, err);
}

static int take_entry(struct lt_listing *listing, const struct lt_entry *from,
		      enum lt_want want, struct lt_error *err)
{
	bool is_image = true;
	int status = add_entry(listing, from, want, err);

	if (status == 0)
		status = take_bytes(listing, &listing->entry[listing->n - 1], err);
	/* A hard link has the kind of its target. */
	if (status == 0 && want == LT_WANT_MAYBE && !from->link)
		status = look_at(listing, &listing->entry[listing->n - 1], &is_image, err);
	return status || is_image ? status : drop_newest(listing, from, err);
}

/* Is the name below the directory, which may be a pattern? */
static bool is_below(const char *name, const char *directory, bool is_pattern)
{
	size_t n, m;

	for (;;) {
		name = lt_path_skip(name);
		directory = lt_path_skip(directory);
		if (*directory == '\0' || strcmp(directory, ".") == 0)
			return true;
		n = strcspn(directory, "/");
		m = strcspn(name, "/");
		if (name[m] != '/' || !lt_path_part_matches(directory, n, is_pattern, name, m))
			return false;
		name += m;
		directory += n;
	}
}

/* The same after the input's prefix, which is "photos/" or empty. */
static bool is_inside(const struct lt_input *input, const char *name, const char *directory)
{
	bool is_pattern = lt_path_is_pattern(directory);
	size_t n = strlen(input->prefix), first;

	directory = lt_path_skip(directory);
	if (n == 0 || *directory == '\0' || strcmp(directory, ".") == 0)
		return is_below(name, directory, is_pattern);
	first = strcspn(directory, "/");
	return lt_path_part_matches(directory, first, is_pattern, input->prefix, n - 1) &&
	       is_below(name, directory + first, is_pattern);
}

/* An entry that may be an image only by its name, but is too large, is not one. */
static enum lt_want wanted(const struct lt_listing *listing, const struct lt_entry *entry)
{
	enum lt_want want = listing->wants(listing->arg, entry->name);

	return want == LT_WANT_MAYBE && entry->size_known && entry->size > LT_MAX_ENCODED
		       ? LT_WANT_NOT
		       : want;
}

/* As an lt_on_directory. */
static int note_directory(void *arg, const char *name, struct lt_error *err)
{
	struct lt_listing *listing = arg;
	struct lt_input *input = &listing->input[listing->n_inputs - 1];
	const char **block;
	int status;

	if (lt_name_is_hidden(name) || input->is_root ||
	    (listing->inside && !is_inside(input, name, listing->inside)))
		return 0;
	status = charge_index(listing, input, name, sizeof name, err);
	if (status)
		return status;
	block = one_more(listing->directory, listing->n_directories, &listing->room_directories,
			 sizeof *block);
	if (!block)
		return lt_fail_memory(err);
	listing->directory = block;
	name = lt_arena_printf(&listing->arena, "%s%s/", input->prefix, name);
	if (!name)
		return lt_fail_memory(err);
	listing->directory[listing->n_directories++] = name;
	return 0;
}

/* The output may be written in the directory that is read. */
static int note_hidden(struct lt_listing *listing, const struct lt_entry *entry,
		       struct lt_error *err)
{
	return lt_output_is_temporary(entry->name)
		       ? 0
		       : note_unwanted(listing, entry, LT_PASSED_HIDDEN, err);
}

static int scan(struct lt_listing *listing, struct lt_error *err)
{
	struct lt_input *input = &listing->input[listing->n_inputs - 1];
	struct lt_entry entry;
	enum lt_want want;
	bool more;
	int status;

	for (;;) {
		status = lt_archive_next(input->archive, &entry, &more, err);
		if (status || !more)
			return status;
		input->single = lt_archive_is_single(input->archive);
		want = input->single ? LT_WANT_DATA : LT_WANT_NOT;
		if (!input->single && lt_name_is_hidden(entry.name))
			status = note_hidden(listing, &entry, err);
		else if (!input->single && listing->inside && !input->is_root &&
			 !is_inside(input, entry.name, listing->inside))
			status = note_unwanted(listing, &entry, LT_PASSED_OUTSIDE, err);
		else if (!input->single && (want = wanted(listing, &entry)) == LT_WANT_NOT)
			status = note_unwanted(listing, &entry, LT_PASSED_KIND, err);
		else
			status = take_entry(listing, &entry, want, err);
		if (status)
			return status;
	}
}

/* ------------------------------------------------------------------ opening */

int lt_listing_new(struct lt_listing **out, lt_wants *wants, void *arg, struct lt_error *err)
{
	struct lt_listing *listing = lt_new_array(1, sizeof *listing);

	if (!listing)
		return lt_fail_memory(err);
	listing->spool.fd = -1;
	listing->wants = wants;
	listing->arg = arg;
	listing->block = lt_new_bytes(LT_LISTING_BLOCK);
	if (!listing->block) {
		lt_listing_close(listing);
		return lt_fail_memory(err);
	}
	*out = listing;
	return 0;
}

/* "photos/" for the directory "…/photos", "" for "." and "/"; NULL without memory. */
static const char *prefix_of(struct lt_listing *listing, const char *path)
{
	size_t n = strlen(path), from;

	while (n > 0 &&
	       (path[n - 1] == '/' || (n > 1 && path[n - 1] == '.' && path[n - 2] == '/')))
		n--;
	for (from = n; from > 0 && path[from - 1] != '/'; from--)
		;
	if (n == from || (path[n - 1] == '.' && (n - from == 1 || path[n - 2] == '.')))
		return "";
	return lt_arena_printf(&listing->arena, "%.*s/", (int)(n - from), path + from);
}

static int fill(struct lt_listing *listing, struct lt_input *input, struct lt_error *err)
{
	int status = 0;

	if (is_pipe(input))
		status = lt_listing_open_spool(listing, err);
	if (status == 0 && listing->names_from)
		status = lt_archive_names_from(input->archive, listing->names_from, err);
	lt_archive_tell_directories(input->archive, note_directory, listing);
	if (status == 0)
		status = scan(listing, err);
	lt_archive_tell_directories(input->archive, NULL, NULL);
	if (status == 0 && is_tree(input))
		status = lt_listing_sum_tree(listing, input, err);
	else if (status == 0)
		status = lt_archive_totals(input->archive, &input->bytes, &input->crc, err);
	if (status == 0)
		status = lt_listing_resolve_links(listing, input, err);
	input->unflagged = lt_archive_unflagged(input->archive);
	listing->passed[LT_PASSED_LOOP] += lt_archive_loops(input->archive);
	listing->passed[LT_PASSED_LINK] += lt_archive_links(input->archive);
	listing->passed[LT_PASSED_HIDDEN] += lt_archive_hidden(input->archive);
	return status;
}

static void set_name(struct lt_listing *listing)
{
	const char *first = lt_archive_name(listing->input[0].archive);

	if (listing->n_inputs == 1)
		snprintf(listing->name, sizeof listing->name, "%s", first);
	else
		snprintf(listing->name, sizeof listing->name, "%.500s and %d more", first,
			 listing->n_inputs - 1);
}

static int add_input(struct lt_listing *listing, struct lt_archive *archive, bool named,
		     bool is_root, struct lt_error *err)
{
	size_t room = (size_t)listing->room_inputs;
	struct lt_input *block = NULL, *input;

	if (listing->n_inputs < MAX_INPUTS)
		block = one_more(listing->input, (size_t)listing->n_inputs, &room,
				 sizeof *block);
	if (!block) {
		lt_archive_close(archive);
		return listing->n_inputs < MAX_INPUTS
			       ? lt_fail_memory(err)
			       : lt_fail(err, LT_USAGE, "more than %d inputs", MAX_INPUTS);
	}
	listing->input = block;
	listing->room_inputs = (int)room;
	input = &listing->input[listing->n_inputs++];
	*input = (struct lt_input){
		.archive = archive,
		.prefix = "",
		.is_root = is_root,
		.first = listing->n,
		.end = listing->n,
	};
	set_name(listing);
	if (named && is_tree(input))
		input->prefix = prefix_of(listing, lt_archive_name(archive));
	if (!input->prefix) {
		input->prefix = "";
		return lt_fail_memory(err);
	}
	return fill(listing, input, err);
}

int lt_listing_add_archive(struct lt_listing *listing, struct lt_archive *archive, bool named,
			   struct lt_error *err)
{
	return add_input(listing, archive, named, false, err);
}

int lt_listing_add(struct lt_listing *listing, const char *path, bool named,
		   struct lt_error *err)
{
	struct lt_archive *archive;
	int status = lt_archive_open(&archive, path, err);

	return status ? status : add_input(listing, archive, named, false, err);
}

int lt_listing_add_root(struct lt_listing *listing, const char *path, struct lt_error *err)
{
	struct lt_archive *archive;
	int status = lt_archive_open(&archive, path, err);

	return status ? status : add_input(listing, archive, false, true, err);
}

int lt_listing_open_archive(struct lt_listing **out, struct lt_archive *archive,
			    lt_wants *wants, void *arg, struct lt_error *err)
{
	struct lt_listing *listing;
	int status = lt_listing_new(&listing, wants, arg, err);

	if (status) {
		lt_archive_close(archive);
		return status;
	}
	status = lt_listing_add_archive(listing, archive, false, err);
	if (status)
		lt_listing_close(listing);
	else
		*out = listing;
	return status;
}

int lt_listing_open(struct lt_listing **out, const char *path, lt_wants *wants, void *arg,
		    struct lt_error *err)
{
	struct lt_archive *archive;
	int status = lt_archive_open(&archive, path, err);

	return status ? status : lt_listing_open_archive(out, archive, wants, arg, err);
}

enum lt_want lt_want_all(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return LT_WANT_DATA;
}

int lt_listing_open_file(struct lt_listing **out, const char *path, const char *what,
			 struct lt_error *err)
{
	int status = lt_listing_open(out, path, lt_want_all, NULL, err);

	if (status == 0 && !lt_listing_is_single(*out))
		status = lt_fail(err, LT_DATA, "%s: not %s", lt_listing_name(*out), what);
	return status;
}

bool lt_listing_is_single(const struct lt_listing *listing)
{
	return listing->n_inputs == 1 && listing->input[0].single;
}

bool lt_listing_is_image(const struct lt_listing *listing, const struct lt_listed *entry)
{
	const struct lt_input *input = input_of(listing, entry);

	return input->single ? lt_image_is_known(input->head, input->head_size)
			     : entry->want == LT_WANT_IMAGE;
}

const uint8_t *lt_listing_head(const struct lt_listing *listing, const struct lt_listed *entry,
			       size_t *n)
{
	const struct lt_input *input = input_of(listing, entry);

	*n = input->single ? input->head_size : 0;
	return input->single ? input->head : NULL;
}

const char *lt_listing_name(const struct lt_listing *listing)
{
	return listing->name;
}

static const char *where(struct lt_listing *listing, const struct lt_input *input,
			 const char *entry)
{
	const char *name = lt_archive_name(input->archive);

	if (input->single)
		return name;
	snprintf(listing->where, sizeof listing->where, "%s: %s", name, entry);
	return listing->where;
}

const char *lt_listing_where(struct lt_listing *listing, const char *entry)
{
	return where(listing,
		     listing->open ? input_of(listing, listing->open) : &listing->input[0],
		     entry);
}

void lt_listing_about(struct lt_listing *listing, const struct lt_listed *entry)
{
	listing->open = &listing->entry[entry->same];
}

const char *lt_listing_place(struct lt_listing *listing, const struct lt_listed *entry)
{
	return where(listing, input_of(listing, entry), own_name(listing, entry));
}

void lt_listing_close(struct lt_listing *listing)
{
	struct lt_kept *before;
	int i;

	if (!listing)
		return;
	for (i = 0; i < listing->n_inputs; i++)
		lt_archive_close(listing->input[i].archive);
	for (; listing->kept; listing->kept = before) {
		before = listing->kept->before;
		lt_free(listing->kept);
	}
	if (listing->spool.fd >= 0)
		lt_spool_close(&listing->spool);
	lt_free(listing->input);
	lt_free(listing->entry);
	lt_free(listing->unwanted);
	lt_free(listing->directory);
	lt_free(listing->block);
	lt_buffer_free(&listing->links);
	lt_buffer_free(&listing->text);
	lt_arena_free(&listing->arena);
	lt_free(listing);
}
