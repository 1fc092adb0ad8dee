/*
 * Every loss: central differences with every weighting and setting, special cases of each
 * other, classes without rows, and extreme logits.
 */
#include "loss_kit.h"

/* The largest error for the defaults, and for other values of every setting. */
static double worst_of_settings(const struct lt_loss *loss, struct lt_loss_params *params,
				const double *omega)
{
	static const double values[] = {0, 0.5, 1, 2};
	double worst, here;
	int i, v;

	lt_loss_prepare(loss, NULL, params);
	worst = gradient_error(loss, params, omega, NULL);
	for (i = 0; i < LT_LOSS_SETTINGS; i++)
		for (v = 0; v < 4 && loss->setting[i] > 0; v++) {
			prepare_with(loss, params, i, values[v]);
			here = gradient_error(loss, params, omega, NULL);
			if (!(here <= worst))
				worst = here;
		}
	return worst;
}

static void gradients(void)
{
	static const double omega[ROWS] = {1, 1, 0.3, 0.3, 1, 0.3};
	struct lt_loss_params params = params_of(CLASSES, uneven);
	int l, balanced, own;
	char name[96];
	double worst;

	for (l = 0; l < LOSSES; l++)
		for (balanced = 0; balanced < 2; balanced++)
			for (own = 0; own < 2; own++) {
				lt_loss_weights_equal(&params);
				if (balanced)
					lt_loss_weights_balanced(&params, 0.99);
				worst = worst_of_settings(losses[l], &params,
							  own ? omega : NULL);
				snprintf(name, sizeof name,
					 "gradient of %s, weights %d, omega %d: %.1e",
					 label_of(losses[l]), balanced, own, worst);
				check_named(worst < 1e-6, name);
			}
	lt_loss_params_free(&params);
}

static double value_of(const struct lt_loss *loss, struct lt_loss_params *params, double *grad)
{
	double logits[ROWS * CLASSES];
	int32_t label[ROWS];
	struct lt_loss_batch batch = {ROWS, CLASSES, logits, label, NULL, grad, NULL};

	fill(logits, label);
	return lt_loss_of_batch(loss, params, &batch);
}

static bool equal_losses(const struct lt_loss *a, struct lt_loss_params *with_a,
			 const struct lt_loss *b, struct lt_loss_params *with_b)
{
	double grad_a[ROWS * CLASSES], grad_b[ROWS * CLASSES];
	bool equal = fabs(value_of(a, with_a, grad_a) - value_of(b, with_b, grad_b)) <= 1e-14;
	int i;

	for (i = 0; i < ROWS * CLASSES; i++)
		equal = equal && fabs(grad_a[i] - grad_b[i]) <= 1e-15;
	return equal;
}

/* Losses that are special cases of others, and losses that must differ. */
static void relations(void)
{
	static const uint64_t even[CLASSES] = {9, 9, 9, 9, 9, 9, 9};
	struct lt_loss_params a = params_of(CLASSES, uneven), b = params_of(CLASSES, uneven);
	char name[96];
	int i, j;

	lt_loss_prepare(&lt_loss_balanced_softmax, NULL, &a);
	lt_loss_prepare(&lt_loss_logit_adjustment, NULL, &b);
	check_named(equal_losses(&lt_loss_balanced_softmax, &a, &lt_loss_logit_adjustment, &b),
		    "balanced softmax is logit adjustment with tau 1");
	prepare_with(&lt_loss_vs, &a, LT_GAMMA, 0);
	check_named(equal_losses(&lt_loss_vs, &a, &lt_loss_logit_adjustment, &b),
		    "vs with gamma 0 is logit adjustment");
	prepare_with(&lt_loss_vs, &a, LT_TAU, 0);
	prepare_with(&lt_loss_cdt, &b, LT_GAMMA, a.setting[LT_GAMMA]);
	check_named(equal_losses(&lt_loss_vs, &a, &lt_loss_cdt, &b),
		    "vs with tau 0 is cdt with the same gamma");
	prepare_with(&lt_loss_smoothing, &a, LT_SMOOTH_HEAD, 0);
	a.setting[LT_SMOOTH_TAIL] = 0;
	lt_loss_smoothing.prepare(&a);
	prepare_with(&lt_loss_ldam, &b, LT_MARGIN, 0);
	check_named(equal_losses(&lt_loss_smoothing, &a, &lt_loss_ldam, &b),
		    "smoothing of nothing and margins of 0 are the same");
	prepare_with(&lt_loss_focal, &a, LT_GAMMA, 0);
	check_named(equal_losses(&lt_loss_smoothing, &a, &lt_loss_focal, &a) &&
			    equal_losses(&lt_loss_ce, &a, &lt_loss_focal, &a),
		    "and cross-entropy, like focal with gamma 0");

	lt_loss_weights_balanced(&a, 0.99);
	lt_loss_weights_balanced(&b, 0.99);
	for (i = 0; i < LOSSES; i++)
		for (j = 0; j < i; j++) {
			if (losses[i] == &lt_loss_logit_adjustment &&
			    losses[j] == &lt_loss_balanced_softmax)
				continue;
			lt_loss_prepare(losses[i], NULL, &a);
			lt_loss_prepare(losses[j], NULL, &b);
			snprintf(name, sizeof name, "%s differs from %s", label_of(losses[i]),
				 label_of(losses[j]));
			check_named(!equal_losses(losses[i], &a, losses[j], &b), name);
		}
	lt_loss_params_free(&a);
	lt_loss_params_free(&b);

	/* Equal counts need no adjustment. */
	a = params_of(CLASSES, even);
	b = params_of(CLASSES, even);
	for (i = 0; i < LOSSES; i++) {
		if (losses[i]->row != lt_loss_adjusted_row)
			continue;
		lt_loss_prepare(losses[i], NULL, &a);
		snprintf(name, sizeof name, "%s of equal counts is ce", losses[i]->name);
		check_named(equal_losses(losses[i], &a, &lt_loss_ce, &b), name);
	}
	lt_loss_prepare(&lt_loss_smoothing, NULL, &a);
	check_near(a.number[LT_CLASS_SMOOTHING][3], 0.4, 0);
	lt_loss_params_free(&a);
	lt_loss_params_free(&b);
}

/* A class with count 0 is left out, whatever its logit, and nothing becomes NaN. */
static void absent_classes(void)
{
	struct lt_loss_params params = params_of(CLASSES, uneven);
	double logits[ROWS * CLASSES], grad[ROWS * CLASSES], row[ROWS], l, moved;
	static const double omega[ROWS] = {1, 1, 1, 1, 0, 1};
	int32_t label[ROWS];
	struct lt_loss_batch batch = {ROWS, CLASSES, logits, label, NULL, grad, row};
	char name[96];
	bool good;
	int i, n, c;

	for (i = 0; i < LOSSES; i++) {
		lt_loss_prepare(losses[i], NULL, &params);
		good = true;
		for (n = 0; n < LT_LOSS_NUMBERS; n++)
			for (c = 0; c < CLASSES; c++)
				good = good && (isfinite(params.number[n][c]) ||
						(n == LT_CLASS_OFFSET && c == 5));
		fill(logits, label);
		l = lt_loss_of_batch(losses[i], &params, &batch);
		for (c = 0; c < ROWS * CLASSES; c++)
			good = good && isfinite(grad[c]);
		snprintf(name, sizeof name, "%s: numbers and gradients of class 5",
			 label_of(losses[i]));
		check_named(good && isfinite(l), name);
		for (c = 0; c < CLASSES; c++)
			good = good && grad[4 * CLASSES + c] == 0;
		batch.sample_weight = omega;
		moved = lt_loss_of_batch(losses[i], &params, &batch);
		batch.sample_weight = NULL;
		snprintf(name, sizeof name, "%s: no row of class 5 counts",
			 label_of(losses[i]));
		check_named(good && fabs(moved - l) <= 1e-15 && row[4] == 0, name);
		if (losses[i]->row != lt_loss_adjusted_row)
			continue;
		for (n = 0; n < ROWS; n++)
			good = good && grad[n * CLASSES + 5] == 0;
		for (n = 0; n < ROWS; n++)
			logits[n * CLASSES + 5] = 700;
		moved = lt_loss_of_batch(losses[i], &params, &batch);
		snprintf(name, sizeof name, "%s: nor its logit", losses[i]->name);
		check_named(good && moved == l, name);
	}
	/* A mean over six classes, without the seventh: 6 targets and p_5. */
	lt_loss_prepare(&lt_loss_smoothing, NULL, &params);
	fill(logits, label);
	batch.n = 1;
	lt_loss_of_batch(&lt_loss_smoothing, &params, &batch);
	check_near(params.number[LT_CLASS_SMOOTHING][5], 0, 0);
	check_near(params.number[LT_CLASS_SMOOTHING][6], 0.1, 0);
	lt_loss_prepare(&lt_loss_ce, NULL, &params);
	moved = grad[5];
	lt_loss_of_batch(&lt_loss_ce, &params, &batch);
	check_near(moved, grad[5], 0);
	lt_loss_params_free(&params);
}

static void extremes(void)
{
	static const uint64_t counts[3] = {10, 5, 1}, gap[3] = {10, 5, 0};
	struct lt_loss_params params = params_of(3, counts), less = params_of(3, gap);
	double logits[12] = {1e300, -1e300, 0, 800, 0, -800, 1e-300, 0, 0, -1e4, -1e4, -1e4};
	double grad[12], row[4];
	int32_t label[4] = {1, 0, 2, 1};
	struct lt_loss_batch batch = {4, 3, logits, label, NULL, grad, row};
	bool good;
	int i, l, g;

	for (l = 0; l < LOSSES; l++)
		for (g = 0; g < 4; g++) {
			lt_loss_prepare(losses[l], NULL, &params);
			lt_loss_prepare(losses[l], NULL, &less);
			if (losses[l]->setting[LT_GAMMA] > 0) {
				prepare_with(losses[l], &params, LT_GAMMA, (double)g / 2);
				prepare_with(losses[l], &less, LT_GAMMA, (double)g / 2);
			}
			good = isfinite(lt_loss_of_batch(losses[l], &less, &batch));
			good = good && isfinite(lt_loss_of_batch(losses[l], &params, &batch));
			for (i = 0; i < 12; i++)
				good = good && isfinite(grad[i]);
			good = good && isfinite(row[0]) && row[1] >= 0;
			check_named(good, label_of(losses[l]));
		}
	logits[4] = NAN;
	for (l = 0; l < LOSSES; l++) {
		lt_loss_prepare(losses[l], NULL, &params);
		check_named(isnan(lt_loss_of_batch(losses[l], &params, &batch)),
			    "NaN stays NaN");
	}
	lt_loss_params_free(&params);
	lt_loss_params_free(&less);
}

int main(void)
{
	gradients();
	relations();
	absent_classes();
	extremes();
	return check_done();
}
