/* Returns the output of a format of eval's report as text. */
#ifndef LT_TESTS_REPORT_KIT_H
#define LT_TESTS_REPORT_KIT_H

#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "report/metrics.h"

/* Writes to a file and reads it back; valid until the next call. */
static const char *kit_report(const char *format, const struct lt_figures *figures,
			      const struct lt_report_options *options)
{
	static char text[16384];
	char path[] = "/tmp/report_kit.XXXXXX";
	struct lt_output *out;
	size_t n = 0;
	FILE *file;
	int i, fd = mkstemp(path);

	if (fd < 0 || close(fd) != 0 || lt_output_open(&out, path, NULL) != 0)
		abort();
	for (i = 0; lt_report_formats[i].name; i++)
		if (strcmp(lt_report_formats[i].name, format) == 0)
			check_int(lt_report_formats[i].write(figures, options, out, NULL), 0);
	check_int(lt_output_finish(out, NULL), 0);
	file = fopen(path, "r");
	if (file) {
		n = fread(text, 1, sizeof text - 1, file);
		fclose(file);
	}
	text[n] = '\0';
	unlink(path);
	return text;
}

#endif
