#include "import/folder_notes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "archive/path.h"
#include "base/memory.h"
#include "base/names.h"
#include "import/kind_names.h"

#define NAMED 6

/* A directory beside the classes that contains no image: it is empty, or has other files. */
struct lost {
	uint32_t base;
	const char *name; /* of the directory, size bytes */
	size_t size;
	union {
		const char *file; /* NULL: none is known */
		uint32_t dir;	  /* in the index: its number */
	} is;
};

static int by_directory(const void *a, const void *b)
{
	const struct lost *one = a, *other = b;

	if (one->base != other->base)
		return one->base < other->base ? -1 : 1;
	return lt_name_compare(one->name, one->size, other->name, other->size);
}

/* All directories of images, by their parent and name, to be searched. */
static struct lost *index_dirs(const struct lt_folder *folder)
{
	struct lost *index = lt_new_array(folder->n_dirs + 1, sizeof *index);
	size_t i;

	if (!index)
		return NULL;
	for (i = 0; i < folder->n_dirs; i++)
		index[i] = (struct lost){.base = folder->dir[i].parent,
					 .name = folder->dir[i].name,
					 .size = folder->dir[i].size,
					 .is.dir = (uint32_t)i};
	/* The root has an empty name and no parent, so it sorts last. */
	qsort(index, folder->n_dirs, sizeof *index, by_directory);
	return index;
}

/* Is this directory the parent of a class? */
static bool holds_classes(const struct lt_folder *folder, const struct lt_place *place,
			  uint32_t dir)
{
	uint32_t at;

	for (at = folder->dir[dir].child; at != LT_NO_DIR; at = folder->dir[at].next)
		if (place[at].what == LT_PLACE_CLASS && place[at].class_dir == at)
			return true;
	return false;
}

/* The first directory of a path that contains no images, if it is beside the classes; otherwise
 * false.  A path ends with the name of a file or with a slash. */
static bool is_lost(const struct lt_folder *folder, const struct lost *index, const bool *holds,
		    const char *name, struct lost *out)
{
	struct lost key = {.base = 0, .is.file = *lt_path_base(name) ? name : NULL};
	const struct lost *found;

	for (key.name = name;; key.name += key.size) {
		key.name = lt_path_part(key.name, &key.size);
		if (key.size == 0)
			return false;
		found = bsearch(&key, index, folder->n_dirs, sizeof key, by_directory);
		if (!found)
			break;
		key.base = found->is.dir;
	}
	*out = key;
	return holds[key.base];
}

/* "heron (2 files, such as a.heic)" or "heron (empty)", from n entries of one directory. */
static size_t tell_one(const struct lost *lost, size_t n, char *text, size_t room)
{
	const char *first = NULL;
	size_t i, files = 0;
	int size = lost->size > 60 ? 60 : (int)lost->size;

	for (i = 0; i < n; i++) {
		files += lost[i].is.file != NULL;
		if (!first)
			first = lost[i].is.file;
	}
	if (!first)
		return (size_t)snprintf(text, room, "%.*s (empty)", size, lost->name);
	return (size_t)snprintf(text, room, "%.*s (%zu %s, such as %.60s)", size, lost->name,
				files, files == 1 ? "file" : "files", lt_path_base(first));
}

static void tell(struct lt_import *import, struct lost *lost, size_t n)
{
	char text[1500];
	size_t i, same, named = 0, used;

	qsort(lost, n, sizeof *lost, by_directory);
	used = (size_t)snprintf(
		text, sizeof text,
		"%.200s: directories beside the classes without an image that can "
		"be read: ",
		lt_listing_name(import->listing));
	for (i = 0; i < n; i += same, named++) {
		for (same = 1; i + same < n && by_directory(&lost[i], &lost[i + same]) == 0;)
			same++;
		if (named > 0 && named < NAMED)
			used += (size_t)snprintf(text + used, sizeof text - used, ", ");
		if (named < NAMED)
			used += tell_one(&lost[i], same, text + used, sizeof text - used);
	}
	if (named > NAMED)
		snprintf(text + used, sizeof text - used, " and %zu more", named - NAMED);
	if (named > 0)
		import->host.notice(import->host.arg, text);
}

int lt_folder_note_lost(struct lt_import *import, const struct lt_folder *folder,
			const struct lt_place *place, struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	struct lost *index = index_dirs(folder);
	size_t most = listing->n_unwanted + listing->n_directories + listing->n + 1;
	struct lost *lost = lt_new_array(most, sizeof *lost);
	bool *holds = lt_new_bytes(folder->n_dirs + 1);
	size_t i, n = 0;
	int status = index && lost && holds ? 0 : lt_fail_memory(err);

	for (i = 0; status == 0 && i < folder->n_dirs; i++)
		holds[i] = holds_classes(folder, place, (uint32_t)i);
	for (i = 0; status == 0 && i < listing->n_unwanted; i++)
		n += is_lost(folder, index, holds, listing->unwanted[i], &lost[n]);
	for (i = 0; status == 0 && i < listing->n_directories; i++)
		n += is_lost(folder, index, holds, listing->directory[i], &lost[n]);
	/* Files wanted by other formats are not images either. */
	for (i = 0; status == 0 && i < listing->n; i++)
		if (listing->entry[i].want == LT_WANT_DATA)
			n += is_lost(folder, index, holds, listing->entry[i].name, &lost[n]);
	if (status == 0)
		tell(import, lost, n);
	lt_free(index);
	lt_free(lost);
	lt_free(holds);
	return status;
}

/* ------------------------------------------------------------------ masks */

/* Images before a mask in which its image is searched: those whose names begin in the same way
 * are next to it. */
#define NEAR 64

/* Bytes of a file's name before "_mask.png", "-mask.png" or "_mask_1.png"; 0: it is none. */
static size_t before_mask(const char *base)
{
	static const char *const known[] = {"mask", "segmentation", "seg", "gt"};
	size_t n = strlen(base), i, size;
	const char *dot = strrchr(base, '.');

	n = dot ? (size_t)(dot - base) : n;
	for (i = n; i > 0 && base[i - 1] >= '0' && base[i - 1] <= '9'; i--)
		;
	if (i > 0 && i < n && base[i - 1] == '_')
		n = i - 1;
	for (i = 0; i < sizeof known / sizeof known[0]; i++) {
		size = strlen(known[i]);
		if (n > size + 1 && strncasecmp(base + n - size, known[i], size) == 0 &&
		    (base[n - size - 1] == '_' || base[n - size - 1] == '-'))
			return n - size - 1;
	}
	return 0;
}

static const char *image_name(const struct lt_import *import, const struct lt_folder *folder,
			      size_t i)
{
	return import->listing->entry[folder->image[i]].name;
}

/* Is there an image in the same directory with these n bytes for a name, and a suffix? */
static bool has_image(const struct lt_import *import, const struct lt_folder *folder, size_t at,
		      const char *stem, size_t n)
{
	const char *base;
	size_t i;

	for (i = at; i > 0 && at - i < NEAR && folder->home[i - 1] == folder->home[at]; i--) {
		base = lt_path_base(image_name(import, folder, i - 1));
		if (strncmp(base, stem, n) == 0 && base[n] == '.' && !strchr(base + n + 1, '.'))
			return true;
	}
	return false;
}

/* Is a directory from this one up to that of the class, without it, one of masks? */
static bool is_among_masks(const struct lt_folder *folder, uint32_t dir, uint32_t class_dir)
{
	for (; dir != class_dir && dir != LT_NO_DIR; dir = folder->dir[dir].parent)
		if (lt_name_is_of_masks(folder->dir[dir].name, folder->dir[dir].size))
			return true;
	return false;
}

void lt_folder_note_masks(struct lt_import *import, const struct lt_folder *folder,
			  const struct lt_place *place)
{
	const char *name, *base, *first = NULL;
	size_t i, n, masks = 0;
	char text[900];

	for (i = 0; i < folder->n; i++) {
		if (place[folder->home[i]].what != LT_PLACE_CLASS)
			continue;
		name = image_name(import, folder, i);
		base = lt_path_base(name);
		n = before_mask(base);
		if (((n > 0 && has_image(import, folder, i, base, n)) ||
		     is_among_masks(folder, folder->home[i],
				    place[folder->home[i]].class_dir)) &&
		    masks++ == 0)
			first = name;
	}
	if (masks == 0)
		return;
	snprintf(text, sizeof text,
		 "%.200s: %zu %s like the mask of another and %s a row like it, such as "
		 "%.300s; a list of the images, or a directory without the masks, leaves %s "
		 "out",
		 lt_listing_name(import->listing), masks,
		 masks == 1 ? "image looks" : "images look", masks == 1 ? "is" : "are each",
		 first, masks == 1 ? "it" : "them");
	import->host.notice(import->host.arg, text);
}
