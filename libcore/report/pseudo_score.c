#include "report/pseudo_score.h"

#include <math.h>

#include "base/memory.h"
#include "report/metrics.h"

struct lt_pseudo_score {
	int classes;
	uint64_t *labelled, *right,
		*truly; /* kept rows labelled c, of these right, rows truly c */
	uint64_t rows, kept, irrelevant, all_right;
};

int lt_pseudo_score_new(struct lt_pseudo_score **out, int classes, struct lt_error *err)
{
	struct lt_pseudo_score *score = lt_new_array(1, sizeof *score);

	if (!score)
		return lt_fail_memory(err);
	score->classes = classes;
	score->labelled = lt_new_array((size_t)classes, sizeof *score->labelled);
	score->right = lt_new_array((size_t)classes, sizeof *score->right);
	score->truly = lt_new_array((size_t)classes, sizeof *score->truly);
	if (!score->labelled || !score->right || !score->truly) {
		lt_pseudo_score_free(score);
		return lt_fail_memory(err);
	}
	*out = score;
	return 0;
}

void lt_pseudo_score_free(struct lt_pseudo_score *score)
{
	if (!score)
		return;
	lt_free(score->labelled);
	lt_free(score->right);
	lt_free(score->truly);
	lt_free(score);
}

void lt_pseudo_score_add(struct lt_pseudo_score *score, int truth, int label, bool kept)
{
	bool known = truth >= 0 && truth < score->classes;

	score->rows++;
	if (known)
		score->truly[truth]++;
	if (!kept || label < 0 || label >= score->classes)
		return;
	score->kept++;
	score->labelled[label]++;
	score->irrelevant += !known;
	if (truth == label) {
		score->right[label]++;
		score->all_right++;
	}
}

static int line(struct lt_output *out, const char *metric, const char *name, uint64_t part,
		uint64_t whole, struct lt_error *err)
{
	return lt_tsv_line(out, metric, "", name,
			   whole > 0 ? (double)part / (double)whole : NAN, whole, err);
}

int lt_pseudo_score_write(const struct lt_pseudo_score *score, const char *const *names,
			  struct lt_output *out, struct lt_error *err)
{
	int code = lt_output_printf(out, err, "metric\tclass\tvalue\tcount\n");

	if (code == 0)
		code = line(out, "accuracy", "-", score->all_right, score->kept, err);
	if (code == 0)
		code = line(out, "kept", "-", score->kept, score->rows, err);
	if (code == 0)
		code = line(out, "irrelevant", "-", score->irrelevant, score->kept, err);
	for (int c = 0; c < score->classes && code == 0; c++)
		code = line(out, "precision", names[c], score->right[c], score->labelled[c],
			    err);
	for (int c = 0; c < score->classes && code == 0; c++)
		code = line(out, "recall", names[c], score->right[c], score->truly[c], err);
	return code;
}
