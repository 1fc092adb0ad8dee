#include "page/figure.h"

#include <math.h>
#include <stddef.h>

#define LT_FIGURE_LINE(name) &lt_figure_##name,
const struct lt_figure_kind *const lt_figure_kinds[] = {LT_FIGURES(LT_FIGURE_LINE) NULL};
#undef LT_FIGURE_LINE

#define LT_FIGURE_NAME(name) #name,
const char *const lt_figure_kind_names[] = {LT_FIGURES(LT_FIGURE_NAME) NULL};
#undef LT_FIGURE_NAME

const char *lt_lacks_labels(const struct lt_page_data *data)
{
	return data->labels ? NULL : "no row has a label";
}

void lt_draw_whisker(struct lt_svg *svg, const char *cls, double x, double low, double high)
{
	if (!isfinite(low) || !isfinite(high))
		return;
	lt_svg_path(svg, cls);
	lt_svg_move(svg, x - 3, low);
	lt_svg_to(svg, x + 3, low);
	lt_svg_move(svg, x, low);
	lt_svg_to(svg, x, high);
	lt_svg_move(svg, x - 3, high);
	lt_svg_to(svg, x + 3, high);
	lt_svg_close_path(svg);
}

void lt_draw_flat_whisker(struct lt_svg *svg, const char *cls, double y, double low,
			  double high)
{
	if (!isfinite(low) || !isfinite(high))
		return;
	lt_svg_path(svg, cls);
	lt_svg_move(svg, low, y - 4);
	lt_svg_to(svg, low, y + 4);
	lt_svg_move(svg, low, y);
	lt_svg_to(svg, high, y);
	lt_svg_move(svg, high, y - 4);
	lt_svg_to(svg, high, y + 4);
	lt_svg_close_path(svg);
}

void lt_draw_models(struct lt_svg *svg, const struct lt_page_data *data, double x, double y)
{
	for (int m = 0; m < data->models && data->models > 1; m++) {
		lt_svg_mark(svg, m ? "c1 h" : "c0 f", m ? LT_SHAPE_SQUARE : LT_SHAPE_DISC, x,
			    y - 4.5, 4.5);
		lt_svg_name(svg, "t", x + 10, y, data->model[m].name, 24);
		x += 26 + 8 * lt_name_cells(data->model[m].name, 24);
	}
}
