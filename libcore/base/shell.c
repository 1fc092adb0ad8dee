#include "base/shell.h"

#include <string.h>

size_t lt_shell_quote(const char *word, char *to)
{
	char *at = to;

	*at++ = '\'';
	for (; *word; word++) {
		if (*word == '\'') {
			memcpy(at, "'\\'", 3);
			at += 3;
		}
		*at++ = *word;
	}
	*at++ = '\'';
	*at = '\0';
	return (size_t)(at - to);
}
