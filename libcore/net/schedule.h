/*
 * Learning rates over a run of E epochs.
 *
 * step (the schedule of Yang & Xu's code, scaled from 200 epochs to E): linear warm-up over
 * epochs 1 … W with W = min(5, ⌊E/6⌋), full rate to ⌈0.8 E⌉, × 0.01 to ⌈0.9 E⌉, × 0.0001
 * afterwards.  If there are 2 to 4 epochs and this gives no drop, the last one has × 0.01; a
 * single epoch has the full rate.  Warm-up, drop epochs and factor can be set.
 *
 * cosine (MoCo): rate × (1 + cos(π (e - 1) / E)) / 2, set once per epoch.
 *
 * cosine-early: the same with e instead of e - 1, so that the first epoch has less than the
 * full rate and the last one 0; this is a scheduler that is advanced before each epoch, as in
 * the code of Kang et al. (ICLR 2020) and of Yang and Xu for large images.
 *
 * cosine-7-16 (Sohn et al., FixMatch, NeurIPS 2020, section 2.3): rate × cos(7π k / (16 K)) in
 * step k = 0 … K - 1 of the run's K, set before each step; the last one has a fifth of the
 * rate.
 *
 * The cosines have no warm-up by default.  With one, e counts from its end and E is the number
 * of remaining epochs; k and K are still those of the whole run.
 */
#ifndef LT_NET_SCHEDULE_H
#define LT_NET_SCHEDULE_H

#include <stdint.h>

enum lt_schedule {
	LT_SCHEDULE_STEP,
	LT_SCHEDULE_COSINE,
	LT_SCHEDULE_COSINE_EARLY,
	LT_SCHEDULE_COSINE_7_16,
};
extern const char *const lt_schedule_names[]; /* for the option table, NULL-terminated */

#define LT_MAX_DROPS 16

struct lt_rates {
	enum lt_schedule schedule;
	double rate;
	int epochs;
	int64_t steps; /* of the run; 0: those of its epochs */
	int period;    /* with steps: the steps of an epoch; the last epoch can be shorter */
	int warmup;    /* epochs */
	/*
	 * step: the rate is multiplied by the factor after each of these epochs, in ascending
	 * order.
	 */
	int drops, drop[LT_MAX_DROPS];
	double drop_factor;
};

#define LT_DROP_FACTOR 0.01

/* Sets the defaults of a schedule, as above. */
void lt_rates_default(struct lt_rates *rates, enum lt_schedule schedule, double rate,
		      int epochs);

/* The learning rate of an epoch, counted from 1; for cosine-7-16, that of its first step. */
double lt_rates_at(const struct lt_rates *rates, int epoch);
/* The rate of step `number` of `total`, counted from 0, which is in this epoch. */
double lt_rates_step(const struct lt_rates *rates, int epoch, int64_t number, int64_t total);

/*
 * The epoch after which deferred rules (DRW, DRS) hold: the last one before the first drop of
 * the rate.  For a schedule without drops and for E = 1, it is the epoch of the first default
 * drop of step; for E = 1 that is the only epoch, so the rule never holds.
 */
int lt_rates_deferral(const struct lt_rates *rates);

#endif
