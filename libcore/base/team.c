#include "base/team.h"

#include <string.h>

struct rows {
	double *row;
	size_t k;
};

static void add_row(void *arg, int to, int from)
{
	const struct rows *rows = arg;
	double *sum = rows->row + (size_t)to * rows->k;
	const double *other = rows->row + (size_t)from * rows->k;

	for (size_t j = 0; j < rows->k; j++)
		sum[j] += other[j];
}

void lt_tree_rows(double *rows, int n, size_t k)
{
	lt_tree(n, add_row, &(struct rows){rows, k});
}

int lt_team_rank(const struct lt_team *team)
{
	return team ? team->transport.rank : 0;
}

int lt_team_size(const struct lt_team *team)
{
	return team ? team->transport.size : 1;
}

struct lt_share lt_team_share(const struct lt_team *team, int items, int rank)
{
	int ranks = lt_team_size(team), block = 1, first;

	if (ranks == 1)
		return (struct lt_share){0, items};
	while ((int64_t)block * ranks < items)
		block *= 2;
	first = rank * block < items ? rank * block : items;
	return (struct lt_share){first, items - first < block ? items - first : block};
}

int lt_team_check(const struct lt_team *team, struct lt_error *err)
{
	int size = lt_team_size(team);

	if (size <= LT_MAX_RANKS && (size & (size - 1)) == 0)
		return 0;
	return lt_fail(err, LT_USAGE, "%d processes: a team has 1, 2, 4, … %d", size,
		       LT_MAX_RANKS);
}

int lt_team_gather(const struct lt_team *team, void *all, const size_t begin[],
		   struct lt_error *err)
{
	return team ? team->transport.gather(team->transport.self, all, begin, err) : 0;
}

int lt_team_gather_each(const struct lt_team *team, void *all, size_t size,
			struct lt_error *err)
{
	size_t begin[LT_MAX_RANKS + 1];

	for (int r = 0; r <= lt_team_size(team); r++)
		begin[r] = (size_t)r * size;
	return lt_team_gather(team, all, begin, err);
}

int lt_team_copy(const struct lt_team *team, void *bytes, size_t n, struct lt_error *err)
{
	size_t begin[LT_MAX_RANKS + 1] = {0};

	for (int r = 1; r <= lt_team_size(team); r++)
		begin[r] = n;
	return lt_team_gather(team, bytes, begin, err);
}

int lt_team_any(const struct lt_team *team, bool here, bool *anywhere, struct lt_error *err)
{
	unsigned char all[LT_MAX_RANKS] = {0};
	int size = lt_team_size(team), code;

	all[lt_team_rank(team)] = here;
	if ((code = lt_team_gather_each(team, all, sizeof all[0], err)) != 0)
		return code;
	*anywhere = false;
	for (int r = 0; r < size; r++)
		*anywhere = *anywhere || all[r];
	return 0;
}

int lt_team_differs(const struct lt_team *team, const void *bytes, size_t n, int *rank,
		    struct lt_error *err)
{
	unsigned char all[LT_MAX_RANKS][64] = {{0}};
	int size = lt_team_size(team), code;

	memcpy(all[lt_team_rank(team)], bytes, n < sizeof all[0] ? n : sizeof all[0]);
	if ((code = lt_team_gather_each(team, all, sizeof all[0], err)) != 0)
		return code;
	*rank = 0;
	for (int r = size - 1; r > 0; r--)
		if (memcmp(all[r], all[0], sizeof all[0]) != 0)
			*rank = r;
	return 0;
}

/* ------------------------------------------------------------------------------ sums */

/* Shorter vectors travel whole: a message costs more than their bytes. */
enum { SHORT = 16 << 10, LINE = 16 /* elements: halves begin on a multiple */ };

static int levels_of(const struct lt_team *team)
{
	int levels = 0;

	while (1 << levels < lt_team_size(team))
		levels++;
	return levels;
}

/* Whether the ranks that share all bits of `rank` from `level` on own any item. */
static bool group_has(const struct lt_team_sum *sum, int rank, int level)
{
	int first = rank >> level << level;

	return lt_team_share(sum->team, sum->items, first).n > 0;
}

/* The half of a part that a rank keeps at this level. */
static void halve(const struct lt_team_sum *sum, int level, int rank, size_t *first,
		  size_t *end)
{
	size_t middle;

	*first = sum->part[level].first;
	*end = sum->part[level].end;
	if (sum->whole)
		return;
	middle = *first + (*end - *first) / 2 / LINE * LINE;
	if (rank >> level & 1)
		*first = middle;
	else
		*end = middle;
}

static int start(struct lt_team_sum *sum, size_t send, size_t n, char *to, size_t m, int with,
		 struct lt_error *err)
{
	const struct lt_transport *t = &sum->team->transport;

	return t->start(t->self, &sum->exchange, with, sum->number,
			sum->values + send * sum->size, n * sum->size, to, m * sum->size, err);
}

/* Up: sends the half that the other rank keeps, and receives this rank's. */
static int start_up(struct lt_team_sum *sum, int level, struct lt_error *err)
{
	int rank = lt_team_rank(sum->team), with = rank ^ 1 << level;
	size_t first, end, kept, kept_end;

	halve(sum, level, with, &first, &end);
	halve(sum, level, rank, &kept, &kept_end);
	return start(sum, first, end - first, sum->room + kept * sum->size, kept_end - kept,
		     with, err);
}

static void add_up(struct lt_team_sum *sum, int level)
{
	int rank = lt_team_rank(sum->team), with = rank ^ 1 << level;
	bool here = group_has(sum, rank, level), there = group_has(sum, with, level);
	size_t first, end;
	char *values, *room;

	halve(sum, level, rank, &first, &end);
	values = sum->values + first * sum->size;
	room = sum->room + first * sum->size;
	if (here && there)
		sum->add(sum->arg, values, room, end - first);
	else if (there)
		memcpy(values, room, (end - first) * sum->size);
	sum->part[level + 1].first = first;
	sum->part[level + 1].end = end;
}

/* Down: sends the finished part of this level, and receives the other rank's. */
static int start_down(struct lt_team_sum *sum, int level, struct lt_error *err)
{
	int with = lt_team_rank(sum->team) ^ 1 << level;
	size_t first = sum->part[level + 1].first, end = sum->part[level + 1].end;
	size_t other, other_end;

	halve(sum, level, with, &other, &other_end);
	return start(sum, first, end - first, sum->values + other * sum->size,
		     other_end - other, with, err);
}

/* Halves go up the tree, and the finished parts come back, unless the vector is whole. */
static int start_stage(struct lt_team_sum *sum, struct lt_error *err)
{
	int levels = levels_of(sum->team);

	if (sum->stage == sum->stages)
		return 0;
	return sum->stage < levels ? start_up(sum, sum->stage, err)
				   : start_down(sum, 2 * levels - 1 - sum->stage, err);
}

static int proceed(struct lt_team_sum *sum, bool wait, struct lt_error *err)
{
	const struct lt_transport *t = &sum->team->transport;
	bool done = true;
	int code;

	while (sum->stage < sum->stages) {
		if ((code = t->finish(t->self, sum->exchange, wait, &done, err)) != 0)
			return code;
		if (!done)
			return 0;
		if (sum->stage < levels_of(sum->team))
			add_up(sum, sum->stage);
		sum->stage++;
		if ((code = start_stage(sum, err)) != 0)
			return code;
	}
	return 0;
}

int lt_team_sum_begin(struct lt_team_sum *sum, struct lt_error *err)
{
	int levels = levels_of(sum->team);

	sum->stage = 0;
	sum->whole = sum->n * sum->size < SHORT;
	sum->stages = sum->whole ? levels : 2 * levels;
	sum->part[0].first = 0;
	sum->part[0].end = sum->n;
	return start_stage(sum, err);
}

int lt_team_sum_go_on(struct lt_team_sum *sum, struct lt_error *err)
{
	return proceed(sum, false, err);
}

int lt_team_sum_end(struct lt_team_sum *sum, struct lt_error *err)
{
	return proceed(sum, true, err);
}
