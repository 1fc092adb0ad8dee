/*
 * retrain: replaces the head of a model and keeps its encoder, using labelled rows, scores
 * written by eval, or only the model.
 */
#include <string.h>

#include "base/memory.h"
#include "method/second_stage.h"
#include "program/class_counts.h"
#include "program/explain.h"
#include "program/features.h"
#include "program/recipe.h"
#include "program/second_images.h"
#include "program/second_options.h"

#define INFER_BATCH 64 /* rows processed at once; does not affect the result */

struct options {
	struct lt_choice_value recipe;
	struct lt_second_options second;
	struct lt_flag_value explain;
	struct lt_text_value class_counts;
	struct lt_choice_value kernel;
};

static const struct lt_opt opts[] = {
	LT_RECIPE_OPT(struct options, recipe),
	LT_SECOND_OPTS(struct options, second),
	LT_EXPLAIN_OPT(struct options, explain,
		       "print formula, source and, for adjust, a table, and exit"),
	LT_CLASS_COUNTS_OPT(struct options, class_counts),
	LT_KERNEL_OPT(struct options, kernel),
	{0},
};

/* For --procedure authors, which uses images. */
static const struct lt_default large[] = {{"augment", "resized-crop,jitter"}, {0}};

struct work {
	struct options *options;
	struct lt_infer infer;
	const struct lt_second_stage *stage;
	struct lt_frozen frozen;
	struct lt_features rows, val;
	struct lt_second_tables images; /* in place of rows and val: --procedure authors */
	uint64_t *counts;		/* of the rows */
	double *prior;
	struct lt_second_result result;
};

/* --------------------------------------------------------------------------- input */

/*
 * Reads a model that no rows follow: from stdin or the only operand, unless it was read
 * already.
 */
static int read_lone_model(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	const char *path = w->options->second.model.value ? "-" : lt_cli_operand(cli, 0);
	int code;

	if (w->infer.has_model)
		return 0;
	if ((code = lt_model_read_file(&w->infer.model, path, err)) != 0)
		return code;
	w->infer.has_model = true;
	return lt_learn_note_model(&w->infer.learn, &w->infer.model, "model", err);
}

static int read_inputs(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	const struct lt_second_options *second = &w->options->second;
	const char *val = second->val.value;
	int code;

	if (lt_second_by_authors(second))
		return lt_second_images_read(&w->images, &w->infer, &w->frozen, second, err);
	if (lt_second_reads_rows(w->stage, second)) {
		w->infer.views = (int)second->views.value;
		return lt_features_read(&w->infer, NULL, &w->frozen, &w->rows, err);
	}
	if ((code = read_lone_model(w, cli, err)) != 0 ||
	    (code = lt_infer_classifier(&w->infer, err)) != 0 ||
	    (code = lt_frozen_read(&w->frozen, &w->infer.model, err)) != 0)
		return code;
	return val ? lt_features_read(&w->infer, val, &w->frozen, &w->val, err) : 0;
}

/* ----------------------------------------------------------------------------- fit */

static void show_line(void *person, const char *text)
{
	lt_verbose(person, "%s", text);
}

/* --counts. */
static const uint64_t *counted(const struct work *w, const struct lt_header *model)
{
	return w->options->second.counts.value == LT_SECOND_TRAIN ? model->train_counts
								  : model->loss_counts;
}

/* Sets counts and prior for the methods that use them. */
static int know_classes(struct work *w, struct lt_second_config *config, struct lt_error *err)
{
	struct lt_cli *cli = w->infer.learn.cli;
	const struct lt_header *model = &w->infer.model.header;
	size_t classes = (size_t)lt_graph_classes(w->frozen.graph);

	w->counts = lt_new_array(classes, sizeof *w->counts);
	w->prior = lt_new_array(classes, sizeof *w->prior);
	if (!w->counts || !w->prior)
		return lt_fail_memory(err);
	if (w->stage->rows == LT_SECOND_LEARNS) {
		const char *name = config->images ? w->images.table.name : w->rows.name;

		if (config->images)
			lt_table_counts(&w->images.table, w->counts);
		else
			lt_features_counts(&w->rows, w->counts);
		for (size_t c = 0; c < classes; c++)
			if (w->counts[c] == 0)
				lt_notice(cli, "%s: class '%s' has no rows", name,
					  model->classes[c]);
	}
	config->counts = counted(w, model);
	config->prior = w->prior;
	return lt_second_prior(w->options->second.prior.value, config->counts, model->classes,
			       (int)classes, w->prior, err);
}

static int fit(struct work *w, struct lt_error *err)
{
	const struct lt_second_options *second = &w->options->second;
	struct lt_cli *cli = w->infer.learn.cli;
	const double setting[LT_LOSS_SETTINGS] = {
		[LT_SMOOTH_HEAD] = second->smooth_head.value,
		[LT_SMOOTH_TAIL] = second->smooth_tail.value,
	};
	struct lt_second_config config = {
		.rows = &w->rows,
		.val = second->val.value ? &w->val : NULL,
		.names = w->infer.model.header.classes,
		.model = w->infer.model.name,
		.tau = lt_second_tau_given(second),
		.scale = second->scale.value,
		.batch = (int)second->batch.value,
		.rate = second->lr.value,
		.decay = second->decay.value,
		.head_rate = second->head_rate.value,
		.loss = second->loss.value == LT_SECOND_SMOOTHING ? &lt_loss_smoothing : NULL,
		.setting = setting,
		.images = lt_second_by_authors(second) ? &w->images.images : NULL,
		.seed = lt_cli_seed(cli),
		.pool = w->infer.learn.pool,
		.person = cli,
		.line = show_line,
	};
	int code = know_classes(w, &config, err);

	if (code != 0)
		return code;
	if (lt_second_has(w->stage, "prior"))
		lt_second_notice_balanced(cli, &w->infer.model.header, w->infer.model.name);
	if (w->stage->epochs)
		config.epochs = (int)second->epochs.value;
	if ((code = w->stage->fit(&config, &w->frozen.head, &w->result, err)) != 0)
		return code;
	if (config.images)
		lt_second_images_take(&w->images, &w->frozen);
	return lt_frozen_take_head(&w->frozen, &w->infer.model, err);
}

/* -------------------------------------------------------------------------- output */

/* Fills the header: what the model's header said, the new head, and the counts of its rows. */
static int describe(struct work *w, struct lt_error *err)
{
	const struct lt_header *model = &w->infer.model.header;
	struct lt_learn *learn = &w->infer.learn;
	struct lt_header *header = &learn->header;
	int classes = model->n_classes, code;
	bool learns = w->stage->rows == LT_SECOND_LEARNS;
	const uint64_t *loss = learns ? w->counts : model->loss_counts;
	const uint64_t *train = model->train_counts || !learns ? model->train_counts : loss;

	learn->arch = model->arch;
	learn->graph = w->frozen.graph;
	w->frozen.graph = NULL;
	header->epoch = model->epoch;
	if ((code = lt_header_set_classes(header, model->classes, classes, err)) != 0 ||
	    (train && (code = lt_header_set_counts(header, &header->train_counts, train,
						   classes, err)) != 0) ||
	    (loss && (code = lt_header_set_counts(header, &header->loss_counts, loss, classes,
						  err)) != 0))
		return code;
	return lt_learn_describe(learn, &model->norm, err);
}

static int write_model(struct work *w, struct lt_error *err)
{
	struct lt_learn *learn = &w->infer.learn;
	const struct lt_model *model = &w->infer.model;
	struct lt_note_item note[LT_SECOND_ITEMS + 1] = {
		{.key = "method", .type = LT_NOTE_TEXT, .text = w->stage->name}};
	struct lt_writer *writer;
	int code = lt_cli_begin(learn->cli, &writer, learn->output, &learn->header, err);

	memcpy(note + 1, w->result.item, sizeof w->result.item);
	if (code == 0)
		code = lt_model_write(writer, "", learn->graph, w->frozen.params,
				      w->frozen.state, err);
	for (int i = 0; i < model->n_notes && code == 0; i++)
		code = lt_writer_note(writer, model->note[i].item, model->note[i].n, err);
	if (code == 0)
		code = lt_writer_note(writer, note, w->result.n + 1, err);
	for (int i = 0; i < learn->n_inputs && code == 0; i++)
		code = lt_writer_input(writer, &learn->inputs[i], err);
	return code != 0 ? code : lt_cli_done(learn->cli, writer, NULL, err);
}

/* ------------------------------------------------------------------------ --explain */

static int explain(struct work *w, struct lt_cli *cli, const struct lt_second_classes *of,
		   struct lt_error *err)
{
	struct lt_output *out;
	int code = lt_cli_output(cli, &out, err);

	if (code != 0 || (code = lt_recipe_explain(out, &w->options->recipe, cli, err)) != 0)
		return code;
	return lt_second_explain(out, cli, &w->options->second, w->stage, of, err);
}

static int explain_list(struct work *w, struct lt_cli *cli, const char *text,
			struct lt_error *err)
{
	struct lt_class_counts list = {0};
	int code = lt_class_counts_parse(text, &list, err);
	const struct lt_second_classes of = {list.classes, list.name, list.count,
					     "--class-counts"};

	if (code == 0)
		code = explain(w, cli, &of, err);
	lt_class_counts_free(&list);
	return code;
}

/*
 * The network processes fewer rows at once than a batch of crt; this does not affect the
 * result.
 */
static int begin_infer(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	const struct options *options = w->options;
	const struct lt_infer_options infer = {.model = options->second.model,
					       .batch = {.has = true, .value = INFER_BATCH},
					       .kernel = options->kernel};

	return lt_infer_begin(&w->infer, cli, &infer, LT_MODEL, err);
}

static int explain_model(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	const struct lt_header *header = &w->infer.model.header;
	int code = begin_infer(w, cli, err);

	if (code != 0 || (code = read_lone_model(w, cli, err)) != 0 ||
	    (code = lt_infer_classifier(&w->infer, err)) != 0)
		return code;
	return explain(w, cli,
		       &(struct lt_second_classes){header->n_classes, header->classes,
						   counted(w, header), w->infer.model.name},
		       err);
}

/* Class counts come from a list or a model; otherwise nothing is read. */
static int explain_it(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	const char *list = w->options->class_counts.value;
	bool of_classes = lt_second_has(w->stage, "prior");
	char methods[64];

	if (of_classes)
		return list ? explain_list(w, cli, list, err) : explain_model(w, cli, err);
	if (!list)
		return explain(w, cli, NULL, err);
	lt_second_methods("prior", methods, sizeof methods);
	return lt_fail(err, LT_USAGE, "--class-counts goes with --method %s", methods);
}

static int work(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	struct options *options = w->options;
	int code;

	if ((code = lt_recipe_apply(&options->recipe, cli, err)) != 0 ||
	    (code = lt_second_settle(&w->stage, &options->second, cli, err)) != 0 ||
	    (code = lt_explain_begin(&options->explain, cli, err)) != 0 ||
	    (code = lt_class_counts_check(&options->class_counts, &options->explain, cli, "val",
					  err)) != 0)
		return code;
	if (options->explain.given)
		return explain_it(w, cli, err);
	if ((code = begin_infer(w, cli, err)) != 0 || (code = read_inputs(w, cli, err)) != 0 ||
	    (code = fit(w, err)) != 0 || (code = describe(w, err)) != 0)
		return code;
	return write_model(w, err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work *w = lt_new_array(1, sizeof *w);
	int code;

	if (!w)
		return lt_fail_memory(err);
	w->options = options;
	code = work(w, cli, err);
	lt_features_free(&w->rows);
	lt_features_free(&w->val);
	lt_second_images_free(&w->images);
	lt_frozen_free(&w->frozen);
	lt_infer_end(&w->infer);
	lt_free(w->counts);
	lt_free(w->prior);
	lt_free(w);
	return code;
}

static const struct lt_program program = {
	.name = "retrain",
	.synopsis = "[options] [file ...]",
	.summary = "replace the head of a model and keep its encoder",
	.opts = opts,
	.large = large,
	.examples = {"lt retrain --method crt --model base.lts lt100.lts -o crt.lts",
		     "lt retrain --method tau --val val.lts --model base.lts -o tau.lts",
		     "lt train lt100.lts | lt retrain --method adjust | lt eval --model - "
		     "test.lts"},
	.max_operands = -1,
	.learns = true,
	.version_note = lt_kernels_line,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
