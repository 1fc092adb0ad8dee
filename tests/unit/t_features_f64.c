/*
 * Methods that work on features, in double: that a step's gradients are those of its objective,
 * with targets and features of the average held fixed, by central differences; what each method
 * keeps, draws and blends against numbers computed by hand; and mistakes of published code,
 * which must not be made here.
 */
#include "method_kit.h"

static const double none[CLASSES];

/* Labelled rows of each class, not in the order of the classes. */
static const uint64_t steep[CLASSES] = {4, 40, 8, 20};

/* Of a cross-entropy with a label. */
static double cross(const double *z, int y)
{
	double p[CLASSES];

	return softmax(z, none, p) - z[y];
}

/* Another average than the network that learns: all its weights are moved. */
static void move_average(struct bench *b)
{
	const struct lt_graph *g = lt_network_graph(b->average);
	struct lt_draws draws = lt_draws_at(9, LT_FOR_SYNTH, 0, 0, 0);

	for (size_t i = 0; i < g->params; i++)
		lt_network_params(b->average)[i] += 0.2 * lt_draw_normal(&draws);
}

/* Images of a pass of the network that learns, and the pseudo-labels' part of its value. */
static void hold(struct fixed *f, const struct bench *b, int pass, const lt_real *images)
{
	f->l = b->l;
	memcpy(f->images[0], images,
	       (size_t)b->l->begin[pass][b->l->method->pass[pass].parts] * PLANE *
		       sizeof(double));
}

/* The terms on labels and on pseudo-labels of pass 1, from its outputs. */
static double value_of_match(const struct lt_learner *l, const double *z)
{
	const struct lt_target *target = &l->guess[1].target;
	const struct lt_span *strong = &l->method->term[1].of;
	int n = strong->parts * target->n;
	double sum = 0, term = 0;

	for (int i = 0; i < BATCH; i++)
		sum += cross(z + i * CLASSES, kit_label[given_rows[i]]) / BATCH;
	z += l->begin[1][strong->first] * CLASSES;
	for (int i = 0; i < n; i++)
		term += target->weight[i % target->n] / n *
			cross(z + i * CLASSES, target->label[i % target->n]);
	return sum + WEIGHT * term;
}

/* ---------------------------------------------------------------------------- daso */

enum { STEPS, KNOWN, H, CURRENT = H + CLASSES, KEPT = CURRENT + CLASSES };
enum { NEXT = KEPT + CLASSES, FIRST = NEXT + CLASSES, QUEUE = 256, WIDTH = 16 };

static double prototype[CLASSES][WIDTH];

/* Means of what is kept, with loops of this test's own. */
static void know_prototypes(const struct lt_learner *l)
{
	for (int c = 0; c < CLASSES; c++)
		for (int j = 0; j < WIDTH; j++) {
			int n = (int)l->number[KEPT + c];

			prototype[c][j] = 0;
			for (int i = 0; i < n; i++)
				prototype[c][j] +=
					l->number[FIRST + (c * QUEUE + i) * WIDTH + j] / n;
		}
}

static double product(const double *a, const double *b)
{
	double sum = 0;

	for (int j = 0; j < WIDTH; j++)
		sum += a[j] * b[j];
	return sum;
}

/* z_c = cos(f, c_c) / temperature; classes without features have none. */
static void similarities(const struct lt_learner *l, const double *f, double *z)
{
	for (int c = 0; c < CLASSES; c++)
		z[c] = l->number[KEPT + c] == 0
			       ? -INFINITY
			       : product(f, prototype[c]) /
					 sqrt(product(f, f) *
					      product(prototype[c], prototype[c])) /
					 TEMPERATURE;
}

/* u of a class, from shares of labels. */
static double blend_of(const double *h, int c)
{
	double most = fmax(fmax(h[0], h[1]), fmax(h[2], h[3]));

	return pow(h[c] / most, 1 / BLEND_ROOT);
}

static double value_of_daso(struct lt_network *net, const struct fixed *f)
{
	const struct lt_learner *l = f->l;
	const int *begin = l->begin[1];
	const double *z = outputs_of(net, f->images[0], begin[3]);
	const double *strong = lt_network_outputs(net, 1) + begin[2] * WIDTH;
	double sum = value_of_match(l, z), s[CLASSES], p[CLASSES];

	for (int i = 0; i < OTHER_BATCH; i++, strong += WIDTH) {
		double log_sum;

		similarities(l, strong, s);
		log_sum = softmax(s, none, p);
		for (int c = 0; c < CLASSES; c++)
			if (l->number[KEPT + c] > 0)
				sum += f->target[i * CLASSES + c] * (log_sum - s[c]) /
				       OTHER_BATCH;
	}
	return sum;
}

/* Rows of these classes alone in a step's labelled rows; given_rows if NULL. */
static void set_given(struct bench *b, const uint32_t *rows)
{
	set_rows(b, OTHER_BATCH, true);
	if (rows)
		b->l->batch[LT_GIVEN].row = rows;
}

/* p' and q of each weak view, from what the step computed and l->number had before it. */
static void check_blend(const struct lt_learner *l, const double *h, double *q,
			const char *name)
{
	const struct lt_target *target = &l->guess[1].target;
	const double *z = l->outputs[1][0] + l->begin[1][1] * CLASSES;
	const double *f = l->outputs[1][1] + l->begin[1][1] * WIDTH;
	double worst = 0, p[CLASSES], s[CLASSES];
	int moved = 0;

	know_prototypes(l);
	for (int i = 0; i < OTHER_BATCH; i++, z += CLASSES, f += WIDTH, q += CLASSES) {
		int k, label = 0;
		double u;

		softmax(z, none, p);
		k = lt_arg_max(p, CLASSES);
		u = h ? blend_of(h, k) : 0;
		similarities(l, f, s);
		softmax(s, none, q);
		for (int c = 0; c < CLASSES; c++) {
			p[c] = (1 - u) * p[c] + u * q[c];
			worst = fmax(worst, fabs(p[c] - target->p[i * CLASSES + c]));
			label = p[c] > p[label] ? c : label;
		}
		check_int(target->label[i], label);
		check_near(target->weight[i], p[label] >= THRESHOLD, 0);
		moved += label != k;
	}
	kit_check_error(worst, 1e-12, name);
	printf("# %d labels are others than the classifier's\n", moved);
}

static void check_daso_step(void)
{
	struct bench b = begin(&lt_method_daso, BATCH, OTHER_BATCH);
	static struct fixed f = {.value = value_of_daso};
	const double h[CLASSES] = {8, 1, 0, 4};
	double value;

	set_given(&b, NULL);
	check_int(b.l->width[1], WIDTH);
	move_average(&b);
	learn_step(b.l);
	b.l->number[KNOWN] = 1;
	memcpy(b.l->number + H, h, sizeof h);
	b.l->progress = 0.6;
	value = learn_step(b.l);
	check_blend(b.l, h, f.target, "daso: p' is blended by the shares of labels");
	hold(&f, &b, 1, lt_network_input(b.net));
	check_named(b.l->sum[2].value > 0, "daso: there is an alignment");
	check_gradients(&b, &f, value, "daso");
	finish(&b);
}

/* Until 2 % of the run, it is FixMatch, but features and labels are kept. */
static void check_daso_start(void)
{
	struct bench b = begin(&lt_method_daso, BATCH, OTHER_BATCH);
	double q[OTHER_BATCH * CLASSES], before[CLASSES], rows = 0;

	set_given(&b, NULL);
	b.l->progress = 0.019;
	learn_step(b.l);
	check_blend(b.l, NULL, q, "daso: p' is p(w) at first");
	check_near(b.l->sum[2].value, 0, 0);
	for (int c = 0; c < CLASSES; c++)
		rows += before[c] = b.l->number[CURRENT + c];
	check_near(rows, OTHER_BATCH, 0);
	check_near(b.l->number[STEPS], 1, 0);
	b.l->progress = 0.02;
	learn_step(b.l);
	check_blend(b.l, before, q, "daso: the first hundred steps count so far");
	finish(&b);
}

/* Labels of a hundred steps are h of the next ones. */
static void check_daso_labels(void)
{
	struct bench b = begin(&lt_method_daso, BATCH, OTHER_BATCH);
	const double current[CLASSES] = {70, 20, 9, 1};
	double *number = b.l->number, rows = 0, want[CLASSES];

	set_given(&b, NULL);
	b.l->progress = 0.5;
	number[STEPS] = 99;
	memcpy(number + CURRENT, current, sizeof current);
	learn_step(b.l);
	memcpy(want, current, sizeof want);
	for (int i = 0; i < OTHER_BATCH; i++)
		want[b.l->guess[1].target.label[i]]++;
	for (int c = 0; c < CLASSES; c++) {
		check_near(number[H + c], want[c], 0);
		rows += number[CURRENT + c];
	}
	check_named(number[KNOWN] == 1 && number[STEPS] == 0 && rows == 0,
		    "daso: the count begins again after a hundred steps");
	finish(&b);
}

/* The newest 256 features of each class, by the average, of this batch's statistics. */
static void check_daso_queue(void)
{
	struct bench b = begin(&lt_method_daso, BATCH, OTHER_BATCH);
	const double *queue = b.l->number + FIRST, *f;
	static double state[1024];
	size_t size = lt_network_graph(b.net)->state * sizeof(double);
	double worst = 0;

	set_given(&b, NULL);
	move_average(&b);
	check(size <= sizeof state);
	memcpy(state, lt_network_state(b.average), size);
	/* Of the step's rows, two or three each are of class 1 and of class 2. */
	for (int step = 0; step < 86; step++) {
		b.l->batch[LT_GIVEN].slot = (uint32_t)(step * BATCH);
		learn_step(b.l);
	}
	check_near(b.l->number[KEPT], 86, 0);
	check_near(b.l->number[NEXT], 86, 0);
	check_near(b.l->number[KEPT + 1], QUEUE, 0);
	check_near(b.l->number[NEXT + 1], 3 * 86 - QUEUE, 0);
	f = lt_network_outputs(b.average, 1);
	/* Row 4 of the batch, of class 1, is the last but one of it. */
	check_int(kit_label[given_rows[4]], 1);
	check_int(kit_label[given_rows[5]], 1);
	for (int j = 0; j < WIDTH; j++) {
		worst = fmax(worst, fabs(queue[QUEUE * WIDTH + j] - f[4 * WIDTH + j]));
		worst = fmax(worst, fabs(queue[(QUEUE + 1) * WIDTH + j] - f[5 * WIDTH + j]));
		/* Class 0 has one row, the batch's third. */
		worst = fmax(worst, fabs(queue[85 * WIDTH + j] - f[2 * WIDTH + j]));
	}
	check_named(worst == 0, "daso: the newest features are in place of the oldest");
	worst = 0;
	for (int j = 0; j < WIDTH; j++)
		worst = fmax(worst, fabs(f[j] - b.l->outputs[1][1][j]));
	check_named(worst > 0.01, "daso: they are the average's");
	check_named(memcmp(state, lt_network_state(b.average), size) == 0,
		    "daso: its running statistics are not those of its passes");
	finish(&b);
}

/*
 * A class that has had no row has no share of q.  Published code has a prototype of 0 then,
 * whose cosine, 0, is the largest where the others are negative.
 */
static void check_daso_absent(void)
{
	static const uint32_t rows[BATCH] = {1, 5, 9, 2, 6, 10, 1, 2}; /* classes 1 and 2 */
	struct bench b = begin(&lt_method_daso, BATCH, OTHER_BATCH);
	const double h[CLASSES] = {1, 1, 1, 1};
	double q[OTHER_BATCH * CLASSES], most = 0, value;

	set_given(&b, rows);
	b.l->number[KNOWN] = 1;
	memcpy(b.l->number + H, h, sizeof h);
	b.l->progress = 0.5;
	value = learn_step(b.l);
	check_blend(b.l, h, q, "daso: p' without two prototypes");
	for (int i = 0; i < OTHER_BATCH; i++)
		most = fmax(most, fmax(b.l->guess[1].target.p[i * CLASSES],
				       b.l->guess[1].target.p[i * CLASSES + 3]));
	check_named(most == 0 && isfinite(value), "daso: classes without rows have no share");
	finish(&b);
}

/* More numbers than a tensor of a checkpoint can have are refused before they are allocated. */
static void check_daso_limit(void)
{
	struct lt_learner l = {
		.method = &lt_method_daso, .classes = 10000, .width = {10000, 2048}};
	struct lt_error err = {0, ""};

	check_int(lt_learner_new_numbers(&l, &err), LT_DATA);
	check(strncmp(err.text, "--method daso keeps 5242", 24) == 0);
	check(l.numbers == NULL);
}

/* --------------------------------------------------------------------------- cossl */

enum { FC, COSSL, FEATURES };
enum { TEACHER, STUDENT, BLENDED };

static double given[BATCH * WIDTH]; /* the features of the last pass */
static int drawn_label[BATCH];

static double value_of_cossl(struct lt_network *net, const struct fixed *f)
{
	const struct lt_learner *l = f->l;
	double sum = value_of_match(l, outputs_of(net, f->images[0], l->begin[STUDENT][4]));

	memcpy(lt_network_given_features(net), given, sizeof given);
	lt_network_forward_heads(net, BATCH);
	for (int i = 0; i < BATCH; i++)
		sum += cross(lt_network_outputs(net, COSSL) + i * CLASSES, drawn_label[i]) /
		       BATCH;
	return sum;
}

static void set_drawn(struct bench *b)
{
	set_rows(b, OTHER_BATCH, true);
	b->l->batch[LT_BALANCED] =
		(struct lt_batch){.n = BATCH,
				  .row = b->l->set[LT_BALANCED].order + BATCH,
				  .slot = BATCH,
				  .epoch = 1};
	lt_learner_place(b->l);
}

/*
 * Targets, from the turn on: the second head of the average, over the average's features in
 * evaluation mode.  Published code has the plain head's.
 */
static void check_cossl_targets(double progress, int pass, int head, const char *name)
{
	struct bench b = begin(&lt_method_cossl, BATCH, OTHER_BATCH);
	struct lt_learner *l = b.l;
	double worst = 0, p[CLASSES], none_there = 0;
	const double *z;

	set_drawn(&b);
	move_average(&b);
	l->progress = progress;
	learn_step(l);
	z = l->outputs[pass][head] + l->begin[pass][1] * CLASSES;
	for (int i = 0; i < OTHER_BATCH; i++) {
		softmax(z + i * CLASSES, none, p);
		for (int c = 0; c < CLASSES; c++)
			worst = fmax(worst, fabs(p[c] - l->guess[1].target.p[i * CLASSES + c]));
	}
	kit_check_error(worst, 1e-14, name);
	for (int i = 0; i < l->begin[TEACHER][2] * CLASSES; i++)
		none_there = fmax(none_there, fabs(l->outputs[TEACHER][COSSL][i]));
	check_named((none_there == 0) == (progress < 0.78),
		    "cossl: the average sees nothing before the head begins");
	check_near(l->sum[2].steps, progress < 0.78 ? 0 : 1, 0);
	if (pass == TEACHER) {
		/* The same by a pass of this test's own. */
		worst = 0;
		lt_network_forward(b.average, l->begin[TEACHER][2], 1, LT_EVAL, NULL);
		for (int i = 0; i < l->begin[TEACHER][2] * CLASSES; i++)
			worst = fmax(worst, fabs(lt_network_outputs(b.average, head)[i] -
						 l->outputs[pass][head][i]));
		check_named(worst == 0, "cossl: of the average, with running statistics");
	}
	finish(&b);
}

static void check_cossl_step(void)
{
	struct bench b = begin(&lt_method_cossl, BATCH, OTHER_BATCH);
	static struct fixed f = {.value = value_of_cossl};
	const double *fc, *own;
	double value, kept = 0;
	bool any = false, other = false;

	set_drawn(&b);
	move_average(&b);
	b.l->progress = 0.9;
	value = learn_step(b.l);
	memcpy(given, lt_network_features(b.net), sizeof given);
	for (int i = 0; i < BATCH; i++)
		drawn_label[i] = kit_label[b.l->batch[LT_BALANCED].row[i]];
	for (int i = 0; i < OTHER_BATCH; i++)
		kept += b.l->guess[1].target.weight[i];
	check_named(kept > 0, "cossl: some rows count");
	hold(&f, &b, STUDENT, lt_network_input(b.net));
	check_gradients(&b, &f, value, "cossl");
	/* The balanced rows move their head alone. */
	own = lt_learner_grad(b.l, &b.l->method->term[2].of);
	lt_learner_pass(b.l, BLENDED, NULL);
	memset(b.l->grad[FC], 0, BATCH * CLASSES * sizeof(double));
	memset(b.l->grad[COSSL], 0, BATCH * CLASSES * sizeof(double));
	lt_learner_term(b.l, &b.l->method->term[2], 1);
	fc = b.l->grad[FC];
	for (int i = 0; i < BATCH * CLASSES; i++) {
		any = any || own[i] != 0;
		other = other || fc[i] != 0;
	}
	check_named(any && !other, "cossl: balanced rows are the second head's");
	finish(&b);
}

/*
 * Features of class c are blended with probability (n_max - n_c) / n_max, with those of an
 * unlabelled row and a share of 0.6 to 1 of their own.  Published code looks the probability
 * up at the place of the largest element of an integer label, which is always class 0's.
 */
static void check_cossl_blend(void)
{
	enum { MANY = 500 };
	struct bench b = begin(&lt_method_cossl, BATCH, OTHER_BATCH);
	struct lt_learner *l = b.l;
	double blended[CLASSES] = {0}, rows[CLASSES] = {0}, sum = 0, least = 1, worst = 0;
	double *seen = l->outputs[TEACHER][FEATURES];
	int n = 0;

	l->method->end(l);
	l->config.loss_counts = steep;
	check(l->method->begin(l, NULL) == 0);
	set_drawn(&b);
	/* A drawn row's features are 1; those of unlabelled row i are 2 + i. */
	for (int i = 0; i < BATCH + OTHER_BATCH; i++)
		for (int j = 0; j < WIDTH; j++)
			seen[i * WIDTH + j] = i < BATCH ? 1 : 2 + i - BATCH;
	for (int k = 0; k < MANY; k++) {
		l->batch[LT_BALANCED].slot = (uint32_t)(k * BATCH);
		l->method->pass[BLENDED].fill(l, NULL);
		for (int i = 0; i < BATCH; i++) {
			const double *f = lt_network_given_features(b.net) + i * WIDTH;
			int y = kit_label[l->batch[LT_BALANCED].row[i]];
			double own = 1 - (f[0] - 1) / (1 + i);

			rows[y]++;
			for (int j = 1; j < WIDTH; j++)
				worst = fmax(worst, fabs(f[j] - f[0]));
			if (f[0] == 1)
				continue;
			blended[y]++;
			sum += own;
			least = fmin(least, own);
			worst = fmax(worst, own - 1);
			n++;
		}
	}
	for (int c = 0; c < CLASSES; c++) {
		double p = (40 - (double)steep[c]) / 40;
		char text[80];

		snprintf(text, sizeof text, "cossl: class %d is blended as its count says", c);
		check(rows[c] > 100);
		kit_check_error(fabs(blended[c] / rows[c] - p),
				4 * sqrt(p * (1 - p) / rows[c]) + 1e-9, text);
	}
	kit_check_error(worst, 1e-12, "cossl: one share for all features of a row, at most 1");
	check_named(least >= 0.6 - 1e-12 && least < 0.61, "cossl: at least 0.6");
	kit_check_error(fabs(sum / n - 0.8), 4 * 0.4 / sqrt(12.0 * n), "cossl: 0.8 on average");
	finish(&b);
}

/* Drawn rows fill each step, and all classes are equally likely. */
static void check_cossl_draws(void)
{
	static const uint64_t rare[CLASSES] = {1, 8, 1, 1};
	enum { EPOCHS = 100 };
	struct bench b = begin(&lt_method_cossl, BATCH, OTHER_BATCH);
	struct lt_learner *l = b.l;
	double rows[CLASSES] = {0}, n = 0;
	bool same = true;
	int32_t was[GIVEN];

	memcpy(was, kit_label, sizeof was);
	for (int i = 0; i < GIVEN; i++)
		kit_label[i] = i < 8 ? 1 : i == 8 ? 0 : i - 7;
	l->config.loss_counts = rare;
	check_int((long long)l->set[LT_BALANCED].places, 3 * BATCH);
	for (int epoch = 1; epoch <= EPOCHS; epoch++) {
		int steps;

		check(l->task.plan(l, epoch, &steps, NULL) == 0);
		for (int i = 0; i < 3 * BATCH; i++, n++) {
			rows[kit_label[l->set[LT_BALANCED].order[i]]]++;
			same = same && l->set[LT_BALANCED].order[i] < GIVEN;
		}
	}
	check_named(same, "cossl: labelled rows are drawn");
	for (int c = 0; c < CLASSES; c++)
		kit_check_error(fabs(rows[c] / n - 0.25), 4 * sqrt(0.25 * 0.75 / n),
				"cossl: as many of each class");
	memcpy(kit_label, was, sizeof was);
	finish(&b);
}

/* A model of before the turn predicts by the classifier. */
static void check_cossl_model(void)
{
	for (int late = 0; late < 2; late++) {
		struct bench b = begin(&lt_method_cossl, BATCH, OTHER_BATCH);
		const struct lt_graph *g = lt_network_graph(b.net);
		const double *w = lt_network_params(b.net);
		bool same = true;
		int epoch;

		check_int(g->predicts, COSSL);
		move_average(&b);
		/* The last of 6 steps is after 0.83 of the run, that of 3 after 0.67. */
		b.l->config.total = late ? 6 : 3;
		check_int(lt_learner_take(b.l, &epoch, NULL), 0);
		check_int(epoch, 2);
		for (int i = 0; i < 2; i++)
			same = same && memcmp(w + g->head[FC].at[i], w + g->head[COSSL].at[i],
					      CLASSES * sizeof *w) == 0;
		check_named(same == !late, late ? "cossl: then by its own"
						: "cossl: at first the classifier predicts");
		same = memcmp(w + g->head[FC].at[0],
			      lt_network_params(b.average) + g->head[FC].at[0],
			      CLASSES * WIDTH * sizeof *w) == 0;
		check_named(same, "cossl: which stays");
		finish(&b);
	}
}

int main(void)
{
	if (lt_pool_new(&pool, 2, NULL) != 0)
		return 1;
	make_rows();
	check_daso_step();
	check_daso_start();
	check_daso_labels();
	check_daso_queue();
	check_daso_absent();
	check_daso_limit();
	check_cossl_step();
	check_cossl_targets(0.5, STUDENT, FC, "cossl: the classifier's pseudo-labels at first");
	check_cossl_targets(0.79, STUDENT, FC, "cossl: and while the head begins");
	check_cossl_targets(0.8, TEACHER, COSSL, "cossl: then the balanced head's");
	check_cossl_blend();
	check_cossl_draws();
	check_cossl_model();
	lt_pool_free(pool);
	return check_done();
}
