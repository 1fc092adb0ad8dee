/*
 * A table of names that says the number of each: the one way in which classes and
 * tensors are looked up by name.  Sorted, so that no choice of names makes it slow.
 * { 0 } is an empty table.  The names themselves stay their owner's.
 */
#ifndef LT_BASE_NAMES_H
#define LT_BASE_NAMES_H

#include <stdbool.h>

struct lt_named {
	const char *name;
	int number;
};

struct lt_names {
	struct lt_named *entry; /* by name, then by number */
	int n, room;
};

/* Fills an empty table with name[0 … n - 1]; false without memory.  n log n steps. */
bool lt_names_fill(struct lt_names *names, const char *const *name, int n);

/* Adds one name with the number names->n; false without memory.  Moves the names behind it:
 * for some thousands of names that come one by one. */
bool lt_names_add(struct lt_names *names, const char *name);

/* The number of a name, the lowest if several are called so; -1: none. */
int lt_names_find(const struct lt_names *names, const char *name);

/* The second number of a name that is there twice, the lowest of those; -1: none is. */
int lt_names_twice(const struct lt_names *names);

void lt_names_free(struct lt_names *names);

#endif
