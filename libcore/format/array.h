/*
 * The description of an array in a file: element type, shape and order.  Used for .npy
 * files, MAT files and pickles.
 */
#ifndef LT_FORMAT_ARRAY_H
#define LT_FORMAT_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define LT_ARRAY_RANK 8

struct lt_array {
	/* 'u', 'i', 'f': numbers; 'b': bool; 'S', 'U': text; other letters: something else. */
	char kind;
	uint32_t size; /* bytes per element: 1, 2, 4 or 8 for 'u' and 'i', 4 or 8 for 'f' */
	bool big;      /* the most significant byte comes first */
	bool first_fastest; /* Fortran order, as in MATLAB; otherwise C order */
	int rank;	    /* up to LT_ARRAY_RANK */
	uint64_t dim[LT_ARRAY_RANK];
};

/*
 * Reads the next n bytes of an array, all n or an error.  It is called until all bytes of
 * the array have been read, in order.
 */
typedef int lt_array_read(void *arg, void *to, size_t n, struct lt_error *err);

/* Elements and bytes of the whole array; false if they exceed 64 bits. */
bool lt_array_elements(const struct lt_array *array, uint64_t *elements, uint64_t *bytes);

/* "(60000, 28, 28)", for messages. */
struct lt_array_text {
	char text[200];
};
struct lt_array_text lt_array_shape(const struct lt_array *array);

/* "uint8", "float64", "bool", "text", …, "not plain numbers". */
struct lt_array_text lt_array_type(const struct lt_array *array);

/*
 * The element at p as an integer; false if it is not one: a fraction, not finite, or beyond
 * 2^53 (floating-point numbers) or 2^63 - 1.  Only for 'u', 'i' and 'f'.
 */
bool lt_array_integer(const struct lt_array *array, const uint8_t *p, int64_t *out);

#endif
