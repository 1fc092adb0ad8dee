#include "report/more.h"

#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "report/bootstrap.h"
#include "report/kept.h"

struct lt_more {
	struct lt_more_figures figures;
	struct lt_kept kept; /* of the rows, where counts are not enough */
	bool resampled;	     /* there are intervals by the bootstrap */
	struct lt_counts counts, other;
	struct lt_measures measures;
};

#define AT(field) offsetof(struct lt_more_class, field)

const struct lt_more_column lt_more_columns[] = {
	{LT_SET(f1), "f1", "F1", false, true, AT(f1)},
	{LT_SET(auc), "auroc", "AUROC", false, false, AT(auroc)},
	{LT_SET(auc), "auprc", "AUPRC", false, false, AT(auprc)},
	{LT_SET(intervals), "accuracy", "accuracy", true, true, AT(recall)},
	{LT_SET(intervals), "accuracy_low", "from", false, true, AT(low)},
	{LT_SET(intervals), "accuracy_high", "to", false, true, AT(high)},
	{0, NULL, NULL, false, false, 0},
};

int lt_more_new(struct lt_more **out, int classes, const struct lt_more_options *options,
		struct lt_error *err)
{
	struct lt_more *more = lt_new_array(1, sizeof *more);
	int code;

	if (!more)
		return lt_fail_memory(err);
	more->figures.options = options;
	more->figures.classes = classes;
	more->resampled = (options->sets & LT_SET(intervals)) || options->against;
	lt_kept_init(&more->kept, classes, (options->sets & LT_SET(auc)) != 0);
	more->figures.class_of = lt_new_array((size_t)classes, sizeof(struct lt_more_class));
	code = more->figures.class_of ? lt_counts_new(&more->counts, classes, err)
				      : lt_fail_memory(err);
	if (code == 0)
		code = lt_counts_new(&more->other, classes, err);
	if (code != 0)
		lt_more_free(more);
	else
		*out = more;
	return code;
}

void lt_more_free(struct lt_more *more)
{
	if (!more)
		return;
	lt_kept_free(&more->kept);
	lt_counts_free(&more->counts);
	lt_counts_free(&more->other);
	lt_measures_free(&more->measures);
	lt_free(more->figures.line);
	lt_free(more->figures.class_of);
	lt_free(more);
}

int lt_more_add(struct lt_more *more, int label, int predicted, int other, const float *logits,
		struct lt_error *err)
{
	struct lt_more_class *of;

	if (!(label >= 0 && label < more->figures.classes))
		return 0;
	of = &more->figures.class_of[label];
	lt_counts_add(&more->counts, label, predicted);
	lt_counts_add(&more->other, label, other);
	of->won += predicted == label && other != label;
	of->lost += predicted != label && other == label;
	if (!more->resampled && !more->kept.with_scores)
		return 0;
	return lt_kept_add(&more->kept, label, predicted, other, logits, err);
}

/* ------------------------------------------------------------------ classes */

static void finish_classes(struct lt_more *more)
{
	struct lt_more_figures *f = &more->figures;

	for (int c = 0; c < f->classes; c++) {
		struct lt_more_class *of = &f->class_of[c];
		struct lt_interval interval = lt_wilson(
			more->counts.right[c], more->counts.rows[c], f->options->level);

		of->rows = more->counts.rows[c];
		of->predicted = more->counts.predicted[c];
		of->f1 = lt_f1(&more->counts, c);
		of->auroc = of->auprc = NAN;
		of->low = interval.low;
		of->high = interval.high;
		of->recall = lt_counts_recall(&more->counts, c);
		of->other = lt_counts_recall(&more->other, c);
		f->won += of->won;
		f->lost += of->lost;
	}
	f->log_p = lt_mcnemar_log(f->won, f->lost);
}

/* The classes are distributed to the workers, each of which has room for all rows. */
struct ranking_job {
	struct lt_more *more;
	double *largest, *sum; /* of each row */
	struct lt_scored **room;
};

static void rank_class(void *arg, int c, int worker)
{
	struct ranking_job *job = arg;
	struct lt_kept *kept = &job->more->kept;
	struct lt_more_class *of = &job->more->figures.class_of[c];
	struct lt_ranking ranking;

	lt_kept_scores(kept, c, job->largest, job->sum, job->room[worker]);
	lt_rank(job->room[worker], kept->n, &ranking);
	of->auroc = ranking.auroc;
	of->auprc = ranking.auprc;
}

static int rank_classes(struct lt_more *more, struct lt_pool *pool, struct lt_error *err)
{
	int workers = lt_pool_threads(pool);
	uint64_t n = more->kept.n;
	struct ranking_job job = {more, lt_new_array(n, sizeof *job.largest),
				  lt_new_array(n, sizeof *job.sum),
				  lt_new_array((size_t)workers, sizeof *job.room)};
	bool good = job.largest && job.sum && job.room;

	for (int i = 0; good && i < workers; i++)
		good = (job.room[i] = lt_new_array(n, sizeof **job.room)) != NULL;
	for (uint64_t i = 0; good && i < n; i++)
		lt_kept_softmax(&more->kept, i, &job.largest[i], &job.sum[i]);
	if (good)
		lt_pool_run(pool, rank_class, &job, more->figures.classes);
	for (int i = 0; job.room && i < workers; i++)
		lt_free(job.room[i]);
	lt_free(job.room);
	lt_free(job.largest);
	lt_free(job.sum);
	return good ? 0 : lt_fail_memory(err);
}

/* ------------------------------------------------------------------ overall */

/* The classes of a measure's group; for most measures, all classes. */
static uint64_t rows_behind(const struct lt_counts *counts, const struct lt_measure *measure)
{
	uint64_t rows = 0;

	for (int c = 0; c < counts->classes; c++)
		if (!measure->group_of || measure->group_of[c] == measure->group)
			rows += counts->rows[c];
	return rows;
}

static void add_mean(struct lt_more_figures *f, const char *name, const char *title, size_t at)
{
	struct lt_more_column column = {.at = at};
	struct lt_more_line *line = &f->line[f->lines++];
	double sum = 0;
	int present = 0;

	*line = (struct lt_more_line){.rows = f->rows, .interval = {NAN, NAN}};
	snprintf(line->name, sizeof line->name, "%s", name);
	snprintf(line->title, sizeof line->title, "%s", title);
	for (int c = 0; c < f->classes; c++) {
		double value = lt_more_cell(&column, &f->class_of[c]);

		if (isnan(value))
			continue;
		sum += value;
		present++;
	}
	line->value = present ? sum / present : NAN;
}

static int make_lines(struct lt_more *more, struct lt_error *err)
{
	struct lt_more_figures *f = &more->figures;

	/* Adds two: the means of AUROC and AUPRC. */
	f->line = lt_new_array((size_t)more->measures.n + 2, sizeof *f->line);
	if (!f->line)
		return lt_fail_memory(err);
	for (int i = 0; i < more->measures.n; i++) {
		const struct lt_measure *measure = &more->measures.list[i];
		struct lt_more_line *line = &f->line[f->lines++];

		*line = (struct lt_more_line){.basic = measure->basic,
					      .fraction = measure->fraction,
					      .counted = true,
					      .rows = rows_behind(&more->counts, measure),
					      .interval = {NAN, NAN},
					      .difference_interval = {NAN, NAN}};
		snprintf(line->name, sizeof line->name, "%s", measure->name);
		snprintf(line->title, sizeof line->title, "%s", measure->title);
		line->value = measure->of(&more->counts, measure);
		line->other = measure->of(&more->other, measure);
		line->difference = line->value - line->other;
	}
	if (f->options->sets & LT_SET(auc)) {
		add_mean(f, "auroc", "AUROC, mean", AT(auroc));
		add_mean(f, "auprc", "AUPRC, mean", AT(auprc));
	}
	return 0;
}

static int add_intervals(struct lt_more *more, struct lt_pool *pool, struct lt_error *err)
{
	const struct lt_more_options *options = more->figures.options;
	struct lt_bootstrap bootstrap = {.rows = &more->kept,
					 .measures = &more->measures,
					 .seed = options->seed,
					 .replicates = options->replicates,
					 .paired = options->against != NULL};
	int code = lt_kept_sort(&more->kept, err);
	size_t n = (size_t)options->replicates;

	if (code == 0)
		code = lt_bootstrap_run(&bootstrap, pool, err);
	for (int i = 0; i < more->measures.n && code == 0; i++) {
		struct lt_more_line *line = &more->figures.line[i];

		line->interval =
			lt_percentile(bootstrap.values + (size_t)i * n, n, options->level);
		if (bootstrap.paired)
			line->difference_interval = lt_percentile(
				bootstrap.differences + (size_t)i * n, n, options->level);
	}
	lt_bootstrap_free(&bootstrap);
	return code;
}

int lt_more_finish(struct lt_more *more, struct lt_pool *pool, const uint64_t *train_counts,
		   const struct lt_groups *groups, const struct lt_more_figures **out,
		   struct lt_error *err)
{
	struct lt_more_figures *f = &more->figures;
	const struct lt_more_options *options = f->options;
	int code = lt_measures_new(&more->measures, options->sets, f->classes, train_counts,
				   groups, &options->ratios, err);

	if (code != 0)
		return code;
	f->rows = more->counts.total;
	finish_classes(more);
	if (more->kept.with_scores && !more->kept.not_finite && f->rows > 0 &&
	    (code = rank_classes(more, pool, err)) != 0)
		return code;
	if ((code = make_lines(more, err)) != 0)
		return code;
	if (f->rows > 0 && more->resampled)
		code = add_intervals(more, pool, err);
	*out = f;
	return code;
}
