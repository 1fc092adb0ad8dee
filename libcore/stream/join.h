/*
 * Several streams of rows read as one table: every operand of ltcat, every file of a
 * range in it (stream/file_list.h), every segment of each, in order.  Columns and classes
 * must agree.
 */
#ifndef LT_STREAM_JOIN_H
#define LT_STREAM_JOIN_H

#include "stream/stream.h"

/* Called for each complete segment, in order. */
typedef int lt_join_segment(void *arg, const struct lt_totals *totals, struct lt_error *err);

/* Opens file i of a join, from its beginning each time. */
typedef int lt_join_opener(void *arg, struct lt_reader **out, int i, struct lt_error *err);

struct lt_join {
	struct lt_file_list files;
	struct lt_reader **reader; /* of each file; NULL before and after it is read */
	struct lt_header *header;  /* n_headers of them; that of files 0 first */
	int n_headers;
	int *header_of; /* of each file: which of them */
	int n, at;	/* n: files.n */
	uint64_t max_body;
	lt_join_opener *opener; /* NULL: by name */
	void *opener_arg;
	uint64_t rows;	/* given before the current frame */
	uint64_t given; /* rows of the current frame */
	lt_join_segment *done;
	void *arg;
};

/*
 * Opens all inputs and reads the first header of each, to detect differences
 * before anything is written.  Segments of models are errors.  A NULL path is
 * stdin.  On failure the join is closed.
 *
 * A file after the first is closed again until its turn, so any number of files needs
 * one descriptor.  Pipes and devices stay open.
 */
int lt_join_open(struct lt_join *join, const char *const *paths, int n, uint64_t max_body,
		 struct lt_error *err);
/* The same for a list of files, which the join takes over, after a failure too. */
int lt_join_open_files(struct lt_join *join, struct lt_file_list *files, lt_join_opener *opener,
		       void *arg, uint64_t max_body, struct lt_error *err);
/* The name of file i for messages: "<stdin>" or its path. */
const char *lt_join_name(const struct lt_join *join, int i);
/*
 * The first header of file i; equal to header[0] in columns and classes, and of the file in
 * its provenance.  Other contents may be those of an earlier file.
 */
const struct lt_header *lt_join_header(const struct lt_join *join, int i);
/* The next frame of rows; *rows is NULL at the end. */
int lt_join_next(struct lt_join *join, const struct lt_rows **rows, struct lt_error *err);

/* Rows first … end - 1, counted over all inputs. */
struct lt_slice {
	uint64_t first, end;
};

/* "A:B", "A:" or ":B"; NULL: all.  Else LT_USAGE. */
int lt_slice_parse(struct lt_slice *slice, const char *text, struct lt_error *err);

/* One of n runs of rows of nearly equal lengths, counted from 0. */
struct lt_shard {
	uint64_t k, n;
};

/* "K/N", 0 ≤ K < N ≤ LT_MAX_SHARDS.  Else LT_USAGE. */
int lt_shard_parse(struct lt_shard *shard, const char *text, struct lt_error *err);
/* Its rows, of so many: floor(k rows / n) to floor((k + 1) rows / n) - 1. */
struct lt_slice lt_shard_slice(struct lt_shard shard, uint64_t rows);

/* Processes row i of rows. */
typedef int lt_join_row(void *arg, const struct lt_rows *rows, uint32_t i,
			struct lt_error *err);

/* Calls act for each row of the slice.  Reads the other rows too, to detect damage. */
int lt_join_each(struct lt_join *join, const struct lt_slice *slice, lt_join_row *act,
		 void *arg, struct lt_error *err);

void lt_join_close(struct lt_join *join);

#endif
