/* Pictures for b_import: painted here, and encoded in the formats that lt import reads. */
#ifndef LT_TESTS_PICTURE_H
#define LT_TESTS_PICTURE_H

#include <stddef.h>
#include <stdint.h>

struct picture {
	uint8_t *bytes;
	size_t n;
};

/* A format: encode is NULL where this build has no library for it. */
struct picture_format {
	const char *name, *suffix;
	struct picture (*encode)(const uint8_t *rgb, int width, int height);
};

extern const struct picture_format picture_formats[];
extern const int picture_n_formats;

/*
 * Paints over width × height × 3 bytes: noise of all scales, as photographs have it,
 * and some ellipses for edges.  At 128 × 96 a JPEG of quality 90 takes about 4 KB.
 */
void picture_paint(uint8_t *rgb, int width, int height, uint64_t seed);

#endif
