/*
 * Writes manifests (see split_text.h) during the draw; split_replay.c reads them.
 */
#include "data/split_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

static int write_source(struct lt_output *output, const struct lt_split_source *source,
			struct lt_error *err)
{
	return lt_output_printf(output, err, "\t%s\t%" PRIu64 "\t%08" PRIx32, source->role,
				source->n, lt_split_source_crcs(source));
}

int lt_split_manifest_begin(struct lt_output *output, const struct lt_split_source *data,
			    const struct lt_split_source *pool,
			    const struct lt_split_others *others, struct lt_error *err)
{
	int i, code = lt_output_printf(output, err, "lt-split-manifest 1");

	if (code == 0)
		code = write_source(output, data, err);
	if (code == 0 && pool)
		code = write_source(output, pool, err);
	for (i = 0; i < others->n && code == 0; i++)
		code = write_source(output, &others->source[i], err);
	return code == 0 ? lt_output_printf(output, err, "\n") : code;
}

/* n rows from index on, in steps of step. */
static int write_rows(struct lt_output *output, const char *what, const char *class,
		      const int64_t *index, uint64_t n, int step, struct lt_error *err)
{
	int code = 0;

	for (; n > 0 && code == 0; n--, index += step)
		code = lt_output_printf(output, err, "%s\t%s\t%" PRId64 "\n", what, class,
					*index);
	return code;
}

static int list_own(struct lt_output *output, const struct lt_split_plan *plan,
		    const struct lt_split_stock *stock, bool pooled, const int64_t *index,
		    const uint64_t *start, struct lt_error *err)
{
	const int64_t *own;
	const char *class;
	int k, c, code = 0;

	for (k = 0; k < plan->classes && code == 0; k++) {
		c = stock->order[k];
		class = stock->name[c];
		own = index + start[c];
		code = write_rows(output, "train", class, own, plan->labelled[k], 1, err);
		if (code == 0 && !pooled)
			code = write_rows(output, "unlabeled", class, own + plan->labelled[k],
					  plan->unlabelled[k], 1, err);
		if (code == 0 && plan->val[k] > 0)
			code = write_rows(output, "val", class, index + start[c + 1] - 1,
					  plan->val[k], -1, err);
		if (code == 0 && plan->test[k] > 0)
			code = write_rows(output, "test", class,
					  index + start[c + 1] - 1 - plan->val[k],
					  plan->test[k], -1, err);
	}
	return code;
}

static int list_pool(struct lt_output *output, const struct lt_split_plan *plan,
		     const struct lt_split_stock *stock, const int64_t *index,
		     const uint64_t *start, struct lt_error *err)
{
	int k, c, code = 0;

	for (k = 0; k < plan->classes && code == 0; k++) {
		c = stock->order[k];
		code = write_rows(output, "unlabeled", stock->name[c], index + start[c],
				  plan->unlabelled[k], 1, err);
	}
	return code;
}

/* Rows that were held out before the draw, in input order. */
static int list_placed(struct lt_output *output, const struct lt_split_source *source,
		       struct lt_error *err)
{
	uint64_t i;
	int code = 0;

	for (i = 0; i < source->n && code == 0; i++)
		if (source->place[i] == LT_PLACE_VAL || source->place[i] == LT_PLACE_TEST)
			code = lt_output_printf(output, err, "%s\t%s\t%" PRIu64 "\n",
						source->place[i] == LT_PLACE_TEST ? "test"
										  : "val",
						source->header.classes[source->label[i]], i);
	return code;
}

int lt_split_source_draw(struct lt_split_source *source, const struct lt_split_plan *plan,
			 const struct lt_split_stock *stock, bool pooled, struct lt_mt19937 *mt,
			 struct lt_output *manifest, struct lt_error *err)
{
	int64_t *index = lt_new_array(source->n, sizeof *index);
	uint64_t *start = lt_new_array((size_t)stock->classes + 1, sizeof *start);
	int code = index && start ? 0 : lt_fail_memory(err);

	if (code == 0) {
		lt_split_by_class(source->label, source->place, source->n, stock->classes,
				  index, start);
		if (strcmp(source->role, "pool") == 0) {
			lt_split_draw_pool(plan, stock->order, mt, index, start, source->place);
			if (manifest)
				code = list_pool(manifest, plan, stock, index, start, err);
		} else {
			lt_split_draw(plan, stock->order, pooled, mt, index, start,
				      source->place);
			if (manifest)
				code = list_own(manifest, plan, stock, pooled, index, start,
						err);
			if (manifest && code == 0 && stock->held && stock->held->placed)
				code = list_placed(manifest, source, err);
		}
	}
	lt_free(index);
	lt_free(start);
	return code;
}

int lt_split_others_draw(struct lt_split_others *others, const struct lt_split_plan *plan,
			 struct lt_mt19937 *mt, struct lt_output *manifest,
			 struct lt_error *err)
{
	int64_t *index = lt_new_array(others->rows, sizeof *index);
	uint8_t *place = lt_new_array(others->rows, sizeof *place);
	int s, code = index && place ? 0 : lt_fail_memory(err);
	uint64_t i, at = 0;

	if (code == 0) {
		for (i = 0; i < others->rows; i++)
			index[i] = (int64_t)i;
		lt_split_draw_irrelevant(plan, mt, index, others->rows, place);
		for (s = 0; s < others->n; s++)
			for (i = 0; i < others->source[s].n; i++)
				others->source[s].place[i] = place[at++];
		if (manifest)
			code = write_rows(manifest, "irrelevant", "-", index, plan->irrelevant,
					  1, err);
	}
	lt_free(index);
	lt_free(place);
	return code;
}
