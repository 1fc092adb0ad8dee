/*
 * Private to the IDX format: import_idx_find.c finds the files, import_idx.c reads them.
 */
#ifndef LT_IMPORT_IMPORT_IDX_H
#define LT_IMPORT_IMPORT_IDX_H

#include "import/arrays.h"

#define LT_IDX_PARTS 3 /* by split: train, test, or neither */

/* A file: an index into the input's entries, or a separate input. */
struct lt_idx_file {
	int64_t index; /* -1: none */
	struct lt_listing *in;
	struct lt_buffer packed; /* the bytes that in reads, if the file was compressed inside
				    an archive */
};

struct lt_idx_pair {
	struct lt_idx_file images, labels;
};

struct lt_idx {
	struct lt_idx_pair pair[LT_IDX_PARTS];
	struct lt_part part[LT_IDX_PARTS]; /* of the same index */
	uint32_t plan[2 * LT_IDX_PARTS];
	/* How many files occur more than once, and the names of the first of them. */
	uint64_t twice;
	const char *taken, *left;
};

/* Finds the files of the chosen split and all labels; plans them, or opens them if they are
 * separate inputs. */
int lt_idx_find(struct lt_import *import, struct lt_idx *idx, struct lt_error *err);
/* Makes an entry that is compressed inside an archive a separate input. */
int lt_idx_unpack(struct lt_import *import, struct lt_idx_file *file, struct lt_error *err);
/* Closes the inputs that were opened separately. */
void lt_idx_close(struct lt_import *import, struct lt_idx_file *file);

#endif
