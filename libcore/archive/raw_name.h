/*
 * Names of entries before they are known to be text.
 */
#ifndef LT_ARCHIVE_RAW_NAME_H
#define LT_ARCHIVE_RAW_NAME_H

#include <stdbool.h>
#include <stddef.h>

bool lt_raw_name_is_ascii(const char *name, size_t n);

/* Control characters are allowed, unlike in lt_text_is_clean. */
bool lt_raw_name_is_utf8(const char *name, size_t n);

/* Makes a name printable: other than printable ASCII as \xNN, truncated to room. */
void lt_raw_name_show(const char *name, size_t n, char *shown, size_t room);

#endif
