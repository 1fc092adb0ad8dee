/* Collections of pictures on disk, for b_import: ten classes, in a folder or an archive. */
#ifndef LT_TESTS_COLLECTION_H
#define LT_TESTS_COLLECTION_H

#include "picture.h"

enum container { FOLDER, TAR, TAR_GZ, ZIP, CONTAINERS };

extern const char *const container_names[CONTAINERS];

/* Writes n pictures to a path, which must not be there yet: class-K/NNNNNN.suffix. */
void collection_write(const char *path, enum container container, const char *suffix,
		      const struct picture *pictures, int n);
/* Removes what was written. */
void collection_remove(const char *path);

#endif
