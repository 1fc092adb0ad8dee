/*
 * Losses of rows that are mixed from two images, for every loss: central differences, and a
 * mixed row against two plain ones.
 */
#include "loss_kit.h"

#define MIXED_ROWS 4

static const int32_t first_label[MIXED_ROWS] = {0, 3, 2, 6};
static const int32_t second_label[MIXED_ROWS] = {3, 0, 2, 5};
static const double first_omega[MIXED_ROWS] = {1, 0.3, 0.3, 1};
static const double second_omega[MIXED_ROWS] = {0.3, 1, 0.3, 2};
static const double first_share[MIXED_ROWS] = {0.75, 0.1, 0.4, 1};

/*
 * Is the loss and gradient of mixed rows that of twice as many plain rows with the same
 * logits and the weights ω s and ω' (1 - s)?
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
	static const double omega[ROWS] = {1, 1, 0.3, 0.3, 1, 0.3};
	static const double omega_too[ROWS] = {0.3, 1, 1, 0.3, 0.3, 1};
	static const double share[ROWS] = {0, 0.2, 0.5, 0.7, 1, 0.4};
	static const int32_t label[ROWS] = {2, 3, 6, 0, 4, 1};
	struct lt_loss_params params = params_of(CLASSES, uneven);
	double spare[CLASSES];
	struct lt_loss_second second = {label, omega_too, share, spare};
	int l, balanced;
	char name[120];

	for (l = 0; l < LOSSES; l++)
		for (balanced = 0; balanced < 2; balanced++) {
			lt_loss_prepare(losses[l], NULL, &params);
			lt_loss_weights_equal(&params);
			if (balanced)
				lt_loss_weights_balanced(&params, 0.99);
			snprintf(name, sizeof name, "%s, weights %d: gradient of mixed rows",
				 label_of(losses[l]), balanced);
			check_named(gradient_error(losses[l], &params, omega, &second) < 1e-6,
				    name);
			snprintf(name, sizeof name, "%s, weights %d: a mixed row is two rows",
				 label_of(losses[l]), balanced);
			check_named(is_doubled(losses[l], &params, true), name);
			snprintf(name, sizeof name,
				 "%s, weights %d: and so without weights of its own",
				 label_of(losses[l]), balanced);
			check_named(is_doubled(losses[l], &params, false), name);
		}
	lt_loss_params_free(&params);
}

int main(void)
{
	mixed_rows();
	return check_done();
}
