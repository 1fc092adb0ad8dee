/*
 * Names in a column of text.  Names are UTF-8, for which printf's widths count bytes;
 * these functions count characters.
 */
#ifndef LT_REPORT_COLUMNS_H
#define LT_REPORT_COLUMNS_H

#include "stream/output.h"

/* The width of the longest of n names, from 8 to 40. */
int lt_name_width(const char *const *names, int n);
/* A name padded with blanks to the width; longer names are not cut. */
int lt_put_name(struct lt_output *out, const char *name, int width, struct lt_error *err);

#endif
