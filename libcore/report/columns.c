#include "report/columns.h"

#define NAME_WIDTH_LEAST 8
#define NAME_WIDTH_MOST 40

/* Bytes that do not continue a character. */
static int characters(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

int lt_name_width(const char *const *names, int n)
{
	int most = NAME_WIDTH_LEAST, i, width;

	for (i = 0; i < n; i++) {
		width = characters(names[i]);
		if (width > most && width <= NAME_WIDTH_MOST)
			most = width;
	}
	return most;
}

int lt_put_name(struct lt_output *out, const char *name, int width, struct lt_error *err)
{
	int pad = width - characters(name);

	return lt_output_printf(out, err, "%s%*s", name, pad > 0 ? pad : 0, "");
}
