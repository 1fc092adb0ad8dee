/*
 * A training run: epochs and steps, learning rate, optimiser, average, notes, log, checkpoints
 * and resuming, shared by all that learns.  What is learnt is a struct lt_task.
 *
 * All random draws are functions of (seed, epoch, slot), so the state of a run consists of
 * weights, momentum, running statistics, the task's own state, the epoch, the step within it
 * and the sums of its meter.  A checkpoint holds exactly this, as a model stream that other
 * programs can read too.  A run that is interrupted anywhere and resumed gives the same bytes.
 */
#ifndef LT_METHOD_RUN_H
#define LT_METHOD_RUN_H

#include "method/optimiser.h"
#include "net/model.h"
#include "net/schedule.h"

/* Sums over the steps of an epoch. */
struct lt_meter {
	double loss;	/* Σ rows × the batch's loss */
	double correct; /* rows that were predicted correctly (pretext or class) */
	double rows;
};

/* A step. */
struct lt_step {
	int epoch, step;       /* epochs from 1; steps of the epoch from 0 */
	int64_t number, total; /* of the run: from 0, and how many there are */
	double rate;
};

#define LT_MAX_REPORT 8

struct lt_task {
	void *self;
	const char *accuracy; /* what meter.correct counts: the name in notes and log */
	/* Draws the order of an epoch and sets *steps to its number of steps. */
	int (*plan)(void *self, int epoch, int *steps, struct lt_error *err);
	/*
	 * Computes the gradients of a step in the network, and adds to the meter.  The run
	 * then moves the weights.
	 */
	int (*learn)(void *self, const struct lt_step *step, struct lt_meter *meter,
		     struct lt_error *err);
	/* Reports more figures at the end of an epoch, up to LT_MAX_REPORT; can be NULL. */
	int (*report)(void *self, int epoch, struct lt_note_item *item, int *n,
		      struct lt_error *err);
	/*
	 * Save and load the task's own state, as tensors named queue. rng. or best.; can be
	 * NULL.
	 */
	int (*save)(void *self, struct lt_writer *writer, struct lt_error *err);
	int (*load)(void *self, const struct lt_model *model, struct lt_error *err);
	/* The average of weights that the run keeps for the task; net NULL: none. */
	struct lt_average average;
};

/* Performs a step: learns, and moves the weights and their average. */
int lt_task_step(const struct lt_task *task, const struct lt_optimiser *optimiser,
		 const struct lt_step *step, struct lt_meter *meter, struct lt_error *err);

/* The progress of a run, for the user. */
struct lt_run_at {
	int epoch, epochs;
	int step, steps;	      /* of the epoch */
	int64_t number, total;	      /* of the run: steps done, and all */
	const struct lt_meter *meter; /* of its steps so far */
	const char *accuracy;	      /* the name of the meter's accuracy */
};

struct lt_run {
	const struct lt_task *task;
	struct lt_network *net;
	struct lt_optimiser_settings optimiser;
	struct lt_rates rates; /* with the number of epochs */

	struct lt_header *header; /* of the model: the run sets its epoch */
	const struct lt_totals *inputs;
	int n_inputs;

	const char *checkpoint; /* NULL: none */
	bool resume;
	const char *log; /* NULL: none */
	struct lt_output
		*output; /* the output for the model, whose reader is watched; can be NULL */

	/* Messages for the user; either can be NULL. */
	void *person;
	void (*line)(void *person, const char *text);
	void (*progress)(void *person, const struct lt_run_at *at);

	/* Private. */
	struct lt_optimiser moves;
	struct lt_model_note *note;
	int n_notes;
	struct lt_arena arena;
};

/*
 * Trains to the end.  LT_FALSE: the loss is not finite (the message has epoch and step);
 * LT_STOPPED: SIGINT, SIGTERM or SIGXCPU was received and the checkpoint is written; LT_DATA:
 * the checkpoint is of another run.  With a checkpoint, these signals also end the program
 * with LT_STOPPED afterwards (lt_signals_saved).  If the reader of the output has exited, the
 * checkpoint, if any, is written, and the process dies of SIGPIPE.
 */
int lt_run_train(struct lt_run *run, struct lt_error *err);

/* Writes the model and the notes of the epochs to a segment begun with run->header. */
int lt_run_write(struct lt_run *run, struct lt_writer *writer, struct lt_error *err);

void lt_run_free(struct lt_run *run);

#endif
