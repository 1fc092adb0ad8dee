/*
 * Words for a POSIX shell.
 */
#ifndef LT_BASE_SHELL_H
#define LT_BASE_SHELL_H

#include <stddef.h>

/*
 * Writes a word in single quotation marks, for which 4 bytes for each of its bytes and 3 more
 * are enough.  Returns the size without the final NUL.
 */
size_t lt_shell_quote(const char *word, char *to);

#endif
