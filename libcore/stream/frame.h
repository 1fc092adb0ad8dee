/*
 * The frame of LTS1 (lt-stream(5)) and facts about payloads that the reader and
 * the writer share.  Internal to libcore/stream.
 */
#ifndef LT_STREAM_FRAME_H
#define LT_STREAM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/header.h"
#include "stream/mp.h"
#include "stream/output.h"

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "payload numbers are little-endian and are used in place"
#endif

enum {
	LT_FRAME_HEAD = 20,	/* up to the meta */
	LT_FRAME_BODY_HEAD = 5, /* between meta and body */
	LT_FRAME_TAIL = 5,
	LT_COLUMN_ALIGN = 64,
};

void lt_put_be32(uint8_t *p, uint32_t value);
uint32_t lt_get_be32(const uint8_t *p);
uint64_t lt_get_be64(const uint8_t *p);

/* The 20 bytes before a meta. */
void lt_frame_head(uint8_t head[LT_FRAME_HEAD], const char kind[4], uint64_t seq,
		   uint32_t meta);

/* lt_crc32c without the CPU's instruction; tests compare the two. */
uint32_t lt_crc32c_by_table(uint32_t crc, const void *bytes, size_t n);

/* Continues the CRC of a segment's frame CRCs. */
uint32_t lt_crcs_next(uint32_t crcs, uint32_t frame_crc);

/* Bytes of a cell of a fixed column; false if they do not fit into a size_t. */
bool lt_column_cell(const struct lt_column *column, size_t *out);

/* The next multiple of 64; false on overflow. */
bool lt_align_column(size_t at, size_t *out);

/*
 * The layout of a body of n rows: start[c] of each column, and the size of the body.
 * Counts only fixed columns, and also the offsets and the bytes[c] of contents of
 * bytes columns if bytes is not NULL.
 */
bool lt_rows_layout(const struct lt_header *header, uint64_t n, const uint64_t *bytes,
		    size_t start[LT_MAX_COLUMNS], size_t *total);

/*
 * How a tensor is cut along axis 0: slices a part (the last may hold fewer),
 * parts, and bytes a slice.  A scalar is one slice.  False on overflow.
 */
struct lt_cut {
	uint64_t slices, per_part, parts;
	size_t slice_bytes;
};
bool lt_tensor_cut(enum lt_dtype dtype, const struct lt_shape *shape, struct lt_cut *cut);

/* A column that holds labels: one integer a row. */
bool lt_column_is_integer(const struct lt_column *column);
int64_t lt_integer_at(enum lt_dtype dtype, const void *cells, size_t i);

/* The header's map.  Reading needs a checked cursor and an initialised header. */
bool lt_meta_read_header(struct lt_cursor *cursor, struct lt_header *header);
bool lt_meta_read_provenance(struct lt_cursor *cursor, struct lt_header *header);
int lt_meta_write_header(struct lt_pack *pack, const struct lt_header *header,
			 struct lt_error *err);

/* A text of the map, as a C string in the arena; 1 to max bytes long. */
bool lt_meta_name(struct lt_cursor *cursor, struct lt_arena *arena, size_t max,
		  const char **out);
bool lt_meta_shape(struct lt_cursor *cursor, uint64_t least, struct lt_shape *shape);
bool lt_meta_dtype(struct lt_cursor *cursor, enum lt_dtype *dtype);

/* Writes a FAIL frame with this sequence number, and flushes it if possible. */
void lt_output_fail_at(struct lt_output *output, uint64_t seq, const char *prog,
		       const struct lt_error *why);

#endif
