/*
 * Kaggle's column PredictionString, in which an image of ILSVRC has its class and its objects:
 * for each object a word, the class, and the four sides of its box, all separated by blanks,
 *
 *	n01978287 85 1 499 272 n01978287 10 20 30 40
 *
 * (Kaggle, "ImageNet Object Localization Challenge", LOC_train_solution.csv).
 */
#ifndef LT_IMPORT_BOXES_H
#define LT_IMPORT_BOXES_H

#include <stdbool.h>
#include <stddef.h>

/* Is this the title of such a column? */
bool lt_boxes_is_titled(const char *title);
/*
 * The class of all objects, *n bytes in text.  NULL: there is none, *wrong says why: the text
 * has another form, or its objects are of several classes.
 */
const char *lt_boxes_class(const char *text, size_t *n, const char **wrong);

#endif
