/*
 * Data sets in Python pickles: dicts of arrays.
 *
 *	CIFAR-10:  data_batch_1 … , test_batch:  data, labels;  batches.meta:  label_names
 *	CIFAR-100: train, test:  data, fine_labels, coarse_labels;
 *		   meta:  fine_label_names, coarse_label_names
 *
 * (Krizhevsky, 2009; data is uint8 [n, 3072], planes of red, green and blue),
 *
 *	train_data_batch_1 … , val_data:  data, labels (1 to 1000)
 *
 * (downsampled ImageNet of Chrabaszcz et al., 2017; [n, 3 S²], planes of S × S), and the
 * unlabelled images of Yang & Xu (2020) and Carmon et al. (2019): one file with data (uint8
 * [n, 32, 32, 3]) and extrapolated_targets, the labels predicted by a model.  Rows, ids and
 * classes of CIFAR are those of the binary version.
 *
 * Each file is read twice: first for its labels and the location of its pixels, then for the
 * pixels.
 */
#include "import/import_cifar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "format/format_limits.h"
#include "import/pickle_images.h"

#define SIDE LT_CIFAR_SIDE
#define PREDICTED "extrapolated_targets"
#define IMAGENET_CLASSES 1000

enum kind {
	TEN = LT_CIFAR_10,
	HUNDRED = LT_CIFAR_100,
	IMAGENET = LT_CIFAR_IMAGENET,
	PREDICTIONS
};

struct set {
	enum kind kind;
	uint32_t *plan; /* the files in order */
	struct lt_pickle_images *batch;
	size_t n;
	int n_classes;
	bool is_ten;	    /* CIFAR-10 is likely */
	const char **names; /* n_classes names in a single file, or NULL */
};

static uint32_t first_entry[1] = {0};

/* ------------------------------------------------------------------ names */

/* The names of CIFAR-100's files are common, so they are accepted only in its own directory or
 * without a directory. */
static bool is_hundred(const char *name)
{
	const char *base = lt_path_base(name), *parent = base;

	while (parent > name && (parent == base || parent[-1] != '/'))
		parent--;
	return base == name || strncmp(parent, "./", 2) == 0 ||
	       strncmp(parent, "cifar-100", 9) == 0;
}

static enum lt_want wants(const char *name)
{
	const char *base = lt_path_base(name);

	if (strcmp(base, "batches.meta") == 0 ||
	    (strcmp(base, "meta") == 0 && is_hundred(name)))
		return LT_WANT_TEXT;
	return lt_cifar_split(name, LT_CIFAR_10, "") != LT_SPLIT_DEFAULT ||
			       lt_cifar_split(name, LT_CIFAR_IMAGENET, "") !=
				       LT_SPLIT_DEFAULT ||
			       (lt_cifar_split(name, LT_CIFAR_100, "") != LT_SPLIT_DEFAULT &&
				is_hundred(name))
		       ? LT_WANT_DATA
		       : LT_WANT_NOT;
}

static const struct lt_listed *find_meta(const struct lt_listing *listing, bool hundred)
{
	size_t i;

	for (i = 0; i < listing->n; i++)
		if (listing->entry[i].want == LT_WANT_TEXT &&
		    strcmp(lt_path_base(listing->entry[i].name),
			   hundred ? "meta" : "batches.meta") == 0)
			return &listing->entry[i];
	return NULL;
}

/* A dict, in protocols 2 to 5, 0 or 1. */
static bool begins_as_dict(const uint8_t *head, size_t n)
{
	return n >= 3 && ((head[0] == 0x80 && head[1] >= 2 && head[1] <= 5) ||
			  memcmp(head, "(dp", 3) == 0 || memcmp(head, "}q", 2) == 0);
}

static bool probe(const struct lt_listing *listing)
{
	const struct lt_listed *meta;
	const uint8_t *head;
	size_t n;

	if (lt_listing_is_single(listing)) {
		head = lt_listing_head(listing, &listing->entry[0], &n);
		return begins_as_dict(head, n);
	}
	if (lt_cifar_has(listing, LT_CIFAR_10, "") ||
	    lt_cifar_has(listing, LT_CIFAR_IMAGENET, ""))
		return true;
	meta = find_meta(listing, true);
	return meta && lt_cifar_has(listing, LT_CIFAR_100, "") &&
	       begins_as_dict((const uint8_t *)meta->at.text, (size_t)meta->size);
}

/* ------------------------------------------------------------------ what a file holds */

/* Those of downsampled ImageNet count from 1. */
static int count_from_0(struct lt_pickle_images *batch, const char *name, struct lt_error *err)
{
	uint64_t i;

	for (i = 0; i < batch->n; i++)
		if (--batch->label[i] < 0)
			return lt_fail(err, LT_DATA,
				       "%s: record %" PRIu64
				       " has label 0; those of downsampled ImageNet are 1 to "
				       "%d",
				       name, i, IMAGENET_CLASSES);
	return 0;
}

static int describe(struct lt_import *import, const struct set *set,
		    const struct lt_pickle_value *dict, const char *name,
		    struct lt_pickle_images *batch, struct lt_error *err)
{
	enum lt_pickle_flat flat = set->kind == PREDICTIONS ? LT_PICKLE_NOT_FLAT
				   : set->kind == IMAGENET  ? LT_PICKLE_SQUARES
							    : LT_PICKLE_CIFAR;
	bool own = set->kind == TEN && lt_listing_is_single(import->listing);
	int status = lt_pickle_pixels(dict, flat, name, batch, err);

	if (status || import->no_labels)
		return status;
	status = lt_pickle_labels(dict,
				  set->kind == PREDICTIONS ? PREDICTED
				  : set->kind != HUNDRED   ? "labels"
				  : import->coarse	   ? "coarse_labels"
							   : "fine_labels",
				  own || set->kind == PREDICTIONS ? -1
				  : set->kind == IMAGENET	  ? IMAGENET_CLASSES + 1
								  : set->n_classes,
				  name, batch, err);
	if (status == 0 && set->kind == IMAGENET)
		status = count_from_0(batch, name, err);
	return status;
}

/* Determines the kind of a single file from its keys. */
static int find_kind(struct lt_import *import, const struct lt_pickle_value *dict,
		     const char *name, struct set *set, struct lt_error *err)
{
	bool data = lt_pickle_find(dict, "data") != NULL;

	if (lt_pickle_find(dict, PREDICTED)) {
		if (!data)
			return lt_fail(err, LT_DATA,
				       "%s: a model's labels without their images (" PREDICTED
				       " and no data)",
				       name);
		set->kind = PREDICTIONS;
	} else if (lt_pickle_find(dict, "fine_labels")) {
		set->kind = HUNDRED;
	} else if (lt_pickle_find(dict, "labels") || (data && import->no_labels)) {
		/* By its name it may be of ImageNet. */
		if (set->kind != IMAGENET)
			set->kind = TEN;
	} else {
		return lt_pickle_wrong_keys(dict, name, data ? "labels" : "data", err);
	}
	return 0;
}

/* ------------------------------------------------------------------ names of classes */

/* Copies a list of n names. */
static int copy_names(struct lt_import *import, const struct lt_pickle_value *names,
		      const char *where, const char *key, int n, const char ***out,
		      struct lt_error *err)
{
	int i;

	*out = lt_arena_array(&import->arena, (size_t)n + 1, sizeof **out);
	if (!*out)
		return lt_fail_memory(err);
	if (names->kind != LT_PICKLE_LIST || names->as.list->n != (size_t)n)
		return lt_fail(err, LT_DATA, "%s: %s is not a list of %d names", where, key, n);
	for (i = 0; i < n; i++) {
		const struct lt_pickle_value *name = &names->as.list->item[i];

		if ((name->kind != LT_PICKLE_TEXT && name->kind != LT_PICKLE_BYTES) ||
		    !name->as.bytes->kept ||
		    strlen((char *)name->as.bytes->kept) != name->as.bytes->n)
			return lt_fail(err, LT_DATA, "%s: %s is not a list of %d names", where,
				       key, n);
		(*out)[i] = lt_arena_text(&import->arena, (char *)name->as.bytes->kept);
		if (!(*out)[i])
			return lt_fail_memory(err);
	}
	return 0;
}

/* Does --classes have all names of CIFAR-10?  Without it, it may. */
static bool may_be_ten(const struct lt_import *import)
{
	int i, c;

	for (i = 0; import->classes && i < 10; i++) {
		for (c = 0; c < import->n_classes; c++)
			if (strcmp(import->classes[c], lt_cifar10_names[i]) == 0)
				break;
		if (c == import->n_classes)
			return false;
	}
	return true;
}

/* The classes of a single file that looks like CIFAR-10, but may be another set: the names that
 * it contains, those of CIFAR-10 if its images and labels fit, otherwise numbers. */
static int own_classes(struct lt_import *import, struct set *set,
		       const struct lt_pickle_value *dict, const char *name,
		       struct lt_error *err)
{
	const struct lt_pickle_value *names = lt_pickle_find(dict, "label_names");
	const struct lt_pickle_images *batch = set->batch;
	int32_t highest = 0;
	uint64_t i;

	if (import->no_labels)
		return 0;
	for (i = 0; i < batch->n; i++)
		if (batch->label[i] > highest)
			highest = batch->label[i];
	set->is_ten = batch->height == SIDE && batch->width == SIDE && highest < 10 &&
		      may_be_ten(import);
	set->n_classes = set->is_ten ? 10 : highest + 1;
	if (import->classes || !names || names->kind != LT_PICKLE_LIST)
		return 0;
	if (names->as.list->n <= (size_t)highest || names->as.list->n > LT_MAX_CLASSES)
		return lt_fail(err, LT_DATA,
			       "%s: label %" PRId32 ", and label_names has %zu names; "
			       "--classes FILE names others",
			       name, highest, names->as.list->n);
	set->n_classes = (int)names->as.list->n;
	return copy_names(import, names, name, "label_names", set->n_classes, &set->names, err);
}

/* ------------------------------------------------------------------ reading the files */

/* Opens the next planned file as a source. */
static int next_file(struct lt_import *import, struct lt_pickle_source *source,
		     struct lt_error *err)
{
	const struct lt_listed *entry;
	int status = lt_listing_next(import->listing, &entry, err);

	if (status)
		return status;
	source->name =
		lt_arena_text(&import->arena, lt_listing_where(import->listing, entry->name));
	source->arg = import->listing;
	source->read = lt_listing_source;
	return source->name ? 0 : lt_fail_memory(err);
}

static int check_coarse(const struct lt_import *import, struct set *set, struct lt_error *err)
{
	set->n_classes = set->kind == IMAGENET	? IMAGENET_CLASSES
			 : set->kind != HUNDRED ? 10
			 : import->coarse	? 20
						: 100;
	if (import->coarse && set->kind != HUNDRED)
		return lt_fail(err, LT_USAGE, "--coarse: only CIFAR-100 has coarse labels");
	return 0;
}

static int read_batch(struct lt_import *import, struct set *set, size_t i, struct lt_error *err)
{
	struct lt_pickle_source source;
	struct lt_pickle *pickle = NULL;
	const struct lt_pickle_value *dict;
	int status = next_file(import, &source, err);

	if (status == 0)
		status = lt_pickle_read(&pickle, &source, LT_MAX_PICKLE_KEPT, err);
	if (status)
		return status;
	dict = lt_pickle_value(pickle);
	if (lt_listing_is_single(import->listing)) {
		status = find_kind(import, dict, source.name, set, err);
		if (status == 0)
			status = check_coarse(import, set, err);
	}
	if (status == 0)
		status = describe(import, set, dict, source.name, &set->batch[i], err);
	if (status == 0 && set->kind == TEN && lt_listing_is_single(import->listing))
		status = own_classes(import, set, dict, source.name, err);
	lt_pickle_free(pickle);
	return status;
}

static int read_row(struct lt_import *import, const struct lt_pickle_images *batch, uint64_t i,
		    struct lt_pickle_reader *reader, uint8_t *planes, struct lt_error *err)
{
	size_t plane = (size_t)batch->height * batch->width;
	int status =
		lt_image_shape(&import->image, batch->width, batch->height, 3, UINT64_MAX, err);

	if (status == 0)
		status = lt_pickle_take(reader, planes ? planes : import->image.pixels,
					3 * plane, err);
	if (status)
		return status;
	if (planes)
		lt_cifar_unpack(import->image.pixels, planes, plane);
	return lt_import_row(import, batch->label ? batch->label[i] : -1, NULL, err);
}

static int read_rows(struct lt_import *import, const struct lt_pickle_images *batch,
		     struct lt_error *err)
{
	struct lt_pickle_reader *reader = NULL;
	struct lt_pickle_source source;
	struct lt_error why;
	uint8_t *planes = NULL;
	uint64_t i;
	int status = next_file(import, &source, err);

	if (status)
		return status;
	if (lt_image_shape(&import->image, batch->width, batch->height, 3, import->max_pixels,
			   &why))
		return lt_fail(err, why.code, "%s: %s", source.name, why.text);
	if (batch->planes) {
		planes = lt_new_bytes((size_t)batch->height * batch->width * 3);
		if (!planes)
			return lt_fail_memory(err);
	}
	status = lt_pickle_seek(&reader, &source, &batch->pixels, err);
	for (i = 0; status == 0 && i < batch->n; i++)
		status = read_row(import, batch, i, reader, planes, err);
	lt_pickle_reader_free(reader);
	lt_free(planes);
	return status;
}

/* ------------------------------------------------------------------ classes */

static int read_names(struct lt_import *import, const struct lt_listed *meta, const char *key,
		      int n, const char ***out, struct lt_error *err)
{
	const char *where = lt_listing_where(import->listing, meta->name);
	struct lt_pickle_memory memory = {(const uint8_t *)meta->at.text, (size_t)meta->size};
	struct lt_pickle_source source = {where, &memory, lt_pickle_read_memory};
	const struct lt_pickle_value *names;
	struct lt_pickle *pickle;
	int status = lt_pickle_read(&pickle, &source, LT_MAX_PICKLE_KEPT, err);

	if (status)
		return status;
	names = lt_pickle_find(lt_pickle_value(pickle), key);
	status = names ? copy_names(import, names, where, key, n, out, err)
		       : lt_pickle_wrong_keys(lt_pickle_value(pickle), where, key, err);
	lt_pickle_free(pickle);
	return status;
}

/* A file under another name than CIFAR's may hold other classes. */
static void tell_ten(struct lt_import *import, const struct set *set)
{
	char text[1200];

	if (!set->is_ten || set->names || import->classes ||
	    lt_cifar_split(import->listing->entry[set->plan[0]].name, LT_CIFAR_10, "") !=
		    LT_SPLIT_DEFAULT)
		return;
	snprintf(text, sizeof text,
		 "%s: labels 0 to 9 are taken for CIFAR-10's classes, --classes FILE names "
		 "others",
		 lt_listing_name(import->listing));
	import->host.notice(import->host.arg, text);
}

static void tell_numbers(struct lt_import *import, const struct set *set)
{
	char text[1200];

	if (set->kind != IMAGENET || import->no_labels)
		return;
	snprintf(text, sizeof text, "%s: labels 1 to %d are written as 0 to %d%s",
		 lt_listing_name(import->listing), IMAGENET_CLASSES, IMAGENET_CLASSES - 1,
		 import->classes ? "" : "; --classes FILE names them");
	import->host.notice(import->host.arg, text);
}

static int cifar_classes(struct lt_import *import, const struct set *set, struct lt_error *err)
{
	bool hundred = set->kind == HUNDRED;
	const struct lt_listed *meta =
		lt_listing_is_single(import->listing) || set->kind == IMAGENET
			? NULL
			: find_meta(import->listing, hundred);
	const char *const *names = set->names;
	const char **in_meta = NULL;
	int status;

	if (meta) {
		status = read_names(import, meta,
				    !hundred	     ? "label_names"
				    : import->coarse ? "coarse_label_names"
						     : "fine_label_names",
				    set->n_classes, &in_meta, err);
		if (status)
			return status;
		names = in_meta;
	} else if (set->kind == TEN && !names &&
		   (set->is_ten || !lt_listing_is_single(import->listing))) {
		names = lt_cifar10_names;
	}
	tell_ten(import, set);
	tell_numbers(import, set);
	return lt_import_classes(import, names, set->n_classes, err);
}

/* Labels predicted by a model have no names.  The classes of CIFAR-10 are likely, and the
 * notice says so. */
static int predicted_classes(struct lt_import *import, const struct set *set,
			     struct lt_error *err)
{
	const struct lt_pickle_images *batch = set->batch;
	bool ten = batch->height == SIDE && batch->width == SIDE && !import->classes;
	uint64_t *counts, i;
	int32_t highest = ten ? 9 : 0;
	char text[1200];
	int status;

	if (import->no_labels)
		return lt_import_classes(import, NULL, 0, err);
	for (i = 0; i < batch->n; i++)
		if (batch->label[i] > highest)
			highest = batch->label[i];
	ten = ten && highest == 9;
	snprintf(text, sizeof text,
		 "%s: the labels are those that a model gave (" PREDICTED "); %s, and "
		 "--no-labels leaves them out",
		 lt_listing_name(import->listing),
		 ten ? "0 to 9 are taken for CIFAR-10's classes, --classes FILE names others"
		 : import->classes ? "--classes names them by number"
				   : "--classes FILE names them");
	import->host.notice(import->host.arg, text);
	status = lt_import_classes(import, ten ? lt_cifar10_names : NULL, highest + 1, err);
	counts = status ? NULL
			: lt_arena_array(&import->arena, (size_t)highest + 2, sizeof *counts);
	if (!status && !counts)
		status = lt_fail_memory(err);
	for (i = 0; counts && i < batch->n; i++)
		if (batch->label[i] >= 0)
			counts[batch->label[i]]++;
	return status ? status : lt_import_counts(import, counts, highest + 1, err);
}

/* ------------------------------------------------------------------ running */

static enum lt_split split_of(const struct lt_import *import, const struct set *set, size_t i)
{
	return set->kind == PREDICTIONS
		       ? LT_SPLIT_EXTRA
		       : lt_cifar_split(import->listing->entry[set->plan[i]].name,
					(enum lt_cifar_set)set->kind, "");
}

/* The split of a single file, by its name. */
static unsigned split_alone(const struct lt_import *import, const struct set *set)
{
	enum lt_split split = split_of(import, set, 0);

	return split == LT_SPLIT_DEFAULT ? 0 : 1u << split;
}

/* The set by the names of its files; those of CIFAR-100 are common. */
static int find_set(const struct lt_import *import, struct set *set, struct lt_error *err)
{
	bool ten = lt_cifar_has(import->listing, LT_CIFAR_10, "");
	bool imagenet = lt_cifar_has(import->listing, LT_CIFAR_IMAGENET, "");
	bool hundred = lt_cifar_has(import->listing, LT_CIFAR_100, "");

	set->kind = ten ? TEN : imagenet ? IMAGENET : HUNDRED;
	if (ten + imagenet + hundred < 2 || lt_listing_is_single(import->listing))
		return 0;
	return lt_fail(err, LT_DATA, "%s: %s and %s are both in it; name the directory of one",
		       lt_listing_name(import->listing),
		       lt_cifar_name(ten ? LT_CIFAR_10 : LT_CIFAR_IMAGENET),
		       lt_cifar_name(hundred ? LT_CIFAR_100 : LT_CIFAR_IMAGENET));
}

/* Chooses the files and their order; the split of a single file follows from its keys. */
static int make_plan(struct lt_import *import, struct set *set, struct lt_error *err)
{
	int status = find_set(import, set, err);

	if (status)
		return status;
	set->plan = first_entry;
	set->n = 1;
	if (!lt_listing_is_single(import->listing)) {
		status = check_coarse(import, set, err);
		if (status == 0)
			status = lt_cifar_plan(import, (enum lt_cifar_set)set->kind, "",
					       &set->plan, &set->n, err);
	}
	if (status)
		return status;
	set->batch = lt_new_array(set->n + 1, sizeof *set->batch);
	return set->batch ? lt_listing_plan(import->listing, set->plan, set->n, err)
			  : lt_fail_memory(err);
}

static int read_all(struct lt_import *import, struct set *set, struct lt_error *err)
{
	unsigned chosen;
	size_t i;
	int status = make_plan(import, set, err);

	for (i = 0; status == 0 && i < set->n; i++) {
		status = read_batch(import, set, i, err);
		import->total += set->batch[i].n;
	}
	if (status == 0 && lt_listing_is_single(import->listing))
		status = lt_import_choose(import, split_alone(import, set), &chosen, err);
	if (status == 0)
		status = set->kind == PREDICTIONS ? predicted_classes(import, set, err)
						  : cifar_classes(import, set, err);
	if (status)
		return status;
	if (set->batch[0].height == SIDE && set->batch[0].width == SIDE)
		import->norm = lt_cifar_norm;
	status = lt_listing_plan(import->listing, set->plan, set->n, err);
	for (i = 0; status == 0 && i < set->n; i++) {
		import->row_split = split_of(import, set, i);
		status = read_rows(import, &set->batch[i], err);
	}
	return status;
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct set set = {0};
	size_t i;
	int status = read_all(import, &set, err);

	for (i = 0; set.batch && i < set.n; i++)
		lt_free(set.batch[i].label);
	lt_free(set.batch);
	return status;
}

const struct lt_import_format lt_import_cifar_python = {"cifar-python", wants, probe, run};
