#include "verdict/estimate.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "verdict/calibrate.h"
#include "verdict/irrelevant.h"
#include "verdict/prior.h"

#define LEAST_RELEVANCE 1e-6  /* so that some weight remains */
#define REDRAW_TOLERANCE 1e-4 /* of shares, in a replicate: far below the changes by draws */

int lt_estimate_room_new(struct lt_estimate_room *r, const struct lt_sample *s,
			 struct lt_error *err)
{
	size_t k = (size_t)s->classes, val = s->val.rows.n, pool = s->pool.rows.n, cells;

	if (!lt_mul(pool, k, &cells))
		return lt_fail_memory(err);
	*r = (struct lt_estimate_room){
		.val_weight = lt_new_array(val, sizeof(double)),
		.pool_weight = lt_new_array(pool, sizeof(double)),
		.relevance = lt_new_array(pool, sizeof(double)),
		.weight = lt_new_array(pool, sizeof(double)),
		.p = lt_new_array(pool, sizeof(double)),
		.val_shift = lt_new_array(val, sizeof(double)),
		.ratio = lt_new_array(cells, sizeof(float)),
		.confusion = lt_new_array(k * k, sizeof(double)),
		.q = lt_new_array(k, sizeof(double)),
		.small = lt_new_array(lt_prior_room(s->classes), sizeof(double)),
		.calibration = lt_new_array(k + 1, sizeof(double)),
		.called = lt_new_array(k, sizeof(double)),
		.right = lt_new_array(k, sizeof(double)),
		.prior = lt_new_array(k, sizeof(double)),
		.inverted = lt_new_array(k, sizeof(double)),
	};
	if (!r->val_weight || !r->pool_weight || !r->relevance || !r->weight || !r->p ||
	    !r->val_shift || !r->ratio || !r->confusion || !r->q || !r->small ||
	    !r->calibration || !r->called || !r->right || !r->prior || !r->inverted)
		return lt_fail_memory(err);
	return 0;
}

void lt_estimate_room_free(struct lt_estimate_room *r)
{
	lt_free(r->val_weight);
	lt_free(r->pool_weight);
	lt_free(r->relevance);
	lt_free(r->weight);
	lt_free(r->p);
	lt_free(r->val_shift);
	lt_free(r->ratio);
	lt_free(r->confusion);
	lt_free(r->q);
	lt_free(r->small);
	lt_free(r->calibration);
	lt_free(r->called);
	lt_free(r->right);
	lt_free(r->prior);
	lt_free(r->inverted);
	*r = (struct lt_estimate_room){0};
}

/* C[i][j] from the weighted validation rows.  The draws never leave a class without rows. */
static void fill_confusion(const struct lt_sample *s, struct lt_estimate_room *r)
{
	size_t k = (size_t)s->classes;
	double *of = r->q;

	memset(of, 0, k * sizeof *of);
	memset(r->confusion, 0, k * k * sizeof *r->confusion);
	for (size_t v = 0; v < s->val.rows.n; v++) {
		size_t i = (size_t)s->val.predicted[LT_HEAD_PLAIN][v],
		       j = (size_t)s->val.rows.label[v];

		r->confusion[i * k + j] += r->val_weight[v];
		of[j] += r->val_weight[v];
	}
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++)
			r->confusion[i * k + j] /= of[j];
}

static int calibrate(const struct lt_sample *s, const struct lt_estimate_room *from,
		     struct lt_estimate_room *r, struct lt_error *err)
{
	size_t k = (size_t)s->classes;
	double *centre = r->q;
	struct lt_calibrate rows = {s->val.rows.logits, s->val.rows.label, r->val_weight,
				    s->val.rows.n,	s->classes,	   centre};
	int code;

	for (size_t c = 0; c < k; c++)
		centre[c] = lt_log(s->val_share[c]) - lt_log(s->train_share[c]);
	r->calibration[0] = 1;
	memcpy(r->calibration + 1, centre, k * sizeof *centre);
	if (from)
		memcpy(r->calibration, from->calibration, (k + 1) * sizeof *centre);
	if ((code = lt_calibrate_fit(&rows, r->calibration, r->small, err)) != 0)
		return code;
	for (size_t x = 0; x < s->pool.rows.n; x++)
		lt_calibrate_ratio(r->calibration, s->pool.rows.logits + x * k, s->classes,
				   s->val_share, r->small, r->ratio + x * k);
	return 0;
}

/* Both priors, with the present relevance of the rows. */
static void estimate_priors(const struct lt_sample *s, struct lt_estimate_room *r,
			    double tolerance)
{
	size_t k = (size_t)s->classes;
	double all = 0;

	memset(r->q, 0, k * sizeof *r->q);
	for (size_t x = 0; x < s->pool.rows.n; x++) {
		r->weight[x] = r->pool_weight[x] * r->relevance[x];
		r->q[s->pool.predicted[LT_HEAD_PLAIN][x]] += r->weight[x];
		all += r->weight[x];
	}
	for (size_t c = 0; c < k; c++)
		r->q[c] /= all;
	lt_prior_invert(r->confusion, r->q, s->classes, r->inverted, r->small);
	/* A share that is 0 would stay 0. */
	for (size_t c = 0; c < k; c++)
		r->prior[c] = 0.99 * r->prior[c] + 0.01 * s->val_share[c];
	lt_prior_maximise(r->ratio, r->weight, s->pool.rows.n, s->classes, tolerance, r->prior,
			  r->small);
}

static double estimate_relevance(const struct lt_sample *s, enum lt_strange by,
				 struct lt_estimate_room *r)
{
	size_t n = s->pool.rows.n;
	double irrelevant;

	for (size_t v = 0; v < s->val.rows.n; v++) {
		int y = s->val.rows.label[v];

		r->val_shift[v] = r->val_weight[v] * r->prior[y] / s->val_share[y];
	}
	lt_irrelevant_p(s, by, r->val_shift, r->p);
	irrelevant = lt_irrelevant_share(r->p, r->pool_weight, n);
	lt_irrelevant_rows(r->p, r->pool_weight, n, irrelevant, r->relevance);
	for (size_t x = 0; x < n; x++)
		if (!(r->relevance[x] > LEAST_RELEVANCE))
			r->relevance[x] = LEAST_RELEVANCE;
	return irrelevant;
}

static void put_out(const struct lt_sample *s, struct lt_estimate_room *r, double *out)
{
	int k = s->classes;
	struct lt_expect_rows rows = {s, r->val_weight, r->pool_weight};
	struct lt_expect expect = {.called = r->called, .right = r->right};

	lt_expect_case(&rows, &lt_cases[0], r->prior, out[LT_EST_IRRELEVANT], r->small,
		       &expect);
	out[LT_EST_ACCURACY] = expect.accuracy;
	out[LT_EST_RECALL] = expect.recall;
	out[LT_EST_GROWTH] = expect.growth;
	out[LT_EST_LEVELLING] = expect.levelling;
	out[LT_EST_SCORE] = expect.score;
	out[LT_EST_RATIO] = lt_prior_ratio(r->prior, k, (double)s->pool.rows.n);
	for (int c = 0; c < k; c++) {
		out[lt_est_at(LT_EST_INVERTED, k, c)] = r->inverted[c];
		out[lt_est_at(LT_EST_LIKELY, k, c)] = r->prior[c];
		out[lt_est_at(LT_EST_PRECISION, k, c)] =
			r->called[c] > 0 ? r->right[c] / r->called[c] : 0;
		out[lt_est_at(LT_EST_RIGHT, k, c)] = r->right[c];
	}
}

int lt_estimate(const struct lt_sample *s, enum lt_strange by,
		const struct lt_estimate_room *from, struct lt_estimate_room *r, double *out,
		struct lt_error *err)
{
	size_t k = (size_t)s->classes;
	double last = -1;
	int code;

	if ((code = calibrate(s, from, r, err)) != 0)
		return code;
	fill_confusion(s, r);
	for (size_t x = 0; x < s->pool.rows.n; x++)
		r->relevance[x] = from ? from->relevance[x] : 1;
	memcpy(r->prior, from ? from->prior : s->val_share, k * sizeof *r->prior);
	memcpy(r->inverted, from ? from->inverted : s->val_share, k * sizeof *r->prior);
	for (int round = 0; round < LT_ESTIMATE_ROUNDS; round++) {
		estimate_priors(s, r, from ? REDRAW_TOLERANCE : LT_EM_TOLERANCE);
		out[LT_EST_IRRELEVANT] = estimate_relevance(s, by, r);
		if (fabs(out[LT_EST_IRRELEVANT] - last) <= LT_ESTIMATE_MOVED)
			break;
		last = out[LT_EST_IRRELEVANT];
	}
	put_out(s, r, out);
	return 0;
}
