/*
 * The names of IDX files.
 */
#include "import/idx_names.h"
#include "import/path.h"

#include <stddef.h>
#include <string.h>

bool lt_idx_is_images(const char *name)
{
	return strstr(lt_path_base(name), "idx3-ubyte") != NULL;
}

bool lt_idx_is_file(const char *name)
{
	return lt_idx_is_images(name) || strstr(lt_path_base(name), "idx1-ubyte");
}

bool lt_idx_is_packed(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && strcmp(name + n - 3, ".gz") == 0;
}

int lt_idx_part(const char *name)
{
	name = lt_path_base(name);
	return strstr(name, "train") ? 0 : strstr(name, "t10k") || strstr(name, "test") ? 1 : 2;
}

bool lt_idx_is_turned(const char *name)
{
	return strncmp(lt_path_base(name), "emnist-", 7) == 0;
}

const char *lt_idx_plain(struct lt_arena *arena, const char *name)
{
	size_t n = strlen(name);
	char *plain = lt_arena_text_n(arena, name, lt_idx_is_packed(name) ? n - 3 : n);
	char *base, *dot, *parent;

	if (!plain)
		return NULL;
	base = plain + (lt_path_base(plain) - plain);
	dot = strstr(base, ".idx");
	if (dot)
		*dot = '-';
	/* "a/NAME/NAME" is "a/NAME". */
	n = strlen(base);
	parent = base - plain > (ptrdiff_t)n ? base - n - 1 : NULL;
	if (!parent || base[-1] != '/' || (parent > plain && parent[-1] != '/'))
		return plain;
	dot = memchr(parent, '.', n);
	if (dot && strncmp(dot, ".idx", 4) == 0)
		*dot = '-';
	if (memcmp(parent, base, n) == 0)
		memmove(parent, base, n + 1);
	return plain;
}

bool lt_idx_goes_first(const char *a, const char *b)
{
	if (lt_idx_is_packed(a) != lt_idx_is_packed(b))
		return lt_idx_is_packed(b);
	if (strlen(a) != strlen(b))
		return strlen(a) < strlen(b);
	return strcmp(a, b) < 0;
}

static void swap_text(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from);

	if (at)
		memcpy(at, to, strlen(to));
}

char *lt_idx_labels(struct lt_arena *arena, const char *images)
{
	/* With room for ".gz", which a caller may append. */
	char *labels = lt_arena_alloc(arena, strlen(images) + 4), *last;

	if (!labels)
		return NULL;
	memcpy(labels, images, strlen(images));
	last = labels + (lt_path_base(images) - images);
	swap_text(last, "images", "labels");
	swap_text(last, "idx3", "idx1");
	return labels;
}
