#include "program/features.h"

#include <string.h>

struct reading {
	struct lt_frozen *frozen;
	struct lt_features *rows;
};

/* Scores must have the features that the model's head takes. */
static int want_scores(const struct lt_infer *infer, const struct lt_graph *graph,
		       struct lt_error *err)
{
	const struct lt_header *rows = &infer->rows;
	int at = lt_header_find(rows, "feature");
	const struct lt_column *feature = at < 0 ? NULL : &rows->cols[at];

	if (!feature || feature->dtype != LT_F4 || feature->shape.dims != 1)
		return lt_fail(err, LT_DATA, "%s: no column 'feature' of <f4, a vector a row",
			       infer->rows_name);
	if (feature->shape.dim[0] != (uint32_t)graph->features)
		return lt_fail(err, LT_DATA, "%s: %u features a row, where %s has %d",
			       infer->rows_name, feature->shape.dim[0], infer->model.name,
			       graph->features);
	if (infer->views > 1)
		return lt_fail(err, LT_USAGE,
			       "--views: %s holds scores, which are of one view a row",
			       infer->rows_name);
	return lt_header_same_classes(&infer->model.header, infer->model.name, rows,
				      infer->rows_name, err);
}

static int begin(void *arg, struct lt_infer *infer, struct lt_error *err)
{
	struct reading *r = arg;
	int code = lt_infer_classifier(infer, err);

	if (code != 0 ||
	    (!r->frozen->graph &&
	     (code = lt_frozen_read(r->frozen, &infer->model, err)) != 0) ||
	    (infer->scores && (code = want_scores(infer, r->frozen->graph, err)) != 0))
		return code;
	if (infer->y < 0)
		return lt_fail(err, LT_DATA, "%s: no labels (no column 'y')", infer->rows_name);
	lt_notice_test_rows(infer->learn.cli, &infer->rows, infer->rows_name);
	*r->rows = (struct lt_features){.width = r->frozen->graph->features,
					.classes = lt_graph_classes(r->frozen->graph),
					.views = infer->views};
	/* Is stored with the written header, which lives as long as the program. */
	r->rows->name = lt_arena_text(&infer->learn.header.arena, infer->rows_name);
	return r->rows->name ? 0 : lt_fail_memory(err);
}

static int frame(void *arg, struct lt_infer *infer, const struct lt_rows *rows,
		 const float *logits, const float *feature, struct lt_error *err)
{
	struct reading *r = arg;
	size_t classes = (size_t)r->rows->classes, width = (size_t)r->rows->width;
	int code = 0, label;

	for (uint32_t i = 0; i < rows->n && code == 0; i++)
		if ((code = lt_infer_label(infer, rows, i, &label, err)) == 0)
			code = lt_features_put(r->rows, infer->row + i, infer->view, label,
					       feature + i * width, logits + i * classes, err);
	return code;
}

int lt_features_read(struct lt_infer *infer, const char *path, struct lt_frozen *frozen,
		     struct lt_features *rows, struct lt_error *err)
{
	static const struct lt_infer_calls calls = {begin, frame, true, false};
	struct reading r = {frozen, rows};
	int code = path ? lt_infer_file(infer, path, "val", &calls, &r, err)
			: lt_infer_run(infer, &calls, &r, err);

	if (code == 0 && rows->n == 0)
		code = lt_fail(err, LT_DATA, "%s: no rows", infer->rows_name);
	return code;
}
