/*
 * Data sets whose rows are arrays: splits, labels and classes.  The images
 * themselves are in arrays_rows.c.
 */
#include "import/arrays.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "import/catalog_parts.h"
#include "import/import_limits.h"
#include "stream/limits.h"

#define PIECE ((size_t)64 << 10) /* a multiple of every element's size */

/* ------------------------------------------------------------------ splits */

static void tell_unnamed(struct lt_import *import, const struct lt_part *part, const char *what)
{
	char text[1200];

	snprintf(text, sizeof text, "%.700s: its name gives no split, so it is %s", part->name,
		 what);
	import->host.notice(import->host.arg, text);
}

/*
 * Beside splits without train, images whose name gives none are train: X and X_test.  A format
 * has at most one such part.
 */
static void name_train(struct lt_import *import, struct lt_part *part, int n, unsigned *has)
{
	int i;

	if (*has == 0 || *has & 1u << LT_SPLIT_TRAIN)
		return;
	for (i = 0; i < n; i++)
		if (part[i].split == LT_SPLIT_DEFAULT) {
			part[i].split = LT_SPLIT_TRAIN;
			*has |= 1u << LT_SPLIT_TRAIN;
			tell_unnamed(import, &part[i], "taken for train");
		}
}

int lt_parts_choose(struct lt_import *import, struct lt_part *part, int n, struct lt_error *err)
{
	unsigned has = 0, chosen = 0;
	int i, status;
	bool all;

	for (i = 0; i < n; i++)
		has |= part[i].split == LT_SPLIT_DEFAULT ? 0 : 1u << part[i].split;
	name_train(import, part, n, &has);
	status = lt_import_choose(import, has, &chosen, err);
	all = has == 0 || import->report || import->split == LT_SPLIT_ALL;
	for (i = 0; i < n && status == 0; i++) {
		part[i].chosen = part[i].split == LT_SPLIT_DEFAULT
					 ? all
					 : (chosen & 1u << part[i].split) != 0;
		if (part[i].split == LT_SPLIT_DEFAULT && !all)
			tell_unnamed(import, &part[i],
				     "passed over beside train; --split all takes it too");
	}
	return status;
}

/* ------------------------------------------------------------------ labels */

/* The number of labels in an array of shape [n], [n,1] or [1,n]. */
static int count_labels(const struct lt_array *array, const char *where, uint64_t *n,
			struct lt_error *err)
{
	uint64_t bytes;
	struct lt_array_text shape = lt_array_shape(array), type = lt_array_type(array);

	if (array->kind != 'u' && array->kind != 'i' && array->kind != 'f')
		return lt_fail(
			err, LT_DATA,
			"%s: the labels are %s; they must be whole numbers, as "
			"numpy.unique(labels, return_inverse=True)[1] gives them for the "
			"labels of all splits together",
			where, type.text);
	if (!lt_array_elements(array, n, &bytes))
		return lt_fail(err, LT_DATA, "%s: shape %s: too large", where, shape.text);
	if (array->rank == 2 && array->dim[0] > 1 && array->dim[1] > 1)
		return lt_fail(err, LT_DATA,
			       "%s: shape %s: several labels per image, but a row has one "
			       "class; if one of them is 1 and all others are 0, save "
			       "labels.argmax(axis=%d)",
			       where, shape.text, array->dim[0] < array->dim[1] ? 0 : 1);
	if (array->rank < 1 || array->rank > 2)
		return lt_fail(err, LT_DATA, "%s: shape %s: labels are (n,) or (n, 1)", where,
			       shape.text);
	if (*n > LT_MAX_ARRAY_LABELS)
		return lt_fail(err, LT_DATA, "%s: %" PRIu64 " labels, the limit is %" PRIu32,
			       where, *n, LT_MAX_ARRAY_LABELS);
	return 0;
}

/* Appends n labels. */
static int take_labels(struct lt_part *part, const struct lt_array *array, const char *where,
		       const uint8_t *bytes, size_t n, struct lt_error *err)
{
	size_t need = (size_t)part->n_labels + n, i;
	int32_t *label = part->label;
	int64_t value;

	if (need > part->room) {
		/* Grows by half, because the number of labels in the shape is not trusted. */
		need += part->room / 2;
		label = lt_grow_array(part->label, need, sizeof *label);
		if (!label)
			return lt_fail_memory(err);
		part->label = label;
		part->room = need;
	}
	for (i = 0; i < n; i++) {
		if (!lt_array_integer(array, bytes + i * array->size, &value) || value < -1 ||
		    value >= LT_MAX_CLASSES)
			return lt_fail(err, LT_DATA,
				       "%s: label %" PRIu64
				       " is not a whole number from 0 to %d",
				       where, part->n_labels, LT_MAX_CLASSES - 1);
		label[part->n_labels++] = (int32_t)value;
	}
	return 0;
}

int lt_part_labels(struct lt_part *part, const struct lt_array *array, const char *where,
		   lt_array_read *read, void *arg, struct lt_error *err)
{
	uint8_t *piece = lt_new_bytes(PIECE);
	uint64_t left = 0;
	size_t n;
	int status = piece ? count_labels(array, where, &left, err) : lt_fail_memory(err);

	/* In pieces, so that a false count cannot cause a large allocation. */
	while (status == 0 && left > 0) {
		n = PIECE / array->size < left ? PIECE / array->size : (size_t)left;
		status = read(arg, piece, n * array->size, err);
		if (status == 0)
			status = take_labels(part, array, where, piece, n, err);
		left -= n;
	}
	lt_free(piece);
	part->labelled = true;
	return status;
}

/* ------------------------------------------------------------------ classes */

static int greatest_label(const struct lt_part *part, int n_parts)
{
	int32_t greatest = -1;
	uint64_t k;
	int i;

	for (i = 0; i < n_parts; i++)
		for (k = 0; k < part[i].n_labels; k++)
			if (part[i].label[k] > greatest)
				greatest = part[i].label[k];
	return greatest;
}

static int count_classes(struct lt_import *import, const struct lt_part *part, int n_parts,
			 const char *const *names, int n, struct lt_error *err)
{
	struct lt_classes classes = {.names = names, .n = n};
	uint64_t *counts = lt_new_array((size_t)n, sizeof *counts), unlabelled = 0, k;
	int i, status;

	if (!counts)
		return lt_fail_memory(err);
	for (i = 0; i < n_parts; i++)
		for (k = 0; part[i].chosen && k < part[i].n_labels; k++) {
			if (part[i].kept && !part[i].kept[k])
				continue;
			if (part[i].label[k] >= 0)
				counts[part[i].label[k]]++;
			else
				unlabelled++;
		}
	status = lt_import_counts(import, counts, n, err);
	if (status == 0)
		status = lt_catalog_notes(import, &classes, counts, unlabelled, err);
	lt_free(counts);
	return status;
}

int lt_parts_classes(struct lt_import *import, const struct lt_part *part, int n_parts,
		     const char *const *names, int n, struct lt_error *err)
{
	int i, status, found = greatest_label(part, n_parts) + 1;

	for (i = 0; i < n_parts && !import->no_labels; i++)
		if (part[i].chosen && !part[i].labelled)
			return lt_fail(err, LT_DATA,
				       "%s: there are no labels for these images; name their "
				       "file too, or give --no-labels",
				       part[i].name);
	if (n > 0 && found > n)
		return lt_fail(err, LT_DATA, "%s: label %d, but there are %d classes",
			       lt_listing_name(import->listing), found - 1, n);
	if (n == 0)
		n = found;
	/* If all labels are -1, the part has no labels. */
	if (n == 0 || import->no_labels) {
		import->names = import->classes;
		import->n_names = import->classes ? import->n_classes : -1;
		return 0;
	}
	status = lt_import_classes(import, names, n, err);
	return status ? status : count_classes(import, part, n_parts, names, n, err);
}

void lt_parts_free(struct lt_part *part, int n)
{
	int i;

	for (i = 0; i < n; i++)
		lt_free(part[i].label);
}
