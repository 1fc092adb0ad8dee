/*
 * Pretext tasks in which each image is changed in one of several ways and a linear head
 * predicts which: the number of the change is the label, and the loss of a batch is the mean
 * cross-entropy.  Before the change, images are cropped and flipped at random as in supervised
 * learning (recipe crop-flip).  A task is one file that fills a struct lt_puzzle.
 *
 * rotation: rotated counter-clockwise by 0, 90, 180 or 270 degrees (Gidaris et al., ICLR 2018;
 * with one rotation of each image in a step, balanced over the batch, as in the code of Yang &
 * Xu).
 *
 * jigsaw: cut into g × g tiles of the same size, which are shuffled and form one image
 * (Noroozi & Favaro, ECCV 2016; Yang & Xu's settings for small images are not known, so sizes
 * are our own choice).  A cell is ⌊side / g⌋ pixels a side, and the g × g cells are centred in
 * the image, with the odd pixel below and right.  The tile at position k, counted by rows, is
 * that of cell order[k].
 *
 *	g 2  A tile is a cell.  All 24 orders, in lexicographic order.
 *	g 3  A tile is one pixel smaller than a cell in both directions and cut from
 *	     it at random: below(2) down, then below(2) right, position by position;
 *	     it is placed at the upper left corner of its position.  Thus edges do
 *	     not reveal neighbours.  100 of the 362880 orders: the first is drawn,
 *	     with seed 0 whatever the seed of the run is; each further one is the
 *	     order whose smallest Hamming distance from the previous ones is
 *	     largest, then the one with the largest sum of these distances, then the
 *	     first in lexicographic order.  Any two then differ in at least 6
 *	     positions, 8.08 on average.  (The sum alone, as published, lets some
 *	     differ in only 2.)
 *
 * Pixels that no tile covers are 0, which is the mean colour.
 */
#ifndef LT_METHOD_PUZZLE_H
#define LT_METHOD_PUZZLE_H

#include "base/about.h"
#include "base/random.h"
#include "method/pretext.h"

/*
 * Applies change number label to an augmented image, height × width × channels, and writes it
 * to out, which has the same size and does not overlap.  draws are those of the image at this
 * point of the run.  Called by several threads at once.
 */
typedef void lt_change(const void *self, const float *in, int height, int width, int channels,
		       int label, struct lt_draws *draws, float *out);

struct lt_puzzle {
	int classes;		 /* number of changes, all equally probable */
	const char *accuracy;	 /* name of the figure in notes and log */
	enum lt_purpose purpose; /* of draws: view 0: labels; view 1: of a change */
	/*
	 * Whether the classes of a batch continue where those of the previous batch ended, so
	 * that all occur even if a batch has fewer rows than there are classes; otherwise they
	 * start with class 0.
	 */
	bool goes_on;
	lt_change *change;
	const void *self; /* data for change, or NULL; outlives the learner */
};

extern const struct lt_about lt_rotation_about, lt_jigsaw_about;

/* The tasks.  Each checks that it can change the table's images (LT_DATA). */
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
 * The labels of the n rows of a step, with `rows` rows in an epoch: first, first + 1, …
 * classes - 1, 0, 1, … in random order.  first is 0 or, with goes_on, the position in the
 * run's sequence of rows.
 */
void lt_puzzle_labels(const struct lt_puzzle *puzzle, uint64_t seed, uint64_t rows,
		      const struct lt_batch *batch, uint32_t *shuffle, int32_t *label);

/* A learner; config->net has a linear head of puzzle->classes.  The puzzle is copied. */
int lt_puzzle_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		  const struct lt_puzzle *puzzle, struct lt_error *err);

#endif
