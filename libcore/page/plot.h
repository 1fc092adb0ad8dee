/*
 * Columns of a table of text as a figure: lines or points over an axis.
 *
 * A table is a line of names and lines of values, with tabs between; lines that begin with #
 * are left out, and empty lines separate tables (as in gnuplot and lt theory).  A value is a
 * number, or none: "-", "", "nan", "inf" or "-inf".
 */
#ifndef LT_PAGE_PLOT_H
#define LT_PAGE_PLOT_H

#include "page/markup.h"
#include "page/palette.h"

enum {
	LT_PLOT_POINTS = 100000,    /* at most */
	LT_PLOT_BYTES = 64 << 20,   /* of a table */
	LT_PLOT_COLUMNS = 256,	    /* of it */
	LT_PLOT_SERIES = LT_SERIES, /* colours that can be told apart */
	LT_PLOT_WORDS = 16,	    /* values of x that are not numbers */
};

/* What is drawn of which columns; names are NULL where nothing is. */
struct lt_plot_wish {
	int table;		    /* from 1 */
	const char *x;		    /* NULL: the first column */
	const char *y;		    /* one or several names, with commas between */
	const char *by;		    /* a line for each of its values */
	const char *low, *high;	    /* the ends of an interval of y */
	const char *x_low, *x_high; /* and of x */
};

struct lt_plot_point {
	double x, y;			 /* finite */
	double low, high, x_low, x_high; /* NaN: none */
	int series;
	int word; /* private to reading: the place of x among the words */
};

struct lt_plot {
	const char *name; /* of the file, for messages */
	const char *x_name, *y_name;
	int n_series;
	const char *series[LT_PLOT_SERIES]; /* names, in the order of their first lines */
	/*
	 * If some x is not a number: the different values in their order; then x is the number
	 * of one.
	 */
	int n_words;
	const char *word[LT_PLOT_WORDS];
	struct lt_plot_point *point; /* in the order of the lines */
	size_t n;
	int tables;	       /* in the file */
	struct lt_arena arena; /* of the names */
};

/*
 * Reads a table from a path, "-" for stdin.  The plot starts as { 0 }, and lt_plot_free makes
 * it so again.  LT_USAGE: a column is missing, the message names all; LT_DATA, with the line: a
 * value is not a number, or there are more series, words or points than can be drawn.
 */
int lt_plot_read(struct lt_plot *plot, const char *path, const struct lt_plot_wish *wish,
		 struct lt_error *err);
void lt_plot_free(struct lt_plot *plot);

struct lt_plot_look {
	const char *title;	       /* NULL: none */
	const char *x_label, *y_label; /* NULL: the names of the columns */
	bool points;		       /* do not connect them */
	bool log_x, log_y;
};

/*
 * Appends an SVG file.  *left_out: points that a logarithmic axis cannot show.  LT_DATA if
 * nothing is left to draw.
 */
int lt_plot_draw(struct lt_markup *markup, const struct lt_plot *plot,
		 const struct lt_plot_look *look, uint64_t *left_out, struct lt_error *err);

#endif
