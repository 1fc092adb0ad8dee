/* Samplers: their draws and frequencies, which depend only on seed and epoch. */
#include "data/sampler.h"

#include <stdlib.h>

#include "check.h"

#define ROWS 4000
#define CLASSES 4

static int32_t label[ROWS];
static uint64_t counts[CLASSES];
static uint32_t order[ROWS], again[ROWS];

/* Classes of 3,400, 500, 100 and no rows, mixed. */
static struct lt_sampler_input make_input(void)
{
	int i;

	memset(counts, 0, sizeof counts);
	for (i = 0; i < ROWS; i++) {
		label[i] = i % 40 == 7 ? 2 : i % 8 == 3 ? 1 : 0;
		counts[label[i]]++;
	}
	return (struct lt_sampler_input){.label = label,
					 .n = ROWS,
					 .counts = counts,
					 .classes = CLASSES,
					 .seed = 11,
					 .epoch = 1,
					 .epochs = 10,
					 .beta = 0.9999};
}

static void check_uniform(void)
{
	struct lt_sampler_input input = make_input();
	const struct lt_sampler *uniform = lt_sampler_find("uniform");
	int seen[ROWS] = {0}, i, wrong = 0, moved = 0;
	struct lt_error err;

	check_int(lt_sampler_epoch(uniform, &input, order, &err), 0);
	for (i = 0; i < ROWS; i++) {
		seen[order[i] % ROWS] += order[i] < ROWS;
		moved += order[i] != (uint32_t)i;
	}
	for (i = 0; i < ROWS; i++)
		wrong += seen[i] != 1;
	check_named(wrong == 0, "uniform: every row once");
	check(moved > ROWS * 9 / 10);
	lt_sampler_epoch(uniform, &input, again, &err);
	check_named(memcmp(order, again, sizeof order) == 0, "same seed and epoch, same order");
	input.epoch = 2;
	lt_sampler_epoch(uniform, &input, again, &err);
	check_named(memcmp(order, again, sizeof order) != 0, "another epoch, another order");
	input.epoch = 1;
	input.seed = 12;
	lt_sampler_epoch(uniform, &input, again, &err);
	check_named(memcmp(order, again, sizeof order) != 0, "another seed, another order");
}

/* The expected shares of the classes, from the weight of a row of each class. */
static void shares_of(const double *weight, double *want)
{
	double sum = 0;
	int c;

	for (c = 0; c < CLASSES; c++)
		sum += want[c] = (double)counts[c] * weight[c];
	for (c = 0; c < CLASSES; c++)
		want[c] /= sum;
}

/*
 * Compares the shares of the classes over 50 seeds, and those that lt_sampler_shares
 * computes, with the expected ones.
 */
static void check_shares(const char *sampler, struct lt_sampler_input input, const double *want,
			 const char *name)
{
	const struct lt_sampler *found = lt_sampler_find(sampler);
	double drawn[CLASSES] = {0}, said[CLASSES];
	struct lt_error err;
	int c, i, wrong = 0;

	lt_sampler_shares(found, &input, counts, said);
	for (input.seed = 1; input.seed <= 50; input.seed++) {
		wrong += lt_sampler_epoch(found, &input, order, &err) != 0;
		for (i = 0; i < ROWS; i++)
			drawn[label[order[i] % ROWS]] += 1.0 / (50 * ROWS);
	}
	for (c = 0; c < CLASSES; c++)
		wrong += !(fabs(drawn[c] - want[c]) < 0.004) +
			 !(fabs(said[c] - want[c]) < 1e-12);
	if (!check_named(wrong == 0, name))
		for (c = 0; c < CLASSES; c++)
			printf("# class %d: %g, said %g, want %g\n", c, drawn[c], said[c],
			       want[c]);
}

static void check_effective(double beta, const char *name)
{
	struct lt_sampler_input input = make_input();
	double weight[CLASSES] = {0}, want[CLASSES];
	int c;

	input.beta = beta;
	for (c = 0; c < CLASSES - 1; c++)
		weight[c] = 1 / (1 - pow(beta, (double)counts[c]));
	shares_of(weight, want);
	check_shares("effective", input, want, name);
}

/* Powers of the counts; the fourth class has no rows and no share. */
static void check_powers(void)
{
	static const double third[CLASSES] = {1.0 / 3, 1.0 / 3, 1.0 / 3, 0};
	struct lt_sampler_input input = make_input();
	double want[CLASSES] = {0}, root[CLASSES] = {0}, sum = 0;
	int c;

	for (c = 0; c < CLASSES; c++)
		sum += root[c] = sqrt((double)counts[c]);
	for (c = 0; c < CLASSES; c++)
		root[c] /= sum;
	check_shares("balanced", input, third, "balanced: all classes that have rows alike");
	check_shares("sqrt", input, root, "sqrt: by the root of the count");
	for (c = 0; c < CLASSES; c++)
		want[c] = (double)counts[c] / ROWS;
	check_shares("progressive", input, want, "progressive, epoch 1 of 10: by the count");
	input.epoch = 6;
	for (c = 0; c < CLASSES; c++)
		want[c] = 0.5 * (double)counts[c] / ROWS + 0.5 * third[c];
	check_shares("progressive", input, want, "progressive, epoch 6: half way");
	input.epoch = 10;
	for (c = 0; c < CLASSES; c++)
		want[c] = 0.1 * (double)counts[c] / ROWS + 0.9 * third[c];
	check_shares("progressive", input, want, "progressive, epoch 10: a tenth is left");
	for (c = 0; c < CLASSES; c++)
		want[c] = (double)counts[c] / ROWS;
	check_shares("uniform", input, want, "uniform: by the count");
}

/*
 * Counts that leave out rows, as those of pseudo-labelled rows may be: the weight of a row
 * follows from the count of its class, and a class with count 0 is never drawn.
 */
static void check_other_counts(void)
{
	static const uint64_t known[CLASSES] = {34, 50, 0, 0};
	struct lt_sampler_input input = make_input();
	double want[CLASSES] = {100.0 / 110, 10.0 / 110, 0, 0};

	input.counts = known;
	check_shares("balanced", input, want, "counts that are not those of the rows");
}

static void check_names(void)
{
	int i;

	for (i = 0; lt_sampler_names[i]; i++)
		check_text(lt_samplers[i + 1].name, lt_sampler_names[i]);
	check(i >= 4 && !lt_samplers[i + 1].name);
}

/* Rows of one class are equally likely, and draws are with replacement. */
static void check_rows(void)
{
	struct lt_sampler_input input = make_input();
	static int seen[ROWS];
	double chi = 0, mean;
	uint64_t tail = 0;
	struct lt_error err;
	int i;

	for (input.epoch = 1; input.epoch <= 50; input.epoch++) {
		lt_sampler_epoch(lt_sampler_find("effective"), &input, order, &err);
		for (i = 0; i < ROWS; i++)
			seen[order[i]]++;
	}
	for (i = 0; i < ROWS; i++)
		tail += label[i] == 2 ? (uint64_t)seen[i] : 0;
	mean = (double)tail / (double)counts[2];
	for (i = 0; i < ROWS; i++)
		if (label[i] == 2)
			chi += (seen[i] - mean) * (seen[i] - mean) / mean;
	check_named(chi > 55 && chi < 149, "chi square over the 100 rows of the tail");
	check(mean > 500);
}

static void check_edges(void)
{
	struct lt_sampler_input input = make_input();
	static const uint64_t none[CLASSES];
	struct lt_error err;
	int i, wrong = 0;

	/* Only the tail has rows according to the counts: all draws are from the tail. */
	counts[0] = counts[1] = 0;
	check_int(lt_sampler_epoch(lt_sampler_find("effective"), &input, order, &err), 0);
	for (i = 0; i < ROWS; i++)
		wrong += label[order[i]] != 2;
	check_int(wrong, 0);
	input.counts = none;
	check_int(lt_sampler_epoch(lt_sampler_find("effective"), &input, order, &err), LT_DATA);
	check(lt_sampler_find("nothing") == NULL);
	input.n = 1;
	check_int(lt_sampler_epoch(lt_sampler_find("uniform"), &input, order, &err), 0);
	check_int(order[0], 0);
}

/* Several passes: each has every row once, in a different order. */
static void check_passes(void)
{
	static uint32_t passes[3 * ROWS];
	const struct lt_sampler *uniform = lt_sampler_find("uniform");
	const struct lt_sampler *effective = lt_sampler_find("effective");
	struct lt_sampler_input input = make_input();
	int seen[ROWS] = {0}, i, wrong = 0;
	struct lt_error err;

	check_int((long long)lt_sampler_room(ROWS, 2 * ROWS + 1), 3 * ROWS);
	check_int((long long)lt_sampler_room(ROWS, 2 * ROWS), 2 * ROWS);
	check_int(lt_sampler_epoch(uniform, &input, order, &err), 0);
	check_int(lt_sampler_passes(uniform, &input, 2 * ROWS + 1, passes, &err), 0);
	check_named(memcmp(order, passes, sizeof order) == 0, "the first pass is an epoch");
	for (i = ROWS; i < 2 * ROWS; i++)
		seen[passes[i] % ROWS] += passes[i] < ROWS;
	for (i = 0; i < ROWS; i++)
		wrong += seen[i] != 1;
	check_named(wrong == 0, "the second pass has every row once");
	check_named(memcmp(order, passes + ROWS, sizeof order) != 0, "in another order");
	check_named(memcmp(passes + ROWS, passes + 2 * ROWS, sizeof order) != 0,
		    "and so the third");
	input.pass = 0;
	input.stream = 1;
	lt_sampler_epoch(uniform, &input, again, &err);
	check_named(memcmp(order, again, sizeof order) != 0, "another stream, another order");
	input.stream = 0;
	check_int(lt_sampler_passes(effective, &input, 2 * ROWS, passes, &err), 0);
	check_named(memcmp(passes, passes + ROWS, sizeof order) != 0,
		    "draws with replacement: another pass, other draws");
}

int main(void)
{
	check_uniform();
	check_passes();
	check_effective(0.9999, "effective number: shares of the classes at beta 0.9999");
	check_effective(0.99, "effective number: shares of the classes at beta 0.99");
	check_effective(0, "effective number: beta 0 is uniform with replacement");
	check_powers();
	check_other_counts();
	check_names();
	check_rows();
	check_edges();
	return check_done();
}
