/*
 * Names in a column of a text for people.  They are UTF-8, of which printf's widths
 * count bytes; here a character takes one place.
 */
#ifndef LT_REPORT_COLUMNS_H
#define LT_REPORT_COLUMNS_H

#include "stream/output.h"

/* Of the longest of n names, 8 to 40; still longer ones are not counted. */
int lt_name_width(const char *const *names, int n);
/* A name, then blanks up to the width; longer names stay whole. */
int lt_put_name(struct lt_output *out, const char *name, int width, struct lt_error *err);

#endif
