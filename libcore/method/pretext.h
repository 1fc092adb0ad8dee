/*
 * Pre-training without labels: what the pretext tasks share.  No function here
 * or in the tasks reads a label to learn from it; the kNN figure that the
 * contrastive ones report reads them, and changes no weight.
 *
 * A task is one file and belongs to one of two kinds:
 *
 *	puzzle.h    an image is changed in one of several ways, and a classifier
 *	            says in which: rotation.c, jigsaw.c
 *	contrast.h  two views of an image shall be nearer to each other than to
 *	            views of other images: moco.c, simclr.c
 */
#ifndef LT_METHOD_PRETEXT_H
#define LT_METHOD_PRETEXT_H

#include "data/table.h"
#include "method/batch.h"
#include "method/run.h"

/* How a task learns; networks and table are the caller's and outlive the learner. */
struct lt_pretext_config {
	struct lt_network *net;
	const struct lt_table *table;
	struct lt_norm norm;
	const char *augment;	/* recipe of the views, data/augment.h */
	bool blur;		/* of the recipe moco: with its blur */
	double crop_area;	/* and the least share of the image that a view shows */
	int batch;		/* rows of a step */
	double momentum, decay; /* SGD's */
	uint64_t seed;
	int threads;
};

/* A learner of any task: the first member of the task's own struct. */
struct lt_pretext {
	struct lt_task task;
	struct lt_pretext_config config;
	struct lt_batcher *batcher;
	uint32_t *order; /* the epoch's order of rows */
	int steps;	 /* of an epoch */
	void (*free)(struct lt_pretext *self);
};

/*
 * Whether there are rows enough.  whole: the rows of an epoch that do not fill a
 * batch are left out, and fewer rows than a batch are LT_DATA; otherwise the last
 * batch may be smaller, and no rows at all are LT_DATA.  A learner looks itself; a
 * program that makes large networks looks before it does.
 */
int lt_pretext_check_rows(const struct lt_table *table, int batch, bool whole,
			  struct lt_error *err);

/* How the views are made, of augment, blur and crop_area; LT_USAGE as lt_augment_init. */
int lt_pretext_views(const struct lt_pretext_config *config, struct lt_augment *augment,
		     struct lt_error *err);

/* NULL is allowed. */
void lt_pretext_free(struct lt_pretext *self);

/* ------------------------------------------------------------------- for the tasks */

/*
 * What every learner begins with.  whole: as for lt_pretext_check_rows.  The task
 * fills self->task and self->free before it; after an error self is still to be
 * freed.
 */
int lt_pretext_begin(struct lt_pretext *self, const struct lt_pretext_config *config,
		     bool whole, struct lt_error *err);
/* Frees what lt_pretext_begin took. */
void lt_pretext_end(struct lt_pretext *self);

/* For lt_task.plan, self being the struct lt_pretext: a permutation of the rows for each epoch.
 */
int lt_pretext_plan(void *self, int epoch, int *steps, struct lt_error *err);

/* The rows of a step, seen as they are in view 0. */
struct lt_batch lt_pretext_batch(const struct lt_pretext *self, int epoch, int step);

#endif
