/*
 * Worker threads.  A pool runs a function over numbered items and returns when
 * all are done.  Each worker gets a contiguous share of the items (worker w of T
 * gets [w·n/T, (w+1)·n/T)), so each core sees the same images in every pass.  A
 * worker that has finished its share takes items from others.  The result of an
 * item must not depend on the worker, so that results do not depend on the number
 * of threads; use the worker's number only to select scratch memory.
 *
 * Workers spin for some microseconds before they sleep.  Every worker, and the
 * calling thread (worker 0), runs with denormals flushed to zero.  Workers are
 * pinned only if there are as many threads as the affinity mask has CPUs, and
 * LT_PIN=0 is not in the environment.  The calling thread is then pinned too,
 * until lt_pool_free.  Threads that it starts in between inherit its single CPU
 * unless they call lt_unpin_thread (base/cpus.h).
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
 * How long threads had nothing to do during all runs so far, in seconds of a thread: from the
 * start of a run to a thread's first item, and from its last one to the end of the run.
 */
double lt_pool_idle(const struct lt_pool *pool);
/*
 * One run at a time; work must not run the same pool.  Workers see everything that
 * the caller wrote before, and the caller sees afterwards what they wrote.
 */
void lt_pool_run(struct lt_pool *pool, lt_work *work, void *arg, int items);
/*
 * The same, but the calling thread first runs beside(arg), for example to read or write,
 * while the other workers start on the items.  It then helps with the remaining ones.
 * With one thread, beside runs before all items.
 */
void lt_pool_run_beside(struct lt_pool *pool, lt_work *work, void *arg, int items,
			void (*beside)(void *arg));
/* Runs work once on each worker; the item is the worker's number. */
void lt_pool_run_each(struct lt_pool *pool, lt_work *work, void *arg);
/* NULL is allowed. */
void lt_pool_free(struct lt_pool *pool);

/*
 * CPUs that the affinity mask and the cgroup's quota (v1 or v2, rounded up)
 * allow, at least 1.
 */
int lt_cpu_count(void);

#endif
