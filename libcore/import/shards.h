/*
 * WebDataset: the files of one directory with the same key form one sample.  The key is the
 * part of the name before the first dot.
 */
#ifndef LT_IMPORT_SHARDS_H
#define LT_IMPORT_SHARDS_H

#include "archive/listing.h"

enum lt_part {
	LT_PART_IMAGE,
	LT_PART_CLS,  /* the number or name of a class */
	LT_PART_JSON, /* an object that contains it */
	LT_PART_TEXT, /* a caption, or the name of a class */
	LT_PARTS
};

#define LT_NO_PART UINT32_MAX

struct lt_shard_sample {
	uint32_t part[LT_PARTS];	/* the first entry of each kind, or LT_NO_PART */
	uint32_t first;			/* the first entry of the sample */
	bool more_images, more_classes; /* KEY.cls twice */
};

struct lt_shards {
	struct lt_shard_sample *sample; /* in the order of their first files */
	size_t n;
};

/* The part that a file is, determined by its name; LT_PARTS: none. */
enum lt_part lt_part_of(const char *name);
/* Bytes of the name before the first dot of its last component. */
size_t lt_shard_key(const char *name);
/* *shards must be zeroed before; call lt_shards_free in any case.  All files of a sample are
 * from one input. */
int lt_shards_make(struct lt_shards *shards, const struct lt_listing *listing,
		   struct lt_error *err);
void lt_shards_free(struct lt_shards *shards);

#endif
