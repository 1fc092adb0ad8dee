/*
 * Pre-training without labels.  No function here reads a label to learn from
 * it; the kNN figure that MoCo reports reads them, and changes no weight.
 *
 * rotation: every image of a batch is turned by 0, 90, 180 or 270 degrees, the
 * four in balance, and a four-way head says which (Gidaris et al. 2018, as the
 * authors use it: paper section 3.4).
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
#ifndef LT_METHOD_PRETEXT_H
#define LT_METHOD_PRETEXT_H

#include "data/table.h"
#include "method/run.h"

struct lt_pretext_config {
	struct lt_network *net; /* rotation: a linear head of 4; moco: an MLP head */
	const struct lt_table *table;
	struct lt_norm norm;
	const char *augment;
	int batch;
	double momentum, decay; /* SGD's */
	uint64_t seed;
	int threads;
	/* moco */
	struct lt_network *key_net; /* the momentum encoder: same graph, does not learn */
	int queue;		    /* negatives */
	double key_momentum, temperature;
	double crop_area; /* least share of the image that a view shows */
	int splits;	  /* of batch norm */
	bool symmetric, blur;
	int knn; /* neighbours of the reported accuracy; 0: no report */
};

enum { LT_ROTATION_TURNS = 4 };

struct lt_rotation;
int lt_rotation_new(struct lt_rotation **out, const struct lt_pretext_config *config,
		    struct lt_error *err);
const struct lt_task *lt_rotation_task(struct lt_rotation *learner);
void lt_rotation_free(struct lt_rotation *learner);

struct lt_moco;
int lt_moco_new(struct lt_moco **out, const struct lt_pretext_config *config,
		struct lt_error *err);
const struct lt_task *lt_moco_task(struct lt_moco *learner);
void lt_moco_free(struct lt_moco *learner);

#endif
