/*
 * Many, medium and few: groups of classes by training count, in which long-tailed
 * results are reported.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "report/metrics.h"

const char *const lt_group_names[LT_GROUPS] = {"many", "medium", "few"};

int lt_groups_parse(const char *text, struct lt_groups *groups, struct lt_error *err)
{
	const char *comma = strchr(text, ',');
	char high[32];

	*groups = (struct lt_groups){strcmp(text, "thirds") == 0, 0, 0};
	if (groups->thirds)
		return 0;
	if (comma && (size_t)(comma - text) < sizeof high) {
		memcpy(high, text, (size_t)(comma - text));
		high[comma - text] = '\0';
		if (lt_parse_u64(high, 0, UINT64_MAX, &groups->high) &&
		    lt_parse_u64(comma + 1, 0, groups->high, &groups->low))
			return 0;
	}
	return lt_fail(err, LT_USAGE,
		       "groups \"%s\" are neither \"thirds\" nor HIGH,LOW with HIGH >= LOW",
		       text);
}

struct ranked {
	uint64_t count;
	int class_index;
};

static int larger_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->class_index < y->class_index ? -1 : 1;
}

int lt_rank_classes(const uint64_t *train_counts, int classes, int *order, struct lt_error *err)
{
	struct ranked *rank = lt_new_array((size_t)classes, sizeof *rank);
	int i;

	if (!rank)
		return lt_fail_memory(err);
	for (i = 0; i < classes; i++)
		rank[i] = (struct ranked){train_counts[i], i};
	qsort(rank, (size_t)classes, sizeof *rank, larger_first);
	for (i = 0; i < classes; i++)
		order[i] = rank[i].class_index;
	lt_free(rank);
	return 0;
}

static int assign_thirds(const uint64_t *train_counts, int classes, uint8_t *group,
			 struct lt_error *err)
{
	int *order = lt_new_array((size_t)classes, sizeof *order);
	int code = order ? lt_rank_classes(train_counts, classes, order, err)
			 : lt_fail_memory(err),
	    third = classes / 3, i;

	for (i = 0; i < classes && code == 0; i++)
		group[order[i]] = i < third		? LT_MANY
				  : i < classes - third ? LT_MEDIUM
							: LT_FEW;
	lt_free(order);
	return code;
}

int lt_groups_assign(const struct lt_groups *groups, const uint64_t *train_counts, int classes,
		     uint8_t *group, struct lt_error *err)
{
	int c;

	if (groups->thirds)
		return assign_thirds(train_counts, classes, group, err);
	for (c = 0; c < classes; c++)
		group[c] = train_counts[c] > groups->high  ? LT_MANY
			   : train_counts[c] < groups->low ? LT_FEW
							   : LT_MEDIUM;
	return 0;
}
