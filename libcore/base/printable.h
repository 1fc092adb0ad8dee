/* Determines which bytes of foreign text may be printed. */
#ifndef LT_BASE_PRINTABLE_H
#define LT_BASE_PRINTABLE_H

#include <stddef.h>

/* Length of the printable UTF-8 character at the start of text; 0: a control character or not
 * UTF-8. */
size_t lt_printable(const char *text);

#endif
