/*
 * ncm: nearest class mean (Kang et al. 2020, section 4, with the cosine).  The columns of a
 * cosine head are the class means of the features, so the largest logit belongs to the nearest
 * mean; nothing is trained.
 */
#include <string.h>

#include "base/memory.h"
#include "method/second_stage.h"

/* Sums in the order of the rows, and of a row's views. */
static void add_rows(const struct lt_features *rows, double *sum)
{
	size_t classes = (size_t)rows->classes;
	const float *x = rows->feature;

	for (uint64_t i = 0; i < rows->n; i++)
		for (int view = 0; view < rows->views; view++, x += rows->width)
			for (int f = 0; f < rows->width; f++)
				sum[(size_t)f * classes + (size_t)rows->label[i]] += x[f];
}

/* Divides the sums of class c; LT_DATA where it has no mean, or none with a direction. */
static int make_mean(const struct lt_second_config *config, struct lt_classifier *head, int c,
		     double n, struct lt_error *err)
{
	bool some = false;

	if (!(n > 0))
		return lt_fail(err, LT_DATA, "%s: class '%s' has no rows to take the mean of",
			       config->rows->name, config->names[c]);
	for (int f = 0; f < head->features; f++) {
		double *w = head->weight + (size_t)f * (size_t)head->classes + c;

		*w /= n;
		some = some || *w != 0;
	}
	if (!some)
		return lt_fail(err, LT_DATA,
			       "%s: the features of class '%s' have a mean of 0, which points "
			       "nowhere",
			       config->rows->name, config->names[c]);
	return 0;
}

int lt_second_ncm(const struct lt_second_config *config, struct lt_classifier *head,
		  struct lt_second_result *result, struct lt_error *err)
{
	const struct lt_features *rows = config->rows;
	size_t classes = (size_t)head->classes;
	uint64_t *counts = lt_new_array(classes, sizeof *counts);
	int code = 0;

	if (!counts)
		return lt_fail_memory(err);
	lt_features_counts(rows, counts);
	head->kind = LT_HEAD_COSINE;
	head->scale = config->scale;
	memset(head->weight, 0, (size_t)head->features * classes * sizeof *head->weight);
	memset(head->bias, 0, classes * sizeof *head->bias);
	add_rows(rows, head->weight);
	for (int c = 0; c < head->classes && code == 0; c++)
		code = make_mean(config, head, c, (double)counts[c] * rows->views, err);
	lt_free(counts);
	lt_second_found(result, "scale", config->scale);
	return code;
}
