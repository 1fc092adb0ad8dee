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
 * and in splits.  A step is: key network = m key network + (1 - m) network (m:
 * key_momentum; parameters alone, no running statistics); keys of view 1; queries
 * of view 0, and the network learns; the keys replace the oldest of the queue.
 * symmetric: both views are queries once, the two losses added, and the keys of
 * view 1 and then those of view 0 enter the queue.
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
 * A contrastive loss on one size of batch: every row of it against `others` vectors.
 * Products are lt_gemm's over ranges of LT_RANGE rows; softmax and sums are taken in
 * double, row after row: results do not depend on the threads.
 */
struct lt_contrast {
	int rows, dim, others;
	double temperature;
	/* Results of the last lt_info_nce or lt_nt_xent. */
	lt_real *grad; /* rows × dim: d(mean of l) / d(projection), through the normalisation */
	double *row_loss; /* rows: l */
	bool *row_right;  /* rows: none of the others is nearer than the row's own */
	/* Its own. */
	lt_real *unit, *length, *similar;
};

/* LT_OS without memory, of which rows × others numbers are wanted; to be freed in any case. */
int lt_contrast_init(struct lt_contrast *loss, int rows, int dim, int others,
		     double temperature, struct lt_error *err);
void lt_contrast_free(struct lt_contrast *loss);

/*
 * InfoNCE (He et al., CVPR 2020, eq. 1), the l of moco above.  projection: rows × dim,
 * the queries' of any lengths.  key: rows × dim, row i the key of query i, and queue:
 * others × dim; both of unit length, and constants: they get no gradient.
 */
void lt_info_nce(struct lt_contrast *loss, struct lt_pool *pool, const lt_real *projection,
		 const lt_real *key, const lt_real *queue);

/* NT-Xent, the l of simclr above.  rows and others are 2N; projection: rows × dim, of any
 * lengths. */
void lt_nt_xent(struct lt_contrast *loss, struct lt_pool *pool, const lt_real *projection);

/* The keys of the batches before, the negatives of the next one: first in, first out. */
struct lt_key_queue {
	int size, dim;
	lt_real *key; /* size × dim, vectors of unit length */
	int64_t head; /* the row of the oldest, where the next key goes */
};

/*
 * Random directions: row i is normal draws at (seed, LT_FOR_QUEUE, slot i), divided by
 * their length.  LT_OS without memory; to be freed in any case.
 */
int lt_key_queue_init(struct lt_key_queue *queue, int size, int dim, uint64_t seed,
		      struct lt_error *err);
/* n keys (n × dim, of unit length) replace the n oldest, one after another: n may be
 * more than size. */
void lt_key_queue_add(struct lt_key_queue *queue, const lt_real *key, int n);
void lt_key_queue_free(struct lt_key_queue *queue);

/* ------------------------------------------------------------------- for the tasks */

/* Work items of LT_RANGE rows: how many, and the rows of one, of which *first is the first. */
int lt_contrast_items(const struct lt_contrast *loss);
int lt_contrast_range(const struct lt_contrast *loss, int item, int *first);

/* The rows of the last step: their losses, how many are right, their number. */
void lt_contrast_count(const struct lt_contrast *loss, struct lt_meter *meter);

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
