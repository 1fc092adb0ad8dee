/*
 * The control groups that this process is in (cgroups(7)): containers and batch
 * systems limit CPUs and memory by them, and sysconf(3) knows nothing of that.
 */
#ifndef LT_BASE_CGROUP_H
#define LT_BASE_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One limit of the group at this directory, of either version; 0: none. */
typedef uint64_t lt_cgroup_limit(const char *directory);

/*
 * The least limit that holds for this process: a group is bound by those above it
 * too, so every directory up to the mount point is asked.  controllers: the names
 * that version 1 may mount it under, "cpu" first.  root stands before /proc and
 * /sys ("" but in tests).  0: no limit.
 */
uint64_t lt_cgroup_least(const char *root, const char *const controllers[2],
			 lt_cgroup_limit *limit);

/* The first line of a group's file, without its newline; false when it cannot be read. */
bool lt_cgroup_line(const char *directory, const char *file, char *line, size_t size);

#endif
