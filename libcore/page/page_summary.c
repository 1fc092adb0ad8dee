/* The summary: the figures in words, then as a table. */
#include <math.h>

#include "base/elementary.h"
#include "page/page.h"
#include "page/page_cells.h"

static void say_rows(struct lt_markup *m, const struct lt_page_data *data)
{
	const struct lt_scores *s = &data->model[0];
	const struct lt_figures *f = s->figures;
	uint64_t least = UINT64_MAX, most = 0;

	lt_mark(m, "<p>");
	lt_mark_count(m, s->n);
	lt_mark(m, s->n == 1 ? " row, " : " rows, ");
	lt_mark_count(m, (uint64_t)f->classes);
	lt_mark(m, f->classes == 1 ? " class" : " classes");
	if (s->header.split) {
		lt_mark(m, ", split <bdi>");
		lt_mark_text(m, s->header.split);
		lt_mark(m, "</bdi>");
	}
	for (int c = 0; c < f->classes && s->header.train_counts; c++) {
		least = s->header.train_counts[c] < least ? s->header.train_counts[c] : least;
		most = s->header.train_counts[c] > most ? s->header.train_counts[c] : most;
	}
	if (s->header.train_counts) {
		lt_mark(m, "; trained on ");
		lt_mark_count(m, most);
		lt_mark(m, " rows in the largest class and ");
		lt_mark_count(m, least);
		lt_mark(m, " in the smallest");
	}
	lt_mark(m, ".</p>\n");
}

static void say_accuracy(struct lt_markup *m, const struct lt_page_data *data)
{
	const struct lt_figures *f = data->model[0].figures;
	const struct lt_class_figures *worst = NULL;

	for (int c = 0; c < f->classes; c++)
		if (f->class_of[c].recall.count > 0 &&
		    (!worst || f->class_of[c].recall.value < worst->recall.value))
			worst = &f->class_of[c];
	lt_mark(m, "<p>");
	lt_mark_count(m, f->right);
	lt_mark(m, " of ");
	lt_mark_count(m, f->rows);
	lt_mark(m, " labelled rows are classified correctly, ");
	lt_mark_share(m, f->accuracy.value);
	lt_mark(m, "; balanced accuracy is ");
	lt_mark_share(m, f->balanced.value);
	if (worst && f->classes > 1) {
		lt_mark(m, ". The weakest class is <bdi>");
		lt_mark_text(m, f->names[worst - f->class_of]);
		lt_mark(m, "</bdi>, ");
		lt_mark_count(m, worst->right);
		lt_mark(m, " of ");
		lt_mark_count(m, worst->recall.count);
		lt_mark(m, " correct");
	}
	lt_mark(m, ".</p>\n");
}

static void say_unusual(struct lt_markup *m, const struct lt_page_data *data)
{
	for (int i = 0; i < data->models; i++) {
		const struct lt_figures *f = data->model[i].figures;

		if (f->not_finite == 0)
			continue;
		lt_mark(m, "<p><strong>");
		lt_mark_count(m, f->not_finite);
		lt_mark(m, f->not_finite == 1 ? " row has" : " rows have");
		lt_mark(m, " logits that are not finite");
		if (data->models > 1) {
			lt_mark(m, " in ");
			lt_mark_name(m, data->model[i].name);
		}
		lt_mark(m, "; they count as wrong.</strong></p>\n");
	}
	if (data->model[0].figures->without_label > 0) {
		lt_mark(m, "<p>");
		lt_mark_count(m, data->model[0].figures->without_label);
		lt_mark(m, " rows have no label and appear only in the plane of "
			   "features.</p>\n");
	}
}

/* Two models on the same rows: McNemar's exact test. */
static void say_difference(struct lt_markup *m, const struct lt_page_data *data)
{
	const struct lt_more_figures *more = data->model[0].more;
	double p = lt_exp(more->log_p);

	lt_mark(m, "<p>");
	lt_mark_name(m, data->model[0].name);
	lt_mark(m, " alone classifies ");
	lt_mark_count(m, more->won);
	lt_mark(m, " rows correctly, ");
	lt_mark_name(m, data->model[1].name);
	lt_mark(m, " alone ");
	lt_mark_count(m, more->lost);
	lt_mark(m, ": p&#160;");
	if (p < 0.0001) {
		lt_mark(m, "&lt;&#160;0.0001");
	} else {
		lt_mark(m, "=&#160;");
		lt_mark_real(m, p, 4);
	}
	lt_mark(m, " (McNemar's test, exact).</p>\n");
}

static void summary_head(struct lt_markup *m, const struct lt_page_data *data)
{
	lt_mark(m, "<thead><tr><th class=\"name\" scope=\"col\">figure</th>");
	for (int i = 0; i < data->models; i++) {
		lt_mark(m, "<th scope=\"col\">");
		if (data->models > 1)
			lt_mark_short(m, data->model[i].name, 24);
		else
			lt_mark(m, "value");
		lt_mark(m, "</th><th scope=\"col\">95&#160;% interval</th>");
	}
	if (data->models > 1)
		lt_mark(m, "<th scope=\"col\">difference</th>"
			   "<th scope=\"col\">95&#160;% interval</th>");
	lt_mark(m, "</tr></thead>\n<tbody>\n");
}

static void summary_line(struct lt_markup *m, const struct lt_page_data *data, int i)
{
	const struct lt_more_line *line = &data->model[0].more->line[i];
	static const struct lt_interval none = {NAN, NAN};

	lt_cell_name(m, line->title);
	for (int k = 0; k < data->models; k++) {
		const struct lt_more_line *of = &data->model[k].more->line[i];

		lt_cell_value(m, of->value, of->fraction);
		lt_cell_range(m, of->counted ? of->interval : none, of->fraction);
	}
	if (data->models > 1) {
		lt_cell_signed(m, line->counted ? line->difference : NAN, line->fraction);
		lt_cell_range(m, line->counted ? line->difference_interval : none,
			      line->fraction);
	}
	lt_mark(m, "</tr>\n");
}

/* A figure of lt_metrics that has no interval. */
static void plain_line(struct lt_markup *m, const struct lt_page_data *data, const char *title,
		       const double v[LT_PAGE_MODELS], bool fraction)
{
	lt_cell_name(m, title);
	for (int k = 0; k < data->models; k++) {
		lt_cell_value(m, v[k], fraction);
		lt_mark(m, "<td>-</td>");
	}
	if (data->models > 1) {
		lt_cell_signed(m, v[0] - v[1], fraction);
		lt_mark(m, "<td>-</td>");
	}
	lt_mark(m, "</tr>\n");
}

void lt_page_summary(struct lt_markup *m, const struct lt_page_data *data)
{
	double top5[LT_PAGE_MODELS] = {NAN, NAN}, nll[LT_PAGE_MODELS] = {NAN, NAN},
	       ece[LT_PAGE_MODELS] = {NAN, NAN};

	say_rows(m, data);
	if (!data->labels) {
		lt_mark(m, "<p>No row has a label, so there is no accuracy; the table of "
			   "classes has the predictions.</p>\n");
		return;
	}
	say_accuracy(m, data);
	if (data->models > 1)
		say_difference(m, data);
	say_unusual(m, data);
	lt_page_open_table(m, "Figures");
	summary_head(m, data);
	for (int i = 0; i < data->model[0].more->lines; i++)
		summary_line(m, data, i);
	for (int k = 0; k < data->models; k++) {
		top5[k] = data->model[k].figures->top5.value;
		nll[k] = data->model[k].figures->nll.value;
		ece[k] = data->model[k].figures->ece.value;
	}
	if (data->model[0].figures->has_top5)
		plain_line(m, data, "top-5 accuracy", top5, true);
	plain_line(m, data, "log loss (NLL)", nll, false);
	plain_line(m, data, "calibration error (ECE)", ece, true);
	lt_page_close_table(m);
	lt_mark(m, "<p class=\"note\">Intervals are from a stratified bootstrap with 1,000 "
		   "samples. "
		   "They show how figures vary with the choice of rows of the same classes. If "
		   "all rows are correct or all are wrong they have no width, unlike Wilson's "
		   "intervals of the classes. Training with other seeds varies figures "
		   "further.</p>\n");
}
