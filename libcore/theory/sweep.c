/* The table of sweeps and the values of their axes: see sweep.h. */
#include "theory/sweep.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "theory/sweep_list.h"

const struct lt_sweep *const lt_sweeps[] = {
	&lt_sweep_gap,	     &lt_sweep_ratio,	  &lt_sweep_total,  &lt_sweep_delta,
	&lt_sweep_threshold, &lt_sweep_labels,	  &lt_sweep_offset, &lt_sweep_best,
	&lt_sweep_dimension, &lt_sweep_positives, &lt_sweep_beta,   NULL,
};

const char *const lt_sweep_choices[] = {
	"all",	  "gap",  "ratio",     "total",	    "delta", "threshold", "labels",
	"offset", "best", "dimension", "positives", "beta",  NULL,
};

bool lt_sweep_uses(const struct lt_sweep *sweep, const char *option)
{
	size_t n = strlen(option);

	for (const char *at = sweep->uses; *at; at += strspn(at, " ")) {
		size_t word = strcspn(at, " ");

		if (word == n && memcmp(at, option, n) == 0)
			return true;
		at += word;
	}
	return false;
}

/* The number up to the next comma or the end. */
static bool next_number(const char **at, double *out)
{
	char text[40];
	size_t n = strcspn(*at, ",");

	if (n == 0 || n >= sizeof text)
		return false;
	memcpy(text, *at, n);
	text[n] = '\0';
	*at += n;
	return lt_parse_real(text, -HUGE_VAL, HUGE_VAL, out);
}

static int out_of_range(const struct lt_axis *axis, double value, struct lt_error *err)
{
	char low[32], high[32], shown[32];

	lt_format_real(axis->low, low);
	lt_format_real(axis->high, high);
	lt_format_real(value, shown);
	return lt_fail(err, LT_USAGE, "--at: %s for %s is not %sfrom %s to %s", shown,
		       axis->name, axis->whole ? "a whole number " : "", low, high);
}

int lt_axis_points(const struct lt_axis *axis, const char *text, struct lt_points *out,
		   struct lt_error *err)
{
	const char *at = text ? text : axis->points;

	for (out->n = 0;; at++) {
		double value;

		if (!next_number(&at, &value))
			return lt_fail(err, LT_USAGE,
				       "--at: '%s' is not a list of numbers such as %s", text,
				       axis->points);
		if (out->n == LT_SWEEP_POINTS)
			return lt_fail(err, LT_USAGE, "--at: more than %d numbers",
				       LT_SWEEP_POINTS);
		if (!(value >= axis->low && value <= axis->high) ||
		    (axis->whole && value != floor(value)))
			return out_of_range(axis, value, err);
		out->value[out->n++] = value;
		if (*at != ',')
			return 0;
	}
}

void lt_series_points(const struct lt_axis *series, const struct lt_theory *theory,
		      struct lt_points *out)
{
	out->n = 1;
	out->value[0] = NAN;
	if (!series->name)
		return;
	memcpy(out->value, (const char *)theory + series->setting, sizeof *out->value);
	if (isnan(out->value[0]))
		lt_axis_points(series, NULL, out, NULL);
}
