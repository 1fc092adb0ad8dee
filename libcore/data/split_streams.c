/* The streams of one split: see split_streams.h. */
#include "data/split_streams.h"

#include "base/memory.h"
#include "data/split_text.h"

static bool is_there(const struct lt_split_source *source)
{
	return source->role != NULL;
}

static struct lt_split_source *if_there(struct lt_split_source *source)
{
	return is_there(source) ? source : NULL;
}

/*
 * The i-th stream from which an output is made: unlabelled rows come from all streams, other
 * rows from the data.  NULL after the last.
 */
static const struct lt_split_source *source_of(const struct lt_split_streams *streams,
					       enum lt_split_place place, int i)
{
	if (i-- == 0)
		return &streams->data;
	if (place != LT_PLACE_UNLABELLED)
		return NULL;
	if (is_there(&streams->pool) && i-- == 0)
		return &streams->pool;
	return i < streams->others.n ? &streams->others.source[i] : NULL;
}

/* --------------------------------------------------------------------- inputs */

static int open_pool(struct lt_split_streams *streams, const char *const *path,
		     struct lt_error *err)
{
	struct lt_split_source *data = &streams->data, *pool = &streams->pool;
	int code = lt_split_source_open(pool, path, 1, "pool", NULL, &streams->lineage, err);

	if (code == 0)
		code = lt_header_same_classes(&data->header, data->twice.name, &pool->header,
					      pool->twice.name, err);
	return code == 0 ? lt_split_same_inputs(data, pool, err) : code;
}

int lt_split_streams_open(struct lt_split_streams *streams,
			  const struct lt_split_inputs *inputs, struct lt_split_groups *groups,
			  struct lt_error *err)
{
	int code;

	*streams = (struct lt_split_streams){0};
	lt_header_init(&streams->lineage, LT_ROWS);
	code = lt_split_source_open(&streams->data, inputs->data, inputs->n_data, "data",
				    groups, &streams->lineage, err);
	streams->own_lineage = streams->lineage.n_prov;
	if (code == 0 && *inputs->pool)
		code = open_pool(streams, inputs->pool, err);
	if (code == 0)
		code = lt_split_others_open(
			&streams->others, inputs->irrelevant, inputs->n_irrelevant,
			is_there(&streams->pool) ? &streams->pool : &streams->data,
			&streams->lineage, err);
	return code;
}

void lt_split_streams_close(struct lt_split_streams *streams)
{
	lt_split_source_close(&streams->data);
	lt_split_source_close(&streams->pool);
	lt_split_others_close(&streams->others);
	lt_header_free(&streams->lineage);
}

/* ----------------------------------------------------------------------- draw */

struct lt_split_stock lt_split_streams_stock(const struct lt_split_streams *streams)
{
	const struct lt_header *header = &streams->data.header;

	return (struct lt_split_stock){
		.input = streams->data.twice.name,
		.pool = streams->pool.twice.name,
		.irrelevant = streams->others.name,
		.classes = header->n_classes,
		.name = header->classes,
		.rows = streams->data.rows,
		.pool_rows = streams->pool.rows,
		.irrelevant_rows = streams->others.rows,
	};
}

int lt_split_streams_draw(struct lt_split_streams *streams, const struct lt_split_plan *plan,
			  const struct lt_split_stock *stock, struct lt_mt19937 *mt,
			  struct lt_output *manifest, struct lt_error *err)
{
	bool pooled = is_there(&streams->pool);
	int code = 0;

	if (manifest)
		code = lt_split_manifest_begin(manifest, &streams->data,
					       if_there(&streams->pool), &streams->others, err);
	if (code == 0)
		code = lt_split_source_draw(&streams->data, plan, stock, pooled, mt, manifest,
					    err);
	if (code == 0 && pooled)
		code = lt_split_source_draw(&streams->pool, plan, stock, pooled, mt, manifest,
					    err);
	if (code == 0 && streams->others.n > 0)
		code = lt_split_others_draw(&streams->others, plan, mt, manifest, err);
	return code;
}

int lt_split_streams_replay(struct lt_split_streams *streams, const char *manifest, bool all,
			    struct lt_prov_in *origin, struct lt_error *err)
{
	return lt_split_manifest_replay(manifest, &streams->data, if_there(&streams->pool),
					&streams->others, all, origin, err);
}

/* -------------------------------------------------------------------- outputs */

static int count_classes(const struct lt_split_source *data, enum lt_split_place place,
			 struct lt_header *header, struct lt_error *err)
{
	uint64_t *counts = lt_new_array((size_t)header->n_classes, sizeof *counts), i;
	int code;

	if (!counts)
		return lt_fail_memory(err);
	for (i = 0; i < data->n; i++)
		if (data->place[i] == place && data->label[i] >= 0)
			counts[data->label[i]]++;
	code = lt_header_set_counts(header, &header->class_counts, counts, header->n_classes,
				    err);
	lt_free(counts);
	return code;
}

int lt_split_streams_header(struct lt_split_streams *streams, enum lt_split_place place,
			    struct lt_header *header, struct lt_error *err)
{
	bool hide = place == LT_PLACE_UNLABELLED;
	int last, all = streams->lineage.n_prov;
	int code = lt_split_header(
		header, hide && is_there(&streams->pool) ? &streams->pool : &streams->data,
		hide, streams->others.source, hide ? streams->others.n : 0, err);

	if (code == 0 && !hide)
		code = count_classes(&streams->data, place, header, err);
	if (code)
		return code;
	streams->lineage.n_prov = hide ? all : streams->own_lineage;
	code = lt_prov_merge(header, &streams->lineage, &last, err);
	streams->lineage.n_prov = all;
	return code;
}

int lt_split_streams_origins(const struct lt_split_streams *streams, enum lt_split_place place,
			     struct lt_prov_in *in)
{
	const struct lt_split_source *source;
	int i, k, n = 0;

	for (i = 0; (source = source_of(streams, place, i)) != NULL; i++)
		for (k = 0; k < source->n_origins && n < LT_MAX_PROV; k++)
			in[n++] = source->origin[k];
	return n;
}

int lt_split_streams_inputs(const struct lt_split_streams *streams, enum lt_split_place place,
			    struct lt_writer *writer, struct lt_error *err)
{
	const struct lt_split_source *source;
	int i, k, code = 0;

	for (i = 0; (source = source_of(streams, place, i)) != NULL; i++)
		for (k = 0; k < source->n_inputs && code == 0; k++)
			code = lt_writer_input(writer, &source->inputs[k], err);
	return code;
}

int lt_split_streams_send(struct lt_split_streams *streams,
			  const struct lt_split_sink sink[LT_PLACES],
			  void (*tell)(void *arg, uint64_t done, uint64_t total), void *arg,
			  struct lt_error *err)
{
	struct lt_split_sink extra[LT_PLACES] = {[LT_PLACE_UNLABELLED] =
							 sink[LT_PLACE_UNLABELLED]};
	int i, code;

	lt_free(streams->data.label);
	streams->data.label = NULL;
	code = lt_split_source_send(&streams->data, sink, tell, arg, err);
	if (code == 0 && is_there(&streams->pool))
		code = lt_split_source_send(&streams->pool, extra, tell, arg, err);
	for (i = 0; i < streams->others.n && code == 0; i++)
		code = lt_split_source_send(&streams->others.source[i], extra, tell, arg, err);
	return code;
}
