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
 */
#ifndef LT_METHOD_CONTRAST_H
#define LT_METHOD_CONTRAST_H

#include "method/pretext.h"

struct lt_moco_config {
	struct lt_network *key_net; /* the momentum encoder: same graph, does not learn */
	int queue;		    /* negatives */
	double key_momentum, temperature;
	int splits; /* of batch norm */
	bool symmetric;
	int knn; /* neighbours of the reported accuracy; 0: no report */
};

/* config->net has an MLP head; rows that do not fill a batch are left out, as the authors do.
 */
int lt_moco_new(struct lt_pretext **out, const struct lt_pretext_config *config,
		const struct lt_moco_config *moco, struct lt_error *err);

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
 * augmentation: at most 5000 evenly spaced ones, of which every fifth asks and
 * the others answer, so that an epoch stays cheap.
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
