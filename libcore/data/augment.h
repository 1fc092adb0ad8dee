/*
 * Augmentation: converts the bytes of a row to the input of a network.
 *
 * The input is an image of unsigned bytes, height × width × channel; the output is
 * floats in the same order, normalised: (byte / 255 - mean) / deviation.  In between,
 * a list of parts such as "crop-flip,randaugment,cutout" is applied in the given
 * order.  All randomness comes from the caller's draws (purpose LT_FOR_AUGMENT, with
 * slot, epoch and view).  The parts draw from them one after another, so the
 * augmentation of an image depends on nothing else.
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
 *	              (ColorJitter of torchvision).  Draws: a unit that decides
 *	              whether; if so a permutation of the four changes, then a unit
 *	              for each in the order above.
 *	grey          Luminance in all channels.  Draws: a unit that decides whether.
 *	blur          A Gaussian, cut at three deviations, the border repeated.
 *	              Draws: a unit that decides whether; if so one for the deviation.
 *	randaugment   Two operations of PIL, each applied with probability 1/2, and a
 *	              grey square, see augment_rand.c.  Draws: twice below(14) for
 *	              the operation, below(2) for whether (1: yes), and if so one for
 *	              its strength if it has one (a unit; below(5) for posterize,
 *	              below(256) for solarize); below(half the shorter side, rounded
 *	              down, + 1) for the square's side, then its place as below.
 *	autoaugment   AutoAugment's policy for CIFAR-10, see augment_auto.c.  Draws:
 *	              below(25) for a pair of operations; for each of the two a unit
 *	              that decides whether, and if so below(2) for the side (1: below
 *	              neutral) if the operation has two.
 *	cutout        A square of zeros in the normalised image (DeVries and Taylor,
 *	              2017), half the shorter side or, as cutout=N, N pixels.  Draws:
 *	              its centre, below(height) and below(width).
 *
 * Three more mix the images of a batch and are implemented in method/mix.h: mixup,
 * remix, cutmix.
 *
 * A part works on bytes, on planes of real numbers between 0 and 255, or on the
 * normalised image.  An image is converted between the forms as the parts need it;
 * conversion to bytes rounds to the nearest.  So resized-crop followed by jitter does
 * not round colours between the two (the published code rounds to bytes there).
 *
 * Two names stand for a whole list: none, the empty list, and moco, the
 * views of MoCo v2 (Chen et al., 2020): resized-crop, jitter, grey and blur with
 * jitter's share 0.8 and hue 0.1 instead of 1 and 0.
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
 * here: those for ImageNet-LT (paper section 3.6), and MoCo's for what that leaves open.
 */
struct lt_augment_views {
	double area_least, area_most;	/* 0.08, 1: share of the image that the crop keeps */
	double ratio_least, ratio_most; /* 3/4, 4/3: width / height of the crop */
	double jitter_share;		/* 1: probability of any change of colour */
	double brightness, contrast, saturation; /* 0.4: factors from 1 - x to 1 + x, x ≤ 1 */
	double hue;	   /* 0: turns of the colour circle from -x to x, x ≤ 0.5 */
	double grey_share; /* 0.2 */
	double blur_share; /* 0.5; the recipe for small images has 0 */
	double blur_least, blur_most; /* 0.1, 2: deviation in pixels */
};

/* What a part works on.  Parts must follow each other in this order, where the first two
 * count as one. */
enum lt_augment_form {
	LT_AUGMENT_BYTES,
	LT_AUGMENT_PLANES,
	LT_AUGMENT_NUMBERS, /* normalised */
	LT_AUGMENT_BATCH,
};

enum lt_mixing { LT_MIX_NONE, LT_MIXUP, LT_REMIX, LT_CUTMIX };

struct lt_picture; /* an image being augmented, see augment_parts.h */
struct lt_augment_part {
	const char *name;
	struct lt_about about;
	enum lt_augment_form form;
	/* Changes an image of that form; number: the N of name=N, 0 if none was given. */
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
		shift[LT_MAX_CHANNELS]; /* the same for real numbers 0 … 255 */
};

/*
 * norm->channels must equal the channels of the images; with norm->channels 0 the
 * values are byte / 255.  LT_USAGE for an invalid list; the message begins with
 * "--augment: ".
 */
int lt_augment_init(struct lt_augment *augment, const char *list, const struct lt_norm *norm,
		    struct lt_error *err);

/* Does part i of the list ever change an image, that is, is its share above 0? */
bool lt_augment_acts(const struct lt_augment *augment, int i);

/* Floats of scratch memory that lt_augment_image needs; false if size_t cannot hold them. */
bool lt_augment_scratch(int height, int width, int channels, size_t *floats);

/*
 * Augments one image: out has height × width × channels floats.  Calls share nothing,
 * so several threads may use one lt_augment, each with its own scratch.  channels ≤
 * LT_MAX_CHANNELS.  Images of other than three channels have no saturation, hue or grey.
 */
void lt_augment_image(const struct lt_augment *augment, const uint8_t *in, int height,
		      int width, int channels, struct lt_draws *draws, float *out,
		      float *scratch);

/*
 * For encoded pictures, whose size differs from that of the images: the part of a
 * picture that becomes the image is chosen before it is decoded and resized:
 *
 *	resized-crop, first in the list: its box, drawn for the size of the whole
 *	picture, and its flip.  The draws are those of the part.
 *	any other list: the centre, as in evaluation: the shorter side is scaled to
 *	lt_augment_shorter of the images' size, and the central square is cropped.
 *
 * The rest of the list is then applied to the result.
 */
struct lt_cut {
	bool box; /* use the box below; otherwise the centre */
	int top, left, height, width;
	bool flip; /* afterwards, left and right */
};

/* size · 256 / 224, rounded to the nearest: 256 for images of 224 × 224. */
int lt_augment_shorter(int size);
/* Chooses the part of a height × width picture; returns how many parts of the list are done
 * by that (0 or 1). */
int lt_augment_cut(const struct lt_augment *augment, int height, int width,
		   struct lt_draws *draws, struct lt_cut *cut);
/* lt_augment_image without the first `done` parts of the list. */
void lt_augment_rest(const struct lt_augment *augment, int done, const uint8_t *in, int height,
		     int width, int channels, struct lt_draws *draws, float *out,
		     float *scratch);

/* Turns a square image by quarters × 90 degrees counter-clockwise (numpy's rot90); out ≠ in. */
void lt_augment_rotate(const float *in, int size, int channels, int quarters, float *out);

/* Rows top … bottom - 1 and columns left … right - 1. */
struct lt_box {
	int top, left, bottom, right;
};

/*
 * A box of rows × columns whose centre is uniform over the pixels of an image and which
 * is clipped at the border; it begins at centre - ⌊rows / 2⌋.  Draws: below(height),
 * below(width).
 */
struct lt_box lt_box_draw(struct lt_draws *draws, int rows, int columns, int height, int width);

#endif
