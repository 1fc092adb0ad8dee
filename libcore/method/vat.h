/* The two halves of vat.c's search for an image nearby, apart for its tests. */
#ifndef LT_METHOD_VAT_H
#define LT_METHOD_VAT_H

#include "method/consistency.h"

/*
 * The step's unlabelled rows as they are: images in the network's input and, to be
 * kept, in c->own; logits in c->logits.  Returns the images.
 */
int lt_vat_look(struct lt_consistency *c, const struct lt_lesson *lesson);

/*
 * After it: leaves in the network's input each image moved by ε g / |g|.  Draws
 * are at (seed, LT_FOR_VAT, epoch, slot).  An image with g = 0 stays.
 */
void lt_vat_move(struct lt_consistency *c, const struct lt_lesson *lesson);

#endif
