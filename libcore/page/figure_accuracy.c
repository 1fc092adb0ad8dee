/* The accuracy of each class against the number of its training rows. */
#include <math.h>
#include <string.h>

#include "page/axis.h"
#include "page/figure.h"

enum { LEFT = 54, RIGHT = 464, TOP = 34, BOTTOM = 300, HEIGHT = 348 };
enum { NAMED = 24 }; /* classes up to which names are written at the marks */

static const struct {
	const char *fill, *line;
	enum lt_svg_shape shape;
} styles[LT_GROUPS] = {{"c0 f", "c0 w", LT_SHAPE_DISC},
		       {"c2 f", "c2 w", LT_SHAPE_SQUARE},
		       {"c1 f", "c1 w", LT_SHAPE_TRIANGLE}};

struct plot {
	struct lt_svg *svg;
	const struct lt_page_data *data;
	struct lt_axis x, y;
	bool counts;
	/* The names placed so far. */
	struct {
		double x, y, width;
	} placed[NAMED];
	int n_placed;
};

static const struct lt_class_figures *class_at(const struct plot *plot, int model, int rank)
{
	const struct lt_page_data *data = plot->data;

	return &data->model[model].figures->class_of[data->order[rank]];
}

/* A class without training rows is drawn at half a row. */
static double x_of(const struct plot *plot, int rank)
{
	double n = (double)class_at(plot, 0, rank)->train_count;

	return lt_axis_at(&plot->x, plot->counts ? (n > 0 ? n : 0.5) : rank + 1);
}

static void find_axes(struct plot *plot)
{
	int n = plot->data->model[0].figures->classes;

	plot->y = (struct lt_axis){0, 1, BOTTOM, TOP, false};
	plot->x = (struct lt_axis){1, n, LEFT + 14, RIGHT - 10, false};
	if (plot->counts) {
		double few = (double)class_at(plot, 0, n - 1)->train_count,
		       many = (double)class_at(plot, 0, 0)->train_count;

		plot->x.log = true;
		plot->x.low = few > 0 ? few : 0.5;
		plot->x.high = many > 0 ? many : 0.5;
	}
	if (!(plot->x.high > plot->x.low))
		lt_axis_round(&plot->x, 4);
}

static void hint(struct plot *plot, int c)
{
	const struct lt_page_data *data = plot->data;
	struct lt_markup *out = plot->svg->out;
	const struct lt_class_figures *of = &data->model[0].figures->class_of[c];

	lt_svg_open_hint(plot->svg);
	lt_mark_name(out, data->model[0].figures->names[c]);
	lt_mark(out, ": ");
	for (int m = 0; m < data->models; m++) {
		lt_mark(out, m ? ", " : "");
		if (data->models > 1) {
			lt_mark_short(out, data->model[m].name, 24);
			lt_mark(out, " ");
		}
		lt_mark_share(out, data->model[m].figures->class_of[c].recall.value);
	}
	lt_mark(out, " of ");
	lt_mark_count(out, of->recall.count);
	if (plot->counts) {
		lt_mark(out, "; training rows: ");
		lt_mark_count(out, of->train_count);
	}
	lt_svg_hint_end(plot->svg);
}

static void draw_class(struct plot *plot, int rank)
{
	const struct lt_page_data *data = plot->data;
	int c = data->order[rank], models = data->models, group;
	bool crowded = data->model[0].figures->classes > 60;
	double x = x_of(plot, rank), size = crowded ? 3 : 4.5;

	if (class_at(plot, 0, rank)->recall.count == 0)
		return;
	hint(plot, c);
	for (int m = models - 1; m >= 0; m--) {
		const struct lt_class_figures *of = class_at(plot, m, rank);
		const struct lt_more_class *more = &data->model[m].more->class_of[c];
		double at = x + (models > 1 && !crowded ? (m ? 3.5 : -3.5) : 0),
		       y = lt_axis_at(&plot->y, of->recall.value);

		group = of->group < 0 || models > 1 ? LT_MANY : of->group;
		/* With hundreds of classes the whiskers would hide everything else. */
		if (!crowded)
			lt_draw_whisker(plot->svg, m ? "c1 w" : styles[group].line, at,
					lt_axis_at(&plot->y, more->low),
					lt_axis_at(&plot->y, more->high));
		lt_svg_mark(plot->svg, m ? "c1 h" : styles[group].fill,
			    m ? LT_SHAPE_SQUARE : styles[group].shape, at, y, size);
	}
	lt_svg_close_hint(plot->svg);
}

static bool is_free(const struct plot *plot, double x, double y, double width)
{
	if (x - width / 2 < LEFT + 1 || x + width / 2 > RIGHT + 12 || y < TOP + 9 ||
	    y > BOTTOM - 3)
		return false;
	for (int i = 0; i < plot->n_placed; i++)
		if (fabs(plot->placed[i].x - x) < (plot->placed[i].width + width) / 2 + 4 &&
		    fabs(plot->placed[i].y - y) < 12)
			return false;
	return true;
}

/* Above or below the whiskers, further away if another name is there; otherwise not at all. */
static void place_name(struct plot *plot, int rank)
{
	const struct lt_page_data *data = plot->data;
	int c = data->order[rank];
	const char *name = data->model[0].figures->names[c];
	double low = 1, high = 0, x = x_of(plot, rank), width = 6.9 * lt_name_cells(name, 14);

	if (class_at(plot, 0, rank)->recall.count == 0)
		return;
	for (int m = 0; m < data->models; m++) {
		const struct lt_more_class *more = &data->model[m].more->class_of[c];

		low = fmin(low, more->low);
		high = fmax(high, more->high);
	}
	for (int try = 0; try < 6; try++) {
		double y = try % 2 ? lt_axis_at(&plot->y, low) + 14 + 13 * (try / 2)
				   : lt_axis_at(&plot->y, high) - 6 - 13 * (try / 2),
		       at = fmin(x, RIGHT + 11 - width / 2);

		at = fmax(at, LEFT + 2 + width / 2);
		if (!is_free(plot, at, y, width))
			continue;
		plot->placed[plot->n_placed].x = at;
		plot->placed[plot->n_placed].y = y;
		plot->placed[plot->n_placed++].width = width;
		lt_svg_name(plot->svg, "t s m", at, y, name, 14);
		return;
	}
}

static void draw_legend(struct plot *plot)
{
	const struct lt_figures *f = plot->data->model[0].figures;
	double x = LEFT + 10;

	if (plot->data->models > 1) {
		lt_draw_models(plot->svg, plot->data, x, 18);
		return;
	}
	for (int g = 0; g < LT_GROUPS && f->has_groups; g++) {
		if (f->group[g].classes == 0)
			continue;
		lt_svg_mark(plot->svg, styles[g].fill, styles[g].shape, x, 13.5, 4.5);
		lt_svg_text(plot->svg, "t", x + 10, 18, lt_group_names[g]);
		x += 34 + 8 * (double)strlen(lt_group_names[g]);
	}
}

static void draw(struct lt_svg *svg, const struct lt_page_data *data, int which,
		 const struct lt_figure_kind *kind)
{
	struct plot plot = {
		.svg = svg, .data = data, .counts = data->model[0].header.train_counts != NULL};
	int n = data->model[0].figures->classes;

	(void)which;
	lt_svg_begin(svg, LT_SVG_WIDTH, HEIGHT, kind->title, kind->text);
	find_axes(&plot);
	lt_axis_up(svg, &plot.y, 5, true, LEFT, RIGHT + 8);
	if (plot.counts)
		lt_axis_across(svg, &plot.x, 6, false, TOP, BOTTOM);
	lt_svg_line(svg, "x", LEFT, BOTTOM, RIGHT + 8, BOTTOM);
	lt_svg_text(svg, "q m", (LEFT + RIGHT) / 2, HEIGHT - 8,
		    plot.counts ? "training rows of the class"
				: "classes, most accurate first");
	for (int rank = n - 1; rank >= 0; rank--)
		draw_class(&plot, rank);
	for (int rank = 0; rank < n && n <= NAMED; rank++)
		place_name(&plot, rank);
	draw_legend(&plot);
	lt_svg_end(svg);
}

const struct lt_figure_kind lt_figure_accuracy = {
	.name = "accuracy",
	.title = "Accuracy by class",
	.text = "Each mark is a class: its accuracy against the number of its training rows, "
		"on a "
		"logarithmic axis (or, if these are unknown, in order of accuracy). Bars are "
		"95 % intervals (Wilson); with more than 60 classes only the table has them.",
	.lacks = lt_lacks_labels,
	.draw = draw,
};
