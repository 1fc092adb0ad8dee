#include "base/cgroup.h"

#include <stdio.h>
#include <string.h>

bool lt_cgroup_line(const char *directory, const char *name, char *line, size_t size)
{
	char path[4200];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	good = fgets(line, (int)size, file) != NULL;
	fclose(file);
	if (good)
		line[strcspn(line, "\n")] = '\0';
	return good;
}

/* The least of two limits where 0 means none. */
static uint64_t least(uint64_t a, uint64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/*
 * The smallest limit in the group's directory and its parents up to the mount point.  Inside a
 * container the path may not be visible; then the mount point is the container's own group.
 */
static uint64_t group_limit(const char *mount, const char *group, lt_cgroup_limit *limit)
{
	char path[4100];
	size_t root = strlen(mount), size = strlen(group) + 1;
	char *slash;
	uint64_t value = 0;

	if (root + size > sizeof(path))
		return 0;
	memcpy(path, mount, root);
	memcpy(path + root, group, size);
	for (;;) {
		value = least(value, limit(path));
		slash = strrchr(path, '/');
		if (!slash || slash < path + root)
			return value;
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
static uint64_t line_limit(const char *root, char *line, const char *const controllers[2],
			   lt_cgroup_limit *limit)
{
	char mount[512];
	char *list, *group;
	uint64_t value = 0;
	int i;

	list = strchr(line, ':');
	group = list ? strchr(list + 1, ':') : NULL;
	if (!group)
		return 0;
	*list++ = '\0';
	*group++ = '\0';
	if (!*list) {
		snprintf(mount, sizeof(mount), "%s/sys/fs/cgroup", root);
		return group_limit(mount, group, limit);
	}
	if (!list_has(list, controllers[0]))
		return 0;
	for (i = 0; i < 2 && controllers[i]; i++) {
		snprintf(mount, sizeof(mount), "%s/sys/fs/cgroup/%s", root, controllers[i]);
		value = least(value, group_limit(mount, group, limit));
	}
	return value;
}

uint64_t lt_cgroup_least(const char *root, const char *const controllers[2],
			 lt_cgroup_limit *limit)
{
	char path[512], line[4096];
	FILE *file;
	uint64_t value = 0;

	snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		value = least(value, line_limit(root, line, controllers, limit));
	}
	fclose(file);
	return value;
}
