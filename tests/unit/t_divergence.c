/*
 * Divergences between predictions: closed forms for two classes, central differences, and
 * extreme values.
 */
#include "check.h"
#include "net/divergence.h"

enum { CLASSES = 5 };

typedef double divergence(const double *z, const double *target, int classes, double *grad);

static double entropy_of(const double *z, const double *target, int classes, double *grad)
{
	(void)target;
	return lt_entropy(z, classes, grad);
}

static const struct {
	const char *name;
	divergence *of;
} all[] = {{"kl", lt_divergence_kl}, {"square", lt_divergence_square}, {"entropy", entropy_of}};

/* p = (1/4, 3/4) and t = (2/3, 1/3). */
static void two_classes(void)
{
	const double z[2] = {1 - log(3), 1}, target[2] = {log(2), 0};
	double grad[2];

	check_near(lt_divergence_kl(z, target, 2, grad),
		   2.0 / 3 * log(8.0 / 3) + 1.0 / 3 * log(4.0 / 9), 1e-15);
	check_near(grad[0], 1.0 / 4 - 2.0 / 3, 1e-15);
	check_near(grad[1], 3.0 / 4 - 1.0 / 3, 1e-15);
	/* The mean over classes: 2 (5/12)² / 2. */
	check_near(lt_divergence_square(z, target, 2, grad), 25.0 / 144, 1e-15);
	/* 2 p_0 (d_0 - p_0 d_0 - p_1 d_1) / 2 with d = (-5/12, 5/12). */
	check_near(grad[0], -0.25 * 5 / 12 * 1.5, 1e-15);
	check_near(grad[1], 0.25 * 5 / 12 * 1.5, 1e-15);
	check_near(lt_entropy(z, 2, grad), log(4) - 0.75 * log(3), 1e-15);
	/* p_0 p_1 log(p_1 / p_0): a larger share of the rarer class increases the entropy. */
	check_near(grad[0], 3.0 / 16 * log(3), 1e-15);
	check_near(grad[1], -3.0 / 16 * log(3), 1e-15);
}

static void same_prediction(void)
{
	const double z[3] = {1, 2, -3}, shifted[3] = {11, 12, 7}, flat[3] = {5, 5, 5};
	double grad[3], most = 0;

	check_near(lt_divergence_kl(z, shifted, 3, grad), 0, 1e-15);
	for (int c = 0; c < 3; c++)
		most = fmax(most, fabs(grad[c]));
	check_near(lt_divergence_square(z, shifted, 3, grad), 0, 1e-30);
	for (int c = 0; c < 3; c++)
		most = fmax(most, fabs(grad[c]));
	check_named(most <= 1e-15, "no gradient where predictions agree");
	check_near(lt_entropy(flat, 3, grad), log(3), 1e-15);
	check_near(grad[0], 0, 1e-15);
}

static void central_differences(void)
{
	double z[CLASSES] = {0.3, -1.2, 2.1, 0.9, -0.4}, grad[CLASSES], unused[CLASSES];
	const double target[CLASSES] = {1.1, 0.2, -0.7, 1.6, -2.5};
	const double h = 1e-5;
	char name[64];

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		double worst = 0, sum = 0;

		all[i].of(z, target, CLASSES, grad);
		for (int c = 0; c < CLASSES; c++) {
			double before = z[c], up, down;

			z[c] = before + h;
			up = all[i].of(z, target, CLASSES, unused);
			z[c] = before - h;
			down = all[i].of(z, target, CLASSES, unused);
			z[c] = before;
			worst = fmax(worst, fabs((up - down) / (2 * h) - grad[c]));
			sum += grad[c];
		}
		snprintf(name, sizeof name, "%s: gradient", all[i].name);
		check_named(worst < 1e-9, name);
		snprintf(name, sizeof name, "%s: a shift of all logits changes nothing",
			 all[i].name);
		check_named(fabs(sum) < 1e-15, name);
	}
}

static void ends(void)
{
	const double far[3] = {1e300, -1e300, 0}, other[3] = {-1e300, 1e300, 0};
	const double sure[2] = {800, -800}, nan[3] = {0, NAN, 1};
	double grad[3];
	char name[64];

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		double value = all[i].of(far, other, 3, grad);

		snprintf(name, sizeof name, "%s: logits of 1e300", all[i].name);
		check_named(isfinite(value) && isfinite(grad[0]) && isfinite(grad[1]) &&
				    isfinite(grad[2]),
			    name);
		snprintf(name, sizeof name, "%s: NaN stays", all[i].name);
		check_named(isnan(all[i].of(nan, far, 3, grad)), name);
	}
	check_near(lt_entropy(sure, 2, grad), 0, 0);
	check_near(lt_divergence_square(sure, far, 2, grad), 0, 0);
	check_near(lt_divergence_square(far, other, 3, grad), 2.0 / 3, 1e-15);
}

int main(void)
{
	two_classes();
	same_prediction();
	central_differences();
	ends();
	return check_done();
}
