/* Linear classifiers of classes that differ in variance: see theorem2.h. */
#include "theory/theorem2.h"

#include <math.h>

#include "base/elementary.h"
#include "theory/tails.h"

double lt_theorem2_error(const struct lt_theorem2 *m)
{
	return m->p_plus * lt_normal_tails(-m->r).below +
	       (1 - m->p_plus) * lt_normal_tails(m->r / sqrt(m->beta)).below;
}

double lt_theorem2_balanced(const struct lt_theorem2 *m)
{
	struct lt_theorem2 balanced = *m;

	balanced.p_plus = 0.5;
	return lt_theorem2_error(&balanced);
}

double lt_theorem2_best(const struct lt_theorem2 *m)
{
	double gain = lt_log(sqrt(m->beta) * m->p_plus / (1 - m->p_plus));

	return gain > 0 ? sqrt(2 * m->beta / (m->beta - 1) * gain) : 0;
}

void lt_theorem2_trial(const void *theorem2, struct lt_draws *draws, double *values)
{
	const struct lt_theorem2 *m = theorem2;
	double w[LT_THEORY_DIMENSIONS], square = 0;
	int wrong = 0;

	for (uint32_t i = 0; i < m->d; i++) {
		w[i] = lt_draw_normal(draws);
		square += w[i] * w[i];
	}
	for (int row = 0; row < LT_THEOREM2_ROWS; row++) {
		int positive = lt_draw_unit(draws) < m->p_plus;
		double spread = positive ? 1 : sqrt(m->beta), sum = 0;

		for (uint32_t i = 0; i < m->d; i++)
			sum += w[i] * spread * lt_draw_normal(draws);
		wrong += positive != (sum + m->r * sqrt(square) > 0);
	}
	values[0] = (double)wrong / LT_THEOREM2_ROWS;
}
