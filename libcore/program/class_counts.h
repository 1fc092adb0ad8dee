/* --class-counts: what would be for classes of these counts, without any input. */
#ifndef LT_PROGRAM_CLASS_COUNTS_H
#define LT_PROGRAM_CLASS_COUNTS_H

#include "base/memory.h"
#include "cli/cli.h"

/* A line of an option table. */
#define LT_CLASS_COUNTS_OPT(T, f)                                                              \
	LT_TEXT(T, f, "class-counts", "LIST", NULL, 0,                                         \
		"with --explain: of these counts (5000,2997,50), read nothing")

/*
 * LT_USAGE for --class-counts without --explain, or beside an operand or a file that is read.
 * beside: the one that may be given all the same; NULL: none.
 */
int lt_class_counts_check(const struct lt_text_value *counts,
			  const struct lt_flag_value *explain, const struct lt_cli *cli,
			  const char *beside, struct lt_error *err);

struct lt_class_counts {
	int classes;
	uint64_t *count;
	const char **name; /* "0", "1", ... */
	struct lt_arena arena;
};

/*
 * Of "5000,2997,…": 2 to LT_MAX_CLASSES whole numbers below 2^32, not all 0.  LT_USAGE, naming
 * the option, when text is no such list.  Begin with { 0 }, and free in any case.
 */
int lt_class_counts_parse(const char *text, struct lt_class_counts *counts,
			  struct lt_error *err);
void lt_class_counts_free(struct lt_class_counts *counts);

#endif
