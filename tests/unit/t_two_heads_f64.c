/*
 * Methods with a second head, in double: that a step's gradients, for both heads and the
 * encoder, are those of its objective, with targets held fixed, by central differences; what
 * each method draws and keeps against numbers computed by hand; and mistakes of published code,
 * which must not be made here.
 */
#include "method/match.h"
#include "method_kit.h"

enum { FC, SECOND };
enum { SECOND_GIVEN = 2, SECOND_GUESSED = 3 }; /* terms, after those of match.h */

/* Labelled rows of each class, not in the order of the classes. */
static const uint64_t steep[CLASSES] = {4, 40, 8, 20};

/* A bench whose labelled rows are counted otherwise. */
static struct bench begin_counted(const struct lt_method *method, const uint64_t *rows)
{
	struct bench b = begin(method, BATCH, OTHER_BATCH);

	if (method->end)
		method->end(b.l);
	b.l->own = NULL;
	b.l->config.loss_counts = rows;
	if (method->begin && method->begin(b.l, NULL) != 0)
		abort();
	set_rows(&b, OTHER_BATCH, true);
	return b;
}

static double unit_at(enum lt_which which, const struct lt_batch *batch, int i)
{
	struct lt_draws draws = lt_draws_at(SEED, LT_FOR_ABC, (uint32_t)which, batch->epoch,
					    batch->slot + (uint32_t)i);

	return lt_draw_unit(&draws);
}

/* --------------------------------------------------------------------- objectives */

static double value_of_labels(const struct lt_learner *l, int t, const double *z)
{
	bool abc = l->method == &lt_method_abc && t == SECOND_GIVEN;
	const double least = 2;
	double sum = 0, p[CLASSES];

	for (int i = 0; i < BATCH; i++, z += CLASSES) {
		int y = kit_label[given_rows[i]];
		const double *offset = l->offset[t].outputs;

		if (abc && unit_at(LT_GIVEN, &given_batch, i) >= least / (double)counts[y])
			continue;
		sum += (softmax(z, offset, p) - z[y] - offset[y]) / BATCH;
	}
	return sum;
}

static double value_of_guess(const struct lt_learner *l, int t, const double *z)
{
	const struct lt_target *target = &l->guess[t].target;
	const double *offset = l->offset[t].outputs;
	int n = 2 * target->n;
	double sum = 0, p[CLASSES];

	for (int i = 0; i < n; i++, z += CLASSES) {
		int of = i % target->n;
		double log_sum = softmax(z, offset, p);

		for (int c = 0; c < CLASSES; c++) {
			double share = l->method->term[t].kind == LT_TERM_PSEUDO_LABELS
					       ? c == target->label[of]
					       : target->p[of * CLASSES + c];

			sum += target->weight[of] * share / n * (log_sum - z[c] - offset[c]);
		}
	}
	return sum;
}

static double value_of_terms(struct lt_network *net, const struct fixed *f)
{
	const struct lt_learner *l = f->l;
	const int *begin = l->begin[0];
	double sum = 0;

	outputs_of(net, f->images[0], begin[l->method->pass[0].parts]);
	for (int t = 0; t < l->method->terms; t++) {
		const double *z = lt_network_outputs(net, t < SECOND_GIVEN ? FC : SECOND);
		bool twice = l->method == &lt_method_abc && t == SECOND_GUESSED;

		if (t == LT_MATCH_GIVEN || t == SECOND_GIVEN)
			sum += value_of_labels(l, t, z);
		else
			sum += (twice ? 2 : 1) * WEIGHT *
			       value_of_guess(l, t, z + begin[2] * CLASSES);
	}
	return sum;
}

static void check_step(const struct lt_method *method)
{
	struct bench b = begin(method, BATCH, OTHER_BATCH);
	static struct fixed f = {.value = value_of_terms};
	double value, kept[2] = {0};
	char text[80];

	set_rows(&b, OTHER_BATCH, true);
	b.l->progress = 0.6;
	value = learn_step(b.l);
	f.l = b.l;
	memcpy(f.images[0], lt_network_input(b.net),
	       (size_t)b.l->begin[0][method->pass[0].parts] * PLANE * sizeof(double));
	for (int i = 0; i < OTHER_BATCH; i++) {
		kept[0] += b.l->guess[LT_MATCH_GUESSED].target.weight[i];
		kept[1] += b.l->guess[SECOND_GUESSED].target.weight[i];
	}
	snprintf(text, sizeof text, "%s: rows count for both heads", method->name);
	check_named(kept[0] > 0 && kept[1] > 0, text);
	check_gradients(&b, &f, value, method->name);
	finish(&b);
}

/* Each term's gradient is at its own head's outputs, and the other head has none. */
static void check_heads(void)
{
	struct bench b = begin(&lt_method_abc, BATCH, OTHER_BATCH);
	struct lt_learner *l = b.l;
	int n;

	set_rows(&b, OTHER_BATCH, true);
	n = l->begin[0][4] * CLASSES;
	lt_learner_pass(l, 0, NULL);
	for (int t = 0; t < l->method->terms; t++) {
		int own = t < SECOND_GIVEN ? FC : SECOND;
		bool at_own = false, at_other = false;

		memset(l->grad[FC], 0, (size_t)n * sizeof(double));
		memset(l->grad[SECOND], 0, (size_t)n * sizeof(double));
		lt_learner_term(l, &l->method->term[t], 1);
		for (int i = 0; i < n; i++) {
			at_own = at_own || l->grad[own][i] != 0;
			at_other = at_other || l->grad[1 - own][i] != 0;
		}
		check_named(at_own && !at_other, "a term's gradient is that of its head");
	}
	check_int(lt_network_graph(b.net)->predicts, SECOND);
	finish(&b);
}

/* ----------------------------------------------------------------------------- abc */

/*
 * The share of an unlabelled row of class c that counts falls from 1 to n / n_c over the run,
 * whatever its length; published code lets it fall over 500 epochs, so in a short run all
 * count.
 */
static void check_abc_shares(double progress)
{
	enum { STEPS = 2000 };
	struct bench b = begin_counted(&lt_method_abc, steep);
	struct lt_learner *l = b.l;
	struct lt_target *target = &l->guess[SECOND_GUESSED].target;
	double kept[CLASSES] = {0};
	char text[80];

	l->progress = progress;
	target->n = CLASSES;
	for (int k = 0; k < STEPS; k++) {
		l->batch[LT_UNLABELED].slot = (uint32_t)(k * CLASSES);
		for (int c = 0; c < CLASSES; c++) {
			target->label[c] = c;
			target->weight[c] = 1;
		}
		l->method->see(l, SECOND_GUESSED);
		for (int c = 0; c < CLASSES; c++)
			kept[c] += target->weight[c] / STEPS;
	}
	for (int c = 0; c < CLASSES; c++) {
		double p = 1 - progress * (1 - 4.0 / (double)steep[c]);

		snprintf(text, sizeof text, "abc: %g of the run, class %d", progress, c);
		kit_check_error(fabs(kept[c] - p), 4 * sqrt(p * (1 - p) / STEPS) + 1e-9, text);
	}
	finish(&b);
}

static void check_abc(void)
{
	struct bench b = begin_counted(&lt_method_abc, steep);
	struct lt_learner *l = b.l;
	struct lt_target *target = &l->guess[SECOND_GUESSED].target;
	const double *z, none[CLASSES] = {0};
	double p[CLASSES], worst = 0;

	l->progress = 1;
	learn_step(l);
	/* The second head's targets are its own predictions; those of the first are FixMatch's.
	 */
	z = l->outputs[0][SECOND] + l->begin[0][1] * CLASSES;
	for (int i = 0; i < OTHER_BATCH; i++, z += CLASSES) {
		double share, top = 0;

		softmax(z, none, p);
		for (int c = 0; c < CLASSES; c++) {
			worst = fmax(worst, fabs(p[c] - target->p[i * CLASSES + c]));
			top = fmax(top, p[c]);
		}
		share = 4.0 / (double)steep[target->label[i]];
		check_near(target->weight[i],
			   top >= THRESHOLD &&
				   unit_at(LT_UNLABELED, &l->batch[LT_UNLABELED], i) < share,
			   0);
		check_near(l->guess[LT_MATCH_GUESSED].target.weight[i],
			   l->guess[LT_MATCH_GUESSED].target.top[i] >= THRESHOLD, 0);
	}
	kit_check_error(worst, 1e-14, "abc: targets of the second head are its own shares");
	finish(&b);
}

/* ----------------------------------------------------------------------------- acr */

enum { T, STEPS, SUMS, SHARES = SUMS + 3 };

static void check_acr_factor(void)
{
	struct bench b = begin(&lt_method_acr, BATCH, OTHER_BATCH);
	double *number = b.l->number, want;

	check_near(number[T], 2, 0);
	check_near(number[SHARES], 0.25, 0);
	b.l->method->renew(b.l);
	check_near(number[T], 2, 0); /* no step, no change */
	number[STEPS] = 2;
	number[SUMS] = 0.4;
	number[SUMS + 1] = 1;
	number[SUMS + 2] = 3;
	want = 2 * exp(0.2) / (exp(0.2) + exp(0.5) + exp(1.5));
	b.l->method->renew(b.l);
	check_near(number[T], want, 1e-14);
	check_named(number[STEPS] == 0 && number[SUMS] == 0 && number[SUMS + 2] == 0,
		    "acr: sums begin again");
	b.l->method->offset(b.l, NULL);
	for (int c = 0; c < CLASSES; c++) {
		double log_pi = log((double)counts[c] / GIVEN);

		check_near(b.l->offset[LT_MATCH_GIVEN].outputs[c], 0, 0);
		check_near(b.l->offset[LT_MATCH_GUESSED].target[c], -want * log_pi, 1e-13);
		check_near(b.l->offset[SECOND_GIVEN].outputs[c], 2 * log_pi, 1e-13);
		check_near(b.l->offset[SECOND_GUESSED].target[c], -2 * log_pi, 1e-13);
		check_near(b.l->offset[SECOND_GUESSED].outputs[c], 0, 0);
	}
	finish(&b);
}

static double symmetric(const double *p, const double *q)
{
	double sum = 0;

	for (int c = 0; c < CLASSES; c++)
		sum += (p[c] * log(p[c] / q[c]) + q[c] * log(q[c] / p[c])) / 2;
	return sum;
}

static int by_raw[2], by_target[2]; /* rows of a head that count by one of two probabilities */

/* Which rows count, and the targets of both heads, which are of the first head's outputs. */
static void check_acr_rows(const struct lt_learner *l, double threshold, double *shares)
{
	const double *z[2] = {l->outputs[0][FC] + l->begin[0][1] * CLASSES,
			      l->outputs[0][SECOND] + l->begin[0][1] * CLASSES};
	const double none[CLASSES] = {0};
	int sure = 0;
	double p[CLASSES], worst = 0;

	for (int i = 0; i < OTHER_BATCH; i++, z[FC] += CLASSES, z[SECOND] += CLASSES) {
		for (int h = 0; h < 2; h++) {
			int t = h == FC ? LT_MATCH_GUESSED : SECOND_GUESSED;
			int best = lt_arg_max(z[h], CLASSES), label;
			const struct lt_target *target = &l->guess[t].target;
			bool raw, adjusted;

			softmax(z[h], none, p);
			raw = p[best] >= threshold;
			shares[best] += h == SECOND && raw;
			sure += h == SECOND && raw;
			softmax(z[FC], l->offset[t].target, p);
			label = lt_arg_max(p, CLASSES);
			adjusted = p[label] >= threshold;
			for (int c = 0; c < CLASSES; c++)
				worst = fmax(worst, fabs(p[c] - target->p[i * CLASSES + c]));
			check_int(target->label[i], label);
			check_near(target->weight[i], raw || adjusted, 0);
			by_raw[h] += raw && !adjusted;
			by_target[h] += adjusted && !raw;
		}
	}
	kit_check_error(worst, 1e-14, "acr: targets are of the first head");
	check_named(sure > 2, "acr: some rows are sure");
	for (int c = 0; c < CLASSES; c++)
		shares[c] /= sure;
}

/* Networks whose heads are surer than initial ones, and of different classes. */
static void sharpen(struct lt_network *net, double factor)
{
	const struct lt_graph *g = lt_network_graph(net);

	for (int h = 0; h < g->n_heads; h++)
		for (int i = 0; i < g->features * CLASSES; i++)
			lt_network_params(net)[g->head[h].at[0] + (size_t)i] *= factor;
}

/*
 * P are shares of rows: published code assigns by index, so that a class counts once however
 * many rows it has.  The reversed anchor goes by sizes, not by the numbers of classes.
 */
static void check_acr_step(double factor, double threshold)
{
	static const uint64_t rows[CLASSES] = {4, 10, 6, 8};
	struct bench b = begin_counted(&lt_method_acr, rows);
	struct lt_learner *l = b.l;
	const double pi[CLASSES] = {4 / 28., 10 / 28., 6 / 28., 8 / 28.};
	const double equal[CLASSES] = {0.25, 0.25, 0.25, 0.25};
	const double reversed[CLASSES] = {10 / 28., 4 / 28., 8 / 28., 6 / 28.};
	double shares[CLASSES] = {0}, p[CLASSES], worst = 0;

	sharpen(b.net, factor);
	l->guess[LT_MATCH_GUESSED].mask.threshold = threshold;
	l->guess[SECOND_GUESSED].mask.threshold = threshold;
	l->progress = 0.005;
	learn_step(l);
	check_named(l->number[STEPS] == 0 && l->number[SHARES] == 0.25,
		    "acr: no estimate at first");
	l->progress = 0.5;
	learn_step(l);
	check_acr_rows(l, threshold, shares);
	for (int c = 0; c < CLASSES; c++) {
		p[c] = 0.9 * 0.25 + 0.1 * shares[c];
		worst = fmax(worst, fabs(l->number[SHARES + c] - p[c]));
	}
	kit_check_error(worst, 1e-14, "acr: P moves to the shares of sure rows");
	check_near(l->number[STEPS], 1, 0);
	worst = fabs(l->number[SUMS] - symmetric(p, pi));
	worst = fmax(worst, fabs(l->number[SUMS + 1] - symmetric(p, equal)));
	worst = fmax(worst, fabs(l->number[SUMS + 2] - symmetric(p, reversed)));
	kit_check_error(worst, 1e-9, "acr: distances from the three anchors");
	finish(&b);
}

/* A class without labelled rows has no adjustment, not an infinite one. */
static void check_acr_empty(void)
{
	static const uint64_t none[CLASSES] = {5, 0, 4, 2};
	struct bench b = begin_counted(&lt_method_acr, none);

	b.l->method->offset(b.l, NULL);
	check_near(b.l->offset[SECOND_GUESSED].target[1], 0, 0);
	check_near(b.l->offset[SECOND_GUESSED].target[2], -2 * log(4 / 11.), 1e-14);
	finish(&b);
}

int main(void)
{
	if (lt_pool_new(&pool, 2, NULL) != 0)
		return 1;
	make_rows();
	check_step(&lt_method_abc);
	check_step(&lt_method_acr);
	check_heads();
	for (double progress = 0; progress <= 1; progress += 0.5)
		check_abc_shares(progress);
	check_abc();
	check_acr_factor();
	for (double threshold = 0.5; threshold < 0.75; threshold += 0.1) {
		check_acr_step(4, threshold);
		check_acr_step(8, threshold);
	}
	check_named(by_raw[FC] > 0 && by_raw[SECOND] > 0, "acr: some count without adjustment");
	check_named(by_target[FC] > 0 && by_target[SECOND] > 0, "acr: and some with it");
	check_acr_empty();
	lt_pool_free(pool);
	return check_done();
}
