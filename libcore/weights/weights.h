/*
 * Published files of weights: the names, types and shapes of their tensors, and the values of
 * wanted tensors.
 *
 * safetensors (huggingface.co/docs/safetensors): 8 bytes N, a JSON header of N bytes, then the
 * values of the tensors, one tensor after another.
 *
 * torch-zip, what torch.save writes since PyTorch 1.6 (torch/serialization.py): a zip file with
 * a pickle, data.pkl, and one entry data/KEY for the values of each storage.
 *
 * torch-legacy, what it wrote before: five pickles one after another, then the storages.
 *
 * Nothing in a file is executed: format/pickle.h says which names a pickle may contain.  A new
 * format is a file and a line in the table of weights.c.
 *
 * Memory grows with the wanted tensors and with the list of all tensors, never with what a
 * header claims: the values of a tensor must be in the file, and no two tensors share any.
 */
#ifndef LT_WEIGHTS_WEIGHTS_H
#define LT_WEIGHTS_WEIGHTS_H

#include "base/names.h"
#include "stream/header.h"

struct lt_weights_tensor {
	/*
	 * The name in the state_dict.  In a checkpoint that holds more than a state_dict, the
	 * keys that lead to it are joined by dots: "state_dict.module.conv1.weight".
	 */
	const char *name;
	const char *type; /* "F32", "F16", "BF16", "F64", or the file's name of another type */
	bool is_real;	  /* one of those four: it can be wanted */
	struct lt_shape shape;
	size_t elements;
	float *data; /* elements in PyTorch's order, after it was wanted and read */

	/* For the formats: */
	int storage;
	uint64_t first; /* index of its first element in the storage */
	uint64_t span;	/* from the first to the last element, in elements of the storage */
	uint64_t stride[LT_MAX_DIMS];
};

struct lt_weights;

/*
 * Opens a file, detects its format and lists its tensors.  LT_USAGE: not a regular file.
 * LT_DATA: not a file of weights, a damaged one, one whose pickle would call a function that
 * is not allowed, or two tensors with one name.
 */
int lt_weights_open(struct lt_weights **out, const char *path, struct lt_error *err);
/* The same for bytes in memory, which stay the caller's. */
int lt_weights_open_memory(struct lt_weights **out, const void *bytes, size_t n,
			   const char *name, struct lt_error *err);
/* NULL is allowed. */
void lt_weights_close(struct lt_weights *weights);

const char *lt_weights_name(const struct lt_weights *weights);	 /* of the file */
const char *lt_weights_format(const struct lt_weights *weights); /* "safetensors", … */
int lt_weights_count(const struct lt_weights *weights);
const struct lt_weights_tensor *lt_weights_tensor(const struct lt_weights *weights, int i);
/* The index of a tensor, or -1. */
int lt_weights_find(const struct lt_weights *weights, const char *name);
/* A text of the file's metadata (safetensors' __metadata__), or NULL. */
const char *lt_weights_said(const struct lt_weights *weights, const char *key);

/* Marks a tensor as wanted, for lt_weights_read; only real ones, with the expected shape. */
void lt_weights_want(struct lt_weights *weights, int i);
/*
 * Reads the wanted tensors that were not read before.  LT_DATA: values are missing or
 * damaged, two of these tensors overlap, or a value is not finite as a float.
 */
int lt_weights_read(struct lt_weights *weights, struct lt_error *err);

/* The size of the file in bytes and its CRC-32C, for provenance. */
int lt_weights_totals(struct lt_weights *weights, uint64_t *bytes, uint32_t *crc,
		      struct lt_error *err);

#endif
