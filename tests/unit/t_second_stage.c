/*
 * Second stages on made-up features: closed forms of tau, adjust and ncm; a known
 * temperature; the gradient that crt follows, and its first step computed by hand for the
 * rows that the sampler draws; and invalid input.
 */
#include "method/second_descent.h"

#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "data/sampler.h"

#define MOST_ROWS 20000

static const char *const names[] = {"cat", "dog", "owl"};
static struct lt_error err;
static struct lt_second_result result;
static struct lt_pool *pool;

static struct lt_second_config config_of(const struct lt_features *rows)
{
	memset(&result, 0, sizeof result);
	return (struct lt_second_config){.rows = rows,
					 .names = names,
					 .model = "model",
					 .tau = NAN,
					 .scale = 30,
					 .epochs = 10,
					 .batch = 512,
					 .rate = 0.2,
					 .pool = pool};
}

/* A head of three features; the weights are in rows, one per feature. */
static struct lt_classifier head_of(int classes, const double *weight, const double *bias)
{
	struct lt_classifier head = {LT_HEAD_LINEAR, 3, classes, 1, NULL, NULL};

	head.weight = malloc(3 * (size_t)classes * sizeof *weight);
	head.bias = malloc((size_t)classes * sizeof *bias);
	if (!head.weight || !head.bias)
		abort();
	memcpy(head.weight, weight, 3 * (size_t)classes * sizeof *weight);
	memcpy(head.bias, bias, (size_t)classes * sizeof *bias);
	return head;
}

static struct lt_features rows_of(int classes, int views)
{
	return (struct lt_features){
		.name = "rows", .width = 3, .classes = classes, .views = views};
}

/* Adds a row with one view. */
static void add(struct lt_features *rows, int label, float a, float b, float c)
{
	float feature[3] = {a, b, c}, logits[3] = {a, b, c};

	if (lt_features_put(rows, rows->n, 0, label, feature, logits, &err) != 0)
		abort();
}

/* --------------------------------------------------------------------------- rows */

static void rows_are_checked(void)
{
	struct lt_features rows = rows_of(2, 2);
	float x[3] = {1, 2, 3}, y[3] = {4, 5, 6}, z[2] = {0.5f, -1}, bad[3] = {1, NAN, 0};
	uint64_t counts[2];

	check_int(lt_features_put(&rows, 0, 0, 1, x, z, &err), 0);
	check_int(lt_features_put(&rows, 1, 0, 0, y, z, &err), 0);
	check_int(lt_features_put(&rows, 0, 1, 1, y, bad, &err), LT_DATA);
	check_text(err.text, "rows: row 0: the model's features or logits are not finite");
	check_int(lt_features_put(&rows, 0, 1, 1, y, x, &err), 0);
	check_named(rows.n == 2 && rows.feature[0] == 1 && rows.feature[3] == 4 &&
			    rows.feature[6] == 4 && rows.logits[1] == -1,
		    "views of a row lie together, and logits are those of the first");
	lt_features_counts(&rows, counts);
	check_named(counts[0] == 1 && counts[1] == 1, "rows a class");
	check_int(lt_features_put(&rows, 2, 0, -1, x, z, &err), LT_DATA);
	check_text(err.text, "rows: row 2 has no label (y is -1)");
	check_int(lt_features_put(&rows, 2, 0, 2, x, z, &err), LT_DATA);
	check_text(err.text, "rows: row 2 has label 2 of 2 classes");
	check_int(lt_features_put(&rows, 2, 0, 0, bad, z, &err), LT_DATA);
	check_named(rows.n == 2, "what is refused is not there");
	lt_features_free(&rows);
}

/* ---------------------------------------------------------------------------- tau */

static void tau_by_hand(void)
{
	static const double weight[6] = {3, 0, 4, 2, 0, 0}, bias[2] = {7, 8};
	struct lt_classifier head = head_of(2, weight, bias);
	struct lt_second_config config = config_of(NULL);

	config.tau = 1;
	check_int(lt_second_tau(&config, &head, &result, &err), 0);
	check_near(head.weight[0], 0.6, 1e-15);
	check_near(head.weight[2], 0.8, 1e-15);
	check_near(head.weight[3], 1, 1e-15);
	check_named(head.bias[0] == 0 && head.bias[1] == 0, "tau: no bias");
	check_text(result.item[0].key, "tau");
	lt_classifier_free(&head);

	head = head_of(2, weight, bias);
	config.tau = 0.5;
	lt_second_tau(&config, &head, &result, &err);
	check_near(head.weight[2], 4 / sqrt(5), 1e-15);
	check_near(head.weight[3], sqrt(2), 1e-15);
	lt_classifier_free(&head);

	head = head_of(2, (const double[6]){3, 0, 4, 0, 0, 0}, bias);
	config.tau = 2;
	lt_second_tau(&config, &head, &result, &err);
	check_near(head.weight[0], 3 / 25.0, 1e-15);
	check_named(head.weight[1] == 0 && head.weight[3] == 0, "a column of zeros stays one");
	head.kind = LT_HEAD_COSINE;
	check_int(lt_second_tau(&config, &head, &result, &err), LT_DATA);
	check_text(err.text, "model: a cosine head, which has no lengths to normalise");
	lt_classifier_free(&head);
}

/*
 * The logits are 4^(1 - t) a and b.  A row (1, 2) of the second class is right if t > 0.5,
 * and a row (1, 0.5) of the first class if t < 1.5; so 0.6 … 1.4 are equally good.
 */
static void tau_is_chosen(void)
{
	static const double weight[6] = {4, 0, 0, 1, 0, 0}, bias[2] = {0, 0};
	struct lt_features val = rows_of(2, 1);
	struct lt_classifier head = head_of(2, weight, bias);
	struct lt_second_config config = config_of(NULL);

	check_int(lt_second_tau(&config, &head, &result, &err), LT_USAGE);
	check_text(err.text, "--tau auto needs --val FILE, rows to choose it by");
	config.val = &val;
	/* Many rows of the first class do not outvote the single row of the second. */
	for (int i = 0; i < 300; i++)
		add(&val, 0, 1, 0.5f, 0);
	add(&val, 1, 1, 2, 0);
	check_int(lt_second_tau(&config, &head, &result, &err), 0);
	check_near(result.item[0].real, 0.6, 0);
	check_near(result.item[1].real, 1, 0);
	check_near(head.weight[0], pow(4, 0.4), 1e-15);
	lt_classifier_free(&head);
	lt_features_free(&val);
}

/* ------------------------------------------------------------------------- adjust */

static void adjust_by_hand(void)
{
	static const double weight[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, bias[3] = {1, 1, 1};
	static const uint64_t counts[3] = {90, 9, 1}, hole[3] = {90, 0, 1};
	struct lt_classifier head = head_of(3, weight, bias);
	struct lt_second_config config = config_of(NULL);
	double prior[3], p[3] = {0, 0, 0}, want[3], sum = 0;

	config.tau = 1;
	config.counts = counts;
	check_int(lt_second_adjust(&config, &head, &result, &err), 0);
	for (int c = 0; c < 3; c++)
		check_near(head.bias[c], 1 - log((double)counts[c] / 100) + log(1 / 3.0),
			   1e-14);
	check_named(memcmp(head.weight, weight, sizeof weight) == 0, "adjust: the bias alone");
	/* The probabilities are the earlier ones × q ÷ π, normalised. */
	for (int c = 0; c < 3; c++)
		sum += want[c] = exp(bias[c] + c) / (double)counts[c];
	for (int c = 0; c < 3; c++)
		p[0] += exp(head.bias[c] + c);
	for (int c = 0; c < 3; c++)
		check_near(exp(head.bias[c] + c) / p[0], want[c] / sum, 1e-14);
	lt_classifier_free(&head);

	head = head_of(3, weight, bias);
	config.prior = prior;
	config.tau = 0.5;
	check_int(lt_second_prior("10,20,70", counts, names, 3, prior, &err), 0);
	check_int(lt_second_adjust(&config, &head, &result, &err), 0);
	check_near(head.bias[2], 1 - 0.5 * (log(0.01) - log(0.7)), 1e-14);
	lt_classifier_free(&head);

	head = head_of(3, weight, bias);
	check_int(lt_second_prior("model", counts, names, 3, prior, &err), 0);
	check_int(lt_second_adjust(&config, &head, &result, &err), 0);
	check_named(head.bias[0] == 1 && head.bias[1] == 1 && head.bias[2] == 1,
		    "adjust to the model's own prior changes nothing");
	config.counts = hole;
	check_int(lt_second_adjust(&config, &head, &result, &err), LT_DATA);
	check_text(err.text, "model: class 'dog' had no rows in training, and the logarithm of "
			     "its share does not exist");
	config.counts = NULL;
	check_int(lt_second_adjust(&config, &head, &result, &err), LT_DATA);
	head.kind = LT_HEAD_COSINE;
	config.counts = counts;
	check_int(lt_second_adjust(&config, &head, &result, &err), LT_DATA);
	check_text(err.text, "model: a cosine head, which has no bias to adjust");
	lt_classifier_free(&head);
}

static void priors(void)
{
	static const char *const bad[] = {"",	  "even",   "1,2",     "1,2,3,4", "1,,2",
					  "1,2,", "1,-2,3", "nan,1,1", "1,0,1",	  NULL};
	static const uint64_t counts[3] = {90, 9, 1};
	double prior[3];

	check_int(lt_second_prior("uniform", counts, names, 3, prior, &err), 0);
	check_named(prior[0] == 1 && prior[1] == 1 && prior[2] == 1, "uniform");
	check_int(lt_second_prior("model", counts, names, 3, prior, &err), 0);
	check_named(prior[0] == 90 && prior[2] == 1, "the model's");
	for (int i = 0; bad[i]; i++)
		check_named(lt_second_prior(bad[i], counts, names, 3, prior, &err) == LT_USAGE,
			    bad[i]);
	lt_second_prior("1,0,1", counts, names, 3, prior, &err);
	check_text(err.text, "--prior: class 'dog' has a share of 0, and its logarithm does "
			     "not exist");
	lt_second_prior("1,2", counts, names, 3, prior, &err);
	check_text(err.text, "--prior: 2 numbers for 3 classes");
}

/*
 * With larger t, fewer rows of the first class and more of the others are right.  The prior
 * decides which is better.
 */
static void adjust_is_chosen(void)
{
	static const double weight[9], bias[3];
	static const uint64_t counts[3] = {98, 1, 1};
	struct lt_features val = rows_of(3, 1);
	struct lt_classifier head = head_of(3, weight, bias);
	struct lt_second_config config = config_of(NULL);
	double prior[3] = {90, 5, 5};

	add(&val, 0, 2, 0, 0);
	add(&val, 0, 5, 0, 0);
	add(&val, 1, 2, 0, 0);
	add(&val, 2, 1, -1, 0);
	config.val = &val;
	config.counts = counts;
	check_int(lt_second_adjust(&config, &head, &result, &err), 0);
	/*
	 * log 98 = 4.58: the last row is right for t ≥ 0.3, the third for t ≥ 0.5, where
	 * the first is no longer right.
	 */
	check_near(result.item[0].real, 0.5, 0);
	check_near(result.item[1].real, (0.5 + 1 + 1) / 3, 1e-15);
	config.prior = prior;
	memset(&result, 0, sizeof result);
	check_int(lt_second_adjust(&config, &head, &result, &err), 0);
	/* log (98 × 5/90) = 1.69: 0.6 and 1.2 instead of 0.3 and 0.5. */
	check_near(result.item[0].real, 0.6, 0);
	check_near(result.item[1].real, 0.95, 1e-15);
	lt_classifier_free(&head);
	lt_features_free(&val);
}

/* -------------------------------------------------------------------- temperature */

static double slope_at(const struct lt_features *rows, double b)
{
	double sum = 0;

	for (uint64_t i = 0; i < rows->n; i++) {
		const float *z = rows->logits + 3 * i;
		double p = 0, mean = 0;

		for (int c = 0; c < 3; c++) {
			p += exp(b * z[c]);
			mean += exp(b * z[c]) * z[c];
		}
		sum += mean / p - z[rows->label[i]];
	}
	return sum / (double)rows->n;
}

static int draw_label(struct lt_draws *draws, const float *z, double b)
{
	double u = lt_draw_unit(draws), e[3], sum = 0;

	for (int c = 0; c < 3; c++)
		sum += e[c] = exp(b * z[c]);
	return u < e[0] / sum ? 0 : u < (e[0] + e[1]) / sum ? 1 : 2;
}

/* Labels drawn from softmax(z / true_t). */
static void temperature_is_found(double true_t)
{
	static const double weight[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, bias[3] = {1, -2, 3};
	struct lt_features rows = rows_of(3, 1), val = rows_of(3, 1);
	struct lt_classifier head = head_of(3, weight, bias);
	struct lt_second_config config = config_of(&rows);
	struct lt_draws draws = lt_draws_at(5, LT_FOR_SYNTH, 0, 0, 0);
	double t;

	for (int i = 0; i < MOST_ROWS; i++) {
		float z[3];

		for (int c = 0; c < 3; c++)
			z[c] = (float)(2 * true_t * lt_draw_normal(&draws));
		add(&rows, draw_label(&draws, z, 1 / true_t), z[0], z[1], z[2]);
	}
	check_int(lt_second_temperature(&config, &head, &result, &err), 0);
	t = result.item[0].real;
	check_near(t / true_t, 1, 0.05);
	check_near(slope_at(&rows, 1 / t) / true_t, 0, 1e-12);
	check_near(head.weight[5], 6 / t, 1e-15 * 6);
	check_near(head.bias[1], -2 / t, 1e-15 * 6);
	check_text(result.item[1].key, "nll_before");
	check_text(result.item[2].key, "nll");
	check_named(result.item[2].real < result.item[1].real || true_t == 1,
		    "the log loss falls");
	/* Validation rows take precedence over others; a cosine head uses only its scale. */
	add(&val, 0, 1, 0, 0);
	add(&val, 0, 1, 0, 0);
	add(&val, 1, 1, 0, 0);
	config = config_of(&rows);
	config.val = &val;
	head.kind = LT_HEAD_COSINE;
	head.scale = 30;
	check_int(lt_second_temperature(&config, &head, &result, &err), LT_OK);
	/* Two of three rows are right: p_0 = e^(1/T) ÷ (e^(1/T) + 2) is 2/3. */
	check_near(result.item[0].real, 1 / log(4), 1e-12);
	check_near(head.scale, 30 * log(4), 1e-11);
	lt_classifier_free(&head);
	lt_features_free(&rows);
	lt_features_free(&val);
}

static void temperature_is_refused(void)
{
	static const double weight[9], bias[3];
	struct lt_classifier head = head_of(3, weight, bias);
	struct lt_features right = rows_of(3, 1), wrong = rows_of(3, 1), even = rows_of(3, 1);
	struct lt_second_config config = config_of(&right);

	add(&right, 0, 2, 1, 0);
	check_int(lt_second_temperature(&config, &head, &result, &err), LT_DATA);
	check_text(err.text,
		   "rows: no temperature: its rows are predicted right, and a smaller "
		   "T is always better; take rows that the model was not trained on");
	config = config_of(&wrong);
	add(&wrong, 2, 2, 1, 0);
	check_int(lt_second_temperature(&config, &head, &result, &err), LT_DATA);
	config = config_of(&even);
	add(&even, 2, 1, 1, 1);
	check_int(lt_second_temperature(&config, &head, &result, &err), LT_DATA);
	lt_features_free(&right);
	lt_features_free(&wrong);
	lt_features_free(&even);
	lt_classifier_free(&head);
}

/* ---------------------------------------------------------------------------- ncm */

static void ncm_by_hand(void)
{
	static const double weight[6] = {9, 9, 9, 9, 9, 9}, bias[2] = {9, 9};
	struct lt_classifier head = head_of(2, weight, bias);
	struct lt_features rows = rows_of(2, 2);
	struct lt_second_config config = config_of(&rows);
	static const float x[5][3] = {{1, 0, 0}, {3, 2, 0}, {0, 0, 5}, {0, 1, 5}, {0, 0, 0}};
	float z[2] = {0, 0};

	/* Row 0, class 1: x[0] and x[1]; row 1, class 0: x[2] and x[3]. */
	for (int i = 0; i < 2; i++)
		for (int view = 0; view < 2; view++)
			lt_features_put(&rows, (uint64_t)i, view, 1 - i, x[2 * i + view], z,
					&err);
	check_int(lt_second_ncm(&config, &head, &result, &err), 0);
	check_int(head.kind, LT_HEAD_COSINE);
	check_near(head.scale, 30, 0);
	check_near(head.weight[0 * 2 + 1], 2, 0);
	check_near(head.weight[1 * 2 + 1], 1, 0);
	check_near(head.weight[2 * 2 + 1], 0, 0);
	check_near(head.weight[1 * 2 + 0], 0.5, 0);
	check_near(head.weight[2 * 2 + 0], 5, 0);
	check_near(head.bias[0], 0, 0);

	rows.n = 1;
	check_int(lt_second_ncm(&config, &head, &result, &err), LT_DATA);
	check_text(err.text, "rows: class 'cat' has no rows to take the mean of");
	for (int view = 0; view < 2; view++)
		lt_features_put(&rows, 1, view, 0, x[4], z, &err);
	check_int(lt_second_ncm(&config, &head, &result, &err), LT_DATA);
	check_text(err.text,
		   "rows: the features of class 'cat' have a mean of 0, which points nowhere");
	lt_features_free(&rows);
	lt_classifier_free(&head);
}

/* ---------------------------------------------------------------------- crt and lws */

/*
 * Three overlapping clusters of 160, 32 and 8 rows; the second view of a row is another
 * point.
 */
static struct lt_features clouds(int views)
{
	struct lt_features rows = rows_of(3, views);
	struct lt_draws draws = lt_draws_at(3, LT_FOR_SYNTH, 0, 0, 0);

	for (int i = 0; i < 200; i++) {
		int label = i % 25 == 7 ? 2 : i % 5 == 1 && i < 160 ? 1 : 0;

		for (int view = 0; view < views; view++) {
			float x[3];

			for (int f = 0; f < 3; f++)
				x[f] = (float)(lt_draw_normal(&draws) + 2 * (f == label));
			if (lt_features_put(&rows, (uint64_t)i, view, label, x, x, &err) != 0)
				abort();
		}
	}
	return rows;
}

struct batch {
	const float *x[8];
	int32_t label[8];
};

static double loss_of(const struct lt_classifier *head, const struct batch *batch, double *grad)
{
	double p[24], loss[8];

	struct lt_loss_params params = {.classes = 3};
	struct lt_second_step step = {.loss = &lt_loss_ce,
				      .params = &params,
				      .p = p,
				      .bias = head->bias,
				      .label = batch->label,
				      .n = 8,
				      .grad = grad,
				      .row_loss = loss};

	lt_classifier_products(head, pool, batch->x, 8, p);
	return lt_second_loss(pool, &step);
}

/* The mean loss of z = f (w.x + b), in a second, simple implementation. */
static double smooth_loss(const double *theta, const struct batch *batch,
			  const struct lt_loss_params *params)
{
	double z[3], grad[3], sum = 0;

	for (int i = 0; i < 8; i++) {
		for (int c = 0; c < 3; c++) {
			z[c] = theta[9 + c];
			for (int f = 0; f < 3; f++)
				z[c] += theta[3 * f + c] * (double)batch->x[i][f];
			z[c] *= theta[12 + c];
		}
		sum += lt_loss_smoothing.row(params, z, batch->label[i], grad);
	}
	return sum / 8;
}

/*
 * lws with label-aware smoothing, the head at half the rate: one step changes all three
 * parameters by their central differences.
 */
static void step_of_three(void)
{
	static const double weight[9] = {.1, -.2, .3, .4, -.5, .6, -.7, .8, .9},
			    bias[3] = {.3, -.1, .2};
	static const double setting[LT_LOSS_SETTINGS] = {[LT_SMOOTH_HEAD] = 0.3};
	static const uint64_t counts[3] = {16, 8, 4};
	const double h = 1e-5, rate = 0.1, decay = 0.01;
	struct lt_second_config config = {.pool = pool,
					  .decay = decay,
					  .head_rate = 0.5,
					  .loss = &lt_loss_smoothing,
					  .setting = setting};
	struct lt_classifier head = head_of(3, weight, bias);
	struct lt_features rows = clouds(1);
	double theta[15], more[15], before, worst = 0, factor[3] = {1.5, 0.5, 1};
	struct lt_descent d;
	struct batch batch;

	check_int(lt_descent_begin(&d, &config, &head, counts, 8, true, NULL), 0);
	d.scales_bias = true;
	for (int i = 0; i < 8; i++) {
		batch.x[i] = d.x[i] = rows.feature + (size_t)i * 3;
		batch.label[i] = d.label[i] = rows.label[i];
	}
	memcpy(theta, weight, sizeof weight);
	memcpy(theta + 9, bias, sizeof bias);
	memcpy(theta + 12, factor, sizeof factor);
	memcpy(d.factor, factor, sizeof factor);
	before = smooth_loss(theta, &batch, &d.params);
	check(fabs(lt_descent_step(&d, 8, rate) - before) < 1e-12);
	for (int k = 0; k < 15; k++) {
		double got = k < 9    ? head.weight[k]
			     : k < 12 ? head.bias[k - 9]
				      : d.factor[k - 12];
		double grad, want;

		memcpy(more, theta, sizeof more);
		more[k] = theta[k] + h;
		grad = smooth_loss(more, &batch, &d.params);
		more[k] = theta[k] - h;
		grad = (grad - smooth_loss(more, &batch, &d.params)) / (2 * h);
		want = theta[k] - rate * (k < 12 ? 0.5 : 1) * (grad + decay * theta[k]);
		worst = fmax(worst, fabs(got - want));
	}
	check_named(worst < 1e-8, "factors, weights and bias of a step");
	check_int(lt_descent_finish(&d, NULL), 0);
	check(fabs(head.bias[1] / d.factor[1]) > 0.05);
	lt_descent_end(&d);
	lt_classifier_free(&head);
	lt_features_free(&rows);
}

static void gradient_by_differences(void)
{
	static const double weight[9] = {.1, -.2, .3, .4, -.5, .6, -.7, .8, .9},
			    bias[3] = {.3, -.1, .2};
	struct lt_classifier head = head_of(3, weight, bias);
	struct lt_features rows = clouds(1);
	struct batch batch;
	double grad[24], more[24], dw[9], db[3], worst = 0;
	const double h = 1e-5;

	for (int i = 0; i < 8; i++) {
		batch.x[i] = rows.feature + (size_t)i * 3;
		batch.label[i] = rows.label[i];
	}
	loss_of(&head, &batch, grad);
	lt_second_gradient(pool, batch.x, grad, 8, 3, 3, dw, db);
	for (int k = 0; k < 12; k++) {
		double *at = k < 9 ? &head.weight[k] : &head.bias[k - 9], was = *at, up, down;

		*at = was + h;
		up = loss_of(&head, &batch, more);
		*at = was - h;
		down = loss_of(&head, &batch, more);
		*at = was;
		worst = fmax(worst, fabs((up - down) / (2 * h) - (k < 9 ? dw[k] : db[k - 9])));
	}
	check_near(worst, 0, 1e-10);
	lt_classifier_free(&head);
	lt_features_free(&rows);
}

/* The rows drawn in epoch 1 with seed 4, where the weight of a row is 1 ÷ n_c. */
static uint32_t *drawn(const struct lt_features *rows)
{
	static uint32_t order[200];
	uint64_t counts[3];
	struct lt_sampler_input input = {.label = rows->label,
					 .n = rows->n,
					 .counts = counts,
					 .classes = 3,
					 .seed = 4,
					 .epoch = 1,
					 .epochs = 1};
	int of[3] = {0, 0, 0};

	lt_features_counts(rows, counts);
	lt_sampler_epoch(lt_sampler_find("balanced"), &input, order, &err);
	for (int i = 0; i < 200; i++)
		of[rows->label[order[i]]]++;
	check_named(of[0] > 45 && of[1] > 45 && of[2] > 45, "draws are balanced");
	return order;
}

/*
 * One epoch of one batch, from a head of zeros: p is 1/3, so the weights are rate × mean of
 * ([c = y] - 1/3) x over the drawn rows, in the view given by their position.
 */
static void first_step_of_crt(void)
{
	static const double weight[9] = {9, 9, 9, 9, 9, 9, 9, 9, 9}, bias[3] = {9, 9, 9};
	struct lt_classifier head = head_of(3, weight, bias);
	struct lt_features rows = clouds(2);
	struct lt_second_config config = config_of(&rows);
	const uint32_t *order = drawn(&rows);
	double want[9] = {0}, worst = 0;

	config.epochs = 1;
	config.seed = 4;
	config.decay = 0.5; /* of zeros, so without effect yet */
	head.kind = LT_HEAD_COSINE;
	check_int(lt_second_crt(&config, &head, &result, &err), 0);
	check_int(head.kind, LT_HEAD_LINEAR);
	for (int k = 0; k < 200; k++)
		for (int f = 0; f < 3; f++)
			for (int c = 0; c < 3; c++)
				want[f * 3 + c] +=
					0.2 * ((c == rows.label[order[k]]) - 1 / 3.0) *
					rows.feature[(order[k] * 2 + (size_t)(k + 1) % 2) * 3 +
						     (size_t)f] /
					200;
	for (int k = 0; k < 9; k++)
		worst = fmax(worst, fabs(head.weight[k] - want[k]));
	check_near(worst, 0, 1e-15);
	check_near(result.item[0].real, log(3), 1e-14);
	lt_classifier_free(&head);
	lt_features_free(&rows);
}

static void first_step_of_lws(void)
{
	static const double weight[9] = {1, -.2, .3, .4, .5, .6, -.7, .8, .9},
			    bias[3] = {.3, -.1, .2};
	struct lt_classifier head = head_of(3, weight, bias);
	struct lt_features rows = clouds(1);
	struct lt_second_config config = config_of(&rows);
	const uint32_t *order = drawn(&rows);
	double want[3] = {1, 1, 1}, worst = 0;

	config.epochs = 1;
	config.seed = 4;
	config.decay = 0.5;
	check_int(lt_second_lws(&config, &head, &result, &err), 0);
	for (int k = 0; k < 200; k++) {
		const float *x = rows.feature + (size_t)order[k] * 3;
		double product[3], e[3], sum = 0;

		for (int c = 0; c < 3; c++) {
			product[c] =
				x[0] * weight[c] + x[1] * weight[3 + c] + x[2] * weight[6 + c];
			sum += e[c] = exp(product[c] + bias[c]);
		}
		for (int c = 0; c < 3; c++)
			want[c] -= 0.2 * (e[c] / sum - (c == rows.label[order[k]])) *
				   product[c] / 200;
	}
	for (int f = 0; f < 3; f++)
		for (int c = 0; c < 3; c++)
			worst = fmax(worst, fabs(head.weight[f * 3 + c] -
						 weight[f * 3 + c] * (want[c] - 0.2 * 0.5)));
	check_near(worst, 0, 1e-14);
	check_named(memcmp(head.bias, bias, sizeof bias) == 0, "lws: the bias stays");
	head.kind = LT_HEAD_COSINE;
	check_int(lt_second_lws(&config, &head, &result, &err), LT_DATA);
	lt_classifier_free(&head);
	lt_features_free(&rows);
}

/* Learning does not change directions; another seed draws other rows. */
static void lws_keeps_directions(void)
{
	static const double weight[9] = {1, -.2, .3, .4, .5, .6, -.7, .8, .9}, bias[3];
	struct lt_classifier head = head_of(3, weight, bias), other = head_of(3, weight, bias);
	struct lt_features rows = clouds(1);
	struct lt_second_config config = config_of(&rows);
	double worst = 0;

	config.batch = 7;
	config.epochs = 5;
	check_int(lt_second_lws(&config, &head, &result, &err), 0);
	for (int f = 1; f < 3; f++)
		for (int c = 0; c < 3; c++)
			worst = fmax(worst, fabs(head.weight[f * 3 + c] * weight[c] -
						 weight[f * 3 + c] * head.weight[c]));
	check_near(worst, 0, 1e-14);
	check_named(fabs(head.weight[0] - 1) > 0.01, "lws: lengths do not");
	config.seed = 9;
	memset(&result, 0, sizeof result);
	lt_second_lws(&config, &other, &result, &err);
	check_named(other.weight[0] != head.weight[0], "another seed is another result");
	lt_classifier_free(&head);
	lt_classifier_free(&other);
	lt_features_free(&rows);
}

static int predict(const struct lt_classifier *head, const float *x)
{
	double p[3];
	int best = 0;

	lt_classifier_products(head, pool, &x, 1, p);
	for (int c = 0; c < head->classes; c++)
		if (p[c] + head->bias[c] > p[best] + head->bias[best])
			best = c;
	return best;
}

static void crt_separates(void)
{
	static const double weight[6], bias[2];
	struct lt_classifier head = head_of(2, weight, bias);
	struct lt_features rows = rows_of(2, 1);
	struct lt_second_config config = config_of(&rows);
	int wrong = 0;

	/* 300 rows of one class and 3 of the other, in separate wedges. */
	for (int i = 0; i < 303; i++)
		add(&rows, i >= 300, i >= 300 ? 1 : 2, i >= 300 ? 2 : 1, (float)(i % 7) / 7);
	config.batch = 32;
	check_int(lt_second_crt(&config, &head, &result, &err), 0);
	for (uint64_t i = 0; i < rows.n; i++)
		wrong += predict(&head, rows.feature + 3 * i) != rows.label[i];
	check_int(wrong, 0);
	config.rate = 1e6;
	config.decay = 1e6;
	config.epochs = 60;
	memset(&result, 0, sizeof result);
	check_int(lt_second_crt(&config, &head, &result, &err), LT_FALSE);
	check_named(strncmp(err.text, "training diverged: the loss is not finite in epoch ",
			    51) == 0,
		    err.text);
	config.epochs = 1;
	config.batch = 512;
	config.rate = 1e300;
	memset(&result, 0, sizeof result);
	check_int(lt_second_crt(&config, &head, &result, &err), LT_FALSE);
	check_text(err.text, "training diverged: the weights are not finite after epoch 1; try "
			     "a lower --lr");
	lt_classifier_free(&head);
	lt_features_free(&rows);
}

/*
 * Normal clusters around -1 and 1 with 950 and 50 rows: the balanced boundary is at 0; the
 * best one for the rows as they are is at log(19) / 2 = 1.47.
 */
static void crt_is_balanced(void)
{
	static const double weight[6], bias[2];
	struct lt_classifier head = head_of(2, weight, bias);
	struct lt_features rows = rows_of(2, 1);
	struct lt_second_config config = config_of(&rows);
	struct lt_draws draws = lt_draws_at(8, LT_FOR_SYNTH, 0, 0, 0);
	double slope;

	for (int i = 0; i < 1000; i++) {
		int label = i % 20 == 0;

		add(&rows, label, (float)(lt_draw_normal(&draws) + (label ? 1 : -1)), 0, 0);
	}
	config.batch = 64;
	check_int(lt_second_crt(&config, &head, &result, &err), 0);
	slope = head.weight[1] - head.weight[0];
	check_named(slope > 1, "crt: rows of the second class are on the right");
	check_near((head.bias[0] - head.bias[1]) / slope, 0, 0.3);
	lt_classifier_free(&head);
	lt_features_free(&rows);
}

/* ------------------------------------------------------------------------- threads */

static void threads_change_nothing(void)
{
	static const double weight[9] = {.1, -.2, .3, .4, -.5, .6, -.7, .8, .9}, bias[3];
	struct lt_features rows = clouds(1);
	const struct lt_second_stage *stage;
	static const uint64_t counts[3] = {160, 32, 8};

	for (stage = lt_second_stages; stage->name; stage++) {
		struct lt_classifier one = head_of(3, weight, bias),
				     many = head_of(3, weight, bias);
		struct lt_second_config config = config_of(&rows);
		struct lt_pool *three;
		int code;

		config.val = &rows;
		config.counts = counts;
		config.batch = 33;
		code = stage->fit(&config, &one, &result, &err);
		memset(&result, 0, sizeof result);
		if (lt_pool_new(&three, 3, &err) != 0)
			abort();
		config.pool = three;
		code |= stage->fit(&config, &many, &result, &err);
		lt_pool_free(three);
		check_named(code == 0 && one.scale == many.scale &&
				    memcmp(one.weight, many.weight, sizeof weight) == 0 &&
				    memcmp(one.bias, many.bias, sizeof bias) == 0,
			    stage->name);
		check_text(lt_second_stage_names[stage - lt_second_stages], stage->name);
		lt_classifier_free(&one);
		lt_classifier_free(&many);
	}
	check(lt_second_stage_names[stage - lt_second_stages] == NULL);
	lt_features_free(&rows);
}

/* -------------------------------------------------------------------------- options */

static void options_of_methods(void)
{
	char text[64], small[9];

	check(lt_second_has(&lt_second_stages[0], "epochs"));
	check(!lt_second_has(&lt_second_stages[0], "tau"));
	lt_second_methods("views", text, sizeof text);
	check_text(text, "crt, lws or ncm");
	lt_second_methods("tau", text, sizeof text);
	check_text(text, "tau or adjust");
	lt_second_methods("scale", text, sizeof text);
	check_text(text, "ncm");
	lt_second_methods("views", small, sizeof small);
	check_text(small, "crt, lws");
}

int main(void)
{
	if (lt_pool_new(&pool, 1, &err) != 0)
		return 1;
	rows_are_checked();
	tau_by_hand();
	tau_is_chosen();
	adjust_by_hand();
	priors();
	adjust_is_chosen();
	temperature_is_found(3);
	temperature_is_found(1);
	temperature_is_found(0.2);
	temperature_is_refused();
	ncm_by_hand();
	gradient_by_differences();
	step_of_three();
	first_step_of_crt();
	first_step_of_lws();
	lws_keeps_directions();
	crt_separates();
	crt_is_balanced();
	threads_change_nothing();
	options_of_methods();
	lt_pool_free(pool);
	return check_done();
}
