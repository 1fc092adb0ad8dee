/*
 * Checks whether directories are classes or the level above or below classes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/path.h"
#include "base/names.h"
#include "import/folder_levels.h"
#include "import/kind_names.h"
#include "import/split_names.h"

#define NAMED 6
#define LOOKED 1000 /* directories that are compared with one: enough to see a pattern */

static int compare_dirs(const struct lt_dir *one, const struct lt_dir *other)
{
	return lt_name_compare(one->name, one->size, other->name, other->size);
}

size_t lt_folder_common(const struct lt_folder *folder, uint32_t one, uint32_t other)
{
	uint32_t a = folder->dir[one].child, b = folder->dir[other].child;
	size_t common = 0;
	int order;

	while (a != LT_NO_DIR && b != LT_NO_DIR) {
		order = compare_dirs(&folder->dir[a], &folder->dir[b]);
		common += order == 0;
		if (order <= 0)
			a = folder->dir[a].next;
		if (order >= 0)
			b = folder->dir[b].next;
	}
	return common;
}

/* Adds a directory's name to a list in text, which has used bytes. */
static void add_name(const struct lt_dir *dir, const char *before, char *text, size_t room,
		     size_t *used)
{
	int n = snprintf(text + *used, room - *used, "%s%.*s", before,
			 dir->size > 60 ? 60 : (int)dir->size, dir->name);

	*used = n > 0 && (size_t)n < room - *used ? *used + (size_t)n : room - 1;
}

void lt_folder_names(const struct lt_folder *folder, uint32_t dir, char *text, size_t room)
{
	uint32_t at;
	size_t used = 0;
	uint32_t named = 0, all = folder->dir[dir].n_dirs;

	text[0] = '\0';
	for (at = folder->dir[dir].child; at != LT_NO_DIR && named < NAMED;
	     at = folder->dir[at].next)
		add_name(&folder->dir[at], named++ ? ", " : "", text, room, &used);
	if (named < all && used < room)
		snprintf(text + used, room - used, " and %" PRIu32 " more", all - named);
}

int lt_folder_level(const struct lt_import *import, const struct lt_folder *folder,
		    uint32_t dir)
{
	const char *at = import->inside ? import->inside : "";
	int level = lt_folder_depth(folder, dir);
	size_t n;

	if (lt_path_is_pattern(at))
		return level;
	for (; *at; at += n, at += *at == '/') {
		n = strcspn(at, "/");
		level -= n > 0 && !(n == 1 && *at == '.');
	}
	return level;
}

/* Quotes a path of less than most bytes; "DIR" if it does not fit, since a truncated path would
 * name another directory. */
static void quote(const char *path, size_t most, char *text, size_t room)
{
	if (strlen(path) + 1 >= most || !lt_path_quote(path, text, room))
		snprintf(text, room, "DIR");
}

void lt_folder_argument(const struct lt_folder *folder, uint32_t dir, char *text, size_t room)
{
	char path[300];

	lt_folder_path(folder, dir, path, sizeof path);
	quote(path, sizeof path, text, room);
}

/* Adds the path of a directory to that of a pattern.  The classes are the children of base; the
 * splits above them become "*", too, so that all are read. */
static void add_pattern(const struct lt_folder *folder, uint32_t base, uint32_t dir, char *path,
			size_t room)
{
	const struct lt_dir *d = &folder->dir[dir];
	size_t used;
	bool star;

	if (d->parent == LT_NO_DIR)
		return;
	add_pattern(folder, base, d->parent, path, room);
	used = strlen(path);
	star = d->parent == base ||
	       (lt_folder_depth(folder, dir) <= lt_folder_depth(folder, base) &&
		lt_split_of_name(d->name, d->size) != LT_SPLIT_DEFAULT);
	snprintf(path + used, room - used, "%s%.*s", used ? "/" : "", star ? 1 : (int)d->size,
		 star ? "*" : d->name);
}

/* The value of --in, quoted, that takes the directory of this name in each child of base; "DIR"
 * if the names have characters that patterns do not take literally. */
static void pattern_of(const struct lt_folder *folder, uint32_t base, uint32_t dir, char *text,
		       size_t room)
{
	char path[300] = "", names[300];

	add_pattern(folder, base, dir, path, sizeof path);
	lt_folder_path(folder, dir, names, sizeof names);
	quote(strpbrk(names, "*?[\\") ? "DIR" : path, sizeof path, text, room);
}

bool lt_folder_is_unlabelled(const struct lt_split_names *splits, const struct lt_dir *dir)
{
	return lt_split_names_find(splits, dir->name, dir->size) == LT_SPLIT_EXTRA;
}

void lt_folder_note_only(struct lt_import *import, const struct lt_folder *folder,
			 const struct lt_split_names *splits, uint32_t one, uint32_t other,
			 enum lt_split split)
{
	uint32_t a = folder->dir[one].child, b = folder->dir[other].child;
	size_t only = 0, used = 0;
	char names[500], text[800];
	int order;

	while (b != LT_NO_DIR) {
		order = a == LT_NO_DIR ? 1 : compare_dirs(&folder->dir[a], &folder->dir[b]);
		if (order > 0 && !lt_folder_is_unlabelled(splits, &folder->dir[b]) &&
		    only++ < NAMED)
			add_name(&folder->dir[b], only == 1 ? "" : ", ", names, sizeof names,
				 &used);
		if (order <= 0)
			a = folder->dir[a].next;
		if (order >= 0)
			b = folder->dir[b].next;
	}
	if (only == 0)
		return;
	snprintf(text, sizeof text, "%.200s: %zu %s only in split %s, not in train: %s%s",
		 lt_listing_name(import->listing), only, only == 1 ? "class is" : "classes are",
		 lt_split_name(split), names, only > NAMED ? ", …" : "");
	import->host.notice(import->host.arg, text);
}

void lt_folder_note_other(struct lt_import *import, const struct lt_folder *folder,
			  uint32_t one, uint32_t other, enum lt_split split)
{
	int level = lt_folder_level(import, folder, other) + 1;
	char names[300], classes[300], option[80] = "", text[1000];

	lt_folder_names(folder, other, names, sizeof names);
	lt_folder_names(folder, one, classes, sizeof classes);
	if (level == lt_folder_level(import, folder, one) + 1)
		snprintf(option, sizeof option, "; --class-level %d takes them for classes",
			 level);
	snprintf(text, sizeof text,
		 "%.150s: no directory of split %s (%s) is a class of train (%s), so they are "
		 "taken for images without classes%s",
		 lt_listing_name(import->listing), lt_split_name(split), names, classes,
		 option);
	import->host.notice(import->host.arg, text);
}

/* ------------------------------------------------------------------ the children of a base */

/* Descends while there is only one directory, to where directories branch. */
static uint32_t inner_dir(const struct lt_folder *folder, uint32_t at)
{
	while (folder->dir[at].images == 0 && folder->dir[at].n_dirs == 1)
		at = folder->dir[at].child;
	return at;
}

struct kinds {
	size_t full, deep; /* containing images; containing only directories */
	size_t branching;  /* those of deep that contain several directories */
	bool chained;	   /* in all of the branching ones, the directories are further down */
	/* An example of each; for deep ones, the inner directory. */
	uint32_t one_full, one_deep, other_deep;
};

static struct kinds count_kinds(const struct lt_folder *folder, uint32_t base)
{
	struct kinds kinds = {.one_full = LT_NO_DIR, .one_deep = LT_NO_DIR, .chained = true};
	uint32_t at, inner;

	for (at = folder->dir[base].child; at != LT_NO_DIR; at = folder->dir[at].next) {
		if (folder->dir[at].images > 0) {
			kinds.full++;
			kinds.one_full = at;
			continue;
		}
		kinds.deep++;
		inner = inner_dir(folder, at);
		if (folder->dir[inner].images == 0) {
			kinds.branching++;
			kinds.chained = kinds.chained && inner != at;
		}
		if (kinds.one_deep == LT_NO_DIR ||
		    folder->dir[inner].n_dirs > folder->dir[kinds.one_deep].n_dirs)
			kinds.one_deep = inner;
	}
	return kinds;
}

/* Two children that contain at least two directories with the same names. */
static bool have_same(const struct lt_folder *folder, uint32_t base, uint32_t deep,
		      uint32_t *other)
{
	uint32_t at, inner;
	int looked = 0;

	for (at = folder->dir[base].child; at != LT_NO_DIR && looked < LOOKED;
	     at = folder->dir[at].next, looked++) {
		inner = inner_dir(folder, at);
		if (inner != deep && lt_folder_common(folder, deep, inner) >= 2) {
			*other = inner;
			return true;
		}
	}
	return false;
}

static bool is_split(const struct lt_dir *dir)
{
	return lt_split_of_name(dir->name, dir->size) != LT_SPLIT_DEFAULT;
}

/* Descends while there is only one directory, to the one that holds splits. */
static uint32_t above_splits(const struct lt_folder *folder, uint32_t at)
{
	const struct lt_dir *dir = &folder->dir[at];

	while (dir->images == 0 && dir->n_dirs == 1 && !is_split(&folder->dir[dir->child])) {
		at = dir->child;
		dir = &folder->dir[at];
	}
	return at;
}

/* Do all directories in the children, or below a chain of single ones, have names of splits?
 * *direct: they are directly in the children, without images beside them. */
static bool hold_splits(const struct lt_folder *folder, uint32_t base, bool *direct)
{
	uint32_t at, in, above;

	*direct = true;
	for (at = folder->dir[base].child; at != LT_NO_DIR; at = folder->dir[at].next) {
		above = above_splits(folder, at);
		if (folder->dir[above].n_dirs == 0)
			return false;
		*direct = *direct && above == at && folder->dir[at].images == 0;
		for (in = folder->dir[above].child; in != LT_NO_DIR; in = folder->dir[in].next)
			if (!is_split(&folder->dir[in]))
				return false;
	}
	return true;
}

/* Does a split of one child hold several directories, and a split of another child one with the
 * same name among several?  One directory alone may be "images".  looked counts comparisons. */
static bool share_names(const struct lt_folder *folder, uint32_t at, uint32_t with, int *looked,
			uint32_t *one, uint32_t *other)
{
	uint32_t a = folder->dir[above_splits(folder, at)].child, b;
	uint32_t first = folder->dir[above_splits(folder, with)].child;

	for (; a != LT_NO_DIR; a = folder->dir[a].next)
		for (b = first; b != LT_NO_DIR; b = folder->dir[b].next) {
			++*looked;
			if (folder->dir[a].n_dirs < 2 || folder->dir[b].n_dirs < 2 ||
			    lt_folder_common(folder, a, b) == 0)
				continue;
			*one = a;
			*other = b;
			return true;
		}
	return false;
}

/* Two splits in different children that contain directories with the same names: fold1/train
 * and fold2/train.  The children are then folds, not classes.  Names that repeat in
 * the splits of one child alone say nothing: cat/train/tabby and cat/test/tabby. */
static bool repeat_below(const struct lt_folder *folder, uint32_t base, uint32_t *one,
			 uint32_t *other)
{
	uint32_t at, with;
	int looked = 0;

	for (at = folder->dir[base].child; at != LT_NO_DIR; at = folder->dir[at].next)
		for (with = folder->dir[at].next; with != LT_NO_DIR && looked < LOOKED;
		     with = folder->dir[with].next)
			if (share_names(folder, at, with, &looked, one, other))
				return true;
	return false;
}

static int fail_repeated(struct lt_import *import, const struct lt_folder *folder,
			 uint32_t base, uint32_t one, uint32_t other, struct lt_error *err)
{
	char names[160], first[140], second[140], outer[200], in[220];

	lt_folder_names(folder, one, names, sizeof names);
	lt_folder_path(folder, one, first, sizeof first);
	lt_folder_path(folder, other, second, sizeof second);
	lt_folder_names(folder, base, outer, sizeof outer);
	lt_folder_argument(folder, folder->dir[one].parent, in, sizeof in);
	return lt_fail(err, LT_DATA,
		       "%.100s: %s and %s hold directories of the same names (%s): are these "
		       "the classes, or %s?  --class-level %d takes the former, --class-level "
		       "%d the latter, --in %s reads that one",
		       lt_listing_name(import->listing), first, second, names, outer,
		       lt_folder_level(import, folder, one) + 1,
		       lt_folder_level(import, folder, base) + 1, in);
}

static int fail_same(struct lt_import *import, const struct lt_folder *folder, uint32_t base,
		     const struct kinds *kinds, struct lt_error *err)
{
	char names[160], first[140], second[140], in[220], each[220];

	lt_folder_names(folder, kinds->one_deep, names, sizeof names);
	lt_folder_path(folder, kinds->one_deep, first, sizeof first);
	lt_folder_path(folder, kinds->other_deep, second, sizeof second);
	lt_folder_argument(folder, kinds->one_deep, in, sizeof in);
	pattern_of(folder, base, folder->dir[kinds->one_deep].child, each, sizeof each);
	return lt_fail(
		err, LT_DATA,
		"%.100s: %s and %s hold directories of the same names (%s), so they do not "
		"look like classes: --in %s reads that one, --in %s one of those names in each "
		"class, --splits train=NAME,… takes them for splits, --class-level %d for "
		"classes, --class-level %d what is in them",
		lt_listing_name(import->listing), first, second, names, in, each,
		lt_folder_level(import, folder, base) + 1,
		lt_folder_level(import, folder, kinds->one_deep) + 1);
}

/* Does a child of base, or the directory where its directories branch, hold a directory of
 * images beside one of masks?  LT_NO_DIR for both: none does. */
static void find_masks(const struct lt_folder *folder, uint32_t base, uint32_t *images,
		       uint32_t *masks)
{
	uint32_t at, in;
	int looked = 0;

	*images = *masks = LT_NO_DIR;
	for (at = folder->dir[base].child; (*images == LT_NO_DIR || *masks == LT_NO_DIR) &&
					   at != LT_NO_DIR && looked < LOOKED;
	     at = folder->dir[at].next, looked++) {
		*images = *masks = LT_NO_DIR;
		for (in = folder->dir[inner_dir(folder, at)].child; in != LT_NO_DIR;
		     in = folder->dir[in].next) {
			if (lt_name_is_of_images(folder->dir[in].name, folder->dir[in].size))
				*images = in;
			if (lt_name_is_of_masks(folder->dir[in].name, folder->dir[in].size))
				*masks = in;
		}
	}
	if (*images == LT_NO_DIR || *masks == LT_NO_DIR)
		*images = *masks = LT_NO_DIR;
}

static int fail_masks(struct lt_import *import, const struct lt_folder *folder, uint32_t base,
		      uint32_t images, uint32_t masks, struct lt_error *err)
{
	const struct lt_dir *one = &folder->dir[images], *other = &folder->dir[masks];
	char inner[200], in[300];

	lt_folder_path(folder, one->parent, inner, sizeof inner);
	pattern_of(folder, base, images, in, sizeof in);
	return lt_fail(
		err, LT_DATA,
		"%.150s: %s holds %.*s and %.*s, and masks are not images of a class: "
		"--in %s takes %.*s of each class, --class-level %d all that is in a class",
		lt_listing_name(import->listing), inner, one->size > 60 ? 60 : (int)one->size,
		one->name, other->size > 60 ? 60 : (int)other->size, other->name, in,
		one->size > 60 ? 60 : (int)one->size, one->name,
		lt_folder_level(import, folder, base) + 1);
}

static int fail_mixed(struct lt_import *import, const struct lt_folder *folder, uint32_t base,
		      const struct kinds *kinds, struct lt_error *err)
{
	char deep[200], full[200], in[300];

	lt_folder_path(folder, kinds->one_deep, deep, sizeof deep);
	lt_folder_path(folder, kinds->one_full, full, sizeof full);
	lt_folder_argument(folder, kinds->one_deep, in, sizeof in);
	return lt_fail(
		err, LT_DATA,
		"%.150s: %s holds %" PRIu32
		" directories, and %s holds images: which are the classes?  --in %s reads "
		"that one, --class-level %d takes both for classes",
		lt_listing_name(import->listing), deep, folder->dir[kinds->one_deep].n_dirs,
		full, in, lt_folder_level(import, folder, base) + 1);
}

static void note_deep(struct lt_import *import, const struct lt_folder *folder, uint32_t base,
		      const struct kinds *kinds)
{
	char names[400], text[900];

	lt_folder_names(folder, base, names, sizeof names);
	snprintf(text, sizeof text,
		 "%.200s: the classes are %s; all of their images are in directories below, "
		 "which "
		 "--class-level %d takes for classes",
		 lt_listing_name(import->listing), names,
		 lt_folder_level(import, folder, kinds->one_deep) + 1);
	import->host.notice(import->host.arg, text);
}

/* Some classes contain images and these do not. */
static void note_below(struct lt_import *import, const struct lt_folder *folder, uint32_t base)
{
	char text[900], names[400] = "";
	uint32_t at;
	size_t used = 0, n = 0;

	for (at = folder->dir[base].child; at != LT_NO_DIR; at = folder->dir[at].next)
		if (folder->dir[at].images == 0 && n++ < NAMED)
			add_name(&folder->dir[at], n == 1 ? "" : ", ", names, sizeof names,
				 &used);
	snprintf(text, sizeof text,
		 "%.200s: %zu %s images in directories below alone, unlike the others: %s%s",
		 lt_listing_name(import->listing), n, n == 1 ? "class has" : "classes have",
		 names, n > NAMED ? ", …" : "");
	import->host.notice(import->host.arg, text);
}

int lt_folder_check_classes(struct lt_import *import, const struct lt_folder *folder,
			    uint32_t base, bool *split_below, struct lt_error *err)
{
	struct kinds kinds = count_kinds(folder, base);
	uint32_t images, masks, one, other;
	char names[300], text[800];
	bool splits, direct;

	*split_below = false;
	if (kinds.branching == 0) {
		if (kinds.full > 0 && kinds.deep > 0)
			note_below(import, folder, base);
		return 0;
	}
	find_masks(folder, base, &images, &masks);
	if (images != LT_NO_DIR)
		return fail_masks(import, folder, base, images, masks, err);
	splits = hold_splits(folder, base, &direct);
	if (splits && repeat_below(folder, base, &one, &other))
		return fail_repeated(import, folder, base, one, other, err);
	if (splits && direct && !kinds.chained) {
		*split_below = true;
		lt_folder_names(folder, base, names, sizeof names);
		snprintf(text, sizeof text,
			 "%.300s: each class has directories of its splits; the classes are %s",
			 lt_listing_name(import->listing), names);
		import->host.notice(import->host.arg, text);
		return 0;
	}
	if (have_same(folder, base, kinds.one_deep, &kinds.other_deep))
		return fail_same(import, folder, base, &kinds, err);
	if (kinds.full > 0)
		return fail_mixed(import, folder, base, &kinds, err);
	note_deep(import, folder, base, &kinds);
	return 0;
}
