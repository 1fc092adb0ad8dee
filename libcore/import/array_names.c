/*
 * Deduces from the name of an array what it holds.
 */
#include "import/array_names.h"

#include <string.h>
#include <strings.h>

#include "archive/path.h"
#include "import/split_names.h"

static enum lt_array_role role_of(const char *word, size_t n)
{
	static const struct {
		const char *word;
		enum lt_array_role role;
	} known[] = {
		{"x", LT_ROLE_IMAGES},	      {"image", LT_ROLE_IMAGES},
		{"images", LT_ROLE_IMAGES},   {"img", LT_ROLE_IMAGES},
		{"imgs", LT_ROLE_IMAGES},     {"data", LT_ROLE_IMAGES},
		{"pixels", LT_ROLE_IMAGES},   {"y", LT_ROLE_LABELS},
		{"label", LT_ROLE_LABELS},    {"labels", LT_ROLE_LABELS},
		{"target", LT_ROLE_LABELS},   {"targets", LT_ROLE_LABELS},
		{"classes", LT_ROLE_CLASSES},
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strlen(known[i].word) == n && strncasecmp(known[i].word, word, n) == 0)
			return known[i].role;
	return LT_ROLE_NONE;
}

struct lt_array_name lt_array_name(const char *name, size_t n, bool of_file)
{
	struct lt_array_name found = {LT_ROLE_NONE, LT_SPLIT_DEFAULT};
	int roles = 0, splits = 0, others = 0;
	enum lt_array_role role;
	enum lt_split split;
	size_t at, size;

	for (at = 0; at < n; at += size + 1) {
		for (size = 0; at + size < n && !strchr("_-. ", name[at + size]); size++)
			;
		role = role_of(name + at, size);
		split = lt_split_of_name(name + at, size);
		if (role != LT_ROLE_NONE) {
			found.role = role;
			roles++;
		} else if (split != LT_SPLIT_DEFAULT) {
			found.split = split;
			splits++;
		} else {
			others++;
		}
	}
	/* Two words of the same kind contradict each other, except that "mnist_data_labels"
	 * means labels. */
	if (roles > 1 && !of_file)
		found.role = LT_ROLE_NONE;
	if (splits > 1 || (others > 0 && !of_file))
		return (struct lt_array_name){LT_ROLE_NONE, LT_SPLIT_DEFAULT};
	return found;
}

struct lt_array_name lt_array_file_name(const char *path, const char *suffix)
{
	const char *base = lt_path_base(path);
	size_t n = strlen(base);

	if (lt_path_ends(base, suffix))
		n -= strlen(suffix);
	return lt_array_name(base, n, true);
}
