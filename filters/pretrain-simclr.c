/*
 * pretrain-simclr: pre-trains an encoder on images without labels, by contrasting two views of
 * each with all others of the batch (SimCLR).
 */
#include "program/pretrain.h"

enum heads { MLP, MLP_NORM };
static const char *const heads[] = {[MLP] = "mlp", [MLP_NORM] = "mlp-norm", NULL};

struct options {
	struct lt_choice_value head; /* enum heads */
	struct lt_contrast_options contrast;
	struct lt_pretrain_options shared;
};

static const struct lt_opt opts[] = {
	LT_PROJECTION_OPTS(struct options, contrast, "0.5"),
	LT_CHOICE(struct options, head, "head", "NAME", NULL, heads, NULL, LT_OPT_RESULT,
		  "projection head, mlp-norm as published"),
	LT_VIEWS_OPTS(struct options, contrast),
	LT_PRETRAIN_EXPLAIN_OPT(struct options, shared),
	LT_TRAINING_OPTS(struct options, shared.training, "200", "128", "0.06", "cosine",
			 "0.0001"),
	{0},
};

/* The authors' temperature and blur for ImageNet. */
static const struct lt_default large[] = {
	{"temperature", "0.1"},
	{"blur", "on"},
	{"arch", "resnet10"},
	{0},
};

static int settle(struct lt_pretrain *p, struct lt_error *err)
{
	const struct options *options = p->options;

	if (p->config.batch < 2)
		return lt_fail(err, LT_USAGE,
			       "--batch 1 leaves no other image to contrast with: at least 2");
	lt_pretrain_take_views(p, &options->contrast);
	return lt_pretext_check_rows(&p->rows, p->config.batch, true, err);
}

static int make(struct lt_pretrain *p, struct lt_error *err)
{
	const struct options *options = p->options;
	struct lt_simclr_config simclr = {
		.temperature = options->contrast.temperature.value,
		.knn = (int)options->contrast.knn.value,
	};
	int dim = (int)options->contrast.dim.value;
	enum lt_head_kind head =
		options->head.value == MLP_NORM ? LT_HEAD_MLP_NORM : LT_HEAD_MLP;
	int code = lt_pretrain_network(p, head, dim, 2 * p->config.batch, 1, false, err);

	if (code != 0)
		return code;
	return lt_simclr_new(&p->learner, &p->config, &simclr, err);
}

static const char *const settings[] = {"temperature", "dim", "head", "crop-area", "blur", NULL};

static const struct lt_pretrain_task task = {
	.about = &lt_simclr_about,
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
	.name = "pretrain-simclr",
	.synopsis = "[options] [file ...]",
	.summary = "pre-train an encoder without labels, by contrast of two views",
	.opts = opts,
	.large = large,
	.examples = {"lt pretrain-simclr lt100.lts -o simclr.lts",
		     "lt pretrain-simclr lt100.lts | lt train --init - lt100.lts -o ssp.lts"},
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
