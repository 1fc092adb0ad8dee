/*
 * Contrastive pretext tasks: a network with a projection head of two layers maps a view of an
 * image (recipe moco) to a vector of unit length, and two views of an image should be closer
 * to each other than to views of other images.
 *
 * moco: momentum contrast, version 2 (He et al. 2020, Chen et al. 2020), on one device and
 * with any batch size.  With q and k the normalised projections of two views of an image,
 *
 *	l = -log( exp(q·k / T) / (exp(q·k / T) + Σ over the queue exp(q·n / T)) )
 *
 * Keys are computed by a momentum encoder, whose batch norm works on the batch shuffled and in
 * splits.  A step is: key network = m key network + (1 - m) network (m: key_momentum;
 * parameters only, no running statistics); compute the keys of view 1 and the queries of view
 * 0; train the network; replace the oldest keys of the queue.  symmetric: both views are used
 * as queries, the two losses are added, and the keys of view 1 and then those of view 0 enter
 * the queue.
 *
 * simclr: two views of each of N images pass through the network as one batch of 2N, over
 * which batch norm takes its statistics, and each is contrasted with all others (Chen et al.,
 * ICML 2020, section 2.1: NT-Xent).  With u the normalised projections, rows 2i and 2i + 1 the
 * views of image i, and p(j) the other row of the image of row j,
 *
 *	l_j = -log( exp(u_j·u_p(j) / T) / Σ over k ≠ j exp(u_j·u_k / T) )
 *
 * and the loss of the batch is their mean, so it is symmetric.
 */
#ifndef LT_METHOD_CONTRAST_H
#define LT_METHOD_CONTRAST_H

#include "base/about.h"
#include "method/pretext.h"

extern const struct lt_about lt_moco_about, lt_simclr_about;

struct lt_moco_config {
	struct lt_network *key_net; /* the momentum encoder: same graph, not trained */
	int queue;		    /* negatives */
	double key_momentum, temperature;
	int splits; /* of batch norm */
	bool symmetric;
	int knn; /* neighbours of the reported accuracy; 0: no report */
};

/*
 * config->net has an MLP head and accumulates backward passes if the loss is symmetric.  Rows
 * that do not fill a batch are left out, as in the authors' code.
 */
int lt_moco_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		const struct lt_moco_config *moco, struct lt_error *err);

struct lt_simclr_config {
	double temperature;
	int knn; /* as MoCo's */
};

/*
 * config->net has an MLP head and room for 2 × batch images.  Rows that do not fill a batch
 * are left out.
 */
int lt_simclr_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		  const struct lt_simclr_config *simclr, struct lt_error *err);

/*
 * A contrastive loss for a fixed batch size: each row is compared with `others` vectors.
 * Products use lt_gemm on ranges of LT_RANGE rows; softmax and sums are computed in double,
 * row by row, so results do not depend on the threads.
 */
struct lt_contrast {
	int rows, dim, others;
	double temperature;
	/* Results of the last lt_info_nce or lt_nt_xent. */
	lt_real *grad; /* rows × dim: d(mean of l) / d(projection), through the normalisation */
	double *row_loss; /* rows: l */
	bool *row_right;  /* rows: none of the others is closer than the row's own */
	/* Its own. */
	lt_real *unit, *length, *similar;
};

/* LT_OS if there is no memory for rows × others numbers.  Always free it. */
int lt_contrast_init(struct lt_contrast *loss, int rows, int dim, int others,
		     double temperature, struct lt_error *err);
void lt_contrast_free(struct lt_contrast *loss);

/*
 * InfoNCE (He et al., CVPR 2020, eq. 1), the l of moco above.  projection: rows × dim, queries
 * of any length.  key: rows × dim, row i is the key of query i; queue: others × dim.  Both
 * have unit length and are constants without a gradient.
 */
void lt_info_nce(struct lt_contrast *loss, struct lt_pool *pool, const lt_real *projection,
		 const lt_real *key, const lt_real *queue);

/*
 * NT-Xent, the l of simclr above.  rows and others are 2N; projection: rows × dim, of any
 * length.
 */
void lt_nt_xent(struct lt_contrast *loss, struct lt_pool *pool, const lt_real *projection);

/*
 * The keys of previous batches, which are the negatives of the next one: first in, first out.
 */
struct lt_key_queue {
	int size, dim;
	lt_real *key; /* size × dim, vectors of unit length */
	int64_t head; /* the row of the oldest key, replaced by the next one */
};

/*
 * Fills the queue with random directions: row i is normal draws at (seed, LT_FOR_QUEUE, slot
 * i), divided by their length.  LT_OS without memory.  Always free it.
 */
int lt_key_queue_init(struct lt_key_queue *queue, int size, int dim, uint64_t seed,
		      struct lt_error *err);
/*
 * Replaces the n oldest keys by n new ones (n × dim, of unit length), in order; n can exceed
 * size.
 */
void lt_key_queue_add(struct lt_key_queue *queue, const lt_real *key, int n);
void lt_key_queue_free(struct lt_key_queue *queue);

/* ------------------------------------------------------------------- for the tasks */

/*
 * Work items of LT_RANGE rows: their number, and the number of rows of one, with its first
 * row.
 */
int lt_contrast_items(const struct lt_contrast *loss);
int lt_contrast_range(const struct lt_contrast *loss, int item, int *first);

/*
 * Adds the rows of the last step to the meter: their losses, the number that are right, their
 * number.
 */
void lt_contrast_count(const struct lt_contrast *loss, struct lt_meter *meter);

/*
 * Normalises vectors of dim numbers to length 1 as torch.nn.functional.normalize does: divides
 * them by their length, or by 1e-12 if they are shorter.  length: of each row, or NULL.
 */
void lt_unit_vectors(const lt_real *from, int rows, int dim, lt_real *unit, lt_real *length);

/* Converts the gradient in place from d/d(unit) to d/d(from): (g - (g·u) u) / length. */
void lt_unit_back(const lt_real *unit, const lt_real *length, int rows, int dim, lt_real *grad);

/*
 * Measures the quality of the features by nearest neighbours (report/knn.h) on rows with
 * labels, without augmentation.  It uses at most 5000 rows, so that it is cheap: one in
 * five is classified by the others.  They are drawn with seed 0 whatever the seed of the run
 * is, so the figures of several runs are of the same rows.  (Evenly spaced rows could all be
 * of a few classes if the classes alternate.)
 */
struct lt_contrast_knn;

/* *out is NULL if there is nothing to report: knn is 0, or fewer than ten rows have labels. */
int lt_contrast_knn_new(struct lt_contrast_knn **out, const struct lt_pretext_config *config,
			int knn, struct lt_error *err);
/* For lt_task.report: adds the figure knn_accuracy, or nothing if knn is NULL. */
int lt_contrast_knn_report(struct lt_contrast_knn *knn, struct lt_note_item *item, int *n,
			   struct lt_error *err);
void lt_contrast_knn_free(struct lt_contrast_knn *knn);

#endif
