/*
 * Mean Teacher (Tarvainen & Valpola, NeurIPS 2017): the network's prediction for a view should
 * equal that of the teacher, an average of its weights over the last steps, for another view:
 *
 *	term = mean over rows and classes of (p(view 1) - p_teacher(view 2))²,  p = softmax(z)
 *
 * over the labelled and the unlabelled rows of a step, as in the paper.  Each network
 * processes them in one batch, normalised by the batch's statistics, so the two differ only in
 * weights and views.  The teacher's running statistics are those of its own passes: they
 * belong to its weights, and the teacher is the model.
 */
#include "method/consistency.h"
#include "net/divergence.h"

static double learn(struct lt_consistency *c, const struct lt_lesson *lesson, double *term)
{
	static const struct lt_part own[] = {{LT_GIVEN, LT_VIEW_GIVEN},
					     {LT_UNLABELED, LT_VIEW_UNLABELED}},
				    others[] = {{LT_GIVEN, LT_VIEW_GIVEN_AGAIN},
						{LT_UNLABELED, LT_VIEW_UNLABELED_AGAIN}};
	struct lt_network *net = c->config.net, *teacher = c->config.teacher;
	int n = lt_consistency_fill(c, teacher, lesson, others, 2);
	size_t classes = (size_t)c->classes, given = (size_t)lesson->batch[LT_GIVEN].n;
	double loss;

	lt_network_forward(teacher, n, 1, LT_TRAIN);
	for (size_t i = 0; i < (size_t)n * classes; i++)
		c->logits[i] = lt_network_outputs(teacher, 0)[i];
	lt_consistency_fill(c, net, lesson, own, 2);
	lt_network_forward(net, n, 1, LT_TRAIN);
	loss = lesson->loss(lesson->arg, &lesson->batch[LT_GIVEN], lt_network_outputs(net, 0),
			    c->grad);
	for (size_t i = given * classes; i < (size_t)n * classes; i++)
		c->grad[i] = 0;
	*term = lt_consistency_term(c, lt_divergence_square, c->logits, n, lesson->weight);
	lt_network_backward(net, (const lt_real *const[]){c->grad});
	return loss + lesson->weight * *term;
}

/*
 * The decay is FixMatch's code's.  The weight is that of Hyun et al. (2020), whose
 * optimiser is ours: SGD at 0.1 with momentum 0.9.  FixMatch's code has 50 at 0.03.
 */
const struct lt_consistency_method lt_mean_teacher = {
	.name = "mean-teacher",
	.about.summary = "the network and its average over steps should agree on two views",
	.about.formula =
		"labelled loss + weight ramp term\n"
		"term = mean of (p(view 1) - p_teacher(view 2))^2\n"
		"teacher = k teacher + (1 - k) network, k = min((1 + t) / (10 + t), ema)",
	.about.source = "Tarvainen and Valpola, NeurIPS 2017, section 2",
	.teacher = true,
	.together = true,
	.weight = 8,
	.decay = 0.999,
	.learn = learn,
};
