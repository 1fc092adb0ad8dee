/*
 * pretrain-moco: pre-trains an encoder on images without labels, by momentum contrast (MoCo
 * v2), with its settings for small and large images.
 */
#include "program/pretrain.h"
#include "program/recipe.h"

struct options {
	struct lt_int_value queue;
	struct lt_real_value key_momentum;
	struct lt_int_value splits;
	struct lt_flag_value symmetric;
	struct lt_contrast_options contrast;
	struct lt_pretrain_options shared;
};

static const struct lt_opt opts[] = {
	LT_RECIPE_OPT(struct options, shared.recipe),
	LT_INT(struct options, queue, "queue", "K", "4096", 1, 1 << 20, LT_OPT_RESULT,
	       "negatives in the queue, by default at most half the rows"),
	LT_REAL(struct options, key_momentum, "key-momentum", "X", "0.99", 0, 1, LT_OPT_RESULT,
		"momentum of the key encoder"),
	LT_PROJECTION_OPTS(struct options, contrast, "0.1"),
	LT_INT(struct options, splits, "splits", "N", "8", 1, 256, LT_OPT_RESULT,
	       "splits of a batch for batch norm"),
	LT_FLAG(struct options, symmetric, "symmetric", LT_OPT_RESULT,
		"use both views as queries"),
	LT_VIEWS_OPTS(struct options, contrast),
	LT_PRETRAIN_EXPLAIN_OPT(struct options, shared),
	LT_TRAINING_OPTS(struct options, shared.training, "200", "128", "0.015", "cosine",
			 "0.0005"),
	{0},
};

/* The authors' settings for ImageNet-LT. */
static const struct lt_default large[] = {
	{"queue", "65536"},	{"key-momentum", "0.999"},
	{"temperature", "0.2"}, {"crop-area", "0.2"},
	{"blur", "on"},		{"arch", "resnet10"},
	{"decay", "0.0001"},	{0},
};

static int make_networks(struct lt_pretrain *p, const struct lt_moco_config *moco,
			 struct lt_error *err)
{
	const struct options *options = p->options;
	struct lt_network_config config;
	int batch = p->config.batch, dim = (int)options->contrast.dim.value;
	int code = lt_pretrain_network(p, LT_HEAD_MLP, dim, batch, moco->splits,
				       moco->symmetric, err);

	if (code != 0)
		return code;
	config = lt_learn_config(&p->learn);
	config.max_splits = moco->splits;
	config.learns = false;
	return lt_network_new(&p->key_net, &config, err);
}

static int settle(struct lt_pretrain *p, struct lt_error *err)
{
	struct options *options = p->options;
	int splits = (int)options->splits.value;
	uint64_t half = p->rows.n / 2;

	if (half < options->queue.value)
		lt_int_default(&options->queue, half < 1 ? 1 : half);
	if (splits > p->config.batch)
		return lt_fail(err, LT_USAGE, "--splits %d is more than --batch %d", splits,
			       p->config.batch);
	lt_pretrain_take_views(p, &options->contrast);
	return lt_pretext_check_rows(&p->rows, p->config.batch, true, err);
}

static int make(struct lt_pretrain *p, struct lt_error *err)
{
	const struct options *options = p->options;
	struct lt_moco_config moco = {
		.queue = (int)options->queue.value,
		.key_momentum = options->key_momentum.value,
		.temperature = options->contrast.temperature.value,
		.splits = (int)options->splits.value,
		.symmetric = options->symmetric.given,
		.knn = (int)options->contrast.knn.value,
	};
	int code = make_networks(p, &moco, err);

	if (code != 0)
		return code;
	moco.key_net = p->key_net;
	return lt_moco_new(&p->learner, &p->config, &moco, err);
}

static const char *const settings[] = {"queue",	    "key-momentum", "temperature",
				       "dim",	    "splits",	    "symmetric",
				       "crop-area", "blur",	    NULL};

static const struct lt_pretrain_task task = {
	.about = &lt_moco_about,
	.augment = "moco",
	.settings = settings,
	.settle = settle,
	.make = make,
};

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct options *own = options;

	return lt_pretrain(cli, &task, &own->shared, own, err);
}

static const struct lt_program program = {
	.name = "pretrain-moco",
	.synopsis = "[options] [file ...]",
	.summary = "pre-train an encoder without labels, by momentum contrast",
	.opts = opts,
	.large = large,
	.examples = {"lt pretrain-moco lt100.lts -o moco.lts",
		     "lt pretrain-moco lt100.lts | lt train --init - lt100.lts -o ssp.lts"},
	.max_operands = -1,
	.learns = true,
	.team = true,
	.version_note = lt_kernels_line,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
