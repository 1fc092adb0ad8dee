/*
 * The number of available CPUs: the affinity mask (sched_getaffinity) and the CPU
 * quota of cgroups, which containers and batch systems set and which sysconf(3)
 * does not report.
 *
 * Quotas: in version 2 the file cpu.max holds "QUOTA PERIOD" or "max PERIOD"; in
 * version 1 cpu.cfs_quota_us (-1: none) and cpu.cfs_period_us.
 */
#include "base/cpus.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__) && defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#endif

#include "base/cgroup.h"
#include "base/number.h"
#include "base/pool.h"

#if defined(__linux__)

static struct {
	cpu_set_t *set;
	size_t size;
	int places; /* number of CPUs that the set can hold */
	int count;
} mask;

/* The kernel refuses (EINVAL) a set smaller than its own, so it grows until it fits. */
static void read_mask(void)
{
	int places;

	for (places = 1024; places <= 1 << 20; places *= 2) {
		mask.set = CPU_ALLOC(places);
		if (!mask.set)
			break;
		mask.size = CPU_ALLOC_SIZE(places);
		mask.places = places;
		if (sched_getaffinity(0, mask.size, mask.set) == 0) {
			mask.count = CPU_COUNT_S(mask.size, mask.set);
			return;
		}
		CPU_FREE(mask.set);
		mask.set = NULL;
	}
	mask.count = 1;
}

static void need_mask(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_mask);
}

int lt_affinity_cpus(void)
{
	need_mask();
	return mask.count > 0 ? mask.count : 1;
}

void lt_pin_thread(int number)
{
	cpu_set_t *one;
	int cpu;

	need_mask();
	if (!mask.set)
		return;
	for (cpu = 0; cpu < mask.places; cpu++)
		if (CPU_ISSET_S(cpu, mask.size, mask.set) && number-- == 0)
			break;
	one = cpu < mask.places ? CPU_ALLOC(mask.places) : NULL;
	if (!one)
		return;
	CPU_ZERO_S(mask.size, one);
	CPU_SET_S(cpu, mask.size, one);
	pthread_setaffinity_np(pthread_self(), mask.size, one);
	CPU_FREE(one);
}

void lt_unpin_thread(void)
{
	need_mask();
	if (mask.set)
		pthread_setaffinity_np(pthread_self(), mask.size, mask.set);
}

#else

int lt_affinity_cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (int)n : 1;
}

void lt_pin_thread(int number)
{
	(void)number;
}

void lt_unpin_thread(void)
{
}

#endif

/* CPUs, rounded up, of a quota and a period in microseconds; 0: none. */
static uint64_t quota_cpus(const char *quota, const char *period)
{
	uint64_t q, p;

	if (!lt_parse_u64(quota, 1, INT64_MAX / 2, &q) ||
	    !lt_parse_u64(period, 1, INT64_MAX / 2, &p))
		return 0;
	q = (q + p - 1) / p;
	return q > 1 << 20 ? 1 << 20 : q;
}

/* The quota set in one directory of either version. */
static uint64_t directory_cpus(const char *directory)
{
	char line[256], period[64];
	char *space;

	if (lt_cgroup_line(directory, "cpu.max", line, sizeof(line))) {
		space = strchr(line, ' ');
		if (!space)
			return 0;
		*space = '\0';
		return quota_cpus(line, space + 1);
	}
	if (!lt_cgroup_line(directory, "cpu.cfs_quota_us", line, sizeof(line)) ||
	    !lt_cgroup_line(directory, "cpu.cfs_period_us", period, sizeof(period)))
		return 0;
	return quota_cpus(line, period);
}

int lt_quota_cpus(const char *root)
{
	static const char *const controllers[2] = {"cpu", "cpu,cpuacct"};

	return (int)lt_cgroup_least(root, controllers, directory_cpus);
}

int lt_cpu_count(void)
{
	int cpus = lt_affinity_cpus();
	int quota = lt_quota_cpus("");

	return quota > 0 && quota < cpus ? quota : cpus;
}

#if defined(__linux__) && defined(__x86_64__)

/* The request and the state's number: Documentation/arch/x86/xstate.rst of Linux. */
enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };

bool lt_cpu_has_tiles(void)
{
	const unsigned bf16 = 1U << 22, tiles = 1U << 24; /* leaf 7, EDX */
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & bf16) && (d & tiles) &&
	       syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

#else

bool lt_cpu_has_tiles(void)
{
	return false;
}

#endif

size_t lt_l2_bytes(void)
{
	long bytes = 0;

#if defined(_SC_LEVEL2_CACHE_SIZE)
	bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
	return bytes > 0 ? (size_t)bytes : (size_t)1 << 20;
}
