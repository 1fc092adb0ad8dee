/*
 * Makes a network's input from rows of a source, in worker threads.  A view is a random draw
 * of the augmentation: the same row, epoch and slot give a different image in another view.
 */
#ifndef LT_METHOD_BATCH_H
#define LT_METHOD_BATCH_H

#include "data/augment.h"
#include "data/source.h"
#include "method/mix.h"
#include "net/network.h"

struct lt_puzzle;  /* puzzle.h */
struct lt_batcher; /* a source, an augmentation, a pool and scratch memory for each worker */

/* source and augment are copied; what they point to and the pool stay owned by the caller. */
int lt_batcher_new(struct lt_batcher **out, const struct lt_source *source,
		   const struct lt_augment *augment, uint64_t seed, struct lt_pool *pool,
		   struct lt_error *err);
void lt_batcher_free(struct lt_batcher *batcher);

struct lt_batch {
	int n;
	const uint32_t *row; /* n rows of the source */
	uint32_t slot;	     /* of the first row: its position in the epoch's sequence */
	int n_next;	     /* of the next batch, if known: */
	const uint32_t *next;
	uint32_t epoch, view;
	const struct lt_augment *augment; /* in place of the batcher's; NULL: that */
	const struct lt_puzzle *puzzle;	  /* changes each image, or NULL */
	const int32_t *label;		  /* n numbers of the puzzle's changes */
	const int *place; /* n positions in the network's batch, or NULL: 0 … n-1 */
	/*
	 * The positions whose images this rank runs (lt_network_share): no others are made, but
	 * for those that are mixed.  NULL: all.
	 */
	const struct lt_share *share;
	struct lt_mix *mix; /* of these n rows (lt_mix_draw); NULL: no mixing */
};

/*
 * Fills a network's input with the images of the batch, height × width × channels numbers
 * each.  A row that cannot be read becomes zeros, and lt_batcher_status reports it.
 */
void lt_batcher_fill(struct lt_batcher *batcher, lt_real *input, const struct lt_batch *batch);

/*
 * 0, or the error of the first batch in which a row could not be read, for its lowest such
 * row.  Like ferror(3), it can be called once after several batches, but before their result
 * is used.  With batch.share, only the rank that makes an image learns of its error; others
 * must not write a result before all have come that far (the run's meet).
 */
int lt_batcher_status(const struct lt_batcher *batcher, struct lt_error *err);

/*
 * Runs the network in LT_EVAL mode over n rows of the source (row NULL: the first n), without
 * augmentation, and calls see with the outputs and features of each row, in order.  The result
 * does not depend on the network's batch size (a multiple of LT_RANGE; a smaller one is used
 * as it is).
 */
typedef void lt_see(void *arg, uint64_t i, const lt_real *output, const lt_real *feature);
int lt_predict(struct lt_network *net, const struct lt_source *source,
	       const struct lt_norm *norm, const uint32_t *row, uint64_t n, lt_see *see,
	       void *arg, struct lt_error *err);

/* A view of rows, instead of the images themselves. */
struct lt_view {
	const char *recipe; /* of data/augment.h */
	uint64_t seed;
	uint32_t number, slot; /* which view; the slot of the first row */
};

/* The same for views of the rows. */
int lt_predict_view(struct lt_network *net, const struct lt_source *source,
		    const struct lt_norm *norm, const struct lt_view *view, const uint32_t *row,
		    uint64_t n, lt_see *see, void *arg, struct lt_error *err);

#endif
