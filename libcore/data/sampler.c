#include "data/sampler.h"

#include <stdlib.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "base/random.h"

static int uniform(const struct lt_sampler_input *input, uint32_t *order, struct lt_error *err)
{
	struct lt_draws draws =
		lt_draws_at(input->seed, LT_FOR_ORDER, 0, (uint32_t)input->epoch, 0);

	(void)err;
	lt_draw_permutation(&draws, order, (uint32_t)input->n);
	return 0;
}

/* The first row whose cumulative weight is above x. */
static uint32_t find(const double *sum, uint64_t n, double x)
{
	uint64_t low = 0, high = n - 1;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (sum[middle] > x)
			high = middle;
		else
			low = middle + 1;
	}
	return (uint32_t)low;
}

/* n draws with replacement, row i with probability weight[label[i]] over their sum. */
static int draw_by_weight(const struct lt_sampler_input *input, const double *weight, uint32_t *order,
			  struct lt_error *err)
{
	double *sum = lt_new_array(input->n, sizeof *sum), total = 0;
	struct lt_draws draws =
		lt_draws_at(input->seed, LT_FOR_SAMPLER, 0, (uint32_t)input->epoch, 0);

	if (!sum)
		return lt_fail_memory(err);
	for (uint64_t i = 0; i < input->n; i++) {
		total += weight[input->label[i]];
		sum[i] = total;
	}
	for (uint64_t i = 0; i < input->n; i++)
		order[i] = find(sum, input->n, lt_draw_unit(&draws) * total);
	free(sum);
	return 0;
}

static int effective(const struct lt_sampler_input *input, uint32_t *order, struct lt_error *err)
{
	double *weight = lt_new_array((size_t)input->classes, sizeof *weight);
	int code;

	if (!weight)
		return lt_fail_memory(err);
	for (int c = 0; c < input->classes; c++)
		if (input->counts[c] > 0)
			weight[c] = (1 - input->beta) /
				    (1 - lt_pow(input->beta, (double)input->counts[c]));
	code = draw_by_weight(input, weight, order, err);
	free(weight);
	return code;
}

const struct lt_sampler lt_samplers[] = {
	{"uniform", uniform},
	{"effective", effective},
	{NULL, NULL},
};

const struct lt_sampler *lt_sampler_find(const char *name)
{
	for (const struct lt_sampler *sampler = lt_samplers; sampler->name; sampler++)
		if (strcmp(sampler->name, name) == 0)
			return sampler;
	return NULL;
}

int lt_sampler_epoch(const struct lt_sampler *sampler, const struct lt_sampler_input *input,
		     uint32_t *order, struct lt_error *err)
{
	return sampler->epoch(input, order, err);
}
