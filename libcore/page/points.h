/* Points in the plane for the rows of scores (lt tsne). */
#ifndef LT_PAGE_POINTS_H
#define LT_PAGE_POINTS_H

#include "page/figure.h"

/* Points from the column xy of the scores. */
int lt_points_own(struct lt_points *points, const struct lt_scores *scores,
		  struct lt_error *err);
/*
 * Points from a stream with columns xy (<f4 [2]) and id, or with rows in the same order.  Rows
 * that are not in the scores are ignored.  LT_DATA if there are no others.
 */
int lt_points_read(struct lt_points *points, const char *path, const struct lt_scores *scores,
		   struct lt_error *err);
void lt_points_free(struct lt_points *points);

#endif
