/* The nearest rows vote; rows are scaled to length 1, see embed/units.h. */
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "embed/neighbours.h"
#include "embed/probe.h"
#include "embed/units.h"

#define NO_VOTE 1e-12 /* the share for a class without votes */
#define QUERIES 1024  /* rows at a time, to limit the memory for their neighbours */

struct bank {
	const struct lt_probe_config *config;
	const struct lt_probe_rows *rows;
	size_t k;
	struct lt_embed_rows unit;
	float *value;
};

static void free_bank(void *state)
{
	struct bank *bank = state;

	if (bank)
		lt_free(bank->value);
	lt_free(bank);
}

static int fit(const struct lt_probe_config *config, const struct lt_probe_rows *rows,
	       void **state, struct lt_probe_fit *found, struct lt_error *err)
{
	struct bank *bank = lt_new_array(1, sizeof *bank);

	*found = (struct lt_probe_fit){.converged = true};
	*state = bank;
	if (!bank)
		return lt_fail_memory(err);
	bank->config = config;
	bank->rows = rows;
	bank->k = config->neighbours < rows->n ? (size_t)config->neighbours : rows->n;
	return lt_units_of(rows->feature, rows->n, rows->width, &bank->value, &bank->unit, err);
}

struct voting {
	const struct bank *bank;
	const struct lt_neighbour *near;
	float *logits;
	double *votes; /* classes a query */
};

/* Votes are relative to the nearest's weight and summed from it on, so nothing overflows. */
static void vote(void *arg, int item, int worker)
{
	const struct voting *v = arg;
	const struct lt_probe_config *config = v->bank->config;
	size_t classes = (size_t)v->bank->rows->classes, k = v->bank->k;
	const struct lt_neighbour *near = v->near + (size_t)item * k;
	double *votes = v->votes + (size_t)item * classes, sum = 0;

	(void)worker;
	memset(votes, 0, classes * sizeof *votes);
	for (size_t i = 0; i < k; i++) {
		double farther = ((double)near[0].far - (double)near[i].far) / 2,
		       weight = config->majority ? 1 : lt_exp(farther / config->temperature);

		votes[v->bank->rows->label[near[i].row]] += weight;
		sum += weight;
	}
	for (size_t c = 0; c < classes; c++)
		v->logits[(size_t)item * classes + c] =
			(float)lt_log(votes[c] > NO_VOTE * sum ? votes[c] / sum : NO_VOTE);
}

static int predict_block(const struct bank *bank, const float *feature, size_t n, float *logits,
			 struct lt_error *err)
{
	size_t classes = (size_t)bank->rows->classes;
	struct lt_neighbour *near = lt_new_array(n, bank->k * sizeof *near);
	double *votes = lt_new_array(n, classes * sizeof *votes);
	struct voting voting = {bank, near, logits, votes};
	struct lt_embed_rows queries;
	float *value = NULL;
	int code = near && votes ? 0 : lt_fail_memory(err);

	if (code == 0)
		code = lt_units_of(feature, n, bank->rows->width, &value, &queries, err);
	if (code == 0) {
		lt_neighbours_find(bank->config->pool, LT_NEAR_BY_DISTANCE, &bank->unit,
				   &queries, bank->k, near);
		lt_pool_run(bank->config->pool, vote, &voting, (int)n);
	}
	lt_free(value);
	lt_free(votes);
	lt_free(near);
	return code;
}

static int predict(void *state, const float *feature, size_t n, float *logits,
		   struct lt_error *err)
{
	const struct bank *bank = state;
	size_t classes = (size_t)bank->rows->classes, block;
	int code = 0;

	for (size_t at = 0; at < n && code == 0; at += block) {
		block = n - at < QUERIES ? n - at : QUERIES;
		code = predict_block(bank, feature + at * bank->rows->width, block,
				     logits + at * classes, err);
	}
	return code;
}

const struct lt_probe_method lt_probe_knn = {
	.name = "knn",
	.options = {"neighbours", "vote", "temperature", NULL},
	.fit = fit,
	.predict = predict,
	.free = free_bank,
};
