/*
 * Making a network's input from rows of a table, on the workers: which rows,
 * seen how.  A view is an augmentation's random choice: the same row, epoch and
 * slot give another picture for another view.
 */
#ifndef LT_METHOD_BATCH_H
#define LT_METHOD_BATCH_H

#include "data/augment.h"
#include "data/table.h"
#include "method/mix.h"
#include "net/network.h"

struct lt_puzzle;  /* puzzle.h */
struct lt_batcher; /* a table, an augmentation and scratch memory for each worker */

int lt_batcher_new(struct lt_batcher **out, const struct lt_table *table,
		   const struct lt_augment *augment, uint64_t seed, int threads,
		   struct lt_error *err);
void lt_batcher_free(struct lt_batcher *batcher);

struct lt_batch {
	int n;
	const uint32_t *row; /* n rows of the table */
	uint32_t slot;	     /* of the first: the place in the epoch's sequence */
	uint32_t epoch, view;
	const struct lt_puzzle *puzzle; /* changes each image, or NULL */
	const int32_t *label;		/* n of the puzzle's changes */
	const int *place;   /* n places in the network's batch, or NULL: 0 … n-1 */
	struct lt_mix *mix; /* of these n rows (lt_mix_draw), or NULL: they are not mixed */
};

/* Fills lt_network_input(net). */
void lt_batcher_fill(struct lt_batcher *batcher, struct lt_network *net,
		     const struct lt_batch *batch);

/*
 * Runs the network in LT_EVAL mode over n rows of the table (row NULL: the
 * first n), without augmentation, and gives the outputs and features of each
 * to see, in order.  The bytes do not depend on the network's batch size
 * (a multiple of LT_RANGE; a smaller one is used as it is).
 */
typedef void lt_see(void *arg, uint64_t i, const lt_real *output, const lt_real *feature);
int lt_predict(struct lt_network *net, const struct lt_table *table, const struct lt_norm *norm,
	       const uint32_t *row, uint64_t n, lt_see *see, void *arg, struct lt_error *err);

/* Another way to see rows than as they are. */
struct lt_view {
	const char *recipe; /* of data/augment.h */
	uint64_t seed;
	uint32_t number, slot; /* which view; the slot of the first row */
};

/* The same of the rows' views. */
int lt_predict_view(struct lt_network *net, const struct lt_table *table,
		    const struct lt_norm *norm, const struct lt_view *view, const uint32_t *row,
		    uint64_t n, lt_see *see, void *arg, struct lt_error *err);

#endif
