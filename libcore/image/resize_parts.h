/* The two passes of resizing, for resize.c and a test; see resize.c for the weights. */
#ifndef LT_IMAGE_RESIZE_PARTS_H
#define LT_IMAGE_RESIZE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Weights are non-negative parts of 2^22.  Those of an output add up to 2^22, with an error of
 * at most half a unit for each of at most 2^21 + 1 weights, so a weighted sum of bytes stays
 * below 2^31.
 */
#define LT_RESIZE_BITS 22

/* The weights of one axis: count outputs from number first on. */
struct lt_taps {
	uint32_t count;
	uint32_t *start; /* first input of each output; count + 1 of them for offset */
	size_t *offset;	 /* first weight of each output */
	uint32_t *weight;
	struct lt_resize_group *group; /* the weights in another form, or NULL */
	size_t groups;		       /* of each output */
};

/* The weights of one output. */
struct lt_weights {
	const uint32_t *value;
	size_t n;
};

/* Sets taps->group if that makes lt_resize_across faster; release it with lt_free.  False
 * without memory. */
bool lt_resize_group_taps(struct lt_taps *taps, int channels);
/*
 * Resizes a row of pixels to taps->count pixels.  It also reads LT_RESIZE_BEHIND bytes after
 * the row and writes one byte after the new row, without using their values.
 */
#define LT_RESIZE_BEHIND 1024
void lt_resize_across(const struct lt_taps *taps, const uint8_t *from, uint8_t *to,
		      int channels);
/* An output row of n bytes; rows is its first input, and the others follow it. */
void lt_resize_down(const struct lt_weights *weights, const uint8_t *rows, size_t n,
		    uint8_t *to);

/* The same in plain C. */
void lt_resize_across_plain(const struct lt_taps *taps, const uint8_t *from, uint8_t *to,
			    int channels);
void lt_resize_down_plain(const struct lt_weights *weights, const uint8_t *rows, size_t n,
			  uint8_t *to);

#endif
