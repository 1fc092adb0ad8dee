/*
 * Mixing the images of a batch, and their labels.
 *
 * Each row a of a batch is mixed with the row b that a random permutation of the batch assigns
 * to it (sometimes itself), with one l ~ Beta(alpha, alpha) for the batch:
 *
 *	mixup   x = l x_a + (1 - l) x_b, and label a has share l (Zhang et al.,
 *	        ICLR 2018)
 *	remix   images as mixup; with n_a and n_b the classes' counts, label a has
 *	        share 0 where n_a ≥ kappa n_b and l < tau, share 1 where n_b ≥ kappa
 *	        n_a and 1 - l < tau, else l (Chou et al., ECCV workshops 2020, eq. 10)
 *	cutmix  x is x_a but for a box of ⌊height √(1 - l)⌋ × ⌊width √(1 - l)⌋ pixels,
 *	        an odd number made even by one pixel less, as in the authors' code,
 *	        around a uniform centre, clipped at the border, which shows x_b; label
 *	        a has the share of the pixels that x_a keeps (Yun et al., ICCV 2019)
 *
 * x_a and x_b are images after the augmentation of single images.  net/loss.h describes the
 * loss of a mixed row.  A batch is mixed with a given probability; otherwise each row is its
 * own second one, and l = 1.  Draws are at purpose LT_FOR_MIX, the epoch and the batch's first
 * slot, and mixing depends on nothing else: if the probability is below 1, a unit draw that
 * decides whether to mix; l; the permutation; for cutmix, the centre (lt_box_draw).
 */
#ifndef LT_METHOD_MIX_H
#define LT_METHOD_MIX_H

#include "data/augment.h"
#include "kernel/real.h"
#include "net/loss.h"

struct lt_mix_config {
	enum lt_mixing mixing;	/* not LT_MIX_NONE */
	double alpha;		/* > 0 */
	double probability;	/* that a batch is mixed */
	double kappa, tau;	/* remix: kappa ≥ 1 */
	const uint64_t *counts; /* remix: rows of each class; owned by the caller */
	uint64_t seed;
	int batch, classes; /* rows at most */
	int height, width, channels;
};

struct lt_mix {
	struct lt_mix_config config;
	size_t values;	 /* of an image */
	lt_real *image;	 /* the batch before mixing, to be filled by the caller */
	uint32_t *other; /* row i is mixed with row other[i] */
	double kept;	 /* l; cutmix: the share of pixels outside the box */
	struct lt_box box;
	struct lt_loss_second second;
	int32_t *label; /* second's */
	double *sample_weight, *share;
};

int lt_mix_new(struct lt_mix **out, const struct lt_mix_config *config, struct lt_error *err);
void lt_mix_free(struct lt_mix *mix);

/*
 * Draws the mixing of a batch of n rows whose first has this slot: sets other, kept and box.
 */
void lt_mix_draw(struct lt_mix *mix, uint32_t epoch, uint32_t slot, int n);
/* Then makes the mixed image i of the batch.  Can be called by several threads at once. */
void lt_mix_image(const struct lt_mix *mix, int i, lt_real *to);
/* And makes the second labels from the n first labels and their ω, for lt_loss_of_mixed. */
const struct lt_loss_second *lt_mix_labels(struct lt_mix *mix, int n, const int32_t *label,
					   const double *sample_weight);

/* Remix's share of label a, from l and the two classes' counts. */
double lt_remix_share(double l, uint64_t n_a, uint64_t n_b, double kappa, double tau);

#endif
