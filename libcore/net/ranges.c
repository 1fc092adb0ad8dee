/*
 * How a batch is divided: into ranges, among ranks and, where there are more threads than
 * ranges, into parts of ranges.
 */
#include "net/network_private.h"

/* The first image of a split; of the one after the last, n. */
static int split_begin(int n, int splits, int split)
{
	return (int)((int64_t)n * split / splits);
}

int lt_range_size(int n)
{
	return n <= LT_RANGE ? LT_RANGE / 2 : LT_RANGE;
}

/*
 * Divides a batch into ranges; each split starts a new range.  Returns how many.  range NULL:
 * only that.
 */
static int divide(struct lt_range *range, int n, int splits)
{
	const int size = lt_range_size(n);
	int ranges = 0;

	for (int split = 0; split < splits; split++) {
		int first = split_begin(n, splits, split);
		int end = split_begin(n, splits, split + 1);

		for (; first < end; first += size, ranges++)
			if (range)
				range[ranges] = (struct lt_range){
					first, end - first < size ? end - first : size, split};
	}
	return ranges;
}

/* A split without images has no statistics. */
static int settle_splits(int n, int splits)
{
	return splits < n ? splits : n;
}

int lt_count_ranges(int n, int splits)
{
	return divide(NULL, n, settle_splits(n, splits));
}

void lt_plan_batch(struct lt_network *net, int n, int splits)
{
	int threads = lt_pool_threads(net->pool);

	net->n = n;
	net->splits = settle_splits(n, splits);
	net->n_ranges = divide(net->range, n, net->splits);
	net->own = lt_team_share(net->team, net->n_ranges, lt_team_rank(net->team));
	net->parts = (threads + net->own.n - 1) / (net->own.n ? net->own.n : 1);
	if (net->parts > LT_RANGE)
		net->parts = LT_RANGE;
}

/* The first image of a range of such a batch; after the last range, n. */
static int range_begin(int n, int splits, int range)
{
	const int size = lt_range_size(n);

	for (int split = 0; split < splits; split++) {
		int first = split_begin(n, splits, split);
		int end = split_begin(n, splits, split + 1);
		int ranges = (end - first + size - 1) / size;

		if (range < ranges)
			return first + range * size;
		range -= ranges;
	}
	return n;
}

struct lt_share lt_network_share(const struct lt_network *net, int n, int splits)
{
	struct lt_share own;
	int first;

	splits = settle_splits(n, splits);
	own = lt_team_share(net->team, divide(NULL, n, splits), lt_team_rank(net->team));
	first = range_begin(n, splits, own.first);
	return (struct lt_share){first, range_begin(n, splits, own.first + own.n) - first};
}

int lt_gather_images(struct lt_network *net, void *rows, size_t size, struct lt_error *err)
{
	size_t begin[LT_MAX_RANKS + 1];
	int ranks = lt_team_size(net->team);

	if (ranks == 1)
		return 0;
	begin[ranks] = (size_t)net->n * size;
	for (int r = 0; r < ranks; r++) {
		struct lt_share share = lt_team_share(net->team, net->n_ranges, r);

		begin[r] = (size_t)range_begin(net->n, net->splits, share.first) * size;
	}
	return lt_team_gather(net->team, rows, begin, err);
}

const struct lt_range *lt_item_images(const struct lt_network *net, int item, int *first,
				      int *n)
{
	const struct lt_range *range = &net->range[net->own.first + item / net->parts];
	int part = item % net->parts, from = range->n * part / net->parts;

	*first = range->first + from;
	*n = range->n * (part + 1) / net->parts - from;
	return range;
}
