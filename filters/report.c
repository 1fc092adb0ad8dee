/*
 * report: turns the scores of a model into an HTML page, or one of its figures.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pool.h"
#include "cli/cli.h"
#include "page/page.h"
#include "page/pictures.h"
#include "page/points.h"
#include "page/raster.h"
#include "page/terminal.h"

struct options {
	struct lt_text_value against, log, rows, xy, groups, title, names;
	struct lt_choice_value figure; /* index into lt_figure_kinds */
	struct lt_flag_value text;
};

static const struct lt_opt opts[] = {
	LT_PATH(struct options, against, "against", "FILE", LT_FILE_READ,
		"compare with scores of a second model on the same rows"),
	LT_TEXT(struct options, log, "log", "[NAME=]FILE[,...]", NULL, 0,
		"draw learning curves from up to 8 training logs"),
	LT_PATH(struct options, rows, "rows", "FILE", LT_FILE_READ,
		"the rows that were scored, to show images of mistakes"),
	LT_PATH(struct options, xy, "xy", "FILE", LT_FILE_READ,
		"points from lt tsne (column xy of the scores)"),
	LT_TEXT(struct options, groups, "groups", "HOW", "100,20", 0,
		"many above 100 training rows, few below 20; or thirds"),
	LT_TEXT(struct options, title, "title", "TEXT", NULL, 0,
		"heading of the page (the models' names)"),
	LT_TEXT(struct options, names, "names", "NAME[,NAME]", NULL, 0,
		"names of the models (their file names)"),
	LT_CHOICE(struct options, figure, "figure", "NAME", NULL, lt_figure_kind_names, NULL, 0,
		  "write one figure as SVG, or as PNG with -o FILE.png"),
	LT_FLAG(struct options, text, "text", 0,
		"write a summary, curves and bars for a terminal"),
	{0},
};

struct work {
	struct lt_cli *cli;
	const struct options *options;
	struct lt_page_data data;
	struct lt_pool *pool;
	char name[LT_PAGE_MODELS][128], title[300];
};

/* The last part of a path without its suffix, cut to size. */
static void base_name(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/'), *from = slash ? slash + 1 : path,
		   *dot = strrchr(from, '.');
	size_t n = dot && dot != from ? (size_t)(dot - from) : strlen(from);

	n = n < size - 1 ? n : size - 1;
	/* Not inside a character. */
	while (n > 0 && from[n] && ((unsigned char)from[n] & 0xc0) == 0x80)
		n--;
	memcpy(name, from, n);
	name[n] = '\0';
}

/* Names from --names, otherwise from the files; equal names are made distinct. */
static int settle_names(struct work *w, struct lt_error *err)
{
	const struct options *o = w->options;
	const char *path = lt_cli_operand(w->cli, 0), *names = o->names.value,
		   *comma = names ? strchr(names, ',') : NULL;
	size_t first = comma ? (size_t)(comma - names) : names ? strlen(names) : 0;

	base_name(path && strcmp(path, "-") != 0 ? path : "model", w->name[0],
		  sizeof w->name[0]);
	base_name(o->against.value && strcmp(o->against.value, "-") != 0 ? o->against.value
									 : "second model",
		  w->name[1], sizeof w->name[1]);
	if (names && (first == 0 || (comma && !comma[1]) || (comma && strchr(comma + 1, ','))))
		return lt_fail(err, LT_USAGE,
			       "--names: '%s' is not one name, or two with a "
			       "comma between",
			       names);
	if (comma && !o->against.value)
		return lt_fail(err, LT_USAGE, "--names: a second name needs --against FILE");
	if (first >= sizeof w->name[0] || (comma && strlen(comma + 1) >= sizeof w->name[1]))
		return lt_fail(err, LT_USAGE, "--names: a name of more than %zu bytes",
			       sizeof w->name[0] - 1);
	if (names) {
		memcpy(w->name[0], names, first);
		w->name[0][first] = '\0';
	}
	if (comma)
		memcpy(w->name[1], comma + 1, strlen(comma + 1) + 1);
	if (o->against.value && strcmp(w->name[0], w->name[1]) == 0)
		snprintf(w->name[1], sizeof w->name[1], "second model");
	snprintf(w->title, sizeof w->title, o->against.value ? "%s against %s" : "%s",
		 w->name[0], w->name[1]);
	w->data.title = o->title.value ? o->title.value : w->title;
	return 0;
}

static int read_models(struct work *w, struct lt_error *err)
{
	static const char *const from_stdin[] = {NULL};
	struct lt_page_data *data = &w->data;
	int n = lt_cli_operands(w->cli), code;
	struct lt_groups groups;

	if ((code = lt_groups_parse(w->options->groups.value, &groups, err)) != 0 ||
	    (code = lt_pool_new(&w->pool, lt_cli_threads(w->cli), err)) != 0)
		return code;
	data->models = 1;
	code = lt_scores_read(&data->model[0], n > 0 ? lt_cli_operand_list(w->cli) : from_stdin,
			      n > 0 ? n : 1, w->name[0], err);
	if (code == 0 && w->options->against.value) {
		data->models = 2;
		code = lt_scores_read(&data->model[1], &w->options->against.value, 1,
				      w->name[1], err);
	}
	for (int i = data->models - 1; i >= 0 && code == 0; i--)
		code = lt_scores_judge(&data->model[i],
				       i == 0 && data->models > 1 ? &data->model[1] : NULL,
				       &groups, w->pool, lt_cli_seed(w->cli), err);
	if (code != 0)
		return code;
	data->labels = data->model[0].figures->rows > 0;
	return lt_scores_order(&data->model[0], &data->order, err);
}

/* One of --log's list: [NAME=]FILE of n bytes. */
static int read_log(struct work *w, const char *text, size_t n, struct lt_error *err)
{
	struct lt_page_data *data = &w->data;
	char *word = lt_text_copy_n(text, n), *equals = word ? strchr(word, '=') : NULL,
	     *slash = word ? strchr(word, '/') : NULL, name[128];
	const char *path;
	int code;

	if (!word)
		return lt_fail_memory(err);
	/* An equals sign in a directory's name, as in lr=0.1/log.tsv, does not end a name. */
	if (equals && slash && slash < equals)
		equals = NULL;
	path = equals ? equals + 1 : word;
	if (equals)
		*equals = '\0';
	base_name(path, name, sizeof name);
	if (!*path || (equals && equals == word))
		code = lt_fail(err, LT_USAGE, "--log: an empty name in its list");
	else if (data->logs == LT_PAGE_LOGS)
		code = lt_fail(err, LT_USAGE, "--log: more than %d logs", LT_PAGE_LOGS);
	else if ((code = lt_cli_check_input(w->cli, path, "--log", err)) == 0)
		code = lt_train_log_read(&data->log[data->logs++], path, equals ? word : name,
					 err);
	lt_free(word);
	return code;
}

static int read_logs(struct work *w, struct lt_error *err)
{
	const char *at = w->options->log.value;
	int code = 0;

	while (at && code == 0) {
		size_t n = strcspn(at, ",");

		code = read_log(w, at, n, err);
		at = at[n] ? at + n + 1 : NULL;
	}
	return code;
}

static int read_all(struct work *w, struct lt_error *err)
{
	struct lt_page_data *data = &w->data;
	int missing, code;

	/* Logs are small and most likely to be wrong, so they are read before the scores. */
	if ((code = read_logs(w, err)) != 0 || (code = read_models(w, err)) != 0 ||
	    (code = lt_pictures_find(data, err)) != 0)
		return code;
	if (w->options->xy.value)
		code = lt_points_read(&data->points, w->options->xy.value, &data->model[0],
				      err);
	else if (data->model[0].xy)
		code = lt_points_own(&data->points, &data->model[0], err);
	if (code != 0 || !w->options->rows.value)
		return code;
	code = lt_pictures_read(data, w->options->rows.value, &missing, err);
	if (code == 0 && missing > 0)
		lt_notice(w->cli, "%s: %d of %d mistakes not found", w->options->rows.value,
			  missing, data->pictures);
	return code;
}

/* The name of the output; NULL: stdout. */
static const char *output_of(const struct work *w)
{
	const char *path;

	lt_cli_file(w->cli, LT_FILE_MAIN, 0, &path);
	return path;
}

static int make(struct work *w, struct lt_markup *markup, struct lt_error *err)
{
	int code;

	if (w->options->text.given) {
		struct lt_terminal terminal = lt_terminal_of(STDOUT_FILENO);

		lt_terminal_report(markup, &w->data, &terminal);
		return markup->failed ? lt_fail_memory(err) : 0;
	}
	if (!w->options->figure.given)
		return lt_page_write(markup, &w->data, err);
	code = lt_figure_write(markup, lt_figure_kinds[w->options->figure.value], &w->data,
			       err);
	return code ? code : lt_raster_as_named(markup, output_of(w), err);
}

static int work(struct work *w, struct lt_error *err)
{
	struct lt_markup markup = {0};
	struct lt_output *output;
	int code;

	if (w->options->text.given && (w->options->figure.given || w->options->rows.given))
		return lt_fail(err, LT_USAGE, "--text cannot show %s: omit --%s",
			       w->options->figure.given ? "drawn figures" : "images",
			       w->options->figure.given ? "figure" : "rows");
	if (lt_raster_wanted(output_of(w)) && !w->options->figure.given)
		return lt_fail(err, LT_USAGE, "PNG output needs --figure NAME");
	if ((code = settle_names(w, err)) != 0 || (code = read_all(w, err)) != 0)
		return code;
	code = make(w, &markup, err);
	if (code == 0 && (code = lt_cli_output(w->cli, &output, err)) == 0)
		code = lt_output_write(output, markup.out.data, markup.out.size, err);
	lt_markup_free(&markup);
	return code;
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	struct work w = {.cli = cli, .options = options};
	int code = work(&w, err);

	lt_pictures_free(&w.data);
	lt_points_free(&w.data.points);
	for (int i = 0; i < w.data.logs; i++)
		lt_train_log_free(&w.data.log[i]);
	for (int i = 0; i < w.data.models; i++)
		lt_scores_free(&w.data.model[i]);
	lt_free(w.data.order);
	lt_pool_free(w.pool);
	return code;
}

static const struct lt_program program = {
	.name = "report",
	.synopsis = "[options] [scores ...]",
	.summary = "make an HTML page with tables and figures of a model",
	.opts = opts,
	.examples = {"lt eval --model base.lts --scores base-scores.lts test.lts && "
		     "lt report --rows test.lts base-scores.lts -o base.html",
		     "lt report --figure accuracy base-scores.lts -o accuracy.svg"},
	.max_operands = -1,
	.text = true,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
