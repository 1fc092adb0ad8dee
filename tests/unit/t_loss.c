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
	lt_loss_margins(&params, LT_LOSS_MARGIN);
	for (c = 0; c < 10; c++) {
		snprintf(name, sizeof name, "weight of class %d", c);
		check_named(fabs(params.weight[c] - weight[c]) <= 5.1e-5, name);
		snprintf(name, sizeof name, "margin of class %d", c);
		check_named(fabs(params.margin[c] - margin[c]) <= 5.1e-5, name);
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
	lt_loss_margins(&params, 0.5);
	check_near(params.weight[1], 0, 0);
	check_near(params.margin[1], 0, 0);
	check_near(params.weight[0] + params.weight[2], 4, 1e-14);
	/* (1 - .99^10) / (1 - .99^100), by Python */
	check_near(params.weight[0] / params.weight[2], 0.1508246101752728, 1e-13);
	check_near(params.margin[2], 0.5, 1e-15);
	check_near(params.margin[0], 0.5 * pow(0.1, 0.25), 1e-15);
	lt_loss_weights_balanced(&empty, 0.99);
	lt_loss_margins(&empty, 0.5);
	check_near(empty.weight[0], 0, 0);
	check_near(empty.margin[2], 0, 0);
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

	params.gamma = 2;
	l = lt_loss_of_batch(&lt_loss_focal, &params, &batch);
	check_near(l, (1 - p) * (1 - p) * -log(p), 1e-14);
	check_near(grad[0], -(1 - p) * ((1 - p) * (1 - p) + 2 * (1 - p) * p * -log(p)), 1e-14);

	params.gamma = 1;
	params.weight[0] = 0.5;
	l = lt_loss_of_batch(&lt_loss_focal, &params, &batch);
	check_near(l, 0.5 * (1 - p) * -log(p), 1e-15);
	l = lt_loss_of_batch(&lt_loss_focal_authors, &params, &batch);
	check_near(l, (1 - sqrt(p)) * 0.5 * -log(p), 1e-15);

	/* counts 16 and 1: margins .25 and .5; scale 4 lowers the label's logit by 1 */
	lt_loss_margins(&params, 0.5);
	params.scale = 4;
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
			       const double *omega, const struct lt_loss_second *second)
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
	lt_loss_of_mixed(loss, params, &batch, second);
	for (i = 0; i < ROWS * CLASSES; i++)
		norm = fabs(grad[i]) > norm ? fabs(grad[i]) : norm;
	batch.grad = spare;
	for (i = 0; i < ROWS * CLASSES; i++) {
		kept = logits[i];
		logits[i] = kept + h;
		up = lt_loss_of_mixed(loss, params, &batch, second);
		logits[i] = kept - h;
		down = lt_loss_of_mixed(loss, params, &batch, second);
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

	lt_loss_margins(&params, 0.5);
	params.scale = 5;
	for (l = 0; l < sizeof losses / sizeof losses[0]; l++)
		for (balanced = 0; balanced < 2; balanced++)
			for (own = 0; own < 2; own++)
				for (g = 0; g < 4; g++) {
					if (losses[l]->mean == LT_MEAN_WEIGHTED && g > 0)
						continue;
					lt_loss_weights_equal(&params);
					if (balanced)
						lt_loss_weights_balanced(&params, 0.99);
					params.gamma = gammas[g];
					worst = worst_difference(losses[l], &params,
								 own ? omega : NULL, NULL);
					snprintf(name, sizeof name,
						 "%s (mean %d), weights %d, omega %d, gamma "
						 "%g: %.1e",
						 losses[l]->name, (int)losses[l]->mean,
						 balanced, own, gammas[g], worst);
					check_named(worst < 1e-6, name);
				}
	lt_loss_params_free(&params);
}

#define MIXED_ROWS 4

static const int32_t first_label[MIXED_ROWS] = {0, 3, 2, 6};
static const int32_t second_label[MIXED_ROWS] = {3, 0, 2, 5};
static const double first_omega[MIXED_ROWS] = {1, 0.3, 0.3, 1};
static const double second_omega[MIXED_ROWS] = {0.3, 1, 0.3, 2};
static const double first_share[MIXED_ROWS] = {0.75, 0.1, 0.4, 1};

/*
 * Whether mixed rows have the loss and the gradient of twice as many plain ones with the same
 * logits, whose own weights are ω s and ω' (1 - s).
 */
static bool is_doubled(const struct lt_loss *loss, const struct lt_loss_params *params,
		       bool own)
{
	double logits[2 * MIXED_ROWS * CLASSES], grad[MIXED_ROWS * CLASSES], spare[CLASSES];
	double twice[2 * MIXED_ROWS * CLASSES], weight[2 * MIXED_ROWS], row[MIXED_ROWS];
	double rows[2 * MIXED_ROWS], got, want, worst = 0, d;
	int32_t label[2 * MIXED_ROWS];
	struct lt_loss_second second = {second_label, own ? second_omega : NULL, first_share,
					spare};
	struct lt_loss_batch mixed = {
		MIXED_ROWS, CLASSES, logits, first_label, own ? first_omega : NULL, grad, row};
	struct lt_loss_batch plain = {2 * MIXED_ROWS, CLASSES, logits, label,
				      weight,	      twice,   rows};
	int i, c;

	for (i = 0; i < MIXED_ROWS * CLASSES; i++)
		logits[i] = logits[i + MIXED_ROWS * CLASSES] = pattern(i);
	for (i = 0; i < MIXED_ROWS; i++) {
		label[i] = first_label[i];
		label[i + MIXED_ROWS] = second_label[i];
		weight[i] = (own ? first_omega[i] : 1) * first_share[i];
		weight[i + MIXED_ROWS] = (own ? second_omega[i] : 1) * (1 - first_share[i]);
	}
	got = lt_loss_of_mixed(loss, params, &mixed, &second);
	want = lt_loss_of_batch(loss, params, &plain);
	for (i = 0; i < MIXED_ROWS; i++) {
		d = fabs(row[i] - first_share[i] * rows[i] -
			 (1 - first_share[i]) * rows[i + MIXED_ROWS]);
		worst = d <= worst ? worst : d;
		for (c = 0; c < CLASSES; c++) {
			d = fabs(grad[i * CLASSES + c] - twice[i * CLASSES + c] -
				 twice[(i + MIXED_ROWS) * CLASSES + c]);
			worst = d <= worst ? worst : d;
		}
	}
	return fabs(got - want) < 1e-14 * want && worst < 1e-14;
}

static void mixed_rows(void)
{
	static const uint64_t counts[CLASSES] = {500, 250, 120, 60, 30, 0, 7};
	static const double omega[ROWS] = {1, 1, 0.3, 0.3, 1, 0.3};
	static const double omega_too[ROWS] = {0.3, 1, 1, 0.3, 0.3, 1};
	static const double share[ROWS] = {0, 0.2, 0.5, 0.7, 1, 0.4};
	static const int32_t label[ROWS] = {2, 3, 6, 0, 4, 1};
	const struct lt_loss *losses[64];
	struct lt_loss_params params = params_of(CLASSES, counts);
	double spare[CLASSES];
	struct lt_loss_second second = {label, omega_too, share, spare};
	int n = 0, l, balanced;
	char name[96];

	for (; lt_loss_table[n]; n++)
		losses[n] = lt_loss_table[n];
	losses[n++] = &lt_loss_focal_authors;
	lt_loss_margins(&params, 0.5);
	params.scale = 5;
	for (l = 0; l < n; l++)
		for (balanced = 0; balanced < 2; balanced++) {
			lt_loss_weights_equal(&params);
			if (balanced)
				lt_loss_weights_balanced(&params, 0.99);
			snprintf(name, sizeof name,
				 "%s (mean %d), weights %d: ", losses[l]->name,
				 (int)losses[l]->mean, balanced);
			printf("# %s\n", name);
			check_named(worst_difference(losses[l], &params, omega, &second) < 1e-6,
				    "mixed rows: the gradient");
			check_named(is_doubled(losses[l], &params, true),
				    "a mixed row is two rows");
			check_named(is_doubled(losses[l], &params, false),
				    "and so without weights of its own");
		}
	lt_loss_params_free(&params);
}

/* Two rows of weights 1 and 3, mixed 3 to 1: by hand. */
static void mixed_by_hand(void)
{
	static const uint64_t counts[2] = {9, 1};
	static const int32_t label[2] = {0, 1}, other[2] = {1, 0};
	static const double share[2] = {0.75, 0.75}, all[2] = {1, 1};
	struct lt_loss_params params = params_of(2, counts);
	double logits[4] = {1, 0, 1, 0}, grad[4], same[4], spare[2];
	double easy = log1p(exp(-1)), hard = log1p(exp(1));
	struct lt_loss_second second = {other, NULL, share, spare};
	struct lt_loss_batch batch = {2, 2, logits, label, NULL, grad, NULL};

	params.weight[0] = 1;
	params.weight[1] = 3;
	/* both divisors are 4: as 0.75 L(y_a) + 0.25 L(y_b) of the weighted means */
	check_near(lt_loss_of_mixed(&lt_loss_ce, &params, &batch, &second),
		   ((0.75 * easy + 0.25 * 3 * hard) + (0.75 * 3 * hard + 0.25 * easy)) / 4,
		   1e-15);
	second.share = all;
	lt_loss_of_mixed(&lt_loss_ce, &params, &batch, &second);
	batch.grad = same;
	check_near(lt_loss_of_mixed(&lt_loss_ce, &params, &batch, &second),
		   lt_loss_of_batch(&lt_loss_ce, &params, &batch), 0);
	check_named(memcmp(grad, same, sizeof grad) == 0, "a share of 1 is no mixing");
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

	lt_loss_margins(&params, 0.5);
	for (l = 0; l < 4; l++)
		for (g = 0; g < 3; g++) {
			params.gamma = (double)g / 2;
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
	mixed_rows();
	mixed_by_hand();
	extremes();
	table();
	return check_done();
}
