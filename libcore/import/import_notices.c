/*
 * The notices of an import about everything that was ignored or lost.
 */
#include <inttypes.h>
#include <stdio.h>

#include "import/import_parts.h"
#include "import/import_report.h"

void lt_import_say_bad(struct lt_import *import)
{
	char text[1200];
	uint64_t i;

	if (import->bad == 0)
		return;
	snprintf(text, sizeof text,
		 "%s: %" PRIu64 " broken %s left out:", lt_listing_name(import->listing),
		 import->bad, import->bad == 1 ? "image" : "images");
	import->host.notice(import->host.arg, text);
	for (i = 0; i < import->bad; i++)
		import->host.notice(import->host.arg, import->bad_text[i]);
	for (i = 0; import->planned && i < (uint64_t)import->n_names; i++) {
		if (import->planned[i] == 0 || import->written[i] > 0)
			continue;
		snprintf(text, sizeof text,
			 "%.400s: class %.300s has no row: all of its images are broken",
			 lt_listing_name(import->listing), import->names[i]);
		import->host.notice(import->host.arg, text);
	}
}

void lt_import_say_recoded(struct lt_import *import)
{
	char text[1200];

	if (import->recoded == 0)
		return;
	snprintf(text, sizeof text,
		 "%s: %" PRIu64 " %s written as PNG: not 8-bit JPEG or PNG, or changed by an "
		 "option",
		 lt_listing_name(import->listing), import->recoded,
		 import->recoded == 1 ? "image" : "images");
	import->host.notice(import->host.arg, text);
}

void lt_import_say_more(struct lt_import *import)
{
	char text[1200];

	if (import->more == 0)
		return;
	snprintf(text, sizeof text,
		 "%.600s: %" PRIu64 " %s several pages or frames, such as %.300s; the first is "
		 "used",
		 lt_listing_name(import->listing), import->more,
		 import->more == 1 ? "file has" : "files have", import->first_more);
	import->host.notice(import->host.arg, text);
}

/* In the order of enum lt_passed_why. */
static const struct {
	const char *one, *many;
} passed_as[LT_PASSED_WHYS] = {
	[LT_PASSED_HIDDEN] = {"hidden file", "hidden files"},
	[LT_PASSED_LINK] = {"link or special file", "links and special files"},
	[LT_PASSED_LOOP] = {"directory that contains itself through a link",
			    "directories that contain themselves through a link"},
	[LT_PASSED_KIND] = {"file of another kind", "files of other kinds"},
	[LT_PASSED_OUTSIDE] = {"file outside --in", "files outside --in"},
	[LT_PASSED_FORMAT] = {"file not of this format", "files not of this format"},
	[LT_PASSED_LOOSE] = {"image beside the class directories",
			     "images beside the class directories"},
	[LT_PASSED_BARE] = {"list without classes, for --no-labels",
			    "lists without classes, for --no-labels"},
	[LT_PASSED_UNLISTED] = {"image that no list names", "images that no list names"},
	[LT_PASSED_SPLIT] = {"image of a split without class directories",
			     "images of splits without class directories"},
	[LT_PASSED_BESIDE] = {"image in a directory beside the splits",
			      "images in directories beside the splits"},
};

static const char *passed_words(const struct lt_listing *listing, int why)
{
	return listing->passed[why] == 1 ? passed_as[why].one : passed_as[why].many;
}

/* The first file of a known but unsupported kind, and its name; or NULL. */
static const struct lt_container *unwanted_container(const struct lt_listing *listing,
						     const char **name)
{
	const struct lt_container *found = NULL;
	size_t i;

	for (i = 0; i < listing->n_unwanted && !found; i++) {
		*name = listing->unwanted[i];
		found = lt_container_find(*name, NULL, 0);
	}
	return found;
}

/* The user may have meant a file of a known but unsupported kind. */
static void notice_container(struct lt_import *import)
{
	const char *name = NULL;
	const struct lt_container *container = unwanted_container(import->listing, &name);
	char text[1200];

	if (!container)
		return;
	snprintf(text, sizeof text, "%.300s: %.300s: %s; %s", lt_listing_name(import->listing),
		 name, container->what, container->remedy);
	import->host.notice(import->host.arg, text);
}

/* "passed over: 2 hidden files (such as .x), 1 link …"; empty if nothing was ignored. */
static void list_passed(const struct lt_listing *listing, bool hidden, char *text, size_t room)
{
	size_t used = 0;
	int why, n = 0;

	text[0] = '\0';
	for (why = 0; why < LT_PASSED_WHYS && used < room; why++) {
		const char *first = listing->first_passed[why];

		if (listing->passed[why] == 0 || (why == LT_PASSED_HIDDEN && !hidden))
			continue;
		used += (size_t)snprintf(text + used, room - used, "%s%" PRIu64 " %s%s%.150s%s",
					 n++ ? ", " : "passed over: ", listing->passed[why],
					 passed_words(listing, why),
					 !first			     ? ""
					 : listing->passed[why] == 1 ? " ("
								     : " (such as ",
					 first ? first : "", first ? ")" : "");
	}
}

/* Reports everything that was ignored in one notice. */
static void notice_passed(struct lt_import *import)
{
	char list[1800], text[2500];

	list_passed(import->listing, true, list, sizeof list);
	if (!list[0])
		return;
	snprintf(text, sizeof text, "%.600s: %s", lt_listing_name(import->listing), list);
	import->host.notice(import->host.arg, text);
}

void lt_import_add_passed(struct lt_import *import, struct lt_error *err)
{
	struct lt_error why;
	char list[600];

	list_passed(import->listing, false, list, sizeof list);
	if (!err || err->code != LT_DATA || !list[0] || import->report)
		return;
	why = *err;
	lt_fail(err, LT_DATA, "%s; %s", why.text, list);
}

/* The same for the report. */
static int tell_passed(struct lt_import *import, struct lt_error *err)
{
	const struct lt_listing *listing = import->listing;
	int why, status = 0;

	for (why = 0; status == 0 && why < LT_PASSED_WHYS; why++)
		if (listing->passed[why] > 0)
			status = lt_report_passed(import->report, passed_words(listing, why),
						  listing->first_passed[why],
						  listing->passed[why], err);
	return status;
}

/* The first file in the input of a known but unsupported kind. */
const struct lt_container *lt_import_container(const struct lt_listing *listing,
					       const char **name)
{
	const struct lt_container *found = NULL;
	const uint8_t *head;
	size_t i, n;

	for (i = 0; i < listing->n && !found; i++) {
		head = lt_listing_head(listing, &listing->entry[i], &n);
		*name = listing->entry[i].name;
		found = lt_container_find(*name, head, n);
	}
	return found ? found : unwanted_container(listing, name);
}

/* A name in another encoding may happen to be valid UTF-8 and give a wrong class. */
void lt_import_say_names(struct lt_import *import)
{
	char text[1200];
	int i;

	for (i = 0; i < import->listing->n_inputs; i++) {
		const struct lt_input *input = &import->listing->input[i];

		if (!input->unflagged || import->names_from)
			continue;
		snprintf(text, sizeof text,
			 "%.400s: names are read as UTF-8, although the archive does not mark "
			 "them, such as %.300s; --names-from ENCODING sets their encoding",
			 lt_archive_name(input->archive), input->unflagged);
		import->host.notice(import->host.arg, text);
	}
}

int lt_import_say_passed(struct lt_import *import, struct lt_error *err)
{
	int status = 0;

	if (import->report)
		status = tell_passed(import, err);
	else
		notice_passed(import);
	if (status == 0)
		notice_container(import);
	return status;
}
