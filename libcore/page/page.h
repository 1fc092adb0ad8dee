/*
 * The report of a model as one self-contained HTML page: no network access (which its content
 * security policy forbids), no scripts, no external fonts or images.  It has a light and a
 * dark style, fits screens from 320 pixels, and can be printed.
 *
 * Each section has an id: summary, and, if there is data for them, groups, accuracy, classes,
 * confusion, tsne, reliability, curves, mistakes and pipeline.  The last line lists missing
 * sections and the options that add them.
 */
#ifndef LT_PAGE_PAGE_H
#define LT_PAGE_PAGE_H

#include "page/figure.h"

/* Appends the page.  Equal data give equal bytes. */
int lt_page_write(struct lt_markup *markup, const struct lt_page_data *data,
		  struct lt_error *err);

/* Appends a figure as an SVG file; LT_DATA, with the missing data, if it cannot be drawn. */
int lt_figure_write(struct lt_markup *markup, const struct lt_figure_kind *kind,
		    const struct lt_page_data *data, struct lt_error *err);

/* Parts of the page: page_summary.c and page_tables.c. */
void lt_page_summary(struct lt_markup *markup, const struct lt_page_data *data);
void lt_page_classes(struct lt_markup *markup, const struct lt_page_data *data);
void lt_page_confused(struct lt_markup *markup, const struct lt_page_data *data, int which);
void lt_page_mistakes(struct lt_markup *markup, const struct lt_page_data *data);

#endif
