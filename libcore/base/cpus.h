/*
 * The CPUs that this process may use.  Programs call lt_cpu_count of base/pool.h,
 * which combines these functions.
 *
 * The affinity mask is read once, before any thread is pinned.
 */
#ifndef LT_BASE_CPUS_H
#define LT_BASE_CPUS_H

#include <stdbool.h>
#include <stddef.h>

/* CPUs in the affinity mask, at least 1. */
int lt_affinity_cpus(void);

/*
 * CPUs that the quotas of this process's cgroup and its parents allow, rounded up;
 * 0: no quota.  root: prefix of /proc and /sys, "" except in tests.
 */
int lt_quota_cpus(const char *root);

/* Binds the calling thread to the number-th CPU of the mask, if possible. */
void lt_pin_thread(int number);
/* Allows the calling thread the whole mask again. */
void lt_unpin_thread(void);

/*
 * Does this CPU have tile registers that multiply bfloat16 (Intel AMX), and may this
 * process use them?  The first call requests permission from Linux, for all threads; it is
 * denied if some thread's alternate signal stack is too small for the tiles.
 */
bool lt_cpu_has_tiles(void);

/* The size of a core's L2 cache, or 1 MiB if the system does not report it. */
size_t lt_l2_bytes(void);

#endif
