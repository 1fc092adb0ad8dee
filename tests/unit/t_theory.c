/*
 * The formulas of the theorems: tails against mpmath 1.3 with 40 digits, bounds by hand,
 * the error of the ideal threshold and the population of a threshold against printed
 * tables; then moments, trials and simulations.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "theory/reference_values.h"
#include "theory/sweep.h"
#include "theory/tails.h"
#include "theory/theorem1.h"
#include "theory/theorem2.h"
#include "theory/theorem3.h"
#include "theory/threshold.h"
#include "theory/trials.h"

/* Checks the relative error of the smaller tail, and that both sum to 1. */
static bool tails_are(struct lt_tails got, double below, double above)
{
	double small = below < above ? below : above;
	double small_got = below < above ? got.below : got.above;

	return fabs(small_got - small) <= 1e-13 * small &&
	       fabs(got.below + got.above - 1) <= 4e-16;
}

static void check_chi_square(void)
{
	static const double known[][4] = {
		/* d, x, below, above */
		{1, 2.5, 0.88615370199334195, 0.11384629800665805},
		{1, 0.01, 0.079655674554057964, 0.92034432544594204},
		{1, 40, 0.99999999974603714, 2.539628589470865e-10},
		{2, 5, 0.9179150013761012, 0.082084998623898795},
		{2, 1e-08, 4.9999999875000001e-9, 0.99999999500000001},
		{3, 7.5, 0.94244154802736359, 0.057558451972636407},
		{5, 0.3, 0.0023569137394711447, 0.99764308626052886},
		{8, 20, 0.98966394932407428, 0.010336050675925718},
		{8, 5, 0.24242386686693404, 0.75757613313306596},
		{16, 40, 0.99922140991749264, 0.00077859008250736304},
		{31, 77.5, 0.9999925818081002, 7.418191899796633e-6},
		{31, 12, 0.00085050781620947311, 0.99914949218379053},
		{32, 80, 0.9999945360192887, 5.4639807112998636e-6},
		{33, 20, 0.036534100558738728, 0.96346589944126127},
		{64, 160, 0.99999999964936011, 3.5063988632490824e-10},
		{128, 320, 1.0, 1.9487106575361383e-18},
		{256, 640, 1.0, 8.2985448608877456e-35},
		{256, 160, 4.7649020042776952e-7, 0.99999952350979957},
		{1000, 900, 0.010717238091289742, 0.98928276190871026},
		{1000, 1200, 0.99998774405766938, 1.2255942330622904e-5},
		{10000, 9500, 0.00016438616435882256, 0.99983561383564118},
		{10000, 10600, 0.99998445488421448, 1.5545115785517565e-5},
		{10000, 12500, 1.0, 1.0807344507601446e-60},
	};
	char name[80];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const double *k = known[i];

		snprintf(name, sizeof name, "chi-square, %g degrees at %g", k[0], k[1]);
		check_named(tails_are(lt_chi_square_tails(k[1], k[0]), k[2], k[3]), name);
	}
	check(lt_chi_square_tails(-1, 3).below == 0 && lt_chi_square_tails(-1, 3).above == 1);
	check(lt_chi_square_tails(0, 3).below == 0 && lt_chi_square_tails(0, 3).above == 1);
	check(lt_chi_square_tails(HUGE_VAL, 3).below == 1);
	check(lt_chi_square_tails(HUGE_VAL, 3).above == 0);
	check(isnan(lt_chi_square_tails(NAN, 3).below));
	check(isnan(lt_chi_square_tails(1, 0).above));
	check(isnan(lt_chi_square_tails(1, NAN).above));
}

/* An even number of degrees has a finite sum: P(chi²_2k > 2x) = e^-x Σ_{j<k} x^j / j!. */
static void check_poisson_sum(void)
{
	double worst = 0;

	for (int k = 1; k <= 60; k++)
		for (double x = 0.25; x < 100; x *= 1.5) {
			double term = exp(-x), sum = term, got;

			for (int j = 1; j < k; j++)
				sum += term *= x / j;
			got = lt_chi_square_tails(2 * x, 2 * k).above;
			if (!(fabs(got - sum) <= worst * sum))
				worst = fabs(got - sum) / sum;
		}
	check_near(worst, 0, 1e-12);
}

static void check_normal(void)
{
	static const double known[][3] = {
		/* x, below, above */
		{0, 0.5, 0.5},
		{0.5, 0.6914624612740131, 0.3085375387259869},
		{-0.5, 0.3085375387259869, 0.6914624612740131},
		{1.36, 0.91308503805291499, 0.086914961947085013},
		{-3, 0.0013498980316300945, 0.99865010196836991},
		{-8, 6.2209605742717841e-16, 0.99999999999999938},
		{6, 0.99999999901341235, 9.8658764503769814e-10},
		{-20, 2.7536241186062337e-89, 1.0},
		{-37, 5.7255712225245768e-300, 1.0},
	};
	char name[80];

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		snprintf(name, sizeof name, "normal at %g", known[i][0]);
		check_named(tails_are(lt_normal_tails(known[i][0]), known[i][1], known[i][2]),
			    name);
	}
	check(isnan(lt_normal_tails(NAN).below));
	check_near(lt_normal_density(0), 0.3989422804014327, 1e-16);
	check_near(lt_normal_density(-2), 0.05399096651318806, 1e-16);
}

static const struct lt_theorem1 literal = {.mu1 = 1,
					   .mu2 = -1,
					   .sigma = 1,
					   .p = 0.9,
					   .q = 0.6,
					   .delta = 0.2,
					   .n_plus = 500,
					   .n_minus = 500};

static void check_theorem1(void)
{
	struct lt_theorem1 m = literal;
	double exact;

	check_near(lt_theorem1_centre(&m), 0.3, 1e-15);
	/* 2 exp(-2 × .04 / 9 × 250) + 4 exp(-8 × 500 × .04 / 36) */
	check_near(lt_theorem1_bound(&m), 0.26371, 5e-6);
	check_near(lt_theorem1_bound(&m), 2 * exp(-20.0 / 9) + 4 * exp(-40.0 / 9), 1e-14);
	m.delta = 0.1;
	check_near(lt_theorem1_bound(&m), 2 * exp(-5.0 / 9) + 4 * exp(-10.0 / 9), 1e-14);
	/* Tests every term separately: other sizes, another sigma, other means. */
	m = (struct lt_theorem1){5, 2, 2, 0.8, 0.7, 0.6, 30, 60};
	check_near(lt_theorem1_centre(&m), 3.5 + 0.1 * 1.5, 1e-15);
	check_near(lt_theorem1_bound(&m),
		   2 * exp(-2 * 0.36 / 36 * 20) + 2 * exp(-8 * 30 * 0.36 / 81) +
			   2 * exp(-8 * 60 * 0.36 / 81),
		   1e-14);

	/* p = q = 1: no indicator varies, and theta is normal. */
	m = (struct lt_theorem1){1, -1, 1, 1, 1, 0.1, 100, 300};
	check_int(lt_theorem1_exact(&m, &exact, NULL), 0);
	check_near(exact, 2 * lt_normal_tails(0.1 / (0.5 * sqrt(1.0 / 100 + 1.0 / 300))).above,
		   1e-15);
	/*
	 * One point per side and hardly any noise: theta is 0 or ±1, depending on two coin
	 * flips; the centre is .3.
	 */
	m = (struct lt_theorem1){1, -1, 1e-6, 0.9, 0.6, 0.5, 1, 1};
	check_int(lt_theorem1_exact(&m, &exact, NULL), 0);
	check_near(exact, 1 - (0.9 * 0.6 + 0.1 * 0.4), 1e-14);
	/*
	 * Two positives: theta - centre is (K - 1.8) / 2 - (J - .6), within .5 in three of
	 * six cases.
	 */
	m.n_plus = 2;
	check_int(lt_theorem1_exact(&m, &exact, NULL), 0);
	check_near(exact, 1 - (0.6 * 0.81 + 0.4 * (0.18 + 0.01)), 1e-14);
	m.n_plus = 1;
	m.p = 0;
	m.q = 0; /* theta is 0, and so is the centre */
	check_int(lt_theorem1_exact(&m, &exact, NULL), 0);
	check_near(exact, 0, 1e-14);
	m = literal;
	m.n_plus = m.n_minus = 50000;
	check_int(lt_theorem1_exact(&m, &exact, NULL), 0);
	check(exact >= 0 && exact < 1e-100);
	m.n_plus = m.n_minus = 1000000;
	check_int(lt_theorem1_exact(&m, &exact, NULL), 0);
	check(isnan(exact));
}

static void check_threshold(void)
{
	struct lt_threshold m = {.mu1 = 1, .mu2 = -1, .sigma = 1};
	struct lt_threshold_population got, scaled;

	for (int i = 0; i < LT_THRESHOLD_REFERENCES; i++) {
		const struct lt_threshold_reference *want = &lt_threshold_reference[i];

		m.share = want->share;
		got = lt_threshold_population(&m, want->t);
		check_near(got.p, want->p, 0.00051);
		check_near(got.q, want->q, 0.00051);
		check_near(got.theta, want->theta, 0.00051);
		check_near(got.centre, want->centre, 0.00051);
	}
	/* The same in other units: x → 3 x + 10. */
	got = lt_threshold_population(&m, 0.5);
	m = (struct lt_threshold){.mu1 = 13, .mu2 = 7, .sigma = 3, .share = m.share};
	scaled = lt_threshold_population(&m, 11.5);
	check_near(scaled.p, got.p, 1e-14);
	check_near(scaled.theta, 10 + 3 * got.theta, 1e-13);
	check_near(scaled.centre, 10 + 3 * got.centre, 1e-13);
}

static void check_theorem2(void)
{
	struct lt_theorem2 m = {.beta = 4, .p_plus = 0.5};
	double least = 1;

	m.r = lt_theorem2_best(&m);
	check_near(m.r, 1.36, 0.005);
	check_near(m.r, sqrt(8.0 / 3 * log(2)), 1e-15);
	check_near(lt_theorem2_error(&m), 0.4193, 0.00005);
	for (m.r = 0; m.r < 5; m.r += 0.001)
		least = fmin(least, lt_theorem2_error(&m));
	m.r = lt_theorem2_best(&m);
	check_near(least, lt_theorem2_error(&m), 1e-7);
	check(least >= lt_theorem2_error(&m));
	m.beta = 10;
	m.r = lt_theorem2_best(&m);
	check_near(lt_theorem2_error(&m), 0.3742, 0.00005);
	m = (struct lt_theorem2){.beta = 4, .p_plus = 0.1};
	check(lt_theorem2_best(&m) == 0);
	check_near(lt_theorem2_error(&m), 0.5, 1e-15);
	/* With r → -∞ everything is negative. */
	m.r = -40;
	check_near(lt_theorem2_error(&m), 0.1, 1e-15);
	check_near(lt_theorem2_balanced(&m), 0.5, 1e-15);
	check(lt_theorem2_error(&m) < LT_THEOREM2_BOUND);
}

static void check_ideal(void)
{
	for (int row = 0; row < LT_IDEAL_ROWS; row++)
		for (int i = 0; i < LT_IDEAL_COLUMNS; i++) {
			struct lt_theorem3 m = {.beta = 4,
						.p_plus = lt_ideal_p_plus[row],
						.d = (uint32_t)1 << i};

			check_near(lt_theorem3_ideal(&m), lt_ideal_reference[row][i],
				   1.001 * lt_ideal_half[row][i]);
		}
}

static void check_theorem3(void)
{
	struct lt_theorem3 m = {
		.beta = 4, .p_plus = 0.1, .delta = 0.2, .d = 16, .n_plus = 5, .n_minus = 50};

	check_near(lt_theorem3_delta_most(4), 0.6, 1e-16);
	/* g = 2; at the border of both cases they agree. */
	check_near(lt_theorem3_bound(&m), 0.1 * exp(-2) + 0.9 * exp(-0.125), 1e-15);
	check_near(lt_theorem3_allowed(&m), 2 * exp(-4) + 2 * exp(-0.4), 1e-14);
	m.d = 64;
	check_near(lt_theorem3_bound(&m), 0.55, 0.005);
	m.d = 256;
	m.delta = 0.1; /* g = 2.5, the second case */
	check_near(lt_theorem3_bound(&m), 0.1 * exp(-40) + 0.9 * exp(-3.125), 1e-15);
	check_near(lt_theorem3_bound(&m), 0.040, 0.0005);
	m.delta = 0.4; /* g = 1, the first case */
	check_near(lt_theorem3_bound(&m), 0.1 * exp(-8) + 0.9 * exp(-0.5), 1e-15);
	m.d = 32;
	m.delta = 0.1; /* .0067 and not exp(-6.25) = .0019 */
	check_near(lt_theorem3_bound(&m), 0.1 * exp(-5) + 0.9 * exp(-200.0 / 512), 1e-15);
	m.n_plus = 1;
	check_near(lt_theorem3_allowed(&m), 2 * exp(-2) + 2 * exp(-0.04), 1e-14);
}

static void check_moments(void)
{
	static const double number[] = {3, 1, 4, 1, 5, 9, 2, 6};
	struct lt_moments all = {0}, first = {0}, last = {0};

	check(isnan(lt_moments_error(&all)));
	for (int i = 0; i < 8; i++) {
		lt_moments_add(&all, number[i]);
		lt_moments_add(i < 3 ? &first : &last, number[i]);
	}
	lt_moments_add(&all, NAN);
	check(all.n == 8);
	check_near(all.mean, 3.875, 1e-15);
	check_near(all.squares, 173 - 31 * 31 / 8.0, 1e-12);
	check_near(lt_moments_error(&all), sqrt(52.875 / 7 / 8), 1e-15);
	lt_moments_merge(&first, &last);
	check_near(first.mean, all.mean, 1e-15);
	check_near(first.squares, all.squares, 1e-12);
	last = (struct lt_moments){0};
	lt_moments_merge(&first, &last);
	lt_moments_merge(&last, &first);
	check(last.n == 8 && last.mean == first.mean && last.squares == first.squares);
	check_near(lt_rate_error(0.2, 100), 0.04, 1e-15);
	last = (struct lt_moments){0};
	check(isnan(lt_moments_rate(&last)));
	for (int i = 0; i < 1000; i++)
		lt_moments_add(&last, i % 1000 < 235);
	check(lt_moments_rate(&last) == 0.235);
	check(isnan(lt_rate_error(0.2, 0)));
}

/* 5 standard errors. */
#define CHECK_MEAN(moments, want)                                                              \
	check_near((moments).mean, want, 5 * lt_moments_error(&(moments)))

static void check_literal(const struct lt_trials *how)
{
	struct lt_moments got[LT_TRIAL_VALUES];
	struct lt_theorem1 m = literal;
	double exact;

	m.n_plus = 20;
	m.n_minus = 80;
	check_int(lt_theorem1_exact(&m, &exact, NULL), 0);
	lt_trials_run(how, 0, 0, lt_theorem1_trial, &m, LT_LITERAL_VALUES, got, NULL);
	check(got[0].n == how->trials);
	CHECK_MEAN(got[LT_LITERAL_THETA], 0.3);
	check_near(got[LT_LITERAL_FAILED].mean, exact, 5 * lt_rate_error(exact, how->trials));
	check(exact > 0.1 && exact < 0.3); /* so that the line above can fail */
}

static void check_honest(const struct lt_trials *how)
{
	struct lt_threshold m = {.mu1 = 1,
				 .mu2 = -1,
				 .sigma = 1,
				 .share = 0.1,
				 .n = 100,
				 .delta = 0.2,
				 .t = 0.5};
	struct lt_threshold_population want = lt_threshold_population(&m, m.t);
	struct lt_moments got[LT_TRIAL_VALUES];

	lt_trials_run(how, 1, 0, lt_threshold_trial, &m, LT_HONEST_VALUES, got, NULL);
	CHECK_MEAN(got[LT_HONEST_P], want.p);
	CHECK_MEAN(got[LT_HONEST_Q], want.q);
	CHECK_MEAN(got[LT_HONEST_THETA], want.theta);
	check(got[LT_HONEST_T].mean == 0.5 && got[LT_HONEST_T].squares == 0);
	check(got[LT_HONEST_CENTRE].mean == want.centre);
	check(got[LT_HONEST_FAILED].mean > 0.95); /* the centre is .5 away */

	m.n_plus = 5;
	m.n_minus = 50;
	lt_trials_run(how, 1, 1, lt_threshold_trial, &m, LT_HONEST_VALUES, got, NULL);
	CHECK_MEAN(got[LT_HONEST_T], log(10) / 2);
	check_near(sqrt(got[LT_HONEST_T].squares / (double)got[LT_HONEST_T].n),
		   sqrt((1 / 5.0 + 1 / 50.0) / 4), 0.02);

	/* No points above t: no theta, only the share of true negatives below. */
	m = (struct lt_threshold){
		.mu1 = 1, .mu2 = -1, .sigma = 1, .share = 0.5, .n = 10, .t = 50};
	lt_trials_run(how, 1, 2, lt_threshold_trial, &m, LT_HONEST_VALUES, got, NULL);
	check(got[LT_HONEST_THETA].n == 0 && got[LT_HONEST_P].n == 0);
	CHECK_MEAN(got[LT_HONEST_Q], 0.5);
}

static void check_features(const struct lt_trials *how)
{
	struct lt_theorem2 linear = {.beta = 4, .p_plus = 0.3, .r = 1, .d = 7};
	struct lt_theorem3 norm = {
		.beta = 4, .p_plus = 0.1, .delta = 0.2, .d = 3, .n_plus = 5, .n_minus = 50};
	struct lt_trials single = *how;
	struct lt_moments got[LT_TRIAL_VALUES];

	single.trials = 1;
	lt_trials_run(how, 2, 0, lt_theorem2_trial, &linear, 1, got, NULL);
	CHECK_MEAN(got[0], lt_theorem2_error(&linear));
	lt_trials_run(how, 3, 0, lt_theorem3_trial, &norm, LT_NORM_VALUES, got, NULL);
	CHECK_MEAN(got[LT_NORM_CUT], 2.5);
	/* Var(c / d) = ¼ (2 / (5 d) + 16 × 2 / (50 d)) */
	check_near(got[LT_NORM_CUT].squares / (double)got[LT_NORM_CUT].n, 0.26 / 3, 0.01);
	check(lt_moments_rate(&got[LT_NORM_EXCEEDED]) == 0); /* the bound is .95 */
	/*
	 * No training set is that bad; this delta, which the theorem does not allow, gives
	 * g = 28.
	 */
	norm.delta = -5;
	lt_trials_run(how, 3, 0, lt_theorem3_trial, &norm, LT_NORM_VALUES, got, NULL);
	check(lt_theorem3_bound(&norm) < 0.01);
	check(lt_moments_rate(&got[LT_NORM_EXCEEDED]) == 1);
	lt_trials_run(&single, 3, 1, lt_theorem3_trial, &norm, LT_NORM_VALUES, got, NULL);
	check_near(got[LT_NORM_ERROR].mean, lt_theorem3_error(&norm, 3 * got[LT_NORM_CUT].mean),
		   1e-15);
}

static void check_trials(void)
{
	struct lt_trials how = {.seed = 7, .trials = 3001}, alone = how;
	struct lt_moments one[LT_TRIAL_VALUES], three[LT_TRIAL_VALUES];
	struct lt_theorem1 m = literal;

	if (!check(lt_pool_new(&how.pool, 3, NULL) == 0 &&
		   lt_pool_new(&alone.pool, 1, NULL) == 0))
		return;
	m.n_plus = m.n_minus = 10;
	lt_trials_run(&alone, 0, 0, lt_theorem1_trial, &m, 2, one, NULL);
	lt_trials_run(&how, 0, 0, lt_theorem1_trial, &m, 2, three, NULL);
	check(memcmp(one, three, 2 * sizeof *one) == 0);
	lt_trials_run(&how, 0, 1, lt_theorem1_trial, &m, 2, three, NULL);
	check_named(one[0].mean != three[0].mean, "another point, other draws");
	lt_trials_run(&how, 1, 0, lt_theorem1_trial, &m, 2, three, NULL);
	check_named(one[0].mean != three[0].mean, "another view, other draws");
	check_literal(&how);
	check_honest(&how);
	check_features(&how);
	lt_pool_free(how.pool);
	lt_pool_free(alone.pool);
}

static void check_sweeps(void)
{
	int i;

	check_text(lt_sweep_choices[0], "all");
	for (i = 0; lt_sweeps[i]; i++) {
		check_text(lt_sweep_choices[i + 1], lt_sweeps[i]->name);
		check(lt_sweeps[i]->n_columns <= LT_SWEEP_COLUMNS);
	}
	check(lt_sweep_choices[i + 1] == NULL);
}

int main(void)
{
	check_chi_square();
	check_poisson_sum();
	check_normal();
	check_theorem1();
	check_threshold();
	check_theorem2();
	check_ideal();
	check_theorem3();
	check_moments();
	check_trials();
	check_sweeps();
	return check_done();
}
