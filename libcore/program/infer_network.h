/* Runs images through a model's network.  Only for libcore/program; see infer.h. */
#ifndef LT_PROGRAM_INFER_NETWORK_H
#define LT_PROGRAM_INFER_NETWORK_H

#include "program/infer.h"

/* Makes the network of infer->model, with its weights. */
int lt_infer_network(struct lt_infer *infer, struct lt_error *err);
/*
 * Runs the view infer->view of n images, the first of which is row infer->row, and fills
 * infer->logits and infer->feature.
 */
int lt_infer_images(struct lt_infer *infer, const struct lt_cell *cell, uint32_t n,
		    struct lt_error *err);

#endif
