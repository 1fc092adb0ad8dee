/* Learning curves from training logs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "page/axis.h"
#include "page/figure.h"
#include "page/palette.h"

enum { LEFT = 54, RIGHT = 464, PANEL = 150, GAP = 26, TOP = 12 };

/* A panel shows a column of the logs. */
static const struct panel {
	const char *title, *column;
	bool share;
} panels[] = {{"loss", "loss", false},
	      {"accuracy, training rows", "accuracy", true},
	      {"accuracy, validation rows", "val_accuracy", true},
	      {"balanced accuracy, validation rows", "val_balanced", true}};
enum { PANELS = sizeof panels / sizeof panels[0] };

static const char *const lines[LT_SERIES] = {"c0 l", "c1 l", "c2 l", "c3 l",
					     "c4 l", "c5 l", "c6 l", "c7 l"};
static const char *const marks[LT_SERIES] = {"c0 f", "c1 f", "c2 f", "c3 f",
					     "c4 f", "c5 f", "c6 f", "c7 f"};

/* Extends the axes to one log's column; false if it has no number. */
static bool widen(const struct lt_train_log *log, int column, struct lt_axis *x,
		  struct lt_axis *y)
{
	bool any = false;

	for (int i = 0; column >= 0 && i < log->epochs; i++) {
		const double *row = log->value + (size_t)i * (size_t)log->columns;

		if (!isfinite(row[column]))
			continue;
		x->low = fmin(x->low, row[0]);
		x->high = fmax(x->high, row[0]);
		y->low = fmin(y->low, row[column]);
		y->high = fmax(y->high, row[column]);
		any = true;
	}
	return any;
}

static bool find_axes(const struct lt_page_data *data, const struct panel *panel,
		      struct lt_axis *x, struct lt_axis *y)
{
	bool any = false;

	*x = (struct lt_axis){INFINITY, -INFINITY, LEFT, RIGHT, false};
	*y = *x;
	for (int i = 0; i < data->logs; i++)
		if (widen(&data->log[i], lt_train_log_find(&data->log[i], panel->column), x, y))
			any = true;
	if (!any)
		return false;
	if (!(x->high > x->low))
		lt_axis_round(x, 4);
	if (panel->share)
		y->low = 0;
	lt_axis_round(y, 4);
	return true;
}

/* A mark at every few epochs, so that lines differ not only in colour. */
static void draw_log(struct lt_svg *svg, const struct lt_train_log *log, int series, int column,
		     const struct lt_axis *x, const struct lt_axis *y)
{
	int step = log->epochs / 5 + 1, phase = series * step / LT_PAGE_LOGS;
	bool down = false;

	lt_svg_path(svg, lines[series]);
	for (int i = 0; i < log->epochs; i++) {
		const double *row = log->value + (size_t)i * (size_t)log->columns;
		double at_x = lt_axis_at(x, row[0]), at_y = lt_axis_at(y, row[column]);

		if (isfinite(row[column]))
			(down ? lt_svg_to : lt_svg_move)(svg, at_x, at_y);
		down = isfinite(row[column]);
	}
	lt_svg_close_path(svg);
	for (int i = phase; i < log->epochs; i += step) {
		const double *row = log->value + (size_t)i * (size_t)log->columns;

		if (isfinite(row[column]))
			lt_svg_mark(svg, marks[series], (enum lt_svg_shape)(series % LT_SHAPES),
				    lt_axis_at(x, row[0]), lt_axis_at(y, row[column]), 4);
	}
}

static void draw_panel(struct lt_svg *svg, const struct lt_page_data *data,
		       const struct panel *panel, double top)
{
	struct lt_axis x, y;

	if (!find_axes(data, panel, &x, &y))
		return;
	y.from = top + PANEL;
	y.to = top + 22;
	lt_svg_text(svg, "t b", LEFT, top + 12, panel->title);
	lt_axis_up(svg, &y, 4, panel->share, LEFT, RIGHT);
	/* Epochs are whole numbers. */
	lt_axis_across(svg, &x, (int)fmin(6, x.high - x.low), false, top + PANEL, top + PANEL);
	for (int i = 0; i < data->logs; i++) {
		int column = lt_train_log_find(&data->log[i], panel->column);

		if (column >= 0)
			draw_log(svg, &data->log[i], i, column, &x, &y);
	}
}

static double draw_names(struct lt_svg *svg, const struct lt_page_data *data, bool draws)
{
	double x = LEFT, y = TOP + 12;

	if (data->logs < 2)
		return TOP;
	for (int i = 0; i < data->logs; i++) {
		double width = 30 + 8 * lt_name_cells(data->log[i].name, 30);

		if (x > LEFT && x + width > RIGHT) {
			x = LEFT;
			y += 20;
		}
		if (draws) {
			lt_svg_mark(svg, marks[i], (enum lt_svg_shape)(i % LT_SHAPES), x + 5,
				    y - 4.5, 4.5);
			lt_svg_name(svg, "t", x + 15, y, data->log[i].name, 30);
		}
		x += width;
	}
	return y + 18;
}

static void draw(struct lt_svg *svg, const struct lt_page_data *data, int which,
		 const struct lt_figure_kind *kind)
{
	double top = draw_names(svg, data, false);
	struct lt_axis x, y;
	int n = 0;

	(void)which;
	for (int i = 0; i < PANELS; i++)
		n += find_axes(data, &panels[i], &x, &y);
	lt_svg_begin(svg, LT_SVG_WIDTH, top + n * (PANEL + GAP) + 24, kind->title, kind->text);
	draw_names(svg, data, true);
	for (int i = 0; i < PANELS; i++) {
		if (!find_axes(data, &panels[i], &x, &y))
			continue;
		draw_panel(svg, data, &panels[i], top);
		top += PANEL + GAP;
	}
	lt_svg_text(svg, "q m", (LEFT + RIGHT) / 2, top + 14, "epoch");
	lt_svg_end(svg);
}

static const char *lacks(const struct lt_page_data *data)
{
	struct lt_axis x, y;

	if (data->logs == 0)
		return "give a training log, --log FILE";
	for (int i = 0; i < PANELS; i++)
		if (find_axes(data, &panels[i], &x, &y))
			return NULL;
	return "no epoch in the logs has a loss or an accuracy";
}

const struct lt_figure_kind lt_figure_curves = {
	.name = "curves",
	.title = "Learning curves",
	.text = "Loss and accuracy of each epoch, from the training log (--log).",
	.lacks = lacks,
	.draw = draw,
};
