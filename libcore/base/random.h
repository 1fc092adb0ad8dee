/*
 * Random numbers.
 *
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011) is the generator of all programs but ltsplit.  It has no state: a
 * number is a function of the 64-bit seed (the key) and of four counter words,
 *
 *	[0] draw index  [1] slot  [2] epoch  [3] purpose × 2^16 + view
 *
 * so any thread can compute any number, and a resumed run needs no saved state.
 * The slot is the position in the epoch's sequence of samples (a row drawn 25
 * times by a sampler gets 25 different crops); in data programs it is the row.
 * Each draw index gives four 32-bit words, used in order.
 *
 * MT19937 with numpy's legacy seeding and shuffle is used only by ltsplit, to
 * draw the same subsets as the published code.
 */
#ifndef LT_BASE_RANDOM_H
#define LT_BASE_RANDOM_H

#include <stdint.h>

/* The purpose of a number.  The values affect every result: never renumber. */
enum lt_purpose {
	LT_FOR_INIT = 1,     /* initial weights; slot: parameter number */
	LT_FOR_ORDER = 2,    /* the epoch's order of rows */
	LT_FOR_SAMPLER = 3,  /* draws of a sampler with replacement */
	LT_FOR_AUGMENT = 4,  /* crops, flips, colours; view: which view of the row */
	LT_FOR_ROTATION = 5, /* which way each image of a batch is turned */
	LT_FOR_BN = 6,	     /* shuffled keys of split batch norm */
	LT_FOR_QUEUE = 7,    /* MoCo's initial queue */
	LT_FOR_SYNTH = 8,    /* ltsynth's drawings; slot: row */
	LT_FOR_MIX = 9,	     /* mixing of batches (mixup and the like) */
	LT_FOR_JIGSAW = 10,  /* orders of tiles; view 1: cuts; view 2: the first order */
	LT_FOR_KNN = 11,     /* rows of the kNN report */
	LT_FOR_VAT = 12,     /* directions of perturbations */
	LT_FOR_EMBED = 13,   /* initial t-SNE points; slot: row; view 1: components */
	LT_FOR_THEORY = 16,  /* lttheory; slot: trial; epoch: point; view: sweep */
	LT_FOR_REDRAW = 17,  /* bootstrap of rows; slot: class; epoch: replicate; view 1:
				unlabelled rows */
	LT_FOR_ABC = 18,     /* rows that ABC leaves out; view: which set */
	LT_FOR_COSSL = 19,   /* which features CoSSL blends, and how much */
};

void lt_philox(uint64_t seed, const uint32_t counter[4], uint32_t out[4]);

/* A sequence of draws at one (slot, epoch, purpose, view). */
struct lt_draws {
	uint64_t seed;
	uint32_t counter[4], word[4];
	int used; /* used words of the block; 4: no block yet */
};

struct lt_draws lt_draws_at(uint64_t seed, enum lt_purpose purpose, uint32_t view,
			    uint32_t epoch, uint32_t slot);
uint32_t lt_draw_u32(struct lt_draws *draws);
uint32_t lt_draw_below(struct lt_draws *draws, uint32_t n); /* 0…n-1, unbiased; n ≥ 1 */
double lt_draw_unit(struct lt_draws *draws);		    /* [0, 1), 53 bits, two words */
double lt_draw_between(struct lt_draws *draws, double a, double b); /* a + (b - a) unit */
double lt_draw_normal(struct lt_draws *draws); /* N(0, 1), Box and Muller, four words */
/*
 * Beta(a, a), a > 0, in [0, 1]; both ends occur if a is small.  Uses rejection, which is
 * exact except for rounding, with two units for each attempt: Jöhnk (1964) for a ≤ 1, else
 * Cheng's algorithm BB (Communications of the ACM 21, 1978).
 */
double lt_draw_beta(struct lt_draws *draws, double a);

/* Fisher and Yates from the end, n ≤ 2^32 - 1. */
void lt_draw_permutation(struct lt_draws *draws, uint32_t *index, uint32_t n); /* of 0…n-1 */

struct lt_mt19937 {
	uint32_t state[624];
	int at;
};

void lt_mt_seed(struct lt_mt19937 *mt, uint32_t seed); /* numpy.random.seed(seed) */
uint32_t lt_mt_u32(struct lt_mt19937 *mt);
/* numpy.random.shuffle of n 64-bit indices: from the end, masked rejection. */
void lt_mt_shuffle(struct lt_mt19937 *mt, int64_t *index, uint64_t n);

#endif
