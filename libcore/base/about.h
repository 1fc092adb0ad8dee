/*
 * A method's description, part of its entry in the table of methods; --explain
 * prints it.  Manual pages describe the method in full and cite the same source,
 * which tests/filter/explain.t checks.
 */
#ifndef LT_BASE_ABOUT_H
#define LT_BASE_ABOUT_H

struct lt_about {
	const char *summary; /* a phrase */
	const char *formula; /* lines, or NULL if the summary suffices */
	const char *source;  /* authors and publication, or NULL */
};

#endif
