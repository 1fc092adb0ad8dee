/*
 * Finds the format of an input and runs it.
 */
#include "import/import.h"

#include "image/child.h"
#include "import/import_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "import/idx_names.h"

#define LT_IMPORT_NAME(name, text) text,
#define LT_IMPORT_ENTRY(name, text) &lt_import_##name,

const char *const lt_import_names[] = {"auto", LT_IMPORT_FORMATS(LT_IMPORT_NAME) NULL};
static const struct lt_import_format *const formats[] = {LT_IMPORT_FORMATS(LT_IMPORT_ENTRY)
								 NULL};

int lt_import_input(struct lt_import *import, const char *role, const struct lt_input *input,
		    struct lt_error *err)
{
	struct lt_prov_in *block =
		lt_grow_array(import->in, (size_t)import->n_in + 1, sizeof *block);

	if (!block)
		return lt_fail_memory(err);
	import->in = block;
	import->in[import->n_in++] = (struct lt_prov_in){
		.role = role, .entry = -1, .bytes = input->bytes, .crc = input->crc};
	return 0;
}

/* ------------------------------------------------------------------ running */

/* What any candidate format wants from an entry. */
static enum lt_want wants(void *arg, const char *name)
{
	const struct lt_import *import = arg;
	enum lt_want want = LT_WANT_NOT, one;
	size_t i;

	/* A format that recognises a text by its name precedes formats that take any text. */
	for (i = 0; formats[i] && want != LT_WANT_TEXT; i++) {
		if (import->format && strcmp(import->format, formats[i]->name) != 0)
			continue;
		one = formats[i]->wants(name);
		if (want == LT_WANT_NOT || one == LT_WANT_TEXT)
			want = one;
	}
	return want;
}

static int unknown_format(const struct lt_listing *listing, struct lt_error *err)
{
	const char *name = NULL;
	const struct lt_container *container = lt_import_container(listing, &name);

	if (container)
		return lt_fail(err, LT_DATA, "%s%s%s: %s; %s", lt_listing_name(listing),
			       lt_listing_is_single(listing) ? "" : ": ",
			       lt_listing_is_single(listing) ? "" : name, container->what,
			       container->remedy);
	if (listing->inside && listing->n == 0)
		return lt_fail(err, LT_DATA, "%s: --in %s: no such directory of images in it",
			       lt_listing_name(listing), listing->inside);
	return lt_fail(err, LT_DATA,
		       lt_listing_is_single(listing)
			       ? "%s: neither an archive nor a data set in a known format"
			       : "%s: there are no %s images in it",
		       lt_listing_name(listing), lt_image_formats);
}

/* The requested format, or the first that recognises the input; NULL: none. */
static const struct lt_import_format *find_format(const struct lt_import *import)
{
	size_t i;

	if (!import->format &&
	    (import->path_column || import->label_column || import->n_kept > 0))
		return &lt_import_list;
	for (i = 0; formats[i]; i++)
		if (import->format ? strcmp(import->format, formats[i]->name) == 0
				   : formats[i]->probe(import->listing))
			return formats[i];
	return NULL;
}

/* Everything after the listing is complete. */
static int run_format(struct lt_import *import, struct lt_error *err)
{
	const struct lt_import_format *format = import->found = find_format(import);
	int i, status = 0;

	lt_import_say_names(import);
	if (!format || format == &lt_import_list || format == &lt_import_folder)
		status = lt_import_check_archives(import, err);
	if (status)
		return status;
	if (!format)
		return unknown_format(import->listing, err);
	if (import->labels_path && format != &lt_import_idx)
		return lt_fail(err, LT_USAGE, "a second input is for the labels of format idx");
	if (import->n_kept > 0 && format != &lt_import_list)
		return lt_fail(err, LT_USAGE, "--keep goes with lists, not with format %s",
			       format->name);
	if (import->has_fold && format != &lt_import_stl10)
		return lt_fail(err, LT_USAGE, "--fold goes with STL-10, not with format %s",
			       format->name);
	for (i = 0; status == 0 && i < import->listing->n_inputs; i++)
		status = lt_import_input(import,
					 import->listing->input[i].is_root ? "root" : "data",
					 &import->listing->input[i], err);
	if (status == 0)
		status = format->run(import, err);
	if (status) {
		lt_import_add_passed(import, err);
		return status;
	}
	status = lt_import_say_passed(import, err);
	if (status || import->report)
		return status;
	lt_import_say_bad(import);
	lt_import_say_recoded(import);
	lt_import_say_more(import);
	if (import->rows == 0)
		return lt_fail(err, LT_DATA, "%s: no images", lt_listing_name(import->listing));
	return 0;
}

/* Is the first operand a file of IDX images, whose labels are the second? */
static bool takes_labels(const struct lt_import *import)
{
	struct lt_array array;
	size_t n;
	const uint8_t *head;

	if (import->n_paths != 2 || !lt_listing_is_single(import->listing))
		return false;
	head = lt_listing_head(import->listing, &import->listing->entry[0], &n);
	return lt_idx_is_known(head, n, &array) && array.rank > 1;
}

static int list_inputs(struct lt_import *import, struct lt_error *err)
{
	bool named = import->n_paths > 1;
	int i, status = lt_listing_new(&import->listing, wants, import, err);

	if (status)
		return status;
	import->listing->inside = import->inside;
	import->listing->names_from = import->names_from;
	import->listing->threads = import->threads;
	status = lt_listing_add(import->listing, import->n_paths ? import->paths[0] : NULL,
				named, err);
	if (status == 0 && takes_labels(import)) {
		import->labels_path = import->paths[1];
		return 0;
	}
	for (i = 1; status == 0 && i < import->n_paths; i++)
		status = lt_listing_add(import->listing, import->paths[i], named, err);
	if (status == 0 && import->root)
		status = lt_listing_add_root(import->listing, import->root, err);
	return status;
}

int lt_import_archive(struct lt_import *import, struct lt_archive *archive,
		      struct lt_error *err)
{
	int status = lt_listing_new(&import->listing, wants, import, err);

	import->n_names = -1;
	if (status) {
		lt_archive_close(archive);
		return status;
	}
	status = lt_listing_add_archive(import->listing, archive, false, err);
	return status ? status : run_format(import, err);
}

int lt_import_run(struct lt_import *import, struct lt_error *err)
{
	int status;

	import->n_names = -1;
	status = list_inputs(import, err);
	return status ? status : run_format(import, err);
}

void lt_import_free(struct lt_import *import)
{
	lt_listing_close(import->listing);
	lt_child_free(import->how.child);
	lt_image_free(&import->image);
	lt_image_free(&import->shaped);
	lt_free(import->bad_text);
	lt_free(import->in);
	lt_arena_free(&import->arena);
}
