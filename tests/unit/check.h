/*
 * Checks for unit tests, printed as TAP.  A check that fails prints the
 * expression, both values and the place; check_done returns main's result.
 * Comparisons are written so that NaN fails.
 */
#ifndef LT_TESTS_CHECK_H
#define LT_TESTS_CHECK_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Are tests many times slower than usual?  LT_SMALL is set for an emulated processor,
 * LT_SAN for the sanitizers.  Tests then leave out their slowest cases, if others run the
 * same code.
 */
static inline bool check_is_slow(void)
{
	return getenv("LT_SMALL") || getenv("LT_SAN");
}

static int check_count, check_failed;

static inline bool check_that(bool good, const char *what, const char *file, int line)
{
	check_count++;
	if (!good)
		check_failed++;
	printf("%s %d - %s\n", good ? "ok" : "not ok", check_count, what);
	if (!good)
		printf("# at %s:%d\n", file, line);
	return good;
}

static inline bool check_int_(long long got, long long want, const char *what, const char *file,
			      int line)
{
	bool good = check_that(got == want, what, file, line);

	if (!good)
		printf("# got %lld, want %lld\n", got, want);
	return good;
}

static inline bool check_near_(double got, double want, double tolerance, const char *what,
			       const char *file, int line)
{
	bool good = check_that(fabs(got - want) <= tolerance, what, file, line);

	if (!good)
		printf("# got %.17g, want %.17g within %g\n", got, want, tolerance);
	return good;
}

static inline bool check_text_(const char *got, const char *want, const char *what,
			       const char *file, int line)
{
	bool good = check_that(got && want && strcmp(got, want) == 0, what, file, line);

	if (!good)
		printf("# got \"%s\", want \"%s\"\n", got ? got : "(null)",
		       want ? want : "(null)");
	return good;
}

#define check(expr) check_that((expr), #expr, __FILE__, __LINE__)
#define check_named(expr, name) check_that((expr), (name), __FILE__, __LINE__)
#define check_int(got, want) check_int_((got), (want), #got " == " #want, __FILE__, __LINE__)
#define check_near(got, want, tol)                                                             \
	check_near_((got), (want), (tol), #got " near " #want, __FILE__, __LINE__)
#define check_text(got, want) check_text_((got), (want), #got " is " #want, __FILE__, __LINE__)

static inline int check_done(void)
{
	printf("1..%d\n", check_count);
	return check_failed ? 1 : 0;
}

#endif
