/*
 * The figures of a page, one file each.  To add a figure, add a file figure_NAME.c and a line
 * to LT_FIGURES.  All figures draw from the same struct; their function `lacks` reports what
 * data is missing.
 */
#ifndef LT_PAGE_FIGURE_H
#define LT_PAGE_FIGURE_H

#include "page/scores.h"
#include "page/svg.h"
#include "page/train_log.h"

enum { LT_PAGE_MODELS = 2, LT_PAGE_LOGS = 8 };

/* Points in the plane, for those rows of the first model that have one. */
struct lt_points {
	size_t n;
	float *xy;   /* n pairs */
	size_t *row; /* of the scores, n, in order */
};

struct lt_picture; /* page/pictures.h */

struct lt_page_data {
	const char *title;
	struct lt_scores model[LT_PAGE_MODELS]; /* the second with --against */
	int models;
	bool labels; /* some row has one */
	int *order;  /* of the classes: lt_scores_order */
	struct lt_train_log log[LT_PAGE_LOGS];
	int logs;
	struct lt_points points;
	struct lt_picture *picture; /* the most confident mistakes, with images */
	int pictures;
	bool drawn; /* --rows was given */
};

struct lt_figure_kind {
	const char *name, *title;
	/* Explanation, shown below the figure. */
	const char *text;
	/* Why it cannot be drawn, such as "no row has a label"; NULL if it can. */
	const char *(*lacks)(const struct lt_page_data *data);
	/* which: the model, if the figure shows one. */
	void (*draw)(struct lt_svg *svg, const struct lt_page_data *data, int which,
		     const struct lt_figure_kind *kind);
	bool of_each; /* one figure for each model */
};

#define LT_FIGURES(X) X(accuracy) X(groups) X(confusion) X(tsne) X(reliability) X(curves)

#define LT_FIGURE_DECLARE(name) extern const struct lt_figure_kind lt_figure_##name;
LT_FIGURES(LT_FIGURE_DECLARE)
#undef LT_FIGURE_DECLARE

/* All figures and their names; both lists end with NULL. */
extern const struct lt_figure_kind *const lt_figure_kinds[];
extern const char *const lt_figure_kind_names[];

/* Parts that figures share. */

/* NULL, or why figures of accuracy cannot be drawn. */
const char *lt_lacks_labels(const struct lt_page_data *data);
/* A line from low to high with bars at its ends; low NaN: nothing. */
void lt_draw_whisker(struct lt_svg *svg, const char *cls, double x, double low, double high);
void lt_draw_flat_whisker(struct lt_svg *svg, const char *cls, double y, double low,
			  double high);
/* The legend of two models at x, y; nothing for a single model. */
void lt_draw_models(struct lt_svg *svg, const struct lt_page_data *data, double x, double y);

#endif
