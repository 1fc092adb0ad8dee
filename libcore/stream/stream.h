/*
 * Reading and writing LTS1, the tensor stream between the filters.  The format
 * is lt-stream(5); stream/header.h is the header's structure.
 *
 * A reader returns events in the order of the stream.  Everything it returns points
 * into the reader and is valid until the next call.  It does not trust lengths: it
 * allocates memory as bytes arrive.  Errors are LT_DATA (65) with the name of the
 * input and the byte offset, unless the operating system fails.
 */
#ifndef LT_STREAM_STREAM_H
#define LT_STREAM_STREAM_H

#include "base/team.h"
#include "stream/file_list.h"
#include "stream/header.h"
#include "stream/output.h"

/* CRC-32C (Castagnoli); start with 0 and pass the result to continue. */
uint32_t lt_crc32c(uint32_t crc, const void *bytes, size_t n);
/* The CRC of two concatenated texts from the CRCs of both; n: bytes of the second. */
uint32_t lt_crc32c_join(uint32_t first, uint32_t second, uint64_t n);

/* ------------------------------------------------------------------ reading */

struct lt_reader;

enum lt_event {
	LT_EV_HEADER, /* a segment begins: lt_reader_header */
	LT_EV_ROWS,   /* lt_reader_rows */
	LT_EV_TENSOR, /* a part of a tensor: lt_reader_tensor */
	LT_EV_NOTE,   /* lt_reader_note */
	LT_EV_DONE,   /* the segment is complete: lt_reader_totals */
	LT_EV_END,    /* the stream is complete */
};

struct lt_rows {
	uint64_t at; /* index of the first row in the segment */
	uint32_t n;
	/*
	 * A column's cells, row after row, aligned to 64 bytes.  For LT_BYTES it
	 * points to the bytes, and cell i is bytes offset[i] … offset[i + 1].
	 */
	const void *col[LT_MAX_COLUMNS];
	const uint64_t *offset[LT_MAX_COLUMNS]; /* n + 1 of them, NULL for fixed columns */
};

struct lt_tensor {
	const char *name;
	enum lt_dtype dtype;
	struct lt_shape shape;	/* the whole tensor's */
	uint32_t part, parts;	/* this is part of parts, from 0, cut along axis 0 */
	uint64_t first_element; /* of this part in the whole tensor */
	size_t elements;	/* in this part */
	const void *data;	/* aligned to 64 bytes */
};

/* Row i's cell of a column; *bytes (may be NULL) is its length. */
const void *lt_rows_cell(const struct lt_rows *rows, const struct lt_header *header, int col,
			 uint32_t i, uint64_t *bytes);
/* The same for a scalar integer column of any width (labels, ids). */
int64_t lt_rows_integer(const struct lt_rows *rows, const struct lt_header *header, int col,
			uint32_t i);

/* A value of a note's map. */
struct lt_note_item {
	const char *key;
	enum { LT_NOTE_INT, LT_NOTE_REAL, LT_NOTE_TEXT } type;
	int64_t integer;
	double real;
	const char *text;
};

struct lt_note {
	const struct lt_note_item *item;
	int n;
};

/* The totals of a segment from DONE, and a program's record of an input. */
struct lt_totals {
	uint64_t frames, rows, bytes;
	uint32_t crcs;
	const uint64_t *class_counts; /* n_classes of the header, or NULL */
};

/*
 * Appends the totals of a segment, without class_counts, to a list of *n, which begins as NULL
 * and is freed by lt_free.
 */
int lt_totals_append(struct lt_totals **list, int *n, const struct lt_totals *totals,
		     struct lt_error *err);

/*
 * path NULL or "-": stdin, named "<stdin>".  Opening reads nothing.  LT_USAGE for a
 * terminal; LT_NOINPUT for a directory or a missing file.
 *
 * A path with a range (stream/file_list.h) names the shards of one stream: their segments
 * follow one another as in the output of cat(1), and one file is open at a time.  All must be
 * there when the reader is opened.  Each must be a complete stream, and their segments must
 * have the same kind, columns and classes: LT_DATA naming the file, or the two that differ.
 */
int lt_reader_open(struct lt_reader **out, const char *path, struct lt_error *err);
/* The same for n paths; several must be files. */
int lt_reader_open_list(struct lt_reader **out, const char *const *paths, int n,
			struct lt_error *err);
/* Opens one file of a list alone, such as a shard. */
int lt_reader_open_file(struct lt_reader **out, const struct lt_file_list *list, int file,
			struct lt_error *err);
/* Reads from an open descriptor, which the reader closes. */
int lt_reader_open_fd(struct lt_reader **out, int fd, const char *name, struct lt_error *err);
/*
 * Reads together with the other ranks of a team, each a part of every file, before the first
 * event; NULL: alone.  LT_DATA if the files of the ranks differ in number, size or end.
 */
int lt_reader_share(struct lt_reader *reader, const struct lt_team *team, struct lt_error *err);
/* Raises the limit of a body (LT_MAX_BODY). */
void lt_reader_set_max_body(struct lt_reader *reader, uint64_t bytes);
/* As it was named: with its range, or "FILE and N others".  Lives as long as the reader. */
const char *lt_reader_name(const struct lt_reader *reader);
/* The current frame: its file, valid until the next call of lt_reader_next, and its offset. */
const char *lt_reader_file(const struct lt_reader *reader);
uint64_t lt_reader_offset(const struct lt_reader *reader);
/*
 * The next event.  FAIL frames, unknown critical kinds, damage and truncation
 * are errors; unknown ancillary frames are skipped.  After an error every
 * further call returns the same error.
 */
int lt_reader_next(struct lt_reader *reader, enum lt_event *event, struct lt_error *err);
/* The header of the current segment; valid until the next LT_EV_HEADER. */
const struct lt_header *lt_reader_header(const struct lt_reader *reader);
const struct lt_rows *lt_reader_rows(const struct lt_reader *reader);
const struct lt_tensor *lt_reader_tensor(const struct lt_reader *reader);
const struct lt_note *lt_reader_note(const struct lt_reader *reader);
const struct lt_totals *lt_reader_totals(const struct lt_reader *reader);
/* All bytes of the current frame (used by lt cat --salvage and for copying). */
const void *lt_reader_frame(const struct lt_reader *reader, size_t *size);
/*
 * From now on, copies every frame to the output unchanged after verifying it, including
 * frames without events.
 */
void lt_reader_copy_to(struct lt_reader *reader, struct lt_output *output);
/* NULL is allowed. */
void lt_reader_close(struct lt_reader *reader);

/* ------------------------------------------------------------------ writing */

struct lt_writer;

/* Begins a segment: writes the header.  The header is copied. */
int lt_writer_begin(struct lt_writer **out, struct lt_output *output,
		    const struct lt_header *header, struct lt_error *err);
/* Raises the limit of a body (LT_MAX_BODY), for readers that do the same. */
void lt_writer_set_max_body(struct lt_writer *writer, uint64_t bytes);
/*
 * Appends a row.  cell[c] is the row's cell of column c, in header order;
 * bytes[c] its length where the column is LT_BYTES (bytes may be NULL without
 * such columns).  ROWS frames are cut by size alone, never by calls.
 */
int lt_writer_row(struct lt_writer *writer, const void *const cell[], const uint64_t bytes[],
		  struct lt_error *err);
/*
 * The same, without copying a large cell of column give, which is not LT_BYTES: *given is its
 * memory, from base/memory.h, and equals cell[give].  The writer may keep it; *given is then
 * other memory that has room for such a cell, or NULL.  After a failure *given is the caller's,
 * too.
 */
int lt_writer_row_give(struct lt_writer *writer, const void *const cell[],
		       const uint64_t bytes[], int give, uint8_t **given, struct lt_error *err);
/* Writes a contiguous tensor, cut into parts as the format requires. */
int lt_writer_tensor(struct lt_writer *writer, const char *name, enum lt_dtype dtype,
		     const struct lt_shape *shape, const void *data, struct lt_error *err);
/* Flushes pending rows first, so notes keep their position. */
int lt_writer_note(struct lt_writer *writer, const struct lt_note_item *item, int n,
		   struct lt_error *err);
/* Records a segment that was read: DONE lists rows and crcs in the order of the calls. */
int lt_writer_input(struct lt_writer *writer, const struct lt_totals *totals,
		    struct lt_error *err);
/*
 * Writes DONE, flushes the output and frees the writer.  The output stays open, and
 * another segment may follow.  totals may be NULL; its class_counts are NULL.  On
 * failure the writer is not freed; call lt_writer_fail.
 */
int lt_writer_done(struct lt_writer *writer, struct lt_totals *totals, struct lt_error *err);
/* Writes FAIL at the frame boundary, if possible, and frees.  NULL is allowed. */
void lt_writer_fail(struct lt_writer *writer, const char *prog, const struct lt_error *why);
/* Writes FAIL instead of a header, to an output without an open segment. */
void lt_output_fail(struct lt_output *output, const char *prog, const struct lt_error *why);
/* Writes FAIL where a copy (lt_reader_copy_to) stopped. */
void lt_reader_fail_copy(struct lt_reader *reader, const char *prog,
			 const struct lt_error *why);

#endif
