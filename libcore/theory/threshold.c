/* A threshold as the base classifier: see threshold.h. */
#include "theory/threshold.h"

#include <math.h>

#include "base/elementary.h"
#include "theory/tails.h"
#include "theory/theorem1.h"

/* The prediction of Theorem 1 for these precisions and counts. */
static struct lt_theorem1 as_theorem1(const struct lt_threshold *m, double p, double q,
				      uint32_t n_plus, uint32_t n_minus)
{
	return (struct lt_theorem1){.mu1 = m->mu1,
				    .mu2 = m->mu2,
				    .sigma = m->sigma,
				    .p = p,
				    .q = q,
				    .delta = m->delta,
				    .n_plus = n_plus,
				    .n_minus = n_minus};
}

struct lt_threshold_population lt_threshold_population(const struct lt_threshold *m, double t)
{
	double z1 = (t - m->mu1) / m->sigma, z2 = (t - m->mu2) / m->sigma;
	struct lt_tails one = lt_normal_tails(z1), two = lt_normal_tails(z2);
	double f1 = m->sigma * lt_normal_density(z1), f2 = m->sigma * lt_normal_density(z2);
	double s = m->share, above = s * one.above + (1 - s) * two.above;
	double below = s * one.below + (1 - s) * two.below;
	struct lt_threshold_population out;
	struct lt_theorem1 theorem1;

	out.p = s * one.above / above;
	out.q = (1 - s) * two.below / below;
	out.theta =
		((s * (m->mu1 * one.above + f1) + (1 - s) * (m->mu2 * two.above + f2)) / above +
		 (s * (m->mu1 * one.below - f1) + (1 - s) * (m->mu2 * two.below - f2)) /
			 below) /
		2;
	theorem1 = as_theorem1(m, out.p, out.q, 1, 1);
	out.centre = lt_theorem1_centre(&theorem1);
	return out;
}

static double mean_of(struct lt_draws *draws, uint32_t n, double mu, double sigma)
{
	double sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += mu + sigma * lt_draw_normal(draws);
	return sum / n;
}

static double learn_threshold(const struct lt_threshold *m, struct lt_draws *draws)
{
	double positive, negative;

	if (m->n_plus == 0)
		return m->t;
	positive = mean_of(draws, m->n_plus, m->mu1, m->sigma);
	negative = mean_of(draws, m->n_minus, m->mu2, m->sigma);
	return (positive + negative) / 2 +
	       m->sigma * m->sigma / (m->mu1 - m->mu2) * lt_log((double)m->n_minus / m->n_plus);
}

/* One side of the threshold. */
struct side {
	uint32_t n, right;
	double sum;
};

void lt_threshold_trial(const void *threshold, struct lt_draws *draws, double *values)
{
	const struct lt_threshold *m = threshold;
	double t = values[LT_HONEST_T] = learn_threshold(m, draws), theta;
	struct side plus = {0}, minus = {0};
	struct lt_theorem1 theorem1;

	for (uint32_t i = 0; i < m->n; i++) {
		int positive = lt_draw_unit(draws) < m->share;
		double x = (positive ? m->mu1 : m->mu2) + m->sigma * lt_draw_normal(draws);
		struct side *side = x > t ? &plus : &minus;

		side->n++;
		side->right += positive == (x > t);
		side->sum += x;
	}
	if (plus.n > 0)
		values[LT_HONEST_P] = (double)plus.right / plus.n;
	if (minus.n > 0)
		values[LT_HONEST_Q] = (double)minus.right / minus.n;
	if (plus.n == 0 || minus.n == 0)
		return;
	theta = (plus.sum / plus.n + minus.sum / minus.n) / 2;
	theorem1 = as_theorem1(m, 0, 0, plus.n, minus.n);
	values[LT_HONEST_THETA] = theta;
	values[LT_HONEST_CENTRE] = lt_threshold_population(m, t).centre;
	values[LT_HONEST_FAILED] = !(fabs(theta - values[LT_HONEST_CENTRE]) <= m->delta);
	values[LT_HONEST_BOUND] = lt_theorem1_bound(&theorem1);
}
