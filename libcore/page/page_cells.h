/* The cells of the page's tables. */
#ifndef LT_PAGE_PAGE_CELLS_H
#define LT_PAGE_PAGE_CELLS_H

#include "page/markup.h"
#include "report/interval.h"

/* Begins and ends a table that may be wider than the screen; label: its description. */
void lt_page_open_table(struct lt_markup *markup, const char *label);
void lt_page_close_table(struct lt_markup *markup);

/* Begins a line with a name. */
void lt_cell_name(struct lt_markup *markup, const char *name);
void lt_cell_count(struct lt_markup *markup, uint64_t count);
void lt_cell_share(struct lt_markup *markup, double share);
/* A figure, as a percentage if it is a fraction; "-" for NaN. */
void lt_cell_value(struct lt_markup *markup, double value, bool fraction);
/* The same with a sign and without "%". */
void lt_cell_signed(struct lt_markup *markup, double value, bool fraction);
/* "low to high". */
void lt_cell_range(struct lt_markup *markup, struct lt_interval range, bool fraction);

#endif
