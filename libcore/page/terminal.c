#include "page/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/screen.h"

enum { NARROWEST = 50, WIDEST = 200, NAME = 20, CURVE = 60, EIGHTHS = 8 };

/* ------------------------------------------------------------------ the terminal */

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

static bool speaks_utf8(void)
{
	const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"}, *value = "";

	for (int i = 0; i < 3 && !*value; i++)
		value = is_set(names[i]) ? getenv(names[i]) : "";
	for (; *value; value++)
		if (strncasecmp(value, "utf-8", 5) == 0 || strncasecmp(value, "utf8", 4) == 0)
			return true;
	return false;
}

static int columns_of(int fd)
{
	int columns = lt_terminal_columns(fd);

	return columns < NARROWEST ? NARROWEST : columns > WIDEST ? WIDEST : columns;
}

struct lt_terminal lt_terminal_of(int fd)
{
	const char *term = getenv("TERM");

	return (struct lt_terminal){
		.columns = columns_of(fd),
		.blocks = speaks_utf8(),
		.colour = isatty(fd) && !is_set("NO_COLOR") && term && *term &&
			  strcmp(term, "dumb") != 0,
	};
}

/* ------------------------------------------------------------------------- parts */

/*
 * A name on a terminal, at most `most` columns wide; wide characters take two.  Invalid
 * characters become "?", and "~" marks a cut.  Returns its columns.  m NULL: only measures it.
 */
static int name(struct lt_markup *m, const char *text, int most)
{
	char character[8];
	int used = 0, wide;
	size_t n;

	for (; *text; text += n, used += wide) {
		n = lt_printable(text);
		memcpy(character, n ? text : "?", n ? n : 1);
		character[n ? n : 1] = '\0';
		n = n ? n : 1;
		wide = lt_name_cells(character, 1);
		if (used + wide > most || (used + wide == most && text[n])) {
			if (m)
				lt_mark(m, "~");
			return used + 1;
		}
		if (m)
			lt_mark(m, character);
	}
	return used;
}

static void spaces(struct lt_markup *m, int n)
{
	while (n-- > 0)
		lt_mark(m, " ");
}

static void percent(struct lt_markup *m, double share)
{
	if (isfinite(share) && share < 0.9995)
		spaces(m, share < 0.0995 ? 2 : 1);
	else if (!isfinite(share))
		spaces(m, 4);
	lt_mark_real(m, 100 * share, 1);
}

/* A bar of share × width cells, padded with blanks to the width. */
static void bar(struct lt_markup *m, const struct lt_terminal *t, double share, int width)
{
	static const char *const part[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	int eighths = isfinite(share) ? (int)lround(share * width * EIGHTHS) : 0, used;

	if (!t->blocks)
		eighths = (eighths + EIGHTHS / 2) / EIGHTHS * EIGHTHS;
	for (used = 0; used < eighths / EIGHTHS; used++)
		lt_mark(m, t->blocks ? "█" : "#");
	if (eighths % EIGHTHS) {
		lt_mark(m, part[eighths % EIGHTHS]);
		used++;
	}
	spaces(m, width - used);
}

/* ----------------------------------------------------------------------- summary */

static void share(struct lt_markup *m, const char *words, double value)
{
	lt_mark(m, words);
	lt_mark_real(m, 100 * value, 1);
	lt_mark(m, " %");
}

/* The colours of many, medium and few: of their bars, and of their names in the summary. */
static const char *const group_colour[LT_GROUPS] = {"\033[34m", "\033[32m", "\033[33m"};
static const char *const plain_colour = "\033[0m";

static void summary(struct lt_markup *m, const struct lt_scores *s, const struct lt_terminal *t)
{
	static const char *const groups[LT_GROUPS] = {"many", "medium", "few"};
	const struct lt_figures *f = s->figures;
	bool any = false;

	name(m, s->name, t->columns - 40);
	lt_mark(m, ": ");
	lt_mark_count(m, f->rows);
	lt_mark(m, f->rows == 1 ? " labelled row, " : " labelled rows, ");
	lt_mark_count(m, (uint64_t)f->classes);
	lt_mark(m, f->classes == 1 ? " class\n" : " classes\n");
	if (f->rows == 0)
		return;
	share(m, "accuracy ", f->accuracy.value);
	share(m, ", balanced accuracy ", f->balanced.value);
	lt_mark(m, "\n");
	for (int i = 0; i < LT_GROUPS && f->has_groups; i++) {
		if (f->group[i].accuracy.count == 0)
			continue;
		lt_mark(m, any ? ", " : "");
		lt_mark(m, t->colour ? group_colour[i] : "");
		lt_mark(m, groups[i]);
		lt_mark(m, t->colour ? plain_colour : "");
		share(m, " ", f->group[i].accuracy.value);
		any = true;
	}
	lt_mark(m, any ? "\n" : "");
}

/* ------------------------------------------------------------------------ curves */

/* The mean of a column over the epochs that one cell of the line represents. */
static double mean_at(const struct lt_train_log *log, int column, int cell, int cells)
{
	int first = (int)((long long)cell * log->epochs / cells);
	int end = (int)((long long)(cell + 1) * log->epochs / cells), n = 0;
	double sum = 0;

	for (int i = first; i < end; i++) {
		double value = log->value[(size_t)i * (size_t)log->columns + (size_t)column];

		if (isfinite(value)) {
			sum += value;
			n++;
		}
	}
	return n > 0 ? sum / n : NAN;
}

static void curve(struct lt_markup *m, const struct lt_terminal *t,
		  const struct lt_train_log *log, const char *title, int column, int decimals)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const plain[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
	int cells = t->columns - 50 < CURVE ? t->columns - 50 : CURVE, height;
	double low = INFINITY, high = -INFINITY, value, first = NAN, last = NAN;

	cells = cells < 10 ? 10 : cells;
	cells = cells < log->epochs ? cells : log->epochs;
	for (int i = 0; i < cells; i++) {
		value = mean_at(log, column, i, cells);
		low = value < low ? value : low;
		high = value > high ? value : high;
	}
	for (int i = 0; i < log->epochs; i++) {
		value = log->value[(size_t)i * (size_t)log->columns + (size_t)column];
		first = i == 0 ? value : first;
		last = value;
	}
	if (!(low <= high))
		return;
	lt_mark(m, title);
	spaces(m, 14 - (int)strlen(title));
	for (int i = 0; i < cells; i++) {
		value = mean_at(log, column, i, cells);
		height = high > low ? (int)lround((value - low) / (high - low) * 7) : 0;
		lt_mark(m, !isfinite(value) ? " " : (t->blocks ? blocks : plain)[height]);
	}
	lt_mark(m, " ");
	lt_mark_real(m, first, decimals);
	lt_mark(m, " to ");
	lt_mark_real(m, last, decimals);
	lt_markf(m, " in %d epochs\n", log->epochs);
}

static void curves(struct lt_markup *m, const struct lt_terminal *t,
		   const struct lt_train_log *log, bool named)
{
	static const char *const columns[] = {"loss", "accuracy", "val_accuracy",
					      "val_balanced"};
	static const char *const titles[] = {"loss", "accuracy", "validation", "  balanced"};

	lt_mark(m, "\n");
	if (named) {
		name(m, log->name, t->columns - 1);
		lt_mark(m, "\n");
	}
	for (int i = 0; i < 4; i++) {
		int column = lt_train_log_find(log, columns[i]);

		if (column >= 0 && log->epochs > 0)
			curve(m, t, log, titles[i], column, 3);
	}
}

/* ----------------------------------------------------------------------- classes */

static void class_line(struct lt_markup *m, const struct lt_page_data *data,
		       const struct lt_terminal *t, int c, int wide)
{
	const struct lt_class_figures *of = &data->model[0].figures->class_of[c];
	const char *text = data->model[0].figures->names[c];
	bool counts = data->model[0].header.train_counts, two = data->models > 1;
	int width = t->columns - 1 - wide - 8 - (counts ? 10 : 0) - (two ? 8 : 0);
	bool colour = t->colour && of->group >= 0;

	spaces(m, wide - name(m, text, wide - 1));
	if (counts)
		lt_markf(m, " %8llu ", (unsigned long long)of->train_count);
	lt_mark(m, " ");
	lt_mark(m, colour ? group_colour[of->group] : "");
	bar(m, t, of->recall.value, width);
	lt_mark(m, colour ? plain_colour : "");
	lt_mark(m, " ");
	percent(m, of->recall.value);
	if (two) {
		double by = of->recall.value - data->model[1].figures->class_of[c].recall.value;

		lt_mark(m, fabs(by) < 0.0995 ? "  " : " ");
		lt_mark(m, by < 0 ? "" : "+");
		lt_mark_real(m, 100 * by, 1);
	}
	lt_mark(m, "\n");
}

static void classes(struct lt_markup *m, const struct lt_page_data *data,
		    const struct lt_terminal *t)
{
	const struct lt_figures *f = data->model[0].figures;
	bool counts = data->model[0].header.train_counts;
	int wide = 6;

	for (int c = 0; c < f->classes; c++) {
		int cells = name(NULL, f->names[c], NAME) + 1;

		wide = cells > wide ? cells : wide;
	}
	lt_mark(m, "\nclass");
	spaces(m, wide - 5);
	lt_mark(m, counts ? " trained on  accuracy, %" : " accuracy, %");
	if (data->models > 1) {
		lt_mark(m, ", and difference to ");
		name(m, data->model[1].name, NAME);
	}
	lt_mark(m, "\n");
	for (int i = 0; i < f->classes; i++)
		class_line(m, data, t, data->order[i], wide);
}

void lt_terminal_report(struct lt_markup *markup, const struct lt_page_data *data,
			const struct lt_terminal *terminal)
{
	for (int i = 0; i < data->models; i++)
		summary(markup, &data->model[i], terminal);
	for (int i = 0; i < data->logs; i++)
		curves(markup, terminal, &data->log[i], data->logs > 1);
	if (data->labels)
		classes(markup, data, terminal);
}
