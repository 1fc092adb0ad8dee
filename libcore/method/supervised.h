/*
 * Supervised learning on long-tailed labels, with any loss and rule, and optionally with
 * pseudo-labelled rows (Yang & Xu 2020, sections 2 and 3) or unlabelled rows (consistency.h).
 *
 * Batch loss: Σ ω_i w_i l_i ÷ Σ ω_i w_i (focal: net/loss.h), with ω_i = omega for
 * pseudo-labelled rows and 1 for given ones.  If the augmentation mixes images, a row counts
 * as correct when the label with the larger share is predicted.
 */
#ifndef LT_METHOD_SUPERVISED_H
#define LT_METHOD_SUPERVISED_H

#include "base/about.h"
#include "data/table.h"
#include "method/balance.h"
#include "method/consistency.h"
#include "method/run.h"
#include "method/validation.h"

/* Learning from pseudo-labelled rows. */
extern const struct lt_about lt_self_training_about;

struct lt_supervised_config {
	struct lt_network *net;
	const struct lt_table *table; /* labelled rows, followed by pseudo-labelled ones, or by
					 unlabelled ones whose labels are not read */
	uint64_t n_given;
	double omega;
	const uint64_t *loss_counts; /* rows of each class, as losses and samplers count them */
	struct lt_balance balance;   /* loss and rule */
	const char *augment;	     /* a list, data/augment.h */
	double mix_alpha, mix_probability, kappa, tau; /* for mixing: method/mix.h */
	struct lt_norm norm;
	int batch, epochs;
	double momentum, decay;
	uint64_t seed;
	const struct lt_table *val; /* NULL: none */
	enum lt_keep keep;	    /* which epoch to keep, by val */

	struct lt_consistency_settings consistency;
	struct lt_network *teacher; /* if the method has one: it becomes the model */
};

struct lt_supervised;

int lt_supervised_new(struct lt_supervised **out, const struct lt_supervised_config *config,
		      struct lt_error *err);
const struct lt_task *lt_supervised_task(struct lt_supervised *learner);
int lt_supervised_steps(const struct lt_supervised *learner); /* of an epoch */
/*
 * After training: copies the weights of the model (the teacher's, if there is one) into the
 * network, those of the best or the last epoch according to keep.  Returns this epoch.
 */
int lt_supervised_take(struct lt_supervised *learner);
void lt_supervised_free(struct lt_supervised *learner);

#endif
