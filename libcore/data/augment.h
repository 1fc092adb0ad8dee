/*
 * From the bytes of a row to the numbers a network sees.
 *
 * An image goes in as unsigned bytes, height × width × channel, and comes out as
 * floats in the same order, normalised: (byte / 255 - mean) / deviation.  All
 * randomness comes from the caller's draws (purpose LT_FOR_AUGMENT, with slot,
 * epoch and view), so an image's augmentation depends on nothing else.
 *
 * Recipes and their draws, in order:
 *
 *	none       No draws.
 *	crop-flip  Pads height / 8 rows and width / 8 columns of zero BYTES on each
 *	           side (4 at 32 pixels), crops back to size, flips left and right
 *	           with probability 1/2.  Draws: below(2 pad + 1) for the top,
 *	           the same for the left, below(2) for the flip.
 *	moco       Random resized crop, flip, colour jitter, grey, blur: the views
 *	           of MoCo v2 (Chen et al., 2020), with struct lt_augment_views.
 *	           Draws: for the crop at most ten times a unit for the area
 *	           and one for the logarithm of the ratio, and, once a crop
 *	           fits, below(rows left + 1) and below(columns left + 1);
 *	           below(2) for the flip; a unit for whether to jitter, and if so a
 *	           permutation of the four changes, then a unit each for
 *	           brightness, contrast, saturation and hue; a unit for grey;
 *	           a unit for blur, and if so one for its deviation.
 *
 * In moco, colours are real numbers between the steps (the published code
 * rounds to bytes there), and the blur is a Gaussian cut at three deviations,
 * with the border pixels repeated.
 *
 * A new recipe is one function and one line in the table.
 */
#ifndef LT_DATA_AUGMENT_H
#define LT_DATA_AUGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/random.h"
#include "stream/header.h"

/* Strengths of the moco recipe; lt_augment_init sets the values given here. */
struct lt_augment_views {
	double area_least, area_most;	/* 0.08, 1: share of the image that the crop keeps */
	double ratio_least, ratio_most; /* 3/4, 4/3: its width to its height */
	double jitter_share;		/* 0.8: probability of any change of colour */
	double brightness, contrast, saturation; /* 0.4: factors from 1 - x to 1 + x, x ≤ 1 */
	double hue;	   /* 0.1: turns of the colour circle from -x to x, x ≤ 0.5 */
	double grey_share; /* 0.2 */
	double blur_share; /* 0.5; the recipe for small images has 0 */
	double blur_least, blur_most; /* 0.1, 2: deviation in pixels */
};

struct lt_augment;

typedef void lt_augment_make(const struct lt_augment *augment, const uint8_t *in, int height,
			     int width, int channels, struct lt_draws *draws, float *out,
			     float *scratch);

struct lt_augment_recipe {
	const char *name;
	const char *summary; /* a phrase for --help */
	lt_augment_make *make;
};

extern const struct lt_augment_recipe lt_augment_table[]; /* ends with a NULL name */

struct lt_augment {
	const struct lt_augment_recipe *recipe;
	struct lt_augment_views views;
	float value[LT_MAX_CHANNELS][256]; /* a byte, normalised */
	float gain[LT_MAX_CHANNELS],
		shift[LT_MAX_CHANNELS]; /* the same for 0 … 255 between bytes */
};

/*
 * norm->channels must be that of the images; norm without channels leaves
 * values at byte / 255.  LT_USAGE for a recipe that is not in the table.
 */
int lt_augment_init(struct lt_augment *augment, const char *recipe, const struct lt_norm *norm,
		    struct lt_error *err);

/* Floats of scratch memory that lt_augment_image needs; false when that does not fit. */
bool lt_augment_scratch(int height, int width, int channels, size_t *floats);

/*
 * Makes one image: out has height × width × channels floats.  Nothing is shared
 * between calls, so threads may make images of one lt_augment, each with its
 * own scratch.  channels ≤ LT_MAX_CHANNELS.  Images of other than three
 * channels have no saturation, hue or grey.
 */
void lt_augment_image(const struct lt_augment *augment, const uint8_t *in, int height,
		      int width, int channels, struct lt_draws *draws, float *out,
		      float *scratch);

/* Turns a square image by quarters × 90 degrees counter-clockwise (numpy's rot90); out ≠ in. */
void lt_augment_rotate(const float *in, int size, int channels, int quarters, float *out);

/* For the table; see augment_moco.c. */
lt_augment_make lt_augment_moco;

#endif
