/*
 * ltimport: archives, directories and published data sets of images to rows.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "data/class_list.h"
#include "data/import.h"

/* In the order of enum lt_split, without its first. */
static const char *const splits[] = {"train", "test", "val", "extra", "all", NULL};
enum channels { GREY, COLOUR };
static const char *const channels[] = {[GREY] = "1", [COLOUR] = "3", NULL};

struct options {
	struct lt_choice_value format; /* 0: auto, else as in lt_import_names */
	struct lt_choice_value split;  /* enum lt_split without its first */
	struct lt_int_value size;
	struct lt_choice_value channels; /* enum channels */
	struct lt_text_value classes;
	struct lt_flag_value no_labels, coarse, no_orient;
	struct lt_text_value range, background;
	struct lt_int_value skip_bad, max_pixels;
	struct lt_flag_value encoded;
};

static const struct lt_opt opts[] = {
	LT_CHOICE(struct options, format, "format", "NAME", "auto", lt_import_names,
		  lt_import_later, LT_OPT_RESULT, "auto looks at the input"),
	LT_CHOICE(struct options, split, "split", "NAME", NULL, splits, NULL, LT_OPT_RESULT,
		  "rows of this split (train where there are splits)"),
	LT_INT(struct options, size, "size", "S", NULL, 1, 8192, LT_OPT_RESULT,
	       "shorter side to S, centre S x S (as they are)", .letter = 's'),
	LT_CHOICE(struct options, channels, "channels", "N", "3", channels, NULL, LT_OPT_RESULT,
		  "colour or grey"),
	LT_PATH(struct options, classes, "classes", "FILE", LT_FILE_READ,
		"class list of a stream or model, or names line by line"),
	LT_FLAG(struct options, no_labels, "no-labels", LT_OPT_RESULT,
		"y is -1; no class directories are needed"),
	LT_FLAG(struct options, coarse, "coarse", LT_OPT_RESULT,
		"the 20 coarse classes of CIFAR-100"),
	LT_FLAG(struct options, no_orient, "no-orient", LT_OPT_RESULT,
		"do not apply orientation tags"),
	LT_TEXT(struct options, range, "range", "LOW:HIGH", "auto", LT_OPT_RESULT,
		"samples of 16 bits that become 0 and 255"),
	LT_TEXT(struct options, background, "background", "R,G,B", NULL, LT_OPT_RESULT,
		"lay transparent pixels on this colour (their alpha is dropped)"),
	LT_INT(struct options, skip_bad, "skip-bad", "N", "0", 0, 1000000000, LT_OPT_RESULT,
	       "leave out up to N broken images"),
	LT_INT(struct options, max_pixels, "max-pixels", "N", "100000000", 1, (uint64_t)1 << 40,
	       LT_OPT_RESULT, "the largest image that is decoded"),
	LT_FLAG(struct options, encoded, "encoded", 0, "not supported in this version"),
	{.name = NULL},
};

struct work {
	struct lt_cli *cli;
	struct options *options;
	char range[32]; /* the one that was found, for provenance */
};

static int begin(void *arg, struct lt_header *header, const struct lt_import *import,
		 struct lt_writer **writer, struct lt_error *err)
{
	struct work *w = arg;
	struct lt_output *output;
	int status;

	if (!w->options->range.given && import->high > 0) {
		snprintf(w->range, sizeof w->range, "%u:%u", import->low, import->high);
		lt_text_default(&w->options->range, w->range);
	}
	lt_choice_default(&w->options->split, lt_choice_find(splits, import->split_name));
	status = lt_cli_provenance(w->cli, header, "stdout", import->in, import->n_in, err);
	if (status == 0)
		status = lt_cli_output(w->cli, &output, err);
	return status ? status : lt_cli_begin(w->cli, writer, output, header, err);
}

static void notice(void *arg, const char *text)
{
	struct work *w = arg;

	lt_notice(w->cli, "%s", text);
}

static void progress(void *arg, uint64_t done, uint64_t total)
{
	struct work *w = arg;

	lt_progress(w->cli, "images", done, total);
}

static int ask(struct lt_import *import, struct work *w, struct lt_error *err)
{
	const struct options *o = w->options;
	const char *path = lt_cli_operand(w->cli, 0);

	import->path = path && strcmp(path, "-") == 0 ? NULL : path;
	import->labels_path = lt_cli_operand(w->cli, 1);
	import->format = o->format.value == 0 ? NULL : lt_import_names[o->format.value];
	import->split = o->split.given ? LT_SPLIT_TRAIN + o->split.value : LT_SPLIT_DEFAULT;
	import->size = (uint32_t)o->size.value;
	import->channels = o->channels.value == GREY ? 1 : 3;
	import->max_pixels = o->max_pixels.value;
	import->skip_bad = o->skip_bad.value;
	import->no_labels = o->no_labels.given;
	import->coarse = o->coarse.given;
	import->as_stored = o->no_orient.given;
	import->host = (struct lt_import_host){w, begin, notice, progress};
	import->has_background = o->background.given;
	if (o->background.given) {
		int status =
			lt_image_parse_colour(o->background.value, import->background, err);

		if (status)
			return status;
	}
	return lt_image_parse_range(o->range.value, &import->low, &import->high, err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work w = {.cli = cli, .options = options};
	struct lt_import import = {0};
	struct lt_output *output;
	int status;

	if (w.options->encoded.given)
		return lt_fail(err, LT_USAGE, "--encoded is not supported in this version");
	status = ask(&import, &w, err);
	if (status == 0)
		status = lt_cli_output(cli, &output, err);
	if (status == 0 && w.options->classes.given)
		status = lt_class_list_read(w.options->classes.value, &import.arena,
					    &import.classes, &import.n_classes, err);
	if (status == 0)
		status = lt_import_run(&import, err);
	if (status == 0)
		status = lt_cli_done(cli, import.writer, NULL, err);
	lt_import_free(&import);
	return status;
}

static const struct lt_program program = {
	.name = "ltimport",
	.synopsis = "[options] [file [labels]]",
	.summary = "turn an archive or directory of images into rows",
	.opts = opts,
	.examples = {"lt import cifar-10-binary.tar.gz | lt split --ratio 100 -o lt100.lts",
		     "lt import --split test images.tar.gz | lt eval --model base.lts"},
	.max_operands = 2,
	.version_note = lt_image_about,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
