/* Checks that rows match the model.  Only for libcore/program; see infer.h. */
#ifndef LT_PROGRAM_INFER_FIT_H
#define LT_PROGRAM_INFER_FIT_H

#include "program/infer.h"

/*
 * Checks the first segment of rows: the model must be a classifier for their images and
 * classes or, with encoders, an encoder for their images (sets infer->encoder). If infer->rows
 * has no class list, it gets the classifier's.
 */
int lt_infer_fit_rows(struct lt_infer *infer, const char *name, bool encoders,
		      struct lt_error *err);
/* Checks only the images of infer->rows: of the model's input size, or encoded pictures. */
int lt_infer_fit_images(const struct lt_infer *infer, const char *name, struct lt_error *err);
/*
 * Checks the classes of any segment: no class list (sets infer->unnamed), or the same as the
 * model's; for scores and for encoders, the same as the first segment's.
 */
int lt_infer_fit_classes(struct lt_infer *infer, const struct lt_header *header,
			 const char *name, struct lt_error *err);
/* If there is a model, the scores that were noted last must be those of this model. */
int lt_infer_fit_model(const struct lt_infer *infer, const char *name, struct lt_error *err);

#endif
