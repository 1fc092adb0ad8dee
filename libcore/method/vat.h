/* The search of vat.c for the perturbation, separate for its tests. */
#ifndef LT_METHOD_VAT_H
#define LT_METHOD_VAT_H

#include "base/error.h"

struct lt_learner;

/*
 * Adds ε g / |g| to each image in the network's input; to be called after pass LT_VAT_LOOK over
 * these images.  Draws are at (seed, LT_FOR_VAT, epoch, slot).  An image with g = 0 does not
 * change.
 */
int lt_vat_move(struct lt_learner *learner, struct lt_error *err);

/* The passes. */
enum { LT_VAT_GIVEN, LT_VAT_LOOK, LT_VAT_MOVED };

#endif
