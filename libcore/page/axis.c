#include "page/axis.h"

#include <math.h>

#include "base/elementary.h"

double lt_axis_at(const struct lt_axis *axis, double value)
{
	double low = axis->low, high = axis->high;

	if (axis->log) {
		value = lt_log(value);
		low = lt_log(low);
		high = lt_log(high);
	}
	return axis->from + (value - low) / (high - low) * (axis->to - axis->from);
}

static double power(int exponent)
{
	double p = 1;

	for (; exponent > 0; exponent--)
		p *= 10;
	for (; exponent < 0; exponent++)
		p /= 10;
	return p;
}

/* 1, 2 or 5 times a power of ten, so that about `wanted` steps make up range. */
static double step_for(double range, int wanted)
{
	double rough = range / (wanted > 1 ? wanted : 1), unit;
	int exponent = 0;

	while (power(exponent) > rough && exponent > -300)
		exponent--;
	while (power(exponent + 1) <= rough && exponent < 300)
		exponent++;
	unit = power(exponent);
	return rough <= 1.5 * unit ? unit
	       : rough <= 3 * unit ? 2 * unit
	       : rough <= 7 * unit ? 5 * unit
				   : 10 * unit;
}

void lt_axis_round(struct lt_axis *axis, int wanted)
{
	double step;

	if (!(axis->high > axis->low)) {
		axis->low -= axis->log ? axis->low / 2 : 0.5;
		axis->high += axis->log ? axis->high : 0.5;
	}
	if (axis->log)
		return;
	step = step_for(axis->high - axis->low, wanted);
	axis->low = floor(axis->low / step + 1e-9) * step;
	axis->high = ceil(axis->high / step - 1e-9) * step;
}

/*
 * The ticks of one set of factors at powers of ten whose exponents are multiples of stride;
 * more than LT_TICKS are counted, not stored.
 */
static int log_ticks(const struct lt_axis *axis, const char *factors, int stride,
		     double tick[LT_TICKS])
{
	int n = 0;

	for (int e = -300; e <= 300; e += stride) {
		double unit = power(e);

		for (const char *f = factors; *f; f++) {
			double v = (*f - '0') * unit;

			if (v < axis->low * (1 - 1e-9) || v > axis->high * (1 + 1e-9))
				continue;
			if (n < LT_TICKS)
				tick[n] = v;
			n++;
		}
	}
	return n;
}

int lt_axis_ticks(const struct lt_axis *axis, int wanted, double tick[LT_TICKS])
{
	static const struct {
		const char *factors;
		int stride; /* divides 300 */
	} sets[] = {{"123456789", 1}, {"1235", 1}, {"125", 1}, {"13", 1}, {"1", 1},  {"1", 2},
		    {"1", 5},	      {"1", 10},   {"1", 20},  {"1", 50}, {"1", 100}};
	double step, first;
	int n = 0;

	for (size_t i = 0; axis->log && i < sizeof sets / sizeof *sets; i++) {
		n = log_ticks(axis, sets[i].factors, sets[i].stride, tick);
		if (n <= wanted + 1)
			return n;
	}
	if (axis->log)
		return n < LT_TICKS ? n : LT_TICKS;
	step = step_for(axis->high - axis->low, wanted);
	first = ceil(axis->low / step - 1e-9);
	while (n < LT_TICKS && (first + n) * step <= axis->high + 1e-9 * step) {
		tick[n] = (first + n) * step;
		n++;
	}
	return n;
}

/* A tick far from 1, as in 2e-7: a digit times a power of ten. */
static void mark_power(struct lt_markup *out, double value)
{
	double size = fabs(value);
	int exponent = 0;

	for (; size < 0.95; exponent--)
		size *= 10;
	for (; size >= 9.5; exponent++)
		size /= 10;
	lt_markf(out, "%s%.0fe%d", value < 0 ? "-" : "", size, exponent);
}

static void label(struct lt_svg *svg, const char *cls, double x, double y, double value,
		  bool share)
{
	lt_svg_open_text(svg, cls, x, y);
	if (share) {
		lt_mark_brief(svg->out, 100 * value, 1);
		lt_mark(svg->out, "%");
	} else if (fabs(value) >= 1000 && floor(value) == value && fabs(value) < 1e9) {
		lt_mark(svg->out, value < 0 ? "-" : "");
		lt_mark_count(svg->out, (uint64_t)fabs(value));
	} else if (value != 0 && (fabs(value) < 1e-4 || fabs(value) >= 1e9)) {
		mark_power(svg->out, value);
	} else {
		lt_mark_brief(svg->out, value, 6);
	}
	lt_svg_close_text(svg);
}

void lt_axis_across(struct lt_svg *svg, const struct lt_axis *axis, int wanted, bool share,
		    double top, double bottom)
{
	double tick[LT_TICKS], x;
	int n = lt_axis_ticks(axis, wanted, tick);

	for (int i = 0; i < n; i++) {
		x = lt_axis_at(axis, tick[i]);
		lt_svg_line(svg, "g", x, top, x, bottom);
		label(svg, "q m", x, bottom + 17, tick[i], share);
	}
	lt_svg_line(svg, "x", axis->from, bottom, axis->to, bottom);
}

void lt_axis_up(struct lt_svg *svg, const struct lt_axis *axis, int wanted, bool share,
		double left, double right)
{
	double tick[LT_TICKS], y;
	int n = lt_axis_ticks(axis, wanted, tick);

	for (int i = 0; i < n; i++) {
		y = lt_axis_at(axis, tick[i]);
		lt_svg_line(svg, "g", left, y, right, y);
		label(svg, "q e", left - 7, y + 4.5, tick[i], share);
	}
	lt_svg_line(svg, "x", left, axis->from, left, axis->to);
}
