#include "method/pretext.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/random.h"

void lt_pretext_free(struct lt_pretext *self)
{
	if (self)
		self->free(self);
}

int lt_pretext_check_rows(const struct lt_table *table, int batch, bool whole,
			  struct lt_error *err)
{
	uint64_t rows = table->n;

	if (whole && rows < (uint64_t)batch)
		return lt_fail(err, LT_DATA, "%llu rows are fewer than --batch %d",
			       (unsigned long long)rows, batch);
	if (rows == 0)
		return lt_fail(err, LT_DATA, "no rows to learn from");
	if (rows > UINT32_MAX)
		return lt_fail(err, LT_DATA, "more than 2^32 - 1 rows");
	return 0;
}

int lt_pretext_views(const struct lt_pretext_config *config, struct lt_augment *augment,
		     struct lt_error *err)
{
	int code = lt_augment_init(augment, config->augment, &config->norm, err);

	if (config->crop_area > 0)
		augment->views.area_least = config->crop_area;
	if (!config->blur)
		augment->views.blur_share = 0;
	return code;
}

int lt_pretext_begin(struct lt_pretext *self, const struct lt_pretext_config *config,
		     bool whole, struct lt_error *err)
{
	const struct lt_table *table = config->table;
	struct lt_source source = lt_table_source(table);
	uint64_t batch = (uint64_t)config->batch;
	struct lt_augment augment;
	int code = lt_pretext_check_rows(table, config->batch, whole, err);

	if (code != 0)
		return code;
	self->config = *config;
	self->steps = (int)((whole ? table->n : table->n + batch - 1) / batch);
	self->order = lt_new_array(table->n, sizeof *self->order);
	if (!self->order)
		return lt_fail_memory(err);
	if ((code = lt_pretext_views(config, &augment, err)) != 0)
		return code;
	return lt_batcher_new(&self->batcher, &source, &augment, config->seed,
			      lt_network_pool(config->net), err);
}

void lt_pretext_end(struct lt_pretext *self)
{
	lt_batcher_free(self->batcher);
	lt_free(self->order);
}

int lt_pretext_plan(void *self, int epoch, int *steps, struct lt_error *err)
{
	struct lt_pretext *p = self;
	struct lt_draws draws =
		lt_draws_at(p->config.seed, LT_FOR_ORDER, 0, (uint32_t)epoch, 0);

	(void)err;
	lt_draw_permutation(&draws, p->order, (uint32_t)p->config.table->n);
	*steps = p->steps;
	return 0;
}

struct lt_batch lt_pretext_batch(const struct lt_pretext *self, int epoch, int step)
{
	uint64_t batch = (uint64_t)self->config.batch, first = (uint64_t)step * batch;
	uint64_t left = self->config.table->n - first, n = left < batch ? left : batch;

	return (struct lt_batch){.n = (int)n,
				 .row = self->order + first,
				 .slot = (uint32_t)first,
				 .n_next = (int)(left - n < batch ? left - n : batch),
				 .next = self->order + first + n,
				 .epoch = (uint32_t)epoch};
}
