/* A profile of whole steps: a kernel set whose passes measure themselves. */
#ifndef LT_TESTS_PROFILE_H
#define LT_TESTS_PROFILE_H

#include "kernel/kernel.h"

/*
 * The same set, which adds up the time, the calls and the nominal operations of each pass and
 * shape.  Its results are those of the set.  There is one in a process; a second call returns
 * the first one's.
 */
const struct lt_kernels *profile_kernels(const struct lt_kernels *set);

void profile_clear(void);

/*
 * Prints a line (with "#") for each pass and shape, those that take longest first: ms a step
 * (the time of all threads over their number), its share of the step, and the operations a
 * second over the calibrator's peak, in GF/s of all threads.  Then the time that threads waited
 * for others (lt_pool_idle, in seconds), and what is left: batch norm, losses, and whatever
 * else is no kernel.
 */
void profile_print(double seconds, double idle, int steps, int threads, double peak);

#endif
