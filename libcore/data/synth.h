/*
 * Drawn images: the built-in sample data.
 *
 * Each image shows one object (a mug, a tree, a house …) made of a few flat parts,
 * upright with a slight tilt, on a textured background, among clutter that has no
 * upright direction, with noise.  The class is the object.  Everything else is a
 * nuisance: position, size, tilt, mirroring, colours, fill pattern, background, clutter
 * in front and behind, contrast, noise.  Only the object shows which way is up, so a
 * network that learns to predict rotations learns the shapes of the objects.
 *
 * An image is a function of seed, split, row, number of classes and size, computed in
 * double precision in a fixed order, so the bytes are the same on every machine.  The
 * class of row r is r modulo the number of classes: every run of rows is balanced, and
 * a longer set begins with the rows of a shorter one.
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

/* Draws the image of a row, size × size × 3 bytes; canvas is scratch of as many doubles. */
void lt_synth_draw(const struct lt_synth *synth, uint32_t row, double *canvas, uint8_t *image);

#endif
