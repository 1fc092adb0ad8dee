/*
 * RandAugment as FixMatch uses it (Cubuk et al., 2020; Sohn et al., 2020): two operations,
 * each drawn from fourteen with a strength drawn from its whole range and applied with
 * probability 1/2, as in their code, then a grey square.  What geometry leaves empty is black.
 */
#include <string.h>

#include "data/augment_parts.h"

const struct lt_rand_operation lt_rand_operations[LT_RAND_OPERATIONS] = {
	{"autocontrast", lt_operation_auto_contrast, LT_RAND_NO_STRENGTH, 0, 0},
	{"brightness", lt_operation_brightness, LT_RAND_REAL, 0.05, 0.95},
	{"color", lt_operation_colour, LT_RAND_REAL, 0.05, 0.95},
	{"contrast", lt_operation_contrast, LT_RAND_REAL, 0.05, 0.95},
	{"equalize", lt_operation_equalize, LT_RAND_NO_STRENGTH, 0, 0},
	{"identity", NULL, LT_RAND_NO_STRENGTH, 0, 0},
	{"posterize", lt_operation_posterize, LT_RAND_WHOLE, 4, 8},
	{"rotate", lt_operation_rotate, LT_RAND_REAL, -30, 30},
	{"sharpness", lt_operation_sharpness, LT_RAND_REAL, 0.05, 0.95},
	{"shear-x", lt_operation_shear_x, LT_RAND_REAL, -0.3, 0.3},
	{"shear-y", lt_operation_shear_y, LT_RAND_REAL, -0.3, 0.3},
	{"solarize", lt_operation_solarize, LT_RAND_WHOLE, 0, 255},
	{"translate-x", lt_operation_translate_x, LT_RAND_REAL, -0.3, 0.3},
	{"translate-y", lt_operation_translate_y, LT_RAND_REAL, -0.3, 0.3},
};

#define GREY 127 /* of every channel: FixMatch's square */

static void change(struct lt_picture *p)
{
	const struct lt_rand_operation *operation =
		&lt_rand_operations[lt_draw_below(p->draws, LT_RAND_OPERATIONS)];
	uint8_t *to = lt_picture_room(p);
	double strength = 0;

	if (lt_draw_below(p->draws, 2) == 0)
		return;
	if (operation->strength == LT_RAND_REAL)
		strength = lt_draw_between(p->draws, operation->low, operation->high);
	else if (operation->strength == LT_RAND_WHOLE)
		strength = operation->low +
			   lt_draw_below(p->draws,
					 (uint32_t)(operation->high - operation->low) + 1);
	if (!operation->make)
		return;
	operation->make(p, to, strength);
	p->bytes = to;
}

static void grey_square(struct lt_picture *p)
{
	int shorter = p->height < p->width ? p->height : p->width, y;
	int side = (int)lt_draw_below(p->draws, (uint32_t)(shorter / 2 + 1));
	struct lt_box box = lt_box_draw(p->draws, side, side, p->height, p->width);
	size_t channels = (size_t)p->channels, row = (size_t)p->width * channels;
	uint8_t *room = lt_picture_room(p);

	memcpy(room, p->bytes, p->pixels * channels);
	for (y = box.top; y < box.bottom; y++)
		memset(room + (size_t)y * row + (size_t)box.left * channels, GREY,
		       (size_t)(box.right - box.left) * channels);
	p->bytes = room;
}

void lt_augment_rand(struct lt_picture *p, int number)
{
	(void)number;
	change(p);
	change(p);
	grey_square(p);
}
