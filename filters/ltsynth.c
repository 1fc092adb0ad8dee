/*
 * ltsynth: draws the built-in sample images, which data/synth.h describes.
 */

#include "base/memory.h"
#include "cli/cli.h"
#include "data/synth.h"

static const char *const splits[] = {[LT_SYNTH_TRAIN] = "train",
				     [LT_SYNTH_UNLABELLED] = "unlabeled",
				     [LT_SYNTH_TEST] = "test",
				     NULL};

struct options {
	struct lt_choice_value split; /* enum lt_synth_split */
	struct lt_int_value per_class, classes, size;
};

static const struct lt_opt opts[] = {
	LT_CHOICE(struct options, split, "split", "NAME", "train", splits, NULL, LT_OPT_RESULT,
		  "which of three disjoint sets"),
	LT_INT(struct options, per_class, "per-class", "N", "500", 0, 10000000, LT_OPT_RESULT,
	       "images of each class"),
	LT_INT(struct options, classes, "classes", "C", "10", LT_SYNTH_MIN_CLASSES,
	       LT_SYNTH_MAX_CLASSES, LT_OPT_RESULT, "number of classes"),
	LT_INT(struct options, size, "size", "S", "32", LT_SYNTH_MIN_SIZE, LT_SYNTH_MAX_SIZE,
	       LT_OPT_RESULT, "height and width in pixels"),
	{.name = NULL},
};

struct work {
	struct lt_cli *cli;
	struct lt_synth synth;
	uint64_t per_class;
	bool labelled;
	struct lt_header header;
	double *canvas;
	uint8_t *image;
};

static int make_header(struct work *work, struct lt_error *err)
{
	struct lt_header *header = &work->header;
	uint32_t size = (uint32_t)work->synth.size;
	struct lt_shape image = {3, {size, size, 3}}, scalar = {0};
	const char *names[LT_SYNTH_MAX_CLASSES];
	uint64_t counts[LT_SYNTH_MAX_CLASSES];
	int c, code, n = work->synth.classes;

	for (c = 0; c < n; c++) {
		names[c] = lt_synth_class(c);
		counts[c] = work->per_class;
	}
	header->split = splits[work->synth.split];
	if ((code = lt_header_set_classes(header, names, n, err)) != 0 ||
	    (code = lt_header_add_column(header, "image", LT_U1, image, "input", err)) != 0 ||
	    (code = lt_header_add_column(header, "y", LT_I4, scalar, "label", err)) != 0 ||
	    (code = lt_header_add_column(header, "id", LT_I8, scalar, "id", err)) != 0)
		return code;
	if (work->labelled)
		code = lt_header_set_counts(header, &header->class_counts, counts, n, err);
	else
		code = lt_header_add_column(header, "y_true", LT_I4, scalar, "info", err);
	return code == 0 ? lt_cli_provenance(work->cli, header, "stdout", NULL, 0, err) : code;
}

static int draw_rows(struct work *work, struct lt_writer *writer, struct lt_error *err)
{
	uint64_t row, n = work->per_class * (uint64_t)work->synth.classes;
	int32_t label, truth;
	int64_t id;
	const void *cell[] = {work->image, &label, &id, &truth};
	int code = 0;

	for (row = 0; row < n && code == 0; row++) {
		lt_synth_draw(&work->synth, (uint32_t)row, work->canvas, work->image);
		id = (int64_t)row;
		truth = (int32_t)(row % (uint64_t)work->synth.classes);
		label = work->labelled ? truth : -1;
		code = lt_writer_row(writer, cell, NULL, err);
		if (row % 256 == 0)
			lt_progress(work->cli, "drawing", row, n);
	}
	return code;
}

static int synth(struct work *work, struct lt_error *err)
{
	size_t values = 3 * (size_t)work->synth.size * (size_t)work->synth.size;
	struct lt_output *output;
	struct lt_writer *writer;
	int code;

	work->canvas = lt_new_array(values, sizeof *work->canvas);
	work->image = lt_new_array(values, 1);
	if (!work->canvas || !work->image)
		return lt_fail_memory(err);
	if ((code = make_header(work, err)) != 0 ||
	    (code = lt_cli_output(work->cli, &output, err)) != 0 ||
	    (code = lt_cli_begin(work->cli, &writer, output, &work->header, err)) != 0 ||
	    (code = draw_rows(work, writer, err)) != 0)
		return code;
	return lt_cli_done(work->cli, writer, NULL, err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	const struct options *o = options;
	struct work work = {
		.cli = cli,
		.synth = {.seed = lt_cli_seed(cli),
			  .split = (enum lt_synth_split)o->split.value,
			  .classes = (int)o->classes.value,
			  .size = (int)o->size.value},
		.per_class = o->per_class.value,
	};
	int code;

	work.labelled = work.synth.split != LT_SYNTH_UNLABELLED;
	lt_header_init(&work.header, LT_ROWS);
	code = synth(&work, err);
	lt_header_free(&work.header);
	lt_free(work.canvas);
	lt_free(work.image);
	return code;
}

static const struct lt_program program = {
	.name = "ltsynth",
	.synopsis = "[options]",
	.summary = "draw the built-in sample images: upright objects in colour",
	.opts = opts,
	.examples = {"lt synth --per-class 1000 | lt split --ratio 100 | lt train -o base.lts",
		     "lt synth --split test --per-class 200 | lt eval --model base.lts"},
	.max_operands = 0,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
