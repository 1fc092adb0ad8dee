/*
 * Names of directories that say what kind of image is in them, and so are hardly classes.
 */
#ifndef LT_IMPORT_KIND_NAMES_H
#define LT_IMPORT_KIND_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Is it common for a directory of all images, such as "images"?  In any case of letters. */
bool lt_name_is_of_images(const char *name, size_t size);
/* For a directory with a mask or another label image for each image, such as "masks" or
 * "lung masks"? */
bool lt_name_is_of_masks(const char *name, size_t size);

#endif
