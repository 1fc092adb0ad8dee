/*
 * Compares every float32 kernel set that this CPU can run with PyTorch's float64: layers,
 * and steps of ResNet-20 and of bottlenecks.  At learning rate 0.1, ten float32 steps of
 * any two correct programs drift apart, so there are ten steps at 0.001 and one at 0.1.
 * Only the tuned sets process images of 32×32.
 */
#include "torch_checks.h"

#define LOSS_BOUND 1e-4
/*
 * For bfloat16: for outputs; and for gradients, where rounding a value near a ReLU's kink
 * switches everything behind it on or off.
 */
#define BF16_BOUND 2e-2
#define BF16_GRAD_BOUND 0.4
#define WEIGHT_BOUND 3e-4 /* ‖Δw‖ / ‖w‖ over all parameters */

static void check_counts(void)
{
	/*
	 * 464,154 is the authors' figure.  The other small networks' figures are PyTorch's,
	 * for the same code; those of the large networks are torchvision's, except for
	 * ResNet-10, which torchvision does not have.
	 */
	static const struct {
		const char *arch;
		int side, classes;
		size_t params;
	} want[] = {{"resnet20", 32, 10, 269722},      {"resnet32", 32, 10, 464154},
		    {"resnet44", 32, 10, 658586},      {"resnet56", 32, 10, 853018},
		    {"resnet110", 32, 10, 1727962},    {"resnet10", 224, 1000, 5418792},
		    {"resnet18", 224, 1000, 11689512}, {"resnet34", 224, 1000, 21797672},
		    {"resnet50", 224, 1000, 25557032}};
	struct lt_graph *g = malloc(sizeof *g);

	if (!g)
		abort();
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		int side = want[i].side;

		check_int(lt_graph_build(g, want[i].arch, side, side, 3,
					 LT_FC(LT_HEAD_LINEAR, want[i].classes), 1, NULL),
			  0);
		check_int((long)lt_graph_parameters(g), (long)want[i].params);
	}
	free(g);
}

/* Names and buffers of the large networks, and sides that become odd when halved. */
static void check_large(void)
{
	struct lt_graph *g = malloc(sizeof *g);

	if (!g)
		abort();
	check_int(lt_graph_build(g, "resnet50", 225, 97, 3, LT_FC(LT_HEAD_LINEAR, 10), 1, NULL),
		  0);
	check_int(g->conv[0].shape.out_h, 113);
	check_int(g->act[1].h, 57);
	check_int(g->act[g->out].h, 8);
	check_int(g->act[g->out].w, 4);
	check_text(g->conv[4].name, "layer1.0.downsample.0");
	check_text(g->conv[4].bn, "layer1.0.downsample.1");
	check_text(g->conv[3].name, "layer1.0.conv3");
	/* The stride is in the 3×3 convolution. */
	check_text(g->conv[12].name, "layer2.0.conv2");
	check_int(g->conv[12].shape.stride, 2);
	check_int(g->n_gradients, 3);
	check_int(lt_graph_build(g, "resnet10", 4, 4, 1, LT_FC(LT_HEAD_LINEAR, 10), 1, NULL),
		  0);
	check_int(
		lt_graph_build(g, "resnet32", 226, 226, 3, LT_FC(LT_HEAD_LINEAR, 10), 1, NULL),
		LT_DATA);
	free(g);
}

/* The result of a row does not depend on the number of other rows. */
static void check_rows(const struct lt_kernels *set, struct lt_pool *pool)
{
	static const enum lt_head_kind heads[] = {LT_HEAD_LINEAR, LT_HEAD_COSINE, LT_HEAD_MLP};
	struct lt_graph *g = malloc(sizeof *g);
	lt_real all[LT_RANGE * TORCH_CLASSES];
	char name[80];

	if (!g)
		abort();
	for (int h = 0; h < 3; h++) {
		struct torch_tensor x = {NULL, TORCH_IMAGES, {LT_RANGE, 3, 6, 6}};
		struct lt_network *net;
		bool same = true;

		if (lt_graph_end(g, torch_first(g, 6, 6, 3, 32, 3), torch_head(heads[h]), 1,
				 NULL) != 0)
			abort();
		net = torch_network(g, set, pool, LT_PRECISE, LT_RANGE, 7000);
		torch_fill(&x, lt_network_input(net), 7090, 2, 0);
		lt_network_forward(net, LT_RANGE, 1, LT_EVAL, NULL);
		memcpy(all, lt_network_outputs(net, 0), sizeof all);
		for (int n = 1; n < LT_RANGE; n++) {
			lt_network_forward(net, n, 1, LT_EVAL, NULL);
			same = same && memcmp(all, lt_network_outputs(net, 0),
					      (size_t)n * TORCH_CLASSES * sizeof *all) == 0;
		}
		snprintf(name, sizeof name, "%s: head %d: the same bytes for fewer rows",
			 set->name, h);
		check_named(same, name);
		lt_network_free(net);
	}
	free(g);
}

static void check_set(const struct lt_kernels *set, struct lt_pool *pool)
{
	const struct lt_arch *resnet20 = lt_arch_find("resnet20");

	torch_check_convs(set, 1e-5);
	torch_check_maxes(set, 1e-5);
	torch_check_layers(set, pool, LT_PRECISE, 1e-5, 1e-5);
	torch_check_layers(set, pool, LT_BF16, BF16_BOUND, BF16_GRAD_BOUND);
	torch_check_layers(set, pool, LT_BF16_FAST, BF16_BOUND, BF16_GRAD_BOUND);
	check_rows(set, pool);
	torch_check_training(set, pool, resnet20, "sgd_8px_lr0.001.txt", 8, 24, 10, 0.001,
			     LOSS_BOUND, WEIGHT_BOUND);
	torch_check_training(set, pool, &torch_bottlenecks, "sgd_bottlenecks_lr0.001.txt", 20,
			     24, 10, 0.001, LOSS_BOUND, WEIGHT_BOUND);
	torch_check_training(set, pool, &torch_bottlenecks, "sgd_bottlenecks_lr0.1_once.txt",
			     20, 24, 1, 0.1, LOSS_BOUND, WEIGHT_BOUND);
	torch_check_training(set, pool, resnet20, "sgd_8px_lr0.1_once.txt", 8, 24, 1, 0.1,
			     LOSS_BOUND, WEIGHT_BOUND);
	torch_check_training(set, pool, &torch_wide, "sgd_wide_lr0.01.txt", 8, 24, 10, 0.01,
			     LOSS_BOUND, WEIGHT_BOUND);
	if (strcmp(set->name, "ref") == 0)
		return;
	torch_check_training(set, pool, resnet20, "sgd_32px_lr0.001.txt", 32, 16, 10, 0.001,
			     LOSS_BOUND, WEIGHT_BOUND);
	torch_check_training(set, pool, resnet20, "sgd_32px_lr0.1_once.txt", 32, 16, 1, 0.1,
			     LOSS_BOUND, WEIGHT_BOUND);
}

int main(void)
{
	const struct lt_kernels *set, *best;
	struct lt_pool *pool;
	struct lt_error err;

	if (lt_pool_new(&pool, 2, &err) != 0)
		return 1;
	check_counts();
	check_large();
	if (lt_kernels_choose(&best, NULL, &err) != 0)
		return 1;
	for (int i = 0; lt_kernel_names[i]; i++) {
		bool left_out =
			check_is_slow() && i > 0 && strcmp(lt_kernel_names[i], best->name) != 0;

		if (left_out)
			printf("# left out, too slow here: %s\n", lt_kernel_names[i]);
		else if (lt_kernels_choose(&set, lt_kernel_names[i], &err) == 0)
			check_set(set, pool);
		else
			printf("# %s\n", err.text);
	}
	lt_pool_free(pool);
	return check_done();
}
