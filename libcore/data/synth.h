/*
 * Drawn images: the built-in sample data.
 *
 * Each image shows one object (a mug, a tree, a house …) made of a few flat
 * parts, standing upright but for a slight tilt, over a textured background,
 * among clutter that has no upright, under noise.  Which object is the class.
 * Everything else is nuisance: place, size, tilt, mirror image, colours, fill
 * pattern, background, clutter before and behind, contrast, noise.  Nothing but
 * the object tells which way is up, so a network that learns to tell rotations
 * apart learns the objects' shapes.
 *
 * An image is a function of (seed, split, row) and of the number of classes and
 * the size; double arithmetic in a fixed order, so the same bytes everywhere.
 * Row r is of class r modulo the number of classes: every run of rows is
 * balanced, and the first rows of a longer set are those of a shorter one.
 */
#ifndef LT_DATA_SYNTH_H
#define LT_DATA_SYNTH_H

#include <stdint.h>

enum {
	LT_SYNTH_MIN_CLASSES = 2,
	LT_SYNTH_MAX_CLASSES =
		64, /* 16 objects, each plain or with one of three marks above it */
	LT_SYNTH_MIN_SIZE = 8,
	LT_SYNTH_MAX_SIZE = 1024,
};

enum lt_synth_split { LT_SYNTH_TRAIN, LT_SYNTH_UNLABELLED, LT_SYNTH_TEST };

struct lt_synth {
	uint64_t seed;
	enum lt_synth_split split;
	int classes, size;
};

/* "mug", "mug-dot", …; label below LT_SYNTH_MAX_CLASSES. */
const char *lt_synth_class(int label);

/* size × size × 3 bytes of row's image; canvas is scratch of as many doubles. */
void lt_synth_draw(const struct lt_synth *synth, uint32_t row, double *canvas, uint8_t *image);

#endif
