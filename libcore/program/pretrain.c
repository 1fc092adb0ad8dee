#include "program/pretrain.h"

#include "program/augment_options.h"
#include "program/explain_rows.h"
#include "program/recipe.h"

const char *const lt_pretrain_blur[] = {[LT_BLUR_OFF] = "off", [LT_BLUR_ON] = "on", NULL};

int lt_pretrain_network(struct lt_pretrain *p, enum lt_head_kind head, int outputs, int rows,
			int splits, bool adds, struct lt_error *err)
{
	struct lt_network_config config;
	int code = lt_learn_graph(&p->learn, &p->rows, NULL, LT_FC(head, outputs), 1, err);

	if (code != 0)
		return code;
	config = lt_learn_config(&p->learn);
	config.max_batch = rows;
	config.max_splits = splits;
	config.adds = adds;
	if ((code = lt_network_new(&p->config.net, &config, err)) != 0)
		return code;
	lt_network_init(p->config.net, p->config.seed);
	return 0;
}

int lt_pretrain_puzzle(struct lt_pretrain *p, const struct lt_puzzle *puzzle,
		       struct lt_error *err)
{
	int code = lt_pretrain_network(p, LT_HEAD_LINEAR, puzzle->classes, p->config.batch, 1,
				       false, err);

	return code != 0 ? code : lt_puzzle_new(&p->learner, &p->config, puzzle, err);
}

void lt_pretrain_take_views(struct lt_pretrain *p, const struct lt_contrast_options *options)
{
	p->config.blur = options->blur.value == LT_BLUR_ON;
	p->config.crop_area = options->crop_area.value;
}

static int take_options(struct lt_pretrain *p, const struct lt_pretrain_task *task,
			const struct lt_pretrain_options *shared, struct lt_error *err)
{
	const struct lt_training_options *training = p->learn.training;
	struct lt_pretext_config *config = &p->config;

	config->table = &p->rows;
	config->augment = task->augment ? task->augment : shared->augment.value;
	/* The option's list contains the blur that it names. */
	config->blur = !task->augment;
	config->batch = (int)training->batch.value;
	config->seed = lt_cli_seed(p->learn.cli);
	return lt_learn_norm(&p->learn, NULL, &p->rows, &config->norm, err);
}

static int explain(struct lt_pretrain *p, const struct lt_pretrain_task *task,
		   const struct lt_pretrain_options *shared, struct lt_error *err)
{
	static const char *const training[] = {"batch",	   "arch",  "epochs",	   "lr",
					       "schedule", "drops", "drop-factor", "warmup",
					       "norm",	   NULL};
	struct lt_cli *cli = p->learn.cli;
	struct lt_output *out = p->learn.output;
	struct lt_augment views;
	int code;

	if ((code = lt_pretext_views(&p->config, &views, err)) != 0 ||
	    (code = lt_recipe_explain(out, &shared->recipe, cli, err)) != 0 ||
	    (code = lt_explain_method(out, "task", lt_cli_program(cli), task->about, err)) !=
		    0 ||
	    (task->settings &&
	     (code = lt_explain_settings(out, cli, task->settings, err)) != 0) ||
	    (code = lt_explain_settings(out, cli, training, err)) != 0 ||
	    (code = lt_augment_explain(out, cli, &views, err)) != 0)
		return code;
	return lt_explain_rows(out, &p->rows, &views, err);
}

static int work(struct lt_pretrain *p, const struct lt_pretrain_task *task,
		const struct lt_pretrain_options *shared, struct lt_error *err)
{
	int code = lt_learn_read_rows(&p->learn, &p->rows, 0, NULL, NULL, "data", err);

	if (code != 0 || (code = take_options(p, task, shared, err)) != 0)
		return code;
	if (task->settle && (code = task->settle(p, err)) != 0)
		return code;
	if (shared->explain.given)
		return explain(p, task, shared, err);
	if ((code = task->make(p, err)) != 0 ||
	    (code = lt_learn_describe(&p->learn, &p->config.norm, err)) != 0 ||
	    (code = lt_learn_train(&p->learn, &p->run, &p->learner->task, p->config.net,
				   err)) != 0)
		return code;
	return lt_learn_write(&p->learn, &p->run, err);
}

/* A list of parts that each apply to one image. */
static int check_augment(const char *list, struct lt_error *err)
{
	static const struct lt_norm any = {0};
	struct lt_augment augment;
	int code = lt_augment_init(&augment, list, &any, err);

	if (code == 0 && augment.mixing != LT_MIX_NONE)
		code = lt_fail(err, LT_USAGE, "--augment %s: the task does not mix images",
			       list);
	return code;
}

int lt_pretrain(struct lt_cli *cli, const struct lt_pretrain_task *task,
		struct lt_pretrain_options *shared, void *options, struct lt_error *err)
{
	struct lt_pretrain p = {.options = options};
	bool explains = shared->explain.given;
	int code = lt_recipe_apply(&shared->recipe, cli, err);

	if (code == 0)
		code = lt_explain_begin(&shared->explain, cli, err);
	if (code == 0 && !task->augment)
		code = check_augment(shared->augment.value, err);

	if (code == 0 &&
	    (code = lt_learn_begin_training(&p.learn, cli, &shared->training, err)) == 0 &&
	    (code = lt_learn_check_inputs(cli, err)) == 0 &&
	    (explains || (code = lt_learn_check_training(&p.learn, err)) == 0))
		code = work(&p, task, shared, err);
	lt_run_free(&p.run);
	lt_pretext_free(p.learner);
	lt_network_free(p.config.net);
	lt_network_free(p.key_net);
	lt_table_free(&p.rows);
	lt_learn_end(&p.learn);
	return code;
}
