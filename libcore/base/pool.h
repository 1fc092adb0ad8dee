/*
 * Worker threads.  A pool runs a function over numbered items and returns when
 * all are done.  Items go to workers in contiguous shares (worker w of T gets
 * items [w·n/T, (w+1)·n/T)), so that a core meets the same images in every pass;
 * a worker that is through with its share takes from those of others.  What an
 * item computes must not depend on the worker, so results do not depend on the
 * number of threads; the worker's number only chooses scratch memory.
 *
 * Workers wait spinning for some microseconds, then sleep.  Every worker, and
 * the calling thread (worker 0), runs with denormals flushed to zero.  Workers
 * are pinned only when the threads are as many as the CPUs that affinity
 * allows and LT_PIN=0 is not in the environment; the calling thread is then
 * pinned too, until lt_pool_free, and threads it starts meanwhile inherit its
 * one CPU unless they call lt_unpin_thread (base/cpus.h).
 */
#ifndef LT_BASE_POOL_H
#define LT_BASE_POOL_H

#include "base/error.h"

struct lt_pool;
typedef void lt_work(void *arg, int item, int worker);

/* threads ≥ 1; threads - 1 are started, with all signals blocked. */
int lt_pool_new(struct lt_pool **out, int threads, struct lt_error *err);
int lt_pool_threads(const struct lt_pool *pool);
/*
 * One run at a time; work may not run its own pool.  What the caller wrote before
 * is seen by all workers, and what they wrote is seen by the caller after.
 */
void lt_pool_run(struct lt_pool *pool, lt_work *work, void *arg, int items);
/* NULL is allowed. */
void lt_pool_free(struct lt_pool *pool);

/*
 * CPUs that the affinity mask and the cgroup's quota (v1 or v2, rounded up)
 * allow, at least 1.
 */
int lt_cpu_count(void);

#endif
