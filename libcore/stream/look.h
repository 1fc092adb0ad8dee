/*
 * One pass over an input for what ltcat prints.  It changes no rows and verifies
 * the stream as far as it reads.
 */
#ifndef LT_STREAM_LOOK_H
#define LT_STREAM_LOOK_H

#include "stream/stream.h"

enum lt_look_for {
	LT_LOOK_CHECK, /* nothing: read to the end */
	LT_LOOK_HEAD,  /* the header and the first rows or tensors, then stop */
	LT_LOOK_HOW,   /* the provenance of the first header, then stop */
	LT_LOOK_JSON,  /* everything as JSON lines */
	LT_LOOK_COUNT, /* add up; lt_look_counts prints */
};

/* Initialise to { 0 } and set the first four fields; sums accumulate over several inputs. */
struct lt_look {
	enum lt_look_for what;
	struct lt_output *output; /* NULL for LT_LOOK_CHECK */
	uint64_t max_body;
	uint64_t limit; /* rows or tensors of each input that LT_LOOK_HEAD shows */

	bool stopped; /* before the end of an input; the rest was not checked */

	uint64_t shown;
	uint64_t segments, rows, tensors, numbers; /* of complete segments */
	struct lt_header classes;		   /* of the first segment of rows */
	char first_name[256];			   /* of its input */
	bool has_classes;
	uint64_t *counts; /* for each of these classes */
};

/* path NULL is stdin. */
int lt_look(struct lt_look *look, const char *path, struct lt_error *err);
/*
 * "rows<TAB>N", then "label<TAB>name<TAB>N" a class, "-1<TAB>-<TAB>N" for rows without a
 * label if there are any; for models "tensors<TAB>N" and "numbers<TAB>N".
 */
int lt_look_counts(const struct lt_look *look, struct lt_error *err);
void lt_look_free(struct lt_look *look);

#endif
