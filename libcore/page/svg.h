/*
 * A small writer of SVG (SVG 1.1, W3C 2011) for the elements that the figures need, with
 * coordinates to two decimals.  Elements have classes of page/palette.h and no colours.
 * Coordinates that are not finite are written as 0; callers omit such points.
 */
#ifndef LT_PAGE_SVG_H
#define LT_PAGE_SVG_H

#include "page/markup.h"

/* Width of a figure: about that of a column of the page, or of a phone's screen. */
#define LT_SVG_WIDTH 480

enum lt_svg_shape {
	LT_SHAPE_DISC,
	LT_SHAPE_SQUARE,
	LT_SHAPE_TRIANGLE,
	LT_SHAPE_DIAMOND,
	LT_SHAPES
};

struct lt_svg {
	struct lt_markup *out;
	const char *name; /* prefix of its ids; unique in a page */
	bool alone;	  /* a separate file: with name space, style and background */
	double x, y;	  /* end of the current path */
};

/* title and description are for screen readers. */
void lt_svg_begin(struct lt_svg *svg, double width, double height, const char *title,
		  const char *description);
void lt_svg_end(struct lt_svg *svg);

void lt_svg_line(struct lt_svg *svg, const char *cls, double x1, double y1, double x2,
		 double y2);
void lt_svg_rect(struct lt_svg *svg, const char *cls, double x, double y, double width,
		 double height);
/* Text with its baseline at y: unchanged, or (a name) cut to most characters. */
void lt_svg_text(struct lt_svg *svg, const char *cls, double x, double y, const char *text);
void lt_svg_name(struct lt_svg *svg, const char *cls, double x, double y, const char *name,
		 int most);
/* Begins and ends a text whose content the caller writes. */
void lt_svg_open_text(struct lt_svg *svg, const char *cls, double x, double y);
void lt_svg_close_text(struct lt_svg *svg);
/* The same, running upwards and centred at its point. */
void lt_svg_upwards(struct lt_svg *svg, const char *cls, double x, double y, const char *text);
/* A mark of the given shape with a radius of about `size`. */
void lt_svg_mark(struct lt_svg *svg, const char *cls, enum lt_svg_shape shape, double x,
		 double y, double size);

/* A path: begin, any number of moves and lines (lengths are written as differences), end. */
void lt_svg_path(struct lt_svg *svg, const char *cls);
void lt_svg_move(struct lt_svg *svg, double x, double y);
void lt_svg_to(struct lt_svg *svg, double x, double y);
/* A point, which round line ends make a dot. */
void lt_svg_dot(struct lt_svg *svg, double x, double y);
void lt_svg_box(struct lt_svg *svg, double x, double y, double width, double height);
void lt_svg_close_path(struct lt_svg *svg);

/* A group with a tooltip, whose text the caller writes. */
void lt_svg_open_hint(struct lt_svg *svg);
void lt_svg_hint_end(struct lt_svg *svg); /* of the text */
void lt_svg_close_hint(struct lt_svg *svg);

#endif
