#include <math.h>

#include "page/axis.h"
#include "page/figure.h"
#include "page/plot.h"

enum { LEFT = 66, RIGHT = 448, LINE = 20, PLOT = 260, BELOW = 50 };
enum { MARKS = 24 /* of a line, at most */ };

static const char *const lines[LT_SERIES] = {"c0 l", "c1 l", "c2 l", "c3 l",
					     "c4 l", "c5 l", "c6 l", "c7 l"};
static const char *const marks[LT_SERIES] = {"c0 f", "c1 f", "c2 f", "c3 f",
					     "c4 f", "c5 f", "c6 f", "c7 f"};
static const char *const whiskers[LT_SERIES] = {"c0 w", "c1 w", "c2 w", "c3 w",
						"c4 w", "c5 w", "c6 w", "c7 w"};

struct drawing {
	struct lt_svg svg;
	const struct lt_plot *plot;
	const struct lt_plot_look *look;
	struct lt_axis x, y;
	size_t shown[LT_SERIES]; /* points of each series */
};

/* ---------------------------------------------------------------------------- axes */

static bool fits(const struct lt_axis *axis, double value)
{
	return isfinite(value) && (!axis->log || value > 0);
}

static bool is_shown(const struct drawing *d, const struct lt_plot_point *point)
{
	return fits(&d->x, point->x) && fits(&d->y, point->y);
}

static void widen(struct lt_axis *axis, double value)
{
	if (!fits(axis, value))
		return;
	axis->low = fmin(axis->low, value);
	axis->high = fmax(axis->high, value);
}

/* Returns how many points cannot be shown. */
static uint64_t find_axes(struct drawing *d, double top)
{
	const struct lt_plot *plot = d->plot;
	uint64_t left_out = 0;

	d->x = (struct lt_axis){INFINITY, -INFINITY, LEFT, RIGHT, d->look->log_x};
	d->y = (struct lt_axis){INFINITY, -INFINITY, top + PLOT, top, d->look->log_y};
	for (size_t i = 0; i < plot->n; i++) {
		const struct lt_plot_point *p = &plot->point[i];

		if (!is_shown(d, p)) {
			left_out++;
			continue;
		}
		d->shown[p->series]++;
		widen(&d->x, p->x);
		widen(&d->x, p->x_low);
		widen(&d->x, p->x_high);
		widen(&d->y, p->y);
		widen(&d->y, p->low);
		widen(&d->y, p->high);
	}
	if (plot->n_words > 0) {
		d->x.low = -0.5;
		d->x.high = plot->n_words - 0.5;
	}
	return left_out;
}

/* The words below the axis, cut to the room of each. */
static void draw_words(struct drawing *d)
{
	const struct lt_plot *plot = d->plot;
	int most = (RIGHT - LEFT) / plot->n_words / 8;

	for (int i = 0; i < plot->n_words; i++)
		lt_svg_name(&d->svg, "q m", lt_axis_at(&d->x, i), d->y.from + 17, plot->word[i],
			    most > 1 ? most : 1);
	lt_svg_line(&d->svg, "x", LEFT, d->y.from, RIGHT, d->y.from);
}

/* Dashed lines at 0, where an axis has both signs. */
static void draw_zeros(struct drawing *d)
{
	double x = lt_axis_at(&d->x, 0), y = lt_axis_at(&d->y, 0);

	if (d->plot->n_words == 0 && d->x.low < 0 && d->x.high > 0)
		lt_svg_line(&d->svg, "d", x, d->y.to, x, d->y.from);
	if (d->y.low < 0 && d->y.high > 0)
		lt_svg_line(&d->svg, "d", LEFT, y, RIGHT, y);
}

static void draw_axes(struct drawing *d)
{
	const struct lt_plot *plot = d->plot;
	const struct lt_plot_look *look = d->look;

	lt_axis_up(&d->svg, &d->y, 6, false, LEFT, RIGHT);
	if (plot->n_words > 0)
		draw_words(d);
	else
		lt_axis_across(&d->svg, &d->x, 6, false, d->y.to, d->y.from);
	draw_zeros(d);
	lt_svg_name(&d->svg, "q m", (LEFT + RIGHT) / 2.0, d->y.from + 38,
		    look->x_label ? look->x_label : plot->x_name, 60);
	lt_svg_upwards(&d->svg, "q m", 14, (d->y.from + d->y.to) / 2,
		       look->y_label ? look->y_label : plot->y_name);
}

/* -------------------------------------------------------------------------- series */

/* Where the legend ends; a single series needs none, since the axis names it. */
static double draw_legend(struct drawing *d, double y, bool draws)
{
	const struct lt_plot *plot = d->plot;
	double x = LEFT;

	if (plot->n_series < 2)
		return y;
	for (int s = 0; s < plot->n_series; s++) {
		double width = 32 + 7.5 * lt_name_cells(plot->series[s], 40);

		if (x > LEFT && x + width > RIGHT) {
			x = LEFT;
			y += LINE;
		}
		if (draws) {
			lt_svg_mark(&d->svg, marks[s], (enum lt_svg_shape)(s % LT_SHAPES),
				    x + 5, y + 9.5, 4.5);
			lt_svg_name(&d->svg, "t", x + 15, y + 14, plot->series[s], 40);
		}
		x += width;
	}
	return y + LINE + 6;
}

static void draw_line(struct drawing *d, int series)
{
	bool down = false;

	lt_svg_path(&d->svg, lines[series]);
	for (size_t i = 0; i < d->plot->n; i++) {
		const struct lt_plot_point *p = &d->plot->point[i];

		if (p->series != series || !is_shown(d, p))
			continue;
		(down ? lt_svg_to : lt_svg_move)(&d->svg, lt_axis_at(&d->x, p->x),
						 lt_axis_at(&d->y, p->y));
		down = true;
	}
	lt_svg_close_path(&d->svg);
}

static void draw_mark(struct drawing *d, const struct lt_plot_point *p)
{
	double x = lt_axis_at(&d->x, p->x), y = lt_axis_at(&d->y, p->y);
	struct lt_markup *out = d->svg.out;
	const struct lt_plot *plot = d->plot;

	lt_svg_open_hint(&d->svg);
	lt_mark_name(out, plot->series[p->series]);
	lt_mark(out, ": ");
	if (plot->n_words > 0)
		lt_mark_name(out, plot->word[p->word]);
	else
		lt_mark_brief(out, p->x, 6);
	lt_mark(out, ", ");
	lt_mark_brief(out, p->y, 6);
	lt_svg_hint_end(&d->svg);
	if (fits(&d->y, p->low) && fits(&d->y, p->high))
		lt_draw_whisker(&d->svg, whiskers[p->series], x, lt_axis_at(&d->y, p->low),
				lt_axis_at(&d->y, p->high));
	if (fits(&d->x, p->x_low) && fits(&d->x, p->x_high))
		lt_draw_flat_whisker(&d->svg, whiskers[p->series], y,
				     lt_axis_at(&d->x, p->x_low), lt_axis_at(&d->x, p->x_high));
	lt_svg_mark(&d->svg, marks[p->series], (enum lt_svg_shape)(p->series % LT_SHAPES), x, y,
		    4.5);
	lt_svg_close_hint(&d->svg);
}

/* All points, or those of a line at regular distances, so that lines differ in shape too. */
static void draw_marks(struct drawing *d, int series)
{
	size_t step = d->look->points ? 1 : d->shown[series] / MARKS + 1, number = 0;

	for (size_t i = 0; i < d->plot->n; i++) {
		const struct lt_plot_point *p = &d->plot->point[i];

		if (p->series == series && is_shown(d, p) && number++ % step == 0)
			draw_mark(d, p);
	}
}

int lt_plot_draw(struct lt_markup *markup, const struct lt_plot *plot,
		 const struct lt_plot_look *look, uint64_t *left_out, struct lt_error *err)
{
	struct drawing d = {.svg = {.out = markup, .name = "plot", .alone = true},
			    .plot = plot,
			    .look = look};
	double top = look->title ? 12 + LINE : 12, legend = top;

	top = draw_legend(&d, top, false) + 4;
	*left_out = find_axes(&d, top);
	if (*left_out == plot->n)
		return lt_fail(err, LT_DATA,
			       plot->n == 0 ? "the table has no points to draw"
					    : "no point is above 0 on a "
					      "logarithmic axis");
	if (plot->n_words == 0 && (look->points || !(d.x.high > d.x.low)))
		lt_axis_round(&d.x, 6);
	lt_axis_round(&d.y, 6);
	lt_mark(markup, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	lt_svg_begin(&d.svg, LT_SVG_WIDTH, top + PLOT + BELOW,
		     look->title ? look->title : plot->y_name, "");
	if (look->title)
		lt_svg_name(&d.svg, "t b", 12, 22, look->title, 54);
	draw_axes(&d);
	draw_legend(&d, legend, true);
	for (int s = 0; s < plot->n_series && !look->points; s++)
		draw_line(&d, s);
	for (int s = 0; s < plot->n_series; s++)
		draw_marks(&d, s);
	lt_svg_end(&d.svg);
	return markup->failed ? lt_fail_memory(err) : 0;
}
