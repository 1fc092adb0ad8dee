/*
 * All estimates of one sample, computed together because they depend on each other: the
 * prior needs the relevant rows, the relevance of rows needs the prior, and the forecast
 * needs both.
 *
 * The following is repeated until the irrelevant share changes by at most
 * LT_ESTIMATE_MOVED, at most LT_ESTIMATE_ROUNDS times: the prior by both methods, where
 * each unlabelled row has its relevance (initially 1) as a factor of its weight; then,
 * under the prior of maximum likelihood, the p-values, the irrelevant share and the
 * relevance of the rows.
 */
#ifndef LT_VERDICT_ESTIMATE_H
#define LT_VERDICT_ESTIMATE_H

#include "verdict/expect.h"

#define LT_ESTIMATE_ROUNDS 20
#define LT_ESTIMATE_MOVED 1e-3

/* Offsets of the estimates in an array of LT_ESTIMATES(classes) doubles. */
enum {
	LT_EST_IRRELEVANT,
	LT_EST_RATIO, /* of the prior by likelihood, see lt_prior_ratio */
	LT_EST_ACCURACY,
	LT_EST_RECALL,
	LT_EST_GROWTH,
	LT_EST_LEVELLING,
	LT_EST_SCORE,
	LT_EST_CLASSES, /* then, by class: inverted, likely, precision, right */
};
enum { LT_EST_INVERTED, LT_EST_LIKELY, LT_EST_PRECISION, LT_EST_RIGHT, LT_EST_KINDS };
#define LT_ESTIMATES(classes) (LT_EST_CLASSES + LT_EST_KINDS * (size_t)(classes))

static inline size_t lt_est_at(int kind, int classes, int class_)
{
	return LT_EST_CLASSES + (size_t)kind * (size_t)classes + (size_t)class_;
}

/* Scratch memory of one thread.  After an estimate, others can start from its values. */
struct lt_estimate_room {
	double *val_weight, *pool_weight; /* input: of each row, not all 0 */
	double *relevance, *weight, *p, *val_shift;
	float *ratio; /* unlabelled rows × classes */
	double *confusion, *q, *small, *calibration;
	double *called, *right;
	double *prior, *inverted;
};

int lt_estimate_room_new(struct lt_estimate_room *room, const struct lt_sample *sample,
			 struct lt_error *err);
void lt_estimate_room_free(struct lt_estimate_room *room);

/* by: the measure of strangeness.  from: the room of an earlier estimate to start from, or
 * NULL. */
int lt_estimate(const struct lt_sample *sample, enum lt_strange by,
		const struct lt_estimate_room *from, struct lt_estimate_room *room, double *out,
		struct lt_error *err);

#endif
