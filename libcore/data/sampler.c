/*
 * Epochs of rows.  Draws with replacement look up a random number in the cumulative sum
 * of the rows' weights, in double precision and in row order, so that the sequence is the
 * same on every machine.
 */
#include "data/sampler.h"

#include <math.h>
#include <string.h>

#include "base/effective.h"
#include "base/memory.h"
#include "base/random.h"

static void weigh_effective(const struct lt_sampler_input *input, double *weight)
{
	for (int c = 0; c < input->classes; c++)
		weight[c] = lt_effective_weight(input->beta, input->counts[c]);
}

static void weigh_balanced(const struct lt_sampler_input *input, double *weight)
{
	for (int c = 0; c < input->classes; c++)
		weight[c] = input->counts[c] > 0 ? 1 / (double)input->counts[c] : 0;
}

static void weigh_sqrt(const struct lt_sampler_input *input, double *weight)
{
	for (int c = 0; c < input->classes; c++)
		weight[c] = input->counts[c] > 0 ? 1 / sqrt((double)input->counts[c]) : 0;
}

static void weigh_progressive(const struct lt_sampler_input *input, double *weight)
{
	double t = (double)(input->epoch - 1) / input->epochs, n = 0;
	int present = 0;

	for (int c = 0; c < input->classes; c++) {
		n += (double)input->counts[c];
		present += input->counts[c] > 0;
	}
	for (int c = 0; c < input->classes; c++) {
		weight[c] = 0;
		if (input->counts[c] > 0)
			weight[c] = (1 - t) / n + t / (present * (double)input->counts[c]);
	}
}

static const char kang[] = "Kang et al., ICLR 2020, section 3";

const struct lt_sampler lt_samplers[] = {
	{"uniform", {"every row once an epoch", NULL, NULL}, NULL},
	{"effective",
	 {"rarer classes are drawn more, by the effective number of their rows",
	  "(1 - beta) / (1 - beta^n_c)", "Cui et al., CVPR 2019"},
	 weigh_effective},
	{"balanced", {"all classes are as likely", "1 / n_c", kang}, weigh_balanced},
	{"sqrt",
	 {"a class is as likely as the root of its count", "1 / sqrt(n_c)", kang},
	 weigh_sqrt},
	{"progressive",
	 {"from the shares of the rows towards equal ones",
	  "(1 - t) / sum of n + t / (classes n_c), t = (epoch - 1) / epochs", kang},
	 weigh_progressive},
	{NULL, {NULL, NULL, NULL}, NULL},
};

const char *const lt_sampler_names[] = {"effective", "balanced", "sqrt", "progressive", NULL};

const struct lt_sampler *lt_sampler_find(const char *name)
{
	const struct lt_sampler *sampler;

	for (sampler = lt_samplers; sampler->name; sampler++)
		if (strcmp(sampler->name, name) == 0)
			return sampler;
	return NULL;
}

/*
 * The first row whose running sum is above x; the last row if x has been rounded to the total.
 */
static uint32_t find_row(const double *sum, uint64_t last, double x)
{
	uint64_t low = 0, high = last, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (sum[middle] > x)
			high = middle;
		else
			low = middle + 1;
	}
	return (uint32_t)low;
}

/* sum has n elements, weight one per class. */
static int draw_rows(const struct lt_sampler_input *input, const double *weight, double *sum,
		     uint32_t *order, struct lt_error *err)
{
	struct lt_draws draws = lt_draws_at(input->seed, LT_FOR_SAMPLER, input->stream,
					    (uint32_t)input->epoch, input->pass);
	uint64_t i, last = 0;
	double total = 0;

	for (i = 0; i < input->n; i++) {
		if (weight[input->label[i]] > 0)
			last = i;
		total += weight[input->label[i]];
		sum[i] = total;
	}
	if (!(total > 0))
		return lt_fail(err, LT_DATA, "no class has rows to draw from");
	for (i = 0; i < input->n; i++)
		order[i] = find_row(sum, last, lt_draw_unit(&draws) * total);
	return 0;
}

int lt_sampler_epoch(const struct lt_sampler *sampler, const struct lt_sampler_input *input,
		     uint32_t *order, struct lt_error *err)
{
	struct lt_draws draws = lt_draws_at(input->seed, LT_FOR_ORDER, input->stream,
					    (uint32_t)input->epoch, input->pass);
	double *weight, *sum;
	int code;

	if (!sampler->weigh) {
		lt_draw_permutation(&draws, order, (uint32_t)input->n);
		return 0;
	}
	weight = lt_new_array((size_t)input->classes, sizeof *weight);
	sum = lt_new_array(input->n, sizeof *sum);
	if (weight && sum) {
		sampler->weigh(input, weight);
		code = draw_rows(input, weight, sum, order, err);
	} else {
		code = lt_fail_memory(err);
	}
	lt_free(weight);
	lt_free(sum);
	return code;
}

void lt_sampler_shares(const struct lt_sampler *sampler, const struct lt_sampler_input *input,
		       const uint64_t *rows, double *share)
{
	double total = 0;
	int c;

	if (sampler->weigh)
		sampler->weigh(input, share);
	for (c = 0; c < input->classes; c++) {
		share[c] = sampler->weigh ? share[c] * (double)rows[c] : (double)rows[c];
		total += share[c];
	}
	for (c = 0; c < input->classes && total > 0; c++)
		share[c] /= total;
}

uint64_t lt_sampler_room(uint64_t n, uint64_t places)
{
	return (places + n - 1) / n * n;
}

int lt_sampler_passes(const struct lt_sampler *sampler, struct lt_sampler_input *input,
		      uint64_t places, uint32_t *order, struct lt_error *err)
{
	int code = 0;

	input->pass = 0;
	for (uint64_t at = 0; at < places && code == 0; at += input->n, input->pass++)
		code = lt_sampler_epoch(sampler, input, order + at, err);
	return code;
}
