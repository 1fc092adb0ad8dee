/*
 * Reference values of the models, computed by another program and rounded to the digits given
 * here, for "lttheory --check" and the unit tests.
 */
#ifndef LT_THEORY_REFERENCE_VALUES_H
#define LT_THEORY_REFERENCE_VALUES_H

/* Theorem 1: means ±1, sigma 1, p .9, q .6, 500 points per class; failures in 600 trials. */
#define LT_REFERENCE_TRIALS 600
struct lt_literal_reference {
	double delta, failed, bound;
	double half; /* half of the last digit of the bound */
};
extern const struct lt_literal_reference lt_literal_reference[2];
#define LT_REFERENCE_CENTRE 0.3

/* A threshold: means ±1, sigma 1; three digits. */
struct lt_threshold_reference {
	double t, share, p, q, theta, centre;
};
#define LT_THRESHOLD_REFERENCES 8
extern const struct lt_threshold_reference lt_threshold_reference[LT_THRESHOLD_REFERENCES];

/* Theorem 2: the least error with b ≥ 0; four digits, offsets two (NaN: not known). */
struct lt_linear_reference {
	double beta, p_plus, offset, error;
};
#define LT_LINEAR_REFERENCES 4
extern const struct lt_linear_reference lt_linear_reference[LT_LINEAR_REFERENCES];

/* Theorem 3: the error of the ideal threshold, beta 4, d = 2^column. */
#define LT_IDEAL_ROWS 3
#define LT_IDEAL_COLUMNS 9
extern const double lt_ideal_p_plus[LT_IDEAL_ROWS];
extern const double lt_ideal_reference[LT_IDEAL_ROWS][LT_IDEAL_COLUMNS];
extern const double lt_ideal_half[LT_IDEAL_ROWS][LT_IDEAL_COLUMNS]; /* half of the last digit */

/*
 * Theorem 3, estimated threshold: beta 4, 5 positives, 50 negatives, p_plus .1; mean error over
 * 100 training sets, none of which exceeded the bound.
 */
#define LT_REFERENCE_SETS 100
struct lt_learnt_reference {
	double d, delta, error, error_half, bound, bound_half;
};
#define LT_LEARNT_REFERENCES 3
extern const struct lt_learnt_reference lt_learnt_reference[LT_LEARNT_REFERENCES];

#endif
