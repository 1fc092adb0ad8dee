/*
 * Learning rates over a run of E epochs.
 *
 * step (the authors', paper section 3.3, scaled from 200 epochs to E): linear
 * warm-up over epochs 1 … W with W = min(5, ⌊E/6⌋), full rate to ⌈0.8 E⌉,
 * × 0.01 to ⌈0.9 E⌉, × 0.0001 after.  Of 2 to 4 epochs, where that would be no drop, the last
 * one has × 0.01; a single epoch has the full rate.
 * cosine (theirs for large images, and MoCo): rate × (1 + cos(π (e - 1) / E)) / 2, set once an
 * epoch.
 */
#ifndef LT_NET_SCHEDULE_H
#define LT_NET_SCHEDULE_H

enum lt_schedule { LT_SCHEDULE_STEP, LT_SCHEDULE_COSINE };
extern const char *const lt_schedule_names[]; /* for the option table, NULL-terminated */

/* The rate of an epoch, counted from 1. */
double lt_schedule_rate(enum lt_schedule schedule, double rate, int epoch, int epochs);

/* Deferred rules (DRW, DRS) hold from this epoch on, the first with a lower rate of the step
 * schedule; for E = 1 that is 2, so never. */
int lt_schedule_deferral(int epochs);

#endif
