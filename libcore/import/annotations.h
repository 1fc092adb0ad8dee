/*
 * Files with the classes of the images of a split whose directory has no class directories:
 *
 *	Tiny ImageNet	val_annotations.txt	the image's name and its class at the beginning
 *						of each line, in the directory of the images
 *						or above it
 *	ILSVRC, Kaggle	LOC_val_solution.csv	ImageId,PredictionString (boxes.h), for the
 *						split val, above it; names without suffix
 *
 * A kind of file is one line in the table of annotations.c.
 */
#ifndef LT_IMPORT_ANNOTATIONS_H
#define LT_IMPORT_ANNOTATIONS_H

#include "import/import.h"

struct lt_annotation_file;

/* { 0 } is empty; lt_annotations_free releases it. */
struct lt_annotations {
	struct lt_annotation_file *file; /* by directory and kind */
	size_t n;
};

/* What a format wants from such a file; LT_WANT_NOT: the name is another. */
enum lt_want lt_annotations_wants(const char *name);
/*
 * Reads all such files of the input, by a plan of the listing if need be.  LT_DATA: a line
 * without a class, with several, or an image twice.
 */
int lt_annotations_read(struct lt_annotations *all, struct lt_import *import,
			struct lt_error *err);
/*
 * Finds the class of an image in the innermost directory with such a file.  False: there is
 * none for its split.  *name is NULL if the file does not name the image, else *size bytes that
 * live as long as the import.
 */
bool lt_annotations_find(struct lt_annotations *all, const char *image, enum lt_split split,
			 const char **name, size_t *size);
/* A notice about each file with lines that no image was found for. */
void lt_annotations_note_unused(const struct lt_annotations *all, struct lt_import *import);
void lt_annotations_free(struct lt_annotations *all);

#endif
