/*
 * Focal loss: reduces the loss of rows that are already predicted well.  Both forms are f(a) =
 * (1 - exp(-a))^gamma a of a cross-entropy a ≥ 0; they differ in whether the class weight
 * multiplies f or a.  In the second, exp(-a) is not a probability.
 */
#include "net/loss.h"

#include "base/elementary.h"

static double power(double x, double gamma)
{
	return gamma == 1 ? x : lt_pow(x, gamma);
}

/*
 * f(a) and f'(a) = q^gamma + gamma q^(gamma - 1) exp(-a) a with q = 1 - exp(-a).
 * As a goes to 0, q goes like a, and the second term like gamma q^gamma.
 */
static double focal(double a, double gamma, double *slope)
{
	double q = -lt_expm1(-a), raised = power(q, gamma);

	if (q > 0)
		*slope = raised + gamma * raised * (a / q) * lt_exp(-a);
	else
		*slope = raised * (1 + gamma);
	return raised * a;
}

/* From the softmax in grad to dl/dz, where dl = slope · d(-log p_y). */
static void scale_gradient(double *grad, int classes, int label, double slope)
{
	int c;

	grad[label] -= 1;
	for (c = 0; c < classes; c++)
		grad[c] *= slope;
}

static double row(const struct lt_loss_params *params, const double *logits, int label,
		  double *grad)
{
	double slope, a = -lt_loss_softmax(logits, params->classes, label, grad);
	double l = focal(a, params->setting[LT_GAMMA], &slope);

	scale_gradient(grad, params->classes, label, slope);
	return l;
}

static double row_authors(const struct lt_loss_params *params, const double *logits, int label,
			  double *grad)
{
	double slope, a = -lt_loss_softmax(logits, params->classes, label, grad);
	double weight = params->weight[label],
	       l = focal(weight * a, params->setting[LT_GAMMA], &slope);

	scale_gradient(grad, params->classes, label, slope * weight);
	return l;
}

const struct lt_loss lt_loss_focal = {
	.name = "focal",
	.about.summary = "cross-entropy with less weight on rows that are already right",
	.about.formula = "l = (1 - p_y)^gamma (-log p_y), p = softmax(z)",
	.about.source = "Lin et al., ICCV 2017, section 3",
	.mean = LT_MEAN_PLAIN,
	.setting = {[LT_GAMMA] = 1},
	.row = row,
};

const struct lt_loss lt_loss_focal_authors = {
	.name = "focal",
	.about.summary = "focal with the class weight inside the probability",
	.about.formula = "l = (1 - exp(-a))^gamma a, a = -w_y log p_y, p = softmax(z)",
	.about.source = "the code of Yang and Xu, NeurIPS 2020",
	.mean = LT_MEAN_INSIDE,
	.setting = {[LT_GAMMA] = 1},
	.row = row_authors,
};
