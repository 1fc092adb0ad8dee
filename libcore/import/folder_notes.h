/*
 * Notices about what is beside the images of the classes.
 */
#ifndef LT_IMPORT_FOLDER_NOTES_H
#define LT_IMPORT_FOLDER_NOTES_H

#include "import/folder_levels.h"

/* Lists the directories beside the classes that contain no image that this build can read. */
int lt_folder_note_lost(struct lt_import *import, const struct lt_folder *folder,
			const struct lt_place *place, struct lt_error *err);
/* Counts the images of classes that look like the mask of another, as "1_mask.png" beside
 * "1.png", or that are in a directory of masks below the class. */
void lt_folder_note_masks(struct lt_import *import, const struct lt_folder *folder,
			  const struct lt_place *place);

#endif
