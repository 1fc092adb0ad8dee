/*
 * Counts rows and computes figures from the counts.  The header has the definitions;
 * report/counts.h has the figures that need only counts.  Each class has calibration bins, so
 * that the calibration of a group is a sum over its classes.
 */
#include "report/metrics.h"

#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "report/counts.h"

struct bin {
	uint64_t rows, right;
	double confidence;
};

struct lt_metrics {
	struct lt_figures figures;
	struct lt_counts counts; /* labelled rows only */
	uint8_t *group;		 /* of each class, where there are groups */
	uint64_t *confusion;
	struct bin *bins; /* classes × LT_ECE_BINS */
	uint64_t top5;
	double nll;
};

/* ------------------------------------------------------------------ rows */

static bool all_finite(const float *logits, int classes)
{
	int c;

	for (c = 0; c < classes; c++)
		if (!isfinite(logits[c]))
			return false;
	return true;
}

/*
 * The number of classes ranked before the label: those with larger logits, and those with
 * equal logits and lower index.
 */
static int rank_of(const float *logits, int classes, int label)
{
	int rank = 0, c;

	for (c = 0; c < classes; c++)
		if (logits[c] > logits[label] || (logits[c] == logits[label] && c < label))
			rank++;
	return rank;
}

void lt_outcome_of(const float *logits, int classes, int label, double *probability,
		   struct lt_outcome *out)
{
	double sum = 0, e;
	int best = 0, c;

	*out = (struct lt_outcome){label, -1, NAN, NAN, false};
	if (!all_finite(logits, classes)) {
		for (c = 0; probability && c < classes; c++)
			probability[c] = NAN;
		return;
	}
	for (c = 1; c < classes; c++)
		if (logits[c] > logits[best])
			best = c;
	for (c = 0; c < classes; c++) {
		e = lt_exp((double)logits[c] - (double)logits[best]);
		if (probability)
			probability[c] = e;
		sum += e;
	}
	for (c = 0; probability && c < classes; c++)
		probability[c] /= sum;
	out->predicted = best;
	out->confidence = 1 / sum;
	if (label >= 0 && label < classes) {
		out->nll = lt_log(sum) + ((double)logits[best] - (double)logits[label]);
		out->top5 = rank_of(logits, classes, label) < 5;
	}
}

int lt_metrics_new(struct lt_metrics **out, int classes, const char *const *names,
		   struct lt_error *err)
{
	struct lt_metrics *m = lt_new_array(1, sizeof *m);
	size_t n = (size_t)classes;
	int code;

	if (!m)
		return lt_fail_memory(err);
	m->figures.classes = classes;
	m->figures.names = names;
	if ((code = lt_counts_new(&m->counts, classes, err)) != 0) {
		lt_metrics_free(m);
		return code;
	}
	m->bins = lt_new_array(n, LT_ECE_BINS * sizeof *m->bins);
	m->figures.class_of = lt_new_array(n, sizeof *m->figures.class_of);
	if (classes <= LT_CONFUSION_CLASSES)
		m->confusion = lt_new_array(n, n * sizeof *m->confusion);
	m->group = lt_new_array(n, sizeof *m->group);
	if (!m->bins || !m->figures.class_of || !m->group ||
	    (classes <= LT_CONFUSION_CLASSES && !m->confusion)) {
		lt_metrics_free(m);
		return lt_fail_memory(err);
	}
	m->figures.confusion = m->confusion;
	*out = m;
	return 0;
}

void lt_metrics_free(struct lt_metrics *m)
{
	if (!m)
		return;
	lt_counts_free(&m->counts);
	lt_free(m->group);
	lt_free(m->confusion);
	lt_free(m->bins);
	lt_free(m->figures.class_of);
	lt_free(m);
}

/* The bin (a, b] that a probability falls into. */
static int bin_of(double confidence)
{
	int bin = (int)ceil(confidence * LT_ECE_BINS) - 1;

	return bin < 0 ? 0 : bin >= LT_ECE_BINS ? LT_ECE_BINS - 1 : bin;
}

void lt_metrics_add(struct lt_metrics *m, const struct lt_outcome *row)
{
	int classes = m->figures.classes, label = row->label, predicted = row->predicted;
	bool right = label == predicted;
	struct bin *bin;

	if (!(label >= 0 && label < classes)) {
		m->figures.without_label++;
		return;
	}
	if (!(predicted >= 0 && predicted < classes) || !isfinite(row->confidence) ||
	    !isfinite(row->nll)) {
		lt_counts_add(&m->counts, label, -1);
		return;
	}
	lt_counts_add(&m->counts, label, predicted);
	m->top5 += row->top5;
	m->nll += row->nll;
	if (m->confusion)
		m->confusion[(size_t)label * (size_t)classes + (size_t)predicted]++;
	bin = &m->bins[(size_t)label * LT_ECE_BINS + (size_t)bin_of(row->confidence)];
	bin->rows++;
	bin->right += right;
	bin->confidence += row->confidence;
}

/* ------------------------------------------------------------------ figures */

static struct lt_figure share(uint64_t part, uint64_t whole)
{
	return (struct lt_figure){whole ? (double)part / (double)whole : NAN, whole};
}

/* Calibration of the classes of one group; -1: of all. */
static struct lt_figure calibration(const struct lt_metrics *m, int group)
{
	struct bin sum[LT_ECE_BINS] = {{0, 0, 0}};
	uint64_t rows = 0;
	double error = 0;
	int c, b;

	for (c = 0; c < m->figures.classes; c++) {
		const struct bin *bins = m->bins + (size_t)c * LT_ECE_BINS;

		if (group >= 0 && m->figures.class_of[c].group != group)
			continue;
		rows += m->counts.rows[c];
		for (b = 0; b < LT_ECE_BINS; b++) {
			sum[b].rows += bins[b].rows;
			sum[b].right += bins[b].right;
			sum[b].confidence += bins[b].confidence;
		}
	}
	for (b = 0; b < LT_ECE_BINS; b++)
		error += fabs((double)sum[b].right - sum[b].confidence);
	if (rows == 0 || m->counts.none > 0)
		return (struct lt_figure){NAN, rows};
	return (struct lt_figure){error / (double)rows, rows};
}

static void finish_classes(struct lt_metrics *m, const uint64_t *train_counts)
{
	struct lt_class_figures *of = m->figures.class_of;
	const struct lt_counts *counts = &m->counts;
	int c;

	for (c = 0; c < m->figures.classes; c++) {
		of[c].right = counts->right[c];
		of[c].recall = share(counts->right[c], counts->rows[c]);
		of[c].precision = share(counts->right[c], counts->predicted[c]);
		of[c].train_count = train_counts ? train_counts[c] : 0;
		of[c].group = -1;
	}
}

static int finish_groups(struct lt_metrics *m, const uint64_t *train_counts,
			 const struct lt_groups *groups, struct lt_error *err)
{
	struct lt_figures *f = &m->figures;
	int code = lt_groups_assign(groups, train_counts, f->classes, m->group, err), c, g;

	memset(f->group, 0, sizeof f->group);
	if (code != 0)
		return code;
	for (c = 0; c < f->classes; c++) {
		f->class_of[c].group = m->group[c];
		f->group[m->group[c]].classes++;
		f->group[m->group[c]].accuracy.count += m->counts.rows[c];
	}
	for (g = 0; g < LT_GROUPS; g++) {
		f->group[g].accuracy.value = lt_counts_mean_recall(&m->counts, m->group, g);
		f->group[g].ece = calibration(m, g);
	}
	return 0;
}

int lt_metrics_finish(struct lt_metrics *m, const uint64_t *train_counts,
		      const struct lt_groups *groups, const struct lt_figures **out,
		      struct lt_error *err)
{
	struct lt_figures *f = &m->figures;
	const struct lt_counts *counts = &m->counts;
	int code = 0;

	f->rows = counts->total;
	f->right = counts->hits;
	f->not_finite = counts->none;
	finish_classes(m, train_counts);
	f->has_top5 = f->classes > 5;
	f->has_groups = train_counts && groups;
	f->accuracy = (struct lt_figure){lt_counts_accuracy(counts), f->rows};
	f->balanced = (struct lt_figure){lt_counts_mean_recall(counts, NULL, 0), f->rows};
	f->geometric = (struct lt_figure){lt_counts_geometric(counts), f->rows};
	f->top5 = f->has_top5 ? share(m->top5, f->rows) : (struct lt_figure){NAN, 0};
	f->nll = (struct lt_figure){NAN, f->rows};
	if (f->rows > 0 && f->not_finite == 0)
		f->nll.value = m->nll / (double)f->rows;
	f->ece = calibration(m, -1);
	if (f->has_groups)
		code = finish_groups(m, train_counts, groups, err);
	*out = f;
	return code;
}
