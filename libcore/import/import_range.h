/*
 * The settings for decoding, which are the same for all images of a collection.
 */
#ifndef LT_IMPORT_IMPORT_RANGE_H
#define LT_IMPORT_IMPORT_RANGE_H

#include "import/import.h"

/*
 * Sets import->how from the request.  Without a given range, it searches the images of all
 * splits for samples of more than 8 bits: low becomes 0 and high the smallest 2^k - 1 that
 * holds them all.  This reads a file once more (a pipe is already in the spool), but skips
 * names whose formats have 8 bits.  Call it before lt_listing_plan.
 *
 * Images that cannot be decoded are skipped here; they are reported when the chosen images
 * are decoded.
 */
int lt_import_range(struct lt_import *import, struct lt_error *err);

#endif
