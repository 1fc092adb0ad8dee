/*
 * MAT files of MATLAB and scipy.io.savemat, level 5 (versions 5 to 7, with "MATLAB 5.0
 * MAT-file" in the first line): a header of 128 bytes, then one variable after another, each
 * plain or compressed by zlib (MathWorks, "MAT-File Format").
 *
 * A file is read once, from beginning to end, and no variable is kept in memory: the bytes of
 * a colour image in SVHN's [32,32,3,n] are contiguous.  The reader is our own, since libmatio
 * (1.5.23) returns the values of a truncated or damaged variable without an error; here sizes
 * must agree and zlib's checksums must be correct.
 *
 * A struct of 1 by 1 is read as its fields, each a variable with the name "struct.field".
 *
 * Files of level 4 have no signature and are not recognised.  Files of version 7.3 are HDF5
 * and are refused with advice.
 */
#ifndef LT_FORMAT_MAT_H
#define LT_FORMAT_MAT_H

#include "format/array.h"
#include "format/inflate.h"

#define LT_MAT_NAME 63	/* bytes of a variable's name, as in MATLAB */
#define LT_MAT_PATH 255 /* bytes of the name of a field with those of its structs */
#define LT_MAT_DEPTH 3	/* structs in structs whose fields are read */
#define LT_MAT_FIELDS 64

struct lt_mat;

struct lt_mat_variable {
	char name[LT_MAT_PATH + 1]; /* "" without one */
	/*
	 * As stored, in Fortran order.  MATLAB stores a matrix in a smaller type than its own
	 * if no value changes.
	 */
	struct lt_array array;
	/*
	 * The type of the variable.  kind 'V': not a plain array of numbers (several structs, a
	 * cell, characters, complex or sparse numbers, more than LT_ARRAY_RANK axes, …), of
	 * which nothing can be read.
	 */
	char kind;
	uint8_t size;
};

/* Do these first bytes (16 or more) look like a MAT file of any version? */
bool lt_mat_is_known(const uint8_t *head, size_t n);

/* Reads the header.  where: the file's name for messages; the caller keeps it. */
int lt_mat_open(struct lt_mat **out, lt_bytes_source *source, void *arg, const char *where,
		struct lt_error *err);
/*
 * Moves to the next variable; *more is false at the end of the file.  The unread rest of the
 * previous variable is skipped; if all of it was read, its end is verified.
 */
int lt_mat_next(struct lt_mat *mat, struct lt_mat_variable *variable, bool *more,
		struct lt_error *err);
/* An lt_array_read for the current variable; arg is the struct lt_mat. */
int lt_mat_read(void *arg, void *to, size_t n, struct lt_error *err);
/* NULL is allowed. */
void lt_mat_close(struct lt_mat *mat);

#endif
