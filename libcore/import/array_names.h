/*
 * Deduces from the name of an array what it holds: MedMNIST's train_images and val_labels,
 * Keras's x_train and y_test, SVHN's X and y, KMNIST's kmnist-test-imgs.npz.
 *
 * A name consists of words separated by "_", "-", "." or blanks, in any case.  One word gives
 * the content of the array:
 *
 *	images	x image images img imgs data pixels
 *	labels	y label labels target targets
 *	names of the classes	classes
 *
 * Another, before or after it, may name the split (import/split_names.h).
 */
#ifndef LT_IMPORT_ARRAY_NAMES_H
#define LT_IMPORT_ARRAY_NAMES_H

#include "import/import.h"

enum lt_array_role { LT_ROLE_NONE, LT_ROLE_IMAGES, LT_ROLE_LABELS, LT_ROLE_CLASSES };

struct lt_array_name {
	enum lt_array_role role;
	enum lt_split split; /* LT_SPLIT_DEFAULT: none */
};

/*
 * Analyses a name of n bytes.  of_file: other words are allowed ("kmnist", "32x32"), and the
 * word for the content may be missing; otherwise any other word makes it LT_ROLE_NONE.
 */
struct lt_array_name lt_array_name(const char *name, size_t n, bool of_file);

/* The same for the last component of a path, without the given suffix. */
struct lt_array_name lt_array_file_name(const char *path, const char *suffix);

#endif
