/* The tables of classes and of confusions, and the mistakes. */
#include "base/memory.h"
#include "page/confused.h"
#include "page/page.h"
#include "page/page_cells.h"
#include "page/pictures.h"

enum { LONG_TABLE = 20, WORST = 10 };

/* -------------------------------------------------------------------------- classes */

static void classes_head(struct lt_markup *m, const struct lt_page_data *data)
{
	lt_mark(m, "<thead><tr><th class=\"name\" scope=\"col\">class</th>");
	if (data->model[0].header.train_counts)
		lt_mark(m, "<th scope=\"col\">training rows</th>");
	if (data->labels)
		lt_mark(m, "<th scope=\"col\">rows</th>");
	for (int i = 0; i < data->models; i++) {
		const char *columns[] = {"accuracy", "95\xc2\xa0% interval", "precision",
					 "predicted"};

		for (int k = data->labels ? 0 : 3; k < 4; k++) {
			lt_mark(m, "<th scope=\"col\">");
			if (data->models > 1) {
				lt_mark_short(m, data->model[i].name, 16);
				lt_mark(m, "<br>");
			}
			lt_mark_text(m, columns[k]);
			lt_mark(m, "</th>");
		}
	}
	lt_mark(m, "</tr></thead>\n<tbody>\n");
}

static void class_line(struct lt_markup *m, const struct lt_page_data *data, int c,
		       const uint64_t *const predicted[LT_PAGE_MODELS])
{
	lt_cell_name(m, data->model[0].figures->names[c]);
	if (data->model[0].header.train_counts)
		lt_cell_count(m, data->model[0].header.train_counts[c]);
	if (data->labels)
		lt_cell_count(m, data->model[0].figures->class_of[c].recall.count);
	for (int i = 0; i < data->models; i++) {
		const struct lt_class_figures *of = &data->model[i].figures->class_of[c];
		const struct lt_more_class *more = &data->model[i].more->class_of[c];

		if (data->labels) {
			lt_cell_share(m, of->recall.value);
			lt_cell_range(m, (struct lt_interval){more->low, more->high}, true);
			lt_cell_share(m, of->precision.value);
		}
		lt_cell_count(m, predicted[i][c]);
	}
	lt_mark(m, "</tr>\n");
}

/* The rows predicted as each class, with or without a label. */
static uint64_t *count_predicted(const struct lt_scores *scores)
{
	uint64_t *count = lt_new_array((size_t)scores->header.n_classes, sizeof *count);

	for (size_t i = 0; count && i < scores->n; i++)
		if (scores->row[i].predicted >= 0)
			count[scores->row[i].predicted]++;
	return count;
}

void lt_page_classes(struct lt_markup *m, const struct lt_page_data *data)
{
	int n = data->model[0].header.n_classes;
	uint64_t *predicted[LT_PAGE_MODELS] = {NULL};
	bool good = true;

	for (int i = 0; i < data->models; i++) {
		predicted[i] = count_predicted(&data->model[i]);
		good = good && predicted[i];
	}
	if (n > LONG_TABLE)
		lt_markf(m, "<details><summary>All %d classes, %s</summary>\n", n,
			 data->model[0].header.train_counts ? "by training rows, largest first"
							    : "most accurate first");
	lt_page_open_table(m, "Classes");
	classes_head(m, data);
	for (int r = 0; r < n && good; r++)
		class_line(m, data, data->order[r], (const uint64_t *const *)predicted);
	lt_page_close_table(m);
	if (n > LONG_TABLE)
		lt_mark(m, "</details>\n");
	for (int i = 0; i < data->models; i++)
		lt_free(predicted[i]);
	m->failed = m->failed || !good;
}

/* ------------------------------------------------------------------------- mistakes */

void lt_page_confused(struct lt_markup *m, const struct lt_page_data *data, int which)
{
	const struct lt_figures *f = data->model[which].figures;
	struct lt_confused *list;
	size_t n;

	if (lt_confused_list(&data->model[which], &list, &n, NULL) != 0) {
		m->failed = true;
		return;
	}
	n = lt_confused_worst(list, n, WORST);
	if (n > 0) {
		lt_mark(m, "<h3>Most frequent confusions</h3>\n");
		lt_page_open_table(m, "Most frequent confusions");
		lt_mark(m, "<thead><tr><th class=\"name\" scope=\"col\">class</th>"
			   "<th class=\"name\" scope=\"col\">predicted as</th>"
			   "<th scope=\"col\">rows</th><th scope=\"col\">share of its rows</th>"
			   "</tr></thead>\n<tbody>\n");
		for (size_t i = 0; i < n; i++) {
			lt_cell_name(m, f->names[list[i].truth]);
			lt_mark(m, "<td class=\"name\"><bdi>");
			lt_mark_text(m, f->names[list[i].predicted]);
			lt_mark(m, "</bdi></td>");
			lt_cell_count(m, list[i].rows);
			lt_cell_share(m,
				      (double)list[i].rows /
					      (double)f->class_of[list[i].truth].recall.count);
			lt_mark(m, "</tr>\n");
		}
		lt_page_close_table(m);
	}
	lt_free(list);
}

static void mistake(struct lt_markup *m, const struct lt_page_data *data,
		    const struct lt_picture *p)
{
	const struct lt_page_row *row = &data->model[0].row[p->row];
	const char *const *names = data->model[0].figures->names;

	lt_mark(m, "<li>");
	if (p->png.size > 0) {
		lt_markf(m, "<img width=\"%u\" height=\"%u\" alt=\"", p->width, p->height);
		lt_mark_name(m, names[row->label]);
		lt_mark(m, "\" src=\"data:image/png;base64,");
		lt_mark_base64(m, p->png.data, p->png.size);
		lt_mark(m, "\">");
	}
	lt_mark(m, "<bdi>");
	lt_mark_short(m, names[row->label], 40);
	lt_mark(m, "</bdi> predicted as <strong><bdi>");
	lt_mark_short(m, names[row->predicted], 40);
	lt_mark(m, "</bdi></strong>, ");
	lt_mark_share(m, row->confidence);
	lt_mark(m, "<br><small>");
	if (p->key) {
		lt_mark(m, "<bdi>");
		lt_mark_short(m, p->key, 60);
		lt_mark(m, "</bdi>");
	} else {
		lt_markf(m, "id %lld", (long long)row->id);
	}
	lt_mark(m, "</small></li>\n");
}

void lt_page_mistakes(struct lt_markup *m, const struct lt_page_data *data)
{
	if (data->pictures == 0) {
		lt_mark(m, "<p>There are none.</p>\n");
		return;
	}
	if (data->models > 1) {
		lt_mark(m, "<p>Those of ");
		lt_mark_name(m, data->model[0].name);
		lt_mark(m, ".</p>\n");
	}
	lt_mark(m, "<ul class=\"pictures\">\n");
	for (int i = 0; i < data->pictures; i++)
		mistake(m, data, &data->picture[i]);
	lt_mark(m, "</ul>\n<p class=\"note\">Wrong predictions by their probability, "
		   "largest first.</p>\n");
}
