/* The rotation task: predict how an image was rotated; see puzzle.h. */
#include "method/puzzle.h"

const struct lt_about lt_rotation_about = {
	.summary = "images are rotated, and the network predicts by how much",
	.formula = "l = -log softmax(z)_r, r of 0, 1, 2, 3 quarter turns counter-clockwise, in "
		   "balance over a batch",
	.source = "Gidaris et al., ICLR 2018, with one rotation of an image a step as Yang and "
		  "Xu, "
		  "NeurIPS 2020",
};

enum { TURNS = 4 };

static void turn(const void *self, const float *in, int height, int width, int channels,
		 int label, struct lt_draws *draws, float *out)
{
	(void)self;
	(void)width;
	(void)draws;
	lt_augment_rotate(in, height, channels, label, out);
}

int lt_rotation(struct lt_puzzle *puzzle, const struct lt_table *table, struct lt_error *err)
{
	if (table->height != table->width)
		return lt_fail(err, LT_DATA,
			       "images of %d×%d pixels: rotation needs square ones",
			       table->height, table->width);
	*puzzle = (struct lt_puzzle){.classes = TURNS,
				     .accuracy = "rotation_accuracy",
				     .purpose = LT_FOR_ROTATION,
				     .change = turn};
	return 0;
}
