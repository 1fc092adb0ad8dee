/*
 * pretrain-moco: an encoder from images alone, by momentum contrast (MoCo v2)
 * with the settings for small images.
 */
#include <stdlib.h>

#include "cli/learn.h"
#include "method/pretext.h"

static const struct lt_opt opts[] = {
	{.name = "queue",
	 .type = LT_OPT_INT,
	 .arg = "K",
	 .min = 1,
	 .max = 1 << 20,
	 .flags = LT_OPT_RESULT,
	 .help = "negatives kept (4096, at most half the rows)"},
	{.name = "key-momentum",
	 .type = LT_OPT_REAL,
	 .arg = "X",
	 .def = "0.99",
	 .low = 0,
	 .high = 1,
	 .flags = LT_OPT_RESULT,
	 .help = "of the momentum encoder"},
	{.name = "temperature",
	 .type = LT_OPT_REAL,
	 .arg = "T",
	 .def = "0.1",
	 .low = 1e-3,
	 .high = 1e3,
	 .flags = LT_OPT_RESULT,
	 .help = "logits are similarities over T"},
	{.name = "dim",
	 .type = LT_OPT_INT,
	 .arg = "N",
	 .def = "128",
	 .min = 1,
	 .max = 4096,
	 .flags = LT_OPT_RESULT,
	 .help = "length of a projection"},
	{.name = "splits",
	 .type = LT_OPT_INT,
	 .arg = "N",
	 .def = "8",
	 .min = 1,
	 .max = 256,
	 .flags = LT_OPT_RESULT,
	 .help = "of batch norm; keys are shuffled among them"},
	{.name = "symmetric",
	 .type = LT_OPT_FLAG,
	 .flags = LT_OPT_RESULT,
	 .help = "both views are queries once"},
	{.name = "blur",
	 .type = LT_OPT_FLAG,
	 .flags = LT_OPT_RESULT,
	 .help = "add MoCo v2's Gaussian blur to the views"},
	{.name = "knn",
	 .type = LT_OPT_INT,
	 .arg = "N",
	 .def = "200",
	 .min = 0,
	 .max = 4000,
	 .flags = LT_OPT_RESULT,
	 .help = "neighbours of the reported accuracy; 0: none"},
	LT_TRAINING_OPTS("200", "128", "0.015", "0.0005"),
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

	if (!lt_opt_given(cli, "queue"))
		lt_opt_set_int(cli, "queue", half < 1 ? 1 : half < 4096 ? half : 4096);
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
	code = lt_learn_train(&w->learn, &w->run, lt_moco_task(w->learner), w->net,
			      LT_SCHEDULE_COSINE, err);
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
