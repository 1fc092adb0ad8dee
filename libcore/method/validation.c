#include "method/validation.h"

#include <string.h>

#include "base/memory.h"
#include "method/batch.h"

struct lt_validation {
	struct lt_network *net;
	const struct lt_table *table;
	struct lt_norm norm;
	enum lt_keep keep;
	int classes;
	uint64_t *right, *rows; /* a class */
	uint64_t all_right;
	double best; /* -1 before the first */
	int best_epoch;
	lt_real *best_params, *best_state;
};

int lt_validation_new(struct lt_validation **out, struct lt_network *net,
		      const struct lt_table *table, const struct lt_norm *norm,
		      enum lt_keep keep, struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(net);
	struct lt_validation *v = lt_new_array(1, sizeof *v);
	bool good;

	if (!v)
		return lt_fail_memory(err);
	v->net = net;
	v->table = table;
	v->norm = *norm;
	v->keep = keep;
	v->classes = lt_graph_classes(g);
	v->best = -1;
	v->right = lt_new_array((size_t)v->classes, sizeof *v->right);
	v->rows = lt_new_array((size_t)v->classes, sizeof *v->rows);
	good = v->right && v->rows;
	if (good && keep != LT_KEEP_LAST) {
		v->best_params = lt_new_array(g->params, sizeof *v->best_params);
		v->best_state = lt_new_array(g->state, sizeof *v->best_state);
		good = v->best_params && v->best_state;
	}
	if (!good) {
		lt_validation_free(v);
		return lt_fail_memory(err);
	}
	*out = v;
	return 0;
}

void lt_validation_free(struct lt_validation *v)
{
	if (!v)
		return;
	lt_free(v->right);
	lt_free(v->rows);
	lt_free(v->best_params);
	lt_free(v->best_state);
	lt_free(v);
}

/* ------------------------------------------------------------------------ figures */

static void see(void *arg, uint64_t i, const lt_real *output, const lt_real *feature)
{
	struct lt_validation *v = arg;
	int label = v->table->label[i], best = 0;

	(void)feature;
	if (label < 0)
		return;
	for (int c = 1; c < v->classes; c++)
		if (output[c] > output[best])
			best = c;
	v->rows[label]++;
	if (best == label) {
		v->right[label]++;
		v->all_right++;
	}
}

static void keep_if_best(struct lt_validation *v, int epoch, double accuracy, double balanced)
{
	double figure = v->keep == LT_KEEP_ACCURACY ? accuracy : balanced;
	const struct lt_graph *g = lt_network_graph(v->net);

	if (v->keep == LT_KEEP_LAST || !(figure > v->best))
		return;
	v->best = figure;
	v->best_epoch = epoch;
	memcpy(v->best_params, lt_network_params(v->net), g->params * sizeof *v->best_params);
	memcpy(v->best_state, lt_network_state(v->net), g->state * sizeof *v->best_state);
}

int lt_validation_report(struct lt_validation *v, int epoch, struct lt_note_item *item, int *n,
			 struct lt_error *err)
{
	struct lt_source source = lt_table_source(v->table);
	double recalls = 0, accuracy, balanced;
	uint64_t rows = 0;
	int code, present = 0;

	memset(v->right, 0, (size_t)v->classes * sizeof *v->right);
	memset(v->rows, 0, (size_t)v->classes * sizeof *v->rows);
	v->all_right = 0;
	code = lt_predict(v->net, &source, &v->norm, NULL, source.n, see, v, err);
	if (code != 0)
		return code;
	for (int c = 0; c < v->classes; c++) {
		rows += v->rows[c];
		if (v->rows[c] == 0)
			continue;
		present++;
		recalls += (double)v->right[c] / (double)v->rows[c];
	}
	if (rows == 0)
		return 0;
	accuracy = (double)v->all_right / (double)rows;
	balanced = recalls / present;
	item[(*n)++] = (struct lt_note_item){
		.key = "val_accuracy", .type = LT_NOTE_REAL, .real = accuracy};
	item[(*n)++] = (struct lt_note_item){
		.key = "val_balanced", .type = LT_NOTE_REAL, .real = balanced};
	keep_if_best(v, epoch, accuracy, balanced);
	return 0;
}

int lt_validation_take_best(const struct lt_validation *v, struct lt_network *to)
{
	const struct lt_graph *g = lt_network_graph(to);

	if (v->best_epoch == 0)
		return 0;
	memcpy(lt_network_params(to), v->best_params, g->params * sizeof *v->best_params);
	memcpy(lt_network_state(to), v->best_state, g->state * sizeof *v->best_state);
	return v->best_epoch;
}

/* ------------------------------------------------------------------- checkpoints */

int lt_validation_save(const struct lt_validation *v, struct lt_writer *writer,
		       struct lt_error *err)
{
	double best[2] = {v->best_epoch, v->best};
	struct lt_shape two = {1, {2}};
	int code;

	if (v->keep == LT_KEEP_LAST)
		return 0;
	code = lt_writer_tensor(writer, "best.epoch", LT_F8, &two, best, err);
	if (code == 0 && v->best_epoch > 0)
		code = lt_model_write(writer, "best.", lt_network_graph(v->net), v->best_params,
				      v->best_state, err);
	return code;
}

int lt_validation_load(struct lt_validation *v, const struct lt_model *model, int epochs,
		       struct lt_error *err)
{
	const struct lt_model_tensor *best = lt_model_find(model, "best.epoch");
	const double *value;

	if (v->keep == LT_KEEP_LAST)
		return 0;
	if (!best || best->dtype != LT_F8 || best->elements != 2)
		return lt_fail(err, LT_DATA, "%s: tensor 'best.epoch' is missing", model->name);
	value = best->data;
	if (!(value[0] >= 0 && value[0] <= epochs))
		return lt_fail(err, LT_DATA, "%s: impossible best epoch", model->name);
	v->best_epoch = (int)value[0];
	v->best = value[1];
	if (v->best_epoch == 0)
		return 0;
	return lt_model_restore(model, "best.", lt_network_graph(v->net), v->best_params,
				v->best_state, err);
}
