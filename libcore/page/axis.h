/* An axis of a figure: maps values to positions and chooses round ticks. */
#ifndef LT_PAGE_AXIS_H
#define LT_PAGE_AXIS_H

#include "page/svg.h"

#define LT_TICKS 24 /* at most */

struct lt_axis {
	double low, high; /* values, low < high; of a logarithmic axis > 0 */
	double from, to;  /* their positions, in either order */
	bool log;
};

/* The position of a value, which may be outside the axis. */
double lt_axis_at(const struct lt_axis *axis, double value);
/* Widens low and high to multiples of the step between ticks; separates equal ends. */
void lt_axis_round(struct lt_axis *axis, int wanted);
/*
 * About `wanted` ticks at 1, 2 or 5 times a power of ten within low and high; of a
 * logarithmic axis at powers of ten, at every 2nd, 5th, … of them if there are many, and at 2
 * and 5 (or all of 1 … 9) times those if there are few.  Returns their number, at most
 * LT_TICKS.
 */
int lt_axis_ticks(const struct lt_axis *axis, int wanted, double tick[LT_TICKS]);
/* Grid lines and labels of an axis from left to right (below y) or upwards (left of x). */
void lt_axis_across(struct lt_svg *svg, const struct lt_axis *axis, int wanted, bool share,
		    double top, double bottom);
void lt_axis_up(struct lt_svg *svg, const struct lt_axis *axis, int wanted, bool share,
		double left, double right);

#endif
