#include "cli/pretrain.h"

int lt_pretrain_network(struct lt_pretrain *p, enum lt_head_kind head, int outputs, int rows,
			int splits, struct lt_error *err)
{
	struct lt_network_config config;
	int code = lt_learn_graph(&p->learn, &p->rows, NULL, head, outputs, err);

	if (code != 0)
		return code;
	config = lt_learn_config(&p->learn);
	config.max_batch = rows;
	config.max_splits = splits;
	if ((code = lt_network_new(&p->config.net, &config, err)) != 0)
		return code;
	lt_network_init(p->config.net, p->config.seed, false);
	return 0;
}

int lt_pretrain_puzzle(struct lt_pretrain *p, const struct lt_puzzle *puzzle,
		       struct lt_error *err)
{
	int code = lt_pretrain_network(p, LT_HEAD_LINEAR, puzzle->classes, p->config.batch, 1,
				       err);

	p->config.augment = "crop-flip";
	return code != 0 ? code : lt_puzzle_new(&p->learner, &p->config, puzzle, err);
}

static void take_options(struct lt_pretrain *p)
{
	struct lt_cli *cli = p->learn.cli;
	struct lt_pretext_config *config = &p->config;

	config->table = &p->rows;
	lt_learn_norm(NULL, &p->rows, &config->norm);
	config->batch = (int)lt_opt_int(cli, "batch");
	config->momentum = lt_opt_real(cli, "momentum");
	config->decay = lt_opt_real(cli, "decay");
	config->seed = lt_cli_seed(cli);
	config->threads = lt_cli_threads(cli);
}

static int work(struct lt_pretrain *p, lt_pretrain_make *make, struct lt_error *err)
{
	int code = lt_learn_read_rows(&p->learn, &p->rows, 0, NULL, NULL, "data", err);

	if (code != 0)
		return code;
	take_options(p);
	if ((code = make(p, err)) != 0 ||
	    (code = lt_learn_describe(&p->learn, 1, &p->config.norm, err)) != 0 ||
	    (code = lt_learn_train(&p->learn, &p->run, &p->learner->task, p->config.net,
				   err)) != 0)
		return code;
	return lt_learn_write(&p->learn, &p->run, err);
}

int lt_pretrain(struct lt_cli *cli, lt_pretrain_make *make, struct lt_error *err)
{
	struct lt_pretrain p = {0};
	int code = lt_learn_begin(&p.learn, cli, LT_MODEL, err);

	if (code == 0 && (code = lt_learn_check_files(cli, NULL, true, err)) == 0)
		code = work(&p, make, err);
	lt_run_free(&p.run);
	lt_pretext_free(p.learner);
	lt_network_free(p.config.net);
	lt_network_free(p.key_net);
	lt_table_free(&p.rows);
	lt_learn_end(&p.learn);
	return code;
}
