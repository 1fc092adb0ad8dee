/*
 * The verdict on simulated scores: coverage of intervals, irrelevant rows, copies of test
 * rows, and each forecast.  Two features of the rows matter: classes are discs around their
 * centres, and logits are the log likelihoods under the model that drew the rows, plus the
 * log of the class shares that it was trained on.
 */
#include "base/elementary.h"
#include "base/memory.h"
#include "base/random.h"
#include "check.h"
#include "verdict/irrelevant.h"
#include "verdict/prior.h"
#include "verdict/verdict.h"

enum { CLASSES = 3, WIDTH = 4, MOST = 3000 };

static struct lt_pool *pools[2];
static const char *const names[CLASSES] = {"a", "b", "c"};
static uint64_t counts[CLASSES] = {100, 30, 10};

struct rows {
	float logits[MOST * CLASSES], feature[MOST * WIDTH];
	int32_t label[MOST];
	size_t n;
};

static struct rows val, pool, test;
static struct lt_draws draws;

/* Angles of the centres on a circle, in radians; the last is that of irrelevant rows. */
static const double angle[CLASSES + 1] = {0, 0.9, 1.8, 4};

/* Adds a row of class c (CLASSES: irrelevant); noise: the deviation within the class. */
static void add(struct rows *rows, int c, double noise)
{
	float *z = rows->logits + rows->n * CLASSES, *f = rows->feature + rows->n * WIDTH;
	double x = 3 * lt_cos(angle[c]) + noise * lt_draw_normal(&draws),
	       y = 3 * lt_sin(angle[c]) + noise * lt_draw_normal(&draws);

	for (int k = 0; k < CLASSES; k++) {
		double dx = x - 3 * lt_cos(angle[k]), dy = y - 3 * lt_sin(angle[k]);

		z[k] = (float)(lt_log((double)counts[k] / 140) - (dx * dx + dy * dy) / 2);
	}
	f[0] = (float)x;
	f[1] = (float)y;
	f[2] = (float)lt_draw_normal(&draws) / 4;
	f[3] = (float)lt_draw_normal(&draws) / 4;
	rows->label[rows->n++] = c < CLASSES ? c : -1;
}

static void begin(uint32_t number)
{
	draws = lt_draws_at(7, LT_FOR_THEORY, 0, 0, number);
	val.n = pool.n = test.n = 0;
}

static void add_val(int each)
{
	for (int i = 0; i < each * CLASSES; i++)
		add(&val, i % CLASSES, 1);
}

/* Adds n rows with these class shares, of which a share is irrelevant. */
static void add_pool(int n, const double share[CLASSES], double irrelevant)
{
	for (int i = 0; i < n; i++) {
		double u = lt_draw_unit(&draws);
		int c = u < share[0] ? 0 : u < share[0] + share[1] ? 1 : 2;

		add(&pool, lt_draw_unit(&draws) < irrelevant ? CLASSES : c, 1);
	}
}

static struct lt_scored_rows scored(const struct rows *rows)
{
	return (struct lt_scored_rows){rows->n, rows->logits, rows->feature, rows->label};
}

static struct lt_sample sample_of(void)
{
	struct lt_error err;
	struct lt_sample s = {.classes = CLASSES, .width = WIDTH, .train_counts = counts};

	s.val.rows = scored(&val);
	s.pool.rows = scored(&pool);
	if (lt_sample_derive(&s, names, "val", pools[0], &err) != 0)
		printf("# %s\n", err.text);
	return s;
}

static struct lt_verdict judge(struct lt_pool *with, int replicates)
{
	struct lt_error err;
	struct lt_sample s = sample_of();
	struct lt_verdict v = {0};
	struct lt_verdict_config config = {with, 3, replicates, 0.9};

	if (lt_verdict_make(&s, names, &config, &v, &err) != 0)
		printf("# %s\n", err.text);
	lt_sample_free(&s);
	v.train_counts = counts;
	return v;
}

/* ------------------------------------------------------------------------- coverage */

enum { TIMES = 60 };

static bool covers(const struct lt_verdict *v, size_t at, double truth)
{
	return v->within[at].low <= truth && truth <= v->within[at].high;
}

/* 90 % intervals of both priors: between 80 and 99 % of them contain the truth. */
static void coverage(void)
{
	static const double share[CLASSES] = {0.2, 0.3, 0.5};
	int held[2] = {0}, ratio = 0, all = TIMES * CLASSES;
	double off[2] = {0};

	for (uint32_t t = 0; t < TIMES; t++) {
		struct lt_verdict v;

		begin(t);
		add_val(60);
		add_pool(500, share, 0);
		v = judge(pools[0], 60);
		ratio += covers(&v, LT_EST_RATIO, 2.5);
		for (int kind = LT_EST_INVERTED; kind <= LT_EST_LIKELY; kind++)
			for (int c = 0; c < CLASSES; c++) {
				size_t at = lt_est_at(kind, CLASSES, c);

				held[kind] += covers(&v, at, share[c]);
				off[kind] += v.value[at] - share[c];
			}
		lt_verdict_free(&v);
	}
	printf("# held: %d and %d of %d; ratio %d of %d\n", held[0], held[1], all, ratio,
	       TIMES);
	check(ratio >= 0.75 * TIMES);
	for (int kind = 0; kind < 2; kind++) {
		check(held[kind] >= 0.8 * all);
		check(held[kind] <= 0.99 * all);
		check_near(off[kind], 0, 1e-6 * all); /* shares sum to 1 */
	}
}

/* -------------------------------------------------------------------- irrelevant rows */

/*
 * Irrelevant rows far from all classes: the estimate is near the true share, and the lower
 * bound is rarely above it.
 */
static void irrelevant_share(void)
{
	static const double share[CLASSES] = {0.2, 0.3, 0.5}, truth[] = {0, 0.3, 0.7};

	for (int i = 0; i < 3; i++) {
		double mean = 0;
		int above = 0;

		for (uint32_t t = 0; t < 12; t++) {
			struct lt_verdict v;

			begin(100 + t);
			add_val(80);
			add_pool(600, share, truth[i]);
			v = judge(pools[0], 60);
			mean += v.value[LT_EST_IRRELEVANT] / 12;
			above += v.within[LT_EST_IRRELEVANT].low > truth[i];
			lt_verdict_free(&v);
		}
		printf("# irrelevant %.1f: mean estimate %.3f, %d of 12 above\n", truth[i],
		       mean, above);
		check_near(mean, truth[i], 0.08);
		check(above <= 2);
	}
}

/* Irrelevant rows that lie among the rows of a class cannot be distinguished from them. */
static void irrelevant_hidden(void)
{
	struct lt_verdict v;

	begin(200);
	add_val(80);
	add_pool(600, (double[]){0.2, 0.3, 0.5}, 0);
	for (int i = 0; i < 600; i++)
		add(&pool, 1, 1);
	v = judge(pools[0], 40);
	check_near(v.within[LT_EST_IRRELEVANT].low, 0, 0.02);
	check_near(v.value[lt_est_at(LT_EST_LIKELY, CLASSES, 1)], 0.65, 0.08);
	lt_verdict_free(&v);
}

/*
 * Nine tenths of the unlabelled rows belong to a class whose rows are stranger than those
 * of the others.  Unweighted p-values make them irrelevant, weighted ones do not.
 */
static void shift_is_no_strangeness(void)
{
	struct lt_sample s;
	double *weight = lt_new_array(MOST, sizeof *weight), *p = lt_new_array(MOST, sizeof *p),
	       *one = lt_new_array(MOST, sizeof *one), unweighted, weighted;

	begin(300);
	for (int i = 0; i < 300; i++)
		add(&val, i % CLASSES, i % CLASSES == 2 ? 2.5 : 0.5);
	for (int i = 0; i < 1000; i++)
		add(&pool, i % 10 ? 2 : 0, i % 10 ? 2.5 : 0.5);
	s = sample_of();
	for (size_t i = 0; i < val.n; i++)
		weight[i] = val.label[i] == 2 ? 0.9 : val.label[i] == 0 ? 0.1 : 0;
	for (size_t i = 0; i < MOST; i++)
		one[i] = 1;
	lt_irrelevant_p(&s, LT_STRANGE_DISTANCE, one, p);
	unweighted = lt_irrelevant_share(p, one, pool.n);
	lt_irrelevant_p(&s, LT_STRANGE_DISTANCE, weight, p);
	weighted = lt_irrelevant_share(p, one, pool.n);
	printf("# seemingly irrelevant: %.3f, weighted %.3f\n", unweighted, weighted);
	check(unweighted > 0.25);
	check(weighted < 0.1);
	lt_sample_free(&s);
	lt_free(weight);
	lt_free(p);
	lt_free(one);
}

/*
 * 8 of 10 p-values are below 1/2: at most 4 rows are relevant.  The density is 8 in the
 * first bin, then decreasing.
 */
static void irrelevant_by_hand(void)
{
	static const double p[] = {0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.55, 0.95},
			    weight[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	double relevance[10];

	check_near(lt_irrelevant_share(p, weight, 10), 0.6, 1e-12);
	check_near(lt_irrelevant_share(p + 8, weight, 2), 0, 0);
	lt_irrelevant_rows(p, weight, 10, 0.6, relevance);
	check_near(relevance[0], 0.4 / 8, 1e-12);
	check_near(relevance[9], 1, 0); /* 2 rows in 9 bins: density 0.22 */
}

/* ---------------------------------------------------------------------------- copies */

static void copies(void)
{
	struct lt_error err;
	struct lt_duplicates found;
	struct lt_scored_rows v, p, t;

	begin(400);
	add_val(100);
	add_pool(500, (double[]){0.3, 0.3, 0.4}, 0);
	for (int i = 0; i < 300; i++)
		add(&test, i % CLASSES, 1);
	v = scored(&val), p = scored(&pool), t = scored(&test);
	check_int(lt_duplicates_find(&v, &p, &t, WIDTH, pools[0], &found, &err), 0);
	check_int(found.exact, 0);
	check(found.near <= 2);
	check(found.cosine > 0.999 && found.cosine < 1);
	for (int i = 0; i < 10; i++) /* seven copies of one test row, and copies of three
					others */
		memcpy(pool.feature + i * WIDTH, test.feature + (i < 7 ? 0 : i) * WIDTH,
		       WIDTH * sizeof(float));
	for (int i = 10; i < 15; i++)
		for (int k = 0; k < WIDTH; k++)
			pool.feature[i * WIDTH + k] =
				test.feature[i * WIDTH + k] * (k ? 1.0001f : 1.0002f);
	check_int(lt_duplicates_find(&v, &p, &t, WIDTH, pools[0], &found, &err), 0);
	check_int(found.exact, 10);
	check(found.near >= 5 && found.near <= 7);
	t.n = 0;
	check_int(lt_duplicates_find(&v, &p, &t, WIDTH, pools[0], &found, &err), 0);
	check_int(found.exact + found.near, 0);
	t.n = test.n;
	v.n = LT_NEAR_LEAST - 1;
	check_int(lt_duplicates_find(&v, &p, &t, WIDTH, pools[0], &found, &err), 0);
	check_int(found.exact, 10);
	check_named(isnan(found.cosine) && found.near == 0, "too few rows to learn from");
}

/* Distances with F(d) = d²: the threshold is proportional to pairs^(-1/2). */
static void copies_threshold(void)
{
	double near[1000], few, many, by_hand;

	for (int i = 0; i < 1000; i++)
		near[i] = sqrt((i + 0.5) / 1000);
	few = lt_duplicates_threshold(near, 1000, 1e6);
	many = lt_duplicates_threshold(near, 1000, 1e8);
	check_near(many / few, 0.1, 0.01);
	/* m = 100, d_(m) = 0.315; 1e-7 of the pairs, relative to 100 ÷ (1000 · 999) of them. */
	by_hand = sqrt(0.0995 * 1e-7 * 1000 * 999 / 100);
	check_near(few, by_hand, 0.1 * by_hand);
	for (int i = 0; i < 990; i++)
		near[i] = 0;
	check(isnan(lt_duplicates_threshold(near, 1000, 10)));
}

/* -------------------------------------------------------------------------- forecast */

/*
 * Two classes with 100 and 10 labelled rows; 8 and 6 of 10 validation rows are right; of
 * 100 rows, 70 and 30 are predicted as these classes; prior 0.6 and 0.4, a tenth
 * irrelevant.  Right: 100 · 0.9 · 0.6 · 0.8 = 43.2 and 100 · 0.9 · 0.4 · 0.6 = 21.6;
 * precisions 0.6171 and 0.72.
 */
static void expect_by_hand(void)
{
	static uint64_t labelled[2] = {100, 10};
	static int32_t said[100], truth[20], val_said[20];
	static float sure[100];
	double one[100], room[6], called[2], right[2];
	struct lt_sample s = {.classes = 2, .train_counts = labelled};
	struct lt_expect_rows rows = {&s, one, one};
	struct lt_expect e = {.called = called, .right = right};
	double growth = ((2 * 43.2 / 70 - 1) * lt_log(1.7) + (2 * 0.72 - 1) * lt_log(4)) / 2 /
			lt_log(2),
	       levelling = (lt_log(10) - lt_log(170. / 40)) / 2 / lt_log(2);

	for (int i = 0; i < 100; i++) {
		said[i] = i >= 70;
		sure[i] = i % 2 ? 0.9f : 0.6f;
		one[i] = 1;
	}
	for (int i = 0; i < 20; i++) {
		truth[i] = i >= 10;
		val_said[i] = i < 8 || i >= 16 ? 0 : 1;
	}
	s.val.rows = (struct lt_scored_rows){.n = 20, .label = truth};
	s.pool.rows.n = 100;
	s.val.predicted[LT_HEAD_PLAIN] = val_said;
	s.pool.predicted[LT_HEAD_PLAIN] = said;
	s.val.confidence[LT_HEAD_PLAIN] = s.pool.confidence[LT_HEAD_PLAIN] = sure;
	lt_expect_case(&rows, &lt_cases[0], (double[]){0.6, 0.4}, 0.1, room, &e);
	check_near(right[0], 43.2, 1e-12);
	check_near(right[1], 21.6, 1e-12);
	check_near(called[0], 70, 0);
	check_near(e.accuracy, 0.648, 1e-12);
	check_near(e.recall, (0.8 + 0.6) / 2, 1e-12);
	check_near(e.growth, growth, 1e-12);
	check_near(e.levelling, levelling, 1e-12);
	check_near(e.score, growth + levelling, 1e-12);
	/* Half of the rows of either class are confident enough, and half of the right ones. */
	lt_expect_case(&rows, &(struct lt_case){"", LT_HEAD_PLAIN, 0.7, false},
		       (double[]){0.6, 0.4}, 0.1, room, &e);
	check_near(called[0] + called[1], 50, 0);
	check_near(right[0], 21.6, 1e-12);
	check_near(e.recall, (4. / 5 + 3. / 5) / 2, 1e-12);
	/* No row of the second class is confident, so the recall is that of the first class. */
	for (int i = 10; i < 20; i++)
		sure[i] = 0.6f;
	lt_expect_case(&rows, &(struct lt_case){"", LT_HEAD_PLAIN, 0.7, false},
		       (double[]){0.6, 0.4}, 0.1, room, &e);
	check_near(e.recall, 4. / 5, 1e-12);
	lt_expect_case(&rows, &(struct lt_case){"", LT_HEAD_PLAIN, 0.95, false},
		       (double[]){0.6, 0.4}, 0.1, room, &e);
	check_near(e.recall, 0, 0);
	/* Not more right labels than predictions. */
	lt_expect_case(&rows, &lt_cases[0], (double[]){0, 1}, 0, room, &e);
	check_near(right[1], 30, 0);
	check_near(right[0], 0, 0);
}

static void forecasts(void)
{
	check_int(lt_forecast_of(0.3, 1, 0.7, 0), LT_FORECAST_HELP);
	check_int(lt_forecast_of(0.2, 1, 0.7, 0), LT_FORECAST_NOTHING);
	check_int(lt_forecast_of(-0.2, 0.1, 0.7, 0.3), LT_FORECAST_NOTHING);
	check_int(lt_forecast_of(-0.2, -0.1, 0.7, 0), LT_FORECAST_HARM);
	check_int(lt_forecast_of(-0.2, 1, 0.7, 0.41), LT_FORECAST_HARM);
	check_int(lt_forecast_of(0.3, 1, 0.7, 0.41), LT_FORECAST_NOTHING);
	/* Labels of a weak model are no help, even if small classes get many of them. */
	check_int(lt_forecast_of(2, 3, 0.66, 0), LT_FORECAST_NOTHING);
	check_int(lt_forecast_of(-0.2, -0.1, 0.5, 0), LT_FORECAST_HARM);
	check_int(lt_forecast_of(NAN, NAN, NAN, NAN), LT_FORECAST_NOTHING);
	check_int(lt_forecast_of(0.3, 1, NAN, 0), LT_FORECAST_NOTHING);
}

/* Each forecast occurs for rows of its kind. */
static void reached(void)
{
	static const double level[CLASSES] = {0.34, 0.33, 0.33}, head[CLASSES] = {1, 0, 0};
	struct lt_verdict v;

	begin(500);
	add_val(80);
	add_pool(1000, level, 0);
	v = judge(pools[0], 40);
	check_int(v.forecast, LT_FORECAST_HELP);
	lt_verdict_free(&v);
	begin(501);
	add_val(80);
	add_pool(10, level, 0); /* too few */
	v = judge(pools[0], 40);
	check_int(v.forecast, LT_FORECAST_NOTHING);
	lt_verdict_free(&v);
	begin(502);
	add_val(80);
	add_pool(1000, level, 0.9);
	v = judge(pools[0], 40);
	check_int(v.forecast, LT_FORECAST_HARM);
	check(v.within[LT_EST_IRRELEVANT].low > LT_IRRELEVANT_HARM);
	lt_verdict_free(&v);
	begin(503);
	add_val(80);
	add_pool(2000, head, 0); /* the largest class alone */
	v = judge(pools[0], 40);
	check(v.forecast != LT_FORECAST_HELP);
	check(v.value[LT_EST_LEVELLING] < -0.3);
	lt_verdict_free(&v);
}

/* ------------------------------------------------------------------------------ rest */

static void threads(void)
{
	struct lt_verdict one, three;

	begin(600);
	add_val(30);
	add_pool(300, (double[]){0.5, 0.3, 0.2}, 0.2);
	one = judge(pools[0], 30);
	three = judge(pools[1], 30);
	check_named(memcmp(one.value, three.value, LT_ESTIMATES(CLASSES) * sizeof(double)) ==
				    0 &&
			    memcmp(one.within, three.within,
				   LT_ESTIMATES(CLASSES) * sizeof(struct lt_interval)) == 0,
		    "threads change nothing");
	lt_verdict_free(&one);
	lt_verdict_free(&three);
}

static void refused(void)
{
	struct lt_error err;
	struct lt_sample s = {.classes = CLASSES, .width = WIDTH, .train_counts = counts};

	begin(700);
	add_pool(20, (double[]){0.5, 0.3, 0.2}, 0);
	for (int i = 0; i < 10; i++)
		add(&val, i % 2, 1);
	s.val.rows = scored(&val);
	s.pool.rows = scored(&pool);
	check_int(lt_sample_derive(&s, names, "val", pools[0], &err), LT_DATA);
	check_text(err.text,
		   "val: class 'c' has no labelled row: how it is predicted is not known");
	lt_sample_free(&s);
}

int main(void)
{
	struct lt_error err;

	if (lt_pool_new(&pools[0], 1, &err) != 0 || lt_pool_new(&pools[1], 3, &err) != 0)
		return 1;
	irrelevant_by_hand();
	copies_threshold();
	expect_by_hand();
	forecasts();
	refused();
	copies();
	shift_is_no_strangeness();
	irrelevant_hidden();
	threads();
	reached();
	irrelevant_share();
	coverage();
	lt_pool_free(pools[0]);
	lt_pool_free(pools[1]);
	return check_done();
}
