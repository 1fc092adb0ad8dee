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
#include "method/learner.h"

/* ξ, in units of normalised pixels. */
#define XI 1e-2
#define XI_BF16 1

#define ENTROPY 0.06 /* weight of it */

enum { DIVERGENCE = 2 }; /* the term */

static size_t plane_of(const struct lt_network *net)
{
	const struct lt_graph *g = lt_network_graph(net);

	return (size_t)g->h * g->w * g->c;
}

static int begin(struct lt_learner *l, struct lt_error *err)
{
	size_t plane = plane_of(l->config.net) * sizeof(lt_real);

	l->own = lt_new_array((size_t)l->set[LT_UNLABELED].batch, plane);
	return l->own ? 0 : lt_fail_memory(err);
}

static void end(struct lt_learner *l)
{
	lt_free(l->own);
}

struct move {
	struct lt_learner *learner;
	const struct lt_batch *batch;
	int first;		/* of this rank's images: no other rank needs them */
	const lt_real *towards; /* NULL: a random direction */
	double length;
};

/* input = image + length × a unit vector.  0 has no direction; NaN stays NaN. */
static void move_image(void *arg, int item, int worker)
{
	const struct move *move = arg;
	struct lt_network *net = move->learner->config.net;
	int image = move->first + item;
	size_t plane = plane_of(net), at = plane * (size_t)image;
	const lt_real *from = (const lt_real *)move->learner->own + at;
	lt_real *to = lt_network_input(net) + at;
	struct lt_draws draws =
		lt_draws_at(move->learner->config.seed, LT_FOR_VAT, 0, move->batch->epoch,
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

int lt_vat_move(struct lt_learner *l, struct lt_error *err)
{
	struct lt_network *net = l->config.net;
	bool precise = lt_network_precision(net) == LT_PRECISE;
	int n = l->batch[LT_UNLABELED].n, code;
	struct lt_share own = lt_network_share(net, n, 1);
	struct move move = {l, &l->batch[LT_UNLABELED], own.first, NULL,
			    precise ? XI : XI_BF16};

	memcpy((lt_real *)l->own + (size_t)own.first * plane_of(net),
	       lt_network_input(net) + (size_t)own.first * plane_of(net),
	       (size_t)own.n * plane_of(net) * sizeof(lt_real));
	lt_pool_run(lt_network_pool(net), move_image, &move, own.n);
	if ((code = lt_network_forward(net, n, 1, LT_STATS, err)) != 0)
		return code;
	lt_learner_look(l, LT_VAT_MOVED);
	/* The sum over the rows: a mean is only shorter. */
	memset(l->grad[0], 0, (size_t)n * (size_t)l->classes * sizeof *l->grad[0]);
	lt_learner_term(l, &lt_method_vat.term[DIVERGENCE], n);
	code = lt_network_image_grad(net, (const lt_real *const[]){l->grad[0]}, &move.towards,
				     err);
	if (code != 0)
		return code;
	move.length = l->config.method.setting[LT_VAT_EPSILON];
	lt_pool_run(lt_network_pool(net), move_image, &move, own.n);
	return 0;
}

const struct lt_method lt_method_vat = {
	.name = "vat",
	.about.summary = "virtual adversarial training: small perturbations should not change "
			 "predictions",
	.about.formula = "labelled loss + weight ramp term + 0.06 mean entropy of p(x)\n"
			 "term = mean of KL(p(x) || p(x + r)), r = epsilon g / |g|\n"
			 "g = gradient by d of KL(p(x) || p(x + d)) at a small random d",
	.about.source = "Miyato et al., TPAMI 2019, section 3",
	.unlabelled = true,
	.image_grad = true,
	.setting = {[LT_WEIGHT] = 0.3, [LT_VAT_EPSILON] = 6},
	.passes = 3,
	.pass = {[LT_VAT_GIVEN] = {.mode = LT_TRAIN,
				   .parts = 1,
				   .part = {{LT_GIVEN, LT_VIEW_GIVEN, false}}},
		 [LT_VAT_LOOK] = {.mode = LT_STATS,
				  .parts = 1,
				  .part = {{LT_UNLABELED, LT_VIEW_UNLABELED, false}}},
		 [LT_VAT_MOVED] = {.mode = LT_STATS,
				   .parts = 1,
				   .part = {{LT_UNLABELED, LT_VIEW_UNLABELED, false}},
				   .fill = lt_vat_move}},
	.terms = 3,
	.term = {{.kind = LT_TERM_LABELS, .of = {LT_VAT_GIVEN, 0, 1, 0}, .weight = 1},
		 {.kind = LT_TERM_ENTROPY, .of = {LT_VAT_LOOK, 0, 1, 0}, .weight = ENTROPY},
		 [DIVERGENCE] = {.kind = LT_TERM_KL,
				 .of = {LT_VAT_MOVED, 0, 1, 0},
				 .target = {LT_VAT_LOOK, 0, 1, 0},
				 .ramp = true,
				 .reported = "consistency"}},
	.begin = begin,
	.end = end,
};
