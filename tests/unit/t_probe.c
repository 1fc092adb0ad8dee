/* The probes against scikit-learn, votes counted by hand, and extreme inputs. */
#include "base/elementary.h"
#include "base/memory.h"
#include "check.h"
#include "embed/lbfgs.h"
#include "embed/probe.h"
#include "report/knn.h"

enum { TRAIN = 400, TEST = 200, WIDTH = 6, CLASSES = 4 };

static struct lt_pool *pools[3];
static float train[TRAIN * WIDTH], test[TEST * WIDTH], logits[TEST * CLASSES];
static int32_t train_label[TRAIN], test_label[TEST];

static uint32_t state = 9;

/* In Python: state = (state * 1664525 + 1013904223) % 2**32; (state >> 8) / 2**24 */
static double draw(void)
{
	state = state * 1664525u + 1013904223u;
	return (double)(state >> 8) / (1 << 24);
}

static void draw_rows(const double *centre, const int32_t *label, int n, float *feature)
{
	for (int i = 0; i < n; i++)
		for (int k = 0; k < WIDTH; k++) {
			double noise = draw();

			noise += draw();
			noise += draw();
			feature[i * WIDTH + k] =
				(float)(centre[label[i] * WIDTH + k] + 2 * noise - 3);
		}
}

/* 40, 30, 20 and 10 % of the training rows, and a quarter of the test rows each. */
static void make_rows(void)
{
	static const int32_t of[10] = {0, 0, 0, 0, 1, 1, 1, 2, 2, 3};
	double centre[CLASSES * WIDTH];

	for (int k = 0; k < CLASSES * WIDTH; k++)
		centre[k] = 2.5 * draw();
	for (int i = 0; i < TRAIN; i++)
		train_label[i] = of[i % 10];
	for (int i = 0; i < TEST; i++)
		test_label[i] = i % CLASSES;
	draw_rows(centre, train_label, TRAIN, train);
	draw_rows(centre, test_label, TEST, test);
}

static const struct lt_probe_rows rows = {TRAIN, WIDTH, train, train_label, CLASSES};

static struct lt_probe_config defaults(void)
{
	return (struct lt_probe_config){.pool = pools[0],
					.neighbours = 200,
					.temperature = 0.07,
					.l2 = 1,
					.iterations = 1000};
}

static int run(const struct lt_probe_method *method, const struct lt_probe_config *config,
	       struct lt_probe_fit *fit)
{
	void *state_of = NULL;
	int code = method->fit(config, &rows, &state_of, fit, NULL);

	if (code == 0)
		code = method->predict(state_of, test, TEST, logits, NULL);
	method->free(state_of);
	return code;
}

struct figures {
	double accuracy, nll, brier;
	double first[CLASSES]; /* probabilities of the first row */
};

static struct figures figures_of(void)
{
	struct figures f = {0, 0, 0, {0}};

	for (int i = 0; i < TEST; i++) {
		const float *z = logits + i * CLASSES;
		double sum = 0;
		int best = 0;

		for (int c = 0; c < CLASSES; c++) {
			sum += lt_exp((double)z[c]);
			best = z[c] > z[best] ? c : best;
		}
		f.accuracy += best == test_label[i];
		for (int c = 0; c < CLASSES; c++) {
			double p = lt_exp((double)z[c]) / sum, own = c == test_label[i];

			f.brier += (p - own) * (p - own) / TEST;
			f.nll -= own > 0 ? lt_log(p) / TEST : 0;
			if (i == 0)
				f.first[c] = p;
		}
	}
	f.accuracy /= TEST;
	return f;
}

/*
 * scikit-learn 1.9.1: StandardScaler and LogisticRegression(C=1/l2, class_weight=None or
 * "balanced", tol=1e-10), on the same rows.
 */
static void linear(void)
{
	static const struct {
		double l2;
		bool balance;
		struct figures want;
	} cases[] = {
		{1,
		 false,
		 {0.8, 0.511026, 0, {9.99373e-01, 7.146e-05, 1.465e-05, 5.40661e-04}}},
		{1,
		 true,
		 {0.79, 0.472736, 0, {9.97139e-01, 9.091e-05, 2.017e-05, 2.75015e-03}}},
		{20,
		 false,
		 {0.765, 0.635560, 0, {0.98110763, 0.00635584, 0.00300236, 0.00953416}}},
		{20,
		 true,
		 {0.785, 0.573621, 0, {0.95318707, 0.00908397, 0.00448254, 0.03324642}}},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct lt_probe_config config = defaults();
		struct lt_probe_fit fit;
		struct figures got;

		config.l2 = cases[i].l2;
		config.balance = cases[i].balance;
		check_int(run(&lt_probe_linear, &config, &fit), 0);
		check(fit.converged && fit.iterations > 3);
		got = figures_of();
		check_near(got.accuracy, cases[i].want.accuracy, 1e-9);
		check_near(got.nll, cases[i].want.nll, 2e-5);
		for (int c = 0; c < CLASSES; c++)
			check_near(got.first[c], cases[i].want.first[c], 5e-5);
	}
}

/*
 * scikit-learn 1.9.1: KNeighborsClassifier(k, metric="cosine", weights="uniform" or
 * lambda d: exp((1 - d) / 0.07)).
 */
static void knn(void)
{
	static const struct {
		uint64_t k;
		bool majority;
		struct figures want;
	} cases[] = {
		{10, false, {0.785, 0, 0.362896, {1, 0, 0, 0}}},
		{10, true, {0.75, 0, 0.360200, {1, 0, 0, 0}}},
		{200,
		 false,
		 {0.72, 0, 0.379704, {0.96226605, 0.00509894, 0.00593927, 0.02669573}}},
		{200, true, {0.535, 0, 0.563772, {0.745, 0.13, 0.03, 0.095}}},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct lt_probe_config config = defaults();
		struct lt_probe_fit fit;
		struct figures got;

		config.neighbours = cases[i].k;
		config.majority = cases[i].majority;
		check_int(run(&lt_probe_knn, &config, &fit), 0);
		got = figures_of();
		check_near(got.accuracy, cases[i].want.accuracy, 1e-9);
		check_near(got.brier, cases[i].want.brier, 1e-5);
		for (int c = 0; c < CLASSES; c++)
			check_near(got.first[c], cases[i].want.first[c], 1e-5);
	}
}

/* libcore/report/knn.c, which only counts right answers, must agree. */
static void knn_of_the_report(void)
{
	struct lt_knn_features bank = {TRAIN, train, train_label},
			       query = {TEST, test, test_label};
	struct lt_probe_config config = defaults();
	struct lt_knn_result result;
	struct lt_probe_fit fit;

	for (int k = 1; k <= 64; k *= 4) {
		config.neighbours = (uint64_t)k;
		lt_knn(&bank, &query, WIDTH, CLASSES, k, config.temperature, &result, NULL);
		run(&lt_probe_knn, &config, &fit);
		check_near(figures_of().accuracy * TEST, (double)result.right, 1e-9);
	}
}

/* Directions 0, 60 and 90 degrees and a row of zeros; lengths do not matter. */
static void votes_by_hand(void)
{
	float bank[8] = {3, 0, 1, 1.7320508f, 0, 1e-20f, 0, 0},
	      query[6] = {1e20f, 0, 0, 0, 0, 2};
	int32_t label[4] = {0, 1, 1, 2};
	struct lt_probe_rows few = {4, 2, bank, label, 4};
	struct lt_probe_config config = defaults();
	struct lt_probe_fit fit;
	float z[12];
	void *of;

	config.temperature = 0.5;
	check_int(lt_probe_knn.fit(&config, &few, &of, &fit, NULL), 0);
	check_int(lt_probe_knn.predict(of, query, 3, z, NULL), 0);
	/* Weights exp(2 cos): e² of class 0, e and 1 of class 1, 1 of class 2. */
	check_near((double)z[0], log(exp(2) / (exp(2) + exp(1) + 2)), 1e-5);
	check_near((double)z[1], log((exp(1) + 1) / (exp(2) + exp(1) + 2)), 1e-5);
	check_near((double)z[2], log(1 / (exp(2) + exp(1) + 2)), 1e-5);
	check_near((double)z[3], log(1e-12), 1e-5);
	/* Only another row of zeros is near a row of zeros. */
	check_near((double)z[6], log(exp(2) / (exp(2) + 3)), 1e-5);
	lt_probe_knn.free(of);
	config.majority = true;
	config.neighbours = 3;
	lt_probe_knn.fit(&config, &few, &of, &fit, NULL);
	lt_probe_knn.predict(of, query + 4, 1, z, NULL);
	/* 90, 60, then 0 degrees, which comes before the row of zeros. */
	check_near((double)z[1], log(2.0 / 3), 1e-5);
	check_near((double)z[0], log(1.0 / 3), 1e-5);
	lt_probe_knn.free(of);
}

static void threads(void)
{
	static float first[TEST * CLASSES];

	for (int m = 0; lt_probe_methods[m]; m++)
		for (int t = 0; t < 3; t++) {
			struct lt_probe_config config = defaults();
			struct lt_probe_fit fit;

			config.pool = pools[t];
			run(lt_probe_methods[m], &config, &fit);
			if (t == 0)
				memcpy(first, logits, sizeof first);
			check(memcmp(first, logits, sizeof first) == 0);
			check_text(lt_probe_names[m], lt_probe_methods[m]->name);
		}
}

/* One class, features that do not vary, one row, no memory. */
static void awkward(void)
{
	float one[6] = {1, 7, 2, 7, 3, 7};
	int32_t label[3] = {2, 2, 2};
	struct lt_probe_rows few = {3, 2, one, label, 5};
	struct lt_probe_config config = defaults();
	struct lt_probe_fit fit;
	float z[15];
	void *of;

	for (int m = 0; lt_probe_methods[m]; m++)
		for (size_t n = 1; n <= 3; n += 2) {
			few.n = n;
			config.balance = n == 3;
			check_int(lt_probe_methods[m]->fit(&config, &few, &of, &fit, NULL), 0);
			check_int(lt_probe_methods[m]->predict(of, one, 3, z, NULL), 0);
			check(z[2] > z[0] && z[2] > z[4] && isfinite(z[0]));
			lt_probe_methods[m]->free(of);
		}
	lt_memory_limit(lt_memory_used() + 4000);
	for (int m = 0; lt_probe_methods[m]; m++) {
		check_int(lt_probe_methods[m]->fit(&config, &rows, &of, &fit, NULL), LT_OS);
		lt_probe_methods[m]->free(of);
	}
	lt_memory_limit(0);
	config.iterations = 2;
	check_int(run(&lt_probe_linear, &config, &fit), 0);
	check(!fit.converged && fit.iterations == 2);
}

/* Σ e^(k/2) (exp(x_k - k) - x_k): curvatures from 1 to 1.3e4; the minimum is at x_k = k. */
static double bowl(void *arg, const double *x, double *gradient)
{
	double sum = 0;

	(void)arg;
	for (int k = 0; k < 20; k++) {
		double weight = lt_exp((double)k / 2);

		sum += weight * (lt_exp(x[k] - k) - x[k]);
		gradient[k] = weight * (lt_exp(x[k] - k) - 1);
	}
	return sum;
}

static double not_finite(void *arg, const double *x, double *gradient)
{
	(void)arg;
	gradient[0] = x[0];
	return NAN;
}

static void minimum(void)
{
	double x[20] = {0}, worst = 0;
	struct lt_lbfgs_result result;

	check_int(lt_lbfgs(bowl, NULL, x, 20, 1e-7, 10000, &result, NULL), 0);
	check(result.converged && result.iterations < 500);
	for (int k = 0; k < 20; k++)
		worst = fmax(worst, fabs(x[k] - k));
	/* The value is about -1e6, so its last digit corresponds to about 1e-5 of an x. */
	check_near(worst, 0, 1e-4);
	check_int(lt_lbfgs(bowl, NULL, x, 20, 10, 10000, &result, NULL), 0);
	check_int((long long)result.iterations, 0);
	check_int(lt_lbfgs(not_finite, NULL, x, 1, 1e-7, 10, &result, NULL), LT_FALSE);
}

int main(void)
{
	for (int t = 0; t < 3; t++)
		if (lt_pool_new(&pools[t], t + 1, NULL) != 0)
			return 1;
	make_rows();
	linear();
	knn();
	knn_of_the_report();
	votes_by_hand();
	threads();
	awkward();
	minimum();
	for (int t = 0; t < 3; t++)
		lt_pool_free(pools[t]);
	return check_done();
}
