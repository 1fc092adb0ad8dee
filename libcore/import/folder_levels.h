/*
 * The meaning of the levels of a folder: which directories are splits, which are classes,
 * and which are neither.  It is deduced from the names and from where the images are, and
 * then checked.  If the rows would be wrong, the result is LT_DATA, and the message names the
 * option that decides; if they may be wrong, there is a notice.
 *
 * From the input, or from the directory of --in:
 *
 *	1. A level holds splits if directories have the names of splits (see split_names.h;
 *	   in any case, also after a prefix or before a suffix that all siblings share, or
 *	   before numbers), and if these are two different splits, or all directories, or
 *	   the only ones that contain directories.
 *	2. Otherwise a directory that is alone on its level is skipped, as long as most of
 *	   its images are in directories in it (not with --in).
 *	3. The remaining directories are the classes, in each split; rule 2 applies to them
 *	   too.
 *
 * With --class-level N the classes are N directories deep, without checks; a directory above
 * them that has the name of a split is a split.  A pattern of --in does the same:
 * N is the level of its last component with a "*".
 */
#ifndef LT_IMPORT_FOLDER_LEVELS_H
#define LT_IMPORT_FOLDER_LEVELS_H

#include "import/folder_tree.h"
#include "import/import.h"
#include "import/split_names.h"

enum lt_place_what {
	LT_PLACE_OUTSIDE, /* beside the splits: ignored */
	LT_PLACE_LOOSE,	  /* beside the classes: ignored */
	LT_PLACE_FLAT,	  /* where no directory names a class */
	LT_PLACE_CLASS
};

/* The meaning of the images directly in a directory. */
struct lt_place {
	uint32_t class_dir; /* of LT_PLACE_CLASS: the directory whose name is the class */
	uint32_t split_dir; /* the directory that is the split, or LT_NO_DIR */
	uint8_t what;
	uint8_t split; /* enum lt_split */
};

/* Fills place[folder->n_dirs]. */
int lt_folder_levels(struct lt_import *import, const struct lt_folder *folder,
		     struct lt_place *place, struct lt_error *err);

/* folder_inputs.c: LT_DATA if archives have the names of different splits but would become one
 * collection without splits. */
int lt_folder_check_inputs(const struct lt_import *import, const struct lt_folder *folder,
			   const struct lt_place *place, struct lt_error *err);

/* folder_checks.c: are the children of this directory classes?  Sets *split_below if they are
 * and contain the splits. */
int lt_folder_check_classes(struct lt_import *import, const struct lt_folder *folder,
			    uint32_t base, bool *split_below, struct lt_error *err);
/* The number of names that the children of two directories have in common. */
size_t lt_folder_common(const struct lt_folder *folder, uint32_t one, uint32_t other);
/* Among the classes of a split: does a directory's name say that it is the split extra? */
bool lt_folder_is_unlabelled(const struct lt_split_names *splits, const struct lt_dir *dir);
/* Notice: which classes among the children of other are not among those of one, the classes of
 * train. */
void lt_folder_note_only(struct lt_import *import, const struct lt_folder *folder,
			 const struct lt_split_names *splits, uint32_t one, uint32_t other,
			 enum lt_split split);
/* Notice: no child of other is among those of one, so they are not classes. */
void lt_folder_note_other(struct lt_import *import, const struct lt_folder *folder,
			  uint32_t one, uint32_t other, enum lt_split split);
/* As --class-level counts: from the input or from --in. */
int lt_folder_level(const struct lt_import *import, const struct lt_folder *folder,
		    uint32_t dir);
/* The directory's path as an argument of --in, quoted for the shell if needed; "DIR" if it does
 * not fit. */
void lt_folder_argument(const struct lt_folder *folder, uint32_t dir, char *text, size_t room);
/* "a, b, c and 5 more": children of a directory. */
void lt_folder_names(const struct lt_folder *folder, uint32_t dir, char *text, size_t room);

#endif
