/* Worker threads: every item once, in its fixed share, whichever thread sleeps; CPU counts. */
#include "base/pool.h"

#include <float.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cpus.h"
#include "check.h"

#define MAX_ITEMS 1000

struct record {
	int times[MAX_ITEMS], worker[MAX_ITEMS];
};

static void note(void *arg, int item, int worker)
{
	struct record *record = arg;

	record->times[item]++;
	record->worker[item] = worker;
}

static void test_shares(int threads)
{
	static const int sizes[] = {0, 1, 2, 3, 7, 64, MAX_ITEMS};
	static struct record record;
	struct lt_pool *pool;
	struct lt_error err;
	int i, item, wrong = 0;

	check_int(lt_pool_new(&pool, threads, &err), 0);
	check_int(lt_pool_threads(pool), threads);
	for (i = 0; i < (int)(sizeof(sizes) / sizeof(sizes[0])); i++) {
		memset(&record, 0, sizeof(record));
		lt_pool_run(pool, note, &record, sizes[i]);
		for (item = 0; item < MAX_ITEMS; item++)
			if (record.times[item] != (item < sizes[i]))
				wrong++;
		for (item = 0; item < sizes[i]; item++)
			if (record.worker[item] < 0 || record.worker[item] >= threads)
				wrong++;
	}
	check_named(wrong == 0, "every item once, by a worker of the pool");
	lt_pool_free(pool);
}

/* Without waiting, the calling thread would take most items before the others are awake. */
static void test_each(int threads)
{
	static struct record record;
	struct lt_pool *pool;
	struct lt_error err;
	int wrong = 0;

	memset(&record, 0, sizeof record);
	check_int(lt_pool_new(&pool, threads, &err), 0);
	for (int round = 1; round <= 200; round++) {
		lt_pool_run_each(pool, note, &record);
		for (int w = 0; w < threads; w++)
			wrong += record.times[w] != round || record.worker[w] != w;
	}
	check_named(wrong == 0, "once on each worker");
	memset(&record, 0, sizeof record);
	lt_pool_run(pool, note, &record, 2 * threads);
	for (int item = 0; item < 2 * threads; item++)
		wrong += record.times[item] != 1;
	check_named(wrong == 0, "afterwards shares as before");
	lt_pool_free(pool);
}

struct beside {
	struct record record;
	int times, items_before; /* for the caller's own work: items that the caller processed
				    before */
	atomic_int by_caller;
};

static void note_item(void *arg, int item, int worker)
{
	struct beside *beside = arg;

	note(&beside->record, item, worker);
	if (worker == 0)
		atomic_fetch_add(&beside->by_caller, 1);
}

static void note_beside(void *arg)
{
	struct beside *beside = arg;

	beside->times++;
	beside->items_before = atomic_load(&beside->by_caller);
}

static void test_beside(int threads)
{
	static const int sizes[] = {0, 1, 64};
	static struct beside beside;
	struct lt_pool *pool;
	struct lt_error err;
	int i, item, wrong = 0;

	check_int(lt_pool_new(&pool, threads, &err), 0);
	for (i = 0; i < (int)(sizeof(sizes) / sizeof(sizes[0])); i++) {
		memset(&beside, 0, sizeof(beside));
		lt_pool_run_beside(pool, note_item, &beside, sizes[i], note_beside);
		for (item = 0; item < MAX_ITEMS; item++)
			if (beside.record.times[item] != (item < sizes[i]))
				wrong++;
		check_int(beside.times, 1);
		check_int(beside.items_before, 0);
	}
	check_named(wrong == 0, "every item once, beside the caller's work");
	lt_pool_free(pool);
}

static void add_one(void *arg, int item, int worker)
{
	(void)worker;
	((int *)arg)[item * 16]++;
}

/*
 * Pauses of many lengths: some while workers spin, some while they sleep, some as they fall
 * asleep.
 */
static void test_no_lost_wakeup(void)
{
	static int sum[8 * 16];
	struct timespec pause = {0};
	struct lt_pool *pool;
	struct lt_error err;
	int i, wrong = 0;

	check_int(lt_pool_new(&pool, 3, &err), 0);
	for (i = 0; i < 3000; i++) {
		lt_pool_run(pool, add_one, sum, 8);
		pause.tv_nsec = i % 100 * 1000;
		if (i % 4 == 0)
			nanosleep(&pause, NULL);
	}
	for (i = 0; i < 8; i++)
		if (sum[i * 16] != 3000)
			wrong++;
	check_int(wrong, 0);
	lt_pool_free(pool);
}

/*
 * Item 0 can end only after item 1 of the same share has begun: another worker must take
 * item 1.
 */
static void wait_for_next(void *arg, int item, int worker)
{
	atomic_int *next_begun = arg;

	(void)worker;
	if (item == 1)
		atomic_store(next_begun, 1);
	while (item == 0 && !atomic_load(next_begun))
		sched_yield();
}

static void test_taking_over(void)
{
	atomic_int next_begun = 0;
	struct lt_pool *pool;
	struct lt_error err;

	/* Items 0 and 1 are worker 0's share, 2 and 3 worker 1's. */
	check_int(lt_pool_new(&pool, 2, &err), 0);
	lt_pool_run(pool, wait_for_next, &next_begun, 4);
	check_named(atomic_load(&next_begun) == 1,
		    "a share goes on while its owner is held up");
	lt_pool_free(pool);
}

struct state {
	atomic_int here;
	volatile double tiny;
	double product[4];
	int blocked[4];
};

static void look(void *arg, int item, int worker)
{
	struct state *state = arg;
	sigset_t mask;

	/* All four wait for each other, so each runs on its own thread. */
	atomic_fetch_add(&state->here, 1);
	while (atomic_load(&state->here) < 4)
		sched_yield();
	item = worker;
	state->product[item] = state->tiny * 0.5;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	state->blocked[item] =
		sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1;
}

static void test_state_of_workers(void)
{
	struct state state = {.tiny = DBL_MIN};
	struct lt_pool *pool;
	struct lt_error err;

	check_int(lt_pool_new(&pool, 4, &err), 0);
	lt_pool_run(pool, look, &state, 4);
	check_named(!state.blocked[0], "the caller keeps its signals");
	check_named(state.blocked[1] && state.blocked[2] && state.blocked[3],
		    "workers take no signals");
#if defined(__SSE__) || defined(__aarch64__)
	check_named(state.product[0] == 0 && state.product[1] == 0 && state.product[2] == 0 &&
			    state.product[3] == 0,
		    "denormals are zero in every thread");
#endif
	lt_pool_free(pool);
}

static void test_errors(void)
{
	struct lt_pool *pool;
	struct lt_error err;

	check_int(lt_pool_new(&pool, 0, &err), LT_BUG);
	check(pool == NULL);
	lt_pool_free(NULL);
}

#if defined(__linux__)
static int allowed_now(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : -1;
}

static void test_pinning(void)
{
	struct lt_pool *pool;
	struct lt_error err;
	int cpus = lt_affinity_cpus();

	check_int(allowed_now(), cpus);
	setenv("LT_PIN", "0", 1);
	check_int(lt_pool_new(&pool, cpus, &err), 0);
	check_int(allowed_now(), cpus);
	lt_pool_free(pool);
	unsetenv("LT_PIN");
	check_int(lt_pool_new(&pool, cpus + 1, &err), 0);
	check_int(allowed_now(), cpus);
	lt_pool_free(pool);
	check_int(lt_pool_new(&pool, cpus, &err), 0);
	check_int(allowed_now(), 1);
	check_named(lt_affinity_cpus() == cpus, "a pinned thread still counts all CPUs");
	lt_pool_free(pool);
	check_int(allowed_now(), cpus);
}
#endif

static void put(const char *root, const char *path, const char *text)
{
	char full[500], *slash;
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (slash = strchr(full + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(full, 0777);
		*slash = '/';
	}
	file = fopen(full, "w");
	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

/* A false /proc and /sys, with both versions as the kernel's documentation describes them. */
static void test_quota(void)
{
	char root[] = "/tmp/lt-pool.XXXXXX", command[100];

	if (!check_named(mkdtemp(root) != NULL, "a temporary directory"))
		return;
	check_int(lt_quota_cpus(root), 0);
	put(root, "/proc/self/cgroup", "0::/a/b\n");
	check_named(lt_quota_cpus(root) == 0, "version 2 without files");
	put(root, "/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
	check_int(lt_quota_cpus(root), 0);
	put(root, "/sys/fs/cgroup/a/cpu.max", "250000 100000\n");
	check_named(lt_quota_cpus(root) == 3, "the parent's 2.5 CPUs are 3");
	put(root, "/sys/fs/cgroup/a/b/cpu.max", "50000 100000\n");
	check_named(lt_quota_cpus(root) == 1, "the least counts");
	put(root, "/proc/self/cgroup", "0::/\n");
	put(root, "/sys/fs/cgroup/cpu.max", "400000 100000\n");
	check_named(lt_quota_cpus(root) == 4, "the mount point itself, as in a container");
	put(root, "/sys/fs/cgroup/cpu.max", "nonsense\n");
	check_int(lt_quota_cpus(root), 0);
	put(root, "/proc/self/cgroup", "5:cpuset:/x\n4:cpuacct,cpu:/job\n0::/\n");
	put(root, "/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
	put(root, "/sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "100000\n");
	check_named(lt_quota_cpus(root) == 0, "version 1: -1 is none");
	put(root, "/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "600000\n");
	check_named(lt_quota_cpus(root) == 6, "version 1");
	check(lt_cpu_count() >= 1);
	snprintf(command, sizeof(command), "rm -rf %s", root);
	check_int(system(command), 0);
}

int main(void)
{
	test_shares(1);
	test_shares(2);
	test_shares(5);
	test_each(1);
	test_each(5);
	test_beside(1);
	test_beside(3);
	test_no_lost_wakeup();
	test_taking_over();
#if defined(__linux__)
	test_pinning();
#endif
	test_errors();
	test_quota();
	test_state_of_workers();
	return check_done();
}
