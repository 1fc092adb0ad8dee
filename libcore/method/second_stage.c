/* The table of second stages, and the shared choice of a number on validation rows. */
#include "method/second_stage.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "report/metrics.h"

const struct lt_second_stage lt_second_stages[] = {
	{"crt",
	 {"classifier re-training: a new head, trained on class-balanced draws",
	  "cross-entropy of z_c = w_c.x + b_c, a row of class c drawn in proportion to 1 / n_c",
	  "Kang et al., ICLR 2020, section 4"},
	 LT_SECOND_LEARNS,
	 10,
	 NULL,
	 {"epochs", "batch", "lr", "decay", "views", "loss", "smooth-head", "smooth-tail",
	  "procedure", "augment", "val"},
	 lt_second_crt},
	{"lws",
	 {"learnable weight scaling: a factor for each class, trained like the head of crt",
	  "z_c = f_c (w_c.x) + b_c", "Kang et al., ICLR 2020, section 4"},
	 LT_SECOND_LEARNS,
	 5,
	 NULL,
	 {"epochs", "batch", "lr", "decay", "views", "head-rate", "loss", "smooth-head",
	  "smooth-tail", "procedure", "augment", "val"},
	 lt_second_lws},
	{"tau",
	 {"tau-normalisation: the weights of each class are rescaled, without bias",
	  "z_c = w_c.x / |w_c|^tau", "Kang et al., ICLR 2020, section 4"},
	 LT_SECOND_NO_ROWS,
	 0,
	 "auto",
	 {"tau", "val"},
	 lt_second_tau},
	{"ncm",
	 {"nearest class mean, by the cosine", "z_c = scale cos(x, mean of the x of class c)",
	  "Kang et al., ICLR 2020, section 4"},
	 LT_SECOND_LEARNS,
	 0,
	 NULL,
	 {"scale", "views"},
	 lt_second_ncm},
	{"adjust",
	 {"logit adjustment after training, to the class shares q in use",
	  "z_c + offset_c, offset_c = -tau (log pi_c - log q_c)",
	  "Menon et al., ICLR 2021, section 4"},
	 LT_SECOND_NO_ROWS,
	 0,
	 "1",
	 {"tau", "val", "prior", "counts"},
	 lt_second_adjust},
	{"temperature",
	 {"temperature scaling: confidence is calibrated, predictions do not change",
	  "z_c / T, T > 0 with the least mean of -log p_y",
	  "Guo et al., ICML 2017, section 4.2"},
	 LT_SECOND_FITS,
	 0,
	 NULL,
	 {"val"},
	 lt_second_temperature},
	{0},
};

const char *const lt_second_stage_names[] = {"crt",    "lws",	      "tau", "ncm",
					     "adjust", "temperature", NULL};

bool lt_second_has(const struct lt_second_stage *stage, const char *option)
{
	for (int i = 0; stage->options[i]; i++)
		if (strcmp(stage->options[i], option) == 0)
			return true;
	return false;
}

void lt_second_methods(const char *option, char *out, size_t size)
{
	const struct lt_second_stage *stage;
	size_t used = 0;
	int left = 0;

	*out = '\0';
	for (stage = lt_second_stages; stage->name; stage++)
		left += lt_second_has(stage, option);
	for (stage = lt_second_stages; stage->name && used < size; stage++) {
		if (!lt_second_has(stage, option))
			continue;
		left--;
		used += (size_t)snprintf(out + used, size - used, "%s%s", stage->name,
					 left > 1    ? ", "
					 : left == 1 ? " or "
						     : "");
	}
}

/* ------------------------------------------------------------------------ choosing */

void lt_second_found(struct lt_second_result *result, const char *key, double value)
{
	result->item[result->n++] =
		(struct lt_note_item){.key = key, .type = LT_NOTE_REAL, .real = value};
}

void lt_second_line(const struct lt_second_config *config, const char *fmt, ...)
{
	char text[256];
	va_list args;

	if (!config->line)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	config->line(config->person, text);
}

int lt_second_want_linear(const struct lt_second_config *config,
			  const struct lt_classifier *head, const char *why,
			  struct lt_error *err)
{
	if (head->kind == LT_HEAD_LINEAR)
		return 0;
	return lt_fail(err, LT_DATA, "%s: a cosine head, which %s", config->model, why);
}

/* Mean recall with the classes' shares as weights, over those that have rows. */
static double under_prior(const struct lt_figures *figures, const double *prior)
{
	double sum = 0, shares = 0;

	for (int c = 0; c < figures->classes; c++) {
		double share = prior ? prior[c] : 1;

		if (figures->class_of[c].recall.count == 0)
			continue;
		sum += share * figures->class_of[c].recall.value;
		shares += share;
	}
	return sum / shares;
}

int lt_second_measure(const struct lt_second_config *config, const struct lt_features *rows,
		      lt_second_logits *logits, void *arg, double parameter,
		      struct lt_second_score *score, struct lt_error *err)
{
	float *z = lt_new_array((size_t)rows->classes, sizeof *z);
	const struct lt_figures *figures;
	struct lt_metrics *metrics = NULL;
	struct lt_outcome outcome;
	int code;

	if (!z)
		return lt_fail_memory(err);
	code = lt_metrics_new(&metrics, rows->classes, config->names, err);
	for (uint64_t i = 0; i < rows->n && code == 0; i++) {
		logits(arg, parameter, i, z);
		lt_outcome_of(z, rows->classes, rows->label[i], NULL, &outcome);
		lt_metrics_add(metrics, &outcome);
	}
	if (code == 0 && (code = lt_metrics_finish(metrics, NULL, NULL, &figures, err)) == 0)
		*score = (struct lt_second_score){under_prior(figures, config->prior),
						  figures->nll.value, figures->ece.value};
	lt_metrics_free(metrics);
	lt_free(z);
	return code;
}

int lt_second_choose(const struct lt_second_config *config, lt_second_logits *logits, void *arg,
		     double *tau, struct lt_second_result *result, struct lt_error *err)
{
	struct lt_second_score score;
	double best = -1;
	int code;

	*tau = config->tau;
	if (!isnan(config->tau)) {
		lt_second_found(result, "tau", *tau);
		return 0;
	}
	if (!config->val)
		return lt_fail(err, LT_USAGE,
			       "--tau auto needs --val FILE, rows to choose it by");
	for (int step = 0; step <= 20; step++) {
		double t = step / 10.0;

		code = lt_second_measure(config, config->val, logits, arg, t, &score, err);
		if (code != 0)
			return code;
		lt_second_line(config, "tau %.1f: accuracy %.4f, log loss %.4f", t,
			       score.accuracy, score.nll);
		if (score.accuracy > best) {
			best = score.accuracy;
			*tau = t;
		}
	}
	lt_second_line(config, "tau %.1f is chosen on %s", *tau, config->val->name);
	lt_second_found(result, "tau", *tau);
	lt_second_found(result, "val_accuracy", best);
	return 0;
}
