#include "method/mix.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"

static int take_memory(struct lt_mix *mix, struct lt_error *err)
{
	const struct lt_mix_config *c = &mix->config;
	size_t batch = (size_t)c->batch;

	mix->values = (size_t)c->height * (size_t)c->width * (size_t)c->channels;
	mix->image = lt_new_array(batch, mix->values * sizeof *mix->image);
	mix->other = lt_new_array(batch, sizeof *mix->other);
	mix->label = lt_new_array(batch, sizeof *mix->label);
	mix->sample_weight = lt_new_array(batch, sizeof *mix->sample_weight);
	mix->share = lt_new_array(batch, sizeof *mix->share);
	mix->second.spare = lt_new_array((size_t)c->classes, sizeof *mix->second.spare);
	if (!mix->image || !mix->other || !mix->label || !mix->sample_weight || !mix->share ||
	    !mix->second.spare)
		return lt_fail_memory(err);
	mix->second.label = mix->label;
	mix->second.sample_weight = mix->sample_weight;
	mix->second.share = mix->share;
	return 0;
}

int lt_mix_new(struct lt_mix **out, const struct lt_mix_config *config, struct lt_error *err)
{
	struct lt_mix *mix = lt_new_array(1, sizeof *mix);
	int code;

	if (!mix)
		return lt_fail_memory(err);
	mix->config = *config;
	code = take_memory(mix, err);
	if (code != 0) {
		lt_mix_free(mix);
		return code;
	}
	*out = mix;
	return 0;
}

void lt_mix_free(struct lt_mix *mix)
{
	if (!mix)
		return;
	lt_free(mix->image);
	lt_free(mix->other);
	lt_free(mix->label);
	lt_free(mix->sample_weight);
	lt_free(mix->share);
	lt_free(mix->second.spare);
	lt_free(mix);
}

/* Rows stay as they are. */
static void draw_none(struct lt_mix *mix, int n)
{
	for (int i = 0; i < n; i++)
		mix->other[i] = (uint32_t)i;
	mix->kept = 1;
	mix->box = (struct lt_box){0};
}

/* The side of a box, even: half of it on either side of the centre. */
static int even(double side)
{
	return (int)side / 2 * 2;
}

void lt_mix_draw(struct lt_mix *mix, uint32_t epoch, uint32_t slot, int n)
{
	const struct lt_mix_config *c = &mix->config;
	struct lt_draws draws = lt_draws_at(c->seed, LT_FOR_MIX, 0, epoch, slot);
	const struct lt_box *box = &mix->box;
	double side;

	if (c->probability < 1 && !(lt_draw_unit(&draws) < c->probability)) {
		draw_none(mix, n);
		return;
	}
	mix->kept = lt_draw_beta(&draws, c->alpha);
	lt_draw_permutation(&draws, mix->other, (uint32_t)n);
	if (c->mixing != LT_CUTMIX)
		return;
	side = sqrt(1 - mix->kept);
	mix->box = lt_box_draw(&draws, even(c->height * side), even(c->width * side), c->height,
			       c->width);
	mix->kept = 1 - (double)(box->bottom - box->top) * (box->right - box->left) /
				((double)c->height * c->width);
}

static void sum_of(const lt_real *restrict a, const lt_real *restrict b, size_t n, double l,
		   lt_real *restrict to)
{
	lt_real own = (lt_real)l, rest = (lt_real)(1 - l);

	for (size_t i = 0; i < n; i++)
		to[i] = own * a[i] + rest * b[i];
}

void lt_mix_image(const struct lt_mix *mix, int i, lt_real *to)
{
	const struct lt_mix_config *c = &mix->config;
	const lt_real *a = mix->image + (size_t)i * mix->values;
	const lt_real *b = mix->image + (size_t)mix->other[i] * mix->values;
	size_t channels = (size_t)c->channels, row = (size_t)c->width * channels, at;

	if (c->mixing != LT_CUTMIX) {
		sum_of(a, b, mix->values, mix->kept, to);
		return;
	}
	memcpy(to, a, mix->values * sizeof *to);
	for (int y = mix->box.top; y < mix->box.bottom; y++) {
		at = (size_t)y * row + (size_t)mix->box.left * channels;
		memcpy(to + at, b + at,
		       (size_t)(mix->box.right - mix->box.left) * channels * sizeof *to);
	}
}

/* A class without rows is not "many times" another one. */
static bool is_many(uint64_t n, double kappa, uint64_t of)
{
	return n > 0 && (double)n >= kappa * (double)of;
}

double lt_remix_share(double l, uint64_t n_a, uint64_t n_b, double kappa, double tau)
{
	if (is_many(n_a, kappa, n_b) && l < tau)
		return 0;
	if (is_many(n_b, kappa, n_a) && 1 - l < tau)
		return 1;
	return l;
}

const struct lt_loss_second *lt_mix_labels(struct lt_mix *mix, int n, const int32_t *label,
					   const double *sample_weight)
{
	const struct lt_mix_config *c = &mix->config;

	for (int i = 0; i < n; i++) {
		uint32_t other = mix->other[i];

		mix->label[i] = label[other];
		mix->sample_weight[i] = sample_weight[other];
		mix->share[i] = mix->kept;
		if (c->mixing == LT_REMIX)
			mix->share[i] =
				lt_remix_share(mix->kept, c->counts[label[i]],
					       c->counts[label[other]], c->kappa, c->tau);
	}
	return &mix->second;
}
