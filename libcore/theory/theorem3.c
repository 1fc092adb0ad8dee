/* A threshold on the squared norm: see theorem3.h. */
#include "theory/theorem3.h"

#include <math.h>

#include "base/elementary.h"
#include "theory/tails.h"

/* So many numbers in (0, 1] have a product above 2^-1008 (each is at least 2^-53). */
#define FACTORS 19

double lt_theorem3_delta_most(double beta)
{
	return (beta - 1) / (beta + 1);
}

double lt_theorem3_error(const struct lt_theorem3 *m, double c)
{
	return m->p_plus * lt_chi_square_tails(c, m->d).above +
	       (1 - m->p_plus) * lt_chi_square_tails(c / m->beta, m->d).below;
}

double lt_theorem3_ideal(const struct lt_theorem3 *m)
{
	return lt_theorem3_error(m, m->d * (1 + m->beta) / 2);
}

double lt_theorem3_bound(const struct lt_theorem3 *m)
{
	double g = m->beta - 1 - (1 + m->beta) * m->delta, d = m->d;
	double positives = m->delta >= (m->beta - 3) / (m->beta + 1) ? lt_exp(-d * g * g / 32)
								     : lt_exp(-d * g / 16);

	return m->p_plus * positives +
	       (1 - m->p_plus) * lt_exp(-d * g * g / (32 * m->beta * m->beta));
}

double lt_theorem3_allowed(const struct lt_theorem3 *m)
{
	double rate = m->d * m->delta * m->delta / 8;

	return 2 * lt_exp(-rate * m->n_minus) + 2 * lt_exp(-rate * m->n_plus);
}

/*
 * Σ |X|² over n draws from N(0, I_d): n d squares of normal numbers.  Two of them are
 * -2 log U together, the squared radius of Box and Muller's method, which needs no angle; and
 * logarithms of a few U are taken at once.
 */
static double sum_of_squares(struct lt_draws *draws, uint32_t n, uint32_t d)
{
	uint64_t numbers = (uint64_t)n * d;
	double sum = 0, product = 1, last;
	int factors = 0;

	for (uint64_t i = 0; i < numbers / 2; i++) {
		product *= 1 - lt_draw_unit(draws); /* never 0 */
		if (++factors == FACTORS) {
			sum -= 2 * lt_log(product);
			product = 1;
			factors = 0;
		}
	}
	sum -= 2 * lt_log(product);
	if (numbers % 2 == 1) {
		last = lt_draw_normal(draws);
		sum += last * last;
	}
	return sum;
}

void lt_theorem3_trial(const void *theorem3, struct lt_draws *draws, double *values)
{
	const struct lt_theorem3 *m = theorem3;
	double positive = sum_of_squares(draws, m->n_plus, m->d) / m->n_plus;
	double negative = m->beta * sum_of_squares(draws, m->n_minus, m->d) / m->n_minus;
	double c = (positive + negative) / 2;

	values[LT_NORM_ERROR] = lt_theorem3_error(m, c);
	values[LT_NORM_EXCEEDED] = !(values[LT_NORM_ERROR] <= lt_theorem3_bound(m));
	values[LT_NORM_CUT] = c / m->d;
}
