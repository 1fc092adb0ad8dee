/*
 * Reads the class of objects with boxes.
 */
#include "import/boxes.h"

#include <string.h>

#include "import/list_titles.h"

#define BLANKS " \t\r\n"
#define SIDES 4 /* numbers after the class */

bool lt_boxes_is_titled(const char *title)
{
	return lt_title_same(title, "predictionstring");
}

/* The next word, *n bytes; *n is 0 at the end. */
static const char *next_word(const char **at, size_t *n)
{
	const char *word = *at + strspn(*at, BLANKS);

	*n = strcspn(word, BLANKS);
	*at = word + *n;
	return word;
}

static bool is_number(const char *word, size_t n)
{
	return n > 0 && strspn(word, "-.0123456789") >= n;
}

const char *lt_boxes_class(const char *text, size_t *n, const char **wrong)
{
	const char *first = NULL, *word, *at = text;
	size_t size, k;

	for (word = next_word(&at, &size); size > 0; word = next_word(&at, &size)) {
		if (!first) {
			first = word;
			*n = size;
		}
		if (size != *n || memcmp(word, first, size) != 0) {
			*wrong = "objects of several classes; images of several classes are "
				 "not supported";
			return NULL;
		}
		for (k = 0; k < SIDES; k++) {
			word = next_word(&at, &size);
			if (!is_number(word, size)) {
				*wrong = "not a class and four numbers for each object";
				return NULL;
			}
		}
	}
	if (!first)
		*wrong = "no object, so no class";
	return first;
}
