/*
 * The colours, as one style sheet for the page and for separate figures.  Elements have
 * classes instead of colours, so that a dark screen can use other colours; print is always
 * light.
 *
 * The first three series on white are Okabe & Ito's (Color Universal Design, 2008).  The
 * others, and those on black, were chosen near theirs such that any two differ by 17 or more
 * (CIE 1976), both in normal vision and in simulated dichromacy (Machado et al., IEEE TVCG 15,
 * 2009).  Shades are from viridis (van der Walt & Smith, 2015), which is ordered by lightness;
 * the end near the background means little.  No figure relies on colour alone: series also
 * differ in shape, and shades have a legend.
 *
 *	bg       the background, filled
 *	t q      text, and quiet text
 *	e m      text that ends at its point, or has it in the middle
 *	s        small text; b: bold; o: outlined in the background colour, on top of marks
 *	x g d    lines: axis, grid, dashed
 *	c0 … c7  a series' colour, for f (filled), l (a line), w (a thin line), p (dots) or
 *	         h (a hollow mark)
 *	v1 … v8  shades, filled; n0 n1: small text on the lower and upper half of them
 */
#ifndef LT_PAGE_PALETTE_H
#define LT_PAGE_PALETTE_H

#include "page/markup.h"

enum { LT_SERIES = 8, LT_SHADES = 8 };

void lt_palette_style(struct lt_markup *markup);

#endif
