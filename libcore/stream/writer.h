/* Shared by writer.c (segments, rows, tensors) and writer_end.c (frames with only a map). */
#ifndef LT_STREAM_WRITER_H
#define LT_STREAM_WRITER_H

#include "stream/frame.h"
#include "stream/stream.h"

struct input_record {
	uint64_t rows;
	uint32_t crcs;
};

/* Large cells of the pending rows, a block each; behind them blocks that are free. */
struct cell_blocks {
	uint8_t **block;
	size_t n, spare, room;
};

struct lt_writer {
	struct lt_output *output;
	struct lt_header header;
	uint64_t max_body;
	bool broken; /* in the middle of a frame: nothing can follow */

	uint64_t frames, rows, bytes;
	uint32_t crcs;
	uint64_t *counts; /* a class, from y; NULL unless kind is rows with classes */
	int y;		  /* its column, or -1 */

	/* The rows of the next frame. */
	uint64_t pending;
	struct lt_buffer cells[LT_MAX_COLUMNS];	   /* of bytes columns: the bytes */
	struct lt_buffer offsets[LT_MAX_COLUMNS];  /* of bytes columns: where each cell ends */
	struct cell_blocks blocks[LT_MAX_COLUMNS]; /* of fixed columns of the largest cells */
	size_t cell_size[LT_MAX_COLUMNS];	   /* of fixed columns */
	uint32_t sum[LT_MAX_COLUMNS];		   /* CRC-32C of cells, of large ones */

	uint32_t crc; /* of the frame being written */
	struct input_record *inputs;
	size_t n_inputs;
};

/* A frame without a body; takes the map's memory. */
int lt_writer_map(struct lt_writer *writer, const char *kind, struct lt_pack *meta,
		  struct lt_error *err);
int lt_writer_flush_rows(struct lt_writer *writer, struct lt_error *err);
void lt_writer_free(struct lt_writer *writer);

#endif
