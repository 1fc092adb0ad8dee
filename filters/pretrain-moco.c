/*
 * pretrain-moco: an encoder from images alone, by momentum contrast (MoCo v2)
 * with its settings for small and for large images.
 */
#include <stdlib.h>

#include "cli/learn.h"
#include "method/pretext.h"

static const struct lt_opt opts[] = {
	LT_INT("queue", "K", "4096", 1, 1 << 20, LT_OPT_RESULT,
	       "negatives kept, by default at most half the rows"),
	LT_REAL("key-momentum", "X", "0.99", 0, 1, LT_OPT_RESULT, "of the momentum encoder"),
	LT_REAL("temperature", "T", "0.1", 1e-3, 1e3, LT_OPT_RESULT,
		"logits are similarities over T"),
	LT_INT("dim", "N", "128", 1, 4096, LT_OPT_RESULT, "length of a projection"),
	LT_INT("splits", "N", "8", 1, 256, LT_OPT_RESULT,
	       "of batch norm; keys are shuffled among them"),
	LT_FLAG("symmetric", LT_OPT_RESULT, "both views are queries once"),
	LT_REAL("crop-area", "X", "0.08", 1e-3, 1, LT_OPT_RESULT,
		"least share of the image that a view shows"),
	LT_FLAG("blur", LT_OPT_RESULT, "add MoCo v2's Gaussian blur to the views"),
	LT_INT("knn", "N", "200", 0, 4000, LT_OPT_RESULT,
	       "neighbours of the reported accuracy; 0: none"),
	LT_TRAINING_OPTS("200", "128", "0.015", "cosine", "0.0005"),
	{0},
};

/* What the authors took for ImageNet-LT. */
static const struct lt_default large[] = {
	{"queue", "65536"},
	{"key-momentum", "0.999"},
	{"temperature", "0.2"},
	{"crop-area", "0.2"},
	{"arch", "resnet10"},
	{"decay", "0.0001"},
	{0},
};

struct work {
	struct lt_learn learn;
	struct lt_table rows;
	struct lt_network *net, *key_net;
	struct lt_moco *learner;
	struct lt_run run;
};

static int make_networks(struct work *w, int splits, struct lt_error *err)
{
	struct lt_network_config config;
	int dim = (int)lt_opt_int(w->learn.cli, "dim");
	int code = lt_learn_graph(&w->learn, &w->rows, NULL, LT_HEAD_MLP, dim, err);

	if (code != 0)
		return code;
	config = lt_learn_config(&w->learn);
	config.max_splits = splits;
	if ((code = lt_network_new(&w->net, &config, err)) != 0)
		return code;
	config.learns = false;
	if ((code = lt_network_new(&w->key_net, &config, err)) != 0)
		return code;
	lt_network_init(w->net, lt_cli_seed(w->learn.cli), false);
	return 0;
}

static int make_learner(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->learn.cli;
	uint64_t half = w->rows.n / 2;
	struct lt_pretext_config config = {
		.table = &w->rows,
		.augment = "moco",
		.crop_area = lt_opt_real(cli, "crop-area"),
		.blur = lt_opt_flag(cli, "blur"),
		.batch = (int)lt_opt_int(cli, "batch"),
		.momentum = lt_opt_real(cli, "momentum"),
		.decay = lt_opt_real(cli, "decay"),
		.seed = lt_cli_seed(cli),
		.threads = lt_cli_threads(cli),
		.key_momentum = lt_opt_real(cli, "key-momentum"),
		.temperature = lt_opt_real(cli, "temperature"),
		.splits = (int)lt_opt_int(cli, "splits"),
		.symmetric = lt_opt_flag(cli, "symmetric"),
		.knn = (int)lt_opt_int(cli, "knn"),
	};
	int code;

	if (!lt_opt_given(cli, "queue") && half < lt_opt_int(cli, "queue"))
		lt_opt_set_int(cli, "queue", half < 1 ? 1 : half);
	config.queue = (int)lt_opt_int(cli, "queue");
	if (config.splits > config.batch)
		return lt_fail(err, LT_USAGE, "--splits %d is more than --batch %d",
			       config.splits, config.batch);
	if ((code = make_networks(w, config.splits, err)) != 0)
		return code;
	config.net = w->net;
	config.key_net = w->key_net;
	lt_learn_norm(NULL, &w->rows, &config.norm);
	if ((code = lt_moco_new(&w->learner, &config, err)) != 0)
		return code;
	return lt_learn_describe(&w->learn, 1, &config.norm, err);
}

static int work(struct work *w, struct lt_error *err)
{
	int code = lt_learn_read_rows(&w->learn, &w->rows, 0, NULL, NULL, "data", err);

	if (code != 0 || (code = make_learner(w, err)) != 0)
		return code;
	code = lt_learn_train(&w->learn, &w->run, lt_moco_task(w->learner), w->net, err);
	return code != 0 ? code : lt_learn_write(&w->learn, &w->run, err);
}

static int run(struct lt_cli *cli, struct lt_error *err)
{
	struct work w = {0};
	int code = lt_learn_begin(&w.learn, cli, LT_MODEL, err);

	if (code == 0 && (code = lt_learn_check_files(cli, NULL, true, err)) == 0)
		code = work(&w, err);
	lt_run_free(&w.run);
	lt_moco_free(w.learner);
	lt_network_free(w.net);
	lt_network_free(w.key_net);
	lt_table_free(&w.rows);
	lt_learn_end(&w.learn);
	return code;
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
