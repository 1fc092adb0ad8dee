/*
 * Losses: published weights and margins, closed forms for two classes, central
 * differences for every loss with every weighting, and the awkward ends.
 */
#include "check.h"
#include "net/loss.h"

#include <stdlib.h>

static const uint64_t cifar10_lt[10] = {5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50};

static struct lt_loss_params params_of(int classes, const uint64_t *counts)
{
	struct lt_loss_params params;

	if (lt_loss_params_init(&params, classes, counts, NULL) != 0)
		abort();
	return params;
}

/* Ready for a loss, one of its settings changed. */
static void prepare_with(const struct lt_loss *loss, struct lt_loss_params *params, int changed,
			 double value)
{
	double setting[LT_LOSS_SETTINGS];

	memcpy(setting, loss->setting, sizeof setting);
	setting[changed] = value;
	lt_loss_prepare(loss, setting, params);
}

/* Values computed from the definitions with the class counts of CIFAR-10-LT, ratio 100. */
static void published_values(void)
{
	static const double weight[10] = {.0506, .0769, .1211,	.1950,	.3188,
					  .5246, .8683, 1.4426, 2.4092, 3.9927};
	static const double margin[10] = {.1581, .1797, .2042, .2321, .2638,
					  .2998, .3407, .3872, .4405, .5};
	struct lt_loss_params params = params_of(10, cifar10_lt);
	double sum = 0;
	char name[64];
	int c;

	lt_loss_weights_balanced(&params, LT_LOSS_BETA);
	lt_loss_prepare(&lt_loss_ldam, NULL, &params);
	for (c = 0; c < 10; c++) {
		snprintf(name, sizeof name, "weight of class %d", c);
		check_named(fabs(params.weight[c] - weight[c]) <= 5.1e-5, name);
		snprintf(name, sizeof name, "margin of class %d", c);
		check_named(fabs(params.number[LT_CLASS_MARGIN][c] - margin[c]) <= 5.1e-5,
			    name);
		sum += params.weight[c];
	}
	check_near(sum, 10, 1e-12);
	lt_loss_weights_balanced(&params, 0);
	check_near(params.weight[0], 1, 1e-15);
	check_near(params.weight[9], 1, 1e-15);
	lt_loss_params_free(&params);
}

static void classes_without_rows(void)
{
	static const uint64_t counts[4] = {100, 0, 10, 0}, none[3] = {0, 0, 0};
	struct lt_loss_params params = params_of(4, counts), empty = params_of(3, none);

	check_near(params.weight[1], 1, 0);
	lt_loss_weights_balanced(&params, 0.99);
	lt_loss_prepare(&lt_loss_ldam, NULL, &params);
	check_near(params.weight[1], 0, 0);
	check_near(params.number[LT_CLASS_MARGIN][1], 0, 0);
	check_near(params.weight[0] + params.weight[2], 4, 1e-14);
	/* (1 - .99^10) / (1 - .99^100), by Python */
	check_near(params.weight[0] / params.weight[2], 0.1508246101752728, 1e-13);
	check_near(params.number[LT_CLASS_MARGIN][2], 0.5, 1e-15);
	check_near(params.number[LT_CLASS_MARGIN][0], 0.5 * pow(0.1, 0.25), 1e-15);
	lt_loss_weights_balanced(&empty, 0.99);
	lt_loss_prepare(&lt_loss_ldam, NULL, &empty);
	check_near(empty.weight[0], 0, 0);
	check_near(empty.number[LT_CLASS_MARGIN][2], 0, 0);
	lt_loss_params_free(&params);
	lt_loss_params_free(&empty);
}

/* Two classes, one row: everything is a function of the logits' difference. */
static void two_classes(void)
{
	static const uint64_t counts[2] = {16, 1};
	struct lt_loss_params params = params_of(2, counts);
	double logits[2] = {0.25, 1.5}, grad[2], row, p = 1 / (1 + exp(1.25)), l;
	int32_t label = 0;
	struct lt_loss_batch batch = {1, 2, logits, &label, NULL, grad, &row};

	l = lt_loss_of_batch(&lt_loss_ce, &params, &batch);
	check_near(l, log1p(exp(1.25)), 1e-15);
	check_near(row, l, 0);
	check_near(grad[0], p - 1, 1e-15);
	check_near(grad[1], 1 - p, 1e-15);

	prepare_with(&lt_loss_focal, &params, LT_GAMMA, 2);
	l = lt_loss_of_batch(&lt_loss_focal, &params, &batch);
	check_near(l, (1 - p) * (1 - p) * -log(p), 1e-14);
	check_near(grad[0], -(1 - p) * ((1 - p) * (1 - p) + 2 * (1 - p) * p * -log(p)), 1e-14);

	prepare_with(&lt_loss_focal, &params, LT_GAMMA, 1);
	params.weight[0] = 0.5;
	l = lt_loss_of_batch(&lt_loss_focal, &params, &batch);
	check_near(l, 0.5 * (1 - p) * -log(p), 1e-15);
	l = lt_loss_of_batch(&lt_loss_focal_authors, &params, &batch);
	check_near(l, (1 - sqrt(p)) * 0.5 * -log(p), 1e-15);

	/* counts 16 and 1: margins .25 and .5; scale 4 lowers the label's logit by 1 */
	prepare_with(&lt_loss_ldam, &params, LT_SCALE, 4);
	l = lt_loss_of_batch(&lt_loss_ldam, &params, &batch);
	check_near(l, log1p(exp(2.25)), 1e-14);
	check_near(row, l, 0);
	lt_loss_params_free(&params);
}

/* Σ ω w l ÷ Σ ω w for ce, Σ ω w l ÷ Σ ω for focal. */
static void batch_means(void)
{
	static const uint64_t counts[2] = {9, 1};
	struct lt_loss_params params = params_of(2, counts);
	double logits[4] = {1, 0, 1, 0}, grad[4], row[2], omega[2] = {1, 0.25}, l;
	int32_t label[2] = {0, 1};
	struct lt_loss_batch batch = {2, 2, logits, label, omega, grad, row};

	params.weight[0] = 0.5;
	params.weight[1] = 1.5;
	check_near(lt_loss_of_batch(&lt_loss_ce, &params, &batch),
		   (0.5 * log1p(exp(-1)) + 0.375 * log1p(exp(1))) / 0.875, 1e-15);
	check_near(row[1], log1p(exp(1)), 1e-15);
	check_near(grad[2], 0.375 / 0.875 / (1 + exp(-1)), 1e-15);
	lt_loss_prepare(&lt_loss_focal, NULL, &params);
	l = lt_loss_of_batch(&lt_loss_focal, &params, &batch);
	check_near(l, (0.5 * row[0] + 0.375 * row[1]) / 1.25, 1e-15);
	l = lt_loss_of_batch(&lt_loss_focal_authors, &params, &batch);
	check_near(l, (row[0] + 0.25 * row[1]) / 1.25, 1e-15);

	params.weight[0] = params.weight[1] = 0;
	check_near(lt_loss_of_batch(&lt_loss_ce, &params, &batch), 0, 0);
	check_near(grad[0], 0, 0);
	batch.n = 0;
	check_near(lt_loss_of_batch(&lt_loss_ce, &params, &batch), 0, 0);
	lt_loss_params_free(&params);
}

#define ROWS 6
#define CLASSES 7

/* Numbers in -2 … 2 without a generator's help. */
static double pattern(int i)
{
	return fmod((i + 1) * 1.6180339887498949 * (i + 3), 4) - 2;
}

static double worst_difference(const struct lt_loss *loss, const struct lt_loss_params *params,
			       const double *omega)
{
	double logits[ROWS * CLASSES], grad[ROWS * CLASSES], spare[ROWS * CLASSES];
	double h = 1e-5, worst = 0, norm = 0, up, down, kept;
	int32_t label[ROWS];
	struct lt_loss_batch batch = {ROWS, CLASSES, logits, label, omega, grad, NULL};
	int i;

	for (i = 0; i < ROWS * CLASSES; i++)
		logits[i] = pattern(i);
	for (i = 0; i < ROWS; i++)
		label[i] = i * 3 % CLASSES;
	lt_loss_of_batch(loss, params, &batch);
	for (i = 0; i < ROWS * CLASSES; i++)
		norm = fabs(grad[i]) > norm ? fabs(grad[i]) : norm;
	batch.grad = spare;
	for (i = 0; i < ROWS * CLASSES; i++) {
		kept = logits[i];
		logits[i] = kept + h;
		up = lt_loss_of_batch(loss, params, &batch);
		logits[i] = kept - h;
		down = lt_loss_of_batch(loss, params, &batch);
		logits[i] = kept;
		up = fabs((up - down) / (2 * h) - grad[i]);
		if (!(up <= worst))
			worst = up;
	}
	return norm > 0 ? worst / norm : NAN;
}

static void gradients(void)
{
	static const uint64_t counts[CLASSES] = {500, 250, 120, 60, 30, 0, 7};
	static const double omega[ROWS] = {1, 1, 0.3, 0.3, 1, 0.3};
	static const struct lt_loss *const losses[] = {&lt_loss_ce, &lt_loss_focal,
						       &lt_loss_focal_authors, &lt_loss_ldam};
	static const double gammas[] = {0, 0.5, 1, 2};
	struct lt_loss_params params = params_of(CLASSES, counts);
	size_t l, g;
	int balanced, own;
	char name[96];
	double worst;

	for (l = 0; l < sizeof losses / sizeof losses[0]; l++)
		for (balanced = 0; balanced < 2; balanced++)
			for (own = 0; own < 2; own++)
				for (g = 0; g < 4; g++) {
					if (losses[l]->mean == LT_MEAN_WEIGHTED && g > 0)
						continue;
					lt_loss_weights_equal(&params);
					if (balanced)
						lt_loss_weights_balanced(&params, 0.99);
					if (losses[l]->setting[LT_GAMMA] > 0)
						prepare_with(losses[l], &params, LT_GAMMA,
							     gammas[g]);
					else
						prepare_with(losses[l], &params, LT_SCALE, 5);
					worst = worst_difference(losses[l], &params,
								 own ? omega : NULL);
					snprintf(name, sizeof name,
						 "%s (mean %d), weights %d, omega %d, gamma "
						 "%g: %.1e",
						 losses[l]->name, (int)losses[l]->mean,
						 balanced, own, gammas[g], worst);
					check_named(worst < 1e-6, name);
				}
	lt_loss_params_free(&params);
}

static void extremes(void)
{
	static const uint64_t counts[3] = {10, 5, 1};
	static const struct lt_loss *const losses[] = {&lt_loss_ce, &lt_loss_focal,
						       &lt_loss_focal_authors, &lt_loss_ldam};
	struct lt_loss_params params = params_of(3, counts);
	double logits[12] = {1e300, -1e300, 0, 800, 0, -800, 1e-300, 0, 0, -1e4, -1e4, -1e4};
	double grad[12], row[4];
	int32_t label[4] = {1, 0, 2, 1};
	struct lt_loss_batch batch = {4, 3, logits, label, NULL, grad, row};
	size_t l, g;
	bool good;
	int i;

	for (l = 0; l < 4; l++)
		for (g = 0; g < 3; g++) {
			lt_loss_prepare(losses[l], NULL, &params);
			params.setting[LT_GAMMA] = (double)g / 2;
			good = isfinite(lt_loss_of_batch(losses[l], &params, &batch));
			for (i = 0; i < 12; i++)
				good = good && isfinite(grad[i]);
			good = good && isfinite(row[0]) && row[1] >= 0;
			check_named(good, losses[l]->name);
		}
	logits[4] = NAN;
	for (l = 0; l < 4; l++)
		check_named(isnan(lt_loss_of_batch(losses[l], &params, &batch)),
			    "NaN stays NaN");
	lt_loss_params_free(&params);
}

static void table(void)
{
	int i;

	for (i = 0; lt_loss_table[i]; i++)
		check_text(lt_loss_table[i]->name, lt_loss_names[i]);
	check(i >= 3 && lt_loss_names[i] == NULL);
	check(lt_loss_ldam.cosine && !lt_loss_ce.cosine);
}

int main(void)
{
	published_values();
	classes_without_rows();
	two_classes();
	batch_means();
	gradients();
	extremes();
	table();
	return check_done();
}
