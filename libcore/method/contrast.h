/*
 * Pretext tasks by contrast: a network with a projection head of two layers makes
 * a vector of unit length from a view of an image (recipe moco), and two views
 * of one image shall be nearer to each other than to views of others.
 *
 * moco: momentum contrast, version 2 (He et al. 2020, Chen et al. 2020), on one
 * device and with any batch: paper section 3.5 and methods for small images.
 * With q and k the normalised projections of two views of an image,
 *
 *	l = -log( exp(q·k / T) / (exp(q·k / T) + Σ over the queue exp(q·n / T)) )
 *
 * keys come from a momentum encoder, whose batch norm sees the batch shuffled
 * and in splits.  symmetric: both views are queries once, the two losses added.
 *
 * simclr: two views of each of N images go through the network as one batch of
 * 2N, over all of which batch norm takes its statistics, and every one is
 * contrasted with all others (Chen et al., ICML 2020, section 2.1: NT-Xent).  With
 * u the normalised projections, rows 2i and 2i + 1 the views of image i, and p(j)
 * the other row of j's image,
 *
 *	l_j = -log( exp(u_j·u_p(j) / T) / Σ over k ≠ j exp(u_j·u_k / T) )
 *
 * and the loss of the batch is their mean, which makes it symmetric.
 */
#ifndef LT_METHOD_CONTRAST_H
#define LT_METHOD_CONTRAST_H

#include "base/about.h"
#include "method/pretext.h"

extern const struct lt_about lt_moco_about, lt_simclr_about;

struct lt_moco_config {
	struct lt_network *key_net; /* the momentum encoder: same graph, does not learn */
	int queue;		    /* negatives */
	double key_momentum, temperature;
	int splits; /* of batch norm */
	bool symmetric;
	int knn; /* neighbours of the reported accuracy; 0: no report */
};

/*
 * config->net has an MLP head, and adds up passes back where the loss is symmetric; rows
 * that do not fill a batch are left out, as the authors do.
 */
int lt_moco_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		const struct lt_moco_config *moco, struct lt_error *err);

struct lt_simclr_config {
	double temperature;
	int knn; /* as MoCo's */
};

/* config->net has an MLP head and room for 2 × batch; rows that do not fill a batch are left
 * out.
 */
int lt_simclr_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		  const struct lt_simclr_config *simclr, struct lt_error *err);

/*
 * NT-Xent of one size of batch.  Products are lt_gemm's over ranges of LT_RANGE
 * rows; softmax and sums are taken in double, row after row: results do not
 * depend on the threads.
 */
struct lt_nt_xent {
	int rows, dim; /* rows: 2N */
	double temperature;
	/* Results of the last lt_nt_xent_of. */
	lt_real *grad; /* rows × dim: d(mean of l) / d(projection), through the normalisation */
	double *row_loss; /* rows: l */
	bool *row_right;  /* rows: no row is nearer than the other view */
	/* Its own. */
	lt_real *unit, *length, *similar;
};

/* LT_OS without memory, of which rows × rows numbers are wanted; to be freed in any case. */
int lt_nt_xent_init(struct lt_nt_xent *loss, int rows, int dim, double temperature,
		    struct lt_error *err);
/* projection: rows × dim, of any lengths. */
void lt_nt_xent_of(struct lt_nt_xent *loss, struct lt_pool *pool, const lt_real *projection);
void lt_nt_xent_free(struct lt_nt_xent *loss);

/* ------------------------------------------------------------------- for the tasks */

/*
 * rows vectors of dim numbers to the length 1 that torch.nn.functional.normalize
 * gives them: divided by their length, or by 1e-12 where they are shorter.
 * length: rows of them, or NULL.
 */
void lt_unit_vectors(const lt_real *from, int rows, int dim, lt_real *unit, lt_real *length);

/* In place from d/d(unit) to d/d(from): (g - (g·u) u) / length. */
void lt_unit_back(const lt_real *unit, const lt_real *length, int rows, int dim, lt_real *grad);

/*
 * What the features are worth, by report/knn.h on rows with labels, without
 * augmentation: at most 5000, of which one in five asks and the others answer, so
 * that an epoch stays cheap.  They are drawn with seed 0 whatever the run's is:
 * figures of several runs are of the same rows.  (Evenly spaced rows may all be of
 * a few classes, where rows come class after class in turn.)
 */
struct lt_contrast_knn;

/* *out is NULL where there is nothing to report: knn 0, or under ten rows with labels. */
int lt_contrast_knn_new(struct lt_contrast_knn **out, const struct lt_pretext_config *config,
			int knn, struct lt_error *err);
/* For lt_task.report: the figure knn_accuracy, or none where knn is NULL. */
int lt_contrast_knn_report(struct lt_contrast_knn *knn, struct lt_note_item *item, int *n,
			   struct lt_error *err);
void lt_contrast_knn_free(struct lt_contrast_knn *knn);

#endif
