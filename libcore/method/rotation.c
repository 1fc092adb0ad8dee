/* Which way an image was turned; see puzzle.h. */
#include "method/puzzle.h"

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
			       "images of %d×%d pixels: rotation wants square ones",
			       table->height, table->width);
	*puzzle = (struct lt_puzzle){.classes = TURNS,
				     .accuracy = "rotation_accuracy",
				     .purpose = LT_FOR_ROTATION,
				     .change = turn};
	return 0;
}
