/* Shared by the tests of contrastive losses. */
#ifndef LT_TESTS_CONTRAST_KIT_H
#define LT_TESTS_CONTRAST_KIT_H

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "method/contrast.h"

static inline struct lt_contrast contrast_of(int rows, int dim, int others, double temperature)
{
	struct lt_contrast loss;

	if (lt_contrast_init(&loss, rows, dim, others, temperature, NULL) != 0)
		abort();
	return loss;
}

/*
 * The definition of a loss: the mean loss of projections.  Only the sizes and T of *loss
 * are used.
 */
typedef double mean_loss(const struct lt_contrast *loss, const double *projection);

/* Compares the gradient of the loss at z with central differences of its definition. */
static inline void check_differences(const struct lt_contrast *loss, mean_loss *mean, double *z)
{
	double norm = 0, errors = 0, h = 1e-5;

	for (int i = 0; i < loss->rows * loss->dim; i++) {
		double kept = z[i], up, down, want;

		z[i] = kept + h;
		up = mean(loss, z);
		z[i] = kept - h;
		down = mean(loss, z);
		z[i] = kept;
		want = (up - down) / (2 * h);
		norm += want * want;
		errors += (want - loss->grad[i]) * (want - loss->grad[i]);
	}
	if (!check_named(sqrt(errors) <= 1e-7 * sqrt(norm) + 1e-9, "and its differences"))
		printf("# norm %g, errors %g\n", sqrt(norm), sqrt(errors));
}

static inline bool contrast_is_finite(const struct lt_contrast *loss)
{
	bool finite = true;

	for (int i = 0; i < loss->rows * loss->dim; i++)
		finite = finite && isfinite(loss->grad[i]);
	for (int i = 0; i < loss->rows; i++)
		finite = finite && isfinite(loss->row_loss[i]);
	return finite;
}

static inline bool contrast_is_same(const struct lt_contrast *a, const struct lt_contrast *b)
{
	size_t n = (size_t)a->rows;

	return memcmp(a->grad, b->grad, n * (size_t)a->dim * sizeof *a->grad) == 0 &&
	       memcmp(a->row_loss, b->row_loss, n * sizeof *a->row_loss) == 0 &&
	       memcmp(a->row_right, b->row_right, n * sizeof *a->row_right) == 0;
}

#endif
