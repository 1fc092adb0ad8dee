/*
 * Names that look the same: those that differ only in case or in the Unicode form (macOS
 * writes "é" as two code points, other systems as one).
 */
#include <string.h>

#include "import/catalog_parts.h"

#ifdef LT_HAVE_UTF8PROC
#include <utf8proc.h>

static const char *map_name(struct lt_arena *arena, const char *name, utf8proc_option_t how)
{
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)name;
	utf8proc_ssize_t n = utf8proc_decompose(bytes, 0, NULL, 0, how), made;
	utf8proc_int32_t *code;

	if (n < 0)
		return lt_arena_text(arena, name);
	/* Encoded again in place, with a zero after it. */
	code = lt_arena_array(arena, (size_t)n + 1, sizeof *code);
	if (!code)
		return NULL;
	made = utf8proc_decompose(bytes, 0, code, n, how);
	if (made != n || utf8proc_reencode(code, n, how) < 0)
		return lt_arena_text(arena, name);
	return (const char *)code;
}

const char *lt_folded_name(struct lt_arena *arena, const char *name)
{
	return map_name(arena, name,
			UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE |
				UTF8PROC_CASEFOLD);
}

const char *lt_normal_name(struct lt_arena *arena, const char *name, bool composed)
{
	return map_name(arena, name,
			UTF8PROC_NULLTERM | UTF8PROC_STABLE |
				(composed ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE));
}
#else
const char *lt_folded_name(struct lt_arena *arena, const char *name)
{
	char *folded = lt_arena_text(arena, name), *at;

	for (at = folded; at && *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return folded;
}

const char *lt_normal_name(struct lt_arena *arena, const char *name, bool composed)
{
	(void)composed;
	return lt_arena_text(arena, name);
}
#endif
