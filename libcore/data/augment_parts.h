/*
 * Private to the augmentation parts: an image being augmented.
 *
 * A part gets the image in the form given by its line in the table and leaves it in
 * that form, unless it sets picture->form.  Parts read bytes from picture->bytes and
 * write them to lt_picture_room, never in place: picture->bytes may be the caller's.
 */
#ifndef LT_DATA_AUGMENT_PARTS_H
#define LT_DATA_AUGMENT_PARTS_H

#include "data/augment.h"

struct lt_picture {
	const struct lt_augment *augment;
	int height, width, channels;
	size_t pixels;
	struct lt_draws *draws;
	enum lt_augment_form form;
	bool last;	      /* no later part works on bytes or planes */
	const uint8_t *bytes; /* height × width × channels */
	uint8_t *room[2];     /* for bytes */
	uint8_t fill;	      /* every channel of a pixel that geometry leaves empty */
	float *plane;	      /* channels × height × width, each 0 … 255 */
	float *spare;	      /* height × width, for work on planes */
	float *out;	      /* height × width × channels, normalised */
};

/* The room for new bytes; never picture->bytes. */
uint8_t *lt_picture_room(const struct lt_picture *picture);

/* Normalises n pixels of bytes, `step` bytes apart (±channels), to out; returns the end of
 * out. */
static inline float *lt_picture_look_up(const struct lt_picture *picture, const uint8_t *in,
					int n, ptrdiff_t step, float *out)
{
	const struct lt_augment *augment = picture->augment;
	const float *first = augment->value[0], *second = augment->value[1],
		    *third = augment->value[2];
	int i, c;

	if (picture->channels == 3) {
		for (i = 0; i < n; i++, in += step, out += 3) {
			out[0] = first[in[0]];
			out[1] = second[in[1]];
			out[2] = third[in[2]];
		}
		return out;
	}
	for (i = 0; i < n; i++, in += step)
		for (c = 0; c < picture->channels; c++)
			*out++ = augment->value[c][in[c]];
	return out;
}

/* The luminance of ITU-R 601-2, for colours that are real numbers. */
static inline float lt_luminance(float red, float green, float blue)
{
	return 0.299f * red + 0.587f * green + 0.114f * blue;
}

/*
 * Operations of PIL, augment_operations.c: from picture->bytes to `to`.  Strengths: bits that
 * posterize keeps; the least value that solarize inverts; a factor (1: unchanged) of
 * brightness, contrast, colour and sharpness; degrees counter-clockwise; the slope of a
 * shear; a share of the width or height.
 */
typedef void lt_operation(const struct lt_picture *picture, uint8_t *to, double strength);
lt_operation lt_operation_auto_contrast, lt_operation_equalize, lt_operation_invert,
	lt_operation_posterize, lt_operation_solarize, lt_operation_brightness,
	lt_operation_contrast, lt_operation_colour, lt_operation_sharpness, lt_operation_rotate,
	lt_operation_shear_x, lt_operation_shear_y, lt_operation_translate_x,
	lt_operation_translate_y;

enum lt_rand_strength { LT_RAND_NO_STRENGTH, LT_RAND_REAL, LT_RAND_WHOLE };

/* An operation of randaugment; one without a function leaves the image as it is. */
struct lt_rand_operation {
	const char *name;
	lt_operation *make;
	enum lt_rand_strength strength; /* uniform from low to high */
	double low, high;
};

enum { LT_RAND_OPERATIONS = 14 };
extern const struct lt_rand_operation lt_rand_operations[LT_RAND_OPERATIONS];

/*
 * An operation of a policy of AutoAugment.  Its strength at level m of 0 … 9 is neutral +
 * m / 9 × (most - neutral), rounded to a whole number where that is asked for; in half of all
 * cases on the other side of neutral, if the operation has two.
 */
struct lt_auto_operation {
	lt_operation *make;
	double neutral, most;
	bool whole, two_sided;
};
struct lt_auto_step {
	enum lt_auto_name {
		LT_AUTO_AUTOCONTRAST,
		LT_AUTO_BRIGHTNESS,
		LT_AUTO_COLOUR,
		LT_AUTO_CONTRAST,
		LT_AUTO_EQUALIZE,
		LT_AUTO_INVERT,
		LT_AUTO_POSTERIZE,
		LT_AUTO_ROTATE,
		LT_AUTO_SHARPNESS,
		LT_AUTO_SHEAR_Y,
		LT_AUTO_SOLARIZE,
		LT_AUTO_TRANSLATE_X,
		LT_AUTO_TRANSLATE_Y,
	} name;
	double probability;
	int level;
};

enum { LT_AUTO_POLICIES = 25 };
extern const struct lt_auto_operation lt_auto_operations[];	      /* by name */
extern const struct lt_auto_step lt_auto_policy[LT_AUTO_POLICIES][2]; /* of CIFAR-10 */
/* The strength of a step; other_side: below neutral. */
double lt_auto_strength(const struct lt_auto_step *step, bool other_side);

/* The box and the flip of resized-crop. */
void lt_augment_draw_crop(const struct lt_augment_views *views, int height, int width,
			  struct lt_draws *draws, struct lt_cut *cut);

/* The parts, each with its line in the table. */
void lt_augment_crop_flip(struct lt_picture *picture, int number);
void lt_augment_resized_crop(struct lt_picture *picture, int number);
void lt_augment_jitter(struct lt_picture *picture, int number);
void lt_augment_grey(struct lt_picture *picture, int number);
void lt_augment_blur(struct lt_picture *picture, int number);
void lt_augment_auto(struct lt_picture *picture, int number);
void lt_augment_rand(struct lt_picture *picture, int number);
void lt_augment_cutout(struct lt_picture *picture, int number);

#endif
