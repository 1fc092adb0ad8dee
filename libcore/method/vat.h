/* The two halves of the search of vat.c for the perturbation, separate for its tests. */
#ifndef LT_METHOD_VAT_H
#define LT_METHOD_VAT_H

#include "method/consistency.h"

/*
 * Runs the step's unlabelled rows through the network: leaves images in its input and a copy
 * in c->own, and logits in c->logits.  Returns the number of images.
 */
int lt_vat_look(struct lt_consistency *c, const struct lt_lesson *lesson);

/*
 * To be called next: adds ε g / |g| to each image in the network's input.  Draws are at (seed,
 * LT_FOR_VAT, epoch, slot).  An image with g = 0 does not change.
 */
void lt_vat_move(struct lt_consistency *c, const struct lt_lesson *lesson);

#endif
