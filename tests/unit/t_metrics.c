/*
 * Metrics against tables counted by hand: groups, absent classes, calibration, rows without
 * labels, logits that are not finite, and the three formats.
 */
#include "report/metrics.h"
#include "report_kit.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const three[3] = {"cat", "dog", "owl"};

static void add(struct lt_metrics *m, int label, int predicted, double confidence, double nll)
{
	struct lt_outcome row = {label, predicted, confidence, nll, label == predicted};

	lt_metrics_add(m, &row);
}

/* cat: 3 of 4 right; dog: 1 of 2; owl: 0 of 1.  One row has no label. */
static struct lt_metrics *example(void)
{
	struct lt_metrics *m;

	if (lt_metrics_new(&m, 3, three, NULL) != 0)
		abort();
	add(m, 0, 0, 0.9, 0.1);
	add(m, 0, 0, 0.9, 0.1);
	add(m, 0, 0, 0.7, 0.4);
	add(m, 0, 1, 0.5, 1.4);
	add(m, 1, 1, 1.0, 0.0);
	add(m, 1, 0, 0.7, 1.5);
	add(m, -1, 2, 0.8, 0.0);
	add(m, 2, 0, 0.4, 3.5);
	return m;
}

static void by_hand(void)
{
	static const uint64_t train[3] = {500, 100, 7};
	static const struct lt_groups usual = {false, 100, 20};
	struct lt_metrics *m = example();
	const struct lt_figures *f;

	check_int(lt_metrics_finish(m, train, &usual, &f, NULL), 0);
	check_int(f->rows, 7);
	check_int(f->without_label, 1);
	check_int(f->right, 4);
	check_near(f->accuracy.value, 4 / 7.0, 1e-15);
	check_near(f->class_of[0].recall.value, 0.75, 1e-15);
	check_near(f->class_of[0].precision.value, 3 / 5.0, 1e-15);
	check_int(f->class_of[0].precision.count, 5);
	check_near(f->class_of[1].precision.value, 0.5, 1e-15);
	check_named(isnan(f->class_of[2].precision.value),
		    "a class never predicted has no precision");
	check_near(f->class_of[2].recall.value, 0, 0);
	check_near(f->balanced.value, 1.25 / 3, 1e-15);
	check_near(f->geometric.value, pow(0.75 * 0.5 / 300, 1.0 / 3), 1e-14);
	check_near(f->nll.value, 1.0, 1e-15);
	/* bins: .9 .9 | .7 .7 | .5 | 1 | .4 */
	check_near(f->ece.value, (0.2 + 0.4 + 0.5 + 0 + 0.4) / 7, 1e-15);
	check_named(!f->has_top5 && isnan(f->top5.value), "no top-5 of three classes");
	check_int(f->class_of[0].group, LT_MANY);
	check_int(f->class_of[1].group, LT_MEDIUM);
	check_int(f->class_of[2].group, LT_FEW);
	check_near(f->group[LT_MEDIUM].accuracy.value, 0.5, 1e-15);
	check_int(f->group[LT_MEDIUM].accuracy.count, 2);
	check_near(f->group[LT_MEDIUM].ece.value, 0.7 / 2, 1e-15);
	check_int(f->confusion[0 * 3 + 1], 1);
	check_int(f->confusion[2 * 3 + 0], 1);
	check_int(f->confusion[1 * 3 + 1], 1);
	lt_metrics_free(m);
}

static void absent_and_empty(void)
{
	static const uint64_t train[3] = {500, 400, 300};
	static const struct lt_groups usual = {false, 100, 20};
	struct lt_metrics *m;
	const struct lt_figures *f;

	lt_metrics_new(&m, 3, three, NULL);
	add(m, 0, 0, 0.8, 0.2);
	add(m, 1, 0, 0.8, 2.0);
	lt_metrics_finish(m, train, &usual, &f, NULL);
	check_near(f->balanced.value, 0.5, 0);
	check_near(f->geometric.value, sqrt(1 / 200.0), 1e-15);
	check_named(isnan(f->class_of[2].recall.value), "an absent class has no recall");
	check_int(f->group[LT_MANY].classes, 3);
	check_near(f->group[LT_MANY].accuracy.value, 0.5, 0);
	check_int(f->group[LT_FEW].classes, 0);
	check_named(isnan(f->group[LT_FEW].accuracy.value), "an empty group has no accuracy");
	check_named(isnan(f->group[LT_FEW].ece.value), "an empty group has no calibration");
	lt_metrics_free(m);

	lt_metrics_new(&m, 3, three, NULL);
	add(m, -1, 1, 0.5, 0);
	lt_metrics_finish(m, NULL, NULL, &f, NULL);
	check_int(f->rows, 0);
	check_named(isnan(f->accuracy.value) && isnan(f->balanced.value) &&
			    isnan(f->nll.value) && isnan(f->geometric.value) &&
			    isnan(f->ece.value),
		    "no labelled rows, no figures");
	check(!f->has_groups);
	lt_metrics_free(m);
}

static void not_numbers(void)
{
	static const float bad[3] = {0, NAN, 1}, far[3] = {0, INFINITY, 1};
	struct lt_metrics *m;
	const struct lt_figures *f;
	struct lt_outcome row;

	lt_metrics_new(&m, 3, three, NULL);
	add(m, 0, 0, 0.8, 0.2);
	lt_outcome_of(bad, 3, 0, NULL, &row);
	check_int(row.predicted, -1);
	check(isnan(row.confidence));
	lt_metrics_add(m, &row);
	lt_outcome_of(far, 3, 1, NULL, &row);
	check_int(row.predicted, -1);
	lt_metrics_add(m, &row);
	lt_metrics_finish(m, NULL, NULL, &f, NULL);
	check_int(f->rows, 3);
	check_int(f->not_finite, 2);
	check_near(f->accuracy.value, 1 / 3.0, 1e-15);
	check(isnan(f->nll.value) && isnan(f->ece.value));
	lt_metrics_free(m);
}

static void outcomes(void)
{
	static const float logits[7] = {1, 2, 2, 0, 2, 2, 2};
	struct lt_outcome row;
	double p[7], sum = 5 + exp(-1) + exp(-2);

	lt_outcome_of(logits, 7, 6, p, &row);
	check_int(row.predicted, 1);
	check_near(row.confidence, 1 / sum, 1e-15);
	check_near(row.nll, log(sum), 1e-15);
	check_named(row.top5, "the fifth of five equal logits is in the top five");
	check_near(p[3], exp(-2) / sum, 1e-15);
	lt_outcome_of(logits, 7, 0, NULL, &row);
	check(!row.top5);
	lt_outcome_of(logits, 7, -1, NULL, &row);
	check(row.label == -1 && !row.top5);
}

static void groups(void)
{
	static const uint64_t ten[10] = {50, 83, 5000, 139, 232, 387, 645, 1077, 1796, 2997};
	static const uint64_t equal[4] = {9, 9, 9, 9};
	static const uint64_t edge[3] = {101, 100, 19};
	struct lt_groups thirds, usual, bad;
	uint8_t group[10];
	int in[LT_GROUPS] = {0, 0, 0}, c;

	check_int(lt_groups_parse("thirds", &thirds, NULL), 0);
	lt_groups_assign(&thirds, ten, 10, group, NULL);
	for (c = 0; c < 10; c++)
		in[group[c]]++;
	check(in[LT_MANY] == 3 && in[LT_MEDIUM] == 4 && in[LT_FEW] == 3);
	check(group[2] == LT_MANY && group[9] == LT_MANY && group[8] == LT_MANY);
	check(group[0] == LT_FEW && group[1] == LT_FEW && group[3] == LT_FEW);
	lt_groups_assign(&thirds, equal, 4, group, NULL);
	check(group[0] == LT_MANY && group[1] == LT_MEDIUM && group[2] == LT_MEDIUM &&
	      group[3] == LT_FEW);
	check_int(lt_groups_parse("100,20", &usual, NULL), 0);
	lt_groups_assign(&usual, edge, 3, group, NULL);
	check(group[0] == LT_MANY && group[1] == LT_MEDIUM && group[2] == LT_FEW);
	check_int(lt_groups_parse("20,100", &bad, NULL), LT_USAGE);
	check_int(lt_groups_parse("100", &bad, NULL), LT_USAGE);
	check_int(lt_groups_parse("100,", &bad, NULL), LT_USAGE);
	check_int(lt_groups_parse(" 100,20", &bad, NULL), LT_USAGE);
	check_int(lt_groups_parse("", &bad, NULL), LT_USAGE);
}

/* The output of a format, written to a file. */
static const char *written(const char *format, const struct lt_figures *f, bool confusion)
{
	struct lt_report_options options = {.confusion = confusion};

	return kit_report(format, f, &options);
}

static void formats(void)
{
	static const uint64_t train[3] = {500, 100, 7};
	static const struct lt_groups usual = {false, 400, 200};
	struct lt_metrics *m = example();
	const struct lt_figures *f;
	const char *text;

	lt_metrics_finish(m, train, &usual, &f, NULL);
	text = written("tsv", f, true);
	check_named(strncmp(text, "metric\tclass\tvalue\tcount\naccuracy\t-\t0.57142857142857",
			    49) == 0,
		    "tsv begins with its head and the accuracy");
	check(strstr(text, "\nmany\t-\t0.75\t4\n") && strstr(text, "\nmedium\t-\t-\t0\n"));
	check(strstr(text, "\naccuracy\tcat\t0.75\t4\n") &&
	      strstr(text, "\nprecision\towl\t-\t0\n"));
	check(strstr(text, "\nconfusion\tcat > dog\t0.25\t1\n"));
	check(strstr(text, "\nwithout_label\t-\t-\t1\n"));
	check(strstr(text, "top5") == NULL);
	text = written("text", f, true);
	check(strstr(text, "accuracy              57.14 %   4 of 7 rows\n"));
	check(strstr(text, "medium          0          -            -          0\n"));
	check(strstr(text, " 0 cat       75.0  25.0     .\n"));
	text = written("json", f, true);
	check(strstr(text, "\"balanced_accuracy\": 0.41666666666666669") ||
	      strstr(text, "\"balanced_accuracy\": 0.4166666666666667"));
	check(strstr(text, "\"medium\": {\"classes\": 0, \"accuracy\": null"));
	check(strstr(text, "[3, 1, 0]") && strstr(text, "[1, 0, 0]"));
	lt_metrics_free(m);
	check_text(lt_report_format_names[0], lt_report_formats[0].name);
	check(lt_report_format_names[3] == NULL && lt_report_formats[3].name == NULL);
}

int main(void)
{
	by_hand();
	absent_and_empty();
	not_numbers();
	outcomes();
	groups();
	formats();
	return check_done();
}
