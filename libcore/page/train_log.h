/* Training logs (--log FILE): tab-separated, one line for each epoch below a heading. */
#ifndef LT_PAGE_TRAIN_LOG_H
#define LT_PAGE_TRAIN_LOG_H

#include "base/error.h"
#include "base/memory.h"

enum {
	LT_LOG_COLUMNS = 64,
	LT_LOG_EPOCHS = 100000,
	LT_LOG_BYTES = 64 << 20, /* of a file */
};

struct lt_train_log {
	char *name; /* name of the run on the page */
	int columns, epochs;
	char *column[LT_LOG_COLUMNS];
	double *value; /* epochs × columns; NaN for other text ("-", "nan") */
};

/*
 * Reads a file.  LT_DATA, with the line, if the first column is not "epoch", if the number of
 * columns varies, or if a limit is exceeded.
 */
int lt_train_log_read(struct lt_train_log *log, const char *path, const char *name,
		      struct lt_error *err);
/* The index of a column, or -1. */
int lt_train_log_find(const struct lt_train_log *log, const char *column);
void lt_train_log_free(struct lt_train_log *log);

#endif
