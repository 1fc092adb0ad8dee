/*
 * Lists of images, beside them or alone with --root: CSV, TSV, "path label", JSON.
 *
 * A list is read if the input is one, if an option requests it, or if the directories give no
 * classes.  Otherwise a notice reports it, since a stray table among class directories must
 * not replace them.
 */
#include "import/import_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "archive/path.h"
#include "base/memory.h"
#include "import/containers.h"
#include "import/folder_tree.h"
#include "import/list.h"
#include "import/list_private.h"
#include "import/split_names.h"

/* Is it one of CoOp's lists?  They are beside class directories and add splits to them. */
static bool is_of_coop(const char *name)
{
	return strncmp(lt_path_base(name), "split_zhou_", 11) == 0 &&
	       lt_path_ends(name, ".json");
}

/* Is it one of Food-101's, which do the same?  The name alone does not tell. */
static bool is_of_food(const char *name)
{
	return lt_path_ends(name, "meta/train.json") || lt_path_ends(name, "meta/test.json");
}

/* Suffixes of tables, which are almost always lists. */
static bool is_table(const char *name)
{
	return lt_path_ends(name, ".csv") || lt_path_ends(name, ".tsv") ||
	       lt_path_ends(name, ".jsonl") || lt_path_ends(name, ".ndjson") ||
	       lt_path_ends(name, ".json");
}

static bool is_named(const char *name)
{
	const char *base = lt_path_base(name);

	/* Kaggle's "sample_submission.csv" or "sampleSubmission.csv" has no true classes. */
	if (strstr(base, "submission") || strstr(base, "Submission"))
		return false;
	return is_table(name) || lt_path_ends(name, ".txt") || lt_path_ends(name, ".lst") ||
	       lt_path_ends(name, ".list");
}

static enum lt_want wants(const char *name)
{
	return lt_image_is_named(name) ? LT_WANT_IMAGE
	       : is_named(name)	       ? LT_WANT_DATA
				       : LT_WANT_NOT;
}

/* Is an input by itself a text? */
static bool is_text(const uint8_t *head, size_t n)
{
	size_t i;

	/* The reader reports UTF-16. */
	if (n >= 2 &&
	    ((head[0] == 0xFF && head[1] == 0xFE) || (head[0] == 0xFE && head[1] == 0xFF)))
		return true;
	for (i = 0; i < n; i++)
		if (head[i] < 0x20 && head[i] != '\n' && head[i] != '\r' && head[i] != '\t')
			return false;
	return n > 0 && !lt_image_is_known(head, n);
}

/* May it be a list?  *single: it is an input by itself. */
static bool is_candidate(const struct lt_listing *listing, const struct lt_listed *entry,
			 bool *single)
{
	size_t n;
	const uint8_t *head = lt_listing_head(listing, entry, &n);

	*single = head != NULL;
	if (entry->want != LT_WANT_DATA || listing->input[entry->input].is_root)
		return false;
	if (!head)
		return is_named(entry->name);
	/* A Git LFS pointer is text too. */
	return is_text(head, n) && !lt_container_find(NULL, head, n);
}

/* ------------------------------------------------------------------ the layout */

bool lt_list_has_class_directories(const struct lt_listing *listing)
{
	static const struct lt_split_names names = {.given = false};
	const char *first = NULL, *at;
	size_t i, j, shared = 0, n;

	for (i = 0; i < listing->n; i++) {
		if (!lt_folder_is_image(listing, &listing->entry[i]))
			continue;
		at = lt_path_skip(listing->entry[i].name);
		if (!first) {
			first = at;
			shared = strlen(at);
		}
		for (j = 0; j < shared && at[j] == first[j]; j++)
			;
		shared = j;
	}
	while (shared > 0 && first[shared - 1] != '/')
		shared--;
	for (i = 0; i < listing->n; i++) {
		if (!lt_folder_is_image(listing, &listing->entry[i]))
			continue;
		at = lt_path_part(lt_path_skip(listing->entry[i].name) + shared, &n);
		if (n > 0 && lt_split_names_in_words(&names, at, n) != LT_SPLIT_DEFAULT)
			lt_path_part(at + n, &n);
		if (n > 0)
			return true;
	}
	return false;
}

static bool has_root(const struct lt_listing *listing)
{
	int i;

	for (i = 0; i < listing->n_inputs; i++)
		if (listing->input[i].is_root)
			return true;
	return false;
}

static bool probe(const struct lt_listing *listing)
{
	bool single, any = false;
	size_t i;

	if (has_root(listing))
		return true;
	for (i = 0; i < listing->n; i++) {
		if (!is_candidate(listing, &listing->entry[i], &single))
			continue;
		if (single || lt_list_join_is_labels(listing->entry[i].name) ||
		    is_of_coop(listing->entry[i].name) || is_of_food(listing->entry[i].name))
			return true;
		any = true;
	}
	return any && !lt_list_has_class_directories(listing);
}

/* ------------------------------------------------------------------ running */

struct candidate {
	const struct lt_listed *entry;
	uint32_t index;
};

/* If lists are joined, keeps only their parts, in the order in which they are read. */
static int keep_joined(const struct lt_import *import, struct lt_list_join *join,
		       struct candidate *candidate, size_t *n, struct lt_error *err)
{
	const struct lt_listed **entry = lt_new_array(*n + 1, sizeof *entry);
	size_t i;
	int p;

	if (!entry)
		return lt_fail_memory(err);
	for (i = 0; i < *n; i++)
		entry[i] = candidate[i].entry;
	if (!import->path_column && import->class_level == 0 &&
	    lt_list_join_find(join, entry, *n, import->label_column != NULL))
		for (p = 0, *n = 0; p < LT_JOIN_PARTS; p++)
			if (join->part[p])
				candidate[(*n)++] = (struct candidate){
					join->part[p],
					(uint32_t)(join->part[p] - import->listing->entry)};
	lt_free(entry);
	return 0;
}

/* If there are lists of a kind, keeps only those. */
static bool keep_kind(bool (*is_of_kind)(const char *name), struct candidate *candidate,
		      size_t *n)
{
	size_t i, kept = 0;

	for (i = 0; i < *n; i++)
		if (is_of_kind(candidate[i].entry->name))
			candidate[kept++] = candidate[i];
	if (kept > 0)
		*n = kept;
	return kept > 0;
}

static int by_name(const void *a, const void *b)
{
	const struct candidate *one = a, *other = b;

	if (one->entry->input != other->entry->input)
		return one->entry->input < other->entry->input ? -1 : 1;
	return strcmp(one->entry->name, other->entry->name);
}

/* The candidates for lists, as lt_listing_plan takes them. */
struct plan {
	uint32_t *entry; /* in the import's arena */
	size_t n;
};

/* They are sorted by name, so that a directory and an archive of it give the same rows. */
static int plan_lists(struct lt_import *import, struct lt_list_join *join, bool *asked,
		      struct plan *plan, struct lt_error *err)
{
	struct lt_listing *listing = import->listing;
	struct candidate *candidate = lt_new_array(listing->n + 1, sizeof *candidate);
	bool single, any_single = false;
	size_t i, n = 0;
	int status;

	if (!candidate)
		return lt_fail_memory(err);
	for (i = 0; i < listing->n; i++) {
		if (!is_candidate(listing, &listing->entry[i], &single) ||
		    (any_single && !single))
			continue;
		/* If operands are lists, only those are read. */
		if (single && !any_single)
			n = 0;
		candidate[n++] = (struct candidate){&listing->entry[i], (uint32_t)i};
		any_single = any_single || single;
	}
	*asked = *asked || any_single;
	qsort(candidate, n, sizeof *candidate, by_name);
	status = keep_joined(import, join, candidate, &n, err);
	*asked = *asked || join->layout;
	if (!any_single && !import->path_column && import->class_level == 0 && !join->layout) {
		if (keep_kind(is_of_coop, candidate, &n))
			*asked = true;
		else if (!*asked)
			keep_kind(is_of_food, candidate, &n);
	}
	plan->n = n;
	plan->entry = lt_arena_array(&import->arena, n + 1, sizeof *plan->entry);
	for (i = 0; plan->entry && i < n; i++)
		plan->entry[i] = candidate[i].index;
	lt_free(candidate);
	if (status)
		return status;
	return plan->entry ? 0 : lt_fail_memory(err);
}

/* Calls read for each planned entry. */
static int each(struct lt_lists *lists,
		int (*read)(struct lt_lists *, const struct lt_listed *, struct lt_error *),
		struct lt_error *err)
{
	const struct lt_listed *entry;
	int status;

	do {
		status = lt_listing_next(lists->import->listing, &entry, err);
		if (status == 0 && entry)
			status = read(lists, entry, err);
	} while (status == 0 && entry);
	return status;
}

/* Which column of a list has the classes may depend on the other lists. */
static int look_at_lists(struct lt_lists *lists, const struct plan *plan, struct lt_error *err)
{
	const struct lt_import *import = lists->import;
	int status;

	if (plan->n < 2 || lists->join.layout || import->no_labels ||
	    lt_list_is_by_directory(import))
		return 0;
	status = lt_listing_plan_first(import->listing, plan->entry, plan->n, err);
	return status ? status : each(lists, lt_lists_look, err);
}

static int read_lists(struct lt_lists *lists, const struct plan *plan, struct lt_error *err)
{
	int status = lt_listing_plan(lists->import->listing, plan->entry, plan->n, err);

	return status ? status : each(lists, lt_lists_read, err);
}

/* Files that are neither lists nor named by one.  In --root such files are normal. */
static int pass_others(struct lt_lists *lists, struct lt_error *err)
{
	struct lt_listing *listing = lists->import->listing;
	const struct lt_listed *entry;
	size_t i;

	for (i = 0; i < listing->n; i++) {
		entry = &listing->entry[i];
		if (lists->item_of[i] > 0 || listing->input[entry->input].is_root)
			continue;
		if (lt_folder_is_image(listing, entry))
			lt_listing_pass(listing, LT_PASSED_UNLISTED, entry->name);
		else if (!listing->input[entry->input].single)
			lt_listing_pass(listing, LT_PASSED_KIND, entry->name);
		else
			return lt_fail(err, LT_DATA,
				       "%s: neither a list nor an archive of images",
				       lt_listing_place(listing, entry));
	}
	return 0;
}

static int run_lists(struct lt_lists *lists, struct lt_error *err)
{
	int status = lt_lists_finish(lists, err);

	if (status == 0)
		status = pass_others(lists, err);
	return status ? status : lt_catalog_run(lists->import, &lists->labels.catalog, err);
}

static int no_list(const struct lt_lists *lists, struct lt_error *err)
{
	if (lists->why.code)
		return lt_fail(err, lists->why.code, "%s", lists->why.text);
	return lt_fail(err, LT_DATA,
		       "%s: no list that names images of it; --path-column and --root help to "
		       "find one",
		       lt_listing_name(lists->import->listing));
}

/* *none: there is no list, and none was requested. */
static int try_lists(struct lt_lists *lists, const struct plan *plan, bool *none,
		     struct lt_error *err)
{
	int status = look_at_lists(lists, plan, err);

	if (status == 0)
		status = read_lists(lists, plan, err);
	if (status)
		return status;
	if (lists->n_lists > 0 || lists->bare)
		return run_lists(lists, err);
	*none = !lists->asked && lists->why.code == 0;
	return *none ? 0 : no_list(lists, err);
}

static enum lt_split split_of(const struct lt_listed *entry)
{
	static const struct lt_split_names names = {.given = false};
	const char *base = lt_path_base(entry->name);

	return lt_split_names_in_words(&names, base, strlen(base));
}

/* Is one more likely a list than other? */
static bool is_likelier(const struct lt_listed *one, const struct lt_listed *other,
			enum lt_split split)
{
	bool asked = split_of(one) == split;

	if (!other)
		return true;
	if (is_table(one->name) != is_table(other->name))
		return is_table(one->name);
	if (asked != (split_of(other) == split))
		return asked;
	return strcmp(one->name, other->name) < 0;
}

/* Is it one of the tables of ILSVRC, as on Kaggle?  Beside its directories, they have nothing
 * that annotations.h does not read. */
static bool is_of_ilsvrc(const char *name)
{
	return (strncmp(lt_path_base(name), "LOC_", 4) == 0 && is_table(name)) ||
	       strstr(name, "ImageSets/CLS-LOC/");
}

/* The likeliest list, or NULL. */
static const struct lt_listed *find_table(const struct lt_listing *listing, enum lt_split split,
					  bool with_ilsvrc)
{
	const struct lt_listed *found = NULL, *entry;
	bool single;
	size_t i;

	for (i = 0; i < listing->n; i++) {
		entry = &listing->entry[i];
		/* A text such as "train.txt" may list the images of a split. */
		if (is_candidate(listing, entry, &single) &&
		    (with_ilsvrc || !is_of_ilsvrc(entry->name)) &&
		    (is_table(entry->name) || split_of(entry) != LT_SPLIT_DEFAULT) &&
		    is_likelier(entry, found, split))
			found = entry;
	}
	return found;
}

const struct lt_listed *lt_import_list_table(const struct lt_listing *listing,
					     enum lt_split split)
{
	return find_table(listing, split, true);
}

/*
 * No list names images, so classes can only come from directories.  If the directories give no
 * classes either, all images would be of one class; a table beside them was then probably meant
 * as a list.  JSON is ignored here, because it often has another purpose.
 */
static int check_table(const struct lt_import *import, struct lt_error *err)
{
	const struct lt_listed *table = lt_import_list_table(import->listing, LT_SPLIT_TRAIN);

	if (!table || !is_table(table->name) || lt_path_ends(table->name, ".json") ||
	    import->class_level > 0 || import->inside || import->no_labels ||
	    lt_list_has_class_directories(import->listing))
		return 0;
	return lt_fail(err, LT_DATA,
		       "%.500s: %.500s may be a list of the images, but names none of them; "
		       "--format list says more, --class-level 1 takes the directories for "
		       "classes",
		       lt_listing_name(import->listing), table->name);
}

static int run_folder(struct lt_import *import, struct lt_error *err)
{
	import->found = &lt_import_folder;
	return lt_import_folder.run(import, err);
}

static int run(struct lt_import *import, struct lt_error *err)
{
	struct lt_lists *lists;
	bool asked = import->format || import->root || import->path_column ||
		     import->label_column || import->n_kept > 0;
	struct lt_list_join join = {0};
	struct plan plan = {NULL, 0};
	bool none = false;
	int status = plan_lists(import, &join, &asked, &plan, err);

	if (status)
		return status;
	if (!asked && (import->no_labels || (import->class_level > 0 &&
					     lt_list_has_class_directories(import->listing))))
		return run_folder(import, err);
	lists = lt_new_array(1, sizeof *lists);
	if (!lists)
		return lt_fail_memory(err);
	status = lt_lists_open(lists, import, asked, err);
	lists->join = join;
	if (status == 0)
		status = try_lists(lists, &plan, &none, err);
	lt_lists_free(lists);
	lt_free(lists);
	if (status == 0 && none)
		status = check_table(import, err);
	return status == 0 && none ? run_folder(import, err) : status;
}

/* The length of "HAM10000_images_part_1" without the number; 0: the name is not that of a
 * numbered part. */
static size_t part_size(const char *name, size_t n)
{
	static const char *const words[] = {"part", "images", "image", "imgs",
					    "img",  "batch",  "shard", "folder"};
	size_t stem = n, begin, i;

	while (stem > 0 && name[stem - 1] >= '0' && name[stem - 1] <= '9')
		stem--;
	if (stem == n)
		return 0;
	while (stem > 0 && strchr("_-. ", name[stem - 1]))
		stem--;
	for (begin = stem; begin > 0 && !strchr("_-. ", name[begin - 1]); begin--)
		;
	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strlen(words[i]) == stem - begin &&
		    strncasecmp(words[i], name + begin, stem - begin) == 0)
			return stem;
	return 0;
}

/* Are all classes numbered parts of one set?  *other is another part than the first. */
static bool are_parts(const struct lt_catalog *catalog, const struct lt_item **other)
{
	const struct lt_item *first = catalog->item, *item;
	size_t stem = catalog->n > 0 ? part_size(first->class_name, first->class_size) : 0, i;

	*other = NULL;
	for (i = 0; stem > 0 && i < catalog->n; i++) {
		item = &catalog->item[i];
		if (part_size(item->class_name, item->class_size) != stem ||
		    strncasecmp(item->class_name, first->class_name, stem) != 0)
			return false;
		if (item->class_size != first->class_size ||
		    memcmp(item->class_name, first->class_name, item->class_size) != 0)
			*other = item;
	}
	return *other != NULL;
}

/* Bytes of a class's name in a message. */
static int shown(const struct lt_item *item)
{
	return item->class_size < 100 ? (int)item->class_size : 100;
}

int lt_import_list_check(const struct lt_import *import, const struct lt_catalog *catalog,
			 struct lt_error *err)
{
	const struct lt_listed *table = find_table(import->listing, LT_SPLIT_TRAIN, false);
	const struct lt_item *first = catalog->item, *other;
	char text[1300];

	if (!table)
		return 0;
	if (!import->format && import->class_level == 0 && is_table(table->name) &&
	    are_parts(catalog, &other))
		return lt_fail(
			err, LT_DATA,
			"%.300s: are %.*s and %.*s classes?  %.300s may be a list of the "
			"images; --format list reads it, --format folder takes the "
			"directories for classes",
			lt_listing_name(import->listing), shown(first), first->class_name,
			shown(other), other->class_name, table->name);
	snprintf(text, sizeof text,
		 "%.600s: %.500s may be a list of the images; --format list reads it",
		 lt_listing_name(import->listing), table->name);
	import->host.notice(import->host.arg, text);
	return 0;
}

const struct lt_import_format lt_import_list = {"list", wants, probe, run};
