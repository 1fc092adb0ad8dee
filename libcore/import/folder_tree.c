#include "import/folder_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "base/names.h"
#include "image/image.h"

bool lt_folder_is_image(const struct lt_listing *listing, const struct lt_listed *entry)
{
	return !listing->input[entry->input].is_root && lt_listing_is_image(listing, entry);
}

/* ------------------------------------------------------------------ sorting */

struct named {
	const char *name;
	uint32_t entry;
};

/* By the first component that differs; an image comes before any directory. */
static int by_parts(const void *a, const void *b)
{
	const struct named *left = a, *right = b;
	const char *one = left->name, *other = right->name;
	size_t n, m;
	int order;

	for (;;) {
		one = lt_path_part(one, &n);
		other = lt_path_part(other, &m);
		if (n == 0 || m == 0)
			break;
		order = lt_name_compare(one, n, other, m);
		if (order)
			return order;
		one += n;
		other += m;
	}
	if (n != m)
		return n == 0 ? -1 : 1;
	order = strcmp(one, other);
	return order ? order : left->entry < right->entry ? -1 : 1;
}

static int sort_images(struct lt_folder *folder, const struct lt_listing *listing,
		       struct lt_error *err)
{
	struct named *named = lt_new_array(listing->n + 1, sizeof *named);
	size_t i;

	folder->image = lt_new_array(listing->n + 1, sizeof *folder->image);
	folder->home = lt_new_array(listing->n + 1, sizeof *folder->home);
	if (!named || !folder->image || !folder->home) {
		lt_free(named);
		return lt_fail_memory(err);
	}
	for (i = 0; i < listing->n; i++)
		if (lt_folder_is_image(listing, &listing->entry[i]))
			named[folder->n++] =
				(struct named){listing->entry[i].name, (uint32_t)i};
	qsort(named, folder->n, sizeof *named, by_parts);
	for (i = 0; i < folder->n; i++)
		folder->image[i] = named[i].entry;
	lt_free(named);
	return 0;
}

/* ------------------------------------------------------------------ the tree */

static int add_dir(struct lt_folder *folder, uint32_t parent, const char *name, size_t size,
		   uint32_t *last_child, struct lt_error *err)
{
	size_t room = folder->room ? 2 * folder->room : 256;
	struct lt_dir *block;

	if (folder->n_dirs == folder->room) {
		block = folder->n_dirs < UINT32_MAX / 2
				? lt_grow_array(folder->dir, room, sizeof *block)
				: NULL;
		if (!block)
			return lt_fail_memory(err);
		folder->dir = block;
		folder->room = room;
	}
	folder->dir[folder->n_dirs] = (struct lt_dir){.name = name,
						      .size = (uint32_t)size,
						      .parent = parent,
						      .child = LT_NO_DIR,
						      .next = LT_NO_DIR};
	if (parent != LT_NO_DIR) {
		if (folder->dir[parent].n_dirs++ == 0)
			folder->dir[parent].child = (uint32_t)folder->n_dirs;
		else
			folder->dir[*last_child].next = (uint32_t)folder->n_dirs;
	}
	*last_child = (uint32_t)folder->n_dirs++;
	return 0;
}

/* The directories from the root to that of the previous image. */
struct way {
	uint32_t dir[LT_MAX_ENTRY_NAME / 2 + 2];
	uint32_t last_child[LT_MAX_ENTRY_NAME / 2 + 2];
	int depth;
};

/* Descends from the root to the directory of the image, creating missing nodes. */
static int walk(struct lt_folder *folder, struct way *way, const char *name,
		struct lt_error *err)
{
	const struct lt_dir *next;
	int depth = 0, status;
	size_t size;

	for (;; depth++, name += size) {
		name = lt_path_part(name, &size);
		if (size == 0)
			break;
		if (depth < way->depth) {
			next = &folder->dir[way->dir[depth + 1]];
			if (next->size == size && memcmp(next->name, name, size) == 0)
				continue;
			way->depth = depth;
		}
		status = add_dir(folder, way->dir[depth], name, size, &way->last_child[depth],
				 err);
		if (status)
			return status;
		way->dir[depth + 1] = way->last_child[depth];
		way->depth = depth + 1;
	}
	way->depth = depth;
	return 0;
}

int lt_folder_make(struct lt_folder *folder, const struct lt_listing *listing,
		   struct lt_error *err)
{
	struct way *way = lt_new_array(1, sizeof *way);
	size_t i;
	int status = way ? sort_images(folder, listing, err) : lt_fail_memory(err);

	if (status == 0)
		status = add_dir(folder, LT_NO_DIR, "", 0, &way->dir[0], err);
	for (i = 0; status == 0 && i < folder->n; i++) {
		status = walk(folder, way, listing->entry[folder->image[i]].name, err);
		if (status == 0) {
			folder->home[i] = way->dir[way->depth];
			folder->dir[folder->home[i]].images++;
		}
	}
	/* Parents come before their children. */
	for (i = folder->n_dirs; i-- > 0;) {
		folder->dir[i].below += folder->dir[i].images;
		if (folder->dir[i].parent != LT_NO_DIR)
			folder->dir[folder->dir[i].parent].below += folder->dir[i].below;
	}
	lt_free(way);
	return status;
}

void lt_folder_free(struct lt_folder *folder)
{
	lt_free(folder->dir);
	lt_free(folder->image);
	lt_free(folder->home);
	*folder = (struct lt_folder){0};
}

uint32_t lt_folder_find(const struct lt_folder *folder, uint32_t parent, const char *name,
			size_t size)
{
	uint32_t at = folder->dir[parent].child;

	while (at != LT_NO_DIR &&
	       !(folder->dir[at].size == size && memcmp(folder->dir[at].name, name, size) == 0))
		at = folder->dir[at].next;
	return at;
}

void lt_folder_path(const struct lt_folder *folder, uint32_t dir, char *text, size_t room)
{
	const struct lt_dir *d = &folder->dir[dir];
	size_t used = 0;

	if (d->parent != LT_NO_DIR && folder->dir[d->parent].parent != LT_NO_DIR) {
		lt_folder_path(folder, d->parent, text, room);
		used = strlen(text);
	}
	snprintf(text + used, room - used, "%s%.*s", used ? "/" : "", (int)d->size, d->name);
}

int lt_folder_depth(const struct lt_folder *folder, uint32_t dir)
{
	int depth = 0;

	while (folder->dir[dir].parent != LT_NO_DIR) {
		dir = folder->dir[dir].parent;
		depth++;
	}
	return depth;
}
