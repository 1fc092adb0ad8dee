/*
 * The control groups of this process (cgroups(7)).  Containers and batch systems
 * use them to limit CPUs and memory, and sysconf(3) does not report these limits.
 */
#ifndef LT_BASE_CGROUP_H
#define LT_BASE_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads a limit of the group in this directory, in version 1 or 2; 0: no limit. */
typedef uint64_t lt_cgroup_limit(const char *directory);

/*
 * The smallest limit that applies to this process.  The limits of parent groups
 * apply too, so every directory up to the mount point is read.  controllers: the
 * names under which version 1 may mount the controller, "cpu" first.  root: prefix
 * of /proc and /sys, "" except in tests.  0: no limit.
 */
uint64_t lt_cgroup_least(const char *root, const char *const controllers[2],
			 lt_cgroup_limit *limit);

/* The first line of a group's file, without the newline; false if it cannot be read. */
bool lt_cgroup_line(const char *directory, const char *file, char *line, size_t size);

#endif
