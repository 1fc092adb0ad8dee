/*
 * tau: τ-normalisation, w_c ÷ |w_c|^t without a bias (Kang et al. 2020, section 4).  The norms
 * of a head that was trained on long-tailed rows grow with the counts; t = 0 keeps them (and
 * drops the bias), t = 1 makes them all 1.
 */
#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "method/second_stage.h"

struct lengths {
	const struct lt_classifier *head;
	double *norm;	  /* |w_c| */
	double *factor;	  /* 1 ÷ |w_c|^t */
	double *products; /* w_c·x of every val row */
};

/* A column of zeros is not changed. */
static void set_factors(struct lengths *l, double t)
{
	for (int c = 0; c < l->head->classes; c++)
		l->factor[c] = l->norm[c] > 0 ? lt_pow(l->norm[c], -t) : 1;
}

static void logits(void *arg, double t, uint64_t row, float *z)
{
	struct lengths *l = arg;
	size_t classes = (size_t)l->head->classes;

	if (row == 0)
		set_factors(l, t);
	for (size_t c = 0; c < classes; c++)
		z[c] = (float)(l->products[row * classes + c] * l->factor[c]);
}

static int measure_lengths(struct lengths *l, struct lt_error *err)
{
	size_t classes = (size_t)l->head->classes;

	l->norm = lt_new_array(classes, sizeof *l->norm);
	l->factor = lt_new_array(classes, sizeof *l->factor);
	if (!l->norm || !l->factor)
		return lt_fail_memory(err);
	for (int f = 0; f < l->head->features; f++)
		for (size_t c = 0; c < classes; c++) {
			double w = l->head->weight[(size_t)f * classes + c];

			l->norm[c] += w * w;
		}
	for (size_t c = 0; c < classes; c++)
		l->norm[c] = sqrt(l->norm[c]);
	return 0;
}

/* The products do not depend on t and are computed once. */
static int multiply(struct lengths *l, const struct lt_second_config *config,
		    struct lt_error *err)
{
	const struct lt_features *val = config->val;
	size_t classes = (size_t)l->head->classes;
	const float *x[256];

	l->products = lt_new_array(val->n, classes * sizeof *l->products);
	if (!l->products)
		return lt_fail_memory(err);
	for (uint64_t first = 0; first < val->n; first += 256) {
		int n = val->n - first < 256 ? (int)(val->n - first) : 256;

		for (int i = 0; i < n; i++)
			x[i] = val->feature +
			       (first + (uint64_t)i) * (uint64_t)(val->views * val->width);
		lt_classifier_products(l->head, config->pool, x, n,
				       l->products + first * classes);
	}
	return 0;
}

int lt_second_tau(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err)
{
	struct lengths l = {.head = head};
	size_t classes = (size_t)head->classes;
	double t = 0;
	int code = lt_second_want_linear(config, head, "has no lengths to normalise", err);

	if (code == 0 && (code = measure_lengths(&l, err)) == 0 && isnan(config->tau) &&
	    config->val)
		code = multiply(&l, config, err);
	if (code == 0 && (code = lt_second_choose(config, logits, &l, &t, result, err)) == 0) {
		set_factors(&l, t);
		for (int f = 0; f < head->features; f++)
			for (size_t c = 0; c < classes; c++)
				head->weight[(size_t)f * classes + c] *= l.factor[c];
		memset(head->bias, 0, classes * sizeof *head->bias);
	}
	lt_free(l.norm);
	lt_free(l.factor);
	lt_free(l.products);
	return code;
}
