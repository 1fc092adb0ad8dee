/*
 * Decoding the images of a catalog on several threads.  There are two groups of
 * slots.  While the workers decode one group, the calling thread writes the rows of the
 * other, reads the next files into it, and then helps to decode.  Groups are filled and
 * written in order, so rows, errors and their order do not depend on the number of
 * threads.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "image/child.h"
#include "import/catalog_parts.h"
#include "import/containers.h"

/* Slots a worker and group: enough that one slow image does not leave the others idle. */
#define SLOTS 16
/* Encoded bytes that are read ahead, a group. */
#define AHEAD ((size_t)32 << 20)
/*
 * Bytes of decoded rows, a group.  A cache near the processor holds NEAR, which is worth
 * keeping to, since rows are read once more to be written; but each worker has FEW slots
 * where DECODED has room for them, and one in any case.
 */
#define NEAR ((size_t)2 << 20)
#define FEW 4
#define DECODED ((size_t)64 << 20)

/* One image on its way. */
struct slot {
	const struct lt_listed *entry;
	const struct lt_item *item;
	struct lt_buffer bytes;
	struct lt_image image;	     /* as it is written, */
	struct lt_buffer encoded;    /* or with --encoded; empty: as bytes */
	struct lt_image_facts facts; /* for the report */
	int status;
	struct lt_error why;
};

/* What each worker has of its own. */
struct worker {
	struct lt_image decoded, room;
	struct lt_image_how how;
};

struct group {
	struct slot *slot;
	int n; /* in use */
};

struct images {
	struct lt_import *import;
	const struct lt_item *item;
	size_t next; /* of the plan */
	struct group group[2];
	int now;     /* the group that is decoded */
	int n_slots; /* of each group */
	struct worker *worker;
	int n_workers;
	struct lt_pool *pool;
	int status; /* of writing */
	struct lt_error *err;
	int came; /* of reading: it counts after what was read before */
	struct lt_error why;
};

/* A phone's HEIC under the name of a JPEG: the bytes say what the file is. */
static void explain(struct slot *slot)
{
	const struct lt_container *found = NULL;

	if (slot->status == LT_DATA)
		found = lt_container_find(NULL, slot->bytes.data, slot->bytes.size);
	if (found)
		lt_fail(&slot->why, LT_DATA, "%s; %s", found->what, found->remedy);
}

static void work_on(void *arg, int item, int number)
{
	struct images *images = arg;
	const struct lt_import *import = images->import;
	struct slot *slot = &images->group[images->now].slot[item];
	struct worker *worker = &images->worker[number];
	const struct lt_buffer *bytes = &slot->bytes;

	/* A report wants facts, for which the header is enough. */
	if (import->report && !import->check_images) {
		slot->status = lt_image_look(&slot->facts, bytes->data, bytes->size,
					     &worker->how, &slot->why);
	} else {
		slot->status = lt_image_decode(&worker->decoded, bytes->data, bytes->size,
					       &worker->how, &slot->why);
		slot->facts = worker->decoded.facts;
	}
	explain(slot);
	if (slot->status != 0 || import->report)
		return;
	slot->status =
		import->encoded
			? lt_import_encode(import, &worker->decoded, &worker->room, bytes,
					   &slot->encoded, &slot->why)
			: lt_import_shape(import, &worker->decoded, &slot->image, &slot->why);
}

static uint64_t most_rows(uint64_t row, size_t bytes)
{
	return row > 0 ? bytes / row : bytes;
}

/* How many slots may be in use. */
static int most_slots(const struct images *images)
{
	const struct lt_import *import = images->import;
	uint64_t workers = (uint64_t)images->n_workers, row, fit;

	if (import->report)
		return images->n_slots;
	/* The first row's size is that of all; until it is known only one image is kept. */
	if (!import->writer)
		return 1;
	row = (uint64_t)import->width * import->height * (unsigned)import->channels;
	fit = most_rows(row, NEAR);
	if (fit < FEW * workers)
		fit = FEW * workers;
	if (fit > most_rows(row, DECODED))
		fit = most_rows(row, DECODED);
	if (fit < workers)
		fit = workers;
	return fit < (uint64_t)images->n_slots ? (int)fit : images->n_slots;
}

/* Reads files until the slots are full, all files are read or one cannot be. */
static void fill_group(struct images *images, struct group *group)
{
	struct lt_listing *listing = images->import->listing;
	int most = most_slots(images);
	size_t ahead = 0;

	for (group->n = 0; images->came == 0 && group->n < most && ahead < AHEAD; group->n++) {
		struct slot *slot = &group->slot[group->n];

		images->came = lt_listing_next(listing, &slot->entry, &images->why);
		if (images->came || !slot->entry)
			return;
		images->came = lt_listing_read_all(listing, &slot->bytes, &images->why);
		if (images->came)
			return;
		slot->item = &images->item[images->next++];
		ahead += slot->bytes.size;
	}
}

static int write_encoded(struct lt_import *import, const struct slot *slot,
			 struct lt_error *err)
{
	bool as_is = slot->encoded.size == 0;

	return lt_import_put_encoded(import, as_is ? &slot->bytes : &slot->encoded, as_is,
				     slot->item->label, slot->entry->name, err);
}

static int write_slot(struct lt_import *import, const struct slot *slot, struct lt_error *err)
{
	lt_listing_about(import->listing, slot->entry);
	if (slot->status)
		return lt_import_bad(import, slot->entry->name, &slot->why, err);
	if (import->report)
		return lt_import_tell(import, slot->item->split, slot->item->label,
				      &slot->facts, err);
	if (import->encoded)
		return write_encoded(import, slot, err);
	return lt_import_put(import, &slot->image, slot->item->label, slot->entry->name, err);
}

/* Writes the rows of a group that was decoded, and fills it again. */
static void turn_over(struct images *images, struct group *group)
{
	int i;

	for (i = 0; images->status == 0 && i < group->n; i++)
		images->status = write_slot(images->import, &group->slot[i], images->err);
	group->n = 0;
	if (images->status == 0)
		fill_group(images, group);
}

static void turn_over_other(void *arg)
{
	struct images *images = arg;

	turn_over(images, &images->group[!images->now]);
}

/* Decodes a group; meanwhile the other one is turned over. */
static void step(struct images *images)
{
	struct group *group = &images->group[images->now];

	/* The first row is written alone: its size is that of all. */
	if (!images->import->report && !images->import->writer) {
		lt_pool_run(images->pool, work_on, images, group->n);
		turn_over(images, group);
		return;
	}
	lt_pool_run_beside(images->pool, work_on, images, group->n, turn_over_other);
	images->now = !images->now;
}

static int start(struct images *images, int threads, struct lt_error *err)
{
	int i, status;

	images->n_workers = threads;
	images->n_slots = threads == 1 ? 1 : threads * SLOTS;
	for (i = 0; i < 2; i++)
		images->group[i].slot =
			lt_new_array((size_t)images->n_slots, sizeof(struct slot));
	images->worker = lt_new_array((size_t)threads, sizeof *images->worker);
	status = images->group[0].slot && images->group[1].slot && images->worker
			 ? lt_pool_new(&images->pool, threads, err)
			 : lt_fail_memory(err);
	for (i = 0; status == 0 && i < threads; i++) {
		images->worker[i].how = images->import->how;
		images->worker[i].how.child = NULL;
		status = lt_child_new(&images->worker[i].how.child, lt_image_decode,
				      LT_CHILD_SECONDS, err);
	}
	return status;
}

static void free_group(const struct images *images, struct group *group)
{
	int i;

	for (i = 0; group->slot && i < images->n_slots; i++) {
		lt_buffer_free(&group->slot[i].bytes);
		lt_image_free(&group->slot[i].image);
		lt_buffer_free(&group->slot[i].encoded);
	}
	lt_free(group->slot);
}

static void stop(struct images *images)
{
	int i;

	lt_pool_free(images->pool);
	for (i = 0; images->worker && i < images->n_workers; i++) {
		lt_child_free(images->worker[i].how.child);
		lt_image_free(&images->worker[i].decoded);
		lt_image_free(&images->worker[i].room);
	}
	lt_free(images->worker);
	for (i = 0; i < 2; i++)
		free_group(images, &images->group[i]);
}

int lt_import_images(struct lt_import *import, const struct lt_item *item, struct lt_error *err)
{
	struct images images = {.import = import, .item = item, .err = err};

	images.status = start(&images, import->threads > 0 ? import->threads : 1, err);
	if (images.status == 0)
		fill_group(&images, &images.group[0]);
	while (images.status == 0 && (images.group[0].n > 0 || images.group[1].n > 0))
		step(&images);
	if (images.status == 0 && images.came) {
		*err = images.why;
		images.status = images.came;
	}
	stop(&images);
	return images.status;
}
