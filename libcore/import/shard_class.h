/*
 * The class of a WebDataset sample, a number or a name: in KEY.cls, otherwise under a key of
 * KEY.json, otherwise in KEY.txt (only with --format webdataset, since such texts are mostly
 * captions).
 */
#ifndef LT_DATA_SHARD_CLASS_H
#define LT_DATA_SHARD_CLASS_H

#include "import/labels.h"
#include "import/shards.h"

/* The file that has the class; LT_NO_PART: none. */
uint32_t lt_shard_label_part(const struct lt_import *import,
			     const struct lt_shard_sample *sample);
/* Sets the item's class from the entry that lt_listing_next opened; bytes is a buffer. */
int lt_shard_read_class(struct lt_labels *labels, struct lt_buffer *bytes,
			const struct lt_listed *entry, struct lt_item *item,
			struct lt_error *err);

#endif
