/*
 * tsne: reads rows with features and adds a point in the plane to each, by t-SNE.
 */
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "cli/cli.h"
#include "embed/tsne.h"
#include "image/frames.h"
#include "program/feature_rows.h"
#include "stream/show.h"

enum format { FORMAT_STREAM, FORMAT_TSV };
static const char *const formats[] = {[FORMAT_STREAM] = "stream", [FORMAT_TSV] = "tsv", NULL};
static const char *const inits[] = {[LT_TSNE_PCA] = "pca", [LT_TSNE_RANDOM] = "random", NULL};

struct options {
	struct lt_text_value column;
	struct lt_real_value perplexity, exaggeration, theta, rate;
	struct lt_int_value iterations;
	struct lt_choice_value init, format;
};

static const struct lt_opt opts[] = {
	LT_TEXT(struct options, column, "column", "NAME", "feature", LT_OPT_RESULT,
		"column of features to embed"),
	LT_REAL(struct options, perplexity, "perplexity", "X", "30", 1, 1e6, LT_OPT_RESULT,
		"approximate number of neighbours, up to (rows - 1) / 3"),
	LT_REAL(struct options, theta, "theta", "X", "0.5", 0, 1, LT_OPT_RESULT,
		"coarseness of the approximation; 0 is exact, for some thousand rows"),
	LT_REAL(struct options, exaggeration, "exaggeration", "X", "12", 1, 1e6, LT_OPT_RESULT,
		"factor of attraction in early iterations"),
	LT_INT(struct options, iterations, "iterations", "N", "1000", 1, 1000000, LT_OPT_RESULT,
	       "number; a quarter, up to 250, are exaggerated"),
	LT_REAL(struct options, rate, "rate", "X", NULL, 0, 1e9, LT_OPT_RESULT,
		"learning rate (default rows / exaggeration / 4, at least 50)"),
	LT_CHOICE(struct options, init, "init", "HOW", "pca", inits, NULL, LT_OPT_RESULT,
		  "initial points"),
	LT_CHOICE(struct options, format, "format", "NAME", "stream", formats, NULL, 0,
		  "add a column xy to the rows, or write text"),
	{0},
};

struct work {
	struct lt_cli *cli;
	struct options *options;
	struct lt_output *output;
	struct lt_feature_input input;
	struct lt_frames frames; /* all rows */
	double *xy;
	double divergence;
	struct lt_feature_output to;
};

/* ----------------------------------------------------------------------------- rows */

static int read_rows(struct work *w, struct lt_error *err)
{
	const struct lt_rows *rows;
	int code = lt_feature_input_operands(&w->input, w->cli, w->options->column.value, err);

	while (code == 0 && (code = lt_join_next(&w->input.join, &rows, err)) == 0 && rows) {
		const struct lt_header *header = lt_feature_header(&w->input);

		code = lt_vectors_add(&w->input.vectors, header, rows,
				      lt_feature_name_now(&w->input), err);
		if (code == 0)
			code = lt_frames_keep(&w->frames, header, rows, NULL, 0, err);
		lt_progress(w->cli, "rows", w->input.vectors.n, 0);
	}
	return code;
}

/* ------------------------------------------------------------------------ embedding */

static void tick(void *arg, uint64_t done)
{
	const struct work *w = arg;

	lt_progress(w->cli, "iterations", done, w->options->iterations.value);
}

static int check_perplexity(const struct work *w, struct lt_error *err)
{
	double most = lt_tsne_most_perplexity(w->input.vectors.n),
	       wanted = w->options->perplexity.value;
	char text[32];

	if (wanted <= most)
		return 0;
	lt_format_real(wanted, text);
	if (most < 1)
		return lt_fail(err, LT_USAGE,
			       "--perplexity: %zu rows are too few for any value",
			       w->input.vectors.n);
	return lt_fail(err, LT_USAGE, "--perplexity: %s is too large for %zu rows; at most %g",
		       text, w->input.vectors.n, floor(most));
}

static int embed(struct work *w, struct lt_error *err)
{
	struct options *o = w->options;
	struct lt_tsne_config config = {.perplexity = o->perplexity.value,
					.exaggeration = o->exaggeration.value,
					.theta = o->theta.value,
					.iterations = o->iterations.value,
					.seed = lt_cli_seed(w->cli),
					.init = (enum lt_tsne_init)o->init.value,
					.tick = tick,
					.arg = w};
	int code = check_perplexity(w, err);

	if (code != 0)
		return code;
	lt_real_default(&o->rate, lt_tsne_rate(w->input.vectors.n, o->exaggeration.value));
	config.rate = o->rate.value;
	w->xy = lt_new_array(w->input.vectors.n, 2 * sizeof *w->xy);
	if (!w->xy)
		return lt_fail_memory(err);
	if ((code = lt_pool_new(&config.pool, lt_cli_threads(w->cli), err)) != 0)
		return code;
	code = lt_tsne(&config, w->input.vectors.value, w->input.vectors.n,
		       w->input.vectors.width, w->xy, &w->divergence, err);
	lt_pool_free(config.pool);
	if (code == 0)
		lt_notice(w->cli, "%zu rows, KL divergence %.4f", w->input.vectors.n,
			  w->divergence);
	return code;
}

/* --------------------------------------------------------------------------- output */

/* x, y, the class's name, and the key or else the id. */
static int write_line(const struct work *w, const struct lt_rows *rows, uint32_t i,
		      const float xy[2], struct lt_error *err)
{
	const struct lt_header *header = lt_feature_header(&w->input);
	int y = lt_header_find(header, "y"), key = lt_header_find(header, "key");
	int64_t label = y < 0 ? -1 : lt_rows_integer(rows, header, y, i);
	char x_text[32], y_text[32];
	int code;

	lt_show_number(x_text, LT_F4, xy, 0);
	lt_show_number(y_text, LT_F4, xy, 1);
	code = lt_output_printf(w->output, err, "%s\t%s\t%s\t", x_text, y_text,
				label >= 0 && label < header->n_classes ? header->classes[label]
									: "-");
	if (code != 0)
		return code;
	if (key < 0)
		key = lt_header_find(header, "id");
	return key < 0 ? lt_output_printf(w->output, err, "-\n")
		       : lt_show_cells(w->output, header, rows, i, &key, 1, err);
}

static int write_rows(struct work *w, bool text, struct lt_error *err)
{
	size_t at = 0;
	int code = 0;

	for (size_t f = 0; f < w->frames.n && code == 0; f++) {
		const struct lt_rows *rows = lt_frames_get(&w->frames, f, NULL);

		for (uint32_t i = 0; i < rows->n && code == 0; i++, at++) {
			float xy[2] = {(float)w->xy[2 * at], (float)w->xy[2 * at + 1]};

			code = text ? write_line(w, rows, i, xy, err)
				    : lt_feature_output_row(&w->to, &w->input, rows, i, xy,
							    err);
		}
	}
	return code;
}

static int write_stream(struct work *w, struct lt_error *err)
{
	struct lt_note_item item = {
		.key = "kl_divergence", .type = LT_NOTE_REAL, .real = w->divergence};
	struct lt_feature_input *input = &w->input;
	int code = lt_feature_output_header(&w->to, input, "xy", 2, "info", err);

	if (code != 0 ||
	    (code = lt_feature_output_provenance(&w->to, w->cli, &input, 1, true, err)) != 0 ||
	    (code = lt_cli_begin(w->cli, &w->to.writer, w->output, &w->to.header, err)) != 0 ||
	    (code = write_rows(w, false, err)) != 0 ||
	    (code = lt_writer_note(w->to.writer, &item, 1, err)) != 0)
		return code;
	return lt_feature_output_done(&w->to, w->cli, &input, 1, err);
}

static int write_text(struct work *w, struct lt_error *err)
{
	int code = lt_output_printf(w->output, err, "x\ty\tlabel\tkey\n");

	return code != 0 ? code : write_rows(w, true, err);
}

/* ----------------------------------------------------------------------------- main */

static int work(struct work *w, struct lt_error *err)
{
	bool text = w->options->format.value == FORMAT_TSV;
	int code;

	if (text)
		lt_cli_writes_text(w->cli);
	if ((code = lt_cli_output(w->cli, &w->output, err)) != 0 ||
	    (code = read_rows(w, err)) != 0 || (code = embed(w, err)) != 0)
		return code;
	return text ? write_text(w, err) : write_stream(w, err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work w = {.cli = cli, .options = options};
	int code;

	lt_header_init(&w.to.header, LT_SCORES);
	code = work(&w, err);
	lt_feature_input_close(&w.input);
	lt_feature_output_free(&w.to);
	lt_frames_free(&w.frames);
	lt_free(w.xy);
	return code;
}

static const struct lt_program program = {
	.name = "tsne",
	.synopsis = "[options] [file ...]",
	.summary = "embed features in the plane with t-SNE",
	.opts = opts,
	.examples = {"lt eval --model base.lts --scores scores.lts test.lts -o report.txt",
		     "lt tsne --format tsv scores.lts -o points.tsv"},
	.max_operands = -1,
	.learns = true,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
