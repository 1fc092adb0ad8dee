/*
 * Losses: published weights and margins, closed forms for two classes, and
 * the mean over a batch.
 */
#include "check.h"
#include "loss_kit.h"

static const uint64_t cifar10_lt[10] = {5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50};

/* Checks four or five digits of each number, computed in Python from the definitions. */
static void published_numbers(const struct lt_loss *loss, enum lt_loss_number number,
			      const double *want, double tolerance)
{
	struct lt_loss_params params = params_of(10, cifar10_lt);
	char name[96];
	int c;

	lt_loss_prepare(loss, NULL, &params);
	check(loss->numbers >> number & 1);
	for (c = 0; c < 10; c++) {
		snprintf(name, sizeof name, "%s: %s of class %d", loss->name,
			 lt_loss_numbers[number], c);
		check_named(fabs(params.number[number][c] - want[c]) <= tolerance, name);
	}
	lt_loss_params_free(&params);
}

/* With the class counts of CIFAR-10-LT, ratio 100. */
static void published_values(void)
{
	static const double weight[10] = {.0506, .0769, .1211,	.1950,	.3188,
					  .5246, .8683, 1.4426, 2.4092, 3.9927};
	static const double margin[10] = {.1581, .1797, .2042, .2321, .2638,
					  .2998, .3407, .3872, .4405, .5};
	static const double offset[10] = {-.90874,  -1.42057, -1.93262, -2.44400, -2.95669,
					  -3.46751, -3.97920, -4.49146, -5.00709, -5.51391};
	static const double divisor[10] = {1,	    1.16596, 1.35956, 1.58499, 1.84852,
					   2.15465, 2.51214, 2.92945, 3.41954, 3.98107};
	static const double smoothing[10] = {.4,     .34141, .25784, .19605, .15631,
					     .13202, .11732, .10847, .10314, .1};
	struct lt_loss_params params = params_of(10, cifar10_lt);
	double sum = 0;
	char name[64];
	int c;

	lt_loss_weights_balanced(&params, LT_LOSS_BETA);
	for (c = 0; c < 10; c++) {
		snprintf(name, sizeof name, "weight of class %d", c);
		check_named(fabs(params.weight[c] - weight[c]) <= 5.1e-5, name);
		sum += params.weight[c];
	}
	check_near(sum, 10, 1e-12);
	lt_loss_weights_balanced(&params, 0);
	check_near(params.weight[0], 1, 1e-15);
	check_near(params.weight[9], 1, 1e-15);
	lt_loss_params_free(&params);
	published_numbers(&lt_loss_ldam, LT_CLASS_MARGIN, margin, 5.1e-5);
	published_numbers(&lt_loss_logit_adjustment, LT_CLASS_OFFSET, offset, 5.1e-6);
	published_numbers(&lt_loss_vs, LT_CLASS_OFFSET, offset, 5.1e-6);
	published_numbers(&lt_loss_vs, LT_CLASS_DIVISOR, divisor, 5.1e-6);
	published_numbers(&lt_loss_smoothing, LT_CLASS_SMOOTHING, smoothing, 5.1e-6);
}

static void classes_without_rows(void)
{
	static const uint64_t counts[4] = {100, 0, 10, 0}, none[3] = {0, 0, 0};
	struct lt_loss_params params = params_of(4, counts), empty = params_of(3, none);
	struct lt_loss_params unknown;

	check_near(params.weight[0], 1, 0);
	check_near(params.weight[1], 0, 0);
	check_int(lt_loss_params_init(&unknown, 3, NULL, NULL), 0);
	check_near(unknown.weight[1], 1, 0);
	lt_loss_weights_balanced(&params, 0.99);
	lt_loss_prepare(&lt_loss_ldam, NULL, &params);
	check_near(params.weight[1], 0, 0);
	check_near(params.number[LT_CLASS_MARGIN][1], 0, 0);
	check_near(params.weight[0] + params.weight[2], 4, 1e-14);
	/* (1 - .99^10) / (1 - .99^100), by Python */
	check_near(params.weight[0] / params.weight[2], 0.1508246101752728, 1e-13);
	check_near(params.number[LT_CLASS_MARGIN][2], 0.5, 1e-15);
	check_near(params.number[LT_CLASS_MARGIN][0], 0.5 * pow(0.1, 0.25), 1e-15);
	lt_loss_prepare(&lt_loss_margin, NULL, &params);
	check_near(params.number[LT_CLASS_MARGIN][0], 0.5, 0);
	check_near(params.number[LT_CLASS_MARGIN][1], 0, 0);
	lt_loss_weights_balanced(&empty, 0.99);
	lt_loss_prepare(&lt_loss_ldam, NULL, &empty);
	check_near(empty.weight[0], 0, 0);
	check_near(empty.number[LT_CLASS_MARGIN][2], 0, 0);
	lt_loss_params_free(&params);
	lt_loss_params_free(&unknown);
	lt_loss_params_free(&empty);
}

/* Two classes, one row: the loss is a function of the difference of the logits. */
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
	/* the same margin for both classes: 4 · 0.5 less */
	prepare_with(&lt_loss_margin, &params, LT_SCALE, 4);
	l = lt_loss_of_batch(&lt_loss_margin, &params, &batch);
	check_near(l, log1p(exp(3.25)), 1e-14);
	lt_loss_params_free(&params);
}

/* The losses that shift or divide logits, and smoothing; counts 16 and 1. */
static void two_classes_adjusted(void)
{
	static const uint64_t counts[2] = {16, 1};
	struct lt_loss_params params = params_of(2, counts);
	double logits[2] = {0.25, 1.5}, grad[2], row, l, p, want, rest;
	int32_t label = 0;
	struct lt_loss_batch batch = {1, 2, logits, &label, NULL, grad, &row};

	want = log1p(exp(1.25 - log(16)));
	lt_loss_prepare(&lt_loss_balanced_softmax, NULL, &params);
	check_near(params.number[LT_CLASS_OFFSET][0], log(16), 1e-15);
	check_near(params.number[LT_CLASS_OFFSET][1], 0, 0);
	l = lt_loss_of_batch(&lt_loss_balanced_softmax, &params, &batch);
	check_near(l, want, 1e-15);
	check_near(grad[0], exp(-want) - 1, 1e-15);
	check_near(grad[1], 1 - exp(-want), 1e-15);
	lt_loss_prepare(&lt_loss_logit_adjustment, NULL, &params);
	check_near(params.number[LT_CLASS_OFFSET][1], log(1.0 / 17), 1e-15);
	l = lt_loss_of_batch(&lt_loss_logit_adjustment, &params, &batch);
	check_near(l, want, 1e-15);
	prepare_with(&lt_loss_logit_adjustment, &params, LT_TAU, 0.5);
	l = lt_loss_of_batch(&lt_loss_logit_adjustment, &params, &batch);
	check_near(l, log1p(exp(1.25 - log(4))), 1e-15);

	/* gamma 0.5: divisors 1 and 4 */
	prepare_with(&lt_loss_vs, &params, LT_GAMMA, 0.5);
	check_near(params.number[LT_CLASS_DIVISOR][0], 1, 0);
	check_near(params.number[LT_CLASS_DIVISOR][1], 4, 1e-15);
	l = lt_loss_of_batch(&lt_loss_vs, &params, &batch);
	check_near(l, log1p(exp(1.5 / 4 - 0.25 - log(16))), 1e-15);
	check_near(grad[0], exp(-l) - 1, 1e-15);
	check_near(grad[1], (1 - exp(-l)) / 4, 1e-15);
	prepare_with(&lt_loss_cdt, &params, LT_GAMMA, 0.5);
	l = lt_loss_of_batch(&lt_loss_cdt, &params, &batch);
	check_near(l, log1p(exp(1.5 / 4 - 0.25)), 1e-15);
	check_near(grad[1], (1 - exp(-l)) / 4, 1e-15);

	/* smoothing spreads 0.4 of the larger class's label, and 0.1 of the smaller one's */
	lt_loss_prepare(&lt_loss_smoothing, NULL, &params);
	p = 1 / (1 + exp(1.25));
	rest = -(log(p) + log(1 - p)) / 2;
	l = lt_loss_of_batch(&lt_loss_smoothing, &params, &batch);
	check_near(l, 0.6 * -log(p) + 0.4 * rest, 1e-15);
	check_near(grad[0], p - 0.8, 1e-15);
	check_near(grad[1], 1 - p - 0.2, 1e-15);
	label = 1;
	l = lt_loss_of_batch(&lt_loss_smoothing, &params, &batch);
	check_near(l, 0.9 * -log(1 - p) + 0.1 * rest, 1e-15);
	prepare_with(&lt_loss_smoothing, &params, LT_SMOOTH_TAIL, 0);
	l = lt_loss_of_batch(&lt_loss_smoothing, &params, &batch);
	check_near(l, -log(1 - p), 1e-15);
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

static void table(void)
{
	int i;

	for (i = 0; lt_loss_table[i]; i++)
		check_text(lt_loss_table[i]->name, lt_loss_names[i]);
	check_int(i, LOSSES - 1);
	check(lt_loss_names[i] == NULL);
	for (i = 0; i < LOSSES; i++)
		check(losses[i]->about.summary && losses[i]->about.formula);
	check(lt_loss_ldam.cosine && !lt_loss_ce.cosine);
}

int main(void)
{
	published_values();
	classes_without_rows();
	two_classes();
	two_classes_adjusted();
	batch_means();
	table();
	return check_done();
}
