#include "stream/file_list.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/number.h"
#include "stream/limits.h"
#include "stream/not_stream.h"

#define MAX_DIGITS 18 /* fits into a uint64_t */
#define DIGITS "0123456789"

struct range {
	size_t before;	   /* bytes of the name before the range */
	const char *after; /* the rest of the name */
	uint64_t first, last;
	int width; /* the fewest digits of a number */
};

/* The bytes of the range "{A..B}" that text begins with, or 0; *a and *b: digits of each end.
 */
static size_t range_at(const char *text, size_t *a, size_t *b)
{
	const char *second;

	if (text[0] != '{')
		return 0;
	*a = strspn(text + 1, DIGITS);
	second = text + 1 + *a;
	if (*a == 0 || strncmp(second, "..", 2) != 0)
		return 0;
	second += 2;
	*b = strspn(second, DIGITS);
	return *b > 0 && second[*b] == '}' ? (size_t)(second + *b + 1 - text) : 0;
}

static bool read_number(const char *digits, size_t n, uint64_t *out)
{
	char text[MAX_DIGITS + 1];

	if (n > MAX_DIGITS)
		return false;
	memcpy(text, digits, n);
	text[n] = '\0';
	return lt_parse_u64(text, 0, UINT64_MAX, out);
}

/* The n bytes of a range at path[at]. */
static int read_range(struct range *range, const char *path, size_t at, size_t n, size_t a,
		      size_t b, struct lt_error *err)
{
	const char *first = path + at + 1, *last = first + a + 2;

	range->before = at;
	range->after = path + at + n;
	range->width = (a > 1 && first[0] == '0') || (b > 1 && last[0] == '0')
			       ? (int)(a > b ? a : b)
			       : 1;
	if (!read_number(first, a, &range->first) || !read_number(last, b, &range->last))
		return lt_fail(err, LT_USAGE, "%s: a number of over %d digits", path,
			       MAX_DIGITS);
	if (range->first > range->last)
		return lt_fail(err, LT_USAGE, "%s: the range descends", path);
	if (range->last - range->first >= LT_MAX_SHARDS)
		return lt_fail(err, LT_USAGE, "%s: %" PRIu64 " files, the limit is %d", path,
			       range->last - range->first + 1, LT_MAX_SHARDS);
	return 0;
}

/* Finds the range of a name; *found: there is one. */
static int find_range(struct range *range, const char *path, bool *found, struct lt_error *err)
{
	size_t at, n, a = 0, b = 0;
	int code = 0;

	*found = false;
	for (at = 0; path[at] && code == 0; at++) {
		n = range_at(path + at, &a, &b);
		if (n == 0)
			continue;
		if (*found)
			return lt_fail(err, LT_USAGE, "%s: two ranges in one name", path);
		*found = true;
		code = read_range(range, path, at, n, a, b, err);
	}
	return code;
}

/* Takes over a name; NULL: there was no memory for it. */
static int append(struct lt_file_list *list, char *name, struct lt_error *err)
{
	int room = list->n < 8 ? 8 : 2 * list->n;
	char **grown = NULL;

	if (name && list->n == list->room) {
		grown = lt_grow_array(list->name, (size_t)room, sizeof *grown);
		if (grown) {
			list->name = grown;
			list->room = room;
		}
	}
	if (!name || list->n == list->room) {
		lt_free(name);
		return lt_fail_memory(err);
	}
	list->name[list->n++] = name;
	return 0;
}

static int append_range(struct lt_file_list *list, const char *path, const struct range *range,
			struct lt_error *err)
{
	size_t size = strlen(path) + MAX_DIGITS + 1;
	uint64_t number;
	char *name;
	int code = 0;

	list->ranged = true;
	for (number = range->first; number <= range->last && code == 0; number++) {
		name = lt_new_bytes(size);
		if (name)
			snprintf(name, size, "%.*s%0*" PRIu64 "%s", (int)range->before, path,
				 range->width, number, range->after);
		code = append(list, name, err);
	}
	return code;
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

int lt_file_list_add(struct lt_file_list *list, const char *path, struct lt_error *err)
{
	struct range range;
	bool found = false;
	int code = 0;

	if (path && !is_there(path))
		code = find_range(&range, path, &found, err);
	if (code)
		return code;
	return found ? append_range(list, path, &range, err)
		     : append(list, lt_text_copy(path ? path : "-"), err);
}

static int check_file(const char *name, struct lt_error *err)
{
	struct stat st;

	if (stat(name, &st) != 0 || (S_ISREG(st.st_mode) && access(name, R_OK) != 0))
		return lt_fail_errno(err, LT_NOINPUT, "%s", name);
	if (S_ISDIR(st.st_mode))
		return lt_not_stream_directory(name, err);
	return S_ISREG(st.st_mode)
		       ? 0
		       : lt_fail(err, LT_NOINPUT, "%s: a shard must be a file", name);
}

int lt_file_list_find(struct lt_file_list *list, const char *path, struct lt_error *err)
{
	bool ranged = list->ranged;
	int i = list->n, code;

	list->ranged = false;
	code = lt_file_list_add(list, path, err);
	for (; list->ranged && i < list->n && code == 0; i++)
		code = check_file(list->name[i], err);
	list->ranged |= ranged;
	return code;
}

int lt_file_list_outputs(struct lt_file_list *list, const char *path, struct lt_error *err)
{
	struct range range;
	bool found;
	int code = find_range(&range, path, &found, err);

	if (code == 0 && !found)
		code = lt_fail(err, LT_USAGE, "%s: no range such as x-{000..127}.lts", path);
	return code ? code : append_range(list, path, &range, err);
}

void lt_file_list_free(struct lt_file_list *list)
{
	while (list->n > 0)
		lt_free(list->name[--list->n]);
	lt_free(list->name);
	*list = (struct lt_file_list){0};
}
