/*
 * AutoAugment (Cubuk et al., CVPR 2019) with the policy that was found for CIFAR-10: one of 25
 * pairs of operations, each applied with its own probability at its own level.
 *
 * The paper's table 1 gives the ranges.  Its code for CIFAR moves by at most 10 pixels;
 * the code that the long-tailed literature uses (PaCo, BCL) and torchvision move by at most
 * 150/331 of the side, which is taken here.  What geometry leaves empty is grey (128), as in
 * that code.
 */
#include <math.h>

#include "data/augment_parts.h"

#define GREY 128

const struct lt_auto_operation lt_auto_operations[] = {
	[LT_AUTO_AUTOCONTRAST] = {lt_operation_auto_contrast, 0, 0, false, false},
	[LT_AUTO_BRIGHTNESS] = {lt_operation_brightness, 1, 1.9, false, true},
	[LT_AUTO_COLOUR] = {lt_operation_colour, 1, 1.9, false, true},
	[LT_AUTO_CONTRAST] = {lt_operation_contrast, 1, 1.9, false, true},
	[LT_AUTO_EQUALIZE] = {lt_operation_equalize, 0, 0, false, false},
	[LT_AUTO_INVERT] = {lt_operation_invert, 0, 0, false, false},
	[LT_AUTO_POSTERIZE] = {lt_operation_posterize, 8, 4, true, false},
	[LT_AUTO_ROTATE] = {lt_operation_rotate, 0, 30, false, true},
	[LT_AUTO_SHARPNESS] = {lt_operation_sharpness, 1, 1.9, false, true},
	[LT_AUTO_SHEAR_Y] = {lt_operation_shear_y, 0, 0.3, false, true},
	[LT_AUTO_SOLARIZE] = {lt_operation_solarize, 256, 0, false, false},
	[LT_AUTO_TRANSLATE_X] = {lt_operation_translate_x, 0, 150.0 / 331, false, true},
	[LT_AUTO_TRANSLATE_Y] = {lt_operation_translate_y, 0, 150.0 / 331, false, true},
};

const struct lt_auto_step lt_auto_policy[LT_AUTO_POLICIES][2] = {
	{{LT_AUTO_INVERT, 0.1, 0}, {LT_AUTO_CONTRAST, 0.2, 6}},
	{{LT_AUTO_ROTATE, 0.7, 2}, {LT_AUTO_TRANSLATE_X, 0.3, 9}},
	{{LT_AUTO_SHARPNESS, 0.8, 1}, {LT_AUTO_SHARPNESS, 0.9, 3}},
	{{LT_AUTO_SHEAR_Y, 0.5, 8}, {LT_AUTO_TRANSLATE_Y, 0.7, 9}},
	{{LT_AUTO_AUTOCONTRAST, 0.5, 0}, {LT_AUTO_EQUALIZE, 0.9, 0}},
	{{LT_AUTO_SHEAR_Y, 0.2, 7}, {LT_AUTO_POSTERIZE, 0.3, 7}},
	{{LT_AUTO_COLOUR, 0.4, 3}, {LT_AUTO_BRIGHTNESS, 0.6, 7}},
	{{LT_AUTO_SHARPNESS, 0.3, 9}, {LT_AUTO_BRIGHTNESS, 0.7, 9}},
	{{LT_AUTO_EQUALIZE, 0.6, 0}, {LT_AUTO_EQUALIZE, 0.5, 0}},
	{{LT_AUTO_CONTRAST, 0.6, 7}, {LT_AUTO_SHARPNESS, 0.6, 5}},
	{{LT_AUTO_COLOUR, 0.7, 7}, {LT_AUTO_TRANSLATE_X, 0.5, 8}},
	{{LT_AUTO_EQUALIZE, 0.3, 0}, {LT_AUTO_AUTOCONTRAST, 0.4, 0}},
	{{LT_AUTO_TRANSLATE_Y, 0.4, 3}, {LT_AUTO_SHARPNESS, 0.2, 6}},
	{{LT_AUTO_BRIGHTNESS, 0.9, 6}, {LT_AUTO_COLOUR, 0.2, 8}},
	{{LT_AUTO_SOLARIZE, 0.5, 2}, {LT_AUTO_INVERT, 0, 0}},
	{{LT_AUTO_EQUALIZE, 0.2, 0}, {LT_AUTO_AUTOCONTRAST, 0.6, 0}},
	{{LT_AUTO_EQUALIZE, 0.2, 0}, {LT_AUTO_EQUALIZE, 0.6, 0}},
	{{LT_AUTO_COLOUR, 0.9, 9}, {LT_AUTO_EQUALIZE, 0.6, 0}},
	{{LT_AUTO_AUTOCONTRAST, 0.8, 0}, {LT_AUTO_SOLARIZE, 0.2, 8}},
	{{LT_AUTO_BRIGHTNESS, 0.1, 3}, {LT_AUTO_COLOUR, 0.7, 0}},
	{{LT_AUTO_SOLARIZE, 0.4, 5}, {LT_AUTO_AUTOCONTRAST, 0.9, 0}},
	{{LT_AUTO_TRANSLATE_Y, 0.9, 9}, {LT_AUTO_TRANSLATE_Y, 0.7, 9}},
	{{LT_AUTO_AUTOCONTRAST, 0.9, 0}, {LT_AUTO_SOLARIZE, 0.8, 3}},
	{{LT_AUTO_EQUALIZE, 0.8, 0}, {LT_AUTO_INVERT, 0.1, 0}},
	{{LT_AUTO_TRANSLATE_Y, 0.7, 9}, {LT_AUTO_AUTOCONTRAST, 0.9, 0}},
};

double lt_auto_strength(const struct lt_auto_step *step, bool other_side)
{
	const struct lt_auto_operation *operation = &lt_auto_operations[step->name];
	double change = (operation->most - operation->neutral) * step->level / 9;
	double strength = operation->neutral + (other_side ? -change : change);

	return operation->whole ? floor(strength + 0.5) : strength;
}

static void change(struct lt_picture *p, const struct lt_auto_step *step)
{
	const struct lt_auto_operation *operation = &lt_auto_operations[step->name];
	uint8_t *to = lt_picture_room(p);
	bool other_side = false;

	if (!(lt_draw_unit(p->draws) < step->probability))
		return;
	if (operation->two_sided)
		other_side = lt_draw_below(p->draws, 2) == 1;
	operation->make(p, to, lt_auto_strength(step, other_side));
	p->bytes = to;
}

void lt_augment_auto(struct lt_picture *p, int number)
{
	const struct lt_auto_step *pair =
		lt_auto_policy[lt_draw_below(p->draws, LT_AUTO_POLICIES)];
	uint8_t fill = p->fill;

	(void)number;
	p->fill = GREY;
	change(p, &pair[0]);
	change(p, &pair[1]);
	p->fill = fill;
}
