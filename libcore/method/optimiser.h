/*
 * How the weights of a network move: the optimiser, and the average of the weights over steps.
 * A run (run.h) has both, and calls each in one place.
 *
 * g is the gradient and w the weight of a parameter; decay is 0 for parameters that do not
 * decay; m and v start as 0; t = 1, 2, … is the step.
 *
 *	sgd    g' = g + decay w;  m = momentum m + g';  w -= rate m
 *	       with Nesterov's momentum (Sutskever et al., ICML 2013, as PyTorch writes it),
 *	       w -= rate (g' + momentum m)
 *	adamw  w -= rate decay w;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g²
 *	       w -= rate (m / (1 - b1^t)) / (√(v / (1 - b2^t)) + 1e-8)
 *	       with b1 0.9 and b2 0.999 (Loshchilov and Hutter, ICLR 2019; PyTorch's, whose
 *	       decay is multiplied by the rate)
 */
#ifndef LT_METHOD_OPTIMISER_H
#define LT_METHOD_OPTIMISER_H

#include "net/model.h"

enum lt_optimiser_kind { LT_SGD, LT_ADAMW };
extern const char *const lt_optimiser_names[]; /* for the option table, ending with NULL */

/* The parameters that decay. */
enum lt_decayed {
	LT_DECAY_ALL,
	LT_DECAY_WEIGHTS, /* of convolutions and of the head: no gain and no bias */
};
extern const char *const lt_decayed_names[];

struct lt_optimiser_settings {
	enum lt_optimiser_kind kind;
	double momentum; /* sgd */
	bool nesterov;	 /* sgd */
	double decay;
	enum lt_decayed decayed;
};

struct lt_optimiser {
	struct lt_optimiser_settings settings;
	struct lt_network *net; /* learns; has m */
	lt_real *square;	/* adamw: v */
};

int lt_optimiser_init(struct lt_optimiser *optimiser,
		      const struct lt_optimiser_settings *settings, struct lt_network *net,
		      struct lt_error *err);
void lt_optimiser_free(struct lt_optimiser *optimiser);

/* Moves the weights once, by the gradients of the network; step: of the run, from 0. */
void lt_optimiser_step(const struct lt_optimiser *optimiser, double rate, int64_t step);

/* Its state in checkpoints: tensors opt.*. */
int lt_optimiser_save(const struct lt_optimiser *optimiser, struct lt_writer *writer,
		      struct lt_error *err);
int lt_optimiser_load(const struct lt_optimiser *optimiser, const struct lt_model *model,
		      struct lt_error *err);

/*
 * The average of a network's weights:  average = k average + (1 - k) network, once a step.  It
 * starts as a copy.
 */
struct lt_average {
	struct lt_network *net; /* the average, of the same graph, not trained; NULL: none */
	double decay;		/* k, unless young */
	/*
	 * k = min((1 + t) / (10 + t), decay) in step t = 1, 2, … of the run, as in TensorFlow's
	 * ExponentialMovingAverage with num_updates.  Early in a run it averages over the last
	 * ninth of the steps, so untrained weights are soon forgotten.  Tarvainen & Valpola's
	 * min(1 - 1 / (t + 1), decay) is the mean of all weights for the first 1 / (1 - decay)
	 * steps, which is most of a short run.
	 */
	bool young;
	bool before; /* moves before the step's passes, as MoCo's; else after the optimiser */
	/*
	 * Also averages the running statistics of batch norm: for an average that makes no
	 * passes of its own in LT_TRAIN, from which it would have them.
	 */
	bool statistics;
};

/* Copies the network to the average, if there is one. */
void lt_average_begin(const struct lt_average *average, struct lt_network *of);
/* step: of the run, from 0. */
void lt_average_step(const struct lt_average *average, struct lt_network *of, int64_t step);
/* k for a step, counted from 0. */
double lt_average_keep(const struct lt_average *average, int64_t step);

/* Copies weights and running statistics to a network of the same graph. */
void lt_weights_copy(struct lt_network *to, struct lt_network *from);

/* Its tensors in checkpoints are ema.*. */
int lt_average_save(const struct lt_average *average, struct lt_writer *writer,
		    struct lt_error *err);
int lt_average_load(const struct lt_average *average, const struct lt_model *model,
		    struct lt_error *err);

#endif
