/*
 * Forecasts of lt verdict beside what was gained: the tables of "make calibrate-verdict" as a
 * figure.
 */
#ifndef LT_PAGE_GAINS_H
#define LT_PAGE_GAINS_H

#include "page/markup.h"

enum { LT_GAINS_MOST = 10000, LT_GAINS_BYTES = 16 << 20 /* of a table */ };

struct lt_gain {
	double score, low, high; /* predicted, in doublings of a class's labels; its interval */
	double gain;		 /* measured, in points of balanced accuracy */
	int forecast;		 /* 0: help, 1: nothing, 2: harm */
};

struct lt_gains {
	struct lt_gain *run;
	size_t n;
};

/*
 * Appends a table: lines that begin with # are left out, then a line of names, then one for
 * each run, with tabs between.  LT_DATA, with the line, if one of the columns score, score_low,
 * score_high, forecast and gain is missing, if a value is not what it should be, and for more
 * than LT_GAINS_MOST runs.
 */
int lt_gains_read(struct lt_gains *gains, const char *path, struct lt_error *err);
/* Appends an SVG file.  LT_DATA if there are no runs. */
int lt_gains_draw(struct lt_markup *markup, const struct lt_gains *gains, struct lt_error *err);
void lt_gains_free(struct lt_gains *gains);

#endif
