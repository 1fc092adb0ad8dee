#include "method/batch.h"

#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "method/puzzle.h"

struct lt_batcher {
	const struct lt_table *table;
	struct lt_augment augment;
	uint64_t seed;
	int threads;
	size_t scratch, pixels; /* floats */
	float *memory;		/* a worker's scratch, then room for two images */
};

int lt_batcher_new(struct lt_batcher **out, const struct lt_table *table,
		   const struct lt_augment *augment, uint64_t seed, int threads,
		   struct lt_error *err)
{
	struct lt_batcher *b = lt_new_array(1, sizeof *b);

	if (!b)
		return lt_fail_memory(err);
	b->table = table;
	b->augment = *augment;
	b->seed = seed;
	b->threads = threads;
	b->pixels = (size_t)table->height * table->width * table->channels;
	if (lt_augment_scratch(table->height, table->width, table->channels, &b->scratch))
		b->memory = lt_new_array((size_t)threads,
					 (b->scratch + 2 * b->pixels) * sizeof *b->memory);
	if (!b->memory) {
		lt_free(b);
		return lt_fail_memory(err);
	}
	*out = b;
	return 0;
}

void lt_batcher_free(struct lt_batcher *b)
{
	if (!b)
		return;
	lt_free(b->memory);
	lt_free(b);
}

struct job {
	struct lt_batcher *batcher;
	const struct lt_batch *batch;
	lt_real *input;
};

/* The network's number is a float, except in the double library that tests are linked with. */
static void put(lt_real *to, const float *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (lt_real)from[i];
}

static void fill(void *arg, int i, int worker)
{
	const struct job *job = arg;
	struct lt_batcher *b = job->batcher;
	const struct lt_batch *batch = job->batch;
	const struct lt_table *table = b->table;
	float *scratch = b->memory + (size_t)worker * (b->scratch + 2 * b->pixels);
	float *image = scratch + b->scratch, *changed = image + b->pixels;
	struct lt_draws draws = lt_draws_at(b->seed, LT_FOR_AUGMENT, batch->view, batch->epoch,
					    batch->slot + (uint32_t)i);
	int place = batch->place ? batch->place[i] : i;

	lt_augment_image(&b->augment, table->image + (size_t)batch->row[i] * b->pixels,
			 table->height, table->width, table->channels, &draws, image, scratch);
	if (batch->puzzle) {
		draws = lt_draws_at(b->seed, batch->puzzle->purpose, 1, batch->epoch,
				    batch->slot + (uint32_t)i);
		batch->puzzle->change(batch->puzzle->self, image, table->height, table->width,
				      table->channels, batch->label[i], &draws, changed);
		image = changed;
	}
	put(job->input + (size_t)place * b->pixels, image, b->pixels);
}

static void mix(void *arg, int i, int worker)
{
	const struct job *job = arg;

	(void)worker;
	lt_mix_image(job->batch->mix, i, job->input + (size_t)i * job->batcher->pixels);
}

void lt_batcher_fill(struct lt_batcher *batcher, struct lt_network *net,
		     const struct lt_batch *batch)
{
	struct job job = {batcher, batch, lt_network_input(net)};

	if (batch->mix)
		job.input = batch->mix->image;
	lt_network_fill(net, batch->n, fill, &job);
	if (!batch->mix)
		return;
	/* Only when all images are there can any two be mixed. */
	job.input = lt_network_input(net);
	lt_network_fill(net, batch->n, mix, &job);
}

int lt_predict(struct lt_network *net, const struct lt_table *table, const struct lt_norm *norm,
	       const uint32_t *row, uint64_t n, lt_see *see, void *arg, struct lt_error *err)
{
	static const struct lt_view plain = {.recipe = "none"};

	return lt_predict_view(net, table, norm, &plain, row, n, see, arg, err);
}

int lt_predict_view(struct lt_network *net, const struct lt_table *table,
		    const struct lt_norm *norm, const struct lt_view *view, const uint32_t *row,
		    uint64_t n, lt_see *see, void *arg, struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(net);
	int chunk = lt_network_max_batch(net);
	struct lt_augment augment;
	struct lt_batcher *batcher;
	uint32_t *rows;
	int code;

	if (chunk > LT_RANGE)
		chunk -= chunk % LT_RANGE;
	code = lt_augment_init(&augment, view->recipe, norm, err);
	if (code != 0)
		return code;
	rows = lt_new_array((size_t)chunk, sizeof *rows);
	if (!rows)
		return lt_fail_memory(err);
	code = lt_batcher_new(&batcher, table, &augment, view->seed, lt_network_threads(net),
			      err);
	for (uint64_t at = 0; at < n && code == 0; at += (uint64_t)chunk) {
		struct lt_batch batch = {
			.row = rows, .slot = view->slot + (uint32_t)at, .view = view->number};

		batch.n = n - at < (uint64_t)chunk ? (int)(n - at) : chunk;
		for (int i = 0; i < batch.n; i++)
			rows[i] = row ? row[at + (uint64_t)i] : (uint32_t)(at + (uint64_t)i);
		lt_batcher_fill(batcher, net, &batch);
		lt_network_forward(net, batch.n, 1, LT_EVAL);
		for (int i = 0; i < batch.n; i++)
			see(arg, at + (uint64_t)i,
			    lt_network_outputs(net) + (size_t)i * g->classes,
			    lt_network_features(net) + (size_t)i * g->features);
	}
	if (code == 0)
		lt_batcher_free(batcher);
	lt_free(rows);
	return code;
}
