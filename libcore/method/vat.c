/*
 * Virtual adversarial training (Miyato et al., TPAMI 2019; constants and ramp of FixMatch's
 * code): the prediction p(x) of an unlabelled image should equal that of the nearby image
 * whose prediction differs most:
 *
 *	term = mean over rows of KL(p(x) ‖ p(x + r)),  r = ε g / |g|,
 *	g = the gradient by d of KL(p(x) ‖ p(x + d)) at d = ξ u,
 *
 * u is a random direction, and g is one step of the power method; p(x) in the divergence is
 * held constant.  In addition, the mean entropy of p(x) is minimised.
 *
 * Passes over unlabelled images are normalised by the statistics of their own batch, so that
 * only r makes the difference.  They do not change the running statistics, which are those of
 * the labelled rows, as in FixMatch's code.
 *
 * ξ is not the paper's 10⁻⁶.  The gradient of the divergence at ξ u is ξ times a fixed
 * direction plus the rounding error of a difference of predictions.  The mean cosine between g
 * and that direction, computed in double (ResNet-20, 32×32 pixels, trained and untrained
 * networks):
 *
 *	ξ        10⁻⁶          10⁻⁴         10⁻²         1            10
 *	f32      -0.03, -0.02  0.81, 0.88   1.00, 0.99   0.97, 0.68   0.68, 0.08
 *	bf16     -0.03, -0.01  -0.04, -0.03 0.12, 0.07   0.94, 0.64   0.67, 0.08
 */
#include "method/vat.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "method/consistency.h"
#include "net/divergence.h"

/* ξ, in units of normalised pixels. */
#define XI 1e-2
#define XI_BF16 1

#define ENTROPY 0.06 /* weight of it */

static size_t plane_of(const struct lt_network *net)
{
	const struct lt_graph *g = lt_network_graph(net);

	return (size_t)g->h * g->w * g->c;
}

static int begin(struct lt_consistency *c, struct lt_error *err)
{
	size_t plane = plane_of(c->config.net) * sizeof(lt_real);

	c->own = lt_new_array((size_t)c->batch[LT_UNLABELED], plane);
	return c->own ? 0 : lt_fail_memory(err);
}

static void end(struct lt_consistency *c)
{
	lt_free(c->own);
}

static void forget_grad(struct lt_consistency *c, int n)
{
	memset(c->grad, 0, (size_t)n * (size_t)c->classes * sizeof *c->grad);
}

/* ---------------------------------------------------------------- the image nearby */

int lt_vat_look(struct lt_consistency *c, const struct lt_lesson *lesson)
{
	static const struct lt_part part = {LT_UNLABELED, LT_VIEW_UNLABELED};
	struct lt_network *net = c->config.net;
	int n = lt_consistency_fill(c, net, lesson, &part, 1);

	memcpy(c->own, lt_network_input(net), (size_t)n * plane_of(net) * sizeof(lt_real));
	lt_network_forward(net, n, 1, LT_STATS);
	for (size_t i = 0; i < (size_t)n * (size_t)c->classes; i++)
		c->logits[i] = lt_network_outputs(net, 0)[i];
	return n;
}

struct move {
	struct lt_consistency *c;
	const struct lt_batch *batch;
	const lt_real *towards; /* NULL: a random direction */
	double length;
};

/* input = image + length × a unit vector.  0 has no direction; NaN stays NaN. */
static void move_image(void *arg, int image, int worker)
{
	const struct move *move = arg;
	struct lt_network *net = move->c->config.net;
	size_t plane = plane_of(net), at = plane * (size_t)image;
	const lt_real *from = (const lt_real *)move->c->own + at;
	lt_real *to = lt_network_input(net) + at;
	struct lt_draws draws =
		lt_draws_at(move->c->config.seed, LT_FOR_VAT, 0, move->batch->epoch,
			    move->batch->slot + (uint32_t)image);
	double squares = 0, scale;

	(void)worker;
	for (size_t i = 0; i < plane; i++) {
		to[i] = move->towards ? move->towards[at + i] : (lt_real)lt_draw_normal(&draws);
		squares += (double)to[i] * to[i];
	}
	scale = squares == 0 ? 0 : move->length / sqrt(squares);
	for (size_t i = 0; i < plane; i++)
		to[i] = (lt_real)(from[i] + scale * to[i]);
}

void lt_vat_move(struct lt_consistency *c, const struct lt_lesson *lesson)
{
	struct lt_network *net = c->config.net;
	bool precise = lt_network_precision(net) == LT_PRECISE;
	struct move move = {c, &lesson->batch[LT_UNLABELED], NULL, precise ? XI : XI_BF16};
	int n = move.batch->n;

	lt_pool_run(lt_network_pool(net), move_image, &move, n);
	lt_network_forward(net, n, 1, LT_STATS);
	/* The sum over the rows: a mean is only shorter. */
	forget_grad(c, n);
	lt_consistency_term(c, lt_divergence_kl, c->logits, n, n);
	move.towards = lt_network_image_grad(net, (const lt_real *const[]){c->grad});
	move.length = c->config.settings.epsilon;
	lt_pool_run(lt_network_pool(net), move_image, &move, n);
}

/* --------------------------------------------------------------------------- a step */

static double entropy(const double *z, const double *target, int classes, double *grad)
{
	(void)target;
	return lt_entropy(z, classes, grad);
}

static double learn(struct lt_consistency *c, const struct lt_lesson *lesson, double *term)
{
	static const struct lt_part given = {LT_GIVEN, LT_VIEW_GIVEN};
	struct lt_network *net = c->config.net;
	int n = lt_consistency_fill(c, net, lesson, &given, 1);
	double value;

	lt_network_forward(net, n, 1, LT_TRAIN);
	value = lesson->loss(lesson->arg, &lesson->batch[LT_GIVEN], lt_network_outputs(net, 0),
			     c->grad);
	lt_network_backward(net, (const lt_real *const[]){c->grad});

	n = lt_vat_look(c, lesson);
	forget_grad(c, n);
	value += ENTROPY * lt_consistency_term(c, entropy, c->logits, n, ENTROPY);
	lt_network_backward_add(net, (const lt_real *const[]){c->grad});

	lt_vat_move(c, lesson);
	lt_network_forward(net, n, 1, LT_STATS);
	forget_grad(c, n);
	*term = lt_consistency_term(c, lt_divergence_kl, c->logits, n, lesson->weight);
	lt_network_backward_add(net, (const lt_real *const[]){c->grad});
	return value + lesson->weight * *term;
}

const struct lt_consistency_method lt_vat = {
	.name = "vat",
	.about.summary = "virtual adversarial training: small perturbations should not change "
			 "predictions",
	.about.formula = "labelled loss + weight ramp term + 0.06 mean entropy of p(x)\n"
			 "term = mean of KL(p(x) || p(x + r)), r = epsilon g / |g|\n"
			 "g = gradient by d of KL(p(x) || p(x + d)) at a small random d",
	.about.source = "Miyato et al., TPAMI 2019, section 3",
	.image_grad = true,
	.weight = 0.3,
	.epsilon = 6,
	.begin = begin,
	.end = end,
	.learn = learn,
};
