/*
 * Compares the reference kernels in double with PyTorch's float64: layers, losses and ten
 * steps of ResNet-20 and of bottlenecks at learning rate 0.1.
 */
#include "torch_checks.h"

#define TOLERANCE 1e-9

enum { ROWS = 24 };

static const struct torch_loss {
	const char *name;
	const struct lt_loss *loss;
	int changed; /* a setting that is not the default; -1: none */
	double value;
} losses[] = {
	{"ce", &lt_loss_ce, -1, 0},
	{"focal", &lt_loss_focal, -1, 0},
	{"focal2", &lt_loss_focal, LT_GAMMA, 2},
	{"focal_authors", &lt_loss_focal_authors, -1, 0},
	{"focal_authors2", &lt_loss_focal_authors, LT_GAMMA, 2},
	{"ldam", &lt_loss_ldam, -1, 0},
	{"balanced_softmax", &lt_loss_balanced_softmax, -1, 0},
	{"logit_adjustment", &lt_loss_logit_adjustment, -1, 0},
	{"logit_adjustment2", &lt_loss_logit_adjustment, LT_TAU, 2},
	{"vs", &lt_loss_vs, -1, 0},
	{"cdt", &lt_loss_cdt, -1, 0},
	{"smoothing", &lt_loss_smoothing, -1, 0},
};

static void check_loss(const struct torch_file *file, struct lt_loss_params *params,
		       const struct torch_loss *loss, bool omega, const char *name)
{
	double logits[ROWS * TORCH_CLASSES], grad[ROWS * TORCH_CLASSES], weight[ROWS], value;
	double difference = 0, square = 0, setting[LT_LOSS_SETTINGS];
	const double *want = torch_find(file, name, 1 + ROWS * TORCH_CLASSES);
	int32_t label[ROWS];

	for (int i = 0; i < ROWS; i++) {
		label[i] = (int32_t)(torch_word(3001, (size_t)i) % TORCH_CLASSES);
		weight[i] = torch_number(3002, (size_t)i, 0.5, 0.75);
	}
	for (int i = 0; i < ROWS * TORCH_CLASSES; i++)
		logits[i] = torch_number(3000, (size_t)i, 5, 0);
	memcpy(setting, loss->loss->setting, sizeof setting);
	if (loss->changed >= 0)
		setting[loss->changed] = loss->value;
	lt_loss_prepare(loss->loss, setting, params);
	value = lt_loss_of_batch(loss->loss, params,
				 &(struct lt_loss_batch){ROWS, TORCH_CLASSES, logits, label,
							 omega ? weight : NULL, grad, NULL});
	for (int i = 0; i < ROWS * TORCH_CLASSES; i++) {
		difference += (grad[i] - want[i + 1]) * (grad[i] - want[i + 1]);
		square += want[i + 1] * want[i + 1];
	}
	check_named(fabs(value - want[0]) <= 1e-12 * fabs(want[0]) &&
			    sqrt(difference) <= 1e-12 * sqrt(square),
		    name);
}

static void check_losses(const struct torch_file *file, const char *counts_name,
			 const uint64_t *counts)
{
	struct lt_loss_params params;
	const double *weight, *margin;
	char name[64];

	if (lt_loss_params_init(&params, TORCH_CLASSES, counts, NULL) != 0)
		abort();
	for (int balanced = 0; balanced < 2; balanced++) {
		if (balanced)
			lt_loss_weights_balanced(&params, 0.9999);
		for (int omega = 0; omega < 2; omega++)
			for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
				snprintf(name, sizeof name, "%s.%s.%s.%s", counts_name,
					 balanced ? "balanced" : "none",
					 omega ? "omega" : "equal", losses[i].name);
				check_loss(file, &params, &losses[i], omega, name);
			}
	}
	lt_loss_prepare(&lt_loss_ldam, NULL, &params);
	snprintf(name, sizeof name, "%s.weight", counts_name);
	weight = torch_find(file, name, TORCH_CLASSES);
	snprintf(name, sizeof name, "%s.margin", counts_name);
	margin = torch_find(file, name, TORCH_CLASSES);
	for (int c = 0; c < TORCH_CLASSES; c++) {
		/*
		 * PyTorch's side computes (1 - β) ÷ (1 - β^n) directly, which loses 4
		 * digits.
		 */
		check_near(params.weight[c], weight[c], 1e-12 * weight[c]);
		check_near(params.number[LT_CLASS_MARGIN][c], margin[c], 1e-15);
	}
	lt_loss_params_free(&params);
}

int main(void)
{
	static const uint64_t cifar[] = {5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50};
	static const uint64_t gap[] = {5000, 2997, 1796, 1077, 645, 387, 0, 139, 83, 50};
	const struct lt_kernels *ref;
	struct lt_pool *pool;
	struct torch_file file;
	struct lt_error err;

	if (lt_kernels_choose(&ref, "ref", &err) != 0 || lt_pool_new(&pool, 2, &err) != 0)
		return 1;
	torch_check_convs(ref, 1e-13);
	torch_check_maxes(ref, 1e-13);
	torch_check_layers(ref, pool, LT_PRECISE, 1e-11, 1e-11);
	torch_open(&file, "losses.txt");
	check_losses(&file, "cifar", cifar);
	check_losses(&file, "gap", gap);
	torch_close(&file);
	torch_check_training(ref, pool, lt_arch_find("resnet20"), "sgd_8px_lr0.1.txt", 8, 24,
			     10, 0.1, TOLERANCE, TOLERANCE);
	torch_check_training(ref, pool, &torch_bottlenecks, "sgd_bottlenecks_lr0.1.txt", 20, 24,
			     10, 0.1, TOLERANCE, TOLERANCE);
	torch_check_training(ref, pool, &torch_wide, "sgd_wide_lr0.01.txt", 8, 24, 10, 0.01,
			     TOLERANCE, TOLERANCE);
	lt_pool_free(pool);
	return check_done();
}
