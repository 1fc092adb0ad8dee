/*
 * The CPUs that this process may use.  lt_cpu_count of base/pool.h is what
 * programs ask; these are its parts.
 *
 * The affinity mask is that of the process's first look, before any thread was
 * pinned, and stays the same from then on.
 */
#ifndef LT_BASE_CPUS_H
#define LT_BASE_CPUS_H

#include <stdbool.h>
#include <stddef.h>

/* CPUs in the affinity mask, at least 1. */
int lt_affinity_cpus(void);

/*
 * CPUs that the quota of this process's cgroup and of those above it allows,
 * rounded up; 0: no quota.  root stands before /proc and /sys ("" but in tests).
 */
int lt_quota_cpus(const char *root);

/* Binds the calling thread to the number-th CPU of the mask; nothing where that cannot be. */
void lt_pin_thread(int number);
/* Gives the calling thread the whole mask back. */
void lt_unpin_thread(void);

/*
 * Has this CPU tile registers that multiply bfloat16 (Intel AMX), and may this process use
 * them?  The first call asks Linux for leave, which then holds for all threads; it is refused
 * where a thread has an alternate signal stack that is too small for the tiles.
 */
bool lt_cpu_has_tiles(void);

/* Bytes of a core's L2 cache, or 1 MiB where the system does not say. */
size_t lt_l2_bytes(void);

#endif
