/* Rows as points in the plane, from lt tsne. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "page/figure.h"
#include "page/palette.h"

enum { LEFT = 8, SIDE = 464, LINE = 20 };
enum { COLOURED = 16, NAMED = 30, MOST = 20000, LETTERS = 14 };

static const char *const dots[LT_SERIES] = {"c0 p", "c1 p", "c2 p", "c3 p",
					    "c4 p", "c5 p", "c6 p", "c7 p"};
static const char *const marks[LT_SERIES] = {"c0 f", "c1 f", "c2 f", "c3 f",
					     "c4 f", "c5 f", "c6 f", "c7 f"};

struct plot {
	struct lt_svg *svg;
	const struct lt_page_data *data;
	double x, y, scale; /* the centre in values; units per value */
	bool by_class;	    /* colours are classes; else groups, or all the same */
	size_t step;
	double top;
	/* The names placed so far. */
	struct {
		double x, y, width;
	} placed[NAMED];
	int n_placed;
};

static const float *point(const struct plot *plot, size_t i)
{
	return plot->data->points.xy + 2 * i;
}

static const struct lt_page_row *row(const struct plot *plot, size_t i)
{
	return &plot->data->model[0].row[plot->data->points.row[i]];
}

static bool is_finite(const float *xy)
{
	return isfinite(xy[0]) && isfinite(xy[1]);
}

static void find_scale(struct plot *plot)
{
	double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY}, range;

	for (size_t i = 0; i < plot->data->points.n; i++)
		for (int k = 0; k < 2 && is_finite(point(plot, i)); k++) {
			low[k] = fmin(low[k], point(plot, i)[k]);
			high[k] = fmax(high[k], point(plot, i)[k]);
		}
	range = fmax(high[0] - low[0], high[1] - low[1]);
	plot->scale = range > 0 ? (SIDE - 16) / range : 1;
	plot->x = (low[0] + high[0]) / 2;
	plot->y = (low[1] + high[1]) / 2;
}

static double x_of(const struct plot *plot, double x)
{
	return LEFT + SIDE / 2 + (x - plot->x) * plot->scale;
}

static double y_of(const struct plot *plot, double y)
{
	return plot->top + SIDE / 2 - (y - plot->y) * plot->scale;
}

/* The series of a row; -1: quiet, it has no label. */
static int series_of(const struct plot *plot, const struct lt_page_row *of)
{
	const struct lt_figures *f = plot->data->model[0].figures;

	if (of->label < 0)
		return -1;
	if (plot->by_class)
		return of->label;
	return f->has_groups ? (f->class_of[of->label].group == LT_FEW	    ? 1
				: f->class_of[of->label].group == LT_MEDIUM ? 2
									    : 0)
			     : 0;
}

/* Series beyond the number of colours reuse them, as triangles. */
static void draw_series(const struct plot *plot, int series)
{
	bool dot = series < LT_SERIES;

	lt_svg_path(plot->svg, series < 0 ? "c6 p" : (dot ? dots : marks)[series % LT_SERIES]);
	for (size_t i = 0; i < plot->data->points.n; i += plot->step) {
		double x = x_of(plot, point(plot, i)[0]), y = y_of(plot, point(plot, i)[1]);

		if (!is_finite(point(plot, i)) || series_of(plot, row(plot, i)) != series)
			continue;
		if (dot) {
			lt_svg_dot(plot->svg, x, y);
			continue;
		}
		lt_svg_move(plot->svg, x, y - 2.4);
		lt_svg_to(plot->svg, x + 2.3, y + 1.6);
		lt_svg_to(plot->svg, x - 2.3, y + 1.6);
		lt_mark(plot->svg->out, "z");
	}
	lt_svg_close_path(plot->svg);
}

static int ascending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static bool is_free(const struct plot *plot, double x, double y, double width)
{
	for (int i = 0; i < plot->n_placed; i++)
		if (fabs(plot->placed[i].x - x) < (plot->placed[i].width + width) / 2 &&
		    fabs(plot->placed[i].y - y) < 15)
			return false;
	return true;
}

/*
 * At the centre or slightly above or below, if no other name is there; otherwise not at all.
 */
static void place_name(struct plot *plot, int c, double x, double y)
{
	const char *name = plot->data->model[0].figures->names[c];
	double width = 8.6 * lt_name_cells(name, LETTERS);

	x = fmin(fmax(x, LEFT + width / 2), LEFT + SIDE - width / 2);
	for (int try = 0; try < 7; try++) {
		double at = y + 8 * ((try + 1) / 2) * (try % 2 ? -1 : 1);

		if (!is_free(plot, x, at, width))
			continue;
		plot->placed[plot->n_placed].x = x;
		plot->placed[plot->n_placed].y = at;
		plot->placed[plot->n_placed++].width = width;
		lt_svg_name(plot->svg, "t b m o", x, at + 4.5, name, LETTERS);
		return;
	}
}

/* At the centre of a class: the median of each coordinate. */
static void draw_name(struct plot *plot, int c, float *room)
{
	size_t n = 0;
	double at[2];

	for (int k = 0; k < 2; k++) {
		n = 0;
		for (size_t i = 0; i < plot->data->points.n; i++)
			if (row(plot, i)->label == c && is_finite(point(plot, i)))
				room[n++] = point(plot, i)[k];
		if (n == 0)
			return;
		qsort(room, n, sizeof *room, ascending);
		at[k] = room[n / 2];
	}
	place_name(plot, c, x_of(plot, at[0]), y_of(plot, at[1]));
}

static void draw_names(struct plot *plot)
{
	int classes = plot->data->model[0].figures->classes;
	float *room;

	if (classes > NAMED)
		return;
	if (!(room = lt_new_array(plot->data->points.n + 1, sizeof *room))) {
		plot->svg->out->failed = true;
		return;
	}
	for (int c = 0; c < classes; c++)
		draw_name(plot, c, room);
	lt_free(room);
}

/* The legend of all classes, in lines; returns where the plane begins. */
static double draw_classes(const struct plot *plot, bool draws)
{
	const struct lt_figures *f = plot->data->model[0].figures;
	double x = LEFT + 8, y = 18;

	for (int c = 0; c < f->classes; c++) {
		double width = 34 + 8.4 * lt_name_cells(f->names[c], LETTERS);

		if (x > LEFT + 8 && x + width > LEFT + SIDE + 16) {
			x = LEFT + 8;
			y += LINE;
		}
		if (draws) {
			lt_svg_mark(plot->svg, marks[c % LT_SERIES],
				    c < LT_SERIES ? LT_SHAPE_DISC : LT_SHAPE_TRIANGLE, x,
				    y - 4.5, 4.5);
			lt_svg_name(plot->svg, "t", x + 10, y, f->names[c], LETTERS);
		}
		x += width;
	}
	return y + 12;
}

static void draw_groups(const struct plot *plot)
{
	static const int series[LT_GROUPS] = {0, 2, 1};
	const struct lt_figures *f = plot->data->model[0].figures;
	double x = LEFT + 8;

	for (int g = 0; g < LT_GROUPS && f->has_groups; g++) {
		if (f->group[g].classes == 0)
			continue;
		lt_svg_mark(plot->svg, marks[series[g]], LT_SHAPE_DISC, x, 13.5, 4.5);
		lt_svg_text(plot->svg, "t", x + 10, 18, lt_group_names[g]);
		x += 34 + 8 * (double)strlen(lt_group_names[g]);
	}
}

static void draw(struct lt_svg *svg, const struct lt_page_data *data, int which,
		 const struct lt_figure_kind *kind)
{
	struct plot plot = {.svg = svg, .data = data};

	(void)which;
	plot.by_class = data->model[0].figures->classes <= COLOURED;
	plot.step = (data->points.n + MOST - 1) / MOST;
	plot.top = plot.by_class ? draw_classes(&plot, false) : 30;
	lt_svg_begin(svg, LT_SVG_WIDTH, plot.top + SIDE + 8, kind->title, kind->text);
	find_scale(&plot);
	for (int series = -1; series < COLOURED; series++)
		draw_series(&plot, series);
	draw_names(&plot);
	if (plot.by_class)
		draw_classes(&plot, true);
	else
		draw_groups(&plot);
	lt_svg_path(svg, "g");
	lt_svg_box(svg, LEFT, plot.top, SIDE, SIDE);
	lt_svg_close_path(svg);
	lt_svg_end(svg);
}

static const char *lacks(const struct lt_page_data *data)
{
	return data->points.n ? NULL : "give points, --xy FILE, as lt tsne writes them";
}

const struct lt_figure_kind lt_figure_tsne = {
	.name = "tsne",
	.title = "Features in the plane (t-SNE)",
	.text = "Rows with similar features are close together. With up to "
		"10 "
		"classes, colours show classes, with names at their centres; with more, they "
		"show groups of classes. Distances between clusters, their sizes and the axes "
		"have no meaning. Above 20,000 rows only every second, third … row is drawn.",
	.lacks = lacks,
	.draw = draw,
};
