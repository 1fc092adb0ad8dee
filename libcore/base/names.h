/*
 * A table that maps names to numbers.  Use it for all look-ups of classes and
 * tensors by name.  It is sorted, so no choice of names makes it slow.
 * { 0 } is an empty table.  The caller keeps ownership of the names.
 */
#ifndef LT_BASE_NAMES_H
#define LT_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

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

/* Adds one name with the number names->n; false without memory.  It moves all following names,
 * so use it for up to some thousand names. */
bool lt_names_add(struct lt_names *names, const char *name);

/* The number of a name, the lowest of equal names; -1: not found. */
int lt_names_find(const struct lt_names *names, const char *name);

/* The same for a class as given by a user: by name, or else by number below names->n. */
int lt_names_label(const struct lt_names *names, const char *text);

/* Compares names of n and m bytes bytewise, a prefix before the longer name: < 0, 0 or > 0 as
 * strcmp(3). */
int lt_name_compare(const char *a, size_t n, const char *b, size_t m);

/* The lowest number whose name also has a lower number; -1: all names are different. */
int lt_names_twice(const struct lt_names *names);

void lt_names_free(struct lt_names *names);

#endif
