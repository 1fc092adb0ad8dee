/* The width of a terminal. */
#ifndef LT_BASE_SCREEN_H
#define LT_BASE_SCREEN_H

/*
 * The number of columns of the terminal on fd; if fd is not a terminal, COLUMNS from the
 * environment, or 80.
 */
int lt_terminal_columns(int fd);

#endif
