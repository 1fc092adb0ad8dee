/* Two formats of the check: see check_write.h. */
#include "theory/check_write.h"

#include <stdio.h>

#include "base/number.h"

int lt_check_begin(struct lt_check_writer *writer, struct lt_error *err)
{
	if (writer->format == LT_SWEEP_TEXT)
		return lt_output_printf(writer->out, err, "%-56s %10s %10s %10s\n", "value",
					"got", "reference", "within");
	return lt_output_printf(writer->out, err, "value\tgot\treference\twithin\tgood\n");
}

int lt_check_line(void *arg, const struct lt_check_value *value, struct lt_error *err)
{
	struct lt_check_writer *writer = arg;
	char got[32], want[32], within[32];

	writer->values++;
	if (!value->good && writer->off++ == 0)
		snprintf(writer->first_off, sizeof writer->first_off, "%s", value->what);
	if (writer->format == LT_SWEEP_TEXT)
		return lt_output_printf(writer->out, err, "%-56s %10.4g %10.4g %10.2g  %s\n",
					value->what, value->got, value->want, value->within,
					value->good ? "good" : "OFF");
	lt_format_real(value->got, got);
	lt_format_real(value->want, want);
	lt_format_real(value->within, within);
	return lt_output_printf(writer->out, err, "%s\t%s\t%s\t%s\t%d\n", value->what, got,
				want, within, value->good);
}

int lt_check_end(const struct lt_check_writer *writer, struct lt_error *err)
{
	if (writer->format != LT_SWEEP_TEXT)
		return 0;
	return lt_output_printf(writer->out, err,
				"\n%d values; %d within %g standard errors or the digits of "
				"the reference, %d not\n",
				writer->values, writer->values - writer->off, writer->errors,
				writer->off);
}
