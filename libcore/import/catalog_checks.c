/*
 * Checks the names of classes for signs that the layout was misread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/names.h"
#include "import/catalog_parts.h"
#include "import/kind_names.h"
#include "import/labels.h"

/* "images" beside "masks": a set for segmentation, whose directories are no classes. */
static int check_masks(const struct lt_import *import, const struct lt_classes *classes,
		       struct lt_error *err)
{
	int i, of_all = -1, of_masks = -1;

	for (i = 0; i < classes->n; i++) {
		const char *name = classes->names[i];

		if (lt_name_is_of_images(name, strlen(name)))
			of_all = i;
		else if (lt_name_is_of_masks(name, strlen(name)))
			of_masks = i;
		else
			return 0;
	}
	if (of_all < 0 || of_masks < 0 || import->classes || import->class_level > 0 ||
	    import->label_column)
		return 0;
	return lt_fail(err, LT_DATA,
		       "%.200s: %s and %s are hardly classes: --no-labels --in DIR takes the "
		       "images of one directory without classes, --format list reads a list "
		       "beside them, --class-level N takes the directories of that level for "
		       "classes",
		       lt_listing_name(import->listing), classes->names[of_all],
		       classes->names[of_masks]);
}

/* One class called "images": the images have labels elsewhere, or none. */
static int check_one(const struct lt_import *import, const struct lt_classes *classes,
		     struct lt_error *err)
{
	if (classes->n != 1 || import->classes || import->class_level > 0 ||
	    import->label_column ||
	    !lt_name_is_of_images(classes->names[0], strlen(classes->names[0])))
		return 0;
	return lt_fail(err, LT_DATA,
		       "%.200s: all images are in directories called %s, which is hardly their "
		       "class: --format list reads a list beside them, --no-labels takes them "
		       "without classes, --class-level N takes the directories of that level "
		       "for classes",
		       lt_listing_name(import->listing), classes->names[0]);
}

/* Does the name contain the separator, and are all of its parts classes too? */
static bool is_several(const struct lt_names *names, const char *name, char separator)
{
	const char by[] = {separator, '\0'};
	char part[300];
	const char *text;
	size_t n, size;

	if (!strchr(name, separator))
		return false;
	for (; *name; name += n + (name[n] != '\0')) {
		n = strcspn(name, by);
		if (n >= sizeof part)
			return false;
		memcpy(part, name, n);
		part[n] = '\0';
		text = lt_labels_trim(part, &size);
		part[(size_t)(text - part) + size] = '\0';
		if (lt_names_find(names, text) < 0)
			return false;
	}
	return true;
}

/* "['mass', 'nodule']" as Python prints a list, "[1 0 0]" as numpy does. */
static bool is_array(const char *name)
{
	size_t n = strlen(name);

	return n > 2 && name[0] == '[' && name[n - 1] == ']' &&
	       (strchr("'\"", name[1]) || strchr(name, ',') ||
		(strchr(name, ' ') && strspn(name + 1, "0123456789. ") == n - 2));
}

/* Are all names numbers, some of them several? */
static const char *several_numbers(const struct lt_classes *classes)
{
	const char *several = NULL;
	int i;

	for (i = 0; i < classes->n; i++) {
		if (!classes->names[i][0] ||
		    strspn(classes->names[i], "0123456789 ") != strlen(classes->names[i]))
			return NULL;
		if (!several && strchr(classes->names[i], ' '))
			several = classes->names[i];
	}
	return several;
}

/* "mass|nodule" beside "mass" and "nodule": images of several classes. */
static int check_several(const struct lt_import *import, const struct lt_classes *classes,
			 struct lt_error *err)
{
	static const char separators[] = "|;,";
	const char *numbers = several_numbers(classes);
	struct lt_names names = {0};
	int status = 0, i;

	if (numbers)
		return lt_fail(err, LT_DATA,
			       "%.200s: \"%.200s\" is the numbers of several classes; images "
			       "of several classes are not supported",
			       lt_listing_name(import->listing), numbers);
	if (!lt_names_fill(&names, classes->names, classes->n))
		return lt_fail_memory(err);
	for (i = 0; status == 0 && i < classes->n; i++) {
		if (is_array(classes->names[i]))
			status = lt_fail(err, LT_DATA,
					 "%.200s: \"%.200s\" is a list of classes; images of "
					 "several classes are not supported, and a class by "
					 "itself has no brackets",
					 lt_listing_name(import->listing), classes->names[i]);
		for (const char *s = separators; status == 0 && *s; s++)
			if (is_several(&names, classes->names[i], *s))
				status = lt_fail(err, LT_DATA,
						 "%.200s: \"%.200s\" names several classes, "
						 "each of which is also a class by itself; "
						 "images of several classes "
						 "are not supported",
						 lt_listing_name(import->listing),
						 classes->names[i]);
	}
	lt_names_free(&names);
	return status;
}

/* ------------------------------------------------------------------ words */

struct word {
	const char *at;
	size_t n;
};

/* The words of a name, up to `room`; returns their number. */
static size_t split_words(const char *name, struct word *word, size_t room)
{
	size_t n = 0;

	for (name += strspn(name, " "); *name; name += strspn(name, " ")) {
		size_t length = strcspn(name, " ");

		if (n < room)
			word[n] = (struct word){name, length};
		name += length;
		n++;
	}
	return n;
}

static int compare_words(const void *a, const void *b)
{
	const struct word *one = a, *other = b;

	return lt_name_compare(one->at, one->n, other->at, other->n);
}

/* The number of different words in all names; -1 without memory. */
static int count_words(const struct lt_classes *classes)
{
	size_t n = 0, total = 0, k;
	struct word *word;
	int i, different = 0;

	for (i = 0; i < classes->n; i++)
		total += split_words(classes->names[i], NULL, 0);
	word = lt_new_array(total + 1, sizeof *word);
	if (!word)
		return -1;
	for (i = 0; i < classes->n; i++)
		n += split_words(classes->names[i], word + n, total - n);
	qsort(word, n, sizeof *word, compare_words);
	for (k = 0; k < n; k++)
		different += k == 0 || compare_words(&word[k - 1], &word[k]) != 0;
	lt_free(word);
	return different;
}

static void tell_several(const struct lt_import *import, const char *from, const char *name,
			 int n)
{
	char text[900];

	snprintf(text, sizeof text,
		 "%.200s: class names are put together from %s, such as \"%.200s\" (%d in "
		 "all); if they mean several classes, their images are not supported",
		 lt_listing_name(import->listing), from, name, n);
	import->host.notice(import->host.arg, text);
}

/* Names of several words: has the list a title like "tags", or are the words few? */
static int note_words(const struct lt_import *import, const struct lt_classes *classes,
		      struct lt_error *err)
{
	const char *first = NULL;
	char from[60];
	int i, n = 0, words;

	for (i = 0; i < classes->n; i++)
		if (split_words(classes->names[i], NULL, 0) > 1 && n++ == 0)
			first = classes->names[i];
	if (n == 0 || (!classes->tags && n <= classes->n / 2))
		return 0;
	words = count_words(classes);
	if (words < 0)
		return lt_fail_memory(err);
	if (!classes->tags && words >= classes->n / 2)
		return 0;
	snprintf(from, sizeof from, "%d words", words);
	tell_several(import, from, first, n);
	return 0;
}

int lt_catalog_note_several(const struct lt_import *import, const struct lt_classes *classes,
			    struct lt_error *err)
{
	struct lt_names names = {0};
	const char *first = NULL;
	int i, n = 0;

	if (!lt_names_fill(&names, classes->names, classes->n))
		return lt_fail_memory(err);
	for (i = 0; i < classes->n; i++)
		if (is_several(&names, classes->names[i], ' ') && n++ == 0)
			first = classes->names[i];
	lt_names_free(&names);
	if (n == 0)
		return note_words(import, classes, err);
	tell_several(import, "others", first, n);
	return 0;
}

int lt_catalog_check(const struct lt_import *import, const struct lt_classes *classes,
		     struct lt_error *err)
{
	int status = check_one(import, classes, err);

	if (status == 0)
		status = check_masks(import, classes, err);
	return status ? status : check_several(import, classes, err);
}
