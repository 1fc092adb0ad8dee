/*
 * WebDataset: tar files of samples, KEY.jpg with KEY.cls or KEY.json beside it.  Several tar
 * files are one collection; the same key in two of them is two samples.  Rows have the order of
 * the samples.  See shard_class.h for the source of the class.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "archive/path.h"
#include "base/memory.h"
#include "import/import_limits.h"
#include "import/import_list.h"
#include "import/shard_class.h"
#include "import/split_names.h"

static enum lt_want wants(const char *name)
{
	enum lt_part part = lt_part_of(name);

	return part == LT_PART_IMAGE ? LT_WANT_IMAGE
	       : part == LT_PARTS    ? LT_WANT_NOT
				     : LT_WANT_DATA;
}

static bool same_key(const struct lt_listed *one, const struct lt_listed *other)
{
	size_t n = lt_shard_key(one->name);

	return one->input == other->input && n == lt_shard_key(other->name) &&
	       memcmp(one->name, other->name, n) == 0;
}

/* Is any sample an image with a class (or with JSON, if directories give no classes)? */
static bool probe(const struct lt_listing *listing)
{
	bool has[LT_PARTS + 1] = {false}, json = false;
	size_t i;

	for (i = 0; i < listing->n; i++) {
		const struct lt_listed *entry = &listing->entry[i];

		if (listing->input[entry->input].single || listing->input[entry->input].is_root)
			continue;
		if (i > 0 && !same_key(entry, &listing->entry[i - 1]))
			memset(has, 0, sizeof has);
		has[lt_part_of(entry->name)] = true;
		if (has[LT_PART_IMAGE] && has[LT_PART_CLS])
			return true;
		json = json || (has[LT_PART_IMAGE] && has[LT_PART_JSON]);
	}
	return json && !lt_list_has_class_directories(listing);
}

struct work {
	struct lt_import *import;
	struct lt_shards shards;
	struct lt_labels labels;
	struct lt_split_names splits;
	uint32_t *plan; /* the files with classes */
	size_t *of;	/* their samples */
	size_t n_plan;
	uint64_t several; /* samples with several images */
	size_t first_several;
	struct lt_buffer bytes;
};

static int wrong(const struct work *w, const struct lt_listed *entry, const char *what,
		 struct lt_error *err)
{
	return lt_fail(err, LT_DATA, "%s: %s", lt_listing_place(w->import->listing, entry),
		       what);
}

/* ------------------------------------------------------------------ tables of classes */

static int read_table(struct work *w, uint32_t index, struct lt_error *err)
{
	struct lt_listing *listing = w->import->listing;
	struct lt_text text;
	char name[1200];
	int status = lt_listing_open_entry(listing, index, err);

	if (status)
		return status;
	snprintf(name, sizeof name, "%s", lt_listing_place(listing, &listing->entry[index]));
	status = lt_text_open(&text, name, LT_MAX_LIST, lt_listing_source, listing, err);
	if (status)
		return status;
	status = lt_class_table_read(&w->labels, &text, err);
	lt_text_close(&text);
	return status;
}

static int read_tables(struct work *w, struct lt_error *err)
{
	const struct lt_listing *listing = w->import->listing;
	size_t i;
	int status = 0;

	for (i = 0; status == 0 && i < listing->n; i++)
		if (listing->entry[i].want == LT_WANT_DATA &&
		    lt_class_table_is_named(listing->entry[i].name))
			status = read_table(w, (uint32_t)i, err);
	return status;
}

/* ------------------------------------------------------------------ splits */

/* Do the directories of the operands name several splits?  A single one may be chance. */
static bool directories_differ(const struct work *w)
{
	const struct lt_listing *listing = w->import->listing;
	unsigned seen = 0;
	int i;

	for (i = 0; i < listing->n_inputs; i++)
		if (!listing->input[i].single)
			seen |= 1u << lt_split_names_above(
					&w->splits, lt_archive_name(listing->input[i].archive));
	seen &= ~(1u << LT_SPLIT_DEFAULT);
	return (seen & (seen - 1)) != 0;
}

static enum lt_split split_of(const struct work *w, const struct lt_listed *entry,
			      bool by_directory)
{
	const char *shard = lt_archive_name(w->import->listing->input[entry->input].archive);
	enum lt_split split = lt_split_names_above(&w->splits, entry->name);

	if (split == LT_SPLIT_DEFAULT)
		split = lt_split_names_of_path(&w->splits, lt_path_base(shard));
	return split == LT_SPLIT_DEFAULT && by_directory
		       ? lt_split_names_above(&w->splits, shard)
		       : split;
}

static int check_splits(const struct work *w, struct lt_error *err)
{
	const struct lt_catalog *catalog = &w->labels.catalog;
	size_t i;

	for (i = 1; i < catalog->n; i++)
		if (!catalog->item[i].split != !catalog->item[0].split) {
			bool none = catalog->item[i].split == LT_SPLIT_DEFAULT;
			const struct lt_item *item = &catalog->item[none ? i : 0];

			return lt_fail(
				err, LT_DATA,
				"%s: it has no split, but other samples have one; "
				"--splits none takes all as one",
				lt_listing_place(w->import->listing,
						 &w->import->listing->entry[item->entry]));
		}
	return 0;
}

/* ------------------------------------------------------------------ running */

static int no_class(const struct work *w, const struct lt_shard_sample *sample,
		    struct lt_error *err)
{
	const struct lt_listed *entry = &w->import->listing->entry[sample->part[LT_PART_IMAGE]];

	return wrong(w, entry,
		     w->import->json_key ? "no .json is beside it"
					 : "neither .cls nor .json is beside it; --no-labels "
					   "takes images without classes",
		     err);
}

/* Adds the item of a sample, and its file with the class to the plan. */
static int add_sample(struct work *w, size_t i, bool by_directory, struct lt_error *err)
{
	const struct lt_shard_sample *sample = &w->shards.sample[i];
	struct lt_item item = {.label = -1, .entry = sample->part[LT_PART_IMAGE]};
	uint32_t part = lt_shard_label_part(w->import, sample);

	item.split = (uint8_t)split_of(w, &w->import->listing->entry[item.entry], by_directory);
	if (part == LT_NO_PART && !w->import->no_labels)
		return no_class(w, sample, err);
	if (sample->more_classes && part == sample->part[LT_PART_CLS])
		return wrong(w, &w->import->listing->entry[part],
			     "another .cls has this key, which ends at the first dot", err);
	if (sample->more_images && w->several++ == 0)
		w->first_several = i;
	if (!w->import->no_labels) {
		w->plan[w->n_plan] = part;
		w->of[w->n_plan++] = i;
	}
	return lt_catalog_add(&w->labels.catalog, item, err);
}

static int read_classes(struct work *w, struct lt_error *err)
{
	const struct lt_listed *entry;
	size_t i;
	int status = lt_listing_plan(w->import->listing, w->plan, w->n_plan, err);

	for (i = 0; status == 0 && i < w->n_plan; i++) {
		status = lt_listing_next(w->import->listing, &entry, err);
		if (status == 0)
			status = lt_shard_read_class(&w->labels, &w->bytes, entry,
						     &w->labels.catalog.item[w->of[i]], err);
	}
	return status;
}

static void tell_several(const struct work *w)
{
	const struct lt_shard_sample *sample = &w->shards.sample[w->first_several];
	struct lt_listing *listing = w->import->listing;
	char text[1400];

	if (w->several == 0)
		return;
	snprintf(text, sizeof text,
		 "%" PRIu64 " samples have several images, of which one is taken: %s",
		 w->several,
		 lt_listing_place(listing, &listing->entry[sample->part[LT_PART_IMAGE]]));
	w->import->host.notice(w->import->host.arg, text);
}

/* Counts files outside samples, and all images of a sample except the first, as ignored. */
static int pass_others(const struct work *w, struct lt_error *err)
{
	struct lt_listing *listing = w->import->listing;
	bool *used = lt_new_array(listing->n + 1, sizeof *used);
	size_t i;
	int part;

	if (!used)
		return lt_fail_memory(err);
	for (i = 0; i < w->shards.n; i++)
		for (part = 0; part < LT_PARTS; part++)
			if (w->shards.sample[i].part[part] != LT_NO_PART)
				used[w->shards.sample[i].part[part]] = true;
	for (i = 0; i < listing->n; i++)
		if (!used[i] && !lt_class_table_is_named(listing->entry[i].name)) {
			if (listing->input[listing->entry[i].input].single)
				break;
			lt_listing_pass(listing, LT_PASSED_FORMAT, listing->entry[i].name);
		}
	lt_free(used);
	return i == listing->n
		       ? 0
		       : wrong(w, &listing->entry[i], "it is not an archive of samples", err);
}

static int run_samples(struct work *w, struct lt_error *err)
{
	bool by_directory = directories_differ(w);
	size_t i;
	int status = 0;

	w->plan = lt_new_array(w->shards.n + 1, sizeof *w->plan);
	w->of = lt_new_array(w->shards.n + 1, sizeof *w->of);
	if (!w->plan || !w->of)
		return lt_fail_memory(err);
	for (i = 0; status == 0 && i < w->shards.n; i++)
		status = add_sample(w, i, by_directory, err);
	if (status == 0)
		status = check_splits(w, err);
	if (status == 0 && !w->import->no_labels)
		status = read_tables(w, err);
	if (status == 0)
		status = read_classes(w, err);
	if (status == 0)
		status = lt_labels_settle(&w->labels, lt_listing_name(w->import->listing), err);
	if (status == 0)
		status = pass_others(w, err);
	if (status)
		return status;
	tell_several(w);
	return lt_catalog_run(w->import, &w->labels.catalog, err);
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct work *w = lt_new_array(1, sizeof *w);
	int status;

	if (!w)
		return lt_fail_memory(err);
	w->import = import;
	w->labels =
		(struct lt_labels){.import = import, .catalog = {.order = LT_ORDER_AS_ADDED}};
	status = lt_split_names_parse(&w->splits, import->splits, err);
	if (status == 0)
		status = lt_shards_make(&w->shards, import->listing, err);
	if (status == 0)
		status = run_samples(w, err);
	lt_labels_free(&w->labels);
	lt_shards_free(&w->shards);
	lt_buffer_free(&w->bytes);
	lt_free(w->plan);
	lt_free(w->of);
	lt_free(w);
	return status;
}

const struct lt_import_format lt_import_webdataset = {"webdataset", wants, probe, run};
