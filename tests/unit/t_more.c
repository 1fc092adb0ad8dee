/*
 * Optional figures from rows: scores by class; the bootstrap against a slow version of it
 * and against theory; two models on the same rows; any number of threads.
 */
#include "base/random.h"
#include "report/bootstrap.h"
#include "report/more.h"
#include "report_kit.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const names[3] = {"cat", "dog", "owl"};

static struct lt_pool *pool_of(int threads)
{
	struct lt_pool *pool;

	if (lt_pool_new(&pool, threads, NULL) != 0)
		abort();
	return pool;
}

static const struct lt_more_line *find(const struct lt_more_figures *f, const char *name)
{
	static const struct lt_more_line none;

	for (int i = 0; i < f->lines; i++)
		if (strcmp(f->line[i].name, name) == 0)
			return &f->line[i];
	check_named(false, name);
	return &none;
}

/* ------------------------------------------------------------------ scores */

/*
 * Probabilities rank as logits here, since each row's sum of exponentials is nearly the
 * same: p of cat in the rows is .6 .3 .3 .1, labels cat, cat, dog, owl.  cat: pairs with dog
 * 1 + ½ of 2, with owl 2 of 2: 3.5 of 4; thresholds .6: 1 of 1, .3: 2 of 3.
 */
static void scores(void)
{
	static const float p[4][3] = {
		{.6f, .2f, .2f}, {.3f, .4f, .3f}, {.3f, .4f, .3f}, {.1f, .8f, .1f}};
	static const int label[4] = {0, 0, 1, 2}, predicted[4] = {0, 1, 1, 1};
	struct lt_more_options options = {.sets = LT_SET(auc), .level = 0.95};
	struct lt_pool *pool = pool_of(2);
	const struct lt_more_figures *f;
	struct lt_more *more;

	check_int(lt_more_new(&more, 3, &options, NULL), 0);
	for (int i = 0; i < 4; i++) {
		float logits[3];

		for (int c = 0; c < 3; c++)
			logits[c] = logf(p[i][c]);
		check_int(lt_more_add(more, label[i], predicted[i], -1, logits, NULL), 0);
		check_int(lt_more_add(more, -1, predicted[i], -1, logits, NULL), 0);
	}
	check_int(lt_more_finish(more, pool, NULL, NULL, &f, NULL), 0);
	check_int(f->rows, 4);
	check_near(f->class_of[0].auroc, 3.5 / 4, 1e-15);
	check_near(f->class_of[0].auprc, (1 + 2 / 3.0) / 2, 1e-15);
	/* dog: .4 against .2 .4 .8: 1.5 of 3; threshold .4: 1 of 3 */
	check_near(f->class_of[1].auroc, 1.5 / 3, 1e-15);
	check_near(f->class_of[1].auprc, 1 / 3.0, 1e-15);
	/* owl: .1 against .2 .3 .3: 0 of 3; 1 of 4 */
	check_near(f->class_of[2].auroc, 0, 0);
	check_near(f->class_of[2].auprc, 1 / 4.0, 1e-15);
	check_near(find(f, "auroc")->value, (3.5 / 4 + .5 + 0) / 3, 1e-15);
	check_near(find(f, "auprc")->value, (5 / 6.0 + 1 / 3.0 + 1 / 4.0) / 3, 1e-15);
	lt_more_free(more);
	lt_pool_free(pool);
}

static void odd_scores(void)
{
	static const float good[3] = {1, 0, 0}, bad[3] = {NAN, 0, 0};
	struct lt_more_options options = {.sets = LT_SET(auc) | LT_SET(f1) | LT_SET(intervals),
					  .level = 0.95,
					  .replicates = 100};
	struct lt_pool *pool = pool_of(1);
	const struct lt_more_figures *f;
	struct lt_more *more;

	/* All rows belong to one class: AUROC has no value, and neither has its mean. */
	lt_more_new(&more, 3, &options, NULL);
	lt_more_add(more, 0, 0, -1, good, NULL);
	lt_more_finish(more, pool, NULL, NULL, &f, NULL);
	check_named(isnan(f->class_of[0].auroc) && isnan(find(f, "auroc")->value),
		    "one row: no AUROC");
	check_near(f->class_of[0].auprc, 1, 0);
	check_named(isnan(f->class_of[1].auprc), "a class without rows: no AUPRC");
	check_near(find(f, "accuracy")->interval.low, 1, 0);
	check_near(f->class_of[0].low, 0.20654931437723745, 1e-15);
	check_named(isnan(f->class_of[1].low), "a class without rows: no interval");
	lt_more_free(more);

	/* Logits that are not finite: no ranking, and the row is wrong. */
	lt_more_new(&more, 3, &options, NULL);
	lt_more_add(more, 0, 0, -1, good, NULL);
	lt_more_add(more, 1, -1, -1, bad, NULL);
	lt_more_finish(more, pool, NULL, NULL, &f, NULL);
	check_named(isnan(f->class_of[0].auroc) && isnan(f->class_of[0].auprc),
		    "logits that are not numbers: no AUROC");
	check_near(find(f, "accuracy")->value, 0.5, 0);
	check_near(f->class_of[0].f1, 1, 0);
	check_near(f->class_of[1].f1, 0, 0);
	lt_more_free(more);

	/* No rows. */
	lt_more_new(&more, 3, &options, NULL);
	check_int(lt_more_finish(more, pool, NULL, NULL, &f, NULL), 0);
	check_named(isnan(find(f, "accuracy")->value), "no rows");
	lt_more_free(more);
	lt_pool_free(pool);
}

/* More rows than one block of scores: each row must keep its own logits. */
static void blocks(void)
{
	struct lt_more_options options = {.sets = LT_SET(auc), .level = 0.95};
	struct lt_pool *pool = pool_of(3);
	const struct lt_more_figures *f;
	struct lt_more *more;
	int n = 3 * LT_KEPT_BLOCK + 7;

	lt_more_new(&more, 2, &options, NULL);
	for (int i = 0; i < n; i++) {
		float logits[2] = {(float)(n - i) / 1000, 0};

		lt_more_add(more, i >= n / 2, 0, -1, logits, NULL);
	}
	lt_more_finish(more, pool, NULL, NULL, &f, NULL);
	check_near(f->class_of[0].auroc, 1, 0);
	check_near(f->class_of[1].auroc, 1, 0);
	lt_more_free(more);
	lt_pool_free(pool);
}

/* ------------------------------------------------------------------ intervals */

#define ROWS 600

/*
 * cat: 300 rows, 240 right; dog: 200, 100 right; owl: 100, 20 right.  The second model is
 * right in the same rows except every tenth.
 */
static struct lt_more *fill(const struct lt_more_options *options)
{
	static const int rows[3] = {300, 200, 100}, right[3] = {240, 100, 20};
	struct lt_more *more;

	if (lt_more_new(&more, 3, options, NULL) != 0)
		abort();
	for (int i = 0; i < 300; i++)
		for (int c = 0; c < 3; c++) {
			int wrong = (c + 1) % 3, of = i < right[c] ? c : wrong;

			if (i < rows[c] &&
			    lt_more_add(more, c, of, i % 10 == 9 ? wrong : of, NULL, NULL) != 0)
				abort();
		}
	return more;
}

/* One replicate, drawn as the header describes. */
static double slow_accuracy(uint64_t seed, uint32_t replicate)
{
	static const uint32_t rows[3] = {300, 200, 100}, right[3] = {240, 100, 20};
	double hits = 0;

	for (uint32_t c = 0; c < 3; c++) {
		struct lt_draws draws = lt_draws_at(seed, LT_FOR_REDRAW, 0, replicate, c);

		for (uint32_t i = 0; i < rows[c]; i++)
			hits += lt_draw_below(&draws, rows[c]) < right[c];
	}
	return hits / ROWS;
}

static void bootstrap(void)
{
	struct lt_more_options options = {.sets = LT_SET(intervals) | LT_SET(mcc),
					  .level = 0.9,
					  .replicates = 2000,
					  .seed = 7};
	struct lt_more *more = fill(&options);
	struct lt_pool *pool = pool_of(2);
	const struct lt_more_figures *f;
	struct lt_interval interval, slow;
	double values[2000], half;

	check_int(lt_more_finish(more, pool, NULL, NULL, &f, NULL), 0);
	for (uint32_t i = 0; i < 2000; i++)
		values[i] = slow_accuracy(7, i);
	slow = lt_percentile(values, 2000, 0.9);
	interval = find(f, "accuracy")->interval;
	check_near(interval.low, slow.low, 1e-15);
	check_near(interval.high, slow.high, 1e-15);
	check_near(find(f, "accuracy")->value, 360 / 600.0, 1e-15);
	/* Within classes: variance Σ n p (1 - p) ÷ 600² = (48 + 50 + 16) ÷ 600². */
	half = 1.6448536 * sqrt(114) / 600;
	check_near(interval.high - interval.low, 2 * half, 0.06 * half);
	/* Of the mean recall: Σ p (1 - p) ÷ n, ÷ 9. */
	interval = find(f, "balanced_accuracy")->interval;
	half = 1.6448536 * sqrt(.16 / 300 + .25 / 200 + .16 / 100) / 3;
	check_near(interval.high - interval.low, 2 * half, 0.06 * half);
	check(interval.low < 0.5 && interval.high > 0.5);
	interval = find(f, "mcc")->interval;
	check(interval.low < find(f, "mcc")->value && interval.high > find(f, "mcc")->value);
	lt_more_free(more);
	lt_pool_free(pool);
}

static void threads(void)
{
	struct lt_more_options options = {.sets = LT_SET(intervals) | LT_SET(f1),
					  .level = 0.95,
					  .replicates = 333,
					  .against = "x"};
	const struct lt_more_figures *a, *b;
	struct lt_pool *one = pool_of(1), *five = pool_of(5);
	struct lt_more *first = fill(&options), *second = fill(&options), *third;
	bool same = true, other = false;

	lt_more_finish(first, one, NULL, NULL, &a, NULL);
	lt_more_finish(second, five, NULL, NULL, &b, NULL);
	for (int i = 0; i < a->lines; i++)
		same = same && a->line[i].interval.low == b->line[i].interval.low &&
		       a->line[i].difference_interval.high ==
			       b->line[i].difference_interval.high;
	check_named(same, "one and five threads: the same");
	options.seed = 1;
	third = fill(&options);
	lt_more_finish(third, five, NULL, NULL, &b, NULL);
	for (int i = 0; i < a->lines; i++)
		other = other || a->line[i].interval.low != b->line[i].interval.low;
	check_named(other, "another seed: other draws");
	lt_more_free(first);
	lt_more_free(second);
	lt_more_free(third);
	lt_pool_free(one);
	lt_pool_free(five);
}

/* ------------------------------------------------------------------ two models */

/* The second model loses 24 of 240 right rows of cat, 10 of dog and 2 of owl, and wins none. */
static void against(void)
{
	struct lt_more_options options = {
		.level = 0.95, .replicates = 1000, .against = "other.lts"};
	struct lt_more *more = fill(&options);
	struct lt_pool *pool = pool_of(2);
	const struct lt_more_figures *f;
	const struct lt_more_line *line;
	double half = 1.959964 * sqrt(24 * .92 + 10 * .95 + 2 * .98) / 600;

	check_int(lt_more_finish(more, pool, NULL, NULL, &f, NULL), 0);
	check_int(f->won, 36);
	check_int(f->lost, 0);
	check_int(f->class_of[0].won, 24);
	check_int(f->class_of[2].won, 2);
	check_near(f->class_of[1].other, 90 / 200.0, 1e-15);
	check_near(f->log_p, -35 * log(2), 1e-13);
	line = find(f, "accuracy");
	check_near(line->other, 324 / 600.0, 1e-15);
	check_near(line->difference, 36 / 600.0, 1e-15);
	/*
	 * The models are compared on the same rows: the difference varies as 36 rows do,
	 * much less than either accuracy.
	 */
	check_near(line->difference_interval.high - line->difference_interval.low, 2 * half,
		   0.1 * half);
	check(line->difference_interval.low > 0);
	lt_more_free(more);
	lt_pool_free(pool);
}

/* The output of a format after the figures of one row. */
static const char *written(const char *format, const struct lt_more_figures *more)
{
	static const struct lt_groups usual = {false, 100, 20};
	struct lt_report_options options = {.more = more};
	struct lt_outcome row = {0, 0, 1, 0, true};
	const struct lt_figures *f;
	struct lt_metrics *metrics;
	const char *text;

	if (lt_metrics_new(&metrics, 3, names, NULL) != 0)
		abort();
	lt_metrics_add(metrics, &row);
	lt_metrics_finish(metrics, NULL, &usual, &f, NULL);
	text = kit_report(format, f, &options);
	lt_metrics_free(metrics);
	return text;
}

static void formats(void)
{
	static const uint64_t train[3] = {500, 100, 7};
	static const struct lt_groups usual = {false, 100, 20};
	struct lt_more_options options = {.sets = LT_SET(f1) | LT_SET(mcc) | LT_SET(priors) |
						  LT_SET(intervals),
					  .level = 0.95,
					  .replicates = 100,
					  .against = "other.lts"};
	struct lt_more *more = fill(&options);
	struct lt_pool *pool = pool_of(1);
	const struct lt_more_figures *f;
	const char *text;

	check_int(lt_more_finish(more, pool, train, &usual, &f, NULL), 0);
	text = written("tsv", f);
	/* Predicted: cat 240 and 80 owls, dog 100 and 60 cats, owl 20 and 100 dogs. */
	check(strstr(text, "\nf1\tcat\t0.7741935483870968\t300\n")); /* 480 ÷ 620 */
	check(strstr(text, "\nmacro_f1\t-\t0.") && strstr(text, "\nmcc_low\t-\t0."));
	check(strstr(text, "\nprior_uniform\t-\t0.5\t600\n"));
	check(strstr(text, "\nmany_low\t-\t0.") && strstr(text, "\nfew_high\t-\t0."));
	check(strstr(text, "\nother_accuracy\tdog\t0.45\t200\n"));
	check(strstr(text, "\ndifference_accuracy\t-\t0.05999999999999994\t600\n") ||
	      strstr(text, "\ndifference_accuracy\t-\t0.06"));
	check(strstr(text, "\nthis_only\tcat\t-\t24\n") &&
	      strstr(text, "\nother_only\t-\t-\t0\n"));
	check(strstr(text, "\nmcnemar_p\t-\t2.9103830456733"));
	text = written("text", f);
	check(strstr(text, "\nfigure                    value    95 % from         to\n"));
	check(strstr(text, "\nprior uniform           50.00 %  "));
	check(strstr(text, "\nagainst other.lts\n"));
	check(strstr(text, "only this model predicts correctly: 36, only the other: 0\n"));
	check(strstr(text, "p = 2.91e-11\n"));
	text = written("json", f);
	check(strstr(text, "\"against\": {\n  \"model\": \"other.lts\""));
	check(strstr(text, "{\"name\": \"dog\", \"f1\": 0."));
	lt_more_free(more);
	lt_pool_free(pool);
}

int main(void)
{
	scores();
	odd_scores();
	blocks();
	bootstrap();
	threads();
	against();
	formats();
	return check_done();
}
