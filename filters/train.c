/*
 * train: trains a classifier on labelled and optionally pseudo-labelled or unlabelled rows,
 * with any loss, rule and initial weights.
 */
#include <string.h>

#include "base/memory.h"
#include "method/learner.h"
#include "program/augment_options.h"
#include "program/balance_options.h"
#include "program/class_counts.h"
#include "program/explain.h"
#include "program/explain_training.h"
#include "program/method_options.h"
#include "program/recipe.h"
#include "program/schedule_options.h"
#include "program/training_rows.h"

enum keep { KEEP_LAST, KEEP_BEST };
static const char *const kept[] = {[KEEP_LAST] = "last", [KEEP_BEST] = "best", NULL};

enum keep_by { KEEP_BY_BALANCED, KEEP_BY_ACCURACY };
static const char *const kept_bys[] = {
	[KEEP_BY_BALANCED] = "balanced", [KEEP_BY_ACCURACY] = "accuracy", NULL};

struct options {
	struct lt_choice_value recipe;
	struct lt_balance_options balance;
	struct lt_text_value init, unlabeled;
	struct lt_method_options method;
	struct lt_real_value omega;
	struct lt_choice_value counts; /* enum lt_counted */
	struct lt_text_value val;
	struct lt_choice_value keep, keep_by;
	struct lt_augment_options augment;
	struct lt_flag_value explain;
	struct lt_text_value class_counts;
	struct lt_training_options training;
};

static const struct lt_opt opts[] = {
	LT_RECIPE_OPT(struct options, recipe),
	LT_BALANCE_OPTS(struct options, balance),
	LT_PATH(struct options, init, "init", "MODEL", LT_FILE_READ,
		"start from this encoder, with a new head (- is stdin)"),
	LT_PATH(struct options, unlabeled, "unlabeled", "FILE", LT_FILE_READ,
		"more rows to learn from, pseudo-labelled or for --method"),
	LT_METHOD_OPTS(struct options, method),
	LT_REAL(struct options, omega, "omega", "X", NULL, 0, 1e6, LT_OPT_RESULT | LT_OPT_FINE,
		"pseudo-labelled rows 1"),
	LT_CHOICE(struct options, counts, "counts", "WHICH", "all", lt_counted_names, NULL,
		  LT_OPT_RESULT | LT_OPT_FINE, "rows that losses and rules count"),
	LT_PATH(struct options, val, "val", "FILE", LT_FILE_READ,
		"rows on which to report accuracy after each epoch"),
	LT_CHOICE(struct options, keep, "keep", "WHICH", "last", kept, NULL, LT_OPT_RESULT,
		  "which epoch's model to write, best on --val"),
	LT_CHOICE(struct options, keep_by, "keep-by", "FIGURE", NULL, kept_bys, NULL,
		  LT_OPT_RESULT | LT_OPT_FINE, "best balanced"),
	LT_AUGMENT_OPTS(struct options, augment),
	LT_EXPLAIN_OPT(struct options, explain,
		       "print formulas, sources and class weights, and exit"),
	LT_CLASS_COUNTS_OPT(struct options, class_counts),
	LT_TRAINING_OPTS(struct options, training, "200", NULL, "0.1", "step", "0.0002"),
	LT_OPTIMISER_OPTS(struct options, training),
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
	struct options *options;
	struct lt_learn learn;
	struct lt_balance balance;
	struct lt_training_rows rows;
	struct lt_method_settings method;
	struct lt_network *net, *average;
	struct lt_learner *learner;
	struct lt_run run;
};

/* Settles options that depend on each other and checks for conflicts. */
static int settle_options(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	struct options *o = w->options;
	const struct lt_unlabeled_settings others = {
		.unlabeled = o->unlabeled.value,
		.explains = o->class_counts.given,
		.omega = &o->omega,
		.counts = &o->counts,
		.batch = &o->training.batch,
		.loss = lt_loss_table[o->balance.loss.value],
		.loss_name = lt_loss_names[o->balance.loss.value],
	};
	int code = lt_method_settle(&w->method, &o->method, &others, err);
	enum lt_mixing mixing;

	if (code != 0)
		return code;
	if (o->keep.value == KEEP_BEST && !o->val.value) {
		if (o->keep.given)
			return lt_fail(err, LT_USAGE, "--keep best needs --val FILE");
		o->keep.value = KEEP_LAST;
		lt_notice(cli,
			  "--recipe %s keeps the best epoch by --val FILE; without it the last "
			  "one is kept",
			  lt_recipe_names[o->recipe.value]);
	}
	if (o->keep.value != KEEP_BEST && o->keep_by.given)
		return lt_fail(err, LT_USAGE, "--keep-by goes with --keep best");
	o->keep_by.has = o->keep_by.has && o->keep.value == KEEP_BEST;
	if ((code = lt_balance_settle(&w->balance, &o->balance, err)) != 0 ||
	    (code = lt_augment_settle(&mixing, &o->augment, err)) != 0 ||
	    (code = lt_explain_begin(&o->explain, cli, err)) != 0 ||
	    (code = lt_class_counts_check(&o->class_counts, &o->explain, cli, NULL, err)) != 0)
		return code;
	if (mixing != LT_MIX_NONE && w->method.method != &lt_method_none)
		return lt_fail(err, LT_USAGE, "--augment %s: --method %s mixes no images",
			       o->augment.augment.value, w->method.method->name);
	return lt_learn_check_stdin(cli, "init", err);
}

/* For --class-counts, or for the rows that were read. */
static int explain(const struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	struct lt_explain of = {.recipe = &w->options->recipe,
				.balance = &w->balance,
				.method = &w->method,
				.augment = w->options->augment.augment.value,
				.epochs = w->learn.rates.epochs,
				.table = &w->rows.all,
				.classes = w->rows.all.header.n_classes,
				.names = w->rows.all.header.classes,
				.counts = w->rows.loss_counts,
				.rows = w->rows.all.header.class_counts};
	const char *list = w->options->class_counts.value;

	return list ? lt_explain_list(cli, list, &of, err) : lt_explain_training(cli, &of, err);
}

static int make_network(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->learn.cli;
	const struct lt_method *method = w->method.method;
	struct lt_head classifier = *LT_FC(LT_HEAD_LINEAR, w->rows.all.header.n_classes);
	struct lt_head heads[LT_METHOD_HEADS];
	struct lt_network_config config;
	int code, n;

	if (w->balance.loss->cosine) {
		classifier.kind = LT_HEAD_COSINE;
		classifier.scale = w->balance.setting[LT_SCALE];
	}
	n = lt_method_heads(method, &classifier, heads);
	code = lt_learn_graph(&w->learn, &w->rows.all, w->rows.has_init ? &w->rows.init : NULL,
			      heads, n, err);
	if (code != 0)
		return code;
	w->learn.graph->predicts = method->predicts;
	if (w->rows.has_init &&
	    (code = lt_model_check(&w->rows.init, w->learn.graph, false, err)) != 0)
		return code;
	config = lt_learn_config(&w->learn);
	config.max_batch = lt_method_images(&w->method, config.max_batch);
	config.adds = lt_method_adds(method);
	config.image_grad = method->image_grad;
	if ((code = lt_network_new(&w->net, &config, err)) != 0)
		return code;
	config.learns = false;
	if (method->average && (code = lt_network_new(&w->average, &config, err)) != 0)
		return code;
	lt_network_init(w->net, lt_cli_seed(cli));
	if (w->rows.has_init && (code = lt_model_load(&w->rows.init, w->net, false, err)) != 0)
		return code;
	return lt_learn_describe(&w->learn, &w->rows.norm, err);
}

static enum lt_keep kept_by(const struct options *o)
{
	if (o->keep.value != KEEP_BEST)
		return LT_KEEP_LAST;
	return o->keep_by.value == KEEP_BY_ACCURACY ? LT_KEEP_ACCURACY : LT_KEEP_BALANCED;
}

static int make_learner(struct work *w, struct lt_error *err)
{
	const struct options *o = w->options;
	struct lt_cli *cli = w->learn.cli;
	struct lt_learner_config config = {
		.net = w->net,
		.table = &w->rows.all,
		.n_given = w->rows.n_given,
		.omega = o->omega.value,
		.loss_counts = w->rows.loss_counts,
		.balance = w->balance,
		.augment = o->augment.augment.value,
		.mix_alpha = o->augment.mix_alpha.value,
		.mix_probability =
			o->augment.mix_probability.has ? o->augment.mix_probability.value : 1,
		.kappa = o->augment.remix_kappa.value,
		.tau = o->augment.remix_tau.value,
		.norm = w->rows.norm,
		.batch = (int)o->training.batch.value,
		.epochs = w->learn.rates.epochs,
		.period = w->learn.rates.period,
		.total = w->learn.rates.steps,
		.seed = lt_cli_seed(cli),
		.val = w->rows.has_val ? &w->rows.val : NULL,
		.keep = kept_by(o),
		.method = w->method,
		.average = w->average,
	};

	return lt_learner_new(&w->learner, &config, err);
}

static int work(struct work *w, struct lt_error *err)
{
	const struct options *o = w->options;
	const struct lt_training_files files = {.init = o->init.value,
						.unlabeled = o->unlabeled.value,
						.val = o->val.value,
						.pseudo = !w->method.method->unlabelled,
						.counts_all = o->counts.value == LT_COUNTED_ALL,
						.chooses = o->keep.value == KEEP_BEST};
	struct lt_cli *cli = w->learn.cli;
	int epoch, code = lt_training_rows_read(&w->rows, &w->learn, &files, err);

	if (code != 0 ||
	    (code = lt_balance_defer(&w->balance, &o->balance, &w->learn.rates, err)) != 0)
		return code;
	if (o->explain.given)
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
			   w->method.method->unlabelled ? "unlabelled" : "pseudo-labelled",
			   w->learner->steps);
	code = lt_learn_train(&w->learn, &w->run, &w->learner->task, w->net, err);
	if (code != 0 || (code = lt_learner_take(w->learner, &epoch, err)) != 0)
		return code;
	w->learn.header.epoch = epoch;
	if (o->keep.value == KEEP_BEST)
		lt_verbose(cli, "kept epoch %lld", (long long)w->learn.header.epoch);
	return lt_learn_write(&w->learn, &w->run, err);
}

static int begin(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	struct options *o = w->options;
	int code = lt_recipe_apply(&o->recipe, cli, err);

	if (code == 0)
		code = settle_options(w, cli, err);

	if (code != 0)
		return code;
	if (o->class_counts.given) {
		if ((code = lt_schedule_settle(&w->learn.rates, &o->training, err)) != 0 ||
		    (code = lt_balance_defer(&w->balance, &o->balance, &w->learn.rates, err)) !=
			    0)
			return code;
		return explain(w, cli, err);
	}
	if ((code = lt_learn_begin_training(&w->learn, cli, &o->training, err)) != 0 ||
	    (code = lt_learn_check_inputs(cli, err)) != 0 ||
	    (!o->explain.given && (code = lt_learn_check_training(&w->learn, err)) != 0))
		return code;
	return work(w, err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work *w = lt_new_array(1, sizeof *w);
	int code;

	if (!w)
		return lt_fail_memory(err);
	w->options = options;
	code = begin(w, cli, err);
	lt_run_free(&w->run);
	lt_learner_free(w->learner);
	lt_network_free(w->net);
	lt_network_free(w->average);
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
	.team = true,
	.version_note = lt_kernels_line,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
