/*
 * A library that ends the process when it lacks memory.
 *
 * libarchive prints a line and calls exit(3) where it has no memory for a name, and
 * some of its versions follow a NULL that malloc(3) gave them.  Between enter and
 * leave either ends the process with LT_OS, one line on stderr and no temporary of
 * an output left.  Any other crash stays what it is.
 */
#ifndef LT_DATA_GUARD_H
#define LT_DATA_GUARD_H

#include "base/error.h"

/* Before the first lt_guard_enter; calls after the first do nothing. */
int lt_guard_install(struct lt_error *err);
/* Sets errno to 0, which is how lack of memory is known from then on; for this thread. */
void lt_guard_enter(void);
void lt_guard_leave(void);

#endif
