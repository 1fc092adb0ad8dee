/*
 * pretrain-rot: pre-trains an encoder on images without labels, by predicting their rotations.
 */
#include "program/pretrain.h"
#include "program/recipe.h"

struct options {
	struct lt_pretrain_options shared;
};

static const struct lt_opt opts[] = {
	LT_RECIPE_OPT(struct options, shared.recipe),
	LT_PUZZLE_AUGMENT_OPT(struct options, shared),
	LT_PRETRAIN_EXPLAIN_OPT(struct options, shared),
	LT_TRAINING_OPTS(struct options, shared.training, "200", "128", "0.1", "step",
			 "0.0002"),
	{0},
};

static const struct lt_default large[] = {{"arch", "resnet10"}, {0}};

static int make(struct lt_pretrain *p, struct lt_error *err)
{
	struct lt_puzzle rotation;
	int code = lt_rotation(&rotation, &p->rows, err);

	return code != 0 ? code : lt_pretrain_puzzle(p, &rotation, err);
}

static const struct lt_pretrain_task task = {
	.about = &lt_rotation_about,
	.make = make,
};

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct options *own = options;

	return lt_pretrain(cli, &task, &own->shared, own, err);
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
	.team = true,
	.version_note = lt_kernels_line,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
