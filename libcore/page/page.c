#include "page/page.h"

#include <stdio.h>
#include <string.h>

#include "page/page_style.h"
#include "page/palette.h"
#include "stream/show.h"

static void open_section(struct lt_markup *m, const char *id, const char *title,
			 const char *cls)
{
	lt_markf(m, "<section id=\"%s\" class=\"%s\">\n<h2>", id, cls);
	lt_mark_text(m, title);
	lt_mark(m, "</h2>\n");
}

static void close_section(struct lt_markup *m)
{
	lt_mark(m, "</section>\n");
}

static void write_head(struct lt_markup *m, const struct lt_page_data *data)
{
	lt_mark(m, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		   "style-src 'unsafe-inline'; img-src data:\">\n"
		   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		   "<meta name=\"color-scheme\" content=\"light dark\">\n"
		   "<meta name=\"generator\" content=\"ltpipe\">\n"
		   "<link rel=\"icon\" href=\"data:,\">\n<title>");
	lt_mark_text(m, data->title);
	lt_mark(m, "</title>\n<style>\n");
	lt_page_style(m);
	lt_palette_style(m);
	lt_mark(m, "\n</style>\n</head>\n<body>\n<header>\n<h1>");
	lt_mark_text(m, data->title);
	lt_mark(m, "</h1>\n");
}

static void write_figure(struct lt_markup *m, const struct lt_figure_kind *kind,
			 const struct lt_page_data *data, int which)
{
	char name[40];
	struct lt_svg svg = {.out = m, .name = name};

	snprintf(name, sizeof name, "figure-%s%s", kind->name, which ? "-2" : "");
	lt_mark(m, "<figure>\n");
	if (kind->of_each && data->models > 1) {
		lt_mark(m, "<p class=\"which\">");
		lt_mark_name(m, data->model[which].name);
		lt_mark(m, "</p>\n");
	}
	kind->draw(&svg, data, which, kind);
	lt_mark(m, "</figure>\n");
}

/* Is the figure drawn for each of two models, side by side? */
static bool is_pair(const struct lt_figure_kind *kind, const struct lt_page_data *data)
{
	return kind->of_each && data->models > 1;
}

static void write_section(struct lt_markup *m, const struct lt_figure_kind *kind,
			  const struct lt_page_data *data, bool alone)
{
	bool pair = is_pair(kind, data);

	open_section(m, kind->name, kind->title, pair || alone ? "wide" : "");
	if (pair)
		lt_mark(m, "<div class=\"pair\">\n");
	for (int which = 0; which < (pair ? 2 : 1); which++) {
		if (pair)
			lt_mark(m, "<div>\n");
		write_figure(m, kind, data, which);
		if (strcmp(kind->name, "confusion") == 0)
			lt_page_confused(m, data, which);
		if (pair)
			lt_mark(m, "</div>\n");
	}
	if (pair)
		lt_mark(m, "</div>\n");
	lt_mark(m, "<p class=\"note\">");
	lt_mark_text(m, kind->text);
	lt_mark(m, "</p>\n");
	close_section(m);
}

/* The first kind from i on for which there are data. */
static int next_figure(const struct lt_page_data *data, int i)
{
	while (lt_figure_kinds[i] && lt_figure_kinds[i]->lacks(data))
		i++;
	return i;
}

/* Figures are placed in pairs; the last of an odd number takes the whole row. */
static void write_figures(struct lt_markup *m, const struct lt_page_data *data)
{
	bool half = false; /* the row has one figure, and room for another */
	int i, next;

	for (i = next_figure(data, 0); lt_figure_kinds[i]; i = next) {
		bool pair = is_pair(lt_figure_kinds[i], data), alone;

		next = next_figure(data, i + 1);
		alone = !pair && !half &&
			(!lt_figure_kinds[next] || is_pair(lt_figure_kinds[next], data));
		write_section(m, lt_figure_kinds[i], data, alone);
		half = !pair && !alone && !half;
	}
}

static int write_pipeline(struct lt_markup *m, const struct lt_page_data *data,
			  struct lt_error *err)
{
	int code = 0;

	open_section(m, "pipeline", "Pipeline", "wide");
	for (int i = 0; i < data->models && code == 0; i++) {
		struct lt_buffer text = {0};

		if (data->models > 1) {
			lt_mark(m, "<h3>");
			lt_mark_name(m, data->model[i].name);
			lt_mark(m, "</h3>\n");
		}
		code = lt_how(&text, &data->model[i].header, err);
		if (code == 0 && !lt_buffer_append(&text, "", 1))
			code = lt_fail_memory(err);
		lt_mark(m, "<pre dir=\"ltr\"><code>");
		if (code == 0)
			lt_page_commands(m, (char *)text.data);
		lt_mark(m, "</code></pre>\n");
		lt_buffer_free(&text);
	}
	lt_mark(m, "<p class=\"note\">The commands that made the scores, as recorded in the "
		   "stream: <code>s1.lts</code> and so on are intermediate streams, "
		   "<code>source1</code> and so on are source files, and options include "
		   "defaults.</p>\n");
	close_section(m);
	return code;
}

static void write_missing(struct lt_markup *m, const struct lt_page_data *data)
{
	bool any = false;

	lt_mark(m, "<footer>\n");
	for (int i = 0; lt_figure_kinds[i]; i++) {
		const char *lacks = lt_figure_kinds[i]->lacks(data);

		if (!lacks)
			continue;
		lt_mark(m, any ? "; " : "<p>Not on this page: ");
		lt_mark_text(m, lt_figure_kinds[i]->title);
		lt_mark(m, " (");
		lt_mark_text(m, lacks);
		lt_mark(m, ")");
		any = true;
	}
	if (data->labels && !data->drawn) {
		lt_mark(m, any ? "; " : "<p>Not on this page: ");
		lt_mark(m, "images of the mistakes (give the rows, --rows FILE)");
		any = true;
	}
	lt_mark(m, any ? ".</p>\n" : "");
	lt_mark(m, "<p>Made by <code>lt report</code>. This page uses no network and no "
		   "scripts.</p>\n</footer>\n</body>\n</html>\n");
}

int lt_page_write(struct lt_markup *markup, const struct lt_page_data *data,
		  struct lt_error *err)
{
	int code;

	write_head(markup, data);
	lt_mark(markup, "</header>\n<main>\n");
	open_section(markup, "summary", "Summary", "wide");
	lt_page_summary(markup, data);
	close_section(markup);
	write_figures(markup, data);
	open_section(markup, "classes", "Classes", "wide");
	lt_page_classes(markup, data);
	close_section(markup);
	if (data->labels) {
		open_section(markup, "mistakes", "Most confident mistakes", "wide");
		lt_page_mistakes(markup, data);
		close_section(markup);
	}
	code = write_pipeline(markup, data, err);
	lt_mark(markup, "</main>\n");
	write_missing(markup, data);
	if (code == 0 && markup->failed)
		code = lt_fail_memory(err);
	return code;
}

int lt_figure_write(struct lt_markup *markup, const struct lt_figure_kind *kind,
		    const struct lt_page_data *data, struct lt_error *err)
{
	struct lt_svg svg = {.out = markup, .name = kind->name, .alone = true};
	const char *lacks = kind->lacks(data);

	if (lacks)
		return lt_fail(err, LT_DATA, "--figure %s: %s", kind->name, lacks);
	lt_mark(markup, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	kind->draw(&svg, data, 0, kind);
	return markup->failed ? lt_fail_memory(err) : 0;
}
