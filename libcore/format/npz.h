/*
 * Writes rows as an .npz file, which numpy.load reads without pickles: one array per column,
 * under its name.  Rows arrive one at a time, but the file holds one column after another, so
 * each column goes through an unlinked file in TMPDIR; memory does not grow with the rows.
 *
 *	column			array
 *	|u1 <i2 <i4 <i8 <f4 <f8	of the same type, [rows, shape…]
 *	<bf2			<f4, with the same values
 *	bytes			|SN, N the longest cell: shorter ones are padded with zeros
 *	class names		|SN, "classes", unless a column has that name
 */
#ifndef LT_FORMAT_NPZ_H
#define LT_FORMAT_NPZ_H

#include "stream/stream.h"

struct lt_npz;

/* For rows of this header, which the caller keeps. */
int lt_npz_new(struct lt_npz **out, const struct lt_header *header, struct lt_error *err);
/* Like lt_writer_row.  A cell of bytes that ends in a zero is LT_DATA: numpy would remove it.
 */
int lt_npz_row(struct lt_npz *npz, const void *const cell[], const uint64_t bytes[],
	       struct lt_error *err);
/*
 * Writes the file.  LT_DATA if the cells of bytes differ so much in length that more than
 * LT_NPZ_WASTE times their bytes and more than LT_NPZ_FREE would be written.
 */
int lt_npz_write(struct lt_npz *npz, struct lt_output *output, struct lt_error *err);
/* NULL is allowed. */
void lt_npz_free(struct lt_npz *npz);

#define LT_NPZ_WASTE 16
#define LT_NPZ_FREE ((uint64_t)64 << 20)

#endif
