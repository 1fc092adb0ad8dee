/*
 * train: a classifier from labelled rows, and from pseudo-labelled or unlabelled
 * ones beside them, with any loss, rule and initial weights.
 */
#include <string.h>

#include "base/memory.h"
#include "cli/augment_options.h"
#include "cli/balance_options.h"
#include "cli/class_counts.h"
#include "cli/consistency_options.h"
#include "cli/explain.h"
#include "cli/explain_training.h"
#include "cli/training_rows.h"
#include "method/supervised.h"

static const char *const counted[] = {"all", "labelled", NULL};
static const char *const kept[] = {"last", "best", NULL};
static const char *const inputs[] = {"unlabeled", "val", "init", NULL}; /* beside operands */

static const struct lt_opt opts[] = {
	LT_BALANCE_OPTS,
	LT_PATH("init", "MODEL", "start from its encoder (- is stdin); the head is new"),
	LT_PATH("unlabeled", "FILE",
		"rows to learn from too, with pseudo-labels or --consistency"),
	LT_CONSISTENCY_OPTS,
	LT_REAL("omega", "X", NULL, 0, 1e6, LT_OPT_RESULT,
		"weight of a pseudo-labelled row (1)"),
	LT_CHOICE("counts", "WHICH", "all", counted, NULL, LT_OPT_RESULT,
		  "class counts of losses and rules: all or labelled rows"),
	LT_PATH("val", "FILE", "rows to report accuracy on each epoch"),
	LT_CHOICE("keep", "WHICH", "last", kept, NULL, LT_OPT_RESULT,
		  "last epoch's model, or the best on --val"),
	LT_AUGMENT_OPTS,
	LT_EXPLAIN_OPT("print what these options are and make of the class counts, and stop"),
	LT_CLASS_COUNTS_OPT,
	LT_TRAINING_OPTS("200", NULL, "0.1", "step", "0.0002"),
	{0},
};

/* The authors' recipe for ImageNet-LT. */
static const struct lt_default large[] = {
	{"arch", "resnet10"},
	{"epochs", "90"},
	{"lr", "0.2"},
	{"schedule", "cosine"},
	{"decay", "0.0005"},
	{"augment", "resized-crop,jitter"},
	{0},
};

struct work {
	struct lt_learn learn;
	bool explains;
	struct lt_balance balance;
	struct lt_training_rows rows;
	struct lt_consistency_settings consistency;
	struct lt_network *net, *teacher;
	struct lt_supervised *learner;
	struct lt_run run;
};

/* Options that depend on others, and their conflicts. */
static int settle_options(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	int code = lt_consistency_settle(&w->consistency, cli, err);
	enum lt_mixing mixing;

	if (code != 0)
		return code;
	if (lt_opt_choice(cli, "keep") == 1 && !lt_opt_text(cli, "val"))
		return lt_fail(err, LT_USAGE, "--keep best needs --val FILE");
	if ((code = lt_balance_settle(&w->balance, cli, err)) != 0 ||
	    (code = lt_augment_settle(&mixing, cli, err)) != 0 ||
	    (code = lt_explain_begin(&w->explains, cli, err)) != 0 ||
	    (code = lt_class_counts_check(cli, inputs, err)) != 0)
		return code;
	if (mixing != LT_MIX_NONE && w->consistency.method)
		return lt_fail(err, LT_USAGE, "--augment %s: --consistency does not mix images",
			       lt_opt_text(cli, "augment"));
	return lt_learn_check_stdin(cli, inputs, "init", err);
}

/* Of --class-counts, or of the rows that were joined. */
static int explain(const struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	struct lt_explain of = {.balance = &w->balance,
				.consistency = &w->consistency,
				.epochs = (int)lt_opt_int(cli, "epochs"),
				.classes = w->rows.all.header.n_classes,
				.names = w->rows.all.header.classes,
				.counts = w->rows.loss_counts,
				.rows = w->rows.all.header.class_counts};
	const char *list = lt_opt_text(cli, "class-counts");

	return list ? lt_explain_list(cli, list, &of, err) : lt_explain_training(cli, &of, err);
}

static int make_network(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->learn.cli;
	const struct lt_consistency_method *method = w->consistency.method;
	enum lt_head_kind head = w->balance.loss->cosine ? LT_HEAD_COSINE : LT_HEAD_LINEAR;
	struct lt_network_config config;
	int code =
		lt_learn_graph(&w->learn, &w->rows.all, w->rows.has_init ? &w->rows.init : NULL,
			       head, w->rows.all.header.n_classes, err);

	if (code != 0)
		return code;
	if (w->rows.has_init &&
	    (code = lt_model_check(&w->rows.init, w->learn.graph, false, err)) != 0)
		return code;
	config = lt_learn_config(&w->learn);
	if (w->balance.loss->cosine)
		config.scale = w->balance.setting[LT_SCALE];
	if (method) {
		config.max_batch = lt_consistency_images(&w->consistency, config.max_batch);
		config.adds = config.image_grad = method->image_grad;
	}
	if ((code = lt_network_new(&w->net, &config, err)) != 0)
		return code;
	config.learns = false;
	if (method && method->teacher &&
	    (code = lt_network_new(&w->teacher, &config, err)) != 0)
		return code;
	lt_network_init(w->net, lt_cli_seed(cli), false);
	if (w->rows.has_init && (code = lt_model_load(&w->rows.init, w->net, false, err)) != 0)
		return code;
	return lt_learn_describe(&w->learn, config.scale, &w->rows.norm, err);
}

static int make_learner(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->learn.cli;
	struct lt_supervised_config config = {
		.net = w->net,
		.table = &w->rows.all,
		.n_given = w->rows.n_given,
		.omega = lt_opt_real(cli, "omega"),
		.loss_counts = w->rows.loss_counts,
		.balance = w->balance,
		.augment = lt_opt_text(cli, "augment"),
		.mix_alpha = lt_opt_real(cli, "mix-alpha"),
		.kappa = lt_opt_real(cli, "remix-kappa"),
		.tau = lt_opt_real(cli, "remix-tau"),
		.norm = w->rows.norm,
		.batch = (int)lt_opt_int(cli, "batch"),
		.epochs = (int)lt_opt_int(cli, "epochs"),
		.momentum = lt_opt_real(cli, "momentum"),
		.decay = lt_opt_real(cli, "decay"),
		.seed = lt_cli_seed(cli),
		.threads = lt_cli_threads(cli),
		.val = w->rows.has_val ? &w->rows.val : NULL,
		.keep_best = lt_opt_choice(cli, "keep") == 1,
		.consistency = w->consistency,
		.teacher = w->teacher,
	};

	return lt_supervised_new(&w->learner, &config, err);
}

static int work(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->learn.cli;
	int code;

	code = lt_training_rows_read(&w->rows, &w->learn, w->consistency.method == NULL, err);
	if (code != 0)
		return code;
	if (w->explains)
		return explain(w, cli, err);
	if ((code = make_network(w, err)) != 0 || (code = make_learner(w, err)) != 0)
		return code;
	lt_verbose(cli, "%llu rows, %d classes, %s, %zu parameters, kernels %s, %d threads",
		   (unsigned long long)w->rows.all.n, w->rows.all.header.n_classes,
		   w->learn.arch, lt_graph_parameters(w->learn.graph), w->learn.kernels->name,
		   lt_cli_threads(cli));
	if (w->rows.has_unlabeled)
		lt_verbose(cli, "%llu labelled, %llu %s: %d steps an epoch",
			   (unsigned long long)w->rows.n_given,
			   (unsigned long long)(w->rows.all.n - w->rows.n_given),
			   w->consistency.method ? "unlabelled" : "pseudo-labelled",
			   lt_supervised_steps(w->learner));
	code = lt_learn_train(&w->learn, &w->run, lt_supervised_task(w->learner), w->net, err);
	if (code != 0)
		return code;
	w->learn.header.epoch = lt_supervised_take(w->learner);
	if (lt_opt_choice(cli, "keep") == 1)
		lt_verbose(cli, "kept epoch %lld", (long long)w->learn.header.epoch);
	return lt_learn_write(&w->learn, &w->run, err);
}

static int run(struct lt_cli *cli, struct lt_error *err)
{
	struct work *w = lt_new_array(1, sizeof *w);
	int code;

	if (!w)
		return lt_fail_memory(err);
	if ((code = settle_options(w, cli, err)) == 0 && lt_opt_text(cli, "class-counts"))
		code = explain(w, cli, err);
	else if (code == 0 && (code = lt_learn_begin(&w->learn, cli, LT_MODEL, err)) == 0 &&
		 (code = lt_learn_check_files(cli, inputs, !w->explains, err)) == 0)
		code = work(w, err);
	lt_run_free(&w->run);
	lt_supervised_free(w->learner);
	lt_network_free(w->net);
	lt_network_free(w->teacher);
	lt_training_rows_free(&w->rows);
	lt_learn_end(&w->learn);
	lt_free(w);
	return code;
}

static const struct lt_program program = {
	.name = "train",
	.synopsis = "[options] [file ...]",
	.summary = "learn a classifier from long-tailed rows",
	.opts = opts,
	.large = large,
	.examples = {"lt pretrain-rot lt100.lts | lt train --init - --loss ldam --rule drw "
		     "lt100.lts -o ssp.lts",
		     "lt pseudolabel --model base.lts du.lts | lt train --unlabeled - "
		     "lt100.lts -o semi.lts"},
	.max_operands = -1,
	.learns = true,
	.version_note = lt_kernels_line,
	.run = run,
};

int main(int argc, char **argv)
{
	return lt_main(&program, argc, argv);
}
