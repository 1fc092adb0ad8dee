#include "page/svg.h"

#include <math.h>

#include "page/palette.h"

static double rounded(double v)
{
	return isfinite(v) ? floor(v * 100 + 0.5) / 100 : 0;
}

static void number(struct lt_svg *svg, double v)
{
	lt_mark_brief(svg->out, isfinite(v) ? v : 0, 2);
}

static void attribute(struct lt_svg *svg, const char *name, double v)
{
	lt_markf(svg->out, " %s=\"", name);
	number(svg, v);
	lt_mark(svg->out, "\"");
}

void lt_svg_begin(struct lt_svg *svg, double width, double height, const char *title,
		  const char *description)
{
	lt_mark(svg->out, "<svg");
	if (svg->alone) {
		lt_mark(svg->out, " xmlns=\"http://www.w3.org/2000/svg\"");
		attribute(svg, "width", width);
		attribute(svg, "height", height);
	}
	lt_mark(svg->out, " viewBox=\"0 0 ");
	number(svg, width);
	lt_mark(svg->out, " ");
	number(svg, height);
	lt_markf(svg->out,
		 "\" role=\"img\" aria-labelledby=\"%s-title %s-text\">\n"
		 "<title id=\"%s-title\">",
		 svg->name, svg->name, svg->name);
	lt_mark_text(svg->out, title);
	lt_markf(svg->out, "</title><desc id=\"%s-text\">", svg->name);
	lt_mark_text(svg->out, description);
	lt_mark(svg->out, "</desc>\n");
	if (svg->alone) {
		lt_mark(svg->out, "<style>");
		lt_palette_style(svg->out);
		lt_mark(svg->out, "</style>\n");
		lt_svg_rect(svg, "bg", 0, 0, width, height);
	}
}

void lt_svg_end(struct lt_svg *svg)
{
	lt_mark(svg->out, "</svg>\n");
}

void lt_svg_line(struct lt_svg *svg, const char *cls, double x1, double y1, double x2,
		 double y2)
{
	lt_svg_path(svg, cls);
	lt_svg_move(svg, x1, y1);
	lt_svg_to(svg, x2, y2);
	lt_svg_close_path(svg);
}

void lt_svg_rect(struct lt_svg *svg, const char *cls, double x, double y, double width,
		 double height)
{
	lt_markf(svg->out, "<rect class=\"%s\"", cls);
	attribute(svg, "x", x);
	attribute(svg, "y", y);
	attribute(svg, "width", width > 0 ? width : 0);
	attribute(svg, "height", height > 0 ? height : 0);
	lt_mark(svg->out, "/>\n");
}

void lt_svg_open_text(struct lt_svg *svg, const char *cls, double x, double y)
{
	lt_markf(svg->out, "<text class=\"%s\"", cls);
	attribute(svg, "x", x);
	attribute(svg, "y", y);
	lt_mark(svg->out, ">");
}

void lt_svg_close_text(struct lt_svg *svg)
{
	lt_mark(svg->out, "</text>\n");
}

void lt_svg_text(struct lt_svg *svg, const char *cls, double x, double y, const char *text)
{
	lt_svg_open_text(svg, cls, x, y);
	lt_mark_text(svg->out, text);
	lt_svg_close_text(svg);
}

void lt_svg_name(struct lt_svg *svg, const char *cls, double x, double y, const char *name,
		 int most)
{
	lt_svg_open_text(svg, cls, x, y);
	lt_mark_short(svg->out, name, most);
	lt_svg_close_text(svg);
}

void lt_svg_upwards(struct lt_svg *svg, const char *cls, double x, double y, const char *text)
{
	lt_markf(svg->out, "<text class=\"%s\" transform=\"translate(", cls);
	number(svg, x);
	lt_mark(svg->out, " ");
	number(svg, y);
	lt_mark(svg->out, ") rotate(-90)\">");
	lt_mark_text(svg->out, text);
	lt_svg_close_text(svg);
}

void lt_svg_mark(struct lt_svg *svg, const char *cls, enum lt_svg_shape shape, double x,
		 double y, double size)
{
	double r = size;

	if (shape == LT_SHAPE_DISC) {
		lt_markf(svg->out, "<circle class=\"%s\"", cls);
		attribute(svg, "cx", x);
		attribute(svg, "cy", y);
		attribute(svg, "r", r);
		lt_mark(svg->out, "/>\n");
		return;
	}
	lt_svg_path(svg, cls);
	if (shape == LT_SHAPE_SQUARE) {
		r *= 0.9;
		lt_svg_box(svg, x - r, y - r, 2 * r, 2 * r);
	} else if (shape == LT_SHAPE_TRIANGLE) {
		lt_svg_move(svg, x, y - 1.25 * r);
		lt_svg_to(svg, x + 1.15 * r, y + 0.8 * r);
		lt_svg_to(svg, x - 1.15 * r, y + 0.8 * r);
		lt_mark(svg->out, "z");
	} else {
		lt_svg_move(svg, x, y - 1.3 * r);
		lt_svg_to(svg, x + 1.3 * r, y);
		lt_svg_to(svg, x, y + 1.3 * r);
		lt_svg_to(svg, x - 1.3 * r, y);
		lt_mark(svg->out, "z");
	}
	lt_svg_close_path(svg);
}

void lt_svg_path(struct lt_svg *svg, const char *cls)
{
	lt_markf(svg->out, "<path class=\"%s\" d=\"", cls);
}

void lt_svg_move(struct lt_svg *svg, double x, double y)
{
	svg->x = rounded(x);
	svg->y = rounded(y);
	lt_mark(svg->out, "M");
	number(svg, svg->x);
	lt_mark(svg->out, " ");
	number(svg, svg->y);
}

/* Differences between rounded points, so that errors do not add up along a line. */
void lt_svg_to(struct lt_svg *svg, double x, double y)
{
	x = rounded(x);
	y = rounded(y);
	lt_mark(svg->out, "l");
	number(svg, x - svg->x);
	lt_mark(svg->out, " ");
	number(svg, y - svg->y);
	svg->x = x;
	svg->y = y;
}

void lt_svg_dot(struct lt_svg *svg, double x, double y)
{
	lt_svg_move(svg, x, y);
	lt_mark(svg->out, "h0");
}

void lt_svg_box(struct lt_svg *svg, double x, double y, double width, double height)
{
	lt_svg_move(svg, x, y);
	lt_mark(svg->out, "h");
	number(svg, width);
	lt_mark(svg->out, "v");
	number(svg, height);
	lt_mark(svg->out, "h");
	number(svg, -width);
	lt_mark(svg->out, "z");
}

void lt_svg_close_path(struct lt_svg *svg)
{
	lt_mark(svg->out, "\"/>\n");
}

void lt_svg_open_hint(struct lt_svg *svg)
{
	lt_mark(svg->out, "<g><title>");
}

void lt_svg_hint_end(struct lt_svg *svg)
{
	lt_mark(svg->out, "</title>\n");
}

void lt_svg_close_hint(struct lt_svg *svg)
{
	lt_mark(svg->out, "</g>\n");
}
