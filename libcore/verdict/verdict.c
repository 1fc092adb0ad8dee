#include "verdict/verdict.h"

#include <string.h>

#include "base/memory.h"
#include "report/bootstrap.h"

/* An option is advised if it gains at least this much and help can then be expected. */
#define ADVISE_GAIN (LT_SCORE_HELP / 2)

const char *const lt_verdict_overall[LT_EST_CLASSES] = {
	[LT_EST_IRRELEVANT] = "irrelevant_share",
	[LT_EST_RATIO] = "imbalance",
	[LT_EST_ACCURACY] = "pseudo_label_accuracy",
	[LT_EST_RECALL] = "pseudo_label_recall",
	[LT_EST_GROWTH] = "growth",
	[LT_EST_LEVELLING] = "levelling",
	[LT_EST_SCORE] = "score",
};
const char *const lt_verdict_by_class[LT_EST_KINDS] = {
	[LT_EST_INVERTED] = "prior_inversion",
	[LT_EST_LIKELY] = "prior_likelihood",
	[LT_EST_PRECISION] = "pseudo_label_precision",
	[LT_EST_RIGHT] = "right_pseudo_labels",
};

struct job {
	const struct lt_sample *sample;
	const struct lt_verdict_config *config;
	enum lt_strange by;
	const struct lt_estimate_room *from;
	struct lt_estimate_room *room; /* one per worker */
	double **row_out;	       /* one per worker: the estimates of a replicate */
	uint32_t *by_class, *start;    /* validation rows, sorted by class */
	double *values;		       /* estimates × replicates */
	struct lt_error *failed;       /* one per worker */
};

/* -------------------------------------------------------------------------- a point */

/* Finds the measure that finds most irrelevant rows, and its estimates. */
static int estimate_point(const struct lt_sample *s, struct lt_estimate_room *room,
			  struct lt_verdict *v, struct lt_error *err)
{
	double most = -1;
	int code = 0;

	for (size_t i = 0; i < s->val.rows.n; i++)
		room->val_weight[i] = 1;
	for (size_t i = 0; i < s->pool.rows.n; i++)
		room->pool_weight[i] = 1;
	for (int m = 0; m < LT_STRANGES && code == 0; m++) {
		code = lt_estimate(s, (enum lt_strange)m, NULL, room, v->value, err);
		if (code == 0 && v->value[LT_EST_IRRELEVANT] > most) {
			most = v->value[LT_EST_IRRELEVANT];
			v->by = (enum lt_strange)m;
		}
	}
	return code ? code : lt_estimate(s, v->by, NULL, room, v->value, err);
}

static int score_cases(const struct lt_sample *s, struct lt_estimate_room *room,
		       struct lt_verdict *v, struct lt_error *err)
{
	struct lt_expect_rows rows = {s, room->val_weight, room->pool_weight};

	v->case_score = lt_new_array((size_t)lt_cases_n, sizeof *v->case_score);
	if (!v->case_score)
		return lt_fail_memory(err);
	for (int i = 0; i < lt_cases_n; i++) {
		struct lt_expect expect = {.called = room->called, .right = room->right};

		lt_expect_case(&rows, &lt_cases[i], room->prior, v->value[LT_EST_IRRELEVANT],
			       room->small, &expect);
		v->case_score[i] = expect.score;
		if (expect.score > v->case_score[v->advised] &&
		    expect.score > v->case_score[0] + ADVISE_GAIN &&
		    expect.score > LT_SCORE_HELP && expect.recall > LT_RECALL_HELP)
			v->advised = i;
	}
	return 0;
}

/* ----------------------------------------------------------------------- replicates */

static void draw(const struct job *job, int replicate, struct lt_estimate_room *room)
{
	const struct lt_sample *s = job->sample;
	struct lt_draws draws;
	uint32_t n = (uint32_t)s->pool.rows.n;

	memset(room->val_weight, 0, s->val.rows.n * sizeof *room->val_weight);
	memset(room->pool_weight, 0, s->pool.rows.n * sizeof *room->pool_weight);
	for (int c = 0; c < s->classes; c++) {
		uint32_t of = job->start[c + 1] - job->start[c];

		draws = lt_redraws(job->config->seed, LT_REDRAW_LABELLED, replicate, c);
		for (uint32_t i = 0; i < of; i++)
			room->val_weight[job->by_class[job->start[c] +
						       lt_draw_below(&draws, of)]]++;
	}
	draws = lt_redraws(job->config->seed, LT_REDRAW_UNLABELLED, replicate, 0);
	for (uint32_t i = 0; i < n; i++)
		room->pool_weight[lt_draw_below(&draws, n)]++;
}

static void one_replicate(void *arg, int replicate, int worker)
{
	struct job *job = arg;
	struct lt_estimate_room *room = &job->room[worker];
	size_t estimates = LT_ESTIMATES(job->sample->classes);
	double *out = job->row_out[worker];

	if (job->failed[worker].code != 0)
		return;
	draw(job, replicate, room);
	if (lt_estimate(job->sample, job->by, job->from, room, out, &job->failed[worker]) != 0)
		return;
	for (size_t i = 0; i < estimates; i++)
		job->values[i * (size_t)job->config->replicates + (size_t)replicate] = out[i];
}

static int sort_by_class(struct job *job, struct lt_error *err)
{
	const struct lt_sample *s = job->sample;

	job->start = lt_new_array((size_t)s->classes + 2, sizeof *job->start);
	job->by_class = lt_new_array(s->val.rows.n, sizeof *job->by_class);
	if (!job->start || !job->by_class)
		return lt_fail_memory(err);
	for (size_t i = 0; i < s->val.rows.n; i++)
		job->start[s->val.rows.label[i] + 2]++;
	for (int c = 0; c < s->classes; c++)
		job->start[c + 2] += job->start[c + 1];
	for (size_t i = 0; i < s->val.rows.n; i++)
		job->by_class[job->start[s->val.rows.label[i] + 1]++] = (uint32_t)i;
	return 0;
}

static int take_rooms(struct job *job, int workers, struct lt_error *err)
{
	size_t n = (size_t)workers, estimates = LT_ESTIMATES(job->sample->classes), cells;
	int code = 0;

	job->room = lt_new_array(n, sizeof *job->room);
	job->row_out = lt_new_array(n, sizeof *job->row_out);
	job->failed = lt_new_array(n, sizeof *job->failed);
	if (lt_mul(estimates, (size_t)job->config->replicates, &cells))
		job->values = lt_new_array(cells, sizeof *job->values);
	if (!job->room || !job->row_out || !job->failed || !job->values)
		return lt_fail_memory(err);
	for (int i = 0; i < workers && code == 0; i++) {
		code = lt_estimate_room_new(&job->room[i], job->sample, err);
		job->row_out[i] = lt_new_array(estimates, sizeof **job->row_out);
		if (code == 0 && !job->row_out[i])
			code = lt_fail_memory(err);
	}
	return code;
}

static void free_job(struct job *job, int workers)
{
	for (int i = 0; i < workers; i++) {
		if (job->room)
			lt_estimate_room_free(&job->room[i]);
		if (job->row_out)
			lt_free(job->row_out[i]);
	}
	lt_free(job->room);
	lt_free(job->row_out);
	lt_free(job->failed);
	lt_free(job->values);
	lt_free(job->start);
	lt_free(job->by_class);
}

/*
 * Noise increases the ratio of the largest to the smallest share, and a replicate has more
 * noise than the estimate.  So the replicates are multiplied by a factor that makes their
 * median equal to the estimate.
 */
static void centre_ratio(const struct job *job, struct lt_verdict *v)
{
	const double *values = job->values + LT_EST_RATIO * (size_t)job->config->replicates;
	double factor = v->value[LT_EST_RATIO] / values[job->config->replicates / 2];
	struct lt_interval *within = &v->within[LT_EST_RATIO];

	within->low = within->low * factor > 1 ? within->low * factor : 1;
	within->high = within->high * factor > 1 ? within->high * factor : 1;
}

static void take_intervals(const struct job *job, struct lt_verdict *v)
{
	size_t estimates = LT_ESTIMATES(v->classes), b = (size_t)job->config->replicates;

	for (size_t i = 0; i < estimates; i++) {
		double level =
			i == LT_EST_IRRELEVANT ? 1 - (1 - v->level) / LT_STRANGES : v->level;

		v->within[i] = lt_percentile(job->values + i * b, b, level);
	}
	centre_ratio(job, v);
}

static int bootstrap(const struct lt_sample *s, const struct lt_estimate_room *point,
		     const struct lt_verdict_config *config, struct lt_verdict *v,
		     struct lt_error *err)
{
	int workers = lt_pool_threads(config->pool), code;
	struct job job = {.sample = s, .config = config, .by = v->by, .from = point};

	if ((code = sort_by_class(&job, err)) == 0 &&
	    (code = take_rooms(&job, workers, err)) == 0) {
		lt_pool_run(config->pool, one_replicate, &job, config->replicates);
		for (int i = 0; i < workers && code == 0; i++)
			if ((code = job.failed[i].code) != 0 && err)
				*err = job.failed[i];
	}
	if (code == 0)
		take_intervals(&job, v);
	free_job(&job, workers);
	return code;
}

/* ------------------------------------------------------------------------------ all */

int lt_verdict_make(const struct lt_sample *s, const char *const *names,
		    const struct lt_verdict_config *config, struct lt_verdict *v,
		    struct lt_error *err)
{
	struct lt_estimate_room point = {0};
	size_t estimates = LT_ESTIMATES(s->classes);
	int code;

	v->classes = s->classes;
	v->names = names;
	v->train_counts = s->train_counts;
	v->val_rows = s->val.rows.n;
	v->pool_rows = s->pool.rows.n;
	v->level = config->level;
	v->value = lt_new_array(estimates, sizeof *v->value);
	v->within = lt_new_array(estimates, sizeof *v->within);
	if (!v->value || !v->within)
		return lt_fail_memory(err);
	if ((code = lt_estimate_room_new(&point, s, err)) == 0 &&
	    (code = estimate_point(s, &point, v, err)) == 0 &&
	    (code = score_cases(s, &point, v, err)) == 0)
		code = bootstrap(s, &point, config, v, err);
	lt_estimate_room_free(&point);
	if (code == 0)
		v->forecast = lt_forecast_of(
			v->within[LT_EST_SCORE].low, v->within[LT_EST_SCORE].high,
			v->within[LT_EST_RECALL].low, v->within[LT_EST_IRRELEVANT].low);
	return code;
}

void lt_verdict_free(struct lt_verdict *v)
{
	lt_free(v->value);
	lt_free(v->within);
	lt_free(v->case_score);
	*v = (struct lt_verdict){0};
}
