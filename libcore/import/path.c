#include "import/path.h"

#include <string.h>
#include <strings.h>

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
