/*
 * A team: the processes ("ranks", from 0) that run one computation together, each with its own
 * threads.  Every rank makes the same calls in the same order.  A process alone is a team of
 * one, written NULL: it owns everything, and the functions below return at once.
 *
 * This is the one place that sums over a batch and gathers what ranks own.  Items (ranges of a
 * batch) are numbered, and their sum has one order for any number of threads and ranks, that
 * of lt_tree:
 *
 *	for step 1, 2, 4, …:  item i += item i + step, for i = 0, 2 step, 4 step, …
 *
 * A rank owns a block of items whose length is a power of two and whose start is a multiple of
 * it, so its own sum is a subtree.  The number of ranks is a power of two as well, so that the
 * sums of the blocks are combined by the upper levels of the same tree.
 */
#ifndef LT_BASE_TEAM_H
#define LT_BASE_TEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { LT_MAX_RANKS = 64, LT_MAX_LEVELS = 6 /* 2^6 ranks */ };

/* Calls add(arg, to, from) for each addition of the tree over n items; the sum is item 0. */
static inline void lt_tree(int n, void (*add)(void *arg, int to, int from), void *arg)
{
	for (int step = 1; step < n; step *= 2)
		for (int i = 0; i + step < n; i += 2 * step)
			add(arg, i, i + step);
}

/* The same for n rows of k doubles; the other rows are overwritten. */
void lt_tree_rows(double *rows, int n, size_t k);

/* ------------------------------------------------------------------------ transport */

/*
 * How bytes travel between ranks: base/team_mpi.c, and a test's own.  Functions return a code
 * with err filled; after an error the transport is not used again.
 */
struct lt_exchange; /* one that is under way, the transport's */

struct lt_transport {
	void *self;
	int rank, size;
	/*
	 * Rank r owns the bytes begin[r] … begin[r + 1] - 1 of `all`, which has the same size
	 * on every rank.  Afterwards every rank has all of them.
	 */
	int (*gather)(void *self, void *all, const size_t begin[], struct lt_error *err);
	/*
	 * Starts to send n bytes to a rank, and to receive m bytes from it.  Exchanges with the
	 * same number and rank arrive in the order in which they were started.
	 */
	int (*start)(void *self, struct lt_exchange **out, int with, int number,
		     const void *send, size_t n, void *receive, size_t m, struct lt_error *err);
	/* Sets *done, waiting for it with `wait`; a done exchange no longer exists. */
	int (*finish)(void *self, struct lt_exchange *exchange, bool wait, bool *done,
		      struct lt_error *err);
};

/* ----------------------------------------------------------------------------- team */

struct lt_team {
	struct lt_transport transport;
};

/*
 * The team of this process, if it was started as one of several by mpirun(1) or the like and
 * the program was built with MPI=1; else NULL.  All functions of a team are called by the
 * thread that opened it.
 */
int lt_team_open(struct lt_team **out, struct lt_error *err);
/* LT_USAGE: the number of ranks is not a power of two, or more than LT_MAX_RANKS. */
int lt_team_check(const struct lt_team *team, struct lt_error *err);
/*
 * Ends this process's part.  code 0: waits for the other ranks.  Else the whole job ends, other
 * ranks by a signal, with this exit code.
 */
void lt_team_close(struct lt_team *team, int code);

int lt_team_rank(const struct lt_team *team); /* 0 for NULL */
int lt_team_size(const struct lt_team *team); /* 1 for NULL */

/* A run of items. */
struct lt_share {
	int first, n;
};
/* The block that a rank owns of this many items; ranks after the last block own nothing. */
struct lt_share lt_team_share(const struct lt_team *team, int items, int rank);

/* transport.gather; `all` has begin[size] bytes. */
int lt_team_gather(const struct lt_team *team, void *all, const size_t begin[],
		   struct lt_error *err);
/* The same for `size` bytes of each rank. */
int lt_team_gather_each(const struct lt_team *team, void *all, size_t size,
			struct lt_error *err);
/* Copies n bytes of rank 0 to every rank. */
int lt_team_copy(const struct lt_team *team, void *bytes, size_t n, struct lt_error *err);
/* Whether a condition holds on any rank. */
int lt_team_any(const struct lt_team *team, bool here, bool *anywhere, struct lt_error *err);
/*
 * The lowest rank whose n bytes (at most 64) differ from those of rank 0; 0: all are equal.
 */
int lt_team_differs(const struct lt_team *team, const void *bytes, size_t n, int *rank,
		    struct lt_error *err);

/*
 * The sum of vectors over the ranks, in the tree, each rank's being the sum of its items.  It
 * proceeds while other work is done: begin starts it, go_on does what is possible without
 * waiting, and end waits; then every rank has the sum.  A vector is divided in halves, and the
 * ranks of a pair each add one of them (reduce-scatter, then gather), so a rank sends and
 * receives less than twice its size in all.  A short vector travels whole at each level.
 */
struct lt_team_sum {
	const struct lt_team *team;
	/* Set by the caller.  values and room: n elements of `size` bytes. */
	char *values, *room;
	size_t n, size;
	int items;  /* of the batch: ranks that own none add nothing, not even zeros */
	int number; /* as in start; no other sum under way has it */
	void (*add)(void *arg, void *to, const void *from, size_t n); /* to += from */
	void *arg;

	/* Private. */
	struct lt_exchange *exchange;
	int stage, stages;
	bool whole; /* too short to be divided */
	struct {
		size_t first, end;
	} part[LT_MAX_LEVELS + 1]; /* what is kept at each level */
};

int lt_team_sum_begin(struct lt_team_sum *sum, struct lt_error *err);
int lt_team_sum_go_on(struct lt_team_sum *sum, struct lt_error *err);
int lt_team_sum_end(struct lt_team_sum *sum, struct lt_error *err);

#endif
