/*
 * What a method is, in words: a part of its line in the table of methods, which
 * --explain prints.  Manual pages say the same at length and name the same source,
 * which tests/filter/explain.t compares.
 */
#ifndef LT_BASE_ABOUT_H
#define LT_BASE_ABOUT_H

struct lt_about {
	const char *summary; /* a phrase */
	const char *formula; /* what is computed, in lines; NULL: the phrase says it */
	const char *source;  /* who proposed it and where; NULL: nobody in particular */
};

#endif
