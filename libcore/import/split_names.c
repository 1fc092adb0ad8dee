#include "import/split_names.h"

#include <string.h>

#include "archive/path.h"

static bool same_letters(const char *name, size_t n, const char *known)
{
	size_t i;

	for (i = 0; i < n && known[i]; i++) {
		char c = name[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != known[i])
			return false;
	}
	return i == n && known[i] == '\0';
}

enum lt_split lt_split_of_name(const char *name, size_t n)
{
	static const struct {
		const char *name;
		enum lt_split split;
	} known[] = {
		{"train", LT_SPLIT_TRAIN},     {"training", LT_SPLIT_TRAIN},
		{"test", LT_SPLIT_TEST},       {"testing", LT_SPLIT_TEST},
		{"val", LT_SPLIT_VAL},	       {"valid", LT_SPLIT_VAL},
		{"validation", LT_SPLIT_VAL},  {"validate", LT_SPLIT_VAL},
		{"dev", LT_SPLIT_VAL},	       {"extra", LT_SPLIT_EXTRA},
		{"unlabeled", LT_SPLIT_EXTRA}, {"unlabelled", LT_SPLIT_EXTRA},
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (same_letters(name, n, known[i].name))
			return known[i].split;
	return LT_SPLIT_DEFAULT;
}

static enum lt_split key_split(const char *key, size_t n)
{
	enum lt_split split;
	const char *name;

	for (split = LT_SPLIT_TRAIN; split < LT_SPLIT_ALL; split++) {
		name = lt_split_name(split);
		if (strlen(name) == n && memcmp(name, key, n) == 0)
			return split;
	}
	return LT_SPLIT_DEFAULT;
}

int lt_split_names_parse(struct lt_split_names *names, const char *text, struct lt_error *err)
{
	const int most = (int)(sizeof names->name / sizeof names->name[0]);
	enum lt_split split;
	size_t n, key;

	*names = (struct lt_split_names){.given = text != NULL};
	if (!text || strcmp(text, "none") == 0)
		return 0;
	for (;; text += n + 1) {
		n = strcspn(text, ",");
		key = strcspn(text, "=");
		split = key < n ? key_split(text, key) : LT_SPLIT_DEFAULT;
		if (split == LT_SPLIT_DEFAULT || key + 1 == n || names->n == most)
			return lt_fail(err, LT_USAGE,
				       "--splits: not \"none\", nor train=NAME, test=NAME, "
				       "val=NAME, extra=NAME with commas between");
		names->name[names->n].split = split;
		names->name[names->n].name = text + key + 1;
		names->name[names->n++].size = n - key - 1;
		if (text[n] == '\0')
			return 0;
	}
}

enum lt_split lt_split_names_find(const struct lt_split_names *names, const char *name,
				  size_t n)
{
	int i;

	if (!names->given)
		return lt_split_of_name(name, n);
	for (i = 0; i < names->n; i++)
		if (names->name[i].size == n && memcmp(names->name[i].name, name, n) == 0)
			return names->name[i].split;
	return LT_SPLIT_DEFAULT;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

enum lt_split lt_split_names_in_words(const struct lt_split_names *names, const char *name,
				      size_t n)
{
	const char *dot = memchr(name, '.', n);
	enum lt_split split, found;
	size_t i = 0, size;

	found = lt_split_names_find(names, name, dot ? (size_t)(dot - name) : n);
	if (found != LT_SPLIT_DEFAULT)
		return found;
	while (i < n) {
		for (size = 0; i + size < n && is_letter(name[i + size]); size++)
			;
		split = lt_split_names_find(names, name + i, size);
		if (split != LT_SPLIT_DEFAULT && found != LT_SPLIT_DEFAULT && split != found)
			return LT_SPLIT_DEFAULT;
		if (split != LT_SPLIT_DEFAULT)
			found = split;
		i += size ? size : 1;
	}
	return found;
}

enum lt_split lt_split_names_above(const struct lt_split_names *names, const char *path)
{
	const char *end = strrchr(path, '/'), *at;
	enum lt_split split = LT_SPLIT_DEFAULT;

	while (end && split == LT_SPLIT_DEFAULT) {
		for (at = end; at > path && at[-1] != '/'; at--)
			;
		split = lt_split_names_find(names, at, (size_t)(end - at));
		end = at > path ? at - 1 : NULL;
	}
	return split;
}

enum lt_split lt_split_names_of_path(const struct lt_split_names *names, const char *path)
{
	const char *base = lt_path_base(path);
	enum lt_split found = lt_split_names_in_words(names, base, strlen(base));

	return found == LT_SPLIT_DEFAULT ? lt_split_names_above(names, path) : found;
}
