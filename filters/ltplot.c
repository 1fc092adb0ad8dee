/* ltplot: draws columns of a table of text as an SVG figure (page/plot.h). */
#include <inttypes.h>
#include <string.h>

#include "cli/cli.h"
#include "page/plot.h"
#include "page/raster.h"

enum { NO_LOG, LOG_X, LOG_Y, LOG_XY };
static const char *const logs[] = {"none", "x", "y", "xy", NULL};

struct options {
	struct lt_text_value x, y, by, low, high, x_low, x_high, title, x_label, y_label;
	struct lt_choice_value log;
	struct lt_flag_value points;
	struct lt_int_value table;
};

static const struct lt_opt opts[] = {
	LT_TEXT(struct options, x, "x", "COLUMN", NULL, 0,
		"values across, numbers or words (default the first column)"),
	LT_TEXT(struct options, y, "y", "COLUMN,...", NULL, 0, "values upwards"),
	LT_TEXT(struct options, by, "by", "COLUMN", NULL, 0, "a line for each of its values"),
	LT_TEXT(struct options, low, "low", "COLUMN", NULL, 0, "low end of an interval of y"),
	LT_TEXT(struct options, high, "high", "COLUMN", NULL, 0, "high end of it"),
	LT_TEXT(struct options, x_low, "x-low", "COLUMN", NULL, 0,
		"low end of an interval of x"),
	LT_TEXT(struct options, x_high, "x-high", "COLUMN", NULL, 0, "high end of it"),
	LT_CHOICE(struct options, log, "log", NULL, "none", logs, NULL, 0, "logarithmic axes"),
	LT_FLAG(struct options, points, "points", 0, "points without lines"),
	LT_TEXT(struct options, title, "title", "TEXT", NULL, 0, "title"),
	LT_TEXT(struct options, x_label, "x-label", "TEXT", NULL, 0,
		"name of the axis (default that of the column)"),
	LT_TEXT(struct options, y_label, "y-label", "TEXT", NULL, 0, "the same upwards"),
	LT_INT(struct options, table, "table", "N", "1", 1, 1000000, 0,
	       "which of several tables with empty lines between"),
	{.name = NULL},
};

static int check_options(const struct options *o, struct lt_error *err)
{
	if (!o->y.value)
		return lt_fail(err, LT_USAGE, "--y COLUMN: the column to draw is missing");
	if (!o->low.value != !o->high.value)
		return lt_fail(err, LT_USAGE, "an interval has two ends: --low and --high");
	if (!o->x_low.value != !o->x_high.value)
		return lt_fail(err, LT_USAGE, "an interval has two ends: --x-low and --x-high");
	if (o->low.value && strchr(o->y.value, ','))
		return lt_fail(err, LT_USAGE,
			       "--low and --high belong to one column: --y has several");
	return 0;
}

static int draw(struct lt_cli *cli, const struct options *o, const struct lt_plot *plot,
		struct lt_markup *markup, struct lt_error *err)
{
	const struct lt_plot_look look = {
		.title = o->title.value,
		.x_label = o->x_label.value,
		.y_label = o->y_label.value,
		.points = o->points.given,
		.log_x = o->log.value == LOG_X || o->log.value == LOG_XY,
		.log_y = o->log.value == LOG_Y || o->log.value == LOG_XY,
	};
	const char *to;
	uint64_t left_out;
	int code;

	if (plot->tables > 1 && !o->table.given)
		lt_notice(cli, "%s: the first of %d tables; --table N draws another",
			  plot->name, plot->tables);
	code = lt_plot_draw(markup, plot, &look, &left_out, err);
	if (code == 0 && left_out > 0)
		lt_notice(cli,
			  "%s: %" PRIu64 " points are not above 0, where a logarithmic "
			  "axis begins",
			  plot->name, left_out);
	lt_cli_file(cli, LT_FILE_MAIN, 0, &to);
	return code ? code : lt_raster_as_named(markup, to, err);
}

static int run(struct lt_cli *cli, void *options, struct lt_error *err)
{
	const struct options *o = options;
	const struct lt_plot_wish wish = {
		.table = (int)o->table.value,
		.x = o->x.value,
		.y = o->y.value,
		.by = o->by.value,
		.low = o->low.value,
		.high = o->high.value,
		.x_low = o->x_low.value,
		.x_high = o->x_high.value,
	};
	const char *path = lt_cli_operands(cli) > 0 ? lt_cli_operand(cli, 0) : "-";
	struct lt_plot plot = {0};
	struct lt_markup markup = {0};
	struct lt_output *output;
	int code = check_options(o, err);

	if (code == 0 && (code = lt_plot_read(&plot, path, &wish, err)) == 0)
		code = draw(cli, o, &plot, &markup, err);
	if (code == 0 && (code = lt_cli_output(cli, &output, err)) == 0)
		code = lt_output_write(output, markup.out.data, markup.out.size, err);
	lt_markup_free(&markup);
	lt_plot_free(&plot);
	return code;
}

static const struct lt_program program = {
	.name = "ltplot",
	.synopsis = "--y column[,column ...] [options] [table]",
	.summary = "draw columns of a table as a figure",
	.opts = opts,
	.examples = {"lt theory --sweep gap --format tsv | lt plot --x gap --y failed,bound -o "
		     "gap.svg",
		     "lt plot --y loss,accuracy train-log.tsv -o curves.svg"},
	.max_operands = 1,
	.text = true,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options options = {0};

	return lt_main(&program, &options, argc, argv);
}
