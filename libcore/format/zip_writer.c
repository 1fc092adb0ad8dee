/*
 * Writes a zip file.
 */
#include "format/zip_writer.h"

#include <string.h>

#include "base/memory.h"

#define MOST_32 0xffffffffu
#define MOST_16 0xffffu
#define IS_UTF8 0x800
#define MADE_BY_UNIX 0x300
#define DAY_ONE 0x21 /* 1 January 1980, where MS-DOS's time begins */

struct entry {
	const char *name;
	uint64_t size, at;
	uint32_t crc;
};

struct lt_zip {
	struct lt_output *output;
	struct entry *entry;
	size_t n;
	uint64_t at;   /* bytes written */
	uint64_t left; /* of the current entry */
	struct lt_arena arena;
};

int lt_zip_new(struct lt_zip **out, struct lt_output *output, struct lt_error *err)
{
	struct lt_zip *zip = lt_new_array(1, sizeof *zip);

	if (!zip)
		return lt_fail_memory(err);
	zip->output = output;
	*out = zip;
	return 0;
}

/* A record under construction: little-endian numbers. */
struct record {
	uint8_t bytes[120];
	size_t n;
};

static void add(struct record *record, uint64_t value, int size)
{
	int i;

	for (i = 0; i < size; i++)
		record->bytes[record->n++] = (uint8_t)(value >> 8 * i);
}

static int put(struct lt_zip *zip, const void *bytes, size_t n, struct lt_error *err)
{
	zip->at += n;
	return lt_output_write(zip->output, bytes, n, err);
}

static uint64_t low_32(uint64_t value)
{
	return value < MOST_32 ? value : MOST_32;
}

/* What a local header and the directory's entry have in common. */
static void add_common(struct record *record, const struct entry *entry, bool large)
{
	const char *c;
	bool ascii = true;

	for (c = entry->name; *c; c++)
		ascii = ascii && (unsigned char)*c < 0x80;
	add(record, large ? 45 : 20, 2); /* version that can read it */
	add(record, ascii ? 0 : IS_UTF8, 2);
	add(record, 0, 2); /* not compressed */
	add(record, 0, 2);
	add(record, DAY_ONE, 2);
	add(record, entry->crc, 4);
	add(record, low_32(entry->size), 4);
	add(record, low_32(entry->size), 4);
	add(record, strlen(entry->name), 2);
}

int lt_zip_begin(struct lt_zip *zip, const char *name, uint64_t size, uint32_t crc,
		 struct lt_error *err)
{
	struct entry *block =
		zip->n < MOST_16 ? lt_grow_array(zip->entry, zip->n + 1, sizeof *block) : NULL;
	bool large = size >= MOST_32;
	struct record record = {.n = 0};
	struct entry *entry;
	int status;

	if (!block || strlen(name) > MOST_16)
		return lt_fail_memory(err);
	zip->entry = block;
	entry = &zip->entry[zip->n++];
	*entry = (struct entry){lt_arena_text(&zip->arena, name), size, zip->at, crc};
	if (!entry->name)
		return lt_fail_memory(err);
	zip->left = size;
	add(&record, 0x04034b50, 4);
	add_common(&record, entry, large);
	add(&record, large ? 20 : 0, 2);
	status = put(zip, record.bytes, record.n, err);
	if (status == 0)
		status = put(zip, name, strlen(name), err);
	if (status || !large)
		return status;
	record.n = 0;
	add(&record, 1, 2);
	add(&record, 16, 2);
	add(&record, size, 8);
	add(&record, size, 8);
	return put(zip, record.bytes, record.n, err);
}

int lt_zip_put(struct lt_zip *zip, const void *bytes, size_t n, struct lt_error *err)
{
	if (n > zip->left)
		return lt_fail(err, LT_BUG, "an entry of a zip file is longer than declared");
	zip->left -= n;
	return put(zip, bytes, n, err);
}

/* The directory record of an entry; numbers that do not fit into 32 bits follow it as 64-bit
 * numbers. */
static int put_directory_entry(struct lt_zip *zip, const struct entry *entry,
			       struct lt_error *err)
{
	bool large = entry->size >= MOST_32, far = entry->at >= MOST_32;
	struct record record = {.n = 0}, extra = {.n = 0};
	int status;

	if (large || far) {
		add(&extra, 1, 2);
		add(&extra, (large ? 16 : 0) + (far ? 8 : 0), 2);
	}
	if (large) {
		add(&extra, entry->size, 8);
		add(&extra, entry->size, 8);
	}
	if (far)
		add(&extra, entry->at, 8);
	add(&record, 0x02014b50, 4);
	add(&record, MADE_BY_UNIX | (large || far ? 45 : 20), 2);
	add_common(&record, entry, large || far);
	add(&record, extra.n, 2);
	add(&record, 0, 2); /* no comment */
	add(&record, 0, 2); /* the first disk */
	add(&record, 0, 2);
	add(&record, (uint64_t)0100644 << 16, 4); /* a regular file, rw-r--r-- */
	add(&record, low_32(entry->at), 4);
	status = put(zip, record.bytes, record.n, err);
	if (status == 0)
		status = put(zip, entry->name, strlen(entry->name), err);
	return status || extra.n == 0 ? status : put(zip, extra.bytes, extra.n, err);
}

int lt_zip_finish(struct lt_zip *zip, struct lt_error *err)
{
	uint64_t start = zip->at, size;
	struct record record = {.n = 0};
	size_t i;
	int status = 0;

	if (zip->left > 0)
		return lt_fail(err, LT_BUG, "an entry of a zip file is shorter than declared");
	for (i = 0; i < zip->n && status == 0; i++)
		status = put_directory_entry(zip, &zip->entry[i], err);
	if (status)
		return status;
	size = zip->at - start;
	if (start >= MOST_32 || size >= MOST_32 || zip->n >= MOST_16) {
		uint64_t end = zip->at;

		add(&record, 0x06064b50, 4);
		add(&record, 44, 8); /* bytes of this record that follow */
		add(&record, 45, 2);
		add(&record, 45, 2);
		add(&record, 0, 8); /* disks */
		add(&record, zip->n, 8);
		add(&record, zip->n, 8);
		add(&record, size, 8);
		add(&record, start, 8);
		add(&record, 0x07064b50, 4);
		add(&record, 0, 4);
		add(&record, end, 8);
		add(&record, 1, 4);
	}
	add(&record, 0x06054b50, 4);
	add(&record, 0, 4);
	add(&record, zip->n, 2);
	add(&record, zip->n, 2);
	add(&record, low_32(size), 4);
	add(&record, low_32(start), 4);
	add(&record, 0, 2);
	return put(zip, record.bytes, record.n, err);
}

void lt_zip_free(struct lt_zip *zip)
{
	if (!zip)
		return;
	lt_arena_free(&zip->arena);
	lt_free(zip->entry);
	lt_free(zip);
}
