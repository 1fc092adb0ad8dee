/*
 * .npy, numpy's format for one array (numpy.lib.format), versions 1.0 to 3.0:
 *
 *	93 'N' 'U' 'M' 'P' 'Y'  major minor  length  text  elements
 *
 * where length is a little-endian u16 (version 1) or u32, and the text is a Python dict with
 * 'descr', 'fortran_order' and 'shape'.  The parser accepts nothing else of Python.  Arrays
 * of objects are pickles, which are never read.
 */
#ifndef LT_FORMAT_NPY_H
#define LT_FORMAT_NPY_H

#include "format/array.h"

/*
 * Reads everything before the elements.  where: the file's name for messages.  Text has kind
 * 'S' (bytes) or 'U' (characters of 4 bytes) and its size.  Any type except integers, float32
 * and float64 has another letter and no size; it is an error only if it is used.
 */
int lt_npy_read_header(struct lt_array *array, const char *where, lt_array_read *read,
		       void *arg, struct lt_error *err);

/* Parses only the dict, n bytes. */
int lt_npy_parse(struct lt_array *array, const char *text, size_t n, const char *where,
		 struct lt_error *err);

#define LT_NPY_HEADER 384 /* room for any header that lt_npy_header makes */

/*
 * Writes the header of an array in C order of rank 1 to LT_ARRAY_RANK; descr as in numpy:
 * "<f4", "|S17".  Version 1.0, padded so that the elements begin at a multiple of 64 bytes.
 * Returns the length.
 */
size_t lt_npy_header(char out[LT_NPY_HEADER], const char *descr, const uint64_t *dim, int rank);

#endif
