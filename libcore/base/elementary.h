/*
 * Elementary functions.  Those of libm differ between C libraries and versions,
 * but results must be reproducible to the byte.  Use these functions for every
 * exp, log, pow, sin and cos whose value affects a result.
 *
 * They use double arithmetic in a fixed order (compiled with -ffp-contract=off)
 * and give the same bits on every IEEE machine.  Special values are those of C11
 * annex F.  Errors, in units in the last place of the result, as tested against
 * higher precision: all but pow < 1; pow ≤ 0.51 (ltsplit truncates its values
 * to class counts).  sin and cos of |x| > 1e5 are NaN: no program needs them,
 * and NaN is noticed more easily than a wrong value.
 */
#ifndef LT_BASE_ELEMENTARY_H
#define LT_BASE_ELEMENTARY_H

double lt_exp(double x);
double lt_log(double x);
double lt_log1p(double x);
double lt_expm1(double x);
double lt_pow(double x, double y);
double lt_sin(double x);
double lt_cos(double x);

#endif
