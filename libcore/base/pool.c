/*
 * The pool of worker threads.  A training step runs about a hundred passes of a
 * fraction of a millisecond each, so waking threads through the kernel for every
 * pass would take as long as the work.  Workers therefore spin briefly on a
 * generation counter before they sleep on a condition variable, and the caller
 * waits for the last of them in the same way.
 *
 * No wake-up is lost: a worker announces that it sleeps and then reads the
 * generation, and the caller changes the generation and then checks for sleepers,
 * all sequentially consistent, so at least one of them sees the other.  The mutex
 * closes the gap between the check and the wait.
 */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cpus.h"
#include "base/memory.h"

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#define SPIN_NANOSECONDS 40000
#define SPINS_A_LOOK 64
/*
 * The stack of a worker.  The default is ulimit -s in glibc, and in musl 128 KiB, which is too
 * little.
 */
#define STACK ((size_t)2 << 20)

struct worker {
	/*
	 * The worker's share of the items: the next item that no worker has taken, and the
	 * end.
	 */
	_Alignas(64) atomic_int next;
	int end;
	int64_t began, finished; /* its part of the current run, in nanoseconds */
	struct lt_pool *pool;
	pthread_t thread;
	int number;
};

struct lt_pool {
	int threads;
	bool spin; /* unless threads outnumber CPUs: spinning would block the others */
	struct worker *worker;
	int64_t idle; /* nanoseconds of all threads */
	int started;
	bool pinned;

	lt_work *work;
	void *arg;
	bool each; /* no worker takes items from others */

	_Alignas(64) atomic_uint generation;
	_Alignas(64) atomic_int pending; /* workers that have not finished this generation */
	_Alignas(64) atomic_int sleepers;
	atomic_bool caller_sleeps;
	atomic_bool stop;
	pthread_mutex_t mutex;
	pthread_cond_t wake, done;
};

/*
 * Denormals appear where momentum decays towards zero and cost a hundred cycles each.  All
 * threads must treat them alike, or results would depend on the thread.
 */
static void flush_denormals(void)
{
#if defined(__SSE__)
	_mm_setcsr(_mm_getcsr() | 0x8040); /* flush to zero, denormals are zero */
#elif defined(__aarch64__)
	uint64_t fpcr;

	__asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
	fpcr |= (uint64_t)1 << 24; /* FZ */
	__asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
#endif
}

static inline void relax(void)
{
#if defined(__SSE__)
	_mm_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool has_news(struct lt_pool *pool, unsigned seen)
{
	return atomic_load(&pool->generation) != seen;
}

static bool is_done(struct lt_pool *pool, unsigned unused)
{
	(void)unused;
	return atomic_load(&pool->pending) == 0;
}

/* Spins until the condition holds; false when the time for spinning is up. */
static bool spin_until(bool (*holds)(struct lt_pool *, unsigned), struct lt_pool *pool,
		       unsigned seen)
{
	int64_t end;
	int i;

	if (holds(pool, seen))
		return true;
	if (!pool->spin)
		return false;
	end = nanoseconds() + SPIN_NANOSECONDS;
	do {
		for (i = 0; i < SPINS_A_LOOK; i++) {
			if (holds(pool, seen))
				return true;
			relax();
		}
	} while (nanoseconds() < end);
	return false;
}

static void wait_for_news(struct lt_pool *pool, unsigned seen)
{
	if (spin_until(has_news, pool, seen))
		return;
	pthread_mutex_lock(&pool->mutex);
	atomic_fetch_add(&pool->sleepers, 1);
	while (!has_news(pool, seen))
		pthread_cond_wait(&pool->wake, &pool->mutex);
	atomic_fetch_sub(&pool->sleepers, 1);
	pthread_mutex_unlock(&pool->mutex);
}

static void wait_for_done(struct lt_pool *pool)
{
	if (spin_until(is_done, pool, 0))
		return;
	pthread_mutex_lock(&pool->mutex);
	atomic_store(&pool->caller_sleeps, true);
	while (!is_done(pool, 0))
		pthread_cond_wait(&pool->done, &pool->mutex);
	atomic_store(&pool->caller_sleeps, false);
	pthread_mutex_unlock(&pool->mutex);
}

/* Begins a new generation.  The workers then see everything that the caller wrote before. */
static void tell_workers(struct lt_pool *pool)
{
	atomic_fetch_add(&pool->generation, 1);
	if (atomic_load(&pool->sleepers) > 0) {
		pthread_mutex_lock(&pool->mutex);
		pthread_cond_broadcast(&pool->wake);
		pthread_mutex_unlock(&pool->mutex);
	}
}

static void tell_caller(struct lt_pool *pool)
{
	if (atomic_fetch_sub(&pool->pending, 1) == 1 && atomic_load(&pool->caller_sleeps)) {
		pthread_mutex_lock(&pool->mutex);
		pthread_cond_signal(&pool->done);
		pthread_mutex_unlock(&pool->mutex);
	}
}

/*
 * Gives every worker a contiguous share of the items, so that a core processes the same items
 * in every pass.
 */
static void deal(struct lt_pool *pool, int items)
{
	for (int w = 0; w < pool->threads; w++) {
		pool->worker[w].end = (int)(((int64_t)w + 1) * items / pool->threads);
		atomic_store_explicit(&pool->worker[w].next,
				      (int)((int64_t)w * items / pool->threads),
				      memory_order_relaxed);
	}
}

/*
 * Processes the worker's own share, then items that other workers have not taken: if another
 * process occupies a core, the pass does not wait for that core's share.
 */
static void do_items(struct lt_pool *pool, int number)
{
	int owners = pool->each ? 1 : pool->threads;

	for (int i = 0; i < owners; i++) {
		struct worker *owner = &pool->worker[(number + i) % pool->threads];
		int item;

		while ((item = atomic_fetch_add_explicit(&owner->next, 1,
							 memory_order_relaxed)) < owner->end)
			pool->work(pool->arg, item, number);
	}
}

static void *worker_main(void *arg)
{
	struct worker *worker = arg;
	struct lt_pool *pool = worker->pool;
	unsigned seen = 0;

	if (pool->pinned)
		lt_pin_thread(worker->number);
	flush_denormals();
	for (;;) {
		wait_for_news(pool, seen);
		seen++;
		if (atomic_load(&pool->stop))
			return NULL;
		worker->began = nanoseconds();
		do_items(pool, worker->number);
		worker->finished = nanoseconds();
		tell_caller(pool);
	}
}

static int start_workers(struct lt_pool *pool, struct lt_error *err)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int i, failed = pthread_attr_init(&attr);

	if (failed)
		return lt_fail_memory(err);
	pthread_attr_setstacksize(&attr, STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (i = 1; i < pool->threads && failed == 0; i++) {
		pool->worker[i].pool = pool;
		pool->worker[i].number = i;
		failed = pthread_create(&pool->worker[i].thread, &attr, worker_main,
					&pool->worker[i]);
		if (failed == 0)
			pool->started = i;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (failed)
		return lt_fail(err, LT_OS, "cannot start thread %d of %d: %s", i - 1,
			       pool->threads, strerror(failed));
	return 0;
}

/*
 * Pinned threads cannot move away from other processes, so a pool smaller than the machine is
 * not pinned.
 */
static bool wants_pinning(int threads)
{
	const char *pin = getenv("LT_PIN");

	return threads > 1 && threads == lt_affinity_cpus() && !(pin && strcmp(pin, "0") == 0);
}

int lt_pool_new(struct lt_pool **out, int threads, struct lt_error *err)
{
	struct lt_pool *pool;
	int code;

	*out = NULL;
	if (threads < 1)
		return lt_fail(err, LT_BUG, "a pool of %d threads", threads);
	pool = lt_new_aligned(sizeof(*pool));
	if (!pool)
		return lt_fail_memory(err);
	pool->threads = threads;
	pool->worker = lt_new_aligned((size_t)threads * sizeof(*pool->worker));
	if (!pool->worker) {
		lt_free(pool);
		return lt_fail_memory(err);
	}
	pool->spin = threads <= lt_cpu_count();
	pool->pinned = wants_pinning(threads);
	pthread_mutex_init(&pool->mutex, NULL);
	pthread_cond_init(&pool->wake, NULL);
	pthread_cond_init(&pool->done, NULL);
	flush_denormals();
	code = start_workers(pool, err);
	if (code) {
		pool->pinned = false;
		lt_pool_free(pool);
		return code;
	}
	if (pool->pinned)
		lt_pin_thread(0);
	*out = pool;
	return 0;
}

int lt_pool_threads(const struct lt_pool *pool)
{
	return pool->threads;
}

double lt_pool_idle(const struct lt_pool *pool)
{
	return (double)pool->idle * 1e-9;
}

/* Adds what the threads waited in a run, before and after their parts. */
static void count_idle(struct lt_pool *pool, int64_t start, int64_t own_end)
{
	int64_t end = nanoseconds();

	pool->idle += end - own_end;
	for (int w = 1; w < pool->threads; w++)
		pool->idle += pool->worker[w].began - start + end - pool->worker[w].finished;
}

static void run(struct lt_pool *pool, lt_work *work, void *arg, int items,
		void (*beside)(void *arg))
{
	bool shared = pool->threads > 1 && items > 0;
	int64_t start, own_end;

	flush_denormals();
	pool->work = work;
	pool->arg = arg;
	deal(pool, items);
	if (shared) {
		atomic_store(&pool->pending, pool->threads - 1);
		start = nanoseconds();
		tell_workers(pool);
	}
	if (beside)
		beside(arg);
	do_items(pool, 0);
	if (shared) {
		own_end = nanoseconds();
		wait_for_done(pool);
		count_idle(pool, start, own_end);
	}
}

void lt_pool_run(struct lt_pool *pool, lt_work *work, void *arg, int items)
{
	if (items > 0)
		run(pool, work, arg, items, NULL);
}

void lt_pool_run_beside(struct lt_pool *pool, lt_work *work, void *arg, int items,
			void (*beside)(void *arg))
{
	run(pool, work, arg, items > 0 ? items : 0, beside);
}

void lt_pool_run_each(struct lt_pool *pool, lt_work *work, void *arg)
{
	pool->each = true;
	run(pool, work, arg, pool->threads, NULL);
	pool->each = false;
}

void lt_pool_free(struct lt_pool *pool)
{
	int i;

	if (!pool)
		return;
	atomic_store(&pool->stop, true);
	tell_workers(pool);
	for (i = 1; i <= pool->started; i++)
		pthread_join(pool->worker[i].thread, NULL);
	if (pool->pinned)
		lt_unpin_thread();
	pthread_cond_destroy(&pool->done);
	pthread_cond_destroy(&pool->wake);
	pthread_mutex_destroy(&pool->mutex);
	lt_free(pool->worker);
	lt_free(pool);
}
