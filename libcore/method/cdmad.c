/*
 * CDMAD (Lee & Kim, CVPR 2024), on FixMatch: the logits of an image without any pattern say
 * what the network thinks of every image.
 *
 *	z*(x) = z(x) - z(white)
 *
 * From a fifth of the run on, targets are softmax(z*(w)); before, softmax(z(w)).  They are
 * shares, and all count, on two strong views.  The model has z*: its bias is less by z(white).
 * z(white) uses the running statistics, so that it is the same in training and in the model.
 */
#include <string.h>

#include "method/learner.h"
#include "method/match.h"

#define FROM 0.2

/* The logits of the white image. */
static int white(const struct lt_learner *l, struct lt_network *net, const lt_real **logits,
		 struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(net);
	const struct lt_norm *norm = &l->config.norm;
	lt_real *input = lt_network_input(net);
	int code;

	for (int i = 0; i < g->h * g->w; i++)
		for (int c = 0; c < g->c; c++)
			*input++ = (lt_real)(norm->channels > 0
						     ? (1 - norm->mean[c]) / norm->std[c]
						     : 1);
	code = lt_network_forward(net, 1, 1, LT_EVAL, err);
	*logits = lt_network_outputs(net, 0);
	return code;
}

static int offset(struct lt_learner *l, struct lt_error *err)
{
	const lt_real *logits;
	int code;

	if (l->progress < FROM)
		return 0;
	if ((code = white(l, l->config.net, &logits, err)) != 0)
		return code;
	for (int c = 0; c < l->classes; c++)
		l->offset[LT_MATCH_GUESSED].target[c] = -logits[c];
	return 0;
}

static int finish(const struct lt_learner *l, struct lt_network *model, struct lt_error *err)
{
	const struct lt_graph *g = lt_network_graph(model);
	const lt_real *logits;
	int code = white(l, model, &logits, err);
	/* A linear head has its weight first, then its bias. */
	lt_real *bias = lt_network_params(model) + g->head[g->predicts].at[1];

	for (int c = 0; c < l->classes && code == 0; c++)
		bias[c] -= logits[c];
	return code;
}

const struct lt_method lt_method_cdmad = {
	.name = "cdmad",
	.about.summary = "pseudo-labels and predictions less the logits of a white image",
	.about.formula =
		"labelled loss + weight term\n"
		"term = mean of CE(p(strong), q), two strong views\n"
		"q = softmax(z(weak) - z(white)), in the first fifth of the run p(weak)\n"
		"model: average of the network by ema, with z(x) - z(white)",
	.about.source = "Lee and Kim, CVPR 2024, section 3",
	LT_MATCH_PASS_TWO,
	.linear = true,
	.balanced = true,
	.mask = LT_MASK_NONE,
	.setting = {[LT_WEIGHT] = 1, [LT_EMA] = 0.999},
	.terms = 2,
	.term = {LT_MATCH_LABELS, LT_MATCH_TERM_TWO(LT_TERM_PSEUDO_SHARES)},
	.offset = offset,
	.finish = finish,
};
