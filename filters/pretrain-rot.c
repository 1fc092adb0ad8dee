/*
 * pretrain-rot: an encoder from images alone, by predicting which way each was turned.
 */
#include <stdlib.h>

#include "cli/learn.h"
#include "method/pretext.h"

static const struct lt_opt opts[] = {
	LT_TRAINING_OPTS("200", "128", "0.1", "step", "0.0002"),
	{0},
};

static const struct lt_default large[] = {{"arch", "resnet10"}, {0}};

struct work {
	struct lt_learn learn;
	struct lt_table rows;
	struct lt_network *net;
	struct lt_rotation *learner;
	struct lt_run run;
};

static int make_learner(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->learn.cli;
	struct lt_network_config config;
	struct lt_pretext_config pretext = {.table = &w->rows,
					    .augment = "crop-flip",
					    .batch = (int)lt_opt_int(cli, "batch"),
					    .momentum = lt_opt_real(cli, "momentum"),
					    .decay = lt_opt_real(cli, "decay"),
					    .seed = lt_cli_seed(cli),
					    .threads = lt_cli_threads(cli)};
	int code = lt_learn_graph(&w->learn, &w->rows, NULL, LT_HEAD_LINEAR, LT_ROTATION_TURNS,
				  err);

	if (code != 0)
		return code;
	config = lt_learn_config(&w->learn);
	if ((code = lt_network_new(&w->net, &config, err)) != 0)
		return code;
	lt_network_init(w->net, pretext.seed, false);
	pretext.net = w->net;
	lt_learn_norm(NULL, &w->rows, &pretext.norm);
	if ((code = lt_rotation_new(&w->learner, &pretext, err)) != 0)
		return code;
	return lt_learn_describe(&w->learn, 1, &pretext.norm, err);
}

static int work(struct work *w, struct lt_error *err)
{
	int code = lt_learn_read_rows(&w->learn, &w->rows, 0, NULL, NULL, "data", err);

	if (code != 0 || (code = make_learner(w, err)) != 0)
		return code;
	code = lt_learn_train(&w->learn, &w->run, lt_rotation_task(w->learner), w->net, err);
	return code != 0 ? code : lt_learn_write(&w->learn, &w->run, err);
}

static int run(struct lt_cli *cli, struct lt_error *err)
{
	struct work w = {0};
	int code = lt_learn_begin(&w.learn, cli, LT_MODEL, err);

	if (code == 0 && (code = lt_learn_check_files(cli, NULL, true, err)) == 0)
		code = work(&w, err);
	lt_run_free(&w.run);
	lt_rotation_free(w.learner);
	lt_network_free(w.net);
	lt_table_free(&w.rows);
	lt_learn_end(&w.learn);
	return code;
}

static const struct lt_program program = {
	.name = "pretrain-rot",
	.synopsis = "[options] [file ...]",
	.summary = "pre-train an encoder without labels, by predicting rotations",
	.opts = opts,
	.large = large,
	.examples = {"lt pretrain-rot lt100.lts -o rot.lts",
		     "lt pretrain-rot lt100.lts | lt train --init - lt100.lts -o ssp.lts"},
	.max_operands = -1,
	.learns = true,
	.version_note = lt_kernels_line,
	.run = run,
};

int main(int argc, char **argv)
{
	return lt_main(&program, argc, argv);
}
