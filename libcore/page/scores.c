#include "page/scores.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stream/frame.h"
#include "stream/join.h"

struct reading {
	struct lt_scores *scores;
	struct lt_join join;
	int logits, y, id, xy;
};

static int find_columns(struct reading *r, struct lt_error *err)
{
	const struct lt_header *h = &r->join.header[0];
	const char *name = lt_join_name(&r->join, 0);
	const struct lt_column *col;

	r->logits = lt_header_find(h, "logits");
	r->y = lt_header_find(h, "y");
	r->id = lt_header_find(h, "id");
	r->xy = lt_header_find(h, "xy");
	if (r->logits < 0)
		return lt_fail(err, LT_DATA,
			       "%s: no column 'logits'; the input must be scores, as "
			       "lt eval --scores FILE writes them",
			       name);
	col = &h->cols[r->logits];
	if (h->n_classes < 1 || col->dtype != LT_F4 || col->shape.dims != 1 ||
	    col->shape.dim[0] != (uint32_t)h->n_classes)
		return lt_fail(err, LT_DATA,
			       "%s: column 'logits' is not of <f4 with a value for each class",
			       name);
	if (r->y >= 0 && !lt_column_is_integer(&h->cols[r->y]))
		return lt_fail(err, LT_DATA, "%s: column 'y' is not one integer a row", name);
	if (r->id >= 0 && !lt_column_is_integer(&h->cols[r->id]))
		return lt_fail(err, LT_DATA, "%s: column 'id' is not one integer a row", name);
	col = &h->cols[r->xy < 0 ? 0 : r->xy];
	if (r->xy >= 0 &&
	    (col->dtype != LT_F4 || col->shape.dims != 1 || col->shape.dim[0] != 2))
		return lt_fail(err, LT_DATA, "%s: column 'xy' is not of <f4 [2]", name);
	return 0;
}

/* Makes room for n more rows, growing by half. */
static int take_room(struct reading *r, size_t n, struct lt_error *err)
{
	struct lt_scores *s = r->scores;
	size_t room = s->room + s->room / 2 + n;
	void *grown;

	if (n <= s->room - s->n)
		return 0;
	if (!(grown = lt_grow_array(s->row, room, sizeof *s->row)))
		return lt_fail_memory(err);
	s->row = grown;
	if (r->xy >= 0) {
		if (!(grown = lt_grow_array(s->xy, room, 2 * sizeof *s->xy)))
			return lt_fail_memory(err);
		s->xy = grown;
	}
	s->room = room;
	return 0;
}

static int add_rows(struct reading *r, const struct lt_rows *rows, struct lt_error *err)
{
	struct lt_scores *s = r->scores;
	const struct lt_header *h = &r->join.header[0];
	int classes = h->n_classes, code = take_room(r, rows->n, err);
	const float *logits = rows->col[r->logits];

	for (uint32_t i = 0; i < rows->n && code == 0; i++) {
		/* The reader has checked that it is one of the classes. */
		int64_t label = r->y < 0 ? -1 : lt_rows_integer(rows, h, r->y, i);
		struct lt_outcome outcome;

		lt_outcome_of(logits + (size_t)i * (size_t)classes, classes, (int)label, NULL,
			      &outcome);
		lt_metrics_add(s->metrics, &outcome);
		if (r->xy >= 0)
			memcpy(s->xy + 2 * s->n, (const float *)rows->col[r->xy] + 2 * i,
			       2 * sizeof *s->xy);
		s->row[s->n] = (struct lt_page_row){
			.id = r->id < 0 ? (int64_t)s->n : lt_rows_integer(rows, h, r->id, i),
			.label = (int32_t)label,
			.predicted = outcome.predicted,
			.confidence = outcome.confidence,
			.nll = label < 0 ? NAN : outcome.nll};
		s->n++;
	}
	return code;
}

static int read_rows(struct reading *r, struct lt_error *err)
{
	struct lt_scores *s = r->scores;
	const struct lt_rows *rows;
	int code = find_columns(r, err);

	if (code != 0 || (code = lt_header_copy(&s->header, &r->join.header[0], err)) != 0)
		return code;
	if (!(s->file = lt_text_copy(lt_join_name(&r->join, 0))))
		return lt_fail_memory(err);
	code = lt_metrics_new(&s->metrics, s->header.n_classes, s->header.classes, err);
	while (code == 0 && (code = lt_join_next(&r->join, &rows, err)) == 0 && rows)
		code = add_rows(r, rows, err);
	return code;
}

int lt_scores_read(struct lt_scores *scores, const char *const *paths, int n, const char *name,
		   struct lt_error *err)
{
	struct reading r = {.scores = scores};
	int code;

	memset(scores, 0, sizeof *scores);
	lt_header_init(&scores->header, LT_SCORES);
	if (!(scores->name = lt_text_copy(name)))
		return lt_fail_memory(err);
	if ((code = lt_join_open(&r.join, paths, n, LT_MAX_BODY, err)) != 0)
		return code;
	code = read_rows(&r, err);
	lt_join_close(&r.join);
	return code;
}

void lt_scores_free(struct lt_scores *scores)
{
	lt_metrics_free(scores->metrics);
	lt_more_free(scores->more_owner);
	lt_header_free(&scores->header);
	lt_free(scores->row);
	lt_free(scores->xy);
	lt_free(scores->name);
	lt_free(scores->file);
	memset(scores, 0, sizeof *scores);
}

/* -------------------------------------------------------------------------- figures */

static int check_same(const struct lt_scores *a, const struct lt_scores *b,
		      struct lt_error *err)
{
	int code = lt_header_same_classes(&a->header, a->file, &b->header, b->file, err);

	if (code != 0)
		return code;
	if (a->n != b->n)
		return lt_fail(err, LT_DATA, "%s has %zu rows and %s %zu: not the same rows",
			       a->file, a->n, b->file, b->n);
	for (size_t i = 0; i < a->n; i++)
		if (a->row[i].id != b->row[i].id || a->row[i].label != b->row[i].label)
			return lt_fail(err, LT_DATA,
				       "row %zu differs in %s (id %lld, label %d) and "
				       "%s (id %lld, label %d)",
				       i, a->file, (long long)a->row[i].id, a->row[i].label,
				       b->file, (long long)b->row[i].id, b->row[i].label);
	return 0;
}

int lt_scores_judge(struct lt_scores *scores, const struct lt_scores *other,
		    const struct lt_groups *groups, struct lt_pool *pool, uint64_t seed,
		    struct lt_error *err)
{
	const uint64_t *counts = scores->header.train_counts;
	int code = other ? check_same(scores, other, err) : 0;

	if (code != 0)
		return code;
	scores->more_options =
		(struct lt_more_options){.sets = LT_SET(f1) | LT_SET(mcc) | LT_SET(intervals),
					 .level = LT_PAGE_LEVEL,
					 .replicates = LT_PAGE_REPLICATES,
					 .seed = seed,
					 .against = other ? other->name : NULL};
	code = lt_more_new(&scores->more_owner, scores->header.n_classes, &scores->more_options,
			   err);
	for (size_t i = 0; i < scores->n && code == 0; i++)
		code = lt_more_add(scores->more_owner, scores->row[i].label,
				   scores->row[i].predicted,
				   other ? other->row[i].predicted : -1, NULL, err);
	groups = counts ? groups : NULL;
	if (code == 0)
		code = lt_metrics_finish(scores->metrics, counts, groups, &scores->figures,
					 err);
	return code ? code
		    : lt_more_finish(scores->more_owner, pool, counts, groups, &scores->more,
				     err);
}

/* ---------------------------------------------------------------------------- order */

struct place {
	double key;
	int index;
};

static int larger_first(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->key != y->key)
		return x->key > y->key ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

int lt_scores_order(const struct lt_scores *scores, int **order, struct lt_error *err)
{
	const struct lt_figures *f = scores->figures;
	size_t n = (size_t)f->classes;
	struct place *place = lt_new_array(n, sizeof *place);

	*order = lt_new_array(n, sizeof **order);
	if (!place || !*order) {
		lt_free(place);
		return lt_fail_memory(err);
	}
	for (int c = 0; c < f->classes; c++) {
		const struct lt_class_figures *of = &f->class_of[c];

		place[c].index = c;
		place[c].key = scores->header.train_counts ? (double)of->train_count
			       : of->recall.count	   ? of->recall.value
							   : -1;
	}
	qsort(place, n, sizeof *place, larger_first);
	for (size_t i = 0; i < n; i++)
		(*order)[i] = place[i].index;
	lt_free(place);
	return 0;
}
