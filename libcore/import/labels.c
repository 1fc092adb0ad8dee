#include "import/labels.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/names.h"
#include "base/number.h"
#include "stream/mp.h"

/* ------------------------------------------------------------------ texts */

const char *lt_labels_keep(struct lt_labels *labels, const char *text, size_t n)
{
	uint32_t sum = 2166136261u;
	const char **recent;
	size_t i;

	for (i = 0; i < n; i++)
		sum = (sum ^ (unsigned char)text[i]) * 16777619u;
	recent = &labels->recent[(sum ^ sum >> 16) % LT_LABELS_RECENT];
	if (!*recent || strlen(*recent) != n || memcmp(*recent, text, n) != 0)
		*recent = lt_arena_text_n(&labels->import->arena, text, n);
	return *recent;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *lt_labels_trim(const char *text, size_t *n)
{
	while (is_blank(*text))
		text++;
	*n = strlen(text);
	while (*n > 0 && is_blank(text[*n - 1]))
		(*n)--;
	return text;
}

/* Texts that programs write for a missing value. */
static bool means_nothing(const char *name)
{
	static const char *const known[] = {
		"nan", "null", "na", "n/a", "<na>", "none", "?", "unlabeled", "unlabelled",
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcasecmp(name, known[i]) == 0)
			return true;
	return false;
}

int lt_labels_set(struct lt_labels *labels, const char *text, struct lt_item *item,
		  const char **wrong, struct lt_error *err)
{
	int64_t number;
	size_t n;

	*wrong = NULL;
	if (labels->import->no_labels)
		return 0;
	text = lt_labels_trim(text, &n);
	if (n == 0)
		return 0;
	if (n > LT_MAX_NAME)
		*wrong = "the class's name is too long";
	else if (!lt_text_is_clean(text, n))
		*wrong = "the class's name is not UTF-8 or has control characters; save the "
			 "list as UTF-8";
	if (*wrong)
		return LT_DATA;
	item->class_name = lt_labels_keep(labels, text, n);
	item->class_size = (uint32_t)n;
	if (!item->class_name)
		return lt_fail_memory(err);
	if (lt_labels_number(text, n, &number)) {
		labels->number = item->class_name;
	} else {
		labels->by_name = true;
		labels->no_number = item->class_name;
		if (means_nothing(item->class_name))
			labels->nothing = item->class_name;
	}
	return 0;
}

int lt_labels_add(struct lt_labels *labels, const char *text, struct lt_error *err)
{
	struct lt_catalog *catalog = &labels->catalog;
	const char **block;
	int64_t number;
	size_t n;

	text = lt_labels_trim(text, &n);
	if (n == 0 || n > LT_MAX_NAME || !lt_text_is_clean(text, n))
		return 0;
	block = lt_grow_array(catalog->also, (size_t)catalog->n_also + 1, sizeof *block);
	if (!block)
		return lt_fail_memory(err);
	catalog->also = block;
	text = lt_labels_keep(labels, text, n);
	if (!text)
		return lt_fail_memory(err);
	catalog->also[catalog->n_also++] = text;
	if (!lt_labels_number(text, n, &number))
		labels->by_name = true;
	else if (number >= catalog->n_numbers)
		catalog->n_numbers = (int)number + 1;
	return 0;
}

int lt_labels_note(struct lt_labels *labels, const char *label, const char *name,
		   struct lt_error *err)
{
	int64_t number;
	size_t n, m;

	label = lt_labels_trim(label, &n);
	name = lt_labels_trim(name, &m);
	if (m == 0 || m > LT_MAX_NAME || !lt_text_is_clean(name, m) ||
	    !lt_labels_number(label, n, &number) || number < 0)
		return 0;
	if (!labels->name_of)
		labels->name_of = lt_new_array(LT_MAX_CLASSES, sizeof *labels->name_of);
	if (!labels->name_of)
		return lt_fail_memory(err);
	name = lt_labels_keep(labels, name, m);
	if (!name)
		return lt_fail_memory(err);
	if (labels->name_of[number] && strcmp(labels->name_of[number], name) != 0)
		labels->clash = name;
	labels->name_of[number] = name;
	return 0;
}

/* The length without a fraction of zeros. */
static size_t whole_part(const char *text, size_t n)
{
	size_t end = n;

	while (end > 0 && text[end - 1] == '0')
		end--;
	return end > 1 && end < n && text[end - 1] == '.' ? end - 1 : n;
}

bool lt_labels_number(const char *text, size_t n, int64_t *number)
{
	char digits[16];

	n = whole_part(text, n);
	if (n == 0 || n >= sizeof digits || (n > 1 && text[0] == '0'))
		return false;
	memcpy(digits, text, n);
	digits[n] = '\0';
	return lt_parse_i64(digits, -1, LT_MAX_CLASS_NUMBER, number) && digits[0] != '+';
}

static void tell(struct lt_labels *labels, const char *text)
{
	labels->import->host.notice(labels->import->host.arg, text);
}

/* ------------------------------------------------------------------ the table */

static int by_number(const void *a, const void *b)
{
	const struct lt_class_name *one = a, *other = b;

	return one->number != other->number ? (one->number < other->number ? -1 : 1)
					    : strcmp(one->name, other->name);
}

/* Sorts the table and removes duplicates; false: a number has two names. */
static bool settle_table(struct lt_class_table *table)
{
	size_t i, kept = 0;

	if (table->n > 1)
		qsort(table->class, table->n, sizeof *table->class, by_number);
	for (i = 0; i < table->n; i++) {
		if (kept > 0 && by_number(&table->class[kept - 1], &table -> class[i]) == 0)
			continue;
		if (kept > 0 && table->class[kept - 1].number == table->class[i].number)
			return false;
		table->class[kept++] = table->class[i];
	}
	table->n = kept;
	return kept <= LT_MAX_CLASSES;
}

/* The index of a number in the table; -1: none. */
static int32_t find_number(const struct lt_class_table *table, int64_t number)
{
	size_t low = 0, high = table->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (table->class[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < table->n && table->class[low].number == number ? (int32_t)low : -1;
}

/* ------------------------------------------------------------------ names of numbers */

/* The catalog's class list, unless two names are the same. */
static int set_names(struct lt_labels *labels, const char **names, int n, const char *from,
		     bool *set, struct lt_error *err)
{
	struct lt_names sorted = {0};
	char text[900];
	int twice;

	if (!lt_names_fill(&sorted, names, n))
		return lt_fail_memory(err);
	twice = lt_names_twice(&sorted);
	lt_names_free(&sorted);
	*set = twice < 0;
	if (*set) {
		labels->catalog.names = names;
		labels->catalog.n_names = n;
		snprintf(text, sizeof text, "%.600s: the names of %d classes", from, n);
	} else {
		snprintf(text, sizeof text,
			 "%.600s: two classes are called \"%.200s\"; they keep their numbers",
			 from, names[twice]);
	}
	tell(labels, text);
	return 0;
}

/* Lines of names count from 0; labels without a 0 may count from 1. */
static void tell_from_one(struct lt_labels *labels, int32_t lowest)
{
	const struct lt_class_table *table = &labels->table;
	char text[900];

	if (!table->by_line || lowest != 1)
		return;
	snprintf(text, sizeof text,
		 "%.500s: its first name, \"%.100s\", is that of class 0, which no image has; "
		 "if "
		 "the classes count from 1, write lines of number and name",
		 table->from, table->class[0].name);
	tell(labels, text);
}

/* Labels become indices into the table. */
static int use_table(struct lt_labels *labels, bool *used, struct lt_error *err)
{
	struct lt_class_table *table = &labels->table;
	struct lt_catalog *catalog = &labels->catalog;
	const char **names;
	char text[900];
	size_t i;
	int32_t lowest = INT32_MAX;
	int status;

	*used = false;
	if (table->n == 0)
		return 0;
	if (!settle_table(table)) {
		snprintf(text, sizeof text,
			 "%.600s: a number has two names; classes keep their numbers",
			 table->from);
		tell(labels, text);
		return 0;
	}
	for (i = 0; i < catalog->n; i++)
		if (catalog->item[i].label >= 0 && catalog->item[i].label < lowest)
			lowest = catalog->item[i].label;
	tell_from_one(labels, lowest);
	for (i = 0; i < catalog->n; i++)
		if (catalog->item[i].label >= 0 &&
		    find_number(table, catalog->item[i].label) < 0) {
			snprintf(text, sizeof text,
				 "%.600s: no name for class %" PRId32
				 "; classes keep their numbers",
				 table->from, catalog->item[i].label);
			tell(labels, text);
			return 0;
		}
	names = lt_arena_array(&labels->import->arena, table->n, sizeof *names);
	if (!names)
		return lt_fail_memory(err);
	for (i = 0; i < table->n; i++)
		names[i] = table->class[i].name;
	status = set_names(labels, names, (int)table->n, table->from, used, err);
	for (i = 0; *used && i < catalog->n; i++)
		if (catalog->item[i].label >= 0)
			catalog->item[i].label = find_number(table, catalog->item[i].label);
	return status;
}

/* Class names from a column; the name of a number that no row has is the number itself. */
static int use_column(struct lt_labels *labels, const char *from, struct lt_error *err)
{
	const struct lt_catalog *catalog = &labels->catalog;
	const char **names;
	char text[900];
	bool used;
	size_t i;
	int n = 0, c;

	if (!labels->name_of)
		return 0;
	if (labels->clash) {
		snprintf(text, sizeof text,
			 "%.600s: \"%.200s\" and another name share a number; classes keep "
			 "their numbers",
			 from, labels->clash);
		tell(labels, text);
		return 0;
	}
	for (i = 0; i < catalog->n; i++)
		if (catalog->item[i].label >= n)
			n = catalog->item[i].label + 1;
	names = lt_arena_array(&labels->import->arena, (size_t)n + 1, sizeof *names);
	for (c = 0; names && c < n; c++) {
		names[c] = labels->name_of[c]
				   ? labels->name_of[c]
				   : lt_arena_printf(&labels->import->arena, "%d", c);
		if (!names[c])
			names = NULL;
	}
	return names ? set_names(labels, names, n, from, &used, err) : lt_fail_memory(err);
}

/* Notices about names of classes that may not be what the user meant. */
static void tell_names(struct lt_labels *labels, const char *from)
{
	char text[900];

	if (labels->number && labels->no_number) {
		snprintf(text, sizeof text,
			 "%.400s: all classes are names, since \"%.200s\" is not a number from "
			 "0 "
			 "to "
			 "%d, though \"%.60s\" is one",
			 from, labels->no_number, LT_MAX_CLASS_NUMBER, labels->number);
		tell(labels, text);
	}
	if (labels->nothing) {
		snprintf(text, sizeof text,
			 "%.400s: a class is called \"%s\"; a row without a class has an empty "
			 "cell",
			 from, labels->nothing);
		tell(labels, text);
	}
}

int lt_labels_settle(struct lt_labels *labels, const char *from, struct lt_error *err)
{
	struct lt_catalog *catalog = &labels->catalog;
	bool used;
	size_t i;
	int status;

	if (labels->by_name)
		tell_names(labels, from);
	if (labels->by_name || labels->import->no_labels)
		return 0;
	for (i = 0; i < catalog->n; i++) {
		struct lt_item *item = &catalog->item[i];
		int64_t number = -1;

		if (item->class_name)
			lt_labels_number(item->class_name, item->class_size, &number);
		item->class_name = NULL;
		item->label = (int32_t)number;
	}
	status = use_table(labels, &used, err);
	return status || used ? status : use_column(labels, from, err);
}

void lt_labels_free(struct lt_labels *labels)
{
	lt_catalog_free(&labels->catalog);
	lt_free(labels->table.class);
	lt_free(labels->name_of);
	labels->table.class = NULL;
	labels->name_of = NULL;
}
