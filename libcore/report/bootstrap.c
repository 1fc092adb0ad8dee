#include "report/bootstrap.h"

#include "base/memory.h"

/* The counts of one worker. */
struct room {
	struct lt_counts of, other;
};

struct job {
	struct lt_bootstrap *bootstrap;
	struct room *room;
};

static void draw(const struct lt_bootstrap *b, int replicate, struct room *room)
{
	const struct lt_kept *rows = b->rows;

	lt_counts_clear(&room->of);
	lt_counts_clear(&room->other);
	for (int c = 0; c < rows->classes; c++) {
		uint32_t n = (uint32_t)(rows->start[c + 1] - rows->start[c]);
		struct lt_draws draws = lt_redraws(b->seed, LT_REDRAW_LABELLED, replicate, c);

		for (uint32_t i = 0; i < n; i++) {
			uint64_t row = rows->start[c] + lt_draw_below(&draws, n);

			lt_counts_add(&room->of, c, rows->predicted[row]);
			if (b->paired)
				lt_counts_add(&room->other, c, rows->other[row]);
		}
	}
}

static void one_replicate(void *arg, int replicate, int worker)
{
	struct job *job = arg;
	struct lt_bootstrap *b = job->bootstrap;
	struct room *room = &job->room[worker];

	draw(b, replicate, room);
	for (int i = 0; i < b->measures->n; i++) {
		const struct lt_measure *measure = &b->measures->list[i];
		size_t at = (size_t)i * (size_t)b->replicates + (size_t)replicate;

		b->values[at] = measure->of(&room->of, measure);
		if (b->paired)
			b->differences[at] = b->values[at] - measure->of(&room->other, measure);
	}
}

int lt_bootstrap_run(struct lt_bootstrap *b, struct lt_pool *pool, struct lt_error *err)
{
	int workers = lt_pool_threads(pool), code = 0;
	size_t n = (size_t)b->measures->n;
	struct job job = {b, lt_new_array((size_t)workers, sizeof(struct room))};

	b->values = lt_new_array(n, (size_t)b->replicates * sizeof *b->values);
	b->differences =
		b->paired ? lt_new_array(n, (size_t)b->replicates * sizeof *b->differences)
			  : NULL;
	if (!job.room || !b->values || (b->paired && !b->differences))
		code = lt_fail_memory(err);
	for (int i = 0; i < workers && code == 0; i++)
		if ((code = lt_counts_new(&job.room[i].of, b->rows->classes, err)) == 0)
			code = lt_counts_new(&job.room[i].other, b->rows->classes, err);
	if (code == 0)
		lt_pool_run(pool, one_replicate, &job, b->replicates);
	for (int i = 0; job.room && i < workers; i++) {
		lt_counts_free(&job.room[i].of);
		lt_counts_free(&job.room[i].other);
	}
	lt_free(job.room);
	return code;
}

void lt_bootstrap_free(struct lt_bootstrap *b)
{
	lt_free(b->values);
	lt_free(b->differences);
	b->values = b->differences = NULL;
}
