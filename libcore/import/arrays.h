/*
 * Data sets whose rows are arrays: CIFAR's pickles, .npy and .npz files, MAT files.  The
 * formats differ in how they find an array in a file; what the array means is decided
 * here for all of them.
 *
 * A format fills a struct lt_part for each set of images in the input, in the order of the
 * rows, and calls
 *
 *	lt_parts_choose    chooses the parts to read (--split)
 *	lt_part_labels     for every part, chosen or not: classes are those of all splits
 *	lt_parts_classes   sets class list and counts
 *	lt_part_rows       for each chosen part: writes its rows
 *	lt_parts_free
 *
 * Shapes.  n images of height × width are one of
 *
 *	[n,h,w]  [n,h,w,c]  [n,c,h,w]  [h,w,n]  [h,w,c,n]
 *
 * with 1 or 3 channels and as many images as labels.  If several of these fit, square
 * images are preferred, then an axis of images that varies slowest (the first, or the last
 * in Fortran order), then channels last.  A notice reports the choice if another layout is
 * equally square, or if only the number of labels decided.
 *
 * Values.  Pixels are integers of any width from 0 to 255.  Labels are integers of any width,
 * or whole floating-point numbers, from 0 to 65534; -1 means no label.  Anything else is
 * LT_DATA, and the message explains what to do.
 */
#ifndef LT_IMPORT_ARRAYS_H
#define LT_IMPORT_ARRAYS_H

#include "format/array.h"
#include "import/import.h"

/* The axes of an image array, as indices into dim[]. */
struct lt_layout {
	int images, height, width;
	int channels; /* -1: none, the images are grey */
};

/* A set of images and its labels; initialise with { 0 } and name. */
struct lt_part {
	const char *name;    /* of the images, for messages: "file.npz: x_train.npy" */
	enum lt_split split; /* LT_SPLIT_DEFAULT: none */
	bool chosen;	     /* set by lt_parts_choose */
	bool labelled;	     /* has labels; set by lt_part_labels or the format */
	int32_t *label;	     /* n_labels, or NULL; freed by lt_parts_free */
	uint64_t n_labels;
	size_t room; /* allocated labels */
	/* For each image, whether it is written; the numbers of the others stay unused.  NULL:
	 * all are.  The format frees it. */
	const bool *kept;
};

/*
 * Marks the parts of the requested split.  If some parts have a split, a part without one gets
 * the split train, which a notice reports; if another part is train, it is read only with
 * --split all.
 */
int lt_parts_choose(struct lt_import *import, struct lt_part *part, int n,
		    struct lt_error *err);

/*
 * Reads the labels of a part, an array of [n], [n,1] or [1,n]; not needed with --no-labels.
 * where: the array's name for messages.  Afterwards the format may change part->label
 * (SVHN's 10 is the digit 0).
 */
int lt_part_labels(struct lt_part *part, const struct lt_array *array, const char *where,
		   lt_array_read *read, void *arg, struct lt_error *err);

/*
 * Reads class names from an array of text into the arena.  The writer of the header checks
 * that they are clean UTF-8.
 */
int lt_array_class_names(struct lt_arena *arena, const struct lt_array *array,
			 const char *where, lt_array_read *read, void *arg,
			 const char *const **names, int *n, struct lt_error *err);

/*
 * Sets the class list; names or NULL as in lt_import_classes.  n: the number of classes, or 0
 * to derive it from the labels.  LT_DATA if a chosen part has no labels, except with
 * --no-labels.
 */
int lt_parts_classes(struct lt_import *import, const struct lt_part *part, int n_parts,
		     const char *const *names, int n, struct lt_error *err);

/*
 * Finds the meaning of the axes of a part's array; *layout points into a table.  The number of
 * labels decides between layouts, except that an axis of channels never becomes the images: if
 * there are as many labels as channels, the file of labels is too short.
 */
int lt_part_layout(struct lt_import *import, const struct lt_part *part,
		   const struct lt_array *array, const struct lt_layout **layout,
		   struct lt_error *err);
/* LT_DATA if the layout does not have as many images as labels. */
int lt_part_count(const struct lt_part *part, const struct lt_array *array,
		  const struct lt_layout *layout, struct lt_error *err);

/*
 * Writes the rows of a part.  layout NULL: found from the shape.  If the images are not
 * contiguous (their axis varies fastest), they go through an unlinked file in TMPDIR.
 */
int lt_part_rows(struct lt_import *import, const struct lt_part *part,
		 const struct lt_array *array, const struct lt_layout *layout,
		 lt_array_read *read, void *arg, struct lt_error *err);

void lt_parts_free(struct lt_part *part, int n);

#endif
