/*
 * The names of IDX files, as MNIST and its family are published: what a file holds, and
 * which names belong to the same file.
 *
 *	train-images-idx3-ubyte.gz            LeCun, Cortes and Burges; also unpacked
 *	train-images.idx3-ubyte               as some programs unpack it
 *	train-images-idx3-ubyte/train-images-idx3-ubyte    the same in a directory of its own
 *	emnist-letters-train-images-idx3-ubyte.gz          EMNIST, several sets side by side
 */
#ifndef LT_IMPORT_IDX_NAMES_H
#define LT_IMPORT_IDX_NAMES_H

#include <stdbool.h>

#include "base/memory.h"
#include "format/array.h"

#define LT_IDX_RANK 4  /* the most axes */
#define LT_IDX_FORMS 3 /* of the names of labels: idx1-ubyte, idx2-int, idx1-int */

/* Are these the first bytes (4 or more) of an IDX file?  Sets the array except its shape. */
bool lt_idx_is_known(const uint8_t *head, size_t n, struct lt_array *array);

/* Has the name a rank of 1 to 4 and a type, as "idx3-ubyte"? */
bool lt_idx_is_file(const char *name);
/* Of a file: 3 or 4 axes, or 2 and the word images. */
bool lt_idx_is_images(const char *name);
/* ".gz" or ".xz" at the end of the name, or "". */
const char *lt_idx_suffix(const char *name);
bool lt_idx_is_packed(const char *name);
/* 0 train, 1 test, 2 neither. */
int lt_idx_part(const char *name);
/* Are the images stored transposed? */
bool lt_idx_is_turned(const char *name);

/* The plain form of a name, in which labels are called idx1-ubyte; two names with the same form
 * belong to the same file.  NULL: no memory. */
const char *lt_idx_plain(struct lt_arena *arena, const char *name);
/* Of two names of the same file: should the first be read? */
bool lt_idx_goes_first(const char *a, const char *b);
/* The name of the file of labels for a file of images, without the suffix of packed files;
 * form: 0 … LT_IDX_FORMS - 1.  NULL: no memory. */
char *lt_idx_labels(struct lt_arena *arena, const char *images, int form);

#endif
