/* The width of a terminal. */
#ifndef LT_BASE_SCREEN_H
#define LT_BASE_SCREEN_H

/* Columns of the terminal on fd; those of COLUMNS in the environment if it is none; else 80. */
int lt_terminal_columns(int fd);

#endif
