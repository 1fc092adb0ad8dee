#include "report/kept.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"

void lt_kept_init(struct lt_kept *kept, int classes, bool with_scores)
{
	*kept = (struct lt_kept){.classes = classes, .with_scores = with_scores};
}

static void drop_scores(struct lt_kept *kept)
{
	for (uint64_t i = 0; i < kept->blocks; i++)
		lt_free(kept->block[i]);
	lt_free(kept->block);
	kept->block = NULL;
	kept->blocks = kept->block_room = 0;
}

void lt_kept_free(struct lt_kept *kept)
{
	drop_scores(kept);
	lt_free(kept->label);
	lt_free(kept->predicted);
	lt_free(kept->other);
	lt_free(kept->start);
	*kept = (struct lt_kept){0};
}

static bool grow(int32_t **array, uint64_t room)
{
	int32_t *more = lt_grow_array(*array, room, sizeof *more);

	if (more)
		*array = more;
	return more != NULL;
}

static bool take_room(struct lt_kept *kept)
{
	uint64_t room = kept->room ? kept->room + kept->room / 2 : LT_KEPT_BLOCK;

	if (kept->n < kept->room)
		return true;
	if (!grow(&kept->label, room) || !grow(&kept->predicted, room) ||
	    !grow(&kept->other, room))
		return false;
	kept->room = room;
	return true;
}

static bool take_block(struct lt_kept *kept)
{
	if (kept->n < kept->blocks * LT_KEPT_BLOCK)
		return true;
	if (kept->blocks == kept->block_room) {
		uint64_t room = kept->block_room ? 2 * kept->block_room : 64;
		float **more = lt_grow_array(kept->block, room, sizeof(float *));

		if (!more)
			return false;
		kept->block = more;
		kept->block_room = room;
	}
	kept->block[kept->blocks] =
		lt_new_array((size_t)kept->classes, LT_KEPT_BLOCK * sizeof(float));
	if (!kept->block[kept->blocks])
		return false;
	kept->blocks++;
	return true;
}

static float *logits_of(const struct lt_kept *kept, uint64_t row)
{
	return kept->block[row / LT_KEPT_BLOCK] + row % LT_KEPT_BLOCK * (uint64_t)kept->classes;
}

int lt_kept_add(struct lt_kept *kept, int label, int predicted, int other, const float *logits,
		struct lt_error *err)
{
	if (kept->n == UINT32_MAX)
		return lt_fail(err, LT_DATA, "more than %lu rows with a label",
			       (unsigned long)UINT32_MAX);
	if (!take_room(kept) || (kept->with_scores && !take_block(kept)))
		return lt_fail_memory(err);
	if (kept->with_scores)
		memcpy(logits_of(kept, kept->n), logits,
		       (size_t)kept->classes * sizeof *logits);
	kept->label[kept->n] = label;
	kept->predicted[kept->n] = predicted;
	kept->other[kept->n] = other;
	kept->not_finite |= predicted < 0;
	kept->n++;
	return 0;
}

void lt_kept_softmax(const struct lt_kept *kept, uint64_t row, double *largest, double *sum)
{
	const float *logits = logits_of(kept, row);

	*largest = (double)logits[0];
	for (int c = 1; c < kept->classes; c++)
		*largest = (double)logits[c] > *largest ? (double)logits[c] : *largest;
	*sum = 0;
	for (int c = 0; c < kept->classes; c++)
		*sum += lt_exp((double)logits[c] - *largest);
}

void lt_kept_scores(const struct lt_kept *kept, int c, const double *largest, const double *sum,
		    struct lt_scored *out)
{
	for (uint64_t i = 0; i < kept->n; i++) {
		double logit = (double)logits_of(kept, i)[c];

		out[i].score = lt_exp(logit - largest[i]) / sum[i];
		out[i].positive = kept->label[i] == c;
	}
}

/* Reorders one array by class; next[c] is the next position of class c. */
static bool reorder(const struct lt_kept *kept, const int32_t *label, int32_t **array,
		    uint64_t *next)
{
	int32_t *sorted = lt_new_array(kept->n, sizeof *sorted);

	if (!sorted)
		return false;
	memcpy(next, kept->start, (size_t)kept->classes * sizeof *next);
	for (uint64_t i = 0; i < kept->n; i++)
		sorted[next[label[i]]++] = (*array)[i];
	lt_free(*array);
	*array = sorted;
	return true;
}

int lt_kept_sort(struct lt_kept *kept, struct lt_error *err)
{
	uint64_t *next = lt_new_array((size_t)kept->classes, sizeof *next);
	int32_t *label = kept->label;
	bool good;

	drop_scores(kept);
	kept->start = lt_new_array((size_t)kept->classes + 1, sizeof *kept->start);
	good = next && kept->start;
	for (uint64_t i = 0; good && i < kept->n; i++)
		kept->start[label[i] + 1]++;
	for (int c = 0; good && c < kept->classes; c++)
		kept->start[c + 1] += kept->start[c];
	if (good && kept->n > 0)
		good = reorder(kept, label, &kept->predicted, next) &&
		       reorder(kept, label, &kept->other, next);
	for (int c = 0; good && c < kept->classes; c++)
		for (uint64_t i = kept->start[c]; i < kept->start[c + 1]; i++)
			label[i] = c;
	lt_free(next);
	return good ? 0 : lt_fail_memory(err);
}
