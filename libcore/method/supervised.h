/*
 * Supervised learning on long-tailed labels, with any loss and rule, and with
 * pseudo-labelled rows among the given ones (Yang & Xu 2020, sections 2 and 3;
 * paper section 3.3 for the recipe), or with unlabelled ones beside them
 * (consistency.h).
 *
 * Batch loss: Σ ω_i w_i l_i ÷ Σ ω_i w_i (focal: net/loss.h), with ω_i = omega for
 * pseudo-labelled rows and 1 for given ones.  Where the augmentation mixes
 * images, a row counts as right when the label with the larger share is
 * predicted.
 */
#ifndef LT_METHOD_SUPERVISED_H
#define LT_METHOD_SUPERVISED_H

#include "base/about.h"
#include "data/table.h"
#include "method/balance.h"
#include "method/consistency.h"
#include "method/run.h"

/* Learning from pseudo-labelled rows. */
extern const struct lt_about lt_self_training_about;

struct lt_supervised_config {
	struct lt_network *net;
	const struct lt_table
		*table; /* given rows first, then pseudo-labelled ones, all with labels; or
			   unlabelled ones, whose labels are not read */
	uint64_t n_given;
	double omega;
	const uint64_t *loss_counts;  /* rows a class that losses and samplers count */
	struct lt_balance balance;    /* loss and rule */
	const char *augment;	      /* a list, data/augment.h */
	double mix_alpha, kappa, tau; /* where it mixes: method/mix.h */
	struct lt_norm norm;
	int batch, epochs;
	double momentum, decay;
	uint64_t seed;
	int threads;
	const struct lt_table *val; /* NULL: none */
	bool keep_best; /* remember the epoch with the best balanced accuracy on val */

	struct lt_consistency_settings consistency;
	struct lt_network *teacher; /* where the method has one: it is the model */
};

struct lt_supervised;

int lt_supervised_new(struct lt_supervised **out, const struct lt_supervised_config *config,
		      struct lt_error *err);
const struct lt_task *lt_supervised_task(struct lt_supervised *learner);
int lt_supervised_steps(const struct lt_supervised *learner); /* of an epoch */
/*
 * After training: puts the weights of the model into the network, the best epoch's
 * with keep_best, else the last one's; of the teacher, where there is one.
 * Returns that epoch.
 */
int lt_supervised_take(struct lt_supervised *learner);
void lt_supervised_free(struct lt_supervised *learner);

#endif
