/*
 * Private to weights/: what the formats share.  The file is in weights_file.c, the list of
 * tensors in weights.c, and the conversion of a storage to the wanted tensors in
 * weights_read.c.
 */
#ifndef LT_WEIGHTS_WEIGHTS_PARTS_H
#define LT_WEIGHTS_WEIGHTS_PARTS_H

#include "base/memory.h"
#include "format/pickle.h"
#include "weights/weights.h"

#define LT_WEIGHTS_HEAD 512 /* first bytes, from which the format is detected */

/* Limits, whatever a file claims. */
#define LT_MAX_WEIGHTS_HEADER ((uint64_t)100 << 20) /* bytes of a safetensors header */
#define LT_MAX_WEIGHTS_TENSORS 65536		    /* and as many storages */

enum lt_weights_number {
	LT_WEIGHTS_F16,
	LT_WEIGHTS_BF16,
	LT_WEIGHTS_F32,
	LT_WEIGHTS_F64,
	LT_WEIGHTS_OTHER
};

/* Consecutive values of one type; little-endian unless the file says otherwise. */
struct lt_weights_storage {
	const char *key; /* of a checkpoint */
	enum lt_weights_number number;
	uint32_t item_size;
	uint64_t n;  /* values */
	uint64_t at; /* their offset in the file, if known */
	bool found;
};

struct lt_weights_file {
	char *name;
	int fd; /* -1: memory */
	const uint8_t *memory;
	uint64_t size;
};

struct lt_weights_format {
	const char *name;
	/* Does the file have this format?  head: its first n bytes. */
	bool (*probe)(const uint8_t *head, size_t n, uint64_t size);
	/*
	 * list: lists tensors and storages.  read: reads the wanted tensors of all storages.
	 */
	int (*list)(struct lt_weights *weights, struct lt_error *err);
	int (*read)(struct lt_weights *weights, struct lt_error *err);
};

struct lt_weights_text {
	const char *key, *text;
};

struct lt_weights {
	struct lt_weights_file file;
	const struct lt_weights_format *format;
	struct lt_weights_tensor *tensor;
	int n, room;
	struct lt_weights_storage *storage;
	int n_storages, storage_room;
	struct lt_weights_text *said;
	int n_said, said_room;
	bool *wanted; /* of each tensor */
	int *order;   /* n_order wanted tensors, by storage and first element */
	int n_order;
	bool big_endian;	     /* numbers of storages */
	const char *prefix;	     /* of the zip file's entries */
	struct lt_names names, keys; /* of tensors, of storages */
	struct lt_arena arena;
};

extern const struct lt_weights_format lt_weights_safetensors, lt_weights_torch_zip,
	lt_weights_torch_legacy;

/* Reads n bytes at an offset; LT_DATA if the file ends before. */
int lt_weights_at(const struct lt_weights *weights, uint64_t at, void *to, size_t n,
		  struct lt_error *err);
/* LT_DATA: "file: what". */
int lt_weights_wrong(const struct lt_weights *weights, struct lt_error *err, const char *fmt,
		     ...) LT_PRINTF(3, 4);

/*
 * Adds a tensor or storage, zeroed except for the name.  NULL with err if there are too many,
 * the name is invalid, or there is not enough memory.
 */
struct lt_weights_tensor *lt_weights_add(struct lt_weights *weights, const char *name, size_t n,
					 struct lt_error *err);
struct lt_weights_storage *lt_weights_add_storage(struct lt_weights *weights,
						  struct lt_error *err);
int lt_weights_say(struct lt_weights *weights, const char *key, const char *text,
		   struct lt_error *err);

/*
 * Adds the tensors of a checkpoint's object and the storages of its pickle; indexes the keys.
 */
int lt_weights_from_pickle(struct lt_weights *weights, const struct lt_pickle *pickle,
			   struct lt_error *err);

/* Reads the next n bytes of a storage; to NULL: skips them. */
typedef int lt_weights_take(void *arg, void *to, size_t n, struct lt_error *err);
/* Reads all wanted tensors of a storage, whose bytes come from its beginning on. */
int lt_weights_fill(struct lt_weights *weights, int storage, lt_weights_take *take, void *arg,
		    struct lt_error *err);
/* The same for a storage whose offset in the file is known. */
int lt_weights_fill_at(struct lt_weights *weights, int storage, struct lt_error *err);

#endif
