/*
 * retrain: another head on a model whose encoder stays as it is: from labelled
 * rows, from scores that eval wrote, or from the model alone.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "cli/features.h"
#include "method/second_stage.h"

#define INFER_BATCH 64 /* rows through the network at once; changes no result */
#define MOST_TAU 100

static const char *const counted[] = {"train", "loss", NULL};

static const struct lt_opt opts[] = {
	LT_CHOICE("method", "NAME", NULL, lt_second_stage_names, NULL, LT_OPT_RESULT,
		  "crt, lws, tau, ncm, adjust or temperature"),
	LT_PATH("model", "FILE", "the model (else the first segment of the input)"),
	LT_PATH("val", "FILE", "rows or scores to choose tau or the temperature by"),
	LT_TEXT("tau", "X", NULL, LT_OPT_RESULT,
		"of tau (auto) and adjust (1): a number or auto, by --val"),
	LT_TEXT("prior", "Q", "uniform", LT_OPT_RESULT,
		"adjust: shares where it is used: uniform, model or a list"),
	LT_CHOICE("counts", "WHICH", "train", counted, NULL, LT_OPT_RESULT,
		  "adjust: the model's class counts: train or loss"),
	LT_REAL("scale", "X", "30", 1e-3, 1e4, LT_OPT_RESULT, "ncm: of the cosines"),
	LT_INT("views", "K", "1", 1, 1000, LT_OPT_RESULT,
	       "crt, lws, ncm: an image and K - 1 crops and flips of it"),
	LT_INT("epochs", "N", NULL, 1, 100000, LT_OPT_RESULT,
	       "of crt (10) and lws (5), as many draws as rows each"),
	LT_INT("batch", "N", "512", 1, 65536, LT_OPT_RESULT, "crt, lws: rows a step"),
	LT_REAL("lr", "X", "0.2", 0, 1e6, LT_OPT_RESULT, "crt, lws: rate, on a cosine to 0"),
	LT_REAL("decay", "X", "0.0005", 0, 1e6, LT_OPT_RESULT, "crt, lws: weight decay"),
	LT_NETWORK_OPTS,
	{0},
};

struct work {
	struct lt_infer infer;
	const struct lt_second_stage *stage;
	struct lt_frozen frozen;
	struct lt_features rows, val;
	uint64_t *counts; /* of rows */
	double *prior;
	struct lt_second_result result;
};

/* ------------------------------------------------------------------------- options */

/* An option of other methods would change nothing: given, it is a mistake. */
static int check_options(const struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	char methods[128];

	for (const struct lt_second_stage *other = lt_second_stages; other->name; other++)
		for (int i = 0; other->options[i]; i++) {
			const char *name = other->options[i];

			if (lt_second_has(w->stage, name))
				continue;
			lt_second_methods(name, methods, sizeof methods);
			if (lt_opt_given(cli, name))
				return lt_fail(err, LT_USAGE, "--%s goes with --method %s",
					       name, methods);
			lt_opt_drop(cli, name);
		}
	return 0;
}

static int check_tau(const struct lt_cli *cli, struct lt_error *err)
{
	const char *tau = lt_opt_text(cli, "tau");
	bool chosen = strcmp(tau, "auto") == 0;
	double value;

	if (!chosen && !lt_parse_real(tau, 0, MOST_TAU, &value))
		return lt_fail(err, LT_USAGE, "--tau: '%s' is neither auto nor from 0 to 100",
			       tau);
	if (chosen && !lt_opt_text(cli, "val"))
		return lt_fail(err, LT_USAGE,
			       "--tau auto needs --val FILE, rows to choose it by");
	if (!chosen && lt_opt_text(cli, "val"))
		return lt_fail(err, LT_USAGE, "--val FILE goes with --tau auto");
	return 0;
}

static bool is_stdin(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

static bool reads_rows(const struct work *w, const struct lt_cli *cli)
{
	return w->stage->rows == LT_SECOND_LEARNS ||
	       (w->stage->rows == LT_SECOND_FITS && !lt_opt_text(cli, "val"));
}

/* What is read: rows unless the method does without, the model, --val; stdin once. */
static int check_inputs(const struct work *w, const struct lt_cli *cli, struct lt_error *err)
{
	const char *model = lt_opt_text(cli, "model"), *val = lt_opt_text(cli, "val");
	int operands = lt_cli_operands(cli);
	bool used = is_stdin(model) || (operands == 0 && (!model || reads_rows(w, cli)));

	if (!reads_rows(w, cli) && operands > (model ? 0 : 1))
		return lt_fail(err, LT_USAGE,
			       "'%s': --method %s learns from no rows%s; what it chooses by is "
			       "--val FILE",
			       lt_cli_operand(cli, operands - 1), w->stage->name,
			       val ? " but those of --val" : "");
	for (int i = 0; i < operands; i++)
		used = used || is_stdin(lt_cli_operand(cli, i));
	if (used && is_stdin(val))
		return lt_fail(err, LT_USAGE,
			       "--val -: stdin is the model or the rows already");
	return 0;
}

static int settle(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	int code;

	if (!lt_opt_text(cli, "method"))
		return lt_fail(err, LT_USAGE, "no method: use --method NAME");
	w->stage = &lt_second_stages[lt_opt_choice(cli, "method")];
	if ((code = check_options(w, cli, err)) != 0)
		return code;
	if (w->stage->epochs && !lt_opt_given(cli, "epochs"))
		lt_opt_set_int(cli, "epochs", (uint64_t)w->stage->epochs);
	if (w->stage->tau) {
		if (!lt_opt_given(cli, "tau"))
			lt_opt_set_text(cli, "tau", w->stage->tau);
		if ((code = check_tau(cli, err)) != 0)
			return code;
	}
	return check_inputs(w, cli, err);
}

/* --------------------------------------------------------------------------- input */

/* A model without rows after it: on stdin, the only operand, or read already. */
static int read_lone_model(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	const char *path = lt_opt_text(cli, "model") ? "-" : lt_cli_operand(cli, 0);
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
	const char *val = lt_opt_text(cli, "val");
	int code;

	if (reads_rows(w, cli)) {
		w->infer.views = (int)lt_opt_int(cli, "views");
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

/* Counts and prior, where the method asks for them. */
static int know_classes(struct work *w, struct lt_second_config *config, struct lt_error *err)
{
	struct lt_cli *cli = w->infer.learn.cli;
	const struct lt_header *model = &w->infer.model.header;
	size_t classes = (size_t)w->frozen.graph->classes;

	w->counts = lt_new_array(classes, sizeof *w->counts);
	w->prior = lt_new_array(classes, sizeof *w->prior);
	if (!w->counts || !w->prior)
		return lt_fail_memory(err);
	if (w->stage->rows == LT_SECOND_LEARNS) {
		lt_features_counts(&w->rows, w->counts);
		for (size_t c = 0; c < classes; c++)
			if (w->counts[c] == 0)
				lt_notice(cli, "%s: class '%s' has no rows", w->rows.name,
					  model->classes[c]);
	}
	config->counts =
		lt_opt_choice(cli, "counts") == 0 ? model->train_counts : model->loss_counts;
	config->prior = w->prior;
	return lt_second_prior(lt_opt_text(cli, "prior"), config->counts, model->classes,
			       (int)classes, w->prior, err);
}

static int fit(struct work *w, struct lt_error *err)
{
	struct lt_cli *cli = w->infer.learn.cli;
	const char *tau = lt_opt_text(cli, "tau");
	struct lt_second_config config = {
		.rows = &w->rows,
		.val = lt_opt_text(cli, "val") ? &w->val : NULL,
		.names = w->infer.model.header.classes,
		.model = w->infer.model.name,
		.tau = NAN,
		.scale = lt_opt_real(cli, "scale"),
		.batch = (int)lt_opt_int(cli, "batch"),
		.rate = lt_opt_real(cli, "lr"),
		.decay = lt_opt_real(cli, "decay"),
		.seed = lt_cli_seed(cli),
		.pool = w->infer.learn.pool,
		.person = cli,
		.line = show_line,
	};
	int code = know_classes(w, &config, err);

	if (code != 0)
		return code;
	if (tau && strcmp(tau, "auto") != 0)
		lt_parse_real(tau, 0, MOST_TAU, &config.tau);
	if (w->stage->epochs)
		config.epochs = (int)lt_opt_int(cli, "epochs");
	if ((code = w->stage->fit(&config, &w->frozen.head, &w->result, err)) != 0)
		return code;
	return lt_frozen_take_head(&w->frozen, &w->infer.model, err);
}

/* -------------------------------------------------------------------------- output */

/* What the model's header said, the new head, and the counts that it was learnt from. */
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
	return lt_learn_describe(learn, w->frozen.head.scale, &model->norm, err);
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

static int work(struct work *w, struct lt_cli *cli, struct lt_error *err)
{
	static const char *const read_too[] = {"val", NULL};
	int code;

	if ((code = settle(w, cli, err)) != 0 ||
	    (code = lt_infer_begin(&w->infer, cli, LT_MODEL, err)) != 0)
		return code;
	w->infer.batch = INFER_BATCH;
	if ((code = lt_learn_check_files(cli, read_too, false, err)) != 0 ||
	    (code = read_inputs(w, cli, err)) != 0 || (code = fit(w, err)) != 0 ||
	    (code = describe(w, err)) != 0)
		return code;
	return write_model(w, err);
}

static int run(struct lt_cli *cli, struct lt_error *err)
{
	struct work *w = calloc(1, sizeof *w);
	int code;

	if (!w)
		return lt_fail_memory(err);
	code = work(w, cli, err);
	lt_features_free(&w->rows);
	lt_features_free(&w->val);
	lt_frozen_free(&w->frozen);
	lt_infer_end(&w->infer);
	free(w->counts);
	free(w->prior);
	free(w);
	return code;
}

static const struct lt_program program = {
	.name = "retrain",
	.synopsis = "[options] [file ...]",
	.summary = "put another head on a model, its encoder as it is",
	.opts = opts,
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
	return lt_main(&program, argc, argv);
}
