#include "method/batch.h"

#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "method/puzzle.h"

/* Data of each worker. */
struct worker {
	float *scratch; /* the augmentation's */
	float *image, *changed;
	struct lt_source_room room;
	/* For the current batch: the lowest row that could not be read, and its error. */
	bool failed;
	uint32_t row;
	struct lt_error why;
};

struct lt_batcher {
	struct lt_source source;
	struct lt_augment augment;
	uint64_t seed;
	struct lt_pool *pool;
	int workers;
	size_t pixels; /* floats of an image */
	struct worker *worker;
	float *memory; /* the workers' */
	int status;    /* of the first batch that failed */
	struct lt_error why;
};

static int take_memory(struct lt_batcher *b, struct lt_error *err)
{
	const struct lt_source *s = &b->source;
	size_t scratch, each;

	b->pixels = (size_t)s->height * (size_t)s->width * (size_t)s->channels;
	b->worker = lt_new_array((size_t)b->workers, sizeof *b->worker);
	if (!b->worker || !lt_augment_scratch(s->height, s->width, s->channels, &scratch))
		return lt_fail_memory(err);
	each = scratch + 2 * b->pixels;
	b->memory = lt_new_array((size_t)b->workers, each * sizeof *b->memory);
	if (!b->memory)
		return lt_fail_memory(err);
	for (int i = 0; i < b->workers; i++) {
		b->worker[i].scratch = b->memory + (size_t)i * each;
		b->worker[i].image = b->worker[i].scratch + scratch;
		b->worker[i].changed = b->worker[i].image + b->pixels;
	}
	return 0;
}

int lt_batcher_new(struct lt_batcher **out, const struct lt_source *source,
		   const struct lt_augment *augment, uint64_t seed, struct lt_pool *pool,
		   struct lt_error *err)
{
	struct lt_batcher *b = lt_new_array(1, sizeof *b);
	int code;

	if (!b)
		return lt_fail_memory(err);
	b->source = *source;
	b->augment = *augment;
	b->seed = seed;
	b->pool = pool;
	b->workers = lt_pool_threads(pool);
	code = take_memory(b, err);
	if (code != 0) {
		lt_batcher_free(b);
		return code;
	}
	*out = b;
	return 0;
}

void lt_batcher_free(struct lt_batcher *b)
{
	if (!b)
		return;
	for (int i = 0; b->worker && i < b->workers; i++)
		lt_source_room_free(&b->worker[i].room);
	lt_free(b->memory);
	lt_free(b->worker);
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

/* Reports the failure of the lowest row, whatever the order of the workers. */
static void fail_row(struct worker *worker, uint32_t row, const struct lt_error *why)
{
	if (worker->failed && worker->row <= row)
		return;
	worker->failed = true;
	worker->row = row;
	worker->why = *why;
}

/* How to crop a picture: by the first part of the augmentation, if that crops. */
struct chosen {
	const struct lt_augment *augment;
	struct lt_draws *draws;
	int done; /* parts of the list */
};

static void choose(void *arg, int height, int width, struct lt_cut *cut)
{
	struct chosen *chosen = arg;

	chosen->done = lt_augment_cut(chosen->augment, height, width, chosen->draws, cut);
}

/* Image i of the batch, in the worker's memory; NULL if its row cannot be read. */
static const float *make_image(const struct job *job, int i, struct worker *worker)
{
	struct lt_batcher *b = job->batcher;
	const struct lt_source *source = &b->source;
	const struct lt_batch *batch = job->batch;
	uint32_t slot = batch->slot + (uint32_t)i;
	struct lt_draws draws =
		lt_draws_at(b->seed, LT_FOR_AUGMENT, batch->view, batch->epoch, slot);
	const struct lt_augment *augment = batch->augment ? batch->augment : &b->augment;
	struct chosen chosen = {augment, &draws, 0};
	const struct lt_choice choice = {choose, &chosen};
	const uint8_t *bytes;
	struct lt_error why;

	if (source->row(source, batch->row[i], &choice, &worker->room, &bytes, &why) != 0) {
		fail_row(worker, batch->row[i], &why);
		return NULL;
	}
	lt_augment_rest(augment, chosen.done, bytes, source->height, source->width,
			source->channels, &draws, worker->image, worker->scratch);
	if (!batch->puzzle)
		return worker->image;
	draws = lt_draws_at(b->seed, batch->puzzle->purpose, 1, batch->epoch, slot);
	batch->puzzle->change(batch->puzzle->self, worker->image, source->height, source->width,
			      source->channels, batch->label[i], &draws, worker->changed);
	return worker->changed;
}

/* Whether the image at a position belongs to another rank. */
static bool is_foreign(const struct lt_batch *batch, int place)
{
	const struct lt_share *share = batch->share;

	return share && (place < share->first || place >= share->first + share->n);
}

static void fill(void *arg, int i, int number)
{
	const struct job *job = arg;
	size_t pixels = job->batcher->pixels;
	int place = job->batch->place ? job->batch->place[i] : i;
	lt_real *to = job->input + (size_t)place * pixels;
	const float *image;

	if (!job->batch->mix && is_foreign(job->batch, place))
		return;
	image = make_image(job, i, &job->batcher->worker[number]);
	if (image)
		put(to, image, pixels);
	else
		memset(to, 0, pixels * sizeof *to);
}

static void mix(void *arg, int i, int worker)
{
	const struct job *job = arg;

	(void)worker;
	if (is_foreign(job->batch, i))
		return;
	lt_mix_image(job->batch->mix, i, job->input + (size_t)i * job->batcher->pixels);
}

/* Collects the errors of the workers for a batch and keeps the first one. */
static void gather_failures(struct lt_batcher *b)
{
	const struct worker *least = NULL;

	for (int i = 0; i < b->workers; i++) {
		const struct worker *worker = &b->worker[i];

		if (worker->failed && (!least || worker->row < least->row))
			least = worker;
	}
	if (!least)
		return;
	if (b->status == 0) {
		b->status = least->why.code;
		b->why = least->why;
	}
	for (int i = 0; i < b->workers; i++)
		b->worker[i].failed = false;
}

void lt_batcher_fill(struct lt_batcher *batcher, lt_real *input, const struct lt_batch *batch)
{
	struct job job = {batcher, batch, batch->mix ? batch->mix->image : input};

	lt_pool_run(batcher->pool, fill, &job, batch->n);
	gather_failures(batcher);
	for (int i = 0; batcher->source.expect && i < batch->n_next; i++)
		batcher->source.expect(&batcher->source, batch->next[i]);
	if (!batch->mix)
		return;
	/* Mixing needs all images of the batch. */
	job.input = input;
	lt_pool_run(batcher->pool, mix, &job, batch->n);
}

int lt_batcher_status(const struct lt_batcher *batcher, struct lt_error *err)
{
	if (batcher->status != 0 && err)
		*err = batcher->why;
	return batcher->status;
}

int lt_predict(struct lt_network *net, const struct lt_source *source,
	       const struct lt_norm *norm, const uint32_t *row, uint64_t n, lt_see *see,
	       void *arg, struct lt_error *err)
{
	static const struct lt_view plain = {.recipe = "none"};

	return lt_predict_view(net, source, norm, &plain, row, n, see, arg, err);
}

int lt_predict_view(struct lt_network *net, const struct lt_source *source,
		    const struct lt_norm *norm, const struct lt_view *view, const uint32_t *row,
		    uint64_t n, lt_see *see, void *arg, struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(net);
	int chunk = lt_network_max_batch(net);
	struct lt_augment augment;
	struct lt_batcher *batcher = NULL;
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
	code = lt_batcher_new(&batcher, source, &augment, view->seed, lt_network_pool(net),
			      err);
	for (uint64_t at = 0; at < n && code == 0; at += (uint64_t)chunk) {
		struct lt_share share;
		struct lt_batch batch = {
			.row = rows, .slot = view->slot + (uint32_t)at, .view = view->number};

		batch.n = n - at < (uint64_t)chunk ? (int)(n - at) : chunk;
		for (int i = 0; i < batch.n; i++)
			rows[i] = row ? row[at + (uint64_t)i] : (uint32_t)(at + (uint64_t)i);
		share = lt_network_share(net, batch.n, 1);
		batch.share = &share;
		lt_batcher_fill(batcher, lt_network_input(net), &batch);
		if ((code = lt_batcher_status(batcher, err)) != 0 ||
		    (code = lt_network_forward(net, batch.n, 1, LT_EVAL, err)) != 0)
			break;
		for (int i = 0; i < batch.n; i++)
			see(arg, at + (uint64_t)i,
			    lt_network_outputs(net, g->predicts) +
				    (size_t)i * lt_graph_classes(g),
			    lt_network_features(net) + (size_t)i * g->features);
	}
	lt_batcher_free(batcher);
	lt_free(rows);
	return code;
}
