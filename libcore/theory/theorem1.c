/* The literal Bernoulli model: see theorem1.h. */
#include "theory/theorem1.h"

#include <math.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "theory/tails.h"

#define WEIGHT_LEAST 1e-20
#define TERMS_MOST 4194304.0

double lt_theorem1_centre(const struct lt_theorem1 *model)
{
	return (model->mu1 + model->mu2) / 2 +
	       (model->p - model->q) * (model->mu1 - model->mu2) / 2;
}

double lt_theorem1_bound(const struct lt_theorem1 *model)
{
	double plus = model->n_plus, minus = model->n_minus, gap = model->mu1 - model->mu2;
	double square = model->delta * model->delta;

	return 2 * lt_exp(-2 * square / (9 * model->sigma * model->sigma) *
			  (plus * minus / (plus + minus))) +
	       2 * lt_exp(-8 * plus * square / (9 * gap * gap)) +
	       2 * lt_exp(-8 * minus * square / (9 * gap * gap));
}

/* Weights of k = first … last of a binomial, which sum to 1. */
struct binomial {
	double *weight; /* n + 1, of which those of first to last are set */
	uint32_t first, last;
};

/* From the mode by the ratio of neighbours, until what is left does not matter. */
static int binomial_weights(struct binomial *out, uint32_t n, double p, struct lt_error *err)
{
	double odds = p / (1 - p), sum = 1, mode = floor(((double)n + 1) * p);
	uint32_t middle = mode < n ? (uint32_t)mode : n, k;

	out->weight = lt_new_array((size_t)n + 1, sizeof *out->weight);
	if (!out->weight)
		return lt_fail_memory(err);
	out->first = out->last = middle;
	out->weight[middle] = 1;
	for (k = middle; p < 1 && k < n && out->weight[k] > WEIGHT_LEAST; k++) {
		out->weight[k + 1] = out->weight[k] * odds * (n - k) / (k + 1);
		sum += out->weight[out->last = k + 1];
	}
	for (k = middle; p < 1 && k > 0 && out->weight[k] > WEIGHT_LEAST; k--) {
		out->weight[k - 1] = out->weight[k] / odds * k / (n - k + 1);
		sum += out->weight[out->first = k - 1];
	}
	for (k = out->first; k <= out->last; k++)
		out->weight[k] /= sum;
	return 0;
}

static double sum_of_tails(const struct lt_theorem1 *model, const struct binomial *plus,
			   const struct binomial *minus)
{
	double half = (model->mu1 - model->mu2) / 2, sum = 0;
	double spread = model->sigma / 2 * sqrt(1.0 / model->n_plus + 1.0 / model->n_minus);

	for (uint32_t i = plus->first; i <= plus->last; i++) {
		double right = (double)i / model->n_plus - model->p, inner = 0;

		for (uint32_t j = minus->first; j <= minus->last; j++) {
			double shift = half * (right - ((double)j / model->n_minus - model->q));

			inner += minus->weight[j] *
				 (lt_normal_tails((model->delta - shift) / spread).above +
				  lt_normal_tails((-model->delta - shift) / spread).below);
		}
		sum += plus->weight[i] * inner;
	}
	return sum;
}

int lt_theorem1_exact(const struct lt_theorem1 *model, double *out, struct lt_error *err)
{
	struct binomial plus = {0}, minus = {0};
	int code = binomial_weights(&plus, model->n_plus, model->p, err);

	if (code == 0)
		code = binomial_weights(&minus, model->n_minus, model->q, err);
	if (code == 0) {
		double terms = ((double)plus.last - plus.first + 1) *
			       ((double)minus.last - minus.first + 1);

		*out = terms <= TERMS_MOST ? sum_of_tails(model, &plus, &minus) : NAN;
	}
	lt_free(plus.weight);
	lt_free(minus.weight);
	return code;
}

/* The mean of n points, each from N(own, sigma²) with probability `right`, else the other. */
static double mean_of(struct lt_draws *draws, uint32_t n, double right, double own,
		      double other, double sigma)
{
	double sum = 0;

	for (uint32_t i = 0; i < n; i++) {
		double mu = lt_draw_unit(draws) < right ? own : other;

		sum += mu + sigma * lt_draw_normal(draws);
	}
	return sum / n;
}

void lt_theorem1_trial(const void *theorem1, struct lt_draws *draws, double *values)
{
	const struct lt_theorem1 *m = theorem1;
	double plus = mean_of(draws, m->n_plus, m->p, m->mu1, m->mu2, m->sigma);
	double minus = mean_of(draws, m->n_minus, m->q, m->mu2, m->mu1, m->sigma);
	double theta = (plus + minus) / 2;

	values[LT_LITERAL_THETA] = theta;
	values[LT_LITERAL_FAILED] = !(fabs(theta - lt_theorem1_centre(m)) <= m->delta);
}
