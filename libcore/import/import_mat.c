/*
 * MAT files with images and labels, as SVHN is published (Netzer et al., "Reading digits in
 * natural images with unsupervised feature learning", 2011): train_32x32.mat,
 * test_32x32.mat, extra_32x32.mat, each with
 *
 *	X	uint8 [32,32,3,n]
 *	y	[n,1]: 1 to 9, and 10 for the digit 0
 *
 * or as EMNIST (Cohen et al., "EMNIST: an extension of MNIST to handwritten letters", 2017), in
 * one struct,
 *
 *	dataset.train.images, dataset.test.images	uint8 [n,784], each 28 × 28 column by
 *							column
 *	dataset.train.labels, dataset.test.labels	[n,1]
 *	dataset.mapping		[classes,2] or [classes,3]: label, its character, another one
 *
 * The splits are in a directory, an archive or several operands; the names of the files or of
 * the variables give them (array_names.h).  Canonical order: train, test, val, extra, then by
 * number.  A file is read twice: for the labels and for the images.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "format/mat.h"
#include "import/array_names.h"
#include "import/arrays.h"

#define SPLITS (LT_SPLIT_EXTRA + 1)
#define EMNIST_SIDE 28
#define EMNIST_CLASSES 256 /* the most */

/* The normalisation that the code of Yang & Xu (2020) uses for SVHN. */
static const struct lt_norm svhn_norm = {3, {.5, .5, .5}, {.5, .5, .5}};

/* The location of the images of a split; { 0 } if there are none. */
struct images {
	bool found;
	uint32_t entry;
	char name[LT_MAT_PATH + 1];
	struct lt_array array;
};

/* The classes of EMNIST, in the order of its mapping. */
struct mapping {
	bool found;
	int n;
	int64_t label[EMNIST_CLASSES];
	const char *name[EMNIST_CLASSES];
};

struct mats {
	struct lt_import *import;
	struct mapping mapping;
	bool emnist;		      /* images were found in its struct */
	struct images images[SPLITS]; /* by split */
	struct lt_part labels[SPLITS];
	/* Those that have images, in the order of the rows. */
	struct lt_part part[SPLITS];
	const struct images *of_part[SPLITS];
	int n;
	uint32_t *plan;
};

static enum lt_want wants(const char *name)
{
	return lt_path_ends(name, ".mat") ? LT_WANT_DATA : LT_WANT_NOT;
}

static bool is_mat(const struct lt_listing *listing, const struct lt_listed *entry)
{
	size_t n;
	const uint8_t *head = lt_listing_head(listing, entry, &n);

	return head ? lt_mat_is_known(head, n) : lt_path_ends(entry->name, ".mat");
}

static bool probe(const struct lt_listing *listing)
{
	bool found = false;
	size_t i;

	for (i = 0; i < listing->n; i++) {
		/* A folder of images may hold a stray .mat file. */
		if (listing->entry[i].want == LT_WANT_IMAGE)
			return false;
		found = found || is_mat(listing, &listing->entry[i]);
	}
	return found;
}

/* ------------------------------------------------------------------ what there is */

/* What a variable holds: EMNIST's struct is the only one whose fields are read. */
static struct lt_array_name meaning_of(const char *name)
{
	static const struct {
		const char *name;
		struct lt_array_name is;
	} emnist[] = {{"dataset.train.images", {LT_ROLE_IMAGES, LT_SPLIT_TRAIN}},
		      {"dataset.train.labels", {LT_ROLE_LABELS, LT_SPLIT_TRAIN}},
		      {"dataset.test.images", {LT_ROLE_IMAGES, LT_SPLIT_TEST}},
		      {"dataset.test.labels", {LT_ROLE_LABELS, LT_SPLIT_TEST}}};
	size_t i;

	for (i = 0; i < sizeof emnist / sizeof emnist[0]; i++)
		if (strcmp(name, emnist[i].name) == 0)
			return emnist[i].is;
	return strchr(name, '.') ? (struct lt_array_name){LT_ROLE_NONE, LT_SPLIT_DEFAULT}
				 : lt_array_name(name, strlen(name), false);
}

static int there_twice(struct mats *mats, const struct lt_listed *entry, const char *variable,
		       struct lt_error *err)
{
	return lt_fail(err, LT_DATA,
		       "%s: %s: this split's %s were there before; name the files that belong "
		       "together",
		       lt_listing_place(mats->import->listing, entry), variable,
		       meaning_of(variable).role == LT_ROLE_IMAGES ? "images" : "labels");
}

/* EMNIST's flat rows of pixels as images.  Other flat rows are refused later. */
static bool unfold(struct lt_mat_variable *variable)
{
	struct lt_array *array = &variable->array;

	if (!strchr(variable->name, '.') || array->rank != 2 ||
	    array->dim[1] != EMNIST_SIDE * EMNIST_SIDE)
		return false;
	array->rank = 3;
	array->dim[1] = array->dim[2] = EMNIST_SIDE;
	return true;
}

/* The name of a class of EMNIST: its character, or both of them.  NULL: no memory. */
static const char *mapped_name(struct lt_import *import, int64_t one, int64_t other)
{
	char name[3] = {(char)one, one == other ? '\0' : (char)other, '\0'};

	return lt_arena_text(&import->arena, name);
}

static int read_mapping(struct mats *mats, struct lt_mat *mat, const struct lt_array *array,
			const char *where, struct lt_error *err)
{
	struct mapping *mapping = &mats->mapping;
	uint64_t columns = array->rank == 2 ? array->dim[1] : 0, c;
	int64_t cell[3][EMNIST_CLASSES];
	uint8_t bytes[8];
	int i, k, status;

	if (mapping->found ||
	    (array->kind != 'u' && array->kind != 'i' && array->kind != 'f') ||
	    (columns != 2 && columns != 3) || array->dim[0] < 1 ||
	    array->dim[0] > EMNIST_CLASSES)
		return lt_fail(err, LT_DATA,
			       "%s: dataset.mapping: shape %s: not labels and their characters",
			       where, lt_array_shape(array).text);
	mapping->found = true;
	mapping->n = (int)array->dim[0];
	for (c = 0; c < columns; c++)
		for (i = 0; i < mapping->n; i++) {
			status = lt_mat_read(mat, bytes, array->size, err);
			if (status)
				return status;
			if (!lt_array_integer(array, bytes, &cell[c][i]) ||
			    (c > 0 && (cell[c][i] < '!' || cell[c][i] > '~')))
				return lt_fail(
					err, LT_DATA,
					"%s: dataset.mapping: row %d, column %d is not a %s",
					where, i, (int)c, c > 0 ? "character" : "label");
		}
	for (i = 0; i < mapping->n; i++) {
		mapping->label[i] = cell[0][i];
		mapping->name[i] = mapped_name(mats->import, cell[1][i], cell[columns - 1][i]);
		if (!mapping->name[i])
			return lt_fail_memory(err);
		for (k = 0; k < i; k++)
			if (mapping->label[k] == mapping->label[i] ||
			    strcmp(mapping->name[k], mapping->name[i]) == 0)
				return lt_fail(err, LT_DATA,
					       "%s: dataset.mapping: rows %d and %d are of the "
					       "same class",
					       where, k, i);
	}
	return 0;
}

/* Notes a variable with images, or reads one with labels. */
static int take_variable(struct mats *mats, uint32_t index, struct lt_mat *mat,
			 struct lt_mat_variable *variable, enum lt_split split,
			 struct lt_error *err)
{
	struct lt_listing *listing = mats->import->listing;
	const struct lt_listed *entry = &listing->entry[index];
	struct lt_array_name name = meaning_of(variable->name);
	struct images *images;
	char where[900];

	if (name.split == LT_SPLIT_DEFAULT)
		name.split = split;
	if (strcmp(variable->name, "dataset.mapping") == 0)
		return read_mapping(mats, mat, &variable->array,
				    lt_listing_place(listing, entry), err);
	if (name.role == LT_ROLE_IMAGES) {
		mats->emnist = unfold(variable) || mats->emnist;
		images = &mats->images[name.split];
		if (images->found)
			return there_twice(mats, entry, variable->name, err);
		*images = (struct images){
			.found = true, .entry = index, .array = variable->array};
		memcpy(images->name, variable->name, sizeof images->name);
	} else if (name.role == LT_ROLE_LABELS && !mats->import->no_labels) {
		if (mats->labels[name.split].labelled)
			return there_twice(mats, entry, variable->name, err);
		snprintf(where, sizeof where, "%.600s: %s", lt_listing_place(listing, entry),
			 variable->name);
		return lt_part_labels(&mats->labels[name.split], &variable->array, where,
				      lt_mat_read, mat, err);
	}
	return 0;
}

/* All variables of the file that lt_listing_next has opened. */
static int scan_file(struct mats *mats, uint32_t index, struct lt_error *err)
{
	struct lt_listing *listing = mats->import->listing;
	struct lt_mat_variable variable;
	const char *where = lt_arena_text(&mats->import->arena,
					  lt_listing_place(listing, &listing->entry[index]));
	struct lt_array_name name = lt_array_file_name(listing->entry[index].name, ".mat");
	struct lt_mat *mat = NULL;
	bool more = true;
	int status = where ? lt_mat_open(&mat, lt_listing_source, listing, where, err)
			   : lt_fail_memory(err);

	while (status == 0) {
		status = lt_mat_next(mat, &variable, &more, err);
		if (status || !more)
			break;
		status = take_variable(mats, index, mat, &variable, name.split, err);
	}
	lt_mat_close(mat);
	return status;
}

static int scan_all(struct mats *mats, struct lt_error *err)
{
	struct lt_listing *listing = mats->import->listing;
	const struct lt_listed *entry;
	size_t i, n = 0;
	int status;

	mats->plan = lt_arena_array(&mats->import->arena, listing->n + 1, sizeof *mats->plan);
	if (!mats->plan)
		return lt_fail_memory(err);
	for (i = 0; i < listing->n; i++)
		if (is_mat(listing, &listing->entry[i]) ||
		    lt_path_ends(listing->entry[i].name, ".mat"))
			mats->plan[n++] = (uint32_t)i;
	status = lt_listing_plan(listing, mats->plan, n, err);
	for (i = 0; i < n && status == 0; i++) {
		status = lt_listing_next(listing, &entry, err);
		if (status == 0)
			status = scan_file(mats, mats->plan[i], err);
	}
	return status;
}

/* ------------------------------------------------------------------ SVHN */

static bool is_called_svhn(const struct lt_listing *listing, const struct images *images)
{
	return lt_path_ends(listing->entry[images->entry].name, "_32x32.mat");
}

/*
 * SVHN: X of 32 × 32 colour pixels with labels 1 to 10, of which there is a 10 or the files
 * are called as SVHN's are.
 */
static bool is_svhn(const struct mats *mats)
{
	bool ten = false, called = true;
	const struct lt_array *array;
	uint64_t k;
	int i;

	for (i = 0; i < mats->n; i++) {
		array = &mats->of_part[i]->array;
		called = called && is_called_svhn(mats->import->listing, mats->of_part[i]);
		if (strcmp(mats->of_part[i]->name, "X") != 0 || array->rank != 4 ||
		    array->dim[0] != 32 || array->dim[1] != 32 || array->dim[2] != 3)
			return false;
		for (k = 0; k < mats->part[i].n_labels; k++) {
			if (mats->part[i].label[k] < 1 || mats->part[i].label[k] > 10)
				return false;
			ten = ten || mats->part[i].label[k] == 10;
		}
	}
	return ten || called;
}

static void make_svhn(struct mats *mats)
{
	char text[700];
	uint64_t k;
	int i;

	mats->import->norm = svhn_norm;
	if (mats->import->no_labels)
		return;
	for (i = 0; i < mats->n; i++)
		for (k = 0; k < mats->part[i].n_labels; k++)
			mats->part[i].label[k] %= 10;
	snprintf(text, sizeof text, "%.600s: SVHN: label 10 is the digit 0",
		 lt_listing_name(mats->import->listing));
	mats->import->host.notice(mats->import->host.arg, text);
}

/* ------------------------------------------------------------------ EMNIST */

/* Replaces the labels by their rows in the mapping. */
static int map_labels(struct lt_part *part, const struct mapping *mapping, struct lt_error *err)
{
	uint64_t k;
	int i;

	for (k = 0; k < part->n_labels; k++) {
		for (i = 0; i < mapping->n && mapping->label[i] != part->label[k]; i++)
			;
		if (i == mapping->n)
			return lt_fail(err, LT_DATA,
				       "%s: the label of image %" PRIu64
				       " is %d, which has no row in dataset.mapping",
				       part->name, k, (int)part->label[k]);
		part->label[k] = i;
	}
	return 0;
}

static int make_emnist(struct mats *mats, struct lt_error *err)
{
	bool mapped = mats->mapping.found;
	char text[1000];
	int i, status = 0;

	for (i = 0; i < mats->n && mapped && status == 0; i++)
		status = map_labels(&mats->part[i], &mats->mapping, err);
	snprintf(text, sizeof text,
		 "%.600s: EMNIST: the images are upright, unlike those of its IDX files%s",
		 lt_listing_name(mats->import->listing),
		 mapped ? "; the classes are those of dataset.mapping"
			: "; there is no dataset.mapping with the names of the classes");
	mats->import->host.notice(mats->import->host.arg, text);
	return status;
}

/* ------------------------------------------------------------------ rows */

static int make_parts(struct mats *mats, struct lt_error *err)
{
	struct lt_listing *listing = mats->import->listing;
	struct lt_part *part;
	int k, split;

	for (k = 0; k < SPLITS; k++) {
		split = (k + 1) % SPLITS; /* the default last */
		if (!mats->images[split].found)
			continue;
		part = &mats->part[mats->n];
		*part = mats->labels[split];
		mats->labels[split] = (struct lt_part){0};
		part->split = (enum lt_split)split;
		mats->of_part[mats->n] = &mats->images[split];
		part->name = lt_arena_printf(
			&mats->import->arena, "%s: %s",
			lt_listing_place(listing, &listing->entry[mats->images[split].entry]),
			mats->images[split].name);
		mats->n++;
		if (!part->name)
			return lt_fail_memory(err);
	}
	return mats->n > 0 ? 0
			   : lt_fail(err, LT_DATA,
				     "%s: no variable is named as images are: X, images or "
				     "data; see ltimport(1); the labels of image files are "
				     "read from lines of path and label",
				     lt_listing_name(listing));
}

/* Goes to a variable that was found before. */
static int find_again(struct lt_mat *mat, const struct images *images,
		      struct lt_mat_variable *variable, const char *where, struct lt_error *err)
{
	bool more = true;
	int status;

	do {
		status = lt_mat_next(mat, variable, &more, err);
		if (status)
			return status;
		if (!more)
			return lt_fail(err, LT_DATA, "%s: changed while it was read", where);
	} while (strcmp(variable->name, images->name) != 0);
	return 0;
}

static int write_part(struct mats *mats, int i, struct lt_error *err)
{
	struct lt_listing *listing = mats->import->listing;
	const struct images *images = mats->of_part[i];
	/* By image, row and column. */
	static const struct lt_layout of_emnist = {0, 1, 2, -1};
	const char *where = mats->part[i].name;
	const struct lt_layout *layout = NULL;
	struct lt_mat_variable variable;
	struct lt_mat *mat = NULL;
	bool more;
	int status = lt_listing_open_entry(listing, images->entry, err);

	if (status == 0)
		status = lt_mat_open(&mat, lt_listing_source, listing, where, err);
	if (status == 0)
		status = find_again(mat, images, &variable, where, err);
	if (status == 0) {
		if (unfold(&variable))
			layout = &of_emnist;
		if (layout && mats->part[i].labelled &&
		    mats->part[i].n_labels != variable.array.dim[0])
			status = lt_fail(err, LT_DATA,
					 "%s: %" PRIu64 " images, but there are %" PRIu64
					 " labels",
					 where, variable.array.dim[0], mats->part[i].n_labels);
	}
	if (status == 0) {
		/* Doubles, singles and logicals are not pixels, in whatever type stored. */
		if (variable.kind != 'u' && variable.kind != 'i') {
			variable.array.kind = variable.kind;
			variable.array.size = variable.size;
		}
		status = lt_part_rows(mats->import, &mats->part[i], &variable.array, layout,
				      lt_mat_read, mat, err);
	}
	/* Verifies the checksum of this variable. */
	if (status == 0)
		status = lt_mat_next(mat, &variable, &more, err);
	lt_mat_close(mat);
	return status;
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct mats mats = {.import = import};
	const char *const *names = NULL;
	bool svhn = false;
	int i, status = scan_all(&mats, err);

	if (status == 0)
		status = make_parts(&mats, err);
	if (status == 0)
		status = lt_parts_choose(import, mats.part, mats.n, err);
	if (status == 0) {
		svhn = is_svhn(&mats);
		if (svhn)
			make_svhn(&mats);
		if (mats.emnist)
			status = make_emnist(&mats, err);
		if (mats.emnist && mats.mapping.found)
			names = mats.mapping.name;
	}
	if (status == 0) {
		status = lt_parts_classes(import, mats.part, mats.n, names,
					  svhn	  ? 10
					  : names ? mats.mapping.n
						  : 0,
					  err);
	}
	for (i = 0; i < mats.n && status == 0; i++)
		if (mats.part[i].chosen)
			status = write_part(&mats, i, err);
	lt_parts_free(mats.part, mats.n);
	lt_parts_free(mats.labels, SPLITS);
	return status;
}

const struct lt_import_format lt_import_mat = {"mat", wants, probe, run};
