/* Our side of the benchmarks of whole steps: a server for each thing that is measured. */
#ifndef LT_TESTS_OURS_H
#define LT_TESTS_OURS_H

#include "kernel/kernel.h"

/*
 * train      forward, cross-entropy, backward and SGD (momentum 0.9, decay 2e-4)
 *            on one batch of numbers
 * rotation   the same with a 4-way head, by lt_rotation: the batch is
 *            made from the bytes of a table and turned in every step
 * moco       lt_moco_new: average of the momentum encoder, its forward pass,
 *            the query's, the product with a queue of 4,096 keys of 128 numbers
 *            and its way back, backward and SGD; an MLP head; temperature 0.2,
 *            momentum 0.999, batch norm unsplit.  Both views are the table's
 *            bytes, turned into numbers and not augmented
 * fixmatch   lt_learner_new with method fixmatch: batch labelled rows and twice as
 *            many unlabelled ones, these in two views, as one batch of the network;
 *            both losses, backward, SGD with Nesterov's momentum, and the average
 *            of the weights (0.999).  Views are the table's bytes, turned into
 *            numbers and not augmented
 * infer      a forward pass of a network that does not learn
 * calibrate  multiply-adds on all threads; answers GF/s
 */
enum bench_task {
	BENCH_TRAIN,
	BENCH_ROTATION,
	BENCH_MOCO,
	BENCH_FIXMATCH,
	BENCH_INFER,
	BENCH_CALIBRATE,
};

enum { BENCH_QUEUE = 4096, BENCH_DIM = 128, BENCH_THREADS = 256 /* at most */ };
/* FixMatch: unlabelled rows for each labelled one, and images of both. */
enum { BENCH_MU = 2, BENCH_VIEWS = 1 + 2 * BENCH_MU };

struct bench_work {
	enum bench_task task;
	const char *arch;
	int side, classes, batch, threads;
	enum lt_precision precision;
};

/* For server_start; arg is a struct bench_work. */
void ours_serve(const void *arg);

/* Prints a profile of some seconds of steps (profile.h).  For a process that then ends. */
void ours_profile(const struct bench_work *work);

/*
 * Nominal floating-point operations of a step (two for each multiply-add of a convolution
 * or a linear layer, for any algorithm).  A backward pass counts as two forward passes;
 * batch norm, pooling and losses are not counted.
 */
double bench_operations(const struct bench_work *work);

#endif
