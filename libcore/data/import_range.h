/*
 * How the images of a collection are decoded, all of them alike.
 */
#ifndef LT_DATA_IMPORT_RANGE_H
#define LT_DATA_IMPORT_RANGE_H

#include "data/import.h"

/*
 * Sets import->how from what the caller asked for.  Where no range was asked for,
 * looks through the listing's images, those of all splits, for samples of more
 * than 8 bits: low becomes 0 and high the smallest 2^k - 1 that holds them all.  A
 * file is read once more for it, a pipe lies in the spool already, and names whose
 * formats have 8 bits are passed over.  To be called before lt_listing_plan.
 *
 * An image that cannot be decoded is passed over here, since decoding the chosen
 * ones will tell.
 */
int lt_import_range(struct lt_import *import, struct lt_error *err);

#endif
