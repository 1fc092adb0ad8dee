/*
 * Pickles, Python's format for objects (protocols 0 to 5), in which arrays are published.
 *
 * A pickle is a program for a stack machine that may call any Python function.  This reader
 * calls nothing.  It supports numbers, texts, bytes, lists, tuples, dicts and, by their names,
 * the few functions that construct numpy's arrays, data types and scalars.  A pickle that
 * refers to anything else is LT_DATA, and the message gives the name.
 *
 * A pickle is read once, as a stream.  Texts and bytes of up to LT_MAX_PICKLE_KEPT bytes are
 * kept in memory.  For longer ones (the pixels of a data set) only their offset is kept, and a
 * second pass over the input reads them piece by piece (lt_pickle_seek).  So memory does not
 * grow with the pixels, and nothing is copied to a file.
 *
 * Sources: pickletools.py of CPython describes each opcode; ndarray.__reduce__ and
 * __setstate__ of numpy define arrays.
 */
#ifndef LT_FORMAT_PICKLE_H
#define LT_FORMAT_PICKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum lt_pickle_kind {
	LT_PICKLE_NONE,
	LT_PICKLE_BOOL,	   /* as.integer: 0 or 1 */
	LT_PICKLE_INT,	   /* as.integer */
	LT_PICKLE_REAL,	   /* as.real */
	LT_PICKLE_BYTES,   /* as.bytes */
	LT_PICKLE_TEXT,	   /* as.bytes: UTF-8 */
	LT_PICKLE_LIST,	   /* as.list */
	LT_PICKLE_TUPLE,   /* as.list */
	LT_PICKLE_DICT,	   /* as.list: key, value, key, value, …  */
	LT_PICKLE_ARRAY,   /* as.array */
	LT_PICKLE_TENSOR,  /* as.tensor; only in PyTorch checkpoints, like the next */
	LT_PICKLE_STORAGE, /* as.storage */
	LT_PICKLE_OTHER,   /* anything else: a data type, a function, a huge integer */
};

/* The encoding of a string of bytes in the pickle. */
enum lt_pickle_coding {
	LT_PICKLE_PLAIN,
	LT_PICKLE_UTF8,	    /* each byte as the character with that code */
	LT_PICKLE_ESCAPED,  /* with Python 2's escapes, in quotes */
	LT_PICKLE_UESCAPED, /* each byte as a character, with \u escapes */
};

struct lt_pickle_bytes {
	uint8_t *kept; /* n bytes and a zero; NULL: left in the input */
	uint64_t n;    /* if left in the input: bytes after decoding */
	uint64_t at;   /* their offset in the pickle */
	enum lt_pickle_coding coding;
};

struct lt_pickle_value {
	uint8_t kind; /* enum lt_pickle_kind */
	union {
		int64_t integer;
		double real;
		struct lt_pickle_bytes *bytes;
		struct lt_pickle_list *list;
		struct lt_pickle_array *array;
		struct lt_pickle_tensor *tensor;
		struct lt_pickle_storage *storage;
		void *object;
	} as;
};

struct lt_pickle_list {
	struct lt_pickle_value *item;
	size_t n, room;
	struct lt_pickle_list *next; /* chain of all lists of a pickle, for lt_pickle_free */
};

#define LT_PICKLE_MAX_DIMS 32

struct lt_pickle_array {
	char kind; /* numpy's: 'b' bool, 'i' 'u' integers, 'f' reals; others hold no numbers */
	bool big_endian;
	uint32_t item_size;
	/* If the array is not in C order: it is in Fortran order, or it is transposed, that is
	 * the bytes are an array in C order with the dimensions axis[0], axis[1], … of this
	 * one. */
	bool fortran, transposed;
	uint8_t axis[LT_PICKLE_MAX_DIMS];
	int dims;
	uint64_t dim[LT_PICKLE_MAX_DIMS];
	uint64_t n; /* elements; data has n · item_size bytes */
	const struct lt_pickle_bytes *data;
};

/* Values of a checkpoint, which are stored outside the pickle under a key. */
struct lt_pickle_storage {
	const char *key;
	char kind; /* 'f' reals, 'B' bfloat16, 'i' 'u' integers, 'b' bool */
	uint32_t item_size;
	uint64_t n;	/* values */
	uint64_t first; /* first value, if this is a view of the key's storage */
	struct lt_pickle_storage *next; /* chain of all storages, the last one first */
};

#define LT_PICKLE_TENSOR_DIMS 8

/* Element [i, j, …] is value first + i stride[0] + j stride[1] + … of the storage; it is known
 * to be inside the storage. */
struct lt_pickle_tensor {
	const struct lt_pickle_storage *storage;
	uint64_t first, n; /* n: elements */
	int dims;
	uint64_t dim[LT_PICKLE_TENSOR_DIMS], stride[LT_PICKLE_TENSOR_DIMS];
};

/* The source of a pickle's bytes. */
struct lt_pickle_source {
	const char *name; /* for messages */
	void *arg;
	/* Like lt_listing_read: *got is less than room only at the end. */
	int (*read)(void *arg, void *bytes, size_t room, size_t *got, struct lt_error *err);
};

/* A pickle in memory: the bytes and how many are left. */
struct lt_pickle_memory {
	const uint8_t *bytes;
	size_t n;
};
/* The read function for it; arg is a struct lt_pickle_memory. */
int lt_pickle_read_memory(void *arg, void *bytes, size_t room, size_t *got,
			  struct lt_error *err);

struct lt_pickle;

/*
 * Reads a pickle to its end, which must be the end of the source too.  keep: the largest text
 * or string kept in memory, in bytes; LT_MAX_PICKLE_KEPT except in tests.
 */
int lt_pickle_read(struct lt_pickle **out, const struct lt_pickle_source *source, uint64_t keep,
		   struct lt_error *err);
/*
 * Reads the pickle of a checkpoint written by torch.save: OrderedDict, tensors and storages are
 * supported too (torch/_utils.py and torch/serialization.py of PyTorch).  Attributes of an
 * OrderedDict are ignored.  Bytes may follow the pickle.
 */
int lt_pickle_read_torch(struct lt_pickle **out, const struct lt_pickle_source *source,
			 struct lt_error *err);
/* The length of the pickle in bytes. */
uint64_t lt_pickle_size(const struct lt_pickle *pickle);
/* All storages it refers to, linked by next; a storage may occur twice. */
const struct lt_pickle_storage *lt_pickle_storages(const struct lt_pickle *pickle);
/* The object; valid until lt_pickle_free. */
const struct lt_pickle_value *lt_pickle_value(const struct lt_pickle *pickle);
/* NULL is allowed. */
void lt_pickle_free(struct lt_pickle *pickle);

/* The value of a dict for a key that is a text or bytes; NULL if missing or not a dict. */
const struct lt_pickle_value *lt_pickle_find(const struct lt_pickle_value *dict,
					     const char *key);
/* The number of integers in a list, a tuple or an array of one dimension; false if it is
 * something else, or not all elements are integers in memory. */
bool lt_pickle_integers(const struct lt_pickle_value *value, uint64_t *n);
/* One of them, i < n. */
int64_t lt_pickle_integer(const struct lt_pickle_value *value, uint64_t i);

/* A second pass over a pickle, for bytes that were left in the input. */
struct lt_pickle_reader;

/* The source must be at the first byte of the pickle; everything before the bytes is skipped.
 */
int lt_pickle_seek(struct lt_pickle_reader **out, const struct lt_pickle_source *source,
		   const struct lt_pickle_bytes *bytes, struct lt_error *err);
/* Reads the next n of them, decoded; LT_DATA if the input has changed. */
int lt_pickle_take(struct lt_pickle_reader *reader, void *to, size_t n, struct lt_error *err);
/* NULL is allowed. */
void lt_pickle_reader_free(struct lt_pickle_reader *reader);

#endif
