/*
 * Reads a dict of a pickle as a set of images: the place of the pixels, and the labels.
 */
#ifndef LT_IMPORT_PICKLE_IMAGES_H
#define LT_IMPORT_PICKLE_IMAGES_H

#include "format/pickle.h"

/* The content of one file. */
struct lt_pickle_images {
	struct lt_pickle_bytes pixels; /* their place */
	bool planes;
	uint64_t n;
	uint32_t height, width;
	int32_t *label; /* -1: none; NULL: labels are not wanted */
};

/* Which shapes of two dimensions are images: planes of 32 × 32 in rows of 3072, or planes of
 * S × S in rows of 3 S². */
enum lt_pickle_flat { LT_PICKLE_NOT_FLAT, LT_PICKLE_CIFAR, LT_PICKLE_SQUARES };

/*
 * Fills everything except the labels from the key "data": uint8 of shape
 * [n, height, width, 3], [n, 3, height, width] or what flat allows.  LT_DATA if none of them
 * fits, or two.  name: the file, for messages.
 */
int lt_pickle_pixels(const struct lt_pickle_value *dict, enum lt_pickle_flat flat,
		     const char *name, struct lt_pickle_images *images, struct lt_error *err);
/*
 * Reads labels below n_classes from a list or an array of n integers; the caller frees them.
 * n_classes -1: any label below LT_MAX_CLASSES, and -1 for none.
 */
int lt_pickle_labels(const struct lt_pickle_value *dict, const char *key, int n_classes,
		     const char *name, struct lt_pickle_images *images, struct lt_error *err);
/* LT_DATA: the key is missing; the message lists the keys that exist. */
int lt_pickle_wrong_keys(const struct lt_pickle_value *dict, const char *name, const char *want,
			 struct lt_error *err);

#endif
