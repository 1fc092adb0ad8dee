/*
 * Supervised learning on long-tailed labels, with any loss and rule, and with
 * pseudo-labelled rows among the given ones (Yang & Xu 2020, sections 2 and 3;
 * paper section 3.3 for the recipe).
 *
 * Batch loss: Σ ω_i w_i l_i ÷ Σ ω_i w_i (focal: net/loss.h), with ω_i = omega for
 * pseudo-labelled rows and 1 for given ones.  Where the augmentation mixes
 * images, a row counts as right when the label with the larger share is
 * predicted.
 */
#ifndef LT_METHOD_SUPERVISED_H
#define LT_METHOD_SUPERVISED_H

#include "data/table.h"
#include "method/balance.h"
#include "method/run.h"

struct lt_supervised_config {
	struct lt_network *net;
	const struct lt_table
		*table; /* given rows first, then pseudo-labelled ones; all have labels */
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
};

struct lt_supervised;

int lt_supervised_new(struct lt_supervised **out, const struct lt_supervised_config *config,
		      struct lt_error *err);
const struct lt_task *lt_supervised_task(struct lt_supervised *learner);
/* After training with keep_best: puts the best epoch's weights into the network, returns that
 * epoch. */
int lt_supervised_take_best(struct lt_supervised *learner);
void lt_supervised_free(struct lt_supervised *learner);

#endif
