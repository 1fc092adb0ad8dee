/* A step of a learner: passes and terms. */
#include <string.h>

#include "method/learner.h"
#include "net/divergence.h"

/* ------------------------------------------------------------------------- passes */

static struct lt_network *network_of(const struct lt_learner *l, const struct lt_pass *pass)
{
	return pass->average ? l->config.average : l->config.net;
}

static int images_of(const struct lt_learner *l, int pass)
{
	return l->begin[pass][l->method->pass[pass].parts];
}

void lt_learner_place(struct lt_learner *l)
{
	for (int p = 0; p < l->method->passes; p++) {
		const struct lt_pass *pass = &l->method->pass[p];

		for (int i = 0; i < pass->parts; i++)
			l->begin[p][i + 1] = l->begin[p][i] + l->batch[pass->part[i].rows].n;
	}
}

static void fill(struct lt_learner *l, int number)
{
	const struct lt_pass *pass = &l->method->pass[number];
	struct lt_network *net = network_of(l, pass);
	struct lt_share share = lt_network_share(net, images_of(l, number), 1);

	for (int i = 0; i < pass->parts; i++) {
		struct lt_batch batch = l->batch[pass->part[i].rows];

		batch.view = pass->part[i].view;
		batch.augment = pass->part[i].strong ? &l->strong : NULL;
		batch.place = l->place + l->begin[number][i];
		batch.share = &share;
		lt_batcher_fill(l->batcher, lt_network_input(net), &batch);
	}
}

void lt_learner_look(struct lt_learner *l, int number)
{
	const struct lt_network *net = network_of(l, &l->method->pass[number]);

	for (int h = 0; h < l->heads; h++) {
		const lt_real *outputs = lt_network_outputs(net, h);
		size_t n = (size_t)images_of(l, number) * (size_t)l->width[h];

		for (size_t i = 0; i < n; i++)
			l->outputs[number][h][i] = outputs[i];
	}
}

int lt_learner_pass(struct lt_learner *l, int number, struct lt_error *err)
{
	const struct lt_pass *pass = &l->method->pass[number];
	int code = 0;

	if (pass->fill)
		code = pass->fill(l, err);
	else
		fill(l, number);
	if (code == 0 && pass->features)
		lt_network_forward_heads(network_of(l, pass), images_of(l, number));
	else if (code == 0)
		code = lt_network_forward(network_of(l, pass), images_of(l, number), 1,
					  pass->mode, err);
	if (code == 0)
		lt_learner_look(l, number);
	return code;
}

/* -------------------------------------------------------------------------- terms */

int lt_learner_images(const struct lt_learner *l, const struct lt_span *span)
{
	const int *begin = l->begin[span->pass];

	return begin[span->first + span->parts] - begin[span->first];
}

/* Where a span begins in the outputs of its head. */
static size_t place_of(const struct lt_learner *l, const struct lt_span *span)
{
	return (size_t)l->begin[span->pass][span->first] * (size_t)l->width[span->head];
}

const double *lt_learner_outputs(const struct lt_learner *l, const struct lt_span *span)
{
	return l->outputs[span->pass][span->head] + place_of(l, span);
}

lt_real *lt_learner_grad(const struct lt_learner *l, const struct lt_span *span)
{
	return l->grad[span->head] + place_of(l, span);
}

const struct lt_span *lt_learner_target_of(const struct lt_learner *l,
					   const struct lt_term *term)
{
	return term->turn > 0 && l->progress >= term->turn ? &term->then : &term->target;
}

static int number_of(const struct lt_learner *l, const struct lt_term *term)
{
	return (int)(term - l->method->term);
}

static double entropy(const double *z, const double *target, int classes, double *grad)
{
	(void)target;
	return lt_entropy(z, classes, grad);
}

/* The mean over rows of a divergence from the target. */
static double diverge(struct lt_learner *l, const struct lt_term *term, double weight,
		      double (*divergence)(const double *, const double *, int, double *))
{
	const double *z = lt_learner_outputs(l, &term->of),
		     *target = lt_learner_outputs(l, lt_learner_target_of(l, term));
	int n = lt_learner_images(l, &term->of), classes = l->classes;
	lt_real *grad = lt_learner_grad(l, &term->of);
	double sum = 0;

	for (int i = 0; i < n; i++, z += classes, target += classes, grad += classes) {
		sum += divergence(z, target, classes, l->slope);
		for (int k = 0; k < classes; k++)
			grad[k] += (lt_real)(weight / n * l->slope[k]);
	}
	return sum / n;
}

/* The logits of labelled rows, with the method's offsets. */
static const double *labelled_logits(struct lt_learner *l, const struct lt_term *term, int n)
{
	const double *z = lt_learner_outputs(l, &term->of);
	const double *offset = l->offset[number_of(l, term)].outputs;

	if (!l->method->offset)
		return z;
	for (size_t i = 0; i < (size_t)n * (size_t)l->classes; i++)
		l->moved[i] = z[i] + offset[i % (size_t)l->classes];
	return l->moved;
}

/* The loss of rows with labels. */
static double learn_labels(struct lt_learner *l, const struct lt_term *term, double weight)
{
	const struct lt_learner_config *c = &l->config;
	const struct lt_batch *batch = &l->batch[LT_GIVEN];
	const struct lt_loss_second *second = NULL;
	int n = lt_learner_images(l, &term->of);
	size_t outputs = (size_t)n * (size_t)l->classes;
	lt_real *grad = lt_learner_grad(l, &term->of);
	struct lt_loss_batch loss = {.n = n,
				     .classes = l->classes,
				     .logits = labelled_logits(l, term, n),
				     .label = l->label,
				     .sample_weight = l->omega,
				     .grad = l->loss_grad};
	double value;

	for (int i = 0; i < n; i++) {
		uint32_t row = batch->row[i % batch->n];

		l->label[i] = c->table->label[row];
		l->omega[i] = row < c->n_given ? 1 : c->omega;
	}
	if (l->mix)
		second = lt_mix_labels(l->mix, n, l->label, l->omega);
	value = lt_loss_of_mixed(c->balance.loss, &l->loss, &loss, second);
	for (size_t i = 0; i < outputs; i++)
		grad[i] += (lt_real)(weight * l->loss_grad[i]);
	return value;
}

/* Cross-entropy with what the target predicts. */
static double learn_target(struct lt_learner *l, const struct lt_term *term, double weight)
{
	int number = number_of(l, term);

	lt_learner_target(l, number);
	return lt_target_cross(&l->guess[number].target, term->kind == LT_TERM_PSEUDO_LABELS,
			       lt_learner_outputs(l, &term->of),
			       lt_learner_images(l, &term->of), l->offset[number].outputs,
			       weight, l->slope, lt_learner_grad(l, &term->of));
}

double lt_learner_term(struct lt_learner *l, const struct lt_term *term, double weight)
{
	switch (term->kind) {
	case LT_TERM_LABELS:
		return learn_labels(l, term, weight);
	case LT_TERM_KL:
		return diverge(l, term, weight, lt_divergence_kl);
	case LT_TERM_SQUARE:
		return diverge(l, term, weight, lt_divergence_square);
	case LT_TERM_ENTROPY:
		return diverge(l, term, weight, entropy);
	case LT_TERM_PSEUDO_LABELS:
	case LT_TERM_PSEUDO_SHARES:
		return learn_target(l, term, weight);
	case LT_TERM_OWN:
		return l->method->own(l, term, weight);
	}
	return 0;
}

static double weight_of(const struct lt_learner *l, const struct lt_term *term)
{
	double setting = l->config.method.setting[LT_WEIGHT];
	double weight = term->weight > 0  ? term->weight
			: term->times > 0 ? term->times * setting
					  : setting;

	return term->ramp ? weight * l->ramp : weight;
}

/* --------------------------------------------------------------------------- a step */

/*
 * The terms of a pass; returns their sum, and in grads the gradients at the heads' outputs,
 * NULL where there is none.
 */
static double learn_pass(struct lt_learner *l, int pass, const lt_real *grads[LT_METHOD_HEADS])
{
	const struct lt_method *method = l->method;
	double sum = 0;

	for (int h = 0; h < l->heads; h++) {
		size_t outputs = (size_t)images_of(l, pass) * (size_t)l->width[h];

		memset(l->grad[h], 0, outputs * sizeof *l->grad[h]);
		grads[h] = NULL;
	}
	for (int t = 0; t < method->terms; t++) {
		const struct lt_term *term = &method->term[t];
		double weight = weight_of(l, term), value;

		if (term->of.pass != pass)
			continue;
		value = lt_learner_term(l, term, weight);
		sum += weight * value;
		l->sum[t].value += value;
		l->sum[t].steps++;
		grads[term->of.head] = l->grad[term->of.head];
	}
	return sum;
}

static bool learns(const struct lt_learner *l, const lt_real *const grads[])
{
	for (int h = 0; h < l->heads; h++)
		if (grads[h])
			return true;
	return false;
}

int lt_learner_step(struct lt_learner *l, double *value, struct lt_error *err)
{
	const lt_real *grads[LT_METHOD_HEADS];
	struct lt_network *net = l->config.net;
	bool before = false;
	int code;

	*value = 0;
	lt_learner_place(l);
	if (l->method->offset && (code = l->method->offset(l, err)) != 0)
		return code;
	for (int p = 0; p < l->method->passes; p++) {
		if (l->progress < l->method->pass[p].from)
			continue;
		if ((code = lt_learner_pass(l, p, err)) != 0)
			return code;
		*value += learn_pass(l, p, grads);
		if (!learns(l, grads))
			continue;
		code = before ? lt_network_backward_add(net, grads, err)
			      : lt_network_backward(net, grads, err);
		if (code != 0)
			return code;
		before = true;
	}
	return 0;
}
