/*
 * Pretext tasks in which every image is changed in one of several ways and a
 * linear head says in which: the way is its label, and the loss of a batch is the
 * mean cross-entropy.  Images are cropped and flipped at random as in
 * supervised learning (recipe crop-flip), and changed then.  A task is one file that fills a
 * struct lt_puzzle.
 *
 * rotation: turned counter-clockwise by 0, 90, 180 or 270 degrees (Gidaris et
 * al., ICLR 2018; one turn of an image a step, in balance over the batch, as the
 * authors use it: paper section 3.4).
 *
 * jigsaw: cut into g × g tiles of one size, which are put back in another order as
 * one image (Noroozi & Favaro, ECCV 2016; Yang & Xu's settings for small images
 * are not known, so sizes are our own choice).  A cell is ⌊side / g⌋ pixels a
 * side, and the g × g cells lie in the middle of the image, the odd pixel below
 * and right.  The tile that is put at place k, counted row by row, is that of
 * cell order[k].
 *
 *	g 2  A tile is a cell.  All 24 orders, in lexicographic order.
 *	g 3  A tile is a pixel less than a cell on either side, and cut from it at
 *	     random: below(2) down, then below(2) right, for one place after
 *	     another; it is put at its place's upper left corner.  So edges do not
 *	     give neighbours away.  100 of the 362880 orders: the first is drawn,
 *	     with seed 0 whatever the run's is; the next is always the one whose
 *	     smallest Hamming distance from those before it is largest, among
 *	     equals the one with the largest sum of these distances, and then the
 *	     first in lexicographic order.  Any two then differ in 6 places or
 *	     more, 8.08 on average.  (The sum alone, as published, lets some
 *	     differ in 2.)
 *
 * What no tile covers is 0, which is the mean colour.
 */
#ifndef LT_METHOD_PUZZLE_H
#define LT_METHOD_PUZZLE_H

#include "base/about.h"
#include "base/random.h"
#include "method/pretext.h"

/*
 * Makes the change numbered label of an augmented image, height × width ×
 * channels, into out, which is of the same size and other memory.  draws are the
 * image's own at this place of the run.  Called on several threads at once.
 */
typedef void lt_change(const void *self, const float *in, int height, int width, int channels,
		       int label, struct lt_draws *draws, float *out);

struct lt_puzzle {
	int classes;		 /* changes, of equal probability */
	const char *accuracy;	 /* key of the figure in notes and log */
	enum lt_purpose purpose; /* of draws: view 0: labels; view 1: of a change */
	/* Whether a batch's classes begin where the batch before ended, so that all of them
	 * come even where a batch has fewer rows than there are; else with class 0. */
	bool goes_on;
	lt_change *change;
	const void *self; /* what it reads, if anything; outlives the learner */
};

extern const struct lt_about lt_rotation_about, lt_jigsaw_about;

/* The tasks: each looks whether it can change the table's images (LT_DATA). */
int lt_rotation(struct lt_puzzle *puzzle, const struct lt_table *table, struct lt_error *err);

enum { LT_JIGSAW_ORDERS = 100, LT_JIGSAW_CELLS = 9 };

struct lt_jigsaw {
	int grid;   /* 2 or 3 cells a side */
	int orders; /* 24 or 100 */
	uint8_t order[LT_JIGSAW_ORDERS][LT_JIGSAW_CELLS];
};

/* Fills *jigsaw, which the puzzle refers to. */
int lt_jigsaw(struct lt_puzzle *puzzle, struct lt_jigsaw *jigsaw, int grid,
	      const struct lt_table *table, struct lt_error *err);

/*
 * The labels of a step's n rows, of `rows` in an epoch: first, first + 1, …
 * classes - 1, 0, 1, … in a random order.  first is 0, or with goes_on the place
 * in the run's sequence of rows.
 */
void lt_puzzle_labels(const struct lt_puzzle *puzzle, uint64_t seed, uint64_t rows,
		      const struct lt_batch *batch, uint32_t *shuffle, int32_t *label);

/* A learner; config->net has a linear head of puzzle->classes.  The puzzle is copied. */
int lt_puzzle_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		  const struct lt_puzzle *puzzle, struct lt_error *err);

#endif
