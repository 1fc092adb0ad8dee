/*
 * Private to crt and lws: trains a linear head, or one factor for each class, by SGD on
 * batches of features.
 *
 *	crt   z_c = w_c·x + b_c: w and b are trained
 *	lws   z_c = f_c (w_c·x) + b_c: f is trained; with a head_rate also w and b, at
 *	      that fraction of the learning rate
 *
 * scales_bias: f_c (w_c·x + b_c) instead of the latter, as in the published code.
 */
#ifndef LT_METHOD_SECOND_DESCENT_H
#define LT_METHOD_SECOND_DESCENT_H

#include "method/second_stage.h"
#include "net/loss.h"

struct lt_descent {
	const struct lt_second_config *config;
	struct lt_classifier *head;
	int batch; /* rows at most */
	const struct lt_loss *loss;
	struct lt_loss_params params;
	bool scales_bias;
	double *factor; /* NULL: only the head is trained */
	double *factor_grad, *factor_speed;
	double *weight_grad, *weight_speed, *bias_grad,
		*bias_speed; /* NULL if it is not trained */

	/* A batch, filled by the caller. */
	const float **x;
	int32_t *label;
	/* And its results. */
	double *products, *grad, *row_loss;
};

/*
 * counts: rows of each class, for the loss.  Factors start from 1.  Call lt_descent_end even
 * after an error.
 */
int lt_descent_begin(struct lt_descent *d, const struct lt_second_config *config,
		     struct lt_classifier *head, const uint64_t *counts, int batch,
		     bool factors, struct lt_error *err);
/*
 * Performs a step with the first n rows of x and label; returns the batch's loss before this
 * update.
 */
double lt_descent_step(struct lt_descent *d, int n, double rate);
/* LT_FALSE if the sum of an epoch's losses is not finite. */
int lt_descent_check(int epoch, double sum, struct lt_error *err);
/*
 * Checks the weights, since those of the last step are in no loss: LT_FALSE if one is not
 * finite as a float.  Then multiplies the factors into the head.
 */
int lt_descent_finish(struct lt_descent *d, struct lt_error *err);
void lt_descent_end(struct lt_descent *d);

#endif
