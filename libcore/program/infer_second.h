/*
 * A second model for the same stream of rows (eval --against).  It processes the same frames
 * as the first one in the same pass, so the rows can come from a pipe.
 */
#ifndef LT_PROGRAM_INFER_SECOND_H
#define LT_PROGRAM_INFER_SECOND_H

#include "program/infer.h"

struct lt_second {
	struct lt_infer infer; /* its learn is that of the first */
	bool is;	       /* there is one */
};

/*
 * Reads the model, after lt_infer_begin of the first.  Start with { 0 }, and always call
 * lt_second_end, before lt_infer_end of the first.
 */
int lt_second_read(struct lt_second *second, struct lt_infer *first, const char *path,
		   struct lt_error *err);
/*
 * To be called after the first row segment's header.  LT_USAGE if it holds scores, which a
 * second model cannot use; LT_DATA if the models differ in classes or, except for encoded
 * pictures, in input size.
 */
int lt_second_fit(struct lt_second *second, const struct lt_infer *first, struct lt_error *err);
/*
 * To be called with each frame of the first: the logits of its rows, n × classes, valid until
 * the next call.
 */
int lt_second_logits(struct lt_second *second, const struct lt_infer *first,
		     const float **logits, struct lt_error *err);
void lt_second_end(struct lt_second *second);

#endif
