/* Accuracy overall and of many, medium and few classes, with intervals. */
#include <stdio.h>
#include <string.h>

#include "page/axis.h"
#include "page/figure.h"

enum { LEFT = 146, RIGHT = 408, ROW = 40, TOP = 34 };

static const char *const shown[] = {"accuracy", "balanced_accuracy", "many", "medium", "few"};
enum { SHOWN = sizeof shown / sizeof shown[0] };

static const struct lt_more_line *find(const struct lt_more_figures *more, const char *name)
{
	for (int i = 0; i < more->lines; i++)
		if (strcmp(more->line[i].name, name) == 0)
			return &more->line[i];
	return NULL;
}

static void draw_value(struct lt_svg *svg, const struct lt_axis *x, int m, double y,
		       const struct lt_more_line *line)
{
	lt_draw_flat_whisker(svg, m ? "c1 w" : "c0 w", y, lt_axis_at(x, line->interval.low),
			     lt_axis_at(x, line->interval.high));
	lt_svg_mark(svg, m ? "c1 h" : "c0 f", m ? LT_SHAPE_SQUARE : LT_SHAPE_DISC,
		    lt_axis_at(x, line->value), y, 5);
	lt_svg_open_text(svg, "t", RIGHT + 12, y + 4.5);
	lt_mark_share(svg->out, line->value);
	lt_svg_close_text(svg);
}

static void draw_row(struct lt_svg *svg, const struct lt_page_data *data,
		     const struct lt_axis *x, double y, const char *name)
{
	const struct lt_figures *f = data->model[0].figures;
	char text[48];

	lt_svg_text(svg, "t e", LEFT - 12, y - 1, find(data->model[0].more, name)->title);
	for (int g = 0; g < LT_GROUPS; g++) {
		if (strcmp(name, lt_group_names[g]) != 0)
			continue;
		snprintf(text, sizeof text, "%d class%s", f->group[g].classes,
			 f->group[g].classes == 1 ? "" : "es");
		lt_svg_text(svg, "q s e", LEFT - 12, y + 13, text);
	}
	for (int m = 0; m < data->models; m++) {
		const struct lt_more_line *line = find(data->model[m].more, name);

		if (line && line->value >= 0)
			draw_value(svg, x, m, data->models > 1 ? y + (m ? 8 : -8) : y, line);
	}
}

static void draw(struct lt_svg *svg, const struct lt_page_data *data, int which,
		 const struct lt_figure_kind *kind)
{
	struct lt_axis x = {0, 1, LEFT, RIGHT, false};
	int rows[SHOWN], n = 0;
	double bottom;

	(void)which;
	for (int i = 0; i < SHOWN; i++) {
		const struct lt_more_line *line = find(data->model[0].more, shown[i]);

		if (line && line->value >= 0)
			rows[n++] = i;
	}
	bottom = TOP + ROW * n;
	lt_svg_begin(svg, LT_SVG_WIDTH, bottom + 28, kind->title, kind->text);
	lt_axis_across(svg, &x, 5, true, TOP, bottom);
	lt_draw_models(svg, data, LEFT, 18);
	for (int i = 0; i < n; i++)
		draw_row(svg, data, &x, TOP + ROW * (i + 0.5), shown[rows[i]]);
	lt_svg_end(svg);
}

const struct lt_figure_kind lt_figure_groups = {
	.name = "groups",
	.title = "Overall, and many, medium and few",
	.text = "The accuracy over all rows, and the mean accuracy of all classes and of the "
		"classes with many, medium and few training rows. Bars are 95 % intervals.",
	.lacks = lt_lacks_labels,
	.draw = draw,
};
