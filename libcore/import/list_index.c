#include "import/list_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/path.h"
#include "image/image.h"
#include "import/catalog_parts.h"

/* Room for two names and a slash. */
#define ROOM (2 * LT_MAX_ENTRY_NAME + 2)

/* ------------------------------------------------------------------ the order */

/* Compares from the end, so that names with the same ending are adjacent. */
static int compare_ends(const char *a, size_t n, const char *b, size_t m)
{
	while (n > 0 && m > 0) {
		unsigned char one = (unsigned char)a[--n], other = (unsigned char)b[--m];

		if (one != other)
			return one < other ? -1 : 1;
	}
	return (n > m) - (n < m);
}

static int by_end(const void *a, const void *b)
{
	const struct lt_image_name *one = a, *other = b;
	int order = compare_ends(one->name, one->size, other->name, other->size);

	return order ? order : (one->entry > other->entry) - (one->entry < other->entry);
}

/* The first name that does not sort before this name and entry. */
static size_t first_not_before(const struct lt_image_name *names, size_t n,
			       const struct lt_image_name *key)
{
	size_t low = 0, high = n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (by_end(&names[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ------------------------------------------------------------------ filling */

/* "./a//b" is a/b; the text itself if it is already clean. */
static const char *clean(struct lt_arena *arena, const char *name)
{
	const char *from;
	char *copy, *to;

	name = lt_path_skip(name);
	if (!strstr(name, "//") && !strstr(name, "/./"))
		return name;
	copy = lt_arena_text(arena, name);
	if (!copy)
		return NULL;
	for (from = to = copy; *from; from++) {
		bool begins = to > copy && to[-1] == '/';

		if (begins && *from == '/')
			continue;
		if (begins && from[0] == '.' && from[1] == '/')
			from++;
		else
			*to++ = *from;
	}
	*to = '\0';
	return copy;
}

static size_t stem_size(const char *name)
{
	const char *dot = strrchr(name, '.');

	return lt_image_is_named(name) ? (size_t)(dot - name) : strlen(name);
}

static int add_names(struct lt_list_index *index, struct lt_error *err)
{
	const struct lt_listing *listing = index->listing;
	const struct lt_listed *entry;
	const char *name;
	size_t i;

	for (i = 0; i < listing->n; i++) {
		entry = &listing->entry[i];
		/* Includes the images of --root, which formats that read all entries skip. */
		if (!lt_listing_is_image(listing, entry))
			continue;
		name = clean(&index->arena, entry->name);
		if (!name)
			return lt_fail_memory(err);
		index->by_name[index->n++] =
			(struct lt_image_name){name, (uint32_t)strlen(name), (uint32_t)i};
		index->by_stem[index->n_stems++] =
			(struct lt_image_name){name, (uint32_t)stem_size(name), (uint32_t)i};
	}
	return 0;
}

static bool counts(const struct lt_list_index *index, const struct lt_image_name *name)
{
	const struct lt_listing *listing = index->listing;

	return !index->has_root || listing->input[listing->entry[name->entry].input].is_root;
}

/* Bytes of the directories that all images (with --root, those in it) share. */
static int find_shared(struct lt_list_index *index, struct lt_error *err)
{
	const char *first = NULL;
	size_t i, j, size = 0;

	for (i = 0; i < index->n; i++) {
		const struct lt_image_name *name = &index->by_name[i];

		if (!counts(index, name))
			continue;
		if (!first) {
			first = name->name;
			size = name->size;
		}
		for (j = 0; j < size && name->name[j] == first[j]; j++)
			;
		size = j;
	}
	while (size > 0 && first[size - 1] != '/')
		size--;
	index->shared = lt_arena_text_n(&index->arena, first ? first : "", size);
	return index->shared ? 0 : lt_fail_memory(err);
}

int lt_list_index_fill(struct lt_list_index *index, const struct lt_listing *listing,
		       struct lt_error *err)
{
	int i, status;

	*index = (struct lt_list_index){.listing = listing};
	index->by_name = lt_new_array(listing->n + 1, sizeof *index->by_name);
	index->by_stem = lt_new_array(listing->n + 1, sizeof *index->by_stem);
	if (!index->by_name || !index->by_stem)
		return lt_fail_memory(err);
	for (i = 0; i < listing->n_inputs; i++)
		index->has_root = index->has_root || listing->input[i].is_root;
	status = add_names(index, err);
	if (status == 0)
		status = find_shared(index, err);
	if (status)
		return status;
	qsort(index->by_name, index->n, sizeof *index->by_name, by_end);
	qsort(index->by_stem, index->n_stems, sizeof *index->by_stem, by_end);
	return 0;
}

void lt_list_index_free(struct lt_list_index *index)
{
	lt_free(index->by_name);
	lt_free(index->by_stem);
	lt_arena_free(&index->arena);
	*index = (struct lt_list_index){0};
}

/* ------------------------------------------------------------------ looking up */

/* A lookup in one order of the names. */
struct look {
	const struct lt_list_index *index;
	const struct lt_image_name *names;
	size_t n;
	char *text; /* ROOM bytes */
	size_t size;
	struct lt_list_found found;
};

static bool is_same(const struct look *look, size_t at)
{
	return at < look->n && look->names[at].size == look->size &&
	       memcmp(look->names[at].name, look->text, look->size) == 0;
}

static bool ends_so(const struct look *look, size_t at)
{
	const struct lt_image_name *name = &look->names[at < look->n ? at : 0];

	return at < look->n && name->size >= look->size &&
	       memcmp(name->name + (name->size - look->size), look->text, look->size) == 0;
}

/* text = one followed by other. */
static bool set_text(struct look *look, const char *one, const char *other)
{
	int size = snprintf(look->text, ROOM, "%s%s", one, other);

	look->size = size < 0 ? 0 : (size_t)size;
	return look->size > 0 && look->size < ROOM;
}

static bool take(struct look *look, enum lt_list_match match, size_t at, bool many)
{
	look->found.match = many ? LT_MATCH_MANY : match;
	look->found.entry = look->names[at].entry;
	return true;
}

/* An image with this full name among the entries of an input. */
static bool in_input(struct look *look, const struct lt_input *input, const char *directory,
		     const char *path)
{
	struct lt_image_name key = {look->text, 0, (uint32_t)input->first};
	size_t at;

	if (!set_text(look, directory, path))
		return false;
	key.size = (uint32_t)look->size;
	at = first_not_before(look->names, look->n, &key);
	if (!is_same(look, at) || look->names[at].entry >= input->end)
		return false;
	return take(look, LT_MATCH_PATH, at,
		    is_same(look, at + 1) && look->names[at + 1].entry < input->end);
}

/* Finds the only image with this full name. */
static bool whole(struct look *look, const char *directory, const char *path)
{
	struct lt_image_name key = {look->text, 0, 0};
	size_t at;

	if (!set_text(look, directory, path))
		return false;
	key.size = (uint32_t)look->size;
	at = first_not_before(look->names, look->n, &key);
	return is_same(look, at) && take(look, LT_MATCH_PATH, at, is_same(look, at + 1));
}

/* Finds the only image whose name ends with "/" and this text. */
static bool tail(struct look *look, const char *path, enum lt_list_match match)
{
	struct lt_image_name key = {look->text, 0, 0};
	size_t at;

	if (!set_text(look, "/", path))
		return false;
	key.size = (uint32_t)look->size;
	at = first_not_before(look->names, look->n, &key);
	return ends_so(look, at) && take(look, match, at, ends_so(look, at + 1));
}

static bool below_root(struct look *look, const char *path)
{
	const struct lt_listing *listing = look->index->listing;
	int i;

	for (i = 0; look->index->has_root && i < listing->n_inputs; i++)
		if (listing->input[i].is_root &&
		    in_input(look, &listing->input[i], listing->input[i].prefix, path))
			return true;
	return false;
}

static bool beside_list(struct look *look, const struct lt_listed *list, const char *path)
{
	char directory[LT_MAX_ENTRY_NAME + 1];
	const char *name = lt_path_skip(list->name);

	if (look->index->listing->input[list->input].single)
		return false;
	snprintf(directory, sizeof directory, "%.*s", (int)(lt_path_base(name) - name), name);
	return in_input(look, &look->index->listing->input[list->input], directory, path);
}

static void look_up(struct look *look, const struct lt_listed *list, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (below_root(look, path) || beside_list(look, list, path) || whole(look, "", path) ||
	    whole(look, look->index->shared, path) || tail(look, path, LT_MATCH_TAIL))
		return;
	if (!slash)
		return;
	if (!whole(look, "", slash + 1) && !tail(look, slash + 1, LT_MATCH_BASE))
		return;
	/* One image matches without directories, so another one with directories makes it
	 * ambiguous. */
	if (look->found.match == LT_MATCH_PATH) {
		uint32_t entry = look->found.entry;

		look->found.match = LT_MATCH_BASE;
		if (tail(look, slash + 1, LT_MATCH_BASE))
			look->found.match = LT_MATCH_MANY;
		look->found.entry = entry;
	}
}

static struct lt_list_found find(const struct lt_list_index *index,
				 const struct lt_listed *list, const char *path)
{
	char text[ROOM];
	struct look look = {
		.index = index, .names = index->by_name, .n = index->n, .text = text};

	look_up(&look, list, path);
	if (look.found.match == LT_MATCH_NONE && !lt_image_is_named(path)) {
		look.names = index->by_stem;
		look.n = index->n_stems;
		look_up(&look, list, path);
		look.found.by_stem = true;
	}
	return look.found;
}

/* Windows paths have backslashes. */
static bool turn_slashes(char *path)
{
	bool any = false;

	for (; *path; path++)
		if (*path == '\\') {
			*path = '/';
			any = true;
		}
	return any;
}

/* macOS decomposes names, and most other programs compose them. */
static struct lt_list_found find_in_forms(const struct lt_list_index *index,
					  const struct lt_listed *list, const char *path,
					  struct lt_arena *arena)
{
	struct lt_list_found found = {0};
	const char *name;
	int composed;

	for (composed = 1; composed >= 0 && found.match == LT_MATCH_NONE; composed--) {
		name = lt_normal_name(arena, path, composed);
		if (name && strcmp(name, path) != 0 && strlen(name) <= LT_MAX_ENTRY_NAME)
			found = find(index, list, name);
	}
	return found;
}

struct lt_list_found lt_list_find(const struct lt_list_index *index,
				  const struct lt_listed *list, const char *path)
{
	struct lt_list_found found = {0};
	struct lt_arena arena = {0};
	char turned[LT_MAX_ENTRY_NAME + 1];
	const char *name;

	if (strlen(path) > LT_MAX_ENTRY_NAME)
		return found;
	name = clean(&arena, path);
	if (name && *name) {
		found = find(index, list, name);
		snprintf(turned, sizeof turned, "%s", name);
		if (found.match == LT_MATCH_NONE && turn_slashes(turned))
			found = find(index, list, turned);
		if (found.match == LT_MATCH_NONE)
			found = find_in_forms(index, list, turned, &arena);
	}
	lt_arena_free(&arena);
	return found;
}

const char *lt_list_without_slash(const struct lt_list_index *index,
				  const struct lt_listed *list, const char *path)
{
	return path[0] == '/' && path[1] && !lt_list_path_is_outside(path + 1) &&
			       lt_list_find(index, list, path + 1).match == LT_MATCH_PATH
		       ? path + 1
		       : path;
}

bool lt_list_path_is_outside(const char *path)
{
	const char *at = path;
	size_t n;

	if (*path == '/' || *path == '\\' ||
	    (((*path >= 'A' && *path <= 'Z') || (*path >= 'a' && *path <= 'z')) &&
	     path[1] == ':' && (path[2] == '/' || path[2] == '\\')))
		return true;
	for (;;) {
		n = strcspn(at, "/\\");
		if (n == 2 && at[0] == '.' && at[1] == '.')
			return true;
		if (at[n] == '\0')
			return false;
		at += n + 1;
	}
}
