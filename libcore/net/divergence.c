#include "net/divergence.h"

#include "base/elementary.h"

/*
 * log softmax subtracts two numbers from each logit: the largest logit, and the log of the
 * sum.
 */
struct level {
	double most, log_sum;
};

static struct level level_of(const double *z, int classes)
{
	struct level level = {z[0], 0};
	double sum = 0;

	for (int c = 1; c < classes; c++)
		if (z[c] > level.most)
			level.most = z[c];
	for (int c = 0; c < classes; c++)
		sum += lt_exp(z[c] - level.most);
	level.log_sum = lt_log(sum);
	return level;
}

static double log_p(const struct level *level, double z)
{
	return z - level->most - level->log_sum;
}

double lt_divergence_kl(const double *z, const double *target, int classes, double *grad)
{
	struct level own = level_of(z, classes), fixed = level_of(target, classes);
	double sum = 0;

	for (int c = 0; c < classes; c++) {
		double p = log_p(&own, z[c]), t = log_p(&fixed, target[c]);

		sum += lt_exp(t) * (t - p);
		grad[c] = lt_exp(p) - lt_exp(t);
	}
	return sum;
}

double lt_divergence_square(const double *z, const double *target, int classes, double *grad)
{
	struct level own = level_of(z, classes), fixed = level_of(target, classes);
	double squares = 0, mean = 0;

	for (int c = 0; c < classes; c++) {
		double p = lt_exp(log_p(&own, z[c]));
		double difference = p - lt_exp(log_p(&fixed, target[c]));

		squares += difference * difference;
		mean += p * difference;
		grad[c] = difference;
	}
	for (int c = 0; c < classes; c++)
		grad[c] = 2 * lt_exp(log_p(&own, z[c])) * (grad[c] - mean) / classes;
	return squares / classes;
}

double lt_entropy(const double *z, int classes, double *grad)
{
	struct level own = level_of(z, classes);
	double entropy = 0;

	for (int c = 0; c < classes; c++)
		entropy -= lt_exp(log_p(&own, z[c])) * log_p(&own, z[c]);
	for (int c = 0; c < classes; c++)
		grad[c] = -lt_exp(log_p(&own, z[c])) * (log_p(&own, z[c]) + entropy);
	return entropy;
}
