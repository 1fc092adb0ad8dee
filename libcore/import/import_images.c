/*
 * Decoding the images of a catalog on several threads.  Images pass through a ring of slots:
 * the calling thread fills slots in order and writes them in the same order, and all threads
 * decode.  So rows, errors and their order do not depend on the number of threads.  The calling
 * thread decodes only when no row can be written; other threads wait for it only if the ring is
 * full of decoded images.
 *
 * Files that can be read in any order (lt_listing_is_apart) are read by the thread that
 * decodes them, others by the calling thread.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pool.h"
#include "image/child.h"
#include "import/catalog_parts.h"
#include "import/containers.h"

/* Slots per thread: enough to keep the other threads busy while one decodes a slow image. */
#define SLOTS 16
/* Encoded bytes in the ring. */
#define AHEAD ((size_t)32 << 20)
/*
 * Bytes of decoded rows in the ring.  NEAR fits into a CPU cache, which helps because rows are
 * read again when they are written.  Each thread still gets FEW slots if they fit into DECODED,
 * and at least one.
 */
#define NEAR ((size_t)2 << 20)
#define FEW 4
#define DECODED ((size_t)64 << 20)

/* One image between reading and writing. */
struct slot {
	const struct lt_listed *entry;
	const struct lt_item *item;
	bool apart; /* read by the thread that decodes it */
	bool done;
	size_t ahead; /* its share of AHEAD */
	struct lt_buffer buffer;
	const uint8_t *bytes; /* the file: in the buffer or in the listing's memory */
	size_t n;
	struct lt_image image;	  /* as it is written, */
	struct lt_buffer encoded; /* or with --encoded; empty: as bytes */
	struct lt_image_facts facts;
	bool unread; /* status is of reading: it ends the import */
	int status;
	struct lt_error why;
};

/* The state of one thread. */
struct worker {
	struct lt_image decoded, room;
	struct lt_image_how how;
};

struct images {
	struct lt_import *import;
	const struct lt_item *item;
	struct slot *slot;
	int n_slots;
	struct worker *worker;
	int n_workers;
	struct lt_pool *pool;
	/* Used only by the calling thread: */
	size_t ahead;
	bool ended; /* reading has ended */
	int came;   /* status of reading, which takes effect after the images that were read
		       before */
	struct lt_error why;
	int status; /* of all */
	struct lt_error *err;

	pthread_mutex_t mutex;	    /* protects slot.done and the following members */
	pthread_cond_t news, ready; /* more to decode; the oldest slot is done */
	uint64_t ring;		    /* number of slots in use; the others take no memory */
	uint64_t filled, begun;	    /* slots so far; slot number n is slot[n % ring] */
	uint64_t written;
	int sleepers;	    /* workers that wait on news */
	bool caller_sleeps; /* the calling thread waits for the slot to be written next */
	bool stopped;
};

static struct slot *slot_of(struct images *images, uint64_t number)
{
	return &images->slot[number % images->ring];
}

/* ------------------------------------------------------------------ decoding */

/* A phone's HEIC file may be named .jpg: the bytes determine the format. */
static void explain(struct slot *slot)
{
	const struct lt_container *found = NULL;

	if (slot->status == LT_DATA)
		found = lt_container_find(NULL, slot->bytes, slot->n);
	if (found)
		lt_fail(&slot->why, LT_DATA, "%s; %s", found->what, found->remedy);
}

static void decode(const struct lt_import *import, struct slot *slot, struct worker *worker)
{
	/* A report needs only facts, which are in the header. */
	if (import->report && !import->check_images) {
		slot->status = lt_image_look(&slot->facts, slot->bytes, slot->n, &worker->how,
					     &slot->why);
	} else {
		slot->status = lt_image_decode(&worker->decoded, slot->bytes, slot->n,
					       &worker->how, &slot->why);
		slot->facts = worker->decoded.facts;
	}
	explain(slot);
	if (slot->status != 0 || import->report)
		return;
	slot->status =
		import->encoded
			? lt_import_encode(import, &worker->decoded, &worker->room, slot->bytes,
					   slot->n, &slot->encoded, &slot->why)
			: lt_import_shape(import, &worker->decoded, &slot->image, &slot->why);
}

static void work_on(struct images *images, struct slot *slot, int number)
{
	slot->status = 0;
	slot->unread = false;
	if (slot->apart)
		slot->status =
			lt_listing_fetch(images->import->listing, slot->entry, &slot->buffer,
					 &slot->bytes, &slot->n, &slot->why);
	if (slot->status)
		slot->unread = true;
	else
		decode(images->import, slot, &images->worker[number]);
}

/* Takes the oldest slot that is not begun, if there is one; the caller holds the mutex. */
static struct slot *begin_slot(struct images *images)
{
	return images->begun < images->filled ? slot_of(images, images->begun++) : NULL;
}

/* Decodes the slot; the caller does not hold the mutex. */
static void do_slot(struct images *images, struct slot *slot, int number)
{
	pthread_mutex_unlock(&images->mutex);
	work_on(images, slot, number);
	pthread_mutex_lock(&images->mutex);
	slot->done = true;
	if (images->caller_sleeps && slot == slot_of(images, images->written))
		pthread_cond_signal(&images->ready);
}

/* The main loop of a worker. */
static void decode_all(void *arg, int item, int number)
{
	struct images *images = arg;
	struct slot *slot;

	(void)item;
	pthread_mutex_lock(&images->mutex);
	while (!images->stopped) {
		slot = begin_slot(images);
		if (slot) {
			do_slot(images, slot, number);
			continue;
		}
		images->sleepers++;
		pthread_cond_wait(&images->news, &images->mutex);
		images->sleepers--;
	}
	pthread_mutex_unlock(&images->mutex);
}

/* ------------------------------------------------------------------ reading */

static uint64_t most_rows(uint64_t row, size_t bytes)
{
	return row > 0 ? bytes / row : bytes;
}

/* How many slots may be in use. */
static uint64_t most_slots(const struct images *images)
{
	const struct lt_import *import = images->import;
	uint64_t workers = (uint64_t)images->n_workers, all = (uint64_t)images->n_slots, row,
		 fit;

	if (import->report)
		return all;
	/* All rows have the size of the first; until it is known, only one slot is used. */
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
	return fit < all ? fit : all;
}

/* Reads the next image into a slot; false: there is none, or it cannot be read. */
static bool fill_slot(struct images *images, struct slot *slot)
{
	struct lt_listing *listing = images->import->listing;

	images->came = lt_listing_next(listing, &slot->entry, &images->why);
	if (images->came || !slot->entry)
		return false;
	slot->done = false;
	slot->apart = lt_listing_is_apart(listing, slot->entry);
	slot->item = &images->item[images->filled];
	slot->ahead = (size_t)slot->entry->size;
	if (slot->apart)
		return true;
	images->came = lt_listing_read_all(listing, &slot->buffer, &images->why);
	slot->bytes = slot->buffer.data;
	slot->n = slot->ahead = slot->buffer.size;
	return images->came == 0;
}

/* Fills slots up to the limit or the last image. */
static void fill_slots(struct images *images)
{
	/* The size of the ring may change only while it is empty.  The first row passes through
	 * a ring of one slot. */
	if (images->filled == images->written) {
		pthread_mutex_lock(&images->mutex);
		images->ring = most_slots(images);
		pthread_mutex_unlock(&images->mutex);
	}
	while (!images->ended && images->filled - images->written < images->ring &&
	       images->ahead < AHEAD) {
		struct slot *slot = slot_of(images, images->filled);

		images->ended = !fill_slot(images, slot);
		if (images->ended)
			return;
		images->ahead += slot->ahead;
		pthread_mutex_lock(&images->mutex);
		images->filled++;
		if (images->sleepers > 0)
			pthread_cond_signal(&images->news);
		pthread_mutex_unlock(&images->mutex);
	}
}

/* ------------------------------------------------------------------ writing */

static int write_encoded(struct lt_import *import, const struct slot *slot,
			 struct lt_error *err)
{
	bool as_is = slot->encoded.size == 0;

	return lt_import_put_encoded(import, as_is ? slot->bytes : slot->encoded.data,
				     as_is ? slot->n : slot->encoded.size, as_is,
				     slot->item->label, slot->entry->name, err);
}

static int write_slot(struct lt_import *import, struct slot *slot, struct lt_error *err)
{
	lt_listing_about(import->listing, slot->entry);
	import->kept = slot->item->kept;
	if (slot->unread) {
		*err = slot->why;
		return slot->status;
	}
	if (slot->status)
		return lt_import_bad(import, slot->entry->name, &slot->why, err);
	if (import->report)
		return lt_import_tell(import, slot->item->split, slot->item->label,
				      &slot->facts, err);
	if (slot->facts.more && import->more++ == 0)
		import->first_more = slot->entry->name;
	if (import->encoded)
		return write_encoded(import, slot, err);
	return lt_import_put(import, &slot->image, slot->item->label, slot->entry->name, err);
}

/* Waits for the oldest slot, and helps meanwhile: decodes one image, if there is one to begin.
 */
static bool is_oldest_done(struct images *images)
{
	struct slot *oldest = slot_of(images, images->written), *slot = NULL;
	bool done;

	pthread_mutex_lock(&images->mutex);
	if (!oldest->done)
		slot = begin_slot(images);
	if (slot)
		do_slot(images, slot, 0);
	images->caller_sleeps = true;
	while (!slot && !oldest->done)
		pthread_cond_wait(&images->ready, &images->mutex);
	images->caller_sleeps = false;
	done = oldest->done;
	pthread_mutex_unlock(&images->mutex);
	return done;
}

static void release_oldest(struct images *images)
{
	images->ahead -= slot_of(images, images->written)->ahead;
	pthread_mutex_lock(&images->mutex);
	images->written++;
	pthread_mutex_unlock(&images->mutex);
}

static int write_all(struct images *images, struct lt_error *err)
{
	int status = 0;

	for (;;) {
		fill_slots(images);
		if (images->written == images->filled)
			break;
		if (!is_oldest_done(images))
			continue;
		status = write_slot(images->import, slot_of(images, images->written), err);
		if (status)
			return status;
		release_oldest(images);
	}
	if (images->came)
		*err = images->why;
	return images->came;
}

/* ------------------------------------------------------------------ all of it */

static void write_beside(void *arg)
{
	struct images *images = arg;

	images->status = write_all(images, images->err);
	pthread_mutex_lock(&images->mutex);
	images->stopped = true;
	pthread_cond_broadcast(&images->news);
	pthread_mutex_unlock(&images->mutex);
}

static int start(struct images *images, int threads, struct lt_error *err)
{
	int i, status;

	images->n_workers = threads;
	images->ring = 1;
	/* One thread reads, decodes and writes in turn. */
	images->n_slots = threads == 1 ? 1 : threads * SLOTS;
	images->slot = lt_new_array((size_t)images->n_slots, sizeof *images->slot);
	images->worker = lt_new_array((size_t)threads, sizeof *images->worker);
	status = images->slot && images->worker ? lt_pool_new(&images->pool, threads, err)
						: lt_fail_memory(err);
	for (i = 0; status == 0 && i < threads; i++) {
		images->worker[i].how = images->import->how;
		images->worker[i].how.child = NULL;
		status = lt_child_new(&images->worker[i].how.child, lt_image_decode,
				      LT_CHILD_SECONDS, err);
	}
	return status;
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
	for (i = 0; images->slot && i < images->n_slots; i++) {
		lt_buffer_free(&images->slot[i].buffer);
		lt_image_free(&images->slot[i].image);
		lt_buffer_free(&images->slot[i].encoded);
	}
	lt_free(images->slot);
	pthread_mutex_destroy(&images->mutex);
	pthread_cond_destroy(&images->news);
	pthread_cond_destroy(&images->ready);
}

int lt_import_images(struct lt_import *import, const struct lt_item *item, struct lt_error *err)
{
	struct images images = {.import = import, .item = item, .err = err};
	int threads = import->threads > 0 ? import->threads : 1;

	pthread_mutex_init(&images.mutex, NULL);
	pthread_cond_init(&images.news, NULL);
	pthread_cond_init(&images.ready, NULL);
	images.status = start(&images, threads, err);
	/* One item per worker, each of which runs until write_beside ends. */
	if (images.status == 0)
		lt_pool_run_beside(images.pool, decode_all, &images, threads - 1, write_beside);
	stop(&images);
	return images.status;
}
