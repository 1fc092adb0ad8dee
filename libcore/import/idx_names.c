/*
 * The names of IDX files.
 */
#include "import/idx_names.h"

#include <stddef.h>
#include <string.h>

#include "archive/path.h"

/* The types of elements, by the third byte of a file. */
static const struct {
	const char *name;
	char kind;
	uint8_t size;
} types[] = {[0x08] = {"ubyte", 'u', 1}, {"byte", 'i', 1},  [0x0B] = {"short", 'i', 2},
	     [0x0C] = {"int", 'i', 4},	 {"float", 'f', 4}, {"double", 'f', 8}};
enum { TYPES = sizeof types / sizeof types[0] };

bool lt_idx_is_known(const uint8_t *head, size_t n, struct lt_array *array)
{
	if (n < 4 || head[0] != 0 || head[1] != 0 || head[2] >= TYPES || !types[head[2]].name ||
	    head[3] < 1 || head[3] > LT_IDX_RANK)
		return false;
	*array = (struct lt_array){.kind = types[head[2]].kind,
				   .size = types[head[2]].size,
				   .big = true,
				   .rank = head[3]};
	return true;
}

/* "idx3-ubyte" in a name without directories, *n bytes with the rank at [3]; NULL: it is not
 * there. */
static const char *find_type(const char *base, size_t *n)
{
	const char *at;
	size_t i;

	for (at = base; (at = strstr(at, "idx")) != NULL; at++) {
		if (at[3] < '1' || at[3] > '0' + LT_IDX_RANK || at[4] != '-')
			continue;
		for (i = 0; i < TYPES; i++) {
			*n = types[i].name ? strlen(types[i].name) : 0;
			if (*n > 0 && strncmp(at + 5, types[i].name, *n) == 0) {
				*n += 5;
				return at;
			}
		}
	}
	return NULL;
}

bool lt_idx_is_images(const char *name)
{
	size_t n;
	const char *base = lt_path_base(name), *type = find_type(base, &n);

	return type && (type[3] > '2' || (type[3] == '2' && strstr(base, "images")));
}

bool lt_idx_is_file(const char *name)
{
	size_t n;

	return find_type(lt_path_base(name), &n) != NULL;
}

const char *lt_idx_suffix(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && (strcmp(name + n - 3, ".gz") == 0 || strcmp(name + n - 3, ".xz") == 0)
		       ? name + n - 3
		       : name + n;
}

bool lt_idx_is_packed(const char *name)
{
	return *lt_idx_suffix(name) != '\0';
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

static const char *const forms[LT_IDX_FORMS] = {"idx1-ubyte", "idx2-int", "idx1-int"};

/* The name with another type; NULL: no memory. */
static char *with_type(struct lt_arena *arena, const char *name, const char *form)
{
	size_t n;
	const char *type = find_type(lt_path_base(name), &n);

	return type ? lt_arena_printf(arena, "%.*s%s%s", (int)(type - name), name, form,
				      type + n)
		    : lt_arena_text(arena, name);
}

/* With the type of the first form if the file has labels. */
static const char *plain_type(struct lt_arena *arena, const char *plain)
{
	return lt_idx_is_images(plain) ? plain : with_type(arena, plain, forms[0]);
}

const char *lt_idx_plain(struct lt_arena *arena, const char *name)
{
	size_t n = (size_t)(lt_idx_suffix(name) - name);
	char *plain = lt_arena_text_n(arena, name, n);
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
		return plain_type(arena, plain);
	dot = memchr(parent, '.', n);
	if (dot && strncmp(dot, ".idx", 4) == 0)
		*dot = '-';
	if (memcmp(parent, base, n) == 0)
		memmove(parent, base, n + 1);
	return plain_type(arena, plain);
}

bool lt_idx_goes_first(const char *a, const char *b)
{
	if (lt_idx_is_packed(a) != lt_idx_is_packed(b))
		return lt_idx_is_packed(b);
	if (strlen(a) != strlen(b))
		return strlen(a) < strlen(b);
	return strcmp(a, b) < 0;
}

char *lt_idx_labels(struct lt_arena *arena, const char *images, int form)
{
	char *plain = lt_arena_text_n(arena, images, (size_t)(lt_idx_suffix(images) - images));
	char *labels = plain ? with_type(arena, plain, forms[form]) : NULL, *at;

	at = labels ? strstr(labels + (lt_path_base(labels) - labels), "images") : NULL;
	if (at)
		memcpy(at, "labels", 6);
	return labels;
}
