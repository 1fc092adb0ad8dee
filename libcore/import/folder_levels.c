#include "import/folder_levels.h"

#include <stdio.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "import/merged.h"
#include "import/split_names.h"

#define MAX_BASES 64
#define FEW 10 /* directories: more than splits, fewer than most sets have classes */

/* A directory whose children are classes, or that contains images without classes. */
struct base {
	uint32_t dir, split_dir;
	enum lt_split split;
	bool flat, split_below;
};

struct levels {
	struct lt_import *import;
	const struct lt_folder *folder;
	struct lt_split_names names;
	size_t prefix, suffix; /* the part that the names of the split directories share */
	bool numbered;	       /* whether "train2017" means train */
	int class_level;       /* of --class-level, or of a pattern of --in; 0: neither */
	struct base base[MAX_BASES];
	int n;
};

static const struct lt_dir *dir_at(const struct levels *l, uint32_t dir)
{
	return &l->folder->dir[dir];
}

static const char *input_name(const struct levels *l)
{
	return lt_listing_name(l->import->listing);
}

/* ------------------------------------------------------------------ splits */

static enum lt_split split_of(const struct levels *l, uint32_t dir)
{
	const struct lt_dir *d = dir_at(l, dir);
	const char *name = d->name + l->prefix;
	size_t n = d->size;

	/* a_train_a and a_a share a_ and _a, which overlap in a_a. */
	if (d->size < l->prefix + l->suffix)
		return LT_SPLIT_DEFAULT;
	n -= l->prefix + l->suffix;
	while (l->numbered && n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9')
		n--;
	return lt_split_names_find(&l->names, name, n);
}

static bool separates(char c)
{
	return c == '_' || c == '-' || c == '.' || c == ' ';
}

/* The prefix or suffix that the names of all children share, up to a separator. */
static void find_shared(struct levels *l, uint32_t parent)
{
	const struct lt_dir *first = dir_at(l, dir_at(l, parent)->child), *other;
	size_t before = first->size, after = first->size, n;
	uint32_t at;

	for (at = first->next; at != LT_NO_DIR; at = other->next) {
		other = dir_at(l, at);
		for (n = 0; n < before && n < other->size && first->name[n] == other->name[n];)
			n++;
		before = n;
		for (n = 0;
		     n < after && n < other->size &&
		     first->name[first->size - 1 - n] == other->name[other->size - 1 - n];)
			n++;
		after = n;
	}
	while (before > 0 && !separates(first->name[before - 1]))
		before--;
	while (after > 0 && !separates(first->name[first->size - after]))
		after--;
	l->prefix = before;
	l->suffix = before + after < first->size ? after : 0;
}

struct seen {
	unsigned kinds; /* a bit 1 << enum lt_split each */
	size_t splits, nested, others, others_nested;
	uint32_t one; /* one of the split directories */
};

static struct seen look(const struct levels *l, uint32_t parent)
{
	struct seen seen = {.one = LT_NO_DIR};
	uint32_t at;

	for (at = dir_at(l, parent)->child; at != LT_NO_DIR; at = dir_at(l, at)->next) {
		enum lt_split split = split_of(l, at);
		bool nested = dir_at(l, at)->n_dirs > 0;

		if (split == LT_SPLIT_DEFAULT) {
			seen.others++;
			seen.others_nested += nested;
			continue;
		}
		seen.splits++;
		seen.nested += nested;
		seen.kinds |= 1u << split;
		seen.one = at;
	}
	return seen;
}

static bool several(unsigned bits)
{
	return (bits & (bits - 1)) != 0;
}

static int ask_splits(const struct levels *l, uint32_t parent, uint32_t one,
		      struct lt_error *err)
{
	char names[400];

	lt_folder_names(l->folder, parent, names, sizeof names);
	return lt_fail(
		err, LT_DATA,
		"%.200s: are %s splits or classes?  --splits train=NAME,… "
		"says which are splits (such as %.*s), --splits none that all are classes, "
		"--in DIR reads one",
		input_name(l), names, (int)dir_at(l, one)->size, dir_at(l, one)->name);
}

/* Tries again without the numbers at the end of the names: do all of them then name splits, and
 * at least two different ones? */
static bool are_numbered(struct levels *l, uint32_t parent, struct seen *seen)
{
	struct seen numbered;

	l->numbered = true;
	numbered = look(l, parent);
	if (numbered.others == 0 && several(numbered.kinds))
		*seen = numbered;
	else
		l->numbered = false;
	return l->numbered;
}

/* The splits among the words of the children's names, one bit each; *one is a child with such a
 * word. */
static unsigned words_of(const struct levels *l, uint32_t parent, uint32_t *one)
{
	unsigned kinds = 0;
	uint32_t at;

	for (at = dir_at(l, parent)->child; at != LT_NO_DIR; at = dir_at(l, at)->next) {
		const struct lt_dir *dir = dir_at(l, at);
		enum lt_split split = lt_split_names_in_words(&l->names, dir->name, dir->size);

		if (split == LT_SPLIT_DEFAULT)
			continue;
		kinds |= 1u << split;
		*one = at;
	}
	return kinds;
}

/* A few directories with words of several splits: bounding_box_train and bounding_box_test
 * beside query. */
static bool are_words(const struct levels *l, uint32_t parent, uint32_t *one)
{
	return !l->names.given && dir_at(l, parent)->n_dirs <= FEW &&
	       several(words_of(l, parent, one));
}

/* Are the children of this directory splits? */
static int are_splits(struct levels *l, uint32_t parent, bool *yes, struct lt_error *err)
{
	struct seen seen;
	uint32_t one = LT_NO_DIR;

	*yes = l->numbered = false;
	l->prefix = l->suffix = 0;
	if (dir_at(l, parent)->n_dirs == 0)
		return 0;
	seen = look(l, parent);
	if (seen.others > 0 && !l->names.given && are_numbered(l, parent, &seen)) {
		*yes = true;
		return 0;
	}
	if (seen.splits == 0 && !l->names.given && dir_at(l, parent)->n_dirs > 1) {
		find_shared(l, parent);
		seen = look(l, parent);
		if (!several(seen.kinds) && seen.others > 0)
			seen.splits = 0;
	}
	if (seen.splits == 0) {
		l->prefix = l->suffix = 0;
		return are_words(l, parent, &one) ? ask_splits(l, parent, one, err) : 0;
	}
	if (l->names.given || seen.others == 0)
		*yes = true;
	else if (several(seen.kinds) || seen.kinds != 1u << LT_SPLIT_TRAIN || seen.nested > 0) {
		/* An ambiguous case must be decided by the user. */
		*yes = seen.nested > 0 && (several(seen.kinds) || seen.others_nested == 0);
		return *yes ? 0 : ask_splits(l, parent, seen.one, err);
	} else if ((words_of(l, parent, &one) & ~seen.kinds) != 0) {
		/* A class may be called train, but hardly beside test1. */
		return ask_splits(l, parent, seen.one, err);
	}
	return 0;
}

/* ------------------------------------------------------------------ the way down */

/* Are most of its images in directories inside it? */
static bool is_passage(const struct lt_dir *dir)
{
	return dir->n_dirs > 0 && dir->images <= dir->below - dir->images;
}

/* The only child, if it is an intermediate level above the classes; otherwise LT_NO_DIR. */
static uint32_t step_down(const struct levels *l, uint32_t dir)
{
	const struct lt_dir *d = dir_at(l, dir);

	return d->n_dirs == 1 && is_passage(d) && is_passage(dir_at(l, d->child)) ? d->child
										  : LT_NO_DIR;
}

static int add_base(struct levels *l, uint32_t dir, uint32_t split_dir, enum lt_split split,
		    bool deeper, struct lt_error *err)
{
	uint32_t next;

	if (l->n == MAX_BASES)
		return lt_fail(err, LT_DATA, "%s: more than %d directories are splits",
			       input_name(l), MAX_BASES);
	while (deeper && (next = step_down(l, dir)) != LT_NO_DIR)
		dir = next;
	l->base[l->n++] = (struct base){.dir = dir,
					.split_dir = split_dir,
					.split = split,
					.flat = !is_passage(dir_at(l, dir))};
	return 0;
}

/* Reports which directories are splits, unless their names are exactly those of splits. */
static void note_splits(const struct levels *l, uint32_t parent)
{
	char text[1200];
	size_t used = (size_t)snprintf(text, sizeof text, "%.300s: ", input_name(l)), named = 0;
	bool plain = true;
	uint32_t at;

	for (at = dir_at(l, parent)->child; at != LT_NO_DIR; at = dir_at(l, at)->next) {
		const struct lt_dir *d = dir_at(l, at);
		const char *split = lt_split_name(split_of(l, at));

		if (split_of(l, at) == LT_SPLIT_DEFAULT || used > sizeof text - 300)
			continue;
		plain = plain && strlen(split) == d->size &&
			memcmp(split, d->name, d->size) == 0;
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s is %.*s",
					 named++ ? ", " : "split ", split,
					 d->size > 150 ? 150 : (int)d->size, d->name);
	}
	if (!plain)
		l->import->host.notice(l->import->host.arg, text);
}

/*
 * A directory "unlabeled" or "extra" among the classes of a split contains images without a
 * class: they are the split extra.
 */
static int add_unlabelled(struct levels *l, struct lt_error *err)
{
	const struct base above = l->base[l->n - 1];
	char path[300], text[800];
	uint32_t at;
	int status = 0;

	if (above.flat || above.split == LT_SPLIT_EXTRA || dir_at(l, above.dir)->n_dirs < 2)
		return 0;
	for (at = dir_at(l, above.dir)->child; status == 0 && at != LT_NO_DIR;
	     at = dir_at(l, at)->next) {
		const struct lt_dir *dir = dir_at(l, at);

		if (!lt_folder_is_unlabelled(&l->names, dir))
			continue;
		status = add_base(l, at, at, LT_SPLIT_EXTRA, true, err);
		lt_folder_path(l->folder, at, path, sizeof path);
		snprintf(text, sizeof text,
			 "%.300s: %s is not a class but the split extra, which --split extra "
			 "--no-labels imports; --class-level %d takes it for a class",
			 input_name(l), path, lt_folder_level(l->import, l->folder, at));
		if (status == 0)
			l->import->host.notice(l->import->host.arg, text);
	}
	return status;
}

static int add_splits(struct levels *l, uint32_t parent, struct lt_error *err)
{
	enum lt_split split;
	uint32_t at;
	int status = 0;

	note_splits(l, parent);
	for (at = dir_at(l, parent)->child; status == 0 && at != LT_NO_DIR;
	     at = dir_at(l, at)->next) {
		split = split_of(l, at);
		if (split == LT_SPLIT_DEFAULT)
			continue;
		status = add_base(l, at, at, split, true, err);
		if (status == 0)
			status = add_unlabelled(l, err);
	}
	return status;
}

/* Finds the directories that hold the classes. */
static int find_bases(struct levels *l, uint32_t start, struct lt_error *err)
{
	uint32_t dir = start, next;
	bool splits;
	int status;

	for (;; dir = next) {
		status = are_splits(l, dir, &splits, err);
		if (status)
			return status;
		if (splits)
			return add_splits(l, dir, err);
		next = l->import->inside ? LT_NO_DIR : step_down(l, dir);
		if (next == LT_NO_DIR)
			return add_base(l, dir, LT_NO_DIR, LT_SPLIT_DEFAULT, false, err);
	}
}

/* ------------------------------------------------------------------ checks */

static const struct base *train_of(const struct levels *l)
{
	int i;

	for (i = 0; i < l->n; i++)
		if (l->base[i].split == LT_SPLIT_TRAIN && !l->base[i].flat)
			return &l->base[i];
	return NULL;
}

/* Directories of a split that share no name with those of train are not classes. */
static void compare_splits(struct levels *l)
{
	const struct base *train = train_of(l);
	int i;

	for (i = 0; train && i < l->n; i++) {
		struct base *other = &l->base[i];

		if (other->flat || other->split == LT_SPLIT_TRAIN || other->split_below)
			continue;
		if (lt_folder_common(l->folder, train->dir, other->dir) == 0) {
			other->flat = true;
			lt_folder_note_other(l->import, l->folder, train->dir, other->dir,
					     other->split);
			continue;
		}
		lt_folder_note_only(l->import, l->folder, &l->names, train->dir, other->dir,
				    other->split);
	}
}

static int check_bases(struct levels *l, struct lt_error *err)
{
	struct base *base;
	int i, status = 0;

	for (i = 0; status == 0 && i < l->n; i++) {
		base = &l->base[i];
		if (base->flat || l->import->no_labels)
			continue;
		status = lt_folder_check_classes(l->import, l->folder, base->dir,
						 &base->split_below, err);
		if (base->split != LT_SPLIT_DEFAULT)
			base->split_below = false;
	}
	if (status == 0 && !l->import->no_labels)
		compare_splits(l);
	return status;
}

/* ------------------------------------------------------------------ places */

/* The meaning of images directly in a base directory. */
static struct lt_place base_place(const struct base *base)
{
	return (struct lt_place){.class_dir = LT_NO_DIR,
				 .split_dir = base->split_dir,
				 .what = base->flat ? LT_PLACE_FLAT : LT_PLACE_LOOSE,
				 .split = (uint8_t)base->split};
}

/* Parents come before children, so that each place follows from the one above. */
static void fill_places(const struct levels *l, struct lt_place *place)
{
	const struct lt_folder *folder = l->folder;
	uint32_t i, parent;
	int b;

	for (i = 0; i < folder->n_dirs; i++) {
		parent = folder->dir[i].parent;
		place[i] = parent == LT_NO_DIR ? (struct lt_place){LT_NO_DIR, LT_NO_DIR,
								   LT_PLACE_OUTSIDE, 0}
					       : place[parent];
		if (place[i].what == LT_PLACE_LOOSE)
			place[i] = (struct lt_place){i, place[i].split_dir, LT_PLACE_CLASS,
						     place[i].split};
		for (b = 0; b < l->n; b++) {
			if (l->base[b].dir == i)
				place[i] = base_place(&l->base[b]);
			if (l->base[b].split_below && parent != LT_NO_DIR &&
			    folder->dir[parent].parent == l->base[b].dir)
				place[i].split = (uint8_t)split_of(l, i);
		}
	}
}

/* Uses the level given by --class-level or by a pattern of --in. */
static void fill_by_level(const struct levels *l, uint32_t start, struct lt_place *place)
{
	const struct lt_folder *folder = l->folder;
	uint32_t i, at;
	int level;

	for (i = 0; i < folder->n_dirs; i++) {
		place[i] = (struct lt_place){LT_NO_DIR, LT_NO_DIR, LT_PLACE_OUTSIDE, 0};
		for (level = 0, at = i; at != LT_NO_DIR && at != start;
		     at = folder->dir[at].parent)
			level++;
		if (at == LT_NO_DIR)
			continue;
		if (i != start)
			place[i] = place[folder->dir[i].parent];
		if (level < l->class_level)
			place[i].what = LT_PLACE_LOOSE;
		if (level == l->class_level) {
			place[i].what = LT_PLACE_CLASS;
			place[i].class_dir = i;
		}
		if (level > 0 && level < l->class_level && place[i].split == LT_SPLIT_DEFAULT) {
			place[i].split = (uint8_t)split_of(l, i);
			place[i].split_dir = i;
		}
	}
}

static int note_merged(const struct levels *l, const struct lt_place *place,
		       struct lt_error *err)
{
	const struct lt_folder *folder = l->folder;
	struct lt_class_directory *directory = lt_new_array(folder->n_dirs, sizeof *directory);
	char path[LT_MAX_ENTRY_NAME + 1];
	const char *kept;
	size_t n = 0;
	uint32_t i;
	int status = directory ? 0 : lt_fail_memory(err);

	for (i = 0; status == 0 && i < folder->n_dirs; i++) {
		if (place[i].what != LT_PLACE_CLASS || place[i].class_dir != i)
			continue;
		lt_folder_path(folder, i, path, sizeof path);
		kept = lt_arena_text(&l->import->arena, path);
		if (kept)
			directory[n++] = lt_class_directory(kept, strlen(kept), place[i].split);
		else
			status = lt_fail_memory(err);
	}
	if (status == 0)
		lt_note_merged(l->import, directory, n);
	lt_free(directory);
	return status;
}

/* The directory of --in. */
static int find_start(const struct levels *l, uint32_t *start, struct lt_error *err)
{
	const char *at = l->import->inside;
	size_t n;

	*start = 0;
	/* Nothing but what matches a pattern is in the tree; its levels count from the input.
	 */
	if (at && lt_path_is_pattern(at))
		return 0;
	for (; at && *at; at += n) {
		at = lt_path_skip(at);
		if (strcmp(at, ".") == 0)
			break;
		n = strcspn(at, "/");
		if (n > 0)
			*start = lt_folder_find(l->folder, *start, at, n);
		if (*start == LT_NO_DIR)
			return lt_fail(err, LT_DATA,
				       "%s: --in %s: no such directory of images in it",
				       input_name(l), l->import->inside);
	}
	return 0;
}

/* A name of --splits that no directory has is probably a typing error. */
static int check_names(const struct levels *l, struct lt_error *err)
{
	const struct lt_dir *dir;
	size_t i;
	int n;

	for (n = 0; n < l->names.n; n++) {
		for (i = 1; i < l->folder->n_dirs; i++) {
			dir = &l->folder->dir[i];
			if (dir->size == l->names.name[n].size &&
			    memcmp(dir->name, l->names.name[n].name, dir->size) == 0)
				break;
		}
		if (i >= l->folder->n_dirs)
			return lt_fail(
				err, LT_DATA,
				"%.300s: --splits: no directory of images is called %.*s",
				input_name(l), (int)l->names.name[n].size,
				l->names.name[n].name);
	}
	return 0;
}

int lt_folder_levels(struct lt_import *import, const struct lt_folder *folder,
		     struct lt_place *place, struct lt_error *err)
{
	struct levels *l = lt_new_array(1, sizeof *l);
	uint32_t start = 0;
	int status = l ? 0 : lt_fail_memory(err);

	if (status)
		return status;
	l->import = import;
	l->folder = folder;
	l->class_level = import->class_level;
	if (l->class_level == 0 && import->inside)
		l->class_level = lt_path_pattern_level(import->inside);
	status = lt_split_names_parse(&l->names, import->splits, err);
	if (status == 0)
		status = check_names(l, err);
	if (status == 0)
		status = find_start(l, &start, err);
	if (status == 0 && l->class_level > 0) {
		fill_by_level(l, start, place);
		status = import->no_labels ? 0 : note_merged(l, place, err);
	} else if (status == 0) {
		status = find_bases(l, start, err);
		if (status == 0)
			status = check_bases(l, err);
		if (status == 0)
			fill_places(l, place);
	}
	lt_free(l);
	return status;
}
