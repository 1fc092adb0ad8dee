/* Shared by the contrastive tasks; see contrast.h. */
#include "method/contrast.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "report/knn.h"

/* ------------------------------------------------------------------------- losses */

int lt_contrast_init(struct lt_contrast *loss, int rows, int dim, int others,
		     double temperature, struct lt_error *err)
{
	size_t n = (size_t)rows, vector = (size_t)dim * sizeof(lt_real);

	*loss = (struct lt_contrast){
		.rows = rows, .dim = dim, .others = others, .temperature = temperature};
	loss->grad = lt_new_array(n, vector);
	loss->row_loss = lt_new_array(n, sizeof *loss->row_loss);
	loss->row_right = lt_new_array(n, sizeof *loss->row_right);
	loss->unit = lt_new_array(n, vector);
	loss->length = lt_new_array(n, sizeof *loss->length);
	loss->similar = lt_new_array(n, (size_t)others * sizeof *loss->similar);
	if (!loss->grad || !loss->row_loss || !loss->row_right || !loss->unit ||
	    !loss->length || !loss->similar)
		return lt_fail_memory(err);
	return 0;
}

void lt_contrast_free(struct lt_contrast *loss)
{
	lt_free(loss->grad);
	lt_free(loss->row_loss);
	lt_free(loss->row_right);
	lt_free(loss->unit);
	lt_free(loss->length);
	lt_free(loss->similar);
	memset(loss, 0, sizeof *loss);
}

int lt_contrast_items(const struct lt_contrast *loss)
{
	return (loss->rows + LT_RANGE - 1) / LT_RANGE;
}

int lt_contrast_range(const struct lt_contrast *loss, int item, int *first)
{
	int left;

	*first = item * LT_RANGE;
	left = loss->rows - *first;
	return left < LT_RANGE ? left : LT_RANGE;
}

void lt_contrast_count(const struct lt_contrast *loss, struct lt_meter *meter)
{
	for (int i = 0; i < loss->rows; i++) {
		meter->loss += loss->row_loss[i];
		meter->correct += loss->row_right[i];
	}
	meter->rows += loss->rows;
}

/* ------------------------------------------------------------------- unit vectors */

static lt_real length_of(const lt_real *v, int n)
{
	double squares = 0, length;

	for (int i = 0; i < n; i++)
		squares += (double)v[i] * v[i];
	length = sqrt(squares);
	return (lt_real)(length < 1e-12 ? 1e-12 : length);
}

void lt_unit_vectors(const lt_real *from, int rows, int dim, lt_real *unit, lt_real *length)
{
	for (int i = 0; i < rows; i++, from += dim, unit += dim) {
		lt_real by = length_of(from, dim);

		for (int j = 0; j < dim; j++)
			unit[j] = from[j] / by;
		if (length)
			length[i] = by;
	}
}

void lt_unit_back(const lt_real *unit, const lt_real *length, int rows, int dim, lt_real *grad)
{
	for (int i = 0; i < rows; i++, unit += dim, grad += dim) {
		double along = 0;

		for (int j = 0; j < dim; j++)
			along += (double)grad[j] * unit[j];
		for (int j = 0; j < dim; j++)
			grad[j] = (lt_real)((grad[j] - along * unit[j]) / length[i]);
	}
}

/* --------------------------------------------------------------------- kNN report */

enum { KNN_ROWS = 5000, KNN_EVERY = 5 };

/* Rows of one part, with their features once they were seen. */
struct part {
	uint32_t n, *row;
	float *feature;
	int32_t *label;
	int dims;
};

struct lt_contrast_knn {
	const struct lt_table *table;
	struct lt_network *net;
	struct lt_norm norm;
	int neighbours;
	struct part bank, queries;
};

static void see(void *arg, uint64_t i, const lt_real *output, const lt_real *feature)
{
	const struct part *part = arg;

	(void)output;
	for (int k = 0; k < part->dims; k++)
		part->feature[i * (uint64_t)part->dims + (uint64_t)k] = (float)feature[k];
}

static int look_at(const struct lt_contrast_knn *knn, struct part *part, struct lt_error *err)
{
	struct lt_source source = lt_table_source(knn->table);

	return lt_predict(knn->net, &source, &knn->norm, part->row, part->n, see, part, err);
}

int lt_contrast_knn_report(struct lt_contrast_knn *knn, struct lt_note_item *item, int *n,
			   struct lt_error *err)
{
	struct lt_knn_features bank, queries;
	struct lt_knn_result result;
	int code;

	if (!knn)
		return 0;
	if ((code = look_at(knn, &knn->bank, err)) != 0 ||
	    (code = look_at(knn, &knn->queries, err)) != 0)
		return code;
	bank = (struct lt_knn_features){knn->bank.n, knn->bank.feature, knn->bank.label};
	queries = (struct lt_knn_features){knn->queries.n, knn->queries.feature,
					   knn->queries.label};
	code = lt_knn(&bank, &queries, knn->bank.dims, knn->table->header.n_classes,
		      knn->neighbours, LT_KNN_TEMPERATURE, &result, err);
	if (code != 0)
		return code;
	item[0] = (struct lt_note_item){.key = "knn_accuracy",
					.type = LT_NOTE_REAL,
					.real = (double)result.right / (double)result.rows};
	*n = 1;
	return 0;
}

static bool make_room(struct part *part, int dims)
{
	part->dims = dims;
	part->row = lt_new_array(KNN_ROWS, sizeof *part->row);
	part->label = lt_new_array(KNN_ROWS, sizeof *part->label);
	part->feature = lt_new_array(KNN_ROWS, (size_t)dims * sizeof *part->feature);
	return part->row && part->label && part->feature;
}

static void add(struct part *part, const struct lt_table *table, uint32_t row)
{
	part->label[part->n] = table->label[row];
	part->row[part->n++] = row;
}

/* The first rows with labels of a random order of all rows. */
static bool choose_rows(struct lt_contrast_knn *knn)
{
	const struct lt_table *table = knn->table;
	struct lt_draws draws = lt_draws_at(0, LT_FOR_KNN, 0, 0, 0);
	uint32_t *order = lt_new_array(table->n, sizeof *order);
	int taken = 0;

	if (!order)
		return false;
	lt_draw_permutation(&draws, order, (uint32_t)table->n);
	for (uint64_t i = 0; i < table->n && taken < KNN_ROWS; i++)
		if (table->label[order[i]] >= 0)
			add(taken++ % KNN_EVERY == 0 ? &knn->queries : &knn->bank, table,
			    order[i]);
	lt_free(order);
	return true;
}

int lt_contrast_knn_new(struct lt_contrast_knn **out, const struct lt_pretext_config *config,
			int knn, struct lt_error *err)
{
	const struct lt_table *table = config->table;
	int dims = lt_network_graph(config->net)->features;
	struct lt_contrast_knn *made;
	uint64_t labelled = 0;

	*out = NULL;
	for (uint64_t i = 0; i < table->n; i++)
		labelled += table->label[i] >= 0;
	if (knn == 0 || labelled < 2 * KNN_EVERY || table->header.n_classes < 1)
		return 0;
	made = lt_new_array(1, sizeof *made);
	if (!made)
		return lt_fail_memory(err);
	made->table = table;
	made->net = config->net;
	made->norm = config->norm;
	made->neighbours = knn;
	if (!make_room(&made->bank, dims) || !make_room(&made->queries, dims) ||
	    !choose_rows(made)) {
		lt_contrast_knn_free(made);
		return lt_fail_memory(err);
	}
	*out = made;
	return 0;
}

static void free_part(struct part *part)
{
	lt_free(part->row);
	lt_free(part->label);
	lt_free(part->feature);
}

void lt_contrast_knn_free(struct lt_contrast_knn *knn)
{
	if (!knn)
		return;
	free_part(&knn->bank);
	free_part(&knn->queries);
	lt_free(knn);
}
