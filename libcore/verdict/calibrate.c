#include "verdict/calibrate.h"

#include "base/elementary.h"
#include "embed/lbfgs.h"

struct fit {
	const struct lt_calibrate *rows;
	double whole;
	double *p;
};

/* p = exp(a z + b), scaled so that the largest is 1; returns their sum. */
static double powers(const double *value, const float *logits, int classes, double *p)
{
	double most = value[0] * (double)logits[0] + value[1], sum = 0;

	for (int c = 0; c < classes; c++) {
		p[c] = value[0] * (double)logits[c] + value[1 + c];
		most = p[c] > most ? p[c] : most;
	}
	for (int c = 0; c < classes; c++)
		sum += p[c] = lt_exp(p[c] - most);
	return sum;
}

static double penalty(const struct fit *f, const double *value, double *gradient)
{
	double by = value[0] - 1, sum = by * by;

	gradient[0] = LT_CALIBRATE_PENALTY * by;
	for (int c = 0; c < f->rows->classes; c++) {
		by = value[1 + c] - f->rows->centre[c];
		sum += by * by;
		gradient[1 + c] = LT_CALIBRATE_PENALTY * by;
	}
	return LT_CALIBRATE_PENALTY / 2 * sum;
}

static double loss(void *arg, const double *value, double *gradient)
{
	const struct fit *f = arg;
	const struct lt_calibrate *rows = f->rows;
	int classes = rows->classes;
	double sum = penalty(f, value, gradient);

	for (size_t x = 0; x < rows->n; x++) {
		const float *z = rows->logits + x * (size_t)classes;
		double weight = rows->weight[x] / f->whole, all;

		if (!(weight > 0))
			continue;
		all = powers(value, z, classes, f->p);
		sum -= weight * lt_log(f->p[rows->label[x]] / all + 1e-300);
		for (int c = 0; c < classes; c++) {
			double by = weight * (f->p[c] / all - (c == rows->label[x] ? 1 : 0));

			gradient[0] += by * (double)z[c];
			gradient[1 + c] += by;
		}
	}
	return sum;
}

int lt_calibrate_fit(const struct lt_calibrate *rows, double *value, double *room,
		     struct lt_error *err)
{
	struct fit fit = {rows, 0, room};
	struct lt_lbfgs_result result;

	for (size_t x = 0; x < rows->n; x++)
		fit.whole += rows->weight[x];
	return lt_lbfgs(loss, &fit, value, (size_t)rows->classes + 1, 1e-6, LT_CALIBRATE_STEPS,
			&result, err);
}

void lt_calibrate_ratio(const double *value, const float *logits, int classes,
			const double *share, double *room, float *ratio)
{
	double most = 0;

	powers(value, logits, classes, room);
	for (int c = 0; c < classes; c++) {
		room[c] = share ? room[c] / share[c] : room[c];
		most = room[c] > most ? room[c] : most;
	}
	for (int c = 0; c < classes; c++)
		ratio[c] = (float)(room[c] / most);
}
