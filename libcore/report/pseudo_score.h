/*
 * The quality of pseudo-labels if the true labels are known: precision and recall
 * of each class among the kept rows.
 *
 *	precision of c = kept rows labelled c whose truth is c ÷ kept rows labelled c
 *	recall of c    = the same ÷ all rows whose truth is c
 */
#ifndef LT_REPORT_PSEUDO_SCORE_H
#define LT_REPORT_PSEUDO_SCORE_H

#include "stream/output.h"

struct lt_pseudo_score; /* counts for each class */

int lt_pseudo_score_new(struct lt_pseudo_score **out, int classes, struct lt_error *err);
/* truth -1: not known; the row counts as irrelevant. */
void lt_pseudo_score_add(struct lt_pseudo_score *score, int truth, int label, bool kept);
/*
 * TSV: "metric class value count" as eval's, with metrics precision, recall,
 * accuracy (overall), kept and irrelevant.  A value that does not exist is "-".
 */
int lt_pseudo_score_write(const struct lt_pseudo_score *score, const char *const *names,
			  struct lt_output *out, struct lt_error *err);
void lt_pseudo_score_free(struct lt_pseudo_score *score);

#endif
