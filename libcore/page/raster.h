/* Converts SVG to PNG with librsvg's program rsvg-convert. */
#ifndef LT_PAGE_RASTER_H
#define LT_PAGE_RASTER_H

#include "page/markup.h"

/* Whether an output file of this name is a PNG; NULL: stdout. */
bool lt_raster_wanted(const char *path);
/*
 * Replaces the SVG of a figure by a PNG of twice the size, if its output file is to be one.
 * LT_OS if rsvg-convert is not in PATH or fails; the figure then stays as it is.
 */
int lt_raster_as_named(struct lt_markup *figure, const char *path, struct lt_error *err);

#endif
