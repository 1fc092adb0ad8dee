/*
 * How the weights of a network move: the optimiser, and the average of the weights over steps.
 * A run (run.h) has both, and calls each in one place.
 *
 * g is the gradient and w the weight of a parameter; decay is 0 for parameters that do not
 * decay.
 *
 *	sgd   g' = g + decay w;  m = momentum m + g';  w -= rate m
 *	      (PyTorch's; with Nesterov's momentum, w -= rate (g' + momentum m))
 */
#ifndef LT_METHOD_OPTIMISER_H
#define LT_METHOD_OPTIMISER_H

#include "net/model.h"

struct lt_optimiser_settings {
	double momentum, decay;
};

struct lt_optimiser {
	struct lt_optimiser_settings settings;
	struct lt_network *net; /* learns; has m */
};

/* Moves the weights once, by the gradients of the network. */
void lt_optimiser_step(const struct lt_optimiser *optimiser, double rate);

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
