/*
 * pretrain-moco: an encoder from images alone, by momentum contrast (MoCo v2)
 * with its settings for small and for large images.
 */
#include "program/pretrain.h"

static const struct lt_opt opts[] = {
	LT_INT("queue", "K", "4096", 1, 1 << 20, LT_OPT_RESULT,
	       "negatives kept, by default at most half the rows"),
	LT_REAL("key-momentum", "X", "0.99", 0, 1, LT_OPT_RESULT, "of the momentum encoder"),
	LT_PROJECTION_OPTS("0.1"),
	LT_INT("splits", "N", "8", 1, 256, LT_OPT_RESULT,
	       "of batch norm; keys are shuffled among them"),
	LT_FLAG("symmetric", LT_OPT_RESULT, "both views are queries once"),
	LT_VIEWS_OPTS,
	LT_PRETRAIN_EXPLAIN_OPT,
	LT_TRAINING_OPTS("200", "128", "0.015", "cosine", "0.0005"),
	{0},
};

/* What the authors took for ImageNet-LT. */
static const struct lt_default large[] = {
	{"queue", "65536"},	{"key-momentum", "0.999"},
	{"temperature", "0.2"}, {"crop-area", "0.2"},
	{"blur", "on"},		{"arch", "resnet10"},
	{"decay", "0.0001"},	{0},
};

static int make_networks(struct lt_pretrain *p, const struct lt_moco_config *moco,
			 struct lt_error *err)
{
	struct lt_network_config config;
	int batch = p->config.batch, dim = (int)lt_opt_int(p->learn.cli, "dim");
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
	struct lt_cli *cli = p->learn.cli;
	int splits = (int)lt_opt_int(cli, "splits");
	uint64_t half = p->rows.n / 2;

	if (!lt_opt_given(cli, "queue") && half < lt_opt_int(cli, "queue"))
		lt_opt_set_int(cli, "queue", half < 1 ? 1 : half);
	if (splits > p->config.batch)
		return lt_fail(err, LT_USAGE, "--splits %d is more than --batch %d", splits,
			       p->config.batch);
	lt_pretrain_take_views(p);
	return lt_pretext_check_rows(&p->rows, p->config.batch, true, err);
}

static int make(struct lt_pretrain *p, struct lt_error *err)
{
	struct lt_cli *cli = p->learn.cli;
	struct lt_moco_config moco = {
		.queue = (int)lt_opt_int(cli, "queue"),
		.key_momentum = lt_opt_real(cli, "key-momentum"),
		.temperature = lt_opt_real(cli, "temperature"),
		.splits = (int)lt_opt_int(cli, "splits"),
		.symmetric = lt_opt_flag(cli, "symmetric"),
		.knn = (int)lt_opt_int(cli, "knn"),
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

static int run(struct lt_cli *cli, struct lt_error *err)
{
	return lt_pretrain(cli, &task, err);
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
	.version_note = lt_kernels_line,
	.run = run,
};

int main(int argc, char **argv)
{
	return lt_main(&program, argc, argv);
}
