/*
 * A guard for a library that ends the process when it runs out of memory.
 *
 * Without memory for a name, libarchive prints a line and calls exit(3), and some of its
 * versions dereference the NULL that malloc(3) returned.  Between enter and leave, both end
 * the process with LT_OS, with one line on stderr, and temporary output files are removed.
 * Other crashes are not affected.
 */
#ifndef LT_ARCHIVE_GUARD_H
#define LT_ARCHIVE_GUARD_H

#include "base/error.h"

/* Call before the first lt_guard_enter; later calls do nothing. */
int lt_guard_install(struct lt_error *err);
/* Sets errno to 0, from which lack of memory is recognised later; for this thread. */
void lt_guard_enter(void);
void lt_guard_leave(void);

#endif
