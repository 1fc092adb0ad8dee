/*
 * The confusion matrix, with each row divided by its sum.  Up to MOST classes, a cell is a pair
 * of classes; above that, neighbouring classes share a cell, so that the size of the figure is
 * bounded and the order of classes is kept.
 */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "page/confused.h"
#include "page/figure.h"
#include "page/palette.h"

enum { LEFT = 114, TOP = 10, SIDE = 356, LEGEND = TOP + SIDE + 110, HEIGHT = LEGEND + 48 };
enum { MOST = 200, WRITTEN = 12, LETTERS = 12, OUTLINED = 40 };

/* The shares of the shades: v1 is below the first bound, v8 above the last. */
static const double bound[LT_SHADES - 1] = {0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75};

struct matrix {
	int classes, each, cells; /* classes in a cell's side; cells a side */
	double *share;		  /* cells × cells, of the row */
	uint64_t *rows;		  /* of each row of cells */
	double size;		  /* of a cell, in units */
};

static int shade_of(double share)
{
	int shade = 1;

	while (shade < LT_SHADES && share >= bound[shade - 1])
		shade++;
	return shade;
}

static bool fill(struct matrix *m, const struct lt_page_data *data, int which)
{
	struct lt_confused *list = NULL;
	size_t n = 0, side;
	int *rank;
	bool good;

	m->classes = data->model[0].figures->classes;
	m->each = (m->classes + MOST - 1) / MOST;
	m->cells = (m->classes + m->each - 1) / m->each;
	m->size = (double)SIDE / m->cells;
	side = (size_t)m->cells;
	rank = lt_new_array((size_t)m->classes, sizeof *rank);
	m->share = lt_new_array(side * side, sizeof *m->share);
	m->rows = lt_new_array(side, sizeof *m->rows);
	good = rank && m->share && m->rows &&
	       lt_confused_list(&data->model[which], &list, &n, NULL) == 0;
	for (int r = 0; good && r < m->classes; r++)
		rank[data->order[r]] = r;
	for (size_t i = 0; good && i < n; i++) {
		size_t y = (size_t)(rank[list[i].truth] / m->each),
		       x = (size_t)(rank[list[i].predicted] / m->each);

		m->share[y * side + x] += (double)list[i].rows;
		m->rows[y] += list[i].rows;
	}
	for (size_t i = 0; good && i < side * side; i++)
		m->share[i] = m->rows[i / side] ? m->share[i] / (double)m->rows[i / side] : 0;
	lt_free(rank);
	lt_free(list);
	return good;
}

/* Draws all cells of a shade as one path, so that 40,000 cells stay a small file. */
static void draw_cells(struct lt_svg *svg, const struct matrix *m)
{
	double gap = m->size > 6 ? 1 : 0;
	char cls[8];

	for (int shade = 1; shade <= LT_SHADES; shade++) {
		snprintf(cls, sizeof cls, "v%d", shade);
		lt_svg_path(svg, cls);
		for (int i = 0; i < m->cells * m->cells; i++) {
			if (!(m->share[i] > 0) || shade_of(m->share[i]) != shade)
				continue;
			lt_svg_box(svg, LEFT + m->size * (i % m->cells) + gap / 2,
				   TOP + m->size * (i / m->cells) + gap / 2, m->size - gap,
				   m->size - gap);
		}
		lt_svg_close_path(svg);
	}
}

/* Outlines the diagonal, also of cells without rows. */
static void draw_diagonal(struct lt_svg *svg, const struct matrix *m)
{
	lt_svg_path(svg, "x");
	for (int i = 0; i < m->cells && m->cells <= OUTLINED; i++)
		lt_svg_box(svg, LEFT + m->size * i, TOP + m->size * i, m->size, m->size);
	lt_svg_close_path(svg);
}

static void draw_numbers(struct lt_svg *svg, const struct matrix *m)
{
	for (int i = 0; i < m->cells * m->cells; i++) {
		double share = m->share[i];

		if (!(share >= 0.005))
			continue;
		lt_svg_open_text(svg, shade_of(share) > LT_SHADES / 2 ? "n1 s m" : "n0 s m",
				 LEFT + m->size * (i % m->cells + 0.5),
				 TOP + m->size * (i / m->cells + 0.5) + 4);
		lt_mark_brief(svg->out, 100 * share, 0);
		lt_svg_close_text(svg);
	}
}

/* As many names as fit: the first and every n-th. */
static void draw_names(struct lt_svg *svg, const struct matrix *m,
		       const struct lt_page_data *data)
{
	int step = (int)ceil(13 / m->size);

	for (int i = 0; i < m->cells; i += step) {
		const char *name = data->model[0].figures->names[data->order[i * m->each]];
		double at = m->size * (i + 0.5);

		lt_svg_name(svg, "t s e", LEFT - 6, TOP + at + 4, name, LETTERS);
		lt_mark(svg->out, "<g transform=\"translate(");
		lt_mark_brief(svg->out, LEFT + at + 4, 2);
		lt_markf(svg->out, " %d) rotate(-90)\">", TOP + SIDE + 7);
		lt_svg_name(svg, "t s e", 0, 0, name, LETTERS);
		lt_mark(svg->out, "</g>\n");
	}
}

static void draw_legend(struct lt_svg *svg)
{
	double width = (double)SIDE / LT_SHADES;
	char cls[8];

	for (int shade = 1; shade <= LT_SHADES; shade++) {
		snprintf(cls, sizeof cls, "v%d", shade);
		lt_svg_rect(svg, cls, LEFT + width * (shade - 1), LEGEND, width, 12);
		if (shade == LT_SHADES)
			break;
		lt_svg_open_text(svg, "q s m", LEFT + width * shade, LEGEND + 26);
		lt_mark_brief(svg->out, 100 * bound[shade - 1], 0);
		lt_mark(svg->out, "%");
		lt_svg_close_text(svg);
	}
	lt_svg_text(svg, "q s e", LEFT - 6, LEGEND + 10, "share of its rows");
}

static void draw(struct lt_svg *svg, const struct lt_page_data *data, int which,
		 const struct lt_figure_kind *kind)
{
	struct matrix m = {0};

	lt_svg_begin(svg, LT_SVG_WIDTH, HEIGHT, kind->title, kind->text);
	if (fill(&m, data, which)) {
		draw_cells(svg, &m);
		draw_diagonal(svg, &m);
		if (m.cells <= WRITTEN)
			draw_numbers(svg, &m);
		draw_names(svg, &m, data);
		lt_svg_path(svg, "x");
		lt_svg_box(svg, LEFT, TOP, SIDE, SIDE);
		lt_svg_close_path(svg);
		lt_svg_upwards(svg, "q s m", 12, TOP + SIDE / 2, "true class");
		lt_svg_text(svg, "q s m", LEFT + SIDE / 2, LEGEND - 12, "predicted class");
		draw_legend(svg);
	} else {
		svg->out->failed = true;
	}
	lt_free(m.share);
	lt_free(m.rows);
	lt_svg_end(svg);
}

const struct lt_figure_kind lt_figure_confusion = {
	.name = "confusion",
	.title = "Confusion",
	.text = "Each line is a true class and shows how its rows are classified, as shares of "
		"the line. Classes are ordered by training rows, largest first, so mistakes to "
		"the left of the diagonal favour larger classes. Cells without rows are empty; "
		"with more than 200 classes, neighbouring classes share a cell.",
	.lacks = lt_lacks_labels,
	.draw = draw,
	.of_each = true,
};
