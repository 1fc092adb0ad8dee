/*
 * train: a classifier from labelled rows, and from pseudo-labelled or unlabelled
 * ones beside them, with any loss, rule and initial weights.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/augment_options.h"
#include "cli/balance_options.h"
#include "cli/consistency_options.h"
#include "cli/explain.h"
#include "cli/explain_training.h"
#include "cli/learn.h"
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
	struct lt_table given, pseudo, val; /* given takes in pseudo once it is read */
	struct lt_model init;
	bool has_init, has_pseudo, has_val;
	uint64_t n_given;
	uint64_t *train_counts, *loss_counts;
	struct lt_norm norm;
	struct lt_consistency_settings consistency;
	struct lt_network *net, *teacher;
	struct lt_supervised *learner;
	struct lt_run run;
};

static int read_side(struct work *w, const char *option, struct lt_table *table, bool *has,
		     struct lt_error *err)
{
	const char *path = lt_opt_text(w->learn.cli, option);
	int code;

	if (!path)
		return 0;
	if ((code = lt_learn_read_file(&w->learn, table, 0, path, option, err)) != 0)
		return code;
	*has = true;
	return 0;
}

static int read_inputs(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->learn.cli;
	/* Only --init - lets a model stand before the rows. */
	struct lt_model *before = lt_is_stdin(lt_opt_text(cli, "init")) ? &w->init : NULL;
	int code;

	if ((code = lt_learn_read_model(&w->learn, &w->init, &w->has_init,
					lt_opt_text(cli, "init"), "init", err)) != 0 ||
	    (code = lt_learn_read_rows(&w->learn, &w->given, 0, before, &w->has_init, "data",
				       err)) != 0 ||
	    (code = read_side(w, "unlabeled", &w->pseudo, &w->has_pseudo, err)) != 0 ||
	    (code = read_side(w, "val", &w->val, &w->has_val, err)) != 0)
		return code;
	if (lt_opt_text(cli, "init") && !w->has_init)
		return lt_fail(err, LT_DATA,
			       "%s: no model before the rows, where --init - wants one",
			       w->given.name);
	if ((code = lt_table_want_labels(&w->given, err)) != 0 ||
	    (code = lt_table_want_given(&w->given, err)) != 0)
		return code;
	if (w->has_pseudo && w->pseudo.n == 0)
		lt_notice(cli, "%s: no rows, so nothing but the labelled ones is learnt from",
			  w->pseudo.name);
	if (w->has_pseudo &&
	    ((code = w->consistency.method
			     ? lt_table_forget_labels(&w->pseudo, &w->given.header, err)
			     : lt_table_want_labels(&w->pseudo, err)) != 0 ||
	     (code = lt_table_want_same(&w->given, &w->pseudo, err)) != 0))
		return code;
	if (w->has_val && (code = lt_table_want_same(&w->given, &w->val, err)) != 0)
		return code;
	if (lt_opt_choice(cli, "keep") == 0)
		return 0;
	if (!lt_table_has_label(&w->val))
		return lt_fail(err, LT_DATA,
			       "%s: no row has a label to choose the best epoch by",
			       w->val.name);
	lt_notice_test_rows(cli, &w->val.header, w->val.name);
	return 0;
}

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
	    (code = lt_explain_check_counts(cli, inputs, err)) != 0)
		return code;
	if (mixing != LT_MIX_NONE && w->consistency.method)
		return lt_fail(err, LT_USAGE, "--augment %s: --consistency does not mix images",
			       lt_opt_text(cli, "augment"));
	return lt_learn_check_stdin(cli, inputs, "init", err);
}

/* Class counts, then all rows in one table. */
static int join_rows(struct work *w, struct lt_error *err)
{
	int classes = w->given.header.n_classes, code;
	struct lt_header *header = &w->learn.header;

	w->train_counts = lt_new_array((size_t)classes, sizeof *w->train_counts);
	w->loss_counts = lt_new_array((size_t)classes, sizeof *w->loss_counts);
	if (!w->train_counts || !w->loss_counts)
		return lt_fail_memory(err);
	lt_table_counts(&w->given, w->train_counts);
	w->n_given = w->given.n;
	lt_learn_norm(w->has_init ? &w->init : NULL, &w->given, &w->norm);
	if ((code = lt_header_set_classes(header, w->given.header.classes, classes, err)) != 0)
		return code;
	if (w->has_pseudo && (code = lt_table_append(&w->given, &w->pseudo, err)) != 0)
		return code;
	if (lt_opt_choice(w->learn.cli, "counts") == 0)
		lt_table_counts(&w->given, w->loss_counts);
	else
		memcpy(w->loss_counts, w->train_counts,
		       (size_t)classes * sizeof *w->loss_counts);
	if ((code = lt_header_set_counts(header, &header->train_counts, w->train_counts,
					 classes, err)) != 0 ||
	    (code = lt_header_set_counts(header, &header->loss_counts, w->loss_counts, classes,
					 err)) != 0)
		return code;
	return 0;
}

/* Of --class-counts, or of the rows that were joined. */
static int explain(const struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	struct lt_explain of = {.balance = &w->balance,
				.consistency = &w->consistency,
				.epochs = (int)lt_opt_int(cli, "epochs"),
				.classes = w->given.header.n_classes,
				.names = w->given.header.classes,
				.counts = w->loss_counts,
				.rows = w->given.header.class_counts};
	const char *list = lt_opt_text(cli, "class-counts");

	return list ? lt_explain_list(cli, list, &of, err) : lt_explain_training(cli, &of, err);
}

static int make_network(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->learn.cli;
	const struct lt_consistency_method *method = w->consistency.method;
	enum lt_head_kind head = w->balance.loss->cosine ? LT_HEAD_COSINE : LT_HEAD_LINEAR;
	struct lt_network_config config;
	int code = lt_learn_graph(&w->learn, &w->given, w->has_init ? &w->init : NULL, head,
				  w->given.header.n_classes, err);

	if (code != 0)
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
	if (w->has_init && (code = lt_model_load(&w->init, w->net, false, err)) != 0)
		return code;
	return lt_learn_describe(&w->learn, config.scale, &w->norm, err);
}

static int make_learner(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->learn.cli;
	struct lt_supervised_config config = {
		.net = w->net,
		.table = &w->given,
		.n_given = w->n_given,
		.omega = lt_opt_real(cli, "omega"),
		.loss_counts = w->loss_counts,
		.balance = w->balance,
		.augment = lt_opt_text(cli, "augment"),
		.mix_alpha = lt_opt_real(cli, "mix-alpha"),
		.kappa = lt_opt_real(cli, "remix-kappa"),
		.tau = lt_opt_real(cli, "remix-tau"),
		.norm = w->norm,
		.batch = (int)lt_opt_int(cli, "batch"),
		.epochs = (int)lt_opt_int(cli, "epochs"),
		.momentum = lt_opt_real(cli, "momentum"),
		.decay = lt_opt_real(cli, "decay"),
		.seed = lt_cli_seed(cli),
		.threads = lt_cli_threads(cli),
		.val = w->has_val ? &w->val : NULL,
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

	if ((code = read_inputs(w, err)) != 0 || (code = join_rows(w, err)) != 0)
		return code;
	if (w->explains)
		return explain(w, cli, err);
	if ((code = make_network(w, err)) != 0 || (code = make_learner(w, err)) != 0)
		return code;
	lt_verbose(cli, "%llu rows, %d classes, %s, %zu parameters, kernels %s, %d threads",
		   (unsigned long long)w->given.n, w->given.header.n_classes, w->learn.arch,
		   lt_graph_parameters(w->learn.graph), w->learn.kernels->name,
		   lt_cli_threads(cli));
	if (w->has_pseudo)
		lt_verbose(cli, "%llu labelled, %llu %s: %d steps an epoch",
			   (unsigned long long)w->n_given,
			   (unsigned long long)(w->given.n - w->n_given),
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
	struct work *w = calloc(1, sizeof *w);
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
	free(w->train_counts);
	free(w->loss_counts);
	lt_table_free(&w->given);
	lt_table_free(&w->pseudo);
	lt_table_free(&w->val);
	lt_model_free(&w->init);
	lt_learn_end(&w->learn);
	free(w);
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
