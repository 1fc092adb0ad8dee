#include "import/import_range.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "image/child.h"

static int by_number(const void *a, const void *b)
{
	const struct lt_listed *const *one = a, *const *other = b;

	return (*one)->number < (*other)->number ? -1 : (*one)->number > (*other)->number;
}

/* The images to examine, in the order of the input. */
static int plan_look(struct lt_import *import, uint32_t **plan, size_t *n, struct lt_error *err)
{
	struct lt_listing *listing = import->listing;
	struct lt_listed **sorted = lt_new_array(listing->n, sizeof *sorted);
	size_t i;

	*plan = lt_new_array(listing->n, sizeof **plan);
	*n = 0;
	if (!sorted || !*plan) {
		lt_free(sorted);
		lt_free(*plan);
		return lt_fail_memory(err);
	}
	for (i = 0; i < listing->n; i++)
		if (lt_image_may_be_deep(listing->entry[i].name))
			sorted[(*n)++] = &listing->entry[i];
	if (*n > 0)
		qsort(sorted, *n, sizeof *sorted, by_number);
	for (i = 0; i < *n; i++)
		(*plan)[i] = (uint32_t)(sorted[i] - listing->entry);
	lt_free(sorted);
	return 0;
}

/* Examines the opened image. */
static int look_at(struct lt_import *import, struct lt_buffer *bytes, uint32_t *greatest,
		   struct lt_error *err)
{
	struct lt_error why;
	int status = lt_listing_read_all(import->listing, bytes, err);

	if (status)
		return status;
	status = lt_image_find_greatest(&import->image, bytes->data, bytes->size, &import->how,
					&why);
	if (status && status != LT_DATA)
		return lt_fail(err, status, "%s", why.text);
	if (status == 0 && import->image.greatest > *greatest)
		*greatest = import->image.greatest;
	return 0;
}

static int look_through(struct lt_import *import, const uint32_t *plan, size_t n,
			uint32_t *greatest, struct lt_error *err)
{
	const struct lt_listed *entry;
	struct lt_buffer bytes = {0};
	int status = lt_listing_plan(import->listing, plan, n, err);

	while (status == 0) {
		status = lt_listing_next(import->listing, &entry, err);
		if (status || !entry)
			break;
		status = look_at(import, &bytes, greatest, err);
	}
	lt_buffer_free(&bytes);
	return status;
}

static void settle(struct lt_import *import, uint32_t greatest)
{
	char text[1200];

	import->low = 0;
	for (import->high = 1; import->high < greatest; import->high = 2 * import->high + 1)
		;
	import->how.high = import->high;
	if (import->high == 65535)
		return;
	snprintf(text, sizeof text,
		 "%s: samples of 16 bits go up to %" PRIu32 ": range 0:%" PRIu32
		 " is spread to 0 to 255",
		 lt_listing_name(import->listing), greatest, import->high);
	import->host.notice(import->host.arg, text);
}

int lt_import_range(struct lt_import *import, struct lt_error *err)
{
	uint32_t *plan, greatest = 0;
	size_t n;
	int status, c;

	import->how = (struct lt_image_how){.max_pixels = import->max_pixels,
					    .as_stored = import->as_stored,
					    .has_background = import->has_background,
					    .low = import->low,
					    .high = import->high};
	for (c = 0; c < 3; c++)
		import->how.background[c] = import->background[c];
	status = lt_child_new(&import->how.child, lt_image_decode, LT_CHILD_SECONDS, err);
	/* Headers do not contain the range of the samples. */
	if (status || import->high || (import->report && !import->check_images))
		return status;
	status = plan_look(import, &plan, &n, err);
	if (status)
		return status;
	if (n > 0)
		status = look_through(import, plan, n, &greatest, err);
	lt_free(plan);
	if (status == 0 && greatest > 0)
		settle(import, greatest);
	return status;
}
