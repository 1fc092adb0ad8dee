/* Converts SVG to PNG with librsvg's program rsvg-convert. */
#ifndef LT_PAGE_RASTER_H
#define LT_PAGE_RASTER_H

#include "page/markup.h"

/* Whether an output file of this name is a PNG; NULL: stdout. */
bool lt_raster_wanted(const char *path);
/* Appends the PNG at twice the size.  LT_OS if rsvg-convert is not in PATH or fails. */
int lt_raster(const struct lt_markup *svg, struct lt_buffer *png, struct lt_error *err);

#endif
