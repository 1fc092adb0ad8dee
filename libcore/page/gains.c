#include "page/gains.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "page/axis.h"
#include "page/figure.h"
#include "stream/lines.h"

/* ----------------------------------------------------------------------------- reading */

enum { SCORE, LOW, HIGH, GAIN, NUMBERS, FORECAST = NUMBERS, COLUMNS };
static const char *const columns[COLUMNS] = {[SCORE] = "score",
					     [LOW] = "score_low",
					     [HIGH] = "score_high",
					     [GAIN] = "gain",
					     [FORECAST] = "forecast"};

enum { FORECASTS = 3 };
static const char *const forecasts[FORECASTS] = {"help", "nothing", "harm"};

/* Finds the position of each column in a line. */
static int read_names(int place[COLUMNS], struct lt_lines *lines, char *line,
		      struct lt_error *err)
{
	char *name;

	for (int c = 0; c < COLUMNS; c++)
		place[c] = -1;
	for (int at = 0; (name = lt_line_field(&line)) != NULL; at++)
		for (int c = 0; c < COLUMNS; c++)
			if (strcmp(name, columns[c]) == 0)
				place[c] = at;
	for (int c = 0; c < COLUMNS; c++)
		if (place[c] < 0)
			return lt_fail(err, LT_DATA, "%s: no column '%s'", lines->path,
				       columns[c]);
	return 0;
}

static int find_forecast(const char *word)
{
	for (int f = 0; f < FORECASTS; f++)
		if (strcmp(word, forecasts[f]) == 0)
			return f;
	return -1;
}

static int read_run(struct lt_gain *run, const int place[COLUMNS], struct lt_lines *lines,
		    char *line, struct lt_error *err)
{
	double number[NUMBERS] = {NAN, NAN, NAN, NAN};
	char *field;

	run->forecast = -1;
	for (int at = 0; (field = lt_line_field(&line)) != NULL; at++) {
		for (int c = 0; c < NUMBERS; c++)
			if (place[c] == at && !lt_parse_real(field, -1e9, 1e9, &number[c]))
				return lt_lines_wrong(lines, "a value is not a number", err);
		if (place[FORECAST] == at && (run->forecast = find_forecast(field)) < 0)
			return lt_lines_wrong(lines, "no forecast of lt verdict", err);
	}
	for (int c = 0; c < NUMBERS; c++)
		if (!isfinite(number[c]))
			return lt_lines_wrong(lines, "fewer columns than names", err);
	if (run->forecast < 0)
		return lt_lines_wrong(lines, "fewer columns than names", err);
	run->score = number[SCORE];
	run->low = number[LOW];
	run->high = number[HIGH];
	run->gain = number[GAIN];
	return 0;
}

static int append(struct lt_gains *gains, const struct lt_gain *run, struct lt_lines *lines,
		  struct lt_error *err)
{
	if (gains->n == LT_GAINS_MOST)
		return lt_lines_wrong(lines, "too many runs", err);
	if (gains->n % 64 == 0) {
		struct lt_gain *grown =
			lt_grow_array(gains->run, gains->n + 64, sizeof *gains->run);

		if (!grown)
			return lt_fail_memory(err);
		gains->run = grown;
	}
	gains->run[gains->n++] = *run;
	return 0;
}

int lt_gains_read(struct lt_gains *gains, const char *path, struct lt_error *err)
{
	int place[COLUMNS], code;
	bool named = false;
	struct lt_lines lines;
	struct lt_gain run;
	char *line;

	if ((code = lt_lines_open(&lines, path, LT_GAINS_BYTES, err)) != 0)
		return code;
	while ((code = lt_lines_next(&lines, &line, NULL, err)) == 0 && line) {
		if (*line == '#')
			continue;
		if (!named)
			code = read_names(place, &lines, line, err);
		else if ((code = read_run(&run, place, &lines, line, err)) == 0)
			code = append(gains, &run, &lines, err);
		if (code != 0)
			break;
		named = true;
	}
	if (code == 0 && !named)
		code = lt_fail(err, LT_DATA, "%s: no table: it has no line of names", path);
	lt_lines_close(&lines);
	return code;
}

void lt_gains_free(struct lt_gains *gains)
{
	lt_free(gains->run);
	*gains = (struct lt_gains){0};
}

/* ----------------------------------------------------------------------------- drawing */

enum { LEFT = 62, RIGHT = 456, TOP = 40, BOTTOM = 316, HEIGHT = 366 };

static const char title[] = "Forecast and gain";
static const char text[] =
	"The score that lt verdict gave before, with its interval, and the balanced accuracy "
	"that self-training gained or lost after.";
static const char *const marks[FORECASTS] = {"c0 f", "c1 h", "c2 f"};
static const char *const whiskers[FORECASTS] = {"c0 w", "c1 w", "c2 w"};
static const enum lt_svg_shape shapes[FORECASTS] = {LT_SHAPE_DISC, LT_SHAPE_SQUARE,
						    LT_SHAPE_TRIANGLE};

/* Both axes include 0, which means no change. */
static void find_axes(const struct lt_gains *gains, struct lt_axis *x, struct lt_axis *y)
{
	*x = (struct lt_axis){0, 0, LEFT, RIGHT, false};
	*y = (struct lt_axis){0, 0, BOTTOM, TOP, false};
	for (size_t i = 0; i < gains->n; i++) {
		const struct lt_gain *run = &gains->run[i];

		x->low = fmin(x->low, fmin(run->low, run->score));
		x->high = fmax(x->high, fmax(run->high, run->score));
		y->low = fmin(y->low, run->gain);
		y->high = fmax(y->high, run->gain);
	}
	lt_axis_round(x, 6);
	lt_axis_round(y, 6);
}

static void draw_run(struct lt_svg *svg, const struct lt_gain *run, const struct lt_axis *x,
		     const struct lt_axis *y)
{
	double at = lt_axis_at(y, run->gain);

	lt_svg_open_hint(svg);
	lt_mark(svg->out, forecasts[run->forecast]);
	lt_mark(svg->out, ", score ");
	lt_mark_real(svg->out, run->score, 2);
	lt_mark(svg->out, ", gain ");
	lt_mark_real(svg->out, run->gain, 2);
	lt_svg_hint_end(svg);
	lt_draw_flat_whisker(svg, whiskers[run->forecast], at, lt_axis_at(x, run->low),
			     lt_axis_at(x, run->high));
	lt_svg_mark(svg, marks[run->forecast], shapes[run->forecast], lt_axis_at(x, run->score),
		    at, 5);
	lt_svg_close_hint(svg);
}

static void draw_legend(struct lt_svg *svg)
{
	double x = LEFT + 78;

	lt_svg_text(svg, "q", LEFT, 22, "forecast:");
	for (int f = 0; f < FORECASTS; f++) {
		lt_svg_mark(svg, marks[f], shapes[f], x, 17.5, 5);
		lt_svg_text(svg, "t", x + 11, 22, forecasts[f]);
		x += 42 + 8 * lt_name_cells(forecasts[f], 20);
	}
}

int lt_gains_draw(struct lt_markup *markup, const struct lt_gains *gains, struct lt_error *err)
{
	struct lt_svg svg = {.out = markup, .name = "gains", .alone = true};
	struct lt_axis x, y;

	if (gains->n == 0)
		return lt_fail(err, LT_DATA, "the tables have no runs to draw");
	find_axes(gains, &x, &y);
	lt_mark(markup, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	lt_svg_begin(&svg, LT_SVG_WIDTH, HEIGHT, title, text);
	lt_axis_up(&svg, &y, 6, false, LEFT, RIGHT);
	lt_axis_across(&svg, &x, 6, false, TOP, BOTTOM);
	lt_svg_line(&svg, "d", LEFT, lt_axis_at(&y, 0), RIGHT, lt_axis_at(&y, 0));
	lt_svg_line(&svg, "d", lt_axis_at(&x, 0), TOP, lt_axis_at(&x, 0), BOTTOM);
	lt_svg_text(&svg, "q m", (LEFT + RIGHT) / 2, HEIGHT - 10,
		    "score: predicted doublings of a class's labels");
	lt_svg_upwards(&svg, "q m", 16, (TOP + BOTTOM) / 2,
		       "gain: points of balanced accuracy");
	draw_legend(&svg);
	for (size_t i = 0; i < gains->n; i++)
		draw_run(&svg, &gains->run[i], &x, &y);
	lt_svg_end(&svg);
	return markup->failed ? lt_fail_memory(err) : 0;
}
