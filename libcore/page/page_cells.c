#include "page/page_cells.h"

#include <math.h>

void lt_page_open_table(struct lt_markup *markup, const char *label)
{
	lt_markf(markup,
		 "<div class=\"scroll\" role=\"region\" aria-label=\"%s\" tabindex=\"0\">\n"
		 "<table>\n",
		 label);
}

void lt_page_close_table(struct lt_markup *markup)
{
	lt_mark(markup, "</tbody>\n</table>\n</div>\n");
}

void lt_cell_share(struct lt_markup *m, double share)
{
	lt_mark(m, "<td>");
	lt_mark_share(m, share);
	lt_mark(m, "</td>");
}

void lt_cell_count(struct lt_markup *m, uint64_t count)
{
	lt_mark(m, "<td>");
	lt_mark_count(m, count);
	lt_mark(m, "</td>");
}

/* A fraction in percent without the sign, or a number as it is. */
static void value(struct lt_markup *m, double v, bool fraction)
{
	lt_mark_real(m, fraction ? 100 * v : v, fraction ? 1 : 3);
}

void lt_cell_range(struct lt_markup *m, struct lt_interval range, bool fraction)
{
	lt_mark(m, "<td>");
	if (isfinite(range.low) && isfinite(range.high)) {
		value(m, range.low, fraction);
		lt_mark(m, " to ");
		value(m, range.high, fraction);
	} else {
		lt_mark(m, "-");
	}
	lt_mark(m, "</td>");
}

void lt_cell_value(struct lt_markup *m, double v, bool fraction)
{
	lt_mark(m, "<td>");
	value(m, v, fraction);
	lt_mark(m, fraction && isfinite(v) ? "&#160;%</td>" : "</td>");
}

void lt_cell_signed(struct lt_markup *m, double v, bool fraction)
{
	lt_mark(m, v > 0 ? "<td>+" : "<td>");
	value(m, v, fraction);
	lt_mark(m, "</td>");
}

void lt_cell_name(struct lt_markup *m, const char *name)
{
	lt_mark(m, "<tr><th class=\"name\" scope=\"row\"><bdi>");
	lt_mark_text(m, name);
	lt_mark(m, "</bdi></th>");
}
