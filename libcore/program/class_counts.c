#include "program/class_counts.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "stream/stream.h"

int lt_class_counts_check(const struct lt_text_value *counts,
			  const struct lt_flag_value *explain, const struct lt_cli *cli,
			  const char *beside, struct lt_error *err)
{
	const char *name, *path;

	if (!counts->given)
		return 0;
	if (!explain->given)
		return lt_fail(err, LT_USAGE, "--class-counts goes with --explain");
	if (lt_cli_operands(cli) > 0)
		return lt_fail(err, LT_USAGE, "--class-counts and '%s': give one of them",
			       lt_cli_operand(cli, 0));
	for (int i = 0; (name = lt_cli_file(cli, LT_FILE_READ, i, &path)) != NULL; i++)
		if (path && !(beside && strcmp(name, beside) == 0))
			return lt_fail(err, LT_USAGE,
				       "--class-counts and --%s: give one of them", name);
	return 0;
}

static int parse_counts(char *list, uint64_t *counts, struct lt_error *err)
{
	char *word = list, *comma;
	uint64_t sum = 0;

	for (; word; word = comma ? comma + 1 : NULL) {
		comma = strchr(word, ',');
		if (comma)
			*comma = '\0';
		if (!lt_parse_u64(word, 0, UINT32_MAX, counts))
			return lt_fail(err, LT_USAGE,
				       "--class-counts: '%s' is not a whole number from 0 to "
				       "%" PRIu32,
				       word, UINT32_MAX);
		sum += *counts++;
	}
	if (sum == 0)
		return lt_fail(err, LT_USAGE, "--class-counts: no class has rows");
	return 0;
}

static int take_room(struct lt_class_counts *counts, struct lt_error *err)
{
	size_t n = (size_t)counts->classes;

	counts->count = lt_arena_array(&counts->arena, n, sizeof *counts->count);
	counts->name = lt_arena_array(&counts->arena, n, sizeof *counts->name);
	if (!counts->count || !counts->name)
		return lt_fail_memory(err);
	for (int c = 0; c < counts->classes; c++) {
		counts->name[c] = lt_arena_printf(&counts->arena, "%d", c);
		if (!counts->name[c])
			return lt_fail_memory(err);
	}
	return 0;
}

int lt_class_counts_parse(const char *text, struct lt_class_counts *counts,
			  struct lt_error *err)
{
	size_t n = 1;
	char *list;
	int code;

	for (const char *at = text; (at = strchr(at, ',')) != NULL; at++)
		n++;
	if (n < 2 || n > LT_MAX_CLASSES)
		return lt_fail(
			err, LT_USAGE,
			"--class-counts: %zu counts; a list of 2 to %d divided by commas "
			"is wanted",
			n, LT_MAX_CLASSES);
	counts->classes = (int)n;
	if ((code = take_room(counts, err)) != 0)
		return code;
	list = lt_arena_text(&counts->arena, text);
	return list ? parse_counts(list, counts->count, err) : lt_fail_memory(err);
}

void lt_class_counts_free(struct lt_class_counts *counts)
{
	lt_arena_free(&counts->arena);
	*counts = (struct lt_class_counts){0};
}
