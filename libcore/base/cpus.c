/*
 * How many CPUs there are for us: the affinity mask (sched_getaffinity) and the
 * CPU quota of cgroups, which containers and batch systems set and which
 * sysconf(3) knows nothing of.
 *
 * Quotas: in version 2 the file cpu.max holds "QUOTA PERIOD" or "max PERIOD"; in
 * version 1 cpu.cfs_quota_us (-1: none) and cpu.cfs_period_us.  A group is bound
 * by those above it too, so every directory up to the mount point is read.
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

#include "base/number.h"
#include "base/pool.h"

#if defined(__linux__)

static struct {
	cpu_set_t *set;
	size_t size;
	int places; /* CPU numbers the set has room for */
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

/* The first line of a file, without its newline; false when it cannot be read. */
static bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool good;

	if (!file)
		return false;
	good = fgets(line, (int)size, file) != NULL;
	fclose(file);
	if (good)
		line[strcspn(line, "\n")] = '\0';
	return good;
}

/* CPUs, rounded up, of a quota and a period in microseconds; 0: none. */
static int quota_cpus(const char *quota, const char *period)
{
	uint64_t q, p;

	if (!lt_parse_u64(quota, 1, INT64_MAX / 2, &q) ||
	    !lt_parse_u64(period, 1, INT64_MAX / 2, &p))
		return 0;
	q = (q + p - 1) / p;
	return q > 1 << 20 ? 1 << 20 : (int)q;
}

/* The quota set in one directory of either version. */
static int directory_cpus(const char *directory)
{
	char path[4200], line[256], period[64];
	char *space;

	snprintf(path, sizeof(path), "%s/cpu.max", directory);
	if (read_line(path, line, sizeof(line))) {
		space = strchr(line, ' ');
		if (!space)
			return 0;
		*space = '\0';
		return quota_cpus(line, space + 1);
	}
	snprintf(path, sizeof(path), "%s/cpu.cfs_quota_us", directory);
	if (!read_line(path, line, sizeof(line)))
		return 0;
	snprintf(path, sizeof(path), "%s/cpu.cfs_period_us", directory);
	if (!read_line(path, period, sizeof(period)))
		return 0;
	return quota_cpus(line, period);
}

/* The least of two counts where 0 means none. */
static int least(int a, int b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/*
 * The least quota from the group's directory up to the mount point.  Where the
 * path is not visible from inside a container, its own group is the mount point.
 */
static int group_cpus(const char *mount, const char *group)
{
	char path[4100];
	size_t root = strlen(mount), size = strlen(group) + 1;
	char *slash;
	int cpus = 0;

	if (root + size > sizeof(path))
		return 0;
	memcpy(path, mount, root);
	memcpy(path + root, group, size);
	for (;;) {
		cpus = least(cpus, directory_cpus(path));
		slash = strrchr(path, '/');
		if (!slash || slash < path + root)
			return cpus;
		*slash = '\0';
	}
}

/* Is word one of a list's comma-separated words? */
static bool list_has(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list) {
		size_t length = strcspn(list, ",");

		if (length == n && strncmp(list, word, n) == 0)
			return true;
		list += length + (list[length] == ',');
	}
	return false;
}

/* A line of /proc/self/cgroup: "0::/path" in version 2, "4:cpu,cpuacct:/path" in version 1. */
static int line_cpus(const char *root, char *line)
{
	char mount[512];
	char *controllers, *group;
	int cpus;

	controllers = strchr(line, ':');
	group = controllers ? strchr(controllers + 1, ':') : NULL;
	if (!group)
		return 0;
	*controllers++ = '\0';
	*group++ = '\0';
	if (!*controllers) {
		snprintf(mount, sizeof(mount), "%s/sys/fs/cgroup", root);
		return group_cpus(mount, group);
	}
	if (!list_has(controllers, "cpu"))
		return 0;
	snprintf(mount, sizeof(mount), "%s/sys/fs/cgroup/cpu", root);
	cpus = group_cpus(mount, group);
	snprintf(mount, sizeof(mount), "%s/sys/fs/cgroup/cpu,cpuacct", root);
	return least(cpus, group_cpus(mount, group));
}

int lt_quota_cpus(const char *root)
{
	char path[512], line[4096];
	FILE *file;
	int cpus = 0;

	snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		cpus = least(cpus, line_cpus(root, line));
	}
	fclose(file);
	return cpus;
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
