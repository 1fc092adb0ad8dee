/*
 * adjust: post-hoc logit adjustment, z_c - t (log π_c - log q_c), as a change of the bias
 * (Menon et al. 2021, section 4, where the test prior q is uniform). With t = 1, the model's
 * p(c|x), which is proportional to p(x|c) π_c, becomes the posterior under q.
 */
#include <math.h>
#include <string.h>

#include "base/elementary.h"
#include "base/memory.h"
#include "base/number.h"
#include "method/second_stage.h"

#define MOST_SHARE 1e30 /* shares further apart than the square of it are nobody's */

/* A number for each class, with commas between. */
static int parse_list(const char *text, const char *const *names, int classes, double *prior,
		      struct lt_error *err)
{
	int n = 0;

	for (const char *at = text;; n++) {
		size_t length = strcspn(at, ",");
		char word[64] = "";
		double value;

		if (length < sizeof word)
			memcpy(word, at, length);
		if (!lt_parse_real(word, 0, MOST_SHARE, &value))
			return lt_fail(err, LT_USAGE,
				       "--prior: '%.*s' is neither uniform nor model nor a "
				       "list of numbers up to 1e30",
				       length < 60 ? (int)length : 60, at);
		if (n < classes) {
			if (!(value >= 1 / MOST_SHARE))
				return lt_fail(err, LT_USAGE,
					       "--prior: class '%s' has a share of %s",
					       names[n],
					       value > 0 ? "less than 1e-30"
							 : "0, and its logarithm does not "
							   "exist");
			prior[n] = value;
		}
		if (at[length] == '\0')
			break;
		at += length + 1;
	}
	if (n + 1 != classes)
		return lt_fail(err, LT_USAGE, "--prior: %d numbers for %d classes", n + 1,
			       classes);
	return 0;
}

int lt_second_prior(const char *text, const uint64_t *counts, const char *const *names,
		    int classes, double *prior, struct lt_error *err)
{
	bool uniform = strcmp(text, "uniform") == 0;

	if (!uniform && strcmp(text, "model") != 0)
		return parse_list(text, names, classes, prior, err);
	for (int c = 0; c < classes; c++)
		prior[c] = uniform || !counts ? 1 : (double)counts[c];
	return 0;
}

struct offsets {
	const struct lt_features *val;
	double *offset; /* log π_c - log q_c */
};

static void logits(void *arg, double t, uint64_t row, float *z)
{
	const struct offsets *o = arg;
	size_t classes = (size_t)o->val->classes;
	const float *from = o->val->logits + row * classes;

	for (size_t c = 0; c < classes; c++)
		z[c] = (float)((double)from[c] - t * o->offset[c]);
}

int lt_second_offsets(const struct lt_second_classes *of, const double *prior, double *offset,
		      struct lt_error *err)
{
	double rows = 0, shares = 0;

	if (!of->counts)
		return lt_fail(err, LT_DATA,
			       "%s: the model does not say how many rows its classes had",
			       of->model);
	for (int c = 0; c < of->classes; c++) {
		if (of->counts[c] == 0)
			return lt_fail(err, LT_DATA,
				       "%s: class '%s' had no rows in training, and the "
				       "logarithm of its share does not exist",
				       of->model, of->names[c]);
		rows += (double)of->counts[c];
		shares += prior ? prior[c] : 1;
	}
	for (int c = 0; c < of->classes; c++) {
		double q = (prior ? prior[c] : 1) / shares;

		offset[c] = lt_log((double)of->counts[c] / rows) - lt_log(q);
	}
	return 0;
}

int lt_second_adjust(const struct lt_second_config *config, struct lt_classifier *head,
		     struct lt_second_result *result, struct lt_error *err)
{
	struct lt_second_classes of = {.classes = head->classes,
				       .names = config->names,
				       .counts = config->counts,
				       .model = config->model};
	struct offsets o = {.val = config->val};
	double t = 0;
	int code = lt_second_want_linear(config, head, "has no bias to adjust", err);

	if (code != 0)
		return code;
	o.offset = lt_new_array((size_t)head->classes, sizeof *o.offset);
	if (!o.offset)
		return lt_fail_memory(err);
	if ((code = lt_second_offsets(&of, config->prior, o.offset, err)) == 0)
		code = lt_second_choose(config, logits, &o, &t, result, err);
	for (int c = 0; c < head->classes && code == 0; c++)
		head->bias[c] -= t * o.offset[c];
	lt_free(o.offset);
	return code;
}
