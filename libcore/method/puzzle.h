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
 */
#ifndef LT_METHOD_PUZZLE_H
#define LT_METHOD_PUZZLE_H

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
	lt_change *change;
	const void *self; /* what it reads, if anything; outlives the learner */
};

/* The tasks: each looks whether it can change the table's images (LT_DATA). */
int lt_rotation(struct lt_puzzle *puzzle, const struct lt_table *table, struct lt_error *err);

/* The labels of a step's n rows: 0, 1, … classes - 1, 0, 1, … in a random order. */
void lt_puzzle_labels(const struct lt_puzzle *puzzle, uint64_t seed,
		      const struct lt_batch *batch, uint32_t *shuffle, int32_t *label);

/* A learner; config->net has a linear head of puzzle->classes.  The puzzle is copied. */
int lt_puzzle_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		  const struct lt_puzzle *puzzle, struct lt_error *err);

#endif
