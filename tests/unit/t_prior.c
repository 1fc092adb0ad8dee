/* Class priors by inversion and by maximum likelihood, by hand; calibration. */
#include "base/elementary.h"
#include "check.h"
#include "verdict/calibrate.h"
#include "verdict/prior.h"

static void near_all(const double *got, const double *want, int n, double tolerance,
		     const char *name)
{
	bool good = true;

	for (int i = 0; i < n; i++)
		good = good && fabs(got[i] - want[i]) <= tolerance;
	if (!check_named(good, name))
		for (int i = 0; i < n; i++)
			printf("# %d: got %.10g, want %.10g\n", i, got[i], want[i]);
}

static void simplex(void)
{
	double room[3], inside[2] = {0.3, 0.7}, over[2] = {0.5, 0.8}, far[3] = {2, 0, 0},
			under[3] = {0.2, 0.2, 0.2}, mixed[3] = {-1, 0.6, 0.8}, one[1] = {-4};

	lt_simplex_project(inside, 2, room);
	near_all(inside, (double[]){0.3, 0.7}, 2, 1e-15, "a distribution stays");
	lt_simplex_project(over, 2, room);
	near_all(over, (double[]){0.35, 0.65}, 2, 1e-15, "0.15 less each");
	lt_simplex_project(far, 3, room);
	near_all(far, (double[]){1, 0, 0}, 3, 0, "a corner");
	lt_simplex_project(under, 3, room);
	near_all(under, (double[]){1 / 3., 1 / 3., 1 / 3.}, 3, 1e-15, "more each");
	lt_simplex_project(mixed, 3, room);
	near_all(mixed, (double[]){0, 0.4, 0.6}, 3, 1e-15, "an edge");
	lt_simplex_project(one, 1, room);
	near_all(one, (double[]){1}, 1, 0, "one class");
}

/* ------------------------------------------------------------------------ inversion */

static void invert(void)
{
	static const double two[] = {0.9, 0.2, 0.1, 0.8},
			    three[] = {0.8, 0.2, 0, 0.1, 0.7, 0.3, 0.1, 0.1, 0.7},
			    same[] = {0.5, 0.5, 0.5, 0.5};
	double room[18], p[3] = {0.5, 0.5};

	/* 0.9 · 0.3 + 0.2 · 0.7 = 0.41 */
	lt_prior_invert(two, (double[]){0.41, 0.59}, 2, p, room);
	near_all(p, (double[]){0.3, 0.7}, 2, 1e-9, "two classes");
	/* The product with the inverse is 0.75 ÷ 0.7 > 1. */
	lt_prior_invert(two, (double[]){0.95, 0.05}, 2, p, room);
	near_all(p, (double[]){1, 0}, 2, 1e-12, "beyond the corner");
	p[0] = p[1] = p[2] = 1 / 3.;
	lt_prior_invert(three, (double[]){0.44, 0.28, 0.28}, 3, p, room);
	near_all(p, (double[]){0.5, 0.2, 0.3}, 3, 1e-8, "three classes");
	/* The same result from a corner of the simplex. */
	p[0] = 1, p[1] = p[2] = 0;
	lt_prior_invert(three, (double[]){0.44, 0.28, 0.28}, 3, p, room);
	near_all(p, (double[]){0.5, 0.2, 0.3}, 3, 1e-8, "three classes, from a corner");
	p[0] = 0.9, p[1] = 0.1;
	lt_prior_invert(same, (double[]){0.5, 0.5}, 2, p, room);
	check_named(p[0] >= 0 && p[1] >= 0 && fabs(p[0] + p[1] - 1) < 1e-12,
		    "a classifier that tells nothing: a distribution all the same");
}

/*
 * If the least squares solution is outside the simplex, the gradient is equal for all
 * shares above 0 and not less for the others.
 */
static void invert_edge(void)
{
	static const double c[] = {0.8, 0.2, 0, 0.1, 0.7, 0.3, 0.1, 0.1, 0.7},
			    q[] = {0.7, 0.28, 0.02};
	double room[18], p[3] = {1 / 3., 1 / 3., 1 / 3.}, gradient[3] = {0};

	lt_prior_invert(c, q, 3, p, room);
	for (int i = 0; i < 3; i++) {
		double rest = -q[i];

		for (int j = 0; j < 3; j++)
			rest += c[3 * i + j] * p[j];
		for (int j = 0; j < 3; j++)
			gradient[j] += rest * c[3 * i + j];
	}
	check(p[0] > 0.5 && p[1] > 0.1);
	check_near(p[2], 0, 1e-12);
	check_near(gradient[0], gradient[1], 1e-9);
	check(gradient[2] >= gradient[0]);
}

/* -------------------------------------------------------------- maximum likelihood */

/*
 * Two kinds of rows for classes that look similar: g (0.8, 0.2), weight a, and (0.4, 0.6),
 * weight b.  The log likelihood a log(0.4 + 1.2 p) + b log(1.2 - 0.4 p) is largest at p =
 * (1.44 a - 0.16 b) ÷ (0.48 (a + b)).
 */
static void maximise_two(void)
{
	static const float g[] = {0.8f, 0.2f, 0.4f, 0.6f};
	double room[2], p[2] = {0.5, 0.5};
	int steps = lt_prior_maximise(g, (double[]){3, 7}, 2, 2, 1e-12, p, room);

	check_near(p[0], 2 / 3., 1e-7);
	check(steps > 3 && steps < LT_EM_STEPS);
	p[0] = p[1] = 0.5;
	lt_prior_maximise(g, (double[]){9, 1}, 2, 2, 1e-9, p, room);
	check_near(p[0], 1, 1e-6); /* 2.67 by the formula */
	p[0] = p[1] = 0.5;
	lt_prior_maximise(g, (double[]){0, 1}, 2, 2, 1e-9, p, room);
	check_near(p[0], 0, 1e-6); /* -0.33: rows of weight 0 have no influence */
}

static void maximise_three(void)
{
	static const float g[] = {0.6f, 0.3f, 0.1f, 0.2f, 0.5f, 0.3f},
			   sure[] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
	double room[3], p[3] = {1 / 3., 1 / 3., 1 / 3.};

	/* The first step from the source's shares: the mean of the probabilities. */
	check_int(lt_prior_maximise(g, (double[]){1, 1}, 2, 3, 1, p, room), 1);
	near_all(p, (double[]){0.4, 0.4, 0.2}, 3, 1e-7, "three classes, one step");
	/* The second by hand: r of row 1 is (.24, .12, .02) ÷ .38, of row 2 (.08, .2, .06) ÷
	 * .34. */
	lt_prior_maximise(g, (double[]){1, 1}, 2, 3, 1, p, room);
	near_all(p,
		 (double[]){(.24 / .38 + .08 / .34) / 2, (.12 / .38 + .2 / .34) / 2,
			    (.02 / .38 + .06 / .34) / 2},
		 3, 1e-7, "three classes, two steps");
	p[0] = p[1] = p[2] = 1 / 3.;
	lt_prior_maximise(sure, (double[]){5, 3, 2, 90}, 4, 3, 1e-12, p, room);
	near_all(p, (double[]){0.5, 0.3, 0.2}, 3, 1e-12,
		 "sure rows are counted, impossible ones are not");
}

static void ratio(void)
{
	check_near(lt_prior_ratio((double[]){0.6, 0.3, 0.1}, 3, 1000), 6, 1e-12);
	check_near(lt_prior_ratio((double[]){0.9, 0.1, 0}, 3, 100), 90, 1e-12);
	check_near(lt_prior_ratio((double[]){1}, 1, 100), 1, 0);
	check_near(lt_prior_ratio((double[]){0.5, 0.5}, 2, 0.5), 1, 0);
}

/* ---------------------------------------------------------------------- calibration */

/* Logits without information: the biases become the class shares. */
static void calibrate_shares(void)
{
	float logits[2 * 8] = {0}, out[2];
	int32_t label[8] = {0, 0, 0, 0, 0, 0, 1, 1};
	double weight[8] = {1, 1, 1, 1, 1, 1, 1, 1}, centre[2] = {0}, value[3] = {1, 0, 0},
	       room[6], share[2] = {0.75, 0.25};
	struct lt_calibrate rows = {logits, label, weight, 8, 2, centre};
	struct lt_error err;

	check_int(lt_calibrate_fit(&rows, value, room, &err), 0);
	check_near(lt_exp(value[1] - value[2]), 3, 0.02); /* the penalty has a small effect */
	lt_calibrate_ratio(value, logits, 2, NULL, room, out);
	check_near((double)out[1] / (double)out[0], 1 / 3., 0.003);
	lt_calibrate_ratio(value, logits, 2, share, room, out);
	check_near((double)out[1] / (double)out[0], 1, 0.01);
	/* Weights matter: three of six rows, and both of the others. */
	weight[0] = weight[1] = weight[2] = 0;
	check_int(lt_calibrate_fit(&rows, value, room, &err), 0);
	check_near(lt_exp(value[1] - value[2]), 1.5, 0.01);
}

/*
 * Logits three times as confident as they should be: ±log 3 times three, where 3 of 4 are
 * right.
 */
static void calibrate_temperature(void)
{
	float logits[2 * 8];
	int32_t label[8] = {0, 0, 0, 1, 1, 1, 1, 0};
	double weight[8] = {1, 1, 1, 1, 1, 1, 1, 1}, centre[2] = {0}, value[3] = {1, 0, 0},
	       room[6];
	struct lt_calibrate rows = {logits, label, weight, 8, 2, centre};
	struct lt_error err;

	for (int x = 0; x < 8; x++) {
		logits[2 * x] = x < 4 ? 3.295837f : 0;
		logits[2 * x + 1] = x < 4 ? 0 : 3.295837f;
	}
	check_int(lt_calibrate_fit(&rows, value, room, &err), 0);
	check_near(value[0], 1 / 3., 0.001);
	check_near(value[1], value[2], 1e-5);
}

int main(void)
{
	simplex();
	invert();
	invert_edge();
	maximise_two();
	maximise_three();
	ratio();
	calibrate_shares();
	calibrate_temperature();
	return check_done();
}
