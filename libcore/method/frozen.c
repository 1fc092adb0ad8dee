#include "method/frozen.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

/* --------------------------------------------------------------------------- rows */

static bool all_finite(const float *v, int n)
{
	for (int i = 0; i < n; i++)
		if (!isfinite(v[i]))
			return false;
	return true;
}

static int grow(struct lt_features *rows, struct lt_error *err)
{
	uint64_t room = rows->room + rows->room / 2 + 64;
	size_t cells = (size_t)rows->width * (size_t)rows->views;
	void *grown;

	grown = lt_grow_array(rows->feature, room, cells * sizeof *rows->feature);
	if (!grown)
		return lt_fail_memory(err);
	rows->feature = grown;
	grown = lt_grow_array(rows->logits, room, (size_t)rows->classes * sizeof *rows->logits);
	if (!grown)
		return lt_fail_memory(err);
	rows->logits = grown;
	grown = lt_grow_array(rows->label, room, sizeof *rows->label);
	if (!grown)
		return lt_fail_memory(err);
	rows->label = grown;
	rows->room = room;
	return 0;
}

int lt_features_put(struct lt_features *rows, uint64_t i, int view, int label,
		    const float *feature, const float *logits, struct lt_error *err)
{
	size_t width = (size_t)rows->width, classes = (size_t)rows->classes;
	int code;

	if (label < 0)
		return lt_fail(err, LT_DATA, "%s: row %llu has no label (y is -1)", rows->name,
			       (unsigned long long)i);
	if (label >= rows->classes)
		return lt_fail(err, LT_DATA, "%s: row %llu has label %d of %d classes",
			       rows->name, (unsigned long long)i, label, rows->classes);
	if (!all_finite(feature, rows->width) || !all_finite(logits, rows->classes))
		return lt_fail(err, LT_DATA,
			       "%s: row %llu: the model's features or logits are not finite",
			       rows->name, (unsigned long long)i);
	if (i == UINT32_MAX)
		return lt_fail(err, LT_DATA, "%s: more than 2^32 - 1 rows", rows->name);
	if (i >= rows->room && (code = grow(rows, err)) != 0)
		return code;
	if (i >= rows->n)
		rows->n = i + 1;
	rows->label[i] = label;
	memcpy(rows->feature + (i * (uint64_t)rows->views + (uint64_t)view) * width, feature,
	       width * sizeof *feature);
	if (view == 0)
		memcpy(rows->logits + i * classes, logits, classes * sizeof *logits);
	return 0;
}

void lt_features_counts(const struct lt_features *rows, uint64_t *counts)
{
	memset(counts, 0, (size_t)rows->classes * sizeof *counts);
	for (uint64_t i = 0; i < rows->n; i++)
		counts[rows->label[i]]++;
}

void lt_features_free(struct lt_features *rows)
{
	lt_free(rows->feature);
	lt_free(rows->logits);
	lt_free(rows->label);
	rows->feature = rows->logits = NULL;
	rows->label = NULL;
	rows->n = rows->room = 0;
}

/* --------------------------------------------------------------------------- head */

/*
 * The index of the weight of a feature and a class in the graph's parameters.  A head has its
 * weight first and, if it is linear, then its bias.
 */
static size_t place(const struct lt_graph *graph, int feature, int class_index)
{
	const struct lt_head *head = &graph->head[graph->predicts];
	size_t f = (size_t)feature, c = (size_t)class_index;

	return head->at[0] + (head->kind == LT_HEAD_COSINE ? f * (size_t)head->outputs + c
							   : c * (size_t)graph->features + f);
}

int lt_classifier_read(struct lt_classifier *head, const struct lt_graph *graph,
		       const lt_real *params, const char *name, struct lt_error *err)
{
	const struct lt_head *from = &graph->head[graph->predicts];
	size_t classes = (size_t)from->outputs;
	bool finite = true;

	*head = (struct lt_classifier){
		from->kind, graph->features, from->outputs, from->scale, NULL, NULL};
	head->weight = lt_new_array((size_t)graph->features, classes * sizeof *head->weight);
	head->bias = lt_new_array(classes, sizeof *head->bias);
	if (!head->weight || !head->bias) {
		lt_classifier_free(head);
		return lt_fail_memory(err);
	}
	for (int f = 0; f < graph->features; f++) {
		for (int c = 0; c < from->outputs; c++) {
			double w = params[place(graph, f, c)];

			finite = finite && isfinite(w);
			head->weight[(size_t)f * classes + (size_t)c] = w;
		}
	}
	for (int c = 0; from->kind == LT_HEAD_LINEAR && c < from->outputs; c++) {
		head->bias[c] = params[from->at[1] + (size_t)c];
		finite = finite && isfinite(head->bias[c]);
	}
	if (!finite) {
		lt_classifier_free(head);
		return lt_fail(err, LT_DATA, "%s: the head's weights are not finite", name);
	}
	return 0;
}

int lt_classifier_write(const struct lt_classifier *head, const struct lt_graph *graph,
			lt_real *params, struct lt_error *err)
{
	const struct lt_head *to = &graph->head[graph->predicts];
	bool finite = true;

	for (int f = 0; f < graph->features; f++) {
		for (int c = 0; c < to->outputs; c++) {
			lt_real w =
				(lt_real)head
					->weight[(size_t)f * (size_t)to->outputs + (size_t)c];

			finite = finite && isfinite(w);
			params[place(graph, f, c)] = w;
		}
	}
	for (int c = 0; to->kind == LT_HEAD_LINEAR && c < to->outputs; c++) {
		params[to->at[1] + (size_t)c] = (lt_real)head->bias[c];
		finite = finite && isfinite((lt_real)head->bias[c]);
	}
	return finite ? 0 : lt_fail(err, LT_FALSE, "the new head's weights are not finite");
}

void lt_classifier_free(struct lt_classifier *head)
{
	lt_free(head->weight);
	lt_free(head->bias);
	head->weight = head->bias = NULL;
}

struct products {
	const struct lt_classifier *head;
	const float *const *x;
	int n;
	double *p;
};

static void row_products(void *arg, int i, int worker)
{
	const struct products *job = arg;
	int classes = job->head->classes;
	double *p = job->p + (size_t)i * (size_t)classes;

	(void)worker;
	memset(p, 0, (size_t)classes * sizeof *p);
	for (int f = 0; f < job->head->features; f++) {
		const double *w = job->head->weight + (size_t)f * (size_t)classes;
		double x = job->x[i][f];

		for (int c = 0; c < classes; c++)
			p[c] += x * w[c];
	}
}

void lt_classifier_products(const struct lt_classifier *head, struct lt_pool *pool,
			    const float *const *x, int n, double *p)
{
	struct products job = {head, x, n, p};

	lt_pool_run(pool, row_products, &job, n);
}

/* -------------------------------------------------------------------------- model */

static int take_memory(struct lt_frozen *frozen, struct lt_error *err)
{
	frozen->params = lt_new_array(frozen->graph->params, sizeof *frozen->params);
	frozen->state = lt_new_array(frozen->graph->state, sizeof *frozen->state);
	return frozen->params && frozen->state ? 0 : lt_fail_memory(err);
}

int lt_frozen_read(struct lt_frozen *frozen, const struct lt_model *model, struct lt_error *err)
{
	int code;

	memset(frozen, 0, sizeof *frozen);
	frozen->graph = lt_new_array(1, sizeof *frozen->graph);
	if (!frozen->graph)
		return lt_fail_memory(err);
	if ((code = lt_model_graph(model, frozen->graph, err)) != 0 ||
	    (code = take_memory(frozen, err)) != 0 ||
	    (code = lt_model_restore(model, "", frozen->graph, frozen->params, frozen->state,
				     err)) != 0)
		return code;
	return lt_classifier_read(&frozen->head, frozen->graph, frozen->params, model->name,
				  err);
}

int lt_frozen_take_head(struct lt_frozen *frozen, const struct lt_model *model,
			struct lt_error *err)
{
	struct lt_graph *old = frozen->graph, *graph;
	struct lt_head head = old->head[old->predicts];
	lt_real *grown;
	int code;

	old->head[old->predicts].scale = frozen->head.scale;
	if (frozen->head.kind != head.kind) {
		graph = lt_new_array(1, sizeof *graph);
		if (!graph)
			return lt_fail_memory(err);
		head.kind = frozen->head.kind;
		head.scale = frozen->head.scale;
		code = lt_graph_build(graph, model->header.arch, old->h, old->w, old->c, &head,
				      1, err);
		/*
		 * The head's parameters are the last, so the offsets of the others do not
		 * change.
		 */
		if (code == 0 && graph->head[0].at[0] != old->head[0].at[0])
			code = lt_fail(err, LT_BUG, "another head moves the encoder");
		if (code == 0) {
			grown = lt_grow_array(frozen->params, graph->params, sizeof *grown);
			frozen->params = grown ? grown : frozen->params;
			code = grown ? 0 : lt_fail_memory(err);
		}
		if (code != 0) {
			lt_free(graph);
			return code;
		}
		lt_free(old);
		frozen->graph = graph;
	}
	return lt_classifier_write(&frozen->head, frozen->graph, frozen->params, err);
}

void lt_frozen_free(struct lt_frozen *frozen)
{
	lt_free(frozen->graph);
	lt_free(frozen->params);
	lt_free(frozen->state);
	lt_classifier_free(&frozen->head);
	memset(frozen, 0, sizeof *frozen);
}
