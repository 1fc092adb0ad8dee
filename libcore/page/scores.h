/*
 * The scores of a model (lt eval --scores), each row reduced to the data that the figures need,
 * about 40 bytes.
 */
#ifndef LT_PAGE_SCORES_H
#define LT_PAGE_SCORES_H

#include "report/metrics.h"
#include "report/more.h"
#include "stream/stream.h"

#define LT_PAGE_LEVEL 0.95	/* of all intervals */
#define LT_PAGE_REPLICATES 1000 /* of the bootstrap behind those of means */

struct lt_page_row {
	int64_t id; /* column id, or the number of the row */
	int32_t label, predicted;
	double confidence; /* of the prediction; NaN if the logits are not finite */
	double nll;
};

/* { 0 } is empty; lt_scores_free makes it empty again. */
struct lt_scores {
	char *name; /* name of the model on the page */
	char *file; /* name of the stream in messages */
	struct lt_header header;
	struct lt_page_row *row;
	size_t n, room;
	float *xy; /* n pairs: column xy of <f4 [2], or NULL */
	size_t xy_room;
	struct lt_metrics *metrics;
	const struct lt_figures *figures; /* set by lt_scores_judge, like the next field */
	const struct lt_more_figures *more;
	struct lt_more *more_owner;
	struct lt_more_options more_options;
};

/*
 * Reads all segments of the files (NULL: stdin), which must form one table.  LT_DATA without
 * logits for a class list.
 */
int lt_scores_read(struct lt_scores *scores, const char *const *paths, int n, const char *name,
		   struct lt_error *err);
void lt_scores_free(struct lt_scores *scores);

/*
 * The figures and their intervals, at LT_PAGE_LEVEL, with differences from another model on the
 * same rows (NULL: none).  LT_DATA if rows (id and label, in order) or classes
 * differ.  Call it once.
 */
int lt_scores_judge(struct lt_scores *scores, const struct lt_scores *other,
		    const struct lt_groups *groups, struct lt_pool *pool, uint64_t seed,
		    struct lt_error *err);

/* A row with a label whose prediction is another class. */
static inline bool lt_row_is_wrong(const struct lt_page_row *row)
{
	return row->label >= 0 && row->predicted >= 0 && row->label != row->predicted;
}

/*
 * The classes sorted by training count, largest first, equal ones by index; without counts by
 * recall, highest first, classes without rows last.
 */
int lt_scores_order(const struct lt_scores *scores, int **order, struct lt_error *err);

#endif
