/*
 * Every float32 kernel set that this CPU can run against PyTorch's float64:
 * layers, and steps of ResNet-20.  Ten float32 steps at learning rate 0.1 drift
 * apart between any two correct programs, so there are ten at 0.001 and one at
 * 0.1.  Images of 32×32 are left to the tuned sets.
 */
#include "torch_checks.h"

#define LOSS_BOUND 1e-4
#define WEIGHT_BOUND 3e-4 /* ‖Δw‖ / ‖w‖ over all parameters */

static void check_counts(void)
{
	/* 464,154 is the authors' figure; the others are PyTorch's sums for the same code. */
	static const struct {
		const char *arch;
		long params;
	} want[] = {{"resnet20", 269722},
		    {"resnet32", 464154},
		    {"resnet44", 658586},
		    {"resnet56", 853018},
		    {"resnet110", 1727962}};
	struct lt_graph *g = malloc(sizeof *g);

	if (!g)
		abort();
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		long sum = 0;

		check_int(
			lt_graph_build(g, want[i].arch, 32, 32, 3, LT_HEAD_LINEAR, 10, 0, NULL),
			0);
		for (int p = 0; p < g->n_params; p++)
			sum += (long)g->param[p].size;
		check_int(sum, want[i].params);
	}
	free(g);
}

static void check_set(const struct lt_kernels *set, struct lt_pool *pool)
{
	torch_check_convs(set, 1e-5);
	torch_check_layers(set, pool, 1e-5);
	torch_check_training(set, pool, "sgd_8px_lr0.001.txt", 8, 24, 10, 0.001, LOSS_BOUND,
			     WEIGHT_BOUND);
	torch_check_training(set, pool, "sgd_8px_lr0.1_once.txt", 8, 24, 1, 0.1, LOSS_BOUND,
			     WEIGHT_BOUND);
	if (strcmp(set->name, "ref") == 0)
		return;
	torch_check_training(set, pool, "sgd_32px_lr0.001.txt", 32, 16, 10, 0.001, LOSS_BOUND,
			     WEIGHT_BOUND);
	torch_check_training(set, pool, "sgd_32px_lr0.1_once.txt", 32, 16, 1, 0.1, LOSS_BOUND,
			     WEIGHT_BOUND);
}

int main(void)
{
	static const char *const names[] = {"ref", "x86-64", "v3", "v4", "neon", NULL};
	const struct lt_kernels *set;
	struct lt_pool *pool;
	struct lt_error err;

	if (lt_pool_new(&pool, 2, &err) != 0)
		return 1;
	check_counts();
	for (int i = 0; names[i]; i++) {
		if (lt_kernels_choose(&set, names[i], &err) == 0)
			check_set(set, pool);
		else
			printf("# %s\n", err.text);
	}
	lt_pool_free(pool);
	return check_done();
}
