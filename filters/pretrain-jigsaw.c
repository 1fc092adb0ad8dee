/*
 * pretrain-jigsaw: pre-trains an encoder on images without labels, by predicting the order of
 * their shuffled tiles.
 */
#include "program/pretrain.h"

struct options {
	struct lt_int_value grid;
	struct lt_pretrain_options shared;
};

static const struct lt_opt opts[] = {
	LT_INT(struct options, grid, "grid", "N", "2", 2, 3, LT_OPT_RESULT,
	       "tiles a side: 2, all 24 orders; or 3, 100 orders"),
	LT_PUZZLE_AUGMENT_OPT(struct options, shared),
	LT_PRETRAIN_EXPLAIN_OPT(struct options, shared),
	LT_TRAINING_OPTS(struct options, shared.training, "200", "128", "0.1", "step",
			 "0.0002"),
	{0},
};

static const struct lt_default large[] = {{"grid", "3"}, {"arch", "resnet10"}, {0}};

static int make(struct lt_pretrain *p, struct lt_error *err)
{
	static struct lt_jigsaw jigsaw;
	struct lt_puzzle puzzle;
	const struct options *options = p->options;
	int grid = (int)options->grid.value;
	int code = lt_jigsaw(&puzzle, &jigsaw, grid, &p->rows, err);

	return code != 0 ? code : lt_pretrain_puzzle(p, &puzzle, err);
}

static const char *const settings[] = {"grid", NULL};

static const struct lt_pretrain_task task = {
	.about = &lt_jigsaw_about,
	.settings = settings,
	.make = make,
};

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct options *own = options;

	return lt_pretrain(cli, &task, &own->shared, own, err);
}

static const struct lt_program program = {
	.name = "pretrain-jigsaw",
	.synopsis = "[options] [file ...]",
	.summary = "pre-train an encoder without labels, by putting tiles in order",
	.opts = opts,
	.large = large,
	.examples = {"lt pretrain-jigsaw lt100.lts -o jigsaw.lts",
		     "lt pretrain-jigsaw lt100.lts | lt train --init - lt100.lts -o ssp.lts"},
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
