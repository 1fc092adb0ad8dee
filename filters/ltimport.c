/*
 * ltimport: archives, directories and published data sets of images to rows.
 */
#include <string.h>

#include "cli/cli.h"
#include "data/class_list.h"
#include "data/import.h"

/* In the order of enum lt_split, without its first. */
static const char *const splits[] = {"train", "test", "val", "extra", "all", NULL};
static const char *const channels[] = {"1", "3", NULL};

#define FORMAT_TEXT(name) ", " #name

static const struct lt_opt opts[] = {
	LT_CHOICE("format", "NAME", "auto", lt_import_names, lt_import_later, LT_OPT_RESULT,
		  "auto (found by looking)" LT_IMPORT_FORMATS(FORMAT_TEXT)),
	LT_CHOICE("split", "NAME", NULL, splits, NULL, LT_OPT_RESULT,
		  "train, test, val, extra or all (train where there are splits)"),
	LT_INT("size", "S", NULL, 1, 8192, LT_OPT_RESULT,
	       "shorter side to S, centre S x S (as they are)", .letter = 's'),
	LT_CHOICE("channels", "N", "3", channels, NULL, LT_OPT_RESULT,
		  "3 for colour, 1 for grey"),
	LT_PATH("classes", "FILE", "class list of a stream or model, or names line by line"),
	LT_FLAG("no-labels", LT_OPT_RESULT, "y is -1; no class directories are needed"),
	LT_FLAG("coarse", LT_OPT_RESULT, "the 20 coarse classes of CIFAR-100"),
	LT_INT("skip-bad", "N", "0", 0, 1000000000, LT_OPT_RESULT,
	       "leave out up to N broken images"),
	LT_INT("max-pixels", "N", "100000000", 1, (uint64_t)1 << 40, LT_OPT_RESULT,
	       "the largest image that is decoded"),
	LT_FLAG("encoded", 0, "not supported in this version"),
	{.name = NULL},
};

static int begin(void *arg, struct lt_header *header, const struct lt_import *import,
		 struct lt_writer **writer, struct lt_error *err)
{
	struct lt_cli *cli = arg;
	struct lt_output *output;
	int status;

	if (!lt_opt_given(cli, "split"))
		lt_opt_set_text(cli, "split", import->split_name);
	status = lt_cli_provenance(cli, header, "stdout", import->in, import->n_in, err);
	if (status == 0)
		status = lt_cli_output(cli, &output, err);
	return status ? status : lt_cli_begin(cli, writer, output, header, err);
}

static void notice(void *arg, const char *text)
{
	lt_notice(arg, "%s", text);
}

static void progress(void *arg, uint64_t done, uint64_t total)
{
	lt_progress(arg, "images", done, total);
}

static void ask(struct lt_import *import, struct lt_cli *cli)
{
	const char *path = lt_cli_operand(cli, 0);

	import->path = path && strcmp(path, "-") == 0 ? NULL : path;
	import->labels_path = lt_cli_operand(cli, 1);
	import->format = lt_opt_choice(cli, "format") == 0 ? NULL : lt_opt_text(cli, "format");
	import->split = lt_opt_given(cli, "split")
				? LT_SPLIT_TRAIN + lt_opt_choice(cli, "split")
				: LT_SPLIT_DEFAULT;
	import->size = lt_opt_given(cli, "size") ? (uint32_t)lt_opt_int(cli, "size") : 0;
	import->channels = lt_opt_choice(cli, "channels") == 0 ? 1 : 3;
	import->max_pixels = lt_opt_int(cli, "max-pixels");
	import->skip_bad = lt_opt_int(cli, "skip-bad");
	import->no_labels = lt_opt_flag(cli, "no-labels");
	import->coarse = lt_opt_flag(cli, "coarse");
	import->host = (struct lt_import_host){cli, begin, notice, progress};
}

static int run(struct lt_cli *cli, struct lt_error *err)
{
	struct lt_import import = {0};
	struct lt_output *output;
	int status;

	if (lt_opt_flag(cli, "encoded"))
		return lt_fail(err, LT_USAGE, "--encoded is not supported in this version");
	ask(&import, cli);
	status = lt_cli_output(cli, &output, err);
	if (status == 0 && lt_opt_given(cli, "classes"))
		status = lt_class_list_read(lt_opt_text(cli, "classes"), &import.arena,
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
	.run = run,
};

int main(int argc, char **argv)
{
	return lt_main(&program, argc, argv);
}
