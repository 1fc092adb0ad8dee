/* --class-counts: class counts given on the command line instead of an input. */
#ifndef LT_PROGRAM_CLASS_COUNTS_H
#define LT_PROGRAM_CLASS_COUNTS_H

#include "base/memory.h"
#include "cli/cli.h"

/* A line of an option table. */
#define LT_CLASS_COUNTS_OPT(T, f)                                                              \
	LT_TEXT(T, f, "class-counts", "LIST", NULL, LT_OPT_FINE, "with --explain: 5000,2997,50")

/*
 * LT_USAGE for --class-counts without --explain, or with an operand or another input file.
 * beside: the only option that can name a file; NULL: none.
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
 * Parses "5000,2997,…": 2 to LT_MAX_CLASSES integers below 2^32, not all 0.  LT_USAGE, naming
 * the option, for any other text.  Start with { 0 } and always free.
 */
int lt_class_counts_parse(const char *text, struct lt_class_counts *counts,
			  struct lt_error *err);
void lt_class_counts_free(struct lt_class_counts *counts);

#endif
