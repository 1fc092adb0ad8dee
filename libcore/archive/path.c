#include "archive/path.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "archive/input_limits.h"
#include "base/shell.h"

const char *lt_path_skip(const char *at)
{
	while (at[0] == '/' || (at[0] == '.' && at[1] == '/'))
		at++;
	return at;
}

const char *lt_path_part(const char *at, size_t *size)
{
	size_t n;

	at = lt_path_skip(at);
	n = strcspn(at, "/");
	*size = at[n] == '/' ? n : 0;
	return at;
}

const char *lt_path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool lt_path_ends(const char *path, const char *suffix)
{
	size_t n = strlen(path), m = strlen(suffix);

	return n >= m && strcasecmp(path + n - m, suffix) == 0;
}

/* Is the character literal in a shell, without quotes? */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80 || strchr("_-./,:=@%+", c);
}

bool lt_path_quote(const char *path, char *text, size_t room)
{
	size_t i;
	bool plain = true;

	for (i = 0; path[i]; i++)
		plain = plain && is_plain(path[i]);
	if ((plain ? i : 4 * i + 2) >= room)
		return false;
	if (plain) {
		memcpy(text, path, i + 1);
		return true;
	}
	lt_shell_quote(path, text);
	return true;
}

bool lt_path_is_pattern(const char *path)
{
	return strchr(path, '*') != NULL;
}

bool lt_path_part_matches(const char *pattern, size_t size, bool is_pattern, const char *name,
			  size_t n)
{
	char one[LT_MAX_ENTRY_NAME + 1], other[LT_MAX_ENTRY_NAME + 1];

	if (!is_pattern)
		return size == n && memcmp(pattern, name, n) == 0;
	if (size > LT_MAX_ENTRY_NAME || n > LT_MAX_ENTRY_NAME)
		return false;
	memcpy(one, pattern, size);
	memcpy(other, name, n);
	one[size] = other[n] = '\0';
	return fnmatch(one, other, 0) == 0;
}

int lt_path_pattern_level(const char *pattern)
{
	int level = 0, found = 0;
	size_t n;

	for (pattern = lt_path_skip(pattern); *pattern; pattern = lt_path_skip(pattern + n)) {
		n = strcspn(pattern, "/");
		level++;
		if (memchr(pattern, '*', n))
			found = level;
	}
	return found;
}
