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

bool lt_idx_is_file(const char *name);
bool lt_idx_is_images(const char *name);
bool lt_idx_is_packed(const char *name);
/* 0 train, 1 test, 2 neither. */
int lt_idx_part(const char *name);
/* Are the images stored transposed? */
bool lt_idx_is_turned(const char *name);

/* The plain form of a name; two names with the same form belong to the same file.  NULL: no
 * memory. */
const char *lt_idx_plain(struct lt_arena *arena, const char *name);
/* Of two names of the same file: should the first be read? */
bool lt_idx_goes_first(const char *a, const char *b);
/* The name of the file of labels for a file of images; NULL: no memory. */
char *lt_idx_labels(struct lt_arena *arena, const char *images);

#endif
