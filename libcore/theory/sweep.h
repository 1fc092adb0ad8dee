/*
 * Sweeps: a sweep varies one quantity of a theorem over a list of values and compares, for
 * each, the simulation with the theorem.  A sweep is an object and a line in lt_sweeps;
 * options, help, completion and both formats are derived from the table.
 *
 * A point is a value of the sweep's axis x and, if it has a second axis (`series`), one of
 * that.  `row` computes the cells of its columns, NaN for cells without a value.  The trials
 * of a row draw from (view: the sweep's index in lt_sweeps, epoch: the point's number); see
 * trials.h.
 */
#ifndef LT_THEORY_SWEEP_H
#define LT_THEORY_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "theory/trials.h"

/* Settings; sweeps replace those of their axes. */
struct lt_theory {
	double mu1, mu2, sigma, p, q;  /* Theorem 1: theorem1.h */
	uint32_t n_plus, n_minus;      /* points labelled positive and negative */
	double delta;		       /* Theorems 1 and 3 */
	double share;		       /* positives among unlabelled points; NaN: a few */
	double p_plus;		       /* Theorems 2 and 3; NaN: a few */
	double beta;		       /* Theorems 2 and 3 */
	uint32_t d;		       /* dimensions, Theorems 2 and 3 */
	uint32_t positives, negatives; /* training rows */
	struct lt_trials trials;
};

#define LT_SWEEP_POINTS 256 /* of an axis, at most */
#define LT_SWEEP_COLUMNS 12 /* at most */

struct lt_axis {
	const char *name;   /* NULL: none */
	const char *points; /* its default values, in the form of --at: "0,0.1,0.2" */
	double low, high;
	bool whole;	/* whole numbers */
	size_t setting; /* of a series: offset in lt_theory of the one value, or NaN */
};

struct lt_point {
	double x, series;      /* series: NaN where the sweep has none */
	uint32_t view, number; /* of the trials */
};

/* How a cell is shown to people. */
enum lt_sweep_kind {
	LT_SWEEP_KEY,	/* a value of an axis, with all of its digits */
	LT_SWEEP_COUNT, /* a whole number */
	LT_SWEEP_VALUE,
	LT_SWEEP_RATE,	/* of trials, or an error: small ones with an exponent */
	LT_SWEEP_BOUND, /* of a probability: 1 and more is shown as vacuous */
};

struct lt_sweep_column {
	const char *name;
	enum lt_sweep_kind kind;
};

struct lt_sweep {
	const char *name;
	int theorem;
	const char *title;
	const char *uses;  /* names of the options that it uses, separated by blanks */
	const char *notes; /* explanation of the columns: lines for people */
	struct lt_axis x, series;
	const struct lt_sweep_column *columns; /* series if there is one, x, and more */
	int n_columns;
	/*
	 * LT_USAGE, naming an option, if the theorem does not apply to the point.
	 * NULL: it always applies.
	 */
	int (*check)(const struct lt_theory *theory, const struct lt_point *at,
		     struct lt_error *err);
	/* cells: n_columns, all NaN before. */
	int (*row)(const struct lt_theory *theory, const struct lt_point *at, double *cells,
		   struct lt_error *err);
};

extern const struct lt_sweep *const lt_sweeps[]; /* ends with NULL */
extern const char *const lt_sweep_choices[];	 /* "all", then their names; ends with NULL */

bool lt_sweep_uses(const struct lt_sweep *sweep, const char *option);

struct lt_points {
	double value[LT_SWEEP_POINTS];
	int n;
};

/*
 * A list "0,0.1,0.2" of values of an axis; text NULL: the default ones.  LT_USAGE, with a
 * message that begins with --at, if one is not a number or out of range, or if there are too
 * many.
 */
int lt_axis_points(const struct lt_axis *axis, const char *text, struct lt_points *out,
		   struct lt_error *err);
/* The values of a series: its setting if given, else the defaults; one NaN without a series. */
void lt_series_points(const struct lt_axis *series, const struct lt_theory *theory,
		      struct lt_points *out);

#endif
