/* Accuracy of predictions against their confidence. */
#include <math.h>

#include "page/axis.h"
#include "page/figure.h"

enum { LEFT = 56, RIGHT = 456, TOP = 34, BOTTOM = 262, UNDER = 282, FLOOR = 332, HEIGHT = 378 };

struct bins {
	uint64_t rows[LT_ECE_BINS], right[LT_ECE_BINS], most;
	double confidence[LT_ECE_BINS];
};

/* The bins of the expected calibration error: (a, b]. */
static struct bins count(const struct lt_scores *scores)
{
	struct bins bins = {0};

	for (size_t i = 0; i < scores->n; i++) {
		const struct lt_page_row *row = &scores->row[i];
		int b = 0;

		if (row->label < 0 || !isfinite(row->confidence))
			continue;
		b = (int)ceil(row->confidence * LT_ECE_BINS) - 1;
		b = b < 0 ? 0 : b >= LT_ECE_BINS ? LT_ECE_BINS - 1 : b;
		bins.rows[b]++;
		bins.right[b] += row->label == row->predicted;
		bins.confidence[b] += row->confidence;
		if (bins.rows[b] > bins.most)
			bins.most = bins.rows[b];
	}
	return bins;
}

static void draw_marks(struct lt_svg *svg, const struct bins *bins, int m,
		       const struct lt_axis *x, const struct lt_axis *y)
{
	for (int b = 0; b < LT_ECE_BINS; b++) {
		struct lt_interval range =
			lt_wilson(bins->right[b], bins->rows[b], LT_PAGE_LEVEL);
		double n = (double)bins->rows[b], at;

		if (bins->rows[b] == 0)
			continue;
		at = lt_axis_at(x, bins->confidence[b] / n);
		lt_svg_open_hint(svg);
		lt_mark(svg->out, "confidence ");
		lt_mark_share(svg->out, bins->confidence[b] / n);
		lt_mark(svg->out, ", accuracy ");
		lt_mark_share(svg->out, (double)bins->right[b] / n);
		lt_mark(svg->out, " of ");
		lt_mark_count(svg->out, bins->rows[b]);
		lt_svg_hint_end(svg);
		lt_draw_whisker(svg, m ? "c1 w" : "c0 w", at, lt_axis_at(y, range.low),
				lt_axis_at(y, range.high));
		lt_svg_mark(svg, m ? "c1 h" : "c0 f", m ? LT_SHAPE_SQUARE : LT_SHAPE_DISC, at,
			    lt_axis_at(y, (double)bins->right[b] / n), 4.5);
		lt_svg_close_hint(svg);
	}
}

/* The number of rows in each bin: filled for the first model, an outline for the second. */
static void draw_rows(struct lt_svg *svg, const struct bins *bins, int m, uint64_t most,
		      const struct lt_axis *x)
{
	lt_svg_path(svg, m ? "c1 w" : "c0 f");
	for (int b = 0; b < LT_ECE_BINS && most > 0; b++) {
		double left = lt_axis_at(x, (double)b / LT_ECE_BINS),
		       right = lt_axis_at(x, (double)(b + 1) / LT_ECE_BINS),
		       height = (FLOOR - UNDER) * (double)bins->rows[b] / (double)most;

		if (bins->rows[b] > 0)
			lt_svg_box(svg, left + 1.5, FLOOR - height, right - left - 3, height);
	}
	lt_svg_close_path(svg);
}

static void draw(struct lt_svg *svg, const struct lt_page_data *data, int which,
		 const struct lt_figure_kind *kind)
{
	struct lt_axis x = {0, 1, LEFT, RIGHT, false}, y = {0, 1, BOTTOM, TOP, false};
	struct bins bins[LT_PAGE_MODELS];
	uint64_t most = 0;

	(void)which;
	lt_svg_begin(svg, LT_SVG_WIDTH, HEIGHT, kind->title, kind->text);
	lt_axis_up(svg, &y, 5, true, LEFT, RIGHT);
	lt_axis_across(svg, &x, 5, true, FLOOR, FLOOR);
	lt_svg_line(svg, "x", LEFT, BOTTOM, RIGHT, BOTTOM);
	lt_svg_text(svg, "q m", (LEFT + RIGHT) / 2, HEIGHT - 8, "confidence");
	lt_svg_upwards(svg, "q m", 14, (TOP + BOTTOM) / 2, "accuracy");
	lt_svg_upwards(svg, "q m", 14, (UNDER + FLOOR) / 2, "rows");
	lt_svg_line(svg, "d", LEFT, BOTTOM, RIGHT, TOP);
	for (int m = 0; m < data->models; m++) {
		bins[m] = count(&data->model[m]);
		most = bins[m].most > most ? bins[m].most : most;
	}
	for (int m = 0; m < data->models; m++)
		draw_rows(svg, &bins[m], m, most, &x);
	for (int m = data->models - 1; m >= 0; m--)
		draw_marks(svg, &bins[m], m, &x, &y);
	lt_svg_open_text(svg, "q s e", LEFT - 7, UNDER + 6);
	lt_mark_count(svg->out, most);
	lt_svg_close_text(svg);
	lt_draw_models(svg, data, LEFT + 10, 18);
	lt_svg_end(svg);
}

const struct lt_figure_kind lt_figure_reliability = {
	.name = "reliability",
	.title = "Reliability",
	.text = "Rows in 15 bins by the confidence of the model: the accuracy in each bin, "
		"with "
		"95 % intervals. Below the dashed line the model is overconfident. The bars "
		"show the number of rows in each bin.",
	.lacks = lt_lacks_labels,
	.draw = draw,
};
