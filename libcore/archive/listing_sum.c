/*
 * The checksum of a directory, over all wanted files by name.  The checksum of each file is
 * computed on several threads; combined in order they are the checksum of all.  The header
 * contains the checksum and precedes all rows, so each file must be read before the first row
 * is written.  Its bytes are kept for the row if there is memory for them.
 */
#include <stdlib.h>

#include "archive/listing_parts.h"
#include "archive/tree.h"
#include "base/memory.h"
#include "base/pool.h"
#include "stream/stream.h"

/* Files that are summed before their sums are joined. */
#define BATCH 1024
/* With fewer files, starting a thread costs more than it saves. */
#define FEW 64

/* One file's name, a zero, size as u64 and bytes. */
struct sum {
	uint32_t crc;
	uint64_t bytes; /* of the file */
	int status;
};

struct reader {
	uint8_t *block;
	struct lt_kept *kept; /* the newest of its blocks, or NULL */
	bool keeps;	      /* there may be more */
	int failed;	      /* the item of err, BATCH if there is none */
	struct lt_error err;
};

struct sums {
	struct lt_listing *listing;
	const struct lt_tree *tree;
	struct lt_listed *entry; /* of the batch */
	struct sum *sum;
	struct reader *reader;
};

/* Allocates another block for this reader's files; false: the limit is reached. */
static bool new_block(struct lt_listing *listing, struct reader *reader)
{
	size_t kept = atomic_fetch_add(&listing->kept_bytes, LT_KEPT_BLOCK) + LT_KEPT_BLOCK;
	struct lt_kept *block = NULL;

	if (kept <= LT_MAX_KEPT && kept <= lt_memory_left() / 8)
		block = lt_new_aligned_bytes(LT_KEPT_PAGE, LT_KEPT_BLOCK);
	if (!block)
		return false;
	block->before = reader->kept;
	block->used = 0;
	reader->kept = block;
	return true;
}

/* Room in memory for a file's bytes; NULL: they are not kept. */
static uint8_t *room_for(const struct sums *sums, struct reader *reader,
			 const struct lt_listed *entry, uint64_t size)
{
	if (!reader->keeps || entry->want != LT_WANT_IMAGE || size == 0 || size > LT_KEPT_FILE)
		return NULL;
	if (!reader->kept || size > LT_KEPT_ROOM - reader->kept->used)
		reader->keeps = new_block(sums->listing, reader);
	return reader->keeps ? reader->kept->bytes + reader->kept->used : NULL;
}

/* Reads the file into memory and keeps it. */
static int keep_bytes(const struct sums *sums, struct lt_tree_file *file, struct sum *sum,
		      struct lt_kept *kept, struct lt_listed *entry, struct lt_error *err)
{
	uint8_t *bytes = kept->bytes + kept->used;
	size_t got;
	int status = lt_tree_read(sums->tree, file, bytes, (size_t)entry->size, &got, err);

	if (status)
		return status;
	sum->crc = lt_crc32c(sum->crc, bytes, got);
	sum->bytes = got;
	/* A file that was truncated meanwhile is read again and then rejected. */
	if (got < entry->size)
		return 0;
	entry->at.kept = bytes;
	entry->place = LT_AT_KEPT;
	kept->used += got;
	return 0;
}

static int sum_bytes(const struct sums *sums, struct lt_tree_file *file, struct sum *sum,
		     uint8_t *block, struct lt_error *err)
{
	size_t got;
	int status;

	do {
		status = lt_tree_read(sums->tree, file, block, LT_LISTING_BLOCK, &got, err);
		if (status)
			return status;
		sum->crc = lt_crc32c(sum->crc, block, got);
		sum->bytes += got;
	} while (got == LT_LISTING_BLOCK);
	return 0;
}

static int sum_file(const struct sums *sums, struct lt_listed *entry, struct sum *sum,
		    struct reader *reader, struct lt_error *err)
{
	const char *name = own_name(sums->listing, entry);
	struct lt_tree_file file;
	uint8_t size[8];
	int status = lt_tree_open_file(sums->tree, name, &file, err), i;

	*sum = (struct sum){0};
	if (status)
		return status;
	entry->size = file.size;
	for (i = 0; i < 8; i++)
		size[i] = (uint8_t)(entry->size >> 8 * i);
	sum->crc = lt_crc32c(0, name, strlen(name) + 1);
	sum->crc = lt_crc32c(sum->crc, size, sizeof size);
	status = room_for(sums, reader, entry, entry->size)
			 ? keep_bytes(sums, &file, sum, reader->kept, entry, err)
			 : sum_bytes(sums, &file, sum, reader->block, err);
	lt_tree_close_file(&file);
	return status;
}

static void sum_item(void *arg, int item, int worker)
{
	struct sums *sums = arg;
	struct reader *reader = &sums->reader[worker];
	struct sum *sum = &sums->sum[item];
	struct lt_error err;

	sum->status = sum_file(sums, &sums->entry[item], sum, reader, &err);
	if (sum->status && item < reader->failed) {
		reader->failed = item;
		reader->err = err;
	}
}

/* Returns the error of the first failed item, which one of the readers stored. */
static int fail_item(const struct sums *sums, int item, int readers, struct lt_error *err)
{
	int i;

	for (i = 0; i < readers; i++)
		if (sums->reader[i].failed == item)
			*err = sums->reader[i].err;
	return sums->sum[item].status;
}

static int take_sum(struct lt_listing *listing, struct lt_input *input, struct lt_listed *entry,
		    const struct sum *sum, struct lt_error *err)
{
	uint64_t size, n = strlen(own_name(listing, entry)) + 1 + sizeof size + sum->bytes;
	int status;

	input->crc = lt_crc32c_join(input->crc, sum->crc, n);
	input->bytes += sum->bytes;
	if (!lt_listed_fits(entry, entry->size))
		return lt_listed_too_long(listing, entry, err);
	if (entry->want != LT_WANT_TEXT)
		return 0;
	status = lt_archive_open_entry(input->archive, own_name(listing, entry), &size, err);
	return status ? status : lt_listing_keep_text(listing, entry, err);
}

static int sum_batch(struct lt_listing *listing, struct lt_input *input, struct sums *sums,
		     struct lt_pool *pool, int n, struct lt_error *err)
{
	int readers = lt_pool_threads(pool), i, status = 0;

	for (i = 0; i < readers; i++)
		sums->reader[i].failed = BATCH;
	lt_pool_run(pool, sum_item, sums, n);
	for (i = 0; status == 0 && i < n; i++)
		status = sums->sum[i].status ? fail_item(sums, i, readers, err)
					     : take_sum(listing, input, &sums->entry[i],
							&sums->sum[i], err);
	return status;
}

static int sum_all(struct lt_listing *listing, struct lt_input *input, struct sums *sums,
		   struct lt_pool *pool, struct lt_error *err)
{
	size_t i, n;
	int status = 0;

	for (i = input->first; status == 0 && i < input->end; i += n) {
		n = input->end - i < BATCH ? input->end - i : BATCH;
		sums->entry = listing->entry + i;
		status = sum_batch(listing, input, sums, pool, (int)n, err);
	}
	return status;
}

static int by_name(const void *a, const void *b)
{
	const struct lt_listed *one = a, *other = b;

	return strcmp(one->name, other->name);
}

static void put_in_order(struct lt_listing *listing, const struct lt_input *input)
{
	size_t i;

	if (input->end - input->first > 1)
		qsort(listing->entry + input->first, input->end - input->first,
		      sizeof *listing->entry, by_name);
	for (i = input->first; i < input->end; i++) {
		listing->entry[i].number = (uint32_t)i;
		listing->entry[i].same = (uint32_t)i;
	}
}

static int new_readers(struct sums *sums, int readers, struct lt_error *err)
{
	int i;

	sums->sum = lt_new_array(BATCH, sizeof *sums->sum);
	sums->reader = lt_new_array((size_t)readers, sizeof *sums->reader);
	if (!sums->sum || !sums->reader)
		return lt_fail_memory(err);
	for (i = 0; i < readers; i++) {
		sums->reader[i].keeps = true;
		sums->reader[i].block = lt_new_bytes(LT_LISTING_BLOCK);
		if (!sums->reader[i].block)
			return lt_fail_memory(err);
	}
	return 0;
}

/* The listing takes over the memory that the readers kept. */
static void free_readers(struct sums *sums, int readers)
{
	struct lt_kept *block;
	int i;

	for (i = 0; sums->reader && i < readers; i++) {
		while ((block = sums->reader[i].kept)) {
			sums->reader[i].kept = block->before;
			block->before = sums->listing->kept;
			sums->listing->kept = block;
		}
		lt_free(sums->reader[i].block);
	}
	lt_free(sums->reader);
	lt_free(sums->sum);
}

int lt_listing_sum_tree(struct lt_listing *listing, struct lt_input *input,
			struct lt_error *err)
{
	struct sums sums = {.listing = listing, .tree = lt_archive_tree(input->archive)};
	bool shared = listing->threads > 1 && input->end - input->first > FEW;
	int readers = shared ? listing->threads : 1, status;
	struct lt_pool *pool = NULL;

	put_in_order(listing, input);
	status = new_readers(&sums, readers, err);
	if (status == 0)
		status = lt_pool_new(&pool, readers, err);
	if (status == 0)
		status = sum_all(listing, input, &sums, pool, err);
	lt_pool_free(pool);
	free_readers(&sums, readers);
	return status;
}
