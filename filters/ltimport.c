/*
 * ltimport: reads archives, directories and published data sets of images and writes rows;
 * reads published weights and writes a model.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "data/class_list.h"
#include "import/import.h"
#include "import/import_report.h"
#include "program/import_weights.h"

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
	struct lt_text_value splits, inside, names_from, root;
	struct lt_text_value path_column, label_column, keep, json_key;
	struct lt_int_value class_level, fold;
	struct lt_flag_value dry_run, check_images;
	struct lt_flag_value encoded;
	struct lt_import_weights_options weights;
};

static const struct lt_opt opts[] = {
	LT_CHOICE(struct options, format, "format", "NAME", "auto", lt_import_names, NULL,
		  LT_OPT_RESULT, "format of the input"),
	LT_CHOICE(struct options, split, "split", "NAME", NULL, splits, NULL, LT_OPT_RESULT,
		  "import this split (train, if the input has it)"),
	LT_TEXT(struct options, splits, "splits", "train=NAME,...", NULL, LT_OPT_RESULT,
		"directories that are splits, or none"),
	LT_TEXT(struct options, inside, "in", "DIR|PATTERN", NULL, LT_OPT_RESULT,
		"read only these directories of the input"),
	LT_INT(struct options, class_level, "class-level", "N", NULL, 1, 64, LT_OPT_RESULT,
	       "the directories N levels down are the classes"),
	LT_TEXT(struct options, root, "root", "PATH", NULL, LT_OPT_RESULT,
		"directory or archive that paths in lists are relative to"),
	LT_TEXT(struct options, path_column, "path-column", "NAME|N", NULL, LT_OPT_RESULT,
		"column of a list with the image paths (automatic)"),
	LT_TEXT(struct options, label_column, "label-column", "NAME|N|/", NULL, LT_OPT_RESULT,
		"column of a list with the classes (automatic)"),
	LT_TEXT(struct options, keep, "keep", "NAME,...", NULL, LT_OPT_RESULT,
		"columns of a list that become columns of the rows"),
	LT_TEXT(struct options, json_key, "json-key", "KEY", NULL, LT_OPT_RESULT,
		"key of the class in .json files of WebDataset (automatic)"),
	LT_TEXT(struct options, names_from, "names-from", "ENCODING", NULL, LT_OPT_RESULT,
		"encoding of the names in an archive, if not UTF-8"),
	LT_INT(struct options, size, "size", "S", NULL, 1, 8192, LT_OPT_RESULT,
	       "resize shorter side to S and crop to S x S (as they are)", .letter = 's'),
	LT_CHOICE(struct options, channels, "channels", "N", "3", channels, NULL, LT_OPT_RESULT,
		  "grey or colour"),
	LT_PATH(struct options, classes, "classes", "FILE", LT_FILE_READ,
		"take the class list of a stream, model or text file"),
	LT_FLAG(struct options, no_labels, "no-labels", LT_OPT_RESULT,
		"images without classes: write label -1"),
	LT_FLAG(struct options, coarse, "coarse", LT_OPT_RESULT,
		"use the 20 coarse classes of CIFAR-100"),
	LT_INT(struct options, fold, "fold", "N", NULL, 0, 9, LT_OPT_RESULT,
	       "one of STL-10's ten folds of train"),
	LT_FLAG(struct options, no_orient, "no-orient", LT_OPT_RESULT,
		"ignore orientation tags"),
	LT_TEXT(struct options, range, "range", "LOW:HIGH", "auto", LT_OPT_RESULT,
		"16-bit samples that become 0 and 255"),
	LT_TEXT(struct options, background, "background", "R,G,B", NULL, LT_OPT_RESULT,
		"blend transparent pixels with this colour (alpha is dropped)"),
	LT_FLAG(struct options, encoded, "encoded", LT_OPT_RESULT,
		"keep JPEG and PNG files in the rows; --size only scales down"),
	LT_INT(struct options, skip_bad, "skip-bad", "N", "0", 0, 1000000000, LT_OPT_RESULT,
	       "leave out up to N broken or missing images"),
	LT_INT(struct options, max_pixels, "max-pixels", "N", "100000000", 1, (uint64_t)1 << 40,
	       LT_OPT_RESULT, "refuse images of more pixels"),
	LT_FLAG(struct options, dry_run, "dry-run", 0,
		"print what would be imported, and write no rows"),
	LT_FLAG(struct options, check_images, "check-images", 0,
		"with --dry-run, decode all images"),
	LT_IMPORT_WEIGHTS_OPTS(struct options, weights),
	{.name = NULL},
};

struct work {
	struct lt_cli *cli;
	struct options *options;
	char range[32]; /* the range that was found, for provenance */
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
	int status = 0;

	import->n_paths = lt_cli_operands(w->cli);
	import->paths = lt_cli_operand_list(w->cli);
	import->splits = o->splits.value;
	import->inside = o->inside.value;
	import->names_from = o->names_from.value;
	import->root = o->root.value;
	import->path_column = o->path_column.value;
	import->label_column = o->label_column.value;
	import->json_key = o->json_key.value;
	import->class_level = (int)o->class_level.value;
	import->check_images = o->check_images.given;
	import->threads = lt_cli_threads(w->cli);
	import->format = o->format.value == 0 ? NULL : lt_import_names[o->format.value];
	import->split = o->split.given ? LT_SPLIT_TRAIN + o->split.value : LT_SPLIT_DEFAULT;
	import->size = (uint32_t)o->size.value;
	import->encoded = o->encoded.given;
	import->channels = o->channels.value == GREY ? 1 : 3;
	import->max_pixels = o->max_pixels.value;
	import->skip_bad = o->skip_bad.value;
	import->no_labels = o->no_labels.given;
	import->coarse = o->coarse.given;
	import->has_fold = o->fold.given;
	import->fold = (unsigned)o->fold.value;
	import->as_stored = o->no_orient.given;
	import->host = (struct lt_import_host){w, begin, notice, progress};
	import->has_background = o->background.given;
	if (o->background.given)
		status = lt_image_parse_colour(o->background.value, import->background, err);
	if (status)
		return status;
	status = lt_import_keep(import, o->keep.value, err);
	return status ? status
		      : lt_image_parse_range(o->range.value, &import->low, &import->high, err);
}

/* Prints the last lines of the table: what would be written. */
static int say_rows(const struct lt_import *import, struct lt_output *output,
		    struct lt_error *err)
{
	enum lt_split split = import->split, only = LT_SPLIT_ALL;
	uint64_t rows = 0;
	int i;

	if (split == LT_SPLIT_DEFAULT)
		split = import->told[LT_SPLIT_TRAIN] ? LT_SPLIT_TRAIN : LT_SPLIT_ALL;
	for (i = 0; i < LT_SPLIT_ALL; i++) {
		if ((split != LT_SPLIT_ALL && (int)split != i) || import->told[i] == 0)
			continue;
		only = rows > 0 || i == LT_SPLIT_DEFAULT ? LT_SPLIT_ALL : (enum lt_split)i;
		rows += import->told[i];
	}
	if (import->split == LT_SPLIT_ALL && import->listing->passed[LT_PASSED_SPLIT] > 0)
		return lt_output_printf(output, err,
					"\nwithout --dry-run: an error, a split has images "
					"without classes\n");
	if (rows == 0)
		return lt_output_printf(
			output, err, "\nwithout --dry-run: an error, no row is of split %s\n",
			lt_split_name(split));
	return lt_output_printf(output, err,
				"\nwithout --dry-run: %" PRIu64 " row%s, split %s%s\n", rows,
				rows == 1 ? "" : "s", lt_split_name(only),
				import->size || import->encoded || import->told_height > 0
					? ""
					: "; --size S is needed, since sizes differ");
}

/* Runs --dry-run: prints the table and fails if there are too many broken images. */
static int dry_run(struct lt_import *import, struct lt_output *output, struct lt_error *err)
{
	struct lt_report_about about = {.splits = lt_import_splits, .n_splits = LT_SPLIT_ALL};
	int status = lt_report_new(&import->report, err);
	uint64_t broken;

	if (status)
		return status;
	status = lt_import_run(import, err);
	if (status == 0) {
		/* An input without splits needs no names of splits. */
		if (import->told[LT_SPLIT_DEFAULT] > 0)
			about.splits = NULL;
		about.format = import->found->name;
		about.classes = import->no_labels ? NULL : import->names;
		about.n_classes = import->no_labels ? 0 : import->n_names;
		about.as_stored = import->as_stored;
		about.checked = import->check_images;
		status = lt_report_print(import->report, &about, output, err);
	}
	if (status == 0)
		status = say_rows(import, output, err);
	/* The table names the broken images, so it is printed even if the run fails. */
	if (status == 0)
		status = lt_output_flush(output, err);
	broken = lt_report_n_broken(import->report);
	if (status == 0 && broken > import->skip_bad)
		status = lt_fail(err, LT_DATA, "%" PRIu64 " broken image%s", broken,
				 broken == 1 ? "" : "s");
	lt_report_free(import->report);
	return status;
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work w = {.cli = cli, .options = options};
	struct lt_import import = {0};
	struct lt_output *output;
	int status = lt_import_weights_check(cli, &w.options->weights, err);

	if (status)
		return status;
	if (w.options->weights.weights.given)
		return lt_import_weights(cli, &w.options->weights, w.options->classes.value,
					 (int)w.options->size.value, err);
	if (w.options->check_images.given && !w.options->dry_run.given)
		return lt_fail(err, LT_USAGE, "--check-images goes with --dry-run");
	if (w.options->encoded.given && w.options->channels.given)
		return lt_fail(err, LT_USAGE,
			       "--channels does not go with --encoded: such rows are seen in "
			       "colour");
	if (w.options->dry_run.given)
		lt_cli_writes_text(cli);
	status = ask(&import, &w, err);
	if (status == 0)
		status = lt_cli_output(cli, &output, err);
	if (status == 0 && w.options->classes.given)
		status = lt_class_list_read(w.options->classes.value, &import.arena,
					    &import.classes, &import.n_classes, err);
	if (status == 0 && w.options->dry_run.given) {
		status = dry_run(&import, output, err);
	} else {
		if (status == 0)
			status = lt_import_run(&import, err);
		if (status == 0)
			status = lt_cli_done(cli, import.writer, NULL, err);
	}
	lt_import_free(&import);
	return status;
}

static const struct lt_program program = {
	.name = "ltimport",
	.synopsis = "[options] [file ...]",
	.summary = "turn an archive or directory of images into rows",
	.opts = opts,
	.examples = {"lt import cifar-10-binary.tar.gz | lt split --ratio 100 -o lt100.lts",
		     "lt import --split test images.tar.gz | lt eval --model base.lts"},
	.max_operands = -1,
	.learns = true,
	.version_note = lt_image_about,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
