/*
 * The available memory.  Limits of cgroups: in version 2 the files
 * memory.max and memory.high hold bytes or "max"; in version 1
 * memory.limit_in_bytes holds bytes, a number near 2^63 for none.
 */
#include <unistd.h>

#include "base/cgroup.h"
#include "base/memory.h"
#include "base/number.h"

static uint64_t file_bytes(const char *directory, const char *file)
{
	char line[64];
	uint64_t bytes;

	if (!lt_cgroup_line(directory, file, line, sizeof(line)) ||
	    !lt_parse_u64(line, 1, INT64_MAX, &bytes))
		return 0;
	return bytes;
}

static uint64_t directory_bytes(const char *directory)
{
	static const char *const files[] = {"memory.max", "memory.high",
					    "memory.limit_in_bytes"};
	uint64_t least = 0;
	int i;

	for (i = 0; i < 3; i++) {
		uint64_t bytes = file_bytes(directory, files[i]);

		if (bytes != 0 && (least == 0 || bytes < least))
			least = bytes;
	}
	return least;
}

uint64_t lt_memory_quota(const char *root)
{
	static const char *const controllers[2] = {"memory"};

	return lt_cgroup_least(root, controllers, directory_bytes);
}

uint64_t lt_memory_default(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
	uint64_t machine = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
	uint64_t quota = lt_memory_quota("");

	if (machine == 0 || (quota != 0 && quota < machine))
		machine = quota;
	return machine / 2;
}
