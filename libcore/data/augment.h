/*
 * From the bytes of a row to the numbers a network sees.
 *
 * An image goes in as unsigned bytes, height × width × channel, and comes out as
 * floats in the same order, normalised: (byte / 255 - mean) / deviation.  What
 * happens between is a list of parts, "crop-flip,randaugment,cutout", done in
 * the order given.  All randomness comes from the caller's draws (purpose
 * LT_FOR_AUGMENT, with slot, epoch and view), from which the parts draw one
 * after another, so an image's augmentation depends on nothing else.
 *
 * The parts, and their draws in order:
 *
 *	crop-flip     Pads height / 8 rows and width / 8 columns of zero BYTES on
 *	              each side (4 at 32 pixels), crops back to size, flips left
 *	              and right with probability 1/2.  Draws: below(2 pad + 1) for
 *	              the top, the same for the left, below(2) for the flip.
 *	resized-crop  A random part of the image, enlarged to its size, and a flip
 *	              (RandomResizedCrop and RandomHorizontalFlip of torchvision).
 *	              Draws: at most ten times a unit for the area and one for the
 *	              logarithm of the ratio, and, once a crop fits, below(rows
 *	              left + 1) and below(columns left + 1); below(2) for the flip.
 *	jitter        Brightness, contrast, saturation and hue, in random order
 *	              (ColorJitter of torchvision).  Draws: a unit for whether at
 *	              all, and if so a permutation of the four changes, then a unit
 *	              for each in the order above.
 *	grey          Luminance in all channels.  Draws: a unit for whether.
 *	blur          A Gaussian, cut at three deviations, the border repeated.
 *	              Draws: a unit for whether, and if so one for its deviation.
 *	randaugment   Two operations of PIL and a black square, see augment_rand.c.
 *	              Draws: twice below(14) for the operation and one for its
 *	              strength where it has one (a unit; below(5) for posterize,
 *	              below(256) for solarize); below(half the shorter side, rounded
 *	              down, + 1) for the square's side, then its place as below.
 *	cutout        A square of the normalised zero (DeVries and Taylor, 2017): of
 *	              half the shorter side, or, as cutout=N, of N pixels.  Draws:
 *	              its place, below(height) and below(width).
 *
 * and three that mix the images of a batch, which is method/mix.h's business:
 * mixup, remix, cutmix.
 *
 * A part works on bytes, on planes of real numbers between 0 and 255, or on the
 * normalised image.  An image goes from one form to the other as parts need it;
 * back to bytes values are rounded to the nearest.  So resized-crop and jitter,
 * one after the other, keep colours between the steps (the published code
 * rounds to bytes there).
 *
 * Two names stand for a whole list: none, which is an empty one, and moco, the
 * views of MoCo v2 (Chen et al., 2020): resized-crop, jitter, grey and blur with
 * jitter's share 0.8 and hue 0.1 in place of 1 and 0.
 *
 * A new part is one function and one line in the table of augment.c.
 */
#ifndef LT_DATA_AUGMENT_H
#define LT_DATA_AUGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/about.h"
#include "base/error.h"
#include "base/random.h"
#include "stream/header.h"

/*
 * Strengths of the parts that come from torchvision.  lt_augment_init sets the values given
 * here, which are those for ImageNet-LT (paper section 3.6) and MoCo's where that has none.
 */
struct lt_augment_views {
	double area_least, area_most;	/* 0.08, 1: share of the image that the crop keeps */
	double ratio_least, ratio_most; /* 3/4, 4/3: its width to its height */
	double jitter_share;		/* 1: probability of any change of colour */
	double brightness, contrast, saturation; /* 0.4: factors from 1 - x to 1 + x, x ≤ 1 */
	double hue;	   /* 0: turns of the colour circle from -x to x, x ≤ 0.5 */
	double grey_share; /* 0.2 */
	double blur_share; /* 0.5; the recipe for small images has 0 */
	double blur_least, blur_most; /* 0.1, 2: deviation in pixels */
};

/* What a part works on, in the order in which parts may follow each other (the first two
 * as one). */
enum lt_augment_form {
	LT_AUGMENT_BYTES,
	LT_AUGMENT_PLANES,
	LT_AUGMENT_NUMBERS, /* normalised */
	LT_AUGMENT_BATCH,
};

enum lt_mixing { LT_MIX_NONE, LT_MIXUP, LT_REMIX, LT_CUTMIX };

struct lt_picture; /* an image under work, see augment_parts.h */
struct lt_augment_part {
	const char *name;
	struct lt_about about;
	enum lt_augment_form form;
	/* Works on an image in that form; number: that of name=N, 0 where none was given. */
	void (*make)(struct lt_picture *picture, int number);
	int most;	       /* largest N of name=N; 0: takes none */
	enum lt_mixing mixing; /* of a batch */
};

extern const struct lt_augment_part lt_augment_table[]; /* ends with a NULL name */

#define LT_MAX_AUGMENT_PARTS 8

struct lt_augment {
	int n;
	struct {
		const struct lt_augment_part *part;
		int number;
	} step[LT_MAX_AUGMENT_PARTS];
	enum lt_mixing mixing; /* of batches of these images */
	struct lt_augment_views views;
	float value[LT_MAX_CHANNELS][256]; /* a byte, normalised */
	float gain[LT_MAX_CHANNELS],
		shift[LT_MAX_CHANNELS]; /* the same for 0 … 255 between bytes */
};

/*
 * norm->channels must be that of the images; norm without channels leaves
 * values at byte / 255.  LT_USAGE for a list that cannot be: the message begins
 * with "--augment: ".
 */
int lt_augment_init(struct lt_augment *augment, const char *list, const struct lt_norm *norm,
		    struct lt_error *err);

/* Whether part i of the list ever changes an image: its share is not 0. */
bool lt_augment_acts(const struct lt_augment *augment, int i);

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

/* Rows top … bottom - 1 and columns left … right - 1. */
struct lt_box {
	int top, left, bottom, right;
};

/*
 * A box of rows × columns whose centre is uniform over the pixels of an image,
 * clipped at its border: from centre - ⌊rows / 2⌋ on.  Draws: below(height),
 * below(width).
 */
struct lt_box lt_box_draw(struct lt_draws *draws, int rows, int columns, int height, int width);

#endif
