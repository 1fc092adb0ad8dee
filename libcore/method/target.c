#include "method/target.h"

#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "net/loss.h"

int lt_target_init(struct lt_target *t, int n, int classes, struct lt_error *err)
{
	size_t rows = (size_t)n, numbers = (size_t)classes;

	*t = (struct lt_target){.n = n, .classes = classes};
	t->p = lt_new_array(rows, numbers * sizeof *t->p);
	t->label = lt_new_array(rows, sizeof *t->label);
	t->top = lt_new_array(rows, sizeof *t->top);
	t->weight = lt_new_array(rows, sizeof *t->weight);
	t->mean = lt_new_array(numbers, sizeof *t->mean);
	t->room = lt_new_array(rows, sizeof *t->room);
	t->row = t->room;
	return t->p && t->label && t->top && t->weight && t->mean && t->room
		       ? 0
		       : lt_fail_memory(err);
}

void lt_target_free(struct lt_target *t)
{
	lt_free(t->p);
	lt_free(t->label);
	lt_free(t->top);
	lt_free(t->weight);
	lt_free(t->mean);
	lt_free(t->room);
	memset(t, 0, sizeof *t);
}

void lt_target_predict(struct lt_target *t, const double *logits, const double *offset)
{
	int classes = t->classes;
	double *p = t->p;

	memset(t->mean, 0, (size_t)classes * sizeof *t->mean);
	for (int i = 0; i < t->n; i++, logits += classes, p += classes) {
		lt_loss_softmax(logits, classes, 0, p);
		for (int c = 0; c < classes; c++)
			t->mean[c] += p[c] / t->n;
		for (int c = 0; c < classes; c++)
			p[c] = logits[c] + offset[c];
		lt_loss_softmax(p, classes, 0, p);
	}
}

void lt_running(double *x, const double *y, int classes)
{
	for (int c = 0; c < classes; c++)
		x[c] = LT_RUNNING * x[c] + (1 - LT_RUNNING) * y[c];
}

static void mean_of(const struct lt_target *t, double *mean)
{
	memset(mean, 0, (size_t)t->classes * sizeof *mean);
	for (int i = 0; i < t->n; i++)
		for (int c = 0; c < t->classes; c++)
			mean[c] += t->p[(size_t)i * (size_t)t->classes + (size_t)c] / t->n;
}

void lt_target_align(struct lt_target *t, const double *shares, double *running)
{
	double *seen = running + 1, *mean = running + 1 + t->classes;

	mean_of(t, mean);
	if (running[0] == 0)
		memcpy(seen, mean, (size_t)t->classes * sizeof *seen);
	else
		lt_running(seen, mean, t->classes);
	running[0] = 1;
	for (int i = 0; i < t->n; i++) {
		double *p = t->p + (size_t)i * (size_t)t->classes, sum = 0;

		/* As small a number as in the published code keeps 0 / 0 out. */
		for (int c = 0; c < t->classes; c++)
			sum += p[c] *= (shares[c] + 1e-6) / (seen[c] + 1e-6);
		for (int c = 0; c < t->classes; c++)
			p[c] /= sum;
	}
}

void lt_target_label(struct lt_target *t)
{
	for (int i = 0; i < t->n; i++) {
		const double *p = t->p + (size_t)i * (size_t)t->classes;
		int best = lt_arg_max(p, t->classes);

		t->label[i] = best;
		t->top[i] = p[best];
		t->weight[i] = 1;
	}
}

/* Σ_c t_c (-log softmax(z)_c), and its gradient. */
static double cross(const double *z, const double *p, int classes, double *grad)
{
	double log_p = lt_loss_softmax(z, classes, 0, grad), sum = 0;

	for (int c = 0; c < classes; c++)
		sum -= p[c] * (log_p + z[c] - z[0]);
	for (int c = 0; c < classes; c++)
		grad[c] -= p[c];
	return sum;
}

double lt_target_cross(const struct lt_target *t, bool hard, const double *z, int n,
		       const double *offset, double factor, double *slope, lt_real *grad)
{
	int classes = t->classes;
	double *moved = slope + classes, sum = 0;

	for (int i = 0; i < n; i++, z += classes, grad += classes) {
		int of = i % t->n;
		double weight = t->weight[of];

		if (weight == 0)
			continue;
		for (int c = 0; c < classes; c++)
			moved[c] = z[c] + offset[c];
		if (hard) {
			sum -= weight * lt_loss_softmax(moved, classes, t->label[of], slope);
			slope[t->label[of]] -= 1;
		} else {
			sum += weight * cross(moved, t->p + (size_t)of * (size_t)classes,
					      classes, slope);
		}
		for (int c = 0; c < classes; c++)
			grad[c] += (lt_real)(factor / n * weight * slope[c]);
	}
	return sum / n;
}
