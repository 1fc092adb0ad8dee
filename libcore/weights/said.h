/*
 * The metadata of a file of weights.  lt cat --safetensors writes the header of a model to the
 * file as texts, which any reader of safetensors can show.  lt import --weights reads them
 * back, so that a model that was exported can be imported without options.
 *
 *	ltpipe.arch		resnet32
 *	ltpipe.input		32,32,3		height, width, channels
 *	ltpipe.scale		30		of a cosine head's logits
 *	ltpipe.norm		0.49,0.48,0.44/0.2,0.19,0.2
 *	ltpipe.classes		the names, one per line
 *	ltpipe.train_counts	5000,2997,…	as in lt-stream(5)
 *	ltpipe.loss_counts	the same
 */
#ifndef LT_WEIGHTS_SAID_H
#define LT_WEIGHTS_SAID_H

#include "stream/header.h"
#include "weights/weights.h"

/*
 * Sets the fields of a model's header that the file has: arch, input, scale, norm, classes and
 * counts.  The others are unchanged.  LT_DATA if a text is not a valid value of its key.
 */
int lt_said_take(struct lt_header *header, const struct lt_weights *weights,
		 struct lt_error *err);

/* The keys, for lt_said_text. */
#define LT_SAID_KEYS 7
extern const char *const lt_said_keys[LT_SAID_KEYS];
/*
 * Appends the text of a key, UTF-8 with newlines; *has false: the header has no value for it.
 */
int lt_said_text(const struct lt_header *header, int key, struct lt_buffer *text, bool *has,
		 struct lt_error *err);

#endif
