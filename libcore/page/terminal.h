/*
 * The report for a terminal (lt report --text): a summary, learning curves as lines of
 * characters of eight heights, and a bar for the accuracy of each class, largest class first.
 */
#ifndef LT_PAGE_TERMINAL_H
#define LT_PAGE_TERMINAL_H

#include "page/figure.h"

/* Properties of the terminal. */
struct lt_terminal {
	int columns; /* characters per line at most, 50 or more */
	bool blocks; /* use Unicode block elements; else ASCII */
	bool colour; /* bars in the colours of their groups */
};

/*
 * The properties from the environment: blocks if LC_ALL, LC_CTYPE or LANG (the first that is
 * set) names UTF-8; the width of the terminal on fd, or COLUMNS, or 80; colour if fd is a
 * terminal, TERM is not "dumb" and NO_COLOR (no-color.org) is not set or empty.
 */
struct lt_terminal lt_terminal_of(int fd);

/* Appends the report. */
void lt_terminal_report(struct lt_markup *markup, const struct lt_page_data *data,
			const struct lt_terminal *terminal);

#endif
